"""A figure of a benchmark, and how figures are shown."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """
    One measured number.

    Args:
        promise: number in SPECIFICATION.md; empty for a figure that is only context.
        what: what was measured.
        value, unit: the number.
        bound: what the promise allows, in the same unit; None for context.
        at_least: whether the bound is a floor.
        spread: how far the measurement scattered, in words.
    """

    promise: str
    what: str
    value: float
    unit: str
    bound: float | None = None
    at_least: bool = False
    spread: str = ""

    @property
    def holds(self) -> bool | None:
        if self.bound is None:
            return None
        return self.value >= self.bound if self.at_least else self.value <= self.bound

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "holds": self.holds}


def spread(values: Sequence[float], unit: str) -> str:
    """min, p10 and median of a sample, which must not be empty."""
    ordered = sorted(values)
    p10 = ordered[len(ordered) // 10]
    return f"min {ordered[0]:.3g}, p10 {p10:.3g}, median {statistics.median(ordered):.3g} {unit}"


def table(figures: Sequence[Figure]) -> str:
    """The figures as text, one a line; what breaks its promise is marked."""
    marks = {None: " ", True: "+", False: "-"}
    lines = []
    for figure in figures:
        bound = "" if figure.bound is None else f"({'>=' if figure.at_least else '<='} {figure.bound:g})"
        value = f"{figure.value:.3g} {figure.unit}"
        head = f"{marks[figure.holds]} {figure.promise:4} {figure.what:66} {value:>12} {bound:10}"
        lines.append(f"{head} {figure.spread}".rstrip())
    return "\n".join(lines)
