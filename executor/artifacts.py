"""
What compilers left, kept on disk under a key of all that went into it.

    <directory>/<first two digits of the key>/<key>/manifest.json   the log, and name, size and mode of each file
                                                    0, 1, 2 ...     their contents

An entry is written beside its place and renamed into it, so several processes may share a directory and a crash
leaves no half entry. An entry that is not as its manifest says is a miss. Its modification time is that of
its last use; a sweep removes the oldest entries. What this process still holds is never removed: an entry is in
use exactly as long as its Artifact object lives.

Failed builds are never stored, but are shared with those who asked for the same key meanwhile.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import random
import shutil
import tempfile
import threading
import time
import weakref
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from executor.model import File, Verdict

_log = logging.getLogger(__name__)

_SWEEP_SHARE = 16
"""A sweep makes room for 1/16 of the bound, and the next one follows once this process has stored as much."""
_ABANDONED_S = 3600.0


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Artifact:
    """
    What is loaded into a box to run a submission.

    Args:
        files: what the compiler left; for an interpreted language the sources.
        log: what the compiler wrote.
    """

    files: tuple[File, ...]
    log: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """A build that failed because of what was built: CE or CTL, and what the compiler wrote."""

    verdict: Verdict
    log: str


Built = Artifact | Failure
Build = Callable[[], Awaitable[Built]]


def artifact_key(files: Iterable[File], context: Sequence[str]) -> str:
    """
    The key of a build: equal exactly when all of these are equal.

    Args:
        files: the sources, their contents in memory.
        context: everything else that the result depends on: entry, runtime, version, commands.
    """
    digest = hashlib.sha256()
    parts = [text.encode("utf-8", "surrogateescape") for text in context]
    for file in files:
        content = file.content if isinstance(file.content, bytes) else file.content.read_bytes()
        parts += (file.name.encode(), b"x" if file.executable else b"-", content)
    for part in parts:
        digest.update(b"%d:" % len(part))
        digest.update(part)
    return digest.hexdigest()


class ArtifactStore:
    """
    Artifacts on disk, at most `max_bytes` of them, each built once.

    Args:
        directory: made, with access for its owner alone, if it does not exist.
        max_bytes: of the contents together. Processes that share a directory may exceed it by a sixteenth each.
    """

    def __init__(self, directory: Path, max_bytes: int) -> None:
        self._directory = directory
        self._max_bytes = max_bytes
        self._flights: dict[str, asyncio.Future[Built]] = {}
        # Between finding an entry and noting its use no sweep may happen; sweeps run in other threads.
        self._lock = threading.Lock()
        self._used: weakref.WeakValueDictionary[str, Artifact] = weakref.WeakValueDictionary()
        # A sweep reads the whole directory. Many short processes share that work by chance.
        self._until_sweep = random.randrange(max_bytes // _SWEEP_SHARE + 1)
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)

    async def get_or_build(self, key: str, build: Build) -> tuple[Built, bool]:
        """
        The artifact with this key, built if there is none; at most one build of a key at a time in this process.

        Args:
            key: see `artifact_key`.
            build: makes it. If it raises or is cancelled, that concerns its own caller alone: of those who
                wait for the same key another one builds.

        Returns:
            The artifact or the failure, and whether somebody else's work was used.
        """
        while (flight := self._flights.get(key)) is not None:
            await asyncio.wait({flight})
            if not flight.cancelled():
                return flight.result(), True
        flight = self._flights[key] = asyncio.get_running_loop().create_future()
        try:
            built, cached = await self._find_or_build(key, build)
            flight.set_result(built)
            return built, cached
        finally:
            del self._flights[key]
            flight.cancel()  # does nothing to a flight that has its result

    async def _find_or_build(self, key: str, build: Build) -> tuple[Built, bool]:
        if (found := await self._look_up(key)) is not None:
            return found, True
        built = await build()
        if isinstance(built, Artifact):
            built = await asyncio.to_thread(self._store, key, built)
        return built, False

    async def _look_up(self, key: str) -> Artifact | None:
        """A few small files are read here and now, which costs less than a thread; a sweep is waited for in one."""
        if not self._lock.acquire(blocking=False):
            return await asyncio.to_thread(self._find_locked, key)
        try:
            return self._find(key)
        finally:
            self._lock.release()

    def _find_locked(self, key: str) -> Artifact | None:
        with self._lock:
            return self._find(key)

    def _entry(self, key: str) -> Path:
        return self._directory / key[:2] / key

    def _find(self, key: str) -> Artifact | None:
        entry = self._entry(key)
        try:
            found = _read_entry(entry)
            os.utime(entry)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            _log.warning("the stored artifact %s is damaged and will be built again: %s", entry, error)
            return None
        return self._used.setdefault(key, found)

    def _store(self, key: str, artifact: Artifact) -> Artifact:
        """Publish an artifact; where that is impossible it stays in memory, since a cache must not fail a job."""
        size = sum(len(file.content) for file in artifact.files if isinstance(file.content, bytes))
        if size > self._max_bytes:
            return artifact
        try:
            with tempfile.TemporaryDirectory(prefix=".new-", dir=self._directory, ignore_cleanup_errors=True) as name:
                staged = Path(name, "entry")
                staged.mkdir()
                _write_entry(staged, artifact)
                with self._lock:
                    self._until_sweep -= size
                    if self._until_sweep < 0:
                        self._sweep(size)
                    stored = _publish(staged, self._entry(key))
                    self._used[key] = stored
                    return stored
        except OSError as error:
            _log.warning("an artifact of %d bytes could not be stored: %s", size, error)
            return artifact

    def _sweep(self, room: int) -> None:
        """Remove the entries that were used least recently until the bound holds with `room` bytes more."""
        share = self._max_bytes // _SWEEP_SHARE
        self._until_sweep = share
        entries = sorted(self._entries())
        excess = sum(size for _, size, _ in entries) + max(room, share) - self._max_bytes
        for _, size, entry in entries:
            if excess <= 0:
                return
            if entry.name not in self._used:
                _remove(entry)
                excess -= size

    def _entries(self) -> Iterator[tuple[float, int, Path]]:
        """Last use, size and path of each entry; what a crashed process left half done is removed on the way."""
        for child in self._directory.iterdir():
            if child.name.startswith("."):
                if child.stat().st_mtime < time.time() - _ABANDONED_S:
                    shutil.rmtree(child, ignore_errors=True)
                continue
            for entry in child.iterdir():
                try:
                    size = sum(file.stat().st_size for file in entry.iterdir())
                    yield entry.stat().st_mtime, size, entry
                except OSError:  # another process removed it
                    continue


def _write_entry(directory: Path, artifact: Artifact) -> None:
    files = []
    for number, file in enumerate(artifact.files):
        content = file.content if isinstance(file.content, bytes) else file.content.read_bytes()
        (directory / str(number)).write_bytes(content)
        files.append({"name": file.name, "size": len(content), "executable": file.executable})
    (directory / "manifest.json").write_text(json.dumps({"log": artifact.log, "files": files}), encoding="utf-8")


def _read_entry(directory: Path) -> Artifact:
    """
    Raises:
        FileNotFoundError: there is no such entry.
        ValueError, KeyError, TypeError: it is damaged.
    """
    manifest = json.loads((directory / "manifest.json").read_text(encoding="utf-8"))
    files = []
    for number, about in enumerate(manifest["files"]):
        path = directory / str(number)
        if not path.is_file() or path.stat().st_size != about["size"]:
            raise ValueError(f"{path.name} is missing or has the wrong size")
        files.append(File(str(about["name"]), path, bool(about["executable"])))
    return Artifact(tuple(files), str(manifest["log"]))


def _publish(staged: Path, entry: Path) -> Artifact:
    """Rename a new entry into its place; a sound one that another process put there meanwhile stays."""
    entry.parent.mkdir(mode=0o700, exist_ok=True)
    try:
        staged.rename(entry)
    except OSError:
        try:
            present = _read_entry(entry)
        except (OSError, ValueError, KeyError, TypeError):
            _remove(entry)
            staged.rename(entry)
        else:
            return present
    return _read_entry(entry)


def _remove(entry: Path) -> None:
    """Take an entry away at once, then delete it: nobody finds half of it."""
    doomed = entry.parent.parent / f".old-{entry.name}-{os.getpid()}-{threading.get_ident()}"
    try:
        entry.rename(doomed)
    except OSError as error:
        _log.info("%s was not removed: %s", entry, error)
        return
    shutil.rmtree(doomed, ignore_errors=True)
