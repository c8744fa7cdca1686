"""A table of answers, in `answers/`: each states exactly what must come out of it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from scorer.extraction import (
    Definitions,
    Extracted,
    NothingFound,
    extract_continuation,
    extract_definitions,
    extract_program,
    parses,
)

ANSWERS = Path(__file__).parent / "answers"
KEYS = {"mode", "language", "wanted", "entry", "method", "note", "parses", "nothing"}
SECTIONS = {"answer", "prompt", "context", "text", "function", "includes", "helpers", "main"}


@dataclass
class Case:
    file: str
    title: str
    keys: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    sections: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.file}: {self.title}"

    def extracted(self) -> Extracted | Definitions:
        answer, language = self.sections["answer"], self.keys["language"]
        if self.keys["mode"] == "program":
            return extract_program(answer, language)
        if self.keys["mode"] == "definitions":
            return extract_definitions(answer, language, self.keys.get("wanted"), self.sections.get("context", ""))
        return extract_continuation(answer, language, self.sections["prompt"], self.keys.get("entry"))


def read(path: Path) -> list[Case]:
    cases = []
    for part in re.split(r"(?m)^%%% ", path.read_text())[1:]:
        head, *sections = re.split(r"(?m)^%% (\w+)\n", part)
        title, *lines = head.strip().split("\n")
        pairs = [(key, value.strip()) for key, _, value in (line.partition(":") for line in lines)]
        assert {key for key, _ in pairs} <= KEYS, f"{path.name}, {title}: {pairs}"
        case = Case(path.name, title, dict(pairs), tuple(value for key, value in pairs if key == "note"))
        case.sections = dict(zip(sections[::2], sections[1::2], strict=True))
        # The line break before the next section belongs to the table, not to what stands in it.
        case.sections = {name: text.removesuffix("\n") for name, text in case.sections.items()}
        assert case.sections.keys() <= SECTIONS, f"{path.name}, {title}: {set(case.sections)}"
        cases.append(case)
    return cases


CASES = [case for path in sorted(ANSWERS.glob("*.txt")) for case in read(path)]
FOUND = [case for case in CASES if "nothing" not in case.keys]
PROGRAMS = [case for case in FOUND if case.keys["mode"] == "program" and case.keys.get("parses") != "no"]


def test_the_table_holds_a_hundred_answers_in_many_languages() -> None:
    assert len(CASES) >= 100
    assert len({str(case) for case in CASES}) == len(CASES)
    languages = Counter(case.keys["language"] for case in CASES)
    assert {"cpp", "python", "java", "javascript", "go", "rust"} <= set(languages)
    assert languages.most_common(1)[0][0] == "cpp"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_answer_gives_exactly_what_the_table_says(case: Case) -> None:
    if "nothing" in case.keys:
        with pytest.raises(NothingFound, match=re.escape(case.keys["nothing"])):
            case.extracted()
        return
    found = case.extracted()
    assert found.text.rstrip("\n") == case.sections["text"].rstrip("\n")
    assert (found.method, found.notes) == (case.keys["method"], case.notes)
    if isinstance(found, Definitions):
        parts = {
            "function": found.function,
            "includes": "\n".join(found.includes),
            "helpers": "\n%\n".join(found.helpers),
            "main": found.main or "",
        }
        stated = {name: text for name, text in case.sections.items() if name in parts}
        assert {name: parts[name].strip("\n") for name in stated} == {
            name: text.strip("\n") for name, text in stated.items()
        }


@pytest.mark.parametrize("case", FOUND, ids=str)
def test_what_comes_out_is_accepted_by_the_grammar_unless_it_was_cut_off(case: Case) -> None:
    found = case.extracted()
    whole = case.sections["prompt"] + found.text if found.method == "continuation" else found.text
    assert parses(whole, case.keys["language"]) is (case.keys.get("parses") != "no")


@pytest.mark.parametrize("case", PROGRAMS, ids=str)
def test_extracting_again_changes_nothing(case: Case) -> None:
    """A program that was extracted is a program as it is."""
    text = case.extracted().text
    assert extract_program(text, case.keys["language"]).text == text
