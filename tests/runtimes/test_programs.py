"""
Every language does what every program needs, and ends as it should when a program does what none may.

The programs lie in `programs/<id>/`, see `support`; what each of them must do, and what it must get, is said here.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from executor.engine import Engine
from executor.model import MIB, MS, SECOND, Checker, CheckerKind, Job, Limits, Meter, TestCase, Verdict
from tests.runtimes.support import (
    LIMITS,
    NINE,
    PROGRAMS,
    Judged,
    Trial,
    all_runtimes,
    judge,
    limits_of,
    present,
    problems_of,
    result_of,
    submission_of,
)

pytestmark = pytest.mark.timeout(300)

_TEXT = """Grüße aus Köln, naïve façade
\tÑandú, Ελληνικά, русский,  עברית, ไทย
日本語の文字、한국어, 𐍈𒀀, 👩‍👩‍👧, é (two code points)

the last line but one is empty
"""
_LITERAL = "größe 漢字 🦀 ж\n"


def _numbers() -> tuple[bytes, bytes]:
    """A megabyte of integers on lines of any length, and their sum, which no 32-bit integer and no float holds."""
    chosen, size, rest = random.Random(9), 0, 1
    words: list[str] = []
    total = 0
    while size < MIB:
        number = chosen.randint(-(10**9), 10**9)
        rest -= 1
        words.append(f"{number}{' ' if rest else chr(10)}")
        rest = rest or chosen.randint(1, 1500)
        size += len(words[-1])
        total += number
    return "".join(words).rstrip().encode() + b"\n", b"%d\n" % total


@dataclass(frozen=True)
class Scenario:
    """
    What the programs of a scenario get, and how they must end.

    Args:
        verdict: what they must get.
        limits: under which they run.
        case: what they read, and for AC what they must print.
        args: their arguments.
    """

    verdict: Verdict = Verdict.AC
    limits: Limits = LIMITS
    case: TestCase = field(default_factory=lambda: TestCase(name="", expected=b""))
    checker: Checker = Checker(CheckerKind.TOKENS)
    args: tuple[str, ...] = ()


def _prints(text: str, stdin: str = "") -> TestCase:
    return TestCase(name="", stdin=stdin.encode(), expected=text.encode())


_MEGABYTE, _SUM = _numbers()
_ARGS = ("one", "two words", "größe")
_IMPATIENT = Limits(cpu_ns=LIMITS.cpu_ns, wall_ns=2 * SECOND, memory_bytes=LIMITS.memory_bytes)
_BRIEF = Limits(cpu_ns=1 * SECOND, wall_ns=LIMITS.wall_ns, memory_bytes=LIMITS.memory_bytes)
_QUIET = Limits(cpu_ns=LIMITS.cpu_ns, wall_ns=LIMITS.wall_ns, memory_bytes=LIMITS.memory_bytes, output_bytes=MIB)
SCENARIOS: Mapping[str, Scenario] = {
    "sum": Scenario(case=TestCase(name="", stdin=_MEGABYTE, expected=_SUM)),
    "exit3": Scenario(Verdict.RTE),
    "uncaught": Scenario(Verdict.RTE),
    "spin": Scenario(Verdict.TLE, _BRIEF),
    "sleep": Scenario(Verdict.WTL, _IMPATIENT),
    "hog": Scenario(Verdict.MLE),
    "flood": Scenario(Verdict.OLE, _QUIET),
    "unicode": Scenario(case=_prints(_TEXT + _LITERAL, _TEXT), checker=Checker(CheckerKind.EXACT)),
    "network": Scenario(case=_prints("no network\n")),
    "file": Scenario(case=_prints("written and read\n")),
    "threads": Scenario(case=_prints("385\n")),
    "args": Scenario(
        case=_prints("".join(f"{arg}\n" for arg in _ARGS)), checker=Checker(CheckerKind.LINES), args=_ARGS
    ),
    "modules": Scenario(case=_prints("from a module\n")),
}


@dataclass(frozen=True)
class Program:
    """A runtime's program for a scenario."""

    runtime_id: str
    scenario: str

    def __str__(self) -> str:
        return f"{self.runtime_id}-{self.scenario}"

    @property
    def limits(self) -> Limits:
        return limits_of(self.runtime_id, self.scenario, SCENARIOS[self.scenario].limits)

    async def run(self, engine: Engine) -> Judged:
        scenario = SCENARIOS[self.scenario]
        job = Job(
            id=str(self),
            submission=submission_of(self.runtime_id, self.scenario, scenario.args),
            cases=(scenario.case,),
            limits=self.limits,
            checker=scenario.checker,
        )
        return await judge(engine, job)


@dataclass(frozen=True)
class SelfTest:
    """A runtime's own programs, `hello` and `broken`."""

    runtime_id: str

    def __str__(self) -> str:
        return self.runtime_id

    async def run(self, engine: Engine) -> list[str]:
        return [*await engine.check_runtime(self.runtime_id), *await engine.check_runtime(self.runtime_id)]


SLOW = {"crystal"}
"""Languages whose compiler takes ten seconds and more for any program: `-m "not slow"` leaves them out."""
LANGUAGES = [runtime.id for runtime in all_runtimes().values() if runtime.report is None]
WITH_PROGRAMS = [each for each in LANGUAGES if (PROGRAMS / each).is_dir()]


def _parameter(trial: SelfTest | Program) -> Any:
    marks = [pytest.mark.slow] if trial.runtime_id in SLOW else []
    return pytest.param(trial, marks=marks, id=str(trial))


each_runtime = pytest.mark.parametrize("trial", [_parameter(SelfTest(each)) for each in all_runtimes()])
each_program = pytest.mark.parametrize(
    "trial", [_parameter(Program(each, scenario)) for each in WITH_PROGRAMS for scenario in present(each, SCENARIOS)]
)


@pytest.mark.parametrize("runtime_id", NINE)
def test_the_nine_languages_are_installed(runtime_id: str) -> None:
    assert runtime_id in all_runtimes()
    assert all_runtimes()[runtime_id].missing() is None


@pytest.mark.parametrize("runtime_id", LANGUAGES)
def test_a_language_has_a_program_for_every_scenario_or_a_reason(runtime_id: str) -> None:
    assert problems_of(runtime_id, SCENARIOS) == []


def test_every_folder_of_programs_belongs_to_a_runtime() -> None:
    assert {path.name for path in PROGRAMS.iterdir()} <= set(all_runtimes())


@pytest.mark.asyncio(loop_scope="module")
@each_runtime
async def test_a_runtime_passes_its_own_tests_twice(trial: SelfTest, trials: dict[Trial, asyncio.Task[Any]]) -> None:
    assert await result_of(trial, trials) == []


@pytest.mark.asyncio(loop_scope="module")
@each_program
async def test_a_program_ends_as_its_scenario_says(trial: Program, trials: dict[Trial, asyncio.Task[Any]]) -> None:
    judged: Judged = await result_of(trial, trials)
    assert judged.verdict is SCENARIOS[trial.scenario].verdict, judged.story
    _check_usage(trial, judged)
    assert judged.next_job is Verdict.AC, "the job after it found something of it"


def _check_usage(program: Program, judged: Judged) -> None:
    """What a verdict alone does not say."""
    outcome, limits, story = judged.outcome, program.limits, judged.story
    memory = outcome.usage.memory_bytes
    match program.scenario:
        case "exit3":
            assert outcome.exit_code == 3, story
        case "uncaught":
            assert outcome.stderr or outcome.signal, story
        case "spin":
            assert limits.cpu_ns <= outcome.usage.cpu_ns <= limits.cpu_ns + 500 * MS, story
        case "sleep":
            # Some take a second to start, more on a busy machine.
            assert outcome.usage.cpu_ns < outcome.usage.wall_ns - 200 * MS, story
            assert outcome.usage.wall_ns <= limits.effective_wall_ns + 1 * SECOND, story
        case "hog":
            assert memory is None or limits.memory_bytes / 2 <= memory, story
            if outcome.usage.meter is not Meter.POLLING:  # which sees a limit exceeded only a little later
                assert memory is None or memory <= limits.memory_bytes + 8 * MIB, story
        case "flood":
            assert limits.output_bytes / 2 < len(outcome.stdout) <= limits.output_bytes, story
