"""
What is installed on this machine of what the runtimes' files name, and what is missing.

Debian's packages belong to the whole machine. What npm and pip install, files and the results of steps lie in the
folders of the runtimes, which several runtimes and extras may share; a note in a folder, the stamp, says what it
holds. Nothing here changes anything.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from executor.errors import RuntimeUnavailable
from executor.runtime import DEFAULT_ENV, Install, Package, Runtime, Runtimes

STAMP = ".installed.json"
PLACES: Mapping[str, str] = {"npm": "node_modules", "pip": "site-packages"}
"""Where in a runtime's folder the packages of a tool lie."""


@dataclass(frozen=True, slots=True)
class Part:
    """What can be installed by itself: a runtime, or one of its extras."""

    runtime: Runtime
    extra: str | None = None

    @property
    def name(self) -> str:
        return self.runtime.id if self.extra is None else f"{self.runtime.id}/{self.extra}"

    @property
    def install(self) -> Install:
        return self.runtime.install if self.extra is None else self.runtime.extras[self.extra]

    @property
    def folder(self) -> Path | None:
        """The folder that it needs; None where Debian's packages are all."""
        return self.runtime.folder if replace(self.install, apt=()) else None

    @property
    def digest(self) -> str:
        """Changes with whatever changes what it has in the folder."""
        install = self.install
        environment = sorted(self.runtime.version_command().env.items()) if install.steps else []
        told = (install.npm, install.pip, sorted(install.files.items()), install.steps, environment)
        return hashlib.sha256(repr(told).encode("utf-8", "surrogateescape")).hexdigest()[:32]

    def packages(self, tool: str) -> tuple[str, ...]:
        """What npm or pip is to install for it."""
        return self.install.npm if tool == "npm" else self.install.pip


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """
    One thing to do.

    Args:
        tool: apt-get, npm, pip, files or step.
        what: packages, names of files, or the words of a command.
        parts: the names of those who need it.
        folder: where; None for the whole machine.
    """

    tool: str
    what: tuple[str, ...]
    parts: tuple[str, ...]
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Stamp:
    """
    What is in a folder.

    Args:
        parts: their digests by their names; an empty one for what is not done yet.
        packages: what npm and pip were told.
        python: the interpreter that pip's packages are for.
    """

    parts: Mapping[str, str] = field(default_factory=dict)
    packages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    python: str = ""

    @classmethod
    def of(cls, folder: Path) -> Stamp:
        try:
            known = json.loads((folder / STAMP).read_text(encoding="utf-8"))
            packages = {tool: tuple(names) for tool, names in known["packages"].items()}
            return cls(dict(known["parts"]), packages, str(known["python"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):  # none, or not what we wrote
            return cls()

    def text(self) -> str:
        return json.dumps({"parts": self.parts, "packages": self.packages, "python": self.python}, indent=2) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """
    What a folder is to hold, and what is to be done for that.

    Args:
        parts: all that it is to hold.
        anew: what npm and pip are to install, where that changes: all of it, in an empty folder.
        to_do: the parts whose files and steps are to be done.
        before: what is known of the folder until everything is done.
        after: what is known of it then.
    """

    folder: Path
    parts: tuple[Part, ...] = ()
    anew: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    to_do: tuple[Part, ...] = ()
    before: Stamp = field(default_factory=Stamp)
    after: Stamp = field(default_factory=Stamp)

    def __bool__(self) -> bool:
        return bool(self.to_do)

    def steps(self) -> list[Step]:
        shared = [self.step_of(tool) for tool, packages in self.anew.items() if packages]
        return [*shared, *(step for part in self.to_do for step in steps_of(part))]

    def step_of(self, tool: str) -> Step:
        names = tuple(part.name for part in self.parts if part.packages(tool))
        return Step(tool=tool, what=self.anew[tool], parts=names, folder=self.folder)


def steps_of(part: Part) -> list[Step]:
    """What is done for a part alone, once its packages are there."""
    install, names, folder = part.install, (part.name,), part.runtime.folder
    files = [Step(tool="files", what=tuple(install.files), parts=names, folder=folder)] if install.files else []
    return [*files, *(Step(tool="step", what=argv, parts=names, folder=folder) for argv in install.steps)]


class Machine:
    """
    What is installed here, as found at the first question.

    Args:
        runtimes: all that are known, since folders are shared among them.
    """

    def __init__(self, runtimes: Runtimes) -> None:
        self._runtimes = runtimes

    @cached_property
    def debian(self) -> frozenset[str] | None:
        """Debian's packages that are installed, and what they provide; None where there is no dpkg."""
        command = ["dpkg-query", "--show", "--showformat=${db:Status-Status} ${Package} ${Provides}\\n"]
        try:
            shown = subprocess.run(command, capture_output=True, text=True, errors="replace", check=True).stdout
        except (OSError, subprocess.CalledProcessError):
            return None
        lines = (line.partition(" ") for line in shown.splitlines())
        # Provides has versions in brackets: "a (= 1), b"; those are no names of packages.
        return frozenset(name.strip(",") for state, _, names in lines if state == "installed" for name in names.split())

    @cached_property
    def python(self) -> Path | None:
        """The interpreter that pip's packages are for: that of the runtime python."""
        if "python" in self._runtimes:
            try:
                return Path(self._runtimes.get("python").resolve().run[0])
            except RuntimeUnavailable:
                return None
        found = shutil.which("python3", path=DEFAULT_ENV["PATH"])
        return Path(found) if found else None

    def lacks(self, part: Part) -> tuple[str, ...]:
        """Debian's packages that a part still needs."""
        path = part.runtime.env.get("PATH", DEFAULT_ENV["PATH"])
        wanted = [*part.install.apt, *_needed_by_tools(part.install)]
        missing = [each.name for each in wanted if not (each.unless and shutil.which(each.unless, path=path))]
        if self.debian is None:
            # Elsewhere the packages have other names; all that can be asked is whether the toolchain works.
            return () if part.extra is None and part.runtime.missing() is None else tuple(missing)
        return tuple(dict.fromkeys(name for name in missing if name not in self.debian))

    def is_installed(self, part: Part) -> bool:
        """Whether everything that a part's table names is here."""
        return not self.lacks(part) and (part.folder is None or self._is_in_folder(part, Stamp.of(part.folder)))

    def filling(self, folder: Path, wanted: Iterable[Part]) -> Filling:
        """What is to be done so that a folder holds these parts, besides those that it holds already."""
        there = Stamp.of(folder)
        pending = [part for part in wanted if not self._is_in_folder(part, there)]
        if not pending:
            return Filling(folder=folder)
        parts = {part.name: part for part in (*self._parts_of(there, folder), *pending)}
        told = {tool: _told(tool, parts.values()) for tool in PLACES}
        anew = {tool: packages for tool, packages in told.items() if not self._holds(there, folder, tool, packages)}
        to_do = tuple(parts.values()) if anew else tuple(pending)
        done = {name: there.parts.get(name, "") for name in parts}
        undone = {part.name: "" for part in to_do}
        kept = {tool: packages for tool, packages in told.items() if tool not in anew}
        python = self._python_path if told["pip"] else ""
        return Filling(
            folder=folder,
            parts=tuple(parts.values()),
            anew=anew,
            to_do=to_do,
            before=Stamp(done | undone, kept, python),
            after=Stamp(done | {part.name: part.digest for part in to_do}, told, python),
        )

    @property
    def _python_path(self) -> str:
        """Changes with the version of Python, which pip's packages must fit."""
        return os.path.realpath(self.python) if self.python else ""

    def _parts_of(self, stamp: Stamp, folder: Path) -> list[Part]:
        """The parts that a stamp names, as far as they still exist."""
        named = [(runtime, extra) for runtime, _, extra in (name.partition("/") for name in stamp.parts)]
        known = [(self._runtimes.get(runtime), extra) for runtime, extra in named if runtime in self._runtimes]
        parts = [Part(runtime, extra or None) for runtime, extra in known if not extra or extra in runtime.extras]
        return [part for part in parts if part.folder == folder]

    def _holds(self, stamp: Stamp, folder: Path, tool: str, packages: tuple[str, ...]) -> bool:
        """Whether a folder has exactly what these packages bring."""
        if tuple(stamp.packages.get(tool, ())) != packages:
            return False
        fits = tool != "pip" or stamp.python == self._python_path
        return not packages or (fits and (folder / PLACES[tool]).is_dir())

    def _is_in_folder(self, part: Part, stamp: Stamp) -> bool:
        folder = part.runtime.folder
        if stamp.parts.get(part.name) != part.digest:
            return False
        for tool in PLACES:
            there = stamp.packages.get(tool, ())
            if part.packages(tool) and not (
                set(part.packages(tool)) <= set(there) and self._holds(stamp, folder, tool, there)
            ):
                return False
        return all((folder / name).is_file() for name in part.install.files)


def _needed_by_tools(install: Install) -> list[Package]:
    """What npm and pip need themselves, where the runtime's file does not say it."""
    npm = [Package("npm", unless="npm")] if install.npm else []
    return [*npm, Package("python3", unless="python3")] if install.pip else npm


def _told(tool: str, parts: Iterable[Part]) -> tuple[str, ...]:
    return tuple(sorted({package for part in parts for package in part.packages(tool)}))


@dataclass(frozen=True, slots=True)
class Plan:
    """
    What is missing on this machine.

    Args:
        parts: all that was asked for.
        apt: the missing packages of Debian's, by the names of the parts that need them.
        fillings: of the folders in which something is to be done.
    """

    parts: tuple[Part, ...]
    apt: Mapping[str, tuple[str, ...]]
    fillings: tuple[Filling, ...]

    def __bool__(self) -> bool:
        return bool(self.apt or self.fillings)

    def steps(self) -> list[Step]:
        apt = [apt_step(self.apt)] if self.apt else []
        return [*apt, *(step for filling in self.fillings for step in filling.steps())]


def apt_step(packages: Mapping[str, tuple[str, ...]]) -> Step:
    """One call of apt-get for all; packages: by the names of the parts that need them."""
    names = sorted({name for each in packages.values() for name in each})
    return Step(tool="apt-get", what=tuple(names), parts=tuple(packages))


def by_folder(parts: Iterable[Part]) -> dict[Path, list[Part]]:
    """Those parts that need a folder, by that folder."""
    folders: dict[Path, list[Part]] = {}
    for part in parts:
        if part.folder is not None:
            folders.setdefault(part.folder, []).append(part)
    return folders


def plan_installation(parts: Iterable[Part], machine: Machine) -> Plan:
    """What is to be done so that these parts are installed."""
    asked = tuple({part.name: part for part in parts}.values())
    apt = {part.name: packages for part in asked if (packages := machine.lacks(part))}
    fillings = [machine.filling(folder, wanted) for folder, wanted in by_folder(asked).items()]
    return Plan(asked, apt, tuple(filling for filling in fillings if filling))
