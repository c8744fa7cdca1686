"""Whatever a client sends gets a result or a precise refusal, and the server lives on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from ennead.executor.v1 import executor_pb2 as pb
from ennead.executor.v1 import executor_pb2_grpc as pb_grpc
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from executor.server import SERVICE, ExecutorServer
from executor.settings import ExecutorSettings
from tests.service.support import ECHO, Stub, case, events_of, kinds, python, request, verdict

TEXTS = st.text(max_size=20) | st.sampled_from(["", "main.py", "../x", "/x", "a//b", "x" * 300, "a\0b", "."])
CONTENTS = st.builds(pb.Content, inline=st.binary(max_size=50)) | st.builds(pb.Content, sha256=TEXTS)
INT64 = st.integers(-(2**63), 2**63 - 1)
INT32 = st.integers(-(2**31), 2**31 - 1)
LIMITS = st.builds(
    pb.Limits,
    cpu_ns=st.none() | INT64 | st.just(100_000_000),
    wall_ns=st.none() | INT64 | st.just(500_000_000),
    memory_bytes=st.none() | INT64,
    output_bytes=st.none() | INT64,
    open_files=st.none() | INT32,
    processes=st.none() | INT32,
    stack_bytes=st.none() | INT64,
)
FILES = st.lists(st.builds(pb.File, name=TEXTS, content=CONTENTS, executable=st.booleans()), max_size=3)
SUBMISSIONS = st.builds(
    pb.Submission,
    files=FILES,
    runtime=st.sampled_from(["python", "c", "", "pyton"]),
    entry=st.none() | TEXTS,
    flags=st.lists(TEXTS, max_size=2),
    args=st.lists(TEXTS, max_size=2),
)
CASES = st.lists(
    st.builds(pb.TestCase, name=TEXTS, stdin=CONTENTS, expected=st.none() | CONTENTS, limits=st.none() | LIMITS),
    max_size=3,
)
JOBS = st.builds(
    pb.Job,
    id=TEXTS,
    submission=st.none() | SUBMISSIONS,
    cases=CASES,
    limits=st.just(pb.Limits(cpu_ns=200_000_000, wall_ns=1_000_000_000)) | LIMITS,
    checker=st.builds(pb.Checker, kind=st.integers(0, 9), tolerance=st.none() | st.floats()),
    stop_at_first_failure=st.booleans(),
    allowances=st.booleans(),
    cold=st.booleans(),
    returned_output_bytes=st.none() | INT32,
)
PRECISE = {grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND}
HYPOTHESIS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


async def lives(stub: Stub) -> bool:
    events = await events_of(stub.Judge(request(python(ECHO), case("1", "1"))))
    return verdict(events[-1].finished.verdict) == "AC"


async def _answer(stub: Stub, job: pb.Job) -> list[pb.JudgeResponse] | grpc.aio.AioRpcError:
    try:
        return await asyncio.wait_for(events_of(stub.Judge(pb.JudgeRequest(job=job))), 60)
    except grpc.aio.AioRpcError as failed:
        return failed


async def _last(call: AsyncIterator[bytes]) -> None:
    async with asyncio.timeout(20):
        async for _ in call:
            pass


@pytest.mark.slow
def test_every_job_gets_a_result_or_a_precise_refusal(tmp_path: Path) -> None:
    async def attempts() -> None:
        chosen = ExecutorSettings(listen=["127.0.0.1:0"], cache_dir=tmp_path, slots=2)
        async with ExecutorServer(chosen) as server, grpc.aio.insecure_channel(server.addresses[0]) as channel:
            stub: Stub = pb_grpc.ExecutorServiceStub(channel)
            loop = asyncio.get_running_loop()

            async def one(job: pb.Job) -> None:
                answer = await _answer(stub, job)
                if isinstance(answer, grpc.aio.AioRpcError):
                    assert answer.code() in PRECISE, answer
                    assert answer.details()
                else:
                    assert kinds(answer)[-1] == "finished"
                    assert verdict(answer[-1].finished.verdict) != "JE", answer[-1]

            @HYPOTHESIS
            @given(JOBS)
            def tried(job: pb.Job) -> None:
                asyncio.run_coroutine_threadsafe(one(job), loop).result(90)

            await asyncio.to_thread(tried)
            assert await lives(stub)

    asyncio.run(attempts())


@pytest.mark.parametrize("method", ["Judge", "JudgeBatch", "Run", "PutBlob", "HasBlobs", "ListRuntimes"])
@pytest.mark.parametrize("message", [b"\xff" * 20, b"\x0a\xff\xff\xff\xff\x0f"])
async def test_bytes_that_are_no_message_are_an_error_of_that_call_alone(
    tmp_path: Path, method: str, message: bytes
) -> None:
    chosen = ExecutorSettings(listen=["127.0.0.1:0"], cache_dir=tmp_path, slots=1)
    async with ExecutorServer(chosen) as server, grpc.aio.insecure_channel(server.addresses[0]) as channel:
        call: Any = channel.stream_stream(f"/{SERVICE}/{method}")

        async def messages() -> AsyncIterator[bytes]:
            yield message

        with pytest.raises(grpc.aio.AioRpcError):
            await _last(call(messages()))
        assert await lives(pb_grpc.ExecutorServiceStub(channel))


async def test_a_storm_of_cancelled_calls_leaves_the_slots_free(stub: Stub) -> None:
    for _ in range(5):
        calls = [stub.Judge(request(python("while True: pass"), case(), cpu_s=60)) for _ in range(40)]
        await asyncio.gather(*(anext(aiter(call)) for call in calls))
        for call in calls:
            call.cancel()
    async with asyncio.timeout(30):
        assert await lives(stub)
    assert not (await stub.GetServerInfo(pb.GetServerInfoRequest())).queued


async def test_a_job_of_many_cases_is_answered_case_by_case(stub: Stub) -> None:
    """Ten thousand cases in one job, after the first failure not run: the answer does not wait for them."""
    asked = request(python(ECHO), *[case("1", "2")] * 10_000, stop_at_first_failure=True)
    events = await events_of(stub.Judge(asked))
    assert (events[-1].finished.total, events[-1].finished.passed) == (10_000, 0)
    assert len(events) < 20
