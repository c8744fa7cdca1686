"""The boxes of an engine that runs programs in containers: started from an image, whose toolchains are what counts."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from executor.backend import DockerSettings
from executor.errors import BoxFailure, RuntimeUnavailable
from executor.runtime import Runtime
from executor.sandbox.box import Box
from executor.shown import Answers, Questions, Shown

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """
    What is known of an image.

    Args:
        id: changes with whatever changes in it.
        shown: what it has.
        runtimes: those that are available in it, resolved, by their ids.
    """

    id: str
    shown: Shown
    runtimes: Mapping[str, Runtime]


class Containers:
    """
    Boxes on a Docker Engine, and what their image has.

    Args:
        settings: of the Docker Engine.
        image: what their containers have.
        first: a box that was needed to find that out.
    """

    def __init__(self, settings: DockerSettings, image: Image, first: Box) -> None:
        self._settings = settings
        self.image = image
        self._spare: Box | None = first

    async def open_box(self, index: int) -> Box:
        """As a BoxFactory."""
        from executor.sandbox.docker.docker_box import start_docker_box  # noqa: PLC0415 - only who uses it pays for it

        box, self._spare = self._spare, None
        return box or await start_docker_box(self._settings)

    async def close(self) -> None:
        """Close the first box if no slot took it."""
        if self._spare is not None:
            await self._spare.close()


@asynccontextmanager
async def opened(settings: DockerSettings, runtimes: Iterable[Runtime]) -> AsyncIterator[Containers]:
    """
    Reach the Docker Engine, remove what dead engines of this machine left there, and look into the image.

    Raises:
        UsageError: the Docker Engine cannot be reached, or lacks the image or the OCI runtime.
        BoxFailure: no container can be started.
    """
    from executor.sandbox.docker.daemon import Daemon  # noqa: PLC0415 - only who uses it pays for it
    from executor.sandbox.docker.docker_box import start_docker_box  # noqa: PLC0415

    daemon = await asyncio.to_thread(Daemon, settings)
    try:
        await asyncio.to_thread(daemon.sweep)
    except BoxFailure as failure:
        _log.warning("what dead engines left could not be removed: %s", failure)
    finally:
        daemon.close()
    known = list(runtimes)
    box = await start_docker_box(settings)
    try:
        shown = Answers(settings.image, await box.look(_questions(known)))
    except BaseException:
        await box.close()
        raise
    containers = Containers(settings, Image(id=daemon.image_id, shown=shown, runtimes=_available(known, shown)), box)
    try:
        yield containers
    finally:
        await containers.close()


def _questions(runtimes: Iterable[Runtime]) -> dict[str, object]:
    questions = Questions()
    for runtime in runtimes:
        runtime.resolve(questions)
    return questions.asked


def _available(runtimes: Iterable[Runtime], shown: Shown) -> dict[str, Runtime]:
    found = {}
    for runtime in runtimes:
        with contextlib.suppress(RuntimeUnavailable):
            found[runtime.id] = runtime.resolve(shown)
    return found
