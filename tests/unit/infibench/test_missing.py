"""A package that tests need and that is not there is said before anything is judged; it never makes a 0."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from executor.engine import Engine
from executor.errors import RuntimeUnavailable
from executor.inventory import Machine
from executor.runtime import Runtimes
from executor.runtime_file import load_runtime
from scorer import places
from scorer.opening import Request
from scorer.scoring import opened
from tests.unit.infibench.test_benchmark import benchmark

RUNTIMES = Path(__file__).parents[3] / "runtimes"
LANGUAGES = ("python", "python-data", "python-torch", "r", "r-tidyverse", "javascript", "typescript-5", "cpp")


def needed(folder: Path, lang: str, test: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What scoring an answer to a question with this test asks for: runtimes and extras."""
    (folder / "answers.jsonl").write_text(json.dumps({"problem": "q", "sample": 0, "text": "x"}) + "\n")
    read = benchmark(folder / "suite", lang=lang, unit_test={"tests": [test]})
    with opened(Request(generations=folder / "answers.jsonl", benchmark=read, out=folder / "run")) as scoring:
        return scoring.runtimes, scoring.extras


def check(there: Runtimes, runtimes: tuple[str, ...], extras: tuple[str, ...]) -> None:
    """What is done before anything is judged, with these runtimes in the place of the machine's."""
    engine = cast("Engine", SimpleNamespace(runtimes=there, missing=lambda runtime: runtime.missing()))
    places._check_here(engine, runtimes, extras)
    places._check_extras(engine, runtimes, extras)


# Without them the language itself would be what is missing.
FILES = ("javascript/blocking.js", "r/tidyverse.R")


def without(folder: Path, *, package: str = "", files: Sequence[str] = FILES) -> Runtimes:
    """The runtimes that ship, with folders in which little was installed, and a package of Debian that nobody has."""
    (folder / "runtimes").mkdir()
    for each in files:
        (folder / "nothing" / each).parent.mkdir(parents=True)
        (folder / "nothing" / each).touch()
    for each in LANGUAGES:
        text = (RUNTIMES / f"{each}.toml").read_text()
        (folder / "runtimes" / f"{each}.toml").write_text(text.replace(package, "no-such-package") if package else text)
    found = Runtimes(load_runtime(folder / "runtimes" / f"{each}.toml", folder / "nothing") for each in LANGUAGES)
    if Machine(found).debian is None:
        pytest.skip("there is no dpkg, and so nobody knows what is installed")
    return found


@pytest.mark.parametrize(
    "lang, test, told",
    [
        pytest.param("python", "assert f()", "install python python-data --extras infibench", id="Python's packages"),
        pytest.param("r", "stopifnot(f())", "install r (r-tidyverse )?--extras infibench", id="R's assert and CRAN"),
        pytest.param("javascript", "f()", "install javascript --extras infibench", id="jsdom and others of npm"),
        pytest.param("typescript", "f()", "install typescript-5", id="TypeScript 5"),
    ],
)
def test_what_a_folder_of_a_runtime_lacks_is_told_with_what_installs_it(
    tmp_path: Path, lang: str, test: str, told: str
) -> None:
    with pytest.raises(RuntimeUnavailable, match=told) as caught:
        check(without(tmp_path), *needed(tmp_path, lang, test))
    assert "nothing was judged" in str(caught.value)


def test_boost_that_is_not_installed_is_told(tmp_path: Path) -> None:
    there = without(tmp_path, package="libboost-dev")
    with pytest.raises(RuntimeUnavailable, match="install cpp --extras infibench"):
        check(there, *needed(tmp_path, "c++", "int main() {}"))


def test_torch_is_asked_for_by_the_questions_that_import_it_alone(tmp_path: Path) -> None:
    assert needed(tmp_path, "python", "assert f()") == (("python-data",), ("infibench",))
    (tmp_path / "b").mkdir()
    runtimes, extras = needed(tmp_path / "b", "python", "import copy\nimport torch\nassert f()")
    assert (runtimes, extras) == (("python-torch",), ("infibench", "torch"))
    with pytest.raises(RuntimeUnavailable, match="--extras infibench --extras torch"):
        check(without(tmp_path), runtimes, extras)


def test_a_runtime_that_is_missing_itself_is_told_together_with_the_extras_that_it_has(tmp_path: Path) -> None:
    with pytest.raises(RuntimeUnavailable, match=r"install javascript --extras infibench\Z"):
        check(without(tmp_path, files=()), *needed(tmp_path, "javascript", "f()"))
