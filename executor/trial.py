"""Run one program once: compiled like any submission, with files in its working directory and files out of it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from executor.compiler import Compilation, Compiler
from executor.errors import BoxFailure
from executor.judge import compile_in, compiled_event, ending
from executor.model import Compiled, File, Outcome, TestCase, Trial, TrialResult, Verdict
from executor.plan import Plan
from executor.sandbox.box import Place
from executor.slots import Seat, Slot, Slots
from executor.verdict import verdict_of

_Ran = tuple[Outcome, tuple[File, ...], str]


async def run_trial(
    trial: Trial, plan: Plan, compiler: Compiler, slots: Slots, first: Callable[[], Awaitable[Slot]]
) -> TrialResult:
    """
    The result of a trial; JE, not an exception, when boxes fail.

    Args:
        plan: of a job with the trial's submission and limits.
        first: waits for its turn.
    """
    asked = time.perf_counter_ns()
    nothing = Compiled(job_id=trial.id, verdict=Verdict.JE, cached=False, log="", version="")
    try:
        slot = await first()
    except BoxFailure as failure:
        return TrialResult(verdict=Verdict.JE, compiled=nothing, detail=str(failure))
    queue_ns = time.perf_counter_ns() - asked
    with Seat(slots, slot) as seat:
        compiled = nothing
        try:
            compilation = await compile_in(seat, plan, compiler)
            compiled = compiled_event(trial.id, compilation)
            if compilation.artifact is None:
                return TrialResult(verdict=compilation.verdict, compiled=compiled, queue_ns=queue_ns)
            outcome, files, detail = await seat.twice(lambda: _run(trial, plan, compilation, seat))
        except BoxFailure as failure:
            return TrialResult(verdict=Verdict.JE, compiled=compiled, queue_ns=queue_ns, detail=str(failure))
    return TrialResult(
        verdict=verdict_of(outcome, plan.run_limits(_case(trial))) or Verdict.AC,
        compiled=compiled,
        outcome=outcome,
        files=files,
        queue_ns=queue_ns,
        detail=detail or outcome.detail or ending(outcome),
    )


async def _run(trial: Trial, plan: Plan, compilation: Compilation, seat: Seat) -> _Ran:
    assert compilation.artifact is not None, "only what compiled is run"
    limits = plan.run_limits(_case(trial))
    box = await seat.box_with(compilation.artifact)
    seat.soil()
    if trial.work_files:
        await box.load(trial.work_files, Place.WORK)
    command = plan.run_command(limits, trial.stdin)
    outcome = plan.runtime.explained(await box.run(command, limits, keep_work=True))
    if not trial.wanted_files:
        return outcome, (), ""
    try:
        return outcome, await box.collect(trial.wanted_files, trial.wanted_bytes), ""
    except ValueError as error:
        return outcome, (), f"the wanted files are too much: {error}"


def _case(trial: Trial) -> TestCase:
    return TestCase(name="trial", stdin=trial.stdin, limits=trial.limits)
