"""Skips what this machine cannot run, each test with its reason: nothing is left out in silence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def data_folder() -> Path | None:
    """The folder of problem data that the repository does not ship, if the environment names one that exists."""
    named = os.environ.get("ENNEAD_DATA")
    return Path(named) if named and Path(named).is_dir() else None


def reason_to_skip(marker: str) -> str | None:
    if marker == "root" and os.getuid() != 0:
        return "needs root"
    if marker == "cgroup2" and not Path("/sys/fs/cgroup/cgroup.controllers").exists():
        return "needs cgroup v2 alone, as `make test-cgroup2` brings it"
    if marker == "data" and data_folder() is None:
        return "needs problem data: set ENNEAD_DATA to its folder"
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for marker in ("root", "cgroup2", "data"):
            reason = reason_to_skip(marker) if item.get_closest_marker(marker) else None
            if reason:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def problem_data() -> Path:
    """The folder that ENNEAD_DATA names; for tests marked `data`."""
    folder = data_folder()
    assert folder is not None
    return folder
