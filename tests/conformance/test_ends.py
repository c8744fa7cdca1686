"""How a run ends: the exit status, the signal, or the sentence that says why there was no run."""

from __future__ import annotations

import signal
from dataclasses import replace

import pytest

from executor.errors import BoxFailure
from executor.model import MIB, MS, SECOND, Command, Excess, File, Limits, Outcome
from executor.sandbox.box import Box, Place
from tests.conformance.support import (
    LIMITS,
    Probe,
    assert_over,
    assert_runs_nothing,
    assert_says_why,
    assert_usable,
    brief,
    python,
    shell,
    stdout_of,
)


async def test_a_clean_exit(box: Box, probe: Probe) -> None:
    """A program that returns 0 ends with exit code 0, no signal, no limit exceeded and nothing to add."""
    outcome = await box.run(probe("nothing"), LIMITS)
    assert outcome.exit_code == 0, brief(outcome)
    assert (outcome.signal, outcome.exceeded, outcome.detail) == (None, frozenset(), "")
    assert (outcome.stdout, outcome.stderr) == (b"", b"")


@pytest.mark.parametrize("status", [1, 2, 42, 127, 128 + 9, 255])
async def test_an_exit_status(box: Box, probe: Probe, status: int) -> None:
    """The exit status arrives as it is, also where a shell would take it for a signal."""
    outcome = await box.run(probe("exit", status), LIMITS)
    assert (outcome.exit_code, outcome.signal) == (status, None), brief(outcome)
    assert not outcome.exceeded


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGABRT, signal.SIGPIPE, signal.SIGRTMIN])
async def test_a_signal(box: Box, probe: Probe, number: signal.Signals) -> None:
    """A program that a signal ends has that signal and no exit code, and no limit is blamed for it."""
    outcome = await box.run(probe("raise", number), LIMITS)
    assert (outcome.exit_code, outcome.signal) == (None, number), brief(outcome)
    assert not outcome.exceeded


async def test_a_crash(box: Box, probe: Probe) -> None:
    """A null pointer ends in SIGSEGV."""
    assert (await box.run(probe("segfault"), LIMITS)).signal == signal.SIGSEGV


async def test_a_run_ends_with_its_main_process(box: Box) -> None:
    """What the main process leaves running is killed, however far it has detached itself."""
    code = """
        import os, time
        print("main", flush=True)
        for kind in ("child", "daemon"):
            if os.fork() == 0:
                if kind == "daemon":
                    os.setsid()
                    if os.fork():
                        os._exit(0)
                time.sleep(60)
        """
    outcome = await box.run(python(code), LIMITS)
    assert stdout_of(outcome) == b"main\n"
    assert outcome.usage.wall_ns < 10 * SECOND
    await assert_runs_nothing(box)


async def test_a_program_that_stops_itself(box: Box, probe: Probe) -> None:
    """A stopped program runs into the wall clock limit and no other."""
    assert_over(await box.run(probe("raise", signal.SIGSTOP), replace(LIMITS, wall_ns=300 * MS)), Excess.WALL)


async def test_a_toolchain_that_is_missing(box: Box) -> None:
    """A program outside the submission that is not there is the box's failure, and named; the box still works."""
    with pytest.raises(BoxFailure, match="/usr/bin/no-such-compiler"):
        await box.run(Command(argv=("/usr/bin/no-such-compiler",)), LIMITS)
    await assert_usable(box)


async def assert_could_not_start(box: Box, path: str) -> Outcome:
    outcome = await box.run(Command(argv=(path,)), LIMITS)
    assert (outcome.exit_code, outcome.signal) == (None, None), brief(outcome)
    assert path in outcome.detail
    assert not outcome.exceeded
    await assert_usable(box)
    return outcome


@pytest.mark.parametrize("path", ["/artifact/missing", "/artifact", "/work/missing"])
async def test_a_program_of_the_submission_that_is_missing(box: Box, path: str) -> None:
    """The submission's own program that cannot be executed is an outcome with a sentence, not a failure of the box."""
    await assert_could_not_start(box, path)


@pytest.mark.parametrize(
    "content, executable",
    [
        pytest.param(b"#!/bin/sh\n", False, id="not-executable"),
        pytest.param(b"echo no shebang\n", True, id="no-shebang"),
        pytest.param(b"#!/usr/bin/no-such-interpreter\n", True, id="interpreter-missing"),
        pytest.param(b"", True, id="empty"),
        pytest.param(b"\x7fELF\x02\x01\x01" + bytes(57), True, id="broken-elf"),
    ],
)
async def test_a_program_of_the_submission_that_cannot_be_executed(box: Box, content: bytes, executable: bool) -> None:
    """No shell steps in for a file that the kernel cannot execute."""
    await box.load([File("program", content, executable=executable)], Place.ARTIFACT)
    await assert_could_not_start(box, "/artifact/program")


async def test_a_script_with_a_shebang(box: Box) -> None:
    """An executable script is run by the interpreter that it names."""
    await box.load([File("hello", b"#!/bin/sh\necho hello from $0\n", executable=True)], Place.ARTIFACT)
    assert stdout_of(await box.run(Command(argv=("/artifact/hello",)), LIMITS)) == b"hello from /artifact/hello\n"


@pytest.mark.parametrize("total", [*range(120_000, 230_000, 10_000), 199_000, 201_000, 203_000, 1_000_000, 4_000_000])
async def test_arguments_of_any_size(box: Box, probe: Probe, total: int) -> None:
    """Many arguments arrive whole or are refused with an exception: the program is never blamed for them."""
    arguments = ["x" * 999] * (total // 1000)
    try:
        outcome = await box.run(probe("argv", *arguments), LIMITS)
    except (BoxFailure, ValueError) as refusal:
        assert_says_why(refusal)
        assert total > 128 * 1024
    else:
        assert stdout_of(outcome).count(b"\0") == len(arguments)
    await assert_usable(box)


async def test_one_argument_that_the_kernel_does_not_take(box: Box) -> None:
    """An argument of over 128 KiB for a toolchain is refused with an exception, and the box still works."""
    with pytest.raises((BoxFailure, ValueError)):
        await box.run(python("print('never')", "x" * 140_000), LIMITS)
    await assert_usable(box)


@pytest.mark.parametrize(
    "limits",
    [
        pytest.param(Limits(open_files=100_000_000), id="open-files"),
        pytest.param(Limits(memory_bytes=1 << 60), id="memory"),
        pytest.param(Limits(processes=100_000_000), id="processes"),
        pytest.param(Limits(file_size_bytes=1 << 62, output_bytes=1 << 62), id="sizes"),
        pytest.param(Limits(stack_bytes=1 << 62), id="stack"),
        pytest.param(Limits(cpu_ns=1 << 60), id="time"),
    ],
)
async def test_limits_that_this_machine_cannot_grant(box: Box, limits: Limits) -> None:
    """A limit beyond what the machine has is cut to that, or refused: the program is never blamed."""
    try:
        outcome = await box.run(shell("echo well"), limits)
    except BoxFailure as refusal:
        assert_says_why(refusal)
    else:
        assert stdout_of(outcome) == b"well\n"
    await assert_usable(box)


@pytest.mark.parametrize(
    "limits",
    [
        pytest.param(replace(LIMITS, memory_bytes=128 * 1024), id="memory"),
        pytest.param(replace(LIMITS, stack_bytes=4096), id="stack"),
        pytest.param(replace(LIMITS, stack_bytes=64 * 1024), id="small-stack"),
        pytest.param(replace(LIMITS, file_size_bytes=0, output_bytes=0), id="sizes"),
        pytest.param(replace(LIMITS, open_files=3), id="open-files"),
        pytest.param(replace(LIMITS, processes=1), id="processes"),
        pytest.param(replace(LIMITS, cpu_ns=1, wall_ns=SECOND), id="cpu"),
        pytest.param(replace(LIMITS, wall_ns=1), id="wall"),
    ],
)
async def test_limits_too_small_to_live_on(box: Box, limits: Limits) -> None:
    """However little a program is given, the box supervises it to its end and works on."""
    hungry = python("print(bytearray(50 << 20)[0])")
    outcome = await box.run(hungry, limits)
    assert outcome.usage.wall_ns < 20 * SECOND
    if limits.memory_bytes < MIB:
        assert Excess.MEMORY in outcome.exceeded, brief(outcome)
    await assert_usable(box)
    assert stdout_of(await box.run(hungry, LIMITS)) == b"0\n"
