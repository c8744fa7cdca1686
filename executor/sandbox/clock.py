"""How a zygote knows what its run has spent so far."""

from __future__ import annotations

import os
import resource
from abc import ABC, abstractmethod
from typing import Final

_POLL_NS: Final = 5_000_000
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_TICK_NS: Final = 1_000_000_000 // os.sysconf("SC_CLK_TCK")


def read_cpu_clock(fd: int) -> int:
    """CPU time of a cgroup so far, in ns, from its cpuacct.usage (v1) or cpu.stat (v2, `usage_usec N` comes first)."""
    text = os.pread(fd, 64, 0)
    return int(text.split(None, 2)[1]) * 1000 if text.startswith(b"usage_usec") else int(text)


class Clock(ABC):
    """CPU time of the run so far; the polled kind also memory."""

    period_ns = 1 << 62
    """How often it must be read to miss little."""
    memory_bytes = -1
    processes = -1

    def __init__(self) -> None:
        self.cpu_ns = 0

    @abstractmethod
    def start(self) -> None: ...

    @abstractmethod
    def sample(self) -> None: ...

    def finish(self) -> None:
        self.sample()


class CgroupClock(Clock):
    """Reads the cgroup's own clock; the file is open read-only."""

    def __init__(self, fd: int) -> None:
        super().__init__()
        self._fd = fd
        self._base = 0

    def start(self) -> None:
        self._base = read_cpu_clock(self._fd)

    def sample(self) -> None:
        self.cpu_ns = read_cpu_clock(self._fd) - self._base


class ProcClock(Clock):
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
