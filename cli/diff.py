"""
Where an output leaves the expected one, as a few lines side by side: pure, and bounded in time and memory.

The place is the first that the checker minds: with `tokens` a difference in spacing is none. Only the
beginning of very long outputs is compared; then, and where the checker sees more than this module does, no
place is found, and the checker's own sentence has to do.
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

MOST_BYTES = 16 * MIB
LINES_BEFORE = 2
LINES_AFTER = 3
_LONGEST_LINE = 64 * 1024


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
        expected, got: whole outputs; only their first 16 MiB are compared.
        checker: decides what counts as a difference.
    """
    expected, got = expected[:MOST_BYTES], got[:MOST_BYTES]
    if checker.kind is CheckerKind.UNORDERED:
        return _unordered(expected, got)
    by_line = checker.kind in {CheckerKind.EXACT, CheckerKind.LINES}
    units = _lines if by_line else _tokens
    same = partial(_same, checker)
    place = _first_difference(units(expected), units(got), same)
    return _window(expected, got, place, same) if place else ()


def aligned(expected: bytes, got: bytes, width: int) -> tuple[str, str]:
    """Two lines for the terminal, at most `width` characters each, cut so that their first difference is in view."""
    a, b = _shown(expected), _shown(got)
    common = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    start = max(0, common - width // 2) if max(len(a), len(b)) > width else 0
    return _cut(a, start, width), _cut(b, start, width)


def _shown(line: bytes) -> str:
    return printable_bytes(line[:_LONGEST_LINE].replace(b"\t", b" " * TAB_WIDTH))


def _cut(text: str, start: int, width: int) -> str:
    head = ELLIPSIS if start else ""
    rest = text[start + len(head) :] if start else text
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
