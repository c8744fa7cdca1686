"""What a server tells of itself: log lines, and traces where a collector wants them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import grpc

from serving.settings import ServingSettings


class TracingUnavailable(Exception):
    """Traces are wanted, but what sends them is not installed."""


def start_logging(settings: ServingSettings) -> None:
    """Log to standard error, as text or as one JSON object on each line."""
    handler = logging.StreamHandler()
    if settings.log_format == "json":
        from pythonjsonlogger.json import JsonFormatter  # noqa: PLC0415  # most servers log text

        names = {"asctime": "time", "levelname": "level", "name": "logger"}
        handler.setFormatter(JsonFormatter("%(asctime)s %(levelname)s %(name)s %(message)s", rename_fields=names))
    else:
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(message)s"))
    logging.basicConfig(level=settings.log_level.upper(), handlers=[handler], force=True)


def tracing_of(settings: ServingSettings, service: str) -> tuple[list[grpc.aio.ServerInterceptor], Callable[[], None]]:
    """
    What makes a trace of every call and sends it to the collector of the settings.

    Args:
        service: the name under which the traces are found.

    Returns:
        Interceptors, and what sends the last traces at the end.

    Raises:
        TracingUnavailable: the extra `tracing` is not installed.
    """
    if settings.tracing is None:
        return [], lambda: None
    try:
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter  # noqa: PLC0415  # an extra
        from opentelemetry.instrumentation.grpc import aio_server_interceptor  # noqa: PLC0415  # likewise
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415  # likewise
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415  # likewise
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415  # likewise
    except ImportError as error:
        raise TracingUnavailable(f"traces need the extra: pip install 'ennead[tracing]' ({error})") from error
    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=settings.tracing)))
    interceptor: Any = aio_server_interceptor(tracer_provider=provider)  # type: ignore[no-untyped-call]  # it has no types
    return [interceptor], provider.shutdown
