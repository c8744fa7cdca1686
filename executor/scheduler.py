"""
Who gets a box: a fixed number of slots, a bounded queue before them, and the care that keeps slots alive.

A slot is in one of four states, and every way back to `free` leads through `_recycle` or `_replace`:

    free --ticket--> leased --release--> recycling (the box is reset) --> free
                        |                    | the reset fails
                        +------retire--------+--> replacing (closed and started anew, with back-off) --> free

Tickets are served by urgency, then by turns between clients, and those of one client in order of arrival: a client
with ten thousand jobs delays another one's only job by one job at most. A ticket is the one thing that can hold a
slot before its owner runs, so it is left exactly once, whichever way its owner ends. When no box can be started at
all, those who wait are told so instead of waiting for ever.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from executor.errors import BoxFailure, EngineClosed, EnneadError
from executor.sandbox.box import Box
from executor.slots import Slot, Urgency

_log = logging.getLogger(__name__)

BoxFactory = Callable[[int], Awaitable[Box]]
"""Starts the box of a slot. When it is cancelled or fails, nothing of the box remains."""

_FIRST_DELAY_S, _LONGEST_DELAY_S = 0.1, 30.0


class QueueFull(EnneadError):
    """The queue is full; nothing of the job was begun, and it may be sent again later."""


class Ticket:
    """A place in the queue, and then the slot that it led to. Whoever enters the queue must leave in the end."""

    def __init__(self, scheduler: Scheduler, urgency: Urgency, client: str) -> None:
        self._scheduler = scheduler
        self._taken = False
        self.urgency = urgency
        self.client = client
        self.turn: asyncio.Future[Slot] = asyncio.get_running_loop().create_future()

    async def slot(self) -> Slot:
        """
        Wait for the slot; from then on it is the caller's to release or to retire.

        Raises:
            BoxFailure: no box can be started on this machine at present.
        """
        slot = await self.turn
        self._taken = True
        return slot

    def leave(self) -> None:
        """Give up the place, and the slot if nobody took it. Harmless when repeated."""
        self._scheduler.forget(self)
        if self.turn.cancel() or self.turn.cancelled() or self._taken:
            return
        self._taken = True
        if self.turn.exception() is None:
            self._scheduler.release(self.turn.result())


class _Queue:
    """Tickets of one urgency: a queue for each client, and the clients in the order of their next turns."""

    def __init__(self) -> None:
        self._clients: dict[str, dict[Ticket, None]] = {}
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def of(self, client: str) -> int:
        return len(self._clients.get(client, ()))

    def add(self, ticket: Ticket) -> None:
        self._clients.setdefault(ticket.client, {})[ticket] = None
        self._length += 1

    def discard(self, ticket: Ticket) -> None:
        tickets = self._clients.get(ticket.client, {})
        if ticket in tickets:
            del tickets[ticket]
            self._length -= 1
            if not tickets:
                del self._clients[ticket.client]

    def pop(self, may_run: Callable[[str], bool]) -> Ticket | None:
        """The next ticket of the first client that may have a slot; it is that client's last turn for a while."""
        client = next((client for client in self._clients if may_run(client)), None)
        if client is None:
            return None
        ticket = next(iter(self._clients[client]))
        self.discard(ticket)
        if tickets := self._clients.pop(client, None):
            self._clients[client] = tickets
        return ticket


class Scheduler:
    """
    Owns the boxes and leases them.

    Args:
        open_box: starts the box of a slot.
        slots: how many.
        queue_limit: how many jobs of one client may wait; extra slots and retries do not count.
        slots_per_client: how many slots one client may hold at once; None means all.
    """

    def __init__(self, open_box: BoxFactory, slots: int, queue_limit: int, slots_per_client: int | None = None) -> None:
        self._open_box = open_box
        self._count = slots
        self._queue_limit = queue_limit
        self._slots_per_client = slots if slots_per_client is None else slots_per_client
        self._waiting: dict[Urgency, _Queue] = {urgency: _Queue() for urgency in Urgency}
        self._held: Counter[str] = Counter()
        self._free: list[Slot] = []
        self._boxes: dict[int, Box] = {}
        self._down: set[int] = set()
        self._chores: set[asyncio.Task[None]] = set()
        self._closings: set[asyncio.Task[None]] = set()
        self._closed = False

    @property
    def boxes(self) -> tuple[Box, ...]:
        """The boxes that stand at present."""
        return tuple(self._boxes.values())

    @property
    def queued(self) -> int:
        """Jobs that wait for their first slot."""
        return len(self._waiting[Urgency.JOB])

    @property
    def busy(self) -> int:
        """Slots that are leased."""
        return self._held.total()

    @property
    def contended(self) -> bool:
        return bool(self._waiting[Urgency.RETRY] or self._waiting[Urgency.JOB])

    async def open(self) -> None:
        """
        Start all boxes at the same time. If only some start, the others are tried again in the background.

        Raises:
            BoxFailure: none can be started here.
        """
        starts = (self._start(index) for index in range(self._count))
        errors = await asyncio.gather(*starts, return_exceptions=True)
        failed = {index: error for index, error in enumerate(errors) if error is not None}
        if len(failed) == self._count:
            raise failed[0]
        for index, error in failed.items():
            self._note_down(index, error)
            self._begin(self._replace(index))

    async def close(self) -> None:
        """Close every box. Nobody may use a lease any more."""
        self._closed = True
        self._fail_waiting(EngineClosed("the engine was closed"))
        for chore in self._chores:
            chore.cancel()
        await asyncio.gather(*self._chores, return_exceptions=True)
        await asyncio.gather(*(self._close_box(index) for index in list(self._boxes)))
        if self._closings:
            await asyncio.wait(self._closings)

    def enter(self, urgency: Urgency = Urgency.JOB, client: str = "") -> Ticket:
        """
        Join the queue at once.

        Raises:
            QueueFull: `queue_limit` jobs of this client wait already.
            EngineClosed: the boxes are closed.
        """
        if self._closed:
            raise EngineClosed("the engine is closed")
        waiting = self._waiting[urgency]
        at_once = self._free and self._may_hold_more(client)
        if urgency is Urgency.JOB and waiting.of(client) >= self._queue_limit and not at_once:
            raise QueueFull(f"{waiting.of(client)} jobs wait already; send this one again later")
        ticket = Ticket(self, urgency, client)
        waiting.add(ticket)
        self._serve()
        return ticket

    def forget(self, ticket: Ticket) -> None:
        self._waiting[ticket.urgency].discard(ticket)

    async def lease(self, urgency: Urgency, client: str = "") -> Slot:
        ticket = self.enter(urgency, client)
        try:
            return await ticket.slot()
        finally:
            ticket.leave()

    def release(self, slot: Slot) -> None:
        self._give_back(slot)
        if slot.used:
            self._begin(self._recycle(slot))
        else:
            self._offer(slot)
        self._serve()  # the client may have waited for its own slot

    def retire(self, slot: Slot) -> None:
        self._give_back(slot)
        self._begin(self._replace(slot.index))

    def _offer(self, slot: Slot) -> None:
        self._free.append(slot)
        self._serve()

    def _give_back(self, slot: Slot) -> None:
        self._held[slot.client] -= 1
        if not self._held[slot.client]:
            del self._held[slot.client]

    def _serve(self) -> None:
        while self._free and (ticket := self._next(self._may_hold_more)) is not None:
            slot = self._free.pop()
            slot.client = ticket.client
            self._held[ticket.client] += 1
            ticket.turn.set_result(slot)

    def _may_hold_more(self, client: str) -> bool:
        return self._held[client] < self._slots_per_client

    def _next(self, may_run: Callable[[str], bool]) -> Ticket | None:
        for waiting in self._waiting.values():
            while (ticket := waiting.pop(may_run)) is not None:
                if not ticket.turn.done():  # one whose owner was cancelled has not left yet
                    return ticket
        return None

    def _begin(self, chore: Coroutine[Any, Any, None]) -> None:
        if self._closed:
            chore.close()
            return
        task = asyncio.create_task(chore)
        self._chores.add(task)
        task.add_done_callback(self._chores.discard)

    async def _recycle(self, slot: Slot) -> None:
        # Whatever the reset raises, a defect included: the box is not to be trusted, the slot must live on.
        (error,) = await asyncio.gather(self._reset(slot), return_exceptions=True)
        if error is None:
            self._offer(slot)
            return
        _log.warning("slot %d: its box could not be reset and is replaced: %s", slot.index, error)
        await self._replace(slot.index)

    async def _replace(self, index: int) -> None:
        await self._close_box(index)
        delay = _FIRST_DELAY_S
        while True:
            (error,) = await asyncio.gather(self._start(index), return_exceptions=True)
            if error is None:
                return
            self._note_down(index, error)
            await asyncio.sleep(delay)
            delay = min(2 * delay, _LONGEST_DELAY_S)

    async def _start(self, index: int) -> None:
        box = await self._open_box(index)
        self._boxes[index] = box
        slot = Slot(index, box, setup_ns=0)
        try:
            await self._reset(slot)
        except BaseException:
            await self._close_box(index)
            raise
        self._down.discard(index)
        self._offer(slot)

    async def _reset(self, slot: Slot) -> None:
        began = time.perf_counter_ns()
        await slot.box.reset()
        slot.setup_ns = time.perf_counter_ns() - began
        slot.used = False

    async def _close_box(self, index: int) -> None:
        box = self._boxes.pop(index, None)
        if box is not None:
            # A task of its own: a closing that is cancelled half way would leave the rest of the box behind.
            closing = asyncio.create_task(box.close())
            self._closings.add(closing)
            closing.add_done_callback(self._note_closed)
            await asyncio.wait({closing})

    def _note_closed(self, closing: asyncio.Task[None]) -> None:
        self._closings.discard(closing)
        if not closing.cancelled() and (error := closing.exception()) is not None:
            _log.error("a box was not closed properly: %s", error)

    def _note_down(self, index: int, error: BaseException) -> None:
        _log.error("slot %d has no box, it is tried again: %s", index, error)
        self._down.add(index)
        if len(self._down) == self._count:
            self._fail_waiting(BoxFailure(f"no box can be started: {error}"))

    def _fail_waiting(self, error: EnneadError) -> None:
        while (ticket := self._next(lambda _: True)) is not None:
            ticket.turn.set_exception(error)
