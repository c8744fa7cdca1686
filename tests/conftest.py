"""Skips what this machine cannot run, each test with its reason: nothing is left out in silence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def reason_to_skip(marker: str) -> str | None:
    if marker == "root" and os.getuid() != 0:
        return "needs root"
    if marker == "cgroup2" and not Path("/sys/fs/cgroup/cgroup.controllers").exists():
        return "needs cgroup v2 alone, as `make test-cgroup2` brings it"
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for marker in ("root", "cgroup2"):
            reason = reason_to_skip(marker) if item.get_closest_marker(marker) else None
            if reason:
                item.add_marker(pytest.mark.skip(reason=reason))
