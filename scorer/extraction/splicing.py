"""The target function: finding it in an outline, by name, by text or by its shape, and giving it what it lacks."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scorer.extraction.grammars import Node, parse, walk
from scorer.extraction.languages import Kind, Language
from scorer.extraction.lexing import matching
from scorer.extraction.outline import Item, Outline, members, outline, parameters_of

_IDENTIFIER = re.compile(r"[^\W\d][\w:]*")


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    The target function, as a problem names it.

    Args:
        declaration: without a body or semicolon; empty if only the name is known.
        parameters: None where only the name is known.
    """

    name: str
    declaration: str
    parameters: tuple[str, ...] | None


def wanted_of(text: str, language: Language) -> Wanted:
    """From a name, or a declaration of any kind: `int f(int a)`, `def f(a):`, `f(a)`, with or without its brace."""
    declaration = text.strip().rstrip("{;").rstrip()
    if _IDENTIFIER.fullmatch(declaration):
        return Wanted(declaration, "", None)
    # `int f(int)` declares, `f(a)` only calls, so both are completed before they are read.
    for whole in (
        f"{declaration} {{}}",
        f"{declaration}\n    pass",
        f"{declaration}:\n    pass",
        f"void {declaration} {{}}",
    ):
        found = outline(whole, language)
        functions = found.of(Kind.FUNCTION, Kind.ENTRY) if found and found.clean else []
        if functions:
            item = functions[-1]
            stated = declaration if not whole.startswith("void ") or declaration.startswith("void ") else ""
            return Wanted(item.names[-1] if item.names else "", stated, item.parameters)
    named = re.search(r"([^\W\d]\w*)\s*\(", declaration)
    return Wanted(named[1] if named else declaration, declaration if named else "", None)


def definitions_of(found: Outline, wanted: Wanted) -> list[Item]:
    """Every definition of the target at the top level, the one that fits its parameters best last."""
    items = [item for item in found.of(Kind.FUNCTION, Kind.ENTRY) if wanted.name in item.names]
    fits = [item for item in items if fitting(item.parameters, wanted)]
    return [item for item in items if item not in fits] + fits


def fitting(parameters: tuple[str, ...] | None, wanted: Wanted) -> bool:
    """Whether a function takes as many arguments as the target."""
    return wanted.parameters is None or parameters is None or len(parameters) == len(wanted.parameters)


def class_with(found: Outline, name: str) -> tuple[Item, Node] | None:
    """The last class with a method of that name that has a body, and the method."""
    for item in reversed(found.of(Kind.TYPE)):
        methods = [node for node in members(item.node, found.language, name) if node.child_by_field_name("body")]
        if methods:
            return item, methods[-1]
    return None


def by_text(code: str, name: str, language: Language) -> tuple[int, int] | None:
    """
    The last definition of a function in code that the grammar cannot follow, by its line and its brackets.

    Returns:
        Where it begins and ends in `code`; it ends with the code if its brackets never close.
    """
    head = (
        r"(?m)^[^\S\n]*(?:async[ ]+)?def[ ]+"
        if language.name == "python"
        else r"(?m)^(?!\s*(?:return|else)\b)[^\n;{}()#=/]*?\b"
    )
    last: tuple[int, int] | None = None
    for match in re.finditer(head + re.escape(name) + r"\s*\(", code):
        if language.name == "python":
            stop = re.compile(r"(?m)^\S").search(code, code.find("\n", match.end()) + 1 or len(code))
            last = match.start(), stop.start() if stop else len(code)
            continue
        closed = matching(code, match.end() - 1)
        body = re.compile(r"[^;{}()]*\{").match(code, closed) if closed else None
        if body:
            last = match.start(), matching(code, body.end() - 1) or len(code)
        elif closed is None:
            last = match.start(), len(code)
    return last


def renamed(code: str, old: str, new: str, language: Language) -> str:
    """The code with one identifier spelled otherwise; strings and comments stay as they are."""
    syntax = parse(code, language)
    if syntax is None:
        return re.sub(rf"\b{re.escape(old)}\b", new, code)
    name, pieces, position = old.encode(), [], 0
    for node in walk(syntax.root):
        if node.child_count == 0 and node.text == name:
            pieces += [syntax.source[position : node.start_byte], new.encode()]
            position = node.end_byte
    return b"".join([*pieces, syntax.source[position:]]).decode("utf-8", "replace")


def is_body(code: str, language: Language) -> bool:
    """Whether code is statements of a function and no function: something in it returns, loops or is a block."""
    found = outline(code, language)
    if found is None or found.of(Kind.FUNCTION, Kind.ENTRY, Kind.TYPE):
        return False
    return bool(found.of(Kind.STATEMENT)) or bool(found.of(Kind.DECLARATION))


def with_declaration(body: str, wanted: Wanted, language: Language) -> str:
    """A body as a whole function."""
    if not language.braces:
        lines = body.strip("\n").split("\n")
        deep = all(line[:1] in " \t" for line in lines if line.strip())
        return f"{wanted.declaration.rstrip(':')}:\n" + "\n".join(
            line if deep or not line.strip() else "    " + line for line in lines
        )
    if body.lstrip().startswith("{") and matching(body, body.index("{")) == len(body.rstrip()):
        return f"{wanted.declaration} {body.strip()}"
    return f"{wanted.declaration} {{\n{body.strip(chr(10))}\n}}"


def adapter(class_name: str, method: Node, wanted: Wanted, language: Language) -> str | None:
    """A function that calls a method of a class; None where the language has no such thing, or too little is known."""
    names = wanted.parameters
    if names is None:
        names = tuple(name for name in parameters_of(method) or () if name not in {"self", "cls"})
    call = f"{class_name}().{wanted.name}({', '.join(names)})"
    if language.name == "python":
        head = wanted.declaration.rstrip(":") or f"def {wanted.name}({', '.join(names)})"
        return f"{head}:\n    return {call}"
    if language.name != "cpp":
        return None
    head = wanted.declaration or _free_declaration(method)
    return f"{head} {{\n    return {call};\n}}"


def _free_declaration(method: Node) -> str:
    """What a method's declaration is outside its class."""
    body = method.child_by_field_name("body")
    whole = (method.text or b"").decode("utf-8", "replace")
    head = (
        whole[: len(whole.encode()) - len(body.text or b"")]
        if body is not None and whole.isascii()
        else whole.partition("{")[0]
    )
    return re.sub(
        r"^(?:(?:static|virtual|inline|public)\s+)*|\b(?:const|override|final|noexcept)\s*$", "", head.strip()
    ).strip()
