"""The start of a launcher, the first process of a box."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

_PACKAGE_PARENT: Final = Path(__file__).resolve().parent.parent.parent
_BOOT: Final = (
    "import os, sys; sys.path.append(os.environ.pop('ENNEAD')); from executor.sandbox.launcher import main; main()"
)
"""The package's place travels in the environment, which the box cannot read, not in argv, which /proc shows."""


def start_launcher(fds: tuple[int, int]) -> subprocess.Popen[bytes]:
    """
    A fresh interpreter in `launcher.main`.

    Args:
        fds: its ends of the two sockets, for control and for runs.
    """
    return subprocess.Popen(  # a vfork; asyncio's own would cost a thread per box
        [sys.executable, "-I", "-S", "-c", _BOOT],
        env={"ENNEAD": str(_PACKAGE_PARENT), "ENNEAD_FDS": f"{fds[0]},{fds[1]}"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        pass_fds=fds,
        start_new_session=True,
    )
