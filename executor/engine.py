"""
The engine: judges jobs in this process, each compiled once and run case by case in sandboxes.

    async with Engine() as engine:
        async for event in engine.judge(job):
            ...

Every job gets a task of its own, which owns slots and boxes; the generator that the caller iterates only hands
its events on. However the caller stops (the end, `aclose`, cancellation), the task is cancelled and awaited.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from executor.ahead import Ahead
from executor.artifacts import ArtifactStore
from executor.backend import Backend
from executor.build import Way
from executor.compiler import Compiler
from executor.config import EngineConfig, cache_directory, lasting_cache, usable_cores
from executor.containers import Image
from executor.containers import opened as containers_opened
from executor.errors import EngineClosed, RuntimeUnavailable, UsageError
from executor.fast import FastWay
from executor.judge import Judge
from executor.model import (
    CaseFinished,
    Checker,
    CheckerKind,
    Compiled,
    Event,
    File,
    Finished,
    Job,
    Meter,
    Queued,
    Submission,
    TestCase,
    Trial,
    TrialResult,
    Verdict,
)
from executor.plan import Plan, plan
from executor.prefix import PrefixWay
from executor.prepared import SHOWN, Entry, Store
from executor.preparing import NotMade, Recipe, Stores, make
from executor.resident import Residents
from executor.resident_rules import memory_for_residents
from executor.runtime import Runtime, Runtimes, SelfTest
from executor.scheduler import BoxFactory, QueueFull, Scheduler
from executor.shown import HOST
from executor.slots import Seat, Urgency
from executor.trial import run_trial
from executor.validation import check_files, check_job, check_readable, on_disk
from executor.versions import HELD_NOTES, ToolchainNotes, toolchain_identity

_log = logging.getLogger(__name__)

__all__ = ["Engine", "EngineConfig", "QueueFull"]

_EVENTS_AHEAD = 8
"""Events that a job may be ahead of its consumer; each may hold a whole output."""


class Engine:
    """
    Judges jobs with a fixed number of boxes. Use it as an asynchronous context manager.

    Args:
        config: None means all defaults.
        box_factory: starts the box of a slot; None means the boxes that the config names.

    Raises:
        RuntimeFileError: a runtime's file has a mistake.
        UsageError: fewer than one slot.
    """

    def __init__(self, config: EngineConfig | None = None, *, box_factory: BoxFactory | None = None) -> None:
        self._config = config or EngineConfig()
        self._box_factory = box_factory
        self._closing = AsyncExitStack()
        self._running: set[asyncio.Task[Any]] = set()
        self._opened: _Opened | None = None
        self._shown = HOST
        self._noted: dict[str, int] = {}
        self.runtimes = Runtimes.load(self._config.runtimes_dir, lasting_cache(self._config.cache_dir))
        self.slots = usable_cores() if self._config.slots is None else self._config.slots
        if self.slots < 1:
            raise UsageError(f"an engine needs at least one slot, not {self.slots}")

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            cache = stack.enter_context(cache_directory(self._config.cache_dir))
            stores = Stores.of(cache, self._config.prepared_bytes)
            available, open_box, image = await self._boxes(stack, stores)
            if image is not None:  # what one image compiled may not run in another, nor here
                cache = cache / "images" / image.id.replace(":", "-")
                self._shown = image.shown
            store = ArtifactStore(cache / "artifacts", self._config.cache_bytes)
            scheduler = Scheduler(open_box, self.slots, self._config.queue_limit, self._config.slots_per_client)
            stack.push_async_callback(scheduler.close)
            await scheduler.open()
            most = memory_for_residents() if self._config.resident_bytes is None else self._config.resident_bytes
            residents = Residents(open_box, self.slots, self.slots, most, store)
            stack.push_async_callback(residents.close)
            stack.push_async_callback(self._stop_jobs)
            self._closing = stack.pop_all()
            ways = () if image is not None else (residents, PrefixWay(stores), FastWay(stores))
            compiler = _compiler(store, cache / "versions", ways, image)
            self._opened = _Opened(available, compiler, scheduler, stores, ToolchainNotes(cache / HELD_NOTES))
        return self

    async def _boxes(
        self, stack: AsyncExitStack, stores: Stores
    ) -> tuple[dict[str, Runtime], BoxFactory, Image | None]:
        """The runtimes that are available, resolved, how boxes are started, and from which image if from one."""
        sandbox = self._config.sandbox
        if self._box_factory is None and sandbox.backend is Backend.DOCKER:
            containers = await stack.enter_async_context(containers_opened(sandbox.docker, self.runtimes))
            return dict(containers.image.runtimes), containers.open_box, containers.image
        _open_store(stores)
        available = {runtime.id: runtime for runtime in self.runtimes.available()}
        return available, self._box_factory or _native_boxes(available.values(), stores.own.directory), None

    def missing(self, runtime: Runtime) -> str | None:
        """None when boxes have a runtime's toolchain, else why not and what to do; of this machine until it is open."""
        return runtime.missing(self._shown)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened = None
        await self._closing.aclose()

    @property
    def boxes_losses(self) -> tuple[str, ...]:
        """What this environment cannot enforce or measure exactly, as sentences; empty when nothing is lost."""
        boxes = self._opened.scheduler.boxes if self._opened else ()
        return tuple(dict.fromkeys(loss for box in boxes for loss in box.losses))

    @property
    def queued(self) -> int:
        """Jobs that wait for a slot; those that have one are not counted."""
        return self._opened.scheduler.queued if self._opened else 0

    @property
    def busy(self) -> int:
        """Slots that jobs hold."""
        return self._opened.scheduler.busy if self._opened else 0

    @property
    def queue_limit(self) -> int:
        """Jobs of one client that may wait."""
        return self._config.queue_limit

    @property
    def meter(self) -> Meter:
        """Who measures memory and CPU time in the boxes."""
        return next((box.meter for box in self._parts().scheduler.boxes), Meter.POLLING)

    def version_of(self, runtime_id: str) -> str:
        """What a toolchain said of its version; empty if it is not available or has not been asked yet."""
        parts = self._parts()
        runtime = parts.runtimes.get(runtime_id)
        return parts.compiler.known_version(runtime) if runtime else ""

    async def judge(self, job: Job, client: str = "") -> AsyncGenerator[Event, None]:
        """
        Judge one job: Queued, Started, Compiled, one CaseFinished per case that was run, Finished.

        Clients that wait get slots by turns.

        A job whose box or judge fails ends with Finished(JE), not with an exception. When the generator is closed
        or its consumer cancelled, all that runs of the job is killed, and awaited, first.

        Raises:
            UsageError: the job cannot be judged as asked; nothing of it has begun.
            QueueFull: too many jobs of this client wait; nothing of it has begun.
            EngineClosed: the engine is not open, or was closed meanwhile.
        """
        planned = await self._plan(job)
        parts = self._parts()  # asked again: the engine may have been closed while files were looked at
        ticket = parts.scheduler.enter(client=client)
        events = Ahead[Event](_EVENTS_AHEAD)
        runner = asyncio.create_task(Judge(planned, parts.compiler, parts.scheduler, events.put).run(ticket.slot))
        self._running.add(runner)
        runner.add_done_callback(self._running.discard)
        runner.add_done_callback(events.end)
        try:
            yield Queued(job_id=job.id)
            while (event := await events.get()) is not None:
                yield event
            if runner.cancelled():
                raise EngineClosed(f"the engine was closed before the job {job.id} was judged")
            runner.result()
        finally:
            runner.cancel()
            await asyncio.wait({runner})
            ticket.leave()
            self._note_held(planned.runtime)

    def _note_held(self, runtime: Runtime) -> None:
        """Write down what interpreters of a runtime were found to hold while they wait, for whoever lists it."""
        if runtime.waiting is None or runtime.id in self._noted or (parts := self._opened) is None:
            return
        for box in parts.scheduler.boxes:
            if (held := box.held_bytes.get(runtime.id)) is not None:
                self._noted[runtime.id] = held
                with contextlib.suppress(OSError):  # the toolchain has just been removed
                    parts.held.write(toolchain_identity(runtime), str(held))
                return

    async def run(self, trial: Trial, client: str = "") -> TrialResult:
        """
        Run one program once. When the caller is cancelled, all that runs of it is killed, and awaited, first.

        Raises:
            UsageError, QueueFull, EngineClosed: as in `judge`.
        """
        job = Job(
            id=trial.id,
            submission=trial.submission,
            cases=(TestCase(name="trial", stdin=trial.stdin),),
            limits=trial.limits,
            compile_limits=trial.compile_limits,
            allowances=trial.allowances,
            cold=trial.cold,
        )
        check_files("work_files", trial.work_files, "work_files")
        planned = await self._plan(job)
        parts = self._parts()
        ticket = parts.scheduler.enter(client=client)
        runner = asyncio.create_task(run_trial(trial, planned, parts.compiler, parts.scheduler, ticket.slot))
        self._running.add(runner)
        runner.add_done_callback(self._running.discard)
        try:
            await asyncio.wait({runner})
            if runner.cancelled():
                raise EngineClosed(f"the engine was closed before the trial {trial.id} was over")
            return runner.result()
        finally:
            runner.cancel()
            await asyncio.wait({runner})
            ticket.leave()

    async def check_runtime(self, runtime_id: str) -> list[str]:
        """
        Judge a runtime's own `hello` and `broken` programs.

        Returns:
            What is wrong, as sentences; empty when the runtime works.

        Raises:
            UsageError: there is no such runtime, or it is not available here.
        """
        runtime = self.runtimes.get(runtime_id)
        problems = []
        for name, test in (("hello", runtime.hello), ("broken", runtime.broken)):
            verdict, detail = await self._self_test(runtime, test)
            if verdict is not test.verdict:
                problems.append(f"its {name} program is {verdict} instead of {test.verdict}{detail and f': {detail}'}")
        return problems

    @property
    def stores(self) -> Stores:
        """Where prepared assets are found."""
        return self._parts().stores

    async def prepare(self, recipe: Recipe, store: Store) -> Entry:
        """
        Make a prepared asset, unless somebody else has made it meanwhile.

        Args:
            recipe: of a runtime that is available here.
            store: what it goes to; open, and this process may write there.

        Raises:
            NotMade: it cannot be made; the message says why.
            BoxFailure: a box failed.
            OSError: it cannot be kept.
        """
        scheduler = self._parts().scheduler
        with store.making(recipe.key, wait=False) as mine:
            if not mine:
                raise NotMade("somebody else prepares it at the moment")
            if (found := store.find(recipe.key)) is not None and found.size_bytes:
                return found
            with Seat(scheduler, await scheduler.lease(Urgency.JOB)) as seat:
                slot = await seat.slot()
                slot.used = True
                files, depends = await make(recipe, slot.box)
            return await asyncio.to_thread(store.add, recipe.key, recipe.about, files, depends)

    async def _self_test(self, runtime: Runtime, test: SelfTest) -> tuple[Verdict, str]:
        # The nonce makes the sources new, so that the compiler is really asked.
        sources = {runtime.source: test.code, **test.files}
        files = (*(File(name, code.encode()) for name, code in sources.items()), File("nonce.txt", os.urandom(16)))
        expected = test.stdout.encode() if runtime.report is None else None
        job = Job(
            id=f"check-{runtime.id}",
            submission=Submission(files=files, runtime=runtime.id),
            cases=(TestCase(name="self-test", stdin=test.stdin.encode(), expected=expected),),
            checker=Checker(CheckerKind.EXACT),
        )
        verdict, details = Verdict.JE, []
        async for event in self.judge(job):
            if isinstance(event, Compiled) and event.verdict is not Verdict.AC:
                details.append(event.log.strip())
            elif isinstance(event, CaseFinished):
                details += [event.detail, event.outcome.stderr.decode("utf-8", "replace").strip()]
            elif isinstance(event, Finished):
                verdict = event.verdict
        return verdict, "; ".join(detail for detail in details if detail)

    def _parts(self) -> _Opened:
        if self._opened is None:
            raise EngineClosed("the engine is not open; use it in `async with Engine() as engine`")
        return self._opened

    async def _plan(self, job: Job) -> Plan:
        available = self._parts().runtimes
        check_job(job)
        if self._config.cold:
            job = replace(job, cold=True)
        runtime = self.runtimes.get(job.submission.runtime)
        if runtime.id not in available:
            raise RuntimeUnavailable(self.missing(runtime) or f"the runtime {runtime.id} was installed after the start")
        resolved = available[runtime.id]
        if resolved.assets is not None and not job.cold and self._shown is HOST:
            resolved = replace(resolved, prepared=await asyncio.to_thread(self._parts().stores.folder, resolved))
        arguments = (job, resolved)
        return await asyncio.to_thread(_look, *arguments) if on_disk(job) else _look(*arguments)

    async def _stop_jobs(self) -> None:
        for runner in self._running:
            runner.cancel()
        if self._running:
            await asyncio.wait(self._running)


@dataclass(frozen=True, slots=True)
class _Opened:
    """What an engine has between its opening and its closing; the runtimes are the available ones, resolved."""

    runtimes: Mapping[str, Runtime]
    compiler: Compiler
    scheduler: Scheduler
    stores: Stores
    held: ToolchainNotes


def _look(job: Job, runtime: Runtime) -> Plan:
    check_readable(job)
    return plan(job, runtime)


def _compiler(store: ArtifactStore, versions: Path, ways: Sequence[Way], image: Image | None) -> Compiler:
    if image is None:
        return Compiler(store, versions, ways)
    # Of an image no file can be looked at from here; what it holds never changes.
    return Compiler(store, versions, identify=lambda runtime: repr((image.id, runtime.id, runtime.version)))


def _open_store(stores: Stores) -> None:
    try:
        stores.own.open()
    except OSError as error:
        _log.warning("assets cannot be prepared in %s: %s", stores.own.directory, error)


def _native_boxes(runtimes: Iterable[Runtime], prepared: Path) -> BoxFactory:
    # Imported here: whoever brings boxes of another kind should not need what native ones need.
    from executor.sandbox.native import start_box  # noqa: PLC0415

    mounts = {Path(mount) for runtime in runtimes for mount in runtime.mounts}
    shown = {SHOWN: prepared} if prepared.is_dir() else {}
    return partial(start_box, mounts=tuple(sorted(mounts)), shown=shown)
