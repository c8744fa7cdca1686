"""
The four writable directories of a container, from the supervisor's side: filled, measured, emptied.

They cannot be remounted without more rights than the supervisor has, so what a run left is removed name by name;
it is root with the capabilities that this takes, and nothing of the submission runs meanwhile.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from typing import Final

from executor.sandbox.messages import INNER_USER

ARTIFACT: Final = "/artifact"
WRITABLE: Final = ("/work", "/tmp", "/dev/shm")
_DIRECTORY: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW_FILE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def written() -> tuple[bool, int]:
    """Whether a run left anything in the directories that it may write to, and the bytes that they hold."""
    dirty, total = False, 0
    for path in WRITABLE:
        space = os.statvfs(path)
        dirty |= space.f_files - space.f_ffree > 1
        total += (space.f_blocks - space.f_bfree) * space.f_frsize
    return dirty, total


def wipe(*, artifact: bool) -> None:
    """
    Empty the writable directories, and the artifact if asked.

    Raises:
        OSError: something resists; the container must be replaced.
    """
    for path in (*WRITABLE, ARTIFACT) if artifact else WRITABLE:
        _empty(path)


def _empty(path: str) -> None:
    """
    Remove all that is in a directory, however deep: what lies inside of a folder is moved up before the folder is
    removed, so no path is ever longer than one name and no more than two descriptors are open.
    """
    top = os.open(path, _DIRECTORY)
    try:
        while names := os.listdir(top):
            for name in names:
                if not _unlinked(name, top):
                    _remove_folder(name, top)
    finally:
        os.close(top)


def _unlinked(name: str, directory: int) -> bool:
    try:
        os.unlink(name, dir_fd=directory)
    except IsADirectoryError:
        return False
    return True


def _remove_folder(name: str, top: int) -> None:
    folder = os.open(name, _DIRECTORY, dir_fd=top)
    try:
        for inner in os.listdir(folder):
            if not _unlinked(inner, folder):
                os.rename(inner, secrets.token_hex(16), src_dir_fd=folder, dst_dir_fd=top)
    finally:
        os.close(folder)
    os.rmdir(name, dir_fd=top)


def write_file(place: str, name: str, pour: Callable[[int], None], *, executable: bool) -> None:
    """
    Make a new file; nothing of the submission runs while files are loaded, so no link can be planted under our feet.

    Args:
        place: /work or /artifact.
        name: checked by the engine: relative, no empty, `.` or `..` part.
        pour: writes the content to the descriptor that it is given.
        executable: whether programs may execute it.

    Raises:
        OSError: it is there already, or does not fit.
    """
    owner = INNER_USER if place != ARTIFACT else -1
    mode = 0o755 if executable else 0o644
    root = os.open(place, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _make_folders(root, name, owner)
        target = os.open(name, _NEW_FILE, mode, dir_fd=root)
        try:
            pour(target)
            os.fchmod(target, mode)
            os.fchown(target, owner, owner)
        finally:
            os.close(target)
    finally:
        os.close(root)


def _make_folders(root: int, name: str, owner: int) -> None:
    folders = name.split("/")[:-1]
    for depth in range(1, len(folders) + 1):
        path = "/".join(folders[:depth])
        try:
            os.mkdir(path, 0o755, dir_fd=root)
        except FileExistsError:
            continue
        os.chown(path, owner, owner, dir_fd=root, follow_symlinks=False)
