"""Problems and judgements by hand, for tests of scores and reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from executor.model import Verdict
from scorer.about import About, BenchmarkAbout
from scorer.model import Judgement, Problem, Sample
from scorer.run_directory import RunDirectory


def problem(id_: str, **changes: Any) -> Problem:
    return Problem(**{"id": id_, "runtime": "cpp", "cases": 4, **changes})


def problems(*ids: str, **changes: Any) -> Mapping[str, Problem]:
    return {id_: problem(id_, **changes) for id_ in ids}


def judgement(id_: str, passed: int = 4, *, sample: int = 0, total: int = 4, **changes: Any) -> Judgement:
    """AC if all cases pass, else WA."""
    facts = {
        "problem": id_,
        "sample": sample,
        "digest": f"{id_}/{sample}",
        "verdict": Verdict.AC if passed == total else Verdict.WA,
        "passed": passed,
        "total": total,
        "compiled": True,
        "method": "fence",
    }
    return Judgement(**{**facts, **changes})


def judgements(passed: Mapping[str, Iterable[int]]) -> list[Judgement]:
    """One judgement for each number of passed cases, of four, in the order of the samples."""
    return [judgement(id_, count, sample=i) for id_, counts in passed.items() for i, count in enumerate(counts)]


def about(**changes: Any) -> About:
    facts = {
        "ennead": "0.1.0",
        "created": datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
        "benchmark": BenchmarkAbout(name="toys", version="0123456789abcdef"),
    }
    return About(**{**facts, **changes})


def write_run(
    path: Path,
    asked: Iterable[Problem],
    judged: Iterable[Judgement],
    samples: Iterable[Sample] = (),
    **changes: Any,
) -> Path:
    """A run directory as scoring leaves it."""
    run = RunDirectory.create(path, about(**changes))
    run.write_problems(asked)
    run.write_samples(samples)
    with run.judgement_writer() as writer:
        writer.write(*judged)
    return path
