"""Run and blobs: one program with files in and out; test data that is sent once."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import psutil
import pytest
from ennead.executor.v1 import executor_pb2 as pb

from tests.service.conftest import Serve
from tests.service.support import (
    ECHO,
    MIB,
    SECOND,
    Stub,
    case,
    cpp,
    events_of,
    eventually,
    fields_of,
    python,
    request,
    text,
    verdict,
)


async def put(stub: Stub, content: bytes, sha256: str | None = None, chunk: int = MIB) -> pb.PutBlobResponse:
    async def parts() -> AsyncIterator[pb.PutBlobRequest]:
        yield pb.PutBlobRequest(sha256=sha256)
        for start in range(0, len(content), chunk):
            yield pb.PutBlobRequest(chunk=content[start : start + chunk])

    return await stub.PutBlob(parts())


def stored(content: bytes) -> pb.Content:
    return pb.Content(sha256=hashlib.sha256(content).hexdigest())


async def test_a_program_runs_once_with_files_in_and_out(stub: Stub) -> None:
    code = "import sys; open('out.txt', 'w').write(open('in.txt').read() + sys.argv[1] + sys.stdin.read()); exit(3)"
    submission = python(code)
    submission.args.append("b")
    result = await stub.Run(
        pb.RunRequest(
            submission=submission,
            stdin=text("c"),
            work_files=[pb.File(name="in.txt", content=text("a"))],
            wanted_files=["*.txt"],
        )
    )
    assert (verdict(result.verdict), result.outcome.exit_code, result.detail) == ("RTE", 3, "exit status 3")
    assert {file.name: file.content.inline for file in result.files} == {"in.txt": b"a", "out.txt": b"abc"}


async def test_what_does_not_compile_has_no_outcome(stub: Stub) -> None:
    result = await stub.Run(pb.RunRequest(submission=cpp("int main() { return x; }")))
    assert verdict(result.verdict) == "CE"
    assert not result.HasField("outcome")
    assert "not declared" in result.compiled.log


async def test_the_whole_output_of_a_run_comes_back_up_to_a_mebibyte(stub: Stub) -> None:
    result = await stub.Run(pb.RunRequest(submission=python("print('x' * 500000)")))
    assert len(result.outcome.stdout) == 500_001
    result = await stub.Run(pb.RunRequest(submission=python("print('x' * 3000000)")))
    assert (len(result.outcome.stdout), result.outcome.stdout_truncated) == (MIB, True)


@pytest.mark.parametrize(
    "asked,field",
    [
        (pb.RunRequest(), "submission"),
        (pb.RunRequest(submission=python(ECHO), work_files=[pb.File(name="../x")]), "work_files[0].name"),
        (pb.RunRequest(submission=python(ECHO), limits=pb.Limits(processes=10**6)), "limits.processes"),
        (pb.RunRequest(submission=python(ECHO), returned_output_bytes=2**30), "returned_output_bytes"),
    ],
)
async def test_a_run_that_cannot_be_served_is_refused_with_the_field_s_name(
    stub: Stub, asked: pb.RunRequest, field: str
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await stub.Run(asked)
    assert failed.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert fields_of(failed.value) == [field]


async def test_a_blob_is_stored_once_and_serves_any_number_of_jobs(stub: Stub) -> None:
    data = b"12 34\n" * 100_000
    digest = hashlib.sha256(data).hexdigest()
    assert list((await stub.HasBlobs(pb.HasBlobsRequest(sha256=[digest]))).missing_sha256) == [digest]
    answer = await put(stub, data, digest)
    assert (answer.sha256, answer.size_bytes) == (digest, len(data))
    assert not (await stub.HasBlobs(pb.HasBlobsRequest(sha256=[digest]))).missing_sha256
    shared = pb.TestCase(name="large", stdin=stored(data), expected=stored(data))
    for _ in range(2):
        events = await events_of(stub.Judge(request(python(ECHO), shared, shared)))
        assert verdict(events[-1].finished.verdict) == "AC"


async def test_a_source_may_be_a_blob_too(stub: Stub) -> None:
    code = b'#include <cstdio>\nint main() { puts("1"); }'
    await put(stub, code)
    submission = pb.Submission(files=[pb.File(name="main.cpp", content=stored(code))], runtime="cpp")
    events = await events_of(stub.Judge(request(submission, case("", "1"))))
    assert verdict(events[-1].finished.verdict) == "AC"


async def test_bytes_that_are_not_what_was_said_are_not_stored(stub: Stub) -> None:
    wrong = "0" * 64
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await put(stub, b"x", wrong)
    assert failed.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    asked = pb.HasBlobsRequest(sha256=[wrong, hashlib.sha256(b"x").hexdigest()])
    assert len((await stub.HasBlobs(asked)).missing_sha256) == 2


async def test_an_upload_that_is_given_up_leaves_nothing(serve: Serve, tmp_path: Path) -> None:
    stub = await serve(slots=1)

    incoming = tmp_path / "cache" / "blobs" / "incoming"
    begun = asyncio.Event()

    async def parts() -> AsyncIterator[pb.PutBlobRequest]:
        yield pb.PutBlobRequest(chunk=b"x" * MIB)
        begun.set()
        await asyncio.sleep(60)

    call = stub.PutBlob(parts())
    await begun.wait()
    await eventually(lambda: bool(list(incoming.iterdir())))
    call.cancel()
    await eventually(lambda: not list(incoming.iterdir()))


async def test_the_store_is_bounded_and_drops_what_was_not_used_for_longest(serve: Serve) -> None:
    stub = await serve(slots=1, blobs_mib=2)
    first, second, third = (os.urandom(MIB - 1000) for _ in range(3))
    for data in (first, second):
        await put(stub, data)
    await stub.HasBlobs(pb.HasBlobsRequest(sha256=[hashlib.sha256(first).hexdigest()]))
    await put(stub, third)
    digests = [hashlib.sha256(data).hexdigest() for data in (first, second, third)]
    assert list((await stub.HasBlobs(pb.HasBlobsRequest(sha256=digests))).missing_sha256) == [digests[1]]
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await put(stub, os.urandom(3 * MIB))
    assert failed.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_a_blob_that_a_running_job_uses_is_not_dropped(serve: Serve) -> None:
    stub = await serve(slots=1, blobs_mib=2)
    data = b"1\n" * (500 * 1024)
    await put(stub, data)
    slow = python("import time; time.sleep(1); import sys; sys.stdout.write(sys.stdin.read())")
    uses = pb.TestCase(name="held", stdin=stored(data), expected=stored(data))
    call = stub.Judge(request(slow, uses, uses))
    await anext(aiter(call))
    for _ in range(3):
        await put(stub, os.urandom(900 * 1024))
    events = [event async for event in call]
    assert verdict(events[-1].finished.verdict) == "AC"


@pytest.mark.slow
async def test_much_test_data_passes_through_without_staying_in_memory(serve: Serve) -> None:
    """256 MiB in four blobs: what the process holds grows by far less than one of them."""
    stub = await serve(slots=1)
    process = psutil.Process()
    before = process.memory_info().rss
    length = "import sys; print(sum(len(chunk) for chunk in iter(lambda: sys.stdin.buffer.read(1 << 16), b'')))"
    for number in range(4):
        data = bytes([65 + number]) * (64 * MIB)
        await put(stub, data)
        large = pb.TestCase(stdin=stored(data), expected=text(str(len(data))), limits=pb.Limits(cpu_ns=10 * SECOND))
        del data
        events = await events_of(stub.Judge(request(python(length), large)))
        assert verdict(events[-1].finished.verdict) == "AC"
    assert process.memory_info().rss - before < 150 * MIB, "the client's own copy of a blob is in this process too"
