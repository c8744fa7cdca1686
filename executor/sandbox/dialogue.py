"""The pipes of a program that stays and talks, and what is said through them."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable
from typing import Final

from executor.model import Outcome
from executor.sandbox.box import Dialogue

_READ_BYTES: Final = 1 << 18
_PATIENCE_S: Final = 5.0
"""For a supervisor that was told to kill."""


class Pipes:
    """
    Standard input and output of a program, both ends of each until `close_theirs`.

    Raises:
        OSError: there are no descriptors left.
    """

    def __init__(self) -> None:
        with contextlib.ExitStack() as undo:
            self.stdin, self.write_end = _pipe(undo)
            self.read_end, self.stdout = _pipe(undo)
            os.set_blocking(self.write_end, False)
            os.set_blocking(self.read_end, False)
            undo.pop_all()

    def close_theirs(self) -> None:
        """Once the program has them: or its end would never be seen."""
        for name in ("stdin", "stdout"):
            self._close(name)

    def close(self) -> None:
        for name in ("stdin", "stdout", "write_end", "read_end"):
            self._close(name)

    def _close(self, name: str) -> None:
        fd = getattr(self, name)
        if fd >= 0:
            setattr(self, name, -1)
            os.close(fd)


class PipedDialogue(Dialogue):
    """
    Args:
        pipes: ours from now on.
        ending: has the outcome once nothing of the program is alive.
        kill: asks for its end.
        give_up: the box did not obey, in words.
        spent: CPU time so far.
    """

    def __init__(
        self,
        pipes: Pipes,
        ending: asyncio.Task[Outcome],
        kill: Callable[[], None],
        give_up: Callable[[str], object],
        spent: Callable[[], int | None],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._pipes = pipes
        self._ending = ending
        self._kill = kill
        self._give_up = give_up
        self._spent = spent
        self._heard = bytearray()
        self._total_ns: int | None = None
        ending.add_done_callback(_see)

    @property
    def has_ended(self) -> bool:
        """Whether nothing of the program is alive; what it wrote before may still be heard."""
        return self._ending.done()

    @property
    def cpu_ns(self) -> int | None:
        """Of a program that has ended: what it had spent when it was last asked."""
        if not self._ending.done():
            self._total_ns = self._spent()
        return self._total_ns

    async def say(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            fd = self._open(self._pipes.write_end)
            try:
                view = view[os.write(fd, view) :]
            except BlockingIOError:
                await self._until(self._loop.add_writer, self._loop.remove_writer, fd)
            except BrokenPipeError as error:
                raise EOFError("the program reads no more") from error

    async def hear(self, size: int) -> bytes:
        while len(self._heard) < size:
            fd = self._open(self._pipes.read_end)
            try:
                chunk = os.read(fd, min(_READ_BYTES, size - len(self._heard)))
            except BlockingIOError:
                await self._until(self._loop.add_reader, self._loop.remove_reader, fd)
                continue
            if not chunk:
                raise EOFError("the program has closed its output")
            self._heard += chunk
        heard, self._heard = bytes(self._heard[:size]), self._heard[size:]
        return heard

    @staticmethod
    def _open(fd: int) -> int:
        if fd < 0:
            raise EOFError("the dialogue was ended")
        return fd

    async def _until(self, watch: Callable[..., object], unwatch: Callable[[int], object], fd: int) -> None:
        """Wait until a pipe is ready, or the program has ended: then it is ready too, at the latest."""
        ready = asyncio.Event()

        def wake(_: object) -> None:
            ready.set()

        watch(fd, ready.set)
        self._ending.add_done_callback(wake)
        try:
            await ready.wait()
        finally:
            self._ending.remove_done_callback(wake)
            if fd in {self._pipes.write_end, self._pipes.read_end}:  # or `end` has closed it, and taken it away
                unwatch(fd)

    async def end(self) -> Outcome:
        try:
            if not self._ending.done():
                self._kill()
                await self._to_its_end()
        finally:
            self._close()
        return self._ending.result()

    async def _to_its_end(self) -> None:
        """A caller that is cancelled meanwhile leaves nothing running either."""
        cancelled = False
        deadline = self._loop.time() + _PATIENCE_S
        while not self._ending.done():
            left = deadline - self._loop.time()
            if left <= 0:
                self._give_up("a dialogue could not be ended")  # whoever waits for the box is told, the ending too
            try:
                await asyncio.wait({self._ending}, timeout=max(left, 0.1))
            except asyncio.CancelledError:
                cancelled = True
        if cancelled:
            raise asyncio.CancelledError

    def _close(self) -> None:
        for fd in (self._pipes.write_end, self._pipes.read_end):
            if fd >= 0:
                self._loop.remove_writer(fd)
                self._loop.remove_reader(fd)
        self._pipes.close()


def _pipe(undo: contextlib.ExitStack) -> tuple[int, int]:
    read_end, write_end = os.pipe2(os.O_CLOEXEC)
    undo.callback(os.close, read_end)
    undo.callback(os.close, write_end)
    return read_end, write_end


def _see(ending: asyncio.Task[Outcome]) -> None:
    """Nobody need ask how it ended."""
    if not ending.cancelled():
        ending.exception()
