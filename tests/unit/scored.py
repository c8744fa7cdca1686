"""Problems and judgements by hand, for tests of scores and reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from executor.model import Verdict
from scorer.model import Judgement, Problem


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
