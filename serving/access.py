"""
Who may call: TLS for the listeners, bearer tokens for the callers, and the name under which a call is known.

The name decides whose turn it is and stands in the logs; it is that of the token, else that of the client's
certificate, else empty.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import grpc

from serving.settings import ServingSettings

_OPEN_TO_ALL = ("/grpc.health.v1.Health/",)
"""Probes of load balancers and of Kubernetes send no token."""

_client: ContextVar[str] = ContextVar("client", default="")


def client_of(context: grpc.aio.ServicerContext[Any, Any]) -> str:
    """The name of the client whose call is being served."""
    if name := _client.get():
        return name
    names = list(context.auth_context().get("x509_common_name", ()))
    return names[0].decode("utf-8", "replace") if names else ""


class AccessError(Exception):
    """A certificate, a key or the file of tokens cannot be used; the message says which and why."""


def credentials_of(settings: ServingSettings) -> grpc.ServerCredentials | None:
    """
    What the listeners show and want to see; None without TLS.

    Raises:
        AccessError: a file cannot be read.
    """
    if settings.tls_certificate is None or settings.tls_key is None:
        return None
    pair = (_read(settings.tls_key, "tls_key"), _read(settings.tls_certificate, "tls_certificate"))
    if settings.tls_client_ca is None:
        return grpc.ssl_server_credentials([pair])
    authority = _read(settings.tls_client_ca, "tls_client_ca")
    return grpc.ssl_server_credentials([pair], root_certificates=authority, require_client_auth=True)


def read_tokens(path: Path) -> dict[bytes, str]:
    """
    The names by the SHA-256 of their tokens: the tokens themselves are not kept.

    Raises:
        AccessError: the file cannot be read, or a line is not `NAME TOKEN`.
    """
    tokens: dict[bytes, str] = {}
    for number, line in enumerate(_read(path, "tokens").decode("utf-8", "replace").splitlines(), 1):
        words = line.split()
        if not words or line.lstrip().startswith("#"):
            continue
        if len(words) != 2:
            raise AccessError(f"tokens: {path}, line {number}: expected `NAME TOKEN`, got {len(words)} words")
        name, token = words
        if len(token) < 16:
            raise AccessError(f"tokens: {path}, line {number}: the token of {name} has under 16 characters")
        tokens[_digest(token)] = name
    if not tokens:
        raise AccessError(f"tokens: {path} holds no token, so nobody could call")
    return tokens


class Gatekeeper(grpc.aio.ServerInterceptor):
    """
    Lets in who has a token, and notes the caller's name for the time of the call.

    Args:
        tokens: as `read_tokens` gives them; None lets everybody in.
    """

    def __init__(self, tokens: Mapping[bytes, str] | None) -> None:
        self._tokens = tokens

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Any:
        if self._tokens is None or handler_call_details.method.startswith(_OPEN_TO_ALL):
            return await continuation(handler_call_details)
        name = self._name_of(handler_call_details)
        if name is None:
            return _REFUSING
        _client.set(name)
        return await continuation(handler_call_details)

    def _name_of(self, details: grpc.HandlerCallDetails) -> str | None:
        assert self._tokens is not None
        for key, value in details.invocation_metadata or ():
            scheme, _, token = str(value).partition(" ")
            if key == "authorization" and scheme.lower() == "bearer":
                digest = _digest(token.strip())
                # Every token is compared, in a time that tells nothing.
                matches = [name for known, name in self._tokens.items() if hmac.compare_digest(known, digest)]
                return matches[0] if matches else None
        return None


async def _refuse(_: Any, context: grpc.aio.ServicerContext[Any, Any]) -> None:
    await context.abort(grpc.StatusCode.UNAUTHENTICATED, "send a token of this server: `authorization: Bearer TOKEN`")


# A stream in and a stream out: it fits every kind of call, and refuses without waiting for a message.
_REFUSING: grpc.RpcMethodHandler[Any, Any] = grpc.stream_stream_rpc_method_handler(_refuse)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _read(path: Path, setting: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise AccessError(f"{setting}: {path} cannot be read: {error.strerror}") from error
