"""What becomes of containers whose engine is killed, and of a box whose container is."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from docker import APIClient

from executor.containers import opened
from executor.model import MIB, SECOND, Command, Limits
from executor.sandbox.docker.daemon import Daemon
from executor.sandbox.docker.docker_box import DockerBox
from tests.docker.chosen import ADDRESS, ON_DOCKER, chosen_box, docker_settings

REPOSITORY = Path(__file__).parents[2]
LIMITS = Limits(cpu_ns=10 * SECOND, wall_ns=60 * SECOND, memory_bytes=256 * MIB)
PATIENCE_S = 20.0
pytestmark = pytest.mark.skipif(not ON_DOCKER, reason="`make test-docker` starts the Docker Engine for this")

BUSY_ENGINE = """
import asyncio
from tests.docker.chosen import chosen_box
from tests.docker.test_lifetimes import LIMITS, SLEEP

async def main():
    idle, busy = [await chosen_box(index) for index in range(2)]
    run = asyncio.create_task(busy.run(SLEEP, LIMITS))
    while not busy._report:
        await asyncio.sleep(0.01)
    print(idle.container, busy.container, flush=True)
    await run

asyncio.run(main())
"""
CREATING_ENGINE = """
import time
from executor.sandbox.docker.daemon import Daemon
from tests.docker.chosen import docker_settings

print(Daemon(docker_settings()).create(1 << 20, 100), flush=True)
time.sleep(60)
"""
SLEEP = Command(argv=("/usr/bin/sleep", "60"))
HELLO = Command(argv=("/bin/echo", "well"))


@pytest.fixture
def api() -> Iterator[APIClient]:
    client = APIClient(os.environ[ADDRESS], version="auto")
    yield client
    client.close()


@pytest.fixture
async def box() -> AsyncIterator[DockerBox]:
    started = await chosen_box(0)
    assert isinstance(started, DockerBox)
    yield started
    await started.close()


def containers_of_a_killed(engine: str) -> list[str]:
    """Runs an engine until it has named its containers, and kills it."""
    with subprocess.Popen([sys.executable, "-c", engine], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            named = process.stdout.readline().split()
        finally:
            process.kill()
    assert named
    return named


def there(api: APIClient, names: list[str]) -> list[str]:
    return [each["Id"] for each in api.containers(all=True) if each["Id"] in names]


def wait_until_gone(api: APIClient, names: list[str]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while left := there(api, names):
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


def test_the_containers_of_a_killed_engine_end_at_once_also_the_one_with_a_run_in_it(api: APIClient) -> None:
    names = containers_of_a_killed(BUSY_ENGINE)
    assert len(names) == 2
    wait_until_gone(api, names)


async def test_what_a_killed_engine_had_not_yet_started_goes_when_the_next_one_starts(api: APIClient) -> None:
    names = containers_of_a_killed(CREATING_ENGINE)
    assert there(api, names) == names
    async with opened(docker_settings(), ()):
        assert not there(api, names)


async def test_what_a_living_engine_has_not_yet_started_stays_when_another_one_starts(api: APIClient) -> None:
    daemon = Daemon(docker_settings())
    name = daemon.create(1 << 20, 100)
    try:
        async with opened(docker_settings(), ()):
            assert there(api, [name]) == [name]
    finally:
        daemon.remove(name)
        daemon.close()


async def test_a_container_that_is_lost_between_jobs_is_replaced(api: APIClient, box: DockerBox) -> None:
    lost = box.container
    assert lost is not None
    api.kill(lost)
    await asyncio.to_thread(wait_until_gone, api, [lost])
    await box.reset()
    assert (await box.run(HELLO, LIMITS)).stdout == b"well\n"
    assert box.container not in {None, lost}


async def test_a_container_that_is_lost_during_a_run_fails_the_run_and_is_replaced(
    api: APIClient, box: DockerBox
) -> None:
    lost = box.container
    assert lost is not None
    run = asyncio.create_task(box.run(SLEEP, LIMITS))
    await asyncio.sleep(0.3)
    api.kill(lost)
    outcome = await run
    assert outcome.exit_code != 0
    assert "the container ended" in outcome.detail
    await box.reset()
    assert (await box.run(HELLO, LIMITS)).stdout == b"well\n"
    assert not there(api, [lost])
