"""Fixtures of the service's tests: a real server on a real socket, and what any client would call it with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import grpc
import pytest
from ennead.executor.v1 import executor_pb2_grpc as pb_grpc

from executor.server import ExecutorServer
from executor.settings import ExecutorSettings
from tests.service.support import Stub

Serve = Callable[..., Awaitable[Stub]]


@pytest.fixture
async def serve(tmp_path: Path) -> AsyncIterator[Serve]:
    """Starts servers with the settings given, and gives a stub of each."""
    async with AsyncExitStack() as stack:

        async def start(**settings: Any) -> Stub:
            chosen = ExecutorSettings(listen=["127.0.0.1:0"], cache_dir=tmp_path / "cache", **settings)
            server = await stack.enter_async_context(ExecutorServer(chosen))
            channel = await stack.enter_async_context(grpc.aio.insecure_channel(server.addresses[0]))
            return pb_grpc.ExecutorServiceStub(channel)

        yield start


@pytest.fixture
async def stub(serve: Serve) -> Stub:
    """A stub of a server with two slots."""
    return await serve(slots=2)
