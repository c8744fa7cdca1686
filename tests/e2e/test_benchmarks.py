"""
Benchmarks through the engine: what is right is accepted, what is wrong or hostile is not; and the command `benchmarks`.

Tasks are our own. Where HumanEval's data is found (see test_humaneval_x.py), each of its canonical solutions is judged.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from executor.engine import Engine, EngineConfig
from executor.model import CaseFinished, Finished, Verdict
from scorer.benchmark import Benchmark
from scorer.benchmarks import evalplus, humaneval, mbpp, tests_dir
from scorer.benchmarks.stdio import load_apps, load_code_contests
from scorer.model import Form, Sample

pytestmark = pytest.mark.asyncio(loop_scope="module")

REPOSITORY = Path(__file__).parents[2]
PROBLEMS, GENERATIONS = REPOSITORY / "examples" / "problems", REPOSITORY / "examples" / "generations" / "nine.jsonl"
HUMANEVAL = (
    Path(os.environ.get("ENNEAD_DATA") or REPOSITORY.parent / "shared" / "data") / "humaneval" / "HumanEval.jsonl.gz"
)
PROMPT = 'def halves(x, y=0):\n    """ Half of both. """\n'
RIGHT = "    return [x / 2, y / 2]\n"
HOSTILE = [
    "    exit(0)\n",
    "    import os\n    os._exit(0)\n",
    "    raise SystemExit\n",
    "    import os\n    os.kill(os.getpid(), 9)\n",
    "    import os\n    os.write(1, b'0' * 32)\n    os._exit(0)\n",
    "    return None\n",
    "    return [x, y]\n",
    "    raise AssertionError\n",
]
"""Wrong in one way or another."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Engine]:
    async with Engine(EngineConfig(cache_dir=tmp_path_factory.mktemp("cache"))) as engine:
        yield engine


async def judge(engine: Engine, benchmark: Benchmark, samples: Iterable[Sample]) -> list[tuple[Verdict, str]]:
    """The verdict of each sample, with the verdicts of its cases and what there is to read about them."""
    gate = asyncio.Semaphore(engine.slots + 1)

    async def one(sample: Sample) -> tuple[Verdict, str]:
        prepared = benchmark.prepare(sample)
        if prepared.job is None:
            assert prepared.settled is not None
            return prepared.settled, prepared.detail
        story: list[str] = []
        async with gate:
            async for event in engine.judge(prepared.job):
                if isinstance(event, CaseFinished):
                    story.append(f"{event.name} {event.verdict} {event.outcome.stderr[-300:]!r}")
                elif isinstance(event, Finished):
                    return event.verdict, "\n".join(story)
        raise AssertionError("a job ends with Finished")

    return await asyncio.gather(*map(one, samples))


def samples(problem: str, texts: Iterable[str], form: Form = Form.COMPLETION, **details: object) -> list[Sample]:
    return [
        Sample(problem=problem, index=index, text=text, form=form, details=details) for index, text in enumerate(texts)
    ]


def write(path: Path, *entries: Mapping[str, Any]) -> Path:
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    return path


async def test_humaneval_accepts_what_is_right_and_nothing_else(engine: Engine, tmp_path: Path) -> None:
    test = "def check(candidate):\n    assert candidate(2, 4) == [1, 2]\n"
    task = {"task_id": "HumanEval/1000", "prompt": PROMPT, "entry_point": "halves", "test": test}
    benchmark = humaneval.load(write(tmp_path / "HumanEval.jsonl", task))
    talkative = "    print(1)\n    import os\n    os.write(1, b'2')\n" + RIGHT
    guarded = RIGHT + "\nif __name__ == '__main__':\n    halves(int(input()))\n"
    judged = await judge(engine, benchmark, samples("HumanEval/1000", [RIGHT, talkative, guarded, *HOSTILE]))
    verdicts = [verdict for verdict, _ in judged]
    assert verdicts[:3] == [Verdict.AC] * 3, judged
    assert Verdict.AC not in verdicts[3:]
    # A wrong result is no crash.
    assert verdicts[-2] is Verdict.WA
    assert "AssertionError" in judged[-2][1]


async def test_mbpp_accepts_what_is_right_and_nothing_else(engine: Engine, tmp_path: Path) -> None:
    task = {
        "task_id": 11,
        "text": "Halve two numbers.",
        "test_setup_code": "import math",
        "test_list": ["assert halves(2, 4) == [1, 2]"],
        "challenge_test_list": ["assert halves(math.inf)[0] == math.inf"],
    }
    benchmark = mbpp.load(write(tmp_path / "mbpp.jsonl", task), tests="challenge")
    answers = [f"Of course.\n\n```python\n{PROMPT}{body}```\n" for body in [RIGHT, *HOSTILE]]
    answers.append(answers[0].replace("def", "from __future__ import annotations\n\ndef"))
    verdicts = [verdict for verdict, _ in await judge(engine, benchmark, samples("MBPP/11", answers, Form.ANSWER))]
    assert [verdict is Verdict.AC for verdict in verdicts] == [True, *[False] * len(HOSTILE), True]


async def test_evalplus_says_whether_the_original_inputs_or_those_added_fail(engine: Engine, tmp_path: Path) -> None:
    task = {
        "task_id": "HumanEval/1000",
        "prompt": PROMPT,
        "entry_point": "halves",
        "canonical_solution": RIGHT,
        "base_input": [[2, 4]],
        "plus_input": [[1], [0.1, 0.3]],
        "atol": 0,
    }
    benchmark = evalplus.load(write(tmp_path / "HumanEvalPlus.jsonl", task))
    close = "    return [x / 2 + 1e-8, y / 2]\n"
    tuples = "    return (x / 2, y / 2)\n"
    only_base = "    return [x // 2, y // 2]\n"
    texts = [RIGHT, close, tuples, only_base, *HOSTILE]
    judged = await judge(engine, benchmark, samples("HumanEval/1000", texts))
    assert [verdict for verdict, _ in judged[:4]] == [Verdict.AC, Verdict.AC, Verdict.WA, Verdict.WA], judged
    assert "base AC" in judged[3][1]
    assert "plus WA" in judged[3][1]
    assert "is expected, and not" in judged[3][1]
    assert Verdict.AC not in [verdict for verdict, _ in judged[4:]]


async def test_evalplus_makes_the_exceptions_that_its_authors_make(engine: Engine, tmp_path: Path) -> None:
    shared = {"prompt": "", "plus_input": {}, "atol": 0}
    tasks = [
        ("Mbpp/2", "similar_elements", "a, b", "[3, 4]", [[[3, 4], [4, 3]]], ["(4, 3, 3)"], ["(4,)"]),
        ("Mbpp/164", "are_equivalent", "a, b", "True", [[1, 2]], ["False"], []),
        ("Mbpp/295", "sum_div", "a", "5", [[1]], ["5", "0"], ["4"]),
        ("Mbpp/558", "digit_distance_nums", "a, b", "6", [[123, 256]], ["7", "6"], ["8"]),
        ("Mbpp/737", "check_str", "a", "None", [["x"]], ["None", "False"], ["True", "1"]),
        ("HumanEval/32", "find_zero", "a", "9", [[[-2, 1]]], ["2"], ["1.5"]),
    ]
    for task_id, name, parameters, value, inputs, right, wrong in tasks:
        entry = shared | {"task_id": task_id, "entry_point": name, "base_input": inputs}
        entry["canonical_solution"] = f"def {name}({parameters}):\n    return {value}\n"
        benchmark = evalplus.load(write(tmp_path / "a.jsonl", entry), which="mbpp")
        texts = [f"def {name}({parameters}):\n    return {each}\n" for each in [*right, *wrong]]
        judged = await judge(engine, benchmark, samples(task_id, texts, Form.SOLUTION))
        expected = [Verdict.AC] * len(right) + [Verdict.WA] * len(wrong)
        assert [verdict for verdict, _ in judged] == expected, (task_id, judged)


async def test_calls_are_judged_by_what_they_return(engine: Engine, tmp_path: Path) -> None:
    calls = {"fn_name": "add", "inputs": [[1, 2], [[1], [2]]], "outputs": [[3], [1, 2]]}
    benchmark = load_apps(write(tmp_path / "a.jsonl", {"id": "add", "question": "Add.", "input_output": calls}))
    texts = [
        "def add(a, b):\n    print('noise')\n    return a + b\n",
        "class Solution:\n    def add(self, a: List[int], b) -> int:\n        return a + b\n",
        "def add(a, b):\n    return [a + b]\n",
        "def add(a, b):\n    print('[3]')\n    exit(0)\n",
        "def add(a, b):\n    return a - b\n",
        "def other(a, b):\n    return a + b\n",
    ]
    judged = await judge(engine, benchmark, samples("add", texts, Form.SOLUTION))
    assert [verdict is Verdict.AC for verdict, _ in judged] == [True, True, False, False, False, False], judged


async def test_any_of_several_outputs_is_accepted(engine: Engine, tmp_path: Path) -> None:
    task = {"id": "either", "tests": [{"input": "", "output": ["1 2", "2 1"]}, {"input": "", "output": "1 2"}]}
    benchmark = load_code_contests(write(tmp_path / "a.jsonl", task), language="python")
    judged = await judge(engine, benchmark, samples("either", ["print(1, 2)", "print(2, 1)", "print(3)"]))
    assert [verdict for verdict, _ in judged] == [Verdict.AC, Verdict.WA, Verdict.WA]
    assert judged[1][1].startswith("1 AC")


async def test_the_shipped_answers_in_python_get_the_verdicts_that_they_were_written_for(engine: Engine) -> None:
    benchmark = tests_dir.load(PROBLEMS)
    lines = [json.loads(line) for line in GENERATIONS.read_text(encoding="utf-8").splitlines()]
    assert {line["problem"] for line in lines} == set(benchmark.problems)
    assert set(Counter(line["problem"] for line in lines).values()) == {3}
    chosen = [line for line in lines if line["language"] == "python"]
    given = [Sample(problem=line["problem"], index=line["sample"], text=line["text"]) for line in chosen]
    verdicts = Counter(verdict for verdict, _ in await judge(engine, benchmark, given))
    assert verdicts == {Verdict.AC: 12, Verdict.WA: 3, Verdict.RTE: 2, Verdict.TLE: 1}


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_every_canonical_solution_of_humaneval_passes(engine: Engine) -> None:
    if not HUMANEVAL.is_file():
        pytest.skip(f"HumanEval is not at {HUMANEVAL}; ENNEAD_DATA names the folder that holds humaneval/")
    with gzip.open(HUMANEVAL, "rt", encoding="utf-8") as file:
        tasks = [json.loads(line) for line in file]
    benchmark = humaneval.load(HUMANEVAL)
    given = [each for task in tasks for each in samples(task["task_id"], [task["canonical_solution"]])]
    judged = await judge(engine, benchmark, given)
    assert len(judged) == 164
    assert [story for verdict, story in judged if verdict is not Verdict.AC] == []


def command(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli", "benchmarks", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
        cwd=REPOSITORY,
        env={**os.environ, **environment},
    )


async def test_the_known_solutions_of_a_folder_are_checked(tmp_path: Path) -> None:
    problem = tmp_path / "echo"
    (problem / "tests").mkdir(parents=True)
    (problem / "solutions").mkdir()
    (problem / "problem.toml").write_text('title = "Echo"\n')
    (problem / "statement.md").write_text("Say it again.\n")
    (problem / "tests" / "1.in").write_text("1\n")
    (problem / "tests" / "1.ans").write_text("1\n")
    (problem / "solutions" / "ac-input.py").write_text("print(input())\n")
    (problem / "solutions" / "wa-silent.py").write_text("")
    right = command("check", tmp_path)
    assert (right.returncode, right.stdout.splitlines()[-1]) == (0, "2 of 2 solutions as they should"), right
    (problem / "solutions" / "rte-silent.py").write_text("")
    wrong = command("check", tmp_path, "--json")
    assert wrong.returncode == 1
    (failed,) = (each for each in json.loads(wrong.stdout)["solutions"] if not each["holds"])
    assert (failed["solution"], failed["verdict"], failed["expected"]) == ("solutions/rte-silent.py", "WA", ["RTE"])


async def test_benchmarks_are_listed_with_their_data(tmp_path: Path) -> None:
    (tmp_path / "humaneval").mkdir()
    (tmp_path / "humaneval" / "HumanEval.jsonl").touch()
    listed = json.loads(command("list", "--json", ENNEAD_DATA=str(tmp_path)).stdout)["benchmarks"]
    by_name = {each["name"]: each for each in listed}
    assert by_name["humaneval"]["data"] == str(tmp_path / "humaneval")
    assert by_name["tests-dir"]["downloads"] == []
    table = command("list", ENNEAD_DATA=str(tmp_path))
    assert table.returncode == 0
    assert str(tmp_path) in table.stdout


async def test_a_problem_is_shown_and_one_that_is_not_there_is_refused() -> None:
    shown = command("show", "tests-dir", "sum/go", "--data", PROBLEMS)
    assert shown.returncode == 0
    assert "language:    go" in shown.stdout
    assert "Print their sum." in shown.stdout
    listed = command("show", "tests-dir", "--data", PROBLEMS, "--option", "languages=c")
    assert listed.stdout.splitlines()[-1].endswith(": 6 problems")
    refused = command("show", "tests-dir", "sum/cobol", "--data", PROBLEMS)
    assert refused.returncode == 2
    assert refused.stderr.startswith("exec-cli: tests-dir has no problem 'sum/cobol'; it has 60: brackets/c")


async def test_what_cannot_be_fetched_is_told_with_the_file_and_its_place(tmp_path: Path) -> None:
    # A proxy that is not there: no word of this leaves the machine.
    nowhere = "http://127.0.0.1:9"
    offline = command("fetch", "humaneval", "--to", tmp_path, https_proxy=nowhere, HTTPS_PROXY=nowhere, no_proxy="")
    assert offline.returncode == 2
    assert f"get it on another machine and put it to {tmp_path}/HumanEval.jsonl.gz" in offline.stderr
    own = command("fetch", "tests-dir")
    assert own.returncode == 2
    assert own.stderr == "exec-cli: there is nothing to download for tests-dir; --data names a folder of problems\n"
