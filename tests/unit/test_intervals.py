"""Intervals cover what they claim to cover, and tests are wrong as rarely as they claim."""

from __future__ import annotations

import time
import tracemalloc
from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorer.intervals import (
    Difference,
    Interval,
    binomial_p_value,
    bootstrap_interval,
    mcnemar,
    paired_bootstrap,
)


def test_an_interval_is_the_same_for_the_same_seed_alone() -> None:
    values = np.random.default_rng(1).random(50)
    assert bootstrap_interval(values, seed=3) == bootstrap_interval(values, seed=3)
    assert bootstrap_interval(values, seed=3) != bootstrap_interval(values, seed=4)


def test_an_interval_of_symmetric_values_is_near_the_normal_one() -> None:
    values = np.array([0.0, 1.0] * 200)
    half = 1.96 * 0.5 / 400**0.5
    found = bootstrap_interval(values)
    assert found.low == pytest.approx(0.5 - half, abs=0.005)
    assert found.high == pytest.approx(0.5 + half, abs=0.005)


def test_counting_distinct_values_is_the_same_bootstrap_as_drawing_indices() -> None:
    random = np.random.default_rng(0)
    few = random.choice([0.0, 1 / 3, 2 / 3, 1.0], size=500)
    # As good as the same values, but all different: so they are drawn one by one.
    many = few + random.normal(0, 1e-9, size=500)
    counted, drawn = bootstrap_interval(few), bootstrap_interval(many)
    assert counted.low == pytest.approx(drawn.low, abs=0.003)
    assert counted.high == pytest.approx(drawn.high, abs=0.003)


def test_the_last_bits_of_values_move_no_interval() -> None:
    thirds = np.array([0.0, 1 / 3, 2 / 3, 1.0] * 15)
    assert 1 - 2 / 3 != 1 / 3
    other, found = bootstrap_interval(np.where(thirds == 1 / 3, 1 - 2 / 3, thirds)), bootstrap_interval(thirds)
    assert other.low == pytest.approx(found.low)
    assert other.high == pytest.approx(found.high)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("problems", [50, 200])
def test_95_percent_intervals_hold_the_truth_about_95_times_of_100(share: float, problems: int) -> None:
    random = np.random.default_rng(int(share * 100) + problems)
    rounds = 400
    held = 0
    for seed in range(rounds):
        found = bootstrap_interval((random.random(problems) < share).astype(float), seed=seed, resamples=2_000)
        held += found.low - 1e-12 <= share <= found.high + 1e-12
    # Shares of so few problems move in steps, so the coverage does as well; 0.90 is 4.6 deviations below 0.95.
    assert 0.90 <= held / rounds <= 0.99


def test_intervals_of_skewed_values_hold_the_truth() -> None:
    random = np.random.default_rng(5)
    held = 0
    for seed in range(300):
        found = bootstrap_interval(random.beta(0.4, 2.0, size=80), seed=seed, resamples=2_000)
        held += found.low <= 0.4 / 2.4 <= found.high
    assert 0.90 <= held / 300 <= 0.99


def test_problems_that_are_all_solved_do_not_prove_that_all_ever_will_be() -> None:
    # Clopper and Pearson for 10 of 10: 0.025 ** (1 / 10).
    solved, unsolved = bootstrap_interval(np.ones(10)), bootstrap_interval(np.zeros(10))
    assert solved == Interval(solved.low, 1.0, "exact")
    assert solved.low == pytest.approx(0.6915, abs=1e-4)
    assert unsolved == Interval(0.0, unsolved.high, "exact")
    assert unsolved.high == pytest.approx(0.3085, abs=1e-4)
    assert bootstrap_interval(np.full(10, 0.5)) == Interval(0.5, 0.5)


@given(st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=1, max_size=30))
def test_an_interval_is_in_order_and_within_what_values_allow(numbers: list[float]) -> None:
    found = bootstrap_interval(np.array(numbers), resamples=500)
    assert 0 <= found.low <= found.high <= 1


def test_a_hundred_thousand_problems_take_seconds_and_little_memory() -> None:
    random = np.random.default_rng(0)
    values = {"few": random.integers(0, 4, 100_000) / 3, "all different": random.random(100_000)}
    for name, value in values.items():
        tracemalloc.start()
        started = time.process_time()
        found = bootstrap_interval(value)
        took = time.process_time() - started
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert found.high - found.low < 0.01
        assert peak < 60_000_000, name
        # CPU time, since a machine may be busy. Without blocks or counts it would be minutes.
        assert took < 30, name


@pytest.mark.parametrize("values", [[], [0.5, float("nan")]])
def test_nothing_and_no_number_have_no_interval(values: list[float]) -> None:
    with pytest.raises(ValueError, match=r"no problem|finite"):
        bootstrap_interval(np.array(values))


def test_a_difference_is_that_of_pairs() -> None:
    # Problems of very different difficulty: unpaired, the difference of 0.05 would be lost in their spread.
    first = np.linspace(0, 0.9, 60)
    second = first + np.where(np.arange(60) % 2, 0.06, 0.04)
    found = paired_bootstrap(first, second)
    assert found.value == pytest.approx(0.05)
    assert 0.04 < found.interval.low < 0.05 < found.interval.high < 0.06
    assert found.p_value < 0.001
    assert found.test == "paired bootstrap"
    assert found.problems == 60


def test_a_difference_turned_around_is_its_negative() -> None:
    random = np.random.default_rng(2)
    first, second = random.random(40), random.random(40)
    there, back = paired_bootstrap(first, second), paired_bootstrap(second, first)
    assert there.value == pytest.approx(-back.value)
    assert there.interval.low == pytest.approx(-back.interval.high, abs=0.01)
    assert there.p_value == pytest.approx(back.p_value, abs=0.02)


def test_equal_runs_do_not_differ() -> None:
    values = np.array([0.0, 1.0, 0.5])
    found = paired_bootstrap(values, values)
    assert (found.value, found.interval, found.p_value) == (0.0, Interval(0.0, 0.0), 1.0)


def test_the_bootstrap_test_of_equally_good_runs_is_wrong_about_5_times_of_100() -> None:
    random = np.random.default_rng(11)
    wrong = 0
    for seed in range(400):
        first, second = random.integers(0, 6, (2, 60)) / 5
        wrong += paired_bootstrap(first, second, seed=seed, resamples=1_000).p_value < 0.05
    assert 0.02 <= wrong / 400 <= 0.09


@pytest.mark.parametrize(
    "heads, tails, expected",
    [(0, 0, 1.0), (3, 3, 1.0), (0, 5, 2 / 32), (1, 5, 2 * 7 / 64), (5, 1, 2 * 7 / 64), (0, 1, 1.0)],
)
def test_mcnemar_by_hand(heads: int, tails: int, expected: float) -> None:
    assert binomial_p_value(heads, tails) == pytest.approx(expected)


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_is_the_sum_of_binomials(heads: int, tails: int) -> None:
    thrown = heads + tails
    exact = Fraction(2 * sum(comb(thrown, i) for i in range(min(heads, tails) + 1)), 2**thrown)
    assert binomial_p_value(heads, tails) == pytest.approx(min(1.0, float(exact)), rel=1e-9)


def test_mcnemar_of_many_disagreements_does_not_overflow() -> None:
    assert 0 < binomial_p_value(49_500, 50_500) < 0.01
    assert binomial_p_value(1_000, 99_000) == 0.0


def test_mcnemar_counts_the_problems_on_which_two_runs_disagree() -> None:
    first = np.array([True] * 10 + [False] * 6 + [True] * 1 + [False] * 3)
    second = np.array([True] * 10 + [True] * 6 + [False] * 1 + [False] * 3)
    found = mcnemar(first, second)
    assert isinstance(found, Difference)
    assert (found.only_first, found.only_second, found.problems) == (1, 6, 20)
    assert found.value == pytest.approx(0.25)
    assert found.p_value == pytest.approx(2 * 8 / 128)
    assert found.test == "McNemar, exact"


def test_runs_over_different_problems_are_no_pairs() -> None:
    with pytest.raises(ValueError, match="3 and of 2 problems are no pairs"):
        paired_bootstrap(np.zeros(3), np.zeros(2))
    with pytest.raises(ValueError, match="no problem"):
        paired_bootstrap(np.zeros(0), np.zeros(0))
