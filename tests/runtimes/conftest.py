"""Fixtures of the tests of runtimes: one engine, on whose slots the selected trials run side by side."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any, cast

import pytest
import pytest_asyncio

from executor.engine import Engine, EngineConfig
from tests.runtimes.support import Trial, reason_to_skip

collect_ignore = ["programs"]
"""They are judged; some of them are tests that fail."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def trials(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Mapping[Trial, asyncio.Task[Any]]]:
    """Every selected trial of a module, begun in the order of the tests; nothing is cached from before."""
    selected = [
        cast("Trial", item.callspec.params["trial"])
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.path == request.path and "trials" in item.fixturenames
    ]
    async with Engine(EngineConfig(cache_dir=tmp_path_factory.mktemp("cache"))) as engine:
        gate = asyncio.Semaphore(engine.slots + 1)  # one waits, so that no slot does
        started = {
            trial: asyncio.create_task(_run(trial, engine, gate))
            for trial in selected
            if reason_to_skip(trial.runtime_id) is None
        }
        yield started
        for task in started.values():
            task.cancel()
        await asyncio.gather(*started.values(), return_exceptions=True)


async def _run(trial: Trial, engine: Engine, gate: asyncio.Semaphore) -> Any:
    async with gate:
        return await trial.run(engine)
