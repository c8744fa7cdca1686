"""Every format of generations says the same samples, and what is no sample is told with its place."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from scorer.errors import GenerationsError
from scorer.generations import Format, Rejected, format_of, read
from scorer.model import Form, Sample

IDS = ("HumanEval/0", "HumanEval/1")


def written(path: Path, *lines: object) -> Path:
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    return path


def parts(path: Path, ids: Sequence[str] = IDS) -> tuple[list[Sample], list[Rejected]]:
    found = list(read(path, ids))
    return [each for each in found if isinstance(each, Sample)], [each for each in found if isinstance(each, Rejected)]


def keys(samples: Sequence[Sample]) -> list[tuple[str, int, str, Form]]:
    return [(each.problem, each.index, each.text, each.form) for each in samples]


COMPLETIONS = [
    ("HumanEval/0", 0, "a", Form.COMPLETION),
    ("HumanEval/1", 0, "b", Form.COMPLETION),
    ("HumanEval/0", 1, "c", Form.COMPLETION),
]
LINES = [
    {"task_id": "HumanEval/0", "completion": "a"},
    {"task_id": "HumanEval/1", "completion": "b"},
    {"task_id": "HumanEval/0", "completion": "c"},
]


def test_lines_of_human_eval_are_numbered_for_each_task(tmp_path: Path) -> None:
    samples, rejected = parts(written(tmp_path / "samples.jsonl", *LINES))
    assert keys(samples) == COMPLETIONS
    assert not rejected


def test_gzip_a_byte_order_mark_and_blank_lines_do_not_matter(tmp_path: Path) -> None:
    text = "\ufeff" + "\n\n".join(map(json.dumps, LINES))
    (tmp_path / "samples.jsonl.gz").write_bytes(gzip.compress(text.encode()))
    assert keys(parts(tmp_path / "samples.jsonl.gz")[0]) == COMPLETIONS


def test_lines_of_evalplus_are_solutions_and_those_of_codegeex_completions(tmp_path: Path) -> None:
    lines = [
        {"task_id": "HumanEval/0", "solution": "s", "completion": "ignored", "_identifier": "x"},
        {"task_id": "HumanEval/1", "generation": "g", "prompt": "p", "finish_reason": "length"},
    ]
    samples, _ = parts(written(tmp_path / "samples.jsonl", *lines))
    assert keys(samples) == [("HumanEval/0", 0, "s", Form.SOLUTION), ("HumanEval/1", 0, "g", Form.COMPLETION)]
    assert samples[0].details == {"_identifier": "x"}
    assert (samples[1].prompt, samples[1].truncated) == ("p", True)


def test_tasks_may_be_numbers(tmp_path: Path) -> None:
    samples, _ = parts(written(tmp_path / "mbpp.jsonl", {"task_id": 11, "completion": "x"}), ["11"])
    assert keys(samples) == [("11", 0, "x", Form.COMPLETION)]


def test_our_own_lines_are_answers_unless_they_say_otherwise(tmp_path: Path) -> None:
    lines = [
        {"problem": "HumanEval/1", "sample": 3, "text": "t", "model": "m", "seed": 1},
        {"problem": "HumanEval/1", "sample": 4, "text": "t", "form": "solution"},
    ]
    samples, _ = parts(written(tmp_path / "generations.jsonl", *lines))
    assert keys(samples) == [("HumanEval/1", 3, "t", Form.ANSWER), ("HumanEval/1", 4, "t", Form.SOLUTION)]
    assert samples[0].details == {"model": "m", "seed": 1}
    assert list(read(tmp_path)) == samples, "of a run directory its generations are read"


def test_a_list_of_lists_is_in_the_order_of_the_benchmark(tmp_path: Path) -> None:
    path = written(tmp_path / "generations.json", [["a", "b"], ["c"]])
    samples, rejected = parts(path)
    assert keys(samples) == [
        ("HumanEval/0", 0, "a", Form.SOLUTION),
        ("HumanEval/0", 1, "b", Form.SOLUTION),
        ("HumanEval/1", 0, "c", Form.SOLUTION),
    ]
    assert not rejected
    assert str(next(read(path))) == f"{path}: item 1: of which problem is it?"


def test_a_list_of_objects_is_read_like_lines(tmp_path: Path) -> None:
    assert keys(parts(written(tmp_path / "samples.json", LINES))[0]) == COMPLETIONS


@pytest.mark.parametrize("names", [("HumanEval_0", "HumanEval_1"), ("HumanEval/0", "HumanEval/1")])
def test_a_folder_for_each_problem(tmp_path: Path, names: tuple[str, str]) -> None:
    for name, file, text in (
        (names[0], "0.py", "a"),
        (names[0], "10.py", "c"),
        (names[0], "9.py", "b"),
        (names[1], "0.md", "d"),
    ):
        (tmp_path / name).mkdir(parents=True, exist_ok=True)
        (tmp_path / name / file).write_text(text)
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "0.py").touch()
    samples, rejected = parts(tmp_path)
    assert keys(samples) == [
        ("HumanEval/0", 0, "a", Form.SOLUTION),
        ("HumanEval/0", 9, "b", Form.SOLUTION),
        ("HumanEval/0", 10, "c", Form.SOLUTION),
        ("HumanEval/1", 0, "d", Form.ANSWER),
    ]
    assert not rejected


def test_what_is_wrong_in_a_folder_is_told_with_the_file(tmp_path: Path) -> None:
    (tmp_path / "HumanEval_0").mkdir()
    (tmp_path / "other").mkdir()
    for name in ("README.md", "HumanEval_0/0.py", "HumanEval_0/0.cpp", "HumanEval_0/best.py", "other/0.py"):
        (tmp_path / name).touch()
    samples, rejected = parts(tmp_path)
    assert len(samples) == 1
    assert sorted((each.file.relative_to(tmp_path).as_posix(), each.reason) for each in rejected) == [
        ("HumanEval_0/0.py", "sample 0 of 'HumanEval/0' is there already"),
        ("HumanEval_0/best.py", "its name is no number, which would say which sample it is"),
        ("README.md", "it is in no problem's folder"),
        ("other/0.py", "the benchmark has no problem 'other'"),
    ]


def test_a_table_has_a_row_for_each_answer(tmp_path: Path) -> None:
    rows = 'filename,completion\ncases/a.yaml,"one\n""two"""\ncases/b.yaml,x\ncases/a.yaml,"three\r\n"\n'
    (tmp_path / "answers.csv").write_text("\ufeff" + rows)
    found = list(read(tmp_path / "answers.csv", ["a", "b"], aliases={"cases/a.yaml": "a", "cases/b.yaml": "b"}))
    assert keys([each for each in found if isinstance(each, Sample)]) == [
        ("a", 0, 'one\n"two"', Form.ANSWER),
        ("b", 0, "x", Form.ANSWER),
        ("a", 1, "three\r\n", Form.ANSWER),
    ]


@pytest.mark.parametrize("cell, text", [("", "nan"), ("None", "nan"), ("<NA>", "nan"), ("none", "none"), (" ", " ")])
def test_a_cell_that_the_harness_of_infibench_reads_as_no_number_is_the_text_that_it_makes_of_it(
    tmp_path: Path, cell: str, text: str
) -> None:
    (tmp_path / "answers.csv").write_text(f'filename,completion\na,"{cell}"\n')
    (sample,), _ = parts(tmp_path / "answers.csv", ["a"])
    assert sample.text == text
    (tmp_path / "ours.csv").write_text(f'task_id,completion\na,"{cell}"\n')
    (sample,), _ = parts(tmp_path / "ours.csv", ["a"])
    assert sample.text == cell


def test_what_is_wrong_in_a_table_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "answers.csv").write_text("filename,answer\na,x\n")
    _, (rejected,) = parts(tmp_path / "answers.csv")
    assert (rejected.line, rejected.reason.partition(";")[0]) == (2, "there is no 'filename' with a 'completion'")


def test_a_folder_may_list_the_files_of_each_problem(tmp_path: Path) -> None:
    for name in ("one.txt", "two.txt"):
        (tmp_path / name).write_text(name)
    (tmp_path / "params.yaml").write_text("answer_paths: {c/a.yaml: [two.txt, one.txt, gone.txt, ../x], b: one.txt}")
    found = list(read(tmp_path, ["a"], aliases={"c/a.yaml": "a"}))
    assert keys([each for each in found if isinstance(each, Sample)]) == [
        ("a", 0, "two.txt", Form.ANSWER),
        ("a", 1, "one.txt", Form.ANSWER),
    ]
    assert [each.reason for each in found if isinstance(each, Rejected)] == [
        "it cannot be read: No such file or directory",
        "'../x' leaves the folder",
        "the answers of 'b' are no list of paths",
    ]


def test_ends_of_lines_in_listed_files_are_what_a_file_opened_as_text_has(tmp_path: Path) -> None:
    (tmp_path / "windows.txt").write_bytes(b"one\r\ntwo\rthree\n")
    (tmp_path / "params.yaml").write_text("answer_paths: {a: [windows.txt]}")
    (sample,), _ = parts(tmp_path, ["a"])
    assert sample.text == "one\ntwo\nthree\n"


@pytest.mark.parametrize("text, sentence", [("a: [", "is no YAML"), ("a: 1", "no mapping `answer_paths`")])
def test_a_list_of_files_that_is_none_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "params.yaml").write_text(text)
    with pytest.raises(GenerationsError, match=sentence):
        list(read(tmp_path))


def test_folders_that_could_be_of_two_problems_are_of_none(tmp_path: Path) -> None:
    (tmp_path / "a_b_c").mkdir()
    (tmp_path / "a_b_c" / "0.py").touch()
    assert [each.reason for each in parts(tmp_path, ["a/b_c", "a_b/c"])[1]] == ["the benchmark has no problem 'a_b_c'"]


def test_bad_lines_are_told_with_their_numbers_and_the_rest_goes_on(tmp_path: Path) -> None:
    good = {"task_id": "HumanEval/0", "completion": "x"}
    bad: list[tuple[object, str]] = [
        ('{"task_id": ', "it is no JSON: "),
        ("[1]", "an object is wanted, not a list"),
        ("7", "an object is wanted, not a number"),
        (
            {"task_id": "HumanEval/0", "completions": ["x"]},
            "there is neither 'completion' nor 'solution'; its keys are",
        ),
        ({"task": 1}, "there is neither 'task_id' nor 'problem'; its keys are 'task'"),
        ({}, "there is neither 'task_id' nor 'problem'; it is empty"),
        ({"task_id": "HumanEval/0", "completion": None}, "completion: Input should be a valid string"),
        ({"task_id": "HumanEval/0", "solution": ["x"]}, "solution: Input should be a valid string"),
        ({"task_id": ["x"], "solution": "x"}, "task_id: Input should be a valid string"),
        ({"task_id": "HumanEval/9", "completion": "x"}, "the benchmark has no problem 'HumanEval/9'"),
        ({"problem": "HumanEval/1", "sample": "0", "text": ""}, "sample: Input should be a valid integer"),
        ({"problem": "HumanEval/1", "sample": 0, "text": "", "form": "poem"}, "form: "),
        ({"problem": "HumanEval/1", "sample": 0}, "text: Field required"),
        ("[" * 100_000, "it is nested too deeply"),
    ]
    path = written(tmp_path / "samples.jsonl", good, *(line for line, _ in bad), good)
    samples, rejected = parts(path)
    assert len(samples) == 2
    for number, ((_, reason), each) in enumerate(zip(bad, rejected, strict=True), 2):
        assert str(each).startswith(f"{path}, line {number}: {reason}")


def test_lines_that_are_no_text_are_told(tmp_path: Path) -> None:
    (tmp_path / "samples.jsonl").write_bytes(b'{"task_id": "\xff"}\n')
    assert [each.reason for each in parts(tmp_path / "samples.jsonl")[1]] == ["it is not in UTF-8"]


def test_a_line_without_a_text_keeps_its_number(tmp_path: Path) -> None:
    lines = [{"task_id": "HumanEval/0", "completion": None}, {"task_id": "HumanEval/0", "completion": "x"}]
    assert [each.index for each in parts(written(tmp_path / "samples.jsonl", *lines))[0]] == [1]


def test_bad_items_of_a_list_are_told(tmp_path: Path) -> None:
    path = written(tmp_path / "generations.json", [["a", 1], "b", ["c"]])
    samples, rejected = parts(path)
    assert len(samples) == 1
    assert [str(each) for each in rejected] == [
        f"{path}: item 1, text 2: a text is wanted, not a number",
        f"{path}: item 2: a list of texts is wanted, not a text",
        f"{path}: item 3: the benchmark has 2 problems",
    ]


def test_a_sample_that_is_there_twice_counts_once(tmp_path: Path) -> None:
    line = {"problem": "HumanEval/1", "sample": 3, "text": "t"}
    samples, rejected = parts(written(tmp_path / "generations.jsonl", line, line))
    assert len(samples) == 1
    assert str(rejected[0]).endswith("line 2: sample 3 of 'HumanEval/1' is there already")


def test_half_of_a_surrogate_pair_is_replaced(tmp_path: Path) -> None:
    path = written(tmp_path / "samples.jsonl", r'{"task_id": "HumanEval/0", "completion": "cut \ud83d"}')
    assert parts(path)[0][0].text == "cut \N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize(
    "content, says",
    [
        (None, "cannot be read: No such file or directory"),
        (b"", "is empty"),
        (gzip.compress(b'{"task_id": "HumanEval/0"}\n' * 10_000, mtime=0)[:60], "cannot be read: "),
        (b'[["a", ', "is no JSON"),
        (b'[["a"]] x', "is no JSON"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, content: bytes | None, says: str) -> None:
    path = tmp_path / "samples"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(GenerationsError, match=says):
        parts(path)


def test_the_format_can_be_said(tmp_path: Path) -> None:
    path = written(tmp_path / "samples", '["a"]')
    assert format_of(path) is Format.LISTS
    assert [str(each) for each in read(path, given=Format.LINES)] == [
        f"{path}, line 1: an object is wanted, not a list"
    ]
    assert next(iter(read(written(path, LINES[0]), form=Form.ANSWER))).form is Form.ANSWER  # type: ignore[union-attr]


def test_one_line_is_held_at_a_time(tmp_path: Path) -> None:
    import tracemalloc

    path = tmp_path / "samples.jsonl"
    with path.open("w") as file:
        for _ in range(400):
            file.write(json.dumps({"task_id": "HumanEval/0", "completion": "x" * 50_000}) + "\n")
    tracemalloc.start()
    try:
        assert sum(1 for _ in read(path, IDS)) == 400
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
