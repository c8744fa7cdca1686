"""Files on their way into a box and out of it, as descriptors."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import stat
from collections.abc import Iterator, Sequence
from typing import Final

from executor.model import MIB, Content, File
from executor.sandbox.messages import FILES_PER_MESSAGE, NAMES_PER_MESSAGE_BYTES
from executor.sandbox.steps import to_the_end

_LARGE_BYTES: Final = 4 * MIB
"""Larger contents are copied in a thread: the event loop has other boxes to serve."""
_SEALS: Final = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL


def check_name(name: str) -> None:
    """
    Raises:
        ValueError: not a plain relative POSIX path.
    """
    parts = name.split("/")
    if "\0" in name or any(part in {"", ".", ".."} for part in parts):
        raise ValueError(f"{name!r} is not a relative path without empty, '.' or '..' parts")


async def open_content(content: Content) -> int:
    """
    A descriptor that a program may read, rewind and reopen, but through which it can change nothing of ours.

    The caller closes it.

    Raises:
        OSError: the content is a path that cannot be read or is no regular file.
    """
    fd = os.memfd_create("input", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        size = len(content) if isinstance(content, bytes) else content.stat().st_size
        if size > _LARGE_BYTES:
            await to_the_end(asyncio.to_thread(_fill, fd, content))
        else:
            _fill(fd, content)
    except BaseException:
        os.close(fd)
        raise
    return fd


def _fill(fd: int, content: Content) -> None:
    if isinstance(content, bytes):
        view = memoryview(content)
        while view:
            view = view[os.write(fd, view) :]
    else:
        source = os.open(content, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a FIFO must not hold us up
        try:
            if not stat.S_ISREG(os.fstat(source).st_mode):
                raise OSError(errno.EINVAL, "not a regular file", str(content))
            while os.sendfile(fd, source, None, 1 << 30):
                pass
        finally:
            os.close(source)
    os.fchmod(fd, 0o444)
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, _SEALS)
    os.lseek(fd, 0, os.SEEK_SET)


def read_files(payload: bytes, fds: Sequence[int]) -> list[File]:
    """Files that init collected: its names, our own reading and our own look at what they are."""
    files = []
    for entry, fd in zip(os.fsdecode(payload).split("\0"), fds, strict=True):
        if stat.S_ISREG(os.fstat(fd).st_mode):
            with open(fd, "rb", closefd=False) as file:
                files.append(File(entry[1:], file.read(), executable=entry.startswith("x")))
    return files


def portions(files: Sequence[File]) -> Iterator[list[File]]:
    """The files in portions that a message can carry; one empty portion when there are none."""
    part: list[File] = []
    size = 0
    for file in files:
        length = len(os.fsencode(file.name))
        if part and (len(part) == FILES_PER_MESSAGE or size + length > NAMES_PER_MESSAGE_BYTES):
            yield part
            part, size = [], 0
        part.append(file)
        size += length
    yield part
