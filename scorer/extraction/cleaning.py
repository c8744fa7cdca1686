"""What is done to every answer before anything is looked for in it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

_THINK = re.compile(r"(?im)^[ \t]*<(think|thinking|reasoning)>")
_UNTHINK = re.compile(r"(?im)</(think|thinking|reasoning)>[ \t]*$|^[ \t]*</(think|thinking|reasoning)>")
_SURROGATES = re.compile("[\ud800-\udfff]")


def cleaned(answer: str) -> tuple[str, tuple[str, ...]]:
    """The answer with lines that end in \\n, without byte-order mark, NUL, lone surrogates and reasoning; and notes."""
    notes = []
    text = answer.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        text = text.replace("\0", "")
        notes.append("NUL characters were removed")
    if _SURROGATES.search(text):
        text = _SURROGATES.sub("\ufffd", text)
        notes.append("characters that are none were replaced")
    said = without_reasoning(text)
    if said != text:
        notes.append("the reasoning was left out")
    return said, tuple(notes)


def without_reasoning(text: str) -> str:
    """
    What is said after the reasoning. Templates often open <think> in the prompt, so an answer may only close it; what
    is never closed was cut off while the model was still thinking.
    """
    closed = list(_UNTHINK.finditer(text))
    start = closed[-1].end() if closed else 0
    opened = _THINK.search(text, start)
    before = _THINK.search(text)
    if closed and before and before.start() < closed[0].start():
        # Something may have been said before the model began to think.
        return text[: before.start()] + text[start:].lstrip("\n")
    rest = text[start:].lstrip("\n") if closed else text
    return text[start : opened.start()] if opened else rest


def unescaped(code: str, accepts: Callable[[str], bool]) -> str | None:
    """The code with HTML's entities resolved, where only that makes it acceptable; None where it does not."""
    if not re.search(r"&(lt|gt|amp|quot|#\d+|nbsp|apos);", code) or accepts(code):
        return None
    plain = html.unescape(code).replace("\u00a0", " ")
    return plain if accepts(plain) else None
