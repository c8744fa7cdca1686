"""How many slots a machine is given, and where caches may lie."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from executor.config import cache_directory, usable_cores

CORES = len(os.sched_getaffinity(0))


def machine(root: Path, cgroups: str, files: dict[str, str]) -> int:
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text(cgroups)
    for name, text in files.items():
        path = root / "sys/fs/cgroup" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return usable_cores(root)


@pytest.mark.parametrize(
    "cgroups,files,cores",
    [
        ("0::/a/b\n", {"a/b/cpu.max": "max 100000\n"}, CORES),
        ("0::/a/b\n", {"a/b/cpu.max": "100000 100000\n"}, 1),
        ("0::/a/b\n", {"a/b/cpu.max": "max 100000\n", "a/cpu.max": "100000 100000\n"}, 1),
        ("0::/\n", {"cpu.max": "50000 100000\n"}, 1),
        ("0::/not/visible/in/here\n", {"cpu.max": "100000 100000\n"}, 1),
        ("0::/\n2:cpu,cpuacct:/x\n", {"cpu,cpuacct/x/cpu.cfs_quota_us": "-1\n"}, CORES),
        (
            "3:cpu:/x\n0::/\n",
            {"cpu/x/cpu.cfs_quota_us": "150000\n", "cpu/x/cpu.cfs_period_us": "100000\n"},
            1,
        ),
        ("0::/a\n", {"a/cpu.max": "nonsense\n"}, CORES),
        ("9:name=systemd:/\n", {}, CORES),
    ],
)
def test_a_cpu_quota_at_or_above_our_cgroup_bounds_the_slots(
    tmp_path: Path, cgroups: str, files: dict[str, str], cores: int
) -> None:
    assert machine(tmp_path, cgroups, files) == cores


def test_a_machine_that_tells_nothing_is_judged_by_its_affinity(tmp_path: Path) -> None:
    assert usable_cores(tmp_path) == CORES


def test_the_cache_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    with cache_directory(tmp_path / "x" / "ennead") as directory:
        assert directory == tmp_path / "x" / "ennead"
        assert directory.stat().st_mode & 0o777 == 0o700
    assert directory.is_dir()


def test_the_cache_lies_where_the_user_keeps_caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with cache_directory(None) as directory:
        assert directory == tmp_path / "ennead"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    with cache_directory(None) as directory:
        assert directory == tmp_path / ".cache" / "ennead"


@pytest.mark.parametrize("problem", ["a file is there", "others may write"])
def test_where_the_cache_cannot_be_used_a_private_one_lasts_as_long_as_the_engine(
    tmp_path: Path, problem: str, caplog: pytest.LogCaptureFixture
) -> None:
    wanted = tmp_path / "ennead"
    if problem == "a file is there":
        wanted.touch()
    else:
        wanted.mkdir()
        wanted.chmod(0o777)
    with cache_directory(wanted) as directory:
        assert directory != wanted
        assert directory.stat().st_mode & 0o777 == 0o700
    assert not directory.exists()
    assert "the cache directory cannot be used" in caplog.text
