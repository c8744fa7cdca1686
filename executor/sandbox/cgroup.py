"""
Measuring and limiting through control groups, from outside the box.

Controllers decide, not the mount: on a hybrid system memory and pids may live on v1 while a v2 hierarchy is
mounted too. One object per slot; `begin` and `end` bracket a run and cost a few reads and writes of open files.

v1: one cgroup per slot for the box's three processes and the program; the peak is reset at each run and reported
above the level that the box itself has at that moment.
v2: `slot/init` for launcher and init, `slot/run-N` for one zygote and its runs, a new one per run where the
kernel cannot reset memory.peak (before 6.12). The zygote is born in it: no charge is inherited, nothing migrates.
None: the zygote polls /proc; `losses` says what that means.
"""

from __future__ import annotations

import contextlib
import errno
import os
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from executor.errors import BoxFailure
from executor.model import Limits, Meter

_PREFIX: Final = "ennead"
_BOX_PROCESSES: Final = 3
"""Launcher, init and zygote."""
_CHARGE_BATCH: Final = 256 * 1024
"""Memory is charged to a cgroup in batches of 64 pages per processor."""
_V1_CONTROLLERS: Final = ("memory", "pids", "cpuacct")


@dataclass(frozen=True, slots=True)
class Spent:
    """What the cgroup saw of a run; None where it cannot tell."""

    memory_bytes: int | None
    processes: int | None
    out_of_memory: bool
    forks_refused: bool


class SlotCgroup(ABC):
    """The cgroups of one slot."""

    meter: Meter
    losses: tuple[str, ...] = ()

    @property
    @abstractmethod
    def join(self) -> tuple[str, ...]:
        """cgroup.procs files that the launcher joins before it makes namespaces."""

    @abstractmethod
    def zygote_directory(self) -> int | None:
        """Open directory of the cgroup that the next zygote must be born in; None: it inherits the right one."""

    def zygote_born(self) -> None:
        """The zygote is in that cgroup, the one before it is dead."""
        return

    @property
    @abstractmethod
    def cpu_clock(self) -> int | None:
        """Descriptor, open for reading, of the file that counts the run's CPU time."""

    @abstractmethod
    def begin(self, limits: Limits) -> None:
        """Set the limits of the next run and start counting."""

    @abstractmethod
    def end(self) -> Spent:
        """What was spent since `begin`; nothing of the run is alive."""

    @property
    def zygote_per_run(self) -> bool:
        """Whether a zygote must not be used for a second run."""
        return False

    @abstractmethod
    def close(self) -> None:
        """Remove the cgroups; every process in them has been killed."""


class NoCgroup(SlotCgroup):
    """No cgroup can be used here."""

    meter = Meter.POLLING
    losses = (
        "memory and CPU time are read from /proc every 5 ms: short peaks and short-lived processes are missed",
        "memory is limited by polling and, per process, by RLIMIT_DATA at four times the limit plus 1 GiB",
        "processes are limited by RLIMIT_NPROC; files in /work, /tmp and /dev/shm do not count as memory",
    )
    join: tuple[str, ...] = ()
    cpu_clock: int | None = None

    def zygote_directory(self) -> int | None:
        return None

    def begin(self, limits: Limits) -> None:
        """Nothing to set: the zygote polls."""

    def end(self) -> Spent:
        return Spent(None, None, out_of_memory=False, forks_refused=False)

    def close(self) -> None:
        """Nothing to remove."""


class CgroupV1(SlotCgroup):
    """
    Args:
        parents: directory of our own cgroup in the memory, pids and cpuacct hierarchies.
        name: of the new cgroup in each of them.
    """

    meter = Meter.CGROUP_V1

    def __init__(self, parents: dict[str, Path], name: str) -> None:
        self._directories = {controller: parent / name for controller, parent in parents.items()}
        for directory in set(self._directories.values()):
            directory.mkdir()
        self._limit = self._open("memory", "memory.limit_in_bytes")
        self._peak = self._open("memory", "memory.max_usage_in_bytes")
        self._usage = self._open("memory", "memory.usage_in_bytes", os.O_RDONLY)
        self._oom = self._open("memory", "memory.oom_control", os.O_RDONLY)
        self._pids_max = self._open("pids", "pids.max")
        self._pids_events = self._open("pids", "pids.events", os.O_RDONLY)
        self._cpu = self._open("cpuacct", "cpuacct.usage", os.O_RDONLY)
        self._swap = self._open("memory", "memory.memsw.limit_in_bytes") if self._host_swaps() else None
        self._baseline = self._memory_limit = self._processes_limit = 0
        self._oom_kills = _count(os.pread(self._oom, 256, 0), b"oom_kill")
        self._refusals = _count(os.pread(self._pids_events, 64, 0), b"max")

    def _open(self, controller: str, name: str, flags: int = os.O_RDWR) -> int:
        return os.open(self._directories[controller] / name, flags | os.O_CLOEXEC)

    def _host_swaps(self) -> bool:
        return (
            _count(Path("/proc/meminfo").read_bytes(), b"SwapTotal:") > 0
            and (self._directories["memory"] / "memory.memsw.limit_in_bytes").exists()
        )

    @property
    def join(self) -> tuple[str, ...]:
        return tuple(sorted({str(directory / "cgroup.procs") for directory in self._directories.values()}))

    def zygote_directory(self) -> int | None:
        return None

    @property
    def cpu_clock(self) -> int | None:
        return self._cpu

    def begin(self, limits: Limits) -> None:
        os.pwrite(self._peak, b"0", 0)
        self._baseline = int(os.pread(self._usage, 32, 0))
        self._limit_processes(limits.processes + _BOX_PROCESSES)
        self._limit_memory(self._baseline + limits.memory_bytes)

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
        oom_kills, refusals, peak = self._oom_kills, self._refusals, int(os.pread(self._peak, 32, 0))
        self._refusals = _count(os.pread(self._pids_events, 64, 0), b"max")
        if peak >= self._memory_limit - _CHARGE_BATCH:  # nobody is killed below the limit
            self._oom_kills = _count(os.pread(self._oom, 256, 0), b"oom_kill")
        return Spent(
            memory_bytes=max(0, peak - self._baseline),
            processes=None,
            out_of_memory=self._oom_kills > oom_kills,
            forks_refused=self._refusals > refusals,
        )

    def close(self) -> None:
        for fd in (self._limit, self._peak, self._usage, self._oom, self._pids_max):
            os.close(fd)
        for fd in (self._pids_events, self._cpu, *([] if self._swap is None else [self._swap])):
            os.close(fd)
        for directory in set(self._directories.values()):
            _remove(directory)


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
        self._slot.mkdir()
        (self._slot / "cgroup.subtree_control").write_text("+memory +pids")
        (self._slot / "init").mkdir()
        os.chown(self._slot / "cgroup.procs", owner, -1)
        self._number = 0
        self._run: _RunCgroup | None = None
        self._previous: _RunCgroup | None = None
        self._memory_baseline = self._oom_kills = self._refusals = 0
        probe = _RunCgroup(self._slot, "probe", owner)
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
    def cpu_clock(self) -> int | None:
        return None if self._run is None else self._run.cpu

    def begin(self, limits: Limits) -> None:
        run = self._current
        self._oom_kills, self._refusals = run.oom_kills, run.refusals
        self._memory_baseline = run.begin(limits)

    def end(self) -> Spent:
        run = self._current
        peak = run.peak_bytes
        return Spent(
            memory_bytes=None if peak is None else max(0, peak - self._memory_baseline),
            processes=run.peak_processes,
            out_of_memory=run.oom_kills > self._oom_kills,
            forks_refused=run.refusals > self._refusals,
        )

    @property
    def _current(self) -> _RunCgroup:
        if self._run is None:
            raise BoxFailure("a run was begun before its cgroup was made")
        return self._run

    def close(self) -> None:
        self.zygote_born()
        if self._run is not None:
            self._run.close()
        _remove(self._slot / "init")
        _remove(self._slot)


class _RunCgroup:
    """One `run-N`: its limits, counters and descriptors."""

    def __init__(self, slot: Path, name: str, owner: int) -> None:
        self._path = slot / name
        self._path.mkdir()
        os.chown(self._path / "cgroup.procs", owner, -1)
        self.directory = os.open(self._path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self.cpu = os.open(self._path / "cpu.stat", os.O_RDONLY | os.O_CLOEXEC)
        self.resettable = False
        self._peak: int | None = None
        with contextlib.suppress(FileNotFoundError):
            self._peak = os.open(self._path / "memory.peak", os.O_RDONLY | os.O_CLOEXEC)
        with contextlib.suppress(OSError):  # writable since 6.12; a reset counts for the descriptor it was made with
            writable = os.open(self._path / "memory.peak", os.O_RDWR | os.O_CLOEXEC)
            self._peak, unused = writable, self._peak
            self.resettable = True
            if unused is not None:
                os.close(unused)
        with contextlib.suppress(FileNotFoundError):  # without swap accounting
            (self._path / "memory.swap.max").write_text("0")

    @property
    def has_peak(self) -> bool:
        return self._peak is not None

    def begin(self, limits: Limits) -> int:
        """Set the limits; returns the memory that the zygote itself holds, in bytes."""
        processes = int((self._path / "pids.current").read_text())
        self._zygote_processes = processes
        (self._path / "pids.max").write_text(str(processes + limits.processes))
        if self.resettable and self._peak is not None:
            os.pwrite(self._peak, b"0", 0)
        baseline = int((self._path / "memory.current").read_text())
        (self._path / "memory.max").write_text(str(baseline + limits.memory_bytes))
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
        return _count((self._path / "memory.events").read_bytes(), b"oom_kill")

    @property
    def refusals(self) -> int:
        return _count((self._path / "pids.events").read_bytes(), b"max")

    def close(self) -> None:
        with contextlib.suppress(FileNotFoundError):  # before 5.14; init has killed them all by then
            (self._path / "cgroup.kill").write_text("1")
        for fd in (self.directory, self.cpu, *([] if self._peak is None else [self._peak])):
            os.close(fd)
        _remove(self._path)


@dataclass(frozen=True, slots=True)
class CgroupSupport:
    """
    What this process may do with cgroups, and in words why.

    Args:
        meter: which kind a slot will use.
        parents: where slots' cgroups go, by controller (v1) or under "" (v2); empty when polling.
        explanation: a sentence for `exec-cli doctor`.
        advice: what would make it better; empty when nothing.
    """

    meter: Meter
    parents: dict[str, Path]
    explanation: str
    advice: str = ""

    def open_slot(self, index: int, owner: int) -> SlotCgroup:
        """
        Make the cgroups of one slot.

        Args:
            index: of the slot, unique in this process.
            owner: outside uid of the box's init.

        Raises:
            BoxFailure: the kernel refused.
        """
        name = f"{_PREFIX}-{os.getpid()}-{_start_ticks(os.getpid())}-{index}-{time.monotonic_ns()}"
        try:
            if self.meter is Meter.CGROUP_V1:
                return CgroupV1(self.parents, name)
            if self.meter is Meter.CGROUP_V2:
                return CgroupV2(self.parents[""], name, owner)
        except OSError as error:
            raise BoxFailure(f"cannot make the cgroup of slot {index}: {error}") from error
        return NoCgroup()

    def sweep(self) -> None:
        """Remove what engines left behind that were killed before they could clean up."""
        for parent in set(self.parents.values()):
            for directory in parent.glob(f"{_PREFIX}-*-*-*-*"):
                pid, ticks = directory.name.split("-")[1:3]
                if pid.isdigit() and str(_start_ticks(int(pid))) != ticks:
                    for path in sorted(directory.rglob("*/"), reverse=True):
                        _remove(path, patience_s=0.2)
                    _remove(directory, patience_s=0.2)


def detect() -> CgroupSupport:
    """
    Find out which kind of cgroup can measure here, by trying: make one and remove it.

    v1 wins only where its controllers are; a v2 hierarchy without memory and pids is of no use.
    """
    reasons: list[str] = []
    for candidate in (_detect_v2, _detect_v1):
        try:
            support = candidate()
            support.open_slot(-1, os.geteuid()).close()
        except (OSError, LookupError, BoxFailure) as error:
            reasons.append(str(error))
            continue
        support.sweep()
        return support
    return CgroupSupport(
        Meter.POLLING,
        {},
        f"no cgroup can be used ({'; '.join(reasons)}): memory and CPU time are polled from /proc",
        "run as root, or with a delegated cgroup: systemd-run --user --scope -p Delegate=yes exec-cli ...",
    )


def _detect_v1() -> CgroupSupport:
    mounts = {option: point for kind, point, options in _cgroup_mounts() if kind == "cgroup" for option in options}
    own = _own_cgroups()
    parents: dict[str, Path] = {}
    for controller in _V1_CONTROLLERS:
        if controller not in mounts:
            raise LookupError(f"v1 has no {controller} controller")
        directory = mounts[controller] / own.get(controller, "/").lstrip("/")
        # In a container without a cgroup namespace our path is relative to a root that we do not see.
        parents[controller] = directory if directory.is_dir() else mounts[controller]
    return CgroupSupport(Meter.CGROUP_V1, parents, f"cgroup v1; slots go below {parents['memory']}")


def _detect_v2() -> CgroupSupport:
    points = [point for kind, point, _ in _cgroup_mounts() if kind == "cgroup2"]
    if not points:
        raise LookupError("cgroup v2 is not mounted")
    directory = points[0] / _own_cgroups().get("", "/").lstrip("/")
    if not directory.is_dir():
        directory = points[0]
    missing = {"memory", "pids"} - set((directory / "cgroup.controllers").read_text().split())
    if missing:
        raise LookupError(f"v2 lacks the {' and '.join(sorted(missing))} controller at {directory}")
    parent = _v2_parent(directory)
    return CgroupSupport(Meter.CGROUP_V2, {"": parent}, f"cgroup v2; slots go below {parent}")


def _v2_parent(directory: Path) -> Path:
    """
    A cgroup at or above ours that may have children with controllers.

    A cgroup with processes of its own may not pass controllers on (unless it is the root). If the only
    processes in ours are this one and its ancestors, they move into a leaf; otherwise a parent may serve.
    """
    candidates = [directory, *(parent for parent in directory.parents if (parent / "cgroup.procs").exists())]
    for candidate in candidates:
        control = candidate / "cgroup.subtree_control"
        if not os.access(candidate, os.W_OK) or not os.access(control, os.W_OK):
            continue
        if {"memory", "pids"} <= set(control.read_text().split()):
            return candidate
        try:
            control.write_text("+memory +pids")
        except OSError as error:
            if error.errno != errno.EBUSY or not _move_to_leaf(candidate):
                continue
            control.write_text("+memory +pids")
        return candidate
    raise LookupError(f"no cgroup from {directory} upwards may be divided by us")


def _move_to_leaf(directory: Path) -> bool:
    """Move ourselves out of an inner cgroup, if nobody else but our ancestors lives there."""
    lineage = set(_lineage())
    present = [int(pid) for pid in (directory / "cgroup.procs").read_text().split()]
    if not set(present) <= lineage:
        return False
    leaf = directory / f"{_PREFIX}-engine"
    leaf.mkdir(exist_ok=True)
    for pid in present:
        (leaf / "cgroup.procs").write_text(str(pid))
    return True


def _lineage() -> Iterator[int]:
    pid = os.getpid()
    while pid > 0:
        yield pid
        pid = int(Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[1])


def _cgroup_mounts() -> list[tuple[str, Path, list[str]]]:
    """(filesystem type, mount point, options of the superblock) of every cgroup mount."""
    mounts = []
    for line in Path("/proc/self/mountinfo").read_text(errors="surrogateescape").splitlines():
        left, _, right = line.partition(" - ")
        kind, _, options = right.split(None, 2)
        if kind in {"cgroup", "cgroup2"}:
            mounts.append((kind, Path(left.split()[4].replace("\\040", " ")), options.split(",")))
    return mounts


def _own_cgroups() -> dict[str, str]:
    """Path of our cgroup by controller; v2 under the empty name."""
    paths = {}
    for line in Path("/proc/self/cgroup").read_text(errors="surrogateescape").splitlines():
        _, controllers, path = line.split(":", 2)
        paths.update(dict.fromkeys(controllers.split(","), path))
    return paths


def _start_ticks(pid: int) -> int:
    """When the process started, in clock ticks since boot; 0 when there is no such process."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[19])
    except OSError:
        return 0


def _count(text: bytes, key: bytes) -> int:
    """The number behind a key in a file of `key number` lines; 0 when the key is absent."""
    words = text.split()
    return int(words[words.index(key) + 1]) if key in words else 0


def _remove(directory: Path, patience_s: float = 2.0) -> None:
    """rmdir; the kernel refuses for a moment after the last process was reaped."""
    deadline = time.monotonic() + patience_s
    while True:
        try:
            directory.rmdir()
        except FileNotFoundError:
            return
        except OSError as error:
            if error.errno != errno.EBUSY or time.monotonic() > deadline:
                return
            time.sleep(0.001)
        else:
            return
