"""One persistent cgroup per slot in the v1 hierarchies of memory, pids and cpuacct."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Final

from executor.model import Limits, Meter
from executor.sandbox.cgroup import LEAST_MEMORY_BYTES, MOST_PROCESSES, SlotCgroup, Spent, remove
from executor.sandbox.clock import count, read_cpu_clock

_UNLIMITED: Final = 1 << 62
_MUCH_LEFT_BEHIND: Final = 4 * 1024 * 1024
_TCP_BYTES: Final = 8 * 1024 * 1024
_CHARGE_BATCH: Final = 256 * 1024
"""Memory is charged to a cgroup in batches of 64 pages per processor."""


class CgroupV1(SlotCgroup):
    """
    Args:
        parents: directory of our own cgroup in the memory, pids and cpuacct hierarchies.
        name: of the new cgroup in each of them.
    """

    meter = Meter.CGROUP_V1
    measures_forks = True
    box_processes = 3
    """Launcher, init and zygote."""

    def __init__(self, parents: dict[str, Path], name: str) -> None:
        self._directories = {controller: parent / name for controller, parent in parents.items()}
        self._fds: list[int] = []
        try:
            self._make_directories()
            self._open_files()
        except OSError:
            self.close()
            raise
        self._counting = False
        self._templates = self._own_bytes = self._shared_bytes = 0
        self._cpu_base = self._memory_limit = self._processes_limit = 0
        self._baseline: int | None = None
        self._lowest = _UNLIMITED
        self._look_at_events()

    def _make_directories(self) -> None:
        for directory in set(self._directories.values()):
            directory.mkdir()

    def _look_at_events(self) -> None:
        self._oom_kills = count(os.pread(self._oom, 256, 0), b"oom_kill")
        self._refusals = count(os.pread(self._pids_events, 64, 0), b"max")

    def _open_files(self) -> None:
        self._limit = self._open("memory", "memory.limit_in_bytes")
        self._peak = self._open("memory", "memory.max_usage_in_bytes")
        self._usage = self._open("memory", "memory.usage_in_bytes", os.O_RDONLY)
        self._oom = self._open("memory", "memory.oom_control", os.O_RDONLY)
        self._pids_max = self._open("pids", "pids.max")
        self._pids_current = self._open("pids", "pids.current", os.O_RDONLY)
        self._pids_events = self._open("pids", "pids.events", os.O_RDONLY)
        self._cpu = self._open("cpuacct", "cpuacct.usage", os.O_RDONLY)
        self._reclaim = self._open_if_there("memory.force_empty")
        self._swap = self._open("memory", "memory.memsw.limit_in_bytes") if self._host_swaps() else None
        tcp = self._open_if_there("memory.kmem.tcp.limit_in_bytes")
        if tcp is not None:  # the buffers of TCP connections are counted apart: a little must do
            os.pwrite(tcp, b"%d" % _TCP_BYTES, 0)

    def _open(self, controller: str, name: str, flags: int = os.O_RDWR) -> int:
        self._fds.append(os.open(self._directories[controller] / name, flags | os.O_CLOEXEC))
        return self._fds[-1]

    def _open_if_there(self, name: str) -> int | None:
        """What a kernel may be built without."""
        with contextlib.suppress(FileNotFoundError, PermissionError):
            return self._open("memory", name, os.O_WRONLY)
        return None

    def _host_swaps(self) -> bool:
        return (
            count(Path("/proc/meminfo").read_bytes(), b"SwapTotal:") > 0
            and (self._directories["memory"] / "memory.memsw.limit_in_bytes").exists()
        )

    @property
    def join(self) -> tuple[str, ...]:
        return tuple(sorted({str(directory / "cgroup.procs") for directory in self._directories.values()}))

    def zygote_directory(self) -> int | None:
        return None

    @property
    def gauges(self) -> tuple[int, ...]:
        return (self._cpu, self._oom, self._pids_current)

    def begin(self, limits: Limits, shared_bytes: int = 0) -> None:
        if self._counting:  # a run that nobody waited for has left its marks
            self._look_at_events()
        self._counting = True
        self._settle()
        os.pwrite(self._peak, b"0", 0)
        self._cpu_base = read_cpu_clock(self._cpu)
        self._limit_processes(min(limits.processes, MOST_PROCESSES) + self.box_processes + self._templates)
        self._shared_bytes = shared_bytes
        self._limit_memory((self._baseline or 0) + max(limits.memory_bytes - shared_bytes, LEAST_MEMORY_BYTES))

    def _settle(self) -> None:
        """
        Find the level above which a run's memory counts: the lowest since init last worked for it.

        What earlier runs left (pages of files that they read, sockets that wait for the garbage collector) would make
        room for this one if it were part of the level, since the kernel gives it up later. So it is given up now.
        """
        usage = int(os.pread(self._usage, 32, 0))
        if usage - (self._lowest if self._baseline is None else self._baseline) > _MUCH_LEFT_BEHIND:
            usage = self._after_reclaim()
        self._baseline = usage if self._baseline is None else min(self._baseline, usage)
        self._lowest = min(self._lowest, usage)

    def _after_reclaim(self) -> int:
        if self._reclaim is not None:
            with contextlib.suppress(OSError):  # EBUSY: some of it stays
                os.pwrite(self._reclaim, b"0", 0)
        return int(os.pread(self._usage, 32, 0))

    def relax(self, *, fills_box: bool) -> None:
        if fills_box:
            self._baseline = None
        if self._memory_limit:
            self._limit_memory(_UNLIMITED)
            self._memory_limit = 0

    def make_room(self) -> None:
        super().make_room()
        self._limit_processes(MOST_PROCESSES)
        self._own_bytes = self._anonymous_bytes()

    def has_grown(self, templates: int) -> int:
        """Its level is what it is now, without the files that they read while they started."""
        self._templates = templates
        self._baseline, self._lowest = None, self._after_reclaim()
        return max(0, self._anonymous_bytes() - self._own_bytes)

    def _anonymous_bytes(self) -> int:
        return count((self._directories["memory"] / "memory.stat").read_bytes(), b"rss")

    def _limit_processes(self, limit: int) -> None:
        if limit != self._processes_limit:
            os.pwrite(self._pids_max, b"%d" % limit, 0)
            self._processes_limit = limit

    def _limit_memory(self, limit: int) -> None:
        if abs(limit - self._memory_limit) < _CHARGE_BATCH:  # the kernel itself counts no finer
            return
        if self._swap is not None:  # memory + swap may never be below memory: open it, lower the one, then the other
            os.pwrite(self._swap, b"-1", 0)
        os.pwrite(self._limit, b"%d" % limit, 0)
        if self._swap is not None:
            os.pwrite(self._swap, b"%d" % limit, 0)
        self._memory_limit = limit

    def end(self) -> Spent:
        self._counting = False
        # What an earlier run left may have been freed only now: then the level was taken too high.
        level = min(self._baseline or 0, int(os.pread(self._usage, 32, 0)))
        self._baseline = level
        oom_kills, refusals, peak = self._oom_kills, self._refusals, int(os.pread(self._peak, 32, 0))
        self._refusals = count(os.pread(self._pids_events, 64, 0), b"max")
        if peak >= self._memory_limit - _CHARGE_BATCH:  # nobody is killed below the limit
            self._oom_kills = count(os.pread(self._oom, 256, 0), b"oom_kill")
        return Spent(
            cpu_ns=read_cpu_clock(self._cpu) - self._cpu_base,
            memory_bytes=max(0, peak - level) + self._shared_bytes,
            processes=None,
            out_of_memory=self._oom_kills > oom_kills,
            forks_refused=self._refusals > refusals,
        )

    @property
    def cpu_so_far_ns(self) -> int | None:
        return read_cpu_clock(self._cpu) - self._cpu_base

    def close(self) -> None:
        self._close_files()
        for directory in set(self._directories.values()):
            remove(directory)

    def _close_files(self) -> None:
        while self._fds:
            os.close(self._fds.pop())
