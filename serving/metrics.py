"""Numbers for Prometheus about every call of every service: how many by method and status, and how long they took."""

from __future__ import annotations

import inspect
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import grpc
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
"""Bounds of the histograms of durations."""

_KINDS = ("unary_unary", "unary_stream", "stream_unary", "stream_stream")


class CallMetrics(grpc.aio.ServerInterceptor):
    """
    Counts calls as they end.

    Args:
        registry: where the numbers are kept.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._calls = Counter("ennead_calls", "Calls that have ended.", ("method", "code"), registry=registry)
        self._running = Gauge("ennead_calls_running", "Calls in progress.", ("method",), registry=registry)
        self._seconds = Histogram(
            "ennead_call_seconds", "Durations of calls.", ("method",), buckets=SECONDS, registry=registry
        )
        self._known: dict[str, tuple[Any, Any]] = {}
        """By method: its handler, and the same handler with its calls counted."""

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Any:
        handler = await continuation(handler_call_details)
        if handler is None:
            return None  # no such method: its name is a stranger's and must not become a label
        method = handler_call_details.method
        known, counted = self._known.get(method, (None, None))
        # What lets nobody in is another handler of the same method.
        if known is not handler:
            counted = self._counting(method, handler)
            self._known[method] = handler, counted
        return counted

    def _counting(self, method: str, handler: Any) -> Any:
        kind = next(kind for kind in _KINDS if getattr(handler, kind) is not None)
        return handler._replace(**{kind: self._counted(method, getattr(handler, kind))})

    def _counted(self, method: str, behaviour: Callable[..., Any]) -> Callable[..., Any]:
        if inspect.isasyncgenfunction(behaviour):

            async def stream(request: Any, context: Any) -> AsyncIterator[Any]:
                with self._one(method, context):
                    async for answer in behaviour(request, context):
                        yield answer

            return stream

        async def call(request: Any, context: Any) -> Any:
            with self._one(method, context):
                return await behaviour(request, context)

        return call

    @contextmanager
    def _one(self, method: str, context: Any) -> Iterator[None]:
        began = time.perf_counter()
        self._running.labels(method).inc()
        code = "CANCELLED"
        try:
            yield
            code = _name(context.code(), "OK")
        except grpc.aio.AbortError:
            code = _name(context.code(), "UNKNOWN")
            raise
        except Exception:
            code = "UNKNOWN"
            raise
        finally:
            self._running.labels(method).dec()
            self._calls.labels(method, code).inc()
            self._seconds.labels(method).observe(time.perf_counter() - began)


def _name(code: Any, absent: str) -> str:
    """A status code's name; what a context has before anybody set one is 0."""
    if isinstance(code, grpc.StatusCode):
        return code.name
    names = {each.value[0]: each.name for each in grpc.StatusCode}
    return names.get(code, absent) if code else absent
