"""Floods, and honest output that looks like one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from executor.model import MIB, SECOND, Verdict
from tests.security.support import ALL_REFUSED, LIMITS, PATIENT, Attacks

UNHURRIED = replace(LIMITS, cpu_ns=5 * SECOND, wall_ns=10 * SECOND, output_bytes=8 * MIB)


def expected(size: int) -> bytes:
    block = bytes((low * 7 + high) % 256 for high in range(256) for low in range(256))
    return (block * (size // len(block) + 1))[:size]


@pytest.mark.parametrize("streams", ["1", "2", "12"])
async def test_a_flood_of_output_ends_at_its_limit(attacks: Attacks, streams: str) -> None:
    attempt = await attacks.run("floods_output.c", streams)
    assert attempt.verdict is Verdict.OLE, attempt
    assert len(attempt.outcome.stdout) + len(attempt.outcome.stderr) == LIMITS.output_bytes


async def test_a_flood_of_moved_pages_ends_at_its_limit(attacks: Attacks) -> None:
    attempt = await attacks.run("splices_output.c")
    assert attempt.verdict is Verdict.OLE, attempt
    assert len(attempt.stdout) == LIMITS.output_bytes


@pytest.mark.parametrize("size", [150_001, 5_000_000])
async def test_much_honest_output_arrives_whole(attacks: Attacks, size: int) -> None:
    attempt = await attacks.run("writes_bytes.c", size, limits=UNHURRIED)
    assert attempt.verdict is None, attempt
    assert attempt.stdout == expected(size)


async def test_output_that_is_still_in_the_pipe_at_the_end_arrives(attacks: Attacks) -> None:
    attempt = await attacks.run("writes_bytes.c", MIB, MIB, limits=UNHURRIED)
    assert attempt.verdict is None, attempt
    assert attempt.stdout == expected(MIB)


async def test_the_limit_itself_may_be_written_and_no_byte_more(attacks: Attacks) -> None:
    attempt = await attacks.run("writes_bytes.c", LIMITS.output_bytes)
    assert attempt.verdict is None, attempt
    assert attempt.stdout == expected(LIMITS.output_bytes)
    attempt = await attacks.next_run("writes_bytes.c", LIMITS.output_bytes + 1)
    assert attempt.verdict is Verdict.OLE, attempt
    assert attempt.stdout == expected(LIMITS.output_bytes)


async def test_output_in_single_bytes_and_packets_arrives_whole(attacks: Attacks) -> None:
    attempt = await attacks.run("drips_output.c", 3000, limits=PATIENT)
    assert attempt.verdict is None, attempt
    assert attempt.stdout == b"0123456789" * 300


async def test_a_program_may_close_its_streams(attacks: Attacks) -> None:
    attempt = await attacks.run("closes_its_output.c")
    assert attempt.verdict is None, attempt


async def test_the_input_cannot_be_changed(attacks: Attacks) -> None:
    attempt = await attacks.run("reopens_its_streams.c", stdin=b"honest input\n")
    assert attempt.stdout == ALL_REFUSED, attempt
