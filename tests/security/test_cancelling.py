"""Whoever asked may go at any moment; a hostile program must not be able to stay."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import replace

import pytest

from executor.model import SECOND
from tests.docker.chosen import KEEPERS
from tests.security.support import LIMITS, Attacks, descendants

LONG = replace(LIMITS, cpu_ns=30 * SECOND, wall_ns=60 * SECOND)


@pytest.mark.parametrize(
    "source",
    [
        "fork_bomb.c",
        "comet.c",
        "vfork_bomb.c",
        "stops_itself.c",
        "ignores_every_signal.c",
        "waits_for_a_fifo.c",
    ],
)
async def test_a_cancelled_attack_is_over_before_the_caller_knows(attacks: Attacks, source: str) -> None:
    await attacks.load(source)
    running = asyncio.create_task(attacks.next_run(source, limits=LONG))
    await asyncio.sleep(0.05)
    began = time.monotonic()
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):  # the kernel may have ended it before
        await running
    assert time.monotonic() - began < 2.0
    assert attacks.box.pid is not None
    assert len(descendants(attacks.box.pid)) <= KEEPERS


async def test_a_storm_of_cancellations_leaves_a_box_that_works(attacks: Attacks) -> None:
    await attacks.load("fork_bomb.c")
    for attempt in range(20):
        running = asyncio.create_task(attacks.next_run("fork_bomb.c", limits=LONG))
        await asyncio.sleep(attempt * 0.0005)
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):  # the kernel may have ended it before
            await running
    await attacks.inspect()
