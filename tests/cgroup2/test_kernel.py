"""What the suite below relies on: this kernel has one cgroup hierarchy, version 2, with every controller we use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytestmark = pytest.mark.cgroup2

ROOT = Path("/sys/fs/cgroup")


def own_cgroup() -> Path:
    (line,) = Path("/proc/self/cgroup").read_text().splitlines()
    return ROOT / line.removeprefix("0::/")


def test_this_process_stands_in_one_cgroup_of_version_2_below_the_root() -> None:
    assert own_cgroup() != ROOT
    assert own_cgroup().is_dir()


def test_its_cgroup_has_the_controllers_that_limits_are_made_of() -> None:
    assert {"cpu", "io", "memory", "pids"} <= set((own_cgroup() / "cgroup.controllers").read_text().split())


def test_its_cgroup_belongs_to_the_user_who_runs_the_tests() -> None:
    assert own_cgroup().stat().st_uid == os.getuid()


@pytest.mark.parametrize("file", ["cgroup.kill", "memory.peak", "memory.swap.max", "pids.max", "pids.peak", "cpu.stat"])
def test_the_kernel_offers(file: str) -> None:
    assert (own_cgroup() / file).exists()
