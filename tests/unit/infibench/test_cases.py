"""InfiBench's files: what is read, and the sentence for each mistake."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from scorer.benchmarks.infibench.cases import read_suite
from scorer.errors import BenchmarkDataError


def spec(**grading: Any) -> dict[str, Any]:
    return {"id": "q", "prompt_path": "prompt.txt", "type": "code completion", "lang": "python", "grading": grading}


def folder(path: Path, case: object, suite: object = None, **files: str) -> Path:
    (path / "cases").mkdir(parents=True)
    text = case if isinstance(case, str) else yaml.safe_dump(case)
    (path / "cases" / "q.yaml").write_text(text)
    (path / "cases" / "prompt.txt").write_text("How?")
    (path / "suite.yaml").write_text(yaml.safe_dump(suite or {"cases": ["cases/q.yaml"]}))
    for name, content in files.items():
        (path / "cases" / name.replace("__", ".")).write_text(content)
    return path


def table(path: Path, *rows: dict[str, str]) -> Path:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, ["case_path", "prompt", "eval_spec", "dependencies"])
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(gzip.compress(text.getvalue().encode()))
    return path


def row(case: object, **files: str) -> dict[str, str]:
    return {
        "case_path": "cases/q.yaml",
        "prompt": "How?",
        "eval_spec": yaml.safe_dump(case),
        "dependencies": json.dumps({name.replace("__", "."): text for name, text in files.items()}),
    }


def test_a_folder_and_a_table_hold_the_same_cases(tmp_path: Path) -> None:
    case = spec(unit_test={"tests": [{"path": "t.py", "prefix_path": "p.py"}]}, max_score=2.0)
    one = read_suite(folder(tmp_path / "folder", case, t__py="t", p__py="p")).cases["q"]
    other = read_suite(table(tmp_path / "suite.csv.gz", row(case, t__py="t", p__py="p"))).cases["q"]
    assert (one.file, one.prompt, one.files, one.digest) == (other.file, other.prompt, other.files, other.digest)
    assert one.files == {"t.py": "t", "p.py": "p"}


def test_handlers_are_found_by_the_last_name_of_their_module(tmp_path: Path) -> None:
    case = spec(keywords=["a", {"post_handler": {"module": "cases.handler_q", "func": "f"}}])
    read = read_suite(folder(tmp_path, case, handler_q__py="def f(): ...")).cases["q"]
    assert read.files == {"cases.handler_q": "def f(): ..."}


def test_a_suite_says_how_attempts_are_put_together(tmp_path: Path) -> None:
    suite = {"cases": [{"path": "cases/q.yaml", "weight": 3}], "attempt_reduce_mode": "avg_max_10"}
    assert read_suite(folder(tmp_path, spec(keywords=["a"]), suite)).k == 10


@pytest.mark.parametrize(
    "case, sentence",
    [
        ("id: [", "q.yaml is no YAML"),
        (spec() | {"grading": {"keyword": []}}, "grading.keyword: Extra inputs"),
        (spec(keywords="a"), "keywords: Value error, not a list of rules"),
        (spec(keywords=[{"weight": 1.0}]), "rule 0 has no content"),
        (spec(keywords=["a", {"content": {"or": [{"and": []}]}}]), r"rule 1: or\[0\].and is not a list"),
        (spec(keywords=[{"content": {"or": [5]}}]), r"or\[0\]. is int, not text"),
        (spec(keywords=[{"content": {"cond": "True"}}]), "none of or, and, content"),
        (spec(blank_filling={"template": "a [blank] b", "targets": ["x", "y"]}), "1 blanks and 2 targets"),
        (spec(blank_filling={"template": "a [blank] b", "targets": [{"content": [3]}]}), "target 0 is neither"),
        (spec(unit_test={"tests": []}), "unit_test.tests: List should have at least 1"),
        (spec(unit_test={"tests": [{"path": "gone.py"}]}), "gone.py cannot be read"),
        (spec(unit_test={"tests": [{"path": "../gone.py"}]}), "leaves the folder"),
        (spec(similarity=[{"metric": "bleu", "references": ["a"]}]), "similarity.0.metric"),
        (spec(keywords=["a"], max_score=0), "max_score: Input should be greater than 0"),
    ],
)
def test_a_mistake_names_the_file_and_the_field(tmp_path: Path, case: object, sentence: str) -> None:
    with pytest.raises(BenchmarkDataError, match=sentence):
        read_suite(folder(tmp_path, case))


@pytest.mark.parametrize(
    "change, sentence",
    [
        ({"dependencies": "{"}, "row 1: dependencies is no JSON"),
        ({"dependencies": "[]"}, "row 1: dependencies is not an object of texts"),
        ({"eval_spec": "id: 5"}, "row 1: eval_spec: id: Input should be a valid string"),
    ],
)
def test_a_mistake_in_a_table_names_the_row(tmp_path: Path, change: dict[str, str], sentence: str) -> None:
    with pytest.raises(BenchmarkDataError, match=sentence):
        read_suite(table(tmp_path / "suite.csv.gz", row(spec(keywords=["a"])) | change))


def test_a_file_that_is_missing_among_the_dependencies_is_named(tmp_path: Path) -> None:
    case = spec(unit_test={"tests": [{"path": "t.py"}]})
    with pytest.raises(BenchmarkDataError, match=r"row 1: dependencies has no t\.py"):
        read_suite(table(tmp_path / "suite.csv.gz", row(case)))


def test_an_id_stands_for_one_case(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkDataError, match="row 2: there is a case q already"):
        read_suite(table(tmp_path / "suite.csv.gz", row(spec(keywords=["a"])), row(spec(keywords=["b"]))))


def test_a_folder_without_a_suite_is_no_suite(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkDataError, match="holds 0 suites"):
        read_suite(tmp_path)


def test_an_unknown_way_to_put_attempts_together_is_refused(tmp_path: Path) -> None:
    suite = {"cases": ["cases/q.yaml"], "attempt_reduce_mode": "median"}
    with pytest.raises(BenchmarkDataError, match="attempt_reduce_mode is 'median'"):
        read_suite(folder(tmp_path, spec(keywords=["a"]), suite))
