"""
What travels on the stream between an engine and the supervisor in its container: frames of a head and a body.

The head is a JSON object, the body bytes. Nothing that comes out of a container is ever evaluated, and no frame that
comes out may be larger than FRAME_BYTES.
"""

from __future__ import annotations

import json
import struct
from enum import IntEnum
from typing import Any, Final

PREFIX: Final = struct.Struct("!BIQ")
"""Kind, bytes of the head, bytes of the body."""
PIECE_BYTES: Final = 1 << 18
"""Bodies come out in pieces of at most this size."""
HEAD_BYTES: Final = 1 << 20
FRAME_BYTES: Final = PIECE_BYTES + HEAD_BYTES
MULTIPLEXED: Final = struct.Struct("!BxxxI")
"""The daemon's own head of each piece that a container wrote: the descriptor, and the number of bytes."""


class Ask(IntEnum):
    """What an engine asks."""

    BEGIN = 0
    """{} + the filter for programs; the first frame, answered with DONE {meter} when the supervisor is ready."""
    RESET = 1
    """{}: kill everything, empty every directory."""
    WIPE = 2
    """{}: empty what a run may write to."""
    FILE = 3
    """{place, name, executable} + content; not answered before LOADED."""
    LOADED = 4
    """{place}: the files are complete; answered with DONE, or FAILED with what was wrong with the first bad one."""
    STDIN = 5
    """{} + what the next run reads on its standard input."""
    RUN = 6
    """{id, argv, env, rlimits, cpu_ns, wall_ns, memory_bytes, output_bytes, polled}"""
    KILL = 7
    """{id}: end that run, if it is still the one; not answered."""
    COLLECT = 8
    """{patterns, max_bytes}"""
    LOOK = 9
    """{commands: [[name, PATH]], paths: [...], patterns: [...]}: what the image has."""


class Tell(IntEnum):
    """What a supervisor says."""

    DONE = 1
    """{...}: the answer."""
    FAILED = 2
    """{why}: it could not be done; the container is sound."""
    STDOUT = 3
    STDERR = 4
    REPORT = 5
    """{...}: how a run ended."""
    FILE = 6
    """{name, executable, more} + content; more: another piece of the same file follows."""


def frame(kind: int, head: dict[str, Any], body_bytes: int = 0) -> bytes:
    """All of a frame but its body."""
    told = json.dumps(head).encode()
    return PREFIX.pack(kind, len(told), body_bytes) + told
