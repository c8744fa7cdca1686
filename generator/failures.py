"""What OpenAI's client raises, as the errors of this package, each with a sentence that a person can act on."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime

import openai

from generator.errors import (
    AccessRefused,
    ModelMissing,
    RequestRefused,
    ServerBusy,
    ServerError,
    ServerFailed,
    ServerSilent,
)

_LONGEST = 500
_PASSING = frozenset({408, 409, 425})
"""States of a server or a proxy that pass, beside 429 and 5xx."""


@contextmanager
def in_our_words(where: str, model: str = "") -> Iterator[None]:
    """
    Raise what goes wrong inside as a ServerError.

    Args:
        where: the server's address.
        model: that is asked.
    """
    try:
        yield
    except openai.APITimeoutError as error:
        if _is_about_connecting(error):
            raise ServerFailed(f"{where} takes no connection in time", reachable=False) from error
        raise ServerSilent(f"{where} did not answer in time") from error
    except openai.APIConnectionError as error:
        raise ServerFailed(f"{where}: {_reason(error)}", reachable=False) from error
    except openai.APIStatusError as error:
        raise _of_status(error, where, model) from error
    except openai.APIError as error:
        # Within a stream the status is 200, and what went wrong stands in an event.
        raise ServerFailed(f"{where} failed while it answered: {_message(error)}") from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ServerFailed(f"{where} sent an answer that is no JSON: {error}") from error


def _of_status(error: openai.APIStatusError, where: str, model: str) -> ServerError:
    said = f"{where} answered {error.status_code}: {_message(error)}"
    match error.status_code:
        case 401 | 403:
            return AccessRefused(f"{said} (is the API key right?)")
        case 404:
            return ModelMissing(said, model)
        case 429:
            return ServerBusy(said, _retry_after_s(error.response.headers.get("retry-after")))
    if error.status_code >= 500 or error.status_code in _PASSING:
        return ServerFailed(said)
    return RequestRefused(said)


def _message(error: openai.APIError) -> str:
    """The server's own sentence, else what else it sent, cut."""
    found = error.body.get("message") if isinstance(error.body, dict) else error.body
    text = found if isinstance(found, str) and found.strip() else error.message
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _reason(error: openai.APIConnectionError) -> str:
    """What the network said: the last cause has the system's words."""
    cause: BaseException = error
    while (deeper := cause.__cause__ or cause.__context__) is not None:
        cause = deeper
    return f"the connection failed: {str(cause) or type(cause).__name__}"


def _is_about_connecting(error: openai.APITimeoutError) -> bool:
    return type(error.__cause__).__name__ in {"ConnectTimeout", "PoolTimeout"}


def _retry_after_s(header: str | None) -> float | None:
    """Seconds, or a date of HTTP; None where there is neither."""
    if header is None:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(header).timestamp() - time.time()
        except ValueError:
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None
