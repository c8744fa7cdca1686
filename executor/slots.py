"""What a judge sees of the boxes: slots that it leases, and a seat that outlives the failure of a box."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol, Self, TypeVar

from executor.artifacts import Artifact
from executor.errors import BoxFailure
from executor.sandbox.box import Box, Place

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


class Urgency(IntEnum):
    """Who gets a slot first."""

    RETRY = 0
    """A job that had a slot and lost it because its box failed."""
    JOB = 1
    """A job that has not begun."""
    EXTRA = 2
    """A job that has a slot and could use one more."""


@dataclass(slots=True, eq=False)
class Slot:
    """
    A box, and what its lease-holder should know of it.

    Args:
        index: of the slot, 0 and up.
        box: reset, unless `used`.
        setup_ns: what the reset took.
        used: set by the lease-holder as soon as it touches the box.
        client: whose job holds it, or held it last.
    """

    index: int
    box: Box
    setup_ns: int
    used: bool = False
    client: str = ""


class Slots(Protocol):
    """What a judge asks of the owner of the boxes."""

    @property
    def contended(self) -> bool:
        """Whether a job waits that has no slot."""

    async def lease(self, urgency: Urgency, client: str = "") -> Slot:
        """
        Wait for a slot; it belongs to the caller until it is released or retired.

        Raises:
            BoxFailure: no box can be started on this machine at present.
        """

    def release(self, slot: Slot) -> None:
        """Give a slot back; whatever ran in it has ended."""

    def retire(self, slot: Slot) -> None:
        """Give a slot back whose box has failed."""


class Seat:
    """A slot that a job holds; when its box fails, another one takes its place. Leaving it twice is harmless."""

    def __init__(self, slots: Slots, slot: Slot) -> None:
        self._slots = slots
        self._slot: Slot | None = slot
        self.client = slot.client
        self._loaded = False
        self._soiled = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    async def slot(self) -> Slot:
        if self._slot is None:
            self._slot = await self._slots.lease(Urgency.RETRY, self.client)
        return self._slot

    async def box_with(self, artifact: Artifact) -> Box:
        """The box, with the artifact loaded into it and nothing else."""
        slot = await self.slot()
        if not self._loaded:
            if self._soiled:
                await slot.box.reset()
            elif slot.used:
                await slot.box.sweep()  # what compiled it was of the same submission
            slot.used = True
            await slot.box.load(artifact.files, Place.ARTIFACT)
            self._loaded, self._soiled = True, False
        return slot.box

    def soil(self) -> None:
        """The last run left its work directory to be read: the box is reset before the next one."""
        self._loaded, self._soiled = False, True

    def leave(self, _: object = None) -> None:
        if self._slot is not None:
            self._slots.release(self._slot)
        self._slot, self._loaded, self._soiled = None, False, False

    def retire(self) -> None:
        if self._slot is not None:
            self._slots.retire(self._slot)
        self._slot, self._loaded, self._soiled = None, False, False

    async def twice(self, attempt: Callable[[], Awaitable[_T]]) -> _T:
        """
        Do something with the box; if the box fails, do it once more with another.

        Raises:
            BoxFailure: the other one failed too. The seat has no box then, until the next use.
        """
        try:
            return await attempt()
        except BoxFailure as failure:
            _log.warning("a box failed and is replaced: %s", failure)
            self.retire()
        try:
            return await attempt()
        except BoxFailure:
            self.retire()
            raise
