"""The client without an event loop gives what the asynchronous one gives, to any number of threads."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from executor.client import Refused
from executor.client_sync import SyncClient
from executor.errors import UsageError
from executor.model import CaseFinished, Compiled, File, Finished, Job, Queued, Started, Submission, Trial, Verdict
from executor.remote import ServerUnavailable
from executor.server import ExecutorServer
from tests.service.test_client import job, settings


@contextmanager
def serving_elsewhere(folder: Path) -> Iterator[str]:
    """The address of a server in a thread of its own, as another process would have it."""
    found: list[str] = []
    ready, over = threading.Event(), threading.Event()

    async def serve() -> None:
        async with ExecutorServer(settings(folder)) as server:
            found.extend(server.addresses)
            ready.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(60)
        yield found[0]
    finally:
        over.set()
        thread.join()


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with serving_elsewhere(tmp_path) as address:
        yield address


def verdict_of(client: SyncClient, wanted: Job) -> Verdict:
    *_, last = client.judge(wanted)
    assert isinstance(last, Finished)
    return last.verdict


def test_a_job_gives_its_events_one_after_the_other(address: str) -> None:
    with SyncClient(address) as client:
        kinds = [type(event) for event in client.judge(job())]
    assert kinds == [Queued, Started, Compiled, CaseFinished, Finished]


def test_a_program_runs_once_and_the_server_tells_of_itself(address: str) -> None:
    submission = Submission(files=(File("m.py", b"print(input())"),), runtime="python")
    with SyncClient(address) as client:
        result = client.run(Trial(id="t", submission=submission, stdin=b"7"))
        assert result.outcome is not None
        assert (result.verdict, result.outcome.stdout) == (Verdict.AC, b"7\n")
        assert client.info().slots == 1
        assert "python" in {runtime.id for runtime in client.runtimes()}


def test_many_jobs_are_taken_from_an_iterator_that_is_slow(address: str) -> None:
    def jobs() -> Iterator[Job]:
        for number in range(5):
            time.sleep(0.05)
            yield job(job_id=str(number))
        yield Job(id="bad", submission=Submission(files=(), runtime="python"), cases=())

    with SyncClient(address) as client:
        told = list(client.judge_many(jobs()))
    assert sorted(event.job_id for event in told if isinstance(event, Finished)) == list("01234")
    assert [event.job_id for event in told if isinstance(event, Refused)] == ["bad"]


def test_several_threads_share_one_client(address: str) -> None:
    with SyncClient(address) as client, ThreadPoolExecutor(4) as pool:
        verdicts = pool.map(lambda number: verdict_of(client, job(job_id=str(number))), range(8))
        assert set(verdicts) == {Verdict.AC}


def test_leaving_the_loop_ends_the_job_on_the_server(address: str) -> None:
    with SyncClient(address) as client:
        events = client.judge(job("while True: pass", cpu_s=60))
        for event in events:
            if isinstance(event, Compiled):
                break
        events.close()
        began = time.monotonic()
        assert verdict_of(client, job()) is Verdict.AC  # the only slot is free
        assert time.monotonic() - began < 30


def test_what_cannot_be_judged_or_reached_is_the_caller_s(address: str) -> None:
    with SyncClient(address) as client, pytest.raises(UsageError, match="at least one file"):
        list(client.judge(Job(id="x", submission=Submission(files=(), runtime="c"), cases=())))
    with SyncClient("127.0.0.1:1", attempts=1) as client, pytest.raises(ServerUnavailable):
        client.info()
    with pytest.raises(UsageError, match="neither HOST:PORT"), SyncClient("nonsense"):
        pass
    assert "ennead-client" not in {thread.name for thread in threading.enumerate()}
