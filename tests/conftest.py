"""
Skips what this machine cannot run, each test with its reason: nothing is left out in silence. Where tests run in
several processes, those that share their work stay in one.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

TOGETHER = (
    "tests/forking/test_same.py",
    "tests/residents/test_csharp.py",
    "tests/residents/test_java.py",
    "tests/residents/test_typescript.py",
    "tests/runtimes/test_frameworks.py",
    "tests/runtimes/test_programs.py",
    "tests/submissions/test_submissions.py",
)
"""Modules whose fixtures judge or start what all their tests look at: each process would do it over again."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """
    Which process gets which tests.

    xdist has marks for that, which need `--dist loadgroup` and do nothing with pytest 9.2 and xdist 3.8: it writes
    them into the names of tests, which no longer change.
    """
    from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

    scheduler = LoadScopeScheduling(config, log)
    scheduler._split_scope = scope_of
    return scheduler


def scope_of(nodeid: str) -> str:
    """Tests of the same scope run in the same process."""
    module = nodeid.partition("::")[0]
    return module if module in TOGETHER else nodeid


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
