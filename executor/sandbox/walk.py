"""The files that a program left in a directory of its box, found without following anything that it planted."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from typing import Final

_MAX_DIRECTORIES: Final = 10_000
_MAX_DEPTH: Final = 100


def regular_files(root: str) -> Iterator[tuple[str, int, os.stat_result]]:
    """
    (relative name, descriptor, stat) of every regular file with a single link, opened through no link of any kind.

    Depth and breadth are the submission's: the walk keeps names, not descriptors, and does not recurse.
    """
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    waiting: list[tuple[str, ...]] = [()]
    seen = 0
    while waiting:
        parts = waiting.pop()
        seen += 1
        if seen > _MAX_DIRECTORIES or len(parts) > _MAX_DEPTH:
            raise ValueError(f"over {_MAX_DIRECTORIES} directories, or one inside of {_MAX_DEPTH} others")
        directory = open_directory(root, parts)
        with contextlib.ExitStack() as cleanup:
            cleanup.callback(os.close, directory)
            for name in sorted(os.listdir(directory)):
                info = os.stat(name, dir_fd=directory, follow_symlinks=False)
                if stat.S_ISDIR(info.st_mode):
                    waiting.append((*parts, name))
                elif stat.S_ISREG(info.st_mode) and info.st_nlink == 1:
                    yield "/".join((*parts, name)), os.open(name, flags, dir_fd=directory), info


def open_directory(root: str, parts: tuple[str, ...]) -> int:
    """Step by step, because the whole path may be longer than the kernel takes at once."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    directory = os.open(root, flags)
    for part in parts:
        try:
            deeper = os.open(part, flags, dir_fd=directory)
        finally:
            os.close(directory)
        directory = deeper
    return directory
