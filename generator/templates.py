"""
Prompts from templates: one TOML file each below `prompts/`, whose README.md is the schema.

Templates are Jinja's, in its sandbox: what somebody else wrote can read what it is given and nothing more. A name
that a problem lacks is an error, so that no model is ever asked half a question.
"""

from __future__ import annotations

import codecs
import difflib
import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from generator.errors import PromptError
from generator.model import Message, Mode, Prompt

_ANY = "any"
PLAIN = "plain"


class Wording(BaseModel):
    """What a model is asked, in one language of people; Jinja templates."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    system: str = ""
    user: str = ""
    continuation: str = ""


class Template(BaseModel):
    """A file; prompts/README.md says what its keys mean."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    digest: str
    summary: str
    benchmarks: tuple[str, ...] = ()
    default: tuple[str, ...] = ()
    completion_form: Literal["completion", "answer", "solution"] = "completion"
    shots: bool = False
    cot: bool = False
    stop: Mapping[str, tuple[Annotated[str, Field(min_length=1)], ...]] = {}
    any: Wording | None = None
    en: Wording | None = None
    zh: Wording | None = None

    @property
    def langs(self) -> tuple[str, ...]:
        """The languages of people that it has; empty: it has none in particular."""
        return tuple(lang for lang in ("en", "zh") if getattr(self, lang) is not None)

    def wording(self, lang: str) -> Wording:
        """
        Raises:
            PromptError: there is none in this language.
        """
        found = getattr(self, lang, None) if lang in self.langs else self.any
        if found is None:
            raise PromptError(f"the prompt {self.name} is there in {', '.join(self.langs)}, not in '{lang}'")
        wording: Wording = found
        return wording

    def stops(self, language: str) -> tuple[str, ...]:
        """What ends a continuation in this programming language."""
        return (*self.stop.get(_ANY, ()), *self.stop.get(language, ()))

    def form(self, mode: Mode) -> str:
        """What its answers are, as `form` in generations.jsonl."""
        return self.completion_form if mode is Mode.COMPLETION else "answer"


def shipped() -> tuple[Template, ...]:
    """The templates of this package, by name."""
    folder = files("generator") / "prompts"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return tuple(_parsed(name.removesuffix(".toml"), (folder / name).read_bytes(), name) for name in names)


def template_of(name: str | None, benchmark: str) -> Template:
    """
    The template for a benchmark.

    Args:
        name: of a template, or the path of a file of one's own, which ends with .toml; None: the benchmark's default.

    Raises:
        PromptError: there is none, it is for other benchmarks, or the file has a mistake.
    """
    if name is not None and name.endswith(".toml"):
        template = _own(Path(name))
    else:
        template = _named(name) if name is not None else _default(benchmark)
    if template.benchmarks and benchmark not in template.benchmarks:
        raise PromptError(f"the prompt {template.name} is for {', '.join(template.benchmarks)}, not for {benchmark}")
    return template


def _own(path: Path) -> Template:
    try:
        return _parsed(path.stem, path.read_bytes(), str(path))
    except OSError as error:
        raise PromptError(f"{path} cannot be read: {error.strerror}") from error


def _named(name: str) -> Template:
    known = {template.name: template for template in shipped()}
    if name not in known:
        close = difflib.get_close_matches(name, known, n=1)
        advice = f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}"
        raise PromptError(f"there is no prompt '{name}'; {advice}")
    return known[name]


def _default(benchmark: str) -> Template:
    for template in shipped():
        if benchmark in template.default:
            return template
    return _named(PLAIN)


def _parsed(name: str, data: bytes, where: str) -> Template:
    try:
        table = tomllib.loads(data.decode())
        digest = hashlib.sha256(data).hexdigest()[:16]
        template = Template.model_validate({**table, "name": name, "digest": digest})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(map(str, first["loc"]))
        raise PromptError(f"{where}: {key}: {first['msg'][0].lower()}{first['msg'][1:]}") from error
    except ValueError as error:  # TOML or UTF-8 that is none
        raise PromptError(f"{where}: {error}") from error
    if template.any is None and not template.langs:
        raise PromptError(f"{where}: one of the tables [any], [en] and [zh] has to be there")
    return template


def render(template: Template, mode: Mode, lang: str, names: Mapping[str, Any]) -> Prompt:
    """
    A problem as a model is asked it.

    Args:
        names: what the template may use, by name; `lang` is added.

    Raises:
        PromptError: the template has no such mode, or wants a name that is not among `names`.
    """
    wording = template.wording(lang)
    names = {**names, "lang": lang}
    if mode is Mode.COMPLETION:
        if not wording.continuation:
            raise PromptError(f"the prompt {template.name} has no text to be continued: use the mode chat")
        return _filled(template, "continuation", wording.continuation, names)
    if not wording.user:
        raise PromptError(f"the prompt {template.name} has no message for a chat: use the mode completion")
    texts = {role: _filled(template, role, getattr(wording, role), names).strip() for role in ("system", "user")}
    return tuple(Message(role, text) for role, text in texts.items() if text)


def _filled(template: Template, part: str, text: str, names: Mapping[str, Any]) -> str:
    try:
        return _environment().from_string(text).render(names)
    except TemplateError as error:
        raise PromptError(f"the prompt {template.name}, {part}: {error.message}") from error


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    # What is rendered is text for a model, not HTML: escaping would change the programs in it.
    return ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )


class Shot(BaseModel):
    """A question with its answer, as an example to put in front of another."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    question: str
    A: str
    B: str
    C: str
    D: str
    answer: Literal["A", "B", "C", "D"]
    explanation: str = ""


_SHOTS = TypeAdapter(list[Shot])


def read_shots(path: Path, wanted: int, *, cot: bool, asked: Sequence[str]) -> list[dict[str, str]]:
    """
    The first questions of a file, as examples to put in front.

    Args:
        path: JSON: a list of objects with question, A, B, C, D, answer and, for `cot`, explanation.
        asked: the questions that are asked themselves: none of them may be an example.

    Raises:
        PromptError: the file cannot be read, has too few, or gives away an answer.
    """
    try:
        shots = _SHOTS.validate_json(path.read_bytes().removeprefix(codecs.BOM_UTF8))
    except OSError as error:
        raise PromptError(f"{path} cannot be read: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise PromptError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    if len(shots) < wanted:
        raise PromptError(f"{path} has {len(shots)} examples, but {wanted} are wanted")
    known = {_bare(question) for question in asked}
    for number, shot in enumerate(shots[:wanted], 1):
        if _bare(shot.question) in known:
            raise PromptError(f"{path}, entry {number}: this question is one of those asked, it cannot be an example")
        if cot and not shot.explanation:
            raise PromptError(f"{path}, entry {number}: --cot needs an explanation")
    return [shot.model_dump() for shot in shots[:wanted]]


def _bare(question: str) -> str:
    return "".join(question.split())
