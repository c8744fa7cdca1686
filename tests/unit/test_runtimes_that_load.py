"""Python's runtimes differ in what they import before a program, and in nothing that a fork depends on."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

RUNTIMES = Path(__file__).parents[2] / "runtimes"


@pytest.mark.parametrize("name", ["python-data", "python-torch"])
def test_runtimes_that_import_packages_first_wait_and_fork_as_python_does(name: str) -> None:
    python, other = (tomllib.loads((RUNTIMES / f"{each}.toml").read_text()) for each in ("python", name))
    assert other["fork"]["env"].pop("IMPORTS") != python["fork"]["env"].pop("IMPORTS")
    assert other["fork"] == python["fork"]
    assert (other["run"], other["env"]) == (python["run"], python["env"])
