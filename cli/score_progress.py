"""A scoring run while it lasts: a bar on a terminal that can redraw it, lines anywhere else."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections import Counter, deque
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self, TextIO

from cli.lines import redraws
from executor.model import Verdict
from scorer.model import Judgement

_LINE_S = 10.0
_DRAW_S = 0.1
_WINDOW_S = 30.0
"""The rate is that of the last half minute: compilers are slow when they start, and so the first samples."""


def shown(total: int, judged: int, verdicts: Mapping[Verdict, int], file: TextIO) -> Progress:
    """
    How far a run is, for a file.

    Args:
        total: samples.
        judged: of these, before; verdicts: what they got.
    """
    state = State(total, judged, verdicts)
    return Bar(state, file) if redraws(file) else Lines(state, file)


class State:
    """How far a run is."""

    def __init__(self, total: int, judged: int, verdicts: Mapping[Verdict, int]) -> None:
        self.total = total
        self.done = judged
        self.verdicts = Counter(verdicts)
        self._marks: deque[tuple[float, int]] = deque([(time.monotonic(), judged)])

    def add(self, judgement: Judgement) -> None:
        self.done += 1
        self.verdicts[judgement.verdict] += 1

    def mark(self) -> None:
        """Note the time, for the rate."""
        now = time.monotonic()
        self._marks.append((now, self.done))
        while len(self._marks) > 2 and self._marks[1][0] < now - _WINDOW_S:
            self._marks.popleft()

    @property
    def rate(self) -> float:
        """Samples in a second, lately."""
        (first, before), (last, now) = self._marks[0], self._marks[-1]
        return (now - before) / (last - first) if last > first else 0.0

    @property
    def left(self) -> str:
        """How much longer it takes; empty while nobody can know."""
        if not self.rate or self.done >= self.total:
            return ""
        minutes, seconds = divmod(round((self.total - self.done) / self.rate), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02} left"

    @property
    def counts(self) -> str:
        return "  ".join(f"{each} {self.verdicts[each]}" for each in Verdict if self.verdicts[each])

    def line(self) -> str:
        share = 100 * self.done // self.total if self.total else 100
        parts = [f"{self.done}/{self.total}", f"{share} %", f"{self.rate:.1f}/s", self.left, self.counts]
        return "  ".join(part for part in parts if part)


class Progress(ABC):
    """Shows a state while it changes; a context manager around the judging."""

    def __init__(self, state: State, every_s: float) -> None:
        self.state = state
        self._every_s = every_s
        self._next = time.monotonic() + every_s

    def add(self, judgement: Judgement) -> None:
        """A sample is done."""
        self.state.add(judgement)
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + self._every_s
            self.state.mark()
            self.draw()

    @abstractmethod
    def draw(self) -> None:
        """Show the state as it is now."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.state.mark()
        self.draw()


class Lines(Progress):
    """A line every few seconds, and one at the end."""

    def __init__(self, state: State, file: TextIO) -> None:
        super().__init__(state, _LINE_S)
        self._file = file

    def draw(self) -> None:
        print(self.state.line(), file=self._file, flush=True)


class Bar(Progress):
    """A bar that is redrawn."""

    def __init__(self, state: State, file: TextIO) -> None:
        super().__init__(state, _DRAW_S)
        from rich.progress import BarColumn, MofNCompleteColumn, TaskProgressColumn, TextColumn
        from rich.progress import Progress as RichProgress

        from cli.show import console

        columns: list[Any] = [BarColumn(24), TaskProgressColumn(), MofNCompleteColumn()]
        self._bar = RichProgress(*columns, TextColumn("{task.description}", markup=False), console=console(file))
        self._task = self._bar.add_task("", total=state.total, completed=state.done)

    def __enter__(self) -> Self:
        self._bar.__enter__()
        self.draw()
        return self

    def draw(self) -> None:
        state = self.state
        words = "  ".join(part for part in (f"{state.rate:.1f}/s", state.left, state.counts) if part)
        self._bar.update(self._task, completed=state.done, description=words)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        super().__exit__(kind, error, at)
        self._bar.__exit__(kind, error, at)
