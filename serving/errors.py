"""Errors as gRPC has them: a status code, a sentence, and google.rpc details that a program can read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn

import grpc
from google.protobuf import any_pb2, duration_pb2
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status


@dataclass(frozen=True, slots=True)
class Refusal:
    """
    Why a call is not answered.

    Args:
        details: messages of google.rpc.error_details.
    """

    code: grpc.StatusCode
    message: str
    details: tuple[Message, ...] = field(default=())

    def status(self) -> status_pb2.Status:
        """The refusal as a message."""
        packed = []
        for detail in self.details:
            packed.append(any_pb2.Any())
            packed[-1].Pack(detail)
        return status_pb2.Status(code=self.code.value[0], message=self.message, details=packed)


def invalid(message: str, field_path: str = "") -> Refusal:
    """INVALID_ARGUMENT; google.rpc.BadRequest names the field."""
    violation = error_details_pb2.BadRequest.FieldViolation(field=field_path, description=message)
    details = (error_details_pb2.BadRequest(field_violations=[violation]),) if field_path else ()
    return Refusal(grpc.StatusCode.INVALID_ARGUMENT, message, details)


def not_found(message: str, kind: str, name: str) -> Refusal:
    """NOT_FOUND; google.rpc.ResourceInfo names what."""
    info = error_details_pb2.ResourceInfo(resource_type=kind, resource_name=name, description=message)
    return Refusal(grpc.StatusCode.NOT_FOUND, message, (info,))


def exhausted(message: str, retry_after_s: float | None) -> Refusal:
    """RESOURCE_EXHAUSTED; google.rpc.RetryInfo says when to try again, if trying again can help."""
    if retry_after_s is None:
        return Refusal(grpc.StatusCode.RESOURCE_EXHAUSTED, message)
    delay = duration_pb2.Duration()
    delay.FromNanoseconds(round(retry_after_s * 1e9))
    return Refusal(grpc.StatusCode.RESOURCE_EXHAUSTED, message, (error_details_pb2.RetryInfo(retry_delay=delay),))


def unavailable(message: str) -> Refusal:
    """UNAVAILABLE: another server, or this one later, may answer."""
    return Refusal(grpc.StatusCode.UNAVAILABLE, message)


async def abort(context: grpc.aio.ServicerContext[Message, Message], refusal: Refusal) -> NoReturn:
    """End the call with the refusal."""
    status = rpc_status.to_status(refusal.status())
    await context.abort(status.code, status.details, status.trailing_metadata)
    raise AssertionError("abort raises")
