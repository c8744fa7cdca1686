"""What each checker accepts, what it says about the first difference, and that large outputs cost little."""

from __future__ import annotations

import asyncio
import os
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from executor.checker import check, parse_checker
from executor.errors import UsageError
from executor.model import Checker, CheckerKind

KINDS = list(CheckerKind)
LARGE = 300_000
"""Bytes: more than one block of the checker."""

lines_of_tokens = st.lists(st.lists(st.sampled_from([b"1", b"-2", b"2.50", b"nan", b"x\x00y", b"\xff"]), max_size=4))


def accepts(kind: CheckerKind, expected: bytes, actual: bytes, tolerance: float = 1e-6) -> bool:
    return check(Checker(kind, tolerance), expected, actual).accepted


def detail(kind: CheckerKind, expected: bytes, actual: bytes) -> str:
    found = check(Checker(kind), expected, actual)
    assert not found.accepted
    return found.detail


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("output", [b"", b"\n", b"a b\n", b"\x00\xff\xfe", b"\r\n \t", b"nan 1e999"])
def test_the_expected_output_itself_is_always_accepted(kind: CheckerKind, output: bytes) -> None:
    assert accepts(kind, output, output)


@pytest.mark.parametrize(
    "kind,expected,actual",
    [
        (CheckerKind.TOKENS, b"1 2\n3", b"1\n2   3\n\n"),
        (CheckerKind.TOKENS, b"1 2", b"\t1\r\n2\x0b\x0c"),
        (CheckerKind.TOKENS, b"", b" \n\n"),
        (CheckerKind.LINES, b"a\nb\n", b"a  \r\nb"),
        (CheckerKind.LINES, b"a\n\nb", b"a\n \t\nb\n\n \n"),
        (CheckerKind.LINES, b"", b"\r\n\r\n"),
        (CheckerKind.FLOAT, b"0.5 x", b"0.5000001\nx"),
        (CheckerKind.FLOAT, b"1000000000", b"1000000999"),
        (CheckerKind.FLOAT, b"nan", b"-NaN"),
        (CheckerKind.FLOAT, b"inf -inf", b"Infinity -INF"),
        (CheckerKind.FLOAT, b"1", b"1.0e0"),
        (CheckerKind.FLOAT, b"0", b"-0.0"),
        (CheckerKind.UNORDERED, b"a\nb\nb\n", b"b\na \nb"),
        (CheckerKind.UNORDERED, b"a\n\nb\n\n", b"\nb \r\na"),
        (CheckerKind.EXIT, b"anything", b"something else"),
    ],
)
def test_differences_that_do_not_matter_are_accepted(kind: CheckerKind, expected: bytes, actual: bytes) -> None:
    assert accepts(kind, expected, actual)


@pytest.mark.parametrize(
    "kind,expected,actual",
    [
        (CheckerKind.TOKENS, b"1 2", b"12"),
        (CheckerKind.TOKENS, b"1", b"1.0"),
        (CheckerKind.TOKENS, b"Yes", b"yes"),
        (CheckerKind.TOKENS, b"1 2", b"1"),
        (CheckerKind.TOKENS, b"1", b"1 2"),
        (CheckerKind.TOKENS, b"a\xa0b", b"a b"),
        (CheckerKind.EXACT, b"a\n", b"a"),
        (CheckerKind.EXACT, b"a\n", b"a\r\n"),
        (CheckerKind.LINES, b"a b", b"a  b"),
        (CheckerKind.LINES, b"a", b" a"),
        (CheckerKind.LINES, b"a", b"\na"),
        (CheckerKind.LINES, b"a\nb", b"a b"),
        (CheckerKind.FLOAT, b"0.5", b"0.50001"),
        (CheckerKind.FLOAT, b"inf", b"-inf"),
        (CheckerKind.FLOAT, b"inf", b"1e308"),
        (CheckerKind.FLOAT, b"1e998", b"1e999"),
        (CheckerKind.FLOAT, b"inf", b"1e999"),
        (CheckerKind.FLOAT, b"1e308", b"-1e308"),
        (CheckerKind.FLOAT, b"nan", b"0"),
        (CheckerKind.FLOAT, b"0", b"nan"),
        (CheckerKind.FLOAT, b"1000", b"1_000"),
        (CheckerKind.FLOAT, b"yes", b"Yes"),
        (CheckerKind.FLOAT, b"1 2", b"1"),
        (CheckerKind.UNORDERED, b"a\na\nb", b"a\nb\nb"),
        (CheckerKind.UNORDERED, b"a\nb", b"a"),
        (CheckerKind.UNORDERED, b"a", b"a\nb"),
    ],
)
def test_differences_that_matter_are_refused(kind: CheckerKind, expected: bytes, actual: bytes) -> None:
    assert not accepts(kind, expected, actual)


def test_a_relative_error_is_measured_against_the_expected_number() -> None:
    assert accepts(CheckerKind.FLOAT, b"200", b"180", tolerance=0.1)
    assert not accepts(CheckerKind.FLOAT, b"180", b"200", tolerance=0.1)


def test_a_tolerance_of_zero_asks_for_equal_numbers_not_for_equal_text() -> None:
    assert accepts(CheckerKind.FLOAT, b"0.50", b".5", tolerance=0)
    assert not accepts(CheckerKind.FLOAT, b"0.5", b"0.5000000001", tolerance=0)


@pytest.mark.parametrize(
    "kind,expected,actual,sentence",
    [
        (CheckerKind.TOKENS, b"1\n2 3", b"1\n2 4", "line 2, token 2: expected '3', got '4'"),
        (CheckerKind.TOKENS, b"1\n2 3", b"1\n2\n", "line 2, token 2: expected '3', got the end of the output"),
        (CheckerKind.TOKENS, b"1\n", b"1\n\n2", "line 3, token 1: expected the end of the output, got '2'"),
        (CheckerKind.TOKENS, b"1", b"", "line 1, token 1: expected '1', got the end of the output"),
        (CheckerKind.EXACT, b"ab\ncd", b"ab\nce", "line 2, byte 5: expected 'd', got 'e'"),
        (CheckerKind.EXACT, b"ab\n", b"ab", "line 1, byte 3: expected '\\n', got the end of the output"),
        (CheckerKind.LINES, b"a\nb", b"a\nc \n", "line 2: expected 'b', got 'c'"),
        (CheckerKind.LINES, b"a\nb", b"a", "line 2: expected 'b', got the end of the output"),
        (CheckerKind.UNORDERED, b"a\nb", b"b\nc", "line 2: 'c' is not an expected line"),
        (CheckerKind.UNORDERED, b"a\nb", b"b\nb", "line 2: 'b' stands there more often than expected"),
        (CheckerKind.UNORDERED, b"a\nb", b"b", "the expected line 'a' is missing"),
    ],
)
def test_the_detail_names_the_first_difference(
    kind: CheckerKind, expected: bytes, actual: bytes, sentence: str
) -> None:
    assert detail(kind, expected, actual) == sentence


@pytest.mark.parametrize("kind", [CheckerKind.TOKENS, CheckerKind.EXACT, CheckerKind.LINES, CheckerKind.UNORDERED])
def test_a_detail_is_short_and_cannot_write_to_a_terminal(kind: CheckerKind) -> None:
    said = detail(kind, b"1", b"\x1b[2J\xff\x00\xe2\x80\xae" + b"x" * 10_000)
    assert said.isprintable()
    assert len(said) < 300
    assert "bytes)" in said


@pytest.mark.parametrize("kind", [CheckerKind.TOKENS, CheckerKind.FLOAT, CheckerKind.LINES])
def test_a_difference_far_into_a_large_output_is_found_at_its_line(kind: CheckerKind) -> None:
    start = b"12 34\n" * LARGE
    assert re.match(rf"line {LARGE + 1}[,:]", detail(kind, start + b"5 6\n", start + b"5 7\n"))


@pytest.mark.parametrize("separator", [b" ", b"\n", b"\t\r\n"])
def test_blocks_that_are_cut_differently_on_both_sides_are_compared_alike(separator: bytes) -> None:
    numbers = [str(i).encode() for i in range(LARGE)]
    assert accepts(CheckerKind.TOKENS, b" ".join(numbers), separator.join(numbers))
    assert not accepts(CheckerKind.TOKENS, b" ".join(numbers), separator.join([*numbers[:-1], b"x"]))


def test_a_token_longer_than_a_block_is_one_token() -> None:
    long = b"7" * LARGE
    assert accepts(CheckerKind.TOKENS, b"1 " + long + b" 2", b"1\n" + long + b"\n2")
    assert not accepts(CheckerKind.TOKENS, b"1 " + long, b"1 " + long[:-1] + b" 7")


@pytest.mark.parametrize("kind", [CheckerKind.TOKENS, CheckerKind.LINES])
def test_64_mib_of_spaces_are_not_quadratic(kind: CheckerKind) -> None:
    began = time.process_time()
    assert not accepts(kind, b"1\n2", b"1\n" + b" " * (64 << 20) + b"3")
    assert time.process_time() - began < 10


@given(lines_of_tokens, st.sampled_from([b" ", b"  ", b"\t"]))
def test_how_tokens_are_spaced_never_matters_to_tokens(lines: list[list[bytes]], space: bytes) -> None:
    spaced = b"\r\n".join(space.join(line) for line in lines)
    assert accepts(CheckerKind.TOKENS, b"\n".join(b" ".join(line) for line in lines), spaced)


@given(lines_of_tokens, lines_of_tokens)
def test_each_checker_agrees_with_its_one_line_definition(one: list[list[bytes]], two: list[list[bytes]]) -> None:
    a, b = (b"\n".join(b" ".join(line) for line in lines) for lines in (one, two))
    assert accepts(CheckerKind.TOKENS, a, b) == (a.split() == b.split())
    rows_a, rows_b = ([row.rstrip() for row in text.rstrip().split(b"\n")] for text in (a, b))
    assert accepts(CheckerKind.LINES, a, b) == (rows_a == rows_b)
    assert accepts(CheckerKind.UNORDERED, a, b) == (sorted(rows_a) == sorted(rows_b))


@pytest.mark.parametrize(
    "text,checker",
    [
        ("tokens", Checker(CheckerKind.TOKENS)),
        ("exact", Checker(CheckerKind.EXACT)),
        ("lines", Checker(CheckerKind.LINES)),
        ("unordered", Checker(CheckerKind.UNORDERED)),
        ("exit", Checker(CheckerKind.EXIT)),
        ("float", Checker(CheckerKind.FLOAT, 1e-6)),
        ("float:1e-9", Checker(CheckerKind.FLOAT, 1e-9)),
        ("float:0", Checker(CheckerKind.FLOAT, 0)),
    ],
)
def test_a_checker_is_named_by_its_kind(text: str, checker: Checker) -> None:
    assert parse_checker(text) == checker


@pytest.mark.parametrize("text", ["", "token", "Tokens", "tokens:", "lines:3", "diff", "exact " * 1000])
def test_an_unknown_checker_is_refused_with_the_names_that_exist(text: str) -> None:
    with pytest.raises(UsageError, match=r"tokens, exact, lines, float, .*float:1e-6.* unordered or exit") as refused:
        parse_checker(text)
    assert len(str(refused.value)) < 250


@pytest.mark.parametrize("text", ["float:", "float:-1", "float:nan", "float:inf", "float:1e-6x", "float:1:2"])
def test_a_tolerance_that_is_no_number_of_at_least_zero_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not a tolerance"):
        parse_checker(text)


_LINE = b"12345 67890 3.14159 abc\n"


def _pairs(size: int) -> dict[str, tuple[bytes, bytes]]:
    """Outputs that are walked through to their ends, by what is special about them."""
    lines = _LINE * (size // len(_LINE))
    one_line = lines.replace(b"\n", b" ")
    return {
        "equal": (lines, bytes(bytearray(lines))),
        "white space at the end": (lines, lines[:-1] + b" " * 1000 + b"\n"),
        "another last token": (lines, lines[:-4] + b"xyz\n"),
        "one long line that is shorter": (one_line, one_line[:-30]),
    }


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("kind", [kind for kind in CheckerKind if kind is not CheckerKind.EXIT])
async def test_the_event_loop_lives_on_while_large_outputs_are_compared(kind: CheckerKind) -> None:
    """16 MB here, 200 MB with ENNEAD_LONG=1; comparing, copying or cutting either as a whole would take longer."""
    size = 200_000_000 if "ENNEAD_LONG" in os.environ else 16_000_000
    for name, (expected, actual) in _pairs(size).items():
        comparing = asyncio.create_task(asyncio.to_thread(check, Checker(kind), expected, actual))
        lags = []
        while not comparing.done():
            began = time.perf_counter()
            await asyncio.sleep(0.001)
            lags.append(time.perf_counter() - began)
        # The interpreter changes threads every 5 ms; a busy machine, and giving memory back, take their time.
        assert max(lags, default=0.0) < 0.5, name
        assert sum(lags) / max(1, len(lags)) < 0.05, name
