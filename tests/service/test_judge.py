"""What Judge answers: events in order, verdicts as results, refusals that name the field."""

from __future__ import annotations

import asyncio

import grpc
import pytest
from ennead.executor.v1 import executor_pb2 as pb
from google.rpc import error_details_pb2

from tests.service.conftest import Serve
from tests.service.support import (
    ECHO,
    MIB,
    SECOND,
    SLEEP,
    SPIN,
    Stopwatch,
    Stub,
    case,
    cpp,
    details_of,
    events_of,
    fields_of,
    job,
    kinds,
    python,
    request,
    text,
    verdict,
)


async def refused(stub: Stub, asked: pb.JudgeRequest) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await events_of(stub.Judge(asked))
    return failed.value


async def test_a_job_s_events_come_in_order_with_each_case_once(stub: Stub) -> None:
    cases = [case(str(number), str(number)) for number in range(10)]
    events = await events_of(stub.Judge(request(python(ECHO), *cases)))
    assert kinds(events) == ["queued", "started", "compiled", *["case_finished"] * 10, "finished"]
    assert sorted(event.case_finished.index for event in events[3:-1]) == list(range(10))
    finished = events[-1].finished
    assert (verdict(finished.verdict), finished.passed, finished.total) == ("AC", 10, 10)
    assert events[2].compiled.version.startswith("Python 3")


async def test_queue_and_set_up_time_are_told_apart(serve: Serve) -> None:
    stub = await serve(slots=1)
    blocking = stub.Judge(request(python("import time; time.sleep(0.5)"), case()))
    await anext(aiter(blocking))
    events = await events_of(stub.Judge(request(python(ECHO), case())))
    started = next(event.started for event in events if event.WhichOneof("event") == "started")
    assert started.queue_ns > SECOND // 10
    assert 0 <= started.setup_ns < started.queue_ns


@pytest.mark.parametrize(
    "submission,expected,word",
    [
        (python(ECHO), "other", "WA"),
        (python("exit(3)"), "", "RTE"),
        (python(SPIN), "", "TLE"),
        (cpp("int main() { return x; }"), "", "CE"),
    ],
)
async def test_what_goes_wrong_with_a_submission_is_a_verdict(
    stub: Stub, submission: pb.Submission, expected: str, word: str
) -> None:
    events = await events_of(stub.Judge(request(submission, case("x", expected), cpu_s=1)))
    assert verdict(events[-1].finished.verdict) == word


async def test_as_much_output_comes_back_as_was_asked_for(stub: Stub) -> None:
    asked = request(python("print('x' * 1000)"), case(), returned_output_bytes=10)
    events = await events_of(stub.Judge(asked))
    outcome = events[-2].case_finished.outcome
    assert (outcome.stdout, outcome.stdout_truncated, outcome.stderr_truncated) == (b"x" * 10, True, False)
    assert outcome.usage.output_bytes == 1001


@pytest.mark.parametrize(
    "asked,field,sentence",
    [
        (pb.JudgeRequest(), "job.submission", "the job has no submission"),
        (request(pb.Submission(runtime="python")), "job.submission.files", "at least one file"),
        (request(pb.Submission(files=[pb.File(name="a")], runtime="pyton")), "job.submission.runtime", "choose python"),
        (request(pb.Submission(files=[pb.File(name="../a")], runtime="c")), "job.submission.files[0].name", "'../a'"),
        (request(pb.Submission(files=[pb.File(name="/a")], runtime="c")), "job.submission.files[0].name", "'/a'"),
        (request(python(ECHO), cpu_s=10_000), "job.limits.cpu_ns", "allows at most 600000000000"),
        (request(python(ECHO), cpu_s=0), "job.limits.cpu_ns", "must be more than 0"),
        (request(python(ECHO), checker=pb.Checker(kind=99)), "job.checker.kind", "number 99"),  # type: ignore[arg-type]  # that is the point
        (request(python(ECHO), job_id="x" * 257), "job.id", "at most 256"),
        (
            request(python(ECHO), pb.TestCase(stdin=pb.Content(sha256="XYZ"))),
            "job.cases[0].stdin.sha256",
            "not a SHA-256",
        ),
        (
            request(python(ECHO), pb.TestCase(limits=pb.Limits(memory_bytes=2**50))),
            "job.cases[0].limits.memory_bytes",
            "allows at most 4294967296",
        ),
        (request(python(ECHO), returned_output_bytes=-1), "job.returned_output_bytes", "is -1"),
    ],
)
async def test_a_request_that_cannot_be_served_is_refused_with_the_field_s_name(
    stub: Stub, asked: pb.JudgeRequest, field: str, sentence: str
) -> None:
    failed = await refused(stub, asked)
    assert failed.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert sentence in (failed.details() or "")
    assert fields_of(failed) == [field]


async def test_a_blob_that_is_not_there_is_named(stub: Stub) -> None:
    digest = "0" * 64
    failed = await refused(stub, request(python(ECHO), pb.TestCase(stdin=pb.Content(sha256=digest))))
    assert failed.code() is grpc.StatusCode.NOT_FOUND
    (info,) = details_of(failed, error_details_pb2.ResourceInfo)
    assert (info.resource_type, info.resource_name) == ("blob", digest)  # type: ignore[attr-defined]  # google.rpc has no types


async def test_a_full_queue_is_said_at_once_with_when_to_come_again(serve: Serve) -> None:
    stub = await serve(slots=1, queue_limit=1)
    calls = [stub.Judge(request(python(SLEEP), case())) for _ in range(2)]
    for call in calls:
        await anext(aiter(call))
    watch = Stopwatch()
    failed = await refused(stub, request(python(ECHO), case()))
    assert failed.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert details_of(failed, error_details_pb2.RetryInfo)
    assert watch.elapsed < 2
    for call in calls:
        call.cancel()


async def test_a_client_with_many_jobs_does_not_starve_one_with_a_single_job(tmp_path: object, serve: Serve) -> None:
    path = tmp_path / "tokens"  # type: ignore[operator]  # a Path
    path.write_text("many 0123456789abcdef-many\none 0123456789abcdef-one\n")
    stub = await serve(slots=1, tokens=path)
    many = (("authorization", "Bearer 0123456789abcdef-many"),)
    one = (("authorization", "Bearer 0123456789abcdef-one"),)
    busy = python("import time; time.sleep(0.2)")
    calls = [stub.Judge(request(busy, case()), metadata=many) for _ in range(100)]
    await asyncio.gather(*(anext(aiter(call)) for call in calls))
    watch = Stopwatch()
    await events_of(stub.Judge(request(python(ECHO), case()), metadata=one))
    assert watch.elapsed < 5, "a hundred jobs of 0.2 s were before it"
    for call in calls:
        call.cancel()


async def test_only_named_tests_and_limits_of_a_case_travel(stub: Stub) -> None:
    slow = pb.TestCase(name="slow", limits=pb.Limits(cpu_ns=SECOND // 2))
    events = await events_of(stub.Judge(request(python(SPIN), slow, cpu_s=60)))
    finished = events[-2].case_finished
    assert (finished.name, verdict(finished.verdict)) == ("slow", "TLE")
    assert finished.outcome.usage.cpu_ns < 2 * SECOND


async def test_stopping_at_the_first_failure_is_honoured(stub: Stub) -> None:
    asked = request(python(ECHO), *[case("x", "y")] * 20, stop_at_first_failure=True)
    events = await events_of(stub.Judge(asked))
    assert kinds(events).count("case_finished") < 20
    assert (events[-1].finished.passed, events[-1].finished.total) == (0, 20)


async def test_a_job_without_cases_is_only_compiled(stub: Stub) -> None:
    events = await events_of(stub.Judge(pb.JudgeRequest(job=job(cpp("int main() {}")))))
    assert kinds(events) == ["queued", "started", "compiled", "finished"]
    assert verdict(events[-1].finished.verdict) == "AC"


async def test_a_hundred_megabytes_of_memory_are_no_message(stub: Stub) -> None:
    huge = pb.JudgeRequest(job=job(python(ECHO), pb.TestCase(stdin=text(b"x" * 100 * MIB))))
    failed = await refused(stub, huge)
    assert failed.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    events = await events_of(stub.Judge(request(python(ECHO), case("1", "1"))))
    assert verdict(events[-1].finished.verdict) == "AC"
