"""
Where the published grader slips: what of a question's rules it reads otherwise than they say.

Each slip has a sentence, which stands beside every question whose score it changes. Which slips a question has can be
told from its rules alone; only such questions can have two scores.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from scorer.benchmarks.infibench.cases import Case
from scorer.benchmarks.infibench.programs import needs_network, proves_its_end


class Slip(StrEnum):
    """The values are what people are told."""

    MAPPING_ANSWERS = (
        "The answers of a blank are a mapping: the published grader goes through its keys, so that the words `or` and"
        " `content` are the accepted answers."
    )
    NESTED_TO_LOWER = (
        "`to_lower` stands inside a tree of rules, where the published grader does not look at it: capitals count."
    )
    RULE_REGEX = (
        "`regex` stands beside the content of a rule, where the published grader does not look at it: the pattern is"
        " searched for letter by letter."
    )
    LOWERED_PATTERN = (
        "The published grader lower-cases a pattern together with the answer, which turns `\\S` into `\\s`, and `\\W`"
        " into `\\w`."
    )
    LOWERED_FILL = (
        "The published grader leaves a blank's fill lower-cased for the answers that follow one with `to_lower`."
    )
    EARLY_EXIT = "The published grader takes a program that ends itself with exit status 0 for one that passed."
    NETWORK = "The test needs the network, which no program in a box can reach: it fails, or the question is left out."


def slips_of(case: Case) -> tuple[Slip, ...]:
    """What of a question the published grader may read otherwise than it says, in the order of `Slip`."""
    found = {*_of_keywords(case), *_of_blanks(case)}
    if case.grading.unit_test is not None:
        found |= {Slip.NETWORK} if needs_network(case) else set()
        found |= {Slip.EARLY_EXIT} if proves_its_end(case) else set()
    return tuple(slip for slip in Slip if slip in found)


def _of_keywords(case: Case) -> Iterator[Slip]:
    for rule in case.grading.keywords or ():
        if not isinstance(rule, Mapping) or "post_handler" in rule:
            continue
        if rule.get("regex"):
            yield Slip.RULE_REGEX
        if _has(rule["content"], "to_lower"):
            yield Slip.NESTED_TO_LOWER
        if (rule.get("to_lower") or _has(rule["content"], "to_lower")) and _has(rule, "regex"):
            yield from _of_patterns(rule["content"])


def _of_blanks(case: Case) -> Iterator[Slip]:
    for target in case.grading.blank_filling.targets if case.grading.blank_filling else ():
        if not isinstance(target, Mapping):
            continue
        content = target["content"]
        if isinstance(content, Mapping):
            yield Slip.MAPPING_ANSWERS  # and nothing that stands in it is looked at
            continue
        if _has(content, "to_lower"):
            yield Slip.NESTED_TO_LOWER
            yield Slip.LOWERED_FILL
        if (target.get("to_lower") or _has(content, "to_lower")) and _has(content, "regex"):
            yield from _of_patterns(content)


def _of_patterns(node: Any) -> Iterator[Slip]:
    # Only where a capital is more than a letter: after a backslash, or in a set, which may hold a range.
    if any(re.search(r"\\[A-Z]|\[[^]]*[A-Z]", text) for text in _texts(node)):
        yield Slip.LOWERED_PATTERN


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    for each in node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ():
        yield from _texts(each)


def _has(node: Any, key: str) -> bool:
    """Whether a key stands anywhere in a tree."""
    if isinstance(node, Mapping):
        return key in node or any(_has(each, key) for each in node.values())
    return isinstance(node, list) and any(_has(each, key) for each in node)
