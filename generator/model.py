"""
The nouns of the generator: frozen, pure data that its other modules speak in.

A *request* asks a model for some of a problem's samples; each of them becomes a *generation*. Absent is None.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from generator.errors import UsageMistake

_SEEDS = 2**31 - 2**16
"""Seeds of problems lie below, so that those of their samples fit 31 bits, which every server takes."""


_OWN_KEYS = frozenset(
    "model messages prompt n stream stream_options seed temperature top_p max_tokens stop return_token_ids".split()
)
"""What a request says already, or what would change how its answers are read."""


class Mode(StrEnum):
    """Which of the two interfaces of an OpenAI-compatible server is used."""

    CHAT = "chat"
    """/v1/chat/completions: messages, put together by the model's chat template."""
    COMPLETION = "completion"
    """/v1/completions: text that the model continues."""


@dataclass(frozen=True, slots=True)
class Message:
    """
    Args:
        role: system, user or assistant.
    """

    role: str
    content: str


Prompt: TypeAlias = str | tuple[Message, ...]
"""Text to be continued, or a conversation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """
    How a model draws its answers. None leaves a value to the server.

    Args:
        temperature: 0 is greedy: every answer would be the same.
        max_tokens: of one answer; one that needs more is cut, with the finish reason `length`.
        stop: texts that end an answer and do not belong to it.
        extra: further keys of the request's body, such as vLLM's `top_k`.

    Raises:
        UsageMistake: a value is outside of what servers take.
    """

    temperature: float | None = 0.7
    top_p: float | None = 0.8
    max_tokens: int | None = 1024
    stop: tuple[str, ...] = ()
    extra: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # `not (a <= x <= b)` refuses NaN as well.
        if self.temperature is not None and not 0 <= self.temperature <= 2:
            raise UsageMistake(f"the temperature is {self.temperature:g}, but lies in 0..2", "temperature")
        if self.top_p is not None and not (0 < self.top_p <= 1 and math.isfinite(self.top_p)):
            raise UsageMistake(f"top-p is {self.top_p:g}, but lies above 0 and at most at 1", "top_p")
        if self.max_tokens is not None and self.max_tokens < 1:
            raise UsageMistake(f"an answer needs at least one token, not {self.max_tokens}", "max_tokens")
        if known := sorted(_OWN_KEYS & set(self.extra)):
            raise UsageMistake(f"{known[0]} has a place of its own, it is no extra key", "extra")
        if not all(self.stop):
            raise UsageMistake("an empty text would stop every answer at once", "stop")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """
    What is asked for.

    Args:
        prompt: its type decides the mode.
        wanted: numbers of the samples, ascending; what has been drawn before is not among them.
        seed: of the problem; sample i is drawn with seed + i. None: the server draws as it likes.

    Raises:
        UsageMistake: nothing or the impossible is asked for.
    """

    model: str
    prompt: Prompt
    wanted: tuple[int, ...] = (0,)
    sampling: Sampling = field(default_factory=Sampling)
    seed: int | None = None

    def __post_init__(self) -> None:
        if not self.prompt:
            raise UsageMistake("the prompt is empty", "prompt")
        if not self.wanted:
            raise UsageMistake("at least one answer has to be asked for", "n")
        refuse_greedy_repetition(self.sampling, len(self.wanted))

    @property
    def mode(self) -> Mode:
        return Mode.COMPLETION if isinstance(self.prompt, str) else Mode.CHAT


def refuse_greedy_repetition(sampling: Sampling, samples: int) -> None:
    """
    Temperature 0 gives one answer, as often as it is asked for.

    Raises:
        UsageMistake: more than one is wanted.
    """
    if sampling.temperature == 0 and samples > 1:
        raise UsageMistake(f"at temperature 0 all {samples} answers would be the same: ask for one", "n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """
    One answer of a model.

    Args:
        sample: its number, one of those wanted.
        text: as the model wrote it.
        finish_reason: `stop`, `length` (the answer is cut), or another word of the server; None: it said nothing.
        prompt_tokens, completion_tokens: as the server counted them; None: it did not count them for this answer.
        seed: that it was drawn with.
    """

    sample: int
    text: str
    finish_reason: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """
    The server that answers.

    Args:
        version: vLLM's; None: it does not say, so it may be any server.
    """

    base_url: str
    version: str | None = None


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """
    A model that a server has.

    Args:
        context_tokens: prompt and answer together; None: the server does not say.
    """

    id: str
    context_tokens: int | None = None


def seed_of(run: int, problem: str) -> int:
    """The seed of a problem in a run. It depends on nothing else: a run that is continued draws as one that was not."""
    digest = hashlib.sha256(f"{run}\n{problem}".encode()).digest()
    return int.from_bytes(digest[:8]) % _SEEDS
