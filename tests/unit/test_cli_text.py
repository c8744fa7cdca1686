"""What a program or a file name says, made safe to show."""

from __future__ import annotations

import pytest

from cli.text import clipped, first_lines, last_lines, listed, printable, printable_bytes, printable_path, shortened


@pytest.mark.parametrize(
    "hostile, shown",
    [
        ("\x1b[2J", r"\x1b[2J"),
        ("\x9b2J", r"\x9b2J"),
        ("a\rb\nc\td", r"a\rb\nc\td"),
        ("\u202egpj.exe", r"\u202egpj.exe"),
        ("\u200bzero width", r"\u200bzero width"),
        ("\ue000", r"\ue000"),
        ("\U000e0041", r"\U000e0041"),
        ("\udcff\udc80", r"\xff\x80"),
        ("\ud800", r"\ud800"),
        ("no\xa0break", r"no\xa0break"),
    ],
)
def test_what_is_not_plainly_visible_is_written_as_an_escape(hostile: str, shown: str) -> None:
    assert printable(hostile) == shown


@pytest.mark.parametrize("text", ["", "plain", "héllo wörld", "日本語", "[red]markup[/red]", "back\\slash"])
def test_visible_text_is_left_alone(text: str) -> None:
    assert printable(text) == text


def test_bytes_that_are_not_utf_8_are_shown_as_bytes() -> None:
    assert printable_bytes(b"caf\xc3\xa9 \xff\xfe\x00") == "café \\xff\\xfe\\x00"


def test_a_path_stands_in_quotes() -> None:
    assert printable_path("a b\x07.cpp") == r"'a b\x07.cpp'"


def test_a_long_name_keeps_both_its_ends() -> None:
    assert shortened("abcdefghijklmnop", 10) == "abcd...nop"
    assert shortened("abcdefghij", 10) == "abcdefghij"


def test_a_long_log_is_cut_and_says_so() -> None:
    log = b"\n".join(b"line %d" % n for n in range(100))
    assert first_lines(log, 3, 80) == ["line 0", "line 1", "line 2", "... 97 more lines"]
    assert last_lines(log, 2, 80) == ["... 98 lines before", "line 98", "line 99"]
    assert first_lines(b"a\nb\n", 2, 80) == last_lines(b"a\nb\n", 2, 80) == ["a", "b"]


def test_a_long_line_is_cut_without_decoding_all_of_it() -> None:
    assert clipped(b"x" * 100_000_000, 10) == "xxxxxxx..."
    assert clipped(b"x" * 10, 10) == "x" * 10


def test_a_tab_is_widened_and_a_carriage_return_at_the_end_of_a_line_dropped() -> None:
    assert clipped(b"\tif x:\r", 80) == "    if x:"


def test_words_are_enumerated_as_in_a_sentence() -> None:
    assert [listed(["a"]), listed(["a", "b"]), listed("abc")] == ["a", "a and b", "a, b and c"]
