"""
The engine's interface over the wire: the same jobs in, the same events out, from one server or several.

    async with Client("localhost:50051") as client:
        async for event in client.judge(job):
            ...

Large contents are uploaded once to each server, by their digest. A server that is away or full is tried again with
growing pauses; a job that lost its connection half way is judged again, and nothing of it is told twice.

Every address has a channel of its own, instead of one channel that balances between them: a blob is stored on the
server to which it was sent, and so the job that refers to it must go there too.
"""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import grpc
from ennead.executor.v1 import executor_pb2 as pb

from executor.ahead import Ahead, first_failure
from executor.errors import EnneadError, UsageError
from executor.model import MS, CaseFinished, Event, Job, Trial, TrialResult
from executor.remote import CHANNEL_OPTIONS, Answer, Server, ServerUnavailable, meaning_of
from executor.wire import answers

_ATTEMPTS = 8
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.1, 10.0
_RETURNED_BYTES = 64 * 1024
_GATHER_MS = 20
"""Nobody notices it, and a job of ten small cases is three messages instead of thirteen."""
_EVENTS_AHEAD = 64
_JOBS_PER_SLOT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """
    PEM bytes; all None: the system's authorities, no certificate of our own.

    Args:
        authority: whose certificates are trusted.
        certificate, key: who this client is.
    """

    authority: bytes | None = None
    certificate: bytes | None = None
    key: bytes | None = None


class Client:
    """
    Judges jobs on servers. Use it as an asynchronous context manager.

    Args:
        addresses: HOST:PORT or unix:/PATH; of a host name with several addresses, all are used.
        token: shown to the servers.
        tls: None: without TLS.
        returned_bytes: how much of each output of a case comes back.
        attempts: how often a call is tried before its failure is the caller's.
        gather_ms: how long an event may wait for others, to come with them in one message; never the first case and
            the end of a job.
    """

    def __init__(
        self,
        *addresses: str,
        token: str | None = None,
        tls: Tls | None = None,
        returned_bytes: int = _RETURNED_BYTES,
        attempts: int = _ATTEMPTS,
        gather_ms: int = _GATHER_MS,
    ) -> None:
        if not addresses:
            raise UsageError("a client needs the address of a server")
        self._addresses = addresses
        self._token = token
        self._tls = tls
        self._returned = returned_bytes
        self._most_attempts = attempts
        self._gather_ns = gather_ms * MS
        self._servers: list[Server] = []

    async def __aenter__(self) -> Self:
        for address in self._addresses:
            for resolved, name in await _resolved(address):
                self._servers.append(Server(resolved, self._channel(resolved, name), self._token))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        servers, self._servers = self._servers, []
        for server in servers:
            await server.channel.close()

    async def judge(self, job: Job) -> AsyncGenerator[Event, None]:
        """
        Judge one job: the events of `Engine.judge`. When the generator is closed, the job is killed on its server.

        Raises:
            UsageError: the job cannot be judged as asked.
            QueueFull: too many jobs wait, for longer than was tried.
            ServerUnavailable: no server could be reached.
            AccessDenied: the servers do not let this client in.
        """
        told = _Told()
        async for attempt in self._attempts():
            with attempt as server:
                message = await server.job_message(job, self._returned)
                request = pb.JudgeRequest(job=message, gather_ns=self._gather_ns)
                call = server.stub.Judge(request, metadata=server.metadata)
                try:
                    async for answer in call:
                        for event in answers.events_of(job.id, answer):
                            if told.is_new(event):
                                yield event
                finally:
                    call.cancel()
                return

    async def judge_many(
        self, jobs: Iterable[Job] | AsyncIterable[Job], at_once: int | None = None
    ) -> AsyncGenerator[Event | Refused, None]:
        """
        Judge jobs as they come, on all servers.

        Jobs are taken from `jobs` as others end, and a consumer that is slow slows the judging.

        Args:
            at_once: jobs in progress; None: four for each slot of the servers.

        Returns:
            The events of every job, as they happen; Refused for a job that cannot be judged as asked.

        Raises:
            QueueFull, ServerUnavailable, AccessDenied: as in `judge`.
        """
        supply = _asynchronous(jobs)
        events = Ahead[Event | Refused](_EVENTS_AHEAD)
        workers = asyncio.create_task(self._judge_all(supply, at_once or await self._fitting(), events))
        workers.add_done_callback(events.end)
        try:
            while (event := await events.get()) is not None:
                yield event
            await workers
        finally:
            workers.cancel()
            await asyncio.wait({workers})

    async def run(self, trial: Trial) -> TrialResult:
        """
        Run one program once; see `Engine.run`.

        Raises:
            UsageError, QueueFull, ServerUnavailable, AccessDenied: as in `judge`.
        """
        async for attempt in self._attempts():
            with attempt as server:
                message = await server.trial_message(trial, self._returned)
                return answers.result_of(trial.id, await server.stub.Run(message, metadata=server.metadata))
        raise AssertionError("attempts end with an exception")

    async def runtimes(self) -> list[pb.Runtime]:
        """The languages of a server."""
        async for attempt in self._attempts():
            with attempt as server:
                return list(
                    (await server.stub.ListRuntimes(pb.ListRuntimesRequest(), metadata=server.metadata)).runtimes
                )
        raise AssertionError("attempts end with an exception")

    async def info(self) -> pb.GetServerInfoResponse:
        """What a server is, has and allows."""
        async for attempt in self._attempts():
            with attempt as server:
                return await server.stub.GetServerInfo(pb.GetServerInfoRequest(), metadata=server.metadata)
        raise AssertionError("attempts end with an exception")

    async def _fitting(self) -> int:
        return _JOBS_PER_SLOT * (await self.info()).slots * len(self._servers)

    async def _judge_all(self, supply: AsyncIterator[Job], at_once: int, events: Ahead[Event | Refused]) -> None:
        turn = asyncio.Lock()  # a generator can be asked by one at a time

        async def work() -> None:
            while True:
                async with turn:
                    job = await anext(supply, None)
                if job is None:
                    return
                try:
                    async with aclosing(self.judge(job)) as judged:
                        async for event in judged:
                            await events.put(event)
                except UsageError as error:
                    await events.put(Refused(job.id, error))

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(at_once):
                    group.create_task(work())
        except BaseExceptionGroup as failures:
            raise first_failure(failures, EnneadError) from None

    def _attempts(self) -> _Attempts:
        return _Attempts(self._servers, self._most_attempts)

    def _channel(self, address: str, name: str) -> grpc.aio.Channel:
        options: list[tuple[str, str | int]] = list(CHANNEL_OPTIONS)
        if self._tls is None:
            return grpc.aio.insecure_channel(address, options=options)
        if name != address:
            # The certificate is that of the name, not of the address that it led to.
            options += [("grpc.ssl_target_name_override", name), ("grpc.default_authority", name)]
        credentials = grpc.ssl_channel_credentials(self._tls.authority, self._tls.key, self._tls.certificate)
        return grpc.aio.secure_channel(address, credentials, options=options)


@dataclass(frozen=True, slots=True)
class Refused:
    """A job of many that cannot be judged as asked; error says why."""

    job_id: str
    error: EnneadError


class _Told:
    """Which events of a job its consumer has had, should the job have to be judged once more."""

    def __init__(self) -> None:
        self._kinds: set[type] = set()
        self._cases: set[int] = set()

    def is_new(self, event: Event) -> bool:
        if isinstance(event, CaseFinished):
            new = event.index not in self._cases
            self._cases.add(event.index)
            return new
        new = type(event) not in self._kinds
        self._kinds.add(type(event))
        return new


class _Attempts:
    """Tries of one call: servers by turns, pauses between, and the failure of the last one."""

    def __init__(self, servers: list[Server], most: int) -> None:
        self._servers = servers
        self._left = most
        self._failures = 0
        self._answer: Answer | None = None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> _Attempt:
        if not self._servers:
            raise ServerUnavailable("the client is not open; use it in `async with Client(...) as client`")
        if self._answer is not None:
            if not self._answer.again or not self._left:
                raise self._answer.error
            await asyncio.sleep(_pause(self._failures, self._answer))
        self._left -= 1
        return _Attempt(self, self._best())

    def failed(self, server: Server, answer: Answer) -> None:
        self._answer = answer
        self._failures += 1
        if answer.missing_blob is not None:
            server.forget(answer.missing_blob)
        elif answer.again:
            server.away_until = asyncio.get_running_loop().time() + _pause(self._failures, answer)

    def _best(self) -> Server:
        """One that is not known to be away, with the fewest calls."""
        now = asyncio.get_running_loop().time()
        return min(self._servers, key=lambda each: (max(each.away_until - now, 0.0), each.calls, random.random()))


class _Attempt:
    """One try, as a context manager: a failure that may be tried again ends the block, others are the caller's."""

    def __init__(self, attempts: _Attempts, server: Server) -> None:
        self._attempts = attempts
        self._server = server

    def __enter__(self) -> Server:
        self._server.calls += 1
        return self._server

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self._server.calls -= 1
        if not isinstance(error, grpc.aio.AioRpcError):
            return False
        answer = meaning_of(error)
        self._attempts.failed(self._server, answer)
        if not answer.again:
            raise answer.error from error
        return True


async def _asynchronous(jobs: Iterable[Job] | AsyncIterable[Job]) -> AsyncIterator[Job]:
    if isinstance(jobs, AsyncIterable):
        async for job in jobs:
            yield job
    else:
        for job in jobs:
            yield job


def _pause(failures: int, answer: Answer) -> float:
    """Seconds until the next try: what the server asked for, or a growing time; never the same for many clients."""
    usual: float = min(_FIRST_PAUSE_S * 2 ** (failures - 1), _LONGEST_PAUSE_S)
    return (usual if answer.pause_s is None else max(usual, answer.pause_s)) * random.uniform(0.5, 1.5)


async def _resolved(address: str) -> list[tuple[str, str]]:
    """
    The addresses that a name stands for, each with the name.

    Raises:
        ServerUnavailable: nobody knows the name.
        UsageError: it is no address.
    """
    if address.startswith("unix:"):
        return [(address, address)]
    host, colon, port = address.rpartition(":")
    if not colon or not port.isdigit():
        raise UsageError(f"{address!r} is neither HOST:PORT nor unix:/PATH")
    host = host.strip("[]")
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, int(port), type=socket.SOCK_STREAM)
    except OSError as error:
        raise ServerUnavailable(f"{host} is not known: {error.strerror}") from error
    hosts = dict.fromkeys((family, each[0]) for family, _, _, _, each in found)
    if host == "localhost":
        return [(address, host)]  # its two addresses are one server
    return [
        (f"ipv6:[{each}]:{port}" if family == socket.AF_INET6 else f"ipv4:{each}:{port}", host)
        for family, each in hosts
    ]
