"""
What a box shows of toolchains: the files of this machine, or those of an image.

A runtime asks while it is resolved. An image is asked once: first all runtimes are resolved against `Questions`, which
says yes to everything and takes notes, then the container answers all at once, and they are resolved against `Answers`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol


class Shown(Protocol):
    """What a runtime asks."""

    def command(self, name: str, path: str) -> Path | None:
        """Where a command is on a PATH; None: nowhere."""

    def visible(self, command: Path, roots: Sequence[Path]) -> Path | None:
        """
        The path of a command as a box sees it.

        Args:
            roots: what a box shows of the machine; an image shows all of itself.
        """

    def exists(self, path: str) -> bool: ...

    def matches(self, pattern: str) -> list[str]:
        """The absolute paths that a pattern stands for, sorted."""

    def advice(self, runtime_id: str) -> str:
        """What to do about something that is missing."""


class HostFiles:
    """Those of this machine."""

    def command(self, name: str, path: str) -> Path | None:
        found = shutil.which(name, path=path)
        return None if found is None else Path(found)

    def visible(self, command: Path, roots: Sequence[Path]) -> Path | None:
        """
        The first path on a command's chain of symbolic links from which on all lies under the roots.

        Not simply the end of the chain: clang++ is a link to clang, and both look at the name they were called by.
        """
        chain = [Path(os.path.realpath(command.parent), command.name)]
        while chain[-1].is_symlink() and len(chain) < 40:
            target = chain[-1].parent / chain[-1].readlink()
            chain.append(Path(os.path.realpath(target.parent), target.name))
        visible: Path | None = None
        for hop in reversed(chain):
            if not any(hop.is_relative_to(root) for root in roots):
                break
            visible = hop
        return visible

    def exists(self, path: str) -> bool:
        return Path(path).exists()

    def matches(self, pattern: str) -> list[str]:
        return sorted(map(str, Path("/").glob(pattern.lstrip("/"))))

    def advice(self, runtime_id: str) -> str:
        return f"install it with: exec-cli runtimes install {runtime_id}"


class Questions:
    """Everything is there; what was asked is in `asked`, as a supervisor takes it."""

    def __init__(self) -> None:
        self._commands: dict[tuple[str, str], None] = {}
        self._paths: dict[str, None] = {}
        self._patterns: dict[str, None] = {}

    @property
    def asked(self) -> dict[str, Any]:
        return {"commands": list(self._commands), "paths": list(self._paths), "patterns": list(self._patterns)}

    def command(self, name: str, path: str) -> Path | None:
        self._commands[name, path] = None
        return Path("/", name)

    def visible(self, command: Path, roots: Sequence[Path]) -> Path | None:
        return command

    def exists(self, path: str) -> bool:
        self._paths[path] = None
        return True

    def matches(self, pattern: str) -> list[str]:
        self._patterns[pattern] = None
        return [pattern]

    def advice(self, runtime_id: str) -> str:
        return ""


class Answers:
    """
    Those of an image.

    Args:
        image: its name.
        answers: of its supervisor to `Questions.asked`.
    """

    def __init__(self, image: str, answers: Mapping[str, Any]) -> None:
        self._image = image
        self._commands = {(name, path): found for name, path, found in answers["commands"]}
        self._paths = frozenset(answers["paths"])
        self._patterns: dict[str, list[str]] = dict(answers["patterns"])

    def command(self, name: str, path: str) -> Path | None:
        found = self._commands.get((name, path))
        return None if found is None else Path(found)

    def visible(self, command: Path, roots: Sequence[Path]) -> Path | None:
        return command

    def exists(self, path: str) -> bool:
        return path in self._paths

    def matches(self, pattern: str) -> list[str]:
        return self._patterns.get(pattern, [])

    def advice(self, runtime_id: str) -> str:
        return f"the image {self._image} needs what `exec-cli runtimes install {runtime_id}` installs"


HOST: Shown = HostFiles()
