"""
The folder in which what npm and pip installed for a runtime lies, below /usr, so that boxes show it.

An ordinary user changes it as root, through sudo. So all that changes anything is a small command (mv, rm, install),
also where this process could do it itself: there is one way, and it is tried by everybody.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from executor.runtime import DEFAULT_ENV
from executor.tools import Call, Say, Tools

STAGED, RETIRED = ".new-", ".old-"


class ToolchainFolder:
    """
    A runtime's folder, which is changed as root, unless it is this user's own.

    Args:
        path: the folder.
        tools: run the commands.
    """

    def __init__(self, path: Path, tools: Tools) -> None:
        self._path = path
        self._tools = tools
        self._as_root = os.geteuid() == 0 or not may_write(path)

    async def run(self, argv: tuple[str, ...], env: Mapping[str, str], say: Say | None = None) -> None:
        await self._tools.run(Call(argv=argv, env=env, cwd=self._path, as_root=self._as_root), say)

    async def make(self) -> None:
        missing = [str(path) for path in (self._path.parent, self._path) if not path.exists()]
        if missing:
            owner = ("-o", "root", "-g", "root") if self._as_root else ()
            # Five digits: the set-group-ID bit, which Debian's /usr/local/lib hands down, goes.
            argv = ("install", "-d", "-m", "00755", *owner, *missing)
            await self._tools.run(Call(argv=argv, env=DEFAULT_ENV, as_root=self._as_root))

    @asynccontextmanager
    async def alone(self, notice: Say) -> AsyncIterator[None]:
        """Wait until nobody else installs into this folder, and keep others waiting."""
        descriptor = os.open(self._path, os.O_RDONLY | os.O_DIRECTORY)
        told = False
        try:
            while True:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if not told:
                        notice(f"waiting for another installation into {self._path}")
                    told = True
                    await asyncio.sleep(0.2)
            yield
        finally:
            os.close(descriptor)

    async def tidy(self) -> None:
        """Remove what an earlier installation left when it was killed."""
        left = [str(path) for mark in (STAGED, RETIRED) for path in self._path.glob(f"{mark}*")]
        if left:
            await self.run(("rm", "-rf", *left), DEFAULT_ENV)

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """A folder of this user's, gone afterwards; on the same disk where possible, so that moving costs nothing."""
        own = os.access(self._path, os.W_OK | os.X_OK)
        # Not /tmp, which may be memory: there are packages of gigabytes.
        where, prefix = (self._path, STAGED) if own else (Path("/var/tmp"), "ennead-")
        with tempfile.TemporaryDirectory(prefix=prefix, dir=where, ignore_cleanup_errors=True) as name:
            (Path(name) / "tmp").mkdir()
            yield Path(name)

    async def write(self, name: str, text: str, stage: Path) -> None:
        """Write a file, which is there whole or not at all."""
        draft = stage / "draft"
        draft.write_text(text, encoding="utf-8")
        target = self._path / name
        new = target.with_name(f"{STAGED}{target.name}")
        await self.run(("install", "-D", "-m", "0644", "-T", str(draft), str(new)), DEFAULT_ENV)
        await self.run(("mv", "-f", "-T", str(new), str(target)), DEFAULT_ENV)

    async def replace(self, name: str, stage: Path) -> None:
        """Put what was staged under this name in the place of what is there; nothing, if nothing was."""
        target, new, old = (str(self._path / f"{mark}{name}") for mark in ("", STAGED, RETIRED))
        staged = stage / name
        if staged.is_dir():
            await self.run(("mv", "-T", str(staged), new), DEFAULT_ENV)
            # Whatever the packages say of themselves: everybody may read it, and only its owner may change it.
            await self.run(("chmod", "-R", "u=rwX,go=rX,a-s", new), DEFAULT_ENV)
            if self._as_root:
                await self.run(("chown", "-R", "-h", "root:root", new), DEFAULT_ENV)
        if Path(target).exists():
            await self.run(("mv", "-T", target, old), DEFAULT_ENV)
        if Path(new).exists():
            await self.run(("mv", "-T", new, target), DEFAULT_ENV)
        await self.run(("rm", "-rf", old), DEFAULT_ENV)


def may_write(folder: Path) -> bool:
    """Whether this user may change a folder, or make it where it does not exist."""
    while not folder.exists():
        folder = folder.parent
    return os.access(folder, os.W_OK | os.X_OK)
