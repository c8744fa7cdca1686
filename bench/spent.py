"""
What a process spends with all that it starts, to the nanosecond, whatever becomes of its children.

A cgroup of its own counts for it. The processes of an engine (boxes, compilers, residents, supervisors) are born in
it or in cgroups below it, and what they spend is in its figure also after they have ended, waited for or not.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self


class CannotMeasure(Exception):
    """This machine lets us make no cgroup that counts CPU time."""


@dataclass(frozen=True, slots=True)
class Spender:
    """
    A cgroup that counts CPU time.

    Args:
        folder: of the cgroup, in the hierarchy of cpuacct (v1) or the only one (v2).
    """

    folder: Path

    @classmethod
    def open(cls, name: str) -> Self:
        """
        Make one below the cgroup of this process.

        Raises:
            CannotMeasure: it cannot be made here.
        """
        folder = folder_of("self") / f"bench-{name}-{os.getpid()}"
        try:
            folder.mkdir()
        except OSError as error:
            raise CannotMeasure(f"{folder} cannot be made: {error}; this is measured as root") from error
        return cls(folder)

    @property
    def door(self) -> Path:
        """Where a process writes 0 to enter."""
        return self.folder / "cgroup.procs"

    @property
    def cpu_ns(self) -> int:
        """CPU time of everything that was ever in it."""
        v1 = self.folder / "cpuacct.usage"
        if v1.exists():
            return int(v1.read_text())
        return int((self.folder / "cpu.stat").read_text().split()[1]) * 1000

    def close(self) -> None:
        """Everybody must have left."""
        for folder in sorted(self.folder.rglob("*/"), reverse=True):
            folder.rmdir()
        self.folder.rmdir()


@contextmanager
def spender(name: str) -> Iterator[Spender]:
    """A cgroup while it is needed."""
    opened = Spender.open(name)
    try:
        yield opened
    finally:
        opened.close()


@contextmanager
def spent_inside(name: str) -> Iterator[Spender]:
    """A cgroup that this process is in while it is needed, and whoever it starts."""
    with spender(name) as opened:
        before = folder_of("self")
        opened.door.write_text("0")
        try:
            yield opened
        finally:
            (before / "cgroup.procs").write_text("0")


def folder_of(process: int | str) -> Path:
    """
    The cgroup that counts the CPU time of a process.

    Raises:
        CannotMeasure: none does here.
    """
    paths = {}
    for line in Path(f"/proc/{process}/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        paths.update(dict.fromkeys(controllers.split(","), path))
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        left, _, right = line.partition(" - ")
        kind, _, options = right.split(None, 2)
        where, top = left.split()[4], left.split()[3]
        if kind == "cgroup" and "cpuacct" in options.split(",") and "cpuacct" in paths:
            return Path(where, paths["cpuacct"].removeprefix(top).lstrip("/"))
        if kind == "cgroup2" and "cpuacct" not in paths:
            return Path(where, paths.get("", "/").removeprefix(top).lstrip("/"))
    raise CannotMeasure("no cgroup hierarchy counts CPU time here")
