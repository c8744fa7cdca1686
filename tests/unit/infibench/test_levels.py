"""Levels of difficulty: a file says them, and a mistake in it has its line."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from scorer.benchmarks.infibench import InfiBench, load
from scorer.errors import BenchmarkDataError


def suite(folder: Path, levels: str) -> InfiBench:
    """Three questions, and a file of levels."""
    (folder / "cases").mkdir(parents=True)
    for name in ("0-0-1", "0-0-2", "0-0-3"):
        case = {"id": name, "prompt_path": "p.txt", "type": "code completion", "lang": "css"}
        (folder / "cases" / f"eval_{name}.yaml").write_text(yaml.safe_dump(case | {"grading": {"keywords": ["a"]}}))
    (folder / "cases" / "p.txt").write_text("How?")
    cases = [f"cases/eval_0-0-{number}.yaml" for number in (1, 2, 3)]
    (folder / "suite.yaml").write_text(yaml.safe_dump({"cases": cases}))
    (folder / "levels.yaml").write_text(levels)
    return load(folder, levels=str(folder / "levels.yaml"))


def test_questions_are_named_by_their_id_or_by_the_path_of_either_suite(tmp_path: Path) -> None:
    read = suite(tmp_path, "level-1:\n- 0-0-1\n- cases_dev/eval_0-0-2.yaml\nlevel-2: [cases/eval_0-0-3.yaml]\n")
    assert [each.difficulty for each in read.problems.values()] == ["level-1", "level-1", "level-2"]


def test_a_file_may_name_questions_of_another_suite_and_leave_some_out_with_a_word(tmp_path: Path) -> None:
    read = suite(tmp_path, "easy:\n- 0-0-1\n- 9-9-999\n")
    assert [each.difficulty for each in read.problems.values()] == ["easy", None, None]
    assert any("says nothing of 2 questions, such as 0-0-2, 0-0-3" in warning for warning in read.warnings)


@pytest.mark.parametrize(
    "levels, message",
    [
        pytest.param(
            "a:\n- 0-0-1\nb:\n- eval_0-0-1.yaml\n", r"line 4: eval_0-0-1.yaml has a level already, a", id="two"
        ),
        pytest.param("a:\n- 0-0-1\nb: 0-0-2\n", "line 3: b has no list of questions", id="no list"),
        pytest.param("a:\n- 0-0-1\n- {b: c}\n", "line 3: a: a question is no text", id="no text"),
        pytest.param("- 0-0-1\n", "line 1: not a mapping of levels", id="no mapping"),
        pytest.param("a:\n- 0-0-1\n -b\n: [", "line 4: no YAML", id="no YAML"),
        pytest.param("a:\n- 9-9-999\n", "names no question of the suite", id="another suite"),
        pytest.param("", "line 1: not a mapping", id="empty"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(tmp_path: Path, levels: str, message: str) -> None:
    with pytest.raises(BenchmarkDataError, match=f"levels.yaml.*{message}"):
        suite(tmp_path, levels)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    suite(tmp_path, "a: [0-0-1]")
    with pytest.raises(BenchmarkDataError, match=r"nowhere\.yaml cannot be read"):
        load(tmp_path, levels=str(tmp_path / "nowhere.yaml"))
    (tmp_path / "levels.yaml").write_bytes(b"a: [\xff]")
    with pytest.raises(BenchmarkDataError, match=r"levels\.yaml cannot be read"):
        load(tmp_path, levels=str(tmp_path / "levels.yaml"))
