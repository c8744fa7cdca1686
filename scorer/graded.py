"""
The total of a graded benchmark: points of the best answers of each attempt, added up over problems.

The answers of a problem, in their order, are cut into attempts of k; an attempt is worth its best answer. The points of
all problems make a total for each attempt, and the run's score is the mean of these totals with their standard
deviation. A problem that the benchmark's own rules leave out is in no total; one without answers has its points in the
full score alone. Where a benchmark has several modes, the totals of the others stand beside it, with the problems whose
points differ.

Source: best@k of InfiBench, Li et al. 2024, arXiv:2404.07940, as its print_result_stat.py computes it, and the other
reductions as its grader_main.py has them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scorer.metrics import Spread, spread
from scorer.model import Judgement, Part, Problem, Reading


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
class Reduction:
    """
    The total where a problem's answers are reduced to one score in another way.

    Args:
        name: `avg_max_K` (the mean over attempts of their best answers), or `avg`, `max`, `min` of all its answers.
        got: points; the standard deviation is over attempts, and None where there is one number alone.
        full: points that could be had.
    """

    name: str
    got: Spread
    full: float

    @property
    def share(self) -> float:
        """0..1, of `full`."""
        return self.got.mean / self.full if self.full else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """
    A problem whose points depend on the mode.

    Args:
        own, other: points in either mode, mean over attempts; None where it is left out.
        answers: how many of its answers have another score.
        reasons: sentences.
    """

    problem: str
    own: float | None
    other: float | None
    answers: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherMode:
    """
    The totals of another mode, of the same answers and the same runs.

    Args:
        overall, reductions, left_out: as in Graded.
        differences: problems with an answer whose score is another one.
    """

    name: str
    overall: Points
    reductions: tuple[Reduction, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    differences: tuple[Difference, ...] = ()

    @property
    def reasons(self) -> dict[str, list[str]]:
        """Each reason once, with the problems that it is of."""
        problems: dict[str, list[str]] = {}
        for each in self.differences:
            for reason in each.reasons:
                problems.setdefault(reason, []).append(each.problem)
        return problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """
    Args:
        k: answers of an attempt.
        overall: of all problems.
        languages, categories, metrics, difficulties: parts of it; the last are empty where no levels are known.
        left_out: problems that the benchmark's own rules leave out.
        mode: of the benchmark, that all this is of; empty: it has only one.
        reductions: other ways to make one score of a problem's answers, best@k first.
        modes: the other ones.
    """

    k: int
    overall: Points
    languages: tuple[Points, ...]
    categories: tuple[Points, ...]
    metrics: tuple[Points, ...]
    left_out: tuple[LeftOut, ...]
    difficulties: tuple[Points, ...] = ()
    mode: str = ""
    reductions: tuple[Reduction, ...] = ()
    modes: tuple[OtherMode, ...] = ()


@dataclass(frozen=True, slots=True)
class _Answer:
    """What is kept of a judgement in one mode; without a score it leaves its problem out."""

    index: int
    score: float | None
    points: float
    parts: tuple[Part, ...]
    detail: str = ""
    reasons: tuple[str, ...] = ()
    """Why it is another score than in the judgement's own mode."""

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


_Answers = dict[str, dict[int, _Answer]]
"""By problem and number of the sample."""


class Grades:
    """What totals need of judgements; of those without points nothing is kept."""

    def __init__(self) -> None:
        self._mode = ""
        self._by_mode: dict[str, _Answers] = {}

    def add(self, judgement: Judgement) -> None:
        """Of two for the same sample the later one counts; JE is passed over."""
        if judgement.failed_to_judge or not (judgement.left_out or judgement.points is not None):
            return
        self._mode = judgement.mode
        own = _own(judgement)
        self._keep(judgement.mode, judgement.problem, own)
        for each in judgement.readings:
            same = own if each.same else None
            self._keep(each.mode, judgement.problem, same or _read(judgement.sample, each))

    def _keep(self, mode: str, problem: str, answer: _Answer) -> None:
        self._by_mode.setdefault(mode, {}).setdefault(problem, {})[answer.index] = answer

    def graded(self, problems: Mapping[str, Problem], *, k: int | None = None) -> Graded | None:
        """
        The totals; None if nothing was graded by points.

        Args:
            k: answers of an attempt, at least 1; None: as the problems say.
        """
        if not self._by_mode:
            return None
        own = self._by_mode[self._mode]
        attempt = k or max((each.attempt for each in problems.values()), default=1)
        others = tuple(
            _Sums(attempt, problems, answers).other(mode, own)
            for mode, answers in self._by_mode.items()
            if mode != self._mode
        )
        return _Sums(attempt, problems, own).graded(self._mode, others)


def _own(judgement: Judgement) -> _Answer:
    score = None if judgement.left_out else judgement.score
    return _Answer(judgement.sample, score, judgement.points or 0.0, judgement.parts, judgement.detail)


def _read(index: int, reading: Reading) -> _Answer:
    score = None if reading.left_out else reading.score
    return _Answer(index, score, reading.points or 0.0, reading.parts, reading.detail, reading.reasons)


def graded_of(
    problems: Mapping[str, Problem], judgements: Iterable[Judgement], *, k: int | None = None
) -> Graded | None:
    """The totals of some judgements, as `Grades.graded` has them."""
    grades = Grades()
    for each in judgements:
        grades.add(each)
    return grades.graded(problems, k=k)


class _Sums:
    """The totals of one mode."""

    def __init__(self, k: int, problems: Mapping[str, Problem], answers: _Answers) -> None:
        self._k = k
        self._problems = problems
        self._all = answers
        self._left_out = {
            problem: next(each.detail for each in found.values() if each.score is None)
            for problem, found in answers.items()
            if any(each.score is None for each in found.values())
        }
        self._answers = {
            problem.id: [found[index] for index in sorted(found)]
            for problem in problems.values()
            if problem.id not in self._left_out
            for found in [answers.get(problem.id, {})]
        }

    def graded(self, mode: str, others: tuple[OtherMode, ...]) -> Graded:
        """Everything about the mode that was asked for."""
        labels = {
            "overall": lambda _: "all",
            "languages": lambda problem: problem.language,
            "categories": lambda problem: problem.category or "(none)",
            "difficulties": lambda problem: problem.difficulty or "(no level)",
        }
        tables: dict[str, tuple[Points, ...]] = {name: self._table(label) for name, label in labels.items()}
        (overall,) = tables["overall"] or (_nothing(),)
        known = any(problem.difficulty for problem in self._problems.values())
        return Graded(
            k=self._k,
            overall=overall,
            languages=tables["languages"],
            categories=tables["categories"],
            metrics=self._metrics(),
            difficulties=tuple(sorted(tables["difficulties"], key=lambda row: row.name)) if known else (),
            left_out=self._leaving_out(),
            mode=mode,
            reductions=self._reductions(overall),
            modes=others,
        )

    def other(self, mode: str, own: _Answers) -> OtherMode:
        """
        Args:
            own: answers in the mode that was asked for.
        """
        (overall,) = self._table(lambda _: "all") or (_nothing(),)
        return OtherMode(
            name=mode,
            overall=overall,
            reductions=self._reductions(overall),
            left_out=self._leaving_out(),
            differences=tuple(self._differences(own)),
        )

    def _differences(self, own: _Answers) -> Iterator[Difference]:
        mine = _Sums(self._k, self._problems, own)
        for problem in self._problems:
            theirs = self._all.get(problem, {})
            # Those that are the same are the same object.
            changed = [each for index, each in theirs.items() if each is not own.get(problem, {}).get(index)]
            if changed:
                yield Difference(
                    problem=problem,
                    own=mine.points_of(problem),
                    other=self.points_of(problem),
                    answers=len(changed),
                    reasons=tuple(dict.fromkeys(reason for each in changed for reason in each.reasons)),
                )

    def points_of(self, problem: str) -> float | None:
        """Mean over attempts; None where it is left out."""
        if problem not in self._answers:
            return None
        got = self._got(self._problems[problem])
        return sum(got) / len(got) if got else 0.0

    def _leaving_out(self) -> tuple[LeftOut, ...]:
        return tuple(LeftOut(problem=name, reason=reason) for name, reason in self._left_out.items())

    def _attempts(self, problem: str) -> list[_Answer]:
        # Of equal answers the later one is the best: this matters for the table of metrics alone.
        answers = self._answers[problem]
        return [
            max(enumerate(answers[begin : begin + self._k]), key=lambda pair: (pair[1].raw, pair[0]))[1]
            for begin in range(0, len(answers), self._k)
        ]

    def _got(self, problem: Problem) -> list[float]:
        return [_score(each) * problem.weight for each in self._attempts(problem.id)]

    def _table(self, label: Callable[[Problem], str]) -> tuple[Points, ...]:
        table = _Table()
        for name in self._answers:
            problem = self._problems[name]
            table.add(label(problem), problem.weight, self._got(problem))
        return table.rows()

    def _metrics(self) -> tuple[Points, ...]:
        table = _Table()
        for name in self._answers:
            attempts = self._attempts(name)
            if not attempts:
                continue
            scale = self._problems[name].weight / attempts[0].points
            for number, part in enumerate(attempts[0].parts):
                points = [each.parts[number].got * scale for each in attempts]
                table.add(part.name, part.total * scale, points)
        return table.rows()

    def _reductions(self, overall: Points) -> tuple[Reduction, ...]:
        ways: Mapping[str, Callable[[Sequence[float]], float]] = {"avg": _mean, "max": max, "min": min}
        found = [Reduction(name=f"avg_max_{self._k}", got=overall.got, full=overall.full)]
        for name, way in ways.items():
            points = sum(
                self._problems[problem].weight * way([_score(each) for each in answers])
                for problem, answers in self._answers.items()
                if answers
            )
            found.append(Reduction(name=name, got=Spread(mean=float(points), std=None), full=overall.full))
        return tuple(found)


def _score(answer: _Answer) -> float:
    assert answer.score is not None, "those without one leave their problem out"
    return answer.score


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _nothing() -> Points:
    return Points(name="all", problems=0, full=0.0, got=spread(np.zeros(1)), attempts=(0.0,))
