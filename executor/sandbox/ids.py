"""Which user ids a box has outside."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Final

_OUTER_IDS: Final = range(0x7000_0000, 0x7FFF_FFFE, 2)
"""Above every range that distributions hand out, below 2^31."""


_IDS_IN_A_CONTAINER: Final = range(60_000, 64_000, 2)
"""For a container with a map of its own, usually of 65,536 ids."""


def outer_id() -> int | None:
    """
    The first of two neighbouring ids for a box started by root; None: rootless.

    They are drawn, so that two boxes hardly ever have the same, whoever started them; in a container with a small
    map of ids it may happen, and costs no more than one layer of separation.
    """
    if not _may_map_ids():
        return None
    for ids in (_OUTER_IDS, _IDS_IN_A_CONTAINER):
        wanted = secrets.choice(ids)
        if _is_mapped(wanted) and _is_mapped(wanted + 1):
            return wanted
    return None


def _is_mapped(outer: int) -> bool:
    """Whether our own user namespace has this id to give away."""
    for line in Path("/proc/self/uid_map").read_text().splitlines():
        inside, _, length = map(int, line.split())
        if inside <= outer < inside + length:
            return True
    return False


def _may_map_ids() -> bool:
    """Whether we have what root has: CAP_SYS_ADMIN (21), CAP_SETGID (6) and CAP_SETUID (7)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapEff:"):
            capabilities = int(line.split()[1], 16)
            return all(capabilities >> bit & 1 for bit in (6, 7, 21))
    return False
