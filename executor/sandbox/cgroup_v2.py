"""A slot on the unified hierarchy: `init` for launcher and init, `run-N` for a zygote and its runs."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from executor.errors import BoxFailure
from executor.model import Limits, Meter
from executor.sandbox.cgroup import LEAST_MEMORY_BYTES, MOST_PROCESSES, SlotCgroup, Spent, remove
from executor.sandbox.clock import count, read_cpu_clock


class CgroupV2(SlotCgroup):
    """
    Args:
        parent: a cgroup v2 directory whose subtree_control has memory and pids.
        name: of the slot's cgroup.
        owner: outside uid that init has; it must be allowed to give birth into the run's cgroup.
    """

    meter = Meter.CGROUP_V2

    def __init__(self, parent: Path, name: str, owner: int) -> None:
        self._slot = parent / name
        self._owner = owner
        self._number = 0
        self._run: _RunCgroup | None = None
        self._previous: _RunCgroup | None = None
        self._own_bytes = self._shared_bytes = 0
        self._memory_baseline = self._cpu_base = self._oom_kills = self._refusals = 0
        try:
            self._prepare()
        except OSError:
            self.close()
            raise

    def _prepare(self) -> None:
        self._slot.mkdir()
        (self._slot / "cgroup.subtree_control").write_text("+memory +pids")
        (self._slot / "init").mkdir()
        os.chown(self._slot / "cgroup.procs", self._owner, -1)
        probe = _RunCgroup(self._slot, "probe", self._owner)
        self.losses = () if probe.has_peak else ("this kernel has no memory.peak: memory is limited but not measured",)
        self._resettable = probe.resettable
        probe.close()

    @property
    def join(self) -> tuple[str, ...]:
        return (str(self._slot / "init" / "cgroup.procs"),)

    @property
    def zygote_per_run(self) -> bool:
        return not self._resettable

    def zygote_directory(self) -> int | None:
        self._previous, self._number = self._run, self._number + 1
        self._run = _RunCgroup(self._slot, f"run-{self._number}", self._owner)
        return self._run.directory

    def zygote_born(self) -> None:
        if self._previous is not None:
            self._previous.close()
            self._previous = None

    @property
    def gauges(self) -> tuple[int, ...]:
        return (self._current.cpu, self._current.events)

    def make_room(self) -> None:
        super().make_room()
        self._own_bytes = self._anonymous_bytes()

    def has_grown(self, templates: int) -> int:
        """Templates are beside init."""
        return max(0, self._anonymous_bytes() - self._own_bytes)

    def _anonymous_bytes(self) -> int:
        return count((self._slot / "init" / "memory.stat").read_bytes(), b"anon")

    def begin(self, limits: Limits, shared_bytes: int = 0) -> None:
        run = self._current
        self._oom_kills, self._refusals = run.oom_kills, run.refusals
        self._shared_bytes = shared_bytes
        self._memory_baseline = run.begin(limits, shared_bytes)
        self._cpu_base = read_cpu_clock(run.cpu)

    def end(self) -> Spent:
        run = self._current
        peak = run.peak_bytes
        return Spent(
            cpu_ns=read_cpu_clock(run.cpu) - self._cpu_base,
            memory_bytes=None if peak is None else max(0, peak - self._memory_baseline) + self._shared_bytes,
            processes=run.peak_processes,
            out_of_memory=run.oom_kills > self._oom_kills,
            forks_refused=run.refusals > self._refusals,
        )

    @property
    def cpu_so_far_ns(self) -> int | None:
        return read_cpu_clock(self._current.cpu) - self._cpu_base

    @property
    def _current(self) -> _RunCgroup:
        if self._run is None:
            raise BoxFailure("a run was begun before its cgroup was made")
        return self._run

    def close(self) -> None:
        self.zygote_born()
        if self._run is not None:
            self._run.close()
        remove(self._slot / "init")
        remove(self._slot)


class _RunCgroup:
    """One `run-N`: its limits, counters and descriptors."""

    def __init__(self, slot: Path, name: str, owner: int) -> None:
        self._path = slot / name
        self._fds: list[int] = []
        self._peak: int | None = None
        self.resettable = False
        self._path.mkdir()
        try:
            self._prepare(owner)
        except OSError:
            self.close()
            raise

    def _prepare(self, owner: int) -> None:
        os.chown(self._path / "cgroup.procs", owner, -1)
        self.directory = self._open(".", os.O_RDONLY | os.O_DIRECTORY)
        self.cpu = self._open("cpu.stat", os.O_RDONLY)
        self.events = self._open("memory.events", os.O_RDONLY)
        with contextlib.suppress(FileNotFoundError):
            self._peak = self._open("memory.peak", os.O_RDONLY)
        with contextlib.suppress(FileNotFoundError, PermissionError):
            # Writable since 6.12; a reset counts for the descriptor that it was made with.
            self._use_resettable_peak(self._open("memory.peak", os.O_RDWR))
        with contextlib.suppress(FileNotFoundError):  # without swap accounting
            (self._path / "memory.swap.max").write_text("0")

    def _use_resettable_peak(self, peak: int) -> None:
        with contextlib.suppress(OSError):  # root may open it on older kernels too; they refuse only this
            os.pwrite(peak, b"0", 0)
            self._peak, self.resettable = peak, True

    def _open(self, name: str, flags: int) -> int:
        self._fds.append(os.open(self._path / name, flags | os.O_CLOEXEC))
        return self._fds[-1]

    @property
    def has_peak(self) -> bool:
        return self._peak is not None

    def begin(self, limits: Limits, shared_bytes: int) -> int:
        """Set the limits; returns the memory that the zygote itself holds, in bytes."""
        processes = int((self._path / "pids.current").read_text())
        self._zygote_processes = processes
        (self._path / "pids.max").write_text(str(processes + min(limits.processes, MOST_PROCESSES)))
        if self.resettable and self._peak is not None:
            os.pwrite(self._peak, b"0", 0)
        baseline = int((self._path / "memory.current").read_text())
        (self._path / "memory.max").write_text(
            str(baseline + max(limits.memory_bytes - shared_bytes, LEAST_MEMORY_BYTES))
        )
        return baseline

    @property
    def peak_bytes(self) -> int | None:
        return None if self._peak is None else int(os.pread(self._peak, 32, 0))

    @property
    def peak_processes(self) -> int | None:
        if self.resettable:  # one cgroup serves several runs, and pids.peak cannot be reset
            return None
        try:
            return max(0, int((self._path / "pids.peak").read_text()) - self._zygote_processes)
        except FileNotFoundError:  # before 6.1
            return None

    @property
    def oom_kills(self) -> int:
        return count(os.pread(self.events, 256, 0), b"oom_kill")

    @property
    def refusals(self) -> int:
        return count((self._path / "pids.events").read_bytes(), b"max")

    def close(self) -> None:
        while self._fds:
            os.close(self._fds.pop())
        with contextlib.suppress(OSError):  # not there before 5.14; init has killed them all by then
            (self._path / "cgroup.kill").write_text("1")
        remove(self._path)
