"""
The metrics: pure functions of arrays, one for each number that papers report.

A metric gives one value per sample, or per problem; the score is their mean, and a group, a set or a resample is the
mean of a part of them. So every function here can be checked by hand, and intervals need to know nothing of metrics.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.integer]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Spread:
    """
    Args:
        mean: of some values.
        std: their sample standard deviation (ddof 1); None where there is only one value.
    """

    mean: float
    std: float | None


def compilable(compiled: BoolArray) -> FloatArray:
    """
    Compilable of each sample: 1 where there is a program that compiles, or needs no compilation.

    Args:
        compiled: shape [sample].

    Source: CodeApex, Fu et al. 2023, arXiv:2309.01940: the share of answers that compile.
    """
    return compiled.astype(np.float64)


def ac_at_1(passed: IntArray, total: IntArray) -> FloatArray:
    """
    AC@1 of each sample: 1 where it passes at least one of its test cases.

    Args:
        passed, total: accepted test cases, and all, shape [sample]; 0 <= passed <= total, 1 <= total.

    Raises:
        ValueError: the arrays are not that.

    Source: CodeApex, arXiv:2309.01940. It is no pass@1: a program that is right by chance on one case counts.
    """
    _check_cases(passed, total)
    return (passed >= 1).astype(np.float64)


def ac_at_all(passed: IntArray, total: IntArray) -> FloatArray:
    """
    AC@all of each sample: 1 where it passes all of its test cases. Arguments, errors and source as of `ac_at_1`.

    With one sample per problem its mean is pass@1.
    """
    _check_cases(passed, total)
    return np.equal(passed, total).astype(np.float64)


def ac_rate(passed: IntArray, total: IntArray) -> FloatArray:
    """
    AC Rate of each sample: the share of its test cases that it passes. Arguments, errors and source as of `ac_at_1`.

    A problem counts as much as any other, however many test cases it has. AC@all <= AC Rate <= AC@1.
    """
    _check_cases(passed, total)
    rates: FloatArray = passed / total
    return rates


def accuracy(right: BoolArray) -> FloatArray:
    """
    Accuracy of each sample, for answers that are right or wrong and of which nothing is run.

    Args:
        right: shape [sample].

    Source: CodeApex's programming comprehension, arXiv:2309.01940.
    """
    return right.astype(np.float64)


def pass_at_k(correct: IntArray, total: IntArray, k: int) -> FloatArray:
    """
    Unbiased pass@k of each problem: the chance that k of its samples, drawn without putting back, hold a correct one.

    It is 1 - C(total - correct, k) / C(total, k), as a product of k factors in 0..1: no binomial is formed, so nothing
    overflows, and the relative error of the subtracted product grows with k alone.

    Args:
        correct, total: accepted and judged samples, shape [problem]; 0 <= correct <= total.
        k: samples the user would look at, 1 <= k <= min(total).

    Returns:
        Probabilities, shape [problem]; their mean is the benchmark's score.

    Raises:
        ValueError: some problem has fewer than k samples, or the arrays are not counts.

    Source: Chen et al. 2021, arXiv:2107.03374, equation 1 and figure 3.
    """
    _check_counts(correct, total)
    if k < 1 or np.any(total < k):
        raise ValueError(f"pass@{k} needs at least {max(k, 1)} samples of each problem")
    wrong = (total - correct).astype(np.float64)
    none_correct = np.ones(wrong.shape)
    for drawn in range(k):
        # With fewer than k wrong samples one factor is zero; those after it must not turn negative.
        none_correct *= np.maximum(wrong - drawn, 0.0) / (total - drawn)
    return 1.0 - none_correct


def best_of_chunks(scores: FloatArray, k: int) -> FloatArray:
    """
    The best of every k samples of each problem, in the order in which they were drawn.

    Args:
        scores: shape [problem, sample].
        k: 1 <= k <= samples. Samples that do not fill a last chunk are left out: the best of fewer is no best of k.

    Returns:
        Shape [problem, samples // k].

    Raises:
        ValueError: there are fewer than k samples.
    """
    problems, samples = scores.shape
    if not 1 <= k <= samples:
        raise ValueError(f"the best of {k} needs at least {max(k, 1)} samples of each problem, not {samples}")
    chunks = samples // k
    best: FloatArray = scores[:, : chunks * k].reshape(problems, chunks, k).max(axis=2)
    return best


def best_at_k(scores: FloatArray, k: int) -> Spread:
    """
    best@k: what somebody gets who takes the best of k answers.

    The samples of a problem are cut into chunks of k in their order; a chunk counts as its best sample; each chunk
    number makes one total over all problems, and these totals have a mean and a standard deviation (ddof 1). It differs
    from pass@k in that scores may be partial, and in that only these chunks are looked at, not all subsets.

    Args:
        scores: 0..1, shape [problem, sample].
        k: 1 <= k <= samples.

    Returns:
        Mean and deviation of the totals, as a share of what could be had.

    Raises:
        ValueError: there are fewer than k samples, or no problem.

    Source: `avg_max_k` of InfiBench's evaluator, Li et al. 2024, arXiv:2404.07940 (best@10 of its table).
    """
    if not len(scores):
        raise ValueError("the best of no problem is not a number")
    return spread(best_of_chunks(scores, k).mean(axis=0))


def spread(values: FloatArray) -> Spread:
    """
    Mean and standard deviation of scores that each stand for a whole set of samples.

    Args:
        values: shape [set], at least one.

    Source: the scores of CodeApex's three sets are averaged, arXiv:2309.01940. The deviation says how much a score
    moves when the same model answers again; it is no error of the mean over problems (`scorer.intervals` has that).
    """
    if not len(values):
        raise ValueError("there is no set to average")
    return Spread(float(values.mean()), float(values.std(ddof=1)) if len(values) > 1 else None)


def _check_cases(passed: IntArray, total: IntArray) -> None:
    _check_counts(passed, total)
    if np.any(total < 1):
        raise ValueError("a sample without test cases passes neither all nor none of them")


def _check_counts(part: IntArray, whole: IntArray) -> None:
    if part.shape != whole.shape:
        raise ValueError(f"counts of shapes {part.shape} and {whole.shape} do not belong together")
    if np.any(part < 0) or np.any(part > whole):
        raise ValueError("a count is negative or larger than the whole")
