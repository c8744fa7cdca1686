"""
Prepared assets on disk: made once, shown read-only in every box, never written to again.

    <store>/<name>/...            what programs in boxes see, below `shown`
    <index>/<name>.json           what it is, what it was made of, and the size and time of each of its files
    <index>/*.lock                held by who makes an entry
    <index>/*.seen                as many bytes as something was asked for that is not there
    <index>/secret                of a store whose names nobody may guess

An entry is written beside its place and renamed into it; its note in the index is written last, and an entry without
a note, or one that is not as its note says, does not exist. So a crash, a full disk or a curious hand costs time only.

Programs must not learn what other jobs had prepared. The folder of a store cannot be listed, not even by its owner,
whom a rootless program shares its user id with: that is what the index is for, which no box shows. And the names of
what was learned from submissions are keyed with a secret: who knows a prefix does not know its name.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import logging
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath

from executor.model import SECOND, File

_log = logging.getLogger(__name__)

SHOWN = "/prepared"
"""Where boxes show the store of this engine."""

_HIDDEN = 0o311
_ABANDONED_S = 3600.0
_STILL_GOOD_S = 20.0
"""How long an entry is believed to be as it was when it was last looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """
    What an entry is.

    Args:
        runtime: its id.
        toolchain: the identity of what made it (see `executor.versions`).
        what: in words, for people.
        learned: from a submission; such an entry makes room for others.
        version: the toolchain's own version line.
    """

    runtime: str
    toolchain: str
    what: str
    learned: bool = False
    version: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """An asset: its folder as boxes show it, and how large it is."""

    name: str
    folder: str
    about: About
    size_bytes: int
    used: float = field(compare=False)


class Store:
    """
    Prepared assets of one folder.

    Args:
        directory: the store; it need not exist.
        shown: the same folder as boxes show it.
        keyed: whether names are keyed with a secret.
    """

    def __init__(self, directory: Path, shown: str, *, keyed: bool) -> None:
        self.directory = directory
        self._index = directory.with_name(f"{directory.name}-index")
        self._shown = shown
        self._keyed = keyed
        self._known: dict[str, tuple[float, Entry]] = {}
        self._secret = b""

    def open(self) -> None:
        """
        Make the folders, for one who may write here.

        Raises:
            OSError: that is impossible.
        """
        self._index.mkdir(mode=0o700 if self._keyed else 0o755, parents=True, exist_ok=True)
        if not self.directory.exists():
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.directory.chmod(_HIDDEN)
        self._tidy()

    def find(self, key: str) -> Entry | None:
        """The entry with this key, if there is a sound one; that it is used is noted."""
        name = self._name(key)
        if name is None:
            return None
        checked, entry = self._known.get(name, (0.0, None))
        if entry is None or time.monotonic() - checked > _STILL_GOOD_S:
            entry = self._look(name)
            if entry is None:
                self._known.pop(name, None)
                return None
            self._known[name] = (time.monotonic(), entry)
            with suppress(OSError):  # another user's store
                os.utime(self._note(name))
        return entry

    def add(self, key: str, about: About, files: Sequence[File], depends: Sequence[str] = ()) -> Entry:
        """
        Publish what was made, in the place of what is there under its key.

        Args:
            files: their contents in memory.
            depends: host paths; a change of one of them makes the entry worthless.

        Raises:
            OSError: it cannot be written; nothing has changed.
        """
        name = self._name(key, make=True)
        assert name is not None, "a secret was made"
        draft = f"new-{secrets.token_hex(8)}"
        self._draft(draft).touch(mode=0o600)
        staged = self.directory / draft
        try:
            _write(staged, files)
            note = {"about": asdict(about), "files": _stamps(staged, files), "depends": _stamps_of(depends)}
            self._remove(name)
            staged.rename(self.directory / name)
            partial = self._note(name).with_suffix(".new")
            partial.write_text(json.dumps(note), encoding="utf-8")
            partial.chmod(0o600 if self._keyed else 0o644)
            partial.replace(self._note(name))
        finally:
            _delete(staged)
            self._draft(draft).unlink(missing_ok=True)
        entry = self._look(name)
        if entry is None:
            raise OSError(f"{self.directory / name} is not as it was written")
        self._known[name] = (time.monotonic(), entry)
        return entry

    def entries(self) -> list[Entry]:
        """Those that are sound, in the order of their last use; none where there is no store."""
        names = sorted(path.stem for path in self._listed("*.json"))
        return sorted((entry for name in names if (entry := self._look(name))), key=lambda entry: entry.used)

    def remove(self, entry: Entry) -> None:
        """Take an entry away; programs that have it open keep what they have."""
        self._remove(entry.name)

    def make_room(self, max_bytes: int, runtime_toolchains: Mapping[str, str]) -> None:
        """
        Remove what is of no use any more, and what was learned and not used for longest, until a bound holds.

        Args:
            max_bytes: of what was learned, together.
            runtime_toolchains: the present toolchain of each runtime that is known here.
        """
        learned = []
        for entry in self.entries():
            about = entry.about
            if runtime_toolchains.get(about.runtime, about.toolchain) != about.toolchain:
                self.remove(entry)
            elif about.learned:
                learned.append(entry)
        excess = sum(entry.size_bytes for entry in learned) - max_bytes
        for entry in learned:
            if excess <= 0:
                return
            self.remove(entry)
            excess -= entry.size_bytes

    @contextmanager
    def making(self, key: str, *, wait: bool) -> Iterator[bool]:
        """
        Hold the right to make an entry; whether it was had. With `wait` it always is.

        Raises:
            OSError: the store cannot be written to.
        """
        name = self._name(key, make=True)
        # Few files, whoever asks for how many: keys that share one wait for each other, or are counted together.
        with (self._index / f"{str(name)[:2]}.lock").open("w", encoding="ascii") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
                return
            yield True

    def sightings(self, key: str) -> int:
        """How often this key, or one that shares its note, was asked for, this time included; 1 if nothing is noted."""
        try:
            with (self._index / f"{str(self._name(key, make=True))[:3]}.seen").open("ab") as file:
                file.write(b".")
                return file.tell()
        except OSError:
            return 1

    def forget_sightings(self, key: str) -> None:
        """Count from nothing again."""
        with suppress(OSError):
            (self._index / f"{str(self._name(key, make=True))[:3]}.seen").unlink(missing_ok=True)

    def _name(self, key: str, *, make: bool = False) -> str | None:
        """What an entry is called; None if it cannot exist, since there is no secret yet."""
        if not self._keyed:
            return key
        if not self._secret:
            self._secret = self._read_secret(make=make)
        return hmac.new(self._secret, key.encode(), hashlib.sha256).hexdigest() if self._secret else None

    def _read_secret(self, *, make: bool) -> bytes:
        path = self._index / "secret"
        with suppress(FileNotFoundError):
            return path.read_bytes()
        if not make:
            return b""
        draft = path.with_suffix(f".{secrets.token_hex(8)}")
        draft.write_bytes(secrets.token_bytes(32))
        draft.chmod(0o600)
        with suppress(FileExistsError):
            os.link(draft, path)  # unlike a rename it never replaces what another process has just made
        draft.unlink()
        return path.read_bytes()

    def _look(self, name: str) -> Entry | None:
        try:
            note = json.loads(self._note(name).read_text(encoding="utf-8"))
            about, files = About(**note["about"]), note["files"]
            root = self.directory / name
            sound = all(_is_as_it_was(root / file, stamp) for file, stamp in files.items())
            if sound and all(_is_as_it_was(Path(path), stamp) for path, stamp in note["depends"].items()):
                size = sum(stamp[0] for stamp in files.values())
                return Entry(name, f"{self._shown}/{name}", about, size, self._note(name).stat().st_mtime)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            _log.warning("the prepared asset %s is damaged and counts as missing: %s", self.directory / name, error)
            return None
        _log.info("the prepared asset %s is out of date or damaged and counts as missing", self.directory / name)
        return None

    def _note(self, name: str) -> Path:
        return self._index / f"{name}.json"

    def _draft(self, name: str) -> Path:
        return self._index / f"{name}.draft"

    def _remove(self, name: str) -> None:
        self._known.pop(name, None)
        self._note(name).unlink(missing_ok=True)
        _delete(self.directory / name)

    def _tidy(self) -> None:
        """Delete what a crash left half done, and what was noted of rare prefixes long ago."""
        for mark in self._listed("*.draft"):
            if _is_older(mark, _ABANDONED_S):
                _delete(self.directory / mark.stem)
                mark.unlink(missing_ok=True)
        for mark in self._listed("*.seen"):
            if _is_older(mark, 24 * _ABANDONED_S):
                mark.unlink(missing_ok=True)

    def _listed(self, pattern: str) -> list[Path]:
        try:
            return list(self._index.glob(pattern))
        except OSError:
            return []


def key_of(*parts: str) -> str:
    """The key of an asset: equal exactly when all that goes into it is."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogateescape")
        digest.update(b"%d:" % len(data))
        digest.update(data)
    return digest.hexdigest()


def _write(staged: Path, files: Sequence[File]) -> None:
    """Write files for everybody to read and nobody to list."""
    staged.mkdir(mode=0o700)
    folders = {staged}
    for file in files:
        path = staged / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        folders.update(staged / parent for parent in PurePosixPath(file.name).parents)
        assert isinstance(file.content, bytes), "what a box has collected"
        path.write_bytes(file.content)
        path.chmod(0o555 if file.executable else 0o444)
    for folder in sorted(folders, reverse=True):
        if folder != staged:
            folder.chmod(0o755)
    staged.chmod(0o755)


def _delete(folder: Path) -> None:
    with suppress(OSError):
        folder.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)


def _stamp(path: Path) -> list[int]:
    about = path.stat()
    return [about.st_size, about.st_mtime_ns]


def _is_as_it_was(path: Path, stamp: list[int]) -> bool:
    """
    Whether a file has the size and the time that were noted.

    The layers of an image, and tar, keep whole seconds alone. So a time without a fraction is also right if it is the
    whole of the one that was noted; one with another fraction is that of a file which was written again.
    """
    size, mtime_ns = stamp
    found_size, found_ns = _stamp(path)
    return found_size == size and found_ns in {mtime_ns, mtime_ns // SECOND * SECOND}


def _stamps(root: Path, files: Sequence[File]) -> dict[str, list[int]]:
    return {file.name: _stamp(root / file.name) for file in files}


def _stamps_of(paths: Sequence[str]) -> dict[str, list[int]]:
    return {path: _stamp(Path(path)) for path in paths}


def _is_older(path: Path, seconds: float) -> bool:
    with suppress(OSError):
        return path.stat().st_mtime < time.time() - seconds
    return False
