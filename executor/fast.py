"""Other commands than the plain ones, for the submissions that they suit: `[fast]` of a runtime's file."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from executor.acceleration import NOT_PREPARED, Fast
from executor.artifacts import Artifact
from executor.build import Build, compiled_by
from executor.expressions import compiled
from executor.model import File
from executor.preparing import Stores


class FastWay:
    """
    Compiles by the commands of `[fast]`; see `executor.build.Way`.

    Args:
        stores: where the runtime's assets are, without which those commands are of no use.
    """

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    async def attempt(self, build: Build) -> Artifact | None:
        fast = build.runtime.fast
        if fast is None or not suits(fast, build):
            return None
        folder = NOT_PREPARED
        if build.runtime.assets is not None:
            folder = await asyncio.to_thread(self._stores.folder, build.runtime)
            if folder == NOT_PREPARED:
                return None
        # As a command takes them that is given a folder.
        layout = replace(build.layout, sources=tuple(sorted(build.layout.sources)))
        runtime = replace(build.runtime, env={**build.runtime.env, **fast.env})
        return await compiled_by(build, runtime.commands(fast.compile, layout, build.limits, folder))


def suits(fast: Fast, build: Build) -> bool:
    """Whether a submission is of the kind that the fast commands are for."""
    if build.layout.flags and not fast.flags:
        return False
    return all(_is_suitable(fast, file) for file in build.sources)


def _is_suitable(fast: Fast, file: File) -> bool:
    if fast.name is not None and compiled(fast.name).fullmatch(file.name) is None:
        return False
    assert isinstance(file.content, bytes), "sources are read before they are compiled"
    if fast.when is not None and compiled(fast.when).search(file.content) is None:
        return False
    return fast.unless is None or compiled(fast.unless).search(file.content) is None
