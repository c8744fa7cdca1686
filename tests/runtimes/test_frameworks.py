"""
Runtimes that run tests: what a test framework reports is what counts, and a process that ends early is no success.

The programs lie in `programs/<id>/<scenario>/`, see `support`: tests with what they test, in several files where the
framework is used so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from executor.engine import Engine
from executor.model import SECOND, Job, Limits, TestCase, Verdict
from tests.runtimes.support import (
    LIMITS,
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

FRAMEWORKS = [runtime.id for runtime in all_runtimes().values() if runtime.report is not None]
NAMES: Mapping[str, tuple[str, str]] = {
    "go-test": ("TestAdds", "TestSubtracts"),
    "java-junit": ("SumsTest.adds", "SumsTest.subtracts"),
    "javascript-test": ("sums.test.js::adds", "sums.test.js::subtracts"),
    "jest": ("sums.test.js::adds", "sums.test.js::subtracts"),
    "pytest": ("test_sums.py::test_adds", "test_sums.py::test_subtracts"),
    "rust-cargo-test": ("tests::adds", "tests::subtracts"),
    "rust-test": ("tests::adds", "tests::subtracts"),
}
"""Of each framework the tests in `failing`, as its report names them: the one that passes, the one that fails."""


@dataclass(frozen=True)
class Scenario:
    """
    Args:
        verdicts: what may become of it.
        program: the scenario whose program it uses; None means its own.
        limits: under which it runs.
    """

    verdicts: frozenset[Verdict]
    program: str | None = None
    limits: Limits = LIMITS


_NOT_ACCEPTED = frozenset(Verdict) - {Verdict.AC, Verdict.JE}
SCENARIOS: Mapping[str, Scenario] = {
    "passing": Scenario(frozenset({Verdict.AC})),
    "failing": Scenario(frozenset({Verdict.WA})),
    "none": Scenario(frozenset({Verdict.WA, Verdict.RTE})),  # some frameworks call that a failure of their own
    "exit-inside": Scenario(_NOT_ACCEPTED),
    "exit-at-start": Scenario(_NOT_ACCEPTED),
    "unbuildable": Scenario(_NOT_ACCEPTED),
    "looping": Scenario(frozenset({Verdict.TLE}), limits=replace(LIMITS, cpu_ns=2 * SECOND)),
    "named": Scenario(frozenset({Verdict.AC}), "failing"),
    "named-failing": Scenario(frozenset({Verdict.WA}), "failing"),
    "named-missing": Scenario(frozenset({Verdict.WA}), "failing"),
}
"""
`passing`: all tests pass. `failing`: one passes and one fails. `none`: no test. `exit-inside`: a test ends the process
with status 0, after one that passes. `exit-at-start`: the program does, before any test. `unbuildable`: what is tested
has an error that a compiler finds. `looping`: a test that burns CPU time for ever.
"""
OWN = [scenario for scenario, how in SCENARIOS.items() if how.program is None]


@dataclass(frozen=True)
class Suite:
    """The tests that a framework runs in a scenario."""

    runtime_id: str
    scenario: str

    def __str__(self) -> str:
        return f"{self.runtime_id}-{self.scenario}"

    @property
    def expected(self) -> bytes | None:
        passing, failing = NAMES[self.runtime_id]
        expected = {"named": passing, "named-failing": f"{passing}\n{failing}", "named-missing": f"{passing}\nmissing"}
        return expected[self.scenario].encode() if self.scenario in expected else None

    async def run(self, engine: Engine) -> Judged:
        how = SCENARIOS[self.scenario]
        program = how.program or self.scenario
        job = Job(
            id=str(self),
            submission=submission_of(self.runtime_id, program),
            cases=(TestCase(name="", expected=self.expected),),
            limits=limits_of(self.runtime_id, self.scenario, how.limits),
        )
        return await judge(engine, job)


SUITES = [
    Suite(each, scenario)
    for each in FRAMEWORKS
    if (PROGRAMS / each).is_dir()
    for scenario in [*present(each, OWN), *(scenario for scenario in SCENARIOS if scenario not in OWN)]
]


@pytest.mark.parametrize("runtime_id", FRAMEWORKS)
def test_a_framework_has_a_program_for_every_scenario_or_a_reason(runtime_id: str) -> None:
    assert problems_of(runtime_id, OWN) == []
    assert runtime_id in NAMES


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("trial", SUITES, ids=str)
async def test_tests_end_as_their_scenario_says(trial: Suite, trials: dict[Trial, asyncio.Task[Any]]) -> None:
    judged: Judged = await result_of(trial, trials)
    verdicts = SCENARIOS[trial.scenario].verdicts
    if trial.scenario == "unbuildable" and all_runtimes()[trial.runtime_id].compile:
        verdicts = frozenset({Verdict.CE})
    assert judged.verdict in verdicts, judged.story
    assert judged.next_job is Verdict.AC, "the job after it found something of it"
    if trial.scenario in {"failing", "named-failing"}:
        passing, failing = NAMES[trial.runtime_id]
        assert failing in judged.detail, judged.story
        assert passing not in judged.detail, judged.story
    if trial.scenario == "named-missing":
        assert judged.detail.endswith(": missing"), judged.story
