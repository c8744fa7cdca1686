"""The precedence of verdicts."""

from __future__ import annotations

import itertools
import signal

import pytest

from executor.model import Excess, Limits, Outcome, Usage, Verdict
from executor.verdict import PRECEDENCE, compile_verdict_of, fold, verdict_of, worse

LIMITS = Limits(cpu_ns=1_000, wall_ns=2_000)


def test_the_precedence_names_every_verdict_once() -> None:
    assert sorted(PRECEDENCE) == sorted(Verdict)
    assert PRECEDENCE[0] is Verdict.JE
    assert PRECEDENCE[-1] is Verdict.AC


@pytest.mark.parametrize(
    "outcome,verdict",
    [
        (Outcome(exit_code=0), None),
        (Outcome(exit_code=1), Verdict.RTE),
        (Outcome(signal=signal.SIGSEGV), Verdict.RTE),
        (Outcome(signal=signal.SIGKILL), Verdict.RTE),
        (Outcome(), Verdict.RTE),
        (Outcome(signal=signal.SIGSYS), Verdict.SV),
        (Outcome(signal=signal.SIGKILL, exceeded=frozenset({Excess.MEMORY})), Verdict.MLE),
        (Outcome(exit_code=0, exceeded=frozenset({Excess.MEMORY})), Verdict.MLE),
        (Outcome(signal=signal.SIGKILL, exceeded=frozenset({Excess.CPU})), Verdict.TLE),
        (Outcome(exit_code=0, usage=Usage(cpu_ns=1_001)), Verdict.TLE),
        (Outcome(exit_code=0, usage=Usage(cpu_ns=1_000, wall_ns=2_000)), None),
        (Outcome(exit_code=0, usage=Usage(wall_ns=2_001)), Verdict.WTL),
        (Outcome(signal=signal.SIGKILL, exceeded=frozenset({Excess.WALL})), Verdict.WTL),
        (Outcome(signal=signal.SIGKILL, exceeded=frozenset({Excess.OUTPUT})), Verdict.OLE),
        (Outcome(signal=signal.SIGXFSZ, exceeded=frozenset({Excess.FILE_SIZE})), Verdict.OLE),
        (Outcome(exit_code=0, exceeded=frozenset({Excess.PROCESSES})), None),
        (Outcome(exit_code=1, exceeded=frozenset({Excess.PROCESSES})), Verdict.RTE),
    ],
)
def test_the_evidence_decides_not_the_signal(outcome: Outcome, verdict: Verdict | None) -> None:
    assert verdict_of(outcome, LIMITS) is verdict


def test_of_several_excesses_the_one_that_stands_earlier_in_the_precedence_wins() -> None:
    verdicts = {
        Excess.MEMORY: Verdict.MLE,
        Excess.CPU: Verdict.TLE,
        Excess.WALL: Verdict.WTL,
        Excess.OUTPUT: Verdict.OLE,
    }
    for one, two in itertools.combinations(verdicts, 2):
        outcome = Outcome(signal=signal.SIGKILL, exceeded=frozenset({one, two}))
        assert verdict_of(outcome, LIMITS) is worse(verdicts[one], verdicts[two])


@pytest.mark.parametrize(
    "outcome,verdict",
    [
        (Outcome(exit_code=0), Verdict.AC),
        (Outcome(exit_code=1), Verdict.CE),
        (Outcome(signal=signal.SIGSEGV), Verdict.CE),
        (Outcome(signal=signal.SIGSYS), Verdict.CE),
        (Outcome(signal=signal.SIGKILL, exceeded=frozenset({Excess.MEMORY})), Verdict.CTL),
        (Outcome(exit_code=0, usage=Usage(cpu_ns=1_001)), Verdict.CTL),
        (Outcome(signal=signal.SIGKILL, exceeded=frozenset({Excess.OUTPUT})), Verdict.CTL),
    ],
)
def test_a_compiler_fails_with_ce_or_over_its_limits_with_ctl(outcome: Outcome, verdict: Verdict) -> None:
    assert compile_verdict_of(outcome, LIMITS) is verdict


@pytest.mark.parametrize(
    "verdicts,folded",
    [
        ([], Verdict.AC),
        ([Verdict.AC, Verdict.AC], Verdict.AC),
        ([Verdict.AC, Verdict.WA, Verdict.MLE], Verdict.WA),
        ([Verdict.WA, Verdict.AC, Verdict.JE], Verdict.JE),
    ],
)
def test_the_first_failed_case_decides_unless_the_judge_failed(verdicts: list[Verdict], folded: Verdict) -> None:
    assert fold(verdicts) is folded
