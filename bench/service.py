"""
What gRPC costs: jobs through a server beside the same jobs in process, and what a server holds.

The server is a process of its own, as `exec-cli serve` starts it; its clients share this one. Both ways judge 10-case
C++ jobs whose artifact is cached, by turns in the same run.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil

from bench.figures import Figure, spread
from bench.serving import pss_mb, server
from executor.client import Client
from executor.engine import Engine, EngineConfig
from executor.model import File, Finished, Job, Submission, TestCase, Verdict

_CLIENTS = (1, 8, 64)
_JOBS = 120
_ROUNDS = 5
_PAUSE_S = 0.01
"""In which the box of the last job is reset: in process that would delay the next job's client."""
_PROGRAM = b'#include <cstdio>\nint main() { long a, b; scanf("%ld %ld", &a, &b); printf("%ld\\n", a + b); }\n'

_Judge = Callable[[Job], Awaitable[None]]


def _job(number: int, cases: int = 10) -> Job:
    source = File("sum.cpp", _PROGRAM)
    each = tuple(TestCase(name=str(i), stdin=b"%d %d" % (i, i), expected=b"%d" % (2 * i)) for i in range(cases))
    return Job(id=str(number), submission=Submission(files=(source,), runtime="cpp"), cases=each)


async def figures() -> list[Figure]:
    """Promises of the service: throughput, latency, memory."""
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        async with (
            Engine(EngineConfig(cache_dir=folder / "engine")) as engine,
            server(folder) as (address, process),
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
            idle = pss_mb(process)
            return [
                *[figure for clients in _CLIENTS for figure in await _throughput(here, there, process, clients)],
                await _latency(here, there),
                Figure("8.18", "idle server with its boxes (PSS)", idle, "MB", 150),
            ]


async def _throughput(here: _Judge, there: _Judge, process: psutil.Process, clients: int) -> list[Figure]:
    """Jobs a second, and CPU time, which the machine's other work disturbs less."""
    rates: dict[str, list[float]] = {"here": [], "there": []}
    spent: dict[str, list[float]] = {"here": [], "there": []}
    for _ in range(_ROUNDS):
        for name, judge in (("here", here), ("there", there)):
            before = _cpu_ms(process)
            rates[name].append(await _rate(judge, clients))
            spent[name].append((_cpu_ms(process) - before) / _JOBS)
    best = {name: max(each) for name, each in rates.items()}
    ratio = statistics.median(there / here for here, there in zip(rates["here"], rates["there"], strict=True))
    what = f"{clients} clients: jobs/s over those in process, {best['there']:.0f} and {best['here']:.0f} at best"
    added = min(spent["there"]) - min(spent["here"])
    return [
        Figure("8.17", what, ratio, "", 0.85, at_least=True, spread=spread(rates["there"], "jobs/s")),
        Figure(
            "",
            f"{clients} clients: CPU time added to a job, at both ends",
            added,
            "ms",
            spread=f"in process {min(spent['here']):.1f} ms",
        ),
    ]


def _cpu_ms(process: psutil.Process) -> float:
    """Of this process and of the server's, without their boxes."""
    return sum((each.cpu_times().user + each.cpu_times().system) * 1e3 for each in (psutil.Process(), process))


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
            await asyncio.sleep(_PAUSE_S)
    added = statistics.median(walls["there"]) - statistics.median(walls["here"])
    return Figure(
        "8.17", "added to the median time of a job, unloaded", added, "ms", 3, spread=spread(walls["there"], "ms")
    )
