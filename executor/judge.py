"""
Judge one job: compile once, run every case, say each verdict as soon as it is known.

A job sits in one slot from start to end. While cases are left it also asks for further slots, which it gets only
when no other job waits, and hands back after the case at hand as soon as one does. A box that fails is retired, and
what it was doing is done once more in another box; if that fails too, it is JE and no further case begins.

Whoever owns the boxes is seen from here as `Slots`.
"""

from __future__ import annotations

import asyncio
import glob
import logging
import signal
import time
from collections.abc import Awaitable, Callable

from executor.artifacts import Artifact
from executor.checker import Comparison, check
from executor.compiler import Compilation, Compiler, total_usage
from executor.errors import BoxFailure
from executor.model import (
    MIB,
    CaseFinished,
    Checker,
    CheckerKind,
    Compiled,
    Content,
    Event,
    Finished,
    Limits,
    Outcome,
    Started,
    TestCase,
    TestResults,
    Usage,
    Verdict,
)
from executor.plan import Plan
from executor.sandbox.box import Box
from executor.slots import Seat, Slot, Slots, Urgency
from executor.unit_tests import judge_tests, read_report
from executor.verdict import fold, verdict_of

_log = logging.getLogger(__name__)

Emit = Callable[[Event], Awaitable[None]]

_MOST_REPORT_BYTES = 16 * MIB
"""Of the report of a test framework; a larger one counts as none."""

_INLINE_BYTES = MIB
"""Outputs up to this size together are compared at once; larger ones in a thread."""


class Judge:
    """
    Judges one job, once.

    Args:
        plan: what to judge.
        compiler: shared by all jobs.
        slots: where boxes come from.
        emit: takes each event; may wait, so that a slow consumer holds the job back.
    """

    def __init__(self, plan: Plan, compiler: Compiler, slots: Slots, emit: Emit) -> None:
        self._plan = plan
        self._job = plan.job
        self._compiler = compiler
        self._slots = slots
        self._emit = emit
        self._cases = _Cases(plan, slots, emit)

    async def run(self, first: Callable[[], Awaitable[Slot]]) -> None:
        """
        Judge the job; the last event is Finished, whatever happens, unless the caller cancels.

        Args:
            first: waits for the job's turn.
        """
        try:
            verdict, detail = await self._judge(first)
        # The one place that catches everything: a defect of ours becomes JE of this job, never a
        # verdict on the submission and never the end of other jobs.
        except Exception as error:  # noqa: BLE001  # see above; it is logged with the job's id
            _log.exception("job %s: the judge failed", self._job.id)
            cause = _root(error)
            verdict, detail = Verdict.JE, f"the judge failed: {type(cause).__name__}: {cause}"
        await self._emit(
            Finished(
                job_id=self._job.id,
                verdict=verdict,
                passed=self._cases.passed,
                total=len(self._job.cases),
                usage=self._cases.usage,
                detail=detail,
            )
        )

    async def _judge(self, first: Callable[[], Awaitable[Slot]]) -> tuple[Verdict, str]:
        asked = time.perf_counter_ns()
        try:
            slot = await first()
        except BoxFailure as failure:
            return Verdict.JE, str(failure)
        queue_ns = time.perf_counter_ns() - asked
        with Seat(self._slots, slot) as seat:
            await self._emit(Started(job_id=self._job.id, queue_ns=queue_ns, setup_ns=slot.setup_ns))
            try:
                compilation = await compile_in(seat, self._plan, self._compiler)
            except BoxFailure as failure:
                await self._emit(Compiled(job_id=self._job.id, verdict=Verdict.JE, cached=False, log="", version=""))
                return Verdict.JE, str(failure)
            await self._emit(compiled_event(self._job.id, compilation))
            if compilation.artifact is None:
                return compilation.verdict, ""
            return await self._cases.run(seat, compilation.artifact)


async def compile_in(seat: Seat, plan: Plan, compiler: Compiler) -> Compilation:
    """
    Compile in the seat's box; if that fails, plainly in another: no faster way may cost a submission its verdict.

    Raises:
        BoxFailure: the other one failed too.
    """
    plans = iter((plan, plan.made_cold()))
    return await seat.twice(lambda: _compile_in(seat, next(plans), compiler))


async def _compile_in(seat: Seat, plan: Plan, compiler: Compiler) -> Compilation:
    """The box stays clean if the work of another compilation can be used."""
    slot = await seat.slot()
    slot.used = True
    compilation = await compiler.compile(plan, slot.box)
    slot.used = compilation.box_used
    return compilation


class _Cases:
    """The cases of one job: which are still to be run, and what became of the others."""

    def __init__(self, plan: Plan, slots: Slots, emit: Emit) -> None:
        self._plan = plan
        self._job = plan.job
        self._slots = slots
        self._emit = emit
        self._begun = 0
        self._end = len(plan.job.cases)
        self._verdicts: dict[int, Verdict] = {}
        self._usages: list[Usage] = []
        self._failure = ""

    @property
    def _pending(self) -> bool:
        return self._begun < self._end

    @property
    def passed(self) -> int:
        return sum(verdict is Verdict.AC for verdict in self._verdicts.values())

    @property
    def usage(self) -> Usage:
        return total_usage(self._usages) if self._usages else Usage()

    async def run(self, seat: Seat, artifact: Artifact) -> tuple[Verdict, str]:
        """The job's verdict, and for JE what failed."""
        async with asyncio.TaskGroup() as group:
            recruiter = group.create_task(self._recruit(group, artifact, seat.client))
            await self._work(seat, artifact)
            recruiter.cancel()
            seat.leave()  # helpers may still be at their last cases
        return fold(self._verdicts[index] for index in sorted(self._verdicts)), self._failure

    async def _recruit(self, group: asyncio.TaskGroup, artifact: Artifact, client: str) -> None:
        """Take further slots while cases wait for one."""
        while self._pending:
            try:
                seat = Seat(self._slots, await self._slots.lease(Urgency.EXTRA, client))
            except BoxFailure:
                return  # the job has a slot of its own
            helper = group.create_task(self._work(seat, artifact, extra=True))
            # Not at the end of _work: a task that is cancelled before its first step never gets there.
            helper.add_done_callback(seat.leave)

    async def _work(self, seat: Seat, artifact: Artifact, *, extra: bool = False) -> None:
        """Run cases one after another; in an extra slot only while no other job waits."""
        while self._pending and not (extra and self._slots.contended):
            index = self._begun
            self._begun += 1
            finished = await self._finish(seat, artifact, index)
            self._verdicts[index] = finished.verdict
            if finished.verdict is Verdict.JE:
                self._failure = finished.detail
            else:
                self._usages.append(finished.outcome.usage)
            # After JE too: the job is JE whatever follows, and what breaks boxes should not get all of them.
            if finished.verdict is Verdict.JE or (self._job.stop_at_first_failure and finished.verdict != Verdict.AC):
                self._end = 0
            await self._emit(finished)

    async def _finish(self, seat: Seat, artifact: Artifact, index: int) -> CaseFinished:
        case = self._job.cases[index]
        results: TestResults | None = None
        try:
            outcome, results = await seat.twice(lambda: self._run(seat, artifact, case))
            if not self._pending:
                seat.leave()  # the box is made ready for the next job while this one's last output is looked at
            if results is None:
                verdict, detail = await _conclude(self._job.checker, case, outcome, self._plan.run_limits(case))
            else:
                verdict, detail = await _conclude_tests(case, outcome, self._plan.run_limits(case), results)
        except BoxFailure as failure:
            outcome, verdict, detail = Outcome(), Verdict.JE, str(failure)
        return CaseFinished(
            job_id=self._job.id,
            index=index,
            name=case.name,
            verdict=verdict,
            outcome=outcome,
            detail=detail,
            tests=results,
        )

    async def _run(self, seat: Seat, artifact: Artifact, case: TestCase) -> tuple[Outcome, TestResults | None]:
        """How a run ended; for a runtime that runs tests, their results too."""
        runtime, limits = self._plan.runtime, self._plan.run_limits(case)
        command = self._plan.run_command(limits, case.stdin)
        box = await seat.box_with(artifact)
        if runtime.report is None:
            return runtime.explained(await box.run(command, limits)), None
        outcome = runtime.explained(await box.run(command, limits, keep_work=True))
        seat.soil()
        written = outcome.stdout if runtime.report.file is None else await _read_file(box, runtime.report.file)
        report = written if len(written) <= _MOST_REPORT_BYTES else b""
        return outcome, await asyncio.to_thread(read_report, runtime.report.format, report)


async def _read_file(box: Box, name: str) -> bytes:
    """A file that a run left in /work; empty if it left none that can be read."""
    try:
        files = await box.collect((glob.escape(name),), _MOST_REPORT_BYTES)
    except ValueError:  # too large
        return b""
    contents = [file.content for file in files if file.name == name]
    return contents[0] if contents and isinstance(contents[0], bytes) else b""


async def _conclude_tests(
    case: TestCase, outcome: Outcome, limits: Limits, results: TestResults
) -> tuple[Verdict, str]:
    """The report decides; but a run that was stopped, or that failed without a failed test, is what its end says."""
    verdict = verdict_of(outcome, limits)
    if verdict not in {None, Verdict.RTE}:
        return verdict, outcome.detail
    expected = None if case.expected is None else await asyncio.to_thread(_content, case.expected)
    accepted, detail = judge_tests(results, expected)
    # A framework says with its exit status that a test failed; without one, something else did.
    crashed = verdict is Verdict.RTE and (outcome.exit_code is None or not results.failed)
    if crashed:
        return Verdict.RTE, f"{outcome.detail or ending(outcome)}; {detail}"
    return (Verdict.AC if accepted else Verdict.WA), detail


async def _conclude(checker: Checker, case: TestCase, outcome: Outcome, limits: Limits) -> tuple[Verdict, str]:
    """Only a clean exit meets the checker."""
    verdict = verdict_of(outcome, limits)
    if verdict is not None:
        tells_more = verdict in {Verdict.RTE, Verdict.SV}
        return verdict, outcome.detail or (ending(outcome) if tells_more else "")
    if case.expected is None or checker.kind is CheckerKind.EXIT:
        return Verdict.AC, ""
    small = isinstance(case.expected, bytes) and len(case.expected) + len(outcome.stdout) <= _INLINE_BYTES
    arguments = (checker, case.expected, outcome.stdout)
    comparison = _compare(*arguments) if small else await asyncio.to_thread(_compare, *arguments)
    accepted = comparison.accepted or await _is_another(checker, case, outcome.stdout)
    return (Verdict.AC, "") if accepted else (Verdict.WA, comparison.detail)


async def _is_another(checker: Checker, case: TestCase, actual: bytes) -> bool:
    """Whether an output is one of those that are accepted beside the expected one."""
    for alternative in case.alternatives:
        if (await asyncio.to_thread(_compare, checker, alternative, actual)).accepted:
            return True
    return False


def _compare(checker: Checker, expected: Content, actual: bytes) -> Comparison:
    return check(checker, _content(expected), actual)


def _content(content: Content) -> bytes:
    return content if isinstance(content, bytes) else content.read_bytes()


def compiled_event(job_id: str, compilation: Compilation) -> Compiled:
    return Compiled(
        job_id=job_id,
        verdict=compilation.verdict,
        cached=compilation.cached,
        log=compilation.log,
        version=compilation.version,
        usage=compilation.usage,
    )


def ending(outcome: Outcome) -> str:
    """What a failed run's end says: its exit status or its signal; empty for a clean one."""
    if outcome.signal is None:
        return f"exit status {outcome.exit_code}" if outcome.exit_code else ""
    names = {number.value: number.name for number in signal.Signals}
    return f"killed by {names.get(outcome.signal, f'signal {outcome.signal}')}"


def _root(error: BaseException) -> BaseException:
    """The first error inside of what task groups wrap around it."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
