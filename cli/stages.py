"""
How far a run of several stages is: one line for each, redrawn on a terminal, printed now and then to a log.

A stage is a noun with numbers: how much of how many, how fast, how long it will take, and a few words of its own.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

from cli.lines import redraws

if TYPE_CHECKING:
    from rich.live import Live
    from rich.table import Table

_EVERY_S = 10.0
_REDRAWS_PER_S = 4
_BAR = 24


@dataclass(slots=True)
class Stage:
    """
    Args:
        name: a participle: generated, judged.
        total: how many there are to be.
        before: how many of these an earlier process did; they say nothing about the rate.
        note: whatever else is worth a few words.
    """

    name: str
    total: int
    before: int = 0
    done: int = 0
    note: str = ""
    began: float = field(default_factory=time.monotonic)
    last: float = field(default_factory=time.monotonic)

    def start(self, total: int, before: int = 0) -> None:
        """Now it is known how many there are, and the clock runs."""
        self.total, self.before = total, before
        self.began = self.last = time.monotonic()

    @property
    def reached(self) -> int:
        return self.before + self.done

    @property
    def per_second(self) -> float:
        if self.reached < self.total:
            self.last = time.monotonic()  # a stage that is through keeps its rate
        elapsed = self.last - self.began
        return self.done / elapsed if elapsed > 0 else 0.0

    @property
    def left(self) -> str:
        """Time left, as far as the past tells: `2:05`; empty where it tells nothing."""
        if self.reached >= self.total or not self.done:
            return ""
        return clock((self.total - self.reached) / self.per_second)

    def line(self) -> str:
        """The stage as a line of a log."""
        share = 100 * self.reached / self.total if self.total else 100.0
        parts = [f"{self.name} {self.reached:,} of {self.total:,} ({share:.0f} %)", f"{self.per_second:.1f}/s"]
        parts += [self.note] if self.note else []
        parts += [f"{self.left} left"] if self.left else []
        return ", ".join(parts)


def clock(seconds: float) -> str:
    """`0:07`, `2:05`, `1:02:05`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


class Stages:
    """
    Shows stages while it is open, as a context manager, on standard error.

    Args:
        stages: changed by the caller, who then calls `update`.
        quiet: show nothing.
    """

    def __init__(self, *stages: Stage, quiet: bool = False, file: TextIO | None = None) -> None:
        self.stages = stages
        self._file = file or sys.stderr
        self._quiet = quiet
        self._live: Live | None = None
        self._last = time.monotonic()

    def __enter__(self) -> Self:
        if not self._quiet and redraws(self._file):
            from rich.live import Live

            from cli.show import console

            self._live = Live(
                console=console(self._file), refresh_per_second=_REDRAWS_PER_S, get_renderable=self._table
            )
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._live is not None:
            self._live.stop()
        elif not self._quiet and any(stage.total for stage in self.stages):
            self._print()

    def update(self) -> None:
        """Something has changed."""
        if self._live is None and not self._quiet and time.monotonic() - self._last >= _EVERY_S:
            self._print()

    def say(self, sentence: str) -> None:
        """A line of its own, above what is redrawn."""
        if self._live is not None:
            self._live.console.print(sentence, markup=False, highlight=False)
        elif not self._quiet:
            print(sentence, file=self._file, flush=True)

    def _print(self) -> None:
        self._last = time.monotonic()
        print("; ".join(stage.line() for stage in self.stages), file=self._file, flush=True)

    def _table(self) -> Table:
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        table = Table.grid(padding=(0, 1))
        for stage in self.stages:
            bar = ProgressBar(total=max(stage.total, 1), completed=stage.reached, width=_BAR)
            numbers = f"{stage.reached:,}/{stage.total:,}"
            rate = f"{stage.per_second:.1f}/s"
            table.add_row(stage.name, bar, numbers, rate, Text(stage.note), f"{stage.left} left" if stage.left else "")
        return table
