"""
What continues a prompt that ends inside or before a function.

Prompt and answer are always looked at together: a body is right if the prompt's function goes on in it. An answer that
defines the function itself replaces the prompt and takes from it what it lacks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from scorer.extraction.candidates import Candidates, View, candidates, choose, in_order
from scorer.extraction.cleaning import cleaned
from scorer.extraction.definitions import named_otherwise, prepares, target_code
from scorer.extraction.languages import Kind, Language, language_of
from scorer.extraction.lexing import closers, surplus, words
from scorer.extraction.outline import Item, Outline, members, outline, tidy
from scorer.extraction.results import Extracted, NothingFound
from scorer.extraction.splicing import Wanted, adapter, class_with, definitions_of, renamed

_LONG = 1 << 15
"""No body is that long: such code is tried once, as it is."""
_CUT = "what would run or be tested after the function was left out"
_FOLLOWS = "what follows the function was left out"
_ODD = "it does not parse behind the prompt"


@dataclass(frozen=True, slots=True)
class Prompt:
    """
    Args:
        parts: of the prompt with its brackets closed.
        item: the function that it begins, or the class with it; None: it begins none.
        in_class: name of the class; None: the function is free.
    """

    text: str
    language: Language
    target: Wanted
    parts: Outline | None
    item: Item | None
    in_class: str | None


def extract_continuation(answer: str, language: str, prompt: str, entry_point: str | None) -> Extracted:
    """
    What continues a prompt that ends inside or before a function.

    Examples, assertions, tests and a main that would run beside the function are cut, with a note.

    Args:
        entry_point: name of the function; None: the last that the prompt begins.

    Returns:
        Method `continuation`: prompt + text is the program. Method `whole program`: text is the program.

    Raises:
        NothingFound: there is nothing that could be either.
    """
    text, notes = cleaned(answer)
    asked = _prompt(prompt.replace("\r\n", "\n"), language_of(language), entry_point)
    if not text.strip():
        raise NothingFound(f"the answer continues nothing: it is {'only reasoning' if answer.strip() else 'empty'}")
    if asked.language.grammar is None:
        chosen = choose(candidates(text, asked.language), asked.language)
        return Extracted(chosen.code, "continuation", (*notes, *chosen.notes))
    if len(text) > asked.language.longest_bytes and not re.search(r"(?m)^[ \t]*(```|~~~)", text):
        return Extracted(text, "continuation", (*notes, "nothing was left out: it is too long to be parsed"))
    raw = _verbatim(asked, text)
    if raw is not None:
        return Extracted(raw.text, raw.method, (*notes, *raw.notes))
    try:
        found = candidates(text, asked.language)
    except NothingFound:
        found = Candidates((View(text, 0, outline(text, asked.language)),), "as given")
    result = _out_of(found, asked)
    return Extracted(result.text, result.method, tuple(dict.fromkeys((*notes, *result.notes))))


def _prompt(text: str, language: Language, entry_point: str | None) -> Prompt:
    parts = outline(text, language)
    functions = parts.of(Kind.FUNCTION) if parts else []
    name = entry_point or next((item.names[-1] for item in reversed(functions) if item.names), "")
    wanted = Wanted(name, "", None)
    if parts is None or not name:
        return Prompt(text, language, wanted, parts, None, None)
    item = next((item for item in reversed(functions) if name in item.names), None)
    if item is not None:
        body = item.node.child_by_field_name("body")
        declaration = parts.syntax.text(item.head, body.start_byte if body else item.end).strip()
        wanted = Wanted(name, declaration.rstrip("{:").rstrip(), item.parameters)
        return Prompt(text, language, wanted, parts, item, None)
    held = class_with(parts, name)
    if held is None:
        return Prompt(text, language, wanted, parts, None, None)
    return Prompt(text, language, wanted, parts, held[0], held[0].names[0] if held[0].names else "")


def _verbatim(asked: Prompt, text: str) -> Extracted | None:
    """The answer as it is, or up to a first fence (the prompt ended inside a block), if the prompt goes on in it."""
    fence = re.search(r"(?m)^[ \t]*```", text)
    before = text[: fence.start()] if fence else text
    if not before.strip() or _defines(asked, before):
        return None
    fitted = _fit(asked, before, as_it_is=True)
    if fitted is None:
        return None
    code, notes = fitted
    return Extracted(code, "continuation", notes)


def _defines(asked: Prompt, code: str) -> bool:
    """Whether code defines the function by itself, so that it need not follow the prompt."""
    found = outline(code, asked.language)
    if found is None or asked.item is None:
        return False
    first = found.items[0] if found.items else None
    own = definitions_of(found, asked.target) or class_with(found, asked.target.name)
    # A completion that goes on for long may define the function once more, but it begins with a body.
    return bool(own) and first is not None and first.kind is not Kind.STATEMENT and code[:1] not in " \t"


def _fit(
    asked: Prompt, code: str, *, as_it_is: bool = False, lenient: bool = False
) -> tuple[str, tuple[str, ...]] | None:
    """
    The form of some code in which the prompt's function goes on in it, with what follows the function cut.

    Args:
        as_it_is: it was not in a fence, so nothing stands between it and the prompt.
        lenient: it is enough that every bracket is closed; grammars know less than compilers.
    """
    variants = _variants(asked, code, as_it_is=as_it_is)
    for variant, note in islice(variants, 1 if len(code) > _LONG else None):
        whole = outline(asked.text + variant, asked.language)
        if whole is None:
            return None
        at = len(asked.text.encode())
        target = _target_in(whole, asked, at)
        if target is None:
            continue
        rest, cut = _without_tail(whole, target, at, asked)
        if not rest.strip():
            continue
        sound = outline(asked.text + rest, asked.language)
        if sound is not None and (sound.clean or (lenient and _balanced(asked.text + rest, asked.language))):
            return rest, tuple(filter(None, (note, cut)))
    return None


def _balanced(code: str, language: Language) -> bool:
    return language.braces and not closers(code) and surplus(code) is None


def _variants(asked: Prompt, code: str, *, as_it_is: bool) -> Iterator[tuple[str, str]]:
    """The same code in every form that models give it, the most faithful first."""
    gap = "" if not asked.text or asked.text.endswith("\n") or code.startswith("\n") else "\n"
    if as_it_is or not gap:
        yield code, ""
    if gap:
        yield gap + code, "a line break was added" if as_it_is else ""
    if asked.language.braces:
        yield from ((gap + variant, note) for variant, note in _braced(asked, code))
    else:
        yield from ((gap + variant, note) for variant, note in _indented(code))


def _indented(code: str) -> Iterator[tuple[str, str]]:
    """A body whose indentation was lost, of its first line alone (it was stripped) or of all; or that prose follows."""
    lines = code.strip("\n").split("\n")
    if lines[0][:1] in " \t":
        yield _margin(lines), _FOLLOWS
        return
    first = "\n".join(["    " + lines[0], *lines[1:]]) + "\n", "the first line was indented"
    every = "\n".join("    " + line if line.strip() else line for line in lines) + "\n", "the body was indented"
    stripped = not any(line[:1].strip() for line in lines[1:])
    yield from (first, every) if stripped else (every, first)
    yield _margin(["    " + lines[0], *lines[1:]]), "the first line was indented"


def _margin(lines: list[str]) -> str:
    """Up to the first line that is no longer indented: what follows is prose, or the next function cut off."""
    stop = next((number for number, line in enumerate(lines) if number and line[:1].strip()), len(lines))
    return "\n".join(lines[:stop]).rstrip() + "\n"


def _braced(asked: Prompt, code: str) -> Iterator[tuple[str, str]]:
    stripped = code.strip()
    if stripped.startswith("{") and asked.text.rstrip().endswith("{"):
        yield stripped[1:].removeprefix("\n") + "\n", "a repeated brace was left out"
        missing = closers(asked.text + stripped[1:])
        yield stripped[1:].removeprefix("\n") + "\n" + missing, "a repeated brace was left out"
    missing = closers(asked.text + code)
    if missing and set(missing) == {"}"}:
        yield code.rstrip() + "\n" + missing + "\n", "missing braces were added"
    end = surplus(_blank(asked.text) + code)
    if end is not None:
        yield (_blank(asked.text) + code)[len(_blank(asked.text)) : end], "braces that close nothing were left out"
    # Up to where the braces of the prompt are closed: prose or cut-off code follows.
    depth = len(closers(asked.text))
    position = surplus(code)
    while position is not None and depth > 1:
        following = surplus(code[position + 1 :])
        if following is None:
            break
        position, depth = position + 1 + following, depth - 1
    if position is not None:
        yield code[: position + 1] + "\n" + "}" * (depth - 1), _FOLLOWS


def _blank(prompt: str) -> str:
    """Only the brackets of the prompt that are open."""
    return "{" * closers(prompt).count("}")


def _target_in(whole: Outline, asked: Prompt, at: int) -> Item | None:
    """The function in prompt and code together, if it does not end with the prompt."""
    name = asked.target.name
    for item in whole.items:
        holds = (
            name in item.names
            if asked.in_class is None
            else any(True for _ in members(item.node, whole.language, name))
        )
        defines = item.kind in {Kind.FUNCTION, Kind.ENTRY, Kind.TYPE} and (not name or holds)
        if defines and (_code_end(item, at) > at if asked.item is not None else item.end > at):
            return item
    return None


def _code_end(item: Item, at: int) -> int:
    """Where the function's last statement ends: comments after it are no body."""
    return item.node.end_byte if item.node.end_byte > at else 0


def _without_tail(whole: Outline, target: Item, at: int, asked: Prompt) -> tuple[str, str]:
    """The continuation without what would run after the function, and the note that says so."""
    following = [item for item in whole.items if item.start >= target.end]
    gone = _unwanted(
        whole, following, asked.target, {name for item in whole.items if item.start < at for name in item.names}
    )
    last = following[-1] if following else None
    if last is not None and last.broken and last not in gone:
        gone.append(last)  # cut off, or prose
    if not gone:
        return whole.syntax.source[at : whole.size].decode("utf-8", "replace"), ""
    note = _FOLLOWS if all(item.broken for item in gone) else _CUT
    pieces, position = [], at
    for item in sorted(gone, key=lambda item: item.start):
        pieces.append(whole.syntax.source[position : item.start])
        position = item.end
    pieces.append(whole.syntax.source[position : whole.size])
    return b"".join(pieces).decode("utf-8", "replace").rstrip() + "\n", note


def _unwanted(found: Outline, items: Sequence[Item], target: Wanted, known: set[str]) -> list[Item]:
    """What runs or is run beside the function, and what defines once more what the prompt defines."""
    gone = []
    for item in items:
        text = found.syntax.text(item.head, item.end)
        runs = item.kind is Kind.STATEMENT and not prepares(text, found.defined | {target.name})
        calls = item.kind is Kind.DECLARATION and f"{target.name}(" in text and not item.forward
        starts = item.kind in {Kind.ENTRY, Kind.TEST} or (item.kind is Kind.TYPE and item.entry)
        again = item.kind in {Kind.FUNCTION, Kind.TYPE} and bool(set(item.names) & known) and not item.forward
        if runs or calls or starts or again:
            gone.append(item)
    return gone


def _out_of(found: Candidates, asked: Prompt) -> Extracted:
    """A whole program or a body out of blocks."""
    defining = [view for view in found.views if view.outline and (
        definitions_of(view.outline, asked.target) or class_with(view.outline, asked.target.name)
    )]  # fmt: skip
    if not defining and not _otherwise(found, asked):
        for view in sorted(found.views, key=lambda view: view.quality, reverse=True):
            fitted = _fit(asked, view.code)
            if fitted:
                return Extracted(fitted[0], "continuation", (*found.notes, *view.notes, *fitted[1]))
    try:
        code, _, notes = target_code(found, Wanted(asked.target.name, "", asked.target.parameters), asked.language)
    except NothingFound:
        best = max(found.views, key=lambda view: view.quality)
        fitted = _fit(asked, best.code, lenient=True)
        if fitted:
            return Extracted(fitted[0], "continuation", (*found.notes, *best.notes, *fitted[1], _ODD))
        gap = "" if asked.text.endswith("\n") else "\n"
        return Extracted(gap + best.code, "continuation", (*found.notes, _ODD))
    return _whole_program(code, (*found.notes, *notes), asked)


def _otherwise(found: Candidates, asked: Prompt) -> bool:
    """The answer is definitions and nothing else, and one of them is the function by another name."""
    views = [view for view in found.views if view.outline and view.outline.of(Kind.FUNCTION)]
    bodies = any(view.outline.of(Kind.STATEMENT) for view in views if view.outline)
    return not bodies and named_otherwise(views, asked.target) is not None


def _whole_program(code: str, notes: tuple[str, ...], asked: Prompt) -> Extracted:
    found = outline(code, asked.language)
    if found is None:
        return Extracted(code, "whole program", notes)
    items = definitions_of(found, asked.target)
    held = None if items else class_with(found, asked.target.name)
    own = items[-1] if items else held[0] if held else None
    others = [item for item in found.items if item is not own]
    gone = _unwanted(found, others, asked.target, set()) + list(items[:-1] if not _overloads(asked.language) else [])
    notes = (*notes, _CUT) if gone else notes
    if own and own.broken and closers(found.text(own)):
        notes = (*notes, "the function is not complete")
    includes = found.of(Kind.INCLUDE)
    body = found.without([*gone, *includes])
    heads = [found.text(item) for item in includes]
    if held and asked.in_class is None and own is not None and own.names:
        added = adapter(own.names[0], held[1], asked.target, asked.language)
        if added:
            body = tidy(f"{body}\n{added}")
            notes = (*notes, f"the function is in the class {own.names[0]}; a function that calls it was added")
    elif held and asked.in_class and own is not None:
        body, notes = _as_class(body, own, asked, notes)
    elif items and asked.in_class is not None:
        body, notes = _into_class(body, asked), (*notes, "the method was put into the prompt's class")
    lacking = _lacking(found, asked)
    if lacking:
        notes = (*notes, "what it lacks was taken from the prompt")
    heads = [*[text for kind, text in lacking if kind is Kind.INCLUDE], *heads]
    heads = in_order(heads)
    rest = [text for kind, text in lacking if kind is not Kind.INCLUDE]
    if asked.language.name == "go":
        heads = _go_heads(heads, "\n".join([*rest, body]))
    if (
        not lacking
        and not gone
        and body.strip() in code
        and not held
        and asked.in_class is None
        and asked.language.name != "go"
    ):
        return Extracted(tidy(code), "whole program", notes)
    return Extracted(tidy("\n".join([*heads, "", *rest, body])), "whole program", notes)


def _overloads(language: Language) -> bool:
    return language.name in {"cpp", "java", "csharp", "kotlin", "scala"}


def _lacking(found: Outline, asked: Prompt) -> list[tuple[Kind, str]]:
    """What the prompt has before its function and the answer has not."""
    if asked.parts is None:
        return []
    present = {"".join(found.bare(item).split()) for item in found.of(Kind.INCLUDE)}
    known = {name for item in found.items if not item.forward for name in item.names if item.kind is not Kind.ENTRY}
    lacking: list[tuple[Kind, str]] = []
    for item in asked.parts.items:
        text = asked.parts.text(item)
        if item is asked.item or item.kind is Kind.TEST or asked.target.name in item.names:
            continue
        if item.kind is Kind.INCLUDE:
            lacks = "".join(asked.parts.bare(item).split()) not in present
            text = asked.parts.bare(item)
        else:
            lacks = not set(item.names) & known and item.kind is not Kind.STATEMENT
        if lacks:
            lacking.append((item.kind, text))
    return lacking


def _as_class(body: str, own: Item, asked: Prompt, notes: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The class as the prompt has it: its name, and not public, as another class of the file may be."""
    if own.names and asked.in_class and own.names[0] != asked.in_class:
        body = renamed(body, own.names[0], asked.in_class, asked.language)
        notes = (*notes, f"the class is called {own.names[0]} in the answer, and was renamed to {asked.in_class}")
    public = f"public class {asked.in_class}"
    if asked.language.name == "java" and public in body and public not in asked.text:
        body = body.replace(public, f"class {asked.in_class}", 1)
        notes = (*notes, "the class is not public in the prompt")
    return body, notes


def _into_class(body: str, asked: Prompt) -> str:
    """A method in the prompt's class, before which and after which everything is as there."""
    assert asked.parts is not None
    assert asked.item is not None
    method = next(members(asked.item.node, asked.language, asked.target.name))
    head = asked.parts.syntax.text(asked.item.head, method.start_byte).rstrip()
    head = re.sub(r"/\*(?:[^*]|\*(?!/))*\*/\s*$", "", head).rstrip()  # the description of the method
    return f"{head}\n{body.rstrip()}\n{closers(head)}\n"


def _go_heads(heads: list[str], body: str) -> list[str]:
    """Go refuses what is imported twice, and what is imported and not used."""
    package = [head for head in heads if re.search(r"(?m)^package\b", head)]
    used = words(body)
    specs: dict[str, None] = {}
    for head in heads:
        for alias, path in re.findall(r'([\w.]+[ \t]+)?"([^"\n]+)"', head):
            name = alias.strip().removeprefix("import").strip() or path.rpartition("/")[2]
            if name in used or name in {"_", "."}:
                specs.setdefault(f'import {alias.strip().removeprefix("import").strip()} "{path}"'.replace("  ", " "))
    return [*package[:1], *specs]
