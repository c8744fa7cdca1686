"""
Makes prepared assets: from what a runtime's file says to an entry of a store, in a box like everything else.

Nothing of a submission goes into an asset. What is learned from one (`executor.prefix`) is a list of names that the
runtime's file allows, rendered by that file; so whoever submits what can only cause assets that anybody may use.
"""

from __future__ import annotations

import logging
import platform
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from executor.acceleration import NOT_PREPARED, Assets, Prefix
from executor.model import MIB, SECOND, Command, File, Limits, Outcome
from executor.prepared import SHOWN, About, Entry, Store, key_of
from executor.runtime import TOOLCHAINS, Runtime
from executor.sandbox.box import Box, Place
from executor.versions import toolchain_identity

_log = logging.getLogger(__name__)

_FORMAT = "1"
"""Part of every key: a change of how assets are made or kept."""
SYSTEM_STORE = TOOLCHAINS / "prepared"
"""Of what root has prepared for everybody: below /usr, so boxes show it where it is."""

LIMITS = Limits(
    cpu_ns=300 * SECOND,
    memory_bytes=2048 * MIB,
    output_bytes=4 * MIB,
    file_size_bytes=1024 * MIB,
    open_files=1024,
    processes=300,
)
"""Of each step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """
    How one asset is made.

    Args:
        key: in every store.
        about: what it will be.
        flags: what {flags} stands for in the steps.
    """

    key: str
    runtime: Runtime
    about: About
    assets: Assets
    flags: tuple[str, ...] = ()


class NotMade(Exception):
    """An asset could not be made; the message says why."""


def recipe_of(runtime: Runtime) -> Recipe | None:
    """
    How the assets of a runtime itself are made; None if it has none.

    Args:
        runtime: resolved.

    Raises:
        OSError: its toolchain has gone since.
    """
    if runtime.assets is None:
        return None
    toolchain = toolchain_identity(runtime)
    key = key_of(_FORMAT, platform.machine(), toolchain, repr((runtime.assets, sorted(runtime.env.items()))))
    about = About(runtime=runtime.id, toolchain=toolchain, what="assets")
    return Recipe(key=key, runtime=runtime, about=about, assets=runtime.assets)


def recipe_of_prefix(
    runtime: Runtime, prefix: Prefix, names: Sequence[str], flags: tuple[str, ...], *, learned: bool
) -> Recipe:
    """
    How the asset of one prefix is made.

    Args:
        names, flags: as the prefix allows them.

    Raises:
        OSError: the toolchain has gone since.
    """
    toolchain = toolchain_identity(runtime)
    made_of = (prefix.assets, prefix.render, prefix.compile)
    parts = (repr(made_of), repr(sorted(runtime.env.items())), repr(tuple(names)), repr(flags))
    lines = "\n".join(prefix.render.replace("{name}", name) for name in names) + "\n"
    files = {name: text.replace("{lines}", lines) for name, text in prefix.assets.files.items()}
    what = " ".join((*names, *flags))
    return Recipe(
        key=key_of(_FORMAT, platform.machine(), toolchain, *parts),
        runtime=runtime,
        about=About(runtime=runtime.id, toolchain=toolchain, what=what, learned=learned),
        assets=replace(prefix.assets, files=files),
        flags=flags,
    )


def recipes(runtime: Runtime) -> Iterator[Recipe]:
    """
    All that can be prepared for a runtime before a submission is seen.

    Raises:
        OSError: its toolchain has gone since.
    """
    if (own := recipe_of(runtime)) is not None:
        yield own
    if (prefix := runtime.prefix) is not None:
        for seed in prefix.seeds:
            yield recipe_of_prefix(runtime, prefix, seed.names, seed.flags, learned=False)


class Stores:
    """
    The stores that an engine finds assets in.

    Args:
        own: that of this user's cache, which what is learned goes to.
        system: what root has prepared.
        max_bytes: bound of what is learned.
    """

    def __init__(self, own: Store, system: Store, max_bytes: int) -> None:
        self.own = own
        self.system = system
        self.max_bytes = max_bytes

    @classmethod
    def of(cls, cache: Path, max_bytes: int) -> Stores:
        """Those of a cache directory and of this machine."""
        own = Store(cache / "prepared", SHOWN, keyed=True)
        return cls(own, Store(SYSTEM_STORE, str(SYSTEM_STORE), keyed=False), max_bytes)

    def find(self, recipe: Recipe) -> Entry | None:
        return self.system.find(recipe.key) or self.own.find(recipe.key)

    def folder(self, runtime: Runtime) -> str:
        """What {prepared} stands for in the commands of a runtime."""
        try:
            recipe = recipe_of(runtime)
        except OSError:
            recipe = None
        entry = self.find(recipe) if recipe else None
        return entry.folder if entry and entry.size_bytes else NOT_PREPARED


async def make(recipe: Recipe, box: Box) -> tuple[tuple[File, ...], tuple[str, ...]]:
    """
    Make an asset in a box.

    Args:
        box: holds nothing; it must be reset afterwards.

    Returns:
        Its files, and the paths that it depends on.

    Raises:
        NotMade: a command failed, or left nothing or too much.
        BoxFailure: the box failed.
    """
    files = await _make(recipe, box)
    listed = [file for file in files if file.name == recipe.assets.depends]
    depends = _paths_of(listed[0].content) if listed and isinstance(listed[0].content, bytes) else ()
    return tuple(file for file in files if file.name != recipe.assets.depends), depends


async def _make(recipe: Recipe, box: Box) -> tuple[File, ...]:
    assets = recipe.assets
    await box.load([File(name, text.encode()) for name, text in assets.files.items()], Place.WORK)
    for command in _commands(recipe):
        outcome = await box.run(command, LIMITS, keep_work=True)
        if outcome.exit_code != 0 or outcome.exceeded:
            raise NotMade(f"{' '.join(command.argv)[:200]} failed: {_why(outcome)}")
    kept = (*assets.keep, assets.depends) if assets.depends else assets.keep
    try:
        files = await box.collect(kept, assets.size_mib * MIB)
    except ValueError as error:
        raise NotMade(f"what was made is too much: {error}") from error
    if not files:
        raise NotMade("the steps left nothing of what is to be kept")
    return files


def _commands(recipe: Recipe) -> list[Command]:
    """The steps of a recipe as a box executes them."""
    values = {"memory_mib": str(LIMITS.memory_bytes // MIB), "memory_bytes": str(LIMITS.memory_bytes)}
    env = {name: value.format_map(values) for name, value in recipe.runtime.env.items()}
    made = []
    for argv in recipe.assets.steps:
        words = (recipe.flags if word == "{flags}" else (word.format_map(values),) for word in argv)
        made.append(Command(argv=tuple(word for each in words for word in each), env=env))
    return made


def _why(outcome: Outcome) -> str:
    said = (outcome.stderr + outcome.stdout).decode("utf-8", "replace").strip().splitlines()
    how = f"signal {outcome.signal}" if outcome.signal else f"exit status {outcome.exit_code}"
    over = ", ".join(sorted(outcome.exceeded))
    return "; ".join(filter(None, [over or how, outcome.detail, said[0][:200] if said else ""]))


def _paths_of(rule: bytes) -> tuple[str, ...]:
    """The absolute paths that a rule of make lists as prerequisites."""
    words = re.split(r"(?<!\\)\s+", rule.decode("utf-8", "replace").replace("\\\n", " "))
    return tuple(dict.fromkeys(word.replace("\\ ", " ") for word in words if word.startswith("/usr/")))
