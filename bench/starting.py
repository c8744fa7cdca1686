"""How soon the first verdict, `exec-cli --help` and an engine are there, and what an engine holds."""

from __future__ import annotations

import asyncio
import gc
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from bench.figures import Figure, spread
from executor.engine import Engine, EngineConfig
from executor.model import File, Finished, Job, Queued, Submission, TestCase

_RUNS = 15
_JOBS = 1000
_MB = 1e6
_PROGRAM = """#include <bits/stdc++.h>
int main() { long a, b; std::cin >> a >> b; std::cout << a + b << std::endl; }
"""


async def figures() -> list[Figure]:
    """Promises 6.3 to 6.7."""
    return [*_command(), *await _engine()]


def _command() -> list[Figure]:
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        source, tests = folder / "sum.cpp", folder / "tests"
        source.write_text(_PROGRAM)
        tests.mkdir()
        (tests / "1.in").write_text("1 2\n")
        (tests / "1.out").write_text("3\n")
        run = [sys.executable, "-m", "cli", "run", str(source), "--tests", str(tests)]
        subprocess.run(run, check=True, stdout=subprocess.DEVNULL)  # compiles, so that the others find it cached
        walls = [_wall_s(run) for _ in range(_RUNS)]
    cpus = [_cpu_s([sys.executable, "-m", "cli", "--help"]) * 1e3 for _ in range(_RUNS)]
    return [
        Figure("6.3", "exec-cli run, cached C++ program, start to end (median)", statistics.median(walls), "s", 0.5,
               spread=spread(walls, "s")),
        Figure("6.4", "CPU time of exec-cli --help (median)", statistics.median(cpus), "ms", 250,
               spread=spread(cpus, "ms")),
    ]  # fmt: skip


def _wall_s(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def _cpu_s(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


async def _engine() -> list[Figure]:
    starts = []
    for _ in range(_RUNS):
        began = time.perf_counter()
        async with Engine(EngineConfig(slots=2)):
            starts.append(time.perf_counter() - began)
    held, queued = (float(figure) for figure in _in_fresh_process())
    return [
        Figure("6.5", "an engine with two slots is ready (median)", statistics.median(starts), "s", 0.3,
               spread=spread(starts, "s")),
        Figure("6.6", "PSS of an idle engine with two slots, all processes", held, "MB", 100),
        Figure("6.7", f"memory that {_JOBS} queued jobs add", queued, "MB", 20),
    ]  # fmt: skip


def _in_fresh_process() -> list[str]:
    """Memory is measured in a process that has done nothing else."""
    command = [sys.executable, "-m", "bench.starting"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


async def _measure_memory() -> None:
    async with Engine(EngineConfig(slots=2)) as engine:
        gc.collect()
        family = [psutil.Process(), *psutil.Process().children(recursive=True)]
        held = sum(process.memory_full_info().pss for process in family)
        before = psutil.Process().memory_info().rss
        waiting = asyncio.Semaphore(0)
        jobs = [asyncio.create_task(_finish(engine, f"job-{number}", waiting)) for number in range(_JOBS)]
        for _ in jobs:
            await waiting.acquire()
        after = psutil.Process().memory_info().rss
        await asyncio.gather(*jobs)
    print(held / _MB, max(0, after - before) / _MB)


async def _finish(engine: Engine, name: str, waiting: asyncio.Semaphore) -> None:
    source = File("main.py", b"print(sum(map(int, input().split())))\n")
    job = Job(
        id=name,
        submission=Submission(files=(source,), runtime="python"),
        cases=(TestCase(name="1", stdin=b"1 2\n", expected=b"3\n"),),
    )
    async for event in engine.judge(job):
        if isinstance(event, Queued):
            waiting.release()
        elif isinstance(event, Finished):
            assert event.passed == 1, event


if __name__ == "__main__":
    asyncio.run(_measure_memory())
