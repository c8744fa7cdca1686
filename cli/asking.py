"""From a benchmark to what a model is asked: template, examples, language, and one task for each problem."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from executor.errors import UsageError

if TYPE_CHECKING:
    from generator.drawing import Task
    from generator.model import Mode
    from generator.templates import Template
    from scorer.benchmark import Benchmark
    from scorer.model import Problem

_LANG, _PROMPT = "lang", "prompt"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskOptions:
    """
    What was typed about the benchmark and its prompts.

    Args:
        options: the benchmark's own, by name.
        prompt: a template's name, or the path of one; None: the benchmark's default.
        lang: of people; None: English where there is a choice.
        shots: examples in front of each problem.
        shots_file: where they come from.
        only: ids of problems; empty: all.
        limit: so many of them, in the benchmark's order.
    """

    benchmark: str
    data: Path | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    prompt: str | None = None
    mode: str = "chat"
    lang: str | None = None
    shots: int = 0
    shots_file: Path | None = None
    cot: bool = False
    only: tuple[str, ...] = ()
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """
    A benchmark with what is asked of it.

    Args:
        tasks: of the problems that were chosen, in the benchmark's order.
        digest: sha256 of all problems' prompts, those that were not chosen too.
        options: of the benchmark, those that follow from --lang and --prompt too.
    """

    benchmark: Benchmark
    template: Template
    mode: Mode
    lang: str
    tasks: tuple[Task, ...]
    digest: str
    options: Mapping[str, str]

    @property
    def only(self) -> tuple[str, ...]:
        """The problems that were chosen; empty: all."""
        return () if len(self.tasks) == len(self.benchmark.problems) else tuple(task.problem for task in self.tasks)


def ask(options: AskOptions) -> Asked:
    """
    Load the benchmark and put the prompts together.

    Raises:
        UsageError: options make no sense, or there is no such benchmark or problem.
        PromptError: the template does not fit.
    """
    from generator.model import Mode
    from generator.templates import template_of
    from scorer.registry import load

    if options.mode not in set(Mode):
        raise UsageError(f"--mode is {' or '.join(Mode)}, not '{options.mode}'")
    mode = Mode(options.mode)
    told = _benchmark_options(options)
    benchmark = load(options.benchmark, options.data, **told)
    template = template_of(options.prompt, benchmark.name)
    lang = _lang(options, template)
    shots = _shots(options, template, benchmark)
    tasks = [_task(problem, template, mode, lang, shots, cot=options.cot) for problem in benchmark.problems.values()]
    return Asked(
        benchmark=benchmark,
        template=template,
        mode=mode,
        lang=lang,
        tasks=tuple(_chosen(tasks, options)),
        digest=_digest(tasks),
        options=told,
    )


def _benchmark_options(options: AskOptions) -> dict[str, str]:
    """What the benchmark is told of its own options; some of ours have their counterpart there."""
    from scorer.registry import entry_of

    known = {option.name: option for option in entry_of(options.benchmark).options}
    told = dict(options.options)
    for name, value in ((_LANG, options.lang), (_PROMPT, options.prompt)):
        if value is not None and name in known and value in known[name].values:
            told.setdefault(name, value)
    return told


def _lang(options: AskOptions, template: Template) -> str:
    lang = options.lang or options.options.get(_LANG)
    if lang is None:
        return (*template.langs, "en")[0]
    if template.langs and lang not in template.langs:
        raise UsageError(f"the prompt {template.name} is there in {' and '.join(template.langs)}, not in '{lang}'")
    return lang


def _shots(options: AskOptions, template: Template, benchmark: Benchmark) -> list[dict[str, str]]:
    from generator.templates import read_shots

    if options.cot and not template.cot:
        raise UsageError(f"the prompt {template.name} knows no --cot")
    if options.shots < 0:
        raise UsageError("--shots is a number of examples, 0 or more")
    if not options.shots:
        return []
    if not template.shots:
        raise UsageError(f"the prompt {template.name} takes no examples")
    if options.shots_file is None:
        raise UsageError("examples come from a file: --shots-file; the questions that are asked cannot be examples")
    questions = [problem.fields.get("question", problem.statement) for problem in benchmark.problems.values()]
    return read_shots(options.shots_file, options.shots, cot=options.cot, asked=questions)


def _task(
    problem: Problem, template: Template, mode: Mode, lang: str, shots: Sequence[Mapping[str, str]], *, cot: bool
) -> Task:
    from generator.drawing import Task
    from generator.errors import PromptError
    from generator.model import Mode
    from generator.templates import render

    names = {
        "id": problem.id,
        "title": problem.title,
        "statement": problem.statement,
        "category": problem.category or "",
        "language": problem.language,
        "cot": cot,
        "shots": shots,
        **problem.fields,
    }
    try:
        prompt = render(template, mode, lang, names)
    except PromptError as error:
        raise PromptError(f"{problem.id}: {error}") from error
    stop = template.stops(problem.language) if mode is Mode.COMPLETION else ()
    return Task(problem=problem.id, prompt=prompt, form=template.form(mode), stop=stop)


def _chosen(tasks: Sequence[Task], options: AskOptions) -> list[Task]:
    known = {task.problem for task in tasks}
    for name in options.only:
        if name not in known:
            raise UsageError(f"{options.benchmark} has no problem '{name}'")
    if options.limit is not None and options.limit < 1:
        raise UsageError("--limit is 1 or more")
    return [task for task in tasks if not options.only or task.problem in options.only][: options.limit]


def _digest(tasks: Sequence[Task]) -> str:
    digest = hashlib.sha256()
    for task in tasks:
        prompt = task.prompt if isinstance(task.prompt, str) else [[each.role, each.content] for each in task.prompt]
        digest.update(json.dumps([task.problem, prompt, task.stop]).encode())
    return digest.hexdigest()[:16]
