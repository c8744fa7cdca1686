"""How the languages are listed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from cli.runtimes import Listed, ask_version, fitting_version, show_listed, state_of, with_held, with_versions
from executor.inventory import Machine
from executor.model import MIB
from executor.resident_rules import ResidentCompiler
from executor.runtime import Runtime, Runtimes
from executor.runtime_file import load_runtime
from executor.versions import ToolchainNotes, toolchain_identity
from tests.unit.fake_box import SCRIPT


@pytest.fixture(scope="module")
def python() -> Runtime:
    return Runtimes.load().get("python").resolve()


@pytest.fixture
def script(tmp_path: Path) -> Runtime:
    """A language with a package that this machine lacks, and an extra that is there."""
    path = tmp_path / "script.toml"
    path.write_text(
        SCRIPT.replace("[hello]", "[install]\napt = ['no-such-package']\n[extras.shell]\napt = ['dash']\n[hello]")
    )
    return load_runtime(path, toolchains=tmp_path)


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def shown(listed: Sequence[Listed], capsys: pytest.CaptureFixture[str]) -> list[str]:
    show_listed(listed)
    return capsys.readouterr().out.splitlines()


def told(tmp_path: Path, command: str) -> Runtime:
    """A language whose toolchain tells its version by this shell script."""
    path = tmp_path / "told.toml"
    path.write_text(SCRIPT.replace('"--version"', f'"-c", {command!r}'))
    return load_runtime(path).resolve()


def test_an_available_language_tells_its_version_and_it_is_noted(python: Runtime, tmp_path: Path) -> None:
    listed = [state_of(python, Machine(Runtimes([python])))]
    notes = ToolchainNotes(tmp_path)
    (asked,) = with_versions(listed, notes)
    assert asked.version.startswith("Python 3")
    assert asked.as_json()["available"] is True
    (note,) = tmp_path.iterdir()
    note.write_text("noted")
    assert with_versions(listed, notes)[0].version == "noted"


def test_a_missing_language_tells_why_and_what_installs_it(script: Runtime, capsys: pytest.CaptureFixture[str]) -> None:
    listed = state_of(replace(script, run=("no-such-command",)), Machine(Runtimes([script])))
    assert (listed.as_json()["available"], listed.as_json()["version"]) == (False, None)
    assert "install it with: exec-cli runtimes install script" in str(listed.as_json()["detail"])
    lines = shown([listed], capsys)
    assert lines[2].endswith("not installed")
    assert "1 language can be installed: exec-cli runtimes install script (or --all)" in lines


def test_missing_languages_stand_at_the_end_and_share_one_line_of_advice(
    script: Runtime, capsys: pytest.CaptureFixture[str]
) -> None:
    absent = [Listed(runtime=replace(script, id=f"a{n}"), missing="x: y", installable=True) for n in range(5)]
    lines = shown([*absent, Listed(runtime=script, version="1.0")], capsys)
    assert [line.split()[0] for line in lines[2:8]] == ["script", "a0", "a1", "a2", "a3", "a4"]
    assert [line for line in lines if "exec-cli runtimes install" in line] == [
        "5 languages can be installed: exec-cli runtimes install a0 a1 a2 ... (or --all)"
    ]


def test_what_installing_does_not_mend_is_listed_with_its_reason(
    script: Runtime, capsys: pytest.CaptureFixture[str]
) -> None:
    reason = "the runtime script is not available here: sh is elsewhere"
    text = "\n".join(shown([Listed(runtime=script, missing=reason)], capsys))
    assert "sh is elsewhere" in text
    assert "can be installed" not in text


def test_extras_are_listed_with_whether_they_are_installed(script: Runtime, capsys: pytest.CaptureFixture[str]) -> None:
    listed = state_of(script, Machine(Runtimes([script])))
    assert listed.as_json()["extras"] == {"shell": True}
    assert shown([listed], capsys)[-1].split() == ["shell", "script"]


def test_compilers_that_stay_are_listed_with_their_memory(script: Runtime, capsys: pytest.CaptureFixture[str]) -> None:
    staying = Listed(runtime=replace(script, resident=ResidentCompiler(command=("sh",), memory_bytes=384 * MIB)))
    assert staying.as_json()["resident"] == {"memory_bytes": 384 * MIB}
    assert "compilers that stay, in MiB of memory at most: script 384; " in "\n".join(shown([staying], capsys))
    assert Listed(runtime=script).as_json()["resident"] is None
    assert "that stay" not in "\n".join(shown([Listed(runtime=script)], capsys))


def test_interpreters_that_wait_are_listed_with_the_memory_that_they_were_found_to_hold(
    python: Runtime, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notes, says = ToolchainNotes(tmp_path), "interpreters that wait, in MiB of memory of each slot, as measured:"
    (unknown,) = with_held([Listed(runtime=python)], notes)
    assert unknown.as_json()["held"] == {"memory_bytes": None}
    assert f"{says} none; not used yet: python" in shown([unknown], capsys)
    notes.write(toolchain_identity(python), str(7 * MIB))
    (held,) = with_held([unknown], notes)
    assert held.as_json()["held"] == {"memory_bytes": 7 * MIB}
    assert f"{says} python 7" in shown([held], capsys)
    notes.write(toolchain_identity(python), "no number")
    assert with_held([unknown], notes)[0].held_bytes is None


def test_languages_without_interpreters_that_wait_are_not_said_to_have_any(
    script: Runtime, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = with_held([Listed(runtime=script)], ToolchainNotes(tmp_path))
    assert listed[0].as_json()["held"] is None
    assert "that wait" not in "\n".join(shown(listed, capsys))


@pytest.mark.parametrize("command", ["exit 1", "kill -9 $$", "true"])
async def test_a_toolchain_that_does_not_tell_its_version_is_listed_without(tmp_path: Path, command: str) -> None:
    runtime = told(tmp_path, command)
    assert await ask_version(runtime) == ""
    assert Listed(runtime=runtime).as_json()["version"] is None


async def test_a_toolchain_that_has_gone_has_no_version(python: Runtime) -> None:
    assert await ask_version(replace(python, version=("/no/such/command",))) == ""


def test_a_toolchain_that_hangs_is_not_waited_for_and_leaves_nothing_behind(tmp_path: Path) -> None:
    runtime = told(tmp_path, f"sleep 60 & echo $! > {tmp_path}/pid; wait")
    began = time.monotonic()
    assert asyncio.run(ask_version(runtime, timeout_s=1.0)) == ""
    assert time.monotonic() - began < 10
    left = int((tmp_path / "pid").read_text())
    deadline = time.monotonic() + 5
    while runs(left) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not runs(left)


def runs(pid: int) -> bool:
    """Whether a process does; one that is dead may wait for whoever inherits it to notice."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_version_cannot_write_to_the_terminal(script: Runtime, capsys: pytest.CaptureFixture[str]) -> None:
    assert r"1.0\x1b[2J[red]" in shown([Listed(runtime=script, version="1.0\x1b[2J[red]")], capsys)[2]


BASH = "GNU bash, version 5.2.15(1)-release (x86_64-pc-linux-gnu)"


@pytest.mark.parametrize(
    "version, room, fitting",
    [
        (BASH, 60, BASH),
        (BASH, 20, "5.2.15"),
        ("LLVM 14, made on 1.2 for 1.30.0", 20, "1.30.0"),
        ("a version without any number", 10, "a version without any number"),
    ],
)
def test_where_room_is_scarce_a_version_is_its_number(version: str, room: int, fitting: str) -> None:
    assert fitting_version(version, room) == fitting
