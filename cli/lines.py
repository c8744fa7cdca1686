"""
A job as lines of text, one for each case as it finishes: for logs and pipes. Needs nothing that is slow to import.

Every text that a program, a compiler or a file name had a hand in goes through cli.text first.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self, TextIO

from cli.report import Report
from cli.text import printable, shortened
from executor.model import MIB, MS, CaseFinished

_WIDEST_NAME = 40
_WIDEST_DETAIL = 200


def redraws(file: TextIO) -> bool:
    """Whether this is a terminal that can redraw what it shows; a log stays a log."""
    return file.isatty() and os.environ.get("TERM") not in {None, "dumb", "unknown"}


class Progress(ABC):
    """Shows a job while it runs; a context manager around the judging."""

    def __init__(self, report: Report) -> None:
        self.report = report

    @abstractmethod
    def update(self, case: CaseFinished | None) -> None:
        """Something happened; `case` is the one that finished, if one did."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        return None


class Lines(Progress):
    """One line for each case, in the order in which they finish."""

    def __init__(self, report: Report, file: TextIO) -> None:
        super().__init__(report)
        self._file = file
        self._width = max((len(shown_name(case.name)) for case in report.job.cases), default=0)

    def update(self, case: CaseFinished | None) -> None:
        if case is not None:
            cpu, wall, memory = figures(case)
            line = f"{case.verdict:<3} {shown_name(case.name):<{self._width}}  cpu {cpu:>7} ms  wall {wall:>7} ms"
            print(f"{line}  memory {memory:>6} MiB  {shown_detail(case)}".rstrip(), file=self._file, flush=True)


def figures(case: CaseFinished) -> tuple[str, str, str]:
    """CPU and wall milliseconds and MiB; `-` for what could not be measured."""
    usage = case.outcome.usage
    memory = "-" if usage.memory_bytes is None else f"{usage.memory_bytes / MIB:.1f}"
    return _milliseconds(usage.cpu_ns), _milliseconds(usage.wall_ns), memory


def shown_name(name: str) -> str:
    return shortened(printable(name), _WIDEST_NAME)


def shown_detail(case: CaseFinished) -> str:
    return shortened(printable(case.detail), _WIDEST_DETAIL)


def _milliseconds(nanoseconds: int) -> str:
    value = nanoseconds / MS
    return f"{value:.1f}" if value < 100 else f"{value:.0f}"
