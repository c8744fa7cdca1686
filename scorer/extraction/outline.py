"""
What stands at the top level of a source: the view that all of extraction decides by.

Comments belong to what follows them, or to what stands before them on their line; so leaving something out takes its
comments with it. Offsets count bytes of the outline's source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from scorer.extraction.grammars import Node, Syntax, parse, walk
from scorer.extraction.languages import Kind, Language
from scorer.extraction.lexing import closers

_FUNCTION_VALUES = frozenset(
    {"arrow_function", "function_expression", "generator_function", "lambda_expression", "lambda"}
)
_NAMES = frozenset(
    "identifier field_identifier type_identifier property_identifier simple_identifier name word constant "
    "variable_name qualified_identifier namespace_identifier package_identifier operator_name destructor_name".split()
)
_GUARD = re.compile(r"\s*if\s*\(?\s*__name__\s*==|\s*if\s*\(?\s*['\"]__main__['\"]\s*==")
_TEST_NAMES = {"go": re.compile(r"(Test|Benchmark|Fuzz|Example)([A-Z_].*)?$")}
MOST_ITEMS = 5_000
"""At the top level of what is a program; brackets by the thousand are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """
    Something at the top level.

    Args:
        names: what it defines or declares.
        start, end: with its comments.
        head: where it begins itself, without the comments before it.
        node: the definition inside wrappers (`template`, decorators, `export`).
        parameters: names of a function's parameters; None: it is none, or they are not known.
        forward: declares a function that is defined elsewhere.
        entry: the program starts with it, or with something inside it.
        broken: there is an error in it.
    """

    kind: Kind
    names: tuple[str, ...]
    start: int
    head: int
    end: int
    node: Node
    parameters: tuple[str, ...] | None = None
    forward: bool = False
    entry: bool = False
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Outline:
    """
    Args:
        clean: the grammar accepts the code as it is.
        truncated: it ends inside a bracket.
    """

    language: Language
    syntax: Syntax
    items: tuple[Item, ...]
    clean: bool
    truncated: bool
    size: int

    def text(self, item: Item) -> str:
        """An item with its comments."""
        return self.syntax.text(item.start, item.end).strip("\n")

    def bare(self, item: Item) -> str:
        """An item without the comments before it."""
        return self.syntax.text(item.head, item.end).strip()

    def without(self, dropped: Iterable[Item]) -> str:
        """The code without some of its items, with the spacing it had."""
        gone = {item.start for item in dropped}
        pieces, position = [], 0
        for item in self.items:
            if item.start in gone:
                pieces.append(self.syntax.text(position, item.start))
                position = item.end
        pieces.append(self.syntax.text(position, self.size))
        return tidy("".join(pieces)) if gone else self.syntax.text(0, self.size)

    def of(self, *kinds: Kind) -> list[Item]:
        return [item for item in self.items if item.kind in kinds]

    @property
    def defined(self) -> frozenset[str]:
        """Names of functions and types that have a body here."""
        kinds = (Kind.FUNCTION, Kind.TYPE, Kind.ENTRY)
        return frozenset(name for item in self.items if item.kind in kinds for name in item.names)

    @property
    def entry(self) -> bool:
        return any(item.entry for item in self.items)


def tidy(code: str) -> str:
    """No blank lines at the ends, at most two between, one newline at the end."""
    return re.sub(r"\n[ \t]*\n[ \t]*\n(?:[ \t]*\n)+", "\n\n\n", code).strip("\n").rstrip() + "\n"


def outline(code: str, language: Language) -> Outline | None:
    """What stands at the top level of some code; None: it cannot be parsed at all (see `grammars.parse`)."""
    syntax = parse(code, language)
    if syntax is None or syntax.root.child_count > MOST_ITEMS:
        return None
    clean, size, missing = syntax.clean, len(syntax.source), ""
    if not clean and language.braces:
        missing = closers(code)
        # Closed, a function that was cut off is a function to the grammar.
        closed = parse(code + "\n" + missing, language) if missing else None
        syntax = closed if closed and closed.root.child_count <= MOST_ITEMS else syntax
    items = tuple(_items(syntax, language, size))
    return Outline(language, syntax, items, clean, bool(missing), size)


def _items(syntax: Syntax, language: Language, size: int) -> Iterator[Item]:
    """Children of the root, comments and stray semicolons joined to what they belong to."""
    waiting: Item | None = None
    lead: int | None = None  # where comments and attributes began that wait for what they describe
    marked = False
    for node in syntax.root.children:
        if node.start_byte >= size:
            break
        end = min(node.end_byte, size)
        kind = language.kinds.get(node.type)
        beside = waiting is not None and waiting.node.end_point.row == node.start_point.row and lead is None
        if waiting and (node.type == ";" or (kind is Kind.COMMENT and beside)):
            waiting = replace(waiting, end=end)
            continue
        if kind is Kind.COMMENT or node.type in {"attribute_item", "hash_bang_line"} or _is_docstring(node, language):
            lead = node.start_byte if lead is None else lead
            marked = marked or (node.type == "attribute_item" and b"test" in (node.text or b""))
            continue
        if waiting:
            yield waiting
        item = _item(node, syntax, language)
        kind = Kind.TEST if marked else item.kind
        waiting = replace(item, kind=kind, start=item.start if lead is None else lead, end=end)
        lead, marked = None, False
    if waiting:
        yield waiting


def _is_docstring(node: Node, language: Language) -> bool:
    return (
        language.name == "python"
        and node.type == "expression_statement"
        and node.child_count == 1
        and node.child(0).type == "string"
    )


def _item(node: Node, syntax: Syntax, language: Language) -> Item:
    inner = _unwrapped(node, language)
    kind = language.kinds.get(inner.type, Kind.STATEMENT)
    names = tuple(_names(inner))
    head, forward, entry = syntax.text(node.start_byte, node.start_byte + 200), False, False
    value = _function_value(inner) if kind is Kind.DECLARATION else None
    parameters = None
    if kind is Kind.FUNCTION or value is not None:
        kind, parameters = Kind.FUNCTION, parameters_of(value or inner)
        entry = bool(language.entry) and names[-1:] == (language.entry,)
        kind = Kind.ENTRY if entry else kind
        tests = _TEST_NAMES.get(language.name)
        kind = Kind.TEST if tests and names and tests.match(names[0]) else kind
    elif kind is Kind.DECLARATION:
        forward = _declares_function(inner)
        kind = Kind.INCLUDE if "require(" in head and language.name in {"javascript", "typescript"} else kind
    elif kind is Kind.TYPE:
        entry = bool(language.entry) and any(True for _ in members(inner, language, language.entry))
    else:
        kind, entry = _statement_kind(inner, head, language)
    return Item(
        kind=kind,
        names=names,
        start=node.start_byte,
        head=node.start_byte,
        end=node.end_byte,
        node=inner,
        parameters=parameters,
        forward=forward,
        entry=entry,
        broken=node.has_error or node.is_error,
    )


def _statement_kind(node: Node, head: str, language: Language) -> tuple[Kind, bool]:
    """Scripts say in statements what other languages say in declarations."""
    kind = language.kinds.get(node.type, Kind.STATEMENT)
    if kind is not Kind.STATEMENT:
        return kind, False
    first = node.child(0).type if node.child_count else ""
    if language.name == "python":
        if _GUARD.match(head):
            return Kind.ENTRY, True
        if first in {"assignment", "annotated_assignment"}:
            return Kind.DECLARATION, False
        if node.type == "try_statement" and re.match(r"try:\s*(import|from)\b", head):
            return Kind.INCLUDE, False
    if language.name == "ruby" and node.type == "call" and head.startswith("require"):
        return Kind.INCLUDE, False
    if language.name in {"ruby", "php"} and "assignment" in (node.type, first.removesuffix("_expression")):
        return Kind.DECLARATION, False
    return Kind.STATEMENT, language.name == "csharp" and not node.is_error


def _unwrapped(node: Node, language: Language) -> Node:
    """The definition inside templates, decorators and exports, however many there are."""
    while node.type in language.wrappers:
        inner = [
            child for child in node.named_children if child.type in language.kinds or child.type in language.wrappers
        ]
        inner = [child for child in inner if language.kinds.get(child.type) is not Kind.COMMENT]
        if not inner:
            return node.named_children[-1] if node.named_child_count and node.type == "global_statement" else node
        node = inner[-1]
    return node


def _declared(node: Node) -> Node:
    """The name inside a declarator: of `*f(int a)[3]` it is `f`."""
    while node.type not in _NAMES:
        inner = node.child_by_field_name("declarator") or node.child_by_field_name("name")
        # reference_declarator has no field for what it holds
        inner = inner or next((child for child in node.named_children if "declarator" in child.type), None)
        inner = inner or next((child for child in node.named_children if child.type in _NAMES), None)
        if inner is None:
            return node
        node = inner
    return node


def _names(node: Node) -> Iterator[str]:
    name = node.child_by_field_name("name")
    holders = node.children_by_field_name("declarator")
    holders += [
        child
        for child in node.named_children
        if child.type in {"variable_declarator", "type_spec", "const_spec", "var_spec"}
    ]
    if node.type == "expression_statement" and node.named_child_count:
        holders += [node.named_children[0].child_by_field_name("left") or node]
    if node.type == "assignment":
        holders += [node.child_by_field_name("left") or node]
    type_ = node.child_by_field_name("type")
    if type_ is not None and type_.child_by_field_name("body") is not None:  # struct P { ... } points[9];
        name = name or type_.child_by_field_name("name")
    for holder in [name, *holders]:
        if holder is not None:
            found = _declared(holder)
            if found.text is not None and found.type in _NAMES:
                yield found.text.decode("utf-8", "replace").rpartition("::")[2]


def _function_value(node: Node) -> Node | None:
    """The function in `const f = (a) => ...`, `auto f = [](int a) {...}`."""
    declarators = [child for child in node.named_children if child.type in {"variable_declarator", "init_declarator"}]
    if len(declarators) != 1:
        return None
    value = declarators[0].child_by_field_name("value")
    return value if value is not None and value.type in _FUNCTION_VALUES else None


def _function_declarator(node: Node) -> Node | None:
    found: Node | None = node
    while found is not None and found.type != "function_declarator":
        found = found.child_by_field_name("declarator") or next(
            (child for child in found.named_children if child.type.endswith("_declarator")), None
        )
    return found


def _declares_function(node: Node) -> bool:
    return node.type == "declaration" and _function_declarator(node) is not None


def parameters_of(node: Node) -> tuple[str, ...] | None:
    """Names of a function's parameters, `self` included; None where there is no list of them."""
    holder = node.child_by_field_name("parameters") or node.child_by_field_name("parameter")
    if holder is None:
        declarator = _function_declarator(node)
        holder = declarator.child_by_field_name("parameters") if declarator is not None else None
    if holder is None:
        return None
    if holder.type == "identifier":  # x => x
        return ((holder.text or b"").decode("utf-8", "replace"),)
    names = []
    for child in holder.named_children:
        if "comment" in child.type or child.text == b"void":
            continue
        several = child.children_by_field_name("name")
        fields = ("pattern", "name", "left", "declarator")
        one = next((found for found in map(child.child_by_field_name, fields) if found is not None), child)
        for found in several if len(several) > 1 else [one]:
            declared = _declared(found)
            names.append((declared.text or b"").decode("utf-8", "replace"))
    return tuple(names)


def members(node: Node, language: Language, name: str | None = None) -> Iterator[Node]:
    """Functions inside a class, however deep; those of one name, if it is given."""
    functions = {type_ for type_, kind in language.kinds.items() if kind is Kind.FUNCTION} | {"method_definition"}
    for inner in walk(node):
        if inner.type in functions and (name is None or name in _names(inner)):
            yield inner
