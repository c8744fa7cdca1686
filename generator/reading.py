"""
Answers put together from what OpenAI's client returns: whole, or piece by piece from a stream.

The client builds its objects without checking them, so that every field may be absent or of another type.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from generator.errors import ServerFailed
from generator.model import Generation


@dataclass(slots=True)
class _Choice:
    """One answer in the making."""

    pieces: list[str] = field(default_factory=list)
    finish_reason: str | None = None
    tokens: int | None = None
    given: bool = False


class Assembly:
    """
    The choices of one request.

    Args:
        batch: numbers of the samples that were asked for; choice i is the sample batch[i].
        seed: of the problem.
        whole: the answer comes in one piece, so that it is complete whether or not it says why it ended.
    """

    def __init__(self, batch: Sequence[int], seed: int | None, *, whole: bool) -> None:
        self._batch = batch
        self._seed = seed
        self._whole = whole
        self._choices = [_Choice() for _ in batch]
        self._prompt_tokens: int | None = None
        self._all_tokens: int | None = None

    def add(self, message: Any) -> list[Generation]:
        """
        Take a message; what it completes is returned.

        Raises:
            ServerFailed: it is no such message.
        """
        choices = getattr(message, "choices", None)
        if not isinstance(choices, list):
            raise ServerFailed(f"the server's answer has no choices: {str(message)[:200]!r}")
        self._count(message)
        for choice in choices:
            index = getattr(choice, "index", None)
            # A server may send more than it was asked for.
            if isinstance(index, int) and 0 <= index < len(self._batch):
                self._extend(self._choices[index], choice)
        # Alone, an answer can wait for the count of its tokens, which comes last.
        return self._complete() if len(self._batch) > 1 and not self._whole else []

    def end(self) -> list[Generation]:
        """
        What was complete but not returned yet.

        Raises:
            ServerFailed: nothing came, or a stream ended within an answer.
        """
        complete = self._complete()
        if not any(choice.given for choice in self._choices):
            raise ServerFailed("the server answered without a complete answer in it")
        return complete

    @property
    def broken_off(self) -> bool:
        """Some answer has begun and has no end."""
        return any(choice.pieces and not choice.given for choice in self._choices)

    def _count(self, message: Any) -> None:
        usage = getattr(message, "usage", None)
        if (tokens := _natural(getattr(usage, "prompt_tokens", None))) is not None:
            self._prompt_tokens = tokens
        if (tokens := _natural(getattr(usage, "completion_tokens", None))) is not None:
            self._all_tokens = tokens
        # vLLM's `return_token_ids`.
        if (tokens := _length(getattr(message, "prompt_token_ids", None))) is not None:
            self._prompt_tokens = tokens

    def _extend(self, choice: _Choice, news: Any) -> None:
        # Of a chat whole or in pieces, or of a completion.
        part = getattr(news, "message", None) or getattr(news, "delta", None)
        text = getattr(part, "content", None) if part is not None else getattr(news, "text", None)
        if isinstance(text, str):
            choice.pieces.append(text)
        elif self._whole:
            choice.pieces.append("")  # a model that says nothing has answered too
        if (tokens := _length(getattr(news, "token_ids", None))) is not None:
            choice.tokens = (choice.tokens or 0) + tokens
        if (tokens := _length(getattr(news, "prompt_token_ids", None))) is not None:
            self._prompt_tokens = tokens
        if isinstance(reason := getattr(news, "finish_reason", None), str):
            choice.finish_reason = reason

    def _complete(self) -> list[Generation]:
        found = []
        for offset, choice in enumerate(self._choices):
            ended = choice.finish_reason is not None or (self._whole and choice.pieces)
            if ended and not choice.given:
                choice.given = True
                found.append(self._generation(offset, choice))
        return found

    def _generation(self, offset: int, choice: _Choice) -> Generation:
        sample = self._batch[offset]
        # The server counts a request's answers together.
        tokens = self._all_tokens if len(self._batch) == 1 and self._all_tokens is not None else choice.tokens
        return Generation(
            sample=sample,
            text="".join(choice.pieces),
            finish_reason=choice.finish_reason,
            prompt_tokens=self._prompt_tokens,
            completion_tokens=tokens,
            seed=None if self._seed is None else self._seed + sample,
        )


def _natural(value: object) -> int | None:
    return value if isinstance(value, int) and value >= 0 else None


def _length(value: object) -> int | None:
    return len(value) if isinstance(value, list) else None
