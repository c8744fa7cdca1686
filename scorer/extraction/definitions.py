"""What an answer defines, taken apart so that it can be spliced into a context that calls it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scorer.extraction.candidates import Candidates, View, candidates, choose, joined, with_parts
from scorer.extraction.cleaning import cleaned
from scorer.extraction.grammars import Node
from scorer.extraction.languages import Kind, Language, language_of
from scorer.extraction.lexing import closers, words
from scorer.extraction.outline import Item, Outline, outline, tidy
from scorer.extraction.results import Definitions, NothingFound
from scorer.extraction.splicing import (
    Wanted,
    adapter,
    by_text,
    class_with,
    definitions_of,
    fitting,
    is_body,
    renamed,
    wanted_of,
    with_declaration,
)


def extract_definitions(answer: str, language: str, wanted: str | None, context: str = "") -> Definitions:
    """
    What a chat answer defines, for splicing into a context.

    Args:
        language: with a grammar; without one the program is taken as a whole.
        wanted: declaration or name of the target function; None: the last function that the answer defines.
        context: the program it is spliced into: helpers and includes that it has itself are left out, with a note.

    Raises:
        NothingFound: there is neither that function nor anything that could be its body.
    """
    text, notes = cleaned(answer)
    dialect = language_of(language)
    found = candidates(text, dialect)
    target = wanted_of(wanted, dialect) if wanted and wanted.strip() else _last_function(found)
    code, method, more = target_code(found, target, dialect)
    notes = (*notes, *found.notes, *more)
    parts = outline(code, dialect)
    if parts is None:
        return Definitions(function=code, text=code, name=target.name, method=method, notes=notes)
    pieces = _taken_apart(parts, code, target)
    return _finished(pieces, target, context, method=method, notes=notes)


def _last_function(found: Candidates) -> Wanted:
    """Nobody said which: the last that is not main."""
    for view in reversed(found.views):
        for item in reversed(view.outline.of(Kind.FUNCTION) if view.outline else []):
            if item.names:
                return Wanted(item.names[-1], "", item.parameters)
    raise NothingFound("the answer defines no function")


def target_code(found: Candidates, target: Wanted, language: Language) -> tuple[str, str, tuple[str, ...]]:
    """
    The code to take apart: the block that defines the target with those it needs, under the target's name.

    Raises:
        NothingFound: nothing defines it, and nothing could be its body.
    """
    if any(view.outline is None for view in found.views):
        chosen = choose(found, language)
        return chosen.code, chosen.method, chosen.notes
    having = [view for view in found.views if _has(view, target)]
    notes: tuple[str, ...] = ()
    if not having:
        other = named_otherwise(found.views, target)
        if other is None:
            return _body(found, target, language)
        notes = (f"the function is called {other} in the answer, and was renamed to {target.name}",)
        views = tuple(_with_name(view, other, target.name, language) for view in found.views)
        found = replace(found, views=views)
        having = [view for view in views if _has(view, target)]
    base = max(having, key=lambda view: view.quality)
    parts = with_parts(base, [view for view in found.views if view is base or not view.entry])
    code, more = joined(parts, language)
    if not all(view.closed for view in parts):
        notes = (*notes, "the answer ends inside its block")
    return code, _method(found, having, parts), (*notes, *(note for view in parts for note in view.notes), *more)


def _method(found: Candidates, having: Sequence[View], parts: Sequence[View]) -> str:
    if found.method != "fence":
        return found.method
    return "joined fences" if len(parts) > 1 else "longest fence" if len(having) > 1 else "fence"


def _has(view: View, target: Wanted) -> bool:
    """It defines the target: at the top, in a class, or in code too broken for the grammar."""
    if view.outline is None:
        return False
    if definitions_of(view.outline, target) or class_with(view.outline, target.name):
        return True
    return not view.clean and by_text(view.code, target.name, view.outline.language) is not None


def _with_name(view: View, old: str, new: str, language: Language) -> View:
    code = renamed(view.code, old, new, language)
    return replace(view, code=code, outline=outline(code, language))


def named_otherwise(views: Sequence[View], target: Wanted) -> str | None:
    """The only function with as many parameters, where the answer calls it something else."""
    for view in sorted(views, key=lambda view: view.quality, reverse=True):
        functions = [item for item in view.outline.of(Kind.FUNCTION) if item.names] if view.outline else []
        fits = {item.names[-1] for item in functions if fitting(item.parameters, target)}
        if target.parameters is None and len(functions) > 1:
            continue
        if len(fits) == 1:
            return fits.pop()
    return None


def _body(found: Candidates, target: Wanted, language: Language) -> tuple[str, str, tuple[str, ...]]:
    bodies = [view for view in found.views if is_body(view.code, language)]
    if not target.declaration or not bodies:
        raise NothingFound(f"the answer defines no function {target.name} and holds nothing that could be its body")
    body = max(bodies, key=lambda view: view.quality)
    assert body.outline is not None
    heads = body.outline.of(Kind.INCLUDE)
    includes = [body.outline.text(item) for item in heads]
    whole = with_declaration(body.outline.without(heads), target, language)
    method = found.method if found.method != "fence" or len(bodies) == 1 else "longest fence"
    return tidy("\n".join([*includes, whole])), method, ("the answer is the body alone, and was given the declaration",)


class _Pieces:
    """An outline with the parts of it that were told apart, and what was done on the way."""

    def __init__(self, parts: Outline) -> None:
        self.parts = parts
        self.dropped: list[Item] = []
        self.function = ""
        self.item: Item | None = None
        self.parameters: tuple[str, ...] = ()
        self.extra = ""
        self.main: str | None = None
        self.notes: list[str] = []

    def drop(self, items: Sequence[Item], note: str) -> None:
        if items:
            self.dropped += items
            self.notes.append(note)


def _taken_apart(parts: Outline, code: str, target: Wanted) -> _Pieces:
    pieces = _Pieces(parts)
    items = definitions_of(parts, target)
    held = None if items else class_with(parts, target.name)
    if items:
        pieces.item = items[-1]
        pieces.function = parts.text(items[-1])
        pieces.parameters = items[-1].parameters or ()
        # Overloads have other parameters and stay; of the same function the last is the one that was meant.
        same = [item for item in items[:-1] if _same_signature(parts, item, items[-1])]
        pieces.drop(same, "of several definitions of the function, the last was taken")
    elif held:
        _use_class(pieces, *held, target)
    else:
        _use_text(pieces, code, target)
    mains = [item for item in parts.of(Kind.ENTRY) if item is not pieces.item]
    if mains:
        pieces.main = parts.text(mains[-1])
        pieces.drop(mains, "its main was left out")
    if parts.language.braces and closers(pieces.function):
        pieces.notes.append("the function is not complete")
    pieces.drop(parts.of(Kind.TEST), "tests were left out")
    pieces.drop(_running(parts, target), "statements that would run were left out")
    return pieces


def _same_signature(parts: Outline, one: Item, other: Item) -> bool:
    """Not an overload: no parameter has another type, as far as their text says."""
    return parts.language.name not in {"cpp", "java", "csharp", "kotlin", "scala"} or _types(parts, one) == _types(
        parts, other
    )


def _types(parts: Outline, item: Item) -> list[str]:
    """The parameter list without the names: `(int a, char *b)` and `(int x, char* y)` are the same."""
    head = parts.syntax.text(item.head, item.end)
    inside = head[head.find("(") + 1 : head.find("{") if "{" in head else len(head)].rpartition(")")[0]
    names = frozenset(item.parameters or ())
    kept = ["".join(word for word in _split(part) if word not in names) for part in inside.split(",")]
    return [part.replace("const", "").replace("&", "") for part in kept]


def _split(text: str) -> list[str]:
    word, found = "", []
    for char in text:
        if char.isalnum() or char == "_":
            word += char
            continue
        found += [word, char.strip()]
        word = ""
    return [*found, word]


def _use_class(pieces: _Pieces, item: Item, method: Node, target: Wanted) -> None:
    """A class keeps its members together, so it stays whole, and a function is added that calls the method."""
    added = adapter(item.names[0], method, target, pieces.parts.language) if item.names else None
    if added is None:
        pieces.item, pieces.function = item, pieces.parts.text(item)
        pieces.notes.append(f"the function is in the class {item.names[0] if item.names else ''}".rstrip())
        return
    pieces.function = pieces.extra = added
    pieces.parameters = target.parameters or ()
    pieces.notes.append(f"the function is in the class {item.names[0]}; a function that calls it was added")


def _use_text(pieces: _Pieces, code: str, target: Wanted) -> None:
    """The grammar lost its way before the function: what its brackets enclose."""
    place = by_text(code, target.name, pieces.parts.language)
    if place is None:
        raise NothingFound(f"the answer defines no function {target.name}")
    pieces.function = code[place[0] : place[1]].strip("\n")
    pieces.parameters = target.parameters or ()
    pieces.notes.append("the grammar cannot follow the code; the function was found by its brackets")


def _running(parts: Outline, target: Wanted) -> list[Item]:
    """
    Statements beside the definitions, and globals that call the target: examples of its use. What prepares the program
    (`sys.setrecursionlimit`) stays, and so does what the grammar did not understand.
    """
    defined = parts.defined | {target.name}
    gone = []
    for item in parts.of(Kind.STATEMENT, Kind.DECLARATION):
        text = parts.syntax.text(item.head, item.end)
        if item.kind is Kind.DECLARATION:
            called = f"{target.name}(" in text and not item.forward
        else:
            called = not item.broken and not prepares(text, defined)
        if called:
            gone.append(item)
    return gone


def prepares(text: str, defined: frozenset[str]) -> bool:
    return text.startswith(
        ("sys.set", "threading.stack_size", "warnings.", "random.seed", "'use strict'", '"use strict"')
    ) or (text.startswith(("if ", "try", "with ")) and "import " in text and not words(text) & defined)


def _finished(pieces: _Pieces, target: Wanted, context: str, *, method: str, notes: tuple[str, ...]) -> Definitions:
    parts = pieces.parts
    includes = parts.of(Kind.INCLUDE)
    if parts.language.name == "php":
        includes = [item for item in includes if item.node.type != "php_tag"]
    helpers = [
        item
        for item in parts.items
        if item is not pieces.item and item not in pieces.dropped and item.kind is not Kind.INCLUDE
    ]
    known = outline(context, parts.language) if context.strip() else None
    if known:
        repeated = [item for item in helpers if _repeats(item, known)]
        pieces.drop(repeated, "what the context defines itself was left out")
        helpers = [item for item in helpers if item not in repeated]
        present = {_squeezed(known.bare(item)) for item in known.of(Kind.INCLUDE)}
        kept = [item for item in includes if _squeezed(parts.bare(item)) not in present]
    else:
        kept = includes
    text = parts.without([*parts.of(Kind.INCLUDE), *pieces.dropped])
    if pieces.extra:
        text = tidy(f"{text}\n{pieces.extra}")
    return Definitions(
        function=pieces.function,
        helpers=tuple(parts.text(item) for item in helpers),
        includes=tuple(dict.fromkeys(parts.text(item) for item in kept)),
        main=pieces.main,
        text=text,
        name=target.name,
        parameters=pieces.parameters,
        method=method,
        notes=tuple(dict.fromkeys((*notes, *pieces.notes))),
    )


def _repeats(item: Item, known: Outline) -> bool:
    names = {name for other in known.items if not other.forward for name in other.names}
    return bool(item.names) and not item.forward and set(item.names) <= names


def _squeezed(text: str) -> str:
    return "".join(line.partition("//")[0] for line in text.split("\n")).replace(" ", "")
