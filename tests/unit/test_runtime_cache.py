"""Runtimes come out of the cache as they went in, and nothing stale or broken ever does."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from executor.errors import RuntimeFileError
from executor.runtime import Runtimes

SHIPPED = Path(__file__).resolve().parents[2] / "runtimes"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "runtimes"
    shutil.copytree(SHIPPED, folder)
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    cache = tmp_path / "cache"
    cache.mkdir()
    return cache


def test_every_shipped_runtime_comes_out_as_it_went_in(folder: Path, cache: Path) -> None:
    """The second reading finds what the first one wrote, equal to a reading without any cache."""
    fresh = list(Runtimes.load(folder))
    assert list(Runtimes.load(folder, cache)) == fresh
    assert [path.suffix for path in cache.iterdir()] == [".json"]
    assert list(Runtimes.load(folder, cache)) == fresh


def test_a_second_reading_does_without_the_validator(
    folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is what the cache saves."""
    Runtimes.load(folder, cache)
    monkeypatch.setitem(sys.modules, "executor.runtime_file", None)
    assert "cpp" in Runtimes.load(folder, cache)


def test_a_changed_file_is_read_anew(folder: Path, cache: Path) -> None:
    """The key is the content."""
    Runtimes.load(folder, cache)
    path = folder / "cpp.toml"
    path.write_text(path.read_text().replace('"C++ (GCC)"', '"Another"'))
    assert Runtimes.load(folder, cache).get("cpp").name == "Another"


def test_a_mistake_is_refused_with_a_cache_too(folder: Path, cache: Path) -> None:
    """And not remembered as anything else."""
    Runtimes.load(folder, cache)
    (folder / "cpp.toml").write_text("name = 3\n")
    for _ in range(2):
        with pytest.raises(RuntimeFileError, match=r"cpp\.toml"):
            Runtimes.load(folder, cache)


@pytest.mark.parametrize("damage", ["", "{", "[]x", '[{"id": "cpp"}]', "[3]", "null"])
def test_a_damaged_entry_is_read_anew(folder: Path, cache: Path, damage: str) -> None:
    """Whatever stands in the cache, the runtimes are the files'."""
    Runtimes.load(folder, cache)
    (entry,) = cache.iterdir()
    entry.write_text(damage)
    assert "cpp" in Runtimes.load(folder, cache)


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(folder: Path, cache: Path) -> None:
    """A full disk or a lost directory is no reason to fail."""
    cache.rmdir()
    assert "cpp" in Runtimes.load(folder, cache)
