"""
Test data and files by their SHA-256, uploaded once and referred to by any number of jobs.

    <directory>/<first two digits>/<all 64 digits>      the bytes
    <directory>/incoming/...                            an upload that is not finished

A blob is written beside its place, checked and renamed into it, so there is no half a blob under its name. Its
modification time is that of its last use; when space is needed the oldest go, but never one that a job holds.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from executor.errors import EnneadError, UsageError

_DIGEST = re.compile(r"[0-9a-f]{64}")


class BlobMissing(EnneadError):
    """A blob that was referred to is not here; sha256 says which."""

    def __init__(self, sha256: str) -> None:
        super().__init__(f"the blob {sha256} is not stored here; send it with PutBlob first")
        self.sha256 = sha256


class BlobStoreFull(EnneadError):
    """There is no room for a blob: what running jobs use fills the store, or the blob is larger than all of it."""


def check_digest(sha256: str, field: str) -> str:
    """
    The digest, if it is one.

    Raises:
        UsageError: it is not 64 lower-case hexadecimal digits.
    """
    if not _DIGEST.fullmatch(sha256):
        raise UsageError(f"{field} is {sha256[:80]!r}, not a SHA-256 in 64 lower-case hexadecimal digits", field)
    return sha256


class BlobStore:
    """
    Blobs on disk, at most `max_bytes` of them. One process owns the directory.

    Args:
        directory: made, with access for its owner alone, if it does not exist; unfinished uploads in it are removed.
        max_bytes: of all blobs together, those that are being uploaded included.
    """

    def __init__(self, directory: Path, max_bytes: int) -> None:
        self._directory = directory
        self._max_bytes = max_bytes
        self._held: Counter[str] = Counter()
        self._incoming = directory / "incoming"
        self._incoming_bytes = 0
        self._incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
        for leftover in self._incoming.iterdir():
            leftover.unlink()
        # Oldest use first.
        self._sizes = {
            path.name: about.st_size for path, about in sorted(self._scan(), key=lambda each: each[1].st_mtime)
        }
        self._bytes = sum(self._sizes.values())
        self._make_room(0)

    @property
    def max_bytes(self) -> int:
        return self._max_bytes

    @property
    def stored_bytes(self) -> int:
        """Of all blobs together, without unfinished uploads."""
        return self._bytes

    def missing(self, digests: Iterable[str]) -> list[str]:
        """Those that are not here. The others have just been used."""
        absent = []
        for digest in digests:
            if digest in self._sizes:
                self._touch(digest)
            else:
                absent.append(digest)
        return absent

    @contextmanager
    def hold(self, digests: Iterable[str]) -> Iterator[Callable[[str], Path]]:
        """
        Keep blobs while they are used.

        Returns:
            A function from a digest to the path of its bytes.

        Raises:
            BlobMissing: one of them is not here.
        """
        wanted = set(digests)
        for digest in wanted:
            if digest not in self._sizes:
                raise BlobMissing(digest)
            self._touch(digest)
        self._held.update(wanted)
        try:
            yield self._path
        finally:
            self._held.subtract(wanted)
            self._held += Counter()  # forgets those that nobody holds

    async def put(self, chunks: AsyncIterator[bytes], sha256: str | None = None) -> tuple[str, int]:
        """
        Store the bytes that arrive.

        Args:
            chunks: the bytes, in parts of any size.
            sha256: what they must be; None takes them as they are.

        Returns:
            Their digest and their length.

        Raises:
            UsageError: they are something else than the digest says.
            BlobStoreFull: there is no room for them.
        """
        digest = hashlib.sha256()
        size = 0
        fd, name = tempfile.mkstemp(dir=self._incoming)
        try:
            with os.fdopen(fd, "wb") as file:
                async for chunk in chunks:
                    size += len(chunk)
                    self._reserve(len(chunk))
                    # Large parts are hashed and written elsewhere: the loop has other clients.
                    await asyncio.to_thread(_append, file.write, digest.update, chunk)
            found = digest.hexdigest()
            if sha256 is not None and found != sha256:
                raise UsageError(f"the bytes are {found}, not {sha256}", "sha256")
            self._publish(Path(name), found, size)
        finally:
            self._incoming_bytes -= size
            Path(name).unlink(missing_ok=True)
        return found, size

    def _publish(self, path: Path, digest: str, size: int) -> None:
        if digest in self._sizes:
            self._touch(digest)
            return
        target = self._path(digest)
        target.parent.mkdir(mode=0o700, exist_ok=True)
        path.replace(target)
        self._sizes[digest] = size
        self._bytes += size

    def _reserve(self, size: int) -> None:
        self._incoming_bytes += size
        if not self._make_room(self._incoming_bytes):
            raise BlobStoreFull(f"there is no room for the blob: the store holds {self._max_bytes} bytes at most")

    def _make_room(self, wanted: int) -> bool:
        """Remove the least recently used blobs that nobody holds until so many bytes more fit."""
        if self._bytes + wanted <= self._max_bytes:
            return True
        for digest in [each for each in self._sizes if each not in self._held]:
            self._path(digest).unlink(missing_ok=True)
            self._bytes -= self._sizes.pop(digest)
            if self._bytes + wanted <= self._max_bytes:
                return True
        return False

    def _touch(self, digest: str) -> None:
        self._sizes[digest] = self._sizes.pop(digest)
        os.utime(self._path(digest))

    def _path(self, digest: str) -> Path:
        return self._directory / digest[:2] / digest

    def _scan(self) -> Iterator[tuple[Path, os.stat_result]]:
        for folder in self._directory.iterdir():
            if folder == self._incoming:
                continue
            for path in folder.iterdir() if folder.is_dir() else ():
                if _DIGEST.fullmatch(path.name):
                    yield path, path.stat()


def _append(write: Callable[[bytes], object], update: Callable[[bytes], object], chunk: bytes) -> None:
    write(chunk)
    update(chunk)
