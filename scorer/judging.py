"""
Samples in, judgements out: prepared, judged once for each distinct program, a few at a time.

    samples --> prepare --> known digest? ---------------------------------------> shared judgement
                   |        in progress?  --> waits for the one that is judged --> shared judgement
                   |        settled?      ---------------------------------------> judgement
                   v        new           --> engine, up to three times if JE ---> judgement
              a few ahead

A fixed number of workers share this; what they have judged waits in a short queue, so a consumer that is slow slows the
judging. Of a sample that is done stay its key, and of each distinct program a digest with its result.

`prepare` is Python that may take milliseconds. It is called in a thread, a few samples or a few milliseconds at a time:
the engine's event loop gets its turns meanwhile, and none of its boxes waits for more than it takes to switch threads.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import sys
import time
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, fields, replace
from operator import attrgetter
from typing import Any, Protocol, TypeAlias

from executor.ahead import Ahead, first_failure
from executor.errors import EnneadError, UsageError
from executor.model import CaseFinished, Event, Job, Limits, Meter, TestCase
from scorer.benchmark import Benchmark
from scorer.model import Judgement, Prepared, Problem, Sample
from scorer.recording import Recording, graded, judged, settled, unjudged

_log = logging.getLogger(__name__)

ATTEMPTS = 3
"""How often a job is judged before JE is what becomes of it."""
_PAUSE_S = 0.2
_RESULTS_AHEAD = 64
_PROGRAMS_KEPT = 4096
"""Results of jobs of graded samples that are kept for others: those of a problem come one after another."""
_OUTPUT_KEPT = 16 * 1024
_MOST_WAITING = 64
_PREPARED_AT_ONCE, _PREPARED_NS = 32, 5_000_000


Samples: TypeAlias = Iterable[Sample] | AsyncIterable[Sample]
"""Read from a file, or as a model writes them."""


class Judge(Protocol):
    """Who judges: executor.engine.Engine, executor.client.Client."""

    def judge(self, job: Job) -> AsyncGenerator[Event, None]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """
    What is put in the place of what a benchmark says of its jobs.

    Args:
        limits: by the names of executor.model.Limits; those of single cases are changed too.
        allowances: None: as the benchmark says.
        cold: compile and run by nothing prepared beforehand; the verdicts are the same.
    """

    limits: Mapping[str, int] = field(default_factory=dict)
    allowances: bool | None = None
    cold: bool = False

    def apply(self, job: Job) -> Job:
        if self.allowances is not None:
            job = replace(job, allowances=self.allowances)
        if self.cold:
            job = replace(job, cold=True)
        if not self.limits:
            return job
        cases = tuple(self._changed(case) for case in job.cases)
        return replace(job, limits=replace(job.limits, **self.limits), cases=cases)

    def _changed(self, case: TestCase) -> TestCase:
        return case if case.limits is None else replace(case, limits=replace(case.limits, **self.limits))


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """
    How samples are judged.

    Args:
        at_once: samples in progress: a few more than there are slots, so that none of them waits.
        lapses: exceptions of the engine that say nothing about other jobs; such a job is JE.
        share: judge what is the same program once; False: every sample for itself.
    """

    at_once: int
    changes: Changes = Changes()
    lapses: tuple[type[EnneadError], ...] = ()
    share: bool = True


_Result = tuple[Any, ...]
"""What samples share that are the same program: the fields of Judgement that `_SHARED` names."""
_SHARED = "verdict passed total compiled score detail points parts left_out mode readings".split()
_result = attrgetter(*_SHARED)


class Known:
    """
    What has been judged, by this process or one before it.

    Attributes:
        keys: problem and number of the samples.
    """

    def __init__(self, judgements: Iterable[Judgement] = ()) -> None:
        self.keys: set[tuple[str, int]] = set()
        self._results: dict[bytes, _Result] = {}
        # Most results are among a few; each is kept once.
        self._same: dict[_Result, _Result] = {}
        for judgement in judgements:
            self.add(judgement)

    def add(self, judgement: Judgement) -> None:
        """Remember it; what failed to be judged is forgotten, so that it is judged again."""
        if judgement.failed_to_judge:
            return
        self.keys.add((sys.intern(judgement.problem), judgement.sample))
        found = _result(judgement)
        self._results.setdefault(_key(judgement.problem, judgement.digest), self._same.setdefault(found, found))

    def result(self, problem: str, digest: str) -> _Result | None:
        """What a program of a problem has got."""
        return self._results.get(_key(problem, digest))


@dataclass(slots=True)
class Observed:
    """
    What is seen while judging, for run.toml.

    Args:
        jobs: that the engine was given, attempts included.
        toolchains: version lines by runtime.
        meters: who measured.
        limits: least and most of each limit that jobs and cases had.
    """

    jobs: int = 0
    toolchains: dict[str, str] = field(default_factory=dict)
    meters: set[Meter] = field(default_factory=set)
    limits: dict[str, tuple[int, int]] = field(default_factory=dict)

    def see(self, job: Job) -> None:
        self.jobs += 1
        for limits in {job.limits, *(case.limits for case in job.cases if case.limits is not None)}:
            for each in fields(Limits):
                value = getattr(limits, each.name)
                if value is not None:
                    least, most = self.limits.get(each.name, (value, value))
                    self.limits[each.name] = min(least, value), max(most, value)


async def judge_all(
    benchmark: Benchmark,
    samples: Samples,
    engine: Judge,
    manner: Manner,
    known: Known | None = None,
    observed: Observed | None = None,
) -> AsyncGenerator[Judgement, None]:
    """
    Judge samples as they come; one judgement for each that is not known yet, in the order in which they are done.

    The judgement that others share comes before theirs. A sample that could not be judged is JE, and so are those
    that are the same program.

    Args:
        samples: of problems that the benchmark has; taken as they are needed, and judged as they come where they come
            one after another from an asynchronous source.
        known: what is judged already; is added to.
        observed: is added to.

    Raises:
        EnneadError: the engine can judge nothing more; what is in progress is lost.
    """
    run = _Run(benchmark, engine, manner, known or Known(), observed or Observed())
    results = _Results(_RESULTS_AHEAD)
    work = asyncio.create_task(run.work(samples, results))
    work.add_done_callback(results.end)
    try:
        while (judgement := await results.get()) is not None:
            yield judgement
        await work
    finally:
        work.cancel()
        await asyncio.wait({work})


_Results = Ahead[Judgement]
_Light = tuple[str, int, bool, Prepared]
"""What is needed of a sample whose program is judged for another one: no job, no text."""
_Pair = tuple[Sample, Prepared | str]
"""A sample, and what is judged of it or why that is not known."""


class _Supply:
    """Samples that are prepared, asked for by many workers."""

    def __init__(self, benchmark: Benchmark, samples: Samples, known: Known) -> None:
        self._benchmark = benchmark
        self._known = known
        self._source = samples if isinstance(samples, AsyncIterable) else None
        self._samples = iter(()) if isinstance(samples, AsyncIterable) else iter(samples)
        self._ready: deque[_Pair] = deque()
        self._turn = asyncio.Lock()

    async def next(self) -> _Pair | None:
        async with self._turn:
            if not self._ready and self._source is not None:
                await self._wait(aiter(self._source))
            if not self._ready:
                self._ready.extend(await asyncio.to_thread(self._some))
            return self._ready.popleft() if self._ready else None

    async def _wait(self, source: AsyncIterator[Sample]) -> None:
        """One sample, prepared: the next one may be long in coming."""
        async for sample in source:
            if self._is_new(sample):
                self._ready.append((sample, await asyncio.to_thread(self._prepared, sample)))
                return

    def _is_new(self, sample: Sample) -> bool:
        return (sample.problem, sample.index) not in self._known.keys

    def _some(self) -> list[_Pair]:
        pairs: list[_Pair] = []
        until = time.perf_counter_ns() + _PREPARED_NS
        for sample in filter(self._is_new, self._samples):
            pairs.append((sample, self._prepared(sample)))
            if len(pairs) == _PREPARED_AT_ONCE or time.perf_counter_ns() > until:
                break
        return pairs

    def _prepared(self, sample: Sample) -> Prepared | str:
        try:
            return self._benchmark.prepare(sample)
        # As in a judge's slot: a defect of ours, met by one answer among thousands, is JE of that sample, never a
        # verdict on it and never the end of the others.
        except Exception as error:  # noqa: BLE001  # see above; it is logged with the sample
            _log.exception("problem %s, sample %s: the program could not be found", sample.problem, sample.index)
            return f"the program could not be found in it: {type(error).__name__}: {error}"


class _Crew:
    """Workers of a run. For each that waits for another one's job there is one more, so that slots have work."""

    def __init__(self) -> None:
        self.workers = self.waiting = 0
        self.start: Callable[[], object] = lambda: None

    def hire(self) -> None:
        self.workers += 1
        self.start()

    async def wait(self, judged: asyncio.Future[Any], at_once: int) -> None:
        if judged.done():
            return
        self.waiting += 1
        try:
            if self.workers - self.waiting < at_once and self.waiting <= _MOST_WAITING:
                self.hire()
            await asyncio.wait({judged})
        finally:
            self.waiting -= 1


@dataclass(frozen=True, slots=True)
class _Run:
    benchmark: Benchmark
    engine: Judge
    manner: Manner
    known: Known
    observed: Observed
    waiting: dict[bytes, list[_Light]] = field(default_factory=dict)
    """Samples that are the same program as one that is judged now, by its digest."""
    programs: dict[str, asyncio.Future[Recording | None]] = field(default_factory=dict)
    """Jobs of graded samples that are judged now, or were; None: nothing that others could take."""
    crew: _Crew = field(default_factory=_Crew)

    async def work(self, samples: Samples, results: _Results) -> None:
        supply = _Supply(self.benchmark, samples, self.known)
        try:
            async with asyncio.TaskGroup() as group:
                self.crew.start = lambda: group.create_task(self._worker(supply, results))
                for _ in range(self.manner.at_once):
                    self.crew.hire()
        except BaseExceptionGroup as failures:
            raise first_failure(failures, EnneadError) from None

    async def _worker(self, supply: _Supply, results: _Results) -> None:
        try:
            while self.crew.workers - self.crew.waiting <= self.manner.at_once:
                if (pair := await supply.next()) is None:
                    break
                await self._sample(*pair, results)
        finally:
            self.crew.workers -= 1

    async def _sample(self, sample: Sample, prepared: Prepared | str, results: _Results) -> None:
        problem = self.benchmark.problems[sample.problem]
        if isinstance(prepared, str):
            await results.put(unjudged(sample, problem, prepared))
        elif not self.manner.share:
            await self._tell(await self._judgement(sample, prepared, problem), results)
        elif found := self.known.result(sample.problem, prepared.digest):
            await self._tell(_shared(_light(sample, prepared), found), results)
        elif (key := _key(sample.problem, prepared.digest)) in self.waiting:
            self.waiting[key].append(_light(sample, prepared))
        else:
            await self._judge(sample, prepared, problem, results)

    async def _tell(self, judgement: Judgement, results: _Results) -> None:
        self.known.add(judgement)
        await results.put(judgement)

    async def _judge(self, sample: Sample, prepared: Prepared, problem: Problem, results: _Results) -> None:
        key = _key(sample.problem, prepared.digest)
        self.waiting[key] = []
        judgement = await self._judgement(sample, prepared, problem)
        self.known.add(judgement)  # from here on samples that come find the result, and nobody joins those who wait
        waiting = self.waiting.pop(key)
        await results.put(judgement)
        for each in waiting:
            await self._tell(_shared(each, _result(judgement)), results)

    async def _judgement(self, sample: Sample, prepared: Prepared, problem: Problem) -> Judgement:
        if prepared.conclude is not None:
            return await self._graded(sample, prepared, problem)
        if prepared.job is None:
            return settled(sample, prepared, problem)
        return judged(sample, prepared, await self._recorded(prepared.job, f"{sample.problem}/{sample.index}"))

    async def _graded(self, sample: Sample, prepared: Prepared, problem: Problem) -> Judgement:
        assert prepared.conclude is not None, "whoever calls has looked"
        recordings = []
        for number, job in enumerate(prepared.jobs):
            name = f"{sample.problem}/{sample.index}/{number}"
            key = prepared.programs[number] if prepared.programs and self.manner.share else ""
            made = await self._once(job, name, f"{sample.problem} {key}" if key else "")
            if made.failed_to_judge:
                return unjudged(sample, problem, made.detail, prepared)
            recordings.append(made)
        try:
            conclusion = await asyncio.to_thread(prepared.conclude, [each.result() for each in recordings])
        # As in `_Supply`: other people's rules for other people's answers.
        except Exception as error:  # noqa: BLE001  # see above; it is logged with the sample
            _log.exception("problem %s, sample %s: it could not be graded", sample.problem, sample.index)
            return unjudged(sample, problem, f"it could not be graded: {type(error).__name__}: {error}", prepared)
        return graded(sample, prepared, problem, recordings, conclusion)

    async def _once(self, job: Job, name: str, key: str) -> Recording:
        """
        A job's events, or those of the same program that another sample had.

        Args:
            key: of the program; empty: it is judged for itself.
        """
        if (judged := self.programs.get(key)) is not None:
            # It may fail to be judged; who waited for it then judges for itself.
            await self.crew.wait(judged, self.manner.at_once)
            if (made := judged.result()) is not None:
                return made
        if not key:
            return await self._recorded(job, name, whole=True)
        future = self.programs[key] = asyncio.get_running_loop().create_future()
        try:
            made = await self._recorded(job, name, whole=True)
            if not made.failed_to_judge and made.output_bytes <= _OUTPUT_KEPT:
                future.set_result(made)
            return made
        finally:
            if not future.done():
                future.set_result(None)
                self.programs.pop(key, None)
            while len(self.programs) > _PROGRAMS_KEPT and next(iter(self.programs.values())).done():
                self.programs.pop(next(iter(self.programs)))

    async def _recorded(self, job: Job, name: str, *, whole: bool = False) -> Recording:
        """A job's events; of several attempts the last one's."""
        job = self.manner.changes.apply(replace(job, id=name))
        made = Recording(job, whole=whole)
        for attempt in range(ATTEMPTS):
            await asyncio.sleep(_PAUSE_S * attempt)
            self.observed.see(job)
            made = Recording(job, whole=whole)
            try:
                async with aclosing(self.engine.judge(job)) as events:
                    async for event in events:
                        made.add(event)
                        if isinstance(event, CaseFinished):
                            self.observed.meters.add(event.outcome.usage.meter)
            except UsageError as error:
                # Nothing that another attempt would change: the runtime that the sample wants is not there, say.
                made.fail(str(error))
                break
            except self.manner.lapses as error:
                made.fail(str(error))
                continue
            if made.toolchain:
                self.observed.toolchains.setdefault(job.submission.runtime, made.toolchain)
            if not made.failed_to_judge:
                break
        return made


def _light(sample: Sample, prepared: Prepared) -> _Light:
    return (
        sample.problem,
        sample.index,
        sample.truncated,
        replace(prepared, job=None, jobs=(), conclude=None, program=""),
    )


def _shared(light: _Light, found: _Result) -> Judgement:
    problem, index, truncated, prepared = light
    return Judgement(
        problem=problem,
        sample=index,
        digest=prepared.digest,
        method=prepared.method,
        language=prepared.language,
        notes=prepared.notes,
        truncated=truncated,
        shared=True,
        **dict(zip(_SHARED, found, strict=True)),
    )


def _key(problem: str, digest: str) -> bytes:
    return hashlib.blake2b(f"{problem}\0{digest}".encode("utf-8", "replace"), digest_size=16).digest()
