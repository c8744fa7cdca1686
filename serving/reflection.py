"""Reflection, by which a client learns the services of a server: under its name of today and that of older clients."""

from __future__ import annotations

from collections.abc import Iterable

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool
from grpc_reflection.v1alpha import reflection, reflection_pb2
from grpc_reflection.v1alpha.reflection import aio

_OLD = "grpc.reflection.v1alpha"
_NEW = "grpc.reflection.v1"
_METHOD = "ServerReflectionInfo"


def enable_reflection(services: Iterable[str], server: grpc.aio.Server) -> None:
    """
    Answer questions about the services, as grpc.reflection.v1 and v1alpha, which differ in their names alone.

    Args:
        services: full names; those of reflection itself are added.
    """
    _describe_new()
    names = [*services, reflection.SERVICE_NAME, f"{_NEW}.ServerReflection"]
    reflection.enable_server_reflection(names, server)
    handler = grpc.stream_stream_rpc_method_handler(
        aio.ReflectionServicer(names).ServerReflectionInfo,
        request_deserializer=reflection_pb2.ServerReflectionRequest.FromString,
        response_serializer=reflection_pb2.ServerReflectionResponse.SerializeToString,
    )
    generic = grpc.method_handlers_generic_handler(f"{_NEW}.ServerReflection", {_METHOD: handler})
    server.add_generic_rpc_handlers((generic,))


def _describe_new() -> None:
    """Make the description of v1 out of that of v1alpha, so that a client can ask about reflection as well."""
    pool = descriptor_pool.Default()
    file = descriptor_pb2.FileDescriptorProto()
    reflection_pb2.DESCRIPTOR.CopyToProto(file)
    file.name = file.name.replace("v1alpha", "v1")
    file.package = _NEW
    for message in file.message_type:
        for field in message.field:
            if field.type_name:  # those of a scalar must stay unset
                field.type_name = field.type_name.replace(_OLD, _NEW)
    for method in file.service[0].method:
        method.input_type = method.input_type.replace(_OLD, _NEW)
        method.output_type = method.output_type.replace(_OLD, _NEW)
    pool.Add(file)
