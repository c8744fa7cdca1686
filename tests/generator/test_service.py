"""The generator's RPCs on a real socket, called with the official stubs."""

from __future__ import annotations

import asyncio
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import grpc
import pytest
from ennead.generator.v1 import generator_pb2 as pb
from ennead.generator.v1 import generator_pb2_grpc as pb_grpc
from google.protobuf import struct_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc

from generator.errors import UsageMistake
from generator.server import SERVICE, GeneratorServer
from generator.settings import GeneratorSettings, load_settings
from tests.generator.openai_server import Dies, Garbage, Hang, OpenAIServer, Status, serving
from tests.generator.support import eventually
from tests.service.support import details_of, fields_of

if TYPE_CHECKING:  # the generated code has this name for type checkers alone
    from ennead.generator.v1.generator_pb2_grpc import GeneratorServiceAsyncStub

Stub: TypeAlias = "GeneratorServiceAsyncStub"
Serve = Callable[..., Awaitable[Stub]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Starts servers in front of a model's server, and gives a stub of each."""
    async with AsyncExitStack() as stack:

        async def start(model: OpenAIServer, **settings: Any) -> Stub:
            defaults = {"listen": ["127.0.0.1:0"], "base_url": model.base_url, "attempts": 2, "timeout_s": 5}
            chosen = GeneratorSettings.model_validate({**defaults, **settings})
            server = await stack.enter_async_context(GeneratorServer(chosen))
            channel = await stack.enter_async_context(grpc.aio.insecure_channel(server.addresses[0]))
            return pb_grpc.GeneratorServiceStub(channel)

        yield start


@pytest.fixture
async def model() -> AsyncIterator[OpenAIServer]:
    async with serving() as server:
        yield server


def request(text: str = "write a program", **fields: Any) -> pb.GenerateRequest:
    chat = pb.Chat(messages=[pb.ChatMessage(role="user", content=text)])
    return pb.GenerateRequest(**{"model": "toy", "chat": chat, **fields})


async def generations(stub: Stub, asked: pb.GenerateRequest, within_s: float = 20) -> list[pb.Generation]:
    return [answer.generation async for answer in stub.Generate(asked, timeout=within_s)]


async def failure(stub: Stub, asked: pb.GenerateRequest, within_s: float = 20) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await generations(stub, asked, within_s)
    return failed.value


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
async def test_every_answer_is_sent_once_with_all_that_is_known_of_it(
    serve: Serve, model: OpenAIServer, stream: bool
) -> None:
    stub = await serve(model, stream=stream)
    found = await generations(stub, request(n=3, seed=100))
    assert sorted(each.index for each in found) == [0, 1, 2]
    last = next(each for each in found if each.index == 2)
    assert (last.text, last.finish_reason, last.seed) == ("program drawn with 102", "stop", 102)
    assert last.completion_tokens == 4


async def test_sampling_is_passed_on_and_what_is_absent_is_left_to_the_server(
    serve: Serve, model: OpenAIServer
) -> None:
    stub = await serve(model)
    extra = struct_pb2.Struct()
    extra.update({"top_k": 20, "min_p": 0.5})
    await generations(stub, request(sampling=pb.Sampling(temperature=0.25, stop=["END"], extra=extra)))
    body = model.asked[0].body
    assert {key: body[key] for key in ("temperature", "stop", "top_k", "min_p")} == {
        "temperature": 0.25,
        "stop": ["END"],
        "top_k": 20,
        "min_p": 0.5,
    }
    assert isinstance(body["top_k"], int)
    assert not {"top_p", "max_tokens", "seed", "n"} & set(body)


async def test_text_is_continued_by_the_only_model(serve: Serve, model: OpenAIServer) -> None:
    stub = await serve(model)
    (found,) = await generations(stub, pb.GenerateRequest(text="int main"))
    assert found.text == "main drawn with 0"
    assert not found.HasField("seed")
    assert model.asked[0].path == "/v1/completions"


async def test_models_are_listed(serve: Serve, model: OpenAIServer) -> None:
    stub = await serve(model)
    listed = await stub.ListModels(pb.ListModelsRequest())
    assert [(each.id, each.context_tokens) for each in listed.models] == [("toy", 4096)]
    assert listed.server_version == "0.32.0"


@pytest.mark.parametrize(
    "asked, field",
    [
        (request(n=0), "n"),
        (request(n=2000), "n"),
        (request(n=2, sampling=pb.Sampling(temperature=0)), "n"),
        (request(n=2, seed=2**32 - 1), "seed"),
        (request(sampling=pb.Sampling(temperature=3)), "sampling.temperature"),
        (request(sampling=pb.Sampling(max_tokens=0)), "sampling.max_tokens"),
        (pb.GenerateRequest(model="toy"), "prompt"),
        (pb.GenerateRequest(model="toy", text=""), "prompt"),
        (pb.GenerateRequest(model="toy", chat=pb.Chat()), "prompt"),
        (
            pb.GenerateRequest(model="toy", chat=pb.Chat(messages=[pb.ChatMessage(role="robot", content="x")])),
            "chat.messages[0].role",
        ),
    ],
)
async def test_a_field_that_makes_no_sense_is_named(
    serve: Serve, model: OpenAIServer, asked: pb.GenerateRequest, field: str
) -> None:
    failed = await failure(await serve(model), asked)
    assert (failed.code(), fields_of(failed)) == (grpc.StatusCode.INVALID_ARGUMENT, [field])
    assert model.asked == []


async def test_an_extra_key_does_not_change_how_answers_are_read(serve: Serve, model: OpenAIServer) -> None:
    extra = struct_pb2.Struct()
    extra.update({"stream": True})
    failed = await failure(await serve(model), request(sampling=pb.Sampling(extra=extra)))
    assert fields_of(failed) == ["sampling.extra"]


@pytest.mark.parametrize(
    "fault, code, said",
    [
        (Status(400, "the prompt is too long"), grpc.StatusCode.INVALID_ARGUMENT, "the prompt is too long"),
        (Status(404, "no such model"), grpc.StatusCode.NOT_FOUND, "no such model"),
        (Status(401), grpc.StatusCode.FAILED_PRECONDITION, "API key"),
        (Status(500, "EngineCore died"), grpc.StatusCode.UNAVAILABLE, "EngineCore died"),
        (Garbage(), grpc.StatusCode.UNAVAILABLE, "no JSON"),
        (Status(429, "busy", {"retry-after": "0"}), grpc.StatusCode.RESOURCE_EXHAUSTED, "busy"),
        (Hang(), grpc.StatusCode.DEADLINE_EXCEEDED, "did not answer in time"),
    ],
)
async def test_what_the_models_server_does_has_its_status(
    serve: Serve, fault: Any, code: grpc.StatusCode, said: str
) -> None:
    async with serving(*[fault] * 4) as server:
        failed = await failure(await serve(server, timeout_s=0.3), request())
    assert failed.code() is code
    assert said in (failed.details() or "")


async def test_an_engine_that_dies_in_a_stream_is_unavailable(serve: Serve) -> None:
    async with serving(*[Dies(1)] * 4) as server:
        failed = await failure(await serve(server, stream=True), request())
    assert failed.code() is grpc.StatusCode.UNAVAILABLE


async def test_a_models_server_that_is_away_is_unavailable_until_it_is_there(serve: Serve) -> None:
    server = OpenAIServer()
    await server.start()
    await server.stop()
    stub = await serve(server)
    assert (await failure(stub, request())).code() is grpc.StatusCode.UNAVAILABLE
    await server.start(server.port)
    assert await generations(stub, request())
    await server.stop()


async def test_too_many_calls_are_refused_with_the_time_to_come_back(serve: Serve) -> None:
    async with serving(Hang()) as server:
        stub = await serve(server, requests=1)
        first = stub.Generate(request())
        await eventually(lambda: len(server.asked) == 1)
        failed = await failure(stub, request())
        first.cancel()
    assert failed.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert len(details_of(failed, _retry_info())) == 1


def _retry_info() -> Any:
    from google.rpc import error_details_pb2

    return error_details_pb2.RetryInfo


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
async def test_cancelling_a_call_takes_the_request_back(serve: Serve, stream: bool) -> None:
    async with serving(Hang()) as server:
        stub = await serve(server, stream=stream)
        call = stub.Generate(request())
        await eventually(lambda: len(server.asked) == 1)
        call.cancel()
        await eventually(lambda: server.dropped == 1)


async def test_a_deadline_takes_the_request_back(serve: Serve) -> None:
    async with serving(Hang()) as server:
        failed = await failure(await serve(server), request(), within_s=0.5)
        assert failed.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        await eventually(lambda: server.dropped == 1)


def _page(url: str) -> str:
    with urllib.request.urlopen(url) as answer:  # noqa: S310  # it is our own
        return str(answer.read().decode())


async def test_it_stands_on_the_same_footing_as_the_executor(model: OpenAIServer, tmp_path: Path) -> None:
    (tmp_path / "tokens").write_text("alice 0123456789abcdef\n")
    settings = GeneratorSettings(
        listen=["127.0.0.1:0"], base_url=model.base_url, tokens=tmp_path / "tokens", metrics="127.0.0.1:0"
    )
    async with GeneratorServer(settings) as server, grpc.aio.insecure_channel(server.addresses[0]) as channel:
        health: Any = health_pb2_grpc.HealthStub(channel)  # its types lack the methods
        status = (await health.Check(health_pb2.HealthCheckRequest(service=SERVICE))).status
        assert status == health_pb2.HealthCheckResponse.SERVING
        stub: Any = pb_grpc.GeneratorServiceStub(channel)
        with pytest.raises(grpc.aio.AioRpcError) as failed:
            await stub.ListModels(pb.ListModelsRequest())
        assert failed.value.code() is grpc.StatusCode.UNAUTHENTICATED
        token = (("authorization", "Bearer 0123456789abcdef"),)
        assert [answer async for answer in stub.Generate(request(n=2), metadata=token)]
        numbers = await asyncio.to_thread(_page, f"http://{server.metrics_address}/metrics")
    assert 'ennead_answers_total{finish_reason="stop"} 2.0' in numbers
    assert "ennead_answer_tokens_total 8.0" in numbers


async def test_the_key_of_the_models_server_is_read_from_a_file(
    serve: Serve, model: OpenAIServer, tmp_path: Path
) -> None:
    model.key = "secret"
    (tmp_path / "key").write_text("secret\n")
    assert await generations(await serve(model, api_key_file=tmp_path / "key"), request())
    with pytest.raises(UsageMistake, match="cannot be read"):
        await serve(model, api_key_file=tmp_path / "none")


def test_settings_come_from_flags_environment_and_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "settings.toml").write_text('base_url = "http://file/v1"\nrequests = 7\nanswers = 9\n')
    monkeypatch.setenv("ENNEAD_GENERATOR_REQUESTS", "8")
    settings = load_settings({"base_url": "http://flag/v1"}, tmp_path / "settings.toml")
    assert (settings.base_url, settings.requests, settings.answers) == ("http://flag/v1", 8, 9)
    assert settings.listen == ["127.0.0.1:50052"]


@pytest.mark.parametrize(
    "flags, said",
    [({"base_url": "localhost"}, "base_url"), ({"reqests": 1}, "did you mean requests"), ({"attempts": 0}, "attempts")],
)
def test_a_setting_that_makes_no_sense_is_named(flags: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageMistake, match=said):
        load_settings(flags)


def test_a_variable_that_is_no_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENNEAD_GENERATOR_BASE_ULR", "x")
    with pytest.raises(UsageMistake, match="did you mean ENNEAD_GENERATOR_BASE_URL"):
        load_settings({})
