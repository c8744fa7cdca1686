"""Programs that install things: their output, their end, and their own words for what went wrong."""

from __future__ import annotations

import asyncio
import os
import stat
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from executor.errors import UsageError
from executor.tools import OUTPUT_LINES, Call, ToolFailed, Tools, _failure, network_environment
from tests.unit.toolchains import until

ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin"}


@pytest.fixture
def notices() -> list[str]:
    return []


@pytest.fixture
def tools(notices: list[str]) -> Tools:
    return Tools((), notices.append)


def shell(script: str, *, lenient: bool = False, env: Mapping[str, str] = ENVIRONMENT) -> Call:
    return Call(argv=("sh", "-c", script), env=env, lenient=lenient)


async def test_what_a_program_writes_is_heard_line_by_line_while_it_runs(tools: Tools) -> None:
    heard: list[tuple[str, float]] = []
    began = time.monotonic()
    script = r"printf 'zero\rone\r\ntwo\n\n'; sleep 2; printf 'thr' >&2; printf 'ee'"
    last = await tools.run(shell(script), lambda line: heard.append((line, time.monotonic() - began)))
    assert [line for line, _ in heard] == list(last) == ["one", "two", "three"]
    assert heard[1][1] < 1.9


async def test_a_service_that_was_started_is_not_waited_for(tools: Tools) -> None:
    began = time.monotonic()
    assert await tools.run(shell("sleep 20 & echo started $!")) != ()
    assert time.monotonic() - began < 10


async def test_a_program_has_the_environment_it_was_given_and_no_other(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINE", "1")
    assert "MINE=1" not in await tools.run(Call(argv=("env",), env=ENVIRONMENT | {"YOURS": "2"}))


async def test_whatever_the_umask_everybody_may_read_what_is_made(tools: Tools, tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        await tools.run(shell(f"mkdir {tmp_path}/made && touch {tmp_path}/made/file"))
    finally:
        os.umask(before)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "made", tmp_path / "made" / "file")]
    assert modes == [0o755, 0o644]


async def test_a_program_that_fails_is_told_with_the_end_of_its_output(tools: Tools) -> None:
    with pytest.raises(ToolFailed, match=r"^line 99 \(exit status 3\)$") as failed:
        await tools.run(shell("n=0; while [ $n -lt 100 ]; do echo line $n; n=$((n + 1)); done; exit 3"))
    assert failed.value.output == tuple(f"line {n}" for n in range(100 - OUTPUT_LINES, 100))
    with pytest.raises(ToolFailed, match=r"^killed by signal 9$"):
        await tools.run(shell("kill -9 $$"))


async def test_a_line_without_end_takes_little_memory(tools: Tools) -> None:
    (line,) = await tools.run(shell("head -c 50000000 /dev/zero | tr '\\0' x"))
    assert len(line) <= 2000


async def test_a_program_that_is_not_there_is_told_so(tools: Tools) -> None:
    with pytest.raises(ToolFailed, match="the command no-such-program was not found"):
        await tools.run(Call(argv=("no-such-program",), env=ENVIRONMENT))


async def test_cancelling_ends_a_program_with_all_that_it_started(tools: Tools, tmp_path: Path) -> None:
    script = f"trap '' INT; (trap '' INT; sleep 60) & echo $! > {tmp_path}/pid; mv {tmp_path}/pid {tmp_path}/mark; wait"
    task = asyncio.create_task(tools.run(shell(script)))
    await until((tmp_path / "mark").exists)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    child = Path("/proc", (tmp_path / "mark").read_text().strip(), "stat")
    await until(lambda: not child.exists() or child.read_text().rpartition(")")[2].split()[0] in "ZX")


async def test_cancelling_waits_for_a_program_that_must_not_be_killed(
    tools: Tools, notices: list[str], tmp_path: Path
) -> None:
    script = f"trap 'told=1' INT; touch {tmp_path}/mark; sleep 1; sleep 1; [ $told ] && touch {tmp_path}/finished"
    task = asyncio.create_task(tools.run(shell(script, lenient=True)))
    await until((tmp_path / "mark").exists)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (tmp_path / "finished").exists()
    assert notices == ["stopping as soon as sh has finished what it has begun"]


async def test_what_root_does_goes_through_sudo_with_its_own_environment(notices: list[str], tmp_path: Path) -> None:
    sudo = tmp_path / "sudo"
    sudo.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/asked\n[ "$1" = -v ] || {{ shift; exec "$@"; }}\n')
    sudo.chmod(0o755)
    tools = Tools((str(sudo), "--"), notices.append)
    tools.require_root()
    assert (tmp_path / "asked").read_text() == "-v\n"
    call = Call(argv=("sh", "-c", "echo $GREETING $HOME"), env=ENVIRONMENT | {"GREETING": "a b"}, as_root=True)
    assert await tools.run(call) == ("a b",)
    assert (tmp_path / "asked").read_text().startswith("-- env -i PATH=")
    (tmp_path / "asked").unlink()
    await tools.run(shell("true"))
    assert not (tmp_path / "asked").exists()


def test_without_sudo_an_ordinary_user_is_told_what_to_do() -> None:
    with pytest.raises(UsageError, match="there is no sudo here; run the same command as root"):
        Tools(None, print).require_root()


def test_a_user_whom_sudo_refuses_is_told_so() -> None:
    with pytest.raises(UsageError, match="sudo does not let this user"):
        Tools(("/usr/bin/false", "--"), print).require_root()


def test_programs_find_the_network_as_their_user_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy:3128")
    monkeypatch.setenv("NO_PROXY", "local")
    monkeypatch.setenv("PYTHONPATH", "/mine")
    environment = network_environment()
    assert (environment["https_proxy"], environment["NO_PROXY"]) == ("http://proxy:3128", "local")
    assert "PYTHONPATH" not in environment


# What these programs really write, shortened.
UNKNOWN_APT = """
Reading package lists...
E: Unable to locate package golang-goo
"""
OFFLINE_APT = """
Err:1 http://deb.example.org/debian bookworm/main amd64 sl amd64 5.02-1+b1
  Temporary failure resolving 'deb.example.org'
E: Failed to fetch http://deb.example.org/debian/pool/main/s/sl/sl_5.02-1.deb  Temporary failure resolving 'x'
E: Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?
"""
BROKEN_APT = """
dpkg: error processing package fontconfig (--configure):
 installed fontconfig package post-installation script subprocess returned error exit status 1
Errors were encountered while processing:
 fontconfig
E: Sub-process /usr/bin/dpkg returned an error code (1)
"""
FULL_APT = "E: You don't have enough free space in /var/cache/apt/archives/."
UNKNOWN_NPM = """
npm error code E404
npm error 404 Not Found - GET https://npm.example.org/no-such-package - Not found
npm error 404
npm error 404  'no-such-package@*' is not in this registry.
npm error A complete log of this run can be found in: /root/.npm/_logs/debug-0.log
"""
OFFLINE_NPM = """
npm ERR! code EAI_AGAIN
npm ERR! syscall getaddrinfo
npm ERR! errno EAI_AGAIN
npm ERR! request to https://npm.example.org/x failed, reason: getaddrinfo EAI_AGAIN npm.example.org
npm ERR! A complete log of this run can be found in: /root/.npm/_logs/debug-0.log
"""
UNKNOWN_PIP = """
ERROR: Could not find a version that satisfies the requirement no-such-package (from versions: none)
ERROR: No matching distribution found for no-such-package
"""
OFFLINE_PIP = """
WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError('<...>: Failed to establish a new
connection: [Errno -3] Temporary failure in name resolution')': /simple/isodate/
ERROR: Could not find a version that satisfies the requirement isodate==0.6.1 (from versions: none)
ERROR: No matching distribution found for isodate==0.6.1
"""
CONFLICT_PIP = """
ERROR: Cannot install numpy<2 and numpy>=2 because these package versions have conflicting dependencies.
ERROR: ResolutionImpossible: for help visit https://pip.example.org/topics/dependency-resolution
"""
FULL_PIP = "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"


@pytest.mark.parametrize(
    "command, output, why",
    [
        ("apt-get", UNKNOWN_APT, "Unable to locate package golang-goo"),
        ("apt-get", OFFLINE_APT, "the network does not answer: Failed to fetch http://deb.example.org/"),
        ("apt-get", BROKEN_APT, "processing package fontconfig (--configure):"),
        ("apt-get", FULL_APT, f"the disk is full: {FULL_APT}"),
        ("npm", UNKNOWN_NPM, "404 Not Found - GET https://npm.example.org/no-such-package - Not found; 404  'no-such"),
        ("npm", OFFLINE_NPM, "the network does not answer: request to https://npm.example.org/x failed, reason: "),
        ("/opt/venv/bin/python3", UNKNOWN_PIP, "No matching distribution found for no-such-package"),
        ("/opt/venv/bin/python3", OFFLINE_PIP, "the network does not answer: No matching distribution found for isod"),
        ("/opt/venv/bin/python3", CONFLICT_PIP, "Cannot install numpy<2 and numpy>=2 because these package versions"),
        ("/opt/venv/bin/python3", FULL_PIP, f"the disk is full: {FULL_PIP}"),
        ("mv", "mv: error writing 'b': No space left on device", "the disk is full: mv: error writing 'b'"),
        ("mv", "mv: cannot move", "mv: cannot move (exit status 1)"),
        ("mv", "x" * 10_000, "x" * 300 + "..."),
        ("mv", "", "exit status 1"),
    ],
)
def test_a_failure_is_told_in_the_programs_own_words(command: str, output: str, why: str) -> None:
    failure = _failure(command, tuple(output.strip().splitlines()), 1)
    assert failure.why.startswith(why)
    assert len(failure.why) < 400
