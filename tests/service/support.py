"""Requests in few words, and what comes back in a form that is easy to compare."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterable, Callable, Iterable
from typing import TYPE_CHECKING, TypeAlias

import grpc
from ennead.executor.v1 import executor_pb2 as pb
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2

if TYPE_CHECKING:  # the generated code has this name for type checkers alone
    from ennead.executor.v1.executor_pb2_grpc import ExecutorServiceAsyncStub

Stub: TypeAlias = "ExecutorServiceAsyncStub"

SECOND = 1_000_000_000
MIB = 1024 * 1024

ECHO = "import sys; sys.stdout.write(sys.stdin.read())"
SPIN = "while True: pass"
SLEEP = "import time; time.sleep(60)"
SLOW_TO_COMPILE = (
    "template <int N> constexpr long spin() { long x = N; for (long i = 0; i < 8000000; i++) x += i % 7; return x; }"
    + "".join(f"static_assert(spin<{number}>() != 3);" for number in range(20))
    + "int main() {}"
)
"""Each evaluation stays below what the compiler allows one, and takes it a second or so."""


def text(content: str | bytes) -> pb.Content:
    return pb.Content(inline=content.encode() if isinstance(content, str) else content)


def python(code: str) -> pb.Submission:
    return pb.Submission(files=[pb.File(name="main.py", content=text(code))], runtime="python")


def cpp(code: str) -> pb.Submission:
    return pb.Submission(files=[pb.File(name="main.cpp", content=text(code))], runtime="cpp")


def case(stdin: str = "", expected: str | None = None, name: str = "case") -> pb.TestCase:
    return pb.TestCase(name=name, stdin=text(stdin), expected=None if expected is None else text(expected))


def job(
    submission: pb.Submission, *cases: pb.TestCase, job_id: str = "job", cpu_s: float = 5, **fields: object
) -> pb.Job:
    limits = pb.Limits(cpu_ns=round(cpu_s * SECOND), memory_bytes=256 * MIB)
    return pb.Job(id=job_id, submission=submission, cases=cases, limits=limits, **fields)  # type: ignore[arg-type]  # fields of Job


def request(*args: object, **kwargs: object) -> pb.JudgeRequest:
    return pb.JudgeRequest(job=job(*args, **kwargs))  # type: ignore[arg-type]  # passed on


def verdict(number: int) -> str:
    return pb.Verdict.Name(pb.Verdict.ValueType(number)).removeprefix("VERDICT_")


def kinds(events: Iterable[pb.JudgeResponse]) -> list[str]:
    return [str(event.WhichOneof("event")) for event in events]


async def events_of(call: AsyncIterable[pb.JudgeResponse]) -> list[pb.JudgeResponse]:
    return [event async for event in call]


def details_of(failed: grpc.aio.AioRpcError, kind: type[Message]) -> list[Message]:
    """The details of one kind that came with a failure."""
    found = []
    for key, value in failed.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            for packed in status_pb2.Status.FromString(value).details:
                detail = kind()
                if packed.Unpack(detail):
                    found.append(detail)
    return found


def fields_of(failed: grpc.aio.AioRpcError) -> list[str]:
    """The fields that a refusal names."""
    requests = details_of(failed, error_details_pb2.BadRequest)
    return [violation.field for each in requests for violation in each.field_violations]  # type: ignore[attr-defined]  # google.rpc has no types


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self._began


async def eventually(condition: Callable[[], bool], within_s: float = 10) -> None:
    """Wait until a condition holds that nobody tells us of; fail if it does not come."""
    for _ in range(round(within_s * 100)):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("what was waited for did not come")
