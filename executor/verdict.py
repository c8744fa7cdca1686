"""
The precedence of verdicts, written once.

JE > CE/CTL > SV > MLE > TLE > WTL > OLE > RTE > WA > AC. An out-of-memory kill and a CPU overrun both end
in SIGKILL, so the cgroup's event, not the signal, is the evidence.
"""

from __future__ import annotations

import signal
from collections.abc import Iterable

from executor.model import Excess, Limits, Outcome, Verdict

PRECEDENCE: tuple[Verdict, ...] = (
    Verdict.JE,
    Verdict.CE,
    Verdict.CTL,
    Verdict.SV,
    Verdict.MLE,
    Verdict.TLE,
    Verdict.WTL,
    Verdict.OLE,
    Verdict.RTE,
    Verdict.WA,
    Verdict.AC,
)


def verdict_of(outcome: Outcome, limits: Limits) -> Verdict | None:
    """
    The verdict of a run from how it ended, or None for a clean exit: only that meets the checker.

    Args:
        outcome: the sandbox's word.
        limits: what the run was allowed.
    """
    usage, exceeded = outcome.usage, outcome.exceeded
    if outcome.signal == signal.SIGSYS:
        return Verdict.SV
    if Excess.MEMORY in exceeded:
        return Verdict.MLE
    if Excess.CPU in exceeded or usage.cpu_ns > limits.cpu_ns:
        return Verdict.TLE
    if Excess.WALL in exceeded or usage.wall_ns > limits.effective_wall_ns:
        return Verdict.WTL
    if Excess.OUTPUT in exceeded or Excess.FILE_SIZE in exceeded:
        return Verdict.OLE
    return None if outcome.exit_code == 0 else Verdict.RTE


def compile_verdict_of(outcome: Outcome, limits: Limits) -> Verdict:
    """The verdict of a compilation: AC, CE, or CTL when the compiler went over its limits."""
    verdict = verdict_of(outcome, limits)
    if verdict is None:
        return Verdict.AC
    over_limits = verdict in {Verdict.MLE, Verdict.TLE, Verdict.WTL, Verdict.OLE}
    return Verdict.CTL if over_limits else Verdict.CE


def fold(verdicts: Iterable[Verdict]) -> Verdict:
    """
    The verdict of a job from those of its cases, in the job's order.

    JE wins wherever it stands; otherwise the first case that failed decides, as in a contest.
    """
    failed = [verdict for verdict in verdicts if verdict is not Verdict.AC]
    if Verdict.JE in failed:
        return Verdict.JE
    return failed[0] if failed else Verdict.AC


def worse(a: Verdict, b: Verdict) -> Verdict:
    """The one of two verdicts that stands earlier in the precedence."""
    return min(a, b, key=PRECEDENCE.index)
