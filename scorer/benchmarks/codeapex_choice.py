"""
The letter that an answer to a multiple-choice question chooses, in English or Chinese.

An answer says it in one of three ways, which are looked for in this order:

1. A box, as mathematics is taught to models: \\boxed{B}. The last one counts.
2. A statement: "the answer is (B)", "Answer: B", "答案是B", "选B". The last one counts: reasoning comes before it, and
   second thoughts. Weaker statements ("B is correct", "B项正确") count only where all of them name one letter, because
   reasoning says that of options too that it then rejects.
3. A place: the answer begins with the letter, or its last line is one.

What is not said is not guessed: an answer that states two letters at once, that begins with one and concludes with
another, or that names none chooses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

LETTERS = ("A", "B", "C", "D")


class Style(StrEnum):
    """How answers were asked for."""

    AUTO = "auto"
    """Not known: all three ways; nothing is chosen where the beginning and the conclusion differ."""
    ANSWER_ONLY = "answer-only"
    """The letter alone: the beginning counts before any statement."""
    COT = "cot"
    """Reasoning first: the beginning does not count, unless it is all."""


@dataclass(frozen=True, slots=True)
class Choice:
    """
    What an answer chooses.

    Args:
        letter: A to D; empty: none.
        method: `boxed`, `stated`, `implied`, `first letter`, `last line`, or `none`.
        notes: why nothing was chosen, or what else was seen.
    """

    letter: str
    method: str
    notes: tuple[str, ...] = ()


# One letter or several, in brackets, quotes or Markdown's stars; no part of a word: neither Ada nor C++ nor C#. A small
# letter is an article more often than a choice, so it wants brackets. Repetitions are bounded: answers are as long and
# as odd as models make them, and unbounded ones would take time that grows with their square.
_OPEN, _CLOSE = r"[\s(\[{<*_`'\"“\u2018「【$]{0,6}", r"[\s)\]}>*_`'\"”\u2019」】$]{0,6}"
_ENDS = r"(?![A-Za-z0-9_+#]|-[a-z]|'[a-z])"
_ONE = rf"(?:{_OPEN}(?<![A-Za-z0-9])(?-i:[A-D]){_ENDS}{_CLOSE}|\s?[(\[]\s?[A-Da-d]\s?[)\]]{_CLOSE})"
_AND = r"(?:[,/&、和与或及]|\band\b|\bor\b)"
_SEVERAL = rf"(?P<letters>(?:{_ONE}{_AND}){{0,3}}{_ONE}|{_OPEN}(?<![A-Za-z0-9])(?-i:[A-D]{{2,4}})(?![A-Za-z0-9_]))"
_NOT = r"(?!\s{0,2}(?:not|n't|incorrect|wrong|不|错))"

_BOXED = re.compile(r"\\boxed\s*\{\s*(?:\\(?:text|mathrm|mathbf|textbf)\s*\{)?(?P<letters>[^{}]*)\}")
_STATED = re.compile(
    rf"""
    (?:
        \b(?:answer|choice|solution|option\s+to\s+choose)\b (?:\s+(?:here|to\s+(?:this|the)\s+question))?
            [\s*_`]{{0,6}} (?:is|was|would\s+be|should\s+be|must\s+be|[:=])
            (?:\s?:)? (?:\s+(?:therefore|thus|clearly|indeed))?
      | \b(?:I|we|you)\s+(?:would\s+|should\s+|will\s+|must\s+|'d\s+)?(?:choose|select|pick|go\s+with)
      | 答案 [\s*_`]{{0,6}} (?:应该是|应当是|应该为|应为|应是|就是|是|为|选择|选|:)? (?:\s?:)?
      | (?<![不别未可])(?<!不能)(?<!不应)(?<!不该)(?<!不要)(?<!不会) (?:选择|应选|故选|选)(?!项) [\s:]{{0,4}}
      | 正确(?:的)?(?:选项|说法)? (?:应该是|应为|是|为|:)
    )
    {_NOT} \s{{0,4}} (?:the\s+)? (?:(?:option|choice|letter|answer)\b|选项)? {_SEVERAL}
    """,
    re.VERBOSE | re.IGNORECASE,
)
_IMPLIED = re.compile(
    rf"""
    {_SEVERAL} (?:选?项)? \s*
    (?: \b(?:is|are)\s+(?:(?:the|therefore|thus)\s+)*(?:correct|right|best)\b | 是?(?:正确|对)的? )
    """,
    re.VERBOSE,
)
_ALONE = re.compile(rf"\A(?:(?:option|选项?)\s?)?(?:{_ONE}|[a-d])[.。,:;!、]{{0,3}}\s*\Z", re.IGNORECASE)
_BEGINNING = re.compile(rf"\A(?:(?:option|选项?)\s?)?(?:{_SEVERAL}|(?P<small>[a-d])(?=[.):]|\Z))", re.IGNORECASE)
_MARKS = ".:、,。;)"
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
"""Full-width letters and punctuation, as Chinese text has them, to ASCII's."""


def choice(answer: str, options: Mapping[str, str], style: Style = Style.AUTO) -> Choice:
    """
    The letter that an answer chooses.

    Args:
        options: the texts by letter; an answer may begin with one, letter and all.
    """
    text = answer.translate(_WIDE).strip()
    first = _first(text, options)
    if style is Style.ANSWER_ONLY and first:
        return first
    if style is Style.COT and not _ALONE.match(text):
        first = None
    stated = _stated(text)
    if first and stated and first.letter != stated.letter:
        return Choice("", "none", (f"the answer begins with {_said(first)} and concludes with {_said(stated)}",))
    return stated or first or _last_line(text) or Choice("", "none", ("the answer names no letter",))


def _said(found: Choice) -> str:
    return found.letter or "several letters"


def _stated(text: str) -> Choice | None:
    for method, pattern in (("boxed", _BOXED), ("stated", _STATED)):
        if found := list(pattern.finditer(text)):
            return _only(_letters(found[-1]["letters"]), method)
    implied = {letter for found in _IMPLIED.finditer(text) for letter in _letters(found["letters"])}
    return Choice(implied.pop(), "implied") if len(implied) == 1 else None


def _only(letters: list[str], method: str) -> Choice:
    if len(letters) == 1:
        return Choice(letters[0], method)
    if letters:
        return Choice("", "none", (f"the answer chooses {' and '.join(letters)}, where one letter is asked for",))
    return Choice("", "none", ("the box holds no letter",))


def _letters(text: str) -> list[str]:
    """The letters in a statement, each once, in order."""
    words = re.sub(r"\b(?:and|or)\b", " ", text, flags=re.IGNORECASE)
    return list(dict.fromkeys(re.findall(r"[A-D]", words.upper())))


def _first(text: str, options: Mapping[str, str]) -> Choice | None:
    """What an answer begins with, unless that may be a word: "A pointer ..."."""
    found = _BEGINNING.match(text)
    if not found:
        return None
    written, rest = found["letters"] or found["small"], text[found.end() :]
    letters = _letters(written)
    marked = not rest or rest[0] in _MARKS or any(mark in written for mark in "\n)]}*>】」\"”'`")
    option = options.get(letters[0], "").translate(_WIDE).strip()[:20]
    if len(letters) > 1 or marked or (option and rest.startswith(option)):
        return _only(letters, "first letter")
    return None


def _last_line(text: str) -> Choice | None:
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > 1 and _ALONE.match(lines[-1].strip()):
        return _only(_letters(lines[-1]), "last line")
    return None
