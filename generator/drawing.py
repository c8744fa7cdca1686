"""
The samples of many problems: so many requests at once, each sample recorded the moment it is complete.

Workers take problems in their order and hand on what they draw through a bounded queue: whoever takes samples slowly
(a judge whose slots are all busy) slows the drawing instead of filling memory. A problem that the server refuses is a
`Failed` and the others go on. The run ends early where going on is pointless: the key or the model is wrong, or request
after request fails and none succeeds.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from generator.client import ModelClient
from generator.errors import AccessRefused, ModelMissing, RequestRefused, ServerError
from generator.model import Generation, Prompt, Request, Sampling, ServerInfo, seed_of
from generator.record import Record, line_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """
    A problem as a model is asked it.

    Args:
        form: what its answers will be, as `form` in generations.jsonl.
        stop: texts that end an answer, beside those of the run.
    """

    problem: str
    prompt: Prompt
    form: str = "answer"
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """
    How the samples of a run are drawn.

    Args:
        seed: of the run; None: the server draws as it likes.
        concurrency: problems that are asked at once.
    """

    model: str
    sampling: Sampling = field(default_factory=Sampling)
    seed: int | None = 0
    concurrency: int = 16


@dataclass(frozen=True, slots=True)
class Drawn:
    """
    A sample that has been recorded.

    Args:
        line: as it stands in generations.jsonl.
    """

    problem: str
    generation: Generation
    line: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Failed:
    """The missing samples of a problem could not be drawn by this process."""

    problem: str
    error: ServerError


Event: TypeAlias = Drawn | Failed


async def draw(
    tasks: Iterable[Task], client: ModelClient, record: Record, drawing: Drawing
) -> AsyncGenerator[Event, None]:
    """
    Draw what the record lacks.

    Close the iterator to stop early; requests in progress are taken back.

    Raises:
        ServerError: going on is pointless; what was drawn is recorded.
        OSError: a sample cannot be recorded.
    """
    crew = _Crew(client, record, drawing, await client.info())
    async with aclosing(crew.events(iter(tasks))) as events:
        async for event in events:
            yield event


class _Crew:
    def __init__(self, client: ModelClient, record: Record, drawing: Drawing, server: ServerInfo) -> None:
        self._client = client
        self._record = record
        self._drawing = drawing
        self._server = server
        self._events: asyncio.Queue[Event | None] = asyncio.Queue(2 * drawing.concurrency)
        self._failed_in_a_row = 0
        self._abandoned = False

    async def events(self, tasks: Iterator[Task]) -> AsyncGenerator[Event, None]:
        working = asyncio.create_task(self._work_all(tasks))
        try:
            while (event := await self._events.get()) is not None:
                yield event
            await working
        finally:
            self._abandoned = True
            working.cancel()
            await asyncio.wait({working})

    async def _work_all(self, tasks: Iterator[Task]) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self._drawing.concurrency):
                    group.create_task(self._work(tasks))
        except BaseExceptionGroup as failures:
            raise _first(failures) from None
        finally:
            if not self._abandoned:  # else nobody would ever make room in the queue
                await self._events.put(None)

    async def _work(self, tasks: Iterator[Task]) -> None:
        # All workers share the iterator; between two awaits nobody else takes from it.
        for task in tasks:
            if wanted := self._record.missing(task.problem):
                await self._draw(task, wanted)

    async def _draw(self, task: Task, wanted: tuple[int, ...]) -> None:
        try:
            async with aclosing(self._client.answers(self._request(task, wanted))) as answers:
                async for generation in answers:
                    self._failed_in_a_row = 0
                    await self._events.put(self._recorded(task, generation))
        except (AccessRefused, ModelMissing):
            raise
        except ServerError as error:
            await self._note_failure(task, error)

    def _request(self, task: Task, wanted: tuple[int, ...]) -> Request:
        drawing = self._drawing
        return Request(
            model=drawing.model,
            prompt=task.prompt,
            wanted=wanted,
            sampling=replace(drawing.sampling, stop=(*drawing.sampling.stop, *task.stop)),
            seed=None if drawing.seed is None else seed_of(drawing.seed, task.problem),
        )

    def _recorded(self, task: Task, generation: Generation) -> Drawn:
        line = line_of(
            task.problem,
            generation,
            prompt=task.prompt,
            form=task.form,
            model=self._drawing.model,
            server=self._server,
        )
        self._record.append(line)
        return Drawn(task.problem, generation, line)

    async def _note_failure(self, task: Task, error: ServerError) -> None:
        await self._events.put(Failed(task.problem, error))
        if isinstance(error, RequestRefused):
            return  # the server works, and has something against this prompt
        self._failed_in_a_row += 1
        if self._failed_in_a_row >= self._drawing.concurrency:
            raise error


def _first(failures: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first failure of a server or a file, or all of them if none is of these kinds."""
    # In a plain `except`: what is raised in an `except*` is put into a group again until Python 3.11.4.
    found: BaseException | None = failures.split((ServerError, OSError))[0]
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return failures if found is None else found
