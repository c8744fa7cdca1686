"""Our client and a real vLLM: what is refused, what is cut, what is drawn again, what is taken back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import replace

import pytest
import pytest_asyncio

from generator.client import Connection, ModelClient
from generator.errors import ModelMissing, RequestRefused
from generator.model import Generation, Message, Request, Sampling
from tests.vllm.support import MODEL, PROBLEMS, Vllm

pytestmark = [pytest.mark.vllm, pytest.mark.timeout(1800)]  # the first test waits for all that has to be made
STATEMENT = (PROBLEMS / "collatz" / "statement.md").read_text().strip()
SOLUTION = (PROBLEMS / "collatz" / "solutions" / "ac-reference.cpp").read_text()
MANY_TOKENS = 1900
ASKED = Request(model=MODEL, prompt=(Message("user", STATEMENT),), sampling=Sampling(max_tokens=256))
WILD = replace(ASKED, wanted=(0, 1, 2), sampling=replace(ASKED.sampling, temperature=1.6), seed=7)
ENDLESS = replace(ASKED, sampling=Sampling(max_tokens=MANY_TOKENS, extra={"ignore_eos": True}))


@pytest_asyncio.fixture
async def client(vllm: Vllm) -> AsyncIterator[ModelClient]:
    async with ModelClient(Connection(base_url=vllm.base_url)) as client:
        yield client


async def drawn(client: ModelClient, request: Request) -> dict[int, Generation]:
    return {generation.sample: generation async for generation in client.answers(request)}


async def eventually(condition: Callable[[], bool], within_s: float = 60) -> None:
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < within_s, "what was waited for did not come"
        await asyncio.sleep(0.1)


async def test_the_server_says_its_version_and_its_model(client: ModelClient) -> None:
    version = (await client.info()).version
    assert version is not None
    assert version.startswith("0.32.0")
    assert [(model.id, model.context_tokens) for model in await client.models()] == [(MODEL, 2048)]


async def test_more_tokens_than_the_model_has_is_refused_in_the_servers_words(client: ModelClient) -> None:
    with pytest.raises(RequestRefused, match=r"(?s)5000.*2048"):
        await drawn(client, replace(ASKED, sampling=Sampling(max_tokens=5000)))


async def test_a_prompt_that_is_too_long_is_refused(client: ModelClient) -> None:
    with pytest.raises(RequestRefused, match="2048"):
        await drawn(client, replace(ASKED, prompt=(Message("user", STATEMENT * 50),)))


async def test_a_key_with_a_value_that_the_server_does_not_take_is_refused(client: ModelClient) -> None:
    with pytest.raises(RequestRefused, match="top_k"):
        await drawn(client, replace(ASKED, sampling=Sampling(extra={"top_k": -5})))


async def test_at_temperature_0_there_is_one_answer_always_the_same(client: ModelClient) -> None:
    greedy = replace(ASKED, sampling=Sampling(temperature=0, top_p=None, max_tokens=256))
    first, second = await drawn(client, greedy), await drawn(client, replace(greedy, seed=5))
    assert first[0].text == second[0].text == f"```cpp\n{SOLUTION}```"


async def test_a_model_that_is_not_there_is_missing(client: ModelClient) -> None:
    with pytest.raises(ModelMissing, match="nobody"):
        await drawn(client, replace(ASKED, model="nobody"))


async def test_an_answer_that_is_cut_is_marked_and_its_tokens_are_counted(client: ModelClient) -> None:
    answers = await drawn(client, replace(ASKED, wanted=(0, 1, 2), sampling=Sampling(max_tokens=8)))
    assert [(answers[i].finish_reason, answers[i].completion_tokens) for i in range(3)] == [("length", 8)] * 3


async def test_a_whole_answer_ends_with_stop(client: ModelClient) -> None:
    answer = (await drawn(client, ASKED))[0]
    assert answer.finish_reason == "stop"
    assert answer.text == f"```cpp\n{SOLUTION}```"


async def test_a_sample_is_the_same_alone_and_among_others(client: ModelClient) -> None:
    together = await drawn(client, WILD)
    assert len({answer.text for answer in together.values()}) > 1, "these are no random draws"
    alone = await drawn(client, replace(WILD, wanted=(1,)))
    assert alone[1].text == together[1].text


async def test_a_stream_gives_what_a_whole_answer_gives(vllm: Vllm, client: ModelClient) -> None:
    async with ModelClient(Connection(base_url=vllm.base_url, stream=True)) as streaming:
        assert await drawn(streaming, WILD) == await drawn(client, WILD)


async def test_a_text_is_continued_without_a_chat_template(client: ModelClient) -> None:
    prompt = f"<|user|>{STATEMENT}<|end|><|assistant|>```cpp\n"
    answer = (await drawn(client, replace(ASKED, prompt=prompt)))[0]
    assert answer.text == f"{SOLUTION}```"


async def test_a_request_that_is_cancelled_is_taken_back_at_the_server(vllm: Vllm, client: ModelClient) -> None:
    written = vllm.counter("vllm:generation_tokens")
    asking = asyncio.create_task(drawn(client, ENDLESS))
    await eventually(lambda: vllm.running() == 1)
    asking.cancel()
    with suppress(asyncio.CancelledError):
        await asking
    await eventually(lambda: vllm.running() == 0, within_s=5)
    # It ends before its time: an answer that nobody waits for is not written to its end.
    assert vllm.counter("vllm:generation_tokens") - written < MANY_TOKENS
