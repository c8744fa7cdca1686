"""
Files of JSON lines that outlive a kill at any moment.

A line counts once its line feed is there. Appending gives the kernel whole lines in one write, so what a kill can leave
is at most one torn line at the very end: reading passes over it, and the next appender cuts it off. Whole files are
replaced by renaming, so that a reader sees the old one or the new one and nothing between.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_BLOCK_BYTES = 64 * 1024
_UNFINISHED = ".new"


def whole_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """
    The lines of a file that are not blank, counted from 1; a last one without a line feed is torn and left out.

    A file that is not there has no lines. Holds one line at a time.
    """
    for number, _, line in positions(path):
        yield number, line


def positions(path: Path) -> Iterator[tuple[int, int, bytes]]:
    """The lines of `whole_lines` with their number and the offset in bytes at which they begin."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    offset = 0
    with file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                return
            if line.strip():
                yield number, offset, line
            offset += len(line)


def encoded(record: Mapping[str, Any]) -> bytes:
    """One line with its line feed. What UTF-8 cannot hold (half of a surrogate pair) becomes a question mark."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"


class Appender:
    """
    Appends whole lines to a file, each batch by one write. Use it as a context manager.

    A torn last line is cut off when it is opened; what was written survives a power failure once it is closed.

    Raises:
        OSError: the file cannot be written to.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)
        _cut_torn_line(self._file)

    def append(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Write records, one line each."""
        data = memoryview(b"".join(map(encoded, records)))
        while data:
            # The kernel takes less only when the disk is full or a signal came in between.
            data = data[os.write(self._file, data) :]

    def close(self) -> None:
        os.fsync(self._file)
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def _cut_torn_line(file: int) -> None:
    end = os.fstat(file).st_size
    while end:
        start = max(0, end - _BLOCK_BYTES)
        found = os.pread(file, end - start, start).rfind(b"\n")
        if found >= 0:
            end = start + found + 1
            break
        end = start
    if end != os.fstat(file).st_size:
        os.ftruncate(file, end)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """
    The name of a new file beside `path`, which takes its place when the block ends well and is gone otherwise.

    Two processes that do it at once use two files.
    """
    new = path.with_name(f".{path.name}.{os.getpid()}{_UNFINISHED}")
    try:
        yield new
        descriptor = os.open(new, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def unfinished(path: Path) -> list[Path]:
    """What is left of replacing a file where that was killed; or is being written now, if others may do that."""
    return list(path.parent.glob(f".{path.name}.*{_UNFINISHED}"))


def replace(path: Path, data: bytes) -> None:
    """Write a whole file, at once or not at all."""
    with replacing(path) as new:
        new.write_bytes(data)


@contextmanager
def locked(path: Path) -> Iterator[bool]:
    """
    Whether this process holds the advisory lock of a file, which is made if it is not there.

    The kernel frees it with the process, however that ends.
    """
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(file)
