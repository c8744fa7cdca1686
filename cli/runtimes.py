"""`exec-cli runtimes`: which languages there are, at which versions, and what the missing ones need."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from rich import box
from rich.table import Table
from rich.text import Text

from cli.edge import EXIT_ACCEPTED, run_until_stopped
from cli.show import console
from cli.text import counted, printable
from executor.config import lasting_cache, usable_cores
from executor.errors import RuntimeUnavailable
from executor.inventory import Machine, Part
from executor.model import MIB
from executor.prepared import Entry
from executor.preparing import Stores, recipes
from executor.resident_rules import memory_for_residents
from executor.runtime import Runtime, Runtimes
from executor.versions import HELD_NOTES, ToolchainNotes, toolchain_identity, version_line

_VERSION_TIMEOUT_S = 20.0
_ASKED_PER_CORE = 2
_MISSING = "not installed"
_WIDEST_NAME = 32
_NARROWEST_VERSION = 10
_BETWEEN_COLUMNS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """
    A language as `exec-cli runtimes` lists it.

    Args:
        version: first line of what the toolchain says of itself; empty when it cannot be asked.
        missing: why it is not available here and what to do; None when it is.
        installable: whether installing it would bring what it lacks.
        extras: whether each is installed.
        prepared: the assets that are there, by the store of this user's engines and by that of the system.
        not_prepared: what `exec-cli runtimes prepare` would make.
        held_bytes: memory of one of its interpreters that waits to be forked; None: none does, or none has yet.
    """

    runtime: Runtime
    version: str = ""
    missing: str | None = None
    installable: bool = False
    extras: Mapping[str, bool] = field(default_factory=dict)
    prepared: tuple[Entry, ...] = ()
    not_prepared: tuple[str, ...] = ()
    held_bytes: int | None = None

    @property
    def prepared_bytes(self) -> int:
        return sum(entry.size_bytes for entry in self.prepared)

    @property
    def resident_bytes(self) -> int:
        """Memory limit of one compiler that stays; 0: none does."""
        return 0 if self.runtime.resident is None else self.runtime.resident.memory_bytes

    def as_json(self) -> dict[str, object]:
        return {
            "id": self.runtime.id,
            "name": self.runtime.name,
            "version": self.version or None,
            "extensions": list(self.runtime.extensions),
            "available": self.missing is None,
            "detail": self.missing or "",
            "extras": dict(self.extras),
            "prepared": {
                "assets": sum(entry.size_bytes > 0 for entry in self.prepared),
                "learned": sum(entry.about.learned and entry.size_bytes > 0 for entry in self.prepared),
                "size_bytes": self.prepared_bytes,
                "missing": list(self.not_prepared),
            },
            "resident": {"memory_bytes": self.resident_bytes} if self.resident_bytes else None,
            "held": None if self.runtime.waiting is None else {"memory_bytes": self.held_bytes},
        }


def show_runtimes(*, as_json: bool) -> int:
    """List every language; always accepted."""
    cache = lasting_cache(None)
    runtimes = Runtimes.load(cache=cache)
    machine = Machine(runtimes)
    states = [state_of(runtime, machine) for runtime in runtimes]
    listed = with_prepared(with_versions(states, ToolchainNotes(cache / "versions" if cache else None)), cache)
    listed = with_held(listed, ToolchainNotes(cache / HELD_NOTES if cache else None))
    if as_json:
        print(json.dumps([each.as_json() for each in listed], indent=2))
    else:
        show_listed(listed)
    return EXIT_ACCEPTED


def state_of(runtime: Runtime, machine: Machine) -> Listed:
    """A language without its version; the runtime is resolved, where it is available."""
    extras = {name: machine.is_installed(Part(runtime, name)) for name in runtime.extras}
    try:
        return Listed(runtime=runtime.resolve(), extras=extras)
    except RuntimeUnavailable as reason:
        installable = bool(runtime.install) and not machine.is_installed(Part(runtime))
        return Listed(runtime=runtime, missing=str(reason), installable=installable, extras=extras)


def with_versions(listed: Sequence[Listed], notes: ToolchainNotes) -> list[Listed]:
    """The same with the versions: from the notes where they are known, else asked and noted, several at a time."""
    identities = {each.runtime.id: _identity(each.runtime) for each in listed if each.missing is None}
    known = {runtime_id: notes.read(identity) or "" for runtime_id, identity in identities.items() if identity}
    if unknown := [each.runtime for each in listed if known.get(each.runtime.id) == ""]:
        asked = run_until_stopped(_ask_all(unknown))
        for runtime_id, version in asked.items():
            if version:
                notes.write(identities[runtime_id], version)
        known |= asked
    return [replace(each, version=known.get(each.runtime.id, "")) for each in listed]


def with_prepared(listed: Sequence[Listed], cache: Path | None) -> list[Listed]:
    """The same with what is prepared for them."""
    if cache is None:
        return list(listed)
    stores = Stores.of(cache, 0)
    entries = [*stores.system.entries(), *stores.own.entries()]
    return [
        replace(
            each,
            prepared=tuple(entry for entry in entries if entry.about.runtime == each.runtime.id),
            not_prepared=() if each.missing else tuple(unprepared(each.runtime, stores)),
        )
        for each in listed
    ]


def with_held(listed: Sequence[Listed], notes: ToolchainNotes) -> list[Listed]:
    """The same with what engines have found that interpreters hold while they wait."""
    return [replace(each, held_bytes=_held_bytes(each, notes)) for each in listed]


def _held_bytes(listed: Listed, notes: ToolchainNotes) -> int | None:
    if listed.missing is not None or listed.runtime.waiting is None:
        return None
    note = notes.read(_identity(listed.runtime)) or ""
    return int(note) if note.isdecimal() else None


def unprepared(runtime: Runtime, stores: Stores) -> Iterator[str]:
    """What could be prepared for a resolved language and is not."""
    try:
        for recipe in recipes(runtime):
            if (found := stores.find(recipe)) is None or not found.size_bytes:
                yield recipe.about.what
    except OSError:  # it has just been removed
        return


def _identity(runtime: Runtime) -> str:
    try:
        return toolchain_identity(runtime)
    except OSError:  # it has just been removed
        return ""


async def _ask_all(runtimes: Iterable[Runtime]) -> dict[str, str]:
    room = asyncio.Semaphore(_ASKED_PER_CORE * usable_cores())

    async def ask(runtime: Runtime) -> tuple[str, str]:
        async with room:
            return runtime.id, await ask_version(runtime)

    return dict(await asyncio.gather(*map(ask, runtimes)))


async def ask_version(runtime: Runtime, timeout_s: float = _VERSION_TIMEOUT_S) -> str:
    """What a toolchain of this machine says of its version; empty where it fails, or says nothing in this time."""
    command = runtime.version_command()
    try:
        process = await asyncio.create_subprocess_exec(
            *command.argv,
            env=dict(command.env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError:
        return ""
    try:
        async with asyncio.timeout(timeout_s):
            stdout, stderr = await process.communicate()
    except TimeoutError:
        return ""
    finally:
        if process.returncode is None:
            # The whole group: a wrapper script may have started what hangs.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    return version_line(stdout, stderr) if process.returncode == 0 else ""


def show_listed(listed: Sequence[Listed]) -> None:
    out = console(sys.stdout)
    out.print(_table(listed, out.width))
    if disk := sum(each.prepared_bytes for each in listed):
        of = " ".join(f"{each.runtime.id} {each.prepared_bytes / MIB:.0f}" for each in listed if each.prepared_bytes)
        out.print(Text(f"\nprepared, in MiB of disk: {of}; {disk / MIB:.0f} together"), soft_wrap=True)
    if stay := [each for each in listed if each.missing is None and each.resident_bytes]:
        of = " ".join(f"{each.runtime.id} {each.resident_bytes / MIB:.0f}" for each in stay)
        most = f"{memory_for_residents() / MIB:.0f} for all of an engine"
        out.print(Text(f"\ncompilers that stay, in MiB of memory at most: {of}; {most}"), soft_wrap=True)
    if wait := [each for each in listed if each.missing is None and each.runtime.waiting is not None]:
        known = " ".join(f"{each.runtime.id} {each.held_bytes / MIB:.0f}" for each in wait if each.held_bytes)
        unknown = " ".join(each.runtime.id for each in wait if not each.held_bytes)
        of = "; not used yet: ".join(filter(None, (known or "none", unknown)))
        out.print(Text(f"\ninterpreters that wait, in MiB of memory of each slot, as measured: {of}"), soft_wrap=True)
    if slower := [each.runtime.id for each in listed if each.not_prepared]:
        said = f"\nnot prepared, and so slower: {' '.join(slower)}: exec-cli runtimes prepare {' '.join(slower[:3])}"
        out.print(Text(f"{said}{' ...' if len(slower) > 3 else ''}"), soft_wrap=True)
    missing = [each.runtime.id for each in listed if each.installable]
    if missing:
        some = " ".join(missing[:3])
        rest = f"{counted(len(missing), 'language')} can be installed: exec-cli runtimes install"
        out.print(Text(f"\n{rest} {some}{' ...' if len(missing) > 3 else ''} (or --all)"), soft_wrap=True)
    if any(each.extras for each in listed):
        title = "extras, packages for programs: exec-cli runtimes install --extras NAME [ID...]"
        out.print(Text(f"\n{title}\n"), soft_wrap=True)
        out.print(_extras_table(listed))


def _table(listed: Sequence[Listed], width: int) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for title in ("id", "name", "version", "state"):
        table.add_column(title, no_wrap=True, overflow="ellipsis")
    # Where the terminal is too narrow for all, it is the version that is cut.
    names = min(max(len(each.runtime.name) for each in listed), _WIDEST_NAME)
    others = max(len(each.runtime.id) for each in listed) + names + len(_MISSING)
    room = max(width - others - _BETWEEN_COLUMNS, _NARROWEST_VERSION)
    table.columns[1].max_width = _WIDEST_NAME
    table.columns[2].max_width = room
    for each in sorted(listed, key=lambda each: each.missing is not None):
        # What installing does not mend has a reason of its own, which is worth its place.
        reason = "" if each.missing is None or each.installable else each.missing.partition(": ")[2]
        state = Text("available", style="green") if each.missing is None else Text(_MISSING)
        about = fitting_version(printable(each.version), room) or printable(reason)
        cells = map(Text, (each.runtime.id, printable(each.runtime.name), about))
        table.add_row(*cells, state, style="dim" if each.missing else "")
    return table


def fitting_version(version: str, room: int) -> str:
    """A version, or only its number where there is no room for more."""
    if len(version) <= room:
        return version
    numbers = re.findall(r"\d+(?:\.\d+)+", version)
    return max(numbers, key=lambda number: number.count("."), default=version)


def _extras_table(listed: Sequence[Listed]) -> Table:
    """Which languages have which extras, and where they are installed."""
    names = sorted({name for each in listed for name in each.extras})
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for title in ("extra", "installed for", _MISSING + " for"):
        table.add_column(title, overflow="fold")
    for name in names:
        there, not_there = (
            " ".join(each.runtime.id for each in listed if each.extras.get(name) is state) for state in (True, False)
        )
        table.add_row(Text(name), Text(there, style="green"), Text(not_there, style="dim"))
    return table
