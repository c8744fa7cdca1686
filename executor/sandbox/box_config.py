"""What a native box is told at its start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from executor.model import MIB


@dataclass(frozen=True, slots=True)
class BoxConfig:
    """
    Args:
        mounts: host paths to show read-only, besides /usr, where they are.
        shown: host paths to show read-only somewhere else: by the path in the box.
        writable_bytes, writable_inodes: bounds of each of /work, /tmp, /dev/shm and /artifact.
    """

    mounts: tuple[Path, ...] = ()
    shown: Mapping[str, Path] = field(default_factory=dict)
    writable_bytes: int = 1024 * MIB
    writable_inodes: int = 65_536

    @property
    def binds(self) -> list[tuple[str, str]]:
        """What is shown and where, outermost first."""
        targets = {str(path): str(path) for path in self.mounts}
        targets |= {target: str(path) for target, path in self.shown.items()}
        return [(targets[target], target) for target in sorted(targets)]
