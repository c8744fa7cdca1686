"""One answer, two scores: what the published grader gives, and what the rules say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from executor.model import Finished, Verdict
from scorer.benchmarks.infibench.slips import Slip, slips_of
from scorer.model import Conclusion, JobResult, Reading, Sample
from tests.unit.infibench.test_benchmark import benchmark

BLANK = {"template": "Use the [blank] here."}


def concluded(folder: Path, mode: str, text: str, **grading: Any) -> tuple[Conclusion, Reading]:
    prepared = benchmark(folder, mode, **grading).prepare(Sample(problem="q", index=0, text=text))
    assert prepared.conclude is not None
    found = prepared.conclude(())
    (reading,) = found.readings
    return found, reading


def slips(folder: Path, **grading: Any) -> list[Slip]:
    return list(slips_of(benchmark(folder, **grading).suite.cases["q"]))


@pytest.mark.parametrize(
    "grading, slip",
    [
        pytest.param(
            {"keywords": [{"content": {"content": "A", "to_lower": True}}]}, Slip.NESTED_TO_LOWER, id="nested"
        ),
        pytest.param(
            {"keywords": [{"content": {"or": ["x", {"content": "A", "to_lower": True}]}}]},
            Slip.NESTED_TO_LOWER,
            id="in a branch",
        ),
        pytest.param(
            {"blank_filling": BLANK | {"targets": [{"content": {"or": ["a"]}}]}}, Slip.MAPPING_ANSWERS, id="mapping"
        ),
    ],
)
def test_a_question_with_a_slip_has_two_scores_and_the_reason(
    tmp_path: Path, grading: dict[str, Any], slip: Slip
) -> None:
    own, other = concluded(tmp_path / "a", "compat", "Use the a here.", **grading)
    assert (own.score, other.score, other.mode, other.reasons) == (0.0, 1.0, "corrected", (slip.value,))
    own, other = concluded(tmp_path / "b", "corrected", "Use the a here.", **grading)
    assert (own.score, other.score, other.mode, other.reasons) == (1.0, 0.0, "compat", (slip.value,))


def test_an_answer_with_the_same_score_in_both_modes_says_so(tmp_path: Path) -> None:
    grading = {"keywords": [{"content": {"content": "A", "to_lower": True}}]}
    assert concluded(tmp_path, "compat", "x", **grading)[1] == Reading(mode="corrected", same=True)
    assert concluded(tmp_path / "b", "compat", "a", keywords=["a"])[1] == Reading(mode="corrected", same=True)


@pytest.mark.parametrize(
    "grading, found",
    [
        ({"keywords": ["a", {"content": "b", "to_lower": True}]}, []),
        ({"keywords": [{"content": "a[2-6]", "regex": True}]}, [Slip.RULE_REGEX]),
        ({"keywords": [{"content": {"content": r"\S", "regex": True}, "to_lower": True}]}, [Slip.LOWERED_PATTERN]),
        ({"keywords": [{"content": {"content": "a+", "regex": True}, "to_lower": True}]}, []),
        ({"blank_filling": BLANK | {"targets": [{"content": ["A", "b"], "to_lower": True}]}}, []),
        (
            {"blank_filling": BLANK | {"targets": [{"content": ["b", {"content": "A", "to_lower": True}]}]}},
            [Slip.NESTED_TO_LOWER, Slip.LOWERED_FILL],
        ),
        (
            {
                "blank_filling": BLANK
                | {"targets": [{"content": [{"content": "[A-z]", "regex": True}], "to_lower": True}]}
            },
            [Slip.LOWERED_PATTERN],
        ),
        ({"unit_test": {"tests": ["t"], "lang": "js"}}, [Slip.EARLY_EXIT]),
        ({"unit_test": {"tests": ["t"], "lang": "r"}}, []),
    ],
)
def test_the_slips_of_a_question_are_told_from_its_rules(
    tmp_path: Path, grading: dict[str, Any], found: list[Slip]
) -> None:
    assert slips(tmp_path, **grading) == found


@pytest.mark.parametrize(
    "verdict, compat, corrected",
    [(Verdict.AC, 1.0, 1.0), (Verdict.WA, 1.0, 0.0), (Verdict.RTE, 0.0, 0.0), (Verdict.TLE, 0.0, 0.0)],
)
def test_one_run_of_a_program_for_node_tells_both_modes(
    tmp_path: Path, verdict: Verdict, compat: float, corrected: float
) -> None:
    read = benchmark(tmp_path, unit_test={"tests": ["t"], "lang": "javascript"})
    prepared = read.prepare(Sample(problem="q", index=0, text="x"))
    assert prepared.conclude is not None
    finished = Finished(job_id="", verdict=verdict, passed=0, total=1)
    own = prepared.conclude((JobResult(compiled=None, cases=(), finished=finished),))
    (other,) = own.readings
    assert (own.score, own.score if other.same else other.score) == (compat, corrected)


def test_answers_that_are_the_same_program_in_other_words_are_one_program(tmp_path: Path) -> None:
    read = benchmark(tmp_path, unit_test={"tests": ["t", {"content": "t", "timeout": 3}]})
    texts = ("Here:\n```\nf()\n```", "This is it:\n```\nf()\n```\nBye.", "```\ng()\n```")
    one, same, another = (read.prepare(Sample(problem="q", index=0, text=text)).programs for text in texts)
    assert one == same != another
    assert len(set(one)) == 2, "another limit is another program"
