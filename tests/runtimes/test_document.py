"""docs/runtimes.md says what the files of the runtimes say."""

from __future__ import annotations

from tests.runtimes.document import DOCUMENT, updated


def test_the_tables_of_the_document_are_those_of_the_runtimes() -> None:
    document = DOCUMENT.read_text()
    assert document == updated(document), "write them with: python -m tests.runtimes.document"
