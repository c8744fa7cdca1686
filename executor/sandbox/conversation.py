"""The engine's half of the conversation with a box's init: one question at a time, each with one answer."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from collections.abc import Callable, Sequence
from typing import Any, Final

from executor.errors import BoxFailure
from executor.model import File
from executor.sandbox.content import read_files
from executor.sandbox.messages import FILES_PER_MESSAGE, MESSAGE_BYTES, Said, send_down

_ANSWER_TIMEOUT_S: Final = 30.0
_ANCILLARY_BYTES: Final = socket.CMSG_SPACE(FILES_PER_MESSAGE * 4)


class Refused(BoxFailure):
    """Init could not do what it was asked; the message is its own, and the box is sound."""


class NeverBegan(BoxFailure):
    """The zygote died before it took the run; short of memory, a host may kill it at any time. It is tried again."""


class Conversation:
    """
    Args:
        sock: our end of the control socket; closed by `close`.
        on_lost: init says that the zygote was killed or stopped.
        on_broken: init is gone or silent, in words.
    """

    def __init__(self, sock: socket.socket, on_lost: Callable[[], None], on_broken: Callable[[str], object]) -> None:
        self._loop = asyncio.get_running_loop()
        self._sock = sock
        self._on_lost = on_lost
        self._on_broken = on_broken
        self._answer: asyncio.Future[None] | None = None
        self.collected: list[File] = []
        self._loop.add_reader(sock.fileno(), self._hear)

    async def ask(self, message: tuple[Any, ...], fds: Sequence[int] = ()) -> None:
        """
        One question to init; returns with its answer.

        Raises:
            Refused: init could not do it.
            BoxFailure: init is gone or silent.
        """
        try:
            send_down(self._sock, message, fds)
        except OSError as error:
            self._on_broken(f"init cannot be reached: {error}")
            raise BoxFailure(f"init cannot be reached: {error}") from error
        await self.answer(_ANSWER_TIMEOUT_S)

    async def answer(self, timeout_s: float) -> None:
        """The answer alone; the first one comes unasked, when init is ready."""
        self._answer = self._loop.create_future()
        try:
            await asyncio.wait_for(self._answer, timeout_s)
        except TimeoutError as error:
            self._on_broken("init did not answer in time")
            raise BoxFailure("init did not answer in time") from error
        finally:
            self._answer = None

    def fail(self, failure: BoxFailure) -> None:
        """Whoever waits for an answer gets this instead."""
        fail_future(self._answer, failure)

    def close(self) -> None:
        if self._sock.fileno() >= 0:
            self._loop.remove_reader(self._sock.fileno())
        self._sock.close()

    def _hear(self) -> None:
        try:
            # Not recv_fds: it forgets its flags in Python 3.11, and what we collect must not be inherited.
            data, ancillary, _, _ = self._sock.recvmsg(MESSAGE_BYTES, _ANCILLARY_BYTES, socket.MSG_CMSG_CLOEXEC)
            fds = [fd for _, _, sent in ancillary for (fd,) in struct.iter_unpack("i", sent)]
        except BlockingIOError:
            return
        except OSError:
            data, fds = b"", []
        try:
            self._take(data, fds)
        finally:
            for fd in fds:
                os.close(fd)

    def _take(self, data: bytes, fds: Sequence[int]) -> None:
        if not data:
            self._loop.remove_reader(self._sock.fileno())
            self._on_broken("init is gone")
        elif data[0] == Said.LOST:
            self._on_lost()
        elif data[0] == Said.FILES:
            self.collected += read_files(data[1:], fds)
        elif self._answer is not None and not self._answer.done():
            if data[0] == Said.FAILED:
                self._answer.set_exception(Refused(data[1:].decode(errors="replace")))
            else:
                self._answer.set_result(None)


def fail_future(waiting: asyncio.Future[Any] | None, failure: BoxFailure) -> None:
    if waiting is not None and not waiting.done():
        waiting.set_exception(failure)
        waiting.exception()  # who still waits is told; nobody need ask after a caller that has left
