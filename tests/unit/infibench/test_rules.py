"""InfiBench's rules: each form, and each slip of the benchmark's grader, in both modes."""

from __future__ import annotations

import re
from typing import Any

import pytest

from scorer.benchmarks.infibench.rules import Marks, Rules, needs_box

COMPAT, CORRECTED = Rules(corrected=False), Rules(corrected=True)
BOTH = pytest.mark.parametrize("rules", [COMPAT, CORRECTED], ids=["compat", "corrected"])


def keywords(rules: Rules, response: str, *each: Any) -> tuple[float, float]:
    marks = rules.keywords(each, response)
    return marks.got, marks.total


def blank(rules: Rules, fill: str, target: Any) -> bool:
    return rules.blanks([target], [fill], 1.0, None).got > 0


@BOTH
def test_a_word_is_found_anywhere_and_is_worth_a_point(rules: Rules) -> None:
    assert keywords(rules, "use a hash map", "hash map", "tree") == (1.0, 2.0)


@BOTH
def test_a_word_is_not_a_pattern(rules: Rules) -> None:
    assert keywords(rules, "abc", "a.c") == (0.0, 1.0)


@BOTH
def test_a_rule_has_a_weight_of_its_own(rules: Rules) -> None:
    assert keywords(rules, "tree", {"content": "tree", "weight": 2.5}, "map") == (2.5, 3.5)


@BOTH
def test_case_counts_unless_a_rule_lowers_it(rules: Rules) -> None:
    assert keywords(rules, "TREE", "tree", {"content": "Tree", "to_lower": True}) == (1.0, 2.0)


@BOTH
def test_a_negative_rule_takes_its_weight_and_is_in_no_total(rules: Rules) -> None:
    rule = {"content": "eval", "weight": 2.0, "neg": True}
    assert keywords(rules, "use eval", "use", rule) == (-1.0, 1.0)
    assert keywords(rules, "use that", "use", rule) == (1.0, 1.0)


@BOTH
def test_a_tree_is_made_of_or_and_and(rules: Rules) -> None:
    tree = {"content": {"and": ["a", {"or": ["b", {"content": "c"}]}]}}
    assert [keywords(rules, text, tree)[0] for text in ("a b", "a c", "b c", "a")] == [1.0, 1.0, 0.0, 0.0]


@BOTH
def test_or_wins_over_a_content_beside_it(rules: Rules) -> None:
    assert keywords(rules, "b", {"content": {"content": None, "or": ["a", "b"]}}) == (1.0, 1.0)


@BOTH
def test_a_pattern_is_searched_where_a_node_says_so_and_below(rules: Rules) -> None:
    tree = {"content": {"regex": True, "or": ["x[0-9]", {"content": "y[0-9]"}, {"content": "z[0-9]", "regex": False}]}}
    assert [keywords(rules, text, tree)[0] for text in ("x1", "y1", "z1", "z[0-9]")] == [1.0, 1.0, 0.0, 1.0]


def test_a_pattern_at_the_level_of_a_rule_counts_only_where_slips_are_corrected() -> None:
    rule = {"content": {"content": "consumer[2-6]"}, "regex": True}
    assert keywords(COMPAT, "consumer3", rule)[0] == 0.0
    assert keywords(COMPAT, "consumer[2-6]", rule)[0] == 1.0
    assert keywords(CORRECTED, "consumer3", rule)[0] == 1.0


def test_lowering_inside_a_tree_counts_only_where_slips_are_corrected() -> None:
    rule = {"content": {"or": [{"content": "Tree", "to_lower": True}, {"content": "Map"}]}}
    assert [keywords(COMPAT, text, rule)[0] for text in ("TREE", "MAP")] == [0.0, 0.0]
    assert [keywords(CORRECTED, text, rule)[0] for text in ("TREE", "MAP")] == [1.0, 0.0]


def test_a_lowered_pattern_turns_into_another_unless_slips_are_corrected() -> None:
    rule = {"content": {"content": r"^\S+$", "regex": True}, "to_lower": True}
    assert keywords(COMPAT, "word", rule)[0] == 0.0
    assert keywords(COMPAT, "  ", rule)[0] == 1.0
    assert keywords(CORRECTED, "Word", rule)[0] == 1.0


@BOTH
def test_a_weight_inside_a_tree_says_nothing(rules: Rules) -> None:
    assert keywords(rules, "a", {"content": {"content": "a", "weight": 5}}) == (1.0, 1.0)


@BOTH
def test_a_condition_knows_what_was_matched_before(rules: Rules) -> None:
    second = {"content": {"content": "b", "cond": "context[-1].startswith('match')"}}
    assert keywords(rules, "a b", "a", second) == (2.0, 2.0)
    assert keywords(rules, "b", "a", second) == (0.0, 2.0)


@BOTH
def test_a_condition_is_not_asked_where_nothing_matched(rules: Rules) -> None:
    assert keywords(rules, "x", {"content": {"content": "a", "cond": "context[-1]"}}) == (0.0, 1.0)


@BOTH
def test_a_condition_knows_the_rule_the_answer_and_the_response(rules: Rules) -> None:
    node = {"content": "a", "cond": "ans and rule['content'] == 'a' and response == 'a!' and re.match('a', response)"}
    assert keywords(rules, "a!", {"content": node}) == (1.0, 1.0)


def test_a_mistake_in_a_later_branch_counts_even_if_an_earlier_one_matches() -> None:
    with pytest.raises(re.error):
        COMPAT.keywords([{"content": {"or": ["a", {"content": "(", "regex": True}]}}], "a")


def test_a_handler_of_keywords_has_the_last_word() -> None:
    def handler(got: float, total: float, statuses: list[str]) -> tuple[float, float, str]:
        assert (got, total, statuses) == (1.0, 2.0, ["match", "unmatch"])
        return 5.0, 6.0, "why"

    rules = Rules(corrected=False, handlers=lambda names: {"f": handler}[names["func"]])
    marks = rules.keywords(["a", {"post_handler": {"module": "m", "func": "f"}}, "b"], "a")
    assert marks == Marks(5.0, 6.0, ("match", "unmatch", "handler: why"))


@BOTH
@pytest.mark.parametrize(
    "target",
    ["name", {"content": "name"}, {"content": ["other", "name"]}, {"content": [{"content": "name"}]}],
)
def test_a_blank_holds_exactly_one_of_its_answers(rules: Rules, target: Any) -> None:
    assert blank(rules, "name", target)
    assert not blank(rules, "a name", target)
    assert not blank(rules, "Name", target)


@BOTH
def test_a_blank_may_be_lowered_searched_and_matched_by_a_pattern(rules: Rules) -> None:
    assert blank(rules, "NAME", {"content": "Name", "to_lower": True})
    assert blank(rules, "a name.", {"content": "name", "substr_match": True})
    assert blank(rules, "name7", {"content": [{"content": r"name\d", "regex": True}]})
    assert not blank(rules, "a name7", {"content": [{"content": r"name\d", "regex": True}]})
    assert blank(rules, "a name7", {"content": [{"content": r"name\d", "regex": True}], "substr_match": True})


@BOTH
def test_a_condition_of_a_blank_knows_the_blanks_before(rules: Rules) -> None:
    second = {"content": [{"content": "b", "cond": "grading_details[-1].startswith('matched') and ans_str == 'b'"}]}
    assert rules.blanks(["a", second], ["a", "b"], 1.0, None).got == 2.0
    assert rules.blanks(["a", second], ["x", "b"], 1.0, None).got == 0.0


def test_a_mapping_of_answers_is_read_as_its_keys_unless_slips_are_corrected() -> None:
    target = {"content": {"or": [{"content": "ElevatedButton", "to_lower": True}, {"or": ["TextButton"]}]}}
    assert [blank(COMPAT, fill, target) for fill in ("or", "elevatedbutton")] == [True, False]
    fills = ("or", "elevatedbutton", "TextButton", "textbutton")
    assert [blank(CORRECTED, fill, target) for fill in fills] == [False, True, True, False]
    assert blank(COMPAT, "content", {"content": {"content": "x"}})
    assert blank(CORRECTED, "x", {"content": {"content": "x"}})


@BOTH
def test_a_response_that_left_the_template_has_no_blanks(rules: Rules) -> None:
    marks = rules.blanks(["a", {"content": "b", "weight": 2.0}], ["a", "b"], 0.79, None)
    assert (marks.got, marks.total) == (0.0, 3.0)
    assert marks.details[0] == "unmatched: match rate too low - 0.79"


def test_the_detail_of_a_blank_says_fill_and_answer_in_the_words_that_handlers_look_for() -> None:
    marks = COMPAT.blanks([{"content": ["x", "y"]}, {"content": ["x", "y"]}], ["x", "z"], 1.0, None)
    assert marks.details == ("matched: response string: x, ans: x", "unmatched: response string: z, ans: y")


def test_a_handler_of_blanks_is_given_the_details() -> None:
    def handler(got: float, total: float, details: list[str]) -> tuple[float, float, list[str]]:
        return len(details[0].split(", ans:")), total, details

    rules = Rules(corrected=False, handlers=lambda _: handler)
    assert rules.blanks(["a"], ["b"], 1.0, {"module": "m", "func": "f"}).got == 2.0


def test_a_question_may_be_graded_by_a_function() -> None:
    rules = Rules(corrected=False, handlers=lambda _: lambda response: (len(response), 9, "length"))
    assert rules.custom({"module": "m", "func": "f"}, "four") == Marks(4.0, 9.0, ("length",))


@pytest.mark.parametrize(
    "rules",
    [
        [{"content": {"or": ["a", {"content": "b", "regex": True}]}}],
        [{"content": {"content": "a", "cond": "True"}}],
        [{"post_handler": {"module": "m", "func": "f"}}],
        {"targets": [{"content": [{"content": "a", "regex": True}]}]},
    ],
)
def test_patterns_and_code_are_for_a_box(rules: Any) -> None:
    assert needs_box(rules)


def test_plain_words_are_matched_in_process() -> None:
    assert not needs_box([{"content": {"and": ["a", {"or": ["b"], "regex": False}]}, "to_lower": True}, "c"])
