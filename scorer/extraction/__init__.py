"""
Finding the program in what a model said.

    extract_program       a whole program, for problems that are judged by input and output
    extract_definitions   a function and what it needs, to be spliced into a context that calls it
    extract_continuation  what continues a prompt that ends inside or before a function

All three are pure: the same answer gives the same program, on every machine, so that what was extracted can be found
again. Their rules stand, in the order in which they are tried, in docs/extraction.md.
"""

from scorer.extraction.continuation import extract_continuation
from scorer.extraction.definitions import extract_definitions
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
