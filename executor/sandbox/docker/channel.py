"""
The stream to and from a container's supervisor.

The Docker SDK gives a blocking socket, plain or TLS, so a thread of its own reads it and hands whole frames to the
event loop. What the container writes to its standard error is kept for the sentence that says why it ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import stat
import threading
from collections.abc import Callable, Iterator
from typing import Any, Final

from executor.model import Content
from executor.sandbox.docker.framing import FRAME_BYTES, HEAD_BYTES, MULTIPLEXED, PREFIX, Ask, Tell, frame

_READ_BYTES: Final = 1 << 18
_LAST_WORDS_BYTES: Final = 2000
_STDERR: Final = 2
_JOIN_S: Final = 5.0

Heard = Callable[[Tell, dict[str, Any], bytes], None]


class Channel:
    """
    Args:
        sock: attached to the container; closed by `close`.
        on_frame: called in the event loop, with each frame in order.
        on_lost: called in the event loop, once, when the container has closed its end or speaks nonsense.
    """

    def __init__(self, sock: Any, on_frame: Heard, on_lost: Callable[[str], None]) -> None:
        self._sock: socket.socket = getattr(sock, "_sock", sock)
        self._keep = sock
        self._loop = asyncio.get_running_loop()
        self._on_frame = on_frame
        self._on_lost = on_lost
        self._last_words = b""
        self._sock.settimeout(None)
        self._thread = threading.Thread(target=self._read, name="ennead-container", daemon=True)
        self._thread.start()

    async def send(self, kind: Ask, head: dict[str, Any], body: Content = b"") -> None:
        """
        Raises:
            OSError: the container is gone, or the body cannot be read.
        """
        await asyncio.to_thread(self._send, kind, head, body)

    async def send_raw(self, data: bytes) -> None:
        """What is no frame: the sources that come before the first one."""
        await asyncio.to_thread(self._sock.sendall, data)

    def _send(self, kind: Ask, head: dict[str, Any], body: Content) -> None:
        if isinstance(body, bytes):
            self._sock.sendall(frame(kind, head, len(body)) + body)
            return
        source = os.open(body, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a FIFO must not hold us up
        try:
            about = os.fstat(source)
            if not stat.S_ISREG(about.st_mode):
                raise OSError(f"{body} is not a regular file")
            self._sock.sendall(frame(kind, head, about.st_size))
            left = about.st_size
            while left:  # what a file that shrinks meanwhile lacks is sent as zeros: the frame must be whole
                piece = os.read(source, min(left, _READ_BYTES)) or bytes(min(left, _READ_BYTES))
                self._sock.sendall(piece)
                left -= len(piece)
        finally:
            os.close(source)

    async def close(self) -> None:
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
        await asyncio.to_thread(self._thread.join, _JOIN_S)
        self._keep.close()
        self._sock.close()

    def _read(self) -> None:
        why = "the container has ended"
        try:
            for kind, head, body in self._frames():
                self._loop.call_soon_threadsafe(self._on_frame, kind, head, body)
        except (OSError, ValueError) as error:
            why = f"{why}: {error}" if str(error) else why
        words = self._last_words.decode(errors="replace").strip().splitlines()
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is left to be told
            self._loop.call_soon_threadsafe(self._on_lost, f"{why} ({words[-1]})" if words else why)

    def _frames(self) -> Iterator[tuple[Tell, dict[str, Any], bytes]]:
        """Raises ValueError when what comes is no frame."""
        data = bytearray()
        for piece in self._stdout():
            data += piece
            while len(data) >= PREFIX.size:
                kind, head_bytes, body_bytes = PREFIX.unpack_from(data)
                if head_bytes > HEAD_BYTES or head_bytes + body_bytes > FRAME_BYTES:
                    raise ValueError("it sent a frame that is too large")
                end = PREFIX.size + head_bytes + body_bytes
                if len(data) < end:
                    break
                head = json.loads(bytes(data[PREFIX.size : PREFIX.size + head_bytes]))
                if not isinstance(head, dict):
                    raise ValueError("it sent a frame without a head")  # noqa: TRY004 - what came is wrong, not how we use it
                yield Tell(kind), head, bytes(data[PREFIX.size + head_bytes : end])
                del data[:end]

    def _stdout(self) -> Iterator[bytes]:
        """What the container writes to standard output, in pieces, until it ends."""
        data = bytearray()
        left = 0
        descriptor = 0
        while received := self._sock.recv(_READ_BYTES):
            data += received
            while data:
                if not left:
                    if len(data) < MULTIPLEXED.size:
                        break
                    descriptor, left = MULTIPLEXED.unpack_from(data)
                    del data[: MULTIPLEXED.size]
                piece = bytes(data[:left])
                del data[:left]
                left -= len(piece)
                if descriptor == _STDERR:
                    self._last_words = (self._last_words + piece)[-_LAST_WORDS_BYTES:]
                elif piece:
                    yield piece
