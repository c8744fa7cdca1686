"""What extraction gives back, and the one way in which it fails."""

from __future__ import annotations

from dataclasses import dataclass

from executor.errors import EnneadError


class NothingFound(EnneadError):
    """The answer holds no program; the message is a sentence that says what was looked for."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """
    A program, or what continues one, as it was found in an answer.

    Args:
        text: lines end in "\\n"; it can always be encoded as UTF-8.
        method: how it was found, few enough to be counted: `as given`, `fence`, `longest fence`, `joined fences`,
            `unfenced`, and from continuations `continuation`, `whole program`.
        notes: what else was done, as sentences.
    """

    text: str
    method: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Definitions:
    """
    What an answer defines, taken apart so that it can be spliced into a context.

    Args:
        function: the target function, whole, with the comments that stand right before it.
        helpers: what else the answer defines (functions, types, globals, macros), in its order.
        includes: lines that belong before everything: includes, imports, `using namespace`.
        main: the answer's entry point, or None; it is in none of the others.
        text: helpers and function in the answer's own order, forward declarations included: what is to be spliced.
        name, parameters: the function's name and its parameters' names, as spliced; empty where they are not known.
        method: how the code was found; as in Extracted.
        notes: what else was done, as sentences.
    """

    function: str
    helpers: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()
    main: str | None = None
    text: str
    name: str = ""
    parameters: tuple[str, ...] = ()
    method: str
    notes: tuple[str, ...] = ()
