"""
Times and sizes as a person types them: `1.5s`, `500ms`, `2m`; `256MiB`, `64MB`, `1g`, `262144`.

A time needs its unit, because `1000` is a second to some and a quarter of an hour to others. A size
without a unit is bytes; K, M, G and T alone are binary, as in docker and systemd.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

from executor.errors import UsageError
from executor.model import MIB, MS, SECOND, Limits

DURATIONS = {"ns": 1, "us": 1_000, "ms": MS, "s": SECOND, "m": 60 * SECOND, "min": 60 * SECOND, "h": 3600 * SECOND}
SIZES = {
    "": 1,
    "b": 1,
    **{letter + suffix: 1024 ** (i + 1) for i, letter in enumerate("kmgt") for suffix in ("", "ib")},
    **{f"{letter}b": 1000 ** (i + 1) for i, letter in enumerate("kmgt")},
}
LONGEST_NS = 24 * DURATIONS["h"]
LARGEST_BYTES = 16 * SIZES["tib"]
MOST_PROCESSES = 100_000

_QUANTITY = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?|\.[0-9]+)\s*([A-Za-z]*)\s*")
_LONGEST_TEXT = 40


def parse_duration(text: str) -> int:
    """
    Nanoseconds of a time with its unit: ns, us, ms, s, m (or min), h.

    Raises:
        UsageError: not a time, zero, below one nanosecond, or over 24 hours.
    """
    return _parse(text, DURATIONS, LONGEST_NS, "a time above zero and up to 24h, such as 1s, 500ms, 2.5s or 1m")


def parse_size(text: str) -> int:
    """
    Bytes of a size: a plain number, or with KiB, MiB, GiB, TiB (binary), KB, MB, GB, TB (decimal), K, M, G, T (binary).

    Raises:
        UsageError: not a size, zero, below one byte, or over 16 TiB.
    """
    return _parse(text, SIZES, LARGEST_BYTES, "a size above zero and up to 16TiB, such as 256MiB, 64MB, 1GiB or 262144")


def parse_memory(text: str) -> int:
    """As `parse_size`, and at least 1 MiB: with less no process comes so far as to be judged."""
    size = parse_size(text)
    if size < MIB:
        raise UsageError(f"{_quoted(text)} is less than 1MiB, which no program can do with")
    return size


def parse_limits(options: Mapping[str, str | int | None]) -> Limits:
    """
    The limits that options of `exec-cli run` ask for; an option that is absent or None leaves the default.

    Raises:
        UsageError: one of them is no limit; the message names the option.
    """
    return replace(Limits(), **asked_limits(options))


def asked_limits(options: Mapping[str, str | int | None]) -> dict[str, int]:
    """
    Those limits that options ask for, by their names in Limits.

    Raises:
        UsageError: as in `parse_limits`.
    """
    asked: dict[str, int] = {}
    for option, (key, parse) in _LIMIT_OPTIONS.items():
        if (value := options.get(option)) is not None:
            try:
                asked[key] = parse(str(value))
            except UsageError as error:
                raise UsageError(f"{option}: {error}") from error
    return asked


def _parse_count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= MOST_PROCESSES:
        raise UsageError(f"{number} is not a number from 1 to {MOST_PROCESSES}")
    return number


_LIMIT_OPTIONS: Mapping[str, tuple[str, Callable[[str], int]]] = {
    "--time-limit": ("cpu_ns", parse_duration),
    "--wall-limit": ("wall_ns", parse_duration),
    "--memory-limit": ("memory_bytes", parse_memory),
    "--output-limit": ("output_bytes", parse_size),
    "--stack-limit": ("stack_bytes", parse_size),
    "--processes": ("processes", _parse_count),
}


def _parse(text: str, units: dict[str, int], largest: int, accepted: str) -> int:
    match = _QUANTITY.fullmatch(text) if len(text) <= _LONGEST_TEXT else None
    unit = units.get(match[2].lower()) if match else None
    value = int(Decimal(match[1]) * unit) if match and unit else 0
    if not 0 < value <= largest:
        raise UsageError(f"{_quoted(text)} is not {accepted}")
    return value


def _quoted(text: str) -> str:
    shown = text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 3] + "..."
    return f"'{shown}'"
