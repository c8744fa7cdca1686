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
from pathlib import Path
from typing import Annotated, Self

from ennead.executor.v1 import executor_pb2 as pb
from ennead.executor.v1 import executor_pb2_grpc as pb_grpc
from pydantic import BaseModel, ConfigDict, Field

from executor.blobs import BlobStore
from executor.config import EngineConfig, cache_directory
from executor.engine import Engine
from executor.model import MIB, MS, Limits
from executor.observation import Observer
from executor.service import MAXIMUM_LIMITS, ExecutorService, ServiceConfig
from serving.access import client_of
from serving.server import GrpcServer
from serving.settings import ServingSettings

_log = logging.getLogger(__name__)

_Positive = Annotated[int, Field(gt=0)]

SERVICE = pb.DESCRIPTOR.services_by_name["ExecutorService"].full_name


class LimitSettings(BaseModel):
    """The most that a case or a compile step may ask for, as people write it: `_ms` milliseconds, `_mib` MiB."""

    model_config = ConfigDict(extra="forbid")

    cpu_ms: _Positive = MAXIMUM_LIMITS.cpu_ns // MS
    wall_ms: _Positive = MAXIMUM_LIMITS.effective_wall_ns // MS
    memory_mib: _Positive = MAXIMUM_LIMITS.memory_bytes // MIB
    output_mib: _Positive = MAXIMUM_LIMITS.output_bytes // MIB
    file_size_mib: _Positive = MAXIMUM_LIMITS.file_size_bytes // MIB
    open_files: _Positive = MAXIMUM_LIMITS.open_files
    processes: _Positive = MAXIMUM_LIMITS.processes
    stack_mib: _Positive = MAXIMUM_LIMITS.effective_stack_bytes // MIB

    def limits(self) -> Limits:
        return Limits(
            cpu_ns=self.cpu_ms * MS,
            wall_ns=self.wall_ms * MS,
            memory_bytes=self.memory_mib * MIB,
            output_bytes=self.output_mib * MIB,
            file_size_bytes=self.file_size_mib * MIB,
            open_files=self.open_files,
            processes=self.processes,
            stack_bytes=self.stack_mib * MIB,
        )


class ExecutorSettings(ServingSettings):
    """
    Args:
        slots: runs at the same time; absent: one for each usable core.
        cache_dir: keeps artifacts, versions and blobs; absent: the user's cache directory.
        cache_mib: bound of the artifacts.
        blobs_mib: bound of the blobs.
        queue_limit: jobs of one client that may wait.
        slots_per_client: slots that one client may hold at once; absent: all.
        runtimes_dir: folder of <id>.toml files; absent: those that ship with this package.
        message_mib: the largest request; larger content goes through PutBlob.
        returned_kib: how much of one output a client may want back.
        stall_s: how long a client may leave an answer unread.
    """

    slots: _Positive | None = None
    cache_dir: Path | None = None
    cache_mib: _Positive = 1024
    blobs_mib: _Positive = 4096
    queue_limit: _Positive = 10_000
    slots_per_client: _Positive | None = None
    runtimes_dir: Path | None = None
    message_mib: _Positive = 16
    returned_kib: _Positive = 1024
    stall_s: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 60.0
    maximum_limits: LimitSettings = LimitSettings()

    def engine_config(self, cache: Path) -> EngineConfig:
        return EngineConfig(
            slots=self.slots,
            cache_dir=cache,
            cache_bytes=self.cache_mib * MIB,
            queue_limit=self.queue_limit,
            slots_per_client=self.slots_per_client,
            runtimes_dir=self.runtimes_dir,
        )

    def service_config(self) -> ServiceConfig:
        return ServiceConfig(
            maximum_limits=self.maximum_limits.limits(),
            returned_bytes=self.returned_kib * 1024,
            stall_s=self.stall_s,
            message_bytes=self.message_mib * MIB,
        )


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
            observer = Observer(self._grpc.registry, engine.slots, lambda: engine.queued, lambda: engine.busy)
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
