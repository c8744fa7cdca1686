"""
How far a score can be trusted: intervals and tests over problems, deterministic for a seed.

Theory of operation. The problems of a benchmark are taken as a sample of the problems that somebody may ask; a score is
the mean of one value per problem. The bootstrap draws as many problems again, with putting back, and looks how the mean
moves. A mean of a resample depends only on how often each *distinct* value was drawn, and those counts are multinomial:
drawing them is the bootstrap itself, not an approximation, and with the few distinct values of most metrics (0, 1/3, 1)
ten thousand resamples of 100,000 problems cost milliseconds and no memory. Where nearly every problem has a value of
its own, indices are drawn in blocks of bounded size.

Samples of one problem are not independent of each other, so they are averaged first and never resampled.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np

from scorer.metrics import BoolArray, FloatArray

RESAMPLES = 10_000
FEWEST_RESAMPLES = 2_000
LEVEL = 0.95
_MOST_DRAWS = 100_000_000  # about a second; reached only by many problems that all have different values
_COST_OF_COUNT = 10  # a multinomial count costs about as much as so many draws of an index
_BLOCK = 1 << 20  # draws held at once: 8 MB of indices and as much of values
_LAST_BITS = 1e-9  # values are 0..1, or differences of such
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Interval:
    """
    Args:
        low, high: low <= high.
        method: `bca`, or `exact` where all values are the same end of 0..1 and resampling could not move the mean.
    """

    low: float
    high: float
    method: Literal["bca", "exact"] = "bca"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """
    What a second run has over a first one, over the problems that both have.

    Args:
        value: mean of second minus first.
        interval: of `value`; bootstrap over problems.
        p_value: how often at least such a difference is seen where there is none.
        test: the test that `p_value` is of.
        problems: how many both have.
        only_first, only_second: problems that one of them solved and the other did not; None with several samples.
    """

    value: float
    interval: Interval
    p_value: float
    test: Literal["McNemar, exact", "paired bootstrap"]
    problems: int
    only_first: int | None = None
    only_second: int | None = None


def bootstrap_interval(
    values: FloatArray, *, level: float = LEVEL, seed: int = 0, resamples: int = RESAMPLES
) -> Interval:
    """
    The bias-corrected and accelerated (BCa) bootstrap interval of a mean over problems.

    Args:
        values: one per problem, shape [problem], at least one.
        level: of confidence, 0..1 without the ends.
        seed: the same seed, the same interval, on any machine.
        resamples: fewer (at least 2,000) are drawn of more than 10,000 problems with that many different values.

    Returns:
        The interval; [value, value] for equal values other than 0 and 1. If all values are 0, or all are 1, the exact
        interval of Clopper and Pearson: a benchmark of ten problems, all solved, does not prove that all ever will be.

    Raises:
        ValueError: no value, or one that is not finite.

    Source: Efron 1987, Better Bootstrap Confidence Intervals, JASA 82 (for a mean the acceleration, a jackknife there,
    has the closed form used here); Clopper and Pearson 1934, Biometrika 26.
    """
    _check(values)
    tail = (1 - level) / 2
    low, high = float(values.min()), float(values.max())
    if high - low <= _LAST_BITS:
        return _interval_of_equals(low, len(values), tail)
    means = np.sort(_resampled_means(values, seed, resamples))
    mean = float(values.mean())
    # A tie is half below, and values are discrete, so there are ties; they differ in their last bits.
    tied = np.abs(means - mean) <= _LAST_BITS
    below = float(np.mean((means < mean) & ~tied) + np.mean(tied) / 2)
    bias = _NORMAL.inv_cdf(min(max(below, 1 / (2 * len(means))), 1 - 1 / (2 * len(means))))
    deviations = values - mean
    acceleration = float((deviations**3).sum() / (6 * (deviations**2).sum() ** 1.5))
    ends = [_bca_position(_NORMAL.inv_cdf(at), bias, acceleration) for at in (tail, 1 - tail)]
    found = np.quantile(means, ends)
    return Interval(float(found[0]), float(found[1]))


def paired_bootstrap(
    first: FloatArray, second: FloatArray, *, level: float = LEVEL, seed: int = 0, resamples: int = RESAMPLES
) -> Difference:
    """
    The difference of two runs over the same problems, with its interval and a two-sided test.

    Args:
        first, second: values of each run, shape [problem], the same problem at the same place.

    Returns:
        second minus first. p: the share of resamples, moved to a mean of zero, whose mean is at least as far from zero;
        never 0, as the drawn one counts as well.

    Raises:
        ValueError: the shapes differ, or there is no problem.

    Source: Koehn 2004, Statistical Significance Tests for Machine Translation Evaluation, EMNLP, for pairs; Efron and
    Tibshirani 1993, An Introduction to the Bootstrap, section 16.4, for the test.
    """
    if first.shape != second.shape:
        raise ValueError(f"values of {len(first)} and of {len(second)} problems are no pairs")
    gained = second - first
    _check(gained)
    value = float(gained.mean())
    if gained.max() - gained.min() <= _LAST_BITS:
        interval, p_value = Interval(value, value), 1.0 if abs(value) <= _LAST_BITS else 2.0 ** (1 - len(gained))
    else:
        interval = bootstrap_interval(gained, level=level, seed=seed, resamples=resamples)
        centred = _resampled_means(gained - value, seed, resamples)
        as_far = int(np.count_nonzero(np.abs(centred) >= abs(value) - _LAST_BITS))
        p_value = (1 + as_far) / (1 + len(centred))
    return Difference(
        value=value,
        interval=interval,
        p_value=min(1.0, p_value),
        test="paired bootstrap",
        problems=len(gained),
    )


def mcnemar(first: BoolArray, second: BoolArray) -> Difference:
    """
    The difference of two runs with one sample per problem, solved or not, with the exact test of McNemar.

    Only problems that one run solved and the other did not say anything; if the runs are equally good, each of them is
    a fair coin. Exact and two-sided: no continuity correction, no least number of problems.

    Args:
        first, second: whether each run solved the problem, shape [problem].

    Raises:
        ValueError: the shapes differ, or there is no problem.

    Source: McNemar 1947, Psychometrika 12; Dietterich 1998, Neural Computation 10, for its use on two learners.
    """
    difference = paired_bootstrap(first.astype(np.float64), second.astype(np.float64))
    only_first = int(np.count_nonzero(first & ~second))
    only_second = int(np.count_nonzero(second & ~first))
    return Difference(
        value=difference.value,
        interval=difference.interval,
        p_value=binomial_p_value(only_first, only_second),
        test="McNemar, exact",
        problems=difference.problems,
        only_first=only_first,
        only_second=only_second,
    )


def binomial_p_value(heads: int, tails: int) -> float:
    """Two-sided: how often a fair coin, thrown heads + tails times, falls at least as unevenly as this."""
    thrown, fewer = heads + tails, min(heads, tails)
    if heads == tails:
        return 1.0
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, thrown + 1)))])
    ways = logs[thrown] - logs[: fewer + 1] - logs[thrown - np.arange(fewer + 1)]
    largest = float(ways.max())
    log_p = math.log(2) * (1 - thrown) + largest + math.log(float(np.exp(ways - largest).sum()))
    return min(1.0, math.exp(log_p))


def _interval_of_equals(value: float, problems: int, tail: float) -> Interval:
    if value == 1:
        return Interval(tail ** (1 / problems), 1.0, "exact")
    if value == 0:
        return Interval(0.0, 1 - tail ** (1 / problems), "exact")
    return Interval(value, value)


def _bca_position(normal: float, bias: float, acceleration: float) -> float:
    """Which quantile of the resampled means ends the interval, once bias and skewness are allowed for."""
    moved = bias + normal
    return _NORMAL.cdf(bias + moved / (1 - acceleration * moved))


def _resampled_means(values: FloatArray, seed: int, resamples: int) -> FloatArray:
    """Means of resamples, shape [resample]."""
    random = np.random.default_rng(seed)
    distinct, counts = np.unique(values, return_counts=True)
    draws = min(_COST_OF_COUNT * len(distinct), len(values))
    affordable = min(resamples, max(FEWEST_RESAMPLES, _MOST_DRAWS // draws))
    if draws < len(values) or len(distinct) <= 2:
        return _multinomial_means(random, distinct, counts / len(values), len(values), affordable)
    return _indexed_means(random, values, affordable)


def _multinomial_means(
    random: np.random.Generator, distinct: FloatArray, shares: FloatArray, problems: int, resamples: int
) -> FloatArray:
    means = np.empty(resamples)
    step = max(1, _BLOCK // len(distinct))
    for start in range(0, resamples, step):
        size = min(step, resamples - start)
        means[start : start + size] = random.multinomial(problems, shares, size=size) @ distinct / problems
    return means


def _indexed_means(random: np.random.Generator, values: FloatArray, resamples: int) -> FloatArray:
    means = np.empty(resamples)
    step = max(1, _BLOCK // len(values))
    for start in range(0, resamples, step):
        size = min(step, resamples - start)
        drawn = random.integers(0, len(values), size=(size, len(values)))
        means[start : start + size] = values[drawn].mean(axis=1)
    return means


def _check(values: FloatArray) -> None:
    if not len(values):
        raise ValueError("there is no problem to resample")
    if not np.all(np.isfinite(values)):
        raise ValueError("a value is not a finite number")
