"""A report as Markdown for a page, as CSV for a spreadsheet, and as JSON for another program."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pydantic import TypeAdapter

from scorer.comparison import Comparison
from scorer.graded import Graded, Points
from scorer.metrics import Spread
from scorer.report.runs import Report, Run
from scorer.scores import Group, title_of

CSV_COLUMNS = ("run", "part", "name", "metric", "value", "low", "high", "problems", "samples")
_COMPARISON = TypeAdapter(Comparison)
_SPECIAL = {ord(char): f"\\{char}" for char in "\\`*_{}[]<>#|~&$@"}
"""What GitHub's Markdown, or HTML inside it, may read as more than a character."""


def markdown(report: Report) -> str:
    """
    Tables in GitHub's Markdown, values in percent.

    Names of runs, categories and whatever else comes from files are escaped: they are never markup.
    """
    blocks = [block for run in report.runs for block in _run_blocks(run)]
    for run, comparison in zip(report.runs[1:], report.comparisons, strict=True):
        blocks += _comparison_blocks(report.runs[0], run, comparison)
    blocks += _warnings(report.warnings)
    return "\n\n".join(blocks) + "\n"


def csv_text(report: Report) -> str:
    """
    One line for each metric of each part of each run; values are shares in 0..1.

    `part` is overall, language, category, difficulty, kind (of metric, where points are given), `mode NAME` (the total
    in another mode), set (named by its index, without an interval) or without-defects.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for run in report.runs:
        for row in _csv_rows(run):
            writer.writerow([_plain_cell(cell) for cell in (run.name, *row)])
    return text.getvalue()


def json_text(report: Report) -> str:
    """
    One object: `runs` (name, path, about as in run.toml, scores as in scores.json), `comparisons` of each later run
    with the first, and `warnings`.
    """
    runs = [
        {
            "name": run.name,
            "path": str(run.directory.path),
            "about": run.about.model_dump(mode="json", exclude_none=True),
            "scores": json.loads(run.scores.to_json()),
            "warnings": run.warnings,
        }
        for run in report.runs
    ]
    comparisons = [
        {"first": report.runs[0].name, "second": run.name, **_COMPARISON.dump_python(comparison, mode="json")}
        for run, comparison in zip(report.runs[1:], report.comparisons, strict=True)
    ]
    found: dict[str, Any] = {"runs": runs, "comparisons": comparisons, "warnings": report.warnings}
    return json.dumps(found, indent=2, ensure_ascii=True) + "\n"


def _run_blocks(run: Run) -> list[str]:
    scores = run.scores
    benchmark = f" on {_escaped(run.about.benchmark.name)}" if run.about.benchmark else ""
    blocks = [f"## {_escaped(run.name)}{benchmark}", f"{scores.samples} samples of {scores.overall.problems} problems."]
    rows = [
        [title_of(name), _percent(each.value), f"{_percent(each.low)} to {_percent(each.high)}"]
        + ([_spread(scores.over_sets.get(name))] if scores.over_sets else [])
        for name, each in scores.overall.metrics.items()
    ]
    heads = ["metric", "score %", "95 % interval", *(["sets, mean ± std"] if scores.over_sets else [])]
    blocks.append(_table(heads, rows))
    if scores.graded is not None:
        blocks += [_points_table(scores.graded), *_mode_blocks(scores.graded)]
    for title, groups in _parts(run):
        blocks.append(_group_table(title, groups))
    verdicts = list(dict.fromkeys(verdict for each in scores.methods.values() for verdict in each))
    found = [[_escaped(name), *(str(each.get(v, 0)) for v in verdicts)] for name, each in scores.methods.items()]
    return [*blocks, _table(["program found", *verdicts], found), *_warnings(run.warnings)]


def _points_table(graded: Graded) -> str:
    rows = [
        [
            _escaped(row.name),
            str(row.problems),
            f"{row.got.mean:.2f}",
            f"{row.got.std or 0.0:.2f}",
            f"{row.full:.2f}",
            _percent(row.share),
        ]
        for row in (graded.overall, *graded.languages, *graded.categories, *graded.metrics, *graded.difficulties)
    ]
    return _table([f"best@{graded.k}", "problems", "points", "std", "of", "%"], rows)


def _mode_blocks(graded: Graded) -> Iterator[str]:
    """Other reductions, and other modes with the problems whose points differ."""
    named = [(graded.mode, graded.reductions), *((other.name, other.reductions) for other in graded.modes)]
    rows = [
        [_escaped(each.name), _escaped(mode), f"{each.got.mean:.2f}", f"{each.full:.2f}", _percent(each.share)]
        for mode, reductions in named
        for each in reductions
    ]
    yield _table(["reduction", "mode", "points", "of", "%"], rows)
    for other in graded.modes:
        if other.differences:
            rows = [
                [
                    _escaped(each.problem),
                    *("left out" if value is None else f"{value:.2f}" for value in (each.own, each.other)),
                    str(each.answers),
                    _escaped(" ".join(each.reasons)),
                ]
                for each in other.differences
            ]
            yield _table(["points differ", _escaped(graded.mode), _escaped(other.name), "answers", "reason"], rows)


def _comparison_blocks(first: Run, second: Run, comparison: Comparison) -> list[str]:
    names = [_escaped(first.name), _escaped(second.name)]
    rows = []
    for name, compared in comparison.metrics.items():
        difference = compared.difference
        interval = f"{_signed(difference.interval.low)} to {_signed(difference.interval.high)}"
        values = [_percent(compared.first), _percent(compared.second), _signed(difference.value), interval]
        rows.append([title_of(name), *values, f"{difference.p_value:.4f}", difference.test])
    return [
        f"## {names[1]} against {names[0]}",
        f"Over the {comparison.problems} problems that both have.",
        _table(["metric", *names, "difference", "95 % interval", "p", "test"], rows),
    ]


def _parts(run: Run) -> Iterator[tuple[str, Sequence[Group]]]:
    scores = run.scores
    for title, groups in (
        ("language", scores.languages),
        ("category", scores.categories),
        ("difficulty", scores.difficulties),
    ):
        if groups:
            yield title, groups


def _group_table(title: str, groups: Sequence[Group]) -> str:
    names = list(dict.fromkeys(name for group in groups for name in group.metrics))
    rows = []
    for group in groups:
        values = [_percent(group.metrics[name].value) if name in group.metrics else "" for name in names]
        rows.append([_escaped(group.name), str(group.problems), str(group.samples), *values])
    return _table([title, "problems", "samples", *map(title_of, names)], rows)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    rule = ["---", *["---:"] * (len(heads) - 1)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, rule, *rows))


def _warnings(warnings: Sequence[str]) -> list[str]:
    return ["\n".join(f"- {_escaped(warning)}" for warning in warnings)] if warnings else []


def _csv_rows(run: Run) -> Iterator[tuple[object, ...]]:
    scores = run.scores
    parts = [("overall", [scores.overall]), *_parts(run)]
    if scores.without_defects is not None:
        parts.append(("without-defects", [scores.without_defects]))
    for part, groups in parts:
        for group in groups:
            for metric, each in group.metrics.items():
                yield part, group.name, metric, each.value, each.low, each.high, each.problems, group.samples
    for part, rows in _points(run):
        for row in rows:
            yield part, row.name, "points", row.got.mean, "", "", row.problems, ""
            yield part, row.name, "share of points", row.share, "", "", row.problems, ""
    for one in scores.sets if len(scores.sets) > 1 else ():
        for metric, value in one.metrics.items():
            yield "set", one.index, metric, value, "", "", one.samples, one.samples


def _points(run: Run) -> Iterator[tuple[str, Sequence[Points]]]:
    graded = run.scores.graded
    if graded is not None:
        yield "overall", (graded.overall,)
        yield from (("language", graded.languages), ("category", graded.categories), ("kind", graded.metrics))
        yield "difficulty", graded.difficulties
        for other in graded.modes:
            yield f"mode {other.name}", (other.overall,)


def _plain_cell(cell: object) -> object:
    """A text that a spreadsheet would take for a formula is marked as a text."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _escaped(text: str) -> str:
    """Text that Markdown shows as it is: on one line, without control characters, nothing of it markup."""
    line = "".join(char if char.isprintable() else " " for char in text)
    return line.translate(_SPECIAL)


def _percent(value: float) -> str:
    return f"{100 * value:.1f}"


def _signed(value: float) -> str:
    return f"{100 * value:+.1f}"


def _spread(spread: Spread | None) -> str:
    return "" if spread is None else f"{_percent(spread.mean)} ± {_percent(spread.std or 0.0)}"
