"""Sockets that nobody holds any more, and that the kernel has not freed yet."""

from __future__ import annotations

import os
import socket
import time
from typing import Final

_GARBAGE_PATIENCE_S: Final = 0.5
_GARBAGE_PAUSE_S: Final = 0.0002


class Garbage:
    """
    Sockets that only refer to each other, with the files, memory and names that travelled in them, outlive their
    program until the kernel's garbage collector finds them; the close of any Unix socket starts it.

    Args:
        sockstat: descriptor of the box's own /proc/net/sockstat; None where there is none to see.
        own: sockets that are there before any program is.
    """

    def __init__(self, sockstat: int | None, *, own: int = 0) -> None:
        self._sockstat = sockstat
        self._none_left = b"sockets: used %d\n" % own

    def collect(self) -> None:
        """Wait, for half a second at most, until no socket is left in the box."""
        deadline = time.monotonic() + _GARBAGE_PATIENCE_S
        while self._is_there():
            for end in socket.socketpair():
                end.close()
            if self._sockstat is None or time.monotonic() > deadline:
                return
            time.sleep(_GARBAGE_PAUSE_S)

    def _is_there(self) -> bool:
        return self._sockstat is None or not os.pread(self._sockstat, 32, 0).startswith(self._none_left)
