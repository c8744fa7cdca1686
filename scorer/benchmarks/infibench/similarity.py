"""
How near a response is to reference answers: ROUGE, by the package rouge-score.

F-measure without stemming, on lower-cased runs of letters and digits; rougeLsum takes each line as a sentence; of
several references the best counts.

Source: Lin 2004, ROUGE: A Package for Automatic Evaluation of Summaries; mapping to points as in grader_utils.py of
github.com/infi-coder/infibench-evaluator.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from executor.errors import UsageError
from scorer.benchmarks.infibench.cases import Case, Reference, Similarity
from scorer.benchmarks.infibench.rules import Marks

if TYPE_CHECKING:
    from rouge_score.rouge_scorer import RougeScorer

LONGEST_RESPONSE = 100_000
"""Characters; the longest common subsequence of longer ones would take minutes, and no good answer is so long."""


def similarity_of(case: Case, response: str) -> Marks:
    """
    Points for each metric of a case, its raw score mapped to 0..1 between the least and the best.

    Raises:
        UsageError: rouge-score is not installed.
    """
    got = total = 0.0
    details = []
    for metric in case.grading.similarity or ():
        raw = _best(case, metric, response[:LONGEST_RESPONSE])
        share = max(min((raw - metric.min_score) / (metric.best - metric.min_score), 1.0), 0.0)
        got, total = got + share * metric.weight, total + metric.weight
        details.append(f"{metric.metric} {raw:.4f}")
    return Marks(got, total, tuple(details))


def _best(case: Case, metric: Similarity, response: str) -> float:
    scorer = _scorer(metric.metric)
    texts = (case.files[each.path] if isinstance(each, Reference) else each for each in metric.references)
    return max(float(scorer.score(text, response)[metric.metric].fmeasure) for text in texts)


@lru_cache
def _scorer(metric: str) -> RougeScorer:
    try:
        from rouge_score.rouge_scorer import RougeScorer  # noqa: PLC0415  # an extra, and slow to import
    except ImportError as error:
        raise UsageError("similarity needs the package rouge-score: pip install 'ennead[infibench]'") from error
    return RougeScorer([metric], use_stemmer=False)
