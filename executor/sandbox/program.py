"""
The program of a run as its zygote holds it: executed by the zygote, or forked from a template by init.

What differs is whose child it is, and so who can say that nobody of the run is left.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import signal
import socket
import time
from abc import ABC, abstractmethod
from typing import Final

from executor.sandbox.messages import BURIED, FORKED, WISH, Wish

_PAUSE_S: Final = 0.0002
_SMALL_BYTES: Final = 64


class Program(ABC):
    """
    Args:
        pid: of its main process, which nobody buries before `bury`.
    """

    forked: bool

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.pidfd = os.pidfd_open(pid)
        """Readable as soon as the main process has ended."""

    def kill(self) -> None:
        """Kill everyone, and wait for the end of the main process."""
        kill_everyone()
        poller = select.poll()
        poller.register(self.pidfd, select.POLLIN)
        poller.poll()

    @abstractmethod
    def bury(self) -> int:
        """Kill and bury what the main process left, and itself; its wait status."""


class Executed(Program):
    """A child of ours."""

    forked = False

    def bury(self) -> int:
        _, status = os.waitpid(self.pid, 0)
        _kill_rest()
        return status


class Forked(Program):
    """
    A child of a template.

    Args:
        init: to where templates are asked for.
    """

    forked = True

    def __init__(self, pid: int, init: socket.socket, template: int) -> None:
        super().__init__(pid)
        self._init = init
        self._template = template

    def bury(self) -> int:
        """Every orphan of the run is the template's child, as those of an executed program are ours."""
        status = 0
        while True:
            self._init.send(WISH.pack(Wish.BURY, self._template), socket.MSG_NOSIGNAL)
            is_buried, its_status, somebody_is_left = BURIED.unpack(_answer(self._init))
            status = its_status if is_buried else status
            if not somebody_is_left:
                return status
            kill_everyone()
            time.sleep(_PAUSE_S)


def start(
    argv: list[str], env: dict[str, str], streams: list[int], init: socket.socket, template: int
) -> tuple[Program | None, int]:
    """
    Start the program of a run.

    Args:
        streams: its standard input, output and error.
        template: to be forked if it is to be had; 0 for none.

    Returns:
        It and 0, or None and the errno for which it cannot be executed.
    """
    if template and (pid := _fork(streams, init, template)):
        return Forked(pid, init, template), 0
    pid, error = _spawn(argv, env, streams)
    return (None, error) if error else (Executed(pid), 0)


def _fork(streams: list[int], init: socket.socket, template: int) -> int:
    socket.send_fds(init, [WISH.pack(Wish.FORK, template)], streams, socket.MSG_NOSIGNAL)
    (pid,) = FORKED.unpack(_answer(init))
    return int(pid)


def _answer(init: socket.socket) -> bytes:
    answer = init.recv(_SMALL_BYTES)
    if not answer:
        raise EOFError
    return answer


def _spawn(argv: list[str], env: dict[str, str], fds: list[int]) -> tuple[int, int]:
    """(pid, 0), or (0, errno) when the program cannot be executed."""
    actions = [(os.POSIX_SPAWN_DUP2, fd, number) for number, fd in enumerate(fds)]
    try:
        return os.posix_spawn(argv[0], argv, env, file_actions=actions, setsid=True), 0
    except OSError as error:
        return 0, error.errno or errno.ENOEXEC
    except (ValueError, IndexError):  # no argv, or a NUL in it
        return 0, errno.EINVAL


def _kill_rest() -> None:
    """
    Kill and reap what the run left behind. Every orphan of it is our child, since we are its subreaper, so no
    children means that nobody is left; looking is cheaper than killing nobody.
    """
    try:
        os.waitpid(-1, os.WNOHANG)
        while True:
            kill_everyone()
            os.waitpid(-1, 0)
    except ChildProcessError:
        return


def kill_everyone() -> None:
    """
    Everyone in the box but init, templates and ourselves, at once: the kernel holds off forks while it goes through
    them.
    """
    with contextlib.suppress(ProcessLookupError, PermissionError):  # nobody, or init and templates alone
        os.kill(-1, signal.SIGKILL)
