"""
Where an output leaves the expected one, as a few lines side by side: pure, and bounded in time and memory.

The place is the first that the checker minds: with `tokens` a difference in spacing is none. What is equal byte for
byte at the beginning is skipped in large slices; of the rest only so much is compared as takes no noticeable time.
If no place is found in that, the checker's own sentence has to do.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice, zip_longest

from cli.text import ELLIPSIS, TAB_WIDTH, printable_bytes
from executor.checker import check
from executor.model import MIB, Checker, CheckerKind

MOST_BYTES = MIB
LINES_BEFORE = 2
LINES_AFTER = 3
_SLICE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an output: its number, counted from 1, and its bytes."""

    number: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Row:
    """Two lines beside each other; None where an output has no more, `marked` where they differ."""

    expected: Line | None
    got: Line | None
    marked: bool


def difference(expected: bytes, got: bytes, checker: Checker) -> tuple[Row, ...]:
    """
    The lines around the first difference, or for unordered lines those that one side lacks; empty if none is found.

    Args:
        expected, got: whole outputs.
        checker: decides what counts as a difference.
    """
    if checker.kind is CheckerKind.UNORDERED:
        return _unordered(expected[:MOST_BYTES], got[:MOST_BYTES])
    start = _context_start(expected, got)
    skipped = expected.count(b"\n", 0, start)
    rows = _ordered(expected[start:], got[start:], checker)
    return tuple(Row(_shifted(row.expected, skipped), _shifted(row.got, skipped), row.marked) for row in rows)


def _context_start(a: bytes, b: bytes) -> int:
    """Where the lines begin that stand before the first byte that differs: both are equal up to there."""
    end = _common_length(a, b)
    for _ in range(LINES_BEFORE + 1):
        end = max(a.rfind(b"\n", 0, end), 0)
    return end + 1 if end else 0


def _common_length(a: bytes, b: bytes) -> int:
    """How many bytes both have in common at their beginning."""
    shared = min(len(a), len(b))
    start = 0
    while start < shared and a[start : start + _SLICE] == b[start : start + _SLICE]:
        start += _SLICE
    pairs = zip(a[start : start + _SLICE], b[start : start + _SLICE], strict=False)
    return next((start + i for i, (x, y) in enumerate(pairs) if x != y), shared)


def _shifted(line: Line | None, by: int) -> Line | None:
    return Line(line.number + by, line.content) if line else None


def _ordered(expected: bytes, got: bytes, checker: Checker) -> tuple[Row, ...]:
    same = partial(_same, checker)
    units = _lines if checker.kind in {CheckerKind.EXACT, CheckerKind.LINES} else _tokens
    sides = (_beginning(expected), _beginning(got))
    place = _first_difference(units(sides[0]), units(sides[1]), same)
    if place is None:
        return ()
    for number, side, whole in zip(place, sides, (expected, got), strict=True):
        if number is None and len(side) < len(whole):
            return ()  # that side ended only because it was cut
    return _window(*sides, place, same)


def _beginning(data: bytes) -> bytes:
    """What is compared of an output: at most MOST_BYTES, and no half line where lines are shorter than that."""
    end = len(data) if len(data) <= MOST_BYTES else data.rfind(b"\n", 0, MOST_BYTES) + 1
    return data[: end or MOST_BYTES]


def aligned(expected: bytes, got: bytes, width: int) -> tuple[str, str]:
    """Two lines for the terminal, at most `width` characters each, cut so that their first difference is in view."""
    # A character has at most four bytes, so what is left out here would not be in view anyway.
    skip = max(0, _common_length(expected, got) - 4 * width)
    a, b = (_shown(line[skip : skip + 8 * width]) for line in (expected, got))
    common = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    longest = max(len(expected), len(got), len(a), len(b))
    start = max(0, common - width // 2) if longest > width else 0
    return _cut(a, start, width, headless=skip > 0), _cut(b, start, width, headless=skip > 0)


def _shown(line: bytes) -> str:
    return printable_bytes(line.replace(b"\t", b" " * TAB_WIDTH))


def _cut(text: str, start: int, width: int, *, headless: bool) -> str:
    """The part of a text from `start` on; dots stand for what is left out."""
    head = ELLIPSIS if start or headless else ""
    rest = text[start + len(head) :] if head else text
    room = width - len(head)
    return head + (rest if len(rest) <= room else rest[: room - len(ELLIPSIS)] + ELLIPSIS)


def _same(checker: Checker, expected: bytes, got: bytes) -> bool:
    """Whether two lines, or two tokens, are the same to this checker."""
    return expected == got or check(checker, expected, got).accepted


def _lines(data: bytes) -> Iterator[Line]:
    return (Line(number, content) for number, content in enumerate(io.BytesIO(data), start=1))


def _tokens(data: bytes) -> Iterator[Line]:
    """Each token with the number of the line that it stands in."""
    return (Line(line.number, token) for line in _lines(data) for token in line.content.split())


def _first_difference(
    expected: Iterator[Line], got: Iterator[Line], same: Callable[[bytes, bytes], bool]
) -> tuple[int | None, int | None] | None:
    """The numbers of the lines in which the two part; None on the side that has ended."""
    for a, b in zip_longest(expected, got):
        if a is None or b is None or not same(a.content, b.content):
            return (a.number if a else None, b.number if b else None)
    return None


def _window(
    expected: bytes, got: bytes, place: tuple[int | None, int | None], same: Callable[[bytes, bytes], bool]
) -> tuple[Row, ...]:
    here = [number for number in place if number is not None]
    left, right = (_around(data, number or max(here)) for data, number in zip((expected, got), place, strict=True))
    rows = []
    for a, b in zip_longest(left, right):
        marked = a is None or b is None or not same(a.content, b.content)
        rows.append(Row(a, b, marked))
    return tuple(rows)


def _around(data: bytes, number: int) -> list[Line]:
    """The lines around one; of an output that ended long before it, the last one."""
    first = max(0, min(number - 1 - LINES_BEFORE, data.rstrip(b"\n").count(b"\n")))
    return list(islice(_lines(data), first, max(number, first + 1) + LINES_AFTER))


def _unordered(expected: bytes, got: bytes) -> tuple[Row, ...]:
    left = Counter(line.content.rstrip() for line in _lines(expected))
    right = Counter(line.content.rstrip() for line in _lines(got))
    missing, extra = left - right, right - left
    del missing[b""], extra[b""]
    pairs = zip_longest(_lacking(expected, missing), _lacking(got, extra))
    return tuple(Row(a, b, marked=True) for a, b in islice(pairs, LINES_BEFORE + 1 + LINES_AFTER))


def _lacking(data: bytes, lines: Counter[bytes]) -> Iterator[Line]:
    for line in _lines(data):
        if lines[line.content.rstrip()] > 0:
            lines[line.content.rstrip()] -= 1
            yield line
