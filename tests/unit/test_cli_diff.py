"""Where an output leaves the expected one."""

from __future__ import annotations

import time

import pytest

from cli.diff import Line, Row, aligned, difference
from executor.model import Checker, CheckerKind

TOKENS = Checker()
EXACT = Checker(CheckerKind.EXACT)
LINES = Checker(CheckerKind.LINES)
UNORDERED = Checker(CheckerKind.UNORDERED)


def content(line: Line | None) -> bytes | None:
    return line.content if line else None


def number(line: Line | None) -> int | None:
    return line.number if line else None


def marked(expected: bytes, got: bytes, checker: Checker) -> list[tuple[bytes | None, bytes | None]]:
    rows = difference(expected, got, checker)
    return [(content(row.expected), content(row.got)) for row in rows if row.marked]


def numbers(rows: tuple[Row, ...]) -> list[tuple[int | None, int | None]]:
    return [(number(row.expected), number(row.got)) for row in rows]


def test_the_first_line_that_differs_is_marked_and_stands_among_its_neighbours() -> None:
    expected = b"".join(b"%d\n" % n for n in range(1, 11))
    rows = difference(expected, expected.replace(b"5", b"five"), TOKENS)
    assert numbers(rows) == [(n, n) for n in range(3, 9)]
    assert [row.expected.number for row in rows if row.marked and row.expected] == [5]


@pytest.mark.parametrize("checker", [TOKENS, EXACT, LINES, UNORDERED, Checker(CheckerKind.FLOAT)])
def test_equal_outputs_have_no_difference(checker: Checker) -> None:
    assert difference(b"1 2\n3\n", b"1 2\n3\n", checker) == ()


def test_spacing_is_no_difference_to_tokens() -> None:
    assert difference(b"1 2\n3\n", b"1  2 3", TOKENS) == ()


def test_a_wrong_token_is_found_although_the_line_breaks_are_others() -> None:
    rows = difference(b"1\n2\n3\n4\n", b"1 2 3 5\n", TOKENS)
    assert [row.got.content for row in rows if row.got] == [b"1 2 3 5\n"]


def test_trailing_blanks_differ_to_exact_alone() -> None:
    assert difference(b"1\n", b"1 \n", LINES) == ()
    assert marked(b"1\n", b"1 \n", EXACT) == [(b"1\n", b"1 \n")]


def test_a_missing_final_line_feed_is_seen_by_exact() -> None:
    assert marked(b"1\n", b"1", EXACT) == [(b"1\n", b"1")]


def test_an_output_that_ends_early_stands_beside_what_is_missing() -> None:
    rows = difference(b"1\n2\n3\n", b"1\n", TOKENS)
    assert numbers(rows) == [(1, 1), (2, None), (3, None)]


def test_no_output_at_all_stands_beside_the_first_lines() -> None:
    assert marked(b"1\n2\n", b"", TOKENS) == [(b"1\n", None), (b"2\n", None)]


def test_a_number_within_the_tolerance_is_no_difference() -> None:
    checker = Checker(CheckerKind.FLOAT, 1e-3)
    assert difference(b"1000.0 2\n", b"1000.5 2.0005\n", checker) == ()
    assert marked(b"1.0\n2.0\n", b"1.0\n2.1\n", checker) == [(b"2.0\n", b"2.1\n")]


def test_unordered_lines_show_what_is_missing_and_what_is_too_much() -> None:
    assert marked(b"a\nb\nc\n", b"c\na\nx\n", UNORDERED) == [(b"b\n", b"x\n")]


@pytest.mark.parametrize("checker", [TOKENS, EXACT, LINES])
def test_a_difference_behind_many_megabytes_is_found_at_once(checker: Checker) -> None:
    data = b"12345678\n" * 4_000_000
    began = time.process_time()
    rows = difference(data, data[:-18] + b"x\n12345678\n", checker)
    assert time.process_time() - began < 2
    assert numbers(rows) == [(n, n) for n in range(3_999_997, 4_000_001)]
    assert [number(row.expected) for row in rows if row.marked] == [3_999_999]


def test_outputs_that_differ_in_spacing_alone_are_given_up_in_bounded_time() -> None:
    began = time.process_time()
    assert difference(b"1 2\n" * 8_000_000, b"1  2\n" * 8_000_000 + b"3", TOKENS) == ()
    assert time.process_time() - began < 10


@pytest.mark.parametrize("before", range(5))
def test_the_context_is_right_at_the_beginning_of_an_output(before: int) -> None:
    head = b"".join(b"%d\n" % n for n in range(1, before + 1))
    rows = difference(head + b"a\n", head + b"b\n", TOKENS)
    assert numbers(rows) == [(n, n) for n in range(max(1, before - 1), before + 2)]


def test_a_difference_far_out_in_a_long_line_is_in_view() -> None:
    a, b = aligned(b"x" * 5000 + b"A" + b"y" * 5000, b"x" * 5000 + b"B" + b"y" * 5000, 40)
    assert len(a) == len(b) == 40
    assert "A" in a
    assert "B" in b
    assert a.startswith("...")
    assert a.endswith("...")


def test_a_difference_behind_a_megabyte_of_one_line_is_in_view() -> None:
    a, b = aligned("é".encode() * 500_000 + b"A", "é".encode() * 500_000 + b"B", 30)
    assert (a[-1], b[-1]) == ("A", "B")
    assert a.startswith("...é")
    assert len(a) <= 30


def test_short_lines_are_shown_whole() -> None:
    assert aligned(b"abc", b"abd", 10) == ("abc", "abd")


def test_escape_sequences_in_an_output_are_shown_not_sent() -> None:
    assert aligned(b"\x1b[2J\xff", b"\n", 40) == (r"\x1b[2J\xff", r"\n")
