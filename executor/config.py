"""What an engine is told once, at its start, and what it finds out about its machine instead."""

from __future__ import annotations

import logging
import math
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from executor.backend import Sandbox

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineConfig:
    """
    Args:
        slots: boxes, and so runs at the same time; None means `usable_cores`.
        cache_dir: keeps artifacts and toolchain versions; None means $XDG_CACHE_HOME/ennead or ~/.cache/ennead.
        cache_bytes: bound of the artifacts.
        queue_limit: jobs of one client that may wait for a slot.
        slots_per_client: slots that one client may hold at once; None means all.
        resident_bytes: bound of the memory limits of resident compilers together, 0: there are none; None means a
            quarter of the machine's memory.
        runtimes_dir: folder of <id>.toml files; None means those that ship with this package.
        prepared_bytes: bound of the prepared assets that are learned from submissions.
        cold: every job is judged as if it asked for that.
        sandbox: which kind of box.
    """

    slots: int | None = None
    cache_dir: Path | None = None
    cache_bytes: int = 1024 * 1024 * 1024
    queue_limit: int = 10_000
    slots_per_client: int | None = None
    resident_bytes: int | None = None
    runtimes_dir: Path | None = None
    prepared_bytes: int = 2 * 1024 * 1024 * 1024
    cold: bool = False
    sandbox: Sandbox = field(default_factory=Sandbox)


def usable_cores(root: Path = Path("/")) -> int:
    """
    The cores that this process may use: its affinity, and the CPU quota of its cgroup and of those above.

    A quota is rounded down: a slot that is throttled half of the time would measure wall time, not programs.

    Args:
        root: holds `proc` and `sys`; another one than / for tests.

    Source: cpu.max of cgroup v2, cpu.cfs_quota_us and cpu.cfs_period_us of v1.
    """
    cores = len(os.sched_getaffinity(0))
    return max(1, math.floor(min([float(cores), *_quotas(root)])))


def _quotas(root: Path) -> Iterator[float]:
    try:
        lines = (root / "proc/self/cgroup").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        number, controllers, path = line.split(":", 2)
        if number == "0":
            tops = ("", "unified")
        elif "cpu" in controllers.split(","):
            tops = ("cpu", controllers)
        else:
            continue
        for top in tops:
            # In a container the path may be that of the host: then only the ancestors that exist count.
            for folder in (PurePosixPath(path), *PurePosixPath(path).parents):
                yield from _quota(root / "sys/fs/cgroup" / top / str(folder).lstrip("/"))


def _quota(folder: Path) -> Iterator[float]:
    try:
        if (folder / "cpu.max").exists():
            quota, period = (folder / "cpu.max").read_text(encoding="ascii").split()
        else:
            quota = (folder / "cpu.cfs_quota_us").read_text(encoding="ascii")
            period = (folder / "cpu.cfs_period_us").read_text(encoding="ascii")
        if quota != "max" and int(quota) > 0:
            yield int(quota) / int(period)
    except (OSError, ValueError):
        return


@contextmanager
def cache_directory(wanted: Path | None) -> Iterator[Path]:
    """
    A directory for caches that only this user may write to: the wanted one, the user's usual one, or, where that
    cannot be used, a temporary one that is gone afterwards.
    """
    directory = wanted or _users_cache(os.environ)
    problem = "there is no home directory" if directory is None else _unusable(directory)
    if directory is not None and problem is None:
        yield directory
        return
    _log.warning("the cache directory cannot be used, nothing is kept: %s", problem)
    with tempfile.TemporaryDirectory(prefix="ennead-") as temporary:
        yield Path(temporary)


def lasting_cache(wanted: Path | None) -> Path | None:
    """The directory that `cache_directory` would give, if it outlives this process."""
    directory = wanted or _users_cache(os.environ)
    return directory if directory is not None and _unusable(directory) is None else None


def _users_cache(environment: Mapping[str, str]) -> Path | None:
    base = environment.get("XDG_CACHE_HOME", "")
    if base.startswith("/"):
        return Path(base, "ennead")
    try:
        return Path.home() / ".cache" / "ennead"
    except RuntimeError:
        return None


def _unusable(directory: Path) -> str | None:
    """Make a directory; why it must not be used, or None. Who can write to it can choose what is run as a binary."""
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        about = directory.stat()
    except OSError as error:
        return str(error)
    if about.st_uid != os.geteuid() or about.st_mode & 0o022:
        return f"{directory} can be written by other users"
    return None if os.access(directory, os.W_OK | os.X_OK) else f"{directory} is not writable"
