"""
Several events in one answer, for clients that take them.

A message costs either end of gRPC more than what it says of a case: a job of ten cases, told event by event, spends a
quarter of its time on being told. So an event may wait a little for others. Two do not: the first case, for which
somebody may be waiting, and the end, after which nothing comes. What waits is bounded in bytes and in number: who reads
slowly holds the job up, as without this.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress

from ennead.executor.v1 import executor_pb2 as pb

_MOST_BYTES = 256 * 1024
"""Of the events of one answer, unless a single one is larger: answers do not outgrow a client's bound by this."""
_MOST_EVENTS = 256


class Gathered:
    """
    The events of one job on their way into answers, in their order.

    Args:
        wait_s: how long an event may wait for others.
    """

    def __init__(self, wait_s: float) -> None:
        self._wait_s = wait_s
        self._waiting: list[pb.JudgeResponse] = []
        self._bytes = 0
        self._case_told = False
        self._ended = False
        self._news = asyncio.Event()
        self._hurry = asyncio.Event()
        self._room = asyncio.Event()

    async def put(self, message: pb.JudgeResponse) -> None:
        """Take one event more; waits where an answer would grow too large."""
        size = message.ByteSize()
        while self._waiting and (self._bytes + size > _MOST_BYTES or len(self._waiting) == _MOST_EVENTS):
            self._room.clear()
            self._hurry.set()
            await self._room.wait()
        self._waiting.append(message)
        self._bytes += size
        self._news.set()
        if self._cannot_wait(message):
            self._hurry.set()

    def end(self, _: object = None) -> None:
        """No more will come. Never waits: whoever ends may have been cancelled, and nobody read any more."""
        self._ended = True
        self._news.set()
        self._hurry.set()

    async def answers(self) -> AsyncGenerator[pb.JudgeResponse, None]:
        """The answers, to be sent one after another; what comes while one is sent is gathered for the next."""
        while True:
            await self._news.wait()
            if not self._hurry.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._wait_s):
                        await self._hurry.wait()
            if not self._waiting:
                return
            yield self._take()

    def _cannot_wait(self, message: pb.JudgeResponse) -> bool:
        kind = message.WhichOneof("event")
        if kind == "case_finished" and not self._case_told:
            self._case_told = True
            return True
        return kind == "finished"

    def _take(self) -> pb.JudgeResponse:
        answer, *further = self._waiting
        answer.further.extend(further)
        self._waiting, self._bytes = [], 0
        if not self._ended:
            self._news.clear()
            self._hurry.clear()
        self._room.set()
        return answer
