"""`exec-cli runtimes prepare`: makes what compilations begin with, once, and says what is there."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli.edge import EXIT_ACCEPTED, EXIT_NOT_ACCEPTED, run_until_stopped
from cli.install import NINE
from cli.lines import redraws
from cli.show import console
from cli.text import printable
from executor.config import lasting_cache
from executor.engine import Engine, EngineConfig
from executor.errors import BoxFailure, EnneadError, UsageError
from executor.model import MIB
from executor.prepared import Store
from executor.preparing import NotMade, Recipe, Stores, recipes
from executor.runtime import TOOLCHAINS, Runtime, Runtimes
from executor.versions import toolchain_identity


@dataclass(frozen=True, slots=True)
class Prepared:
    """
    What became of one asset.

    Args:
        size_bytes: 0 where it could not be made.
        made: now; it may have been there.
        why: a sentence, where it could not be made.
    """

    runtime: str
    what: str
    size_bytes: int = 0
    made: bool = False
    why: str = ""

    def as_json(self) -> dict[str, object]:
        return {
            "id": self.runtime,
            "asset": self.what,
            "size_bytes": self.size_bytes,
            "made": self.made,
            "detail": self.why,
        }

    def line(self) -> str:
        if self.why:
            return f"not prepared: {self.runtime}: {self.what}: {printable(self.why)}"
        state = "prepared" if self.made else "there    "
        return f"{state}  {self.runtime:<14} {self.size_bytes / MIB:>6.1f} MiB  {printable(self.what)}"


OnPrepared = Callable[[Prepared | str], None]
"""Called with what is about to be made, and with what became of it."""


def prepare(ids: Sequence[str], *, every: bool, nine: bool, as_json: bool) -> int:
    """
    Prepare the named languages, the nine, or all that are installed; what is there stays.

    Raises:
        UsageError: a named language does not exist or is not installed, or none was named.
    """
    runtimes = Runtimes.load(cache=lasting_cache(None))
    chosen = _chosen(runtimes, ids, every=every, nine=nine)
    results = prepare_these(chosen, as_json=as_json)
    if as_json:
        print(json.dumps([each.as_json() for each in results], indent=2))
    elif not results:
        print("there is nothing to prepare for these languages")
    return EXIT_NOT_ACCEPTED if any(each.why for each in results) else EXIT_ACCEPTED


def _chosen(runtimes: Runtimes, ids: Sequence[str], *, every: bool, nine: bool) -> list[Runtime]:
    if every and (ids or nine):
        raise UsageError("--all already stands for every language; leave the others out")
    if not (ids or every or nine):
        raise UsageError("say which languages: exec-cli runtimes prepare ID..., --nine or --all")
    for runtime in map(runtimes.get, ids):
        runtime.resolve()
    names = dict.fromkeys((*ids, *(NINE if nine else ())))
    return [runtimes.get(name) for name in names] if names else list(runtimes)


def prepare_these(chosen: Sequence[Runtime], *, as_json: bool, missing_only: bool = False) -> list[Prepared]:
    """Prepare what is installed of these languages, and show how that goes on; or only what is not there yet."""
    wanted = wanted_recipes(chosen)
    if missing_only and (cache := lasting_cache(None)) is not None:
        stores = Stores.of(cache, 0)
        wanted = [recipe for recipe in wanted if stores.find(recipe) is None]
    if not wanted:
        return []
    if as_json:
        return run_until_stopped(_prepare(wanted, lambda _: None))
    if not redraws(sys.stdout):
        return run_until_stopped(_prepare(wanted, _print))
    columns = (BarColumn(bar_width=30), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.fields[line]}"))
    with Progress(*columns, console=console(sys.stdout), transient=True) as progress:
        bar = progress.add_task("", total=len(wanted), line="")

        def show(event: Prepared | str) -> None:
            if isinstance(event, str):
                progress.update(bar, line=printable(event)[:60])
            else:
                progress.update(bar, advance=1)
                progress.console.print(event.line(), soft_wrap=True, highlight=False, markup=False)

        return run_until_stopped(_prepare(wanted, show))


def wanted_recipes(chosen: Sequence[Runtime]) -> list[Recipe]:
    """All that can be prepared for these languages, where they are installed."""
    wanted: list[Recipe] = []
    for runtime in chosen:
        if (runtime.assets or runtime.prefix) and runtime.missing() is None:
            wanted += recipes(runtime.resolve())
    return wanted


def _print(event: Prepared | str) -> None:
    if isinstance(event, Prepared):
        print(event.line(), flush=True)


async def _prepare(wanted: Sequence[Recipe], show: OnPrepared) -> list[Prepared]:
    results = []
    async with Engine(EngineConfig(slots=1)) as engine:
        store = store_to_fill(engine.stores)
        for recipe in wanted:
            show(f"{recipe.about.runtime}: {recipe.about.what}")
            results.append(await _prepare_one(engine, recipe, store))
            show(results[-1])
        identities = {recipe.about.runtime: toolchain_identity(recipe.runtime) for recipe in wanted}
        for each in {engine.stores.own, store}:
            each.make_room(engine.stores.max_bytes, identities)
    return results


async def _prepare_one(engine: Engine, recipe: Recipe, store: Store) -> Prepared:
    said = Prepared(recipe.about.runtime, recipe.about.what)
    found = engine.stores.find(recipe)
    if found is not None and found.size_bytes:
        return replace(said, size_bytes=found.size_bytes)
    try:
        entry = await engine.prepare(recipe, store)
    except (NotMade, BoxFailure, OSError) as error:
        return replace(said, why=str(error))
    return replace(said, size_bytes=entry.size_bytes, made=True)


def store_to_fill(stores: Stores) -> Store:
    """That of the system for root, which every engine reads; else that of this user. Open."""
    if os.geteuid() == 0 and os.access(TOOLCHAINS.parent, os.W_OK):
        try:
            stores.system.open()
        except OSError as error:
            raise EnneadError(f"{stores.system.directory} cannot be made: {error}") from error
        return stores.system
    return stores.own
