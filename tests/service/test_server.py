"""What stands around the services: health, reflection, TLS, tokens, metrics, and the end of a server."""

from __future__ import annotations

import asyncio
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

import grpc
import pytest
from ennead.executor.v1 import executor_pb2 as pb
from ennead.executor.v1 import executor_pb2_grpc as pb_grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2
from pydantic import ValidationError

from executor.server import SERVICE, ExecutorServer
from executor.settings import ExecutorSettings
from serving.access import AccessError, read_tokens
from serving.server import ListenError
from tests.service.support import ECHO, SLEEP, case, events_of, python, request, verdict

SERVING, NOT_SERVING = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING


def settings(tmp_path: Path, **chosen: object) -> ExecutorSettings:
    defaults: dict[str, object] = {"listen": ["127.0.0.1:0"], "slots": 1, "cache_dir": tmp_path / "cache"}
    return ExecutorSettings.model_validate({**defaults, **chosen})


async def status(channel: grpc.aio.Channel, service: str) -> int:
    stub: Any = health_pb2_grpc.HealthStub(channel)  # its types lack the methods
    return int((await stub.Check(health_pb2.HealthCheckRequest(service=service))).status)


async def test_health_is_told_of_the_server_and_of_the_service(tmp_path: Path) -> None:
    async with (
        ExecutorServer(settings(tmp_path)) as server,
        grpc.aio.insecure_channel(server.addresses[0]) as channel,
    ):
        assert await status(channel, "") == SERVING
        assert await status(channel, SERVICE) == SERVING
        with pytest.raises(grpc.aio.AioRpcError) as failed:
            await status(channel, "nobody")
        assert failed.value.code() is grpc.StatusCode.NOT_FOUND


@pytest.mark.parametrize("version", ["v1", "v1alpha"])
async def test_reflection_lists_and_describes_the_services(tmp_path: Path, version: str) -> None:
    async with (
        ExecutorServer(settings(tmp_path)) as server,
        grpc.aio.insecure_channel(server.addresses[0]) as channel,
    ):
        ask = channel.stream_stream(
            f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
            request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
            response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
        )
        questions = [
            reflection_pb2.ServerReflectionRequest(list_services=""),
            reflection_pb2.ServerReflectionRequest(file_containing_symbol=SERVICE),
            reflection_pb2.ServerReflectionRequest(
                file_containing_symbol=f"grpc.reflection.{version}.ServerReflection"
            ),
        ]
        listed, described, itself = [answer async for answer in ask(iter(questions))]
        names = {service.name for service in listed.list_services_response.service}
        assert {SERVICE, "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"} <= names
        assert described.file_descriptor_response.file_descriptor_proto
        assert itself.file_descriptor_response.file_descriptor_proto


async def test_without_a_token_only_health_is_told(tmp_path: Path) -> None:
    tokens = tmp_path / "tokens"
    tokens.write_text("# name token\nalice 0123456789abcdef\n\n")
    async with (
        ExecutorServer(settings(tmp_path, tokens=tokens)) as server,
        grpc.aio.insecure_channel(server.addresses[0]) as channel,
    ):
        stub = pb_grpc.ExecutorServiceStub(channel)
        assert await status(channel, "") == SERVING
        for metadata in ((), (("authorization", "Bearer wrong"),), (("authorization", "0123456789abcdef"),)):
            with pytest.raises(grpc.aio.AioRpcError) as failed:
                await stub.GetServerInfo(pb.GetServerInfoRequest(), metadata=metadata)
            assert failed.value.code() is grpc.StatusCode.UNAUTHENTICATED
            with pytest.raises(grpc.aio.AioRpcError) as failed:
                await events_of(stub.Judge(request(python(ECHO), case()), metadata=metadata))
            assert failed.value.code() is grpc.StatusCode.UNAUTHENTICATED
        right = (("authorization", "Bearer 0123456789abcdef"),)
        assert (await stub.GetServerInfo(pb.GetServerInfoRequest(), metadata=right)).slots == 1


@pytest.mark.parametrize(
    "text,sentence",
    [
        ("alice\n", "line 1: expected `NAME TOKEN`, got 1 words"),
        ("\nalice short\n", "line 2: the token of alice has under 16 characters"),
        ("# nobody\n", "holds no token"),
    ],
)
def test_a_mistake_in_the_file_of_tokens_is_said_with_its_line(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "tokens"
    path.write_text(text)
    with pytest.raises(AccessError, match=sentence):
        read_tokens(path)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority, and a certificate of it for a server and one for a client."""
    folder = tmp_path_factory.mktemp("certificates")

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    new = ("req", "-newkey", "rsa:2048", "-nodes")
    openssl(*new, "-x509", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=authority", "-days", "2")
    for name, subject in (("server", "localhost"), ("client", "alice")):
        openssl(*new, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={subject}")
        (folder / "ext").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        authority = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial")
        openssl(
            "x509", "-req", "-in", f"{name}.csr", *authority, "-out", f"{name}.pem", "-days", "2", "-extfile", "ext"
        )
    return folder


async def test_over_tls_the_server_shows_its_certificate_and_may_want_the_client_s(
    tmp_path: Path, certificates: Path
) -> None:
    pem = {path.name: path.read_bytes() for path in certificates.iterdir()}
    tls = {"tls_certificate": certificates / "server.pem", "tls_key": certificates / "server.key"}
    known = grpc.ssl_channel_credentials(pem["ca.pem"], pem["client.key"], pem["client.pem"])
    unknown = grpc.ssl_channel_credentials(pem["ca.pem"])
    async with ExecutorServer(settings(tmp_path, **tls)) as server:
        async with grpc.aio.secure_channel(server.addresses[0], unknown) as channel:
            assert await status(channel, "") == SERVING
        async with grpc.aio.insecure_channel(server.addresses[0]) as channel:
            with pytest.raises(grpc.aio.AioRpcError):
                await status(channel, "")
    async with ExecutorServer(settings(tmp_path, **tls, tls_client_ca=certificates / "ca.pem")) as server:
        async with grpc.aio.secure_channel(server.addresses[0], known) as channel:
            events = await events_of(pb_grpc.ExecutorServiceStub(channel).Judge(request(python(ECHO), case("1", "1"))))
            assert verdict(events[-1].finished.verdict) == "AC"
        async with grpc.aio.secure_channel(server.addresses[0], unknown) as channel:
            with pytest.raises(grpc.aio.AioRpcError):
                await status(channel, "")


async def test_a_unix_socket_serves_and_one_that_a_dead_server_left_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "ennead.sock"
    for _ in range(2):
        async with (
            ExecutorServer(settings(tmp_path, listen=[f"unix:{path}"])),
            grpc.aio.insecure_channel(f"unix:{path}") as channel,
        ):
            assert await status(channel, "") == SERVING


async def test_thousands_of_calls_at_once_are_all_answered(tmp_path: Path) -> None:
    """By itself gRPC would cancel some of them, and say nothing."""
    async with (
        ExecutorServer(settings(tmp_path)) as server,
        grpc.aio.insecure_channel(server.addresses[0]) as channel,
    ):
        stub = pb_grpc.ExecutorServiceStub(channel)
        calls = [stub.GetServerInfo(pb.GetServerInfoRequest()) for _ in range(2_500)]
        assert {answer.slots for answer in await asyncio.gather(*calls)} == {1}


async def test_an_address_in_use_is_said(tmp_path: Path) -> None:
    async with ExecutorServer(settings(tmp_path)) as server:
        with pytest.raises(ListenError, match="cannot be listened on"):
            async with ExecutorServer(settings(tmp_path, listen=list(server.addresses))):
                pass


async def test_a_server_that_drains_ends_what_it_has_and_takes_no_more(tmp_path: Path) -> None:
    async with (
        ExecutorServer(settings(tmp_path)) as server,
        grpc.aio.insecure_channel(server.addresses[0]) as channel,
    ):
        stub = pb_grpc.ExecutorServiceStub(channel)
        health: Any = health_pb2_grpc.HealthStub(channel)
        watched = health.Watch(health_pb2.HealthCheckRequest(service=SERVICE))
        assert (await anext(aiter(watched))).status == SERVING
        call = stub.Judge(request(python("import time; time.sleep(1); print(1)"), case("", "1")))
        await anext(aiter(call))
        draining = asyncio.create_task(server.drain())
        assert (await anext(aiter(watched))).status == NOT_SERVING
        watched.cancel()
        with pytest.raises(grpc.aio.AioRpcError) as failed:
            await stub.GetServerInfo(pb.GetServerInfoRequest())
        assert failed.value.code() is grpc.StatusCode.UNAVAILABLE
        assert verdict([event async for event in call][-1].finished.verdict) == "AC"
        await draining


async def test_a_drain_does_not_wait_for_ever(tmp_path: Path) -> None:
    async with (
        ExecutorServer(settings(tmp_path, drain_s=0.5)) as server,
        grpc.aio.insecure_channel(server.addresses[0]) as channel,
    ):
        call = pb_grpc.ExecutorServiceStub(channel).Judge(request(python(SLEEP), case(), cpu_s=60))
        await anext(aiter(call))
        await asyncio.wait_for(server.drain(), 10)
        with pytest.raises((grpc.aio.AioRpcError, asyncio.CancelledError)):
            await events_of(call)


async def test_prometheus_finds_calls_verdicts_and_the_queue(tmp_path: Path) -> None:
    async with (
        ExecutorServer(settings(tmp_path, metrics="127.0.0.1:0")) as server,
        grpc.aio.insecure_channel(server.addresses[0]) as channel,
    ):
        stub = pb_grpc.ExecutorServiceStub(channel)
        await events_of(stub.Judge(request(python(ECHO), case("1", "1"), case("1", "2"))))
        with pytest.raises(grpc.aio.AioRpcError):
            await events_of(stub.Judge(pb.JudgeRequest()))
        url = f"http://{server.metrics_address}/metrics"
        text = await asyncio.to_thread(lambda: urllib.request.urlopen(url).read().decode())  # http it is
    method = f"/{SERVICE}/Judge"
    assert f'ennead_calls_total{{code="OK",method="{method}"}} 1.0' in text
    assert f'ennead_calls_total{{code="INVALID_ARGUMENT",method="{method}"}} 1.0' in text
    assert 'ennead_cases_total{runtime="python",verdict="AC"} 1.0' in text
    assert 'ennead_cases_total{runtime="python",verdict="WA"} 1.0' in text
    assert 'ennead_jobs_total{runtime="python",verdict="WA"} 1.0' in text
    assert "ennead_slots 1.0" in text
    assert "ennead_queued_jobs 0.0" in text
    assert 'ennead_queue_seconds_count{runtime="python"} 1.0' in text


@pytest.mark.parametrize(
    "chosen,sentence",
    [
        ({"listen": []}, "listen"),
        ({"listen": ["nonsense"]}, "neither HOST:PORT nor unix:/PATH"),
        ({"listen": ["unix:relative"]}, "has an absolute path"),
        ({"tls_key": "x"}, "belong together"),
        ({"tls_client_ca": "x"}, "needs tls_certificate"),
        ({"slots": 0}, "greater than 0"),
        ({"slotz": 1}, "slotz"),
        ({"maximum_limits": {"cpu_s": 1}}, "maximum_limits.cpu_s"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(tmp_path: Path, chosen: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        settings(tmp_path, **chosen)
