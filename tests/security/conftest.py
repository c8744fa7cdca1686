"""
Fixtures of the security tests. Every attack is followed by the same questions: is the next run clean, is the next
job in the slot clean, is anything left on the host? A test itself only says what the attack may achieve.
"""

from __future__ import annotations

import asyncio
import os
import resource
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from executor.sandbox.docker.docker_box import DockerBox
from executor.sandbox.native import NativeBox
from tests.docker.chosen import KEEPERS, ON_DOCKER, SECURITY_DEVIATIONS, chosen_box
from tests.security.support import SECRET, Attacks, Host, descendants, look_at_host, open_descriptors

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.security)
            names = (item.name, getattr(item, "originalname", "")) if ON_DOCKER else ()
            reason = next(filter(None, map(SECURITY_DEVIATIONS.get, names)), None)
            if reason is not None:
                item.add_marker(pytest.mark.xfail(reason=reason, strict=True))


@pytest.fixture(scope="session")
def artifacts() -> dict[str, bytes]:
    """Executables that some box has compiled in this session, by source name."""
    return {}


@pytest.fixture(scope="session", autouse=True)
def _ordinary_number_of_descriptors() -> Iterator[None]:
    """What a login shell gives, however generous this machine is: what works here works with it too."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 1024), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture(autouse=True)
async def host() -> AsyncIterator[Host]:
    """The host before a test, which must look the same when the test is over."""
    before = look_at_host()
    yield before
    deadline = time.monotonic() + 2.0
    while left := look_at_host().added_since(before):
        assert time.monotonic() < deadline, f"left on the host: {left}"
        await asyncio.sleep(0.01)


@pytest.fixture
def secret() -> Iterator[str]:
    """A secret in the engine's environment, set before the box is started."""
    os.environ["ENNEAD_SECRET"] = SECRET
    yield SECRET
    del os.environ["ENNEAD_SECRET"]


@pytest.fixture
async def box(host: Host, secret: str) -> AsyncIterator[NativeBox | DockerBox]:
    """A fresh box."""
    box = await chosen_box(0)
    yield box
    await box.close()


@pytest.fixture
async def attacks(box: NativeBox | DockerBox, artifacts: dict[str, bytes]) -> AsyncIterator[Attacks]:
    """
    Runs attacks in a box. When the test is over, the next run of the same job is clean, so is the next job in the
    slot, and the box consists of launcher, init and zygote alone.
    """
    attacks = Attacks(box, artifacts)
    await attacks.load()
    await attacks.inspect()
    descriptors = len(open_descriptors())
    yield attacks
    if not attacks.work_is_kept:
        await attacks.inspect()
    await attacks.load()
    await attacks.inspect()
    assert box.pid is not None
    assert len(descendants(box.pid)) == KEEPERS, "init and zygote are all that is left in the box"
    # Fewer where another test's connections have ended meanwhile.
    assert len(open_descriptors()) <= descriptors, "the engine holds no more descriptors than before"
