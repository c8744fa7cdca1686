"""Fixtures of the conformance suite: a box of each kind, which must leave nothing when the test is over."""

from __future__ import annotations

import asyncio
import functools
import gc
import time
from collections.abc import AsyncIterator, Generator
from pathlib import Path
from typing import Any

import psutil
import pytest

from executor.model import MIB, Command, File
from executor.sandbox.box import Box, Place
from executor.sandbox.detection import CgroupSupport, detect
from tests.conformance.support import (
    DEVIATIONS,
    IMPLEMENTATIONS,
    LIMITS,
    Implementation,
    Probe,
    Start,
    brief,
    children,
    inventory,
    is_alive,
    probe_command,
)

PROBE_SOURCE = Path(__file__).with_name("probe.c")
_COMPILE = ("/usr/bin/gcc", "-O1", "-static", "-pthread", "-o", "/work/probe", "/work/probe.c")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """
    Keep the garbage collector out of the way while a failure is described.

    pytest parses sources for that; asyncio formats the exceptions of futures that it finds in the garbage, and so
    parses as well. Before Python 3.13 the inner parser makes the outer one fail, and the whole session with it.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


@pytest.fixture(scope="session")
def support() -> CgroupSupport:
    """What this process may do with cgroups."""
    return detect()


@pytest.fixture(scope="session", params=IMPLEMENTATIONS, ids=lambda implementation: implementation.name)
def implementation(request: pytest.FixtureRequest) -> Implementation:
    chosen: Implementation = request.param
    return chosen


@pytest.fixture
def expected_to_deviate(request: pytest.FixtureRequest, implementation: Implementation, support: CgroupSupport) -> None:
    """A known deviation must show: one that is gone is struck off the table."""
    for deviation in DEVIATIONS:
        if (
            deviation.implementation == implementation.name
            and deviation.meter in {None, support.meter}
            and request.node.originalname in deviation.tests
        ):
            request.applymarker(pytest.mark.xfail(reason=deviation.reason, strict=True))


@pytest.fixture
async def start(
    implementation: Implementation, support: CgroupSupport, expected_to_deviate: None
) -> AsyncIterator[Start]:
    """Starts boxes; at the end all are closed, nothing of them may be left, and no callback may have failed."""
    boxes: list[Box] = []
    processes: set[psutil.Process] = set()
    mistakes: list[str] = []

    def note(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if "handle" in context:
            mistakes.append(f"{context['message']}: {context.get('exception')!r}")

    asyncio.get_running_loop().set_exception_handler(note)

    async def start_one(*, writable_bytes: int = 1024 * MIB) -> Box:
        box = await implementation.start(len(boxes), support, writable_bytes)
        boxes.append(box)
        processes.update(children())
        return box

    before = inventory(implementation, support)
    yield start_one
    for box in boxes:
        await box.close()
    deadline = time.monotonic() + 2.0
    while left := sorted(inventory(implementation, support) - before) + [str(p) for p in processes if is_alive(p)]:
        if time.monotonic() > deadline:
            for process in filter(is_alive, processes):
                process.kill()
            pytest.fail(f"the boxes of this test left {left}")
        await asyncio.sleep(0.01)
    assert not mistakes


@pytest.fixture
async def box(start: Start) -> Box:
    """A fresh box."""
    return await start()


@pytest.fixture(scope="session")
def probe_program(implementation: Implementation, support: CgroupSupport) -> bytes:
    """The probe program, compiled in a box."""
    return asyncio.run(_compile(functools.partial(implementation.start, 0, support, 1024 * MIB)))


async def _compile(start: Start) -> bytes:
    box = await start()
    try:
        await box.load([File("probe.c", PROBE_SOURCE)], Place.WORK)
        outcome = await box.run(Command(argv=_COMPILE, env={"PATH": "/usr/bin:/bin"}), LIMITS, keep_work=True)
        assert outcome.exit_code == 0, brief(outcome)
        (program,) = await box.collect(["probe"], 16 * MIB)
    finally:
        await box.close()
    assert isinstance(program.content, bytes)
    return program.content


@pytest.fixture
async def probe(box: Box, probe_program: bytes) -> Probe:
    """The probe program, loaded into the box."""
    await box.load([File("probe", probe_program, executable=True)], Place.ARTIFACT)
    return probe_command
