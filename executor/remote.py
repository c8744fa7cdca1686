"""One server as a client sees it: a channel, what is known to be stored there, and what its refusals mean."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path

import grpc
from ennead.executor.v1 import executor_pb2 as pb
from ennead.executor.v1 import executor_pb2_grpc as pb_grpc
from google.rpc import error_details_pb2, status_pb2

from executor.errors import EnneadError, UsageError
from executor.model import MIB, Content, File, Job, TestCase, Trial
from executor.scheduler import QueueFull
from executor.wire import requests

_INLINE_BYTES = MIB
"""Larger contents are uploaded, and so is every content above a page once a request would be larger than that."""
_SMALL_BYTES = 4096
_CHUNK_BYTES = MIB
_DIGESTS_AT_ONCE = 1000
_MESSAGE_BYTES = 256 * MIB
"""What is taken from a server that was told how much to return."""

CHANNEL_OPTIONS = (
    ("grpc.max_receive_message_length", _MESSAGE_BYTES),
    ("grpc.max_send_message_length", _MESSAGE_BYTES),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.enable_retries", 0),  # tried again where it is known what has been told already
)


class ServerUnavailable(EnneadError):
    """No server could be reached, or none stayed long enough."""


class AccessDenied(EnneadError):
    """The server does not let this client in."""


class ServerFailed(EnneadError):
    """The server failed; its log says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What a failed call means.

    Args:
        error: for the caller, if it is not tried again.
        again: whether trying again may help.
        pause_s: how long the server wants to be left alone; None if it does not say.
        missing_blob: digest of a blob that the server does not have any more.
    """

    error: EnneadError
    again: bool = False
    pause_s: float | None = None
    missing_blob: str | None = None


def meaning_of(failed: grpc.aio.AioRpcError) -> Answer:
    """What a call's failure means, by its status and the details that came with it."""
    code, message = failed.code(), failed.details() or failed.code().name
    details = _details(failed)
    if code is grpc.StatusCode.UNAVAILABLE:
        return Answer(ServerUnavailable(message), again=True)
    if code is grpc.StatusCode.CANCELLED:  # not by us, who would get a CancelledError: a server ends, or has too much
        return Answer(ServerUnavailable("the server gave the call up"), again=True)
    if code is grpc.StatusCode.RESOURCE_EXHAUSTED:
        pause = next((each for each in details if isinstance(each, error_details_pb2.RetryInfo)), None)
        delay = None if pause is None else pause.retry_delay.ToNanoseconds() / 1e9
        return Answer(QueueFull(message), again=pause is not None, pause_s=delay)
    if code is grpc.StatusCode.INVALID_ARGUMENT:
        requests_ = (each for each in details if isinstance(each, error_details_pb2.BadRequest))
        fields = [violation.field for each in requests_ for violation in each.field_violations]
        return Answer(UsageError(message, fields[0] if fields else ""))
    if code is grpc.StatusCode.NOT_FOUND:
        blobs = [each.resource_name for each in details if isinstance(each, error_details_pb2.ResourceInfo)]
        return Answer(UsageError(message), again=bool(blobs), pause_s=0.0, missing_blob=blobs[0] if blobs else None)
    if code in {grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED}:
        return Answer(AccessDenied(message))
    return Answer(ServerFailed(f"{code.name}: {message}"))


def _details(failed: grpc.aio.AioRpcError) -> list[object]:
    """Those whose kind is known."""
    status = status_pb2.Status()
    for key, value in failed.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            status.MergeFromString(value if isinstance(value, bytes) else value.encode())
    found: list[object] = []
    for packed in status.details:
        for kind in (error_details_pb2.BadRequest, error_details_pb2.RetryInfo, error_details_pb2.ResourceInfo):
            message = kind()
            if packed.Unpack(message):
                found.append(message)
    return found


class Server:
    """
    Args:
        address: where it listens.
        channel: to that address.
        token: shown with every call.
    """

    def __init__(self, address: str, channel: grpc.aio.Channel, token: str | None) -> None:
        self.address = address
        self.channel = channel
        self.stub = pb_grpc.ExecutorServiceStub(channel)
        self.metadata = (("authorization", f"Bearer {token}"),) if token else ()
        self.calls = 0
        """In progress."""
        self.away_until = 0.0
        """When it may be tried again, in the loop's time."""
        self._stored: set[str] = set()

    async def job_message(self, job: Job, returned: int) -> pb.Job:
        """The message for a job; what is too large for it has been uploaded."""
        contents = [content for case in job.cases for content in _contents_of_case(case)]
        uploads = await self._upload([*_contents_of_files(job.submission.files), *contents])
        return requests.job_message(job, uploads.put, returned)

    async def trial_message(self, trial: Trial, returned: int) -> pb.RunRequest:
        """The message for a trial; what is too large for it has been uploaded."""
        files = _contents_of_files((*trial.submission.files, *trial.work_files))
        uploads = await self._upload([*files, trial.stdin])
        return requests.trial_message(trial, uploads.put, returned)

    def forget(self, digest: str) -> None:
        """The server said that it does not have this blob any more."""
        self._stored.discard(digest)

    async def _upload(self, contents: list[Content]) -> _Uploads:
        if _is_small(contents):
            return _Uploads([])  # at once: a thread would take longer than the rest of the request
        uploads = await asyncio.to_thread(_Uploads, contents)
        wanted = [digest for digest in uploads.by_digest if digest not in self._stored]
        for start in range(0, len(wanted), _DIGESTS_AT_ONCE):
            part = wanted[start : start + _DIGESTS_AT_ONCE]
            missing = (await self.stub.HasBlobs(pb.HasBlobsRequest(sha256=part), metadata=self.metadata)).missing_sha256
            for digest in missing:
                await self.stub.PutBlob(_parts(digest, uploads.by_digest[digest]), metadata=self.metadata)
            self._stored.update(part)
        return uploads


class _Uploads:
    """Which of the contents travel by digest. Reads files: not for the event loop."""

    def __init__(self, contents: list[Content]) -> None:
        sizes = {id(content): _size(content) for content in contents}
        bound = _INLINE_BYTES if sum(sizes.values()) <= 2 * _INLINE_BYTES else _SMALL_BYTES
        self._digests = {id(each): _digest(each) for each in contents if sizes[id(each)] > bound}
        self.by_digest = {self._digests[id(each)]: each for each in contents if id(each) in self._digests}

    def put(self, message: pb.Content, content: Content) -> None:
        if (digest := self._digests.get(id(content))) is not None:
            message.sha256 = digest
        else:
            message.inline = content if isinstance(content, bytes) else content.read_bytes()


def _is_small(contents: Iterable[Content]) -> bool:
    """Whether all of it is in memory and fits into a request."""
    left = _INLINE_BYTES
    for content in contents:
        if not isinstance(content, bytes):
            return False
        left -= len(content)
    return left >= 0


def _contents_of_files(files: Iterable[File]) -> list[Content]:
    return [file.content for file in files]


def _contents_of_case(case: TestCase) -> list[Content]:
    return (
        [case.stdin, *case.alternatives] if case.expected is None else [case.stdin, case.expected, *case.alternatives]
    )


def _size(content: Content) -> int:
    return len(content) if isinstance(content, bytes) else content.stat().st_size


def _digest(content: Content) -> str:
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    with content.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def _parts(digest: str, content: Content) -> AsyncIterator[pb.PutBlobRequest]:
    """A blob in messages; a file is never in memory as a whole."""
    yield pb.PutBlobRequest(sha256=digest)
    if isinstance(content, Path):
        with content.open("rb") as file:
            while chunk := await asyncio.to_thread(file.read, _CHUNK_BYTES):
                yield pb.PutBlobRequest(chunk=chunk)
    else:
        for start in range(0, len(content), _CHUNK_BYTES):
            yield pb.PutBlobRequest(chunk=content[start : start + _CHUNK_BYTES])
