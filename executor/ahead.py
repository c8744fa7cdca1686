"""
What a producer may be ahead of its consumer: a bounded queue whose end is told even where nobody takes from it; and
what the consumer is told when several producers fail together.
"""

from __future__ import annotations

import asyncio
from typing import Generic, TypeVar

_Item = TypeVar("_Item")


def first_failure(failures: BaseExceptionGroup[BaseException], kind: type[Exception]) -> BaseException:
    """
    The one that is raised for failures that came together: the first of a kind, or all of them if none is of it.

    For a plain `except BaseExceptionGroup`: what is raised in an `except*` is put into a group again until 3.11.4.
    """
    found: BaseException | None = failures.split(kind)[0]
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return failures if found is None else found


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
