"""`exec-cli serve-generator` before a real vLLM: what a harness gets over gRPC."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import grpc
import pytest
from ennead.generator.v1 import generator_pb2 as pb
from ennead.generator.v1 import generator_pb2_grpc as pb_grpc
from google.protobuf.struct_pb2 import Struct

from tests.vllm.support import MODEL, PROBLEMS, Vllm

if TYPE_CHECKING:  # the generated code has this name for type checkers alone
    from ennead.generator.v1.generator_pb2_grpc import GeneratorServiceStub

pytestmark = [pytest.mark.vllm, pytest.mark.timeout(1800)]  # the first test waits for all that has to be made
STATEMENT = (PROBLEMS / "collatz" / "statement.md").read_text().strip()
SOLUTION = (PROBLEMS / "collatz" / "solutions" / "ac-reference.cpp").read_text()
MANY_TOKENS = 1900
CHAT = pb.Chat(messages=[pb.ChatMessage(role="user", content=STATEMENT)])


@pytest.fixture
def stub(generator: str) -> Iterator[GeneratorServiceStub]:
    with grpc.insecure_channel(generator) as channel:
        yield pb_grpc.GeneratorServiceStub(channel)


def endless() -> pb.GenerateRequest:
    """An answer of many seconds."""
    extra = Struct()
    extra.update({"ignore_eos": True})
    return pb.GenerateRequest(model=MODEL, chat=CHAT, sampling=pb.Sampling(max_tokens=MANY_TOKENS, extra=extra))


@contextmanager
def taken_back(vllm: Vllm) -> Iterator[None]:
    """What is asked in the block is given up by vLLM before it is written to its end."""
    written = vllm.counter("vllm:generation_tokens")
    yield
    began = time.monotonic()
    while vllm.running():
        assert time.monotonic() - began < 5, "vLLM goes on with what nobody waits for"
        time.sleep(0.05)
    assert vllm.counter("vllm:generation_tokens") - written < MANY_TOKENS


def test_the_models_are_those_of_vllm(stub: GeneratorServiceStub) -> None:
    answer = stub.ListModels(pb.ListModelsRequest(), timeout=60)
    assert [(model.id, model.context_tokens) for model in answer.models] == [(MODEL, 2048)]
    assert answer.server_version.startswith("0.32.0")


def test_every_answer_comes_once(stub: GeneratorServiceStub) -> None:
    request = pb.GenerateRequest(chat=CHAT, n=3, seed=1, sampling=pb.Sampling(temperature=0.7, top_p=0.8))
    drawn = {each.generation.index: each.generation for each in stub.Generate(request, timeout=60)}
    assert sorted(drawn) == [0, 1, 2]
    assert [drawn[index].finish_reason for index in range(3)] == ["stop"] * 3
    assert f"```cpp\n{SOLUTION}```" in {each.text for each in drawn.values()}


def test_what_vllm_refuses_has_its_status(stub: GeneratorServiceStub) -> None:
    for request, status in (
        (pb.GenerateRequest(model="nobody", chat=CHAT), grpc.StatusCode.NOT_FOUND),
        (pb.GenerateRequest(chat=CHAT, sampling=pb.Sampling(max_tokens=5000)), grpc.StatusCode.INVALID_ARGUMENT),
    ):
        with pytest.raises(grpc.RpcError) as refused:
            list(stub.Generate(request, timeout=60))
        assert refused.value.code() is status


def test_a_call_that_is_cancelled_is_taken_back_at_vllm(vllm: Vllm, stub: GeneratorServiceStub) -> None:
    with taken_back(vllm):
        call = stub.Generate(endless(), timeout=60)
        began = time.monotonic()
        while not vllm.running():
            assert time.monotonic() - began < 30, "the request did not reach vLLM"
            time.sleep(0.05)
        call.cancel()


def test_a_call_whose_time_is_over_is_taken_back_at_vllm(vllm: Vllm, stub: GeneratorServiceStub) -> None:
    with taken_back(vllm):
        with pytest.raises(grpc.RpcError) as late:
            list(stub.Generate(endless(), timeout=1.5))
        assert late.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
