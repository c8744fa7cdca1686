"""
A soak: thousands of small jobs of several languages and every verdict through a server, many of them given up.

A server that leaks shows it here: after the first tenth of the jobs nothing that it holds may grow any more.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from dataclasses import astuple
from pathlib import Path

import psutil

from bench.figures import Figure
from bench.serving import Holdings, server
from executor.client import Client
from executor.model import MIB, MS, Event, File, Finished, Job, Limits, Submission, TestCase, Trial

_CLIENTS = 8
_WARM = 0.1
_STEPS = 10
_GROWTH_MB = 8.0
"""Of some 80: Python's and the C library's heaps breathe by a few MB."""

_CPP = "#include <iostream>\nint main() { long a, b; std::cin >> a >> b; std::cout << a + b; }\n"
_PROGRAMS = {
    "right": ("cpp", _CPP),
    "wrong": ("cpp", _CPP.replace("a + b", "a - b")),
    "crashes": ("cpp", "#include <cstdlib>\nint main() { abort(); }\n"),
    "loops": ("cpp", "int main() { for (volatile long i = 0;; i = i + 1) {} }\n"),
    "floods": ("cpp", '#include <cstdio>\nint main() { for (;;) puts("flood"); }\n'),
    "does not compile": ("cpp", "int main() { return x; }\n"),
    "python": ("python", "print(sum(map(int, input().split())))\n"),
    "python crashes": ("python", "raise SystemExit(3)\n"),
    "bash": ("bash", "read a b; echo $((a + b))\n"),
    "javascript": (
        "javascript",
        'const [a, b] = require("fs").readFileSync(0, "utf8").split(" ").map(Number); console.log(a + b);\n',
    ),
}
_WEIGHTS = (40, 10, 6, 2, 2, 4, 16, 4, 12, 4)
_LIMITS = Limits(cpu_ns=1000 * MS, memory_bytes=256 * MIB, output_bytes=MIB)
_SHORT = Limits(cpu_ns=50 * MS, memory_bytes=256 * MIB, output_bytes=MIB)


async def figures(jobs: int, show: Callable[[str], object]) -> list[Figure]:
    """
    Args:
        jobs: how many.
        show: is told how it goes, a line at a time.
    """
    with tempfile.TemporaryDirectory() as directory:
        async with server(Path(directory), "--slots", "2") as (address, process), Client(address) as client:
            seen: list[Holdings] = [Holdings.of(process)]
            show(f"{'jobs':>7}  PSS MB  descriptors  threads  processes  cgroups  mounts  in boxes")
            show(_line(0, seen[0]))
            soak = _Soak(client, random.Random(9))
            began = time.perf_counter()
            for share in (_WARM, *((step + 1) / _STEPS for step in range(1, _STEPS))):
                await soak.until(round(jobs * share))
                seen.append(await _at_rest(process))
                show(_line(soak.begun, seen[-1]))
            took = time.perf_counter() - began
            ends = ", ".join(f"{word} {count}" for word, count in soak.ended.most_common())
            show(f"{ends}; {jobs / took:.0f} a second")
            return _growths(seen[1], seen[-1], jobs)


def _growths(warm: Holdings, end: Holdings, jobs: int) -> list[Figure]:
    what = {
        "memory (PSS)": (end.pss_mb - warm.pss_mb, "MB", _GROWTH_MB),
        "descriptors": (end.descriptors - warm.descriptors, "", 0),
        "threads": (end.threads - warm.threads, "", 2),
        "processes": (end.processes - warm.processes, "", 0),
        "cgroups": (end.cgroups - warm.cgroups, "", 0),
        "mounts": (end.mounts - warm.mounts, "", 0),
        "mounts in boxes": (end.box_mounts - warm.box_mounts, "", 0),
    }
    after = f"growth from {jobs * _WARM:.0f} jobs to {jobs}"
    return [Figure("8.20", f"{after}: {name}", grown, unit, bound) for name, (grown, unit, bound) in what.items()]


class _Soak:
    """Jobs without an end, eight at once."""

    def __init__(self, client: Client, chance: random.Random) -> None:
        self._client = client
        self._chance = chance
        self.begun = 0
        self.ended: Counter[str] = Counter()

    async def until(self, jobs: int) -> None:
        async def work() -> None:
            while self.begun < jobs:
                self.begun += 1
                await self._one(self.begun)

        await asyncio.gather(*(work() for _ in range(_CLIENTS)))

    async def _one(self, number: int) -> None:
        kind = self._chance.random()
        if kind < 0.05:
            await self._given_up(self._job(number))
        elif kind < 0.10:
            files = (File("note.txt", b"note"),)
            trial = Trial(
                id=str(number),
                submission=self._job(number).submission,
                stdin=b"1 2",
                limits=_SHORT,
                work_files=files,
                wanted_files=("*.txt",),
            )
            self.ended[f"run {(await self._client.run(trial)).verdict}"] += 1
        else:
            async with aclosing(self._client.judge(self._job(number))) as events:
                last = [event async for event in events][-1]
            assert isinstance(last, Finished), last
            self.ended[last.verdict] += 1

    async def _given_up(self, job: Job) -> None:
        """After its first event, or a little later: while it waits, compiles or runs."""

        async def wait_for(events: AsyncGenerator[Event, None]) -> None:
            async for _ in events:
                pass

        async with aclosing(self._client.judge(job)) as events:
            await anext(events)
            try:
                await asyncio.wait_for(wait_for(events), self._chance.uniform(0, 0.2))
            except TimeoutError:
                self.ended["given up"] += 1
            else:
                self.ended["too late to give up"] += 1

    def _job(self, number: int) -> Job:
        (name,) = self._chance.choices(list(_PROGRAMS), _WEIGHTS)
        runtime, code = _PROGRAMS[name]
        if self._chance.random() < 0.01:
            code += ("// " if runtime in {"cpp", "javascript"} else "# ") + str(number)  # new to the cache
        cases = tuple(
            TestCase(name=str(i), stdin=b"%d %d" % (number, i), expected=b"%d" % (number + i))
            for i in range(self._chance.randint(1, 3))
        )
        submission = Submission(files=(File(f"main.{_ENDINGS[runtime]}", code.encode()),), runtime=runtime)
        limits = _SHORT if name in {"loops", "floods"} else _LIMITS
        return Job(id=str(number), submission=submission, cases=cases, limits=limits)


_ENDINGS = {"cpp": "cpp", "python": "py", "bash": "sh", "javascript": "js"}


async def _at_rest(process: psutil.Process) -> Holdings:
    """Once the last boxes are reset; a moment's zygotes would count as processes."""
    await asyncio.sleep(1.0)
    return Holdings.of(process)


def _line(jobs: int, seen: Holdings) -> str:
    pss, *others = astuple(seen)
    widths: Iterator[int] = iter((11, 7, 9, 7, 6, 8))
    return f"{jobs:7}  {pss:6.1f}  " + "  ".join(f"{each:{next(widths)}}" for each in others)
