"""The pipes of a run, without a box: they are given back, also those of a drain that could be made only in part."""

from __future__ import annotations

import asyncio
import os
import tracemalloc

import pytest

from executor.sandbox.drain import Drain
from tests.conformance.support import descriptors, descriptors_left


@pytest.fixture
async def drain() -> Drain:
    return Drain(asyncio.get_running_loop())


@pytest.mark.parametrize("spare", range(4))
async def test_a_drain_that_can_be_made_only_in_part_leaves_nothing(spare: int) -> None:
    """It takes four descriptors; with fewer, none stays open."""
    before = len(descriptors())
    with descriptors_left(spare), pytest.raises(OSError, match="Too many open files"):
        Drain(asyncio.get_running_loop())
    assert len(descriptors()) == before


async def test_a_drain_gives_back_what_it_took() -> None:
    """Closing it twice is closing it once."""
    before = len(descriptors())
    drain = Drain(asyncio.get_running_loop())
    drain.close()
    drain.close()
    assert len(descriptors()) == before


async def test_what_was_written_before_the_end_is_read(drain: Drain) -> None:
    """Also by a drain that never had time to look."""
    drain.begin(100, pytest.fail)
    os.write(drain.write_ends[0], b"out")
    os.write(drain.write_ends[1], b"error")
    drain.close_write_ends()
    drain.finish()
    assert (drain.stdout, drain.stderr, drain.total, drain.over) == (b"out", b"error", 8, False)
    drain.close()


async def test_what_is_over_the_limit_is_counted_and_not_kept(drain: Drain) -> None:
    """The overflow is told once."""
    told: list[bool] = []
    drain.begin(10, lambda: told.append(True))
    for _ in range(3):
        os.write(drain.write_ends[0], b"x" * 8)
        drain.finish()
    drain.close_write_ends()
    drain.finish()
    assert (drain.stdout, drain.total, drain.over, told) == (b"x" * 10, 24, True, [True])
    drain.close()


async def test_a_large_output_is_handed_out_without_a_copy(drain: Drain) -> None:
    """The event loop has other boxes to serve while one has written much."""
    size = 16 << 20
    drain.begin(size, pytest.fail)
    tracemalloc.start()
    try:
        await asyncio.gather(asyncio.to_thread(_write_all, drain.write_ends[0], size), _read_all(drain, size))
        drain.finish()
        tracemalloc.reset_peak()
        output = drain.stdout
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(output) == size
    assert peak < size * 3 // 2
    drain.close()


def _write_all(fd: int, size: int) -> None:
    while size:
        size -= os.write(fd, bytes(min(size, 1 << 16)))


async def _read_all(drain: Drain, size: int) -> None:
    drain.watch()
    while drain.total < size:  # noqa: ASYNC110  # a drain tells nobody how far it is
        await asyncio.sleep(0.001)
