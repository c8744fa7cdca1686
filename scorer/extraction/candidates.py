"""
Which parts of an answer may hold code of a language, and which of them are the program.

Several blocks are a program and its parts, versions of one program, or a program and examples of its use. The outline
tells them apart: parts define different things and need each other, versions define the same, examples define nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scorer.extraction.cleaning import unescaped
from scorer.extraction.grammars import parse
from scorer.extraction.languages import Kind, Language
from scorer.extraction.lexing import words
from scorer.extraction.markdown import Block, blocks
from scorer.extraction.outline import Outline, outline, tidy
from scorer.extraction.results import NothingFound
from scorer.extraction.unfenced import is_prose, region

MOST_BLOCKS = 64
"""Of more, the longest are looked at; each is parsed, so this bounds the work."""
_MARGIN = re.compile(r"(?m)^ {0,3}(```|~~~)")


@dataclass(frozen=True, slots=True)
class View:
    """
    A part of an answer that may be code.

    Args:
        outline: None where the language has no grammar, or the code is too long for it.
    """

    code: str
    position: int
    outline: Outline | None
    closed: bool = True
    notes: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        return self.outline is not None and self.outline.clean

    @property
    def defined(self) -> frozenset[str]:
        return self.outline.defined if self.outline else frozenset()

    @property
    def entry(self) -> bool:
        """It starts by itself: has a main, or is a script that reads its input."""
        if self.outline is None:
            return False
        reads = self.outline.language.reads
        return self.outline.entry or bool(reads and reads.search(self.code))

    @property
    def quality(self) -> tuple[bool, int, int]:
        """The best version parses; then the longest counts, as the others are excerpts of it; then the last."""
        return self.clean, len(self.code), self.position


@dataclass(frozen=True, slots=True)
class Candidates:
    """
    Args:
        views: in the order of the answer; at least one.
        method: `fence`, `as given` or `unfenced`.
    """

    views: tuple[View, ...]
    method: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chosen:
    code: str
    method: str
    notes: tuple[str, ...]


def candidates(text: str, language: Language) -> Candidates:
    """
    The blocks of a language in a cleaned answer, or its code between prose.

    Raises:
        NothingFound: there are none.
    """
    if (as_given := _as_given(text, language)) is not None:
        return as_given
    found, prose = blocks(text)
    if len(found) > MOST_BLOCKS:
        longest = sorted(range(len(found)), key=lambda index: -len(found[index].code))[:MOST_BLOCKS]
        found = [found[index] for index in sorted(longest)]
    if not found:
        return _unfenced(text, language, whole=True)
    views = [_view(block, index, language) for index, block in enumerate(found)]
    pairs = list(zip(found, views, strict=True))
    right = [view for block, view in pairs if _is(block, language)]
    bare = [view for block, view in pairs if block.language is None and not block.data]
    if right:
        return Candidates(tuple(sorted([*right, *filter(_holds, bare)], key=lambda view: view.position)), "fence")
    if bare:
        sure = [view for view in bare if _holds(view)] or [view for view in bare if region(view.code, language)]
        if sure or language.grammar is None:
            return Candidates(tuple(sure or bare), "fence")
    others = [view for block, view in pairs if _holds(view)]
    if others:
        return Candidates(tuple(others), "fence", (f"the fences do not say {language.name}, the grammar does",))
    try:
        return _unfenced(prose, language, whole=False)
    except NothingFound:
        if bare:
            return Candidates(tuple(bare), "fence")
        tags = ", ".join(sorted({block.tag for block in found}))
        raise NothingFound(f"the answer holds no {language.name} program: its fences say {tags}") from None


def _as_given(text: str, language: Language) -> Candidates | None:
    """An answer that is code and nothing else; fences that are indented may be those of a docstring."""
    if _MARGIN.search(text):
        return None
    whole = outline(text, language)
    if whole is None or not whole.clean or not whole.items or _prose_in(whole):
        return None
    return Candidates((View(text, 0, whole),), "as given")


def _is(block: Block, language: Language) -> bool:
    return block.language is not None and (
        block.language.name == language.name or block.language.name in language.family
    )


def _holds(view: View) -> bool:
    """It is surely code of the language: the grammar accepts it, and it defines something or reads the input."""
    return view.clean and bool(view.defined or view.entry)


def _view(block: Block, position: int, language: Language) -> View:
    def accepts(code: str) -> bool:
        syntax = parse(code, language)
        return syntax is not None and syntax.clean

    plain = unescaped(block.code, accepts)
    notes = () if plain is None else ("HTML entities were resolved",)
    code = block.code if plain is None else plain
    return View(code, position, outline(code, language), block.closed, notes)


def _unfenced(text: str, language: Language, *, whole: bool) -> Candidates:
    """
    The answer itself if it is code and nothing else; else what is code in it.

    Raises:
        NothingFound: no line of it is surely code.
    """
    if not text.strip():
        raise NothingFound(f"the answer holds no {language.name} program: it is empty")
    found = outline(text, language)
    if language.grammar is None or found is None:
        if not whole:
            raise NothingFound(f"the answer holds no {language.name} program outside its fences")
        reason = "there is no grammar for it" if language.grammar is None else "it is too long to be parsed"
        return Candidates((View(text, 0, found),), "as given", (f"nothing was left out: {reason}",))
    part = region(text, language)
    if part is None:
        raise NothingFound(
            f"the answer holds no {language.name} program: neither a fenced block nor a line that is surely code"
        )
    code, before, after = part
    plain = unescaped(code, lambda one: (parsed := parse(one, language)) is not None and parsed.clean)
    notes = () if plain is None else ("HTML entities were resolved",)
    code = code if plain is None else plain
    method = "unfenced" if (before + after).strip() or not whole else "as given"
    return Candidates((View(code, 0, outline(code, language)),), method, notes)


def _prose_in(found: Outline) -> bool:
    """Whether something at the top level is a sentence; some grammars accept them."""
    heads = (found.syntax.text(item.head, item.end).partition("\n")[0] for item in found.items)
    return any(is_prose(head, found.language) for head in heads)


def choose(found: Candidates, language: Language) -> Chosen:
    """The program among the candidates; see docs/extraction.md, where the rules stand in this order."""
    views = found.views
    if any(view.outline is None for view in views):
        eligible, kept = views, [max(views, key=lambda view: (len(view.code), view.position))]
    elif entries := [view for view in views if view.entry]:
        base = max(entries, key=lambda view: view.quality)
        eligible, kept = tuple(entries), with_parts(base, views)
    elif defining := [view for view in views if view.defined]:
        eligible, kept = tuple(defining), _distinct(defining)
    else:
        eligible, kept = views, [max(views, key=lambda view: view.quality)]
    method = found.method
    if method == "fence":
        method = "joined fences" if len(kept) > 1 else "longest fence" if len(eligible) > 1 else "fence"
    code, notes = joined(kept, language)
    return Chosen(code, method, (*found.notes, *_notes(kept, views), *notes))


def _notes(kept: Sequence[View], views: Sequence[View]) -> list[str]:
    notes = [note for view in kept for note in view.notes]
    if not all(view.closed for view in kept):
        notes.append("the answer ends inside its block")
    used = frozenset[str]().union(*(view.defined for view in kept))
    if any(view not in kept and not view.defined and words(view.code) & used for view in views):
        notes.append("a block that only shows how to use it was left out")
    return notes


def with_parts(base: View, views: Sequence[View]) -> list[View]:
    """A program with the blocks that define what it uses and does not define itself, and what those use."""
    kept, known, used = [base], set(base.defined), set(words(base.code))
    for view in sorted(views, key=lambda view: view.quality, reverse=True):
        if view is not base and not view.entry and not view.defined & known and view.defined & used:
            kept.append(view)
            known |= view.defined
            used |= words(view.code)
    return sorted(kept, key=lambda view: view.position)


def _distinct(views: Sequence[View]) -> list[View]:
    """The best version of each thing that is defined."""
    kept: list[View] = []
    known: set[str] = set()
    for view in sorted(views, key=lambda view: view.quality, reverse=True):
        if not view.defined & known:
            kept.append(view)
            known |= view.defined
    return sorted(kept, key=lambda view: view.position)


def joined(views: Sequence[View], language: Language) -> tuple[str, tuple[str, ...]]:
    """Several blocks as one program: what has to stand first goes first, once."""
    if len(views) == 1:
        return views[0].code, ()
    includes: dict[str, None] = {}
    rest, notes = [], []
    some_entry = any(view.outline and view.outline.entry for view in views)
    # C and C++ want declared what is used; the block that starts the program comes last.
    for view in sorted(views, key=lambda view: (language.ordered and view.entry, view.position)):
        if view.outline is None:
            rest.append(view.code)
            continue
        heads = view.outline.of(Kind.INCLUDE)
        includes |= dict.fromkeys(view.outline.text(item) for item in heads)
        body = view.outline.without(heads)
        if language.name == "java" and some_entry and not view.outline.entry and "public " in body:
            body = _package_private(view.outline, body)
            notes.append("a class beside the one with main is no longer public: they are one file")
        rest.append(body)
    return tidy("\n".join([*in_order(includes), "", *rest])), tuple(dict.fromkeys(notes))


def in_order(includes: Iterable[str]) -> list[str]:
    """`using namespace std` means nothing before an include has declared std."""
    return sorted(includes, key=lambda text: text.startswith("using namespace"))


def _package_private(found: Outline, body: str) -> str:
    for item in found.of(Kind.TYPE):
        text = found.syntax.text(item.head, item.end)
        if text.startswith("public "):
            body = body.replace(text, text.removeprefix("public "))
    return body
