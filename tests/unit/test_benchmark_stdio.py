"""APPS, TACO, CodeContests and files of one's own: what they may hold, and what becomes of a sample."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from executor.errors import UsageError
from executor.model import MIB, MS, SECOND, CheckerKind, Job, TestCase, Verdict
from scorer.benchmarks.stdio import Stdio, load_apps, load_code_contests
from scorer.errors import BenchmarkDataError
from scorer.model import Form, Sample

OWN = {"id": "sum", "statement": "Add.", "tests": [{"input": "1 2\n", "output": "3\n"}]}
APPS = {
    "problem_id": 7,
    "question": "Add.",
    "input_output": json.dumps({"inputs": ["1 2\n", ["1", "2"]], "outputs": ["3\n", ["3", ""]]}),
    "difficulty": "interview",
}
CALLS = APPS | {"input_output": {"fn_name": "add", "inputs": [[1, 2], [[1], [2]]], "outputs": [[3], [1, 2]]}}
CONTEST = {
    "name": "1_A. Sum",
    "description": "Add.",
    "public_tests": {"input": ["1 2\n"], "output": ["3\n"]},
    "private_tests": {"input": ["2 2\n"], "output": [["4\n", "four\n"]]},
    "generated_tests": {"input": ["3 3\n"], "output": ["6\n"]},
    "source": "CODEFORCES",
    "difficulty": 7,
    "time_limit": {"seconds": 2, "nanos": 500_000_000},
    "memory_limit_bytes": 256_000_000,
}


def write(path: Path, *entries: Mapping[str, Any]) -> Path:
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    return path


def job_of(benchmark: Stdio, problem: str, text: str = "x", **details: object) -> Job:
    sample = Sample(problem=problem, index=0, text=text, form=Form.SOLUTION, details=details)
    prepared = benchmark.prepare(sample)
    assert prepared.job is not None, prepared.detail
    return prepared.job


def test_problems_of_ones_own_are_read(tmp_path: Path) -> None:
    more = {"input": "1", "output": ["a", "b", "c"], "name": "several"}
    own = OWN | {"tests": [*OWN["tests"], more], "time_limit": "1500 ms", "memory_limit": "64 MB"}
    benchmark = load_code_contests(write(tmp_path / "a.jsonl", own))
    job = job_of(benchmark, "sum", language="go")
    assert job.cases == (
        TestCase(name="1", stdin=b"1 2\n", expected=b"3\n"),
        TestCase(name="several", stdin=b"1", expected=b"a", alternatives=(b"b", b"c")),
    )
    assert (job.limits.cpu_ns, job.limits.memory_bytes) == (1500 * MS, 64 * MIB)
    assert (job.submission.runtime, job.submission.entry) == ("go", "main.go")


def test_code_contests_is_read_with_its_three_lists_and_alternatives(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", CONTEST)
    benchmark = load_code_contests(path)
    problem = benchmark.problems["1_A. Sum"]
    assert (problem.cases, problem.category, problem.difficulty, problem.runtime) == (3, "CODEFORCES", "7", None)
    job = job_of(benchmark, problem.id, language="cpp")
    assert [case.name for case in job.cases] == ["public/1", "private/1", "generated/1"]
    assert job.cases[1].alternatives == (b"four\n",)
    assert (job.limits.cpu_ns, job.limits.memory_bytes) == (5 * SECOND // 2, 256_000_000)
    assert load_code_contests(path, tests="given").problems[problem.id].cases == 2


def test_apps_is_read_and_a_list_holds_lines(tmp_path: Path) -> None:
    (tmp_path / "apps.json").write_text(json.dumps([APPS]))
    benchmark = load_apps(tmp_path, checker="lines")
    problem = benchmark.problems["7"]
    assert (problem.runtime, problem.difficulty, problem.cases) == ("python", "interview", 2)
    job = job_of(benchmark, "7")
    assert job.cases[1] == TestCase(name="2", stdin=b"1\n2", expected=b"3\n")
    assert job.checker.kind is CheckerKind.LINES
    assert job_of(benchmark, "7", language="java").submission.runtime == "java"


def test_apps_is_read_as_it_is_unpacked(tmp_path: Path) -> None:
    for split, number in (("test", "0001"), ("test", "0002"), ("train", "0003")):
        folder = tmp_path / "APPS" / split / number
        folder.mkdir(parents=True)
        (folder / "question.txt").write_text("Add.")
        (folder / "metadata.json").write_text('{"difficulty": "competition"}')
        if number != "0002":
            (folder / "input_output.json").write_text(str(APPS["input_output"]))
    benchmark = load_apps(tmp_path)
    assert list(benchmark.problems) == ["0001"]
    assert benchmark.problems["0001"].difficulty == "competition"
    assert benchmark.warnings == ("left out, as they have no test cases: 0002",)
    assert list(load_apps(tmp_path / "APPS", split="train").problems) == ["0003"]


def test_a_call_gets_its_arguments_as_json_and_is_compared_by_what_it_returns(tmp_path: Path) -> None:
    benchmark = load_apps(write(tmp_path / "a.jsonl", CALLS))
    job = job_of(benchmark, "7")
    assert [file.name for file in job.submission.files] == ["main.py", "answer.py"]
    assert job.cases[0] == TestCase(
        name="1", stdin=b'{"function": "add", "arguments": [1, 2]}', expected=b"[3]", alternatives=(b"3",)
    )
    assert job.cases[1].expected == b"[1, 2]"
    assert job.cases[1].alternatives == ()
    refused = benchmark.prepare(Sample(problem="7", index=0, text="x", form=Form.SOLUTION, details={"language": "go"}))
    assert refused.settled is Verdict.CE
    assert refused.detail == "the problem asks for a function, which is judged in python and not in go"


@pytest.mark.parametrize(
    "entry, mistake",
    [
        (OWN | {"tests": [{"input": 1, "output": ""}]}, "line 1: tests.0.input: Input should be a valid string"),
        (OWN | {"tests": [{"input": "", "ouput": ""}]}, "line 1: tests.0.output: Field required"),
        (OWN | {"time_limit": "soon"}, "line 1: time_limit: 'soon' is no time"),
        (OWN | {"memory_limit": "much"}, "line 1: memory_limit: 'much' is no size"),
        (APPS | {"input_output": "{"}, "line 1: input_output: it is no JSON"),
        (APPS | {"input_output": {"inputs": []}}, "line 1: input_output: outputs: Field required"),
        (APPS | {"input_output": {"inputs": ["1"], "outputs": []}}, "line 1: input_output: 1 inputs, 0 outputs"),
        (CONTEST | {"public_tests": {"input": ["1"]}}, "line 1: public_tests: 1 inputs, 0 outputs"),
        ({"id": "x", "tests": []}, "holds no problem with test cases"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_field(tmp_path: Path, entry: Mapping[str, Any], mistake: str) -> None:
    with pytest.raises(BenchmarkDataError) as refused:
        load_code_contests(write(tmp_path / "a.jsonl", entry))
    assert mistake in str(refused.value)
    assert str(refused.value).startswith(str(tmp_path))


def test_a_problem_twice_and_no_problems_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkDataError, match="line 2: there is a task sum already"):
        load_code_contests(write(tmp_path / "a.jsonl", OWN, OWN))
    (tmp_path / "empty").mkdir()
    with pytest.raises(BenchmarkDataError, match=r"holds no \.jsonl or"):
        load_code_contests(tmp_path / "empty")


def test_an_unknown_language_or_checker_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", OWN)
    with pytest.raises(UsageError, match="there is no runtime 'klingon'"):
        load_code_contests(path, language="klingon")
    with pytest.raises(UsageError, match="'nearly' is not a checker"):
        load_code_contests(path, checker="nearly")


def test_a_sample_without_a_language_is_ce_with_the_reason(tmp_path: Path) -> None:
    benchmark = load_code_contests(write(tmp_path / "a.jsonl", OWN))
    prepared = benchmark.prepare(Sample(problem="sum", index=0, text="x", form=Form.SOLUTION))
    assert prepared.settled is Verdict.CE
    assert "nothing says which language this is" in prepared.detail
    fenced = benchmark.prepare(Sample(problem="sum", index=0, text="```rust\nfn main() {}\n```"))
    assert fenced.language == "rust"
