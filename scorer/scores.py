"""
The scores of a run: what its judgements amount to, with what has to be said about them.

A score is the mean over problems of the mean over a problem's samples, so a problem counts once however many samples of
it were judged. JE counts nowhere. What is missing, left out or doubtful is a warning, in a sentence, and never silently
a zero. docs/metrics.md has the formulas and the keys of scores.json.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from pydantic import TypeAdapter

from executor.model import Verdict
from scorer import metrics
from scorer.caveats import warnings_of
from scorer.graded import Graded
from scorer.intervals import bootstrap_interval
from scorer.metrics import BoolArray, FloatArray, IntArray, Spread
from scorer.model import Judgement, Problem
from scorer.tally import VERDICTS, Tally, columns_of, problem_means, scores_of_samples, tally_of

DEFAULT_K = (1, 5, 10, 100)
TITLES: Mapping[str, str] = {
    "accuracy": "Accuracy",
    "compilable": "Compilable",
    "ac_at_1": "AC@1",
    "ac_at_all": "AC@all",
    "ac_rate": "AC Rate",
    "score": "Score",
}
"""Metrics that are means over samples, in the order in which they are shown."""


def title_of(metric: str) -> str:
    """A metric's name as people write it: `AC@all`, `pass@10`."""
    return TITLES.get(metric) or metric.replace("pass_at_", "pass@")


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """
    A score with its uncertainty.

    Args:
        value: 0..1.
        low, high: 95 % bootstrap interval over problems.
        problems: how many it is the mean of.
    """

    value: float
    low: float
    high: float
    problems: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """
    The scores of some samples: of a language, a category, a difficulty, or of all.

    Args:
        name: in the benchmark's own words.
        problems: that have a judged sample in this group.
        samples: judged.
        metrics: by name: those of TITLES that apply, then `pass_at_K` for each K that every problem has samples for.
        verdicts: how many samples have each; those that none has are absent.
    """

    name: str
    problems: int
    samples: int
    metrics: Mapping[str, Estimate]
    verdicts: Mapping[Verdict, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetScores:
    """
    The scores of one set, which is all samples with one index.

    Args:
        index: of the samples.
        samples: judged.
        metrics: means over its samples, by name.
    """

    index: int
    samples: int
    metrics: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """A problem that has something wrong with it."""

    problem: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """How many problems have so many judged samples, so many of them accepted: all that pass@k depends on."""

    samples: int
    accepted: int
    problems: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """
    All numbers of a run; the content of scores.json.

    Args:
        format: of scores.json.
        problems: of the benchmark, as it was scored.
        overall: all judged samples.
        languages, categories, difficulties: parts of them; empty where there is only one such part.
        sets: by index.
        over_sets: mean and standard deviation of the sets' scores, by metric; empty for a single set.
        best_at_k: of the scores of samples, by k; only for k of 2 and more.
        methods: how programs were found: by method, how many samples have each verdict.
        attempts: problems by their samples, in order.
        truncated: samples whose answer was cut off; they count as they are.
        shared: samples that have the verdict of an equal program.
        judge_errors: samples that are JE; they count nowhere.
        missing: problems without a judged sample; they count nowhere.
        defects: problems with something wrong, whether or not they have samples.
        without_defects: the scores without these problems; None where that is no other set of samples.
        graded: totals of points; None for a benchmark whose answers are right or wrong.
        warnings: what to know before trusting these numbers.
    """

    problems: int
    overall: Group
    languages: tuple[Group, ...] = ()
    categories: tuple[Group, ...] = ()
    difficulties: tuple[Group, ...] = ()
    sets: tuple[SetScores, ...] = ()
    over_sets: Mapping[str, Spread] = field(default_factory=dict)
    best_at_k: Mapping[int, Spread] = field(default_factory=dict)
    methods: Mapping[str, Mapping[Verdict, int]] = field(default_factory=dict)
    attempts: tuple[Attempts, ...] = ()
    truncated: int = 0
    shared: int = 0
    judge_errors: int = 0
    missing: tuple[str, ...] = ()
    defects: tuple[Defect, ...] = ()
    without_defects: Group | None = None
    graded: Graded | None = None
    warnings: tuple[str, ...] = ()
    format: int = 1

    @property
    def samples(self) -> int:
        """How many were judged."""
        return self.overall.samples

    def to_json(self) -> str:
        """The text of scores.json."""
        return _SCORES.dump_json(self, indent=2).decode() + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> Scores:
        """
        The scores that a scores.json says.

        Raises:
            ValueError: it is none; the message names the keys.
        """
        return _SCORES.validate_json(text)


_SCORES = TypeAdapter(Scores)


def scores_of(
    problems: Mapping[str, Problem], judgements: Iterable[Judgement], *, k: Sequence[int] = DEFAULT_K
) -> Scores:
    """
    The scores of a run, in one pass over its judgements; of 100,000 less than 100 MB are held at any time.

    Args:
        problems: all that were to be scored, by id.
        judgements: one for each sample; of several the last one counts.
        k: of pass@k and best@k; those that some problem has too few judged samples for are left out, with a warning.

    Raises:
        ValueError: a judgement passes more cases than it has, or some k is below 1.
    """
    return scores_of_tally(problems, tally_of(problems, judgements), k=k)


def scores_of_tally(problems: Mapping[str, Problem], tally: Tally, *, k: Sequence[int] = DEFAULT_K) -> Scores:
    """As `scores_of`, of judgements that were counted already."""
    if any(each < 1 for each in k):
        raise ValueError(f"pass@k is for k of 1 and more, not for {min(k)}")
    counter = _Counter(tally, sorted(set(k)))
    overall = counter.group("all", np.ones(tally.samples, dtype=np.bool_))
    sets = counter.sets()
    defects = tuple(Defect(problem=each.id, reason=each.defect) for each in problems.values() if each.defect)
    without_defects = counter.without({defect.problem for defect in defects})
    per_problem = tally.per_problem
    return Scores(
        problems=len(problems),
        overall=overall,
        languages=counter.groups(tally.language, tally.languages),
        categories=counter.groups(*_labels(tally, [each.category for each in problems.values()])),
        difficulties=counter.groups(*_labels(tally, [each.difficulty for each in problems.values()])),
        sets=sets,
        over_sets=_over_sets(sets),
        best_at_k=counter.best_at_k(),
        methods=counter.methods(),
        attempts=counter.attempts(),
        truncated=int(tally.truncated.sum()),
        shared=int(tally.shared.sum()),
        judge_errors=int(tally.judge_errors.sum()),
        missing=tuple(id_ for id_, samples in zip(tally.ids, per_problem, strict=True) if not samples),
        defects=defects,
        without_defects=without_defects,
        graded=tally.graded,
        warnings=warnings_of(tally, k, {name: each.value for name, each in overall.metrics.items()}, len(defects))
        + _defect_warnings(overall, without_defects),
    )


class _Counter:
    """The groups, sets and counts of one tally."""

    def __init__(self, tally: Tally, k: Sequence[int]) -> None:
        self._tally = tally
        self._k = k
        self._columns = columns_of(tally)

    def group(self, name: str, chosen: BoolArray) -> Group:
        problem = self._tally.problem[chosen]
        estimates = {}
        for metric in TITLES:
            if metric in self._columns:
                _, values = problem_means(problem, self._columns[metric][chosen])
                if len(values):
                    estimates[metric] = _estimate(values)
        samples, correct = _attempts(problem, self._tally.accepted[chosen])
        for k in self._k:
            if self._tally.graded is None and len(samples) and k <= samples.min():
                estimates[f"pass_at_{k}"] = _estimate(metrics.pass_at_k(correct, samples, k))
        return Group(
            name=name,
            problems=len(samples),
            samples=int(chosen.sum()),
            metrics=estimates,
            verdicts=_verdicts(self._tally.verdict[chosen]),
        )

    def groups(self, label: IntArray, names: Sequence[str]) -> tuple[Group, ...]:
        """One for each label that samples have; none if all have the same."""
        found = np.unique(label)
        return tuple(self.group(names[each], label == each) for each in found) if len(found) > 1 else ()

    def without(self, ids: set[str]) -> Group | None:
        doubtful = np.array([id_ in ids for id_ in self._tally.ids], dtype=np.bool_)
        kept = ~doubtful[self._tally.problem]
        return None if kept.all() else self.group("without defects", kept)

    def sets(self) -> tuple[SetScores, ...]:
        return tuple(self._set(int(index)) for index in np.unique(self._tally.index))

    def _set(self, index: int) -> SetScores:
        chosen = self._tally.index == index
        means = {name: column[chosen] for name, column in self._columns.items()}
        return SetScores(
            index=index,
            samples=int(chosen.sum()),
            metrics={name: float(np.nanmean(column)) for name, column in means.items() if not np.isnan(column).all()},
        )

    def best_at_k(self) -> dict[int, Spread]:
        per_problem = self._tally.per_problem
        fewest = int(per_problem[per_problem > 0].min(initial=0 if not self._tally.samples else np.iinfo(np.int64).max))
        possible = [k for k in self._k if 2 <= k <= fewest]
        if not possible:
            return {}
        order = np.lexsort((self._tally.index, self._tally.problem))
        starts = np.concatenate([[0], np.cumsum(per_problem[per_problem > 0])[:-1]])
        first = order[starts[:, None] + np.arange(fewest)]
        scores = scores_of_samples(self._tally)[first]
        return {k: metrics.best_at_k(scores, k) for k in possible}

    def methods(self) -> dict[str, dict[Verdict, int]]:
        tally = self._tally
        counts = Counter(tally.methods[each] for each in tally.method)
        return {
            name: _verdicts(tally.verdict[tally.method == tally.methods.index(name)])
            for name, _ in counts.most_common()
        }

    def attempts(self) -> tuple[Attempts, ...]:
        pairs = np.stack(_attempts(self._tally.problem, self._tally.accepted), axis=1)
        found, counts = np.unique(pairs, axis=0, return_counts=True)
        return tuple(
            Attempts(samples=int(samples), accepted=int(accepted), problems=int(count))
            for (samples, accepted), count in zip(found, counts, strict=True)
        )


def _attempts(problem: IntArray, accepted: BoolArray) -> tuple[IntArray, IntArray]:
    """Samples and accepted ones of each problem that has any, both of shape [problem with a sample]."""
    _, place = np.unique(problem, return_inverse=True)
    samples = np.bincount(place)
    return samples, np.bincount(place[accepted], minlength=len(samples))


def _estimate(values: FloatArray) -> Estimate:
    value = float(values.mean())
    interval = bootstrap_interval(values)
    # Of few problems the corrected interval can end a step short of the value.
    return Estimate(value=value, low=min(interval.low, value), high=max(interval.high, value), problems=len(values))


def _verdicts(verdict: IntArray) -> dict[Verdict, int]:
    counts = np.bincount(verdict, minlength=len(VERDICTS))
    return {VERDICTS[i]: int(count) for i, count in enumerate(counts) if count}


def _labels(tally: Tally, words: Sequence[str | None]) -> tuple[IntArray, tuple[str, ...]]:
    """A number for each sample by the word of its problem, and the words by number, in the order of problems."""
    names = tuple(dict.fromkeys(word if word is not None else "(none)" for word in words))
    numbers = {name: number for number, name in enumerate(names)}
    of_problem = np.array([numbers[word if word is not None else "(none)"] for word in words], dtype=np.intp)
    return (of_problem[tally.problem] if len(words) else tally.problem), names


def _over_sets(sets: Sequence[SetScores]) -> dict[str, Spread]:
    if len(sets) < 2:  # one set has no spread
        return {}
    names = [name for name in TITLES if all(name in each.metrics for each in sets)]
    return {name: metrics.spread(np.array([each.metrics[name] for each in sets])) for name in names}


def _defect_warnings(overall: Group, without: Group | None) -> tuple[str, ...]:
    name = "ac_at_all" if "ac_at_all" in overall.metrics else "accuracy"
    if without is None or name not in without.metrics:
        return ()
    values = (TITLES[name], without.metrics[name].value, overall.metrics[name].value)
    return ("Without the problems that have a defect {} is {:.3f} instead of {:.3f}.".format(*values),)
