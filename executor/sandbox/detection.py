"""Which cgroups this process may use: found out by trying."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from executor.errors import BoxFailure
from executor.model import Meter
from executor.sandbox.cgroup import NoCgroup, SlotCgroup, remove
from executor.sandbox.cgroup_v1 import CgroupV1
from executor.sandbox.cgroup_v2 import CgroupV2

_PREFIX: Final = "ennead"
_V1_CONTROLLERS: Final = ("memory", "pids", "cpuacct")


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
        engine = f"{os.getpid()}-{_start_ticks(os.getpid())}"
        name = f"{_PREFIX}-{engine}-{index}-{time.monotonic_ns()}-{_pid_namespace()}"
        try:
            if self.meter is Meter.CGROUP_V1:
                return CgroupV1(self.parents, name)
            if self.meter is Meter.CGROUP_V2:
                return CgroupV2(self.parents[""], name, owner)
        except OSError as error:
            raise BoxFailure(f"cannot make the cgroup of slot {index}: {error}") from error
        return NoCgroup()

    def sweep(self) -> None:
        """
        Remove what engines left behind that were killed before they could clean up.

        Containers may share the host's cgroups; whether the engine of another one lives cannot be seen from here.
        """
        for parent in set(self.parents.values()):
            for directory in parent.glob(f"{_PREFIX}-*-*-*-*-{_pid_namespace()}"):
                pid, ticks = directory.name.split("-")[1:3]
                if pid.isdigit() and str(_start_ticks(int(pid))) != ticks:
                    # Another engine may be sweeping the same one.
                    for path, _, _ in os.walk(directory, topdown=False):
                        remove(Path(path), patience_s=0.2)


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
            reasons.append(_reason(error))
            continue
        support.sweep()
        return support
    return CgroupSupport(
        Meter.POLLING,
        {},
        f"no cgroup can be used ({'; '.join(reasons)}): memory and CPU time are polled from /proc",
        _advice(os.geteuid()),
    )


def _reason(error: Exception) -> str:
    cause = error.__cause__ or error
    if isinstance(cause, PermissionError) and cause.filename:
        return f"no permission to make one in {Path(cause.filename).parent}"
    return str(error)


def _advice(user: int) -> str:
    """Nobody can be given a cgroup of version 1, nor of a version 2 without controllers, as hybrid systems have it."""
    if user == 0:
        return "make the cgroups writable here; docs/operations.md has the options of a container for that"
    delegated = ", or with a delegated cgroup: systemd-run --user --scope -p Delegate=yes exec-cli ..."
    return f"run as root{delegated if _limits_by_v2() else ''}"


def _limits_by_v2() -> bool:
    points = [point for kind, point, _ in _cgroup_mounts() if kind == "cgroup2"]
    try:
        controllers = (points[0] / "cgroup.controllers").read_text() if points else ""
    except OSError:
        return False
    return set(controllers.split()) >= {"memory", "pids"}


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


def _pid_namespace() -> int:
    """The number of the namespace that this process counts processes in; 0 where /proc does not tell."""
    try:
        return os.stat("/proc/self/ns/pid").st_ino
    except OSError:
        return 0


def _start_ticks(pid: int) -> int:
    """When the process started, in clock ticks since boot; 0 when there is no such process."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[19])
    except OSError:
        return 0
