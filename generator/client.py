"""
A model behind any OpenAI-compatible server, vLLM first of all.

Samples of one problem are asked for in one request (`n`), numbered by where they begin: of a request for the samples
2, 3 and 4 with the problem's seed s, the request's own seed is s + 2, and vLLM draws its choices with s + 2, s + 3 and
s + 4. So an answer is the same whether or not those before it had to be asked for again.

Whatever is missing after a failure is asked for again and nothing else, so the set of samples is exact: a stream that
was cut after one of three answers costs the other two, a server that knows no `n` is asked for one at a time.

The vLLM facts (`n` with temperature 0 is refused, choices of a stream interleave by index, the chunk with the usage has
no choices, requests in flight get 500 when the engine dies) were seen with vLLM 0.32.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Self

import openai

from generator.errors import (
    TRANSIENT,
    AccessRefused,
    ModelMissing,
    RequestRefused,
    ServerError,
    ServerFailed,
    UsageMistake,
)
from generator.failures import in_our_words
from generator.model import Generation, Mode, ModelInfo, Prompt, Request, ServerInfo
from generator.patience import Patience, Retrying
from generator.reading import Assembly

_CONNECT_S = 10.0
_PROBE_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """
    Args:
        base_url: with the version, such as http://127.0.0.1:8000/v1.
        api_key: None where the server wants none.
        timeout_s: how long the server may say nothing: until the whole answer, in a stream until its next piece.
        stream: take answers piece by piece. A short answer is there before the longest of its request and a server that
            hangs is noticed early, but every token costs both sides about as much work as a short answer.
    """

    base_url: str
    api_key: str | None = None
    timeout_s: float = 600.0
    stream: bool = False
    retrying: Retrying = field(default_factory=Retrying)


class ModelClient:
    """
    Asks one server. Use it as an asynchronous context manager; any number of requests may be under way at once.

    Raises:
        UsageMistake: the address is none.
    """

    def __init__(self, connection: Connection) -> None:
        if not connection.base_url.startswith(("http://", "https://")):
            raise UsageMistake(
                f"{connection.base_url!r} is no address of a server: it begins with http:// or https://", "base_url"
            )
        self.base_url = connection.base_url.rstrip("/")
        self._root = self.base_url.removesuffix("/v1")
        self._connection = connection
        self._at_once: int | None = None
        self._info: ServerInfo | None = None
        self._openai = openai.AsyncOpenAI(
            base_url=self.base_url,
            # The header is always sent; servers without keys do not look at it.
            api_key=connection.api_key or "none",
            timeout=openai.Timeout(connection.timeout_s, connect=_CONNECT_S, pool=None),
            max_retries=0,  # `answers` tries again by itself: it knows what is still missing
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._openai.close()

    async def info(self) -> ServerInfo:
        """The server's address, and its version if it says one as vLLM does; asked once."""
        if self._info is None:
            self._info = ServerInfo(self.base_url, await self._version())
        return self._info

    async def healthy(self) -> bool:
        """Whether vLLM says at /health that it is; False while nothing listens."""
        try:
            with in_our_words(self.base_url):
                await self._openai.get(f"{self._root}/health", cast_to=type(None), options={"timeout": _PROBE_S})
        except ServerError:
            return False
        return True

    async def models(self) -> tuple[ModelInfo, ...]:
        """
        What the server has.

        Raises:
            ServerError: it does not say; no second try.
        """
        with in_our_words(self.base_url):
            page = await self._openai.models.list(timeout=_PROBE_S)
        listed = getattr(page, "data", None)
        return tuple(_model(each) for each in listed if hasattr(each, "id")) if isinstance(listed, list) else ()

    async def answers(self, request: Request) -> AsyncGenerator[Generation, None]:
        """
        Draw the samples that are wanted, each exactly once, in the order in which they are complete.

        Close the iterator to stop early: the request is taken back, and vLLM stops working on it.

        Raises:
            ServerError: the server refuses, or fails longer than patience lasts; what was drawn before stays
                valid.
        """
        missing = list(request.wanted)
        patience = Patience(self._connection.retrying)
        at_most = self._at_once
        while missing:
            batch = _beginning(missing, at_most)
            try:
                async with aclosing(self._ask(request, batch)) as drawn:
                    async for generation in drawn:
                        missing.remove(generation.sample)
                        patience.renew()
                        yield generation
                if at_most == 1:
                    self._at_once = 1  # that a single one was answered shows what was wrong with several
            except RequestRefused:
                if len(batch) == 1:
                    raise
                at_most = 1
            except TRANSIENT as error:
                await patience.wait(error)

    async def _ask(self, request: Request, batch: range) -> AsyncGenerator[Generation, None]:
        """
        One HTTP request.

        Raises:
            ServerError: it failed; what was given before is complete.
        """
        body = self._body(request, batch) | await self._extras(request, batch)
        with in_our_words(self.base_url, request.model):
            if not self._connection.stream:
                assembly = Assembly(batch, request.seed, whole=True)
                assembly.add(await self._create(request.mode)(**body))
                drawn = assembly.end()
            else:
                assembly = Assembly(batch, request.seed, whole=False)
                streaming = {"stream": True, "stream_options": {"include_usage": True}}
                async with await self._create(request.mode)(**body, **streaming) as stream:
                    async for chunk in stream:
                        for generation in assembly.add(chunk):
                            yield generation
                drawn = assembly.end()
        for generation in drawn:
            yield generation
        if assembly.broken_off:
            raise ServerFailed(f"{self.base_url} ended a stream within an answer")

    def _create(self, mode: Mode) -> Callable[..., Awaitable[Any]]:
        # Their overloads list the keys one by one; which are sent depends here on what was asked for.
        return self._openai.chat.completions.create if mode is Mode.CHAT else self._openai.completions.create

    def _body(self, request: Request, batch: range) -> dict[str, Any]:
        """The keys of the request, those left to the server not among them."""
        sampling = request.sampling
        said: dict[str, Any] = {
            "model": request.model,
            **_prompt(request.prompt),
            # One is every server's default, and some know no other number.
            "n": len(batch) if len(batch) > 1 else None,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "max_tokens": sampling.max_tokens,
            "stop": list(sampling.stop) or None,
            "seed": None if request.seed is None else request.seed + batch.start,
        }
        return {key: value for key, value in said.items() if value is not None}

    async def _extras(self, request: Request, batch: range) -> dict[str, Any]:
        extra = dict(request.sampling.extra)
        if len(batch) > 1 and (await self.info()).version is not None:
            # The usage is that of all choices together; their tokens are the only count for each that vLLM offers.
            extra["return_token_ids"] = True
        return {"extra_body": extra} if extra else {}

    async def _version(self) -> str | None:
        """
        What vLLM says at /version, beside /v1; None from a server that knows no such page.

        Raises:
            ServerError: there is no answer, or none worth remembering.
        """
        try:
            with in_our_words(self.base_url):
                answer = await self._openai.get(f"{self._root}/version", cast_to=object, options={"timeout": _PROBE_S})
        except (AccessRefused, ModelMissing, RequestRefused):
            return None
        version = answer.get("version") if isinstance(answer, dict) else None
        return version if isinstance(version, str) else None


def _beginning(missing: Sequence[int], at_most: int | None) -> range:
    """The first of what is missing, as far as its numbers follow each other without a gap."""
    count = 1
    while count < len(missing) and missing[count] == missing[0] + count and count != at_most:
        count += 1
    return range(missing[0], missing[0] + count)


def _prompt(prompt: Prompt) -> dict[str, Any]:
    if isinstance(prompt, str):
        return {"prompt": prompt}
    return {"messages": [{"role": message.role, "content": message.content} for message in prompt]}


def _model(listed: Any) -> ModelInfo:
    """What a server says of a model; vLLM adds how long its context is."""
    context = getattr(listed, "max_model_len", None)
    return ModelInfo(str(listed.id), context if isinstance(context, int) else None)
