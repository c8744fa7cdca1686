"""Calls that end early: what runs of them dies at once, their slot serves others, their place in the queue is free."""

from __future__ import annotations

import asyncio

import grpc
import psutil
import pytest
from ennead.executor.v1 import executor_pb2 as pb

from tests.service.conftest import Serve
from tests.service.support import (
    ECHO,
    SLEEP,
    SLOW_TO_COMPILE,
    SPIN,
    Stopwatch,
    case,
    cpp,
    events_of,
    eventually,
    python,
    request,
    verdict,
)

AT_ONCE_S = 1.5
"""The promise is 50 ms, of which `python -m bench service` has the figures; machines that run tests are busy."""


async def program(name: str) -> psutil.Process:
    """The process of that name that runs in a box of ours, as soon as there is one."""
    found: list[psutil.Process] = []

    def is_there() -> bool:
        found[:] = [each for each in psutil.Process().children(recursive=True) if named(each) == name]
        return bool(found)

    await eventually(is_there, within_s=20)
    return found[0]


def named(process: psutil.Process) -> str:
    """The last part of what it executes, or for an interpreter the program's own name; empty for one that has ended."""
    try:
        words = process.cmdline()
    except psutil.Error:
        return ""
    sources = [word for word in words[1:] if word.endswith(("main.py", "main.cpp"))]
    return (sources or words[:1] or [""])[0].rpartition("/")[2]


def is_dead(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.mark.parametrize("timeout_s", [None, 4.0], ids=["cancelled", "overdue"])
@pytest.mark.parametrize(
    "submission,name",
    [(python(SLEEP), "main.py"), (python(SPIN), "main.py"), (cpp(SLOW_TO_COMPILE), "main.cpp")],
    ids=["asleep", "spinning", "compiling"],
)
async def test_what_runs_of_a_call_that_ends_early_is_dead_at_once_and_the_next_has_its_slot(
    serve: Serve, submission: pb.Submission, name: str, timeout_s: float | None
) -> None:
    stub = await serve(slots=1)
    call = stub.Judge(request(submission, case(), cpu_s=60), timeout=timeout_s)
    reading = asyncio.create_task(events_of(call))
    victim = await program(name)
    next_one = asyncio.create_task(events_of(stub.Judge(request(python(ECHO), case("1", "1")))))
    if timeout_s is None:
        await asyncio.sleep(0.1)
        call.cancel()
    with pytest.raises((grpc.aio.AioRpcError, asyncio.CancelledError)) as ended:
        await reading
    if timeout_s is not None:
        assert isinstance(ended.value, grpc.aio.AioRpcError)
        assert ended.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    watch = Stopwatch()
    await eventually(lambda: is_dead(victim), within_s=AT_ONCE_S)
    assert verdict((await next_one)[-1].finished.verdict) == "AC"
    assert watch.elapsed < 5


async def test_who_gives_up_waiting_leaves_the_queue(serve: Serve) -> None:
    stub = await serve(slots=1)
    blocking = stub.Judge(request(python(SLEEP), case(), cpu_s=60))
    await anext(aiter(blocking))
    waiting = [stub.Judge(request(python(ECHO), case())) for _ in range(20)]
    overdue = [stub.Judge(request(python(ECHO), case()), timeout=2) for _ in range(20)]
    await asyncio.gather(*(anext(aiter(call)) for call in [*waiting, *overdue]))

    async def queued() -> int:
        return (await stub.GetServerInfo(pb.GetServerInfoRequest())).queued

    for call in waiting:
        call.cancel()
    left = [await queued()]
    for _ in range(100):
        if not left[-1]:
            break
        await asyncio.sleep(0.05)
        left.append(await queued())
    assert left[-1] == 0, left
    for call in overdue:
        assert await call.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    blocking.cancel()
    assert verdict((await events_of(stub.Judge(request(python(ECHO), case("1", "1")))))[-1].finished.verdict) == "AC"
