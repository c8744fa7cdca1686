"""
An OpenAI-compatible server on a real socket that answers in the shapes recorded of vLLM 0.32, faults included.

What it writes is a function of the prompt and the seed of each choice (the request's seed plus the choice's index, as
vLLM does), one word a token. Faults are taken from a list, one for each request that asks for answers.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

VERSION = "0.32.0"
CONTEXT = 4096
_REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 429: "Too Many Requests"}


@dataclass(frozen=True)
class Status:
    """Answer with an error."""

    code: int
    message: str = "something is wrong"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Hang:
    """Say nothing for so long, or until the client is gone."""

    seconds: float = 60.0


@dataclass(frozen=True)
class Cut:
    """Drop the connection after so many bytes of the answer's body, or so many events of a stream."""

    after: int = 20


@dataclass(frozen=True)
class Garbage:
    """Send this in place of JSON."""

    body: bytes = b'{"choices": [{"index": 0, "mess'
    kind: str = "application/json"


@dataclass(frozen=True)
class Dies:
    """The engine dies after so many events of a stream; the event that says so is the last but one."""

    after: int = 3


@dataclass(frozen=True)
class Fewer:
    """Give back fewer choices than were asked for."""

    choices: int = 1


Fault = Status | Hang | Cut | Garbage | Dies | Fewer | None


@dataclass
class Asked:
    """A request for answers as it came in."""

    path: str
    body: dict[str, Any]
    headers: dict[str, str]

    @property
    def prompt(self) -> str:
        if "prompt" in self.body:
            return str(self.body["prompt"])
        return "\n".join(message["content"] for message in self.body["messages"])

    @property
    def seeds(self) -> list[int]:
        return [self.body.get("seed", 0) + index for index in range(self.body.get("n", 1))]


def said(prompt: str, seed: int) -> str:
    """What the model answers by default."""
    return f"{prompt.rsplit(maxsplit=1)[-1]} drawn with {seed}"


class OpenAIServer:
    """
    Args:
        answer: text for a prompt and a seed.
        delay_s: how long each answer takes.
        pace_s: between the events of a stream.
        sequences: choices that are worked on at once; others wait.
        vllm: whether /version is there.
    """

    def __init__(
        self,
        *faults: Fault,
        answer: Callable[[str, int], str] = said,
        delay_s: float = 0.0,
        pace_s: float = 0.0,
        sequences: int = 1000,
        vllm: bool = True,
        model: str = "toy",
    ) -> None:
        self.faults: list[Fault] = list(faults)
        self.asked: list[Asked] = []
        self.answered: list[tuple[str, int]] = []
        self.dropped = 0
        self.model = model
        self.knows_n = True
        self.key: str | None = None
        self.refuse: Callable[[Asked], Status | None] = lambda _: None
        self._answer = answer
        self._delay_s = delay_s
        self._pace_s = pace_s
        self._engine = asyncio.Semaphore(sequences)
        self._vllm = vllm
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()
        self.port = 0

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def start(self, port: int = 0) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """As a server that is killed: connections are cut."""
        if self._server is not None:
            self._server.close()
        for task in list(self._open):
            task.cancel()
        if self._open:
            await asyncio.wait(self._open)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while await self._one(reader, writer):
                    pass
        finally:
            self._open.discard(task)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        method, path, _ = head[0].split()
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        answer = _Answer(writer)
        if self.key is not None and headers.get("authorization") != f"Bearer {self.key}":
            await answer.error(Status(401, "Unauthorized"))
        elif method == "GET":
            await self._get(path, answer)
        else:
            asked = Asked(path, json.loads(body), headers)
            self.asked.append(asked)
            working = asyncio.ensure_future(self._generate(asked, answer))
            gone = asyncio.ensure_future(reader.read(1))
            await asyncio.wait({working, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                self.dropped += 1
            for each in (working, gone):
                each.cancel()
            await asyncio.wait({working, gone})
            if working.cancelled():
                return False
            return working.result()
        return True

    async def _get(self, path: str, answer: _Answer) -> None:
        if path == "/health":
            await answer.send(200, b"")
        elif path == "/version" and self._vllm:
            await answer.json({"version": VERSION})
        elif path == "/v1/models":
            model = {"id": self.model, "object": "model", "created": 1763900000, "owned_by": "vllm", "root": self.model}
            await answer.json({"object": "list", "data": [{**model, "parent": None, "max_model_len": CONTEXT}]})
        else:
            await answer.error(Status(404, "Not Found"))

    async def _generate(self, asked: Asked, answer: _Answer) -> bool:
        """Whether the connection may be used again."""
        fault = self.faults.pop(0) if self.faults else None
        if isinstance(fault, Hang):
            await asyncio.sleep(fault.seconds)
            fault = None
        if refused := self._refusal(asked) or (fault if isinstance(fault, Status) else None):
            await answer.error(refused)
            return True
        if isinstance(fault, Garbage):
            await answer.send(200, fault.body, fault.kind)
            return True
        choices = await asyncio.gather(*(self._choice(asked, index) for index in range(len(asked.seeds))))
        choices = choices[: fault.choices if isinstance(fault, Fewer) else None]
        if asked.body.get("stream"):
            whole = await self._stream(asked, answer, choices, fault)
        else:
            whole = await self._whole(asked, answer, choices, fault)
        if whole:
            self.answered += [(asked.prompt, asked.seeds[choice.index]) for choice in choices]
        return whole

    def _refusal(self, asked: Asked) -> Status | None:
        body, n = asked.body, asked.body.get("n", 1)
        if body["model"] != self.model:
            return Status(404, f"The model `{body['model']}` does not exist.")
        if n > 1 and not self.knows_n:
            return Status(400, "n must be 1")
        if n > 1 and body.get("temperature") == 0:
            return Status(400, f"n must be 1 when using greedy sampling, got {n}.")
        if len(asked.prompt.split()) + body.get("max_tokens", 16) > CONTEXT:
            return Status(400, f"This model's maximum context length is {CONTEXT} tokens.")
        return self.refuse(asked)

    async def _choice(self, asked: Asked, index: int) -> _Choice:
        async with self._engine:
            await asyncio.sleep(self._delay_s)
        text, finish = self._answer(asked.prompt, asked.seeds[index]), "stop"
        for stop in asked.body.get("stop", []):
            text = text.partition(stop)[0]
        pieces = text.split(" ")
        tokens = [piece + " " for piece in pieces[:-1]] + pieces[-1:]
        if len(tokens) > (most := asked.body.get("max_tokens", 16)):
            tokens, finish = tokens[:most], "length"
        return _Choice(index, tokens, finish)

    async def _whole(self, asked: Asked, answer: _Answer, choices: list[_Choice], fault: Fault) -> bool:
        ids = asked.body.get("return_token_ids")
        body: dict[str, Any] = {
            "id": "cmpl-1",
            "object": "chat.completion" if asked.path.endswith("/chat/completions") else "text_completion",
            "created": 1763900000,
            "model": self.model,
            "choices": [choice.whole(asked, ids=bool(ids)) for choice in choices],
            "usage": _usage(asked, choices),
        }
        data = json.dumps(body).encode()
        if isinstance(fault, Cut):
            await answer.cut(data, fault.after)
            return False
        await answer.send(200, data)
        return True

    async def _stream(self, asked: Asked, answer: _Answer, choices: list[_Choice], fault: Fault) -> bool:
        events = [self._chunk(asked, piece) for piece in _interleaved(asked, choices)]
        if asked.body.get("stream_options", {}).get("include_usage"):
            events.append({**self._chunk(asked), "usage": _usage(asked, choices)})
        await answer.begin_stream()
        for number, event in enumerate(events):
            if isinstance(fault, Cut) and number == fault.after:
                return False
            if isinstance(fault, Dies) and number == fault.after:
                error = {"message": "EngineCore encountered an issue.", "type": "InternalServerError", "code": 500}
                await answer.event(json.dumps({"error": error}))
                break
            await answer.event(json.dumps(event))
            await asyncio.sleep(self._pace_s)
        await answer.event("[DONE]")
        await answer.end_stream()
        return not isinstance(fault, Dies)

    def _chunk(self, asked: Asked, *choices: dict[str, Any]) -> dict[str, Any]:
        kind = "chat.completion.chunk" if asked.path.endswith("/chat/completions") else "text_completion"
        return {"id": "cmpl-1", "object": kind, "created": 1763900000, "model": self.model, "choices": list(choices)}


@dataclass
class _Choice:
    index: int
    tokens: list[str]
    finish_reason: str

    def whole(self, asked: Asked, *, ids: bool) -> dict[str, Any]:
        text = "".join(self.tokens)
        chat = asked.path.endswith("/chat/completions")
        said = {"message": {"role": "assistant", "content": text, "refusal": None}} if chat else {"text": text}
        tokens = {"token_ids": list(range(len(self.tokens)))} if ids else {}
        return {"index": self.index, **said, "logprobs": None, "finish_reason": self.finish_reason, **tokens}

    def pieces(self, asked: Asked) -> list[dict[str, Any]]:
        chat = asked.path.endswith("/chat/completions")
        ids = asked.body.get("return_token_ids")
        found: list[dict[str, Any]] = []
        if chat:
            found.append({"index": self.index, "delta": {"role": "assistant", "content": ""}, "finish_reason": None})
        for number, token in enumerate(self.tokens, 1):
            said = {"delta": {"content": token}} if chat else {"text": token}
            reason = self.finish_reason if number == len(self.tokens) else None
            tokens = {"token_ids": [number]} if ids else {}
            found.append({"index": self.index, **said, "finish_reason": reason, **tokens})
        return found


def _interleaved(asked: Asked, choices: list[_Choice]) -> list[dict[str, Any]]:
    """One piece of each choice in turn."""
    rounds = itertools.zip_longest(*(choice.pieces(asked) for choice in choices))
    return [piece for each in rounds for piece in each if piece is not None]


def _usage(asked: Asked, choices: list[_Choice]) -> dict[str, int]:
    prompt, answers = len(asked.prompt.split()), sum(len(choice.tokens) for choice in choices)
    return {"prompt_tokens": prompt, "completion_tokens": answers, "total_tokens": prompt + answers}


class _Answer:
    """HTTP, as far as it is needed."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    async def send(self, code: int, body: bytes, kind: str = "application/json", **headers: str) -> None:
        self._writer.write(self._head(code, kind, {"content-length": str(len(body)), **headers}) + body)
        await self._writer.drain()

    async def json(self, body: object, code: int = 200, **headers: str) -> None:
        await self.send(code, json.dumps(body).encode(), **headers)

    async def error(self, status: Status) -> None:
        error = {"message": status.message, "type": "Error", "param": None, "code": status.code}
        await self.json({"error": error}, status.code, **status.headers)

    async def cut(self, body: bytes, after: int) -> None:
        self._writer.write(self._head(200, "application/json", {"content-length": str(len(body))}) + body[:after])
        await self._writer.drain()

    async def begin_stream(self) -> None:
        self._writer.write(self._head(200, "text/event-stream; charset=utf-8", {"transfer-encoding": "chunked"}))

    async def event(self, data: str) -> None:
        line = f"data: {data}\n\n".encode()
        self._writer.write(b"%x\r\n%b\r\n" % (len(line), line))
        await self._writer.drain()

    async def end_stream(self) -> None:
        self._writer.write(b"0\r\n\r\n")
        await self._writer.drain()

    @staticmethod
    def _head(code: int, kind: str, headers: dict[str, str]) -> bytes:
        lines = [f"HTTP/1.1 {code} {_REASONS.get(code, 'Error')}", f"content-type: {kind}"]
        return "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items()), "\r\n"]).encode()


@asynccontextmanager
async def serving(*faults: Fault, **options: Any) -> AsyncIterator[OpenAIServer]:
    """A server that listens, on a port of its own."""
    server = OpenAIServer(*faults, **options)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
