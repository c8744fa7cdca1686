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

import errno
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from executor.model import Limits, Meter

MOST_PROCESSES: Final = 1 << 21
"""A higher limit acts as this one; the kernel has no more than twice as many."""
LEAST_MEMORY_BYTES: Final = 1024 * 1024
"""A lower limit acts as this one: the box itself allocates while it starts a program."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What the cgroup saw of a run; None where it cannot tell."""

    cpu_ns: int
    memory_bytes: int | None
    processes: int | None
    out_of_memory: bool
    forks_refused: bool


class SlotCgroup(ABC):
    """The cgroups of one slot."""

    meter: Meter
    losses: tuple[str, ...] = ()
    measures_forks = False
    """Whether it can tell a run that is forked from the template that it is forked from."""

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
    def gauges(self) -> tuple[int, ...]:
        """Descriptors, open for reading, of what `CgroupClock` reads while the program runs; empty when polling."""

    @abstractmethod
    def begin(self, limits: Limits, shared_bytes: int = 0) -> None:
        """
        Set the limits of the next run and start counting.

        Args:
            shared_bytes: memory that the run has from the start and that is not counted with it.
        """

    @abstractmethod
    def end(self) -> Spent:
        """What was spent since `begin`; nothing of the run is alive."""

    @property
    @abstractmethod
    def cpu_so_far_ns(self) -> int | None:
        """CPU time since `begin`, while the run is going on; None where only the zygote knows."""

    def relax(self, *, fills_box: bool) -> None:
        """
        Lift the limits of the last run: init is about to work, and must not be killed for what it loads.

        Args:
            fills_box: what it does changes how much the box itself holds.
        """
        return

    def make_room(self) -> None:
        """A template is about to start: lift the limits of the last run."""
        self.relax(fills_box=True)

    def has_grown(self, templates: int) -> int:
        """
        Templates have come, since `make_room`, or gone.

        Args:
            templates: how many there are.

        Returns:
            By how much memory of its own the box has grown.
        """
        return 0

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
    gauges: tuple[int, ...] = ()

    def zygote_directory(self) -> int | None:
        return None

    def begin(self, limits: Limits, shared_bytes: int = 0) -> None:
        """Nothing to set: the zygote polls."""

    def end(self) -> Spent:
        return Spent(0, None, None, out_of_memory=False, forks_refused=False)

    @property
    def cpu_so_far_ns(self) -> int | None:
        return None

    def close(self) -> None:
        """Nothing to remove."""


def remove(directory: Path, patience_s: float = 2.0) -> None:
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
