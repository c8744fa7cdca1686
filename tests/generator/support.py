"""Clients and requests in few words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from generator.client import Connection, ModelClient
from generator.model import Generation, Message, Prompt, Request, Sampling
from generator.patience import Retrying
from tests.generator.openai_server import OpenAIServer

QUICK = Retrying(attempts=3, first_pause_s=0.01, longest_pause_s=0.02)


def chat(text: str) -> tuple[Message, ...]:
    return (Message("user", text),)


def request(prompt: Prompt | None = None, *, n: int = 1, seed: int | None = 100, **sampling: Any) -> Request:
    return Request(
        model="toy",
        prompt=prompt or chat("write a program"),
        wanted=tuple(range(n)),
        sampling=Sampling(**sampling),
        seed=seed,
    )


@asynccontextmanager
async def client_of(server: OpenAIServer | str, **options: Any) -> AsyncIterator[ModelClient]:
    url = server if isinstance(server, str) else server.base_url
    options = {"retrying": QUICK, "timeout_s": 5.0, **options}
    async with ModelClient(Connection(base_url=url, **options)) as client:
        yield client


async def answers(client: ModelClient, asked: Request) -> list[Generation]:
    return [generation async for generation in client.answers(asked)]


async def eventually(condition: Callable[[], bool], within_s: float = 10) -> None:
    """Wait until a condition holds that nobody tells us of; fail if it does not come."""
    for _ in range(round(within_s * 100)):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("what was waited for did not come")


def drawn(found: list[Generation]) -> list[tuple[int, str, int | None]]:
    return [(each.sample, each.text, each.seed) for each in found]
