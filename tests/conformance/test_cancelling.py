"""A caller that gives up: what runs is killed before it hears of it, and the box works on or says that it cannot."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from executor.errors import BoxFailure
from executor.model import MIB, Command, File
from executor.sandbox.box import Box, Place
from tests.conformance.support import (
    LIMITS,
    Probe,
    Start,
    assert_runs_nothing,
    assert_soon,
    assert_usable,
    brief,
    children,
    native,
    python,
    shell,
    stdout_of,
    works_or_fails_cleanly,
)

PATIENCE_S = 1.0
"""A tenth of that is what it takes on a quiet machine."""


async def cancel(task: asyncio.Task[object]) -> float:
    """Cancel and wait; returns how long that took, in seconds."""
    began = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    return time.monotonic() - began


async def started(box: Box, command: Command) -> asyncio.Task[object]:
    """A run that has been going on for a moment."""
    task: asyncio.Task[object] = asyncio.create_task(box.run(command, LIMITS))
    await asyncio.sleep(0.15)
    assert not task.done()
    return task


SLEEPERS = """
    import os, signal, time
    for number in range(1, signal.NSIG):
        if number not in (signal.SIGKILL, signal.SIGSTOP, 32, 33):
            signal.signal(number, signal.SIG_IGN)
    for _ in range(3):
        os.fork()
    os.setsid() if os.getpid() != os.getsid(0) else None
    print("x" * 1000, flush=True)
    time.sleep(60)
    """


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(shell("exec sleep 60"), id="sleeping"),
        pytest.param(shell("while :; do :; done"), id="spinning"),
        pytest.param(shell("while :; do echo flood; done"), id="flooding"),
        pytest.param(python(SLEEPERS), id="many-that-ignore-signals"),
        pytest.param(shell("kill -STOP $$"), id="stopped"),
        pytest.param(shell("while :; do /usr/bin/true; done"), id="forking"),
    ],
)
async def test_a_cancelled_run_is_killed_at_once(box: Box, command: Command) -> None:
    """Whatever a program does, it is dead when its caller hears that it was cancelled; the box works on."""
    task = await started(box, command)
    assert await cancel(task) < PATIENCE_S
    await assert_runs_nothing(box)
    await assert_usable(box)


async def test_nothing_of_a_cancelled_run_lives_outside(box: Box) -> None:
    """Seen from outside, every process that the run had is gone when CancelledError is raised."""
    native(box)
    idle = set(children())
    task = await started(box, python(SLEEPERS))
    await assert_soon(lambda: len(set(children()) - idle) == 8, "eight processes are running", patience_s=10)
    running = set(children()) - idle
    await cancel(task)
    assert not [process for process in running if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]


async def test_a_cancelled_run_leaves_no_files(box: Box) -> None:
    """The next run of the job finds its directories empty."""
    task = await started(box, shell("echo 1 > file; echo 1 > /tmp/file; exec sleep 60"))
    await cancel(task)
    assert stdout_of(await box.run(shell("ls -A . /tmp /dev/shm"), LIMITS)) == b".:\n\n/dev/shm:\n\n/tmp:\n"


async def test_output_of_a_cancelled_run_is_not_that_of_the_next(box: Box) -> None:
    """Whatever a cancelled run wrote is gone with it."""
    task = await started(box, shell("echo old; echo old >&2; exec sleep 60"))
    await cancel(task)
    outcome = await box.run(shell("echo new"), LIMITS)
    assert (stdout_of(outcome), outcome.stderr) == (b"new\n", b"")


async def test_excesses_of_a_cancelled_run_are_not_those_of_the_next(box: Box, probe: Probe) -> None:
    """A limit that a cancelled run had reached is not held against the run after it."""
    limits = replace(LIMITS, memory_bytes=64 * MIB, processes=4)
    reach = "/artifact/probe count-processes; /artifact/probe touch 100; exec sleep 60"
    task: asyncio.Task[object] = asyncio.create_task(box.run(shell(reach), limits))
    await asyncio.sleep(0.5)
    if not task.done():  # without a cgroup the memory limit has ended it
        await cancel(task)
    outcome = await box.run(probe("touch", 60, 100), limits)
    assert (outcome.exit_code, outcome.exceeded) == (0, frozenset()), brief(outcome)


async def test_a_deadline_is_a_cancellation(box: Box) -> None:
    """asyncio.timeout ends a run like any other cancellation."""
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await box.run(shell("exec sleep 60"), LIMITS)
    await assert_usable(box)


async def test_a_run_that_is_cancelled_before_it_begins(box: Box) -> None:
    """A task that never got its turn has done nothing."""
    task: asyncio.Task[object] = asyncio.create_task(box.run(shell("exec sleep 60"), LIMITS))
    await cancel(task)
    await assert_usable(box)


@pytest.mark.parametrize("pause_s", [0.0, 0.0005, 0.002, 0.02])
async def test_a_run_that_is_cancelled_twice(box: Box, pause_s: float) -> None:
    """A caller in a hurry cancels again while the run is being ended: still nothing is left running."""
    for _ in range(5):
        task = await started(box, python(SLEEPERS))
        task.cancel()
        await asyncio.sleep(pause_s)
        if not task.done():
            task.cancel()
        with pytest.raises((asyncio.CancelledError, BoxFailure)):
            await task
        if not await works_or_fails_cleanly(box):
            break


async def test_a_hundred_cancellations_at_random_moments(start: Start) -> None:
    """Whenever a job is cancelled, its box works on, or fails with a BoxFailure and can be replaced."""
    moments = random.Random(1)  # the same moments in every test run, as far as clocks allow
    box = await start()
    for _ in range(100):
        task: asyncio.Task[object] = asyncio.create_task(a_job(box))
        await asyncio.sleep(moments.uniform(0, 0.08))
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        if not await works_or_fails_cleanly(box):
            await box.close()
            box = await start()


async def a_job(box: Box) -> None:
    await box.reset()
    await box.load([File("main.py", b"import time; time.sleep(0.01); open('left', 'w')")], Place.ARTIFACT)
    await box.load([File("data", bytes(6 * MIB))], Place.WORK)
    await box.run(Command(argv=("/usr/bin/python3", "-S", "/artifact/main.py"), stdin=bytes(5 * MIB)), LIMITS)
    await box.collect(["*"], 32 * MIB)
    await box.run(shell("echo 1 > /tmp/left; exec sleep 0.02"), LIMITS, keep_work=True)


@pytest.mark.parametrize("step", ["run", "load"])
async def test_a_cancelled_copy_writes_into_nothing_else(box: Box, probe: Probe, tmp_path: Path, step: str) -> None:
    """A large input that is being copied when its caller gives up has no effect on a file that is opened then."""
    source = tmp_path / "large"
    with source.open("wb") as file:
        file.truncate(300 * MIB)
    copying: asyncio.Task[object] = asyncio.create_task(
        box.run(probe("nothing", stdin=source), LIMITS)
        if step == "run"
        else box.load([File("large", source)], Place.WORK)
    )
    await asyncio.sleep(0.02)
    copying.cancel()
    with contextlib.ExitStack() as opened:
        with contextlib.suppress(asyncio.CancelledError):
            await copying
        victims = [opened.enter_context(tempfile.TemporaryFile()) for _ in range(20)]
        await asyncio.sleep(1.0)
        seen = [os.fstat(victim.fileno()) for victim in victims]
        assert {(one.st_size, oct(one.st_mode)) for one in seen} == {(0, "0o100600")}
    await works_or_fails_cleanly(box)


async def test_a_cancelled_task_leaves_no_thread_at_work(box: Box) -> None:
    """The event loop is not held up by what was cancelled."""
    task = await started(box, shell("exec sleep 60"))
    await cancel(task)
    await assert_soon(lambda: not task.cancelling() or task.done(), "the task is still being cancelled")
