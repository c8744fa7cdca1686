"""Every metric by hand, and what must hold for all of them whatever the counts."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, pairwise
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorer import metrics
from scorer.metrics import Spread

Case = tuple[int, int]
MetricOfCases = Callable[[metrics.IntArray, metrics.IntArray], metrics.FloatArray]

# passed of total: nothing, one of four, three of four, everything, everything of a single case
PASSED = np.array([0, 1, 3, 4, 1])
TOTAL = np.array([4, 4, 4, 4, 1])


@st.composite
def case_counts(draw: st.DrawFn) -> Case:
    total = draw(st.integers(1, 50))
    return draw(st.integers(0, total)), total


samples = st.lists(case_counts(), min_size=1, max_size=40)


def arrays(counts: list[Case]) -> tuple[metrics.IntArray, metrics.IntArray]:
    return np.array([passed for passed, _ in counts]), np.array([total for _, total in counts])


def test_compilable_is_the_share_of_samples_that_compile() -> None:
    assert metrics.compilable(np.array([True, False, True, True])).mean() == 0.75


def test_ac_at_1_counts_samples_that_pass_a_case() -> None:
    assert metrics.ac_at_1(PASSED, TOTAL).tolist() == [0, 1, 1, 1, 1]


def test_ac_at_all_counts_samples_that_pass_every_case() -> None:
    assert metrics.ac_at_all(PASSED, TOTAL).tolist() == [0, 0, 0, 1, 1]


def test_ac_rate_weighs_samples_alike_however_many_cases_they_have() -> None:
    assert metrics.ac_rate(PASSED, TOTAL).tolist() == [0, 0.25, 0.75, 1, 1]
    assert metrics.ac_rate(PASSED, TOTAL).mean() == pytest.approx(0.6)


def test_accuracy_is_the_share_of_right_answers() -> None:
    assert metrics.accuracy(np.array([True, False, False, False])).mean() == 0.25


@pytest.mark.parametrize("metric", [metrics.ac_at_1, metrics.ac_at_all, metrics.ac_rate])
@pytest.mark.parametrize("counts", [([2], [1]), ([-1], [1]), ([0], [0]), ([1, 1], [1])])
def test_impossible_counts_are_refused(metric: MetricOfCases, counts: tuple[list[int], list[int]]) -> None:
    with pytest.raises(ValueError, match=r"count|cases"):
        metric(np.array(counts[0]), np.array(counts[1]))


@given(samples)
def test_ac_at_all_is_at_most_ac_rate_is_at_most_ac_at_1(counts: list[Case]) -> None:
    passed, total = arrays(counts)
    rate = metrics.ac_rate(passed, total)
    assert np.all(metrics.ac_at_all(passed, total) <= rate)
    assert np.all(rate <= metrics.ac_at_1(passed, total))


@pytest.mark.parametrize(
    "correct, total, k, expected",
    [
        (0, 5, 3, 0.0),
        (5, 5, 1, 1.0),
        (1, 5, 1, 0.2),
        (1, 5, 5, 1.0),
        (2, 4, 2, 1 - 1 / 6),  # of six pairs one holds both wrong samples
        (3, 10, 5, 1 - 21 / 252),  # C(7,5) = 21 of C(10,5) = 252
        (3, 4, 2, 1.0),  # there are no two wrong ones
    ],
)
def test_pass_at_k_by_hand(correct: int, total: int, k: int, expected: float) -> None:
    assert metrics.pass_at_k(np.array([correct]), np.array([total]), k)[0] == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize("total", range(1, 8))
def test_pass_at_k_equals_looking_at_every_subset(total: int) -> None:
    for correct in range(total + 1):
        right = [True] * correct + [False] * (total - correct)
        for k in range(1, total + 1):
            subsets = list(combinations(right, k))
            share = sum(map(any, subsets)) / len(subsets)
            assert metrics.pass_at_k(np.array([correct]), np.array([total]), k)[0] == pytest.approx(share, abs=1e-12)


@given(samples)
def test_pass_at_1_is_the_share_of_correct_samples(counts: list[Case]) -> None:
    correct, total = arrays(counts)
    assert metrics.pass_at_k(correct, total, 1) == pytest.approx(correct / total, abs=1e-12)


@given(samples)
def test_pass_at_all_samples_asks_whether_any_is_correct(counts: list[Case]) -> None:
    for correct, total in counts:
        found = metrics.pass_at_k(np.array([correct]), np.array([total]), total)[0]
        assert found == (1.0 if correct else 0.0)


@given(samples)
def test_pass_at_k_never_falls_with_k_and_stays_a_probability(counts: list[Case]) -> None:
    correct, total = arrays(counts)
    values = [metrics.pass_at_k(correct, total, k) for k in range(1, int(total.min()) + 1)]
    assert all(np.all(a <= b + 1e-12) for a, b in pairwise(values))
    assert all(np.all((value >= 0) & (value <= 1)) for value in values)


def test_pass_at_k_is_stable_where_binomials_overflow() -> None:
    exact = 1 - comb(9_990, 1_000) / comb(10_000, 1_000)
    found = metrics.pass_at_k(np.array([10]), np.array([10_000]), 1_000)[0]
    assert found == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize("k", [0, -1, 4])
def test_pass_at_k_of_fewer_than_k_samples_is_refused(k: int) -> None:
    with pytest.raises(ValueError, match=f"pass@{k} needs"):
        metrics.pass_at_k(np.array([1, 1]), np.array([10, 3]), k)


def test_the_best_of_chunks_keeps_the_order_of_the_samples() -> None:
    scores = np.array([[0.1, 0.5, 0.3, 0.2, 0.9], [1.0, 0.0, 0.0, 0.0, 1.0]])
    assert metrics.best_of_chunks(scores, 2).tolist() == [[0.5, 0.3], [1.0, 0.0]]


def test_best_at_k_is_the_mean_of_totals_with_their_deviation() -> None:
    scores = np.array([[0.1, 0.5, 0.3, 0.2], [1.0, 0.0, 0.0, 0.0]])
    # Chunk totals 0.5 + 1.0 and 0.3 + 0.0, of two problems: 0.75 and 0.15, whose deviation is 0.6 / sqrt(2).
    best = metrics.best_at_k(scores, 2)
    assert best.mean == pytest.approx(0.45)
    assert best.std == pytest.approx(0.6 / 2**0.5)


def test_best_of_all_samples_has_no_deviation() -> None:
    assert metrics.best_at_k(np.array([[0.0, 1.0], [0.0, 0.0]]), 2) == Spread(0.5, None)


def test_best_of_more_than_there_are_is_refused() -> None:
    with pytest.raises(ValueError, match="best of 3 needs at least 3 samples of each problem, not 2"):
        metrics.best_at_k(np.zeros((4, 2)), 3)
    with pytest.raises(ValueError, match="no problem"):
        metrics.best_at_k(np.zeros((0, 2)), 1)


@given(st.lists(st.lists(st.floats(0, 1), min_size=6, max_size=6), min_size=1, max_size=8))
def test_best_at_k_is_between_the_mean_and_the_best_of_all(rows: list[list[float]]) -> None:
    scores = np.array(rows)
    for k in (1, 2, 3, 6):
        best = metrics.best_at_k(scores, k).mean
        assert scores.mean() - 1e-12 <= best <= scores.max(axis=1).mean() + 1e-12


def test_the_spread_of_sets_is_their_mean_and_sample_deviation() -> None:
    found = metrics.spread(np.array([0.2, 0.4, 0.6]))
    assert found.mean == pytest.approx(0.4)
    assert found.std == pytest.approx(0.2)


def test_one_set_has_no_deviation_and_none_has_no_mean() -> None:
    assert metrics.spread(np.array([0.5])) == Spread(0.5, None)
    with pytest.raises(ValueError, match="no set"):
        metrics.spread(np.array([]))
