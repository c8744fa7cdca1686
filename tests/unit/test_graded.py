"""Totals of a graded benchmark, computed by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from executor.model import Verdict
from scorer.graded import graded_of
from scorer.model import Judgement, Part, Problem, Reading


def problem(name: str, language: str = "python", category: str = "debugging", weight: float = 1.0) -> Problem:
    return Problem(id=name, runtime=None, cases=1, language=language, category=category, weight=weight)


def judged(name: str, sample: int, *got: float, points: float = 2.0, total: float = 2.0) -> Judgement:
    """One with a part for each of the points."""
    names = ("keywords", "unit_test")
    return Judgement(
        problem=name,
        sample=sample,
        digest="",
        verdict=Verdict.WA,
        passed=0,
        total=1,
        compiled=None,
        method="",
        score=min(sum(got), points) / points,
        points=points,
        parts=tuple(Part(name=part, got=each, total=total / len(got)) for part, each in zip(names, got, strict=False)),
    )


def test_an_attempt_is_worth_its_best_answer() -> None:
    problems = {"a": problem("a"), "b": problem("b")}
    judgements = [judged("a", i, got) for i, got in enumerate((0, 2, 1, 0))]
    judgements += [judged("b", i, got) for i, got in enumerate((1, 0, 0, 0))]
    graded = graded_of(problems, judgements, k=2)
    assert graded is not None
    assert graded.overall.attempts == (1.5, 0.5)
    assert graded.overall.full == 2.0
    assert graded.overall.got.mean == 1.0
    assert graded.overall.got.std == pytest.approx(math.sqrt(0.5))
    assert graded.overall.share == 0.5


def test_answers_count_in_their_order_whatever_the_order_of_their_judgements() -> None:
    judgements = [judged("a", i, got) for i, got in enumerate((0, 2, 1, 0))][::-1]
    graded = graded_of({"a": problem("a")}, judgements, k=2)
    assert graded is not None
    assert graded.overall.attempts == (1.0, 0.5)


def test_points_are_grouped_by_language_category_and_metric() -> None:
    problems = {"a": problem("a", "go", "x"), "b": problem("b", "r", "x"), "c": problem("c", "r", "y")}
    judgements = [judged("a", 0, 1.0, 0.5), judged("b", 0, 2.0), judged("c", 0, 0.0)]
    graded = graded_of(problems, judgements, k=1)
    assert graded is not None
    assert [(row.name, row.problems, row.got.mean, row.full) for row in graded.languages] == [
        ("r", 2, 1.0, 2.0),
        ("go", 1, 0.75, 1.0),
    ]
    assert [(row.name, row.got.mean) for row in graded.categories] == [("x", 1.75), ("y", 0.0)]
    assert [(row.name, row.got.mean, row.full) for row in graded.metrics] == [
        ("keywords", 1.5, 2.5),
        ("unit_test", 0.25, 0.5),
    ]


def test_a_problem_counts_with_its_weight() -> None:
    graded = graded_of({"a": problem("a", weight=3.0)}, [judged("a", 0, 1.0)], k=1)
    assert graded is not None
    assert (graded.overall.got.mean, graded.overall.full) == (1.5, 3.0)


def test_a_problem_without_answers_is_in_the_full_score() -> None:
    graded = graded_of({"a": problem("a"), "b": problem("b")}, [judged("a", 0, 2.0)], k=1)
    assert graded is not None
    assert (graded.overall.got.mean, graded.overall.full) == (1.0, 2.0)


def test_a_problem_that_the_benchmark_leaves_out_is_in_no_total() -> None:
    out = Judgement(
        problem="b",
        sample=0,
        digest="",
        verdict=Verdict.WA,
        passed=0,
        total=1,
        compiled=None,
        method="",
        left_out=True,
        detail="its rules failed",
    )
    graded = graded_of({"a": problem("a"), "b": problem("b")}, [judged("a", 0, 2.0), out, judged("b", 1, 2.0)], k=1)
    assert graded is not None
    assert graded.overall.full == 1.0
    assert [(each.problem, each.reason) for each in graded.left_out] == [("b", "its rules failed")]


def test_of_equal_answers_the_later_ones_parts_are_shown() -> None:
    graded = graded_of({"a": problem("a")}, [judged("a", 0, 1.0, 0.0), judged("a", 1, 0.0, 1.0)], k=2)
    assert graded is not None
    assert [(row.name, row.got.mean) for row in graded.metrics] == [("keywords", 0.0), ("unit_test", 0.5)]


def test_a_run_without_points_has_no_total() -> None:
    plain = Judgement(problem="a", sample=0, digest="", verdict=Verdict.AC, passed=1, total=1, compiled=True, method="")
    assert graded_of({"a": problem("a")}, [plain]) is None


def test_other_reductions_are_of_all_answers() -> None:
    problems = {"a": problem("a", weight=2.0), "b": problem("b")}
    judgements = [judged("a", i, got) for i, got in enumerate((0, 2, 1, 1))] + [judged("b", 0, 1.0)]
    graded = graded_of(problems, judgements, k=2)
    assert graded is not None
    found = {each.name: (each.got.mean, each.got.std, each.full) for each in graded.reductions}
    assert found["avg"] == (2 * 0.5 + 0.5, None, 3.0)
    assert found["max"] == (2 * 1.0 + 0.5, None, 3.0)
    assert found["min"] == (0.0 + 0.5, None, 3.0)
    assert found["avg_max_2"] == (graded.overall.got.mean, graded.overall.got.std, 3.0)


def test_a_problem_says_how_many_answers_an_attempt_has() -> None:
    problems = {"a": replace(problem("a"), attempt=2)}
    graded = graded_of(problems, [judged("a", i, got) for i, got in enumerate((0, 2, 0, 0))])
    assert graded is not None
    assert (graded.k, graded.overall.attempts) == (2, (1.0, 0.0))


def test_points_by_difficulty_are_there_where_levels_are_known() -> None:
    problems = {"a": replace(problem("a"), difficulty="level-2"), "b": replace(problem("b"), difficulty="level-1")}
    judgements = [judged("a", 0, 2.0), judged("b", 0, 1.0)]
    graded = graded_of(problems, judgements)
    assert graded is not None
    assert [(row.name, row.got.mean) for row in graded.difficulties] == [("level-1", 0.5), ("level-2", 1.0)]
    without = graded_of({name: problem(name) for name in "ab"}, judgements)
    assert without is not None
    assert without.difficulties == ()


def test_another_mode_has_its_total_and_the_problems_that_differ() -> None:
    problems = {name: problem(name) for name in "abc"}
    same, better = (
        Reading(mode="corrected", same=True),
        Reading(mode="corrected", score=1.0, points=2.0, reasons=("r",)),
    )
    out = Reading(mode="corrected", left_out=True, detail="no network")
    judgements = [
        replace(judged(name, index, got), mode="compat", readings=(reading,))
        for name, index, got, reading in (
            ("a", 0, 2.0, same),
            ("a", 1, 0.0, same),
            ("b", 0, 0.0, better),
            ("b", 1, 1.0, same),
            ("c", 0, 1.0, out),
        )
    ]
    graded = graded_of(problems, judgements, k=1)
    assert graded is not None
    (other,) = graded.modes
    assert (graded.mode, graded.overall.got.mean, graded.overall.full) == ("compat", 1.0, 3.0)
    assert (other.name, other.overall.got.mean, other.overall.full) == ("corrected", 1.25, 2.0)
    assert [(each.problem, each.own, each.other, each.answers, each.reasons) for each in other.differences] == [
        ("b", 0.25, 0.75, 1, ("r",)),
        ("c", 0.5, None, 1, ()),
    ]
    assert [each.problem for each in other.left_out] == ["c"]
