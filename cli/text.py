"""
What a program, a compiler or a file name says, made safe to show.

Such text is hostile: it may carry escape sequences that move the cursor, change the title or type for the
user, markup of the table library, directional overrides that reverse what is read, or bytes that no
encoding holds. Everything of that kind goes through here before it reaches a terminal; what cannot be printed is
shown as an escape (`\\x1b`, `\\u202e`), one look at which tells a reader that it is there.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

ELLIPSIS = "..."
TAB_WIDTH = 4
_SURROGATE_OF_BYTE = range(0xDC80, 0xDD00)


def printable(text: str) -> str:
    """
    The same text with every character that is not plainly visible written as an escape.

    Tabs and line feeds are escaped as well; a byte that came through `surrogateescape` is shown as that byte.
    """
    return text if text.isprintable() else "".join(map(_visible, text))


def _visible(char: str) -> str:
    code = ord(char)
    if code in _SURROGATE_OF_BYTE:
        return f"\\x{code - 0xDC00:02x}"
    return char if char.isprintable() else char.encode("unicode_escape", "backslashreplace").decode("ascii")


def printable_bytes(data: bytes) -> str:
    """Bytes as text for the terminal: UTF-8 where they are that, escapes where they are not."""
    return printable(data.decode("utf-8", "surrogateescape"))


def printable_path(path: str | os.PathLike[str]) -> str:
    """A path as the user may have typed it, safe to show and in quotes, so that its ends are seen."""
    return f"'{printable(os.fspath(path))}'"


def shortened(text: str, width: int) -> str:
    """Text cut in its middle to at most `width` characters: both ends of a name tell names apart."""
    if len(text) <= width:
        return text
    head = (width - len(ELLIPSIS) + 1) // 2
    tail = width - len(ELLIPSIS) - head
    return text[:head] + ELLIPSIS + text[len(text) - tail :]


def first_lines(log: bytes, most: int, max_width: int) -> list[str]:
    """The beginning of a log for the terminal; a further line says how many were left out."""
    lines = log.rstrip().split(b"\n")
    rest = len(lines) - most
    shown = [clipped(line, max_width) for line in lines[:most]]
    return [*shown, f"{ELLIPSIS} {counted(rest, 'more line')}"] if rest > 0 else shown


def last_lines(log: bytes, most: int, max_width: int) -> list[str]:
    """The end of a log for the terminal, where a crash is explained; a line before it says how many were left out."""
    lines = log.rstrip().split(b"\n")
    rest = len(lines) - most
    shown = [clipped(line, max_width) for line in lines[-most:]]
    return [f"{ELLIPSIS} {counted(rest, 'line')} before", *shown] if rest > 0 else shown


def clipped(line: bytes, max_width: int) -> str:
    """One line for the terminal, cut at its end."""
    # 4 bytes make one character at most, so that nobody waits for a line of a gigabyte to be decoded.
    text = printable_bytes(line[: 4 * max_width].removesuffix(b"\r").replace(b"\t", b" " * TAB_WIDTH))
    whole = len(text) <= max_width and len(line) <= 4 * max_width
    return text if whole else text[: max_width - len(ELLIPSIS)] + ELLIPSIS


def counted(number: int, noun: str) -> str:
    """`1 case`, `2 cases`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listed(words: Iterable[str]) -> str:
    """Words as one enumeration of a sentence: `a, b and c`."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def sentences(text: str) -> Iterator[str]:
    """The lines of a message, each printable: a message of several lines stays that."""
    return map(printable, text.splitlines())
