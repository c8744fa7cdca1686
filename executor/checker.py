"""
Compare what a program wrote with what was expected; docs/checkers.md says the rules to people.

Pure, and bytes throughout: invalid UTF-8 and NUL are ordinary content. Both sides may be 64 MiB, so
equal bytes are accepted at once and an equal beginning is skipped in large slices. Only the rest is cut
into items (tokens or lines), a block at a time: memory stays bounded, and since no single call holds the
interpreter for long, a check in a thread does not stall an event loop.
"""

from __future__ import annotations

import math
import operator
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from executor.errors import UsageError
from executor.model import Checker, CheckerKind

_BLOCK = 256 * 1024
_SHOWN_BYTES = 60
_WHITE_SPACE = re.compile(rb"\s")
_NEWLINE = re.compile(rb"\n")
_TRAILING = tuple(bytes([white]) + b"\n" for white in b" \t\r\x0b\x0c")

_Items = Iterator[list[bytes]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    What a checker found.

    Args:
        accepted: whether the output counts as the expected one.
        detail: a short sentence on the first difference; empty when accepted.
    """

    accepted: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _Difference:
    """The first items that differ; None stands for the end of that side."""

    index: int
    expected: bytes | None
    actual: bytes | None


def check(checker: Checker, expected: bytes, actual: bytes) -> Comparison:
    """
    Compare an output with the expected one.

    Args:
        checker: the rule; its tolerance is used by FLOAT only.
        expected: the expected output, whole.
        actual: what the program wrote to its standard output, whole.
    """
    if checker.kind is CheckerKind.EXIT or expected == actual:
        return Comparison(accepted=True)
    if checker.kind is CheckerKind.EXACT:
        return _check_exact(expected, actual)
    expected, actual = expected.rstrip(), actual.rstrip()
    if checker.kind is CheckerKind.UNORDERED:
        return _check_unordered(expected, actual)
    if checker.kind is CheckerKind.LINES:
        return _check_lines(expected, actual)
    if checker.kind is CheckerKind.FLOAT:
        return _check_tokens(expected, actual, lambda a, b: _close(a, b, checker.tolerance))
    return _check_tokens(expected, actual, operator.eq)


def parse_checker(text: str) -> Checker:
    """
    The checker that a person named, such as `lines` or `float:1e-6`.

    Raises:
        UsageError: no checker has this name, or the tolerance is not a finite number of at least 0.
    """
    name, colon, argument = text.strip().partition(":")
    if name not in set(CheckerKind) or (colon and name != CheckerKind.FLOAT):
        names = "tokens, exact, lines, float, float:TOLERANCE (such as float:1e-6), unordered or exit"
        raise UsageError(f"{_quote(text)} is not a checker; choose {names}")
    return Checker(CheckerKind(name), _parse_tolerance(argument)) if colon else Checker(CheckerKind(name))


def _parse_tolerance(text: str) -> float:
    try:
        tolerance = float(text)
    except ValueError:
        tolerance = math.nan
    if not 0 <= tolerance < math.inf:
        raise UsageError(f"{_quote(text)} is not a tolerance; use a number of at least 0, such as float:1e-6")
    return tolerance


def _check_exact(expected: bytes, actual: bytes) -> Comparison:
    start = _equal_blocks(expected, actual)
    pairs = zip(expected[start : start + _BLOCK], actual[start : start + _BLOCK], strict=False)
    length = min(len(expected), len(actual))
    offset = next((start + i for i, (a, b) in enumerate(pairs) if a != b), length)
    line = actual.count(b"\n", 0, offset) + 1
    return _wrong(f"line {line}, byte {offset + 1}", expected[offset:] or None, actual[offset:] or None)


def _check_lines(expected: bytes, actual: bytes) -> Comparison:
    start = _equal_lines(expected, actual)
    found = _first_difference(_lines(expected, start), _lines(actual, start), operator.eq)
    if found is None:
        return Comparison(accepted=True)
    number = actual.count(b"\n", 0, start) + found.index + 1
    return _wrong(f"line {number}", found.expected, found.actual)


def _check_tokens(expected: bytes, actual: bytes, same: Callable[[bytes, bytes], bool]) -> Comparison:
    start = _equal_lines(expected, actual)
    found = _first_difference(_tokens(expected, start), _tokens(actual, start), same)
    if found is None:
        return Comparison(accepted=True)
    offset = len(actual) if found.actual is None else _offset_of_token(actual, start, found.index)
    line = actual.count(b"\n", 0, offset) + 1
    token = len(actual[actual.rfind(b"\n", 0, offset) + 1 : offset].split()) + 1
    return _wrong(f"line {line}, token {token}", found.expected, found.actual)


def _check_unordered(expected: bytes, actual: bytes) -> Comparison:
    # Only expected lines are kept, so that a flood of different lines costs the judge no memory.
    missing: Counter[bytes] = Counter()
    for lines in _lines(expected, 0):
        missing.update(lines)
    number = 0
    for lines in _lines(actual, 0):
        counts = Counter(lines)
        if any(count > missing[line] for line, count in counts.items()):
            return _surplus(lines, number, missing)
        missing.subtract(counts)
        number += len(lines)
    for line in +missing:
        return Comparison(accepted=False, detail=f"the expected line {_show(line)} is missing")
    return Comparison(accepted=True)


def _surplus(lines: list[bytes], number: int, missing: Counter[bytes]) -> Comparison:
    """Name the first of these lines, `number` lines into the output, that is not missing any more."""
    for line in lines:
        number += 1
        if not missing[line]:
            break
        missing[line] -= 1
    why = "stands there more often than expected" if line in missing else "is not an expected line"
    return Comparison(accepted=False, detail=f"line {number}: {_show(line)} {why}")


def _first_difference(expected: _Items, actual: _Items, same: Callable[[bytes, bytes], bool]) -> _Difference | None:
    """
    Walk two streams of items in step; `same` may still accept two items whose bytes differ.

    The blocks of the two sides need not match: what is left of the longer one waits for the next of the other.
    """
    index, left, right = 0, next(expected, []), next(actual, [])
    while left and right:
        shared = min(len(left), len(right))
        if left[:shared] != right[:shared]:
            for i, (a, b) in enumerate(zip(left, right, strict=False)):
                if a != b and not same(a, b):
                    return _Difference(index + i, a, b)
        index += shared
        left, right = left[shared:] or next(expected, []), right[shared:] or next(actual, [])
    if left or right:
        return _Difference(index, left[0] if left else None, right[0] if right else None)
    return None


def _close(expected: bytes, actual: bytes, tolerance: float) -> bool:
    """Whether both are numbers within the absolute or the relative tolerance; NaN equals NaN."""
    try:
        a, b = float(expected), float(actual)
    except ValueError:
        return False
    if b"_" in expected or b"_" in actual:
        return False  # only Python reads 1_000 as a number
    error = abs(a - b)
    if error < math.inf:
        return error <= tolerance or error <= tolerance * abs(a)
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    # Python reads 1e999 as infinity too; only the word is.
    return a == b and b"n" in expected.lower() and b"n" in actual.lower()


def _tokens(data: bytes, start: int) -> _Items:
    for block in _blocks(data, start, _WHITE_SPACE):
        if tokens := block.split():
            yield tokens


def _lines(data: bytes, start: int) -> _Items:
    for block in _blocks(data, start, _NEWLINE):
        lines = block.removesuffix(b"\n").split(b"\n")
        if any(trailing in block for trailing in _TRAILING):
            lines = [line.rstrip() for line in lines]
        yield lines


def _blocks(data: bytes, start: int, separator: re.Pattern[bytes]) -> Iterator[bytes]:
    """Cut data into blocks of at least _BLOCK bytes, each ending behind a separator."""
    while start < len(data):
        end = start + _BLOCK
        while end < len(data):
            if found := separator.search(data, end, end + _BLOCK):
                end = found.end()
                break
            end += _BLOCK
        yield data[start:end]
        start = end


def _equal_blocks(a: bytes, b: bytes) -> int:
    """A multiple of _BLOCK up to which both are equal."""
    start, length = 0, min(len(a), len(b))
    while start + _BLOCK <= length and a[start : start + _BLOCK] == b[start : start + _BLOCK]:
        start += _BLOCK
    return start


def _equal_lines(a: bytes, b: bytes) -> int:
    """An offset up to which both are equal and at which both begin a line, so that no item is cut."""
    return a.rfind(b"\n", 0, _equal_blocks(a, b)) + 1


def _offset_of_token(data: bytes, start: int, index: int) -> int:
    for block in _blocks(data, start, _WHITE_SPACE):
        count = len(block.split())
        if index < count:
            for i, token in enumerate(re.finditer(rb"\S+", block)):
                if i == index:
                    return start + token.start()
        index -= count
        start += len(block)
    return len(data)


def _wrong(where: str, expected: bytes | None, actual: bytes | None) -> Comparison:
    return Comparison(accepted=False, detail=f"{where}: expected {_show(expected)}, got {_show(actual)}")


def _show(item: bytes | None) -> str:
    """An item for a person and a terminal: short, quoted, control characters and invalid UTF-8 escaped."""
    if item is None:
        return "the end of the output"
    text = repr(item[:_SHOWN_BYTES].decode("utf-8", "backslashreplace"))
    return text if len(item) <= _SHOWN_BYTES else f"{text}... ({len(item)} bytes)"


def _quote(text: str) -> str:
    return repr(text) if len(text) <= _SHOWN_BYTES else f"{text[:_SHOWN_BYTES]!r}..."
