"""
The client for code without an event loop: the same calls, and iterators where the client has asynchronous ones.

    with SyncClient("localhost:50051") as client:
        for event in client.judge(job):
            ...

An event loop runs in a thread of its own while the client is open; several threads may call at once.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine, Generator, Iterable
from types import TracebackType
from typing import Any, Self, TypeVar

from ennead.executor.v1 import executor_pb2 as pb

from executor.client import Client, Refused, Tls
from executor.model import Event, Job, Trial, TrialResult

T = TypeVar("T")


class SyncClient:
    """
    Judges jobs on servers. Use it as a context manager.

    Args:
        addresses, token, tls, options: as those of `Client`.
    """

    def __init__(self, *addresses: str, token: str | None = None, tls: Tls | None = None, **options: int) -> None:
        self._client = Client(*addresses, token=token, tls=tls, **options)

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        # A daemon: a program that forgot to close its client can still end.
        self._thread = threading.Thread(target=self._loop.run_forever, name="ennead-client", daemon=True)
        self._thread.start()
        try:
            self._call(self._client.__aenter__())
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._call(self._client.__aexit__(kind, error, trace))
        finally:
            self._stop()

    def judge(self, job: Job) -> Generator[Event, None, None]:
        """
        Judge one job; see `Client.judge`. When the iterator is closed, the job is killed on its server.

        Raises:
            UsageError, QueueFull, ServerUnavailable, AccessDenied: as `Client.judge`.
        """
        return self._iterate(self._client.judge(job))

    def judge_many(self, jobs: Iterable[Job], at_once: int | None = None) -> Generator[Event | Refused, None, None]:
        """
        Judge jobs as they come, on all servers; see `Client.judge_many`.

        Args:
            jobs: iterated over in other threads, by one at a time; it may be slow.
            at_once: jobs in progress; None: four for each slot of the servers.

        Raises:
            QueueFull, ServerUnavailable, AccessDenied: as `Client.judge`.
        """
        return self._iterate(self._client.judge_many(_elsewhere(jobs), at_once))

    def run(self, trial: Trial) -> TrialResult:
        """
        Run one program once; see `Client.run`.

        Raises:
            UsageError, QueueFull, ServerUnavailable, AccessDenied: as `Client.judge`.
        """
        return self._call(self._client.run(trial))

    def runtimes(self) -> list[pb.Runtime]:
        """The languages of a server."""
        return self._call(self._client.runtimes())

    def info(self) -> pb.GetServerInfoResponse:
        """What a server is, has and allows."""
        return self._call(self._client.info())

    def _iterate(self, generator: AsyncGenerator[T, None]) -> Generator[T, None, None]:
        turn = asyncio.Lock()  # what was interrupted has to end before the generator can be closed

        async def following() -> tuple[T, ...]:
            async with turn:
                try:
                    return (await anext(generator),)
                except StopAsyncIteration:
                    return ()

        async def close() -> None:
            async with turn:
                await generator.aclose()

        try:
            while items := self._call(following()):
                yield items[0]
        finally:
            self._call(close())

    def _call(self, work: Coroutine[Any, Any, T]) -> T:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:  # Ctrl-C, above all: what waits in the other thread must not go on
            future.cancel()
            raise

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _elsewhere(jobs: Iterable[Job]) -> AsyncIterator[Job]:
    """The jobs, each taken in a thread: whoever makes them may read files or ask a model."""
    supply = iter(jobs)
    while (job := await asyncio.to_thread(next, supply, None)) is not None:
        yield job
