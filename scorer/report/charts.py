"""
The geometry of the page's charts: numbers alone, which the template turns into SVG.

Positions and lengths along an axis are percent of it, so that a chart fills any width without its text being scaled.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from executor.model import MIB, MS, SECOND, Verdict
from scorer.metrics import pass_at_k
from scorer.report.details import Usage
from scorer.scores import Group, Scores

_NARROWEST_LABEL = 7.0  # percent of a bar in which a label fits on a phone
_NARROWEST_GAP = 18.0  # percent of an axis between labels
_MOST_POINTS = 40
_MOST_BARS = 30
_BINS_PER_DECADE = 6


@dataclass(frozen=True, slots=True)
class Segment:
    """One verdict's share of a bar: x and width in percent."""

    verdict: Verdict
    count: int
    x: float
    width: float

    @property
    def label(self) -> str:
        return f"{self.verdict} {self.count}" if self.width >= 2 * _NARROWEST_LABEL else str(self.verdict)

    @property
    def labelled(self) -> bool:
        return self.width >= _NARROWEST_LABEL


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of verdicts with its name."""

    name: str
    samples: int
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """x and y in percent, y downwards; `label` is the value as people read it."""

    x: float
    y: float
    k: int
    label: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis, in percent."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Curve:
    """pass@k over k, of one run; `path` is an SVG path in a box of 100 x 100."""

    points: tuple[Point, ...]
    marked: tuple[Point, ...]

    @property
    def path(self) -> str:
        return "M" + " L".join(f"{point.x:.2f} {point.y:.2f}" for point in self.points)


@dataclass(frozen=True, slots=True)
class Column:
    """One bin of a histogram in percent: accepted programs below, the others on top of them."""

    x: float
    width: float
    accepted: float
    others: float
    counts: tuple[int, int]
    label: str


@dataclass(frozen=True, slots=True)
class Histogram:
    """How programs are spread over a logarithmic axis."""

    columns: tuple[Column, ...]
    ticks: tuple[Tick, ...]
    most: int
    programs: int
    median: str
    p95: str
    largest: str


def verdict_bars(scores: Scores) -> list[Bar]:
    """A bar for all samples, then one for each language, or where there is one only, each difficulty or category."""
    parts = scores.languages or scores.difficulties or scores.categories
    return [_bar(group) for group in (scores.overall, *parts[:_MOST_BARS]) if group.samples]


def heat(count: int, most: int) -> int:
    """0 to 5: how strongly a cell of a table is filled; 0 only for none."""
    return 0 if not count else 1 + min(4, int(4 * count / most))


def curve_of(scores: Scores) -> Curve | None:
    """pass@k for as many k as every problem has samples; None if that is 1 only."""
    if not scores.attempts:
        return None
    samples, correct, weights = (
        np.array([getattr(each, name) for each in scores.attempts]) for name in ("samples", "accepted", "problems")
    )
    largest = int(samples.min())
    if largest < 2:
        return None
    steps = sorted({round(k) for k in np.geomspace(1, largest, _MOST_POINTS)} | set(range(1, min(largest, 10) + 1)))
    points = []
    for k in steps:
        value = float((pass_at_k(correct, samples, k) * weights).sum() / weights.sum())
        x = 100 * math.log(k) / math.log(largest)
        points.append(Point(x, 100 * (1 - value), k, f"{100 * value:.1f}"))
    wanted = {1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000, largest}
    marked = [point for point in points if point.k in wanted]
    return Curve(tuple(points), tuple(marked))


def times(usage: Usage) -> Histogram | None:
    """CPU time of the slowest case of each program."""
    return _histogram(usage.cpu_ns, usage.cpu_accepted, MS, _duration)


def memories(usage: Usage) -> Histogram | None:
    """Memory of the largest case of each program."""
    return _histogram(usage.memory_bytes, usage.memory_accepted, MIB / 16, _size)


def _bar(group: Group) -> Bar:
    segments, x = [], 0.0
    for verdict, count in _in_order(group.verdicts):
        width = 100 * count / group.samples
        segments.append(Segment(verdict, count, x, width))
        x += width
    return Bar(group.name, group.samples, tuple(segments))


def _in_order(verdicts: Mapping[Verdict, int]) -> Sequence[tuple[Verdict, int]]:
    return [(verdict, verdicts[verdict]) for verdict in Verdict if verdicts.get(verdict)]


def _histogram(
    values: array[float], accepted: array[int], least: float, shown: Callable[[float], str]
) -> Histogram | None:
    if not values:
        return None
    numbers, right = np.array(values), np.array(accepted, dtype=np.bool_)
    exponents = np.log10(np.maximum(numbers, least))
    low = math.floor(exponents.min() * _BINS_PER_DECADE) / _BINS_PER_DECADE
    # At least a decade, so that a run in which all programs are alike is one column and no wall.
    high = max(math.ceil((exponents.max() + 1e-9) * _BINS_PER_DECADE) / _BINS_PER_DECADE, low + 1)
    bins = round((high - low) * _BINS_PER_DECADE)
    counts = [np.histogram(exponents[chosen], bins=bins, range=(low, high))[0] for chosen in (right, ~right)]
    most = int((counts[0] + counts[1]).max())
    columns = []
    for i, (good, bad) in enumerate(zip(*(each.tolist() for each in counts), strict=True)):
        ends = [10 ** (low + (high - low) * (i + step) / bins) for step in (0, 1)]
        label = f"{shown(ends[0])} to {shown(ends[1])}: {good} accepted, {bad} not"
        columns.append(Column(100 * i / bins, 100 / bins, 100 * good / most, 100 * bad / most, (good, bad), label))
    marks = [(100 * (each - low) / (high - low), each) for each in _tick_exponents(low, high, binary=shown is _size)]
    ticks = tuple(Tick(at, shown(10**exponent)) for at, exponent in _apart(marks))
    median, p95 = (float(np.quantile(numbers, share)) for share in (0.5, 0.95))
    return Histogram(tuple(columns), ticks, most, len(numbers), shown(median), shown(p95), shown(float(numbers.max())))


def _tick_exponents(low: float, high: float, *, binary: bool) -> list[float]:
    """Round values: powers of ten of a time, and of two of a size; at most about six."""
    if not binary:
        found = [float(each) for each in range(math.ceil(low - 1e-9), math.floor(high + 1e-9) + 1)]
        return found if len(found) > 1 else [low, high]
    powers = range(math.ceil(low / math.log10(2) - 1e-9), math.floor(high / math.log10(2) + 1e-9) + 1)
    step = max(1, math.ceil(len(powers) / 6))
    return [power * math.log10(2) for power in powers if power % step == 0] or [low, high]


def _apart(marks: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Those of some marks whose labels do not touch on a phone."""
    found: list[tuple[float, float]] = []
    for mark in marks:
        # Beside an end of the axis a label is not centred, and so needs more room.
        if not found or mark[0] - found[-1][0] >= _NARROWEST_GAP + (5 if mark[0] > 95 else 0):
            found.append(mark)
    return found


def _duration(ns: float) -> str:
    if ns >= SECOND:
        return f"{ns / SECOND:.3g} s"
    return f"{ns / MS:.3g} ms" if ns >= MS else f"{1000 * ns / MS:.0f} us"


def _size(size: float) -> str:
    if size >= 1024 * MIB:
        return f"{size / MIB / 1024:.3g} GiB"
    return f"{size / MIB:.3g} MiB" if size >= MIB else f"{1024 * size / MIB:.0f} KiB"
