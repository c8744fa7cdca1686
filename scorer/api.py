"""
Scoring from Python, for notebooks and programs of one's own.

    run = scorer.score("samples.jsonl", "humaneval-x", data="humaneval_python.jsonl.gz")
    run.scores.overall.metrics["ac_at_all"].value
    run.frame("pandas")

The command line goes through the same functions.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from executor.backend import Sandbox
from executor.errors import UsageError
from executor.model import Limits
from scorer import registry
from scorer.benchmark import Benchmark
from scorer.errors import RunDirectoryError
from scorer.generations import Format
from scorer.judging import Changes
from scorer.model import Form, Judgement
from scorer.opening import Request
from scorer.places import Servers
from scorer.places import opened as place_opened
from scorer.run_directory import RunDirectory
from scorer.scores import DEFAULT_K, Scores
from scorer.scoring import Scoring, opened, recompute

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

T = TypeVar("T")
RUNS = Path("runs")
"""Where run directories are made when nobody says where."""
_STEM = re.compile(r"(\.(jsonl|json|ndjson|gz|txt))+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """
    What somebody wants scored, in their words; what is left open is found out.

    Args:
        generations: file, folder or run directory.
        benchmark: its name; None: the one that the run directory names.
        data, options: for its loader; None and empty: what the run directory says, else where data is looked for.
        out: the run directory; None: `generations` if it is one, else runs/<benchmark>-<name of the generations>.
        given, form: as in `scorer.opening.Request`.
        only, limits, allowances: when a run is resumed and they are not given, they are what they were.
        cold: compile and run by nothing prepared beforehand.
        share: judge what is the same program once.
    """

    generations: Path
    benchmark: str | Benchmark | None = None
    data: Path | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    out: Path | None = None
    given: Format | None = None
    form: Form | None = None
    only: tuple[str, ...] = ()
    limits: Mapping[str, int] = field(default_factory=dict)
    allowances: bool | None = None
    cold: bool = False
    share: bool = True
    resume: bool = False

    def request(self) -> Request:
        """
        The same with everything that was left open.

        Raises:
            UsageError: the benchmark cannot be loaded, or nobody says which one.
            RunDirectoryError: the run directory has a mistake.
        """
        before = self._before()
        was = before.about.benchmark if before else None
        name = self.benchmark or (was.name if was else None)
        if name is None:
            raise UsageError("which benchmark is it? Say it with --benchmark NAME")
        data, options = self.data, self.options
        if was is not None and name == was.name and before is not None:
            data = data or (Path(was.data) if was.data else None)
            options = options or was.options
        benchmark = registry.load(name, data, **options) if isinstance(name, str) else name
        limits, only, allowances = self.limits, self.only, self.allowances
        if self.resume and before is not None and before.has_verdicts:
            limits = limits or before.about.limits.asked
            only = only or tuple(was.only if was else ())
            allowances = before.about.limits.allowances if allowances is None else allowances
        return Request(
            generations=self.generations,
            benchmark=benchmark,
            out=self._out() or RUNS / f"{benchmark.name}-{_STEM.sub('', self.generations.resolve().name)}",
            data=data,
            options=options,
            given=self.given,
            form=self.form,
            only=only,
            changes=Changes(limits=limits, allowances=allowances, cold=self.cold),
            share=self.share,
            resume=self.resume,
        )

    def _out(self) -> Path | None:
        if self.out is None and RunDirectory.is_one(self.generations):
            return self.generations
        return self.out

    def _before(self) -> RunDirectory | None:
        """The run directory that is there already."""
        out = self._out()
        return RunDirectory.open(out) if out is not None and RunDirectory.is_one(out) else None


@dataclass(frozen=True, slots=True)
class ScoredRun:
    """
    A run directory with its scores.

    Args:
        judge_errors: samples that could not be judged; scoring again with `resume` tries them again.
    """

    run: RunDirectory
    scores: Scores

    @property
    def path(self) -> Path:
        return self.run.path

    @property
    def judge_errors(self) -> int:
        return self.scores.judge_errors

    def judgements(self) -> Iterator[Judgement]:
        """Those of all samples, one at a time."""
        return self.run.judgements()

    def frame(self, kind: Literal["pandas", "polars"] = "pandas") -> pd.DataFrame | pl.DataFrame:
        """
        One row for each sample; `scorer.frames` has the columns.

        Raises:
            FramesUnavailable: the package is not installed.
        """
        from scorer.frames import frame_of  # noqa: PLC0415  # packages that only frames need

        return frame_of(self.run, kind)


def score(  # noqa: PLR0913  # each is a word of the command line too
    generations: str | Path,
    benchmark: str | Benchmark | None = None,
    *,
    data: str | Path | None = None,
    out: str | Path | None = None,
    options: Mapping[str, str] | None = None,
    only: Sequence[str] = (),
    limits: Mapping[str, int] | None = None,
    allowances: bool | None = None,
    cold: bool = False,
    share: bool = True,
    form: Form | str | None = None,
    resume: bool = False,
    k: Sequence[int] = DEFAULT_K,
    slots: int | None = None,
    sandbox: Sandbox | None = None,
    servers: Servers | None = None,
    watch: Callable[[Judgement], None] | None = None,
) -> ScoredRun:
    """
    Score generations; the call returns when everything is judged. Works inside a running event loop too.

    Args:
        generations: file, folder or run directory; docs/scoring.md has the formats.
        benchmark: name of one that `exec-cli benchmarks list` shows, or one of your own.
        data: of the benchmark; None: where it is looked for.
        out: the run directory; None: runs/<benchmark>-<name of the generations>.
        options: of the benchmark.
        only: ids of problems; empty: all.
        limits: in place of the benchmark's, by the names of executor.model.Limits (`cpu_ns`, `memory_bytes` ...).
        allowances: give every language what its runtime allows it; None: as the benchmark says.
        cold: compile and run by nothing prepared beforehand: slower, the same verdicts.
        share: judge what is the same program once; False: every sample for itself.
        form: what the texts are: answer, completion or solution; None: as the format says.
        resume: go on with a run that is there.
        k: of pass@k.
        slots: programs at once; None: one for each usable core.
        sandbox: where they run; None: in native boxes.
        servers: who judges instead of this process.
        watch: called with every judgement, from the thread that judges.

    Raises:
        UsageError: it cannot be scored as asked; nothing was judged.
        EnneadError: the judge failed for good; what was judged is kept, and `resume` goes on.
    """
    asked = Asked(
        generations=Path(generations),
        benchmark=benchmark,
        data=None if data is None else Path(data),
        options=options or {},
        out=None if out is None else Path(out),
        form=None if form is None else Form(form),
        only=tuple(only),
        limits=_checked(limits or {}),
        allowances=allowances,
        cold=cold,
        share=share,
        resume=resume,
    )
    with opened(asked.request()) as scoring:
        _in_any_thread(judge_in(scoring, servers, slots, watch or (lambda _: None), sandbox))
        return ScoredRun(scoring.run, scoring.finish(k))


async def judge_in(
    scoring: Scoring,
    servers: Servers | None,
    slots: int | None,
    watch: Callable[[Judgement], None],
    sandbox: Sandbox | None = None,
) -> None:
    """
    Judge what an open run directory has left.

    Raises:
        RuntimeUnavailable: something that is needed is not installed; nothing was judged.
        EnneadError: the judge failed for good.
    """
    if scoring.judged == scoring.samples:
        return
    place = place_opened(servers, slots, scoring.runtimes, scoring.extras, sandbox, scoring.probes)
    async with place as found, aclosing(scoring.judge(found)) as judgements:
        async for judgement in judgements:
            watch(judgement)


def recomputed(run_directory: str | Path, k: Sequence[int] = DEFAULT_K) -> ScoredRun:
    """
    The scores of a run directory, computed again from its verdicts: no judge and no data are needed.

    Raises:
        RunDirectoryError: it is none, nothing in it was judged, or a file has a mistake.
    """
    run = RunDirectory.open(Path(run_directory))
    return ScoredRun(run, recompute(run, k))


def _checked(limits: Mapping[str, int]) -> Mapping[str, int]:
    known = {each.name for each in fields(Limits)}
    for name in limits:
        if name not in known:
            raise RunDirectoryError(f"there is no limit '{name}'; there are {', '.join(sorted(known))}")
    return limits


def _in_any_thread(work: Coroutine[Any, Any, T]) -> T:
    """
    Run a coroutine to its end, in a thread of its own where this one has an event loop running, as notebooks do.

    An interrupt ends it, and its clean-up is waited for.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    done: T = _Elsewhere(work).result()
    return done


class _Elsewhere:
    """A coroutine in an event loop of its own, in a thread of its own."""

    def __init__(self, work: Coroutine[Any, Any, Any]) -> None:
        self._work = work
        self._ready = threading.Event()
        self._outcome: list[Any] = []
        self._failure: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, name="scorer")
        self._thread.start()
        self._ready.wait()

    def result(self) -> Any:
        try:
            self._thread.join()
        except KeyboardInterrupt:
            self._loop.call_soon_threadsafe(self._task.cancel)
            self._thread.join()
            raise
        if self._failure:
            raise self._failure[0]
        return self._outcome[0]

    def _run(self) -> None:
        try:
            self._outcome.append(asyncio.run(self._watched()))
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001  # it is raised in the thread that asked
            self._failure.append(error)
        finally:
            self._ready.set()

    async def _watched(self) -> Any:
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.ensure_future(self._work)
        self._ready.set()
        return await self._task
