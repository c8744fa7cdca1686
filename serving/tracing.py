"""
Traces where a collector wants them: a span for every call, a child of the caller's if it sends a `traceparent`.

The instrumentation that OpenTelemetry has for gRPC cannot be used: in a call that is answered by a stream it takes
every handler for a generator, and ours write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import grpc

from serving.calls import CallInterceptor, Ended

_OUR_FAULT = frozenset({"UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"})
"""Source: OpenTelemetry's semantic conventions for gRPC: of a server's span, these codes are errors."""

Note = Callable[[str, str | int], None]
"""Adds an attribute to a span."""


class TracingUnavailable(Exception):
    """Traces are wanted, but what sends them is not installed."""


class Tracing:
    """Makes spans. This one makes none."""

    @property
    def interceptors(self) -> tuple[grpc.aio.ServerInterceptor, ...]:
        """Those that make a span for every call."""
        return ()

    @contextmanager
    def span(self, name: str) -> Iterator[Note]:
        """A span, inside of that of the call at hand."""
        yield _ignore

    def close(self) -> None:
        """Send what has not been sent yet; may take seconds."""


class CollectedTracing(Tracing):
    """
    Args:
        endpoint: of OTLP over gRPC, such as http://localhost:4317.
        service: the name under which the traces are found.

    Raises:
        TracingUnavailable: the extra `tracing` is not installed.
    """

    def __init__(self, endpoint: str, service: str) -> None:
        try:
            from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter  # noqa: PLC0415  # extra
            from opentelemetry.sdk.resources import Resource  # noqa: PLC0415  # likewise
            from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415  # likewise
            from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415  # likewise
        except ImportError as error:
            raise TracingUnavailable(f"traces need the extra: pip install 'ennead[tracing]' ({error})") from error
        self._provider = TracerProvider(resource=Resource.create({"service.name": service}))
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
        self._tracer = self._provider.get_tracer("ennead")

    @property
    def interceptors(self) -> tuple[grpc.aio.ServerInterceptor, ...]:
        return (_CallSpans(self._tracer),)

    @contextmanager
    def span(self, name: str) -> Iterator[Note]:
        # A call that is given up is no failure of the job's.
        with self._tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False) as span:
            yield span.set_attribute

    def close(self) -> None:
        self._provider.shutdown()


class _CallSpans(CallInterceptor):
    def __init__(self, tracer: Any) -> None:
        super().__init__()
        self._tracer = tracer

    def begin(self, method: str, context: Any) -> Ended:
        from opentelemetry import context as current  # noqa: PLC0415  # an extra
        from opentelemetry import propagate, trace  # noqa: PLC0415  # likewise

        told = {key: value for key, value in context.invocation_metadata() or () if isinstance(value, str)}
        service, _, name = method.removeprefix("/").rpartition("/")
        span = self._tracer.start_span(
            method.removeprefix("/"),
            context=propagate.extract(told),
            kind=trace.SpanKind.SERVER,
            attributes={"rpc.system": "grpc", "rpc.service": service, "rpc.method": name},
        )
        token = current.attach(trace.set_span_in_context(span))

        def ended(code: str) -> None:
            span.set_attribute("rpc.grpc.status_code", grpc.StatusCode[code].value[0])
            if code in _OUR_FAULT:
                span.set_status(trace.StatusCode.ERROR, code)
            span.end()
            current.detach(token)

        return ended


def _ignore(_: str, __: str | int) -> None:
    pass
