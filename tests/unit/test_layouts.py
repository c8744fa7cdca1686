"""Which files of a tests folder are inputs, and what is expected of each."""

from __future__ import annotations

import pytest

from executor.errors import UsageError
from scorer.layouts import find_pairs, natural_key


def pairs(*paths: str, need_expected: bool = True) -> list[tuple[str, str, str | None]]:
    return [(p.name, p.input, p.expected) for p in find_pairs(paths, need_expected=need_expected)]


@pytest.mark.parametrize("suffix", [".out", ".ans", ".a"])
def test_name_in_goes_with_each_suffix_of_an_expected_output(suffix: str) -> None:
    assert pairs("1.in", f"1{suffix}") == [("1", "1.in", f"1{suffix}")]


def test_cases_come_in_natural_order() -> None:
    names = [name for name, _, _ in pairs(*(f"{n}.{end}" for n in (10, 9, 2, 1, "a") for end in ("in", "out")))]
    assert names == ["1", "2", "9", "10", "a"]


def test_natural_order_goes_folder_by_folder() -> None:
    assert sorted(["a2/1", "a10/0", "a/9", "b"], key=natural_key) == ["a/9", "a2/1", "a10/0", "b"]


def test_cases_of_nested_folders_keep_the_folder_in_their_name() -> None:
    found = pairs("sample/1.in", "sample/1.ans", "secret/1.in", "secret/1.ans")
    assert [name for name, _, _ in found] == ["sample/1", "secret/1"]


@pytest.mark.parametrize("inputs", ["input", "inputs", "in"])
@pytest.mark.parametrize("outputs", ["output", "outputs", "out"])
def test_an_input_folder_goes_with_an_output_folder(inputs: str, outputs: str) -> None:
    assert pairs(f"{inputs}/1.txt", f"{outputs}/1.txt") == [("1", f"{inputs}/1.txt", f"{outputs}/1.txt")]


@pytest.mark.parametrize(
    "given, expected",
    [
        ("input/1", "output/1"),
        ("input/1.in", "output/1.out"),
        ("input/1.in", "output/1.in"),
        ("input/1.txt", "output/1.ans"),
        ("input/a/b.dat", "output/a/b.dat"),
        ("input/input01.txt", "output/output01.txt"),
        ("input/1.out", "output/1.out"),
        ("group1/in/x.1", "group1/out/x.1"),
        ("in/1.in", "in/1.out"),
    ],
)
def test_the_expected_output_is_found_by_the_same_name_or_by_its_stem(given: str, expected: str) -> None:
    assert [(given, expected)] == [(i, e) for _, i, e in pairs(given, expected)]


@pytest.mark.parametrize("number", ["", "1", "007", "_3", "-3"])
def test_input_txt_goes_with_output_txt_of_the_same_number(number: str) -> None:
    found = pairs(f"input{number}.txt", f"output{number}.txt")
    assert found == [(f"input{number}", f"input{number}.txt", f"output{number}.txt")]


def test_layouts_may_be_mixed_in_one_folder() -> None:
    found = pairs("1.in", "1.out", "input2.txt", "output2.txt", "more/input/3", "more/output/3")
    assert [name for name, _, _ in found] == ["1", "input2", "more/3"]


def test_two_cases_of_one_name_are_told_apart_by_their_paths() -> None:
    found = pairs("1.in", "1.out", "input/1.txt", "output/1.txt")
    assert [name for name, _, _ in found] == ["1.in", "input/1.txt"]


def test_other_files_and_hidden_files_are_not_looked_at() -> None:
    found = pairs("1.in", "1.out", "README.md", "gen.py", ".1.in.swp", "._2.in", ".git/3.in", "1.in~")
    assert [name for name, _, _ in found] == ["1"]


def test_an_input_without_expected_output_is_refused_by_its_name() -> None:
    with pytest.raises(UsageError, match=r"input '2\.in' has no expected output"):
        pairs("1.in", "1.out", "2.in")


def test_an_input_folder_without_output_folder_is_refused_not_ignored() -> None:
    with pytest.raises(UsageError, match=r"input 'input/1\.txt' has no expected output"):
        pairs("input/1.txt", "input/2.txt")


def test_two_candidates_for_one_input_are_refused_with_both_names() -> None:
    with pytest.raises(UsageError, match=r"input '1\.in' has several expected outputs: '1\.ans' and '1\.out'"):
        pairs("1.in", "1.out", "1.ans")


def test_an_expected_output_without_input_is_refused_by_its_name() -> None:
    with pytest.raises(UsageError, match=r"expected output '2\.ans' has no input"):
        pairs("1.in", "1.out", "2.ans")


def test_an_output_folder_without_input_folder_is_refused() -> None:
    with pytest.raises(UsageError, match=r"expected output 'output/1\.txt' has no input"):
        pairs("output/1.txt", "1.in", "1.out")


def test_one_expected_output_for_two_inputs_is_refused() -> None:
    with pytest.raises(UsageError, match=r"expected output 'output/1\.out' belongs to several inputs"):
        pairs("input/1.in", "input/1.txt", "output/1.out")


@pytest.mark.parametrize("paths", [[], ["README.md"], ["a.cpp", "notes/b.txt"]])
def test_a_folder_without_tests_is_refused_and_the_layouts_named(paths: list[str]) -> None:
    with pytest.raises(UsageError, match=r"there is no test in it; known layouts: NAME\.in with NAME\.out"):
        pairs(*paths)


def test_inputs_alone_are_enough_when_only_the_exit_status_counts() -> None:
    found = pairs("1.in", "2.in", "2.out", "2.ans", "input/3", need_expected=False)
    assert [(name, expected) for name, _, expected in found] == [("1", None), ("2", None), ("3", None)]


def test_a_name_that_is_not_utf_8_is_a_name_like_any_other() -> None:
    assert pairs("\udcff.in", "\udcff.out") == [("\udcff", "\udcff.in", "\udcff.out")]


def test_a_hostile_name_is_escaped_in_the_sentence_about_it() -> None:
    with pytest.raises(UsageError, match=r"input '\\x1b\[2J\.in' has no expected output"):
        pairs("\x1b[2J.in")


def test_twenty_thousand_files_are_sorted_out_within_seconds() -> None:
    names = [f"{folder}/group{n % 50}/{n}.txt" for n in range(10_000) for folder in ("input", "output")]
    assert len(find_pairs(names)) == 10_000
