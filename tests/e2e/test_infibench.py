"""
InfiBench through the engine: unit tests in its languages, and rules with patterns and code of the benchmark's own.

A small suite of our own shows each. The benchmark's data is not ours to ship: what compares with published scores is
skipped, with the reason, unless it is found; ENNEAD_DATA names the folder that holds infibench/.
ENNEAD_ALL_RESPONSES=1 judges every published response with unit tests, which takes a quarter of an hour.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml

from executor.engine import Engine, EngineConfig
from scorer.benchmarks.infibench import InfiBench, load
from scorer.graded import graded_of
from scorer.judging import Manner, judge_all
from scorer.model import Judgement, Sample
from tests.e2e.infibench_data import dev_folder, published_questions

pytestmark = pytest.mark.asyncio(loop_scope="module")

INSTALLING = "exec-cli runtimes install --extras infibench"
FEW = None if os.environ.get("ENNEAD_ALL_RESPONSES") else 2
"""Responses of each question with unit tests that are judged; None: all."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Engine]:
    async with Engine(EngineConfig(cache_dir=tmp_path_factory.mktemp("cache"))) as engine:
        yield engine


def suite(folder: Path, mode: str, cases: Mapping[str, Mapping[str, Any]], **files: str) -> InfiBench:
    """Cases by id: what they have beside `grading` is their `lang`."""
    (folder / "cases").mkdir(parents=True, exist_ok=True)
    for name, given in cases.items():
        grading = {key: value for key, value in given.items() if key != "lang"}
        case = {"id": name, "prompt_path": "p.txt", "type": "code completion", "grading": grading}
        (folder / "cases" / f"{name}.yaml").write_text(yaml.safe_dump(case | {"lang": given.get("lang", "python")}))
    for name, text in {"p__txt": "How?", **files}.items():
        (folder / "cases" / name.replace("__", ".")).write_text(text)
    (folder / "suite.yaml").write_text(yaml.safe_dump({"cases": [f"cases/{name}.yaml" for name in cases]}))
    return load(folder, mode=mode)


async def judged(engine: Engine, benchmark: InfiBench, samples: Iterable[Sample]) -> list[Judgement]:
    """In the order of problem and number."""
    manner = Manner(at_once=engine.slots + 2)
    found = [each async for each in judge_all(benchmark, samples, engine, manner)]
    order = list(benchmark.problems)
    return sorted(found, key=lambda each: (order.index(each.problem), each.sample))


async def scores(engine: Engine, benchmark: InfiBench, *responses: str) -> list[float | None]:
    """Of responses to the only question; None where it is left out."""
    (problem,) = benchmark.problems
    samples = [Sample(problem=problem, index=number, text=text) for number, text in enumerate(responses)]
    return [None if each.left_out else each.score for each in await judged(engine, benchmark, samples)]


def fenced(code: str) -> str:
    return f"Here you are:\n```\n{code}\n```\nGood luck."


def skip_unless_installed(engine: Engine, *runtimes: str) -> None:
    for runtime in runtimes:
        if reason := engine.runtimes.get(runtime).missing():
            pytest.skip(reason)


def skip_without_extras(engine: Engine, language: str) -> None:
    """What the benchmark puts before every answer in some languages."""
    extras = {"c++": Path("/usr/include/boost/any.hpp"), "r": engine.runtimes.get("r").folder / "library" / "assert"}
    if language in extras and not extras[language].exists():
        pytest.skip(INSTALLING)


LANGUAGES = {
    "python": ("def f(): return 7", "def f(): return 8", "assert f() == 7"),
    "c++": ("int f() { return 7; }", "int f() { return 8; }", "int main() { return f() == 7 ? 0 : 1; }"),
    "javascript": (
        "const f = () => 7",
        "const f = () => 8",
        "require('node:assert').strictEqual(f(), 7)",
    ),
    "typescript": (
        "const f = (x?: string): number => 7",
        "const f = () => 8",
        "if (f() !== 7) throw new Error()",
    ),
    "java": (
        "class A { static int f() { return 7; } }",
        "class A { static int f() { return 8; } }",
        "class Main { public static void main(String[] a) { if (A.f() != 7) System.exit(1); } }",
    ),
    "go": (
        "package main\nfunc f() int { return 7 }",
        "package main\nfunc f() int { return 8 }",
        "func main() { if f() != 7 { panic(1) } }",
    ),
    "c#": (
        "class A { public static int F() { return 7; } }",
        "class A { public static int F() { return 8; } }",
        "class M { static int Main() { return A.F() == 7 ? 0 : 1; } }",
    ),
    "r": ("f <- function() 7", "f <- function() 8", "stopifnot(f() == 7)"),
}
RUNTIMES = {"c++": ("cpp",), "c#": ("csharp",), "typescript": ("javascript", "typescript-5")}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_right_answer_passes_and_a_wrong_one_does_not(engine: Engine, tmp_path: Path, language: str) -> None:
    skip_unless_installed(engine, *RUNTIMES.get(language, (language,)))
    skip_without_extras(engine, language)
    right, wrong, test = LANGUAGES[language]
    benchmark = suite(tmp_path, "compat", {"q": {"lang": language, "unit_test": {"tests": [test]}}})
    samples = [Sample(problem="q", index=i, text=fenced(code)) for i, code in enumerate((right, wrong, "}{ no code"))]
    found = await judged(engine, benchmark, samples)
    assert [each.score for each in found] == [1.0, 0.0, 0.0], found


@pytest.mark.parametrize("mode", ["compat", "corrected"])
@pytest.mark.parametrize(
    "code",
    [
        "exit(0)",
        "import os; os._exit(0)",
        "raise SystemExit",
        "import os; os.kill(os.getpid(), 9)",
        "import __main__, os\nos.write(__main__.output, __main__.nonce)\nos._exit(0)",
        "import os\nos.write = lambda *_: 1\nos._exit(0)",
        "import os\nos.write(3, os.read(0, 64)); os._exit(0)",
    ],
)
async def test_an_answer_that_ends_the_program_has_not_passed_in_python(
    engine: Engine, tmp_path: Path, mode: str, code: str
) -> None:
    benchmark = suite(tmp_path, mode, {"q": {"unit_test": {"tests": ["assert False"]}}})
    assert await scores(engine, benchmark, fenced(code)) == [0.0]


async def test_an_answer_that_ends_the_program_passes_in_javascript_unless_slips_are_corrected(
    engine: Engine, tmp_path: Path
) -> None:
    skip_unless_installed(engine, "javascript")
    cases = {"q": {"lang": "javascript", "unit_test": {"tests": ["throw new Error()"]}}}
    assert await scores(engine, suite(tmp_path, "compat", cases), fenced("process.exit(0)")) == [1.0]
    answers = (fenced("process.exit(0)"), fenced("process.exitCode = 0"))
    assert await scores(engine, suite(tmp_path, "corrected", cases), *answers) == [0.0, 0.0]
    right = {"q": {"lang": "javascript", "unit_test": {"tests": ["setTimeout(() => console.log('end'), 10)"]}}}
    assert await scores(engine, suite(tmp_path, "corrected", right), fenced("console.log(1)")) == [1.0]


async def test_main_guards_do_not_run_and_each_run_begins_in_an_empty_folder(engine: Engine, tmp_path: Path) -> None:
    test = "import os\nassert __name__ == 'builtins' and os.listdir() == []\nopen('left', 'w').close()"
    benchmark = suite(tmp_path, "compat", {"q": {"unit_test": {"tests": [test, test]}}})
    assert await scores(engine, benchmark, fenced("if __name__ == '__main__': exit(1)")) == [1.0]


async def test_tests_have_weights_and_files(engine: Engine, tmp_path: Path) -> None:
    tests = [{"path": "t.py", "prefix_path": "before.py"}, {"content": "assert False", "weight": 3.0}]
    cases = {"q": {"unit_test": {"tests": tests}}}
    benchmark = suite(tmp_path, "compat", cases, t__py="assert f() == 7", before__py="seven = 7")
    assert await scores(engine, benchmark, fenced("def f(): return seven")) == [0.25]


async def test_a_program_that_loops_has_failed_its_test(engine: Engine, tmp_path: Path) -> None:
    benchmark = suite(tmp_path, "compat", {"q": {"unit_test": {"tests": [{"content": "pass", "timeout": 1}]}}})
    assert await scores(engine, benchmark, fenced("while True: pass")) == [0.0]


async def test_conditions_and_patterns_are_matched_in_a_box(engine: Engine, tmp_path: Path) -> None:
    rules = [
        {"content": {"content": "a.c", "regex": True}},
        {"content": {"content": "b", "cond": "context == ['match']"}},
    ]
    benchmark = suite(tmp_path, "compat", {"q": {"keywords": rules}})
    assert await scores(engine, benchmark, "abc", "b", "b axc") == [1.0, 0.0, 1.0]


async def test_handlers_are_called_in_a_box(engine: Engine, tmp_path: Path) -> None:
    handlers = """
import os
def keywords(got, total, statuses): print("noise"); return (3.0 if statuses == ["match"] else 0.0), 3.0, os.getcwd()
def blanks(got, total, details): return float(details[0].count("response string: ")), 1.0, {"a": {1}}
def whole(response): return len(response), 4, None
"""
    named = {name: {"module": "cases.handler_q", "func": name} for name in ("keywords", "blanks", "whole")}
    blanks = {"template": "Use [blank] here.", "targets": ["x"], "post_handler": named["blanks"]}
    grading = {
        "keywords": ["a", {"post_handler": named["keywords"]}],
        "blank_filling": blanks,
        "customized": named["whole"],
    }
    benchmark = suite(tmp_path, "compat", {"q": grading}, handler_q__py=handlers)
    samples = [Sample(problem="q", index=0, text="Use a here.")]
    (found,) = await judged(engine, benchmark, samples)
    assert [(part.name, part.got, part.total) for part in found.parts] == [
        ("keywords", 3.0, 3.0),
        ("blank_filling", 1.0, 1.0),
        ("customized", 11.0, 4.0),
    ]


@pytest.mark.parametrize(
    "rules, handler",
    [
        pytest.param([{"content": {"content": r"(a+)+$", "regex": True}}], "", id="a catastrophic pattern"),
        pytest.param(["a", {"post_handler": {"module": "cases.h", "func": "f"}}], "while True: pass", id="a loop"),
        pytest.param(
            ["a", {"post_handler": {"module": "cases.h", "func": "f"}}], "import os; os._exit(0)", id="an end"
        ),
        pytest.param(["a", {"post_handler": {"module": "cases.h", "func": "f"}}], "x = b'x' * 10**10", id="a hog"),
        pytest.param([{"content": {"content": "a", "cond": "1 / 0"}}], "", id="a mistake"),
        pytest.param([{"content": {"content": "(", "regex": True}}], "", id="no pattern"),
    ],
)
async def test_what_never_ends_or_fails_loses_its_own_question_alone(
    engine: Engine, tmp_path: Path, rules: list[Any], handler: str
) -> None:
    benchmark = suite(tmp_path, "compat", {"q": {"keywords": rules}, "other": {"keywords": ["a"]}}, h__py=handler)
    text = "a" * 40 + "!"
    found = await judged(engine, benchmark, [Sample(problem=name, index=0, text=text) for name in ("q", "other")])
    assert [each.left_out for each in found] == [True, False]
    assert "its rules failed" in found[0].detail
    assert found[1].score == 1.0


async def test_equal_responses_are_judged_once(engine: Engine, tmp_path: Path) -> None:
    benchmark = suite(tmp_path, "compat", {"q": {"unit_test": {"tests": ["assert f() == 7"]}}})
    samples = [Sample(problem="q", index=index, text=fenced("def f(): return 7")) for index in range(5)]
    found = await judged(engine, benchmark, samples)
    assert [each.shared for each in found].count(False) == 1
    assert {each.score for each in found} == {1.0}
    assert {each.points for each in found} == {1.0}


# --- published scores ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def dev_suite(tmp_path_factory: pytest.TempPathFactory) -> InfiBench:
    return load(dev_folder(tmp_path_factory.mktemp("dev")))


@pytest.fixture(scope="module")
def published() -> list[dict[str, Any]]:
    return published_questions()


@pytest.mark.slow
@pytest.mark.timeout(1800)
async def test_published_scores_without_execution_are_met_to_a_millionth(
    engine: Engine, dev_suite: InfiBench, published: list[dict[str, Any]]
) -> None:
    questions = [each for each in published if not each["execution"]]
    found = await _judged(engine, dev_suite, questions, None)
    assert len(found) == 30 * len(questions)
    assert _differences(found, questions) == []
    graded = graded_of({each["id"]: dev_suite.problems[each["id"]] for each in questions}, found, k=10)
    assert graded is not None
    assert graded.overall.got.mean == pytest.approx(sum(each["expected_mean"] for each in questions), abs=1e-6)


@pytest.mark.slow
@pytest.mark.timeout(3600)
async def test_published_scores_of_unit_tests_are_met(
    engine: Engine, dev_suite: InfiBench, published: list[dict[str, Any]]
) -> None:
    questions = [each for each in published if each["execution"]]
    missing = {
        reason
        for each in ("python", "r", "javascript", "cpp", "typescript-5")
        if (reason := engine.runtimes.get(each).missing())
    }
    if missing:
        pytest.skip("; ".join(missing))
    for language in ("c++", "r"):
        skip_without_extras(engine, language)
    assert _differences(await _judged(engine, dev_suite, questions, FEW), questions) == []


async def _judged(
    engine: Engine, benchmark: InfiBench, questions: Iterable[dict[str, Any]], most: int | None
) -> list[Judgement]:
    samples = (
        Sample(problem=each["id"], index=number, text=text)
        for each in questions
        for number, text in enumerate(each["responses"][:most])
    )
    return await judged(engine, benchmark, samples)


def _differences(found: Iterable[Judgement], questions: Iterable[dict[str, Any]]) -> list[str]:
    expected = {each["id"]: each["expected_scores"] for each in questions}
    return [
        f"{each.problem}, {each.sample}: {each.score}, not {expected[each.problem][each.sample]}; {each.parts}"
        for each in found
        if each.score is None or abs(each.score - expected[each.problem][each.sample]) > 1e-6
    ]
