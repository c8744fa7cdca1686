"""The client against a real socket: exact sets of samples, whatever the server does."""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing
from dataclasses import replace

import pytest

from generator.errors import (
    AccessRefused,
    GeneratorError,
    ModelMissing,
    RequestRefused,
    ServerBusy,
    ServerFailed,
    ServerSilent,
    UsageMistake,
)
from generator.model import ModelInfo, ServerInfo
from generator.patience import Patience, Retrying
from tests.generator.openai_server import Cut, Dies, Fault, Fewer, Garbage, Hang, OpenAIServer, Status, serving
from tests.generator.support import answers, chat, client_of, drawn, eventually, request

THREE = [(0, "program drawn with 100", 100), (1, "program drawn with 101", 101), (2, "program drawn with 102", 102)]
BOTH = pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])


@BOTH
async def test_n_choices_come_from_one_request_each_with_its_seed_and_its_tokens(stream: bool) -> None:
    async with serving() as server, client_of(server, stream=stream) as client:
        found = await answers(client, request(n=3))
    assert sorted(drawn(found)) == THREE
    assert len(server.asked) == 1
    assert {each.completion_tokens for each in found} == {4}
    assert {each.finish_reason for each in found} == {"stop"}


@BOTH
async def test_a_completion_continues_text(stream: bool) -> None:
    async with serving() as server, client_of(server, stream=stream) as client:
        found = await answers(client, request("int main", n=2, top_p=None, stop=("with",)))
    assert [each.text for each in found] == ["main drawn ", "main drawn "]
    assert server.asked[0].path == "/v1/completions"
    assert server.asked[0].body["stop"] == ["with"]
    assert "top_p" not in server.asked[0].body


@BOTH
async def test_what_is_cut_at_the_most_tokens_says_so(stream: bool) -> None:
    async with serving() as server, client_of(server, stream=stream) as client:
        (found,) = await answers(client, request(max_tokens=2))
    assert (found.text, found.finish_reason) == ("program drawn ", "length")
    assert (found.prompt_tokens, found.completion_tokens) == (3, 2)


async def test_a_short_answer_of_a_stream_is_there_before_a_long_one() -> None:
    def answer(prompt: str, seed: int) -> str:
        return "word " * (200 if seed == 100 else 1)

    async with serving(answer=answer) as server, client_of(server, stream=True) as client:
        found = await answers(client, request(n=2, max_tokens=3000))
    assert [each.sample for each in found] == [1, 0]


async def test_without_vllm_the_tokens_of_one_choice_among_several_are_unknown() -> None:
    async with serving(vllm=False) as server, client_of(server) as client:
        assert await client.info() == ServerInfo(server.base_url, None)
        found = await answers(client, request(n=2))
        (alone,) = await answers(client, request())
    assert [each.completion_tokens for each in found] == [None, None]
    assert alone.completion_tokens == 4
    assert "return_token_ids" not in server.asked[0].body


async def test_a_server_says_its_version_and_its_models() -> None:
    async with serving() as server, client_of(server) as client:
        assert await client.info() == ServerInfo(server.base_url, "0.32.0")
        assert await client.models() == (ModelInfo("toy", 4096),)
        assert await client.healthy()
    async with client_of(server) as client:
        assert not await client.healthy()


async def test_what_is_missing_begins_with_the_seed_that_it_would_have_had() -> None:
    asked = replace(request(n=5), wanted=(0, 2, 3, 6))
    async with serving() as server, client_of(server) as client:
        found = await answers(client, asked)
    assert [(each.sample, each.seed) for each in found] == [(0, 100), (2, 102), (3, 103), (6, 106)]
    assert [each.text for each in found][-1] == "program drawn with 106"
    assert [each.seeds for each in server.asked] == [[100], [102, 103], [106]]


async def test_without_a_seed_none_is_sent() -> None:
    async with serving() as server, client_of(server) as client:
        (found,) = await answers(client, request(seed=None))
    assert found.seed is None
    assert "seed" not in server.asked[0].body


async def test_further_keys_of_the_body_are_passed_on() -> None:
    async with serving() as server, client_of(server) as client:
        await answers(client, request(n=2, extra={"top_k": 20}))
    assert server.asked[0].body["top_k"] == 20
    assert server.asked[0].body["return_token_ids"] is True


TRANSIENT: list[tuple[Fault, bool]] = [
    (Status(429), False),
    (Status(500), False),
    (Status(503, "", {"retry-after": "0"}), False),
    (Garbage(), False),
    (Garbage(b"<html>gateway</html>", "text/html"), False),
    (Garbage(b'{"choices": []}'), False),
    (Garbage(b'{"choices": null}'), False),
    (Garbage(b'{"choices": [{"index": "x"}, 7]}'), False),
    (Cut(), False),
    (Cut(0), False),
    (Cut(4), True),
    (Cut(9), True),
    (Dies(), True),
    (Fewer(1), False),
    (Fewer(1), True),
]


@pytest.mark.parametrize("fault, stream", TRANSIENT, ids=str)
async def test_after_a_fault_that_passes_the_set_is_exact(fault: Fault, stream: bool) -> None:
    async with serving(fault) as server, client_of(server, stream=stream) as client:
        found = await answers(client, request(n=3))
    assert sorted(drawn(found)) == THREE
    assert len(server.asked) == 2


async def test_of_a_stream_that_was_cut_only_the_rest_is_asked_for_again() -> None:
    def answer(prompt: str, seed: int) -> str:
        return "short" if seed == 100 else "this is a longer answer"

    async with serving(Cut(8), answer=answer) as server, client_of(server, stream=True) as client:
        found = await answers(client, request(n=3))
    assert [each.seeds for each in server.asked] == [[100, 101, 102], [101, 102]]
    assert sorted(each.sample for each in found) == [0, 1, 2]


@pytest.mark.parametrize(
    "fault, error, said",
    [
        (Status(500, "EngineCore died"), ServerFailed, "500: EngineCore died"),
        (Status(429, "slow down"), ServerBusy, "429: slow down"),
        (Garbage(), ServerFailed, "no JSON"),
        (Cut(), ServerFailed, "connection failed"),
    ],
)
async def test_patience_ends(fault: Fault, error: type[GeneratorError], said: str) -> None:
    async with serving(*[fault] * 5) as server, client_of(server) as client:
        with pytest.raises(error, match=said):
            await answers(client, request())
    assert len(server.asked) == 3


async def test_an_engine_that_dies_within_every_stream_is_given_up() -> None:
    async with serving(*[Dies(1)] * 5) as server, client_of(server, stream=True) as client:
        with pytest.raises(ServerFailed, match="EngineCore encountered an issue"):
            await answers(client, request())


async def test_a_server_that_is_gone_is_given_up() -> None:
    async with serving() as server:
        pass
    async with client_of(server) as client:
        with pytest.raises(ServerFailed, match="Connect") as failed:
            await answers(client, request())
    assert not failed.value.reachable


@BOTH
async def test_a_server_that_hangs_is_left(stream: bool) -> None:
    async with serving(Hang(), Hang()) as server, client_of(server, stream=stream, timeout_s=0.2) as client:
        with pytest.raises(ServerSilent, match="did not answer in time"):
            await answers(client, request())
        await asyncio.sleep(0.05)
        assert server.dropped == 2


@pytest.mark.parametrize(
    "fault, error",
    [
        (Status(400, "the prompt is too long"), RequestRefused),
        (Status(422), RequestRefused),
        (Status(404, "no such model"), ModelMissing),
        (Status(401), AccessRefused),
    ],
)
async def test_what_no_second_try_can_mend_is_said_at_once(fault: Status, error: type[GeneratorError]) -> None:
    async with serving(fault) as server, client_of(server) as client:
        with pytest.raises(error, match=f"{fault.code}: {fault.message}"):
            await answers(client, request())
    assert len(server.asked) == 1


async def test_an_unknown_model_is_named() -> None:
    async with serving(model="other") as server, client_of(server) as client:
        with pytest.raises(ModelMissing, match="The model `toy` does not exist"):
            await answers(client, request())


async def test_a_key_is_sent_and_a_wrong_one_is_told() -> None:
    async with serving() as server:
        server.key = "right"
        async with client_of(server, api_key="right") as client:
            assert await answers(client, request())
        async with client_of(server, api_key="wrong") as client:
            with pytest.raises(AccessRefused, match="is the API key right"):
                await answers(client, request())


async def test_a_server_that_gives_one_choice_only_is_asked_one_at_a_time() -> None:
    async with serving() as server, client_of(server) as client:
        server.knows_n = False
        assert sorted(drawn(await answers(client, request(n=3)))) == THREE
        before = len(server.asked)
        assert sorted(drawn(await answers(client, request(n=3)))) == THREE
    # Once is enough to learn it.
    assert (before, len(server.asked)) == (4, 7)


async def test_a_prompt_that_is_refused_does_not_change_how_others_are_asked() -> None:
    def refuse(asked: object) -> Status | None:
        return Status(400, "too long") if "long" in str(asked) else None

    async with serving() as server, client_of(server) as client:
        server.refuse = refuse
        with pytest.raises(RequestRefused):
            await answers(client, request(chat("a long prompt"), n=3))
        before = len(server.asked)
        await answers(client, request(n=3))
    assert len(server.asked) == before + 1


async def test_closing_the_answers_takes_the_request_back() -> None:
    async with serving(Hang()) as server, client_of(server) as client:
        reading = asyncio.create_task(answers(client, request()))
        await eventually(lambda: bool(server.asked))
        reading.cancel()
        await asyncio.wait({reading})
        await asyncio.sleep(0.05)
        assert server.dropped == 1


async def test_closing_a_stream_in_the_middle_takes_the_request_back() -> None:
    def answer(prompt: str, seed: int) -> str:
        return "word " * (500 if seed else 1)

    async with serving(answer=answer, pace_s=0.01) as server, client_of(server, stream=True) as client:
        async with aclosing(client.answers(request(n=2, seed=0))) as found:
            first = await anext(found)
        await asyncio.sleep(0.1)
    assert first.sample == 0
    assert server.dropped == 1


async def test_a_retry_after_is_waited_for() -> None:
    began = time.monotonic()
    async with serving(Status(429, "", {"retry-after": "0.3"})) as server, client_of(server) as client:
        await answers(client, request())
    assert 0.3 <= time.monotonic() - began < 5


async def _pauses(retrying: Retrying, *errors: ServerBusy | ServerFailed | ServerSilent) -> list[float]:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    patience = Patience(retrying, sleep, jitter=lambda: 0.5)
    for error in errors:
        await patience.wait(error)
    return pauses


async def test_pauses_double_up_to_a_bound_with_jitter() -> None:
    retrying = Retrying(attempts=6, first_pause_s=1, longest_pause_s=5)
    assert await _pauses(retrying, *[ServerFailed("")] * 5) == [0.75, 1.5, 3, 3.75, 3.75]
    with pytest.raises(ServerFailed):
        await _pauses(retrying, *[ServerFailed("")] * 6)


async def test_a_server_may_ask_for_more_time_but_not_for_any() -> None:
    assert await _pauses(Retrying(first_pause_s=1), ServerBusy("", 60)) == [60.25]
    with pytest.raises(ServerBusy):
        await _pauses(Retrying(), ServerBusy("", 3600))


async def test_silence_is_suffered_less_often_than_failure() -> None:
    assert await _pauses(Retrying(silences=2, first_pause_s=1), ServerSilent("")) == [0.75]
    with pytest.raises(ServerSilent):
        await _pauses(Retrying(silences=2), ServerSilent(""), ServerSilent(""))


def test_greedy_repetition_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(UsageMistake, match="all 3 answers would be the same"):
        request(n=3, temperature=0.0)


@pytest.mark.parametrize(
    "sampling, field",
    [
        ({"temperature": 2.1}, "temperature"),
        ({"temperature": float("nan")}, "temperature"),
        ({"top_p": 0.0}, "top_p"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"stop": ("",)}, "stop"),
    ],
)
def test_sampling_that_no_server_takes_names_its_field(sampling: dict[str, object], field: str) -> None:
    with pytest.raises(UsageMistake) as failed:
        request(**sampling)  # type: ignore[arg-type]  # one of them
    assert failed.value.field == field


async def test_an_address_without_a_scheme_is_refused() -> None:
    with pytest.raises(UsageMistake, match="http://"):
        async with client_of("localhost:8000"):
            pass


async def test_the_server_of_these_tests_can_be_started_and_stopped() -> None:
    server = OpenAIServer()
    await server.start()
    await server.stop()
