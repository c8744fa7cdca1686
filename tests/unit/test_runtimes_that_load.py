"""python-data and python-torch differ in what they import, and in nothing that a fork depends on."""

from __future__ import annotations

import tomllib
from pathlib import Path

RUNTIMES = Path(__file__).parents[2] / "runtimes"


def test_both_runtimes_that_import_packages_first_wait_and_fork_in_the_same_way() -> None:
    data, torch = (tomllib.loads((RUNTIMES / f"{name}.toml").read_text()) for name in ("python-data", "python-torch"))
    (loader,), (loader_of_torch,) = data["install"]["files"].values(), torch["install"]["files"].values()
    assert loader_of_torch == loader.replace("yolk pytz", "yolk pytz torch")
    assert loader_of_torch != loader
    assert (data["run"], data["fork"]) == (torch["run"], torch["fork"])
