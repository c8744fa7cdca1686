"""How long what runs of a call lives on after the call was given up, and when its slot serves the next one."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

import psutil

from bench.figures import Figure, spread
from bench.serving import server
from executor.client import Client
from executor.model import SECOND, Compiled, Event, File, Job, Limits, Started, Submission, TestCase

_TURNS = 20
_POLL_S = 0.0005
_SLOW_TO_COMPILE = (
    b"constexpr long spin() { long x = 0; for (long i = 0; i < 30000000; i++) x += i % 7; return x; }"
    b"static_assert(spin() != 3); int main() {}"
)
_PROGRAMS = {
    "asleep": ("python", "main.py", b"import time; time.sleep(60)"),
    "spinning": ("python", "main.py", b"while True: pass"),
    "compiling": ("cpp", "main.cpp", _SLOW_TO_COMPILE),
}


async def figures() -> list[Figure]:
    """Of each state in which a job can be given up, from the client's word to the death of the last process."""
    with tempfile.TemporaryDirectory() as directory:
        async with server(Path(directory), "--slots", "1") as (address, process), Client(address) as client:
            found = []
            for state in _PROGRAMS:
                died, freed = await _measure(client, process, state)
                # The worst of twenty would be the machine's worst moment: 9 of 10 are asked to keep the promise.
                what = f"{state}: a cancelled call's processes are dead, 9 of 10 within"
                found += [
                    Figure("8.21", what, _p90(died), "ms", 50, spread=spread(died, "ms")),
                    Figure(
                        "8.21", f"{state}: the next job has the slot", _p90(freed), "ms", spread=spread(freed, "ms")
                    ),
                ]
            return found


async def _measure(client: Client, process: psutil.Process, state: str) -> tuple[list[float], list[float]]:
    died, freed = [], []
    for turn in range(_TURNS):
        async with aclosing(client.judge(_job(state, turn))) as events:
            victims = await _running(events, process, state)
            waiting = asyncio.create_task(_slot_of_next(client))
            await asyncio.sleep(0.1)
            began = time.perf_counter()
        died.append(await _deaths(victims, began))
        freed.append((await waiting - began) * 1e3)
    return died, freed


async def _running(events: AsyncGenerator[Event, None], process: psutil.Process, state: str) -> list[int]:
    """The processes of the program or of the compiler."""
    async for event in events:
        if isinstance(event, Started if state == "compiling" else Compiled):
            break
    name = _PROGRAMS[state][1]
    for _ in range(400):
        pids = [each.pid for each in process.children(recursive=True) if any(name in word for word in _words(each))]
        if pids:
            return pids
        await asyncio.sleep(0.02)
    raise AssertionError(f"no process of the job was seen: {state}")


async def _deaths(pids: list[int], began: float) -> float:
    """Milliseconds until none of them is left, but for its name in the table of processes."""
    while any(_lives(pid) for pid in pids):  # noqa: ASYNC110  # of their deaths nobody tells us
        await asyncio.sleep(_POLL_S)
    return (time.perf_counter() - began) * 1e3


async def _slot_of_next(client: Client) -> float:
    async with aclosing(client.judge(_job("asleep", 0))) as events:
        async for event in events:
            if isinstance(event, Started):
                break
        return time.perf_counter()


def _job(state: str, turn: int) -> Job:
    runtime, name, code = _PROGRAMS[state]
    code += b"// %d" % turn if runtime == "cpp" else b""
    submission = Submission(files=(File(name, code),), runtime=runtime)
    return Job(id=state, submission=submission, cases=(TestCase(name="1"),), limits=Limits(cpu_ns=60 * SECOND))


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in {"Z", "X"}


def _p90(values: list[float]) -> float:
    return sorted(values)[len(values) * 9 // 10]
