"""
CodeApex through the engine: solutions of our own are scored as they were by hand.

codeapex_solutions/<id>.toml holds programs for one problem with the verdict and the number of samples passed that
were worked out beforehand, by reading the samples. The problems themselves are not ours to ship: without them these
tests are skipped, with the reason; ENNEAD_DATA names the folder that holds codeapex/. tests/unit/test_codeapex.py
needs no data.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest
import pytest_asyncio

from executor.engine import Engine, EngineConfig
from executor.model import SECOND, Verdict
from scorer.benchmarks.codeapex import CodeApex, load
from scorer.benchmarks.codeapex_comprehension import load as load_questions
from scorer.judging import Changes, Manner, judge_all
from scorer.model import Form, Judgement, Sample
from scorer.scores import scores_of

in_the_modules_loop = pytest.mark.asyncio(loop_scope="module")

REPOSITORY = Path(__file__).parents[2]
DATA = Path(os.environ.get("ENNEAD_DATA") or REPOSITORY.parent / "shared" / "data") / "codeapex"
SOLUTIONS = Path(__file__).parent / "codeapex_solutions"
NO_DATA = f"CodeApex is not at {DATA}; ENNEAD_DATA names the folder that holds codeapex/"


@dataclass(frozen=True)
class Solution:
    """A program of ours, with what was worked out by hand."""

    problem: str
    kind: str
    code: str
    verdict: Verdict
    passed: int
    samples: int

    @property
    def compiles(self) -> bool:
        return self.verdict is not Verdict.CE


def solutions() -> list[Solution]:
    found = []
    for path in sorted(SOLUTIONS.glob("*.toml")):
        content = tomllib.loads(path.read_text())
        samples = content.pop("samples")
        for kind, each in content.items():
            verdict = Verdict(each["verdict"])
            found.append(Solution(path.stem, kind, each["code"], verdict, each["passed"], samples))
    return found


EVERY = solutions()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Engine]:
    async with Engine(EngineConfig(cache_dir=tmp_path_factory.mktemp("cache"))) as engine:
        if reason := engine.runtimes.get("cpp").missing():
            pytest.skip(reason)
        yield engine


@pytest.fixture(scope="module")
def benchmark() -> CodeApex:
    return data("en")


def data(lang: str) -> CodeApex:
    if not (DATA / f"code_generate_problems_{lang}.json").is_file():
        pytest.skip(NO_DATA)
    return load(DATA, lang=lang)


async def judge(engine: Engine, benchmark: CodeApex, samples: Iterable[Sample]) -> list[Judgement]:
    # On a busy machine a second of CPU time may take many of real time, and TLE would become WTL.
    manner = Manner(at_once=engine.slots + 2, changes=Changes(limits={"wall_ns": 120 * SECOND}))
    return [judgement async for judgement in judge_all(benchmark, samples, engine, manner)]


async def score(engine: Engine, benchmark: CodeApex, chosen: Sequence[Solution]) -> None:
    """Judge solutions, and compare each verdict and the four metrics with those worked out by hand."""
    numbers: dict[str, int] = {}
    samples, expected = [], {}
    for each in chosen:
        index = numbers[each.problem] = numbers.get(each.problem, -1) + 1
        samples.append(Sample(problem=each.problem, index=index, text=each.code, form=Form.SOLUTION))
        expected[each.problem, index] = each
    judged = await judge(engine, benchmark, samples)
    assert len(judged) == len(chosen)
    wrong = []
    for judgement in judged:
        each = expected[judgement.problem, judgement.sample]
        got = (judgement.verdict, judgement.passed, judgement.total, judgement.compiled)
        if got != (each.verdict, each.passed, each.samples, each.compiles):
            wrong.append(f"{each.problem} {each.kind}: {got} {judgement.detail} {judgement.log} {judgement.cases}")
    assert not wrong, "\n".join(wrong)
    scores = scores_of(benchmark.problems, judged)
    assert {name: scores.overall.metrics[name].value for name in METRICS} == pytest.approx(by_hand(chosen))


METRICS = ("compilable", "ac_at_1", "ac_at_all", "ac_rate")


def by_hand(chosen: Sequence[Solution]) -> dict[str, float]:
    """The metrics by their definitions: means over problems of means over a problem's samples."""
    values: dict[str, list[tuple[Fraction, ...]]] = {}
    for each in chosen:
        rate = Fraction(each.passed, each.samples)
        row = (Fraction(each.compiles), Fraction(rate > 0), Fraction(rate == 1), rate)
        values.setdefault(each.problem, []).append(row)
    per_problem = [[sum(column) / len(rows) for column in zip(*rows, strict=True)] for rows in values.values()]
    means = [sum(column) / len(per_problem) for column in zip(*per_problem, strict=True)]
    return dict(zip(METRICS, map(float, means), strict=True))


def test_there_are_solutions_of_every_kind_and_no_mistake_in_what_is_said_of_them() -> None:
    assert len({each.problem for each in EVERY}) >= 60
    verdicts = [each.verdict for each in EVERY]
    for verdict in (Verdict.AC, Verdict.WA, Verdict.TLE, Verdict.CE):
        assert verdicts.count(verdict) >= 15
    for each in EVERY:
        assert (each.verdict is Verdict.AC) == (each.passed == each.samples), f"{each.problem} {each.kind}"
        assert each.compiles or each.passed == 0, f"{each.problem} {each.kind}"
    assert sum(0 < each.passed < each.samples for each in EVERY) >= 20


def test_what_was_worked_out_by_hand_amounts_to_these_scores() -> None:
    """The metrics' definitions, checked with pencil and paper for two problems and then frozen for all."""
    two = [each for each in EVERY if each.problem in {"1993", "1994"}]
    # 1993: 2/2, 1/2, 1/2; 1994: 2/2, 1/2, does not compile.
    assert by_hand(two) == pytest.approx(
        {"compilable": (1 + 2 / 3) / 2, "ac_at_1": (1 + 2 / 3) / 2, "ac_at_all": 1 / 3, "ac_rate": (2 / 3 + 1 / 2) / 2}
    )
    assert {name: round(value, 6) for name, value in by_hand(EVERY).items()} == FROZEN


FROZEN = {"compilable": 0.892857, "ac_at_1": 0.565476, "ac_at_all": 0.37381, "ac_rate": 0.473413}


@in_the_modules_loop
@pytest.mark.timeout(600)
async def test_solutions_score_what_was_worked_out_by_hand(engine: Engine, benchmark: CodeApex) -> None:
    """Those of every fourth problem; the next test has all."""
    some = sorted({each.problem for each in EVERY})[::4]
    await score(engine, benchmark, [each for each in EVERY if each.problem in some])


@in_the_modules_loop
@pytest.mark.skipif("ENNEAD_LONG" not in os.environ, reason="takes minutes; `make test-codeapex` runs it")
@pytest.mark.slow
@pytest.mark.timeout(1800)
async def test_all_solutions_score_what_was_worked_out_by_hand(engine: Engine, benchmark: CodeApex) -> None:
    await score(engine, benchmark, EVERY)


ANSWER = """\
Sure! Here is a program:

```cpp
#include <iostream>
using namespace std;

{}

int main() {{
    return 1;
}}
```

I hope this helps.
"""


@in_the_modules_loop
async def test_a_chat_answer_scores_like_the_solution_in_it(engine: Engine, benchmark: CodeApex) -> None:
    """Prose, a fence, and a main program of the model's own, as models like to add one."""
    chosen = [
        each for each in EVERY if each.problem in {"1946", "1994"} and each.kind in {"correct", "partly", "wrong"}
    ]
    samples = [
        Sample(problem=each.problem, index=number, text=ANSWER.format(each.code)) for number, each in enumerate(chosen)
    ]
    judged = {(each.problem, each.sample): each for each in await judge(engine, benchmark, samples)}
    for number, each in enumerate(chosen):
        judgement = judged[each.problem, number]
        assert (judgement.verdict, judgement.passed) == (each.verdict, each.passed), judgement
        assert judgement.method == "fence"


def stub(declaration: str) -> str:
    """A function that does nothing."""
    return declaration + (" {}" if re.match(r"\s*void\b[^*]*\(", declaration) else " { return {}; }")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_problem_loads(lang: str) -> None:
    problems = data(lang).problems
    assert len(problems) == 476
    assert sum(problem.cases for problem in problems.values()) == 609
    assert all(problem.fields["lang"] == lang for problem in problems.values())


def test_both_languages_are_the_same_problems() -> None:
    english, chinese = data("en"), data("zh")
    assert list(english.problems) == list(chinese.problems)
    for name in english.problems:
        stubs = [
            benchmark.prepare(
                Sample(
                    problem=name, index=0, text=stub(english.problems[name].fields["declaration"]), form=Form.SOLUTION
                )
            )
            for benchmark in (english, chinese)
        ]
        assert stubs[0] == stubs[1]


def test_an_answer_that_repeats_the_whole_main_program_becomes_the_same_program(benchmark: CodeApex) -> None:
    """Nothing of a context is lost or doubled, whatever stands in it."""
    for name, problem in benchmark.problems.items():
        function = stub(problem.fields["declaration"])
        solution = benchmark.prepare(Sample(problem=name, index=0, text=function, form=Form.SOLUTION)).program
        answer = Sample(problem=name, index=0, text=f"Here it is:\n\n```cpp\n{solution}```\n")
        assert words(benchmark.prepare(answer).program) == words(solution), name


def words(program: str) -> list[str]:
    """A program without comments and white space."""
    return re.sub(r"//[^\n]*", "", program).split()


@in_the_modules_loop
@pytest.mark.skipif("ENNEAD_LONG" not in os.environ, reason="takes minutes; `make test-codeapex` runs it")
@pytest.mark.slow
@pytest.mark.timeout(3600)
async def test_a_stub_in_each_problem_compiles_unless_the_problem_is_listed(
    engine: Engine, benchmark: CodeApex
) -> None:
    """In Chinese the programs are the same, which another test shows."""
    samples = [
        Sample(problem=name, index=0, text=stub(problem.fields["declaration"]), form=Form.SOLUTION)
        for name, problem in benchmark.problems.items()
    ]
    judged = await judge(engine, benchmark, samples)
    assert len(judged) == 476
    failed = {each.problem: each.log for each in judged if not each.compiled}
    assert set(failed) == {"1649", "1721", "1758", "2078", "2300"}, failed
    for name in failed:
        assert benchmark.problems[name].defect.startswith("no program compiles")


@pytest.mark.parametrize("lang, blemishes", [("en", 1), ("zh", 0)])
def test_every_question_loads_in_the_papers_categories(lang: str, blemishes: int) -> None:
    if not (DATA / f"testcases_{lang}.json").is_file():
        pytest.skip(NO_DATA)
    questions = load_questions(DATA, lang=lang)
    assert list(questions.problems) == [str(number) for number in range(250)]
    assert Counter(problem.category for problem in questions.problems.values()) == {
        "Conceptual Comprehension": 90,
        "Commonsense Reasoning": 99,
        "Multi-hop/Complex Reasoning": 61,
    }
    assert len(questions.warnings) == 1 + blemishes


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_text_of_an_option_is_understood_as_its_letter(lang: str) -> None:
    """As models like to answer: `B. text`, and `The answer is B. text`."""
    if not (DATA / f"testcases_{lang}.json").is_file():
        pytest.skip(NO_DATA)
    questions = load_questions(DATA, lang=lang, answers="answer-only")
    for name, problem in questions.problems.items():
        for letter in "ABCD":
            for text in (f"{letter}. {problem.fields[letter]}", f"**{letter}**", f"The answer is {letter}."):
                chosen = questions.choose(Sample(problem=name, index=0, text=text))
                assert chosen.letter == letter, f"{name}: {text}: {chosen}"
