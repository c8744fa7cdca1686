"""
The tables and the picture of docs/performance.md, and the figures in SPECIFICATION.md, from docs/performance.json.

    python -m bench.document     writes them; a test sees whether a figure was typed by hand
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bench import chart
from bench.bare import BARE
from bench.languages import ACCELERATED, COLD
from bench.performance import DOCS, FIGURES

DOCUMENT = DOCS / "performance.md"
PICTURE = DOCS / "performance.svg"
SPECIFICATION = DOCS.parent / "SPECIFICATION.md"

_LANGUAGES = (
    "language", "beside", "goal", "accelerated / bare", "cold / bare", "bare CPU ms", "cold CPU ms",
    "accelerated CPU ms", "bare wall ms", "accelerated wall ms", "programs", "met",
)  # fmt: skip
_DOCKER = ("program", "way", "wall ms", "CPU ms")
_SETS = ("set", "programs", "passed", "passed bare", "ours, programs/s", "bare, programs/s", "times", "met")


def write() -> None:
    """Bring all files up to date with the figures."""
    figures = read()
    for file in (DOCUMENT, SPECIFICATION):
        file.write_text(updated(file.read_text(encoding="utf-8"), figures), encoding="utf-8")
    PICTURE.write_text(picture(figures), encoding="utf-8")


def read() -> dict[str, Any]:
    """What was measured last, by part."""
    figures: dict[str, Any] = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.is_file() else {}
    return figures


def updated(document: str, figures: Mapping[str, Any]) -> str:
    """A document with its tables, each between `<!-- NAME -->` and `<!-- /NAME -->`, as they should be."""
    for name, table in tables(figures).items():
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->\n"
        if begin in document:
            document = document[: document.index(begin)] + begin + table + document[document.index(end) :]
    return document


def tables(figures: Mapping[str, Any]) -> dict[str, str]:
    """The tables in Markdown by their names."""
    rows = figures.get("languages", {}).get("rows", ())
    races = figures.get("sets", {}).get("races", ())
    compared = figures.get("docker", {}).get("rows", ())
    rates = figures.get("peers", {}).get("rates", ())
    lines = [line for row in rows for line in _language(row)]
    return {
        "commands": _table(["language", "by hand"], _commands()),
        "languages": _said(figures, "languages") + _table(_LANGUAGES, lines),
        "first": _table(["language", "cold, CPU ms", "accelerated, CPU ms"], map(_first, rows)),
        "sets": _said(figures, "sets") + _table(_SETS, map(_race, races)),
        "docker": _said(figures, "docker") + _table(_DOCKER, (line for row in compared for line in _container(row)))
        + "".join(map(_times, compared)),
        "peers": _said(figures, "peers") + _table(
            ["language", *_ways(rates)], ([each["runtime"], *_middles(each, _ways(rates))] for each in rates)
        ),
        "performance-promises": _promises(rows, races),
    }  # fmt: skip


def _said(figures: Mapping[str, Any], part: str) -> str:
    if part not in figures:
        return "Not measured yet.\n\n"
    about = figures[part]["machine"]
    return (
        f"Measured on {about['date']}: {about['cores']} cores, Linux {about['kernel']}, Python {about['python']},"
        f" load {about['load']} at the end.\n\n"
    )


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _commands() -> Iterator[list[str]]:
    for runtime_id in sorted(BARE):
        for way in BARE[runtime_id]:
            yield [runtime_id, f"`{way.shown()}`"]


def _language(row: Mapping[str, Any]) -> Iterator[list[str]]:
    samples = row["samples"]
    for name in row["commands"]:
        ratio = ratio_of(samples, ACCELERATED, name)
        spent = [_spread(samples[way], "cpu_ms") for way in (name, COLD, ACCELERATED)]
        wall = [_spread(samples[way], "wall_ms") for way in (name, ACCELERATED)]
        yield [
            row["runtime"], name, f"{row['goal']:g}", f"**{ratio:.2f}**", f"{ratio_of(samples, COLD, name):.2f}",
            *spent, *wall, str(len(samples[ACCELERATED])), "yes" if ratio <= row["goal"] else "no",
        ]  # fmt: skip


def ratio_of(samples: Mapping[str, Sequence[Mapping[str, float]]], way: str, name: str) -> float:
    """Median CPU time of a way over that of a bare one."""
    over, under = (statistics.median(each["cpu_ms"] for each in samples[key]) for key in (way, name))
    return over / under


def _spread(samples: Sequence[Mapping[str, float]], key: str, digits: str = ".0f") -> str:
    """Minimum, tenth percentile and median."""
    ordered = sorted(each[key] for each in samples)
    return " / ".join(
        f"{value:{digits}}" for value in (ordered[0], ordered[len(ordered) // 10], statistics.median(ordered))
    )


def _container(row: Mapping[str, Any]) -> Iterator[list[str]]:
    for way, samples in row["samples"].items():
        yield [row["program"], way, _spread(samples, "wall_ms", ".1f"), _spread(samples, "cpu_ms", ".1f")]


def _times(row: Mapping[str, Any]) -> str:
    goal = f"goal: {row['goal']:g}, {'met' if row['holds'] else 'not met'}"
    return f"\n{row['program']}: `docker run --rm` takes {row['times']:.1f} times a run in a Docker box ({goal}).\n"


def _first(row: Mapping[str, Any]) -> list[str]:
    return [row["runtime"], f"{row['first'][COLD]:.0f}", f"{row['first'][ACCELERATED]:.0f}"]


def _race(race: Mapping[str, Any]) -> list[str]:
    rates = {way: race["programs"] / seconds for way, seconds in race["wall_s"].items()}
    return [
        race["name"], str(race["programs"]), str(race["passed"]["ours"]), str(race["passed"]["bare"]),
        f"{rates['ours']:.1f}", f"{rates['bare']:.1f}", f"**{race['times']:.2f}**", "yes" if race["holds"] else "no",
    ]  # fmt: skip


def _ways(rates: Sequence[Mapping[str, Any]]) -> list[str]:
    return list(rates[0]["per_s"]) if rates else []


def _middles(rate: Mapping[str, Any], ways: Sequence[str]) -> list[str]:
    return [f"{statistics.median(rate['per_s'][way]):.1f}" for way in ways]


def _promises(rows: Sequence[Mapping[str, Any]], races: Sequence[Mapping[str, Any]]) -> str:
    """Lines of SPECIFICATION.md; a goal that is not met is pending."""
    lines = []
    for row in rows:
        for name in row["commands"]:
            ratio = ratio_of(row["samples"], ACCELERATED, name)
            what = f"{row['runtime']}: a new program costs at most {row['goal']:g} of the CPU time of `{name}` by hand"
            lines.append(
                (f"{what}, compiled and run. Measured: {ratio:.2f}.", ratio <= row["goal"], "bench/languages.py")
            )
    for race in races:
        what = f"{race['name']}, whole: at least twice the throughput of bare commands on the same cores"
        lines.append((f"{what}. Measured: {race['times']:.2f} times.", race["holds"], "bench/sets.py"))
    table = "| | Promise | Proof |\n|---|---|---|\n"
    for number, (promise, holds, proof) in enumerate(lines, 1):
        table += f"| 12.{number} | {promise} | {f'`{proof}`' if holds else f'pending (not met; `{proof}`)'} |\n"
    return table


def picture(figures: Mapping[str, Any]) -> str:
    """The chart as SVG."""
    bars = []
    for row in figures.get("languages", {}).get("rows", ()):
        for name in row["commands"]:
            ways = {way: ratio_of(row["samples"], way, name) for way in (COLD, ACCELERATED)}
            bars.append(chart.Bars(f"{row['runtime']} / {name}", ways[COLD], ways[ACCELERATED], row["goal"]))
    return chart.svg(bars)


if __name__ == "__main__":
    write()
