"""What a runtime's file says of a compiler that stays: `[resident]`, specified in runtimes/README.md."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from executor.model import MIB, SECOND

Argv = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentCompiler:
    """
    A compiler that stays, and what it is asked; see `executor.resident`.

    Args:
        command: one argv that starts it, its files being in /artifact.
        files: of the program around the compiler: name to text.
        steps: commands that turn them into that program, in /work.
        arguments: what a request says besides the sources.
        flags: expressions for the submission's flags that it may be asked with.
        refuse: patterns of file names; a submission with such a file is not for it.
        memory_bytes: its limit.
        cpu_ns: what one request may spend.
        jobs: how many it answers before it is replaced.
    """

    command: Argv
    files: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[Argv, ...] = ()
    arguments: Argv = ()
    flags: tuple[str, ...] = ()
    refuse: tuple[str, ...] = ()
    memory_bytes: int = 512 * MIB
    cpu_ns: int = 5 * SECOND
    jobs: int = 500


def memory_for_residents() -> int:
    """A quarter of the machine's memory, in bytes."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 4
