"""From what the zygote reports, the cgroup saw and the pipes carried to the sandbox's word on a run."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Protocol

from executor.errors import BoxFailure
from executor.model import Command, Excess, Limits, Meter, Outcome, Usage
from executor.sandbox.cgroup import Spent
from executor.sandbox.messages import Cause, How, Report

_ORDINARY = (How.EXITED, Cause.NONE, False, False, False)
_NOTHING: frozenset[Excess] = frozenset()


class Written(Protocol):
    """What a program wrote: all of it in `total` bytes, what the limit allows in the streams."""

    total: int
    over: bool

    @property
    def stdout(self) -> bytes: ...

    @property
    def stderr(self) -> bytes: ...


def outcome_of(limits: Limits, report: Report, spent: Spent, drain: Written, meter: Meter) -> Outcome:
    """The outcome of a run that its zygote saw to the end."""
    polled = meter is Meter.POLLING
    usage = Usage(
        cpu_ns=report.cpu_ns,
        wall_ns=report.wall_ns,
        memory_bytes=_or_none(report.memory_bytes) if polled else spent.memory_bytes,
        output_bytes=drain.total,
        file_bytes=report.file_bytes,
        processes=_or_none(report.processes) if spent.processes is None else spent.processes,
        open_files=_or_none(report.open_files),
        stack_bytes=_or_none(report.stack_bytes),
        meter=meter,
    )
    return Outcome(
        exit_code=report.code if report.how == How.EXITED else None,
        signal=report.code if report.how == How.SIGNALED else None,
        exceeded=_exceeded(limits, report, spent, drain),
        stdout=drain.stdout,
        stderr=drain.stderr,
        usage=usage,
    )


def _exceeded(limits: Limits, report: Report, spent: Spent, drain: Written) -> frozenset[Excess]:
    what_happened = (report.how, report.cause, spent.out_of_memory, spent.forks_refused, drain.over)
    if what_happened == _ORDINARY and report.cpu_ns <= limits.cpu_ns:
        return _NOTHING
    excess = {
        Excess.MEMORY: spent.out_of_memory or report.cause == Cause.MEMORY,
        Excess.CPU: report.cause == Cause.CPU or report.cpu_ns > limits.cpu_ns,
        Excess.WALL: report.cause == Cause.WALL,
        Excess.OUTPUT: drain.over,
        Excess.FILE_SIZE: report.how == How.SIGNALED and report.code == signal.SIGXFSZ,
        Excess.PROCESSES: spent.forks_refused,
    }
    return frozenset(limit for limit, exceeded in excess.items() if exceeded)


def lost_outcome(limits: Limits, spent: Spent, drain: Written, meter: Meter, wall_ns: int) -> Outcome:
    """The outcome of a run that took its zygote down with it, from the evidence outside."""
    excess = {
        Excess.MEMORY: spent.out_of_memory,
        Excess.CPU: spent.cpu_ns > limits.cpu_ns,
        Excess.WALL: wall_ns > limits.effective_wall_ns,
        Excess.OUTPUT: drain.over,
    }
    exceeded = frozenset(limit for limit, seen in excess.items() if seen)
    return Outcome(
        exceeded=exceeded,
        stdout=drain.stdout,
        stderr=drain.stderr,
        usage=Usage(
            cpu_ns=spent.cpu_ns,
            wall_ns=wall_ns,
            memory_bytes=spent.memory_bytes,
            output_bytes=drain.total,
            processes=spent.processes,
            meter=meter,
        ),
        detail="" if exceeded else "the program killed or stopped the process that supervises it",
    )


def not_started(command: Command, error: int, outcome: Outcome) -> Outcome:
    """
    The outcome of a program that could not be executed: if it is the submission's, that is its own fault.

    Raises:
        BoxFailure: it is the toolchain's: the judge's fault.
    """
    program = PurePosixPath(command.argv[0])
    sentence = f"{program} could not be executed: {os.strerror(error)}"
    if not {"artifact", "work"} & set(program.parts[1:2]) and not outcome.exceeded:
        raise BoxFailure(sentence)
    return replace(outcome, detail=sentence)


def _or_none(figure: int) -> int | None:
    return None if figure < 0 else figure
