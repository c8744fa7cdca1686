"""A sample as a line of generations.jsonl: its keys, what is wrong with a line that is none, and where it was found."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr, ValidationError

from scorer.model import Form, Sample

_SHOWN_CHARACTERS = 80
_REPLACED = dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}")


class Message(BaseModel):
    """A message of a chat, as OpenAI's interface has it; content that is no text is shown as JSON."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    role: StrictStr
    content: Any = None


class SampleLine(BaseModel):
    """The keys of a line; those beyond them are details."""

    model_config = ConfigDict(extra="allow", frozen=True)

    problem: Annotated[StrictStr, Field(min_length=1)]
    sample: Annotated[StrictInt, Field(ge=0)]
    text: StrictStr
    form: Form = Form.ANSWER
    finish_reason: StrictStr | None = None
    prompt: StrictStr | list[Message] | None = None


def sample_of(record: Any) -> Sample:
    """
    The sample that a decoded line says.

    Raises:
        ValueError: it is none; the message names the key.
    """
    try:
        line = SampleLine.model_validate(record)
    except ValidationError as error:
        raise ValueError(first_mistake(error)) from None
    return Sample(
        problem=storable(line.problem),
        index=line.sample,
        text=storable(line.text),
        form=line.form,
        finish_reason=line.finish_reason,
        prompt=_shown(line.prompt),
        details=line.model_extra or {},
    )


def record_of(sample: Sample) -> dict[str, Any]:
    """The line that says a sample, to be encoded as JSON."""
    line: dict[str, Any] = {
        "problem": sample.problem,
        "sample": sample.index,
        "text": sample.text,
        "form": sample.form.value,
    }
    if sample.finish_reason is not None:
        line["finish_reason"] = sample.finish_reason
    if sample.prompt is not None:
        line["prompt"] = sample.prompt
    return {**sample.details, **line}


def storable(text: str) -> str:
    """
    The text with every half of a surrogate pair replaced: JSON may hold one, no file in UTF-8 can.

    Models that speak in bytes leave them where an answer was cut.
    """
    return text if text.isascii() else text.translate(_REPLACED)


def first_mistake(error: ValidationError) -> str:
    """The first thing that is wrong, with the key it is in."""
    first = error.errors(include_url=False)[0]
    where = ".".join(map(str, first["loc"]))
    return f"{where}: {first['msg']}" if where else first["msg"]


def _shown(prompt: str | list[Message] | None) -> str | None:
    if prompt is None or isinstance(prompt, str):
        return prompt if prompt is None else storable(prompt)
    return storable("\n\n".join(f"{each.role}:\n{_text_of(each.content)}" for each in prompt))


def _text_of(content: Any) -> str:
    return content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Found:
    """A record with its place; a `record` that is a text says why there is none."""

    file: Path
    line: int | None
    record: Sample | str


def shown(text: str) -> str:
    """A text of somebody else's in quotes, cut."""
    return repr(text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}...")
