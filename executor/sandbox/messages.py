"""
What travels on the two SEQPACKET sockets of a box.

Down, to a box: marshalled tuples, since the sender is trusted and both ends are the same interpreter.
Up, from a box: fixed structs and plain bytes, since the receiver is privileged and the sender is not.
"""

from __future__ import annotations

import contextlib
import errno
import marshal
import os
import socket
import struct
from collections.abc import Sequence
from enum import IntEnum
from typing import Any, Final, NamedTuple

MESSAGE_BYTES: Final = 192 * 1024
"""A message must fit the socket's default buffer; argv and environment are refused beyond it."""
FILES_PER_MESSAGE: Final = 64
NAMES_PER_MESSAGE_BYTES: Final = 128 * 1024
"""Names of files travel in as many messages as these two bounds ask for."""

MOST_TEMPLATES: Final = 4
"""Of one box at a time; each holds the memory of an interpreter that has just started."""

INNER_ROOT: Final = 0
INNER_USER: Final = 1000
"""uid and gid of every program, as seen inside the box."""


class Op(IntEnum):
    """First element of a message to a box."""

    # to init
    ZYGOTE = 1
    """(ZYGOTE, wipe) + optional cgroup directory: kill everything, wipe if asked, fork a zygote."""
    WIPE = 2
    """(WIPE,): give the idle zygote empty writable directories."""
    LOAD = 3
    """(LOAD, place, [(name, executable)], last) + one descriptor per file."""
    COLLECT = 4
    """(COLLECT, [pattern], largest number of bytes)"""
    TAKE_BACK = 7
    """(TAKE_BACK, id): after a LOST, discard what the zygote did not take; FAILED if that run never began."""
    TEMPLATE = 8
    """(TEMPLATE, id, argv, env, rlimits, program, held_at, files): start a template; FAILED where it cannot be had."""
    DROP = 9
    """(DROP, id): end that template, if it is there."""
    # to the zygote
    RUN = 5
    """
    (RUN, id, argv, env, template, (rlimits, cpu_ns, wall_ns, memory_bytes, polled)) + stdin, stdout, stderr, cpu clock.

    A template of that id is forked where it is to be had; 0: the command is executed.
    """
    KILL = 6
    """(KILL, id): end that run, if it is still the one."""


class Said(IntEnum):
    """First byte of a message from init."""

    DONE = 1
    FAILED = 2
    LOST = 3
    """The zygote was killed or stopped; everything has been killed."""
    FILES = 4


class How(IntEnum):
    """How the main process ended."""

    EXITED = 0
    SIGNALED = 1
    NOT_STARTED = 2
    """`code` is the errno of the exec."""


class Cause(IntEnum):
    """Why the zygote killed the run, if it did."""

    NONE = 0
    CPU = 1
    WALL = 2
    MEMORY = 3
    ASKED = 4


class Report(NamedTuple):
    """The zygote's word on a finished run. Times in ns, sizes in bytes; -1 where nothing was measured."""

    run: int
    how: int
    code: int
    cause: int
    dirty: int
    wall_ns: int
    cpu_ns: int
    file_bytes: int
    memory_bytes: int
    processes: int
    open_files: int
    stack_bytes: int
    forked: int = 0
    """Whether a template was forked for it."""


_REPORT: Final = struct.Struct("=QBiBBQQQqqqqB")
HELLO: Final = _REPORT.pack(*Report(0, 0, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1, 0))
"""What a zygote says once it is confined and ready."""


def pack_report(report: Report) -> bytes:
    return _REPORT.pack(*report)


class Wish(IntEnum):
    """What a zygote asks of init; the answer is `FORKED` or `BURIED`."""

    FORK = 1
    """+ stdin, stdout, stderr."""
    BURY = 2


WISH: Final = struct.Struct("=BQ")
"""A Wish and the id of a template."""
FORKED: Final = struct.Struct("=i")
"""The process id; 0 when that template is not to be had."""
BURIED: Final = struct.Struct("=?i?")
"""Whether the fork has been buried, its wait status, and whether somebody of the run is left."""


def unpack_report(data: bytes) -> Report:
    """Raises struct.error when the data is not a report."""
    return Report(*_REPORT.unpack(data))


def socket_pair(undo: contextlib.ExitStack) -> tuple[socket.socket, socket.socket]:
    """The engine's end, which does not block, and the box's; both are closed by `undo`."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    undo.callback(ours.close)
    undo.callback(theirs.close)
    ours.setblocking(False)
    return ours, theirs


def send_down(sock: socket.socket, message: tuple[Any, ...], fds: Sequence[int] = ()) -> None:
    """
    Send a message to a box.

    Raises:
        OSError: EMSGSIZE for a message over MESSAGE_BYTES; EPIPE when the box is gone.
    """
    data = marshal.dumps(message)
    if len(data) > MESSAGE_BYTES:
        raise OSError(errno.EMSGSIZE, os.strerror(errno.EMSGSIZE))
    if fds:
        socket.send_fds(sock, [data], list(fds), socket.MSG_NOSIGNAL)
    else:
        sock.send(data, socket.MSG_NOSIGNAL)


class Receiver:
    """
    The receiving end of messages to a box. It keeps one buffer: a new one for each message would be mapped and
    unmapped by the allocator every time, which costs more than the message.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._buffer = bytearray(MESSAGE_BYTES + 4096)
        self._ancillary_bytes = socket.CMSG_SPACE((FILES_PER_MESSAGE + 4) * 4)

    def receive(self) -> tuple[tuple[Any, ...], list[int]]:
        """
        Wait for a message; its descriptors come with close-on-exec.

        Raises:
            EOFError: the engine is gone.
        """
        flags = socket.MSG_CMSG_CLOEXEC
        size, ancillary, _, _ = self._sock.recvmsg_into([self._buffer], self._ancillary_bytes, flags)
        if not size:
            raise EOFError
        fds = [fd for _, _, data in ancillary for (fd,) in struct.iter_unpack("i", data)]
        return marshal.loads(memoryview(self._buffer)[:size]), fds  # noqa: S302 - from the engine, whom a box trusts


def send_up(sock: socket.socket, said: Said, payload: bytes = b"", fds: Sequence[int] = ()) -> None:
    socket.send_fds(sock, [bytes([said]) + payload], list(fds), socket.MSG_NOSIGNAL)
