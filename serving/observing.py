"""What a server tells of itself: log lines, and traces where a collector wants them."""

from __future__ import annotations

import logging

from serving.settings import ServingSettings
from serving.tracing import CollectedTracing, Tracing, TracingUnavailable

__all__ = ["TracingUnavailable", "start_logging", "tracing_of"]


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


def tracing_of(settings: ServingSettings, service: str) -> Tracing:
    """
    What makes traces and sends them to the collector of the settings, if they name one.

    Args:
        service: the name under which the traces are found.

    Raises:
        TracingUnavailable: the extra `tracing` is not installed.
    """
    return Tracing() if settings.tracing is None else CollectedTracing(settings.tracing, service)
