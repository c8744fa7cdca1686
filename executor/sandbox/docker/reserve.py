"""
Memory that a supervisor holds to give it back when its container is full.

What a program wrote to a file outlives it. So when the kernel has killed a program that filled a tmpfs, the container
is as full as before, and the supervisor is the only process left: the next page that it touches would be its end. With
the reserve given back it can still say how the run ended, and is asked to wipe under another limit.
"""

from __future__ import annotations

import contextlib
import mmap
from typing import Final

_BYTES: Final = 1 << 20
"""Several times the batch of 64 pages for each processor in which the kernel charges memory to a cgroup."""


class Reserve:
    """Not held yet. Nothing here takes memory when it is given back."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _BYTES, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self._held = False
        with contextlib.suppress(OSError):  # gVisor: a fork copies a page table more
            self._memory.madvise(mmap.MADV_DONTFORK)

    def take(self) -> None:
        """Hold it (again); there must be room."""
        if not self._held:
            for offset in range(0, _BYTES, mmap.PAGESIZE):
                self._memory[offset] = 1
            self._held = True

    def give(self) -> None:
        if self._held:
            self._memory.madvise(mmap.MADV_DONTNEED)
            self._held = False
