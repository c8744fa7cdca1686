"""The engine as its callers see it: refusals, cancellation, closing, many jobs at once."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from executor.engine import Engine, EngineConfig, QueueFull
from executor.errors import BoxFailure, EngineClosed, RuntimeUnavailable, UsageError
from executor.model import CaseFinished, Compiled, Finished, Queued, Started, Submission, Verdict
from tests.unit.fake_box import TOY, World, events_of, finish, toy_engine, toy_job


@pytest.mark.parametrize("stop", ["cancel", "aclose", "break"])
async def test_however_the_caller_stops_nothing_runs_on_and_the_slot_is_free(tmp_path: Path, stop: str) -> None:
    world = World()
    async with toy_engine(tmp_path, world, slots=2) as engine:
        job = toy_job("sleep 60", cases=4)

        async def consume() -> None:
            async with aclosing(engine.judge(job)) as events:
                async for event in events:
                    if stop != "cancel" and isinstance(event, Compiled):
                        await world.until("case", 2)
                        if stop == "break":
                            break
                        await events.aclose()

        consumer = asyncio.create_task(consume())
        if stop == "cancel":
            await world.until("case", 2)
            consumer.cancel()
        await asyncio.wait({consumer}, timeout=5)
        assert consumer.done()
        assert world.running == 0
        assert (await asyncio.wait_for(finish(engine, toy_job("cat", cases=3)), 5)).verdict is Verdict.AC
    assert world.open == 0


async def test_a_generator_that_is_dropped_frees_its_slot(tmp_path: Path) -> None:
    world = World()
    async with toy_engine(tmp_path, world) as engine:
        async for event in engine.judge(toy_job("sleep 60")):
            if isinstance(event, Started):
                break
        gc.collect()
        assert (await asyncio.wait_for(finish(engine, toy_job("cat")), 5)).verdict is Verdict.AC


async def test_a_queued_job_can_be_given_up(tmp_path: Path) -> None:
    world = World()
    async with toy_engine(tmp_path, world) as engine:
        running = asyncio.create_task(finish(engine, toy_job("sleep 0.2")))
        await world.until("case", 1)
        waiting = [asyncio.create_task(finish(engine, toy_job("cat"))) for _ in range(20)]
        await asyncio.sleep(0.02)
        for each in waiting[:-1]:
            each.cancel()
        assert (await waiting[-1]).verdict is Verdict.AC
        await running


async def test_jobs_are_served_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    async with toy_engine(tmp_path, World()) as engine:
        order: list[str] = []

        async def judge(name: str) -> None:
            events = engine.judge(toy_job("cat", job_id=name))
            order.extend([name async for event in events if isinstance(event, Started)])

        names = [f"{number:03}" for number in range(30)]
        await asyncio.gather(*map(judge, names))
        assert order == names


async def test_a_full_queue_is_said_at_once(tmp_path: Path) -> None:
    world = World()
    async with toy_engine(tmp_path, world, queue_limit=1) as engine:
        running = asyncio.create_task(finish(engine, toy_job("sleep 0.1")))
        await world.until("case", 1)
        waiting = asyncio.create_task(finish(engine, toy_job("cat")))
        await asyncio.sleep(0.01)
        with pytest.raises(QueueFull):
            await events_of(engine, toy_job("cat"))
        assert (await running).total == (await waiting).total == 1


async def test_identical_jobs_that_come_together_are_compiled_once(tmp_path: Path) -> None:
    world = World()
    async with toy_engine(tmp_path, world, slots=4) as engine:
        results = await asyncio.gather(*(finish(engine, toy_job("cat")) for _ in range(12)))
    assert {result.verdict for result in results} == {Verdict.AC}
    assert world.counts["compile"] == 1


async def test_when_the_job_that_compiles_is_cancelled_another_one_compiles(tmp_path: Path) -> None:
    world = World()
    async with toy_engine(tmp_path, world, slots=2) as engine:
        await finish(engine, toy_job("print warm"))
        world.slow["run"] = 0.2
        runs = world.counts["run"]
        jobs = [asyncio.create_task(finish(engine, toy_job("cat"))) for _ in range(2)]
        await world.until("run", runs + 1)
        jobs[0].cancel()
        assert (await jobs[1]).verdict is Verdict.AC
        assert jobs[0].cancelled()


async def test_closing_the_engine_ends_running_and_waiting_jobs(tmp_path: Path) -> None:
    world = World()
    outcomes: list[BaseException | Finished] = []
    engine = toy_engine(tmp_path, world)
    async with engine:
        jobs = [asyncio.create_task(finish(engine, toy_job("sleep 60"))) for _ in range(3)]
        await world.until("case", 1)
    outcomes = list(await asyncio.wait_for(asyncio.gather(*jobs, return_exceptions=True), 5))
    assert [type(outcome) for outcome in outcomes] == [EngineClosed] * 3
    assert (world.running, world.open) == (0, 0)
    with pytest.raises(EngineClosed):
        await finish(engine, toy_job("cat"))


async def test_an_engine_that_is_not_open_takes_no_jobs(tmp_path: Path) -> None:
    with pytest.raises(EngineClosed, match="async with"):
        await finish(toy_engine(tmp_path, World()), toy_job("cat"))


async def test_an_engine_whose_boxes_cannot_start_says_why_and_leaves_nothing(tmp_path: Path) -> None:
    world = World()
    world.to_fail["open"] = 2
    with pytest.raises(BoxFailure, match="open failed on demand"):
        async with toy_engine(tmp_path, world, slots=2):
            pass
    assert world.open == 0


def test_an_engine_needs_a_slot() -> None:
    with pytest.raises(UsageError, match="at least one slot, not 0"):
        Engine(EngineConfig(slots=0))


async def test_a_job_that_cannot_be_judged_is_refused_before_anything_begins(tmp_path: Path) -> None:
    world = World()
    async with toy_engine(tmp_path, world) as engine:
        job = toy_job("cat")
        for bad in (
            replace(job, submission=Submission(files=(), runtime="toy")),
            replace(job, submission=replace(job.submission, runtime="toi")),
            replace(job, cases=(replace(job.cases[0], expected=tmp_path / "nowhere"),)),
        ):
            with pytest.raises(UsageError):
                await events_of(engine, bad)
        assert world.counts["run"] == 0


async def test_a_runtime_that_is_not_installed_is_refused_with_what_installs_it(tmp_path: Path) -> None:
    world = World()
    engine = toy_engine(tmp_path, world)
    (tmp_path / "runtimes" / "rare.toml").write_text(
        TOY.replace('"sh"', '"no-such-cc"').replace(".toy", ".rare") + '[install]\napt = ["rare-cc"]'
    )
    engine = Engine(
        EngineConfig(slots=1, cache_dir=tmp_path, runtimes_dir=tmp_path / "runtimes"), box_factory=world.open_box
    )
    async with engine:
        job = toy_job("cat")
        with pytest.raises(RuntimeUnavailable, match="exec-cli runtimes install rare"):
            await events_of(engine, replace(job, submission=replace(job.submission, runtime="rare")))


async def test_what_this_environment_loses_is_told_once(tmp_path: Path) -> None:
    async with toy_engine(tmp_path, World(), slots=3) as engine:
        assert engine.boxes_losses == ("nothing is enforced",)


async def test_a_runtime_is_checked_with_its_own_programs_and_a_real_compilation(tmp_path: Path) -> None:
    world = World()
    async with toy_engine(tmp_path, world) as engine:
        for _ in range(2):
            assert await engine.check_runtime("toy") == []
        assert world.counts["compile"] == 4
        assert await engine.check_runtime("script") == []
        with pytest.raises(UsageError):
            await engine.check_runtime("nothing")


async def test_a_runtime_that_does_not_work_is_told_from_one_that_does(tmp_path: Path) -> None:
    world = World()
    engine = toy_engine(tmp_path, world)
    path = tmp_path / "runtimes" / "toy.toml"
    path.write_text(TOY.replace('code = "cat"', 'code = "print bye"').replace('code = "broken"', 'code = "cat"'))
    engine = Engine(
        EngineConfig(slots=1, cache_dir=tmp_path, runtimes_dir=tmp_path / "runtimes"), box_factory=world.open_box
    )
    async with engine:
        hello, broken = await engine.check_runtime("toy")
    assert hello == "its hello program is WA instead of AC: line 1, byte 1: expected 'hello\\n', got 'bye\\n'"
    assert broken == "its broken program is AC instead of CE"


async def test_a_slow_consumer_holds_its_job_back_instead_of_filling_memory(tmp_path: Path) -> None:
    world = World()
    async with toy_engine(tmp_path, world) as engine, aclosing(engine.judge(toy_job("cat", cases=100))) as events:
        async for event in events:
            if isinstance(event, CaseFinished):
                await asyncio.sleep(0.1)
                assert world.counts["case"] < 20
                break


async def test_a_thousand_queued_jobs_add_less_than_20_mb(tmp_path: Path) -> None:
    world = World()
    async with toy_engine(tmp_path, world) as engine:
        blocker = asyncio.create_task(finish(engine, toy_job("sleep 60")))
        await world.until("case", 1)
        job = toy_job("cat", cases=50)
        gc.collect()
        tracemalloc.start()
        queued = [engine.judge(job) for _ in range(1_000)]
        for events in queued:
            assert isinstance(await anext(events), Queued)
        assert engine.queued == 1_000
        grown, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert grown < 20_000_000
        for events in queued:
            await events.aclose()
        blocker.cancel()
        await asyncio.wait({blocker})


async def test_hundreds_of_jobs_leave_no_task_behind(tmp_path: Path) -> None:
    async with toy_engine(tmp_path, World(), slots=3) as engine:
        results = await asyncio.gather(*(finish(engine, toy_job("cat", cases=3)) for _ in range(300)))
        assert {result.verdict for result in results} == {Verdict.AC}
        await asyncio.sleep(0.05)
        assert len(asyncio.all_tasks()) == 1
