"""Scores of whole runs, computed by hand, and everything that must not be hidden in them."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator

import numpy as np
import pytest

from executor.model import Verdict
from scorer.comparison import compare
from scorer.model import Judgement
from scorer.scores import Attempts, Defect, Scores, scores_of
from scorer.tally import Tally, tally_of
from tests.unit.scored import judgement, judgements, problem, problems


def value(scores: Scores, metric: str) -> float:
    return scores.overall.metrics[metric].value


def test_a_run_is_scored_as_by_hand() -> None:
    scores = scores_of(
        problems("a", "b", "c", "d"),
        [
            judgement("a", 4),
            judgement("b", 3),
            judgement("c", 0),
            judgement("d", 0, verdict=Verdict.CE, compiled=False, method="none"),
        ],
    )
    assert value(scores, "compilable") == 0.75
    assert value(scores, "ac_at_1") == 0.5
    assert value(scores, "ac_at_all") == 0.25
    assert value(scores, "ac_rate") == pytest.approx((1 + 0.75) / 4)
    assert value(scores, "pass_at_1") == 0.25
    assert "pass_at_5" not in scores.overall.metrics
    assert scores.overall.verdicts == {Verdict.AC: 1, Verdict.WA: 2, Verdict.CE: 1}
    assert scores.methods == {"fence": {Verdict.AC: 1, Verdict.WA: 2}, "none": {Verdict.CE: 1}}
    assert (scores.problems, scores.samples) == (4, 4)
    assert scores.warnings == ()
    assert scores.over_sets == {}


def test_every_score_lies_in_its_interval() -> None:
    scores = scores_of(problems("a", "b", "c", "d"), judgements({"a": [4, 4], "b": [4, 0], "c": [0, 1], "d": [4, 3]}))
    for name, estimate in scores.overall.metrics.items():
        assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1, name
        assert estimate.problems == 4


def test_sets_are_scored_and_averaged() -> None:
    # Three sets of two problems: AC@all 1.0, 0.5 and 0.0, so 0.5 on average with a deviation of 0.5.
    scores = scores_of(problems("a", "b"), judgements({"a": [4, 4, 0], "b": [4, 2, 2]}))
    assert [each.metrics["ac_at_all"] for each in scores.sets] == [1.0, 0.5, 0.0]
    assert [each.samples for each in scores.sets] == [2, 2, 2]
    assert scores.over_sets["ac_at_all"].mean == pytest.approx(0.5)
    assert scores.over_sets["ac_at_all"].std == pytest.approx(0.5)
    assert value(scores, "ac_at_all") == pytest.approx(0.5)


def test_pass_at_k_is_that_of_problems_and_only_for_possible_k() -> None:
    scores = scores_of(problems("a", "b"), judgements({"a": [4, 0, 0, 0, 0], "b": [0] * 5}), k=(1, 2, 5, 10))
    assert value(scores, "pass_at_1") == pytest.approx(0.1)
    assert value(scores, "pass_at_2") == pytest.approx(0.2)
    assert value(scores, "pass_at_5") == pytest.approx(0.5)
    assert "pass_at_10" not in scores.overall.metrics
    assert scores.attempts == (
        Attempts(samples=5, accepted=0, problems=1),
        Attempts(samples=5, accepted=1, problems=1),
    )


def test_best_at_k_takes_chunks_in_the_order_of_the_samples_however_they_arrive() -> None:
    found = judgements({"a": [1, 2, 3, 4], "b": [4, 0, 0, 0]})
    scores = scores_of(problems("a", "b"), reversed(found), k=(2,))
    # Chunks: (2 + 4) / 8 = 0.75 and (4 + 0) / 8 = 0.5.
    assert scores.best_at_k[2].mean == pytest.approx(0.625)
    assert scores.best_at_k[2].std == pytest.approx(0.25 / 2**0.5)


def test_judge_errors_count_nowhere_and_are_said() -> None:
    found = [*judgements({"a": [4], "b": [0]}), judgement("c", 0, verdict=Verdict.JE, compiled=None)]
    scores = scores_of(problems("a", "b", "c"), found)
    assert value(scores, "ac_at_all") == 0.5
    assert Verdict.JE not in scores.overall.verdicts
    assert scores.judge_errors == 1
    assert scores.missing == ("c",)
    assert any("1 sample could not be judged (JE)" in warning for warning in scores.warnings)


def test_missing_problems_are_said_with_what_they_could_cost() -> None:
    scores = scores_of(problems("a", "b", "c", "d"), judgements({"a": [4], "b": [0]}))
    assert scores.missing == ("c", "d")
    assert scores.warnings == (
        (
            "2 of 4 problems have no judged sample and count nowhere; "
            "if they counted as failed, AC@all would be 0.250 instead of 0.500."
        ),
    )


def test_unequal_numbers_of_samples_are_said_and_a_problem_still_counts_once() -> None:
    scores = scores_of(problems("a", "b"), judgements({"a": [4] * 10, "b": [0]}), k=(1, 5))
    assert value(scores, "ac_at_all") == 0.5
    assert scores.warnings == (
        (
            "Problems have between 1 and 10 judged samples; each problem counts once, and the sets are not of the same "
            "problems. Left out, as some have too few: pass@5."
        ),
    )


def test_the_later_of_two_judgements_of_a_sample_counts() -> None:
    found = [judgement("a", 0, verdict=Verdict.JE), judgement("b", 4), judgement("a", 4)]
    scores = scores_of(problems("a", "b"), found)
    assert value(scores, "ac_at_all") == 1.0
    assert scores.judge_errors == 0
    assert scores.warnings == ("1 judgement was replaced by a later one of the same sample.",)


def test_judgements_of_unknown_problems_are_left_out_and_said() -> None:
    scores = scores_of(problems("a"), [judgement("a", 4), judgement("z", 0)])
    assert scores.samples == 1
    assert scores.warnings == ("1 judgement is of a problem that the benchmark does not have; it was left out.",)


def test_problems_with_a_defect_are_listed_and_scored_with_and_without() -> None:
    asked = {**problems("a", "b"), "c": problem("c", defect="its expected output is empty")}
    scores = scores_of(asked, judgements({"a": [4], "b": [4], "c": [0]}))
    assert value(scores, "ac_at_all") == pytest.approx(2 / 3)
    assert scores.defects == (Defect(problem="c", reason="its expected output is empty"),)
    assert scores.without_defects is not None
    assert scores.without_defects.metrics["ac_at_all"].value == 1.0
    assert scores.warnings == (
        "1 problem has a known defect.",
        "Without the problems that have a defect AC@all is 1.000 instead of 0.667.",
    )


def test_truncated_and_shared_samples_are_counted() -> None:
    found = [judgement("a", 4, truncated=True), judgement("b", 0, truncated=True, shared=True)]
    scores = scores_of(problems("a", "b"), found)
    assert (scores.truncated, scores.shared) == (2, 1)
    assert scores.warnings == (
        "2 answers were cut off by a length limit, 1 of them accepted; cut answers count as they are.",
    )


def test_scores_are_grouped_by_language_category_and_difficulty() -> None:
    asked = {
        "a": problem("a", language="C++ (GCC)", category="graphs", difficulty="easy"),
        "b": problem("b", runtime="go", category="graphs", difficulty="hard"),
        "c": problem("c", runtime=None, category=None, difficulty="hard"),
    }
    found = [judgement("a", 4), judgement("b", 2), judgement("c", 4), judgement("c", 0, sample=1, language="R")]
    scores = scores_of(asked, found)
    groups = {group.name: group.metrics["ac_at_all"].value for group in scores.languages}
    assert groups == {"C++ (GCC)": 1.0, "go": 0.0, "unknown": 1.0, "R": 0.0}
    assert [(group.name, group.problems, group.samples) for group in scores.categories] == [
        ("graphs", 2, 2),
        ("(none)", 1, 2),
    ]
    assert {group.name: group.metrics["ac_rate"].value for group in scores.difficulties} == {"easy": 1.0, "hard": 0.5}


def test_one_group_of_everything_is_not_repeated() -> None:
    scores = scores_of(problems("a", "b", category="graphs"), judgements({"a": [4], "b": [0]}))
    assert (scores.languages, scores.categories, scores.difficulties) == ((), (), ())


def test_answers_of_which_nothing_is_run_have_an_accuracy_per_category() -> None:
    asked = {id_: problem(id_, runtime=None, category=id_[0]) for id_ in ("x1", "x2", "y1")}
    found = [judgement(id_, passed, total=1, compiled=None) for id_, passed in (("x1", 1), ("x2", 0), ("y1", 1))]
    scores = scores_of(asked, found)
    assert list(scores.overall.metrics) == ["accuracy", "pass_at_1"]
    assert value(scores, "accuracy") == pytest.approx(2 / 3)
    assert {group.name: group.metrics["accuracy"].value for group in scores.categories} == {"x": 0.5, "y": 1.0}


def test_partial_scores_of_a_benchmark_are_averaged_beside_the_others() -> None:
    found = [judgement("a", 0, total=1, score=0.25), judgement("b", 1, total=1)]
    assert value(scores_of(problems("a", "b"), found), "score") == pytest.approx(0.625)


def test_a_sample_without_test_cases_is_right_only_if_it_is_accepted() -> None:
    found = [judgement("a", 0, total=0, verdict=Verdict.CE), judgement("b", 0, total=0, verdict=Verdict.AC)]
    assert value(scores_of(problems("a", "b"), found), "ac_rate") == 0.5


def test_nothing_judged_has_no_score_and_says_so() -> None:
    scores = scores_of(problems("a"), [])
    assert scores.overall.metrics == {}
    assert scores.warnings == ("1 of 1 problem has no judged sample and counts nowhere.",)
    assert scores_of({}, []).problems == 0


def test_impossible_judgements_and_k_are_refused() -> None:
    with pytest.raises(ValueError, match="larger than the whole"):
        scores_of(problems("a"), [judgement("a", 5)])
    with pytest.raises(ValueError, match="not for 0"):
        scores_of(problems("a"), [], k=(0, 1))


def test_scores_survive_json() -> None:
    asked = {**problems("a", "b", category="x"), "c": problem("c", category="y", defect="doubtful", runtime="go")}
    scores = scores_of(asked, judgements({"a": [4, 0], "b": [1, 2], "c": [4, 4]}), k=(1, 2))
    assert Scores.from_json(scores.to_json()) == scores
    assert Scores.from_json(scores.to_json().encode()).best_at_k[2] == scores.best_at_k[2]


@pytest.mark.parametrize("text", ["", "{}", '{"problems": "many", "overall": {}}'])
def test_what_is_no_scores_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"problems|JSON"):
        Scores.from_json(text)


def many(samples: int) -> Iterator[Judgement]:
    random = np.random.default_rng(0)
    for i, passed in enumerate(random.integers(0, 5, samples).tolist()):
        # A text of its own for each, as judgements that are read from a file have: held on to, these are 400 MB.
        yield judgement(f"p{i // 10}", passed, sample=i % 10, program=f"{i}" * 800)


def test_a_hundred_thousand_judgements_are_scored_in_little_memory() -> None:
    asked = problems(*(f"p{i}" for i in range(10_000)))
    tracemalloc.start()
    started = time.process_time()
    scores = scores_of(asked, many(100_000))
    took = time.process_time() - started
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert scores.samples == 100_000
    assert value(scores, "pass_at_10") > value(scores, "pass_at_1")
    assert peak < 100_000_000
    assert took < 60  # of CPU time, with memory traced


# ---- two runs


def tally(passed: dict[str, list[int]], *more: str) -> Tally:
    return tally_of(problems(*passed, *more), judgements(passed))


def test_two_runs_with_one_sample_each_are_compared_by_mcnemar() -> None:
    first = tally({f"p{i}": [4 if i < 8 else 0] for i in range(20)})
    second = tally({f"p{i}": [4 if i < 14 else 1] for i in range(20)})
    found = compare(first, second)
    solved = found.metrics["ac_at_all"]
    assert (solved.first, solved.second) == (0.4, 0.7)
    assert solved.difference.test == "McNemar, exact"
    assert (solved.difference.only_first, solved.difference.only_second) == (0, 6)
    assert solved.difference.p_value == pytest.approx(2 / 2**6)
    assert found.metrics["ac_rate"].difference.test == "paired bootstrap"


def test_two_runs_with_several_samples_are_compared_by_bootstrap() -> None:
    first = tally({f"p{i}": [4, 0, 0] for i in range(10)})
    second = tally({f"p{i}": [4, 4, 0] for i in range(10)})
    found = compare(first, second, k=(1, 2, 3, 4)).metrics
    assert found["ac_at_all"].difference.test == "paired bootstrap"
    assert found["ac_at_all"].difference.value == pytest.approx(1 / 3)
    # Of three pairs of samples, two hold the one that is right, or all three one of two.
    assert found["pass_at_2"].first == pytest.approx(2 / 3)
    assert found["pass_at_2"].second == pytest.approx(1)
    assert "pass_at_4" not in found


def test_two_runs_are_compared_over_the_problems_that_both_have_in_any_order() -> None:
    first = tally({"a": [4], "b": [4], "c": [0]}, "d")
    second = tally({"d": [4], "c": [0], "a": [0]}, "b")
    found = compare(first, second)
    assert (found.problems, found.only_first, found.only_second) == (2, 1, 1)
    assert (found.metrics["ac_at_all"].first, found.metrics["ac_at_all"].second) == (0.5, 0.0)


def test_runs_without_a_common_problem_have_nothing_to_compare() -> None:
    found = compare(tally({"a": [4]}), tally({"b": [4]}))
    assert found.problems == 0
    assert found.metrics == {}
