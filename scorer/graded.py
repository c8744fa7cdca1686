"""
The total of a graded benchmark: points of the best answers of each attempt, added up over problems.

The answers of a problem, in their order, are cut into attempts of k; an attempt is worth its best answer. The points of
all problems make a total for each attempt, and the run's score is the mean of these totals with their standard
deviation. A problem that the benchmark's own rules leave out is in no total; one without answers has its points in the
full score alone.

Source: best@k of InfiBench, Li et al. 2024, arXiv:2404.07940, as its print_result_stat.py computes it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scorer.metrics import Spread, spread
from scorer.model import Judgement, Part, Problem

ATTEMPT = 10
"""Answers of an attempt, as in best@10."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """
    Points of some problems, or of one kind of metric.

    Args:
        name: of the language, the type of question or the metric.
        problems: how many it is the sum of.
        full: points that could be had.
        got: mean and standard deviation (n - 1) over attempts, in points.
        attempts: the points of each.
    """

    name: str
    problems: int
    full: float
    got: Spread
    attempts: tuple[float, ...]

    @property
    def share(self) -> float:
        """0..1, of `full`; below 0 where points were taken away."""
        return self.got.mean / self.full if self.full else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A problem that is in no total."""

    problem: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """
    Args:
        k: answers of an attempt.
        overall: of all problems.
        languages, categories, metrics: parts of it.
        left_out: problems that the benchmark's own rules leave out.
    """

    k: int
    overall: Points
    languages: tuple[Points, ...]
    categories: tuple[Points, ...]
    metrics: tuple[Points, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class _Answer:
    """What is kept of a judgement."""

    index: int
    score: float
    points: float
    parts: tuple[Part, ...]

    @property
    def raw(self) -> float:
        return sum(part.got for part in self.parts)


class _Table:
    """Points by attempt, for each name of one kind."""

    def __init__(self) -> None:
        self._got: dict[str, dict[int, float]] = {}
        self._full: dict[str, float] = defaultdict(float)
        self._problems: dict[str, int] = defaultdict(int)

    def add(self, name: str, full: float, got: Sequence[float]) -> None:
        """The points of one problem: what could be had, and what each attempt got."""
        self._full[name] += full
        self._problems[name] += 1
        attempts = self._got.setdefault(name, defaultdict(float))
        for number, points in enumerate(got):
            attempts[number] += points

    def rows(self) -> tuple[Points, ...]:
        """Those with the most points first."""
        names = sorted(self._got, key=lambda name: (-self._full[name], name))
        return tuple(self._row(name) for name in names)

    def _row(self, name: str) -> Points:
        attempts = tuple(each for _, each in sorted(self._got[name].items())) or (0.0,)
        return Points(
            name=name,
            problems=self._problems[name],
            full=self._full[name],
            got=spread(np.array(attempts)),
            attempts=attempts,
        )


class Grades:
    """What totals need of judgements; of those without points nothing is kept."""

    def __init__(self) -> None:
        self._answers: dict[str, dict[int, _Answer]] = defaultdict(dict)
        self._left_out: dict[str, str] = {}

    def add(self, judgement: Judgement) -> None:
        """Of two for the same sample the later one counts; JE is passed over."""
        if judgement.failed_to_judge:
            return
        if judgement.left_out:
            self._left_out.setdefault(judgement.problem, judgement.detail)
        elif judgement.points is not None and judgement.score is not None:
            answer = _Answer(judgement.sample, judgement.score, judgement.points, judgement.parts)
            self._answers[judgement.problem][judgement.sample] = answer

    def graded(self, problems: Mapping[str, Problem], *, k: int = ATTEMPT) -> Graded | None:
        """
        The totals; None if nothing was graded by points.

        Args:
            k: answers of an attempt, at least 1.
        """
        if not self._answers and not self._left_out:
            return None
        answers = {problem: list(each.values()) for problem, each in self._answers.items()}
        return _Sums(k, self._left_out).of(problems, answers)


def graded_of(problems: Mapping[str, Problem], judgements: Iterable[Judgement], *, k: int = ATTEMPT) -> Graded | None:
    """The totals of some judgements, as `Grades.graded` has them."""
    grades = Grades()
    for each in judgements:
        grades.add(each)
    return grades.graded(problems, k=k)


class _Sums:
    def __init__(self, k: int, left_out: Mapping[str, str]) -> None:
        self._k = k
        self._left_out = left_out
        self._overall, self._languages, self._categories, self._metrics = _Table(), _Table(), _Table(), _Table()

    def of(self, problems: Mapping[str, Problem], answers: Mapping[str, list[_Answer]]) -> Graded:
        for problem in problems.values():
            if problem.id not in self._left_out:
                self._add(problem, sorted(answers.get(problem.id, ()), key=lambda each: each.index))
        (overall,) = self._overall.rows() or (_nothing(),)
        return Graded(
            k=self._k,
            overall=overall,
            languages=self._languages.rows(),
            categories=self._categories.rows(),
            metrics=self._metrics.rows(),
            left_out=tuple(LeftOut(problem=name, reason=reason) for name, reason in self._left_out.items()),
        )

    def _add(self, problem: Problem, answers: Sequence[_Answer]) -> None:
        # Of equal answers the later one is the best: this matters for the table of metrics alone.
        attempts = [
            max(enumerate(answers[begin : begin + self._k]), key=lambda pair: (pair[1].raw, pair[0]))[1]
            for begin in range(0, len(answers), self._k)
        ]
        got = [each.score * problem.weight for each in attempts]
        self._overall.add("all", problem.weight, got)
        self._languages.add(problem.language, problem.weight, got)
        self._categories.add(problem.category or "(none)", problem.weight, got)
        if not attempts:
            return
        scale = problem.weight / attempts[0].points
        for number, part in enumerate(attempts[0].parts):
            points = [each.parts[number].got * scale for each in attempts]
            self._metrics.add(part.name, part.total * scale, points)


def _nothing() -> Points:
    return Points(name="all", problems=0, full=0.0, got=spread(np.zeros(1)), attempts=(0.0,))
