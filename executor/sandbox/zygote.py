"""
The zygote: confined once, then one posix_spawn per run.

It is as unprivileged as the programs it starts, so whatever they do to it they do with their own rights.
It enforces the deadlines, because it is nearest; the engine's watchdog stands behind it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import resource
import select
import signal
import socket
import time
from abc import ABC, abstractmethod
from typing import Any, Final, NoReturn

from executor.sandbox import linux
from executor.sandbox.messages import HELLO, INNER_USER, Cause, How, Op, Receiver, Report, pack_report

_FIRST_SAMPLE_NS: Final = 4_000_000
_SLOWEST_SAMPLE_NS: Final = 100_000_000
_POLL_NS: Final = 5_000_000
"""How often /proc is read where no cgroup measures."""
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_TICK_NS: Final = 1_000_000_000 // os.sysconf("SC_CLK_TCK")
_CORES: Final = os.cpu_count() or 1
_SIGNALS: Final = frozenset(signal.valid_signals()) - {signal.SIGKILL, signal.SIGSTOP}


def become_zygote(runs: socket.socket, seccomp: bytes, own_proc: int | None) -> NoReturn:
    """Confine this process, a fresh fork of init, and serve runs until it is killed. The order is the argument."""
    try:
        signal.set_wakeup_fd(-1)
        for number in _SIGNALS:  # Python ignores some, and ignored signals would survive the exec
            signal.signal(number, signal.SIG_DFL)
        os.setsid()
        _volunteer_for_oom(own_proc)
        linux.bound_capabilities()
        if os.getuid() != INNER_USER:
            os.setgroups([])
            os.setresgid(INNER_USER, INNER_USER, INNER_USER)
            os.setresuid(INNER_USER, INNER_USER, INNER_USER)
        linux.clear_capabilities()
        linux.prctl(linux.PR_SET_DUMPABLE, 0)
        linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (1 << 16, 1 << 16))
        os.umask(0o022)
        linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
        linux.load_seccomp(seccomp)
        runs.send(HELLO, socket.MSG_NOSIGNAL)
        _serve(runs)
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


def _serve(runs: socket.socket) -> NoReturn:
    limits_now: list[tuple[int, int]] = []
    requests = Receiver(runs)
    while True:
        message, fds = requests.receive()
        if message[0] == Op.RUN:
            request = message[1:]
            if request[3] != limits_now:
                limits_now = request[3]
                for kind, value in limits_now:
                    resource.setrlimit(kind, (value, value))
            report = _Run(runs, requests, request, fds).execute()
            runs.send(pack_report(report), socket.MSG_NOSIGNAL)


class _Run:
    """One execution: spawn, supervise, kill what is left, report."""

    def __init__(self, runs: socket.socket, requests: Receiver, request: tuple[Any, ...], fds: list[int]) -> None:
        self._id, self._argv, self._env, _, self._cpu_limit, self._wall_limit, self._memory_limit, polled = request
        self._runs = runs
        self._requests = requests
        self._fds = fds
        self._clock: _Clock = _ProcClock() if polled else _CgroupClock(fds[3])
        self._samples = _Samples()
        self._cause = Cause.NONE

    def execute(self) -> Report:
        os.chdir("/work")
        self._clock.start()
        began = time.monotonic_ns()
        try:
            pid = os.posix_spawn(
                self._argv[0],
                self._argv,
                self._env,
                file_actions=[(os.POSIX_SPAWN_DUP2, fd, number) for number, fd in enumerate(self._fds[:3])],
                setsid=True,
            )
        except OSError as error:
            return self._report(How.NOT_STARTED, error.errno or errno.ENOEXEC, began, began)
        except ValueError:  # a NUL in argv
            return self._report(How.NOT_STARTED, errno.EINVAL, began, began)
        for fd in self._fds[:3]:
            os.close(fd)
        self._fds = self._fds[3:]
        self._supervise(pid, began)
        ended = time.monotonic_ns()
        _, status = os.waitpid(pid, 0)
        _kill_rest()
        signalled = os.WIFSIGNALED(status)
        code = os.WTERMSIG(status) if signalled else os.WEXITSTATUS(status)
        return self._report(How.SIGNALED if signalled else How.EXITED, code, began, ended)

    def _supervise(self, pid: int, began: int) -> None:
        """Return when the main process has ended, killed by us or not."""
        pidfd = os.pidfd_open(pid)
        poller = select.poll()
        poller.register(pidfd, select.POLLIN)
        poller.register(self._runs.fileno(), select.POLLIN)
        pause = left = min(_FIRST_SAMPLE_NS, self._cpu_limit, self._wall_limit)
        while True:
            if left <= 0:
                _kill_everyone()
                poller.unregister(self._runs.fileno())
                poller.poll()
                break
            ready = {fd for fd, _ in poller.poll(min(left, pause, self._clock.period_ns) / 1e6)}
            if pidfd in ready:
                break
            if ready:
                self._hear()
            else:
                self._samples.take(pid)
                pause = min(2 * pause, _SLOWEST_SAMPLE_NS)
            left = self._time_left(began)
        os.close(pidfd)

    def _time_left(self, began: int) -> int:
        """Nanoseconds until some limit can be reached at the earliest; 0 when one is, with the cause noted."""
        if self._cause is not Cause.NONE:
            return 0
        self._clock.sample()
        cpu_left = self._cpu_limit - self._clock.cpu_ns
        wall_left = self._wall_limit - (time.monotonic_ns() - began)
        if self._clock.memory_bytes > self._memory_limit:
            self._cause = Cause.MEMORY
        elif cpu_left < 0:
            self._cause = Cause.CPU
        elif wall_left <= 0:
            self._cause = Cause.WALL
        else:
            return min(max(cpu_left // _CORES, 1_000_000), wall_left)
        return 0

    def _hear(self) -> None:
        message, fds = self._requests.receive()
        for fd in fds:
            os.close(fd)
        if message[0] == Op.KILL and message[1] == self._id:
            self._cause = Cause.ASKED

    def _report(self, how: How, code: int, began: int, ended: int) -> Report:
        self._clock.finish()
        for fd in self._fds:
            os.close(fd)
        os.chdir("/")  # or this process would keep the files of /work in memory when it is wiped
        dirty, file_bytes = _written()
        return Report(
            run=self._id,
            how=how,
            code=code,
            cause=self._cause,
            dirty=dirty,
            wall_ns=ended - began,
            cpu_ns=self._clock.cpu_ns,
            file_bytes=file_bytes,
            memory_bytes=self._clock.memory_bytes if isinstance(self._clock, _ProcClock) else -1,
            processes=self._clock.processes,
            open_files=self._samples.open_files,
            stack_bytes=self._samples.stack_bytes,
        )


def _kill_rest() -> None:
    """
    Kill and reap what the run left behind. Every orphan of it is our child, since we are its subreaper, so no
    children means that nobody is left; looking is cheaper than killing nobody.
    """
    try:
        os.waitpid(-1, os.WNOHANG)
        while True:
            _kill_everyone()
            os.waitpid(-1, 0)
    except ChildProcessError:
        return


def _kill_everyone() -> None:
    """Everyone in the box but init and ourselves, at once: the kernel holds off forks while it goes through them."""
    with contextlib.suppress(ProcessLookupError, PermissionError):  # nobody, or init alone
        os.kill(-1, signal.SIGKILL)


def _written() -> tuple[int, int]:
    """Whether the writable directories hold anything, and the bytes that they take."""
    dirty = total = 0
    for path in ("/work", "/tmp", "/dev/shm"):
        space = os.statvfs(path)
        dirty |= space.f_files - space.f_ffree > 1
        total += (space.f_blocks - space.f_bfree) * space.f_frsize
    return dirty, total


class _Samples:
    """What only /proc tells of the main process: highest values seen, -1 when never looked."""

    def __init__(self) -> None:
        self.open_files = -1
        self.stack_bytes = -1

    def take(self, pid: int) -> None:
        try:
            self.open_files = max(self.open_files, len(os.listdir(f"/proc/{pid}/fd")))
            with open(f"/proc/{pid}/status", "rb") as status:
                for line in status:
                    if line.startswith(b"VmStk:"):
                        self.stack_bytes = max(self.stack_bytes, int(line.split()[1]) * 1024)
        except (OSError, ValueError):  # it has just ended, or hides from /proc: a sample less
            return


class _Clock(ABC):
    """CPU time of the run so far; the polled kind also memory."""

    period_ns = 1 << 62
    memory_bytes = 0
    processes = -1

    def __init__(self) -> None:
        self.cpu_ns = 0

    @abstractmethod
    def start(self) -> None: ...

    @abstractmethod
    def sample(self) -> None: ...

    def finish(self) -> None:
        self.sample()


class _CgroupClock(_Clock):
    """Reads cpuacct.usage (v1, nanoseconds) or cpu.stat (v2, `usage_usec N` first); the file is open read-only."""

    def __init__(self, fd: int) -> None:
        super().__init__()
        self._fd = fd
        self._base = 0

    def start(self) -> None:
        self._base = self._read()

    def sample(self) -> None:
        self.cpu_ns = self._read() - self._base

    def _read(self) -> int:
        text: bytes = os.pread(self._fd, 64, 0)
        return int(text.split(None, 2)[1]) * 1000 if text.startswith(b"usage_usec") else int(text)


class _ProcClock(_Clock):
    """
    Sums /proc over every process of the box but init and the zygote.

    CPU time of processes that ended is kept from their last sample and, for those that were waited for, from
    our own children's total: a program that ignores SIGCHLD hides only what falls between two samples.
    """

    period_ns = _POLL_NS

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[str, int] = {}
        self._base = 0

    def start(self) -> None:
        self._base = _children_cpu_ns()

    def sample(self) -> None:
        memory = processes = 0
        mine = str(os.getpid())
        for name in os.listdir("/proc"):
            if name.isdigit() and name not in {"1", mine}:
                try:
                    cpu, resident, threads = _process_figures(name)
                except (OSError, IndexError, ValueError):  # ended between the listing and the reading
                    continue
                self._seen[name] = max(cpu, self._seen.get(name, 0))
                memory += resident
                processes += threads
        self.memory_bytes = max(self.memory_bytes, memory)
        self.processes = max(self.processes, processes)
        self.cpu_ns = max(self.cpu_ns, sum(self._seen.values()))

    def finish(self) -> None:
        self.cpu_ns = max(self.cpu_ns, _children_cpu_ns() - self._base)


def _children_cpu_ns() -> int:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return int((usage.ru_utime + usage.ru_stime) * 1e9)


def _process_figures(pid: str) -> tuple[int, int, int]:
    """(CPU ns with waited-for children, resident bytes, threads) of one process, from proc(5) stat."""
    with open(f"/proc/{pid}/stat", "rb") as file:
        fields: list[bytes] = file.read().rpartition(b")")[2].split()
    return sum(int(field) for field in fields[11:15]) * _TICK_NS, int(fields[21]) * _PAGE, int(fields[17])
