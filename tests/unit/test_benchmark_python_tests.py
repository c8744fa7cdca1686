"""HumanEval, MBPP and EvalPlus: what their files may hold, and what becomes of a sample."""

from __future__ import annotations

import gzip
import json
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from executor.model import Job, Verdict
from scorer.benchmarks import evalplus, humaneval, mbpp
from scorer.benchmarks.python_tests import PythonTests
from scorer.errors import BenchmarkDataError
from scorer.model import Form, Sample

HUMANEVAL = {
    "task_id": "HumanEval/1000",
    "prompt": 'from math import pi\n\n\ndef twice(x):\n    """ Twice. """\n',
    "entry_point": "twice",
    "canonical_solution": "    return 2 * x\n",
    "test": "def check(candidate):\n    assert candidate(2) == 4\n",
}
MBPP = {
    "task_id": 11,
    "text": "Write a function to double a number.",
    "code": "def twice(x):\r\n  return 2 * x",
    "test_list": ["assert twice(2) == 4", "assert set([twice(3)]) == set([6])"],
    "test_setup_code": "import math",
    "challenge_test_list": ["assert twice(math.inf) == math.inf"],
}
EVALPLUS = {
    "task_id": "HumanEval/1000",
    "prompt": HUMANEVAL["prompt"],
    "entry_point": "twice",
    "canonical_solution": HUMANEVAL["canonical_solution"],
    "contract": "",
    "base_input": [[2]],
    "plus_input": [[0], [-1.5]],
    "atol": 0,
}


def write(path: Path, *entries: Mapping[str, Any]) -> Path:
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    return path


def job_of(benchmark: PythonTests, text: str, form: Form, problem: str) -> Job:
    prepared = benchmark.prepare(Sample(problem=problem, index=0, text=text, form=form))
    assert prepared.job is not None, prepared.detail
    return prepared.job


def files_of(job: Job) -> dict[str, bytes]:
    return {file.name: file.content for file in job.submission.files if isinstance(file.content, bytes)}


@pytest.fixture
def one(tmp_path: Path) -> PythonTests:
    return humaneval.load(write(tmp_path / "HumanEval.jsonl", HUMANEVAL))


def test_a_folder_may_be_given_and_the_file_be_compressed(tmp_path: Path, one: PythonTests) -> None:
    (tmp_path / "HumanEval.jsonl.gz").write_bytes(gzip.compress(json.dumps(HUMANEVAL).encode()))
    (tmp_path / "HumanEval.jsonl").unlink()
    loaded = humaneval.load(tmp_path)
    assert loaded.problems == one.problems
    assert loaded.problems["HumanEval/1000"].fields["entry_point"] == "twice"


@pytest.mark.parametrize(
    "text, form, begin, end",
    [
        ("    return 2 * x\n", Form.COMPLETION, HUMANEVAL["prompt"], "    return 2 * x"),
        ("def twice(x): return 2 * x\n", Form.SOLUTION, "def twice(x)", "return 2 * x"),
        (
            "```python\ndef twice(x):\n    return 2 * x\n```",
            Form.ANSWER,
            HUMANEVAL["prompt"],
            "def twice(x):\n    return 2 * x",
        ),
    ],
)
def test_an_answer_to_humaneval_is_laid_out_by_its_form(
    one: PythonTests, text: str, form: Form, begin: str, end: str
) -> None:
    files = files_of(job_of(one, text, form, "HumanEval/1000"))
    answer = files["answer.py"].decode()
    assert answer.startswith(begin)
    assert answer.rstrip().endswith(end)
    assert files["tests.py"].decode().endswith("\ncheck(twice)\n")
    assert b"twice" not in files["main.py"]


def test_an_answer_without_code_is_ce(one: PythonTests) -> None:
    prepared = one.prepare(Sample(problem="HumanEval/1000", index=0, text=""))
    assert (prepared.job, prepared.settled) == (None, Verdict.CE)


def test_a_nonce_is_new_in_every_preparation_and_the_digest_is_not(one: PythonTests) -> None:
    sample = Sample(problem="HumanEval/1000", index=0, text="    return 1\n", form=Form.COMPLETION)
    first, second = one.prepare(sample), one.prepare(sample)
    assert first.digest == second.digest
    assert first.job is not None
    assert second.job is not None
    assert first.job.submission == second.job.submission
    assert first.job.cases[0].stdin != second.job.cases[0].stdin


@pytest.mark.parametrize(
    "change, mistake",
    [
        ({"test": 1}, "line 1: test: Input should be a valid string"),
        ({"entry_point": "a b"}, "line 1: entry_point: String should match pattern"),
        ({"task_id": ""}, "line 1: task_id: String should have at least 1 character"),
    ],
)
def test_a_bad_line_of_humaneval_is_refused(tmp_path: Path, change: dict[str, Any], mistake: str) -> None:
    with pytest.raises(BenchmarkDataError, match=mistake):
        humaneval.load(write(tmp_path / "a.jsonl", HUMANEVAL | change))


def test_a_task_twice_and_no_task_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkDataError, match="line 2: there is a task HumanEval/1000 already"):
        humaneval.load(write(tmp_path / "a.jsonl", HUMANEVAL, HUMANEVAL))
    with pytest.raises(BenchmarkDataError, match="holds no task"):
        humaneval.load(write(tmp_path / "a.jsonl"))
    with pytest.raises(BenchmarkDataError, match=r"holds no HumanEval\.jsonl\.gz or HumanEval\.jsonl"):
        humaneval.load(tmp_path)


def test_mbpp_is_read_by_split_and_with_or_without_challenges(tmp_path: Path) -> None:
    write(tmp_path / "mbpp.jsonl", MBPP, MBPP | {"task_id": 2}, MBPP | {"task_id": 700})
    assert list(mbpp.load(tmp_path).problems) == ["MBPP/11"]
    assert list(mbpp.load(tmp_path, split="prompt").problems) == ["MBPP/2"]
    assert len(mbpp.load(tmp_path, split="all").problems) == 3
    with pytest.raises(BenchmarkDataError, match="holds no task of the split 'validation'"):
        mbpp.load(tmp_path, split="validation")
    problem = mbpp.load(tmp_path).problems["MBPP/11"]
    assert (problem.title, problem.statement) == ("twice", MBPP["text"])
    assert problem.fields["tests"] == "\n".join(MBPP["test_list"])  # type: ignore[arg-type]  # it is a list
    for tests, challenged in (("list", False), ("challenge", True)):
        files = files_of(job_of(mbpp.load(tmp_path, tests=tests), "x", Form.SOLUTION, "MBPP/11"))
        assert files["tests.py"].startswith(b"import math\nassert twice(2) == 4\n")
        assert (b"math.inf" in files["tests.py"]) is challenged


def test_the_sanitized_set_has_fields_of_its_own(tmp_path: Path) -> None:
    entry = {key: MBPP[key] for key in ("task_id", "code", "test_list")} | {
        "prompt": MBPP["text"],
        "test_imports": ["import math"],
        "source_file": "x.ipynb",
    }
    (tmp_path / "sanitized-mbpp.json").write_text(json.dumps([entry]))
    benchmark = mbpp.load(tmp_path, which="sanitized")
    assert benchmark.problems["MBPP/11"].statement == MBPP["text"]
    files = files_of(job_of(benchmark, "x", Form.SOLUTION, "MBPP/11"))
    assert files["tests.py"].startswith(b"import math\n\nassert twice(2) == 4\n")
    (tmp_path / "sanitized-mbpp.json").write_text(json.dumps([entry, {"task_id": 12}]))
    with pytest.raises(BenchmarkDataError, match=r"sanitized-mbpp\.json, entry 2: .*: Field required"):
        mbpp.load(tmp_path, which="sanitized")


@pytest.mark.parametrize(
    "assertions, name",
    [
        (["assert f(1) == 2", "assert f(2) == 3"], "f"),
        (["assert set(g(1)) == set(h(2))"], "g"),
        (["assert a(1) == b(2)", "assert b(2)"], "b"),
        (["assert math.isclose(f(1), 2)"], "f"),
        (["assert len([1]) == 1"], None),
        (["assert ("], None),
    ],
)
def test_the_function_that_is_asked_for_is_the_one_that_all_assertions_call(
    assertions: list[str], name: str | None
) -> None:
    assert mbpp.asked_for(assertions) == name


def test_evalplus_has_a_case_for_the_original_inputs_and_one_for_those_added(tmp_path: Path) -> None:
    path = write(tmp_path / "HumanEvalPlus.jsonl", EVALPLUS)
    job = job_of(evalplus.load(tmp_path), "x", Form.SOLUTION, "HumanEval/1000")
    assert [case.name for case in job.cases] == ["base", "plus"]
    for case in job.cases:
        assert isinstance(case.expected, bytes)
        assert case.stdin == case.expected + b"\n" + case.name.encode()
    files = files_of(job)
    assert pickle.loads(files["plus.pickle"]) == EVALPLUS["plus_input"]  # noqa: S301  written above
    assert files["reference.py"].decode() == HUMANEVAL["prompt"] + HUMANEVAL["canonical_solution"]
    base = job_of(evalplus.load(path, tests="base"), "x", Form.SOLUTION, "HumanEval/1000")
    assert [case.name for case in base.cases] == ["base"]


@pytest.mark.parametrize(
    "number, given, wanted",
    [
        (2, [[1], [2]], [(1,), (2,)]),
        (63, [[[1, 2]]], [[(1, 2)]]),
        (75, [[[1, 2]], 3], [[(1, 2)], 3]),
        (106, [[1], [2]], [[1], (2,)]),
        (115, [[[1, 1], [], {}]], [[{1}, {}, {}]]),
        (124, ["1.5", "1+2j"], (1.5, 1 + 2j)),
        (250, [[1], 2], [(1,), 2]),
        (252, ["1j"], [1j]),
        (259, [[[1, 2]]], [((1, 2),)]),
        (278, [[1, [2]]], [(1, (2,))]),
        (307, [[1], 2, 3], [(1,), 2, 3]),
        (580, [[1, [2, [3]]]], ((1, (2, (3,))),)),
        (722, [{"a": [1]}, 2, 3], [{"a": (1,)}, 2, 3]),
        (999, [[1]], [[1]]),
    ],
)
def test_mbpp_plus_gets_the_tuples_back_that_json_took(
    tmp_path: Path, number: int, given: list[Any], wanted: object
) -> None:
    entry = EVALPLUS | {"task_id": f"Mbpp/{number}", "base_input": [given], "plus_input": {}}
    benchmark = evalplus.load(write(tmp_path / "MbppPlus.jsonl", entry), which="mbpp")
    job = job_of(benchmark, "x", Form.SOLUTION, f"Mbpp/{number}")
    assert [case.name for case in job.cases] == ["base"]
    unpacked = pickle.loads(files_of(job)["base.pickle"])  # noqa: S301  written above
    assert unpacked == [wanted]
    assert repr(unpacked) == repr([wanted])


def test_inputs_of_another_shape_are_refused(tmp_path: Path) -> None:
    entry = EVALPLUS | {"task_id": "Mbpp/2", "base_input": [[1]]}
    with pytest.raises(BenchmarkDataError, match=r"line 1: the inputs are not those of Mbpp/2"):
        evalplus.load(write(tmp_path / "MbppPlus.jsonl", entry))
