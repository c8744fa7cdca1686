"""Limits: each is enforced on the whole process tree, is independent of the others, and does not come too early."""

from __future__ import annotations

import mmap
import signal
from dataclasses import replace

import pytest

from executor.model import MIB, MS, SECOND, Excess, Limits, Meter
from executor.sandbox.box import Box
from tests.conformance.support import (
    LIMITS,
    Probe,
    assert_over,
    assert_usable,
    brief,
    ms,
    python,
    shell,
    stdout_of,
)

CPU_LIMIT = replace(LIMITS, cpu_ns=200 * MS)
SMALL_MEMORY = replace(LIMITS, memory_bytes=64 * MIB)
MAP_NORESERVE = 0x4000


# --- CPU time


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("spin", 20_000), id="one-process"),
        pytest.param(("threads", 4, 20_000), id="threads"),
        pytest.param(("children", 4, 20_000), id="children"),
        pytest.param(("nested", 3, 20_000), id="grandchildren"),
        pytest.param(("brief", 20_000, 2), id="short-lived-children"),
    ],
)
async def test_cpu_time_is_limited(box: Box, probe: Probe, words: tuple[str | int, ...]) -> None:
    """CPU time of the whole process tree is limited, however it is spread."""
    outcome = await box.run(probe(*words), CPU_LIMIT)
    assert_over(outcome, Excess.CPU)
    assert outcome.signal == signal.SIGKILL
    assert 200 < ms(outcome.usage.cpu_ns) < 600, brief(outcome)
    assert outcome.usage.wall_ns < 10 * SECOND


async def test_cpu_time_of_children_that_nobody_waits_for_is_limited_and_counted(box: Box, probe: Probe) -> None:
    """Ignoring SIGCHLD hides nothing: children that the kernel buries itself count like any others."""
    outcome = await box.run(probe("unseen", 100, 3), LIMITS)
    assert ms(outcome.usage.cpu_ns) > 280, brief(outcome)
    assert_over(await box.run(probe("unseen", 20_000, 2), CPU_LIMIT), Excess.CPU)


async def test_cpu_time_is_independent_of_the_wall_clock(box: Box, probe: Probe) -> None:
    """A program that sleeps for longer than its CPU time limit has not used it."""
    outcome = await box.run(probe("sleep", 1200), replace(LIMITS, cpu_ns=600 * MS))
    stdout_of(outcome)
    assert ms(outcome.usage.wall_ns) >= 1200


async def test_cpu_time_of_one_run_is_not_charged_to_the_next(box: Box, probe: Probe) -> None:
    """Each run begins with all of its CPU time."""
    # Three runs spend more than that; one may spend two and a half times what it spins: a busy machine charges much.
    limits = replace(LIMITS, cpu_ns=500 * MS)
    for _ in range(4):
        stdout_of(await box.run(probe("spin", 200), limits))


# --- the wall clock


async def test_wall_time_is_limited(box: Box, probe: Probe) -> None:
    """A program that only waits ends at the wall clock limit, and no CPU time is blamed."""
    outcome = await box.run(probe("sleep", 60_000), replace(LIMITS, wall_ns=800 * MS))
    assert_over(outcome, Excess.WALL)
    assert 800 <= ms(outcome.usage.wall_ns) < 5000, brief(outcome)
    assert ms(outcome.usage.cpu_ns) < 400, brief(outcome)


async def test_wall_time_has_a_default_that_follows_the_cpu_limit(box: Box, probe: Probe) -> None:
    """Without a wall clock limit there is one: twice the CPU time and ten seconds more."""
    limits = Limits(cpu_ns=100 * MS)
    assert limits.effective_wall_ns == 10 * SECOND + 200 * MS
    stdout_of(await box.run(probe("sleep", 500), limits))


async def test_a_program_in_its_time_ends_as_it_says(box: Box, probe: Probe) -> None:
    """A limit that is not reached changes nothing."""
    stdout_of(await box.run(probe("sleep", 200), replace(LIMITS, wall_ns=3 * SECOND)))


# --- memory


async def test_memory_of_one_process_is_limited(box: Box) -> None:
    """Memory that is touched counts, and the verdict is memory, not the signal."""
    outcome = await box.run(python("import time; data = bytearray(200 << 20); time.sleep(5)"), SMALL_MEMORY)
    assert_over(outcome, Excess.MEMORY)
    assert outcome.exit_code != 0
    await assert_usable(box)


async def test_memory_that_is_spread_over_children_is_limited(box: Box, probe: Probe) -> None:
    """Four children of 30 MiB are over 64 MiB together, though none is alone."""
    outcome = await box.run(probe("spread", 4, 30, 1000), SMALL_MEMORY)
    assert Excess.MEMORY in outcome.exceeded, brief(outcome)
    await assert_usable(box)


@pytest.mark.parametrize("directory", ["/work", "/tmp", "/dev/shm"])
async def test_files_in_the_writable_directories_count_as_memory(box: Box, probe: Probe, directory: str) -> None:
    """What a program writes to a tmpfs is memory that it holds; the box survives when that is too much."""
    outcome = await box.run(probe("write", f"{directory}/big", 100 * MIB), SMALL_MEMORY)
    assert Excess.MEMORY in outcome.exceeded, brief(outcome)
    await assert_usable(box)


async def test_memory_up_to_the_limit_is_granted(box: Box, probe: Probe) -> None:
    """A program that needs nearly all of its memory gets it."""
    stdout_of(await box.run(probe("touch", 58, 50), SMALL_MEMORY))


def has_room_for_a_terabyte() -> bool:
    """A kernel that runs as a program, for one, offers less address space than that."""
    try:
        mmap.mmap(-1, 1 << 40, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | MAP_NORESERVE, 0).close()
    except OSError:
        return False
    return True


needs_address_space = pytest.mark.skipif(
    not has_room_for_a_terabyte(), reason="this kernel's address space has no room for a terabyte, in a box or outside"
)


@needs_address_space
async def test_a_terabyte_that_is_mapped_and_not_touched_costs_nothing(box: Box, probe: Probe) -> None:
    """Address space is no memory: reserving a terabyte succeeds under a limit of 64 MiB."""
    outcome = await box.run(probe("reserve"), SMALL_MEMORY)
    stdout_of(outcome)
    assert (outcome.usage.memory_bytes or 0) < 10 * MIB


@needs_address_space
async def test_a_terabyte_that_is_mapped_writable_and_not_touched_costs_nothing(box: Box, probe: Probe) -> None:
    """That holds for writable memory too, where the kernel is asked not to reserve it."""
    stdout_of(await box.run(probe("reserve-writable"), SMALL_MEMORY))


async def test_memory_of_one_run_is_not_charged_to_the_next(box: Box, probe: Probe) -> None:
    """What a run touched and wrote is gone when the next one begins, from its figure and from its limit."""
    first = await box.run(shell("/artifact/probe write /work/file 52428800; /artifact/probe touch 100"), LIMITS)
    stdout_of(first)
    second = await box.run(probe("touch", 20, 50), replace(LIMITS, memory_bytes=32 * MIB))
    stdout_of(second)
    assert (second.usage.memory_bytes or 0) < 30 * MIB, brief(second)


async def test_files_that_were_kept_are_not_charged_again(box: Box, probe: Probe) -> None:
    """Files that a former run left in a kept work directory are not memory of this run."""
    stdout_of(await box.run(probe("write", "/work/file", 50 * MIB), LIMITS, keep_work=True))
    second = await box.run(probe("touch", 20, 50), replace(LIMITS, memory_bytes=32 * MIB), keep_work=True)
    stdout_of(second)
    assert (second.usage.memory_bytes or 0) < 30 * MIB, brief(second)


async def test_memory_limits_may_fall_and_rise_from_run_to_run(box: Box, probe: Probe) -> None:
    """Every run has its own limit, whatever the one before had."""
    for mib in (256, 32, 128, 48):
        limits = replace(LIMITS, memory_bytes=mib * MIB)
        stdout_of(await box.run(probe("touch", mib - 8, 50), limits))
        assert Excess.MEMORY in (await box.run(probe("touch", mib + 16, 5000), limits)).exceeded, f"{mib} MiB"


# --- the stack


async def test_the_stack_is_as_large_as_the_memory_by_default(box: Box, probe: Probe) -> None:
    """Recursion that needs 100 MB of stack passes under a memory limit of 256 MiB."""
    stdout_of(await box.run(probe("deep", 100), LIMITS))


async def test_the_stack_can_be_limited(box: Box, probe: Probe) -> None:
    """The same recursion overflows a stack of 8 MiB, and one of 6 MiB does not."""
    limits = replace(LIMITS, stack_bytes=8 * MIB)
    assert (await box.run(probe("deep", 100), limits)).signal == signal.SIGSEGV
    stdout_of(await box.run(probe("deep", 6), limits))


async def test_the_stack_counts_as_memory(box: Box, probe: Probe) -> None:
    """A stack without a limit of its own ends at the memory limit."""
    outcome = await box.run(probe("deep", 200, 5000), SMALL_MEMORY)
    assert outcome.exit_code != 0, brief(outcome)
    assert Excess.MEMORY in outcome.exceeded or outcome.signal == signal.SIGSEGV, brief(outcome)


# --- files, descriptors, processes


async def test_file_size_is_limited(box: Box, probe: Probe) -> None:
    """One byte over the limit ends in SIGXFSZ, which is reported as the file size limit."""
    outcome = await box.run(probe("write", "/work/file", MIB + 1), replace(LIMITS, file_size_bytes=MIB))
    assert_over(outcome, Excess.FILE_SIZE)
    assert outcome.signal == signal.SIGXFSZ


async def test_a_file_exactly_at_the_limit(box: Box, probe: Probe) -> None:
    """A file as large as allowed is not too large, and each file counts for itself."""
    limits = replace(LIMITS, file_size_bytes=MIB)
    stdout_of(await box.run(shell("for i in 1 2 3; do /artifact/probe write /work/$i 1048576 || exit 1; done"), limits))


async def test_the_file_size_limit_is_not_that_of_output(box: Box, probe: Probe) -> None:
    """Standard output is no file: it has a limit of its own."""
    outcome = await box.run(probe("print", 100_000, 1), replace(LIMITS, file_size_bytes=1000))
    assert len(stdout_of(outcome)) == 100_000


async def test_the_space_in_the_writable_directories_is_bounded(start: object, box: Box, probe: Probe) -> None:
    """A file that fits no more is an error to the program, which may go on."""
    limits = replace(LIMITS, memory_bytes=2048 * MIB, file_size_bytes=4096 * MIB)
    code = "import os; os.posix_fallocate(os.open('/work/f', os.O_CREAT | os.O_RDWR), 0, 2 << 30)"
    outcome = await box.run(python(code), limits)
    assert outcome.exit_code == 1, brief(outcome)
    assert b"No space left on device" in outcome.stderr
    await assert_usable(box)


@pytest.mark.parametrize("most", [20, 64, 256])
async def test_open_files_are_limited(box: Box, probe: Probe, most: int) -> None:
    """A process has exactly as many descriptors as allowed, its three streams included."""
    assert int(stdout_of(await box.run(probe("count-descriptors"), replace(LIMITS, open_files=most)))) == most


@pytest.mark.parametrize("kind", ["threads", "processes"])
@pytest.mark.parametrize("most", [1, 8, 40])
async def test_processes_are_limited(box: Box, probe: Probe, kind: str, most: int) -> None:
    """Processes and threads count alike, the main one included, and the limit is exact."""
    outcome = await box.run(probe(f"count-{kind}"), replace(LIMITS, processes=most))
    assert outcome.exit_code == 0, brief(outcome)
    assert int(outcome.stdout) == most
    assert outcome.exceeded <= {Excess.PROCESSES}


async def test_a_refused_fork_is_noted(box: Box, probe: Probe) -> None:
    """A fork that the limit refused is noted; a run that came near the limit is not."""
    limits = replace(LIMITS, processes=8)
    assert_over(await box.run(probe("count-processes"), limits), Excess.PROCESSES)
    stdout_of(await box.run(probe("hold-processes", 7, 50), limits))


async def test_processes_of_one_run_do_not_count_for_the_next(box: Box, probe: Probe) -> None:
    """A run that ended at the process limit leaves the whole limit to the next."""
    for _ in range(5):
        outcome = await box.run(probe("count-processes"), replace(LIMITS, processes=20))
        assert int(outcome.stdout) == 20, brief(outcome)


async def test_limits_may_fall_and_rise_from_run_to_run(box: Box, probe: Probe) -> None:
    """Lowering a limit for one run does not lower it for the next."""
    for most in (64, 32, 100, 32, 256):
        assert int(stdout_of(await box.run(probe("count-descriptors"), replace(LIMITS, open_files=most)))) == most
    assert (await box.run(probe("deep", 6), replace(LIMITS, stack_bytes=4 * MIB))).signal == signal.SIGSEGV
    stdout_of(await box.run(probe("deep", 6), LIMITS))


async def test_every_limit_has_a_default(box: Box, probe: Probe) -> None:
    """Limits() limits everything, and an ordinary program does not notice."""
    assert stdout_of(await box.run(shell("echo well"), Limits())) == b"well\n"
    assert box.meter in Meter
