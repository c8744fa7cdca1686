"""From a response to its score, without what needs a box."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from executor.errors import UsageError
from executor.model import Finished, Verdict
from scorer.benchmarks.infibench import InfiBench, load
from scorer.model import Conclusion, JobResult, Sample


def benchmark(folder: Path, mode: str = "compat", lang: str = "python", **grading: Any) -> InfiBench:
    (folder / "cases").mkdir(parents=True, exist_ok=True)
    case = {"id": "q", "prompt_path": "p.txt", "type": "code completion", "lang": lang, "grading": grading}
    (folder / "cases" / "q.yaml").write_text(yaml.safe_dump(case))
    (folder / "cases" / "p.txt").write_text("How?")
    (folder / "cases" / "reference.txt").write_text("sort the list in place")
    (folder / "suite.yaml").write_text(yaml.safe_dump({"cases": ["cases/q.yaml"]}))
    return load(folder, mode=mode)


def score(read: InfiBench, response: str) -> Conclusion:
    prepared = read.prepare(Sample(problem="q", index=0, text=response))
    assert prepared.conclude is not None
    assert not prepared.jobs
    return prepared.conclude(())


def test_points_are_shares_of_the_total(tmp_path: Path) -> None:
    read = benchmark(tmp_path, keywords=["a", "b", {"content": "c", "weight": 2.0}])
    assert [score(read, text).score for text in ("a b c", "a", "x")] == [1.0, 0.25, 0.0]
    assert [score(read, text).verdict for text in ("a b c", "a")] == [Verdict.AC, Verdict.WA]


def test_metrics_add_up(tmp_path: Path) -> None:
    blanks = {"template": "Use the [blank] here.", "targets": ["map"]}
    read = benchmark(tmp_path, keywords=["map"], blank_filling=blanks)
    concluded = score(read, "Use the map here.")
    assert [(part.name, part.got, part.total) for part in concluded.parts] == [
        ("keywords", 1.0, 1.0),
        ("blank_filling", 1.0, 1.0),
    ]
    assert (concluded.score, concluded.points) == (1.0, 2.0)


def test_the_maximum_is_the_total_and_cuts_the_points(tmp_path: Path) -> None:
    read = benchmark(tmp_path, keywords=["a", "b", "c"], max_score=2.0)
    assert [score(read, text).score for text in ("a", "a b", "a b c")] == [0.5, 1.0, 1.0]


def test_the_maximum_is_the_total_even_where_the_rules_cannot_reach_it(tmp_path: Path) -> None:
    assert score(benchmark(tmp_path, keywords=["a"], max_score=4.0), "a").score == 0.25


def test_a_score_may_be_negative_unless_there_is_a_minimum(tmp_path: Path) -> None:
    rules = ["a", {"content": "b", "neg": True}]
    assert score(benchmark(tmp_path, keywords=rules), "b").score == -1.0
    assert score(benchmark(tmp_path, keywords=rules, min_score=0.0), "b").score == 0.0


@pytest.mark.parametrize("metric, best", [("rouge1", 0.53), ("rouge2", 0.51), ("rougeL", 0.51), ("rougeLsum", 0.51)])
def test_similarity_is_mapped_between_the_least_and_the_best(tmp_path: Path, metric: str, best: float) -> None:
    read = benchmark(
        tmp_path, similarity=[{"metric": metric, "references": [{"path": "reference.txt"}], "weight": 2.0}]
    )
    assert score(read, "Sort the LIST in place!").parts[0].got == 2.0
    assert score(read, "no word of it").parts[0].got == 0.0
    wider = [{"metric": metric, "references": ["a b c d"], "min_score": 0.0, "max_score": 2 * best}]
    assert score(benchmark(tmp_path, similarity=wider), "a b c d").score == pytest.approx(min(1 / (2 * best), 1))


def test_of_several_references_the_nearest_counts(tmp_path: Path) -> None:
    read = benchmark(tmp_path, similarity=[{"metric": "rouge1", "references": ["x y", {"path": "reference.txt"}]}])
    assert score(read, "sort the list in place").score == 1.0


def test_tests_in_an_unknown_language_leave_the_question_out(tmp_path: Path) -> None:
    read = benchmark(tmp_path, lang="dart", unit_test={"tests": ["t"]})
    assert read.warnings == ("q: its unit tests are in 'dart', which the benchmark cannot run",)
    concluded = score(read, "x")
    assert concluded.left_out
    assert "dart" in concluded.detail


def test_a_template_that_cannot_be_aligned_leaves_the_question_out(tmp_path: Path) -> None:
    read = benchmark(tmp_path, blank_filling={"template": "use [blank]", "targets": ["a"]})
    assert score(read, "use a").left_out


def test_a_test_that_asks_a_package_index_fails_as_published_or_is_left_out(tmp_path: Path) -> None:
    tests = {"tests": ["subprocess.run([sys.executable, '-m', 'pip', 'install', 'x==random'])"]}
    assert score(benchmark(tmp_path, unit_test=tests), "x").score == 0.0
    assert score(benchmark(tmp_path, "corrected", unit_test=tests), "x").left_out
    assert "package index" in benchmark(tmp_path, unit_test=tests).warnings[0]


def test_tests_patterns_and_code_are_jobs(tmp_path: Path) -> None:
    read = benchmark(
        tmp_path,
        keywords=[{"content": {"content": "a.c", "regex": True}}],
        unit_test={"tests": ["t1", {"content": "t2", "weight": 3.0}]},
    )
    prepared = read.prepare(Sample(problem="q", index=0, text="x"))
    assert [job.submission.runtime for job in prepared.jobs] == ["python", "python", "python"]


def test_rules_that_do_not_come_to_their_end_leave_the_question_out(tmp_path: Path) -> None:
    read = benchmark(tmp_path, keywords=[{"content": {"content": "a.c", "regex": True}}])
    prepared = read.prepare(Sample(problem="q", index=0, text="x"))
    assert prepared.conclude is not None
    finished = Finished(job_id="", verdict=Verdict.CE, passed=0, total=1)
    concluded = prepared.conclude([JobResult(compiled=None, cases=(), finished=finished)])
    assert (concluded.left_out, concluded.detail) == (True, "its rules did not run: CE")


def test_equal_responses_have_one_digest_in_one_mode_of_one_suite(tmp_path: Path) -> None:
    read, corrected = benchmark(tmp_path / "a", keywords=["a"]), benchmark(tmp_path / "a", "corrected", keywords=["a"])
    changed = benchmark(tmp_path / "b", keywords=["b"])
    samples = [Sample(problem="q", index=index, text="x") for index in (0, 1)]
    digests = [each.prepare(sample).digest for each in (read, corrected, changed) for sample in samples]
    assert len(set(digests)) == 3


def test_an_unknown_mode_is_refused(tmp_path: Path) -> None:
    benchmark(tmp_path, keywords=["a"])
    with pytest.raises(UsageError, match="mode is 'strict', not compat or corrected"):
        load(tmp_path, mode="strict")


def test_invalid_text_is_graded_like_any_other(tmp_path: Path) -> None:
    assert score(benchmark(tmp_path, keywords=["a"]), "\udc80 a \0").score == 1.0


def test_a_response_of_ten_megabytes_is_graded(tmp_path: Path) -> None:
    blanks = {"template": "Use the [blank] here.", "targets": ["map"]}
    similarity = [{"metric": "rougeLsum", "references": ["a b"]}]
    read = benchmark(tmp_path, keywords=["a"], blank_filling=blanks, similarity=similarity)
    assert not score(read, "Use the map here. " + "a\n" * 5_000_000).left_out
