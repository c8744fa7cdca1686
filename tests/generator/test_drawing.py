"""The samples of many problems: exact, in bounds, and no longer than it makes sense."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import aclosing
from pathlib import Path

import pytest

from generator.client import ModelClient
from generator.drawing import Drawing, Drawn, Event, Failed, Task, draw
from generator.errors import AccessRefused, ModelMissing, ServerFailed
from generator.model import Sampling, seed_of
from generator.record import Record, Terms, lines
from tests.generator.openai_server import Asked, Hang, Status, serving
from tests.generator.support import chat, client_of, eventually

TERMS = Terms(samples=3, settings={})
TASKS = [Task(problem=f"p{number}", prompt=chat(f"problem p{number}")) for number in range(8)]


async def all_of(client: ModelClient, record: Record, **options: object) -> list[Event]:
    drawing = Drawing(model="toy", **options)  # type: ignore[arg-type]  # fields of Drawing
    async with aclosing(draw(TASKS, client, record, drawing)) as events:
        return [event async for event in events]


def keys(path: Path) -> list[tuple[str, int]]:
    return sorted((line["problem"], line["sample"]) for line in lines(path))


EXACT = [(task.problem, sample) for task in TASKS for sample in range(3)]


async def test_every_sample_is_drawn_once_and_recorded(tmp_path: Path) -> None:
    async with serving() as server, client_of(server) as client:
        with Record.start(tmp_path, TERMS) as record:
            events = await all_of(client, record, seed=5)
    assert keys(tmp_path) == EXACT
    assert len(events) == 24
    assert len(server.asked) == 8
    texts = {(line["problem"], line["sample"]): line["text"] for line in lines(tmp_path)}
    assert texts["p3", 2] == f"p3 drawn with {seed_of(5, 'p3') + 2}"


async def test_only_so_many_problems_are_asked_at_once(tmp_path: Path) -> None:
    most = 0
    async with serving(delay_s=0.05) as server, client_of(server) as client:
        with Record.start(tmp_path, TERMS) as record:
            watching = asyncio.create_task(all_of(client, record, concurrency=2))
            while not watching.done():
                most = max(most, len(server.asked) - len(server.answered) // 3)
                await asyncio.sleep(0.005)
    assert 1 <= most <= 2


async def test_a_refused_prompt_is_a_failure_of_its_problem_alone(tmp_path: Path) -> None:
    def refuse(asked: Asked) -> Status | None:
        return Status(400, "the prompt is too long") if "p3" in asked.prompt else None

    async with serving() as server, client_of(server) as client:
        server.refuse = refuse
        with Record.start(tmp_path, TERMS) as record:
            events = await all_of(client, record, concurrency=1)
    (failed,) = [event for event in events if isinstance(event, Failed)]
    assert failed.problem == "p3"
    assert "the prompt is too long" in str(failed.error)
    assert len(keys(tmp_path)) == 21


async def test_what_failed_is_asked_for_again_and_nothing_else(tmp_path: Path) -> None:
    async with serving(*[Status(500)] * 3) as server, client_of(server) as client:
        with Record.start(tmp_path, TERMS) as record:
            events = await all_of(client, record, concurrency=2)
        failed = {event.problem for event in events if isinstance(event, Failed)}
        server.asked.clear()
        with Record.resume(tmp_path, TERMS) as record:
            assert len(await all_of(client, record)) == 3 * len(failed)
    assert {asked.prompt.split()[-1] for asked in server.asked} == failed
    assert keys(tmp_path) == EXACT


@pytest.mark.parametrize(
    "status, error", [(Status(401), AccessRefused), (Status(403), AccessRefused), (Status(404), ModelMissing)]
)
async def test_a_wrong_key_or_model_ends_the_run(tmp_path: Path, status: Status, error: type[Exception]) -> None:
    async with serving(*[status] * 20) as server, client_of(server) as client:
        with Record.start(tmp_path, TERMS) as record, pytest.raises(error):
            await all_of(client, record, concurrency=2)
    assert len(server.asked) <= 4


async def test_a_server_that_fails_for_everything_ends_the_run(tmp_path: Path) -> None:
    async with serving(*[Status(500)] * 100) as server, client_of(server) as client:
        with Record.start(tmp_path, TERMS) as record, pytest.raises(ServerFailed):
            await all_of(client, record, concurrency=2)
    # Three attempts each; two problems in a row, and what was begun meanwhile.
    assert len(server.asked) <= 12


async def test_who_takes_events_slowly_slows_the_drawing(tmp_path: Path) -> None:
    async with serving() as server, client_of(server) as client:
        with Record.start(tmp_path, TERMS) as record:
            async with aclosing(draw(TASKS, client, record, Drawing(model="toy", concurrency=1))) as events:
                await anext(events)
                await asyncio.sleep(0.3)
                assert len(server.asked) <= 3


async def test_stopping_early_takes_requests_back_and_keeps_what_was_drawn(tmp_path: Path) -> None:
    async with serving(None, Hang()) as server, client_of(server) as client:
        with Record.start(tmp_path, TERMS) as record:
            async with aclosing(draw(TASKS, client, record, Drawing(model="toy", concurrency=1))) as events:
                first = await anext(events)
                await eventually(lambda: len(server.asked) == 2)
        await eventually(lambda: server.dropped == 1)
    assert isinstance(first, Drawn)
    assert keys(tmp_path) == [("p0", 0), ("p0", 1), ("p0", 2)]


async def test_what_ends_a_problems_answers_is_added_to_what_ends_all(tmp_path: Path) -> None:
    tasks = [Task(problem="p", prompt="continue", form="completion", stop=("\ndef ",))]
    drawing = Drawing(model="toy", sampling=Sampling(stop=("END",)))
    async with serving() as server, client_of(server) as client:
        with Record.start(tmp_path, TERMS) as record:
            async with aclosing(draw(tasks, client, record, drawing)) as events:
                found = [event async for event in events]
    assert server.asked[0].body["stop"] == ["END", "\ndef "]
    assert {event.line["form"] for event in found if isinstance(event, Drawn)} == {"completion"}


def test_seeds_of_problems_differ_and_leave_room_for_their_samples() -> None:
    seeds = [seed_of(0, f"p{number}") for number in range(2000)]
    assert max(Counter(seeds).values()) == 1
    assert all(0 <= seed < 2**31 - 2**16 for seed in seeds)
    assert seed_of(0, "p") != seed_of(1, "p")
