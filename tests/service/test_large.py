"""Much at once: a hundred thousand cases in one job, and test data that no message holds."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import psutil
import pytest

from executor.client import Client
from executor.model import File, Finished, Job, Submission, TestCase, Verdict
from executor.server import ExecutorServer
from executor.settings import ExecutorSettings
from tests.service.conftest import Serve
from tests.service.support import MIB, case, cpp, request, verdict

COUNT_BYTES = b"import sys; print(sum(len(chunk) for chunk in iter(lambda: sys.stdin.buffer.read(1 << 16), b'')))"


@pytest.mark.skipif("ENNEAD_LONG" not in os.environ, reason="takes minutes: `make soak` sets ENNEAD_LONG")
@pytest.mark.slow
@pytest.mark.timeout(1800)
async def test_a_hundred_thousand_cases_of_one_job_are_answered_to_a_slow_reader_and_memory_stays_flat(
    serve: Serve,
) -> None:
    stub = await serve(slots=2)
    process = psutil.Process()
    seen: set[int] = set()
    held = []
    async for event in stub.Judge(request(cpp("int main() {}"), *[case()] * 100_000)):
        if event.WhichOneof("event") == "case_finished":
            seen.add(event.case_finished.index)
            if len(seen) % 10_000 == 0:
                await asyncio.sleep(1)
                held.append(process.memory_info().rss)
    assert seen == set(range(100_000))
    assert (verdict(event.finished.verdict), event.finished.passed) == ("AC", 100_000)
    assert max(held) - held[0] < 50 * MIB, held


async def test_a_job_of_a_hundred_thousand_cases_is_taken_and_ends_where_it_fails(serve: Serve) -> None:
    stub = await serve(slots=1)
    cases = [case(), *[case("", "never")] * 99_999]
    asked = request(cpp("int main() {}"), *cases, stop_at_first_failure=True)
    told = [event async for event in stub.Judge(asked)]
    assert [event.case_finished.index for event in told if event.WhichOneof("event") == "case_finished"] == [0, 1]
    finished = told[-1].finished
    assert (verdict(finished.verdict), finished.passed, finished.total) == ("WA", 1, 100_000)


async def test_64_mebibytes_of_test_data_are_uploaded_by_the_client_and_judged(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with data.open("wb") as file:
        for number in range(64):
            file.write(b"%d\n" % number * (MIB // 2))
    size = data.stat().st_size
    settings = ExecutorSettings(listen=["127.0.0.1:0"], cache_dir=tmp_path / "cache", slots=1)
    large = TestCase(name="from a file", stdin=data, expected=b"%d" % size)
    whole = TestCase(name="from memory", stdin=data.read_bytes()[: 20 * MIB], expected=b"%d" % (20 * MIB))
    submission = Submission(files=(File("main.py", COUNT_BYTES),), runtime="python")
    async with ExecutorServer(settings) as server, Client(server.addresses[0]) as client:
        events = [event async for event in client.judge(Job(id="64", submission=submission, cases=(large, whole)))]
    assert isinstance(events[-1], Finished)
    assert (events[-1].verdict, events[-1].passed) == (Verdict.AC, 2)
    stored = [path.stat().st_size for path in (tmp_path / "cache" / "blobs").rglob("*") if path.is_file()]
    assert sorted(stored) == [20 * MIB, size]
