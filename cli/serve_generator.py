"""`exec-cli serve-generator`: a model behind an OpenAI-compatible server, offered over gRPC."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cli.edge import EXIT_ACCEPTED
from cli.serve import run_server
from executor.errors import UsageError
from generator.errors import UsageMistake
from generator.server import GeneratorServer
from generator.settings import load_settings
from serving.access import AccessError
from serving.observing import TracingUnavailable, start_logging
from serving.server import ListenError


def serve(flags: Mapping[str, Any], file: Path | None) -> int:
    """
    Serve until SIGTERM or SIGINT, then drain; a second signal ends the drain.

    Raises:
        UsageError: a setting makes no sense, an address is in use, a certificate cannot be read.
    """
    try:
        settings = load_settings(flags, file)
        start_logging(settings)
        run_server(GeneratorServer(settings), settings)
    except (UsageMistake, AccessError, ListenError, TracingUnavailable) as error:
        raise UsageError(str(error)) from error
    return EXIT_ACCEPTED
