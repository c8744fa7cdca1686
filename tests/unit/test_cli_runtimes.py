"""How the languages are listed."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from cli.runtimes import Checked, Listed, _listed, _listed_table, _version
from executor.model import MS
from executor.runtime import Runtime, Runtimes


@pytest.fixture(scope="module")
def python() -> Runtime:
    return Runtimes.load().get("python")


@pytest.fixture(scope="module")
def absent(python: Runtime) -> Runtime:
    return replace(python, run=("no-such-command",))


def table(*listed: Listed) -> str:
    out = Console(file=io.StringIO(), width=200, markup=False)
    out.print(_listed_table(listed))
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


def test_an_available_language_tells_its_version(python: Runtime) -> None:
    listed = _listed(python)
    assert listed.version.startswith("Python 3")
    assert listed.as_json()["available"] is True
    assert "available" in table(listed)


def test_a_missing_language_tells_why_and_what_installs_it(absent: Runtime) -> None:
    listed = _listed(absent)
    assert (listed.as_json()["available"], listed.as_json()["version"]) == (False, None)
    assert "install it with: exec-cli runtimes install python" in table(listed)


@pytest.mark.parametrize("command", [("/bin/false",), ("/no/such/command",)])
def test_a_toolchain_that_does_not_tell_its_version_is_listed_without(python: Runtime, command: tuple[str]) -> None:
    version = _version(replace(python, version=command))
    assert version == ""
    assert Listed(python, version, None).as_json()["version"] is None


def test_a_version_cannot_write_to_the_terminal(python: Runtime) -> None:
    assert r"1.0\x1b[2J[red]" in table(Listed(python, "1.0\x1b[2J[red]", None))


def test_a_failed_check_names_its_problems(python: Runtime) -> None:
    checked = Checked(python, ("its hello program is CE instead of AC",), 5 * MS)
    assert checked.as_json() == {
        "id": "python",
        "passed": False,
        "problems": ["its hello program is CE instead of AC"],
        "elapsed_ms": 5.0,
    }
