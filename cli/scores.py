"""
Scores on the terminal: tables that fit 80 columns and say the same without colours, and what must be known below them.

Names of runs, problems and categories come from files of other people: they go through cli.text and are never markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from cli.points import differences_table, points_of, reductions_table
from cli.show import style_of
from cli.text import counted, printable, shortened
from executor.model import Verdict
from scorer.graded import Graded
from scorer.scores import Group as Part
from scorer.scores import Scores, title_of

if TYPE_CHECKING:
    from scorer.comparison import Compared, Comparison
    from scorer.report.leaderboard import Row

MOST_PARTS = 40
MOST_METHODS = 8
_WIDEST_NAME = 22
_WIDEST_RUN = 12


def show_scores(scores: Scores, out: Console, *, warnings: Sequence[str] | None = None) -> None:
    """
    Everything about one run.

    Args:
        warnings: in place of the scores' own, where more is known.
    """
    out.print(scores_table(scores))
    out.print(counts(scores), soft_wrap=True)
    if scores.graded is not None:
        out.print()
        out.print(points_table(scores.graded))
        if scores.missing:
            out.print(Text(f"the {counted(len(scores.missing), 'problem')} without answers got no points"))
    for title, parts in (
        ("language", scores.languages),
        ("category", scores.categories),
        ("difficulty", scores.difficulties),
    ):
        if parts:
            out.print()
            out.print(parts_table(title, parts))
    if found := notes(scores.warnings if warnings is None else warnings):
        out.print()
        out.print(found)


def scores_table(scores: Scores) -> RenderableType:
    """One row for each metric, in percent: the score, its interval, and mean and deviation of the sets."""
    if not scores.overall.metrics:
        return Text("nothing has been judged yet")
    table = _table("score %")
    table.columns[0].header = "metric"
    table.add_column("95 % interval", justify="right", no_wrap=True)
    if scores.over_sets:
        table.add_column(f"{len(scores.sets)} sets, mean ± std", justify="right", no_wrap=True)
    for name, estimate in scores.overall.metrics.items():
        row = [title_of(name), percent(estimate.value), interval(estimate.low, estimate.high)]
        if scores.over_sets:
            spread = scores.over_sets.get(name)
            row.append(f"{percent(spread.mean)} ± {percent(spread.std or 0.0)}" if spread else "")
        table.add_row(*map(Text, row))
    if "score" in scores.overall.metrics:
        for k, best in scores.best_at_k.items():
            more = [""] if scores.over_sets else []
            deviation = "" if best.std is None else f"± {percent(best.std)}"
            table.add_row(*map(Text, [f"best@{k}", percent(best.mean), deviation, *more]))
    return table


def points_table(graded: Graded) -> RenderableType:
    """All about points: where they come from, other reductions, other modes and what differs in them."""
    blocks = [*points_of(graded, _table("problems", "points", "of", "%")), Text("")]
    blocks.append(reductions_table(graded, _table("points", "of", "%")))
    for other in graded.modes:
        if other.differences:
            blocks += [Text(""), differences_table(graded, other, _table("", "", "answers"))]
        else:
            blocks.append(Text(f"no answer has another score in the mode {printable(other.name)}"))
    return Group(*blocks)


def leaderboard_table(rows: Sequence[Row]) -> RenderableType:
    """Graded runs and published ones, the best first, in percent of the points."""
    table = _table("% of the points", "± over attempts")
    for row in rows:
        values = [percent(row.share), "" if row.std is None else percent(row.std)]
        name = printable(row.name) if row.published else _name(row.name)
        table.add_row(*map(Text, [name, *values]), style="dim" if row.published else "")
    return table


def parts_table(title: str, parts: Sequence[Part]) -> RenderableType:
    """One row for each part of a run, in percent; the longest tables are cut, and say so."""
    names = list(dict.fromkeys(name for part in parts for name in part.metrics))
    # What fits beside the name on 80 columns; pass@1 is AC@all.
    names = [name for name in names if name != "pass_at_1" or "ac_at_all" not in names][:6]
    table = _table("problems", *map(title_of, names))
    table.columns[0].header = title
    for part in parts[:MOST_PARTS]:
        found = [part.metrics.get(name) for name in names]
        values = [percent(estimate.value) if estimate else "-" for estimate in found]
        table.add_row(*map(Text, [_name(part.name), str(part.problems), *values]))
    left = len(parts) - MOST_PARTS
    return Group(table, Text(f"... {counted(left, 'more row')}; --json has all")) if left > 0 else table


def counts(scores: Scores) -> Text:
    """`164 samples of 164 problems: AC 120  WA 30 ...`, and how the programs were found."""
    line = Text(f"\n{counted(scores.samples, 'sample')} of {counted(scores.overall.problems, 'problem')}")
    line.append(":" if scores.overall.verdicts else "")
    for verdict in Verdict:
        if number := scores.overall.verdicts.get(verdict):
            line.append("  ").append(verdict, style=style_of(verdict)).append(f" {number}")
    extras = [
        f"{scores.shared} shared the verdict of an equal program" if scores.shared else "",
        f"{scores.judge_errors} JE" if scores.judge_errors else "",
    ]
    line.append("".join(f"; {extra}" for extra in extras if extra))
    methods = list(scores.methods.items())
    shown = [f"{_name(name)} {sum(verdicts.values())}" for name, verdicts in methods[:MOST_METHODS]]
    left = [counted(len(methods) - MOST_METHODS, "other way")] if len(methods) > MOST_METHODS else []
    return line.append(f"\nprograms found: {', '.join(shown + left)}") if shown else line


def notes(warnings: Iterable[str]) -> RenderableType | None:
    """The warnings as a list below a table; None if there are none."""
    rows = list(warnings)
    if not rows:
        return None
    table = Table.grid(padding=(0, 1))
    for row in rows:
        table.add_row(Text("note:", style="bold"), Text(printable(row), overflow="fold"))
    return table


def comparison_table(first: str, second: str, comparison: Comparison) -> RenderableType:
    """Two runs over their common problems: scores and difference in percent, its interval and p value."""
    heads = [shortened(printable(name), _WIDEST_RUN) for name in (first, second)]
    table = _table(*heads, "difference", "95 % interval", "p")
    for name, compared in comparison.metrics.items():
        difference = compared.difference
        values = [percent(compared.first), percent(compared.second), signed(difference.value)]
        values.append(interval(difference.interval.low, difference.interval.high, sign=True))
        table.add_row(Text(title_of(name)), *map(Text, values), Text(p_value(difference.p_value)))
    tests = _tests(comparison.metrics)
    common = f"over the {counted(comparison.problems, 'problem')} that both have"
    return Group(table, Text(f"{common}; p: {tests}" if tests else f"{common}: nothing to compare"))


def percent(value: float) -> str:
    return f"{100 * value:.1f}"


def signed(value: float) -> str:
    return f"{100 * value:+.1f}"


def interval(low: float, high: float, *, sign: bool = False) -> str:
    form = signed if sign else percent
    return f"{form(low)} to {form(high)}"


def p_value(value: float) -> str:
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def _tests(metrics: Mapping[str, Compared]) -> str:
    """Which test is behind the p values of which metrics, and on how many problems the runs disagree."""
    by_test: dict[str, list[str]] = {}
    for name, compared in metrics.items():
        by_test.setdefault(compared.difference.test, []).append(title_of(name))
    said = list(by_test) if len(by_test) == 1 else [f"{test} ({', '.join(names)})" for test, names in by_test.items()]
    solved = metrics.get("ac_at_all") or metrics.get("accuracy")
    if solved and solved.difference.only_first is not None:
        said.append(
            f"only the first solved {solved.difference.only_first}, only the second {solved.difference.only_second}"
        )
    return "; ".join(said)


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("", overflow="fold")
    for column in columns:
        table.add_column(Text(column), justify="right", no_wrap=True)
    return table


def _name(name: str) -> str:
    return shortened(printable(name), _WIDEST_NAME)
