"""
`exec-cli evaluate`: generate, extract, judge and score as one pipeline.

    the model's server --> generations.jsonl --> a bounded queue --> judge --> verdicts.jsonl --> scores.json

A sample goes to the judge the moment it is recorded, so that a GPU and the judging cores are busy together. Whichever
side is slower makes the other one wait. What is on disk decides what is left to do: a run that was killed goes on with
the samples that are missing and those that are there and not judged.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cli.asking import Asked, ask
from cli.edge import EXIT_ACCEPTED, EXIT_JUDGE_FAILED, EXIT_NOT_ACCEPTED, complain, run_until_stopped
from cli.generating import GenerateOptions, Run, Tally, in_sentences, opened, say_what_is_there, summary
from cli.remote import ServerOptions, credentials
from cli.scoring import check_jobs
from cli.stages import Stage, Stages
from cli.text import counted, printable_path
from executor.backend import Sandbox
from executor.model import Verdict
from scorer import places, scoring
from scorer.api import Asked as ScoringAsked
from scorer.model import Judgement, Sample
from scorer.opening import Request, samples_of
from scorer.run_directory import REPORT, RunDirectory
from scorer.sample_line import sample_of
from scorer.scores import DEFAULT_K, Scores

if TYPE_CHECKING:
    from generator.errors import GeneratorError

_AHEAD = 512
"""Samples that wait for the judge beyond those that the generator holds itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluateOptions:
    """
    What was typed.

    Args:
        generate: as for `exec-cli generate`.
        limits, allowances: in place of the benchmark's.
        cold: compile and run by nothing prepared beforehand.
        jobs: programs at once in this process; None: one for each usable core.
        sandbox: where they run.
        server: who judges instead of this process.
        k: of pass@k.
    """

    generate: GenerateOptions
    limits: Mapping[str, int] = field(default_factory=dict)
    allowances: bool | None = None
    cold: bool = False
    jobs: int | None = None
    sandbox: Sandbox = field(default_factory=Sandbox)
    server: ServerOptions | None = None
    k: Sequence[int] = DEFAULT_K

    @property
    def out(self) -> Path:
        return self.generate.out

    def servers(self) -> places.Servers | None:
        if self.server is None:
            return None
        token, tls = credentials(self.server)
        return places.Servers(addresses=self.server.addresses, token=token, tls=tls)


@dataclass(slots=True)
class Outcome:
    """
    What a process has done.

    Args:
        failure: why no more samples can be drawn.
    """

    run: Run
    tally: Tally
    request: Request
    failure: GeneratorError | None = None
    scores: Scores | None = None


def evaluate(options: EvaluateOptions) -> int:
    """
    Draw and judge what is missing, and compute the scores.

    Raises:
        UsageError: what was typed makes no sense, or the run directory does not fit it.
        EnneadError: the judge failed for good; what was judged is kept.
    """
    options.generate.check()
    check_jobs(options.jobs, options.server)
    return in_sentences(lambda: _conclude(options, run_until_stopped(_evaluate(options))))


async def _evaluate(options: EvaluateOptions) -> Outcome:
    asked = ask(options.generate.asking)
    generated, judged = Stage("generated", 0), Stage("judged", 0)
    with Stages(generated, judged, quiet=options.generate.json) as shown:
        async with (
            _place(options, asked) as place,
            opened(options.generate, asked, shown.say) as run,
        ):
            generated.start(run.wanted, run.recorded)
            judged.start(run.wanted)
            pipeline = _Pipeline(run, _request(options, asked), shown)
            return await pipeline.flow(place, options.k)


def _place(options: EvaluateOptions, asked: Asked) -> AbstractAsyncContextManager[places.Place]:
    benchmark = asked.benchmark
    problems = [benchmark.problems[each] for each in dict.fromkeys(task.problem for task in asked.tasks)]
    runtimes = dict.fromkeys(each.runtime for each in problems if each.runtime)
    extras = dict.fromkeys([benchmark.name, *(name for each in problems for name in each.extras)])
    probes = benchmark.probes(each.id for each in problems)
    return places.opened(options.servers(), options.jobs, runtimes, extras, options.sandbox, probes)


def _request(options: EvaluateOptions, asked: Asked) -> Request:
    return ScoringAsked(
        generations=options.out,
        benchmark=asked.benchmark,
        data=options.generate.asking.data,
        options=asked.options,
        out=options.out,
        only=asked.only,
        limits=options.limits,
        allowances=options.allowances,
        cold=options.cold,
        resume=True,  # the record has decided already whether this run may be continued
    ).request()


class _Handover:
    """Samples on their way to the judge: so many at most. The end is told even where nobody takes them any more."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Sample | None] = asyncio.Queue()
        self._room = asyncio.Semaphore(_AHEAD)

    async def put(self, sample: Sample) -> None:
        await self._room.acquire()
        self._queue.put_nowait(sample)

    async def get(self) -> Sample | None:
        sample = await self._queue.get()
        self._room.release()
        return sample

    def end(self, _: object) -> None:
        self._queue.put_nowait(None)


class _Pipeline:
    """One run through all stages."""

    def __init__(self, run: Run, request: Request, shown: Stages) -> None:
        self._run = run
        self._request = request
        self._shown = shown
        self._generated, self._judged = shown.stages
        self._before = run.recorded
        self._handover = _Handover()
        self._verdicts: Counter[Verdict] = Counter()
        self._outcome = Outcome(run, Tally(), request)

    async def flow(self, place: places.Place, k: Sequence[int]) -> Outcome:
        drawing = asyncio.create_task(self._draw())
        drawing.add_done_callback(self._handover.end)
        try:
            # Scoring wants a directory with a sample in it.
            first = None if self._before else await self._handover.get()
            if first is not None or self._before:
                await self._judge(place, first)
                with scoring.opened(self._request) as all_of_it:
                    self._outcome.scores = all_of_it.finish(k)
            await drawing
        finally:
            drawing.cancel()
            await asyncio.wait({drawing})
        return self._outcome

    async def _draw(self) -> None:
        """Draw what is missing; a server that fails ends the drawing, not the judging of what has been drawn."""
        from generator.drawing import Drawn
        from generator.errors import GeneratorError

        tally = self._outcome.tally
        try:
            async with aclosing(self._run.events()) as events:
                async for event in events:
                    tally.add(event)
                    self._generated.done, self._generated.note = tally.drawn, tally.note
                    self._shown.update()
                    if isinstance(event, Drawn):
                        await self._handover.put(sample_of(event.line))
        except GeneratorError as error:
            self._outcome.failure = error
        finally:
            self._run.record.write_failures(tally.failures)

    async def _judge(self, place: places.Place, first: Sample | None) -> None:
        with scoring.opened(self._request) as session:
            self._judged.before = session.judged
            self._verdicts.update(session.verdicts)
            async with aclosing(session.judge(place, self._samples(first))) as judgements:
                async for judgement in judgements:
                    self._count(judgement)

    async def _samples(self, first: Sample | None) -> AsyncGenerator[Sample, None]:
        """What was there before, then what is drawn; the file may be read while it grows, so each is given once."""
        given: set[tuple[str, int]] = set()
        if first is not None:
            yield first
        elif self._before:
            for sample in samples_of(RunDirectory.open(self._request.out), self._request):
                given.add((sample.problem, sample.index))
                yield sample
        while (drawn := await self._handover.get()) is not None:
            if (drawn.problem, drawn.index) not in given:
                yield drawn

    def _count(self, judgement: Judgement) -> None:
        self._judged.done += 1
        self._verdicts[judgement.verdict] += 1
        self._judged.note = "  ".join(f"{each} {self._verdicts[each]:,}" for each in Verdict if self._verdicts[each])
        self._shown.update()


def _conclude(options: EvaluateOptions, outcome: Outcome) -> int:
    """Show what there is now; the exit status of `evaluate`."""
    if outcome.scores is not None:
        _write_report(options)
    if options.generate.json:
        scores = None if outcome.scores is None else json.loads(outcome.scores.to_json())
        print(json.dumps({**summary(options.generate, outcome.run, outcome.tally), "scores": scores}, indent=2))
    else:
        _show(options, outcome)
    return _status(outcome)


def _status(outcome: Outcome) -> int:
    if outcome.failure is not None:
        return complain(f"{outcome.failure}\nwhat was drawn is kept and judged; --resume goes on", EXIT_JUDGE_FAILED)
    if outcome.scores is not None and outcome.scores.judge_errors:
        failed = counted(outcome.scores.judge_errors, "sample")
        return complain(f"{failed} could not be judged\n--resume tries again", EXIT_JUDGE_FAILED)
    return EXIT_ACCEPTED if outcome.run.recorded == outcome.run.wanted else EXIT_NOT_ACCEPTED


def _show(options: EvaluateOptions, outcome: Outcome) -> None:
    from cli.scores import show_scores
    from cli.show import console

    if outcome.scores is not None:
        warnings = [*outcome.run.asked.benchmark.warnings, *outcome.scores.warnings]
        show_scores(outcome.scores, console(sys.stdout), warnings=warnings)
        print()
    say_what_is_there(options.generate, outcome.run, outcome.tally)
    if outcome.scores is not None:
        print(f"report: {printable_path(options.out / REPORT)}")


def _write_report(options: EvaluateOptions) -> None:
    from scorer.report.page import page_of
    from scorer.report.runs import report_of

    page = page_of(report_of((options.out,), k=options.k))
    RunDirectory.open(options.out).write_report(page.html)
