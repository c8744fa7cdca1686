"""A chart of ratios as SVG, filled into a template by Jinja: two bars for each language, and a mark at its goal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_LEFT, _WIDTH, _ROW, _TOP = 170, 480, 34, 64
_LABEL = 36
_MOST = 1.6
"""Ratios beyond it are cut, and say so with their figure."""
_TEMPLATES = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Bars:
    """
    One language.

    Args:
        cold, accelerated, goal: CPU time over that of the bare command line.
    """

    name: str
    cold: float
    accelerated: float
    goal: float


def svg(rows: Sequence[Bars]) -> str:
    """The chart, in the order of the rows."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    ticks = [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5]
    return environment.get_template("chart.svg.jinja").render(
        left=_LEFT,
        width=_WIDTH,
        top=_TOP,
        height=_TOP + _ROW * len(rows) + 28,
        ticks=[
            {"value": each, "x": _LEFT + _length(each), "label": "bare" if each == 1 else f"{each:g}"} for each in ticks
        ],
        rows=[
            {
                "name": row.name,
                "y": _TOP + _ROW * number,
                "cold": _length(row.cold),
                "fast": _length(row.accelerated),
                "goal": _LEFT + _length(row.goal),
                "cold_label": f"{row.cold:.2f}",
                "label_x": _label_x(row),
                "fast_label": f"{row.accelerated:.2f}",
                "kind": "accelerated" if row.accelerated <= row.goal else "missed",
            }
            for number, row in enumerate(rows)
        ],
    )


def _label_x(row: Bars) -> float:
    """Behind the bar, or behind the goal where that would be written over."""
    bar, goal = _length(row.accelerated), _length(row.goal)
    return goal + 6 if bar - 2 <= goal < bar + _LABEL else bar + 5


def _length(ratio: float) -> float:
    return round(min(ratio, _MOST) / _MOST * _WIDTH, 1)
