"""Graded runs side by side, the best first, with the rows that a benchmark's paper published between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scorer.graded import Points
from scorer.report.runs import Run

_PUBLISHED = {"infibench": (234, (("GPT-4", 0.7064, 0.0082), ("GPT-3.5-turbo", 0.5647, 0.0134)))}
"""By benchmark: how many problems the published scores are of, and model, share of the points, deviation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """
    Args:
        name: of the run, or of the model.
        share: 0..1 of the points.
        std: of the share, over attempts; None for a single one.
        published: whether it is of the paper.
    """

    name: str
    share: float
    std: float | None
    published: bool = False


def leaderboard(runs: Sequence[Run]) -> list[Row]:
    """
    The graded ones among some runs, the best first; empty if none is.

    Published rows stand between them where a run is of the whole benchmark.

    Source: InfiBench, Li et al. 2024, arXiv:2404.07940.
    """
    rows = [_row(run.name, run.scores.graded.overall) for run in runs if run.scores.graded is not None]
    benchmarks = {(run.about.benchmark.name, run.scores.problems) for run in runs if run.about.benchmark}
    for benchmark, (problems, found) in _PUBLISHED.items():
        if rows and (benchmark, problems) in benchmarks:
            rows += [
                Row(name=f"{name} (published)", share=share, std=std, published=True) for name, share, std in found
            ]
    return sorted(rows, key=lambda row: -row.share)


def _row(name: str, points: Points) -> Row:
    std = None if points.got.std is None or not points.full else points.got.std / points.full
    return Row(name=name, share=points.share, std=std)
