"""The templates of a box, in init: started and dropped as the engine says, forked and cleaned up as a zygote says."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
from collections.abc import Iterator
from typing import Final

from executor.sandbox.messages import BURIED, FORKED, INNER_USER, WISH, Wish
from executor.sandbox.template import Plan, Template, can_be_had, start

_STREAMS: Final = 3


class Unburied(OSError):
    """A template is no longer there to say whether somebody of its run is left."""


class Pair:
    """
    Connected sockets, both kept here so that they serve one process after another. They are made outside of the box's
    network namespace, where no run's sockets are counted with them.
    """

    def __init__(self) -> None:
        self.ours, self.theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def drain(self) -> None:
        """Discard what the last process did not read, or what was not read of it."""
        for end in (self.ours, self.theirs):
            with contextlib.suppress(BlockingIOError):
                while True:
                    _, fds = _hear(end, socket.MSG_DONTWAIT)
                    for fd in fds:
                        os.close(fd)


class Templates:
    """
    Args:
        seccomp: the filter of the runs.
        own_proc: descriptor of a writable /proc, if there is one.
        feeds: one for each template that there can be.
    """

    def __init__(self, seccomp: bytes, own_proc: int | None, feeds: list[Pair]) -> None:
        self._seccomp = seccomp
        self._own_proc = own_proc
        self._feeds = feeds
        self._by_id: dict[int, tuple[Template, Pair]] = {}
        self._run = 0

    def start(self, number: int, plan: Plan) -> None:
        """
        Start one; nobody of a run is alive.

        Raises:
            OSError: it cannot be had.
        """
        if self._own_proc is None or not can_be_had(self._own_proc):
            raise OSError("templates need two users and /proc in the box, and an x86-64 processor")
        if not self._feeds:
            raise OSError("there are as many templates as a box may have")
        feed = self._feeds[-1]
        self._by_id[number] = start(plan, self._seccomp, self._own_proc, feed.ours, feed.theirs), feed
        self._feeds.pop()

    def drop(self, number: int, *, is_dead: bool = False) -> None:
        """End one, if it is there."""
        if number in self._by_id:
            template, feed = self._by_id.pop(number)
            template.close(is_dead=is_dead)
            feed.drain()
            self._feeds.append(feed)

    def close_feeds(self) -> None:
        """In a fork of init."""
        for pair in (*self._feeds, *(feed for _, feed in self._by_id.values())):
            pair.ours.close()
            pair.theirs.close()

    @property
    def can_outlive(self) -> bool:
        """Whether there are some, and none has anybody whose end only it can see."""
        return bool(self._by_id) and not any(template.busy for template, _ in self._by_id.values())

    @property
    def pids(self) -> frozenset[int]:
        return frozenset(template.pid for template, _ in self._by_id.values())

    def died(self, pid: int) -> None:
        """Somebody has ended; perhaps it was one of them."""
        for number, (template, _) in list(self._by_id.items()):
            if template.pid == pid:
                self.drop(number, is_dead=True)

    def forget(self) -> None:
        """All have been killed."""
        for number in list(self._by_id):
            self.drop(number, is_dead=True)

    def grant(self, zygote: socket.socket, cgroup: int | None) -> None:
        """
        Do what a zygote asks for.

        Args:
            zygote: our end; its messages are checked, since it has no more rights than what it runs.
            cgroup: directory of its own cgroup where forks do not inherit it.

        Raises:
            Unburied: everyone in the box must be killed.
        """
        message, fds = _hear(zygote, socket.MSG_DONTWAIT)
        try:
            wish, number = WISH.unpack(message)
            if wish == Wish.FORK and len(fds) == _STREAMS:
                answer = FORKED.pack(self._fork(number, fds, cgroup))
            else:
                answer = self._bury(number)
            zygote.send(answer, socket.MSG_NOSIGNAL | socket.MSG_DONTWAIT)
        except (struct.error, BlockingIOError):  # a zygote says nothing of the kind
            return
        finally:
            for fd in fds:
                os.close(fd)

    def _fork(self, number: int, fds: list[int], cgroup: int | None) -> int:
        if number not in self._by_id or self._by_id[number][0].busy:
            return 0
        template, _ = self._by_id[number]
        try:
            self._run = template.fork(fds, cgroup)
        except OSError:
            self.drop(number)
            return 0
        return self._run

    def _bury(self, number: int) -> bytes:
        try:
            status, somebody_is_left = self._by_id[number][0].reap(self._run)
        except (KeyError, OSError) as error:
            raise Unburied("a template died before its run") from error
        return BURIED.pack(status is not None, status or 0, somebody_is_left)

    @contextlib.contextmanager
    def out_of_reach(self) -> Iterator[None]:
        """While this lasts, signals of ours reach programs, as theirs would, and no template."""
        os.setresuid(INNER_USER, INNER_USER, 0)
        try:
            yield
        finally:
            os.setresuid(0, 0, 0)


def _hear(end: socket.socket, flags: int) -> tuple[bytes, list[int]]:
    space = socket.CMSG_SPACE(_STREAMS * 4)
    message, ancillary, _, _ = end.recvmsg(WISH.size, space, socket.MSG_CMSG_CLOEXEC | flags)
    return message, [fd for _, _, data in ancillary for (fd,) in struct.iter_unpack("i", data)]
