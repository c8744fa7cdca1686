"""What an answer has in the blanks of a template."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given

from scorer.benchmarks.infibench import alignment
from scorer.benchmarks.infibench.alignment import MalformedTemplateError, fill_blanks
from scorer.benchmarks.infibench.rules import LEAST_MATCHED

ESCAPE = " '\"`"


def fills(template: str, response: str) -> tuple[str, ...]:
    return fill_blanks(template, "[blank]", ESCAPE, response).fills


def table_of(template: str, response: str) -> tuple[int, list[int]]:
    """The definition, cell by cell."""
    rows, columns = len(template), len(response)
    length = [[0] * columns for _ in range(rows)]
    end = [[0] * columns for _ in range(rows)]
    for i in range(rows):
        for j in range(columns):
            equal = template[i] == response[j]
            if equal:
                length[i][j], end[i][j] = (length[i - 1][j - 1] if i and j else 0) + 1, j
            elif i and j:
                left, above = (length[i][j - 1], end[i][j - 1]), (length[i - 1][j], end[i - 1][j])
                length[i][j], end[i][j] = max(left, above)
    at, found = end[-1][-1], [0] * rows
    for i in reversed(range(rows)):
        equal = template[i] == response[at]
        found[i] = at if equal else at + 1
        if equal and i:
            at = end[i - 1][at - 1]
    return length[-1][-1], found


@given(st.text("abc", min_size=1, max_size=12), st.text("abcd", min_size=1, max_size=14))
def test_rows_as_vectors_give_what_the_table_gives(template: str, response: str) -> None:
    codes = (alignment._codes(template), alignment._codes(response))
    assert alignment._columns(*codes) == table_of(template, response)


def test_a_blank_holds_what_stands_in_its_place() -> None:
    assert fills("You can use [blank], or [blank].", "You can use `sort`, or 'sorted()'.") == ("sort", "sorted()")


def test_words_around_the_template_are_not_in_the_blank() -> None:
    assert fills("Call [blank] first.", "Sure! Call begin first. Good luck.") == ("begin",)


def test_a_blank_at_the_beginning_loses_its_first_character_as_with_the_grader() -> None:
    assert fills("[blank] is faster.", "zip is faster.") == ("ip",)


def test_the_share_of_the_template_leaves_its_blanks_out() -> None:
    assert fill_blanks("abcd [blank] efgh", "[blank]", ESCAPE, "abcd X efgh").matched == 1.0
    assert fill_blanks("abcd[blank]efgh", "[blank]", ESCAPE, "zzzz").matched == 0.0


def test_an_empty_response_repeats_nothing() -> None:
    assert fill_blanks("a [blank] b", "[blank]", ESCAPE, "").matched == 0.0


def test_what_stands_for_a_blank_can_be_chosen() -> None:
    assert fill_blanks("a ___ b.", "___", "*", "a *x* b.").fills == ("x",)


def test_a_template_must_not_end_with_a_blank() -> None:
    with pytest.raises(MalformedTemplateError, match="character 2"):
        fills("a [blank]", "a x")


def test_a_template_that_ends_with_a_blank_is_no_mistake_where_too_little_of_it_is_repeated() -> None:
    filled = fill_blanks("first second [blank]", "[blank]", ESCAPE, "something else")
    assert filled.matched < LEAST_MATCHED
    assert filled.fills == ("",)


def test_a_template_of_blanks_alone_is_a_mistake() -> None:
    with pytest.raises(MalformedTemplateError, match="nothing beside its blanks"):
        fills("[blank][blank]", "a x")


def test_a_response_of_ten_million_characters_is_cut_and_said_to_be() -> None:
    filled = fill_blanks("use [blank] here.", "[blank]", ESCAPE, "use it here. " + "x" * 10_000_000)
    assert filled.cut


def test_half_a_surrogate_pair_is_a_character_like_any_other() -> None:
    assert fills("use [blank] here.", "use \udc80 here.") == ("\udc80",)
