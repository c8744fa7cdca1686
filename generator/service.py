"""
The generator's RPCs: a request becomes a request to the model's server, its answers are sent as they are complete.

A call that is cancelled or runs into its deadline closes its connection to the model's server, and vLLM stops working
on it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from typing import Any

import grpc
from ennead.generator.v1 import generator_pb2 as pb
from ennead.generator.v1 import generator_pb2_grpc as pb_grpc
from google.protobuf.json_format import MessageToDict

from generator.client import ModelClient
from generator.errors import (
    AccessRefused,
    GeneratorError,
    ModelMissing,
    RequestRefused,
    ServerBusy,
    ServerSilent,
    UsageMistake,
)
from generator.model import Generation, Message, Prompt, Request, Sampling
from generator.observation import Observer
from serving.errors import Refusal, abort, exhausted, invalid, not_found, unavailable

_Context = grpc.aio.ServicerContext[Any, Any]

_RETRY_AFTER_S = 1.0
_ROLES = frozenset({"system", "user", "assistant"})
_HIGHEST_SEED = 2**32 - 1
_OF_SAMPLING = frozenset({"temperature", "top_p", "max_tokens", "stop", "extra"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceConfig:
    """
    Args:
        requests: calls of Generate that are served at once.
        answers: the most that one call may ask for.
    """

    requests: int = 256
    answers: int = 1024


class TooMany(GeneratorError):
    """As many calls are served as may be at once."""


def refusal_of(error: GeneratorError) -> Refusal:
    """What a client is told when its request cannot be served."""
    match error:
        case UsageMistake():
            return invalid(str(error), f"sampling.{error.field}" if error.field in _OF_SAMPLING else error.field)
        case RequestRefused():
            return invalid(str(error))
        case ModelMissing():
            return not_found(str(error), "model", error.model)
        case ServerBusy():
            return exhausted(str(error), error.retry_after_s or _RETRY_AFTER_S)
        case TooMany():
            return exhausted(str(error), _RETRY_AFTER_S)
        case ServerSilent():
            return Refusal(grpc.StatusCode.DEADLINE_EXCEEDED, str(error))
        case AccessRefused():
            return Refusal(grpc.StatusCode.FAILED_PRECONDITION, str(error))
    return unavailable(str(error))


class GeneratorService(pb_grpc.GeneratorServiceServicer):
    """
    Args:
        client: of the model's server; open as long as the service is used.
        observer: told of every answer.
    """

    def __init__(
        self, client: ModelClient, config: ServiceConfig | None = None, observer: Observer | None = None
    ) -> None:
        self._client = client
        self._config = config or ServiceConfig()
        self._observer = observer
        self._running = 0

    async def Generate(
        self, request: pb.GenerateRequest, context: _Context
    ) -> AsyncGenerator[pb.GenerateResponse, None]:
        try:
            with self._place():
                asked = request_of(request, await self._model(request), self._config.answers)
                async with aclosing(self._client.answers(asked)) as answers:
                    async for generation in answers:
                        if self._observer is not None:
                            self._observer.note(generation)
                        yield pb.GenerateResponse(generation=generation_message(generation))
        except GeneratorError as error:
            await abort(context, refusal_of(error))

    async def ListModels(self, request: pb.ListModelsRequest, context: _Context) -> pb.ListModelsResponse:
        try:
            models, info = await self._client.models(), await self._client.info()
        except GeneratorError as error:
            await abort(context, refusal_of(error))
        return pb.ListModelsResponse(
            models=[pb.Model(id=model.id, context_tokens=model.context_tokens) for model in models],
            server_version=info.version,
        )

    async def _model(self, request: pb.GenerateRequest) -> str:
        if request.HasField("model"):
            return request.model
        models = await self._client.models()
        if len(models) == 1:
            return models[0].id
        raise UsageMistake("a model has to be named: the server has not just one", "model")

    @contextmanager
    def _place(self) -> Iterator[None]:
        if self._running >= self._config.requests:
            raise TooMany(f"{self._running} requests are being served, which is the most at once")
        self._running += 1
        try:
            yield
        finally:
            self._running -= 1


def request_of(request: pb.GenerateRequest, model: str, most_answers: int) -> Request:
    """
    Raises:
        UsageMistake: a field makes no sense.
    """
    n = request.n if request.HasField("n") else 1
    if not 1 <= n <= most_answers:
        raise UsageMistake(f"n is {n}, but lies in 1..{most_answers}", "n")
    if request.HasField("seed") and request.seed + n - 1 > _HIGHEST_SEED:
        raise UsageMistake(f"the last answer would be drawn with a seed above {_HIGHEST_SEED}", "seed")
    return Request(
        model=model,
        prompt=_prompt(request),
        wanted=tuple(range(n)),
        sampling=_sampling(request.sampling),
        seed=request.seed if request.HasField("seed") else None,
    )


def generation_message(generation: Generation) -> pb.Generation:
    return pb.Generation(
        index=generation.sample,
        # Models that speak in bytes leave half of a surrogate pair where an answer is cut.
        text=generation.text.encode("utf-8", "replace").decode(),
        finish_reason=generation.finish_reason,
        prompt_tokens=generation.prompt_tokens,
        completion_tokens=generation.completion_tokens,
        seed=generation.seed,
    )


def _prompt(request: pb.GenerateRequest) -> Prompt:
    match request.WhichOneof("prompt"):
        case "text":
            return request.text
        case "chat":
            for number, message in enumerate(request.chat.messages):
                if message.role not in _ROLES:
                    field = f"chat.messages[{number}].role"
                    raise UsageMistake(f"{message.role[:80]!r} is none of {', '.join(sorted(_ROLES))}", field)
            return tuple(Message(message.role, message.content) for message in request.chat.messages)
    raise UsageMistake("there is neither a chat nor a text", "prompt")


def _sampling(sampling: pb.Sampling) -> Sampling:
    return Sampling(
        temperature=sampling.temperature if sampling.HasField("temperature") else None,
        top_p=sampling.top_p if sampling.HasField("top_p") else None,
        max_tokens=sampling.max_tokens if sampling.HasField("max_tokens") else None,
        stop=tuple(sampling.stop),
        extra={key: _plain(value) for key, value in MessageToDict(sampling.extra).items()},
    )


def _plain(value: Any) -> Any:
    """A Struct has no whole numbers; servers want `top_k` to be one."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value
