"""When the box itself is hurt, from inside or outside: an outcome or a BoxFailure, never a hang, nothing left."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from executor.errors import BoxFailure
from executor.model import MIB, SECOND, Command, File
from executor.sandbox.box import Box, Place
from tests.conformance.support import (
    LIMITS,
    Probe,
    Start,
    assert_says_why,
    assert_usable,
    brief,
    descriptors,
    descriptors_left,
    python,
    shell,
    stdout_of,
    supervisors,
)

PATIENCE_S = 10.0

SLEEP = shell("exec sleep 60")


# --- from inside


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM, signal.SIGSEGV])
async def test_a_program_that_signals_everybody(box: Box, probe: Probe, number: signal.Signals) -> None:
    """A program that kills or stops all it can reach ends the run soon, blames itself, and the box works on."""
    for _ in range(3):
        outcome = await box.run(probe("kill", -1, number), replace(LIMITS, wall_ns=5 * SECOND))
        assert outcome.usage.wall_ns < 5 * SECOND, brief(outcome)
        assert outcome.exit_code == 0 or outcome.signal or outcome.detail, brief(outcome)
        assert stdout_of(await box.run(shell("echo well"), LIMITS)) == b"well\n"


async def test_a_program_that_kills_its_supervisor(box: Box) -> None:
    """A run that loses its supervisor has neither exit code nor signal, but a sentence; later runs of the job work."""
    code = """
        import os, signal, time
        print("before", flush=True)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for pid in sorted(int(name) for name in os.listdir("/proc") if name.isdigit()):
            if pid not in (1, os.getpid()):
                os.kill(pid, signal.SIGKILL)
        time.sleep(60)
        """
    await box.load([File("file", b"1")], Place.ARTIFACT)
    outcome = await box.run(python(code), LIMITS)
    assert (outcome.exit_code, outcome.signal) == (None, None), brief(outcome)
    assert outcome.detail
    assert outcome.stdout == b"before\n"
    assert stdout_of(await box.run(shell("ls -A; cat /artifact/file"), LIMITS)) == b"1"
    await assert_usable(box)


async def test_init_does_not_hear_the_program(box: Box, probe: Probe) -> None:
    """No signal of a program harms PID 1 of its box."""
    for number in sorted(signal.valid_signals()):
        await box.run(probe("kill", 1, number), LIMITS)
        try:
            await box.collect(["*"], MIB)
        except BoxFailure as failure:
            pytest.fail(f"{signal.Signals(number).name} from a program: {failure}")
    await assert_usable(box)


# --- from outside


async def fails(call: Awaitable[object]) -> None:
    """The call ends in a BoxFailure with a sentence, and does not take long."""
    with pytest.raises(BoxFailure) as caught:
        await asyncio.wait_for(call, PATIENCE_S)
    assert str(caught.value)


@pytest.mark.parametrize("who", ["launcher", "init"])
async def test_a_supervisor_that_is_killed_from_outside(box: Box, who: str) -> None:
    """The run in progress fails at once, every later call too, and closing leaves nothing."""
    victim = supervisors(box)[who]
    running = asyncio.create_task(box.run(SLEEP, LIMITS))
    await asyncio.sleep(0.2)
    began = time.monotonic()
    victim.kill()
    await fails(running)
    assert time.monotonic() - began < 2.0
    await fails(box.run(SLEEP, LIMITS))
    await fails(box.reset())
    await fails(box.load([File("a", b"")], Place.WORK))
    await fails(box.collect(["*"], MIB))


@pytest.mark.parametrize("who", ["launcher", "init"])
async def test_a_supervisor_that_is_killed_while_nothing_runs(box: Box, who: str) -> None:
    """The next call fails, also when it comes at once."""
    stdout_of(await box.run(shell("true"), LIMITS))
    supervisors(box)[who].kill()
    await fails(box.run(SLEEP, LIMITS))


async def test_a_zygote_that_is_killed_from_outside(box: Box) -> None:
    """A run that loses its supervisor to somebody outside ends; the next one works or fails with a BoxFailure."""
    zygote = supervisors(box)["zygote"]
    running = asyncio.create_task(box.run(SLEEP, LIMITS))
    await asyncio.sleep(0.2)
    zygote.kill()
    outcome = await asyncio.wait_for(running, PATIENCE_S)
    assert (outcome.exit_code, outcome.signal) == (None, None), brief(outcome)
    await assert_usable(box)


async def test_a_zygote_that_is_killed_while_nothing_runs(box: Box) -> None:
    """A supervisor that was lost between two runs is replaced before the next, or the box fails: no run is blamed."""
    supervisors(box)["zygote"].kill()
    await asyncio.sleep(0.1)
    try:
        assert stdout_of(await box.run(shell("echo well"), LIMITS)) == b"well\n"
    except BoxFailure as failure:
        assert_says_why(failure)


@pytest.mark.parametrize("who", ["launcher", "init", "zygote"])
@pytest.mark.parametrize("running", [False, True], ids=["idle", "running"])
async def test_a_box_whose_processes_hang_can_be_closed(box: Box, who: str, running: bool) -> None:
    """A process that does not answer, as one that is stopped from outside, is killed when the box is closed."""
    victim = supervisors(box)[who]
    task = asyncio.create_task(box.run(SLEEP, LIMITS)) if running else None
    await asyncio.sleep(0.1)
    victim.suspend()
    await asyncio.sleep(0.05)
    began = time.monotonic()
    await box.close()
    assert time.monotonic() - began < PATIENCE_S
    if task is not None and who != "zygote":  # init sees that a zygote is stopped, and the run has ended by itself
        await fails(task)


# --- close


CALLS: dict[str, Callable[[Box], Awaitable[object]]] = {
    "run": lambda box: box.run(SLEEP, LIMITS),
    "reset": lambda box: box.reset(),
    "load": lambda box: box.load([File("a", b"")], Place.WORK),
    "collect": lambda box: box.collect(["*"], MIB),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
async def test_a_closed_box_fails(box: Box, call: Callable[[Box], Awaitable[object]]) -> None:
    """After close every call is a BoxFailure."""
    await box.close()
    await fails(call(box))


async def test_a_box_may_be_closed_twice(box: Box) -> None:
    """Closing again does nothing, also at the same time."""
    await asyncio.gather(box.close(), box.close())
    await box.close()


async def test_a_box_that_is_closed_during_a_run(start: Start) -> None:
    """The run in progress fails, soon, and everything is given back."""
    before = len(descriptors())
    box = await start()
    running = asyncio.create_task(box.run(shell("while :; do echo flood; done"), LIMITS))
    await asyncio.sleep(0.2)
    began = time.monotonic()
    await box.close()
    await fails(running)
    assert time.monotonic() - began < 4.0
    assert len(descriptors()) == before


async def test_closing_may_be_cancelled(box: Box) -> None:
    """Who gives up waiting for a box to close has closed it all the same."""
    stdout_of(await box.run(shell("true"), LIMITS))
    closing = asyncio.create_task(box.close())
    await asyncio.sleep(0)
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    await fails(box.run(SLEEP, LIMITS))


# --- want of descriptors


@pytest.mark.skipif(
    not hasattr(subprocess.Popen, "_on_error_fd_closer"),
    reason="this Python's own subprocess loses a descriptor where there are none left (python/cpython#87474)",
)
async def test_a_box_that_cannot_be_started_leaves_nothing(start: Start) -> None:
    """Where descriptors run out on the way, starting is a BoxFailure at every step, and what was made is given back."""
    await (await start()).close()
    for spare in range(60):
        with descriptors_left(spare):
            try:
                box = await start()
            except BoxFailure:
                continue
        await box.close()
        return
    pytest.fail("60 descriptors are not enough to start a box")


@pytest.mark.parametrize(
    "command", [shell("echo well; echo 1 > left"), shell("echo 1 > left; exec sleep 60")], ids=["short", "long"]
)
async def test_a_run_without_descriptors_is_not_the_programs_fault(start: Start, command: Command) -> None:
    """Where the judge has no descriptor left for a run, that is an exception, after which the box works or fails."""
    box = await start()
    for spare in range(20):
        try:
            with descriptors_left(spare):
                async with asyncio.timeout(0.2):
                    assert stdout_of(await box.run(replace(command, stdin=b"input"), LIMITS)) == b"well\n"
        except (BoxFailure, OSError):  # a TimeoutError is one
            pass
        try:
            async with asyncio.timeout(10):
                assert stdout_of(await box.run(shell("ls -A"), LIMITS)) == b""
        except BoxFailure as failure:
            assert_says_why(failure)
            await box.close()
            box = await start()
