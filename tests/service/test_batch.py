"""JudgeBatch: many jobs over one stream, each answered under its id, none lost, none twice, whoever reads slowly."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Iterable

import grpc
import psutil
import pytest
from ennead.executor.v1 import executor_pb2 as pb

from tests.service.conftest import Serve
from tests.service.support import ECHO, MIB, SLEEP, Stub, case, cpp, job, python, verdict


async def asked(jobs: Iterable[pb.Job], *, with_cases: bool = False) -> AsyncIterator[pb.JudgeBatchRequest]:
    for each in jobs:
        yield pb.JudgeBatchRequest(job=each, with_cases=with_cases)


async def test_every_job_is_finished_once_under_its_id(stub: Stub) -> None:
    jobs = [job(python(ECHO), case("1", str(number % 2)), job_id=f"j{number}") for number in range(200)]
    answers = [answer async for answer in stub.JudgeBatch(asked(jobs))]
    assert Counter(answer.job_id for answer in answers) == {f"j{number}": 1 for number in range(200)}
    words = Counter(verdict(answer.finished.verdict) for answer in answers)
    assert words == {"AC": 100, "WA": 100}


async def test_cases_are_told_where_they_are_wanted(stub: Stub) -> None:
    jobs = [job(cpp("int main() {}"), case(), case(), job_id="x")]
    answers = [answer async for answer in stub.JudgeBatch(asked(jobs, with_cases=True))]
    assert [answer.WhichOneof("event") for answer in answers] == [
        "compiled",
        "case_finished",
        "case_finished",
        "finished",
    ]


async def test_a_job_that_is_refused_does_not_end_the_stream(stub: Stub) -> None:
    jobs = [job(pb.Submission(), job_id="bad"), job(python(ECHO), case("1", "1"), job_id="good")]
    answers = {answer.job_id: answer async for answer in stub.JudgeBatch(asked(jobs))}
    assert answers["bad"].refused.code == grpc.StatusCode.INVALID_ARGUMENT.value[0]
    assert verdict(answers["good"].finished.verdict) == "AC"


async def test_an_id_that_is_being_judged_is_refused_and_free_again_afterwards(stub: Stub) -> None:
    slow = job(python("import time; time.sleep(0.5)"), case(), job_id="same")
    quick = job(python(ECHO), case("1", "1"), job_id="same")

    async def requests() -> AsyncIterator[pb.JudgeBatchRequest]:
        for each in (slow, quick):
            yield pb.JudgeBatchRequest(job=each)
        await asyncio.sleep(3)
        yield pb.JudgeBatchRequest(job=quick)

    answers = [answer async for answer in stub.JudgeBatch(requests())]
    assert [answer.WhichOneof("event") for answer in answers] == ["refused", "finished", "finished"]
    assert "is being judged already" in answers[0].refused.message


async def test_answers_come_while_the_client_still_sends(stub: Stub) -> None:
    got: asyncio.Queue[pb.JudgeBatchResponse] = asyncio.Queue()

    async def requests() -> AsyncIterator[pb.JudgeBatchRequest]:
        for number in range(3):
            yield pb.JudgeBatchRequest(job=job(python(ECHO), case("1", "1"), job_id=str(number)))
            answer = await asyncio.wait_for(got.get(), 20)
            assert answer.job_id == str(number)

    async for answer in stub.JudgeBatch(requests()):
        got.put_nowait(answer)


async def test_a_client_that_reads_slowly_slows_its_own_sending(serve: Serve) -> None:
    """Requests are not read ahead of the answers: whatever is not taken yet stays with the client."""
    stub = await serve(slots=2)
    sent = 0

    async def requests() -> AsyncIterator[pb.JudgeBatchRequest]:
        nonlocal sent
        padding = pb.File(name="padding", content=pb.Content(inline=os.urandom(32 * 1024)))
        for number in range(3_000):
            submission = python("pass")
            submission.files.append(padding)
            sent += 1
            yield pb.JudgeBatchRequest(
                job=job(submission, case(name="x" * 10_000), job_id=str(number)), with_cases=True
            )

    call = stub.JudgeBatch(requests())
    await anext(aiter(call))
    await asyncio.sleep(4)
    assert sent < 2_000
    call.cancel()


async def test_a_batch_that_is_given_up_takes_its_jobs_along(serve: Serve) -> None:
    stub = await serve(slots=2)
    jobs = (job(python(SLEEP), case(), job_id=str(number)) for number in range(100))
    call = stub.JudgeBatch(asked(jobs))
    reading = asyncio.create_task(anext(aiter(call), None))
    await asyncio.sleep(1)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    answers = [answer async for answer in stub.JudgeBatch(asked([job(python(ECHO), case("1", "1"))]))]
    assert verdict(answers[0].finished.verdict) == "AC"


async def test_a_thousand_jobs_that_wait_hold_little_memory(serve: Serve) -> None:
    stub = await serve(slots=1)
    process = psutil.Process()
    code = cpp("int main() {}")
    await anext(aiter(stub.JudgeBatch(asked([job(code, case(), job_id="warm")]))))
    before = process.memory_info().rss
    jobs = [job(code, case(stdin="x" * 1000), job_id=str(number)) for number in range(1_000)]
    count = 0
    async for _ in stub.JudgeBatch(asked(jobs)):
        count += 1
    assert count == 1_000
    assert process.memory_info().rss - before < 60 * MIB
