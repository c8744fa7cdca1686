"""
One run in a container: fork, confine, exec, supervise, drain, kill what is left, report.

It is the supervisor that forks, as root of the container, so each run pays for its own confinement; in return no
program shares a user with its supervisor, and none can signal it.
"""

from __future__ import annotations

import contextlib
import os
import resource
import select
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from executor.sandbox import linux
from executor.sandbox.clock import CgroupClock, Clock, ProcClock, count
from executor.sandbox.docker.directories import written
from executor.sandbox.docker.framing import PIECE_BYTES, Tell
from executor.sandbox.docker.reserve import Reserve
from executor.sandbox.garbage import Garbage
from executor.sandbox.messages import INNER_USER, Cause, How

_FIRST_SAMPLE_NS: Final = 4_000_000
_SLOWEST_SAMPLE_NS: Final = 1_000_000_000
_SHORTEST_PAUSE_NS: Final = 1_000_000
_BLIND_PAUSE_NS: Final = 2_000_000
_CORES: Final = os.cpu_count() or 1
_PYTHONS_OWN: Final = (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT)
"""What a Python ignores or handles, and what would survive the exec."""
_RLIMITS: Final = ((resource.RLIMIT_CORE, 1), (resource.RLIMIT_MEMLOCK, 1 << 16))
"""A core limit of 1 also stops dumps that the host pipes to a program, as 0 does not."""
_FIRST_VICTIM: Final = b"1000"


@dataclass(frozen=True)
class Gauges:
    """
    What the container shows of its own cgroup.

    Args:
        cpu, oom, processes: descriptors as CgroupClock takes them; no cpu: /proc is polled.
        memory, peak: of the file with the present use, and the one with the highest since the container started.
        refusals: of pids.events.
    """

    cpu: int | None
    oom: int | None
    processes: int | None
    memory: int | None
    peak: int | None
    refusals: int | None

    def refused_forks(self) -> int:
        return 0 if self.refusals is None else count(os.pread(self.refusals, 64, 0), b"max")

    def clock(self) -> Clock:
        if self.cpu is None or self.oom is None:
            return ProcClock()
        return CgroupClock(self.cpu, self.oom, self.processes)

    def read(self, gauge: int | None) -> int:
        return -1 if gauge is None else int(os.pread(gauge, 32, 0))


class Run:
    """
    One execution.

    Args:
        asked: the head of a RUN.
        seccomp: the filter of the native box.
        gauges: of this container.
        reserve: given back when the container is full.
        say: sends a piece of output to the engine, and waits while it cannot take more.
        hears_kill: asked when the engine has said something: whether that is the end of this run.
    """

    def __init__(
        self,
        asked: dict[str, Any],
        seccomp: bytes,
        gauges: Gauges,
        reserve: Reserve,
        say: Callable[[Tell, bytes], None],
        hears_kill: Callable[[int], bool],
    ) -> None:
        self._asked = asked
        self._seccomp = seccomp
        self._gauges = gauges
        self._reserve = reserve
        self._say = say
        self._hears_kill = hears_kill
        self._clock = gauges.clock()
        self._cause = Cause.NONE
        self._own_before = 0
        self._output_bytes = 0
        self._open_files = self._stack_bytes = self._memory_bytes = -1
        self._pipes: dict[int, Tell] = {}
        self._watched: set[int] = set()
        self._poller = select.poll()

    def execute(self, stdin: int, garbage: Garbage) -> dict[str, Any]:
        """Returns the head of a REPORT; nothing of the run is alive, and all of its output has been said."""
        baseline, peak_before = (self._gauges.read(gauge) for gauge in (self._gauges.memory, self._gauges.peak))
        refused_before = self._gauges.refused_forks()
        self._clock.start()
        self._own_before = time.process_time_ns()
        began = time.monotonic_ns()
        pid, error = self._fork(stdin)
        if not error:
            self._supervise(pid, began)
        wall_ns = time.monotonic_ns() - began
        _, status = os.waitpid(pid, 0)
        kill_rest()
        garbage.collect()
        self._drain()
        self._clock.sample()
        cpu_ns = self._cpu_ns()
        how, code = _ending(status, error)
        if (peak := self._gauges.read(self._gauges.peak)) > peak_before:  # the highest so far is this run's own
            self._memory_bytes = peak
        if self._memory_bytes >= 0:
            self._memory_bytes = max(0, self._memory_bytes - baseline)
        dirty, file_bytes = written()
        return {
            "id": self._asked["id"], "how": how, "code": code, "cause": self._cause, "dirty": dirty,
            "wall_ns": 0 if error else wall_ns, "cpu_ns": cpu_ns,
            "file_bytes": file_bytes, "processes": self._clock.processes or -1, "open_files": self._open_files,
            "stack_bytes": self._stack_bytes, "output_bytes": self._output_bytes,
            "memory_bytes": max(self._memory_bytes, self._clock.memory_bytes),
            "held_bytes": self._gauges.read(self._gauges.memory), "out_of_memory": self._clock.out_of_memory,
            "forks_refused": self._gauges.refused_forks() > refused_before,
        }  # fmt: skip

    def _fork(self, stdin: int) -> tuple[int, int]:
        """(pid, 0), or (pid, errno) when the program cannot be executed: then the child has ended."""
        inside, outside = [], []
        for kind in (Tell.STDOUT, Tell.STDERR):
            read_end, write_end = os.pipe2(os.O_CLOEXEC)
            os.fchown(write_end, INNER_USER, INNER_USER)  # or the program could not open /dev/stdout
            os.set_blocking(read_end, False)
            self._pipes[read_end] = kind
            inside.append(write_end)
            outside.append(read_end)
        failed, fails = os.pipe2(os.O_CLOEXEC)
        pid = os.fork()
        if pid == 0:
            _become_program(self._asked, (stdin, *inside), fails, self._seccomp)
        for fd in (*inside, fails):
            os.close(fd)
        said = os.read(failed, 4)
        os.close(failed)
        for fd in outside:
            self._poller.register(fd, select.POLLIN)
            self._watched.add(fd)
        return pid, int.from_bytes(said, "little")

    def _supervise(self, pid: int, began: int) -> None:
        """Return when the main process has ended, killed by us or not."""
        pidfd = _open_pidfd(pid)
        if pidfd >= 0:
            self._poller.register(pidfd, select.POLLIN)
        self._poller.register(0, select.POLLIN)
        cpu_limit, wall_limit = self._asked["cpu_ns"], self._asked["wall_ns"]
        pause = left = min(_FIRST_SAMPLE_NS, cpu_limit, wall_limit)
        look_at = sample_at = began
        while left > 0:
            patience_ns = min(left, pause) if pidfd >= 0 else _BLIND_PAUSE_NS
            ready = [fd for fd, _ in self._poller.poll(patience_ns / 1e6)]
            if pidfd in ready:
                self._make_room()
            for fd in ready:
                self._attend(fd)
            if pidfd in ready or (pidfd < 0 and _has_ended(pid)):
                break
            now = time.monotonic_ns()
            if now >= sample_at:
                self._sample(pid)
                sample_at = now + min(now - began, _SLOWEST_SAMPLE_NS)
            if self._cause is not Cause.NONE or now >= look_at or not ready:
                left = self._time_left(began)
                pause = min(2 * pause, self._clock.period_ns)
                look_at = now + min(left, pause)
        else:
            kill_everyone()
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
            self._make_room()
        self._poller.unregister(0)
        if pidfd >= 0:
            self._poller.unregister(pidfd)
            os.close(pidfd)

    def _make_room(self) -> None:
        """The main process has ended: what it wrote to files may leave no page to us, who are the next to be killed."""
        self._clock.sample()
        if self._clock.out_of_memory:
            self._reserve.give()

    def _attend(self, fd: int) -> None:
        if fd in self._pipes:
            self._read(fd)
        elif fd == 0 and self._hears_kill(self._asked["id"]):
            self._cause = Cause.ASKED

    def _read(self, fd: int) -> bool:
        """One piece of output; False when there is nothing more for now or for ever."""
        try:
            piece = os.read(fd, PIECE_BYTES)
        except BlockingIOError:
            return False
        if not piece:
            self._forget(fd)
            return False
        room = max(0, self._asked["output_bytes"] - self._output_bytes)
        self._output_bytes += len(piece)
        if room:
            self._say(self._pipes[fd], piece[:room])
        if self._output_bytes > self._asked["output_bytes"] and self._cause is Cause.NONE:
            self._cause = Cause.ASKED
        return True

    def _forget(self, fd: int) -> None:
        """A pipe that has ended would be ready for ever."""
        if fd in self._watched:
            self._watched.remove(fd)
            self._poller.unregister(fd)

    def _drain(self) -> None:
        """What is left in the pipes; every writer is dead, so this ends."""
        for fd in self._pipes:
            while self._read(fd):
                pass
            os.close(fd)

    def _time_left(self, began: int) -> int:
        """Nanoseconds until some limit can be reached at the earliest; 0 when one is, with the cause noted."""
        if self._cause is not Cause.NONE:
            return 0
        self._clock.sample()
        self._memory_bytes = max(self._memory_bytes, self._gauges.read(self._gauges.memory))
        cpu_left: int = self._asked["cpu_ns"] - self._cpu_ns()
        wall_left: int = self._asked["wall_ns"] - (time.monotonic_ns() - began)
        if self._clock.out_of_memory or self._clock.memory_bytes > self._asked["memory_bytes"]:
            self._cause = Cause.MEMORY
        elif cpu_left < 0:
            self._cause = Cause.CPU
        elif wall_left <= 0:
            self._cause = Cause.WALL
        else:
            return min(max(cpu_left // _CORES, _SHORTEST_PAUSE_NS), wall_left)
        return 0

    def _cpu_ns(self) -> int:
        """As last read, less what this process spent itself: it lives in the container's cgroup too."""
        if isinstance(self._clock, ProcClock):
            return self._clock.cpu_ns
        return max(0, self._clock.cpu_ns - (time.process_time_ns() - self._own_before))

    def _sample(self, pid: int) -> None:
        """What only /proc tells of the main process; ever more rarely."""
        with contextlib.suppress(OSError, ValueError, IndexError):  # it has just ended, or hides: a sample less
            self._open_files = max(self._open_files, len(os.listdir(f"/proc/{pid}/fd")) or -1)
            with open(f"/proc/{pid}/status", "rb") as file:
                stack = file.read().partition(b"\nVmStk:")[2].split(None, 1)
            self._stack_bytes = max(self._stack_bytes, int(stack[0]) * 1024)


def _open_pidfd(pid: int) -> int:
    """-1 where there is no such call, as in older gVisors."""
    try:
        return os.pidfd_open(pid)
    except OSError:
        return -1


def _has_ended(pid: int) -> bool:
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _ending(status: int, error: int) -> tuple[int, int]:
    if error:
        return How.NOT_STARTED, error
    if os.WIFSIGNALED(status):
        return How.SIGNALED, os.WTERMSIG(status)
    return How.EXITED, os.WEXITSTATUS(status)


def _become_program(asked: dict[str, Any], fds: Sequence[int], fails: int, seccomp: bytes) -> NoReturn:
    """The child between fork and exec. The order is the argument: what needs rights first, then none are left."""
    try:
        os.setsid()
        for number, fd in enumerate(fds):
            os.dup2(fd, number)
        with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "wb", buffering=0) as file:
            file.write(_FIRST_VICTIM)
        for kind, value in (*_RLIMITS, *asked["rlimits"]):
            _, hard = resource.getrlimit(kind)
            bounded = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(kind, (bounded, bounded))
        os.umask(0o022)
        os.chdir("/work")
        os.setgroups([])
        os.setresgid(INNER_USER, INNER_USER, INNER_USER)
        os.setresuid(INNER_USER, INNER_USER, INNER_USER)
        for number in _PYTHONS_OWN:
            signal.signal(number, signal.SIG_DFL)
        linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
        linux.load_seccomp(seccomp)
        os.execve(asked["argv"][0], asked["argv"], asked["env"])  # noqa: S606 - without a shell: on purpose
    except OSError as error:
        os.write(fails, (error.errno or 1).to_bytes(4, "little"))
    except (ValueError, IndexError):  # no argv, or a NUL in it
        os.write(fails, (22).to_bytes(4, "little"))
    os._exit(127)


def kill_everyone() -> None:
    """Everyone in the container but ourselves, at once: the kernel holds off forks while it goes through them."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)


def kill_rest() -> None:
    """Kill and reap what a run left behind: every orphan is our child, since we are PID 1."""
    try:
        while True:
            kill_everyone()
            os.waitpid(-1, 0)
    except ChildProcessError:
        return
