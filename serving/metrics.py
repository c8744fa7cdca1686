"""Numbers for Prometheus about every call of every service: how many by method and status, and how long they took."""

from __future__ import annotations

import time
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from serving.calls import CallInterceptor, Ended

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
"""Bounds of the histograms of durations."""


class CallMetrics(CallInterceptor):
    """
    Counts calls as they end.

    Args:
        registry: where the numbers are kept.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        super().__init__()
        self._calls = Counter("ennead_calls", "Calls that have ended.", ("method", "code"), registry=registry)
        self._running = Gauge("ennead_calls_running", "Calls in progress.", ("method",), registry=registry)
        self._seconds = Histogram(
            "ennead_call_seconds", "Durations of calls.", ("method",), buckets=SECONDS, registry=registry
        )

    def begin(self, method: str, context: Any) -> Ended:
        began = time.perf_counter()
        running = self._running.labels(method)
        running.inc()

        def ended(code: str) -> None:
            running.dec()
            self._calls.labels(method, code).inc()
            self._seconds.labels(method).observe(time.perf_counter() - began)

        return ended
