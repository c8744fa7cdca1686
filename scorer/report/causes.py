"""Why samples fail, in lines that can be counted: a compiler's first error, a program's last words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from executor.model import Verdict
from scorer.model import CaseResult, Judgement

MOST_KINDS = 5_000
_LONGEST = 160
_MOST_READ = 400  # of a line, since the place at its beginning is looked for in time that grows with its square
_PLACE = re.compile(r"^(?:\S*?[\w./-]+[:(]\d+(?:[:,]\d+)?\)?:?\s*)+")
_AT = re.compile(r"^\S+?:\d+")
_QUOTED = re.compile("\u2018[^\u2019]*\u2019|`[^`']*[`']|'[^']*'|\"[^\"]*\"")  # \u2018x\u2019 is how GCC quotes
_NUMBER = re.compile(r"0x[0-9a-fA-F]+|\d+")
_ERROR = re.compile(r"[Ee]rror\b|ERROR\b|Exception|panic|\bfatal\b")


@dataclass(slots=True)
class Cause:
    """
    Args:
        verdict, text: what these samples have in common.
        samples: how many.
        example: one of their problems.
    """

    verdict: Verdict
    text: str
    samples: int
    example: str


class Causes:
    """Counts causes; at most MOST_KINDS different ones, so that a flood of nonsense costs no memory."""

    def __init__(self) -> None:
        self._found: dict[tuple[Verdict, str], Cause] = {}

    def add(self, judgement: Judgement) -> None:
        text = cause_of(judgement)
        if not text:
            return
        key = (judgement.verdict, text)
        if key in self._found:
            self._found[key].samples += 1
        elif len(self._found) < MOST_KINDS:
            self._found[key] = Cause(judgement.verdict, text, 1, judgement.problem)

    def most_common(self, number: int) -> list[Cause]:
        return sorted(self._found.values(), key=lambda cause: -cause.samples)[:number]


def cause_of(judgement: Judgement) -> str:
    """
    One line about why a sample failed, without the names, numbers and places that make each one look different.

    Empty for accepted samples, and where a verdict alone says all there is.
    """
    line = ""
    match judgement.verdict:
        case Verdict.AC:
            return ""
        case Verdict.CE | Verdict.CTL:
            line = _error_line(judgement.log) or judgement.detail
        case Verdict.RTE | Verdict.SV | Verdict.JE:
            line = next(_last_words(judgement), "") or judgement.detail
        case _:
            line = judgement.detail or next((case.detail for case in _failed(judgement) if case.detail), "")
    return _alike(line)


def _error_line(log: str) -> str:
    lines = [line for line in log[:20_000].splitlines() if line.strip()]
    # Go's compiler says no `error`, only where; its first line names the package.
    found = [next((line for line in lines if mark.search(line)), "") for mark in (_ERROR, _AT)]
    return found[0] or found[1] or (lines[0] if lines else "")


def _last_words(judgement: Judgement) -> Iterator[str]:
    for case in _failed(judgement):
        lines = [line for line in (case.stderr or "")[-20_000:].splitlines() if line.strip()]
        # The last line names a Python exception; a Java trace begins with it, and its other lines are indented.
        flush = [line for line in lines if not line[0].isspace()]
        named = [line for line in flush if _ERROR.search(line)]
        if found := (named or flush)[-1:]:
            yield found[0]
        elif case.detail:
            yield case.detail


def _failed(judgement: Judgement) -> Iterator[CaseResult]:
    return (case for case in judgement.cases if case.verdict is not Verdict.AC)


def _alike(line: str) -> str:
    line = _PLACE.sub("", line[:_MOST_READ].strip())
    line = _NUMBER.sub("N", _QUOTED.sub("'…'", line))
    line = " ".join(line.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
