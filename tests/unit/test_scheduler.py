"""Who gets a slot, how boxes are cared for, and that no slot is ever lost."""

from __future__ import annotations

import asyncio

import pytest

from executor.errors import BoxFailure, EngineClosed
from executor.scheduler import QueueFull, Scheduler
from executor.slots import Slot, Urgency
from tests.unit.fake_box import World


class Opened:
    """A scheduler over fake boxes, closed at the end of a test."""

    def __init__(
        self, world: World, slots: int = 1, queue_limit: int = 100, slots_per_client: int | None = None
    ) -> None:
        self.world = world
        self.scheduler = Scheduler(world.open_box, slots, queue_limit, slots_per_client)

    async def __aenter__(self) -> Scheduler:
        await self.scheduler.open()
        return self.scheduler

    async def __aexit__(self, *_: object) -> None:
        await self.scheduler.close()
        assert self.world.open == 0, "every box is closed"


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def take(scheduler: Scheduler, urgency: Urgency = Urgency.JOB) -> Slot:
    return await asyncio.wait_for(scheduler.lease(urgency), 2)


async def test_boxes_are_started_at_the_same_time() -> None:
    world = World()
    world.slow["open"] = 0.5
    began = asyncio.get_running_loop().time()
    async with Opened(world, slots=8):
        assert asyncio.get_running_loop().time() - began < 2
        assert world.open == 8


async def test_slots_go_to_jobs_in_the_order_of_their_arrival() -> None:
    async with Opened(World()) as scheduler:
        first = await take(scheduler)
        order: list[int] = []

        async def job(number: int) -> None:
            slot = await scheduler.lease(Urgency.JOB)
            order.append(number)
            scheduler.release(slot)

        jobs = [asyncio.create_task(job(number)) for number in range(10)]
        await settled()
        scheduler.release(first)
        await asyncio.gather(*jobs)
        assert order == list(range(10))


async def test_a_retry_goes_before_new_jobs_and_an_extra_slot_after_them() -> None:
    async with Opened(World()) as scheduler:
        first = await take(scheduler)
        order: list[Urgency] = []

        async def want(urgency: Urgency) -> None:
            slot = await scheduler.lease(urgency)
            order.append(urgency)
            scheduler.release(slot)

        wanted = [asyncio.create_task(want(each)) for each in (Urgency.EXTRA, Urgency.JOB, Urgency.RETRY)]
        await settled()
        assert scheduler.contended
        scheduler.release(first)
        await asyncio.gather(*wanted)
        assert order == [Urgency.RETRY, Urgency.JOB, Urgency.EXTRA]
        assert not scheduler.contended


async def test_extra_slots_do_not_count_as_waiting_jobs() -> None:
    async with Opened(World(), queue_limit=0) as scheduler:
        slot = await take(scheduler)
        extra = asyncio.create_task(scheduler.lease(Urgency.EXTRA))
        await settled()
        assert not scheduler.contended
        scheduler.release(slot)
        scheduler.release(await extra)


async def test_a_full_queue_refuses_at_once_and_an_empty_one_takes_jobs_again() -> None:
    async with Opened(World(), queue_limit=2) as scheduler:
        slot = await take(scheduler)
        tickets = [scheduler.enter() for _ in range(2)]
        with pytest.raises(QueueFull, match="2 jobs wait already"):
            scheduler.enter()
        tickets[0].leave()
        scheduler.enter().leave()
        scheduler.release(slot)
        scheduler.release(await tickets[1].slot())


async def test_clients_take_turns_however_many_jobs_each_has() -> None:
    async with Opened(World()) as scheduler:
        slot = await take(scheduler)
        tickets = [scheduler.enter(client="many") for _ in range(100)]
        tickets += [scheduler.enter(client=name) for name in ("one", "two", "one")]
        order = []
        for _ in range(6):
            scheduler.release(slot)
            ticket = next(ticket for ticket in tickets if ticket.turn.done())
            tickets.remove(ticket)
            slot = await ticket.slot()
            order.append(slot.client)
        assert order == ["many", "one", "two", "many", "one", "many"]
        for ticket in tickets:
            ticket.leave()
        scheduler.release(slot)


async def test_the_queue_of_one_client_is_bounded_and_no_other_one_feels_it() -> None:
    async with Opened(World(), queue_limit=2) as scheduler:
        slot = await take(scheduler)
        tickets = [scheduler.enter(client="many") for _ in range(2)]
        with pytest.raises(QueueFull):
            scheduler.enter(client="many")
        tickets.append(scheduler.enter(client="one"))
        for ticket in tickets:
            ticket.leave()
        scheduler.release(slot)


async def test_a_client_holds_at_most_its_share_even_of_idle_slots() -> None:
    async with Opened(World(), slots=3, slots_per_client=2) as scheduler:
        tickets = [scheduler.enter(client="many") for _ in range(3)]
        await settled()
        assert [ticket.turn.done() for ticket in tickets] == [True, True, False]
        other = await scheduler.enter(client="one").slot()
        scheduler.release(other)
        await settled()
        assert not tickets[2].turn.done()
        scheduler.release(await tickets[0].slot())
        last = await asyncio.wait_for(tickets[2].slot(), 1)
        for slot in (last, await tickets[1].slot()):
            scheduler.release(slot)


async def test_a_used_box_is_reset_before_anybody_gets_it_and_an_unused_one_is_not() -> None:
    world = World()
    async with Opened(world) as scheduler:
        assert world.counts["reset"] == 1
        slot = await take(scheduler)
        scheduler.release(slot)
        assert world.counts["reset"] == 1
        slot = await take(scheduler)
        slot.used = True
        scheduler.release(slot)
        slot = await take(scheduler)
        assert world.counts["reset"] == 2
        assert not slot.used


@pytest.mark.parametrize("moment", ["waiting", "granted"])
async def test_a_slot_is_not_lost_when_the_one_who_waits_is_cancelled(moment: str) -> None:
    async with Opened(World()) as scheduler:
        slot = await take(scheduler)
        waiting = asyncio.create_task(scheduler.lease(Urgency.JOB))
        await settled()
        if moment == "granted":
            scheduler.release(slot)
            waiting.cancel()
        else:
            waiting.cancel()
            scheduler.release(slot)
        await asyncio.wait({waiting})
        assert waiting.cancelled()
        scheduler.release(await take(scheduler))


async def test_a_ticket_that_nobody_used_gives_its_slot_back() -> None:
    async with Opened(World()) as scheduler:
        ticket = scheduler.enter()
        ticket.leave()
        ticket.leave()
        slot = await take(scheduler)
        waiting = scheduler.enter()
        waiting.leave()
        assert not scheduler.contended
        scheduler.release(slot)


async def test_a_retired_box_is_closed_and_replaced_by_a_fresh_one() -> None:
    world = World()
    async with Opened(world) as scheduler:
        slot = await take(scheduler)
        scheduler.retire(slot)
        fresh = await take(scheduler)
        assert fresh.box is not slot.box
        assert (world.counts["open"], world.counts["close"], world.open) == (2, 1, 1)
        scheduler.release(fresh)


@pytest.mark.parametrize("call", ["reset", "close"])
async def test_a_box_that_fails_on_its_way_back_is_replaced(call: str) -> None:
    world = World()
    async with Opened(world) as scheduler:
        slot = await take(scheduler)
        slot.used = True
        world.to_fail[call] = 1
        if call == "reset":
            scheduler.release(slot)
        else:
            scheduler.retire(slot)
        fresh = await take(scheduler)
        assert fresh.box is not slot.box
        scheduler.release(fresh)


async def test_a_slot_whose_box_does_not_start_is_tried_again_until_it_does(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("executor.scheduler._FIRST_DELAY_S", 0.001)
    world = World()
    async with Opened(world, slots=2) as scheduler:
        slots = [await take(scheduler), await take(scheduler)]
        world.to_fail["open"] = 4
        scheduler.retire(slots[0])
        fresh = await take(scheduler)
        assert world.counts["open"] == 2 + 5
        assert [record.message for record in caplog.records].count(
            f"slot {slots[0].index} has no box, it is tried again: open failed on demand"
        ) == 4
        scheduler.release(slots[1])
        scheduler.release(fresh)


async def test_if_only_some_boxes_start_the_others_are_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("executor.scheduler._FIRST_DELAY_S", 0.001)
    world = World()
    world.to_fail["open"] = 2
    async with Opened(world, slots=3) as scheduler:
        slots = [await take(scheduler) for _ in range(3)]
        assert {slot.index for slot in slots} == {0, 1, 2}


async def test_if_no_box_starts_opening_fails_with_the_reason() -> None:
    world = World()
    world.to_fail["open"] = 2
    scheduler = Scheduler(world.open_box, 2, 10)
    with pytest.raises(BoxFailure, match="open failed on demand"):
        await scheduler.open()
    await scheduler.close()
    assert world.open == 0


async def test_when_no_box_can_be_started_any_more_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("executor.scheduler._FIRST_DELAY_S", 0.01)
    world = World()
    async with Opened(world, slots=1) as scheduler:
        slot = await take(scheduler)
        world.to_fail["open"] = 3
        scheduler.retire(slot)
        with pytest.raises(BoxFailure, match="no box can be started: open failed on demand"):
            await take(scheduler)
        for _ in range(1000):
            if world.open and not world.to_fail["open"]:
                break
            await asyncio.sleep(0.01)
        scheduler.release(await take(scheduler))


async def test_closing_tells_those_who_wait_and_refuses_those_who_come() -> None:
    world = World()
    scheduler = Scheduler(world.open_box, 1, 10)
    await scheduler.open()
    await take(scheduler)
    waiting = asyncio.create_task(scheduler.lease(Urgency.JOB))
    await settled()
    await scheduler.close()
    with pytest.raises(EngineClosed):
        await waiting
    with pytest.raises(EngineClosed):
        scheduler.enter()
    assert world.open == 0


async def test_closing_does_not_wait_for_a_slow_start() -> None:
    world = World()
    scheduler = Scheduler(world.open_box, 1, 10)
    await scheduler.open()
    slot = await take(scheduler)
    world.slow["open"] = 60
    scheduler.retire(slot)
    await settled()
    await asyncio.wait_for(scheduler.close(), 2)
    assert world.open == 0


async def test_a_box_that_is_being_closed_is_closed_to_the_end() -> None:
    world = World()
    scheduler = Scheduler(world.open_box, 1, 10)
    await scheduler.open()
    slot = await take(scheduler)
    world.slow["close"] = 0.1
    scheduler.retire(slot)
    await settled()
    await scheduler.close()
    assert world.counts["closed"] == 1


async def test_ten_thousand_jobs_that_give_up_are_forgotten_quickly() -> None:
    async with Opened(World(), queue_limit=10_000) as scheduler:
        slot = await take(scheduler)
        began = asyncio.get_running_loop().time()
        for ticket in [scheduler.enter() for _ in range(10_000)]:
            ticket.leave()
        assert asyncio.get_running_loop().time() - began < 2
        scheduler.release(slot)
