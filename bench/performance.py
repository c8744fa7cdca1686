"""
The proofs of speed together, and the file that docs/performance.md is written from.

    python -m bench performance       languages, sets and peers; into docs/performance.json and docs/performance.md
    python -m bench languages [ID...] one part; with --json into that file
    python -m bench sets
    python -m bench peers
    python -m bench docker            not among them: it starts a Docker Engine

A part that is measured anew replaces its own figures in the file, and leaves the others with the date that they have.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import docker, languages, peers, sets
from bench.bare import BareFailed
from bench.humaneval_x import DATA
from executor.config import usable_cores

DOCS = Path(__file__).parents[1] / "docs"
FIGURES = DOCS / "performance.json"
CACHE = Path(__file__).parents[1] / "build" / "bench-cache"
"""Of the accelerated engines: what is prepared once stays, as it does for everybody; artifacts are never met again."""


@dataclass(frozen=True, slots=True)
class Budget:
    """
    How much is measured.

    Args:
        language_s: of each language; ten programs are measured also if that takes longer.
        set_programs: of each set; None: all.
        peer_programs: of each round of each sandbox.
    """

    language_s: float = languages.BUDGET_S
    set_programs: int | None = None
    peer_programs: int = 24


def of_languages(ids: list[str], budget: Budget) -> dict[str, Any]:
    """Measure languages and say so."""
    print(languages.HEADER, flush=True)
    rows, failed = [], []
    for runtime_id in languages.chosen(ids):
        try:
            row = languages.measure(runtime_id, _cache(), budget.language_s)
        except (languages.WrongAnswer, BareFailed) as failure:  # the others are worth knowing all the same
            print(f"- {runtime_id}: {failure}", flush=True)
            failed.append(runtime_id)
            continue
        print(languages.lines_of(row), flush=True)
        rows.append(row.as_json())
    return {"machine": machine(), "rows": rows, "failed": failed}


def of_sets(data: Path, budget: Budget) -> dict[str, Any]:
    """Measure the sets whose data is there and say so."""
    races = []
    with tempfile.TemporaryDirectory(prefix="ennead-bench-") as directory:
        found = sets.all_sets(data, Path(directory), budget.set_programs)
        print(sets.HEADER if found else f"SKIPPED: {data} has no data of HumanEval-X or CodeApex", flush=True)
        for name, pieces in found.items():
            race = asyncio.run(sets.race(name, pieces(), _cache(), Path(directory)))
            print(race.line(), flush=True)
            races.append(race.as_json())
    return {"machine": machine(), "races": races}


def of_peers(budget: Budget) -> dict[str, Any]:
    """Measure other sandboxes and say so."""
    rates = []
    for runtime_id in peers.LANGUAGES:
        rate = peers.measure(runtime_id, _cache(), budget.peer_programs)
        print(rate.line(), flush=True)
        rates.append(rate.as_json())
    return {"machine": machine(), "rates": rates}


def of_docker(turns: int) -> dict[str, Any]:
    """Measure the ways to a program in a container and say so."""
    compared = docker.measure(turns)
    for each in compared:
        print(*each.lines(), sep="\n", flush=True)
    return {"machine": machine(), "rows": [each.as_json() for each in compared]}


def holds(part: Mapping[str, Any]) -> bool:
    """Whether every goal of a part is met."""
    return not part.get("failed") and all(
        each.get("holds", True) for key in ("rows", "races", "rates") for each in part.get(key, ())
    )


def keep(name: str, part: Mapping[str, Any], file: Path = FIGURES) -> None:
    """Put a part into the file, in the place of what it held of that part."""
    figures = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    draft = file.with_suffix(".new")
    draft.write_text(json.dumps({**figures, name: part}, indent=1) + "\n", encoding="utf-8")
    draft.replace(file)


def machine() -> dict[str, Any]:
    """On what, and when; the load says how quiet it was before."""
    return {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "cores": usable_cores(),
        "kernel": platform.release().partition("-")[0],
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 1),
    }


def data_folder() -> Path:
    """The folder that holds humaneval-x and codeapex."""
    return DATA.parent


def _cache() -> Path:
    CACHE.mkdir(mode=0o700, parents=True, exist_ok=True)
    return CACHE
