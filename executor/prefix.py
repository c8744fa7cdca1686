"""
The lines that a source begins with, compiled once for all sources that begin with them.

Precompiled headers are what this is for: a C++ program of thirty lines has fifty thousand in its headers. For the
result to be the plain one to the byte, the prefix must be exactly what the compiler would have read first, with
nothing of the submission in it. So it is the longest beginning of the entry that is only space, comments and lines that
the runtime's file allows, each with a name that it allows. The source itself stays as it is, and meets its own lines
once more: allowed are only headers that are the same when they are read again.

What is not there is learned when it has been asked for so often that it would have been worth it: making it takes
about as long as what it saves in three programs. Whoever asks then pays with time of the clock, not with CPU time of
its own, and others who ask meanwhile go the plain way.
"""

from __future__ import annotations

import asyncio
import logging

from executor.acceleration import Argv, Prefix
from executor.artifacts import Artifact
from executor.build import Build, compiled_by
from executor.expressions import compiled
from executor.naming import Layout
from executor.prepared import Entry
from executor.preparing import NotMade, Recipe, Stores, make, recipe_of_prefix

_log = logging.getLogger(__name__)

_MOST_BYTES = 16 * 1024
"""Of the beginning of a source that is looked at."""
_MOST_NAMES = 64
_WORTH_IT = 3
"""So many programs save what it takes to make the asset of their prefix; measured by bench/ for bits/stdc++.h."""


def leading_names(source: bytes, prefix: Prefix) -> tuple[str, ...]:
    """
    The names in the lines that a source begins with, each once, in their order.

    A backslash, or a trigraph that may stand for one, ends the beginning: it could join lines, and what looks like a
    comment or a line of its own would be none.
    """
    text = source[:_MOST_BYTES].decode("latin-1")
    cuts = [cut for mark in ("\\", "??") if (cut := text.find(mark)) >= 0]
    if cuts or len(source) > _MOST_BYTES:
        text = text[: text.rfind("\n", 0, min(cuts, default=len(text))) + 1]
    skip, line, allowed = compiled(prefix.skip), compiled(prefix.line), compiled(prefix.names)
    names: list[str] = []
    at = 0
    while len(names) < _MOST_NAMES:
        if (gap := skip.match(text, at)) is not None:
            at = gap.end()
        found = line.match(text, at)
        if found is None or allowed.fullmatch(found[1]) is None:
            break
        names.append(found[1])
        at = found.end()
    return tuple(dict.fromkeys(names))


class PrefixWay:
    """
    Compiles with what was prepared of a source's beginning; see `executor.build.Way`.

    Args:
        stores: where that is found, and put once it has been learned.
        worth_it: how often a prefix has to be asked for before it is learned.
    """

    def __init__(self, stores: Stores, worth_it: int = _WORTH_IT) -> None:
        self._stores = stores
        self._worth_it = worth_it

    async def attempt(self, build: Build) -> Artifact | None:
        prefix = build.runtime.prefix
        if prefix is None or not _flags_are_allowed(build.layout.flags, prefix):
            return None
        steps = _steps_for(build.layout, prefix)
        names = _names_of(build, prefix)
        if not steps or not names:
            return None
        try:
            recipe = recipe_of_prefix(build.runtime, prefix, names, build.layout.flags, learned=True)
        except OSError:
            return None
        entry = await asyncio.to_thread(self._stores.find, recipe) or await self._learn(recipe, build)
        if entry is None or not entry.size_bytes:
            return None
        return await compiled_by(build, build.runtime.commands(steps, build.layout, build.limits, entry.folder))

    async def _learn(self, recipe: Recipe, build: Build) -> Entry | None:
        """Make the asset, if that is worth it by now and nobody else is at it."""
        own = self._stores.own
        if own.sightings(recipe.key) < self._worth_it:
            return None
        try:
            with own.making(recipe.key, wait=False) as mine:
                return await self._make(recipe, build) if mine else None
        except OSError as error:
            _log.warning("a prefix of %s could not be kept: %s", recipe.about.runtime, error)
            own.forget_sightings(recipe.key)
            return None

    async def _make(self, recipe: Recipe, build: Build) -> Entry | None:
        build.box_used = True
        try:
            files, depends = await make(recipe, build.box)
        except NotMade as failure:
            # Kept as an entry without files, or it would be tried again and again.
            _log.info("the prefix %s of %s is not prepared: %s", recipe.about.what, recipe.about.runtime, failure)
            files, depends = (), ()
        await build.clean()
        entry = await asyncio.to_thread(self._stores.own.add, recipe.key, recipe.about, files, depends)
        self._stores.own.forget_sightings(recipe.key)
        await asyncio.to_thread(self._stores.own.make_room, self._stores.max_bytes, {})
        return entry


def _steps_for(layout: Layout, prefix: Prefix) -> tuple[Argv, ...]:
    """What compiles these sources with a prefix of the entry; nothing where that is not foreseen."""
    if layout.sources == (layout.source,):
        return prefix.compile
    # What is linked first would be another one.
    return prefix.beside if layout.sources[0] == layout.source else ()


def _names_of(build: Build, prefix: Prefix) -> tuple[str, ...]:
    entry = next((file for file in build.sources if file.name == build.layout.source), None)
    return leading_names(entry.content, prefix) if entry and isinstance(entry.content, bytes) else ()


def _flags_are_allowed(flags: tuple[str, ...], prefix: Prefix) -> bool:
    allowed = compiled(prefix.flags)
    return all(allowed.fullmatch(flag) is not None for flag in flags)
