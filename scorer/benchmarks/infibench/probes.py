"""
Programs that show whether a place has what the answers to some questions need: the grader's header and an empty answer,
with a test that asks for the other packages. They are made as answers are, and so run on the same runtimes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from scorer.benchmarks.infibench.cases import Case
from scorer.benchmarks.infibench.programs import (
    LANGUAGES,
    Test,
    extras_of,
    job_of,
    language_of,
    needs_network,
    program_of,
)
from scorer.benchmarks.infibench.rules import needs_box
from scorer.model import Probe

_TIDYVERSE = "\n".join(f"library({name})" for name in ("data.table", "dplyr", "stringr", "tidyverse"))
_TESTS: Mapping[str, Mapping[str, str]] = {
    "python": {"import pytz": "python python-data --extras infibench"},
    "cpp": {"int main() {}": "cpp --extras infibench"},
    "r": {"": "r --extras infibench", _TIDYVERSE: "r r-tidyverse --extras infibench"},
    "javascript": {'require("jsdom");': "javascript --extras infibench"},
    "typescript": {"const there: number = 1;": "javascript typescript-5"},
}
"""By language: texts of tests, with what installs that which they ask for."""


def probes_of(cases: Iterable[Case]) -> Iterator[Probe]:
    """
    For each language of the tests of some cases, and for their rules that are matched in a box.

    Languages that need nothing beside themselves have none; nor have tests that are never run.
    """
    languages: dict[str, None] = {}
    python = torch = False
    for case in cases:
        python |= needs_box(case.grading.model_dump(exclude_none=True))
        unit_test = case.grading.unit_test
        if unit_test is None or needs_network(case) or (unit_test.lang or case.file.lang) not in LANGUAGES:
            continue
        languages[language_of(case)] = None
        torch |= bool(extras_of(case))
    if python or "python" in languages:
        yield _probe("python", "pass", "python", whole=False)
    for language in languages:
        for text, install in _TESTS.get(language, {}).items():
            yield _probe(language, text, install)
    if torch:
        yield _probe("python", "import torch", "python-torch --extras infibench --extras torch")


def _probe(language: str, text: str, install: str, *, whole: bool = True) -> Probe:
    test = Test(text)
    return Probe(job=job_of(test, language, program_of(test, language, "", whole=whole)), install=install)
