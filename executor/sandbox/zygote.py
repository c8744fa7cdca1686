"""
The zygote: confined once, then one posix_spawn per run.

It is as unprivileged as the programs it starts, so whatever they do to it they do with their own rights.
It enforces the deadlines, because it is nearest; the engine's watchdog stands behind it.
"""

from __future__ import annotations

import mmap
import os
import resource
import select
import signal
import socket
import time
from collections.abc import Callable
from functools import partial
from typing import Final, NoReturn

from executor.sandbox import linux
from executor.sandbox.clock import CgroupClock, Clock, ProcClock
from executor.sandbox.garbage import Garbage
from executor.sandbox.messages import HELLO, INNER_USER, Cause, How, Op, Receiver, Report, pack_report
from executor.sandbox.program import Program, start

_FIRST_SAMPLE_NS: Final = 4_000_000
_SLOWEST_SAMPLE_NS: Final = 1_000_000_000
_SHORTEST_PAUSE_NS: Final = 1_000_000
_WRITABLE: Final = ("/work", "/tmp", "/dev/shm")
_CORES: Final = os.cpu_count() or 1
_SIGNALS: Final = frozenset(signal.valid_signals()) - {signal.SIGKILL, signal.SIGSTOP}


class Begun:
    """
    The run that a zygote began last, in memory that init and its zygotes share: a zygote that is killed from
    outside, by a host short of memory say, may have been given a run and not have begun it.
    """

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, 8)

    @property
    def last(self) -> int:
        return int.from_bytes(self._memory[:8], "little")

    @last.setter
    def last(self, run: int) -> None:
        self._memory[:8] = run.to_bytes(8, "little")


def reset_signals() -> None:
    """Ignore nothing: Python ignores some signals, our starter perhaps others, and that would survive an exec."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_DFL)


def become_zygote(
    runs: socket.socket, begun: Begun, garbage: Garbage, init: socket.socket, seccomp: bytes, own_proc: int | None
) -> NoReturn:
    """
    Confine this process, a fresh fork of init, and serve runs until it is killed. The order is the argument.

    Init, which has the same from its start on, has reset the signals but for the one that it handles, and has bounded
    its capabilities but for those that a template needs.
    """
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        _volunteer_for_oom(own_proc)
        linux.seal_capabilities()
        if os.getuid() != INNER_USER:
            os.setgroups([])
            os.setresgid(INNER_USER, INNER_USER, INNER_USER)
            os.setresuid(INNER_USER, INNER_USER, INNER_USER)
        linux.keep_one_idle_capability()
        linux.prctl(linux.PR_SET_DUMPABLE, 0)
        linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)
        # A core limit of 1 also stops dumps that the host pipes to a program, as 0 does not.
        _take_on([(resource.RLIMIT_CORE, 1), (resource.RLIMIT_MEMLOCK, 1 << 16)])
        os.umask(0o022)
        linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
        linux.load_seccomp(seccomp)
        runs.send(HELLO, socket.MSG_NOSIGNAL)
        _serve(runs, begun, garbage, init)
    except (EOFError, OSError):
        os._exit(1)


def _volunteer_for_oom(own_proc: int | None) -> None:
    """
    Make the programs the first that the kernel kills for want of memory: before init, and before anything of the host.

    They cannot take it back, since the /proc that they see is read-only.
    """
    if own_proc is None:
        return
    linux.prctl(linux.PR_SET_DUMPABLE, 1)  # or the file belongs to the host's root
    try:
        fd = os.open("self/oom_score_adj", os.O_WRONLY | os.O_CLOEXEC, dir_fd=own_proc)
        os.write(fd, b"1000")
        os.close(fd)
    finally:
        os.close(own_proc)


def _serve(runs: socket.socket, begun: Begun, garbage: Garbage, init: socket.socket) -> NoReturn:
    requests = Receiver(runs)
    poller = select.poll()
    poller.register(runs.fileno(), select.POLLIN)
    limits_now: list[tuple[int, int]] = []
    while True:
        message, fds = requests.receive()
        if message[0] == Op.RUN:
            _, number, argv, env, template, (rlimits, *limits) = message
            if rlimits != limits_now:
                limits_now = rlimits
                _take_on(rlimits)
            begun.last = number
            begin = partial(start, argv, env, fds[:3], init, template)
            report = _Run(number, limits, fds[3:]).execute(begin, fds[:3], poller, requests, garbage)
            runs.send(pack_report(report), socket.MSG_NOSIGNAL)


def _take_on(rlimits: list[tuple[int, int]]) -> None:
    """Nobody without privileges can go beyond the hard limit that the host gave the engine."""
    for kind, value in rlimits:
        _, hard = resource.getrlimit(kind)
        bounded = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (bounded, bounded))


class _Run:
    """
    One execution: spawn, supervise, kill what is left, report.

    Args:
        number: by which the engine knows the run.
        limits: CPU ns, wall ns, memory bytes, and whether to poll.
        gauges: descriptors of the cgroup's files, as CgroupClock takes them, unless polling.
    """

    def __init__(self, number: int, limits: list[int], gauges: list[int]) -> None:
        self._number = number
        self._cpu_limit, self._wall_limit, self._memory_limit, polled = limits
        self._gauges = gauges
        self._clock: Clock = ProcClock() if polled else CgroupClock(*gauges)
        self._cause = Cause.NONE
        self._open_files = -1
        self._stack_bytes = -1
        self._forked = False

    def execute(
        self,
        begin: Callable[[], tuple[Program | None, int]],
        fds: list[int],
        poller: select.poll,
        requests: Receiver,
        garbage: Garbage,
    ) -> Report:
        os.chdir("/work")
        self._fresh = _marks()
        self._clock.start()
        began = time.monotonic_ns()
        program, error = begin()
        for fd in fds:
            os.close(fd)
        if program is None:
            return self._report(How.NOT_STARTED, error, 0)
        self._forked = program.forked
        self._supervise(program, began, poller, requests)
        wall_ns = time.monotonic_ns() - began
        status = program.bury()
        garbage.collect()
        if os.WIFSIGNALED(status):
            return self._report(How.SIGNALED, os.WTERMSIG(status), wall_ns)
        return self._report(How.EXITED, os.WEXITSTATUS(status), wall_ns)

    def _supervise(self, program: Program, began: int, poller: select.poll, requests: Receiver) -> None:
        """Return when the main process has ended, killed by us or not."""
        pidfd = program.pidfd
        poller.register(pidfd, select.POLLIN)
        pause = left = min(_FIRST_SAMPLE_NS, self._cpu_limit, self._wall_limit)
        sample_at = began
        while left > 0:
            ready = poller.poll(min(left, pause) / 1e6)
            if any(fd == pidfd for fd, _ in ready):
                break
            if ready:
                self._hear(requests)
            now = time.monotonic_ns()
            if now >= sample_at:
                self._sample(program.pid)
                sample_at = now + min(now - began, _SLOWEST_SAMPLE_NS)
            pause = min(2 * pause, self._clock.period_ns)
            left = self._time_left(began)
        else:
            program.kill()
        poller.unregister(pidfd)
        os.close(pidfd)

    def _time_left(self, began: int) -> int:
        """Nanoseconds until some limit can be reached at the earliest; 0 when one is, with the cause noted."""
        if self._cause is not Cause.NONE:
            return 0
        self._clock.sample()
        cpu_left = self._cpu_limit - self._clock.cpu_ns
        wall_left = self._wall_limit - (time.monotonic_ns() - began)
        if self._clock.out_of_memory or self._clock.memory_bytes > self._memory_limit:
            self._cause = Cause.MEMORY
        elif cpu_left < 0:
            self._cause = Cause.CPU
        elif wall_left <= 0:
            self._cause = Cause.WALL
        else:
            return min(max(cpu_left // _CORES, _SHORTEST_PAUSE_NS), wall_left)
        return 0

    def _hear(self, requests: Receiver) -> None:
        message, fds = requests.receive()
        for fd in fds:
            os.close(fd)
        if message[0] == Op.KILL and message[1] == self._number:
            self._cause = Cause.ASKED

    def _sample(self, pid: int) -> None:
        """What only /proc tells of the main process. It costs 50 us, so it is done ever more rarely."""
        try:
            self._open_files = max(self._open_files, len(os.listdir(f"/proc/{pid}/fd")) or -1)
            stack = _read(f"/proc/{pid}/status").partition(b"\nVmStk:")[2].split(None, 1)
            self._stack_bytes = max(self._stack_bytes, int(stack[0]) * 1024)
        except (OSError, ValueError, IndexError):  # it has just ended, or hides from /proc: a sample less
            return

    def _report(self, how: How, code: int, wall_ns: int) -> Report:
        self._clock.finish()
        for fd in self._gauges:
            os.close(fd)
        os.chdir("/")  # or this process would keep the files of /work in memory when it is wiped
        dirty, file_bytes = _written(self._fresh)
        return Report(
            self._number, how, code, self._cause, dirty, wall_ns, self._clock.cpu_ns, file_bytes,
            self._clock.memory_bytes, self._clock.processes, self._open_files, self._stack_bytes, self._forked,
        )  # fmt: skip


def _read(path: str) -> bytes:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(fd, 1 << 14)
    finally:
        os.close(fd)


def _marks() -> list[tuple[int, int, int]]:
    """What a run may leave on the writable directories themselves where it owns them, as it does when rootless."""
    infos = [os.stat(path) for path in _WRITABLE]
    return [(info.st_mode, info.st_mtime_ns, info.st_ctime_ns) for info in infos]


def _written(fresh: list[tuple[int, int, int]]) -> tuple[int, int]:
    """Whether the writable directories are not as they were mounted, and the bytes that they hold."""
    dirty = fresh != _marks()
    total = 0
    for path in _WRITABLE:
        space = os.statvfs(path)
        dirty |= space.f_files - space.f_ffree > 1
        total += (space.f_blocks - space.f_bfree) * space.f_frsize
    return dirty, total
