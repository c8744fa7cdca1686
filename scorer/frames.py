"""
The samples of a run as a data frame: one row for each, for pandas and polars, which are an extra (`ennead[frames]`).

    problem, sample                     which one; the samples with one number are a set
    verdict, accepted, passed, total    accepted is null for JE, which says nothing about the sample
    score                               0..1; passed / total where the benchmark gives none; null for JE
    compiled, method, truncated, shared
    language, category, difficulty      of the problem; language of the program where that is free
    cpu_ms, wall_ms, memory_mib         the most of any test case; null where nothing was run
    detail, digest

A sample that shares a verdict has the times of the one that was judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Literal

from executor.errors import EnneadError, UsageError
from executor.model import MIB, MS
from scorer.model import CaseResult, Judgement, Problem
from scorer.run_directory import RunDirectory

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

_Usage = tuple[float | None, float | None, float | None]


class FramesUnavailable(EnneadError):
    """The package for this kind of frame is not installed."""


def frame_of(run: RunDirectory, kind: Literal["pandas", "polars"]) -> pd.DataFrame | pl.DataFrame:
    """
    The samples of a run directory.

    Raises:
        FramesUnavailable: the package is not installed.
        UsageError: there is no such kind.
    """
    if kind == "pandas":
        return _pandas(list(rows(run)))
    if kind == "polars":
        return _polars(list(rows(run)))
    raise UsageError(f"there are frames of pandas and of polars, not of {kind!r}")


def rows(run: RunDirectory) -> Iterator[dict[str, Any]]:
    """The rows, by the names of the columns."""
    problems = run.problems()
    usages: dict[tuple[str, str], _Usage] = {}
    for judgement in run.judgements():
        key = judgement.problem, judgement.digest
        if not judgement.shared:
            usages[key] = _most(judgement.cases)
        usage = usages.get(key, (None, None, None))
        yield _row(judgement, problems.get(judgement.problem), usage)


def _row(judgement: Judgement, problem: Problem | None, usage: _Usage) -> dict[str, Any]:
    failed = judgement.failed_to_judge
    share = judgement.passed / judgement.total if judgement.total else 0.0
    return {
        "problem": judgement.problem,
        "sample": judgement.sample,
        "verdict": judgement.verdict.value,
        "accepted": None if failed else judgement.accepted,
        "passed": judgement.passed,
        "total": judgement.total,
        "score": None if failed else share if judgement.score is None else judgement.score,
        "compiled": judgement.compiled,
        "method": judgement.method,
        "truncated": judgement.truncated,
        "shared": judgement.shared,
        "language": judgement.language or (problem and (problem.language or problem.runtime)) or None,
        "category": problem and problem.category,
        "difficulty": problem and problem.difficulty,
        "cpu_ms": usage[0],
        "wall_ms": usage[1],
        "memory_mib": usage[2],
        "detail": judgement.detail,
        "digest": judgement.digest,
    }


def _most(cases: Iterable[CaseResult]) -> _Usage:
    cases = list(cases)

    def most(name: str, unit: int) -> float | None:
        values = [value for each in cases if (value := getattr(each, name)) is not None]
        return max(values) / unit if values else None

    return most("cpu_ns", MS), most("wall_ns", MS), most("memory_bytes", MIB)


def _pandas(found: list[dict[str, Any]]) -> pd.DataFrame:
    try:
        import pandas as pd  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise FramesUnavailable("pandas is not installed: pip install 'ennead[frames]'") from error
    return pd.DataFrame(found).astype({"accepted": "boolean", "compiled": "boolean"})


def _polars(found: list[dict[str, Any]]) -> pl.DataFrame:
    try:
        import polars as pl  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise FramesUnavailable("polars is not installed: pip install 'ennead[frames]'") from error
    return pl.DataFrame(found, infer_schema_length=None)
