"""
What is known of installed toolchains, kept on disk: asking fifty of them for their versions takes half a minute.

A note is filed under the identity of the toolchain, so that a new one is asked anew. Everybody who wants to know a
version reads and writes the same notes, whether they ask in a box or on the host.
"""

from __future__ import annotations

import hashlib
import logging
import os
from pathlib import Path

from executor.model import SECOND
from executor.runtime import Runtime

_log = logging.getLogger(__name__)

HELD_NOTES = "held"
"""The folder, in a cache, of notes of the bytes that interpreters hold while they wait to be forked."""
_MOST_CHARACTERS = 200


def toolchain_identity(runtime: Runtime) -> str:
    """
    Names an installed toolchain: changes when the program that tells the version does, or a script that it is given.

    It is the same in an image whose layers were packed, which keeps no fraction of a second.

    Args:
        runtime: resolved.

    Raises:
        OSError: the program has gone since.
    """
    files = [Path(word) for word in runtime.version if word.startswith("/")]
    about = [(os.path.realpath(file), file.stat()) for file in files if file == files[0] or file.is_file()]
    stamps = [(path, each.st_mtime_ns // SECOND * SECOND, each.st_size) for path, each in about]
    return repr((runtime.id, runtime.version, stamps))


def version_line(stdout: bytes, stderr: bytes) -> str:
    """The first line of what a toolchain said of its version; some write it to standard error."""
    lines = [line.strip() for line in (stdout or stderr).decode("utf-8", "replace").splitlines()]
    return next((line for line in lines if line), "")[:_MOST_CHARACTERS]


class ToolchainNotes:
    """
    One fact of toolchains, such as their version, by their identity.

    Args:
        directory: made when the first note is written; None: nothing is kept.
    """

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory

    def read(self, identity: str) -> str | None:
        """None where there is no note, or none that can be read."""
        try:
            return self._note(identity).read_text(encoding="utf-8") if self._directory else None
        except (OSError, UnicodeDecodeError):
            return None

    def write(self, identity: str, fact: str) -> None:
        """Renamed into place, since processes may share the directory; a note that cannot be written is not missed."""
        if self._directory is None:
            return
        note = self._note(identity)
        draft = note.with_suffix(f".{os.getpid()}")
        try:
            note.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft.write_text(fact, encoding="utf-8")
            draft.replace(note)
        except OSError as error:
            _log.info("a fact of a toolchain could not be noted: %s", error)

    def _note(self, identity: str) -> Path:
        assert self._directory is not None
        return self._directory / hashlib.sha256(identity.encode("utf-8", "surrogateescape")).hexdigest()
