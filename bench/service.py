"""
What gRPC costs: jobs through a server beside the same jobs in process, and what a server holds.

The server is a process of its own, as `exec-cli serve` starts it; its clients share this one. Both ways judge 10-case
C++ jobs whose artifact is cached, by turns in the same run.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import grpc
import psutil

from bench.figures import Figure, spread
from executor.client import Client
from executor.engine import Engine, EngineConfig
from executor.model import File, Finished, Job, Submission, TestCase, Verdict

_CLIENTS = (1, 8, 64)
_JOBS = 120
_ROUNDS = 5
_QUEUED = 10_000
_MB = 1e6
_PROGRAM = b'#include <cstdio>\nint main() { long a, b; scanf("%ld %ld", &a, &b); printf("%ld\\n", a + b); }\n'

_Judge = Callable[[Job], Awaitable[None]]


def _job(number: int, cases: int = 10, padding: int = 0) -> Job:
    source = File("sum.cpp", _PROGRAM)
    each = tuple(
        TestCase(name=str(i), stdin=b"%d %d" % (i, i) + b" " * padding, expected=b"%d" % (2 * i)) for i in range(cases)
    )
    return Job(id=str(number), submission=Submission(files=(source,), runtime="cpp"), cases=each)


async def figures() -> list[Figure]:
    """Promises of the service: throughput, latency, memory."""
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        async with (
            Engine(EngineConfig(cache_dir=folder / "engine")) as engine,
            _server(folder) as (address, server),
            Client(address) as client,
        ):

            async def here(job: Job) -> None:
                *_, last = [event async for event in engine.judge(job)]
                assert isinstance(last, Finished)
                assert last.verdict is Verdict.AC, last

            async def there(job: Job) -> None:
                *_, last = [event async for event in client.judge(job)]
                assert isinstance(last, Finished)
                assert last.verdict is Verdict.AC, last

            for judge in (here, there):
                await judge(_job(0))  # compiles
            idle = _pss(server)
            return [
                *[figure for clients in _CLIENTS for figure in await _throughput(here, there, clients)],
                await _latency(here, there),
                Figure("8.18", "idle server with its boxes (PSS)", idle, "MB", 150),
                await _queue(client, server),
            ]


async def _throughput(here: _Judge, there: _Judge, clients: int) -> list[Figure]:
    rates: dict[str, list[float]] = {"here": [], "there": []}
    for _ in range(_ROUNDS):
        for name, judge in (("here", here), ("there", there)):
            rates[name].append(await _rate(judge, clients))
    best = {name: max(each) for name, each in rates.items()}
    ratio = statistics.median(there / here for here, there in zip(rates["here"], rates["there"], strict=True))
    what = f"{clients} clients: jobs/s over those in process, {best['there']:.0f} and {best['here']:.0f} at best"
    return [Figure("8.17", what, ratio, "", 0.85, at_least=True, spread=spread(rates["there"], "jobs/s"))]


async def _rate(judge: _Judge, clients: int) -> float:
    numbers = iter(range(_JOBS))

    async def work() -> None:
        for number in numbers:
            await judge(_job(number))

    began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(clients)))
    return _JOBS / (time.perf_counter() - began)


async def _latency(here: _Judge, there: _Judge) -> Figure:
    """Of one-case jobs, one after another: what gRPC adds to the median."""
    walls: dict[str, list[float]] = {"here": [], "there": []}
    for number in range(_JOBS):
        for name, judge in (("here", here), ("there", there)):
            began = time.perf_counter()
            await judge(_job(number, cases=1))
            walls[name].append((time.perf_counter() - began) * 1e3)
    added = statistics.median(walls["there"]) - statistics.median(walls["here"])
    return Figure(
        "8.17", "added to the median time of a job, unloaded", added, "ms", 3, spread=spread(walls["there"], "ms")
    )


async def _queue(client: Client, server: psutil.Process) -> Figure:
    """What 10,000 jobs of 1 KB that wait add to the server."""
    before = _pss(server)
    calls = [asyncio.create_task(_first(client, _job(number, cases=1, padding=1000))) for number in range(_QUEUED)]
    for _ in range(600):
        if (await client.info()).queued >= _QUEUED * 0.95 or all(call.done() for call in calls):
            break
        await asyncio.sleep(0.1)
    queued, held = (await client.info()).queued, _pss(server)
    for call in calls:
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)
    return Figure("8.19", f"added by {queued} queued jobs of 1 KB", held - before, "MB", 60)


async def _first(client: Client, job: Job) -> None:
    async for _ in client.judge(job):
        pass


@asynccontextmanager
async def _server(folder: Path) -> AsyncIterator[tuple[str, psutil.Process]]:
    address = f"unix:{folder}/socket"
    environment = {**os.environ, "ENNEAD_EXECUTOR_CACHE_DIR": str(folder / "server")}
    command = (sys.executable, "-m", "cli", "serve", "--listen", address)
    process = await asyncio.create_subprocess_exec(*command, env=environment, stderr=asyncio.subprocess.DEVNULL)
    try:
        async with grpc.aio.insecure_channel(address) as channel:
            await asyncio.wait_for(channel.channel_ready(), 60)
        yield address, psutil.Process(process.pid)
    finally:
        process.terminate()
        await process.wait()


def _pss(process: psutil.Process) -> float:
    """Of a process and all below it, in MB."""
    family = [process, *process.children(recursive=True)]
    return sum(each.memory_full_info().pss for each in family if each.is_running()) / _MB
