"""
Limiting and measuring a container.

Where the engine is on this machine and we may write to its cgroups, a run is limited and measured through those of
its container, exactly as in the native box. Elsewhere the engine is asked to move the limits, which costs tens of
milliseconds, so only when they change by more than a little; and the supervisor measures.
"""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from executor.model import MIB, Limits, Meter
from executor.sandbox.cgroup import LEAST_MEMORY_BYTES, MOST_PROCESSES, SlotCgroup, Spent
from executor.sandbox.cgroup_v1 import CgroupV1
from executor.sandbox.docker.report import Told

_CONTROLLERS: Final = ("memory", "pids", "cpuacct")
_SUPERVISOR: Final = 1
_TOLERANCE_BYTES: Final = 2 * MIB
"""What a limit may be off before the engine is asked to move it."""
_SPARE_BYTES: Final = 32 * MIB
"""What the supervisor may need while it loads files."""

MoveLimits = Callable[[int, int], Awaitable[None]]
"""Bytes of memory, and processes, of the whole container."""


class Accounting(ABC):
    """Limits and measures the runs of one container."""

    losses: tuple[str, ...] = ()

    @abstractmethod
    async def begin(self, limits: Limits, baseline_bytes: int) -> None:
        """
        Set the limits of the next run.

        Args:
            baseline_bytes: what the container held when its supervisor was last asked; -1 where it cannot tell.
        """

    @abstractmethod
    def end(self, told: Told | None) -> Spent:
        """What was spent since `begin`; told: what the supervisor says of it, if it lived to say something."""

    @abstractmethod
    async def relax(self, more_bytes: int) -> None:
        """Make room for the supervisor, which is about to hold so many bytes more."""

    def relax_for_wiping(self) -> None:
        """The supervisor is about to work in a container that may be full."""
        return

    @abstractmethod
    def close(self) -> None:
        """Give back what was opened."""


class ThroughCgroup(Accounting):
    """
    Args:
        cgroup: of the container, seen from here.
    """

    def __init__(self, cgroup: SlotCgroup) -> None:
        self._cgroup = cgroup

    async def begin(self, limits: Limits, baseline_bytes: int) -> None:
        self._cgroup.begin(limits)

    def end(self, told: Told | None) -> Spent:
        return self._cgroup.end()

    async def relax(self, more_bytes: int) -> None:
        self._cgroup.relax(fills_box=True)

    def relax_for_wiping(self) -> None:
        self._cgroup.relax(fills_box=True)

    def close(self) -> None:
        self._cgroup.close()


class ThroughEngine(Accounting):
    """
    Args:
        meter: what the supervisor measures with.
        move: asks the engine to move the container's limits.
        most_bytes: the container's limit at its start, and between runs.
    """

    def __init__(self, meter: Meter, move: MoveLimits, most_bytes: int) -> None:
        self._move = move
        self._most_bytes = self._limit_bytes = most_bytes
        self._processes = 0
        self._held_bytes = 0
        peaks = "peaks of memory are read every few milliseconds, unless they are the highest of their container so far"
        exact = "memory is limited through the Docker Engine, to 2 MiB"
        polled = "the container shows no cgroup: memory, CPU time and processes are read from its /proc"
        self.losses = (exact, polled if meter is Meter.POLLING else peaks)

    async def begin(self, limits: Limits, baseline_bytes: int) -> None:
        self._held_bytes = max(0, baseline_bytes)
        wanted = min(self._held_bytes + max(limits.memory_bytes, LEAST_MEMORY_BYTES), self._most_bytes)
        processes = min(limits.processes, MOST_PROCESSES) + _SUPERVISOR
        if abs(wanted - self._limit_bytes) > _TOLERANCE_BYTES or processes != self._processes:
            await self._move(wanted, processes)
            self._limit_bytes, self._processes = wanted, processes

    def end(self, told: Told | None) -> Spent:
        if told is None:
            return Spent(0, None, None, out_of_memory=False, forks_refused=False)
        return Spent(
            cpu_ns=told.cpu_ns,
            memory_bytes=None if told.memory_bytes < 0 else told.memory_bytes,
            processes=None,
            out_of_memory=told.out_of_memory,
            forks_refused=told.forks_refused,
        )

    async def relax(self, more_bytes: int) -> None:
        if self._limit_bytes < min(self._held_bytes + more_bytes + _SPARE_BYTES, self._most_bytes):
            await self._move(self._most_bytes, max(self._processes, _SUPERVISOR))
            self._limit_bytes = self._most_bytes
        self._held_bytes += more_bytes

    def close(self) -> None:
        """Nothing was opened."""


class ContainerV1(CgroupV1):
    """
    The cgroups of a container, which the engine made and removes.

    Args:
        directories: of the memory, pids and cpuacct controllers.
    """

    box_processes = _SUPERVISOR

    def __init__(self, directories: dict[str, Path]) -> None:
        with contextlib.suppress(FileNotFoundError):  # no swap accounting
            # The engine bounded memory and swap together; where there is swap, our own limits will bound it again.
            (directories["memory"] / "memory.memsw.limit_in_bytes").write_text("-1")
        super().__init__(directories, "")

    def _make_directories(self) -> None:
        """They are there."""

    def close(self) -> None:
        self._close_files()


def open_cgroup(pid: int, container: str) -> SlotCgroup | None:
    """
    The cgroup of a container on this machine, if we may use it.

    Args:
        pid: of its first process, as the engine knows it.
        container: its id, which the cgroup's path must hold: on another machine the process is somebody else.
    """
    try:
        paths = dict(_paths(pid, container))
        return ContainerV1({name: paths[name] for name in _CONTROLLERS}) if paths else None
    except (OSError, KeyError):
        return None


def _paths(pid: int, container: str) -> list[tuple[str, Path]]:
    """(controller, directory) of those cgroups of a process that belong to the container."""
    mounts = {}
    for line in Path("/proc/self/mountinfo").read_text(errors="surrogateescape").splitlines():
        left, _, right = line.partition(" - ")
        kind, _, options = right.split(None, 2)
        if kind == "cgroup":
            mounts.update(dict.fromkeys(options.split(","), Path(left.split()[4])))
    found = []
    for line in Path(f"/proc/{pid}/cgroup").read_text(errors="surrogateescape").splitlines():
        _, controllers, path = line.split(":", 2)
        if container in path:
            found += [(name, mounts[name] / path.lstrip("/")) for name in controllers.split(",") if name in mounts]
    return found
