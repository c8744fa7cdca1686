"""How often and after what pause a request is tried again: bounded, exponentially, with jitter, as the server asks."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from generator.errors import ServerBusy, ServerError, ServerSilent


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrying:
    """
    Args:
        attempts: tries in a row that may fail, the first included.
        silences: of these, how many may end because the server said nothing; each has cost a whole timeout.
        first_pause_s: before the second try; it doubles with every further one.
        longest_pause_s: of our own; a server's Retry-After may ask for more.
        longest_asked_s: a Retry-After above that is not waited for.
    """

    attempts: int = 7
    silences: int = 2
    first_pause_s: float = 0.5
    longest_pause_s: float = 15.0
    longest_asked_s: float = 120.0


class Patience:
    """
    What is left of it for one request.

    Args:
        sleep, jitter: the clock and the dice; jitter gives 0..1.
    """

    def __init__(
        self,
        retrying: Retrying,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._retrying = retrying
        self._sleep = sleep
        self._jitter = jitter
        self.renew()

    def renew(self) -> None:
        """Something came back: what failed before no longer counts."""
        self._failures = 0
        self._silences = 0

    async def wait(self, error: ServerError) -> None:
        """
        Pause before the next try.

        Raises:
            ServerError: the error given, where there shall be no next try.
        """
        self._failures += 1
        self._silences += isinstance(error, ServerSilent)
        asked = error.retry_after_s if isinstance(error, ServerBusy) else None
        if (
            self._failures >= self._retrying.attempts
            or self._silences >= self._retrying.silences
            or (asked or 0) > self._retrying.longest_asked_s
        ):
            raise error
        await self._sleep(self._pause_s(asked))

    def _pause_s(self, asked: float | None) -> float:
        # The half that is drawn keeps the requests that one failure has hit from coming back in step.
        own = min(self._retrying.first_pause_s * 2.0 ** (self._failures - 1), self._retrying.longest_pause_s)
        if asked is not None:
            return asked + own * self._jitter() / 2
        return own * (1 + self._jitter()) / 2
