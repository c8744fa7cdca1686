"""Traces: a collector that speaks OTLP gets a span for every call and for every job, below that of the caller."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from ennead.executor.v1 import executor_pb2 as pb
from ennead.executor.v1 import executor_pb2_grpc as pb_grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as otlp
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2_grpc as otlp_grpc
from opentelemetry.proto.trace.v1 import trace_pb2

from executor.server import SERVICE, ExecutorServer
from executor.settings import ExecutorSettings
from tests.service.support import ECHO, case, events_of, python, request

TRACE, CALLER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
CALLED_FROM = (("traceparent", f"00-{TRACE}-{CALLER}-01"),)


class Collector(otlp_grpc.TraceServiceServicer):
    """Keeps what it gets."""

    def __init__(self) -> None:
        self.spans: list[trace_pb2.Span] = []
        self.services: set[str] = set()
        self.address = ""

    async def Export(self, request: Any, context: Any) -> otlp.ExportTraceServiceResponse:  # noqa: N802  # the service has this name
        for resource in request.resource_spans:
            self.services.add(attributes_of(resource.resource)["service.name"])
            self.spans += [span for scope in resource.scope_spans for span in scope.spans]
        return otlp.ExportTraceServiceResponse()


def attributes_of(carrier: Any) -> dict[str, Any]:
    values = {each.key: each.value for each in carrier.attributes}
    return {key: getattr(value, value.WhichOneof("value")) for key, value in values.items()}


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    server = grpc.aio.server()
    it = Collector()
    otlp_grpc.add_TraceServiceServicer_to_server(it, server)  # type: ignore[no-untyped-call]  # it has no types
    it.address = f"http://127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    await server.start()
    yield it
    await server.stop(0)


async def test_a_collector_gets_a_span_of_the_call_and_one_of_the_job_below_the_caller_s(
    collector: Collector, tmp_path: Path
) -> None:
    settings = ExecutorSettings(listen=["127.0.0.1:0"], cache_dir=tmp_path, slots=1, tracing=collector.address)
    async with (
        ExecutorServer(settings) as server,
        grpc.aio.insecure_channel(server.addresses[0]) as channel,
    ):
        stub = pb_grpc.ExecutorServiceStub(channel)
        await events_of(stub.Judge(request(python(ECHO), case("1", "2"), job_id="traced"), metadata=CALLED_FROM))
        with pytest.raises(grpc.aio.AioRpcError):
            await events_of(stub.Judge(pb.JudgeRequest()))
    judged, job, refused = sorted(collector.spans, key=lambda span: span.start_time_unix_nano)
    assert collector.services == {"ennead-executor"}
    assert (judged.trace_id.hex(), judged.parent_span_id.hex()) == (TRACE, CALLER)
    assert (judged.name, judged.kind) == (f"{SERVICE}/Judge", trace_pb2.Span.SPAN_KIND_SERVER)
    assert attributes_of(judged)["rpc.grpc.status_code"] == 0
    assert (job.trace_id, job.parent_span_id, job.name) == (judged.trace_id, judged.span_id, "job")
    said = attributes_of(job)
    assert (said["ennead.job_id"], said["ennead.runtime"], said["ennead.verdict"]) == ("traced", "python", "WA")
    assert said["ennead.queue_ns"] >= 0
    assert judged.start_time_unix_nano <= job.start_time_unix_nano < job.end_time_unix_nano <= judged.end_time_unix_nano
    assert attributes_of(refused)["rpc.grpc.status_code"] == grpc.StatusCode.INVALID_ARGUMENT.value[0]
    assert refused.parent_span_id == b""


async def test_the_jobs_of_a_batch_are_spans_of_one_call(collector: Collector, tmp_path: Path) -> None:
    settings = ExecutorSettings(listen=["127.0.0.1:0"], cache_dir=tmp_path, slots=1, tracing=collector.address)
    asked = (pb.JudgeBatchRequest(job=request(python(ECHO), case(), job_id=str(number)).job) for number in range(3))
    async with (
        ExecutorServer(settings) as server,
        grpc.aio.insecure_channel(server.addresses[0]) as channel,
    ):
        assert len([each async for each in pb_grpc.ExecutorServiceStub(channel).JudgeBatch(asked)]) == 3
    (call,) = (span for span in collector.spans if span.name == f"{SERVICE}/JudgeBatch")
    jobs = [span for span in collector.spans if span.name == "job"]
    assert {span.parent_span_id for span in jobs} == {call.span_id}
    assert {attributes_of(span)["ennead.job_id"] for span in jobs} == {"0", "1", "2"}


async def test_a_collector_that_is_away_keeps_no_job_from_its_verdict(tmp_path: Path) -> None:
    settings = ExecutorSettings(listen=["127.0.0.1:0"], cache_dir=tmp_path, slots=1, tracing="http://127.0.0.1:9")
    async with asyncio.timeout(30):
        async with (
            ExecutorServer(settings) as server,
            grpc.aio.insecure_channel(server.addresses[0]) as channel,
        ):
            events = await events_of(pb_grpc.ExecutorServiceStub(channel).Judge(request(python(ECHO), case("1", "1"))))
            assert events[-1].finished.verdict == pb.VERDICT_AC
