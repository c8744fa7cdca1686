"""
What an answer has in the blanks of a template: the longest common subsequence of both, with the grader's own turns.

    f[i][j]  length of the subsequence found in template[:i + 1] and response[:j + 1]
    s[i][j]  column of the last character of the response that is matched in it

Where the characters are equal, the diagonal is taken even if a neighbour is larger; on a tie of the neighbours the
larger column wins; the first row and column know only their own equality. All of it decides scores, so all of it is
kept. The table is as large as template times response: rows are vectors, and responses are cut, see MOST_CELLS.

Source: LCS of grader_utils.py of github.com/infi-coder/infibench-evaluator.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scorer.benchmarks.infibench.rules import LEAST_MATCHED

MOST_CELLS = 32 * 1024 * 1024
"""Cells of a table, of 2 bytes each; a longer response is cut."""
_MOST_COLUMNS = 65535

_Row = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Filled:
    """
    Args:
        fills: what stands in each blank, stripped; nothing where less than LEAST_MATCHED is repeated.
        matched: share of the template, its blanks left out, that the response repeats.
        cut: whether only the beginning of the response was looked at.
    """

    fills: tuple[str, ...]
    matched: float
    cut: bool = False


class MalformedTemplateError(ValueError):
    """No answer can be aligned with the template; the grader fails on it, and so the question does not count."""


def fill_blanks(template: str, blank: str, escape: str, response: str) -> Filled:
    """
    Align a response with a template.

    Args:
        blank: what stands for a blank in the template.
        escape: characters that are stripped from both ends of a fill.

    Raises:
        MalformedTemplateError: a blank is the template's last word, and the response repeats enough of the template for
            its blanks to be looked at; or nothing but blanks is in it.
    """
    response = response or " "
    words = len(template) - template.count(blank) * len(blank)
    if words <= 0:
        raise MalformedTemplateError("the template has nothing beside its blanks")
    longest = min(_MOST_COLUMNS, max(1, MOST_CELLS // len(template)))
    cut, response = len(response) > longest, response[:longest]
    length, columns = _columns(_codes(template), _codes(response))
    places = [i for i in range(len(template)) if template.startswith(blank, i)]
    matched = length / words
    if matched < LEAST_MATCHED:
        return Filled(("",) * len(places), matched, cut)
    fills = []
    for place in places:
        after = place + len(blank)
        if after >= len(template):
            raise MalformedTemplateError(f"nothing follows the blank at character {place} of the template")
        begin = columns[place] if place == 0 else columns[place - 1] + 1
        fills.append(response[begin : columns[after]].strip(escape))
    return Filled(tuple(fills), matched, cut)


def _codes(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def _columns(template: NDArray[np.uint32], response: NDArray[np.uint32]) -> tuple[int, list[int]]:
    """The length of the subsequence, and for each character of the template a column of the response."""
    table = np.zeros((len(template), len(response)), dtype=np.uint16)
    lengths: _Row = np.zeros(len(response), dtype=np.int64)
    ends: _Row = np.zeros(len(response), dtype=np.int64)
    for i, char in enumerate(template):
        equal = response == char
        lengths, ends = _next_row(equal, lengths, ends) if i else _first_row(equal)
        table[i] = ends
    return int(lengths[-1]), _backwards(template, response, table)


def _first_row(equal: NDArray[np.bool_]) -> tuple[_Row, _Row]:
    numbers = np.arange(len(equal))
    return equal.astype(np.int64), np.where(equal, numbers, 0)


def _next_row(equal: NDArray[np.bool_], above: _Row, ends_above: _Row) -> tuple[_Row, _Row]:
    """
    One more row. Between two equal columns a cell is the largest of those to its left, down to the equal one, and of
    those above them; of equal lengths the largest column counts. Both are one number, so a running maximum finds them.
    """
    size = len(equal)
    numbers = np.arange(size)
    diagonal = np.concatenate(([0], above[:-1])) + 1
    lengths = np.where(equal, diagonal, above)
    ends = np.where(equal, numbers, ends_above)
    # The first column looks at nothing but itself.
    lengths[0], ends[0] = int(equal[0]), 0
    begins = equal.copy()
    begins[0] = True
    # A cell that begins a segment hides all before it: each segment lies above those before.
    together = lengths * size + ends
    ceiling = size * (size + 1) + size
    lifted = np.maximum.accumulate(together + np.cumsum(begins) * ceiling)
    together = lifted - np.cumsum(begins) * ceiling
    return together // size, together % size


def _backwards(template: NDArray[np.uint32], response: NDArray[np.uint32], table: NDArray[np.uint16]) -> list[int]:
    columns = [0] * len(template)
    at = int(table[-1][-1])
    for i in range(len(template) - 1, -1, -1):
        equal = template[i] == response[at]
        columns[i] = at if equal else at + 1
        if equal and i > 0:
            at = int(table[i - 1][at - 1])  # -1 is the last column, as in the grader
    return columns
