"""Two runs side by side: what one has over the other on the problems that both have, and whether it may be chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scorer.intervals import Difference, mcnemar, paired_bootstrap
from scorer.metrics import FloatArray, pass_at_k
from scorer.tally import Tally, columns_of, problem_means

SOLVED_OR_NOT = frozenset({"compilable", "ac_at_1", "ac_at_all", "accuracy"})
"""Metrics that are 0 or 1 for a sample, so that with one sample per problem McNemar's test applies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """
    One metric of two runs, over their common problems alone.

    Args:
        first, second: its value of each.
        difference: second minus first.
    """

    first: float
    second: float
    difference: Difference


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """
    Args:
        problems: that both runs have a judged sample of.
        only_first, only_second: problems that only one of them has; they are left out.
        metrics: those that both have, by name.
    """

    problems: int
    only_first: int
    only_second: int
    metrics: Mapping[str, Compared]


def compare(first: Tally, second: Tally, *, k: Sequence[int] = ()) -> Comparison:
    """
    What the second run has over the first one.

    A metric that is 0 or 1 for a sample, with one sample for each problem in both runs, is tested by McNemar's exact
    test; any other by the paired bootstrap over problems, of the means over each problem's samples.

    Args:
        k: of the pass@k that are compared as well, where both runs have k samples of every common problem.
    """
    columns = columns_of(first), columns_of(second)
    sampled = [{tally.ids[place] for place in np.unique(tally.problem)} for tally in (first, second)]
    common = sampled[0] & sampled[1]
    single = all(_most_samples(tally, common) == 1 for tally in (first, second))
    found = {}
    for name in columns[0]:
        if name in columns[1]:
            values = _paired(_means(first, columns[0][name]), _means(second, columns[1][name]))
            if len(values[0]):
                found[name] = _compared(*values, coin=single and name in SOLVED_OR_NOT)
    fewest = min(_fewest_samples(tally, common) for tally in (first, second))
    for each in sorted(set(k)):
        if 2 <= each <= fewest:  # pass@1 is AC@all
            found[f"pass_at_{each}"] = _compared(*(_pass_at(tally, common, each) for tally in (first, second)))
    return Comparison(
        problems=len(common),
        only_first=len(sampled[0] - common),
        only_second=len(sampled[1] - common),
        metrics=found,
    )


def _most_samples(tally: Tally, ids: set[str]) -> int:
    chosen = np.array([id_ in ids for id_ in tally.ids], dtype=np.bool_)
    return int(tally.per_problem[chosen].max(initial=0))


def _fewest_samples(tally: Tally, ids: set[str]) -> int:
    chosen = np.array([id_ in ids for id_ in tally.ids], dtype=np.bool_)
    return int(tally.per_problem[chosen].min()) if chosen.any() else 0


def _pass_at(tally: Tally, ids: set[str], k: int) -> FloatArray:
    """pass@k of the common problems, in an order that does not depend on the run."""
    accepted = np.bincount(tally.problem[tally.accepted], minlength=len(tally.ids))
    places = sorted((id_, place) for place, id_ in enumerate(tally.ids) if id_ in ids)
    chosen = np.array([place for _, place in places])
    return pass_at_k(accepted[chosen], tally.per_problem[chosen], k)


def _means(tally: Tally, column: FloatArray) -> dict[str, float]:
    problem, values = problem_means(tally.problem, column)
    return {tally.ids[place]: value for place, value in zip(problem.tolist(), values.tolist(), strict=True)}


def _paired(first: Mapping[str, float], second: Mapping[str, float]) -> tuple[FloatArray, FloatArray]:
    common = [id_ for id_ in first if id_ in second]
    return np.array([first[id_] for id_ in common]), np.array([second[id_] for id_ in common])


def _compared(first: FloatArray, second: FloatArray, *, coin: bool = False) -> Compared:
    difference = mcnemar(first == 1, second == 1) if coin else paired_bootstrap(first, second)
    return Compared(first=float(first.mean()), second=float(second.mean()), difference=difference)
