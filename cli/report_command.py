"""`exec-cli report`: one scored run, or several side by side, on the terminal or as a file for somebody else."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from cli.edge import EXIT_ACCEPTED, finish
from executor.errors import UsageError

if TYPE_CHECKING:
    from scorer.report.runs import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOptions:
    """
    What was typed.

    Args:
        runs: run directories, the first of which the others are compared with.
        html: file to write; `-`: standard output. None: no page.
        form: `markdown`, `csv`, `json`, or empty for tables on the terminal.
        k: of pass@k; empty: the usual ones.
        details_mib: how much of programs and outputs the page may hold.
    """

    runs: tuple[Path, ...]
    html: Path | None = None
    form: str = ""
    k: tuple[int, ...] = ()
    details_mib: int | None = None


def add_to(app: typer.Typer) -> None:
    """Make `report` a command of an application."""
    app.command("report", no_args_is_help=True)(_typed)


def _typed(
    *,
    runs: Annotated[list[Path], typer.Argument(metavar="RUN_DIR", readable=False, help="What `score` wrote.")],
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write one self-contained HTML page; - for standard output.")
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print tables in Markdown.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print one line for each metric of each part.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")] = False,
    pass_at: Annotated[
        list[int] | None, typer.Option(metavar="K", help="k of pass@k and best@k. Repeat it.  [default: 1 5 10 100]")
    ] = None,
    details: Annotated[
        int | None, typer.Option(metavar="MIB", help="Programs and outputs in the page.  [default: 30]")
    ] = None,
) -> None:
    """
    Show the scores of a run, or compare several runs with the first.

    Differences are over the problems that both runs have, with a 95 % interval and a p value.

    Exit status: 0 shown, 2 a folder is no run directory or an option is wrong.
    """

    def command() -> int:
        forms = [name for name, wanted in (("markdown", markdown), ("csv", csv), ("json", json)) if wanted]
        if len(forms) + (html is not None) > 1:
            raise UsageError("--html, --markdown, --csv and --json are different reports; ask for one at a time")
        options = ReportOptions(
            runs=tuple(runs),
            html=html,
            form=forms[0] if forms else "",
            k=tuple(pass_at or ()),
            details_mib=details,
        )
        return report(options)

    finish(command)


def report(options: ReportOptions) -> int:
    """
    Write what was asked for.

    Raises:
        UsageError: a directory is no run, an option is no sensible number, or the page cannot be written.
    """
    from scorer.report.runs import report_of
    from scorer.scores import DEFAULT_K

    _check(options)
    found = report_of(options.runs, k=options.k or DEFAULT_K)
    if options.html is not None:
        _write_page(options, found)
    elif options.form:
        from scorer.report import tables

        forms = {"markdown": tables.markdown, "csv": tables.csv_text, "json": tables.json_text}
        sys.stdout.write(forms[options.form](found))
    else:
        _show(found, sys.stdout)
    return EXIT_ACCEPTED


def _check(options: ReportOptions) -> None:
    if any(each < 1 for each in options.k):
        raise UsageError("--pass-at is 1 or more")
    if options.details_mib is not None and options.details_mib < 0:
        raise UsageError("--details is a number of MiB, 0 or more")


def _show(found: Report, file: TextIO) -> None:
    from rich.text import Text

    from cli.scores import comparison_table, leaderboard_table, notes, show_scores
    from cli.show import console
    from cli.text import printable
    from scorer.report.leaderboard import leaderboard

    out = console(file)
    for run in found.runs:
        benchmark = run.about.benchmark
        models = ", ".join(run.about.generations.models) if run.about.generations else ""
        title = Text(printable(run.name), style="bold")
        for word, text in (("on", f"{benchmark.name} {benchmark.version[:12]}" if benchmark else ""), ("by", models)):
            title.append(f" {word} {printable(text)}" if text else "", style="")
        out.print(title, soft_wrap=True)
        show_scores(run.scores, out, warnings=run.warnings)
        out.print()
    board = leaderboard(found.runs)
    if len(board) > 1:
        out.print(leaderboard_table(board))
        out.print()
    first = found.runs[0]
    for run, comparison in zip(found.runs[1:], found.comparisons, strict=True):
        out.print(Text(f"{printable(run.name)} against {printable(first.name)}", style="bold"), soft_wrap=True)
        out.print(comparison_table(first.name, run.name, comparison))
        out.print()
    if below := notes(found.warnings):
        out.print(below)


def _write_page(options: ReportOptions, found: Report) -> None:
    from cli.text import counted, printable_path
    from executor.model import MIB
    from scorer.jsonl import replace
    from scorer.report.page import DETAILS_BYTES, page_of

    assert options.html is not None
    limit = DETAILS_BYTES if options.details_mib is None else options.details_mib * MIB
    page = page_of(found, details_bytes=limit)
    data = page.html.encode()
    if str(options.html) == "-":
        sys.stdout.buffer.write(data)
        return
    try:
        # A reader of the page never sees half of it; but what is no file, such as a pipe, cannot be replaced.
        if options.html.exists() and not options.html.is_file():
            options.html.write_bytes(data)
        else:
            replace(options.html, data)
    except OSError as error:
        raise UsageError(f"{printable_path(options.html)} cannot be written: {error.strerror}") from error
    left = f"; the details of {counted(page.left_out, 'sample')} are left out, see --details" if page.left_out else ""
    print(f"{printable_path(options.html)}: {len(data) / MIB:.1f} MiB{left}", file=sys.stderr)
