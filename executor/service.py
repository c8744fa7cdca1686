"""
The executor's RPCs: each turns a request into a job or a trial, and what becomes of it into answers.

Whatever goes wrong with a submission is in the answers. What goes wrong with a request is a status, said before
anything of the job has begun. A call that is cancelled, runs into its deadline or whose client does not read its
answers takes what runs of its jobs down with it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, nullcontext
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NoReturn

import grpc
from ennead.executor.v1 import executor_pb2 as pb
from ennead.executor.v1 import executor_pb2_grpc as pb_grpc

from executor.blobs import BlobMissing, BlobStore, BlobStoreFull, check_digest
from executor.engine import Engine, QueueFull
from executor.errors import EngineClosed, EnneadError, UsageError
from executor.model import MIB, SECOND, CaseFinished, Compiled, Event, Finished, Limits
from executor.observation import Observer
from executor.wire import answers, requests
from executor.wire.gathering import Gathered
from serving.errors import Refusal, abort, exhausted, invalid, not_found, unavailable

_log = logging.getLogger(__name__)

_Context = grpc.aio.ServicerContext[Any, Any]
_Send = Callable[[Event, int], Awaitable[None]]
"""Takes an event, and how many bytes of each output are wanted of it."""

_RETRY_AFTER_S = 1.0
_ANSWERS_AHEAD = 64
"""Answers of a batch that wait for a slow reader."""
_MOST_DIGESTS = 10_000
_LONGEST_ECHO = 256
_RETURNED_OF_A_RUN = MIB

MAXIMUM_LIMITS = Limits(
    cpu_ns=600 * SECOND,
    wall_ns=1800 * SECOND,
    memory_bytes=4096 * MIB,
    output_bytes=256 * MIB,
    file_size_bytes=1024 * MIB,
    open_files=4096,
    processes=512,
    stack_bytes=4096 * MIB,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceConfig:
    """
    Args:
        maximum_limits: what a case or a compile step may ask for.
        returned_bytes: how much of one output a client may want back.
        jobs_ahead: jobs of one batch that are taken from its stream, for each slot, before others are finished.
        stall_s: how long a client may leave an answer unread.
        message_bytes: the largest request.
    """

    maximum_limits: Limits = MAXIMUM_LIMITS
    returned_bytes: int = MIB
    jobs_ahead: int = 4
    stall_s: float = 60.0
    message_bytes: int = 16 * MIB


def refusal_of(error: EnneadError) -> Refusal:
    """What a client is told when its request cannot be served."""
    match error:
        case BlobMissing():
            return not_found(str(error), "blob", error.sha256)
        case UsageError():
            return invalid(str(error), error.field)
        case QueueFull():
            return exhausted(str(error), _RETRY_AFTER_S)
        case BlobStoreFull():
            return exhausted(str(error), _RETRY_AFTER_S)
        case EngineClosed():
            return unavailable("the server is shutting down")
    return Refusal(grpc.StatusCode.INTERNAL, "the server failed; its log says why")


class ExecutorService(pb_grpc.ExecutorServiceServicer):
    """
    Args:
        engine: open as long as the service is used.
        blobs: what requests refer to by digest.
        client_of: the name of the client that makes a call; those without names share one.
        observer: told of every event.
    """

    def __init__(
        self,
        engine: Engine,
        blobs: BlobStore,
        config: ServiceConfig | None = None,
        client_of: Callable[[_Context], str] = lambda _: "",
        observer: Observer | None = None,
    ) -> None:
        self._engine = engine
        self._blobs = blobs
        self._config = config or ServiceConfig()
        self._client_of = client_of
        self._observer = observer

    # A coroutine that writes, not a generator: only a write can be given up when nobody reads.
    async def Judge(self, request: pb.JudgeRequest, context: _Context) -> None:  # type: ignore[override]  # the generated code knows generators alone
        async def send(event: Event, returned: int) -> None:
            await self._write(context, answers.event_message(event, returned))

        try:
            if wait_s := requests.gather_s(request):
                await self._judge_gathering(request.job, context, wait_s)
            else:
                await self.judge(request.job, self._client_of(context), send)
        except EnneadError as error:
            await self._refuse(context, error)

    async def JudgeBatch(  # type: ignore[override]  # as above
        self, request_iterator: AsyncIterator[pb.JudgeBatchRequest], context: _Context
    ) -> None:
        at_once = self._config.jobs_ahead * self._engine.slots
        batch = _Batch(self, request_iterator, self._client_of(context), at_once)
        async with aclosing(batch.answers()) as answered:
            async for answer in answered:
                await self._write(context, answer)

    async def Run(self, request: pb.RunRequest, context: _Context) -> pb.RunResponse:
        try:
            returned = requests.returned_bytes(request, _RETURNED_OF_A_RUN, self._config.returned_bytes)
            with self._blobs.hold(requests.blobs_of_run(request)) as blob:
                trial = requests.trial_of(request, blob, self._config.maximum_limits)
                client = self._client_of(context)
                result = await self._engine.run(trial, client)
        except EnneadError as error:
            await self._refuse(context, error)
        if self._observer is not None:
            self._observer.note_trial(trial.submission.runtime, client, result)
        return answers.result_message(result, returned)

    async def PutBlob(
        self, request_iterator: AsyncIterator[pb.PutBlobRequest], context: _Context
    ) -> pb.PutBlobResponse:
        try:
            first = await anext(request_iterator, pb.PutBlobRequest())
            wanted = check_digest(first.sha256, "sha256") if first.HasField("sha256") else None
            sha256, size = await self._blobs.put(_chunks(first, request_iterator), wanted)
        except EnneadError as error:
            await self._refuse(context, error)
        return pb.PutBlobResponse(sha256=sha256, size_bytes=size)

    async def HasBlobs(self, request: pb.HasBlobsRequest, context: _Context) -> pb.HasBlobsResponse:
        try:
            if len(request.sha256) > _MOST_DIGESTS:
                raise UsageError(f"at most {_MOST_DIGESTS} blobs can be asked for at once", "sha256")
            digests = [check_digest(digest, f"sha256[{index}]") for index, digest in enumerate(request.sha256)]
        except EnneadError as error:
            await self._refuse(context, error)
        return pb.HasBlobsResponse(missing_sha256=self._blobs.missing(digests))

    async def ListRuntimes(self, request: pb.ListRuntimesRequest, context: _Context) -> pb.ListRuntimesResponse:
        messages = [
            answers.runtime_message(runtime, self._engine.version_of(runtime.id), self._engine.missing(runtime))
            for runtime in self._engine.runtimes
        ]
        return pb.ListRuntimesResponse(runtimes=messages)

    async def GetServerInfo(self, request: pb.GetServerInfoRequest, context: _Context) -> pb.GetServerInfoResponse:
        most = self._config.maximum_limits
        return pb.GetServerInfoResponse(
            version=_version(),
            slots=self._engine.slots,
            queued=self._engine.queued,
            queue_limit=self._engine.queue_limit,
            isolation="native",
            meter=answers.meter_number(self._engine.meter),
            losses=self._engine.boxes_losses,
            default_limits=requests.limits_message(requests.capped(Limits(), most)),
            maximum_limits=requests.limits_message(most),
            message_bytes=self._config.message_bytes,
            blob_store_bytes=self._blobs.max_bytes,
            returned_output_bytes=self._config.returned_bytes,
        )

    async def judge_in_turn(self, message: pb.Job, client: str, send: _Send) -> None:
        """As `judge`, but a full queue is waited for: who sends a batch has said how much is to come."""
        while True:
            try:
                return await self.judge(message, client, send)
            except QueueFull:
                await asyncio.sleep(_RETRY_AFTER_S)

    async def judge(self, message: pb.Job, client: str, send: _Send) -> None:
        """
        Judge one job and send its events.

        Raises:
            EnneadError: it is refused; nothing was sent.
        """
        try:
            returned = requests.returned_bytes(message, 0, self._config.returned_bytes)
            with self._blobs.hold(requests.blobs_of_job(message)) as blob:
                job = requests.job_of(message, blob, self._config.maximum_limits)
                following = (
                    nullcontext(_unobserved) if self._observer is None else self._observer.following(job, client)
                )
                with following as note:
                    async with aclosing(self._engine.judge(job, client)) as events:
                        async for event in events:
                            note(event)
                            await send(event, returned)
        except UsageError as error:
            raise UsageError(str(error), f"job.{error.field}" if error.field else "job") from error

    async def _judge_gathering(self, message: pb.Job, context: _Context, wait_s: float) -> None:
        """As `judge`, with several events in an answer where they come soon after each other."""
        gathered = Gathered(wait_s)

        async def send(event: Event, returned: int) -> None:
            await gathered.put(answers.event_message(event, returned))

        job = asyncio.create_task(self.judge(message, self._client_of(context), send))
        job.add_done_callback(gathered.end)
        try:
            async for answer in gathered.answers():
                await self._write(context, answer)
            await job
        finally:
            job.cancel()
            await asyncio.wait({job})

    async def _write(self, context: _Context, answer: pb.JudgeResponse | pb.JudgeBatchResponse) -> None:
        """Send an answer; a client that does not read it for long must not keep a slot from others."""
        try:
            async with asyncio.timeout(self._config.stall_s):
                await context.write(answer)
        except TimeoutError:
            await abort(context, exhausted(f"the client left an answer unread for {self._config.stall_s:g} s", None))

    async def _refuse(self, context: _Context, error: EnneadError) -> NoReturn:
        refusal = refusal_of(error)
        if refusal.code is grpc.StatusCode.INTERNAL:
            _log.error("a request failed: %s", error)
        await abort(context, refusal)


class _Batch:
    """The jobs of one stream: so many at once, each answered as it goes, none ahead of a reader by more than a few."""

    def __init__(
        self, service: ExecutorService, incoming: AsyncIterator[pb.JudgeBatchRequest], client: str, at_once: int
    ) -> None:
        self._service = service
        self._client = client
        self._incoming = incoming
        self._room = asyncio.Semaphore(at_once)
        self._answers: asyncio.Queue[pb.JudgeBatchResponse | None] = asyncio.Queue(_ANSWERS_AHEAD)
        self._unfinished: set[str] = set()

    async def answers(self) -> AsyncGenerator[pb.JudgeBatchResponse, None]:
        jobs = asyncio.create_task(self._judge_all())
        try:
            while (answer := await self._answers.get()) is not None:
                yield answer
            await jobs
        finally:
            jobs.cancel()
            await asyncio.wait({jobs})

    async def _judge_all(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                async for request in self._incoming:
                    await self._room.acquire()
                    group.create_task(self._judge(request))
        finally:
            await self._answers.put(None)

    async def _judge(self, request: pb.JudgeBatchRequest) -> None:
        job_id = request.job.id
        try:
            if job_id in self._unfinished:
                twice = UsageError(f"a job with the id {job_id[:80]!r} is being judged already", "job.id")
                await self._answers.put(_refused(job_id, twice))
                return
            self._unfinished.add(job_id)
            try:
                await self._service.judge_in_turn(request.job, self._client, self._sender(request))
            except EnneadError as error:
                await self._answers.put(_refused(job_id, error))
            finally:
                self._unfinished.discard(job_id)
        finally:
            self._room.release()

    def _sender(self, request: pb.JudgeBatchRequest) -> _Send:
        job_id = request.job.id

        async def send(event: Event, returned: int) -> None:
            if isinstance(event, Finished) or (request.with_cases and isinstance(event, (Compiled, CaseFinished))):
                answer = pb.JudgeBatchResponse(job_id=job_id)
                answers.put_event(answer, event, returned)
                await self._answers.put(answer)

        return send


def _refused(job_id: str, error: EnneadError) -> pb.JudgeBatchResponse:
    return pb.JudgeBatchResponse(job_id=job_id[:_LONGEST_ECHO], refused=refusal_of(error).status())


def _unobserved(event: Event) -> None:
    pass


async def _chunks(first: pb.PutBlobRequest, rest: AsyncIterator[pb.PutBlobRequest]) -> AsyncIterator[bytes]:
    yield first.chunk
    async for request in rest:
        yield request.chunk


def _version() -> str:
    try:
        return version("ennead")
    except PackageNotFoundError:  # run from its sources, not installed
        return ""
