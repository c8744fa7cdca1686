"""Several events in one answer, for clients that ask for it: the same events, in fewer messages, none of them late."""

from __future__ import annotations

import asyncio

import grpc
import pytest
from ennead.executor.v1 import executor_pb2 as pb

from executor.wire.gathering import Gathered
from tests.service.conftest import Serve
from tests.service.support import (
    ECHO,
    SECOND,
    SLEEP,
    Stub,
    case,
    cpp,
    events_of,
    fields_of,
    job,
    kinds,
    python,
    verdict,
)

KIB = 1024
MOST_BYTES = 256 * KIB


def gathering(asked: pb.Job, gather_ns: int = SECOND) -> pb.JudgeRequest:
    return pb.JudgeRequest(job=asked, gather_ns=gather_ns)


def told(answers: list[pb.JudgeResponse]) -> list[pb.JudgeResponse]:
    """The events of answers, one after another."""
    return [event for answer in answers for event in (answer, *answer.further)]


async def test_the_events_are_the_same_in_fewer_answers(stub: Stub) -> None:
    cases = [case(str(number), str(number)) for number in range(20)]
    answers = await events_of(stub.Judge(gathering(job(python(ECHO), *cases))))
    events = told(answers)
    assert kinds(events) == ["queued", "started", "compiled", *["case_finished"] * 20, "finished"]
    assert sorted(event.case_finished.index for event in events[3:-1]) == list(range(20))
    assert (verdict(events[-1].finished.verdict), events[-1].finished.passed) == ("AC", 20)
    assert len(answers) < len(events) / 2
    assert not any(each.further for answer in answers for each in answer.further), "one level is all that clients know"


async def test_who_does_not_ask_gets_every_event_by_itself(stub: Stub) -> None:
    answers = await events_of(stub.Judge(gathering(job(python(ECHO), *[case("1", "1")] * 5), gather_ns=0)))
    assert kinds(answers) == ["queued", "started", "compiled", *["case_finished"] * 5, "finished"]
    assert not any(answer.further for answer in answers)


async def test_the_first_case_does_not_wait_for_others(serve: Serve) -> None:
    stub = await serve(slots=1)
    second_is_slow = python("import time; time.sleep(0.4 * int(input()))")
    answers = await events_of(stub.Judge(gathering(job(second_is_slow, case("0"), case("1")))))
    first = next(each for each in (kinds(told([answer])) for answer in answers) if "case_finished" in each)
    assert (first.count("case_finished"), first[-1]) == (1, "case_finished")


async def test_what_waits_for_a_slot_is_told_in_time(serve: Serve) -> None:
    stub = await serve(slots=1)
    blocking = stub.Judge(pb.JudgeRequest(job=job(python(SLEEP), case(), cpu_s=60)))
    await anext(aiter(blocking))
    waiting = stub.Judge(gathering(job(python(ECHO), case()), gather_ns=SECOND // 100))
    assert kinds([await asyncio.wait_for(anext(aiter(waiting)), 10)]) == ["queued"]
    blocking.cancel()


async def test_an_answer_with_several_events_does_not_outgrow_its_bound(stub: Stub) -> None:
    prints = python("import sys; sys.stdout.write('x' * int(input()))")
    sizes = [100 * KIB] * 12 + [600 * KIB] + [10] * 12
    asked = job(prints, *[case(str(size)) for size in sizes], returned_output_bytes=1024 * KIB)
    answers = await events_of(stub.Judge(gathering(asked)))
    finished = [event.case_finished for event in told(answers) if event.WhichOneof("event") == "case_finished"]
    assert {each.index: len(each.outcome.stdout) for each in finished} == dict(enumerate(sizes))
    assert len(finished) == len(sizes)
    for answer in answers:
        assert not answer.further or answer.ByteSize() <= MOST_BYTES + KIB
    assert any(answer.further for answer in answers)


async def test_who_gives_up_frees_the_slot(serve: Serve) -> None:
    stub = await serve(slots=1)
    call = stub.Judge(gathering(job(python(SLEEP), case(), cpu_s=60)))
    await anext(aiter(call))
    call.cancel()
    answers = await asyncio.wait_for(events_of(stub.Judge(gathering(job(python(ECHO), case("1", "1"))))), 20)
    assert verdict(told(answers)[-1].finished.verdict) == "AC"


async def test_who_does_not_read_holds_the_job_up_and_is_cut_off(serve: Serve) -> None:
    stub = await serve(slots=1, stall_s=0.3)
    floods = cpp("#include <cstdio>\nint main() { for (int i = 0; i < 1 << 20; i++) putchar(120); }")
    asked = job(floods, *[case()] * 60, returned_output_bytes=1024 * KIB)
    read = []

    async def read_slowly() -> None:
        async for answer in stub.Judge(gathering(asked)):
            read.extend(told([answer]))
            await asyncio.sleep(1)

    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await read_slowly()
    assert failed.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert len(read) < 60
    answers = await asyncio.wait_for(events_of(stub.Judge(gathering(job(python(ECHO), case("1", "1"))))), 60)
    assert verdict(told(answers)[-1].finished.verdict) == "AC"


@pytest.mark.parametrize("gather_ns", [-1, SECOND + 1])
async def test_a_time_that_makes_no_sense_is_refused(stub: Stub, gather_ns: int) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await events_of(stub.Judge(gathering(job(python(ECHO), case()), gather_ns)))
    assert failed.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert fields_of(failed.value) == ["gather_ns"]


async def test_a_job_that_is_refused_is_refused_as_without_it(stub: Stub) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await events_of(stub.Judge(gathering(job(pb.Submission(runtime="python")))))
    assert failed.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert fields_of(failed.value) == ["job.submission.files"]


def numbered(index: int, stdout: bytes = b"") -> pb.JudgeResponse:
    return pb.JudgeResponse(case_finished=pb.CaseFinished(index=index, outcome=pb.Outcome(stdout=stdout)))


@pytest.mark.parametrize("event", [numbered(1, b"x" * 1000), numbered(1)])
async def test_events_that_nobody_reads_are_bounded(event: pb.JudgeResponse) -> None:
    gathered = Gathered(1.0)

    async def produce() -> None:
        for index in range(100_000):
            copy = pb.JudgeResponse()
            copy.CopyFrom(event)
            copy.case_finished.index = index
            await gathered.put(copy)

    producer = asyncio.create_task(produce())
    producer.add_done_callback(gathered.end)
    await asyncio.wait({producer}, timeout=0.2)
    assert not producer.done(), "it is held up until somebody reads"
    seen: list[int] = []
    async for answer in gathered.answers():
        assert answer.ByteSize() <= MOST_BYTES + KIB
        assert len(answer.further) < 256
        seen += [each.case_finished.index for each in told([answer])]
    assert seen == list(range(100_000))


async def test_what_ends_without_events_has_no_answers() -> None:
    gathered = Gathered(1.0)
    gathered.end()
    assert [answer async for answer in gathered.answers()] == []
