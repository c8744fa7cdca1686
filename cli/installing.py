"""An installation while it goes on: a bar for the step at hand on a terminal, lines anywhere else."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from cli.text import printable, shortened
from executor.inventory import Step
from executor.tools import ToolFailed

_LONGEST_LINE = 60
_LONGEST_STEP = 110
_WORTH_TELLING_S = 1.0


def shown_step(step: Step) -> str:
    """`npm: jest, typescript@5 -> /usr/local/lib/ennead/javascript`, or `step of typescript: cp a b`."""
    if step.tool == "step":
        return shortened(printable(f"step of {', '.join(step.parts)}: {' '.join(step.what)}"), _LONGEST_STEP)
    tool = f"files of {', '.join(step.parts)}" if step.tool == "files" else step.tool
    where = f" -> {step.folder}" if step.folder else ""
    return printable(f"{tool}: {', '.join(step.what)}{where}")


class Shown:
    """Shows how an installation goes on; a context manager around it."""

    def begin(self, step: Step) -> None:
        """See `executor.installer.Watcher`."""

    def advance(self, share: float | None, line: str) -> None:
        """See `executor.installer.Watcher`."""

    def end(self, step: Step, failure: ToolFailed | None) -> None:
        """See `executor.installer.Watcher`."""

    def notice(self, sentence: str) -> None:
        print(f"exec-cli: {printable(sentence)}", file=sys.stderr)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        return None


class Silence(Shown):
    """Only what is out of order is said."""


class Lines(Shown):
    """One line when a step begins, and one when it is over, if that took a while or went wrong."""

    def __init__(self, file: TextIO) -> None:
        self.file = file
        self._began = 0.0

    def begin(self, step: Step) -> None:
        self._began = time.monotonic()
        print(shown_step(step), file=self.file, flush=True)

    def end(self, step: Step, failure: ToolFailed | None) -> None:
        took = time.monotonic() - self._began
        if failure is not None or took >= _WORTH_TELLING_S:
            print(f"  {'failed' if failure else 'done'} after {took:.0f} s", file=self.file, flush=True)


class Bars(Shown):
    """The steps that are over as lines; below them a bar, and what the tool says, for the one at hand."""

    def __init__(self, out: Console) -> None:
        self._out = out
        self._progress = Progress(
            BarColumn(bar_width=30),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[line]}", markup=False, style="dim"),
            console=out,
            transient=True,
        )
        self._task: TaskID | None = None
        self._began = 0.0

    def begin(self, step: Step) -> None:
        self._began = time.monotonic()
        self._out.print(Text(shown_step(step)), soft_wrap=True)
        self._task = self._progress.add_task("", total=None, line="")

    def advance(self, share: float | None, line: str) -> None:
        if self._task is None:
            return
        if share is not None:
            self._progress.update(self._task, total=1.0, completed=share)
        self._progress.update(self._task, line=shortened(printable(line), _LONGEST_LINE))

    def end(self, step: Step, failure: ToolFailed | None) -> None:
        if self._task is not None:
            self._progress.remove_task(self._task)
            self._task = None
        took = time.monotonic() - self._began
        if failure is not None or took >= _WORTH_TELLING_S:
            how = Text("  done", style="green") if failure is None else Text("  failed", style="red")
            self._out.print(how.append(f" after {took:.0f} s", style="dim"))

    def notice(self, sentence: str) -> None:
        self._out.print(Text(printable(sentence), style="yellow"), soft_wrap=True)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._progress.stop()
