"""
HumanEval-X through the engine: what is right is accepted, what is wrong is not, however it ends.

Tasks of our own show it for each of the six languages. The benchmark's own data is not ours to ship: its tests are
skipped, with the reason, unless it is found; ENNEAD_DATA names the folder that holds humaneval-x/.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest
import pytest_asyncio

from executor.engine import Engine, EngineConfig
from executor.model import SECOND, CaseFinished, Compiled, Finished, Job, Limits, Verdict
from scorer.benchmarks.humaneval_x import Language, Task, load, program
from scorer.benchmarks.humaneval_x_benchmark import UNDECIDED_IN_THE_DATA

pytestmark = pytest.mark.asyncio(loop_scope="module")

REPOSITORY = Path(__file__).parents[2]
DATA = Path(os.environ.get("ENNEAD_DATA") or REPOSITORY.parent / "shared" / "data") / "humaneval-x"
LIMITS = Limits(cpu_ns=10 * SECOND, wall_ns=60 * SECOND)
RUNTIMES = {Language.JS: "javascript", Language.RUST: "rust-test"}
WRONG_IN_THE_DATA = {"JavaScript/112", "JavaScript/155"}
"""Their canonical solutions fail with the benchmark's own evaluator too."""
WHOLE = "ENNEAD_LONG" in os.environ
"""All tasks in all languages, as `make test-humaneval-x` wants; otherwise few of those that compile."""
STEPS = {Language.CPP: 5, Language.GO: 5}
INSTALLING = "exec-cli runtimes install --extras humaneval-x"

OWN_TASKS = {
    Language.CPP: Task(
        task_id="CPP/1000",
        prompt="#include<vector>\nusing namespace std;\nint total(vector<int> numbers){\n",
        canonical_solution="int sum=0;\nfor (int each : numbers) sum+=each;\nreturn sum;\n}\n",
        test="#undef NDEBUG\n#include<assert.h>\nint main(){\n    assert(total({1, 2, 4}) == 7);\n}\n",
    ),
    Language.GO: Task.model_validate(
        dict(
            task_id="Go/1000",
            prompt='import "os"\n\nfunc Total(numbers []int) int {\n',
            canonical_solution="sum := 0\nfor _, each := range numbers {\nsum += each\n}\nreturn sum\n}\n",
            test="func TestTotal(t *testing.T) {\n os.Getpid()\n assert.New(t).Equal(7, Total([]int{1, 2, 4}))\n}\n",
            test_setup='package main\n\nimport (\n"os"\n"testing"\n"github.com/stretchr/testify/assert"\n)\n',
        )
        | {"import": 'import "os"\n'}
    ),
    Language.JAVA: Task(
        task_id="Java/1000",
        prompt="import java.util.*;\n\nclass Solution {\n    public int total(List<Integer> numbers) {\n",
        canonical_solution="int sum = 0;\nfor (int each : numbers) sum += each;\nreturn sum;\n}\n}\n",
        test="public class Main {\n    public static void main(String[] words) {\n"
        "        if (new Solution().total(List.of(1, 2, 4)) != 7) throw new AssertionError();\n    }\n}\n",
    ),
    Language.JS: Task(
        task_id="JavaScript/1000",
        prompt="const total = (numbers) => {\n",
        canonical_solution="return numbers.reduce((sum, each) => sum + each, 0)\n}\n",
        test="console.assert(total([1, 2, 4]) === 7)\n",
    ),
    Language.PYTHON: Task(
        task_id="Python/1000",
        prompt="def total(numbers):\n",
        canonical_solution="    return sum(numbers)\n",
        test="assert total([1, 2, 4]) == 7\n",
    ),
    Language.RUST: Task(
        task_id="Rust/1000",
        prompt="",
        declaration="use md5;\nuse rand::Rng;\nuse regex::Regex;\nfn total(numbers: Vec<i32>) -> i32 {\n",
        canonical_solution="numbers.iter().sum()\n}\n",
        test="#[cfg(test)]\nmod tests {\n    use super::*;\n    #[test]\n    fn test_total() {\n"
        "        assert_eq!(total(vec![1, 2, 4]), 7);\n    }\n}\n",
    ),
}
WRONG = {
    Language.CPP: ["return 8;\n}\n", "exit(0);\n}\n", "_exit(0);\n}\n", "throw 1;\n}\n", "return undeclared;\n}\n"],
    Language.GO: [
        "return 8\n}\n",
        "os.Exit(0)\nreturn 7\n}\n",
        "panic(1)\n}\n",
        "return 7\n}\nfunc init() { os.Exit(0) }\n",
    ],
    Language.JAVA: ["return 8;\n}\n}\n", "System.exit(0);\nreturn 7;\n}\n}\n", "throw new RuntimeException();\n}\n}\n"],
    Language.JS: [
        "return 8\n}\n",
        "process.exit(0)\n}\n",
        "process.exitCode = 0\n}\n",
        "console.log(7); return 7\n}\n",
    ],
    Language.PYTHON: ["    return 8\n", "    exit(0)\n", "    import os\n    os._exit(0)\n", "    raise SystemExit\n"],
    Language.RUST: ["8\n}\n", "std::process::exit(0)\n}\n", "panic!()\n}\n"],
}
TALKATIVE = {
    Language.CPP: 'puts("7");\ncout << 7 << endl;\n',
    Language.GO: 'os.Stdout.WriteString("7")\n',
    Language.JAVA: "System.out.println(7);\n",
    Language.PYTHON: "    print(7)\n    import os\n    os.write(1, b'7')\n",
    Language.RUST: 'println!("7");\n',
}
"""JavaScript's evaluator wants silence, so an answer that prints is wrong there."""
WRONG_TO_THE_FIRST = {
    Language.CPP: ["return false;\n}\n", "return true;\n}\n", "exit(0);\n}\n", "while (true) { }\n}\n"],
    Language.GO: ["return false\n}\n", "return true\n}\n", 'panic("")\n}\n', "for {\n}\n}\n"],
    Language.JS: ["return false\n}\n", "return true\n}\n", "process.exit(0)\n}\n", "while (true) { }\n}\n"],
    Language.PYTHON: ["    return False\n", "    return True\n", "    exit(0)\n", "    while True: pass\n"],
}
"""Answers to the benchmark's first task."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Engine]:
    async with Engine(EngineConfig(cache_dir=tmp_path_factory.mktemp("cache"))) as engine:
        yield engine


async def judge(
    engine: Engine, answers: Iterable[tuple[Task, str]], limits: Limits = LIMITS
) -> list[tuple[Verdict, str]]:
    """The verdict of each answer, and what there is to read about it."""
    gate = asyncio.Semaphore(engine.slots + 1)
    return await asyncio.gather(*(_judge(engine, gate, task, answer, limits) for task, answer in answers))


async def _judge(
    engine: Engine, gate: asyncio.Semaphore, task: Task, answer: str, limits: Limits
) -> tuple[Verdict, str]:
    made = program(task, answer)
    story = [f"{task.task_id}: {answer}"]
    async with gate:
        async for event in engine.judge(
            Job(id=task.task_id, submission=made.submission, cases=(made.case,), limits=limits)
        ):
            if isinstance(event, Compiled):
                story.append(event.log[:1000])
            elif isinstance(event, CaseFinished):
                story.append(f"{event.detail} {event.outcome.stderr[-500:]!r} {event.outcome.usage}")
            elif isinstance(event, Finished):
                return event.verdict, "\n".join([*story, f"{event.verdict} {event.detail}"])
    raise AssertionError("a job ends with Finished")


def skip_unless_installed(engine: Engine, language: Language) -> None:
    runtime_id = RUNTIMES.get(language, language.value)
    assert runtime_id in engine.runtimes, f"there is no runtime {runtime_id}"
    if reason := engine.runtimes.get(runtime_id).missing():
        pytest.skip(reason)


def data_of(language: Language) -> list[Task]:
    path = DATA / f"humaneval_{language}.jsonl.gz"
    if not path.is_file():
        pytest.skip(f"HumanEval-X is not at {path}; ENNEAD_DATA names the folder that holds humaneval-x/")
    return load(path)


@pytest.mark.parametrize("language", Language)
async def test_a_right_answer_is_accepted(engine: Engine, language: Language) -> None:
    skip_unless_installed(engine, language)
    task = OWN_TASKS[language]
    ((verdict, story),) = await judge(engine, [(task, task.canonical_solution)])
    assert verdict is Verdict.AC, story


@pytest.mark.parametrize("language", TALKATIVE)
async def test_an_answer_may_print_what_it_likes(engine: Engine, language: Language) -> None:
    skip_unless_installed(engine, language)
    task = OWN_TASKS[language]
    ((verdict, story),) = await judge(engine, [(task, TALKATIVE[language] + task.canonical_solution)])
    assert verdict is Verdict.AC, story


@pytest.mark.parametrize("language", Language)
async def test_no_wrong_answer_is_accepted(engine: Engine, language: Language) -> None:
    skip_unless_installed(engine, language)
    judged = await judge(engine, [(OWN_TASKS[language], answer) for answer in WRONG[language]])
    assert [story for verdict, story in judged if verdict is Verdict.AC] == []


async def test_a_main_program_of_the_models_own_does_no_harm_in_go(engine: Engine) -> None:
    skip_unless_installed(engine, Language.GO)
    task = OWN_TASKS[Language.GO]
    answer = f"{task.canonical_solution}\nfunc main() {{\n    os.Exit(0)\n}}\n"
    ((verdict, story),) = await judge(engine, [(task, answer)])
    assert verdict is Verdict.AC, story


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("language", WRONG_TO_THE_FIRST)
async def test_every_canonical_solution_passes_that_passes_with_the_benchmarks_evaluator(
    engine: Engine, language: Language
) -> None:
    every = data_of(language)
    skip_unless_installed(engine, language)
    assert len(every) == 164
    tasks = every[:: 1 if WHOLE else STEPS.get(language, 1)]
    judged = await judge(engine, [(task, task.canonical_solution) for task in tasks])
    failed = {
        task.task_id: story for task, (verdict, story) in zip(tasks, judged, strict=True) if verdict != Verdict.AC
    }
    wrong = {task_id for task_id in WRONG_IN_THE_DATA if task_id in {task.task_id for task in tasks}}
    unexpected = [story for task_id, story in failed.items() if task_id not in wrong | set(UNDECIDED_IN_THE_DATA)]
    assert not unexpected, f"{len(unexpected)} failed; are the extras there? {INSTALLING}\n" + "\n".join(unexpected)
    assert set(failed) - set(UNDECIDED_IN_THE_DATA) == wrong


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", WRONG_TO_THE_FIRST)
async def test_no_wrong_answer_to_the_benchmarks_first_task_is_accepted(engine: Engine, language: Language) -> None:
    first = data_of(language)[0]
    skip_unless_installed(engine, language)
    limits = Limits(cpu_ns=1 * SECOND, wall_ns=60 * SECOND)
    judged = await judge(engine, [(first, answer) for answer in WRONG_TO_THE_FIRST[language]], limits)
    assert [story for verdict, story in judged if verdict is Verdict.AC] == []
