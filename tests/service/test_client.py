"""The client has the engine's interface: the same jobs, the same events, whatever happens to servers on the way."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from executor.client import Client, Refused
from executor.engine import Engine, EngineConfig
from executor.errors import UsageError
from executor.model import (
    MIB,
    SECOND,
    CaseFinished,
    Compiled,
    Event,
    File,
    Finished,
    Job,
    Limits,
    Submission,
    TestCase,
    Trial,
    Verdict,
)
from executor.remote import AccessDenied, ServerUnavailable
from executor.server import ExecutorServer
from executor.settings import ExecutorSettings
from tests.service.support import ECHO, eventually

TOKEN, WRONG = "0123456789abcdef", "fedcba9876543210"


def job(code: str = ECHO, *cases: TestCase, job_id: str = "j", cpu_s: float = 5) -> Job:
    submission = Submission(files=(File("main.py", code.encode()),), runtime="python")
    chosen = cases or (TestCase(name="1", stdin=b"1", expected=b"1"),)
    return Job(id=job_id, submission=submission, cases=chosen, limits=Limits(cpu_ns=round(cpu_s * SECOND)))


def settings(tmp_path: Path, **chosen: object) -> ExecutorSettings:
    defaults: dict[str, object] = {"listen": ["127.0.0.1:0"], "slots": 1, "cache_dir": tmp_path / "cache"}
    return ExecutorSettings.model_validate({**defaults, **chosen})


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ExecutorServer]:
    async with ExecutorServer(settings(tmp_path)) as server:
        yield server


@pytest.fixture
async def client(server: ExecutorServer) -> AsyncIterator[Client]:
    async with Client(server.addresses[0]) as client:
        yield client


def essence(event: Event) -> tuple[object, ...]:
    """What of an event does not depend on the time that things take."""
    match event:
        case CaseFinished():
            outcome = event.outcome
            return (event.index, event.name, event.verdict, event.detail, outcome.stdout, outcome.exit_code)
        case Compiled():
            return (event.verdict, event.log, event.version)
        case Finished():
            return (event.verdict, event.passed, event.total)
    return (type(event),)


async def test_the_events_are_those_of_the_engine(client: Client, tmp_path: Path) -> None:
    cases = (
        TestCase(name="right", stdin=b"1", expected=b"1"),
        TestCase(name="wrong", stdin="größe\0\xff".encode(), expected=b"2"),
        TestCase(name="unchecked", stdin=b"3"),
        TestCase(name="one of several", stdin=b"3", expected=b"1", alternatives=(b"2", tmp_path / "three")),
        TestCase(name="none of several", stdin=b"4", expected=b"1", alternatives=(b"2", tmp_path / "three")),
        TestCase(name="tight", stdin=b"4", limits=Limits(memory_bytes=MIB)),
    )
    (tmp_path / "three").write_bytes(b"3")
    async with Engine(EngineConfig(slots=1, cache_dir=tmp_path / "local")) as engine:
        here = [essence(event) async for event in engine.judge(job(ECHO, *cases))]
    there = [essence(event) async for event in client.judge(job(ECHO, *cases))]
    assert there == here


async def test_large_contents_are_uploaded_once(client: Client, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.write_bytes(b"12345678\n" * 400_000)
    blobs = tmp_path / "cache" / "blobs"
    for _ in range(2):
        case = TestCase(name="large", stdin=data, expected=data.read_bytes())
        events = [event async for event in client.judge(job(ECHO, case))]
        assert isinstance(events[-1], Finished)
        assert events[-1].verdict is Verdict.AC
        assert sum(path.is_file() for path in blobs.rglob("*")) == 1


async def test_a_blob_that_was_dropped_meanwhile_is_uploaded_again(tmp_path: Path) -> None:
    data = b"1\n" * MIB
    case = TestCase(name="large", stdin=data, expected=data)
    async with (
        ExecutorServer(settings(tmp_path, blobs_mib=3)) as server,
        Client(server.addresses[0]) as client,
    ):
        for number in range(3):
            events = [event async for event in client.judge(job(ECHO, case))]
            assert isinstance(events[-1], Finished)
            assert events[-1].verdict is Verdict.AC
            other = TestCase(name="other", stdin=bytes([65 + number]) * 2 * MIB)
            async for _ in client.judge(job("pass", other)):
                pass


async def test_a_program_runs_once_with_files_in_and_out(client: Client) -> None:
    submission = Submission(files=(File("m.py", b"open('b', 'w').write(open('a').read() * 2)"),), runtime="python")
    result = await client.run(Trial(id="t", submission=submission, work_files=(File("a", b"x"),), wanted_files=("b",)))
    assert (result.verdict, result.files) == (Verdict.AC, (File("b", b"xx"),))


async def test_many_jobs_are_judged_as_they_come_and_the_bad_ones_are_told(client: Client) -> None:
    bad = Job(id="bad", submission=Submission(files=(), runtime="python"), cases=())
    jobs = [*(job(job_id=str(number)) for number in range(30)), bad]
    told = Counter()  # type: Counter[str]
    async for event in client.judge_many(jobs):
        if isinstance(event, Finished):
            assert event.verdict is Verdict.AC
            told[event.job_id] += 1
        elif isinstance(event, Refused):
            assert isinstance(event.error, UsageError)
            told[event.job_id] += 1
    assert told == {**{str(number): 1 for number in range(30)}, "bad": 1}


async def test_a_consumer_that_stops_early_is_not_waited_for(client: Client) -> None:
    jobs = (job(job_id=str(number)) for number in range(200))
    told = client.judge_many(jobs, at_once=32)
    await anext(told)
    await asyncio.sleep(2)  # by now more events wait than there is room for
    await asyncio.wait_for(told.aclose(), 20)


async def test_jobs_spread_over_several_servers(tmp_path: Path) -> None:
    async with (
        ExecutorServer(settings(tmp_path / "a")) as one,
        ExecutorServer(settings(tmp_path / "b")) as two,
        Client(*one.addresses, *two.addresses) as client,
    ):
        nap = "import time; time.sleep(0.3); print(1)"
        jobs = [job(nap, job_id=str(number)) for number in range(8)]
        done = [event async for event in client.judge_many(jobs, at_once=4) if isinstance(event, Finished)]
        assert len(done) == 8
        for server in (one, two):
            async with Client(server.addresses[0]) as single:
                assert (await single.info()).slots == 1
        await one.drain()
        events = [event async for event in client.judge(job(job_id="after"))]
        assert isinstance(events[-1], Finished)


async def test_a_server_that_is_replaced_loses_no_job(tmp_path: Path) -> None:
    """The first server goes away in the middle of a job; its successor judges it, and each event is told once."""
    first = ExecutorServer(settings(tmp_path, drain_s=0))
    await first.__aenter__()
    address = first.addresses[0]
    cases = tuple(TestCase(name=str(number), stdin=b"1", expected=b"1") for number in range(6))
    nap = "import time; time.sleep(0.3); print(1)"
    events: list[Event] = []

    async def judge(client: Client) -> None:
        async for event in client.judge(job(nap, *cases)):
            events.append(event)  # noqa: PERF401  # what came so far is looked at meanwhile

    async with Client(address) as client:
        judging = asyncio.create_task(judge(client))
        await eventually(lambda: any(isinstance(event, CaseFinished) for event in events))
        await first.drain()
        await first.__aexit__(None, None, None)
        async with ExecutorServer(settings(tmp_path, listen=[address])):
            await asyncio.wait_for(judging, 60)
    assert sorted(event.index for event in events if isinstance(event, CaseFinished)) == list(range(6))
    assert [type(event) for event in events].count(Compiled) == 1
    assert isinstance(events[-1], Finished)
    assert events[-1].verdict is Verdict.AC


async def test_a_full_server_is_tried_again_until_it_has_room(tmp_path: Path) -> None:
    async with (
        ExecutorServer(settings(tmp_path, queue_limit=1)) as server,
        Client(server.addresses[0]) as client,
    ):
        nap = "import time; time.sleep(0.3); print(1)"

        async def verdict(number: int) -> Verdict:
            *_, last = [event async for event in client.judge(job(nap, job_id=str(number)))]
            assert isinstance(last, Finished)
            return last.verdict

        assert set(await asyncio.gather(*map(verdict, range(6)))) == {Verdict.AC}


async def test_what_does_not_help_is_not_tried_again(tmp_path: Path) -> None:
    tokens = tmp_path / "tokens"
    tokens.write_text(f"alice {TOKEN}\n")
    async with ExecutorServer(settings(tmp_path, tokens=tokens)) as server:
        async with Client(server.addresses[0], token=WRONG) as client:
            with pytest.raises(AccessDenied):
                await client.info()
        async with Client(server.addresses[0], token=TOKEN) as client:
            with pytest.raises(UsageError, match="at least one file") as refused:
                async for _ in client.judge(Job(id="x", submission=Submission(files=(), runtime="c"), cases=())):
                    pass
            assert refused.value.field == "job.submission.files"


async def test_a_server_that_is_not_there_is_said_in_the_end() -> None:
    async with Client("127.0.0.1:1", attempts=2) as client:
        with pytest.raises(ServerUnavailable):
            await client.info()
    with pytest.raises(UsageError, match="neither HOST:PORT"):
        await Client("nonsense").__aenter__()
    with pytest.raises(ServerUnavailable, match=r"no-such-host\.invalid is not known"):
        await Client("no-such-host.invalid:1").__aenter__()


async def test_closing_the_generator_ends_the_job_on_the_server(client: Client) -> None:
    events = client.judge(job("while True: pass", cpu_s=60))
    async for event in events:
        if isinstance(event, Compiled):
            break
    await events.aclose()
    done = [event async for event in client.judge(job())]
    assert isinstance(done[-1], Finished)
