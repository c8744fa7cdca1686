"""
A job on the terminal: the table that grows while it runs, and what is worth knowing once it is over.

Every text that a program, a compiler or a file name had a hand in goes through cli.text first and is never read
as markup.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from rich import box
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from cli.diff import Line, Row, aligned, difference
from cli.lines import Progress, figures, shown_detail, shown_name
from cli.report import Report
from cli.text import counted, first_lines, last_lines, printable, printable_path
from executor.model import CaseFinished, CheckerKind, Verdict

STYLES = {
    Verdict.AC: "green",
    Verdict.TLE: "yellow",
    Verdict.WTL: "yellow",
    Verdict.MLE: "magenta",
    Verdict.OLE: "magenta",
    Verdict.JE: "bold white on red",
}
OTHER_STYLE = "red"
MOST_ROWS = 30
MOST_LOG_LINES = 40
MOST_STDERR_LINES = 10
_REDRAW_EVERY_S = 0.1
_WIDTH_OF_A_LOG = 120
# What a screen shows beside the rows of the table: its head, the line below it, and the prompt.
_OTHER_LINES = 5


def console(file: TextIO) -> Console:
    """A console that neither reads markup nor decorates: whatever it shows was put there on purpose."""
    width = None if file.isatty() or "COLUMNS" in os.environ else _WIDTH_OF_A_LOG
    return Console(file=file, width=width, markup=False, highlight=False, emoji=False)


class LiveTable(Progress):
    """The table of all cases, or of the failed ones below a bar when there are too many for the screen."""

    def __init__(self, report: Report, out: Console) -> None:
        super().__init__(report)
        self._out = out
        self._live = Live(console=out, auto_refresh=False, get_renderable=self._renderable)
        self._drawn_at = 0.0

    def update(self, case: CaseFinished | None) -> None:
        # No refreshing thread: the engine starts processes, and a redraw for each of a thousand cases is too many.
        if time.monotonic() - self._drawn_at >= _REDRAW_EVERY_S:
            self._live.refresh()
            self._drawn_at = time.monotonic()

    def __enter__(self) -> Self:
        self._live.start(refresh=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        # What was refused before it began leaves no trace above the sentence about it.
        self._live.transient = error is not None and self.report.compiled is None
        self._live.refresh()
        self._live.stop()

    def _renderable(self) -> RenderableType:
        report = self.report
        if report.compiled is None:
            return Text("" if report.over else f"preparing {printable(report.job.submission.runtime)}", style="dim")
        if report.over and not report.cases:
            return Text("")
        if report.total <= min(MOST_ROWS, self._out.height - _OTHER_LINES):
            return case_table(report)
        return Group(_bar(report, self._out.width), case_table(report, failed_only=True))


def case_table(report: Report, *, failed_only: bool = False) -> RenderableType:
    """The cases in the job's order; those that have not run are dim."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("case", overflow="fold")
    table.add_column("verdict")
    for title in ("cpu ms", "wall ms", "MiB"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("detail", overflow="fold")
    failed = [index for index, case in sorted(report.cases.items()) if case.verdict is not Verdict.AC]
    shown = failed[:MOST_ROWS] if failed_only else range(report.total)
    for index in shown:
        table.add_row(*_row(report, index))
    if not failed_only:
        return table
    rest = len(failed) - len(shown)
    more = [Text(f"... {counted(rest, 'more failed case')}", style="dim")] if rest else []
    return Group(*([table] if failed else []), *more)


def show_result(report: Report, out: Console) -> None:
    """What follows the table: the log of a failed compilation, the first wrong case, losses, and the summary."""
    show_compile_log(report, out)
    if wrong := report.first(Verdict.WA):
        show_difference(report, wrong, out)
    if crashed := report.first(Verdict.RTE, Verdict.SV):
        title = f"standard error of case {shown_name(crashed.name)}"
        show_log(title, last_lines(crashed.outcome.stderr, MOST_STDERR_LINES, _log_width(out)), out)
    out.print()
    show_losses(report, out)
    if not report.failure:
        out.print(summary(report), soft_wrap=True)


def show_compile_log(report: Report, out: Console) -> None:
    """What the compiler said, if that is why nothing was run."""
    compiled = report.compiled
    if compiled is not None and compiled.verdict is not Verdict.AC:
        log = compiled.log.encode("utf-8", "replace")
        show_log(f"compiler ({compiled.verdict})", first_lines(log, MOST_LOG_LINES, _log_width(out)), out)


def summary(report: Report) -> Text:
    """`AC 10/10`, `WA 8/10`; what failed when the judge did."""
    line = Text(report.verdict, style=style_of(report.verdict))
    line.append(f" {report.passed}/{report.total}", style="bold")
    return line.append(f"  {printable(report.detail)}", style="") if report.detail else line


def status_line(report: Report) -> Text:
    """The one line about a run without tests."""
    line = Text(report.verdict, style=style_of(report.verdict))
    if case := report.cases.get(0):
        cpu, wall, memory = figures(case)
        line.append(f"  cpu {cpu} ms  wall {wall} ms  memory {memory} MiB", style="")
        detail = shown_detail(case)
    else:
        detail = printable(report.detail)
    return line.append(f"  {detail}", style="") if detail else line


def show_losses(report: Report, out: Console) -> None:
    if report.losses:
        out.print(Text(f"sandbox: {printable('; '.join(report.losses))}", style="dim"), soft_wrap=True)


def show_log(title: str, lines: list[str], out: Console) -> None:
    """What a program or a compiler wrote, below a title; nothing if it wrote nothing."""
    if any(lines):
        out.print(Text(f"\n{title}", style="bold"))
        for line in lines:
            out.print(Text(f"  {line}"))


def _log_width(out: Console) -> int:
    return max(out.width - 2, 20)


def show_difference(report: Report, wrong: CaseFinished, out: Console) -> None:
    """The first wrong case: where it stands, and the lines in which its output leaves the expected one."""
    case = report.job.cases[wrong.index]
    if case.expected is None:
        return
    expected = case.expected if isinstance(case.expected, bytes) else case.expected.read_bytes()
    # Where an output was cut is no difference of the program's.
    rows = () if report.is_cut(wrong) else difference(expected, wrong.outcome.stdout, report.job.checker)
    out.print(Text(f"\nfirst wrong case: {shown_name(case.name)}", style="bold"))
    if not isinstance(case.stdin, bytes):
        out.print(Text(f"  input {printable_path(_from_here(case.stdin))}", style="dim"))
    if rows:
        out.print(_beside(rows, out.width, exact=report.job.checker.kind is CheckerKind.EXACT))


def _from_here(path: Path) -> Path:
    """A path as it would be typed in this directory."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def style_of(verdict: Verdict) -> str:
    return STYLES.get(verdict, OTHER_STYLE)


def _beside(rows: tuple[Row, ...], width: int, *, exact: bool) -> RenderableType:
    """Rows of two outputs, each line with its number; `>` marks those that differ, for readers without colours too."""
    table = Table(box=box.SIMPLE, pad_edge=False, show_edge=False)
    table.add_column("")
    for title in ("expected", "got"):
        table.add_column("line", justify="right", style="dim")
        table.add_column(title, no_wrap=True, overflow="crop")
    room = max((width - 28) // 2, 16)
    for row in rows:
        left, right = aligned(_content(row.expected, exact=exact), _content(row.got, exact=exact), room)
        styles = ("green", "red") if row.marked else ("", "")
        table.add_row(
            Text(">" if row.marked else ""),
            Text(str(row.expected.number) if row.expected else ""),
            Text(left, style=styles[0]),
            Text(str(row.got.number) if row.got else ""),
            Text(right, style=styles[1]) if row.got else Text("(the output has ended)", style="dim"),
        )
    return table


def _content(line: Line | None, *, exact: bool) -> bytes:
    """What is shown of a line: its end too where that counts, as an escape."""
    if line is None:
        return b""
    return line.content if exact else line.content.rstrip(b"\r\n")


def _bar(report: Report, width: int) -> RenderableType:
    done, total = len(report.cases), report.total
    counts = Counter(case.verdict for case in report.cases.values())
    line = Text(f"{done}/{total}", style="bold")
    for verdict in Verdict:
        if counts[verdict]:
            line.append(f"  {verdict} {counts[verdict]}", style=style_of(verdict))
    grid = Table.grid(padding=(0, 2))
    grid.add_row(ProgressBar(total=total, completed=done, width=min(width // 3, 40)), line)
    return grid


def _row(report: Report, index: int) -> tuple[Text, ...]:
    name = Text(shown_name(report.job.cases[index].name))
    case = report.cases.get(index)
    if case is None:
        name.stylize("dim")
        return (name, *[Text("")] * 5)
    return (name, Text(case.verdict, style=style_of(case.verdict)), *map(Text, figures(case)), Text(shown_detail(case)))
