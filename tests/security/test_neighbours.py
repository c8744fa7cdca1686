"""Two boxes at once: neither sees, reaches nor harms the other."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from executor.model import SECOND, Verdict
from tests.docker.chosen import ON_DOCKER, chosen_box
from tests.security.support import ALL_REFUSED, LIMITS, Attacks, Host, descendants

VICTIM = "lives_openly.c"
SEARCHES = 10
"""On a busy machine a search may outlast its victim, and then it proves nothing."""
UNHURRIED = replace(LIMITS, cpu_ns=2 * SECOND, wall_ns=10 * SECOND)


@pytest.fixture
async def neighbour(host: Host, artifacts: dict[str, bytes]) -> AsyncIterator[Attacks]:
    """A second box, in which the victim is loaded."""
    box = await chosen_box(1)
    neighbour = Attacks(box, artifacts)
    await neighbour.load(VICTIM)
    yield neighbour
    await neighbour.inspect()
    await box.close()


async def test_a_program_finds_nothing_of_its_neighbour(attacks: Attacks, neighbour: Attacks) -> None:
    await attacks.load("searches_its_neighbour.c")
    searched = False
    for _ in range(SEARCHES):
        living = asyncio.create_task(neighbour.next_run(VICTIM, limits=UNHURRIED))
        await asyncio.sleep(0.15)
        attempt = await attacks.next_run("searches_its_neighbour.c", limits=UNHURRIED)
        searched |= not living.done()
        assert attempt.stdout == ALL_REFUSED, attempt
        assert (await living).stdout == b"42\n", await living
        if searched:
            break
    assert searched, "the victim lived while it was looked for"


async def test_a_program_does_not_disturb_its_neighbour(attacks: Attacks, neighbour: Attacks) -> None:
    await attacks.load("disturbs_its_neighbours.c")
    living = asyncio.create_task(neighbour.next_run(VICTIM, limits=UNHURRIED))
    while not living.done():
        attempt = await attacks.next_run("disturbs_its_neighbours.c")
        assert attempt.verdict in {Verdict.TLE, Verdict.RTE}, attempt
    victim = await living
    assert victim.verdict is None, victim
    assert victim.stdout == b"42\n", victim
    assert victim.cpu_ns < UNHURRIED.cpu_ns // 2, victim


async def test_files_of_a_neighbour_last_longer_than_the_reset_of_this_box(
    attacks: Attacks, neighbour: Attacks
) -> None:
    living = asyncio.create_task(neighbour.next_run(VICTIM, limits=UNHURRIED))
    while not living.done():
        await attacks.run("many_files.c", 100)
    assert (await living).stdout == b"42\n", await living


@pytest.mark.root
async def test_neighbours_have_different_users_that_nobody_else_has(attacks: Attacks, neighbour: Attacks) -> None:
    if ON_DOCKER:
        pytest.skip("containers share one user id outside, as `losses` says, unless the Docker Engine maps ids")
    launchers = [box.pid for box in (attacks.box, neighbour.box) if box.pid is not None]
    users = [{_user(pid) for pid in descendants(pid_of_launcher)} for pid_of_launcher in launchers]
    assert not users[0] & users[1]
    accounts = {int(line.split(":")[2]) for line in Path("/etc/passwd").read_text().splitlines()}
    assert not (users[0] | users[1]) & (accounts | {0, os.getuid()})


def _user(pid: int) -> int:
    """The effective one: the owner of /proc/PID is root for processes that may not be inspected."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[2]) for line in lines if line.startswith("Uid:"))
