"""`exec-cli health`: asks a server of ours, as a probe does, whether it takes calls."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cli.edge import EXIT_ACCEPTED, EXIT_JUDGE_FAILED, EXIT_NOT_ACCEPTED, complain
from cli.remote import ServerOptions, credentials
from cli.text import printable

if TYPE_CHECKING:
    import grpc

DEFAULT_ADDRESS = "127.0.0.1:50051"
LISTEN_VARIABLE = "ENNEAD_EXECUTOR_LISTEN"

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}


class NoAnswer(Exception):
    """Nobody answers there, or not in time."""


@dataclass(frozen=True, slots=True)
class Health:
    """
    What a server says of itself.

    Args:
        address: where it was asked.
        status: SERVING, NOT_SERVING (it drains), SERVICE_UNKNOWN (it does not offer the service).
    """

    address: str
    status: str


def health(options: ServerOptions, service: str, timeout_s: float, *, as_json: bool) -> int:
    """
    Ask a server and say what it answers.

    Returns:
        0 if it takes calls, 1 if it says that it does not, 3 if nobody answers.

    Raises:
        UsageError: a file cannot be used.
    """
    try:
        found = _ask(options, service, timeout_s)
    except NoAnswer as error:
        return complain(str(error), EXIT_JUDGE_FAILED)
    if as_json:
        print(json.dumps({"address": found.address, "service": service, "status": found.status}))
    else:
        print(f"{printable(found.address)} {found.status}")
    return EXIT_ACCEPTED if found.status == "SERVING" else EXIT_NOT_ACCEPTED


def own_address(listen: str) -> str:
    """
    Where a server that listens there is reached from its own machine or container.

    Args:
        listen: addresses with commas between, as the setting `listen` has them in the environment; empty: the default.
    """
    address = listen.partition(",")[0].strip() or DEFAULT_ADDRESS
    host, colon, port = address.rpartition(":")
    return f"{_EVERYWHERE.get(host, host)}{colon}{port}"


def _ask(options: ServerOptions, service: str, timeout_s: float) -> Health:
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # as in cli.remote: what is to be said, we say
    import grpc
    from grpc_health.v1 import health_pb2, health_pb2_grpc

    address = options.addresses[0] if options.addresses else own_address(os.environ.get(LISTEN_VARIABLE, ""))
    with _channel(address, options) as channel:
        stub: Any = health_pb2_grpc.HealthStub(channel)  # its types lack the methods
        try:
            answer = stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=timeout_s)
        except grpc.RpcError as failed:
            code, details = failed.code(), failed.details()
            if code is grpc.StatusCode.NOT_FOUND:
                return Health(address, "SERVICE_UNKNOWN")
            raise NoAnswer(f"no answer from {address}: {details or code.name}") from failed
    return Health(address, health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status))


def _channel(address: str, options: ServerOptions) -> grpc.Channel:
    import grpc

    _, tls = credentials(options)
    if tls is None:
        return grpc.insecure_channel(address)
    files = grpc.ssl_channel_credentials(tls.authority, tls.key, tls.certificate)
    return grpc.secure_channel(address, files)
