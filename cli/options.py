"""Options that several commands have, with their help, and what is written in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.text import printable
from executor.backend import DEFAULT_IMAGE, Backend, DockerSettings, Sandbox
from executor.errors import UsageError

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")]
Server = Annotated[
    list[str] | None,
    typer.Option("--server", metavar="ADDRESS", help="HOST:PORT or unix:/PATH: judge there. Repeat it for several."),
]
TokenFile = Annotated[
    Path | None, typer.Option(metavar="FILE", readable=False, help="Token for the server.  [default: $ENNEAD_TOKEN]")
]
Tls = Annotated[bool, typer.Option("--tls", help="TLS, trusting the system's authorities.")]
TlsCa = Annotated[Path | None, typer.Option(metavar="FILE", readable=False, help="PEM: TLS, trusting this authority.")]
TlsCertificate = Annotated[Path | None, typer.Option(metavar="FILE", readable=False, help="PEM; with --tls-key.")]
TlsKey = Annotated[Path | None, typer.Option(metavar="FILE", readable=False, help="PEM; with --tls-certificate.")]
TlsClientCa = Annotated[
    Path | None, typer.Option(metavar="FILE", readable=False, help="PEM: only clients with its certificates may call.")
]
Cold = Annotated[
    bool, typer.Option("--cold", help="Compile and run by nothing prepared beforehand: slower, the same verdicts.")
]
SandboxName = Annotated[
    Backend | None,
    typer.Option("--sandbox", envvar="ENNEAD_EXECUTOR_SANDBOX", help="native (default), or docker: in containers."),
]
DockerAddress = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        envvar="ENNEAD_EXECUTOR_DOCKER_ADDRESS",
        help="Of the Docker Engine, unix:///PATH or tcp://HOST:PORT.  [default: as the docker command finds it]",
    ),
]
DockerImage = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        envvar="ENNEAD_EXECUTOR_DOCKER_IMAGE",
        help=f"Image with the languages.  [default: {DEFAULT_IMAGE}]",
    ),
]
OciRuntime = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        envvar="ENNEAD_EXECUTOR_OCI_RUNTIME",
        help="That containers run under, such as runsc.  [default: the Docker Engine's]",
    ),
]
Metrics = Annotated[str | None, typer.Option(metavar="HOST:PORT", help="Where Prometheus finds metrics.")]


def sandbox_of(
    backend: Backend | None, docker_address: str | None, docker_image: str | None, oci_runtime: str | None
) -> Sandbox:
    """What the four options together mean; None: nothing was said."""
    docker = DockerSettings(address=docker_address, image=docker_image or DEFAULT_IMAGE, oci_runtime=oci_runtime)
    return Sandbox(backend=backend or Backend.NATIVE, docker=docker)


def pairs(option: str, texts: Sequence[str], value_of: Callable[[str], Any] = str) -> dict[str, Any]:
    """
    KEY=VALUE, each key once.

    Raises:
        UsageError: one is not written like this.
    """
    found: dict[str, Any] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not key or not equals or key in found:
            raise UsageError(f"{option} {printable(text)}: KEY=VALUE is wanted, each key once")
        try:
            found[key] = value_of(value)
        except ValueError as error:
            raise UsageError(f"{option} {printable(text)}: the value is no JSON: {error}") from error
    return found
