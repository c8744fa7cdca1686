"""
Parsing: the only module that knows tree-sitter.

A parse is bounded twice, by the length of the code and by the steps of the parser, both counted and neither timed: what
is extracted depends on the answer alone and not on how busy the machine is. Trees are as deep as hostile code makes
them, so nobody may walk one by recursion: `walk` is the way.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import tree_sitter
from tree_sitter import Node

from scorer.extraction.languages import Language, language_of

__all__ = ["Node", "Syntax", "parse", "parses", "walk"]

MOST_STEPS = 40_000
"""Of a hundred operations each: a program of 100 kB takes about 2,000, prose as long no more."""

_PIECE_BYTES = 1 << 14


@dataclass(frozen=True, slots=True)
class Syntax:
    """
    Code with its tree; the offsets of nodes count bytes of `source`.

    Args:
        clean: the grammar accepts all of it, nothing is missing.
    """

    source: bytes
    root: Node
    clean: bool

    def text(self, start: int, end: int) -> str:
        return self.source[start:end].decode("utf-8", "replace")


@cache
def _grammar(module: str, function: str) -> tree_sitter.Language:
    return tree_sitter.Language(getattr(importlib.import_module(module), function)())


def parse(code: str, language: Language) -> Syntax | None:
    """The tree of some code; None: there is no grammar, or the code is beyond what is parsed."""
    source = code.encode("utf-8", "replace")
    if language.grammar is None or len(source) > language.longest_bytes:
        return None
    module, function = language.grammar
    if language.name == "php" and "<?" not in code:
        function = "language_php_only"  # to the other grammar, all that stands before a tag is text and thus right
    steps = 0

    def read(offset: int, _: tree_sitter.Point) -> bytes:
        return source[offset : offset + _PIECE_BYTES]

    def too_long(_: int, __: bool) -> bool:  # noqa: FBT001  the signature is tree-sitter's
        nonlocal steps
        steps += 1
        return steps > MOST_STEPS

    parser = tree_sitter.Parser(_grammar(module, function))
    try:
        tree = parser.parse(read, progress_callback=too_long)
    except ValueError:  # how it says that it was told to stop
        return None
    return Syntax(source, tree.root_node, not tree.root_node.has_error)


def parses(code: str, language: str) -> bool:
    """Whether the grammar accepts the code without an error; False where there is none, and of code too long for it."""
    syntax = parse(code, language_of(language))
    return syntax is not None and syntax.clean


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it, in the order of the source, without recursion."""
    cursor = node.walk()
    while True:
        if cursor.node is not None:
            yield cursor.node
        if cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return
