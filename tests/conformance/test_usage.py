"""What a run spent: each figure is there, near the truth, or None where the documentation says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from executor.model import MIB, Meter
from executor.sandbox.box import Box
from tests.conformance.support import LIMITS, Probe, brief, ms, shell, stdout_of

STARTING_MS = 5000 if "User Mode Linux" in Path("/proc/cpuinfo").read_text() else 140
"""What starting the processes of a test may cost; in User Mode Linux a fork alone takes 20 to 100 ms."""


async def test_wall_time_is_measured(box: Box, probe: Probe) -> None:
    """A program that sleeps for 300 ms took not much longer."""
    outcome = await box.run(probe("sleep", 300), LIMITS)
    assert 300 <= ms(outcome.usage.wall_ns) < 2000, brief(outcome)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("spin", 300), id="one-process"),
        pytest.param(("threads", 3, 100), id="threads"),
        pytest.param(("children", 3, 100), id="children"),
        pytest.param(("nested", 1, 300), id="child"),
        pytest.param(("nested", 1, 300, 200), id="child-of-one-that-lives-on"),
        pytest.param(("nested", 4, 300), id="child-of-child-of-child"),
        pytest.param(("brief", 15, 20), id="short-lived-children"),
    ],
)
async def test_cpu_time_is_measured(box: Box, probe: Probe, words: tuple[str | int, ...]) -> None:
    """300 ms of CPU time are measured as that, however they are spread over processes."""
    outcome = await box.run(probe(*words), LIMITS)
    stdout_of(outcome)
    assert 285 <= ms(outcome.usage.cpu_ns) < 300 + STARTING_MS, brief(outcome)


async def test_memory_is_measured(box: Box, probe: Probe) -> None:
    """50 MiB that are touched are measured as 50 to 60 MiB."""
    outcome = await box.run(probe("touch", 50, 100), LIMITS)
    assert outcome.usage.memory_bytes is not None
    assert 50 <= outcome.usage.memory_bytes / MIB < 60, brief(outcome)


async def test_memory_of_a_small_program_is_small(box: Box, probe: Probe) -> None:
    """What the box itself holds is not the program's."""
    outcome = await box.run(probe("sleep", 100), LIMITS)
    assert (outcome.usage.memory_bytes or 0) < 4 * MIB, brief(outcome)


async def test_memory_of_several_processes_is_added_up(box: Box, probe: Probe) -> None:
    """Three children that hold 20 MiB each at the same time make 60 MiB."""
    outcome = await box.run(probe("spread", 3, 20, 300), LIMITS)
    assert 60 <= (outcome.usage.memory_bytes or 0) / MIB < 75, brief(outcome)


async def test_the_memory_of_a_killed_program_is_at_its_limit(box: Box, probe: Probe) -> None:
    """A run that ended at its memory limit is measured near it."""
    outcome = await box.run(probe("touch", 300, 5000), replace(LIMITS, memory_bytes=64 * MIB))
    assert (outcome.usage.memory_bytes or 0) / MIB >= 60, brief(outcome)


async def test_disk_space_is_measured(box: Box, probe: Probe) -> None:
    """Files in all the writable directories count, and those of the run before do not."""
    stdout_of(await box.run(probe("write", "/work/before", 9 * MIB), LIMITS))
    script = "/artifact/probe write /work/a 5242880; /artifact/probe write /tmp/b 3145728; echo > /dev/shm/c"
    outcome = await box.run(shell(script), LIMITS)
    stdout_of(outcome)
    assert 8 <= outcome.usage.file_bytes / MIB < 9, brief(outcome)
    assert (await box.run(probe("nothing"), LIMITS)).usage.file_bytes < MIB


async def test_processes_are_measured(box: Box, probe: Probe) -> None:
    """Six processes that live for 400 ms are seen, where processes can be counted at all."""
    outcome = await box.run(probe("hold-processes", 5, 400), LIMITS)
    stdout_of(outcome)
    assert outcome.usage.processes == 6, brief(outcome)


async def test_open_files_are_measured(box: Box, probe: Probe) -> None:
    """Fifty descriptors beside the three streams are seen in a run of 300 ms."""
    outcome = await box.run(probe("hold-descriptors", 50, 300), LIMITS)
    stdout_of(outcome)
    assert outcome.usage.open_files == 53, brief(outcome)


async def test_the_stack_is_measured(box: Box, probe: Probe) -> None:
    """A stack of 4 MiB that is held for longer than it took to fill is seen."""
    outcome = await box.run(probe("deep", 4, 700), LIMITS)
    stdout_of(outcome)
    assert outcome.usage.stack_bytes is not None
    assert 4 <= outcome.usage.stack_bytes / MIB < 6, brief(outcome)


async def test_a_short_run_has_no_samples_or_true_ones(box: Box, probe: Probe) -> None:
    """Where a run was too short to look at, the figure is None and not zero."""
    usage = (await box.run(probe("nothing"), LIMITS)).usage
    assert usage.open_files is None or usage.open_files >= 3
    assert usage.stack_bytes is None or usage.stack_bytes >= 4096
    assert usage.processes is None or usage.processes >= 1


async def test_every_result_names_who_measured_it(box: Box, probe: Probe) -> None:
    """The meter of a result is that of its box."""
    assert (await box.run(probe("nothing"), LIMITS)).usage.meter is box.meter


def test_losses_are_sentences(box: Box) -> None:
    """A box without a cgroup says what is lost; one with cgroups of its own has nothing to say about measuring."""
    assert all(len(loss.split()) > 3 for loss in box.losses)
    if box.meter is Meter.POLLING:
        assert any("/proc" in loss for loss in box.losses)
    else:
        assert not any("/proc" in loss for loss in box.losses)
