"""An interceptor for what is done at the beginning and at the end of every call, of whatever kind the call is."""

from __future__ import annotations

import inspect
from abc import abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import grpc

_KINDS = ("unary_unary", "unary_stream", "stream_unary", "stream_stream")

Ended = Callable[[str], None]
"""Takes the name of the status code with which a call ended."""


class CallInterceptor(grpc.aio.ServerInterceptor):
    """Is told of every call of a method that exists; handlers may be generators, or coroutines that write."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Any, Any]] = {}
        """By method: its handler, and the handler around it."""

    @abstractmethod
    def begin(self, method: str, context: Any) -> Ended:
        """A call of a method begins; what is returned is called in the same task when it ends, however it ends."""

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Any:
        handler = await continuation(handler_call_details)
        if handler is None:
            return None  # no such method: its name is a stranger's and must not become a label
        method = handler_call_details.method
        known, wrapped = self._known.get(method, (None, None))
        # What lets nobody in is another handler of the same method.
        if known is not handler:
            wrapped = self._wrapped(method, handler)
            self._known[method] = handler, wrapped
        return wrapped

    def _wrapped(self, method: str, handler: Any) -> Any:
        kind = next(kind for kind in _KINDS if getattr(handler, kind) is not None)
        return handler._replace(**{kind: self._around(method, getattr(handler, kind))})

    def _around(self, method: str, behaviour: Callable[..., Any]) -> Callable[..., Any]:
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
        ended = self.begin(method, context)
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
            ended(code)


def _name(code: Any, absent: str) -> str:
    """A status code's name; what a context has before anybody set one is 0."""
    if isinstance(code, grpc.StatusCode):
        return code.name
    names = {each.value[0]: each.name for each in grpc.StatusCode}
    return names.get(code, absent) if code else absent
