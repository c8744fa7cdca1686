"""A whole program out of a chat answer."""

from __future__ import annotations

from scorer.extraction.candidates import candidates, choose
from scorer.extraction.cleaning import cleaned
from scorer.extraction.languages import language_of
from scorer.extraction.results import Extracted


def extract_program(answer: str, language: str) -> Extracted:
    """
    The whole program in a chat answer, for problems that are judged by input and output.

    Args:
        language: a runtime's id or any other name of a language; without a grammar for it, fences decide alone.

    Raises:
        NothingFound: there is none.
    """
    text, notes = cleaned(answer)
    wanted = language_of(language)
    chosen = choose(candidates(text, wanted), wanted)
    code, notes = chosen.code, (*notes, *chosen.notes)
    if wanted.name == "php" and "<?" not in code:
        code, notes = "<?php\n" + code, (*notes, "the opening tag was added")
    return Extracted(code, chosen.method, notes)
