"""
Fenced blocks in a chat answer, as models write them rather than as CommonMark defines them.

Where they differ: fences may be indented by any amount or stand behind a list's marker or a sentence; the last fence
may be missing; a fence with a language inside an open one begins the next block, since the closing one was forgotten;
a fence of Markdown around everything is looked through; the closing fence may be glued to the last line of code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from scorer.extraction.languages import DATA_TAGS, Language, known_language

# A list's marker, a quotation's, or nothing; then the fence, then what stands behind it.
_FENCE = re.compile(r"^(?P<lead>[ \t]*(?:(?:[-*+>]|\d{1,3}[.)])[ \t]*)*)(?P<fence>`{3,}|~{3,})(?P<info>[^\n`]*)$")
_GLUED = re.compile(r"^(?P<lead>[^`\n]*[:\uff1a\s])(?P<fence>`{3,})[ \t]*(?P<info>[\w+#.-]*)[ \t]*$")
_ONE_LINE = re.compile(r"^[ \t]*```(?:(?P<info>[\w+#]+)[ \t]+)?(?P<code>[^`\n]+)```[ \t]*$")
_MARKDOWN = frozenset({"markdown", "md"})
_EXTENSION = re.compile(r"[\w./-]*\.([a-z+]{1,5})$")


@dataclass(frozen=True, slots=True)
class Block:
    """
    Args:
        code: what is fenced, without the fence's own indentation.
        tag: first word behind the opening fence, lower case; empty: there is none.
        language: that is named there; None: no language that is known.
        closed: by a fence, not by the end of the answer.
        heading: the last line of prose before it.
    """

    code: str
    tag: str
    language: Language | None
    closed: bool
    heading: str

    @property
    def data(self) -> bool:
        """It says itself that it holds no program."""
        return self.tag in DATA_TAGS


def blocks(text: str) -> tuple[list[Block], str]:
    """The fenced blocks of an answer, and the prose around them."""
    if "```" not in text and "~~~" not in text:
        return [], text
    found, prose = [], []
    for part in _parts(text.split("\n")):
        if isinstance(part, Block):
            if part.code.strip():
                found.append(part)
        else:
            prose.append(part)
    return found, "\n".join(prose)


def _parts(lines: list[str]) -> Iterator[Block | str]:
    """Blocks and lines of prose, in order."""
    code: list[str] = []
    opened: re.Match[str] | None = None
    heading = ""
    for line in lines:
        fence = _fence(line, inside=opened is not None)
        if opened is not None:
            if fence is None or not _ends(opened, fence):
                code.append(line)
                continue
            yield _block(code, opened["info"], heading, closed=True, indent=_indent(opened))
            # A fence that names a language opens the next block: the one that should have closed this one is missing.
            opened, code, heading = (fence if fence["info"].strip() else None), [], ""
        elif fence is None:
            yield line
            heading = line if line.strip() else heading
        elif fence.re is _ONE_LINE:
            yield _block([fence["code"]], fence["info"] or "", heading, closed=True, indent=0)
        elif fence["info"].strip().lower() not in _MARKDOWN:
            opened, code = fence, []
            heading = fence["lead"] if fence.re is _GLUED else heading
    if opened is not None:
        yield _unclosed(code, opened, heading)


def _fence(line: str, *, inside: bool) -> re.Match[str] | None:
    """A line that opens or closes a block, or is one by itself."""
    if "```" not in line and "~~~" not in line:  # nearly every line
        return None
    if inside:
        return _FENCE.match(line)
    return _FENCE.match(line) or _glued(line) or _ONE_LINE.match(line)


def _glued(line: str) -> re.Match[str] | None:
    """A fence behind a sentence: `Here it is: ```cpp`."""
    fence = _GLUED.match(line)
    if fence is None:
        return None
    announced = fence["lead"].rstrip().endswith((":", "\uff1a"))  # the second is the full-width colon
    return fence if announced or known_language(fence["info"]) else None


def _indent(opened: re.Match[str]) -> int:
    return len(opened["lead"]) if opened.re is _FENCE else 0


def _ends(opened: re.Match[str], fence: re.Match[str]) -> bool:
    """Whether a fence inside a block ends it: of the same kind, as long, and not indented like code inside it."""
    same = fence["fence"][0] == opened["fence"][0] and len(fence["fence"]) >= len(opened["fence"])
    if not same or len(fence["lead"]) > _indent(opened) + 3:
        return False
    return not fence["info"].strip() or _tag(fence["info"])[1] is not None


def _unclosed(code: list[str], opened: re.Match[str], heading: str) -> Block:
    """The last block of an answer that was cut off, or whose closing fence is glued to the code: `}```."""
    for number, line in enumerate(code):
        if line.rstrip().endswith("```") and line.count("```") == 1:
            end = [*code[:number], line.rstrip().removesuffix("```")]
            return _block(end, opened["info"], heading, closed=True, indent=_indent(opened))
    # A last line of one or two backticks is a fence that was cut off itself.
    if code and re.fullmatch(r"[ \t]*[`~]{1,2}", code[-1]):
        code = code[:-1]
    return _block(code, opened["info"], heading, closed=False, indent=_indent(opened))


def _block(code: list[str], info: str, heading: str, *, closed: bool, indent: int) -> Block:
    if not any(line.strip() for line in code):
        return Block("", "", None, closed, heading)
    if indent and code and all(line.lstrip().startswith(">") for line in code):  # all of it is quoted
        code, indent = [re.sub(r"^[ \t]*> ?", "", line) for line in code], 0
    lines = [line[min(indent, len(line) - len(line.lstrip(" \t"))) :] for line in code] if indent else code
    tag, language = _tag(info)
    return Block("\n".join(lines) + "\n", tag, language, closed, heading.strip())


@lru_cache(maxsize=256)
def _tag(info: str) -> tuple[str, Language | None]:
    """What stands behind a fence: `cpp`, `C++ 17`, `{.python .numberLines}`, `language-js`, `main.cpp`."""
    word = re.split(r"[\s{},;:=()]+", info.strip(" \t{.}").lower())[0]
    word = re.sub(r"^(language|lang)-", "", word).strip(".")
    extension = _EXTENSION.match(word)
    known = known_language(word) or (known_language(extension[1]) if extension else None)
    return word, known
