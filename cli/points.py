"""Points of a graded run on the terminal: where they come from, other ways to reduce answers, and other modes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cli.text import counted, printable
from scorer.graded import Graded, OtherMode, Points, Reduction
from scorer.metrics import Spread

MOST_DIFFERENCES = 40


def points_of(graded: Graded, table: Table) -> Iterator[RenderableType]:
    """
    Points of the best answers of each attempt: in all, by language, by type of question, by metric, by difficulty.

    Args:
        table: empty, with a column for names and four for numbers.
    """
    title = f"best@{graded.k}, {graded.mode}" if graded.mode else f"best@{graded.k}"
    table.columns[0].header = title
    sections: tuple[tuple[str, Sequence[Points]], ...] = (
        ("", (graded.overall,)),
        ("language ", graded.languages),
        ("", graded.categories),
        ("", graded.metrics),
        ("", graded.difficulties),
    )
    for prefix, rows in sections:
        for row in rows:
            table.add_row(*map(Text, [prefix + printable(row.name), str(row.problems), *_numbers(row)]))
        table.add_section()
    yield table
    for each in graded.left_out:
        yield Text(f"left out: {printable(each.problem)}: {printable(each.reason)}")


def reductions_table(graded: Graded, table: Table) -> RenderableType:
    """
    The total by each reduction, in each mode.

    Args:
        table: empty, with a column for names and three for numbers.
    """
    table.columns[0].header = "one score of a problem's answers"
    by_mode: Mapping[str, Sequence[Reduction]] = {
        graded.mode: graded.reductions,
        **{other.name: other.reductions for other in graded.modes},
    }
    for mode, rows in by_mode.items():
        for row in rows:
            name = f"{row.name}, {mode}" if len(by_mode) > 1 else row.name
            table.add_row(*map(Text, [printable(name), *_numbers(row)]))
        table.add_section()
    return table


def differences_table(graded: Graded, other: OtherMode, table: Table) -> RenderableType:
    """
    Problems whose points differ between two modes, and why.

    Args:
        table: empty, with a column for names and three for numbers.
    """
    table.columns[0].header = "points differ"
    table.columns[1].header, table.columns[2].header = Text(printable(graded.mode)), Text(printable(other.name))
    for each in other.differences[:MOST_DIFFERENCES]:
        values = [_points(each.own), _points(each.other), str(each.answers)]
        table.add_row(*map(Text, [printable(each.problem), *values]))
    left = len(other.differences) - MOST_DIFFERENCES
    more = [Text(f"... {counted(left, 'more question')}; --json has all")] if left > 0 else []
    reasons = [
        Text(f"{', '.join(map(printable, problems))}: {printable(reason)}", overflow="fold")
        for reason, problems in other.reasons.items()
    ]
    return Group(table, *more, *reasons)


def _numbers(row: Points | Reduction) -> list[str]:
    return [_spread(row.got), f"{row.full:.2f}", f"{100 * row.share:.1f}"]


def _spread(got: Spread) -> str:
    deviation = "" if got.std is None else f" ± {got.std:.2f}"
    return f"{got.mean:.2f}{deviation}"


def _points(value: float | None) -> str:
    return "left out" if value is None else f"{value:.2f}"
