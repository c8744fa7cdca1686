"""Brackets outside strings and comments: enough to see where cut-off code stopped, without a grammar."""

from __future__ import annotations

import re
from collections.abc import Iterator

_CLOSERS = {"{": "}", "(": ")", "[": "]"}
# Each alternative either ends at a character it has seen or runs to the end of the line or text: linear.
_TOKENS = re.compile(
    r"""
      //[^\n]* | /\*(?:[^*]|\*(?!/))*(?:\*/)?
    | "(?:\\.|[^"\\\n])*"? | `(?:\\.|[^`\\])*`?
    | '(?:\\.[^'\n]{0,8}|[^'\\\n])'            # a character; a lone quote is a lifetime or an apostrophe
    | (?P<bracket>[{}()\[\]])
    """,
    re.VERBOSE | re.DOTALL,
)


def brackets(code: str, start: int = 0) -> Iterator[re.Match[str]]:
    """Every bracket that is code, in order."""
    return (token for token in _TOKENS.finditer(code, start) if token["bracket"])


def closers(code: str) -> str:
    """What would close the brackets that are still open at the end, innermost first."""
    stack: list[str] = []
    for token in brackets(code):
        bracket = token["bracket"]
        if bracket in _CLOSERS:
            stack.append(_CLOSERS[bracket])
        elif bracket in stack[-1:]:
            stack.pop()
    return "".join(reversed(stack))


def surplus(code: str) -> int | None:
    """Where the first closing brace stands that closes nothing; None if there is none."""
    depth = 0
    for token in brackets(code):
        if token["bracket"] == "{":
            depth += 1
        elif token["bracket"] == "}":
            depth -= 1
        if depth < 0:
            return token.start()
    return None


def matching(code: str, start: int) -> int | None:
    """Where the bracket that opens at `start` has been closed, exclusive; None if it never is."""
    depth = 0
    for token in brackets(code, start):
        depth += 1 if token["bracket"] in _CLOSERS else -1
        if depth == 0:
            return token.end()
    return None


def words(code: str) -> frozenset[str]:
    """Every word in some code, comments and strings included."""
    return frozenset(re.findall(r"[^\W\d]\w*", code))
