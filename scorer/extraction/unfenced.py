"""
Code without fences: the lines between the prose.

Each line has a weight: surely code counts for it, prose at the margin against it, and indented or commented lines
follow their neighbours. The code is the run of lines with the greatest sum, so one pass over the answer finds it.
"""

from __future__ import annotations

import re

from scorer.extraction.languages import Language

_SURE, _LIKELY, _NEUTRAL, _PROSE = 3, 2, 0, -4

_BRACED = re.compile(r"[;{}]\s*(//.*|/\*.*)?$|^\s*[})\]]+[;,]?\s*(//.*)?$")
_CODE = re.compile(
    r"^\s*[\w.\[\]>*&$:-]+\s*(\[.*\])?\s*([-+*/%&|^]|<<|>>|//|\*\*)?=(?!=)\s*\S|^\s*[\w.:$>-]+\(.*\)\s*;?$"
)
_COMMENT = re.compile(r"^\s*(//|/\*|\*/|\*\s|#|--\s|\"\"\"|''')")
_WIDE = re.compile(r"[\u3000-\u9fff\uff00-\uffef\uac00-\ud7af]")
_STRINGS = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|//.*|#.*|/\*.*")
_SENTENCE = re.compile(
    r"^\s*([-*+>]\s|\d+[.)]\s|\*\*|#{1,6}\s)?\s*\**[A-Za-z][\w'\u2019,-]*\**(\s+\S+){1,}\s*$|^\s*\w+[,!:.]\s*$"
)
_ASSIGNED = re.compile(r"[ \ta-zA-Z_]*=?[ \trRfFbB]*")
_HEADING = re.compile(r"^#{1,6}\s+\S")


def is_prose(line: str, language: Language) -> bool:
    """Whether a line is a sentence and no code."""
    return _weight(line, language) == _PROSE


def _weight(line: str, language: Language) -> int:
    if not line.strip():
        return _NEUTRAL
    if language.braces and _HEADING.match(line) and not (language.guesses and language.guesses.match(line)):
        return _PROSE
    if _COMMENT.match(line) and not (language.guesses and language.guesses.match(line)):
        return _NEUTRAL
    if _WIDE.search(_STRINGS.sub("", line)):
        return _PROSE
    if language.guesses and language.guesses.match(line):
        return _SURE
    if (language.braces and _BRACED.search(line)) or _CODE.match(line):
        return _LIKELY
    if line[:1] in " \t":
        return _NEUTRAL
    return _PROSE if _SENTENCE.match(line) else _NEUTRAL


def region(text: str, language: Language) -> tuple[str, str, str] | None:
    """The code among prose, with what stands before and behind it; None: no line is surely code."""
    lines = text.split("\n")
    weights = [_weight(line, language) for line in lines]
    _quiet_comments(lines, weights)
    best, best_range = 0, (0, 0)
    total, start = 0, 0
    for number, weight in enumerate(weights):
        if total <= 0:
            total, start = 0, number
        total += weight
        if total > best:
            best, best_range = total, (start, number + 1)
    start, end = best_range
    if best < _SURE or not any(weight == _SURE for weight in weights[start:end]):
        return None
    start, end = _widened(lines, weights, start, end)
    return "\n".join(lines[start:end]).strip("\n") + "\n", "\n".join(lines[:start]), "\n".join(lines[end:])


def _quiet_comments(lines: list[str], weights: list[int]) -> None:
    """Sentences inside /* ... */ and triple quotes are no prose."""
    inside = ""
    for number, line in enumerate(lines):
        if inside:
            weights[number] = _NEUTRAL
            inside = "" if inside in line else inside
            continue
        for opening, closing in (("/*", "*/"), ('"""', '"""'), ("'''", "'''")):
            before, found, after = line.partition(opening)
            if found and closing not in after and _ASSIGNED.fullmatch(before):
                inside = closing


def _widened(lines: list[str], weights: list[int], start: int, end: int) -> tuple[int, int]:
    """With the comments right above, and the indented lines that go on below (a block cut off, a last `return x`)."""
    while (
        start and lines[start - 1].strip() and weights[start - 1] == _NEUTRAL and not _HEADING.match(lines[start - 1])
    ):
        start -= 1
    while end < len(lines) and weights[end] == _NEUTRAL and (lines[end][:1] in " \t" or not lines[end].strip()):
        end += 1
    while end < len(lines) and weights[end] == _NEUTRAL and lines[end].strip(" \t});]") == "" and lines[end].strip():
        end += 1
    return start, end
