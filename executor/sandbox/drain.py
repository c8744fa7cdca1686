"""The pipes through which a program's output leaves its box."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import Callable
from typing import Final

_READ_BYTES: Final = 1 << 18
_SMALL_BYTES: Final = 4096
_PAUSE_S: Final = 0.002


class Drain:
    """
    Reads standard output and error while the program runs, keeps what the limit allows and counts the rest.

    Made before it is needed, while an earlier program runs: pipes cost as much as a message.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        # Not bytearrays: what a BytesIO holds is handed out without a copy, which of an output of 64 MiB would take as
        # long as ten runs, and every box would wait.
        self._stdout = io.BytesIO()
        self._stderr = io.BytesIO()
        self._read_ends: dict[int, io.BytesIO] = {}
        self._watched: set[int] = set()
        self._limit = 0
        self._on_overflow: Callable[[], None] = lambda: None
        self.write_ends: list[int] = []
        self.total = 0
        self.over = False
        self._finished = False
        try:
            for written in (self._stdout, self._stderr):
                read_end, write_end = os.pipe2(os.O_CLOEXEC)
                self._read_ends[read_end] = written
                self.write_ends.append(write_end)
                os.set_blocking(read_end, False)
        except OSError:
            self.close()
            raise

    def begin(self, limit: int, on_overflow: Callable[[], None]) -> None:
        self._limit, self._on_overflow = limit, on_overflow

    def watch(self) -> None:
        """Read whenever there is something; for runs that outlive the first moments."""
        for fd in self._read_ends:
            self._watch(fd)

    def _watch(self, fd: int) -> None:
        if fd in self._read_ends and not self._finished:
            self._loop.add_reader(fd, self._on_readable, fd)
            self._watched.add(fd)

    def _on_readable(self, fd: int) -> None:
        """After a small piece look away for a moment: a program that writes byte by byte must not keep us busy."""
        before = self.total
        if self._read(fd) and self.total - before < _SMALL_BYTES:
            self._unwatch(fd)
            self._loop.call_later(_PAUSE_S, self._watch, fd)

    def _read(self, fd: int) -> bool:
        """Read once; False when there is nothing more for now or for ever."""
        try:
            chunk = os.read(fd, _READ_BYTES)
        except BlockingIOError:
            return False
        if not chunk:
            self._unwatch(fd)
            return False
        room = max(0, self._limit - self.total)
        self.total += len(chunk)
        if room:
            self._read_ends[fd].write(chunk[:room])
        if self.total > self._limit and not self.over:
            self.over = True
            self._on_overflow()
        return True

    def _unwatch(self, fd: int) -> None:
        if fd in self._watched:
            self._watched.remove(fd)
            self._loop.remove_reader(fd)

    def close_write_ends(self) -> None:
        while self.write_ends:
            os.close(self.write_ends.pop())

    def finish(self) -> None:
        """Read what is left in the pipes; every writer is dead, so this ends."""
        self._finished = True
        for fd in self._read_ends:
            self._unwatch(fd)
            while self._read(fd):
                pass

    def close(self) -> None:
        self._finished = True
        self.close_write_ends()
        while self._read_ends:
            fd, _ = self._read_ends.popitem()
            self._unwatch(fd)
            os.close(fd)

    @property
    def stdout(self) -> bytes:
        return self._stdout.getvalue()

    @property
    def stderr(self) -> bytes:
        return self._stderr.getvalue()
