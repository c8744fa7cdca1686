"""Reports as Markdown, CSV, JSON and tables on a terminal, read back and compared with scores made by hand."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from cli.scores import comparison_table, show_scores
from executor.model import Verdict
from scorer.about import BenchmarkAbout, GenerationsAbout, JudgeAbout
from scorer.errors import RunDirectoryError
from scorer.report.runs import Report, names_of, report_of
from scorer.report.tables import csv_text, json_text, markdown
from scorer.scores import Scores
from tests.unit.scored import judgement, judgements, problem, problems, write_run

HOSTILE = "a|b\n# <b>*x*</b> \x1b[31m\u202e[red]"


@pytest.fixture
def two(tmp_path: Path) -> Report:
    """Two runs of four problems in two languages, one sample each: the first solves one, the second three."""
    asked = [problem(id_, language="Go" if id_ in "ab" else "C") for id_ in "abcd"]
    first = judgements({"a": [4], "b": [0], "c": [2], "d": [0]})
    second = judgements({"a": [4], "b": [4], "c": [4], "d": [1]})
    paths = [write_run(tmp_path / "base", asked, first), write_run(tmp_path / "tuned", asked, second)]
    return report_of(paths, k=(1,))


@pytest.fixture
def hostile(tmp_path: Path) -> Report:
    asked = {id_: problem(id_, category=category) for id_, category in (("a", HOSTILE), ("b", "=1+1"))}
    found = [judgement("a", method=HOSTILE), judgement("b", 0)]
    return report_of([write_run(tmp_path / "run", asked.values(), found)])


def shown(report: Report, width: int = 80) -> str:
    file = io.StringIO()
    console = Console(file=file, width=width, markup=False, highlight=False, emoji=False)
    for run in report.runs:
        show_scores(run.scores, console, warnings=run.warnings)
    for run, comparison in zip(report.runs[1:], report.comparisons, strict=True):
        console.print(comparison_table(report.runs[0].name, run.name, comparison))
    return file.getvalue()


def test_markdown_has_the_scores_and_the_difference(two: Report) -> None:
    lines = markdown(two).splitlines()
    assert "## base on toys" in lines
    assert any(line.startswith("| AC@all | 25.0 | ") for line in lines)
    assert any(line.startswith("| AC@all | 25.0 | 75.0 | +50.0 | ") and "McNemar, exact" in line for line in lines)
    assert "| Go | 2 | 2 | 100.0 | 50.0 | 50.0 | 50.0 | 50.0 |" in lines
    assert "| program found | AC | WA |" in lines


def test_every_row_of_a_markdown_table_has_as_many_cells_as_its_head(two: Report, hostile: Report) -> None:
    for text in (markdown(two), markdown(hostile)):
        for block in text.split("\n\n"):
            rows = [line.replace("\\|", "") for line in block.splitlines() if line.startswith("|")]
            assert len({row.count("|") for row in rows}) <= 1, block


def test_names_are_no_markdown(hostile: Report) -> None:
    text = markdown(hostile)
    assert "<b>" not in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\n# " not in text


def test_csv_has_one_line_for_each_metric_of_each_part(two: Report) -> None:
    rows = list(csv.DictReader(io.StringIO(csv_text(two))))
    found = {(row["run"], row["part"], row["name"], row["metric"]): row for row in rows}
    assert len(found) == len(rows) == 2 * 3 * 5
    assert float(found["tuned", "overall", "all", "ac_at_all"]["value"]) == 0.75
    assert found["base", "language", "Go", "ac_rate"]["problems"] == "2"
    low, high = (float(found["base", "overall", "all", "ac_rate"][end]) for end in ("low", "high"))
    assert low <= 0.375 <= high


def test_a_spreadsheet_takes_no_name_for_a_formula(hostile: Report) -> None:
    names = {row["name"] for row in csv.DictReader(io.StringIO(csv_text(hostile)))}
    assert names == {"all", HOSTILE, "'=1+1"}


def test_json_holds_the_scores_as_scores_json_does(two: Report) -> None:
    found = json.loads(json_text(two))
    assert [run["name"] for run in found["runs"]] == ["base", "tuned"]
    assert Scores.from_json(json.dumps(found["runs"][1]["scores"])) == two.runs[1].scores
    assert found["runs"][0]["about"]["benchmark"]["name"] == "toys"
    difference = found["comparisons"][0]["metrics"]["ac_at_all"]["difference"]
    assert (found["comparisons"][0]["second"], difference["value"], difference["only_second"]) == ("tuned", 0.5, 2)


def test_the_terminal_shows_scores_within_80_columns_and_without_colours(two: Report) -> None:
    text = shown(two)
    assert max(map(len, text.splitlines())) <= 80
    assert "\x1b" not in text
    assert "4 samples of 4 problems:  AC 1  WA 3" in text
    assert "over the 4 problems that both have; p: McNemar, exact (Compilable, AC@1," in text
    row = next(line.split() for line in text.splitlines() if line.startswith("AC@all") and "+50.0" in line)
    assert row[:4] == ["AC@all", "25.0", "75.0", "+50.0"]


def test_many_metrics_of_many_runs_fit_80_columns(tmp_path: Path) -> None:
    long = "a category with a name that is longer than most"
    asked = {**problems("a", "b", category=long), "c": problem("c", category="other", defect="it has none")}
    found = judgements({id_: [4] * 6 + [1] * 6 for id_ in "abc"})
    paths = [write_run(tmp_path / f"a-very-long-name-of-a-run-{i}", asked.values(), found) for i in range(2)]
    text = shown(report_of(paths))
    assert max(map(len, text.splitlines())) <= 80
    assert "pass@10" in text
    assert "12 sets, mean ± std" in text


def test_names_are_no_markup_and_move_no_cursor_on_the_terminal(hostile: Report) -> None:
    text = shown(hostile, width=200)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "a|b\\n# <b>" in text


def test_warnings_stand_below_the_table(tmp_path: Path) -> None:
    found = [judgement("a"), judgement("b", 0, verdict=Verdict.JE)]
    facts: dict[str, Any] = {
        "generations": GenerationsAbout(left_out=3),
        "judge": JudgeAbout(losses=["memory is polled"]),
        "benchmark": BenchmarkAbout(name="toys", version="1", warnings=["two problems are malformed"]),
    }
    text = shown(report_of([write_run(tmp_path / "run", problems("a", "b").values(), found, **facts)]))
    assert "note: 3 lines of the generations were no sample and left out." in text
    assert "note: 1 of 2 problems has no judged sample" in text
    assert "note: The benchmark's data: two problems are malformed" in text
    assert "note: The judge: memory is polled" in text


def test_a_run_of_which_nothing_was_judged_is_shown_as_that(tmp_path: Path) -> None:
    report = report_of([write_run(tmp_path / "run", problems("a").values(), [])])
    assert "nothing has been judged yet" in shown(report)
    assert "0 samples of 0 problems" in markdown(report)
    assert json.loads(json_text(report))["runs"][0]["scores"]["missing"] == ["a"]


@pytest.mark.parametrize(
    "paths, names",
    [
        (["x/a", "x/b"], ["a", "b"]),
        (["x/run", "y/run"], ["x/run", "y/run"]),
        (["x/run", "x/run"], ["run (1)", "run (2)"]),
        (["x/run"], ["run"]),
    ],
)
def test_runs_are_named_by_what_tells_them_apart(paths: list[str], names: list[str]) -> None:
    assert names_of([Path("/nowhere", path) for path in paths]) == names


def test_runs_that_cannot_be_compared_are_said_to_be(tmp_path: Path) -> None:
    asked = problems("a", "b")
    first = write_run(tmp_path / "x", asked.values(), judgements({"a": [4], "b": [4]}))
    other = write_run(
        tmp_path / "y",
        problems("a", "c").values(),
        judgements({"a": [4], "c": [4]}),
        benchmark=BenchmarkAbout(name="toys", version="another"),
        toolchains={"cpp": "g++ 12"},
    )
    assert report_of([first, other]).warnings == (
        "x and y are of different data of toys.",
        "x and y were judged with different toolchains.",
        "2 problems are in only one of x and y; differences are over the common ones.",
    )


def test_what_is_no_run_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunDirectoryError, match=r"no run directory: it has no run\.toml"):
        report_of([tmp_path])
    with pytest.raises(ValueError, match="at least one run"):
        report_of([])
