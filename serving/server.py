"""A gRPC server with what every service of ours has: health, reflection, TLS, tokens, and an orderly end."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self
from wsgiref.simple_server import WSGIServer

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from prometheus_client import CollectorRegistry, start_http_server

from serving.access import Gatekeeper, credentials_of, read_tokens
from serving.metrics import CallMetrics
from serving.observing import tracing_of
from serving.reflection import enable_reflection
from serving.settings import ServingSettings

_KEEPALIVE = (
    # Finds clients that are gone within half a minute, and lets clients ask as often.
    ("grpc.keepalive_time_ms", 20_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.http2.min_recv_ping_interval_without_data_ms", 10_000),
    ("grpc.keepalive_permit_without_calls", 1),
)

_PENDING = (
    # Calls that have come and that nobody has looked at yet. By itself gRPC cancels some from the thousandth on,
    # without a word of why; how much may wait is a service's own decision, which it can explain.
    ("grpc.server.max_pending_requests", 100_000),
    ("grpc.server.max_pending_requests_hard_limit", 100_000),
)


class ListenError(Exception):
    """An address cannot be listened on; the message says which."""


class GrpcServer:
    """
    Listens while it is open, as an asynchronous context manager.

    Args:
        settings: addresses, TLS, tokens, metrics, traces, drain.
        name: of this kind of server, for traces.
        message_bytes: the largest message that is taken.

    Raises:
        AccessError: certificates or tokens cannot be used.
        TracingUnavailable: traces are wanted and cannot be sent.
    """

    def __init__(self, settings: ServingSettings, name: str, message_bytes: int) -> None:
        self._settings = settings
        self.registry = CollectorRegistry()
        tokens = None if settings.tokens is None else read_tokens(settings.tokens)
        self._credentials = credentials_of(settings)
        self.tracing = tracing_of(settings, name)
        self._server = grpc.aio.server(
            interceptors=(CallMetrics(self.registry), *self.tracing.interceptors, Gatekeeper(tokens)),
            options=(
                *_KEEPALIVE,
                *_PENDING,
                ("grpc.max_receive_message_length", message_bytes),
                ("grpc.so_reuseport", 0),
            ),
        )
        self._health = health.aio.HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        self._own: list[str] = []
        self._metrics: WSGIServer | None = None
        self.addresses: tuple[str, ...] = ()

    def add(self, name: str, add_to: Callable[[grpc.aio.Server], Any]) -> None:
        """
        Offer a service.

        Args:
            name: its full name.
            add_to: adds it to a server.
        """
        add_to(self._server)
        self._own.append(name)

    async def __aenter__(self) -> Self:
        enable_reflection([*self._own, health.SERVICE_NAME], self._server)
        self.addresses = tuple(self._listen(address) for address in self._settings.listen)
        if self._settings.metrics is not None:
            self._metrics = _serve_metrics(self._settings.metrics, self.registry)
        await self._server.start()
        for name in ("", *self._own):
            await self._health.set(name, health_pb2.HealthCheckResponse.SERVING)
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._server.stop(0)
        if self._metrics is not None:
            self._metrics.shutdown()
            self._metrics.server_close()
        # In a thread: a collector that is away is waited for, and other work goes on.
        await asyncio.to_thread(self.tracing.close)

    @property
    def metrics_address(self) -> str | None:
        """Where Prometheus finds the metrics, with the port that the system chose."""
        if self._metrics is None:
            return None
        host, port = self._metrics.server_address[:2]
        return f"{host!s}:{port}"

    async def drain(self) -> None:
        """Say that no more calls are wanted, and wait for those in progress."""
        await self._health.enter_graceful_shutdown()
        await self._server.stop(self._settings.drain_s)

    def _listen(self, address: str) -> str:
        if address.startswith("unix:"):
            _remove_dead_socket(Path(address.removeprefix("unix:")))
        try:
            if self._credentials is None:
                port = self._server.add_insecure_port(address)
            else:
                port = self._server.add_secure_port(address, self._credentials)
        except RuntimeError as error:
            raise ListenError(f"{address} cannot be listened on: {error}") from error
        return address if address.startswith("unix:") else f"{address.rpartition(':')[0]}:{port}"


def _serve_metrics(address: str, registry: CollectorRegistry) -> WSGIServer:
    host, _, port = address.rpartition(":")
    try:
        server, _ = start_http_server(int(port), host.strip("[]"), registry)
    except OSError as error:
        raise ListenError(f"{address} cannot be listened on for metrics: {error.strerror}") from error
    return server


def _remove_dead_socket(path: Path) -> None:
    """A socket that a killed server left would be in the way; one that somebody listens on stays."""
    if not path.is_socket():
        return
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(os.fspath(path))
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
        except OSError:
            return
