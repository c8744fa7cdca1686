"""`exec-cli run --server`: the servers that judge instead of this machine, and what they are shown."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cli.files import check_regular
from cli.text import printable_path
from executor.errors import UsageError
from executor.model import MIB, Event, Job

if TYPE_CHECKING:
    from executor.client import Tls

TOKEN_VARIABLE = "ENNEAD_TOKEN"  # noqa: S105  # the name of a variable

_RETURNED_BYTES = MIB
"""Of each output of a case: so much of it is looked at for the lines that differ."""
_ATTEMPTS_TO_REACH = 4
"""Under a second: who typed a wrong address wants to know it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOptions:
    """
    Args:
        addresses: HOST:PORT or unix:/PATH.
        token_file: holds the token; None: the environment may have it.
        tls: whether to speak TLS; so it is when one of the files is given.
        tls_ca: PEM: the authority that is trusted; None: those of the system.
        tls_certificate, tls_key: PEM: who we are; both or none.
    """

    addresses: tuple[str, ...]
    token_file: Path | None = None
    tls: bool = False
    tls_ca: Path | None = None
    tls_certificate: Path | None = None
    tls_key: Path | None = None

    def check(self) -> None:
        """
        Raises:
            UsageError: the options contradict each other.
        """
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise UsageError("--tls-certificate and --tls-key belong together; one of them is missing")
        given = (self.token_file, self.tls_ca, self.tls_key, self.tls or None)
        if not self.addresses and any(option is not None for option in given):
            raise UsageError("--token-file and --tls... are for --server HOST:PORT, which is missing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """
    Where a job is judged.

    Args:
        judge: gives the job's events.
        losses: what cannot be enforced or measured there, as sentences.
        returned_bytes: how much of each output comes back; None: all of it.
    """

    judge: Callable[[Job], AbstractAsyncContextManager[AsyncIterator[Event]]]
    losses: tuple[str, ...]
    returned_bytes: int | None = None


@asynccontextmanager
async def on_servers(options: ServerOptions) -> AsyncIterator[Place]:
    """
    Judging on servers.

    Raises:
        UsageError: a file cannot be used, or an address is none.
        ServerUnavailable, AccessDenied: no server answers, or not to us.
    """
    # What gRPC's own log says of a connection is in the sentence that we say; it must be told before it is imported.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    from contextlib import aclosing

    from executor.client import Client

    token, tls = credentials(options)
    async with Client(*options.addresses, token=token, tls=tls, attempts=_ATTEMPTS_TO_REACH) as client:
        info = await client.info()
    returned = min(_RETURNED_BYTES, info.returned_output_bytes)
    async with Client(*options.addresses, token=token, tls=tls, returned_bytes=returned) as client:
        yield Place(judge=lambda job: aclosing(client.judge(job)), losses=tuple(info.losses), returned_bytes=returned)


def credentials(options: ServerOptions) -> tuple[str | None, Tls | None]:
    """
    The token that servers are shown, and the files of TLS, read.

    Raises:
        UsageError: a file cannot be used, or holds no token.
    """
    from executor.client import Tls

    token = _token(options.token_file)
    if not (options.tls or options.tls_ca is not None or options.tls_key is not None):
        return token, None
    certificate, key = _read(options.tls_certificate), _read(options.tls_key)
    return token, Tls(authority=_read(options.tls_ca), certificate=certificate, key=key)


def _token(file: Path | None) -> str | None:
    if file is None:
        token, source = os.environ.get(TOKEN_VARIABLE, ""), f"the variable {TOKEN_VARIABLE}"
    else:
        token, source = (_read(file) or b"").decode("utf-8", "replace").strip(), f"the file {printable_path(file)}"
        if not token:
            raise UsageError(f"{source} is empty; it should hold a token")
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise UsageError(f"{source} holds no token: a token is one word of ASCII characters")
    return token or None


def _read(path: Path | None) -> bytes | None:
    return None if path is None else check_regular(path).read_bytes()
