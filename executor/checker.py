"""
Compare what a program wrote with what was expected; docs/checkers.md says the rules to people.

Pure, and bytes throughout: invalid UTF-8 and NUL are ordinary content. Both sides may be hundreds of MB, so an
equal beginning is skipped in large slices, and only the rest is cut into items (tokens or lines), a block at a
time. Nothing is copied, compared, counted or searched as a whole: memory stays bounded, and since no single call
holds the interpreter for long, a check in a thread does not stall an event loop. (One item of hundreds of MB does.)
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
class _Text:
    """Data up to an offset, as if the rest were not there."""

    data: bytes
    end: int

    @classmethod
    def whole(cls, data: bytes) -> _Text:
        return cls(data, len(data))

    @classmethod
    def without_trailing_space(cls, data: bytes) -> _Text:
        end = len(data)
        while end:
            start = max(0, end - _BLOCK)
            if kept := len(data[start:end].rstrip()):
                return cls(data, start + kept)
            end = start
        return cls(data, 0)

    def until(self, end: int) -> _Text:
        return _Text(self.data, end)

    def slice(self, start: int) -> bytes:
        """A block, or what is left of one."""
        return self.data[start : min(start + _BLOCK, self.end)]

    def lines_before(self, end: int) -> int:
        """How many lines end before an offset."""
        return sum(self.data.count(b"\n", start, min(start + _BLOCK, end)) for start in range(0, end, _BLOCK))

    def line_start(self, end: int) -> int:
        """Where the line begins that an offset is in."""
        while end > 0:
            start = max(0, end - _BLOCK)
            if (found := self.data.rfind(b"\n", start, end)) >= 0:
                return found + 1
            end = start
        return 0


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
    if checker.kind is CheckerKind.EXIT:
        return Comparison(accepted=True)
    a, b = _Text.whole(expected), _Text.whole(actual)
    equal = _equal_blocks(a, b)
    if len(expected) == len(actual) and expected[equal:] == actual[equal:]:  # less than a block, or not equal
        return Comparison(accepted=True)
    if checker.kind is CheckerKind.EXACT:
        return _check_exact(a, b, equal)
    a, b = _Text.without_trailing_space(expected), _Text.without_trailing_space(actual)
    if checker.kind is CheckerKind.UNORDERED:
        return _check_unordered(a, b)
    start = a.line_start(min(equal, a.end, b.end))  # what is skipped cuts no item
    if checker.kind is CheckerKind.LINES:
        return _check_lines(a, b, start)
    if checker.kind is CheckerKind.FLOAT:
        return _check_tokens(a, b, start, lambda one, other: _close(one, other, checker.tolerance))
    return _check_tokens(a, b, start, operator.eq)


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


def _check_exact(expected: _Text, actual: _Text, start: int) -> Comparison:
    pairs = zip(expected.slice(start), actual.slice(start), strict=False)
    offset = next((start + i for i, (a, b) in enumerate(pairs) if a != b), min(expected.end, actual.end))
    line = actual.lines_before(offset) + 1
    return _wrong(f"line {line}, byte {offset + 1}", *(_shown_rest(text, offset) for text in (expected, actual)))


def _check_lines(expected: _Text, actual: _Text, start: int) -> Comparison:
    found = _first_difference(_lines(expected, start), _lines(actual, start), operator.eq)
    if found is None:
        return Comparison(accepted=True)
    number = actual.lines_before(start) + found.index + 1
    return _wrong(f"line {number}", _show(found.expected), _show(found.actual))


def _check_tokens(expected: _Text, actual: _Text, start: int, same: Callable[[bytes, bytes], bool]) -> Comparison:
    found = _first_difference(_tokens(expected, start), _tokens(actual, start), same)
    if found is None:
        return Comparison(accepted=True)
    offset = actual.end if found.actual is None else _offset_of_token(actual, start, found.index)
    line = actual.lines_before(offset) + 1
    token = sum(len(tokens) for tokens in _tokens(actual.until(offset), actual.line_start(offset))) + 1
    return _wrong(f"line {line}, token {token}", _show(found.expected), _show(found.actual))


def _check_unordered(expected: _Text, actual: _Text) -> Comparison:
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


def _tokens(text: _Text, start: int) -> _Items:
    for block in _blocks(text, start, _WHITE_SPACE):
        if tokens := block.split():
            yield tokens


def _lines(text: _Text, start: int) -> _Items:
    for block in _blocks(text, start, _NEWLINE):
        lines = block.removesuffix(b"\n").split(b"\n")
        if any(trailing in block for trailing in _TRAILING):
            lines = [line.rstrip() for line in lines]
        yield lines


def _blocks(text: _Text, start: int, separator: re.Pattern[bytes]) -> Iterator[bytes]:
    """Cut a text into blocks of at least _BLOCK bytes, each ending behind a separator."""
    while start < text.end:
        end = start + _BLOCK
        while end < text.end:
            if found := separator.search(text.data, end, min(end + _BLOCK, text.end)):
                end = found.end()
                break
            end += _BLOCK
        yield text.data[start : min(end, text.end)]
        start = end


def _equal_blocks(a: _Text, b: _Text) -> int:
    """A multiple of _BLOCK up to which both are equal."""
    start, length = 0, min(a.end, b.end)
    while start + _BLOCK <= length and a.slice(start) == b.slice(start):
        start += _BLOCK
    return start


def _offset_of_token(text: _Text, start: int, index: int) -> int:
    for block in _blocks(text, start, _WHITE_SPACE):
        count = len(block.split())
        if index < count:
            for i, token in enumerate(re.finditer(rb"\S+", block)):
                if i == index:
                    return start + token.start()
        index -= count
        start += len(block)
    return text.end


def _wrong(where: str, expected: str, actual: str) -> Comparison:
    return Comparison(accepted=False, detail=f"{where}: expected {expected}, got {actual}")


def _shown_rest(text: _Text, offset: int) -> str:
    """What is left from an offset on, as `_show` shows it."""
    left = text.end - offset
    return _show(text.data[offset : offset + _SHOWN_BYTES], left) if left else _show(None)


def _show(item: bytes | None, length: int | None = None) -> str:
    """
    An item for a person and a terminal: short, quoted, control characters and invalid UTF-8 escaped.

    Args:
        length: of what the item is only the beginning of.
    """
    if item is None:
        return "the end of the output"
    text = repr(item[:_SHOWN_BYTES].decode("utf-8", "backslashreplace"))
    length = len(item) if length is None else length
    return text if length <= _SHOWN_BYTES else f"{text}... ({length} bytes)"


def _quote(text: str) -> str:
    return repr(text) if len(text) <= _SHOWN_BYTES else f"{text[:_SHOWN_BYTES]!r}..."
