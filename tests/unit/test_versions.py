"""What is remembered of the toolchains' versions, and when it is forgotten."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from executor.runtime import Runtime
from executor.runtime_file import load_runtime
from executor.versions import ToolchainNotes, toolchain_identity, version_line
from tests.unit.fake_box import SCRIPT


@pytest.fixture
def scripted(tmp_path: Path) -> Runtime:
    """A runtime whose version is told by a script that an interpreter runs, as npm's packages do it."""
    (tmp_path / "script.toml").write_text(SCRIPT)
    script = tmp_path / "tool.js"
    script.write_text("version 1")
    return replace(load_runtime(tmp_path / "script.toml"), version=("/bin/sh", str(script), "--version"))


def test_what_is_noted_is_read_by_others_who_share_the_directory(tmp_path: Path) -> None:
    ToolchainNotes(tmp_path / "versions").write("toolchain", "größe 1.0")
    assert ToolchainNotes(tmp_path / "versions").read("toolchain") == "größe 1.0"
    assert ToolchainNotes(tmp_path / "versions").read("another") is None


def test_without_a_directory_nothing_is_noted() -> None:
    notes = ToolchainNotes(None)
    notes.write("toolchain", "1.0")
    assert notes.read("toolchain") is None


def test_a_note_that_cannot_be_written_or_read_is_not_missed(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    notes = ToolchainNotes(tmp_path / "file" / "versions")
    notes.write("toolchain", "1.0")
    assert notes.read("toolchain") is None
    damaged = ToolchainNotes(tmp_path)
    damaged.write("toolchain", "1.0")
    for note in tmp_path.glob("?" * 64):
        note.write_bytes(b"\xff")
    assert damaged.read("toolchain") is None


def test_a_toolchain_is_another_one_once_the_script_that_it_runs_has_changed(scripted: Runtime) -> None:
    before = toolchain_identity(scripted)
    assert toolchain_identity(scripted) == before
    script = Path(scripted.version[1])
    script.write_text("version 2")
    os.utime(script, (1, 1))
    assert toolchain_identity(scripted) != before


def test_a_toolchain_is_the_same_in_a_layer_of_an_image_which_keeps_whole_seconds(scripted: Runtime) -> None:
    script = Path(scripted.version[1])
    os.utime(script, ns=(0, 1_700_000_000_987_654_321))
    before = toolchain_identity(scripted)
    os.utime(script, ns=(0, 1_700_000_000_000_000_000))
    assert toolchain_identity(scripted) == before
    os.utime(script, ns=(0, 1_700_000_001_000_000_000))
    assert toolchain_identity(scripted) != before


def test_a_toolchain_that_has_gone_has_no_identity(scripted: Runtime) -> None:
    with pytest.raises(FileNotFoundError):
        toolchain_identity(replace(scripted, version=("/no/such/program",)))


@pytest.mark.parametrize(
    "stdout, stderr, line",
    [
        (b"\n  toy 1.0  \nmore", b"noise", "toy 1.0"),
        (b"", b"told on stderr 2\n", "told on stderr 2"),
        (b"", b"", ""),
        (b"\xff" * 1000, b"", "\ufffd" * 200),
    ],
)
def test_a_version_is_the_first_line_that_says_something(stdout: bytes, stderr: bytes, line: str) -> None:
    assert version_line(stdout, stderr) == line
