"""
Brings runtimes to this machine: what `executor.inventory` finds to be missing.

Debian's packages come first, all of them in one call of apt-get. A folder is then made for all that it is to hold: npm
and pip are told everything that is there and everything that is new, work in an empty place, and what they leave is
renamed into the folder. So they never touch what is in use, one runtime never gets a version that another one does
not want, and nothing is lost that only the other one needs.

The stamp of a folder says that a part is done only once it is: what an interruption or a failure left half done is done
again, and so is whatever has changed in a runtime's file. All that touches a folder is a command of its own (mkdir, mv,
rm ...), so that an ordinary user needs sudo for these alone: npm and pip run as that user.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from executor.inventory import PLACES, STAMP, Filling, Machine, Part, Plan, Step, apt_step, by_folder, steps_of
from executor.runtime import DEFAULT_ENV, Runtimes
from executor.toolchains import ToolchainFolder, may_write
from executor.tools import Call, ToolFailed, Tools, network_environment

_APT = ("apt-get", "-q", "--option=DPkg::Lock::Timeout=120")
_APT_INSTALL = ("install", "--no-install-recommends", "--no-remove")
_APT_UNATTENDED = (
    "--yes",
    "--option=Dpkg::Use-Pty=1",  # as is usual: so Ctrl-C on the terminal does not reach dpkg
    "--option=Dpkg::Options::=--force-confold",  # a configuration file that somebody changed stays, without a question
)
_NPM_INSTALL = (
    *("install", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=warn"),
    *("--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=8000"),  # a minute is too long to say: no network
)
_PIP_INSTALL = ("install", "--no-input", "--no-user", "--progress-bar=off", "--disable-pip-version-check")
_APT_PLAN = re.compile(r"(\d+) upgraded, (\d+) newly installed")


@dataclass(frozen=True, slots=True)
class Failure:
    """
    Why a part could not be installed.

    Args:
        part: its name.
        why: a sentence.
        output: the last lines of the program that failed.
    """

    part: str
    why: str
    output: tuple[str, ...] = ()


class Watcher(Protocol):
    """Is told how an installation goes on."""

    def begin(self, step: Step) -> None:
        """A step begins; those before have ended."""

    def advance(self, share: float | None, line: str) -> None:
        """The step goes on; share: how much of it is done, where that is known; line: what its tool says."""

    def end(self, step: Step, failure: ToolFailed | None) -> None:
        """A step is over."""

    def notice(self, sentence: str) -> None:
        """Something takes longer, or is not as it should be."""


class Installer:
    """
    Installs what is missing.

    Args:
        runtimes: all that are known.
        tools: run the programs that do it.
        watcher: is told.
    """

    def __init__(self, runtimes: Runtimes, tools: Tools, watcher: Watcher) -> None:
        self._runtimes = runtimes
        self._tools = tools
        self._watcher = watcher

    async def install(self, plan: Plan) -> list[Failure]:
        """
        Install what a plan found to be missing; what fails does not keep the rest from being installed.

        Raises:
            UsageError: this user cannot act as root, and that is needed; nothing was done.
        """
        if plan.apt or not all(may_write(filling.folder) for filling in plan.fillings):
            self._tools.require_root()
        failures = await self._install_debian(plan) if plan.apt else []
        failed = {failure.part for failure in failures}
        # Asked anew: what apt-get brought may be the interpreter that pip's packages must fit.
        machine = Machine(self._runtimes)
        for folder, parts in by_folder(part for part in plan.parts if part.name not in failed).items():
            if machine.filling(folder, parts):
                try:
                    failures += await self._fill(machine, folder, parts)
                except (ToolFailed, OSError) as error:
                    failures += [Failure(part.name, f"{folder} could not be filled: {error}") for part in parts]
        return failures

    async def _install_debian(self, plan: Plan) -> list[Failure]:
        """Install Debian's packages, except for parts that need one which cannot be installed."""
        step = apt_step(plan.apt)
        self._watcher.begin(step)
        try:
            if shutil.which("apt-get") is None:
                raise ToolFailed("there is no apt-get here; install what Debian calls so in this system's own way")
            await self._update()
            installable, failures = await self._installable(plan.apt)
            if installable:
                argv = (*_APT, *_APT_INSTALL, *_APT_UNATTENDED, *apt_step(installable).what)
                call = Call(argv=argv, env=_apt_environment(), as_root=True, lenient=True)
                await self._tools.run(call, _AptProgress(self._watcher).hear)
        except ToolFailed as failure:
            self._watcher.end(step, failure)
            # Some packages may be there nevertheless.
            machine = Machine(self._runtimes)
            lacking = {part.name: packages for part in plan.parts if (packages := machine.lacks(part))}
            return [_failure("apt-get", packages, name, failure) for name, packages in lacking.items()]
        self._watcher.end(step, None)
        return failures

    async def _update(self) -> None:
        """Fetch the lists of packages; without a network the old ones have to do."""
        argv = (*_APT, "--option=APT::Update::Error-Mode=any", "update")
        try:
            call = Call(argv=argv, env=_apt_environment(), as_root=True)
            await self._tools.run(call, lambda line: self._watcher.advance(None, line))
        except ToolFailed as failure:
            self._watcher.notice(f"apt-get could not fetch all lists of packages: {failure.why}")

    async def _installable(
        self, packages: Mapping[str, tuple[str, ...]]
    ) -> tuple[Mapping[str, tuple[str, ...]], list[Failure]]:
        """Those parts whose packages can be installed together, and why the others cannot be."""
        try:
            await self._simulate(packages)
        except ToolFailed:
            if len(packages) == 1:
                raise
        else:
            return packages, []
        good: dict[str, tuple[str, ...]] = {}
        failures = []
        for name, wanted in packages.items():
            try:
                await self._simulate({**good, name: wanted})
                good[name] = wanted
            except ToolFailed as failure:
                failures.append(_failure("apt-get", wanted, name, failure))
                self._watcher.notice(failures[-1].why)
        return good, failures

    async def _simulate(self, packages: Mapping[str, tuple[str, ...]]) -> None:
        argv = (*_APT, "--simulate", *_APT_INSTALL, *apt_step(packages).what)
        await self._tools.run(Call(argv=argv, env=_apt_environment()))

    async def _fill(self, machine: Machine, folder: Path, parts: Sequence[Part]) -> list[Failure]:
        """Make a folder hold these parts: all at once, or one after another where that fails."""
        place = ToolchainFolder(folder, self._tools)
        await place.make()
        async with place.alone(self._watcher.notice):
            try:
                return await self._bring(place, machine.filling(folder, parts))
            except ToolFailed as failure:
                if len(parts) == 1:
                    return [Failure(parts[0].name, failure.why, failure.output)]
            failures = []
            for part in parts:
                try:
                    failures += await self._bring(place, machine.filling(folder, [part]))
                except ToolFailed as failure:
                    failures.append(Failure(part.name, failure.why, failure.output))
            return failures

    async def _bring(self, place: ToolchainFolder, filling: Filling) -> list[Failure]:
        """
        Do what is to be done in a folder.

        Returns:
            The parts whose own steps failed.

        Raises:
            ToolFailed: npm or pip failed, and nothing has changed.
        """
        if not filling:
            return []
        await place.tidy()
        with place.staging() as stage:
            for tool, packages in filling.anew.items():
                if packages:
                    await self._fetch(filling.step_of(tool), stage)
            await place.write(STAMP, filling.before.text(), stage)
            for tool in filling.anew:
                await place.replace(PLACES[tool], stage)
            failures = [failure for part in filling.to_do if (failure := await self._finish(place, part, stage))]
            undone = {failure.part: "" for failure in failures}
            after = replace(filling.after, parts={**filling.after.parts, **undone})
            await place.write(STAMP, after.text(), stage)
        return failures

    async def _fetch(self, step: Step, stage: Path) -> None:
        """Have npm or pip put packages into a folder of their own."""
        self._watcher.begin(step)
        python = Machine(self._runtimes).python
        try:
            call = _npm(step.what, stage) if step.tool == "npm" else _pip(step.what, stage, python)
            await self._tools.run(call, lambda line: self._watcher.advance(None, line))
        except ToolFailed as failure:
            told = ToolFailed(f"{step.tool} could not install {', '.join(step.what)}: {failure.why}", failure.output)
            self._watcher.end(step, told)
            raise told from failure
        self._watcher.end(step, None)

    async def _finish(self, place: ToolchainFolder, part: Part, stage: Path) -> Failure | None:
        """Write a part's files and do its steps."""
        # The network is found as by everything else here; else the environment is the runtime's.
        environment = {**network_environment(), **part.runtime.version_command().env}
        for step in steps_of(part):
            self._watcher.begin(step)
            try:
                if step.tool == "files":
                    for name, text in part.install.files.items():
                        await place.write(name, text, stage)
                else:
                    await place.run(step.what, environment, lambda line: self._watcher.advance(None, line))
            except ToolFailed as failure:
                self._watcher.end(step, failure)
                return Failure(part.name, f"{' '.join(step.what)} failed: {failure.why}", failure.output)
            self._watcher.end(step, None)
        return None


class _AptProgress:
    """
    How far apt-get is, by what it says: each package is downloaded, unpacked and set up.

    Not by its option Status-Fd: programs that it starts would inherit one descriptor less to write to.
    """

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self._packages = 0
        self._downloaded = 0
        self._dealt_with = 0

    def hear(self, line: str) -> None:
        if changed := _APT_PLAN.match(line):
            self._packages = int(changed[1]) + int(changed[2])
        self._downloaded += line.startswith("Get:")
        if line.startswith(("Unpacking ", "Setting up ")):
            self._dealt_with += 1
            self._downloaded = self._packages  # what was in the cache was not downloaded
        done = self._downloaded + self._dealt_with
        self._watcher.advance(min(done / (3 * self._packages), 1.0) if self._packages else None, line)


def _npm(packages: tuple[str, ...], stage: Path) -> Call:
    """
    The call that makes node_modules in a folder.

    Raises:
        ToolFailed: two versions of a package are wanted, of which npm would take the last.
    """
    names = [package[:1] + package[1:].partition("@")[0] for package in packages]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ToolFailed(f"one folder cannot hold several versions of {', '.join(twice)}")
    # Where npm finds no package.json, it looks for one in the folders above.
    (stage / "package.json").write_text("{}\n", encoding="utf-8")
    argv = ("npm", *_NPM_INSTALL, f"--prefix={stage}", *packages)
    # The npm of the node that programs run with, not one that this user has besides.
    own = {"PATH": DEFAULT_ENV["PATH"], "TMPDIR": str(stage / "tmp")}
    return Call(argv=argv, env={**os.environ, **own}, cwd=stage)


def _pip(packages: tuple[str, ...], stage: Path, python: Path | None) -> Call:
    """
    The call that makes site-packages in a folder, for the Python that programs run with, by our own pip.

    Raises:
        ToolFailed: there is no Python for programs.
    """
    if python is None:
        raise ToolFailed("there is no python3 for programs on this machine")
    ours = (sys.executable, "-m", "pip", "--python", str(python))
    argv = (*ours, *_PIP_INSTALL, "--target", str(stage / PLACES["pip"]), *packages)
    # Settings of somebody's own about where packages go must not compete with --target.
    foreign = {"PIP_PREFIX", "PIP_ROOT", "PIP_TARGET", "PIP_USER", "PYTHONHOME", "PYTHONPATH"}
    env = {name: value for name, value in os.environ.items() if name not in foreign}
    own = {"TMPDIR": str(stage / "tmp"), "PIP_REQUIRE_VIRTUALENV": "0", "PIP_ROOT_USER_ACTION": "ignore"}
    return Call(argv=argv, env=env | own, cwd=stage)


def _apt_environment() -> dict[str, str]:
    # English, since its errors are read; NEEDRESTART_MODE: Ubuntu's needrestart would ask which services to restart.
    unattended = {"DEBIAN_FRONTEND": "noninteractive", "NEEDRESTART_MODE": "a", "LC_ALL": "C.UTF-8"}
    return {**DEFAULT_ENV, **network_environment(), **unattended}


def _failure(tool: str, packages: Sequence[str], part: str, failure: ToolFailed) -> Failure:
    return Failure(part, f"{tool} could not install {', '.join(packages)}: {failure.why}", failure.output)
