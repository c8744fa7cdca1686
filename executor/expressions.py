"""Expressions that runtimes bring and strangers feed: RE2's, whose time is linear in what they read."""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def compiled(pattern: str) -> Any:
    """
    The expression, ready to search in text or bytes; `.` is any character, `^` the start of any line.

    Raises:
        ValueError: RE2 does not take it.
    """
    import re2  # noqa: PLC0415  # most jobs need none

    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(f"(?ms){pattern}", options)
    except re2.error as error:
        raise ValueError(f"{pattern!r} is not an expression of RE2: {error}") from error
