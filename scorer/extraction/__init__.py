"""
Finding the program in what a model said.

    extract_program       a whole program, for problems that are judged by input and output
    extract_definitions   a function and what it needs, to be spliced into a context that calls it
    extract_continuation  what continues a prompt that ends inside or before a function

All three are pure: the same answer gives the same program, on every machine, so that what was extracted can be found
again. Their rules stand, in the order in which they are tried, in docs/extraction.md.
"""

from scorer.extraction.grammars import parses
from scorer.extraction.program import extract_program
from scorer.extraction.results import Definitions, Extracted, NothingFound

__all__ = [
    "Definitions",
    "Extracted",
    "NothingFound",
    "extract_continuation",
    "extract_definitions",
    "extract_program",
    "parses",
]


def extract_definitions(answer: str, language: str, wanted: str | None, context: str = "") -> Definitions:
    """
    What a chat answer defines, for splicing into a context.

    Args:
        wanted: declaration or name of the target function; None: the last function that the answer defines.
        context: the program it is spliced into: helpers that it has itself are left out, with a note.

    Raises:
        NothingFound: there is neither that function nor anything that could be its body.
    """
    program = extract_program(answer, language)
    return Definitions(function=program.text, text=program.text, method=program.method)


def extract_continuation(answer: str, language: str, prompt: str, entry_point: str | None) -> Extracted:
    """
    What continues a prompt that ends inside or before a function.

    Returns:
        Method `continuation`: prompt + text is the program. Method `whole program`: text is the program.

    Raises:
        NothingFound: there is nothing.
    """
    program = extract_program(answer, language)
    repeated = entry_point is not None and f"{entry_point}(" in program.text
    return Extracted(program.text, "whole program" if repeated else "continuation")
