"""`exec-cli generate`: a model's answers to the problems of a benchmark, as a run directory."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.asking import Asked, AskOptions, ask
from cli.edge import EXIT_ACCEPTED, EXIT_JUDGE_FAILED, EXIT_NOT_ACCEPTED, complain, run_until_stopped
from cli.stages import Stage, Stages, clock
from cli.text import counted, printable, printable_path
from executor.errors import UsageError

if TYPE_CHECKING:
    from generator.client import ModelClient
    from generator.drawing import Drawing, Event
    from generator.model import Sampling
    from generator.record import Record, Terms

DEFAULT_URL = "http://127.0.0.1:8000/v1"
VLLM_LOG = "vllm.log"
_SHOWN_FAILURES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelOptions:
    """
    What was typed about the model and its server.

    Args:
        model: its name at the server; None: the only one that it has.
        api_key_env: the variable that holds the key.
        serve: folder of a model that vLLM shall serve; then there is no base_url.
        vllm_python: interpreter of vLLM's environment.
    """

    model: str | None = None
    base_url: str | None = None
    api_key_env: str | None = None
    timeout_s: float = 600.0
    stream: bool = False
    serve: Path | None = None
    vllm_python: Path | None = None
    vllm_args: tuple[str, ...] = ()

    def check(self) -> None:
        """
        Raises:
            UsageError: options contradict each other.
        """
        if self.serve is not None and self.base_url is not None:
            raise UsageError("--serve starts a server of its own: leave --base-url out")
        if self.serve is None and (self.vllm_python or self.vllm_args):
            raise UsageError("--vllm-python and --vllm-arg are for --serve")
        if self.timeout_s <= 0:
            raise UsageError("--timeout is a number of seconds above 0")

    @property
    def api_key(self) -> str | None:
        if self.api_key_env is None:
            return None
        if not (key := os.environ.get(self.api_key_env)):
            raise UsageError(f"the environment has no {self.api_key_env}")
        return key


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateOptions:
    """
    What was typed.

    Args:
        samples: of each problem.
        seed: None: the server draws as it likes.
        concurrency: problems that are asked at once.
        out: the run directory.
    """

    asking: AskOptions
    out: Path
    model: ModelOptions = field(default_factory=ModelOptions)
    samples: int = 3
    sampling: Mapping[str, Any] = field(default_factory=dict)
    seed: int | None = 0
    concurrency: int = 16
    resume: bool = False
    json: bool = False

    def check(self) -> None:
        """
        Raises:
            UsageError: an option makes no sense.
        """
        self.model.check()
        for name, value in (("--n", self.samples), ("--concurrency", self.concurrency)):
            if value < 1:
                raise UsageError(f"{name} is 1 or more")


@dataclass(slots=True)
class Tally:
    """What a process has drawn."""

    drawn: int = 0
    truncated: int = 0
    tokens: int = 0
    failures: dict[str, str] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)
    last: float = field(default_factory=time.monotonic)

    def add(self, event: Event) -> None:
        from generator.drawing import Drawn

        self.last = time.monotonic()
        if isinstance(event, Drawn):
            self.drawn += 1
            self.truncated += event.generation.finish_reason == "length"
            self.tokens += event.generation.completion_tokens or 0
        else:
            self.failures[event.problem] = str(event.error)

    @property
    def elapsed_s(self) -> float:
        """Until the last event; never 0, since rates are divided by it."""
        return max(self.last - self.began, 1e-3)

    @property
    def note(self) -> str:
        """For a display."""
        parts = [f"{self.tokens / self.elapsed_s:,.0f} tokens/s"] if self.tokens else []
        parts += [f"{self.truncated:,} cut"] if self.truncated else []
        parts += [f"{len(self.failures):,} failed"] if self.failures else []
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Run:
    """
    All that drawing needs, open.

    Args:
        client: None where nothing is missing: no server is asked for, or started.
    """

    asked: Asked
    record: Record
    drawing: Drawing
    client: ModelClient | None

    @property
    def wanted(self) -> int:
        """Samples that there are to be of the problems that were chosen."""
        return sum(len(self.record.missing(task.problem)) for task in self.asked.tasks) + self.recorded

    @property
    def recorded(self) -> int:
        """Samples that there are of them."""
        return sum(self.record.drawn(task.problem) for task in self.asked.tasks)

    async def events(self) -> AsyncGenerator[Event, None]:
        from generator.drawing import draw

        if self.client is not None:
            async with aclosing(draw(self.asked.tasks, self.client, self.record, self.drawing)) as events:
                async for event in events:
                    yield event


def in_sentences(command: Callable[[], int]) -> int:
    """
    Run a command of the generator; what goes wrong with a server ends it with the status of a failure of ours.

    Raises:
        UsageError: what was typed, a file or a template is wrong.
    """
    from generator.errors import GeneratorError, LaunchFailed, ServerError

    try:
        return command()
    except (ServerError, LaunchFailed) as error:
        return complain(str(error), EXIT_JUDGE_FAILED)
    except GeneratorError as error:
        raise UsageError(str(error)) from error


def generate(options: GenerateOptions) -> int:
    """
    Draw what is missing.

    Raises:
        UsageError: what was typed makes no sense, or the run directory does not fit it.
    """
    options.check()
    return in_sentences(lambda: run_until_stopped(_generate(options)))


async def _generate(options: GenerateOptions) -> int:
    stage = Stage("generated", 0)
    with Stages(stage, quiet=options.json) as shown:
        async with opened(options, ask(options.asking), shown.say) as run:
            stage.start(run.wanted, run.recorded)
            tally = Tally()
            try:
                async with aclosing(run.events()) as events:
                    async for event in events:
                        tally.add(event)
                        stage.done, stage.note = tally.drawn, tally.note
                        shown.update()
            finally:
                run.record.write_failures(tally.failures)
    return conclude(options, run, tally)


@asynccontextmanager
async def opened(options: GenerateOptions, asked: Asked, tell: Callable[[str], None]) -> AsyncIterator[Run]:
    """
    Record, server and client of a run.

    Raises:
        UsageError: options or the run directory do not fit.
        GeneratorError: likewise, or the server cannot be used.
    """
    from generator.client import ModelClient
    from generator.drawing import Drawing
    from generator.model import Sampling, refuse_greedy_repetition

    sampling = Sampling(**options.sampling)
    refuse_greedy_repetition(sampling, options.samples)
    model = options.model.model or (options.model.serve.resolve().name if options.model.serve else None)
    async with AsyncExitStack() as stack:
        client = None
        if model is None:
            client = await stack.enter_async_context(ModelClient(_connection(options.model, None)))
            model = await _only_model(client)
        _make_directory(options, asked)
        record = stack.enter_context(_record(options, _terms(options, asked, model, sampling)))
        drawing = Drawing(model=model, sampling=sampling, seed=options.seed, concurrency=options.concurrency)
        if not any(record.missing(task.problem) for task in asked.tasks):
            yield Run(asked, record, drawing, None)
            return
        if client is None:
            url = await _started(options, model, stack, tell) if options.model.serve else None
            client = await stack.enter_async_context(ModelClient(_connection(options.model, url)))
        await _check_model(client, model, sampling)
        yield Run(asked, record, drawing, client)


def _connection(options: ModelOptions, url: str | None) -> Any:
    from generator.client import Connection

    return Connection(
        base_url=url or options.base_url or DEFAULT_URL,
        api_key=options.api_key,
        timeout_s=options.timeout_s,
        stream=options.stream,
    )


def _terms(options: GenerateOptions, asked: Asked, model: str, sampling: Sampling) -> Terms:
    from generator.record import Terms

    settings = {
        "benchmark": asked.benchmark.name,
        "options": dict(asked.options),
        "model": model,
        "mode": str(asked.mode),
        "prompt": asked.template.name,
        "lang": asked.lang,
        "shots": options.asking.shots,
        "cot": options.asking.cot,
        "prompts_sha256": asked.digest,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "max_tokens": sampling.max_tokens,
        "stop": list(sampling.stop),
        "extra": json.dumps(sampling.extra, sort_keys=True),
        "seed": options.seed,
    }
    return Terms(samples=options.samples, settings=settings)


def _make_directory(options: GenerateOptions, asked: Asked) -> None:
    """A run directory that says which benchmark it is of, so that it can be scored without saying it again."""
    from scorer.about import BenchmarkAbout
    from scorer.opening import directory

    run = directory(options.out)
    if run.about.benchmark is None:
        data = options.asking.data
        about = BenchmarkAbout(
            name=asked.benchmark.name,
            version=asked.benchmark.version,
            data=None if data is None else str(data),
            options=dict(asked.options),
            only=list(asked.only),
            warnings=list(asked.benchmark.warnings),
        )
        run.write_about(run.about.model_copy(update={"benchmark": about}))


def _record(options: GenerateOptions, terms: Terms) -> Record:
    from generator.record import Record

    return Record.resume(options.out, terms) if options.resume else Record.start(options.out, terms)


async def _only_model(client: ModelClient) -> str:
    models = await client.models()
    if len(models) == 1:
        return models[0].id
    known = ", ".join(model.id for model in models) or "none that it names"
    raise UsageError(f"--model has to be given: {client.base_url} has {known}")


async def _check_model(client: ModelClient, name: str, sampling: Sampling) -> None:
    from generator.errors import ModelMissing, RequestRefused

    try:
        models = {model.id: model for model in await client.models()}
    except (ModelMissing, RequestRefused):
        return  # a server need not list its models
    if models and name not in models:
        raise ModelMissing(f"{client.base_url} has no model '{name}'; it has {', '.join(sorted(models))}", name)
    context = models[name].context_tokens if models else None
    if context is not None and (sampling.max_tokens or 0) >= context:
        raise UsageError(
            f"--max-tokens {sampling.max_tokens} leaves no room for a prompt: the context of {name} is {context} tokens"
        )


async def _started(options: GenerateOptions, model: str, stack: AsyncExitStack, tell: Callable[[str], None]) -> str:
    from generator.launching import Launch, Vllm

    assert options.model.serve is not None
    python = options.model.vllm_python or Path(os.environ.get("ENNEAD_VLLM_PYTHON", sys.executable))
    log = options.out / VLLM_LOG
    tell(f"starting vLLM; its log is {printable_path(log)}")
    launch = Launch(model=options.model.serve, name=model, python=python, args=options.model.vllm_args, log=log)
    vllm = await stack.enter_async_context(Vllm(launch, tell))
    return vllm.base_url


def conclude(options: GenerateOptions, run: Run, tally: Tally) -> int:
    """Say what there is now; the exit status of `generate`."""
    if options.json:
        print(json.dumps(summary(options, run, tally), indent=2))
    else:
        say_what_is_there(options, run, tally)
    return EXIT_ACCEPTED if run.recorded == run.wanted else EXIT_NOT_ACCEPTED


def say_what_is_there(options: GenerateOptions, run: Run, tally: Tally) -> None:
    """The samples there are, and on standard error why some are not."""
    rate = f", {tally.tokens / tally.elapsed_s:,.0f} tokens/s" if tally.tokens else ""
    new = f"{tally.drawn:,} new in {clock(tally.elapsed_s)}{rate}"
    cut = f"; {tally.truncated:,} were cut at --max-tokens" if tally.truncated else ""
    print(f"{printable_path(options.out)}: {counted(run.recorded, 'sample')} ({new}){cut}")
    if missing := run.wanted - run.recorded:
        _complain_about(options, tally, missing)


def summary(options: GenerateOptions, run: Run, tally: Tally) -> dict[str, Any]:
    """What `--json` prints."""
    return {
        "run_directory": str(options.out),
        "model": run.drawing.model,
        "problems": len(run.asked.tasks),
        "samples": run.recorded,
        "missing": run.wanted - run.recorded,
        "drawn": tally.drawn,
        "truncated": tally.truncated,
        "completion_tokens": tally.tokens or None,
        "wall_s": round(tally.elapsed_s, 3),
        "failures": tally.failures,
    }


def _complain_about(options: GenerateOptions, tally: Tally, missing: int) -> None:
    print(f"exec-cli: {counted(missing, 'sample')} missing; --resume asks for them again", file=sys.stderr)
    for problem, error in list(tally.failures.items())[:_SHOWN_FAILURES]:
        print(f"  {printable(problem)}: {printable(error)}", file=sys.stderr)
    if len(tally.failures) > _SHOWN_FAILURES:
        more = len(tally.failures) - _SHOWN_FAILURES
        print(f"  and {more:,} more in {printable_path(options.out / 'failures.jsonl')}", file=sys.stderr)


def show_prompt(options: AskOptions, problem: str) -> int:
    """Print what a model is asked for one problem."""

    def command() -> int:
        asked = ask(replace(options, only=(problem,), limit=None))
        prompt = asked.tasks[0].prompt
        if isinstance(prompt, str):
            sys.stdout.write(prompt)
        else:
            print("\n\n".join(f"--- {message.role} ---\n{message.content}" for message in prompt))
        return EXIT_ACCEPTED

    return in_sentences(command)


def list_prompts(*, as_json: bool) -> int:
    """Print the templates that there are."""
    from generator.templates import shipped

    templates = shipped()
    if as_json:
        print(json.dumps([template.model_dump(include=_LISTED) for template in templates], indent=2))
        return EXIT_ACCEPTED
    width = max(len(template.name) for template in templates)
    for template in templates:
        wants = f" [{', '.join(template.langs)}]" if template.langs else ""
        print(f"{template.name:<{width}}  {template.summary}{wants}")
    return EXIT_ACCEPTED


_LISTED = {"name", "summary", "benchmarks", "default", "shots", "cot"}
