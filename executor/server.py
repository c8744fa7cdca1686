"""
The executor as a server: engine, blobs, service and listeners, from one typed set of settings.

    exec-cli serve --config ennead.toml

The boxes are processes of their own, started with exec from the first moment on; nothing is ever forked from the
process that speaks gRPC.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack
from typing import Self

from ennead.executor.v1 import executor_pb2 as pb
from ennead.executor.v1 import executor_pb2_grpc as pb_grpc

from executor.blobs import BlobStore
from executor.config import cache_directory
from executor.engine import Engine
from executor.model import MIB
from executor.observation import Observer
from executor.service import ExecutorService
from executor.settings import ExecutorSettings
from serving.access import client_of
from serving.server import GrpcServer

_log = logging.getLogger(__name__)

SERVICE = pb.DESCRIPTOR.services_by_name["ExecutorService"].full_name


class ExecutorServer:
    """
    A server from its settings. Use it as an asynchronous context manager; inside, it answers.

    Args:
        settings: everything.

    Raises:
        EnneadError: the engine cannot be opened.
        AccessError: certificates or tokens cannot be used.
        ListenError: an address cannot be listened on.
    """

    def __init__(self, settings: ExecutorSettings) -> None:
        self.settings = settings
        self._closing = AsyncExitStack()
        self._grpc: GrpcServer | None = None

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where it listens, with the ports that the system chose."""
        return self._grpc.addresses if self._grpc else ()

    @property
    def metrics_address(self) -> str | None:
        """Where Prometheus finds the metrics, with the port that the system chose."""
        return self._grpc.metrics_address if self._grpc else None

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            cache = stack.enter_context(cache_directory(self.settings.cache_dir))
            blobs = await asyncio.to_thread(BlobStore, cache / "blobs", self.settings.blobs_mib * MIB)
            engine = await stack.enter_async_context(Engine(self.settings.engine_config(cache)))
            self._grpc = GrpcServer(self.settings, "ennead-executor", self.settings.message_mib * MIB)
            observer = Observer(
                self._grpc.registry,
                engine.slots,
                queued=lambda: engine.queued,
                busy=lambda: engine.busy,
                tracing=self._grpc.tracing,
            )
            service = ExecutorService(engine, blobs, self.settings.service_config(), client_of, observer)
            self._grpc.add(SERVICE, lambda server: pb_grpc.add_ExecutorServiceServicer_to_server(service, server))
            await stack.enter_async_context(self._grpc)
            self._closing = stack.pop_all()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._closing.aclose()

    async def drain(self) -> None:
        """Take no more calls, and wait for those in progress, as long as the settings allow."""
        assert self._grpc is not None, "only an open server is drained"
        await self._grpc.drain()
