"""`exec-cli serve` and `exec-cli config`: the executor as a server, and the settings that it would have."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, Self

import uvloop

from cli.edge import EXIT_ACCEPTED
from cli.text import printable
from executor.errors import UsageError
from executor.server import ExecutorServer
from executor.settings import load_settings
from serving.access import AccessError
from serving.observing import TracingUnavailable, start_logging
from serving.server import ListenError
from serving.settings import ServingSettings

_log = logging.getLogger(__name__)


def serve(flags: Mapping[str, Any], file: Path | None) -> int:
    """
    Serve until SIGTERM or SIGINT, then drain; a second signal ends the drain.

    Raises:
        UsageError: a setting makes no sense, an address is in use, a certificate cannot be read.
    """
    settings = load_settings(flags, file)
    start_logging(settings)
    try:
        run_server(ExecutorServer(settings), settings)
    except (AccessError, ListenError, TracingUnavailable) as error:
        raise UsageError(str(error)) from error
    return EXIT_ACCEPTED


class Server(Protocol):
    """What both servers of ours are."""

    @property
    def addresses(self) -> tuple[str, ...]: ...

    @property
    def metrics_address(self) -> str | None: ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *error: object) -> None: ...

    async def drain(self) -> None: ...


def run_server(server: Server, settings: ServingSettings) -> None:
    """
    Serve until SIGTERM or SIGINT, then drain; a second signal ends the drain.

    Raises:
        AccessError, ListenError, TracingUnavailable: as the server does.
    """
    # Of what gRPC adds to a job, a third is the event loop's own work; this one does it in C.
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(server, settings))


def show_config(flags: Mapping[str, Any], file: Path | None, *, as_json: bool) -> int:
    """Print the settings that a server would have, as the TOML of a file or as JSON."""
    settings = load_settings(flags, file).model_dump(mode="json")
    if as_json:
        print(json.dumps(settings, indent=2))
    else:
        sys.stdout.write(_toml(settings))
    return EXIT_ACCEPTED


async def _serve(server: Server, settings: ServingSettings) -> None:
    told = asyncio.Event()
    again = asyncio.Event()

    def stop() -> None:
        (again if told.is_set() else told).set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    async with server:
        _log.info("listening on %s", ", ".join(server.addresses))
        if server.metrics_address is not None:
            _log.info("metrics on http://%s/metrics", server.metrics_address)
        await told.wait()
        _log.info("draining for at most %g s; a second signal ends that", settings.drain_s)
        draining = asyncio.create_task(server.drain())
        hurry = asyncio.create_task(again.wait())
        await asyncio.wait({draining, hurry}, return_when=asyncio.FIRST_COMPLETED)
        hurry.cancel()
        draining.cancel()
    _log.info("stopped")


def _toml(settings: Mapping[str, Any]) -> str:
    """Values first, tables after them; what is absent is a comment, for TOML has no word for it."""
    lines = []
    for key, value in settings.items():
        if not isinstance(value, dict):
            lines.append(f"# {key} is not set" if value is None else f"{key} = {_toml_value(value)}")
    for key, value in settings.items():
        if isinstance(value, dict):
            lines += ["", f"[{key}]", *(f"{name} = {_toml_value(each)}" for name, each in value.items())]
    return "\n".join(map(printable, lines)) + "\n"


def _toml_value(value: Any) -> str:
    # A JSON string, number, boolean or list of such is TOML as well.
    return json.dumps(value, ensure_ascii=False)
