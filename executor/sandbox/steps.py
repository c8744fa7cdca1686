"""Awaiting what must not be left half-way."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any


async def to_the_end(step: Coroutine[Any, Any, None]) -> None:
    """
    Await a step that must not be left half-way. A cancelled caller waits for its end, which takes milliseconds or
    ends in a time-out, and is cancelled then.
    """
    task = asyncio.ensure_future(step)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait({task})
        if not task.cancelled():
            task.exception()  # seen: the box knows that it is broken
        raise
