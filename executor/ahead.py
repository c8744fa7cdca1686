"""What a producer may be ahead of its consumer: a bounded queue whose end is told even where nobody takes from it."""

from __future__ import annotations

import asyncio
from typing import Generic, TypeVar

_Item = TypeVar("_Item")


class Ahead(Generic[_Item]):
    """
    Items on their way to a consumer. A slow consumer holds the producer back.

    Args:
        most: items that may wait.
    """

    def __init__(self, most: int) -> None:
        self._queue: asyncio.Queue[_Item | None] = asyncio.Queue()
        self._room = asyncio.Semaphore(most)

    async def put(self, item: _Item) -> None:
        await self._room.acquire()
        self._queue.put_nowait(item)

    async def get(self) -> _Item | None:
        """The next item; None after the last."""
        item = await self._queue.get()
        self._room.release()
        return item

    def end(self, _: object = None) -> None:
        """No more will come. Never waits: whoever ends may have been cancelled, and the consumer be gone."""
        self._queue.put_nowait(None)
