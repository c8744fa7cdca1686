"""The documents keep their word: promises name their proof, the changelog is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
DOCUMENTS = sorted([*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/**/*.md"), REPOSITORY / "runtimes" / "README.md"])


@dataclass(frozen=True)
class Promise:
    """One row of SPECIFICATION.md: `| 2.3 | what is promised | what proves it |`."""

    number: str
    text: str
    proof: str

    @property
    def is_pending(self) -> bool:
        return "pending" in self.proof.split()

    @property
    def proofs(self) -> list[str]:
        return re.findall(r"`([^`]+)`", self.proof)


def promises() -> list[Promise]:
    rows = re.findall(
        r"^\| (\d+\.\d+) \| (.+) \| (.*) \|$", (REPOSITORY / "SPECIFICATION.md").read_text(), re.MULTILINE
    )
    return [Promise(*row) for row in rows]


def test_the_specification_has_promises() -> None:
    assert len(promises()) > 20


@pytest.mark.parametrize("promise", promises(), ids=lambda promise: promise.number)
def test_every_promise_names_what_proves_it_or_is_pending(promise: Promise) -> None:
    assert promise.is_pending or promise.proofs, promise.text


def test_every_proof_exists() -> None:
    for promise in promises():
        for proof in () if promise.is_pending else promise.proofs:
            path, _, test = proof.partition("::")
            assert (REPOSITORY / path).exists(), f"{path} proves {promise.number} and is not there"
            assert not test or f"def {test}(" in (REPOSITORY / path).read_text(), f"{path} has no {test}"


def test_the_numbers_of_the_promises_are_unique_and_in_order() -> None:
    numbers = [tuple(map(int, promise.number.split("."))) for promise in promises()]
    assert numbers == sorted(set(numbers))


def test_the_changelog_says_what_is_unreleased() -> None:
    _, found, unreleased = (REPOSITORY / "CHANGELOG.md").read_text().partition("\n## Unreleased\n")
    assert found
    assert re.search(r"^- ", unreleased, re.MULTILINE)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_every_link_to_a_file_leads_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text()):
        assert (document.parent / target).exists(), target
