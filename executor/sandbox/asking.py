"""What the engine asks of a zygote, and what it knows of the present one."""

from __future__ import annotations

import resource
from dataclasses import dataclass, field
from typing import NamedTuple

from executor.model import MIB, Limits

_LEAST_OPEN_FILES = 16
"""The zygote itself needs a dozen."""
_MOST_BYTES = 1 << 60
"""More than any machine has, and less than what the kernel takes for no limit."""
_BOX_PROCESSES = 3
"""Launcher, init and zygote have the program's user when rootless."""


class Asked(NamedTuple):
    """Limits in the form of the last element of a RUN message; rlimits as (resource, hard and soft value)."""

    rlimits: list[tuple[int, int]]
    cpu_ns: int
    wall_ns: int
    memory_bytes: int
    polled: bool


@dataclass(slots=True)
class Zygote:
    """
    What the engine knows of the present zygote.

    Args:
        rlimits: the hard limits that it has taken on so far.
        used: whether it has run anything.
    """

    alive: bool = False
    used: bool = False
    rlimits: list[tuple[int, int]] = field(default_factory=list)

    def can_take(self, rlimits: list[tuple[int, int]]) -> bool:
        if not self.alive or not self.rlimits or rlimits is self.rlimits:
            return self.alive
        return all(new <= old for (_, new), (_, old) in zip(rlimits, self.rlimits, strict=True))


def ask(limits: Limits, *, polled: bool) -> Asked:
    """
    Limits as the zygote takes them. It can lower its hard rlimits but never raise them again.

    Args:
        polled: there is no cgroup; rlimits must bound what it would.
    """
    rlimits = [
        (resource.RLIMIT_FSIZE, min(limits.file_size_bytes, _MOST_BYTES)),
        (resource.RLIMIT_NOFILE, max(limits.open_files, _LEAST_OPEN_FILES)),
        (resource.RLIMIT_STACK, min(limits.effective_stack_bytes, _MOST_BYTES)),
    ]
    if polled:
        stacks = limits.processes * limits.effective_stack_bytes  # every thread maps one, and it counts as data
        data = 4 * limits.memory_bytes + stacks + 1024 * MIB
        rlimits.append((resource.RLIMIT_DATA, min(data, _MOST_BYTES)))
        rlimits.append((resource.RLIMIT_NPROC, limits.processes + _BOX_PROCESSES))
    return Asked(rlimits, limits.cpu_ns, limits.effective_wall_ns, limits.memory_bytes, polled)
