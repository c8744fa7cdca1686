"""Small packages for npm and pip, made on the spot, and a place to install them: real tools, no network."""

from __future__ import annotations

import asyncio
import io
import json
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from executor.installer import Failure, Installer
from executor.inventory import Machine, Part, Plan, Step, plan_installation
from executor.runtime import Runtimes
from executor.runtime_file import load_runtime
from executor.tools import ToolFailed, Tools
from tests.unit.fake_box import SCRIPT


def npm_package(folder: Path, name: str, version: str = "1.0.0", size: int = 0) -> str:
    """A package of npm's as a file, as npm is told of it."""
    path = folder / f"{name}-{version}.tgz"
    files = {"package.json": json.dumps({"name": name, "version": version}), "index.js": f"// {version}" + " " * size}
    with tarfile.open(path, "w:gz") as archive:
        for file, text in files.items():
            about = tarfile.TarInfo(f"package/{file}")
            about.size, about.mode = len(text), 0o600
            archive.addfile(about, io.BytesIO(text.encode()))
    return f"file:{path}"


def pip_package(folder: Path, name: str, version: str = "1.0.0", requires: str | None = None) -> str:
    """A package of pip's as a file, as pip is told of it."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    about = f"{name}-{version}.dist-info"
    needs = f"Requires-Dist: {requires}\n" if requires else ""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}.py", f"version = {version!r}\n")
        archive.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}")
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{about}/RECORD", "")
    return str(path)


async def until(condition: Callable[[], object]) -> None:
    """Wait, at most a minute, for something that another process or task does."""
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110  # other processes set no event of ours
            await asyncio.sleep(0.02)


@dataclass
class Witness:
    """Remembers what it was told of an installation."""

    begun: list[Step] = field(default_factory=list)
    ended: list[tuple[str, bool]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def begin(self, step: Step) -> None:
        self.begun.append(step)

    def advance(self, share: float | None, line: str) -> None:
        pass

    def end(self, step: Step, failure: ToolFailed | None) -> None:
        self.ended.append((step.tool, failure is None))

    def notice(self, sentence: str) -> None:
        self.notices.append(sentence)


class Place:
    """
    Runtimes of a test's own, and the folder that theirs lie in.

    Args:
        folder: for everything.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.toolchains = folder / "toolchains"
        self.witness = Witness()
        self._files: dict[str, Path] = {}

    def runtime(self, runtime_id: str, tables: str) -> None:
        """A runtime with these tables besides what every runtime has, `{shared}` above all."""
        path = self.folder / f"{runtime_id}.toml"
        head, _, rest = tables.partition("\n\n")
        text = SCRIPT.replace('".script"', f'".{runtime_id}"')
        path.write_text(f"{head}\n{text}\n{rest}" if rest else f"{text}\n{tables}")
        self._files[runtime_id] = path

    def runtimes(self) -> Runtimes:
        return Runtimes(load_runtime(path, self.toolchains) for path in self._files.values())

    def parts(self, *names: str) -> list[Part]:
        runtimes = self.runtimes()
        named = [name.partition("/") for name in names]
        return [Part(runtimes.get(runtime), extra or None) for runtime, _, extra in named]

    def plan(self, *names: str) -> Plan:
        return plan_installation(self.parts(*names), Machine(self.runtimes()))

    async def install(self, *names: str, tools: Tools | None = None) -> list[Failure]:
        self.witness = Witness()
        tools = tools or Tools((), self.witness.notice)
        return await Installer(self.runtimes(), tools, self.witness).install(self.plan(*names))

    def installed(self, *names: str) -> list[bool]:
        return [Machine(self.runtimes()).is_installed(part) for part in self.parts(*names)]

    def there(self, pattern: str) -> list[str]:
        """What lies in the toolchains' folder."""
        return sorted(str(path.relative_to(self.toolchains)) for path in self.toolchains.glob(pattern))
