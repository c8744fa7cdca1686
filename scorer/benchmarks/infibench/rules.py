"""
The rules of InfiBench: keywords, and what fills the blanks of a template.

Theory of operation: this module is the standard library alone and imports nothing of ours, because it runs in two
places. Rules of plain words are matched where the scorer runs. Rules with a regular expression or with Python of the
benchmark's own (`cond`, handlers) are matched in a box, by this very file, so that neither a pattern that takes
for ever nor a handler can do more than lose its question.

Modes:
    compat      what the benchmark's own grader does, its slips included: published scores are made of them
    corrected   what the rules say: `to_lower` counts inside a tree as well, `regex` at the level of a rule counts,
                a lowered pattern ignores the case instead of turning \\S into \\s, and a mapping among the answers of a
                blank means its content instead of the words `or` and `content`, each with a `to_lower` of its own

Source: the behaviour follows grader_main.py and grader_utils.py of github.com/infi-coder/infibench-evaluator.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence

# In a box every import counts, and `typing` and `dataclasses` take longer than all else that is done there.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Handlers = Callable[[Mapping[str, str]], Callable[..., Any]]

MATCH, UNMATCH = "match", "unmatch"
UNMATCHED = "unmatched"
"""Of a blank."""
COMPAT, CORRECTED = "compat", "corrected"
LEAST_MATCHED = 0.8
"""Share of a template that an answer must repeat for its blanks to count."""

_SHOWN = 500
"""Characters of a detail that leave the box."""


class Marks:
    """
    Args:
        got, total: points; got may be negative.
        details: for people, and for the benchmark's handlers, which read them.
    """

    __slots__ = ("details", "got", "total")

    def __init__(self, got: float, total: float, details: tuple[str, ...] = ()) -> None:
        self.got, self.total, self.details = got, total, details

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Marks) and repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash(repr(self))

    def __repr__(self) -> str:
        return f"Marks({self.got!r}, {self.total!r}, {self.details!r})"


class Inherited:
    """What a node of a rule's tree has from the nodes above it."""

    __slots__ = ("regex", "to_lower")

    def __init__(self, *, to_lower: bool = False, regex: bool = False) -> None:
        self.to_lower, self.regex = to_lower, regex


class Rules:
    """
    Args:
        corrected: the mode.
        handlers: find the function that a `{module, func}` names; None: a rule that needs one is a mistake of the
            caller.
    """

    def __init__(self, *, corrected: bool, handlers: Handlers | None = None) -> None:
        self._corrected = corrected
        self._handlers = handlers

    def of(self, request: Mapping[str, Any], response: str) -> dict[str, Marks]:
        """
        The marks of each kind of metric that a request has, by its name.

        Args:
            request: `keywords` (a list of rules), `blanks` (the arguments of `blanks`), `customized` (a handler).

        Raises:
            Exception: whatever a condition or a handler of the benchmark raises.
        """
        marks = {}
        if "keywords" in request:
            marks["keywords"] = self.keywords(request["keywords"], response)
        if "blanks" in request:
            marks["blank_filling"] = self.blanks(**request["blanks"])
        if "customized" in request:
            marks["customized"] = self.custom(request["customized"], response)
        return marks

    def keywords(self, rules: Sequence[Any], response: str) -> Marks:
        """
        Points for what a response mentions.

        Raises:
            Exception: whatever a condition or a handler of the benchmark raises.
        """
        got = total = 0.0
        statuses: list[str] = []
        handler = None
        for rule in rules:
            if isinstance(rule, Mapping) and "post_handler" in rule:
                handler = rule["post_handler"]
                continue
            weight, negative, tree, inherited = self._rule(rule)
            matched = self._matches(tree, inherited, response, statuses)
            statuses.append(MATCH if matched else UNMATCH)
            if matched:
                got += -weight if negative else weight
            total += 0.0 if negative else weight
        return self._handled(handler, Marks(got, total, tuple(statuses)))

    def _rule(self, rule: Any) -> tuple[float, bool, Any, Inherited]:
        if isinstance(rule, str):
            return 1.0, False, rule, Inherited()
        inherited = Inherited(
            to_lower=bool(rule.get("to_lower", False)), regex=self._corrected and bool(rule.get("regex", False))
        )
        return float(rule.get("weight", 1.0)), bool(rule.get("neg", False)), rule["content"], inherited

    def _matches(self, node: Any, inherited: Inherited, response: str, context: list[str]) -> bool:
        if isinstance(node, str):
            return self._found(node, inherited, response)
        inherited = self._inherited(node, inherited)
        # All branches are looked at, as the grader does: a mistake in a later one counts even if an earlier matched.
        if "or" in node:
            answer = any([self._matches(each, inherited, response, context) for each in node["or"]])  # noqa: C419  # as said
        elif "and" in node:
            answer = all([self._matches(each, inherited, response, context) for each in node["and"]])  # noqa: C419
        else:
            answer = self._matches(node["content"], inherited, response, context)
        if "cond" in node and answer:
            names = {"context": context, "ans": answer, "rule": node, "response": response, "regex": inherited.regex}
            answer = bool(_evaluate(node["cond"], names | {"to_lower": inherited.to_lower}))
        return answer

    def _inherited(self, node: Mapping[str, Any], inherited: Inherited) -> Inherited:
        to_lower = bool(node.get("to_lower", inherited.to_lower)) if self._corrected else inherited.to_lower
        return Inherited(to_lower=to_lower, regex=bool(node.get("regex", inherited.regex)))

    def _found(self, word: str, how: Inherited, response: str) -> bool:
        if how.regex:
            return self._pattern(word, to_lower=how.to_lower).search(_lowered(response, how)) is not None
        return _lowered(word, how) in _lowered(response, how)

    def _pattern(self, pattern: str, *, to_lower: bool) -> re.Pattern[str]:
        if not to_lower:
            return re.compile(pattern)
        return re.compile(pattern, re.IGNORECASE) if self._corrected else re.compile(pattern.lower())

    def blanks(
        self, targets: Sequence[Any], filled: Sequence[str], matched: float, handler: Mapping[str, str] | None
    ) -> Marks:
        """
        Points for what stands in the blanks of a template.

        Args:
            targets: one for each blank.
            filled: what the response has in each blank, stripped.
            matched: share of the template that the response repeats.
        """
        got = total = 0.0
        details: list[str] = []
        for number, target in enumerate(targets):
            weight = 1.0 if isinstance(target, str) else target.get("weight", 1.0)
            total += weight
            if matched < LEAST_MATCHED:
                details.append(f"unmatched: match rate too low - {matched}")
                continue
            accepted, detail = self._accepts(target, filled[number], details)
            got += weight if accepted else 0.0
            details.append(detail)
        return self._handled(handler, Marks(got, total, tuple(details)))

    def _accepts(self, target: Any, fill: str, before: list[str]) -> tuple[bool, str]:
        # The words of a detail are an interface: a handler finds the fill between `response string: ` and `, ans:`.
        detail = UNMATCHED
        for answer in self._answers(target):
            detail = f"response string: {fill}, ans: {answer.text}"
            candidate = fill.lower() if answer.to_lower else fill
            if not self._corrected:
                fill = candidate  # once lowered it stays so for the answers that follow
            if answer.accepts(candidate, corrected=self._corrected) and answer.holds(candidate, before):
                return True, f"matched: {detail}"
        return False, f"unmatched: {detail}"

    def _answers(self, target: Any) -> Iterator[_Answer]:
        if isinstance(target, str):
            yield _Answer(target)
            return
        content = target["content"]
        to_lower, within = bool(target.get("to_lower", False)), bool(target.get("substr_match", False))
        alternatives = [content] if isinstance(content, str) else content
        if isinstance(content, Mapping) and self._corrected:
            alternatives = _alternatives_of(content)
        # Iterating a mapping gives its keys: in compat mode the accepted answers are then the words `or` and `content`.
        for each in alternatives:
            if isinstance(each, str):
                yield _Answer(each, to_lower=to_lower, within=within)
            else:
                own = bool(each.get("to_lower", to_lower)) if self._corrected else to_lower
                regex, cond = bool(each.get("regex", False)), each.get("cond")
                yield _Answer(each["content"], to_lower=own, within=within, regex=regex, cond=cond)

    def custom(self, handler: Mapping[str, str], response: str) -> Marks:
        """Points by a function of the benchmark's own."""
        got, total, detail = self._function(handler)(response)
        return Marks(float(got), float(total), (str(detail),))

    def _handled(self, handler: Mapping[str, str] | None, marks: Marks) -> Marks:
        if handler is None:
            return marks
        got, total, detail = self._function(handler)(marks.got, marks.total, list(marks.details))
        return Marks(float(got), float(total), (*marks.details, f"handler: {detail}"))

    def _function(self, handler: Mapping[str, str]) -> Callable[..., Any]:
        assert self._handlers is not None, "rules with handlers are matched in a box"
        return self._handlers(handler)


def _lowered(text: str, how: Inherited) -> str:
    return text.lower() if how.to_lower else text


class _Answer:
    """One accepted answer of a blank."""

    __slots__ = ("cond", "regex", "text", "to_lower", "within")

    def __init__(
        self, text: str, *, to_lower: bool = False, within: bool = False, regex: bool = False, cond: str | None = None
    ) -> None:
        self.text, self.to_lower, self.within, self.regex, self.cond = text, to_lower, within, regex, cond

    def accepts(self, fill: str, *, corrected: bool) -> bool:
        if not self.regex:
            text = self.text.lower() if self.to_lower else self.text
            return text in fill if self.within else text == fill
        pattern = self._pattern(corrected=corrected)
        return (pattern.search(fill) if self.within else pattern.fullmatch(fill)) is not None

    def _pattern(self, *, corrected: bool) -> re.Pattern[str]:
        if not self.to_lower:
            return re.compile(self.text)
        return re.compile(self.text, re.IGNORECASE) if corrected else re.compile(self.text.lower())

    def holds(self, fill: str, details: list[str]) -> bool:
        if self.cond is None:
            return True
        text = self.text.lower() if self.to_lower else self.text
        names = {"grading_details": details, "ans_str": text, "ans_re": self.regex, "response_str": fill}
        return bool(_evaluate(self.cond, names))


def _alternatives_of(content: Mapping[str, Any]) -> list[Any]:
    """What a mapping among the answers means: the branches of its `or`, or its content."""
    if "or" in content:
        return [
            nested
            for each in content["or"]
            for nested in (_alternatives_of(each) if isinstance(each, Mapping) and "or" in each else [each])
        ]
    return [content]


def _evaluate(expression: str, names: Mapping[str, Any]) -> Any:
    # An expression of the benchmark's own language, which is Python; this is why it is only ever evaluated in a box.
    return eval(expression, {"re": re, **names})  # noqa: S307


def needs_box(node: Any) -> bool:
    """Whether rules hold code or a pattern, and so must not be matched in the scorer's process."""
    if isinstance(node, Mapping):
        if {"cond", "post_handler", "module"} & node.keys() or node.get("regex"):
            return True
        return any(map(needs_box, node.values()))
    return isinstance(node, list) and any(map(needs_box, node))


def main() -> None:
    """In a box: one request on standard input; on standard output, for each mode, a line with its marks; all JSON."""
    request = json.load(sys.stdin)

    def function_of(handler: Mapping[str, str]) -> Callable[..., Any]:
        names: dict[str, Any] = {"__name__": handler["module"]}
        exec(compile(request["modules"][handler["module"]], handler["module"], "exec"), names)  # noqa: S102  # in a box
        found: Callable[..., Any] = names[handler["func"]]
        return found

    # Mode by mode: what one of them comes to is known even if the next never ends.
    for mode in request["modes"]:
        marks = Rules(corrected=mode == CORRECTED, handlers=function_of).of(request, request["response"])
        answer = {
            name: [each.got, each.total, [text[:_SHOWN] for text in each.details]] for name, each in marks.items()
        }
        sys.stdout.write("\n" + json.dumps({"mode": mode, "marks": answer}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
