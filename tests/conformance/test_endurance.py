"""Two thousand jobs in a row, after which everything is as it was."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psutil
import pytest

from executor.model import MIB, File
from executor.sandbox.box import Box, Place
from executor.sandbox.detection import CgroupSupport
from tests.conformance.support import (
    LIMITS,
    Implementation,
    Start,
    children,
    descriptors,
    probe_command,
    shell,
    stdout_of,
)

WARM_UP = 200
JOBS = 2000
ENGINE_GROWTH_BYTES = 3 * MIB
"""A leak of 2 KB a job would be more; so much an interpreter that is warm does not vary."""
BOX_GROWTH_BYTES = 2 * MIB

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@dataclass(frozen=True)
class Footprint:
    """
    What engine and box hold while nothing runs.

    Args:
        things: processes, descriptors, cgroups and mounts, by kind.
        mounts_inside: as a program in the box counts them.
        engine_bytes, box_bytes: resident memory.
    """

    things: dict[str, int]
    mounts_inside: int
    engine_bytes: int
    box_bytes: list[int]


async def footprint(box: Box, implementation: Implementation, support: CgroupSupport) -> Footprint:
    mounts = await box.run(shell("wc -l < /proc/self/mountinfo"), LIMITS)
    await box.reset()
    return Footprint(
        {
            "processes": len(children()),
            "descriptors": len(descriptors()),
            "cgroups": len([*implementation.traces(support)]),
            "mounts": len(Path("/proc/self/mountinfo").read_text().splitlines()),
        },
        int(stdout_of(mounts)),
        psutil.Process().memory_info().rss,
        [process.memory_info().rss for process in children()],
    )


async def do_a_job(box: Box, program: bytes, number: int) -> None:
    """A reset, an artifact and two runs that leave something."""
    await box.reset()
    await box.load([File("probe", program, executable=True), File("job", b"%d" % number)], Place.ARTIFACT)
    words = b"\0".join(b"%d" % i for i in range(number % 7)) + b"\0"
    outcome = await box.run(probe_command("argv", *range(number % 7)), LIMITS)
    assert stdout_of(outcome) + b"\0" * (number % 7 == 0) == words
    stdout_of(await box.run(probe_command("write", "/work/left", number % 100_000, stdin=b"input"), LIMITS))


async def test_two_thousand_jobs_leave_no_growth(
    start: Start, probe_program: bytes, implementation: Implementation, support: CgroupSupport
) -> None:
    """Processes, descriptors, mounts, cgroups and resident memory are the same before and after."""
    box = await start()
    numbers = count()
    for _ in range(WARM_UP):
        await do_a_job(box, probe_program, next(numbers))
    before = await footprint(box, implementation, support)
    for _ in range(JOBS):
        await do_a_job(box, probe_program, next(numbers))
    after = await footprint(box, implementation, support)
    assert after.things == before.things
    assert after.mounts_inside == before.mounts_inside
    assert after.engine_bytes < before.engine_bytes + ENGINE_GROWTH_BYTES
    for grown, former in zip(after.box_bytes, before.box_bytes, strict=True):
        assert grown < former + BOX_GROWTH_BYTES
