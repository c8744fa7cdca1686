"""
What scores need of every judgement, in arrays: some forty bytes for each, so that 100,000 of them are 4 MB.

Judgements arrive one at a time and are let go at once: their programs, logs and outputs are never held together.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from executor.model import Verdict
from scorer import metrics
from scorer.graded import Graded, Grades
from scorer.metrics import BoolArray, FloatArray, IntArray
from scorer.model import Judgement, Problem

VERDICTS: tuple[Verdict, ...] = tuple(Verdict)
"""The verdicts by their numbers in `Tally.verdict`."""
UNKNOWN_LANGUAGE = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """
    Judged samples in arrays of shape [sample], in the order of the judgements; JE is not among them.

    Args:
        ids: of all problems, also of those without a sample, in the benchmark's order.
        problem: place in `ids`.
        index: of the sample; equal ones are a set.
        passed, total: test cases; 1 <= total. A sample without test cases counts as one case, passed if it is AC.
        compiled: 1, 0, or -1 where nothing is compiled or run.
        score: 0..1, or NaN where the benchmark gives none.
        verdict: place in VERDICTS.
        method, language: places in `methods` and `languages`.
        truncated, shared: as in Judgement.
        judge_errors: samples that are JE, by problem, shape [problem].
        repeated: judgements that a later one of the same sample has replaced.
        strangers: judgements of problems that are not in `ids`.
        graded: totals of points; None for a benchmark whose answers are right or wrong.
    """

    ids: tuple[str, ...]
    problem: IntArray
    index: IntArray
    passed: IntArray
    total: IntArray
    compiled: IntArray
    score: FloatArray
    verdict: IntArray
    method: IntArray
    language: IntArray
    truncated: BoolArray
    shared: BoolArray
    methods: tuple[str, ...]
    languages: tuple[str, ...]
    judge_errors: IntArray
    repeated: int
    strangers: int
    graded: Graded | None = None

    @property
    def samples(self) -> int:
        return len(self.problem)

    @property
    def accepted(self) -> BoolArray:
        return np.equal(self.verdict, VERDICTS.index(Verdict.AC))

    @property
    def per_problem(self) -> IntArray:
        """Judged samples of each problem, shape [problem]."""
        return np.bincount(self.problem, minlength=len(self.ids))


class Names:
    """Numbers for names, in the order in which they were first seen."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, name: str) -> int:
        return self._numbers.setdefault(name, len(self._numbers))

    def all(self) -> tuple[str, ...]:
        return tuple(self._numbers)


def tally_of(problems: Mapping[str, Problem], judgements: Iterable[Judgement]) -> Tally:
    """
    Count judgements in one pass; of two for the same sample the later one counts.

    Args:
        problems: by id, in the order in which they are reported.
        judgements: JE ones are counted apart.
    """
    places = {id_: place for place, id_ in enumerate(problems)}
    languages_of = [language_of(problem) for problem in problems.values()]
    columns = {name: array("i") for name in ("problem", "index", "passed", "total", "method", "language")}
    small = {name: array("b") for name in ("compiled", "verdict", "truncated", "shared")}
    scores = array("d")
    methods, languages = Names(), Names()
    strangers, grades = 0, Grades()
    for each in judgements:
        grades.add(each)
        place = places.get(each.problem)
        if place is None:
            strangers += 1
            continue
        columns["problem"].append(place)
        columns["index"].append(each.sample)
        columns["passed"].append(each.passed if each.total else int(each.accepted))
        columns["total"].append(each.total or 1)
        columns["method"].append(methods.number(each.method))
        columns["language"].append(languages.number(each.language or languages_of[place]))
        small["compiled"].append(-1 if each.compiled is None else int(each.compiled))
        small["verdict"].append(VERDICTS.index(each.verdict))
        small["truncated"].append(each.truncated)
        small["shared"].append(each.shared)
        scores.append(np.nan if each.score is None else each.score)
    held: dict[str, npt.NDArray[np.generic]] = {name: _array(values, np.intc) for name, values in columns.items()}
    held |= {name: _array(values, np.int8) for name, values in small.items()}
    held["score"] = _array(scores, np.float64)
    tally = _without_judge_errors(tuple(problems), held, methods.all(), languages.all(), strangers)
    return replace(tally, graded=grades.graded(problems))


def language_of(problem: Problem) -> str:
    """What samples of a problem are grouped under where they do not say a language themselves."""
    return problem.language or problem.runtime or UNKNOWN_LANGUAGE


def columns_of(tally: Tally) -> dict[str, FloatArray]:
    """
    The metrics that are means over samples, by name, shape [sample]; NaN where a metric does not apply to a sample.

    A run of which nothing was compiled or run has an accuracy; any other has Compilable and the three AC metrics.
    A graded run has scores alone. Scores are there if the benchmark gave any; samples without one then count
    passed / total.
    """
    ran = tally.compiled >= 0
    columns: dict[str, FloatArray] = {}
    if tally.graded is not None:
        pass  # of partly right answers the score says all
    elif tally.samples and not ran.any():
        columns["accuracy"] = metrics.accuracy(tally.accepted)
    else:
        columns["compilable"] = np.where(ran, metrics.compilable(tally.compiled == 1), np.nan)
        columns["ac_at_1"] = metrics.ac_at_1(tally.passed, tally.total)
        columns["ac_at_all"] = metrics.ac_at_all(tally.passed, tally.total)
        columns["ac_rate"] = metrics.ac_rate(tally.passed, tally.total)
    if not np.isnan(tally.score).all():
        columns["score"] = scores_of_samples(tally)
    return columns


def scores_of_samples(tally: Tally) -> FloatArray:
    """0..1 of each sample: the benchmark's own score, or else the share of its cases that it passes."""
    return np.where(np.isnan(tally.score), metrics.ac_rate(tally.passed, tally.total), tally.score)


def problem_means(problem: IntArray, values: FloatArray) -> tuple[IntArray, FloatArray]:
    """
    The mean over the samples of each problem.

    Args:
        problem, values: shape [sample]; samples whose value is NaN are passed over.

    Returns:
        The problems that have a value, in order, and their means; both of shape [problem with a value].
    """
    known = ~np.isnan(values)
    found, place = np.unique(problem[known], return_inverse=True)
    return found, np.bincount(place, weights=values[known]) / np.bincount(place)


def _array(values: array[int] | array[float], kind: type[np.generic]) -> npt.NDArray[np.generic]:
    return np.frombuffer(values, dtype=kind) if values else np.zeros(0, dtype=kind)


def _without_judge_errors(
    ids: tuple[str, ...],
    held: Mapping[str, npt.NDArray[np.generic]],
    methods: tuple[str, ...],
    languages: tuple[str, ...],
    strangers: int,
) -> Tally:
    """The tally of the last judgement of each sample."""
    keys = held["problem"].astype(np.int64) << 32 | held["index"].astype(np.int64)
    _, from_the_end = np.unique(keys[::-1], return_index=True)
    last = np.sort(len(keys) - 1 - from_the_end)
    failed = held["verdict"][last] == VERDICTS.index(Verdict.JE)
    judged = last[~failed]
    kept = {name: values[judged] for name, values in held.items()}
    kept |= {name: kept[name].astype(np.bool_) for name in ("truncated", "shared")}
    return Tally(
        ids=ids,
        methods=methods,
        languages=languages,
        judge_errors=np.bincount(held["problem"][last[failed]].astype(np.intp), minlength=len(ids)),
        repeated=len(keys) - len(last),
        strangers=strangers,
        **kept,
    )
