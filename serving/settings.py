"""
What both servers are told at their start: where they listen, whom they let in, what they report.

A setting comes from the command line, else from an environment variable, else from a file, else it has its default.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_settings import NoDecode


def _check_address(address: str) -> str:
    if address.startswith("unix:"):
        if not address.removeprefix("unix:").startswith("/"):
            raise ValueError(f"{address!r}: a unix socket has an absolute path, as in unix:/run/ennead/executor.sock")
        return address
    found = re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[^\[\]:\s]+):(\d{1,5})", address)
    if found is None or int(found[2]) > 65_535:
        raise ValueError(f"{address!r} is neither HOST:PORT nor unix:/PATH")
    return address


def split_addresses(value: object) -> object:
    """A variable of the environment holds several addresses with commas between."""
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


Address = Annotated[str, AfterValidator(_check_address)]
"""HOST:PORT, [IPV6]:PORT or unix:/PATH; port 0 lets the system choose one."""


class ServingSettings(BaseModel):
    """
    Args:
        listen: addresses; TLS and tokens concern all of them.
        tls_certificate, tls_key: PEM files; both or none.
        tls_client_ca: PEM file: only clients with a certificate of this authority are let in; their names are those
            of the certificates.
        tokens: file with one `NAME TOKEN` on each line: only clients with one of the tokens are let in.
        metrics: where Prometheus finds metrics over HTTP.
        drain_s: how long calls in progress may go on after the server was told to stop.
        tracing: OTLP endpoint, such as http://localhost:4317, that gets a trace of every call.
        log_format: `json`: one object on each line.
    """

    model_config = ConfigDict(extra="forbid")

    listen: Annotated[list[Address], NoDecode, BeforeValidator(split_addresses), Field(min_length=1)] = [
        "127.0.0.1:50051"
    ]
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    tls_client_ca: Path | None = None
    tokens: Path | None = None
    metrics: Address | None = None
    drain_s: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 30.0
    tracing: str | None = None
    log_format: Literal["text", "json"] = "text"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @model_validator(mode="after")
    def _check_tls(self) -> Self:
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("tls_certificate and tls_key belong together; one of them is missing")
        if self.tls_client_ca is not None and self.tls_certificate is None:
            raise ValueError("tls_client_ca needs tls_certificate and tls_key: clients are checked over TLS")
        return self
