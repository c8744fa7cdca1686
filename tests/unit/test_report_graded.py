"""A run of partly right answers is shown by its points, beside what was published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from cli.scores import leaderboard_table, show_scores
from executor.model import Verdict
from scorer.about import BenchmarkAbout
from scorer.model import Judgement, Part, Problem, Reading
from scorer.report.leaderboard import leaderboard
from scorer.report.page import page_of
from scorer.report.runs import Report, report_of
from scorer.report.tables import csv_text, json_text, markdown
from tests.unit.scored import judgement, problem, write_run


def asked(number: int) -> list[Problem]:
    return [problem(f"q{i}", runtime=None, language="css<b>", category="debugging") for i in range(number)]


def graded(number: int, points: float) -> Iterator[Judgement]:
    for i in range(number):
        part = Part(name="keywords", got=points, total=2.0)
        yield judgement(f"q{i}", 0, compiled=None, score=points / 2, points=2.0, parts=(part,), verdict=Verdict.WA)


@pytest.fixture
def report(tmp_path: Path) -> Report:
    """Two runs of as many problems as InfiBench has, with a half and three quarters of the points."""
    about = BenchmarkAbout(name="infibench", version="1")
    for name, points in (("half", 1.0), ("more", 1.5)):
        write_run(tmp_path / name, asked(234), graded(234, points), benchmark=about)
    return report_of((tmp_path / "half", tmp_path / "more"))


def shown(*what: object) -> str:
    console = Console(width=80, record=True, file=None, quiet=False)
    with console.capture() as captured:
        for each in what:
            console.print(each)
    return captured.get()


def test_points_take_the_place_of_what_is_right_or_wrong(report: Report) -> None:
    scores = report.runs[0].scores
    assert list(scores.overall.metrics) == ["score"]
    assert scores.graded is not None
    assert (scores.graded.overall.got.mean, scores.graded.overall.full) == (117.0, 234.0)
    assert type(scores).from_json(scores.to_json()) == scores


def test_the_terminal_shows_points_by_language_type_and_metric(report: Report) -> None:
    console = Console(width=80)
    with console.capture() as captured:
        show_scores(report.runs[0].scores, console)
    lines = [line.split() for line in captured.get().splitlines()]
    for words in (["all", "234", "117.00", "234.00", "50.0"], ["keywords", "234", "117.00", "234.00", "50.0"]):
        assert words in lines


def test_published_rows_stand_between_runs_of_the_whole_benchmark(report: Report) -> None:
    assert [row.name for row in leaderboard(report.runs)] == [
        "more",
        "GPT-4 (published)",
        "GPT-3.5-turbo (published)",
        "half",
    ]
    assert "70.6" in shown(leaderboard_table(leaderboard(report.runs)))


def test_published_rows_are_not_beside_a_part_of_the_benchmark(tmp_path: Path) -> None:
    about = BenchmarkAbout(name="infibench", version="1")
    write_run(tmp_path, asked(3), graded(3, 1.0), benchmark=about)
    assert [row.published for row in leaderboard(report_of((tmp_path,)).runs)] == [False]


def test_points_are_in_every_form_of_a_report(report: Report) -> None:
    assert "| keywords | 234 | 117.00 | 0.00 | 234.00 | 50.0 |" in markdown(report)
    assert "half,kind,keywords,points,117.0,,,234," in csv_text(report)
    assert '"full": 234.0' in json_text(report)
    page = page_of(report).html
    assert '<h2 id="points">Points</h2>' in page
    assert "GPT-4 (published)" in page
    assert "css<b>" not in page


def test_both_modes_and_every_question_where_they_differ_are_in_every_form_of_a_report(tmp_path: Path) -> None:
    better = Reading(mode="corrected", score=1.0, points=2.0, reasons=("`to_lower` <b>inside</b> a tree.",))
    judgements = [
        replace(
            each, mode="compat", readings=(better if each.problem == "q1" else Reading(mode="corrected", same=True),)
        )
        for each in graded(2, 1.0)
    ]
    problems = [replace(each, difficulty=f"level-{each.id[1:]}") for each in asked(2)]
    write_run(tmp_path, problems, judgements, benchmark=BenchmarkAbout(name="infibench", version="1"))
    report = report_of((tmp_path,))
    console = Console(width=80)
    with console.capture() as captured:
        show_scores(report.runs[0].scores, console)
    lines = [line.split() for line in captured.get().splitlines()]
    for words in (["q1", "0.50", "1.00", "1"], ["avg,", "corrected", "1.50", "2.00", "75.0"]):
        assert words in lines, captured.get()
    assert ["level-1", "1", "0.50", "1.00", "50.0"] in lines
    assert "q1: `to_lower` <b>inside</b> a tree." in captured.get()
    assert "\\<b\\>inside" in markdown(report)
    assert "mode corrected,all,points,1.5,,,2," in csv_text(report)
    assert "difficulty,level-1,points,0.5,,,1," in csv_text(report)
    assert '"differences": [' in json_text(report)
    page = page_of(report).html
    assert "compat 1.00 of 2.00, corrected 1.50 of 2.00 points" in page
    assert "<dt>q1</dt><dd>`to_lower` &lt;b&gt;inside&lt;/b&gt; a tree.</dd>" in page


def test_what_the_benchmark_leaves_out_is_listed(tmp_path: Path) -> None:
    out = judgement("q1", 0, compiled=None, left_out=True, detail="its rules failed", verdict=Verdict.WA)
    write_run(tmp_path, asked(2), [*graded(1, 1.0), out])
    report = report_of((tmp_path,))
    console = Console(width=80)
    with console.capture() as captured:
        show_scores(report.runs[0].scores, console)
    assert "left out: q1: its rules failed" in captured.get()
    assert "left out: its rules failed" in page_of(report).html
