"""
What much data leaves in a server: ten thousand jobs that wait, a hundred thousand cases, a gigabyte of test data.

The memory is that of the server's own process: programs that run are none of its data.
"""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from pathlib import Path

import grpc
import psutil
from ennead.executor.v1 import executor_pb2 as pb
from ennead.executor.v1 import executor_pb2_grpc as pb_grpc

from bench.figures import Figure
from bench.serving import own_pss_mb, server
from executor.client import Client
from executor.model import (
    MIB,
    SECOND,
    CaseFinished,
    Compiled,
    File,
    Finished,
    Job,
    Limits,
    Submission,
    TestCase,
    Verdict,
)

_QUEUED = 10_000
_CALLS = 2_000
_CASES = 100_000
_PARTS, _PART_MIB = 16, 64
_SLEEP = Submission(files=(File("main.py", b"import time; time.sleep(600)"),), runtime="python")
_NOTHING = Submission(files=(File("main.c", b"int main(void) { return 0; }"),), runtime="c")
_LENGTH = Submission(
    files=(
        File(
            "main.c",
            b"#include <stdio.h>\nint main(void) { static char b[1 << 16]; long n = 0, k; "
            b'while ((k = fread(b, 1, sizeof b, stdin)) > 0) n += k; printf("%ld", n); }',
        ),
    ),
    runtime="c",
)


async def figures(show: Callable[[str], object]) -> list[Figure]:
    """
    Args:
        show: is told how it goes, a line at a time.
    """
    found = []
    for measure in (_batch, _calls, _gigabyte, _cases):
        with tempfile.TemporaryDirectory() as directory:
            async with server(Path(directory), "--slots", "2") as (address, process):
                found.append(await measure(address, process, Path(directory)))
                show(f"{found[-1].what}: {found[-1].value:.1f} {found[-1].unit}")
    return found


async def _batch(address: str, process: psutil.Process, _folder: Path) -> Figure:
    """On one stream: the server takes few of them ahead, the rest waits in the client."""
    async with Client(address) as client, grpc.aio.insecure_channel(address) as channel:
        await _ended(client, Job(id="warm", submission=_NOTHING, cases=(TestCase(name="1"),)))
        before = own_pss_mb(process)
        call = pb_grpc.ExecutorServiceStub(channel).JudgeBatch(_jobs())
        reading = asyncio.ensure_future(anext(aiter(call)))
        await asyncio.sleep(15)
        held = own_pss_mb(process)
        call.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    return Figure("8.19", f"added by {_QUEUED} jobs of 1 KB that wait in a JudgeBatch", held - before, "MB", 60)


async def _jobs() -> AsyncIterator[pb.JudgeBatchRequest]:
    for number in range(_QUEUED):
        case = pb.TestCase(name="1", stdin=pb.Content(inline=b"x" * 1000))
        submission = pb.Submission(
            runtime="python",
            files=[pb.File(name="main.py", content=pb.Content(inline=b"import time; time.sleep(600)"))],
        )
        limits = pb.Limits(cpu_ns=600 * SECOND)
        yield pb.JudgeBatchRequest(job=pb.Job(id=str(number), submission=submission, cases=[case], limits=limits))


async def _calls(address: str, process: psutil.Process, _folder: Path) -> Figure:
    """Each in a Judge of its own, behind two that sleep: an open call costs what gRPC keeps of it."""
    async with Client(address) as client:
        sleeping = [asyncio.create_task(_ended(client, _sleeper(number))) for number in range(2)]
        await asyncio.sleep(3)
        before = own_pss_mb(process)
        waiting = [asyncio.create_task(_ended(client, _sleeper(number, b"x" * 1000))) for number in range(_CALLS)]
        for _ in range(600):
            if (await client.info()).queued == _CALLS:
                break
            await asyncio.sleep(0.2)
        queued, held = (await client.info()).queued, own_pss_mb(process)
        for task in (*sleeping, *waiting):
            task.cancel()
        await asyncio.gather(*sleeping, *waiting, return_exceptions=True)
    assert queued == _CALLS, f"{queued} of {_CALLS} jobs wait"
    return Figure(
        "",
        f"added by each job of 1 KB that waits in a Judge of its own, of {queued}",
        (held - before) / queued * 1e3,
        "KB",
    )


def _sleeper(number: int, stdin: bytes = b"") -> Job:
    return Job(
        id=str(number), submission=_SLEEP, cases=(TestCase(name="1", stdin=stdin),), limits=Limits(cpu_ns=600 * SECOND)
    )


async def _gigabyte(address: str, process: psutil.Process, folder: Path) -> Figure:
    """Uploaded in parts by their digests, and read by programs; the server may not keep it in memory."""
    if shutil.disk_usage(folder).free < 4 * _PARTS * _PART_MIB * MIB:
        raise RuntimeError(f"{folder} has too little room for {_PARTS * _PART_MIB} MiB of test data")
    data = folder / "data"
    async with Client(address) as client:
        await _ended(client, Job(id="warm", submission=_LENGTH, cases=(TestCase(name="1"),)))
        before = highest = own_pss_mb(process)
        for number in range(_PARTS):
            line = hashlib.sha256(b"%d" % number).hexdigest().encode() + b"\n"
            size = _PART_MIB * MIB // len(line) * len(line)
            data.write_bytes(line * (size // len(line)))
            case = TestCase(name="1", stdin=data, expected=b"%d" % size)
            judging = asyncio.create_task(_ended(client, Job(id=str(number), submission=_LENGTH, cases=(case,))))
            while not judging.done():
                highest = max(highest, own_pss_mb(process))
                await asyncio.wait({judging}, timeout=0.1)
            assert judging.result() is Verdict.AC, judging.result()
    size_gb = _PARTS * _PART_MIB * MIB / 1e9
    return Figure("8.22", f"added at most while {size_gb:.2f} GB of test data pass through", highest - before, "MB", 50)


async def _cases(address: str, process: psutil.Process, _folder: Path) -> Figure:
    """Of one job, with a reader that pauses again and again."""
    cases = tuple(TestCase(name="") for _ in range(_CASES))
    async with Client(address) as client:
        await _ended(client, Job(id="warm", submission=_NOTHING, cases=cases[:100]))
        before, first, highest = own_pss_mb(process), 0.0, 0.0
        seen = 0
        async with aclosing(client.judge(Job(id="many", submission=_NOTHING, cases=cases))) as events:
            async for event in events:
                if isinstance(event, Compiled):
                    first = highest = own_pss_mb(process)
                elif isinstance(event, CaseFinished):
                    seen += 1
                    if seen % 5_000 == 0:
                        await asyncio.sleep(0.5)
                        highest = max(highest, own_pss_mb(process))
                elif isinstance(event, Finished):
                    assert (event.verdict, event.passed) == (Verdict.AC, _CASES), event
    assert seen == _CASES, seen
    what = f"added at most by the verdicts of {_CASES} cases of one job"
    return Figure("8.23", what, highest - first, "MB", 50, spread=f"the job itself {first - before:.0f} MB")


async def _ended(client: Client, job: Job) -> Verdict:
    *_, last = [event async for event in client.judge(job)]
    assert isinstance(last, Finished), last
    return last.verdict
