"""How a zygote knows what its run has spent so far."""

from __future__ import annotations

import os
import resource
from abc import ABC, abstractmethod
from typing import Final, NamedTuple

_POLL_NS: Final = 5_000_000
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_TICK_NS: Final = 1_000_000_000 // os.sysconf("SC_CLK_TCK")


def read_cpu_clock(fd: int) -> int:
    """CPU time of a cgroup so far, in ns, from its cpuacct.usage (v1) or cpu.stat (v2, `usage_usec N` comes first)."""
    text = os.pread(fd, 64, 0)
    return int(text.split(None, 2)[1]) * 1000 if text.startswith(b"usage_usec") else int(text)


def count(text: bytes, key: bytes) -> int:
    """The number behind a key in a file of `key number` lines; 0 when the key is absent."""
    words = text.split()
    return int(words[words.index(key) + 1]) if key in words else 0


class Clock(ABC):
    """CPU time of the run so far, and what else can be read while it runs; -1 for what cannot."""

    period_ns: int
    """How rarely it may be read."""
    memory_bytes = -1
    processes = -1
    out_of_memory = False

    def __init__(self) -> None:
        self.cpu_ns = 0

    @abstractmethod
    def start(self) -> None: ...

    @abstractmethod
    def sample(self) -> None: ...

    def finish(self) -> None:
        self.sample()


class CgroupClock(Clock):
    """
    Reads the cgroup's own files. What this process itself uses meanwhile, a tenth of a millisecond and a few
    microseconds per sample, is counted with the run.

    Args:
        cpu: descriptor of cpuacct.usage or cpu.stat, open for reading.
        oom: of memory.oom_control or memory.events: one process was killed, the others may wait for it for ever.
        processes: of pids.current, where the kernel keeps no peak that can be used.
    """

    period_ns = 100_000_000

    def __init__(self, cpu: int, oom: int, processes: int | None = None) -> None:
        super().__init__()
        self._cpu = cpu
        self._oom = oom
        self._processes = processes

    def start(self) -> None:
        self._cpu_base = read_cpu_clock(self._cpu)
        self._oom_base = count(os.pread(self._oom, 256, 0), b"oom_kill")
        self._processes_base = 0 if self._processes is None else int(os.pread(self._processes, 32, 0))

    def sample(self) -> None:
        self.cpu_ns = read_cpu_clock(self._cpu) - self._cpu_base
        self.out_of_memory = count(os.pread(self._oom, 256, 0), b"oom_kill") > self._oom_base
        if self._processes is not None:
            self.processes = max(self.processes, int(os.pread(self._processes, 32, 0)) - self._processes_base)

    def finish(self) -> None:
        self.cpu_ns = read_cpu_clock(self._cpu) - self._cpu_base


class ProcClock(Clock):
    """
    Sums /proc over every process of the box but init and the zygote.

    Two sums miss different things and count nothing twice, so the larger one is taken: what each process was last
    seen to have used itself, and what those alive have used together with the children that they waited for. In the
    end our own children's total is known. A program that ignores SIGCHLD hides what falls between two samples.
    """

    period_ns = _POLL_NS

    def __init__(self) -> None:
        super().__init__()
        self._own_ns: dict[str, int] = {}
        self._base = 0

    def start(self) -> None:
        self._base = _children_cpu_ns()

    def sample(self) -> None:
        memory = processes = with_children_ns = 0
        mine = str(os.getpid())
        for name in os.listdir("/proc"):
            if name.isdigit() and name not in {"1", mine}:
                try:
                    one = _figures(name)
                except (OSError, IndexError, ValueError):  # ended between the listing and the reading
                    continue
                self._own_ns[name] = max(one.own_ns, self._own_ns.get(name, 0))
                with_children_ns += one.own_ns + one.children_ns
                memory += one.memory_bytes
                processes += one.threads
        self.memory_bytes = max(self.memory_bytes, memory)
        self.processes = max(self.processes, processes)
        self.cpu_ns = max(self.cpu_ns, sum(self._own_ns.values()), with_children_ns)

    def finish(self) -> None:
        self.cpu_ns = max(self.cpu_ns, _children_cpu_ns() - self._base)


def _children_cpu_ns() -> int:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return int((usage.ru_utime + usage.ru_stime) * 1e9)


class _Figures(NamedTuple):
    """Of one process: CPU time of its own and of the children that it waited for, resident memory, threads."""

    own_ns: int
    children_ns: int
    memory_bytes: int
    threads: int


def _figures(pid: str) -> _Figures:
    """From proc(5) stat; user and system time are its fields 14 and 15, the children's 16 and 17."""
    with open(f"/proc/{pid}/stat", "rb") as file:
        fields: list[bytes] = file.read().rpartition(b")")[2].split()
    own, children = int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14])
    return _Figures(own * _TICK_NS, children * _TICK_NS, int(fields[21]) * _PAGE, int(fields[17]))
