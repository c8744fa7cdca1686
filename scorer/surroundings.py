"""What is to be said of the version, the checkout and the machine that a run was scored with."""

from __future__ import annotations

import os
import platform
import subprocess
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from executor.config import usable_cores
from scorer.about import MachineAbout

_CHECKOUT = Path(__file__).parents[1]
_PATIENCE_S = 10


def own_version() -> str:
    """Of the installed package."""
    try:
        return version("ennead")
    except PackageNotFoundError:
        return "unknown"


def own_commit() -> str | None:
    """Of the checkout that this module is in, `+` at its end if that has changes; None: it is in none."""
    if not (_CHECKOUT / ".git").exists():
        return None
    commit, changes = _git("rev-parse", "HEAD"), _git("status", "--porcelain", "--untracked-files=no")
    return commit and commit + ("+" if changes else "")


def this_machine() -> MachineAbout:
    """Python, kernel and hardware; no name and no address."""
    memory = None
    with suppress(ValueError, OSError):
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return MachineAbout(
        python=platform.python_version(),
        kernel=platform.release(),
        architecture=platform.machine(),
        processor=_processor(),
        cores=usable_cores(),
        memory_bytes=memory,
    )


def _git(*words: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(_CHECKOUT), *words], capture_output=True, text=True, timeout=_PATIENCE_S, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def _processor() -> str | None:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), None)
