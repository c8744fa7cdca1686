"""
The generator as a server: client, service and listeners, from one typed set of settings.

    exec-cli serve-generator --base-url http://127.0.0.1:8000/v1
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Self

from ennead.generator.v1 import generator_pb2 as pb
from ennead.generator.v1 import generator_pb2_grpc as pb_grpc

from generator.client import ModelClient
from generator.observation import Observer
from generator.service import GeneratorService
from generator.settings import GeneratorSettings
from serving.server import GrpcServer

SERVICE = pb.DESCRIPTOR.services_by_name["GeneratorService"].full_name
_MIB = 1024 * 1024


class GeneratorServer:
    """
    A server from its settings. Use it as an asynchronous context manager; inside, it answers.

    The model's server need not be there yet: calls are UNAVAILABLE until it is.

    Raises:
        UsageMistake: the key of the model's server cannot be read.
        AccessError: certificates or tokens cannot be used.
        ListenError: an address cannot be listened on.
    """

    def __init__(self, settings: GeneratorSettings) -> None:
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
            client = await stack.enter_async_context(ModelClient(self.settings.connection()))
            self._grpc = GrpcServer(self.settings, "ennead-generator", self.settings.message_mib * _MIB)
            service = GeneratorService(client, self.settings.service_config(), Observer(self._grpc.registry))
            self._grpc.add(SERVICE, lambda server: pb_grpc.add_GeneratorServiceServicer_to_server(service, server))
            await stack.enter_async_context(self._grpc)
            self._closing = stack.pop_all()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._closing.aclose()

    async def drain(self) -> None:
        """Take no more calls, and wait for those in progress, as long as the settings allow."""
        assert self._grpc is not None, "only an open server is drained"
        await self._grpc.drain()
