"""
Compilers that stay: a way to an artifact without the start of a compiler.

javac, tsc and mcs spend most of a short compilation on starting themselves. A resident compiler is a small server
around such a compiler, the `[resident]` of a runtime's file. It stands in a box of its own, which never runs a
submission, and is asked over a `Dialogue`: sources and arguments go in, files or "no" come out.

    absent --second compilation within a while--> starting --> busy <--> idle --nobody asks for a while--> absent
                                                     |           | it fails, or has answered enough
                                                     +-----------+--> absent

A job keeps its slot while it is served, so no more compiles and runs than there are slots, and there are never more
residents of a runtime than slots. What a request may meet (an error in the program, a time or memory limit, an answer
that is none, a crash) leads to None: the plain way decides. So the worst that a hostile source can do here is to make
its own compilation slow, and to have the resident replaced; see docs/security.md for what is left.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import fields, replace
from fnmatch import fnmatchcase
from itertools import count
from pathlib import Path
from typing import Any, Final

from executor.artifacts import Artifact, ArtifactStore, Built, Failure, artifact_key
from executor.build import Build, readable_log
from executor.errors import BoxFailure
from executor.exchange import HEAD, NONCE_BYTES, Answer, BadAnswer, read_answer, request
from executor.expressions import compiled
from executor.model import MIB, SECOND, File, Limits, Usage, Verdict
from executor.resident_rules import ResidentCompiler
from executor.runtime import ARTIFACT, WORK, Runtime
from executor.sandbox.box import Box, Dialogue, Place
from executor.sandbox.steps import to_the_end
from executor.versions import toolchain_identity

_log = logging.getLogger(__name__)

BoxFactory = Callable[[int], Awaitable[Box]]
"""As the scheduler's: starts a box with an index that no other box of this process has."""

_IDLE_S: Final = 120.0
"""A resident that nobody asked for so long goes; two compilations within this time make one worth its start."""
_RETRY_S: Final = 60.0
_MOST_FAILURES: Final = 3
_WALL_S: Final = 30.0
"""Of one request: it is over in a hundredth of that, on an idle machine."""
_LOOK_S: Final = 0.1
_MOST_REQUEST_BYTES: Final = 4 * MIB
_MOST_ANSWER_BYTES: Final = 32 * MIB
_MOST_TRAFFIC_BYTES: Final = 128 * MIB
_BACKSTOP_CPU_NS: Final = 24 * 3600 * SECOND
_BACKSTOP_WALL_NS: Final = 30 * 24 * 3600 * SECOND
"""Of a whole dialogue; each request is held to far less."""


class Residents:
    """
    The resident compilers of an engine; a `Way`.

    Args:
        open_box: starts their boxes.
        first_index: of these boxes; no other box has this or a higher one.
        per_runtime: how many of one runtime may stand.
        most_bytes: of their memory limits together.
        store: keeps the servers, once they are built.
    """

    def __init__(
        self, open_box: BoxFactory, first_index: int, per_runtime: int, most_bytes: int, store: ArtifactStore
    ) -> None:
        self._open_box = open_box
        self._indices = count(first_index)
        self._per_runtime = per_runtime
        self._most_bytes = most_bytes
        self._store = store
        self._asked: dict[str, float] = {}
        self._failures: dict[str, int] = {}
        self._not_before: dict[str, float] = {}
        self._idle: list[_Resident] = []
        self._standing: set[_Resident] = set()
        self._leaving: set[_Resident] = set()
        self._starting: list[Runtime] = []
        self._chores: set[asyncio.Task[None]] = set()
        self._closed = False

    @property
    def standing(self) -> int:
        """How many there are."""
        return len(self._standing)

    async def attempt(self, build: Build) -> Artifact | None:
        """As `Way.attempt`."""
        rules = build.runtime.resident
        if self._closed or rules is None or not build.box.converses or not _may_take(rules, build):
            return None
        resident = await self._take(build)
        if resident is None:
            return None
        try:
            answer = await resident.ask(build)
        except (EOFError, TimeoutError, BadAnswer, BoxFailure) as error:
            _log.info("a resident compiler of %s is replaced: %s", build.runtime.id, str(error) or "it took too long")
            self._note_failure(build.runtime)
            await to_the_end(self._dismiss(resident))
            return None
        except BaseException:  # the job was cancelled: what is under way is nobody's any more
            await to_the_end(self._dismiss(resident))
            raise
        self._failures.pop(build.runtime.id, None)
        self._put_back(resident)
        return None if answer is None else _artifact(build, answer)

    async def _take(self, build: Build) -> _Resident | None:
        """One that is idle, or a new one where that is worth it and there is room."""
        runtime, now = build.runtime, time.monotonic()
        for resident in [each for each in reversed(self._idle) if each.runtime.id == runtime.id]:
            self._idle.remove(resident)
            if resident.runtime is runtime and resident.version == build.version:
                resident.wake()
                return resident
            self._begin(self._dismiss(resident))  # of a toolchain that has been replaced since
        before, self._asked[runtime.id] = self._asked.get(runtime.id), now
        soon = before is not None and now - before < _IDLE_S
        if not soon or now < self._not_before.get(runtime.id, 0.0) or not await self._make_room(runtime):
            return None
        return await self._start(build)

    async def _make_room(self, runtime: Runtime) -> bool:
        """Whether one more of this runtime may stand; idle ones of others go for it."""
        assert runtime.resident is not None
        while sum(each.id == runtime.id for each in self._runtimes()) < self._per_runtime and not self._closed:
            if self._bytes() + runtime.resident.memory_bytes <= self._most_bytes:
                return True
            others = [resident for resident in self._idle if resident.runtime.id != runtime.id]
            if not others:
                return False
            self._idle.remove(others[0])
            await to_the_end(self._dismiss(others[0]))
        return False

    def _runtimes(self) -> tuple[Runtime, ...]:
        """Of all that stand, or are about to."""
        return (*(resident.runtime for resident in self._standing), *self._starting)

    def _bytes(self) -> int:
        runtimes = (*self._runtimes(), *(resident.runtime for resident in self._leaving))
        return sum(each.resident.memory_bytes for each in runtimes if each.resident is not None)

    async def _start(self, build: Build) -> _Resident | None:
        runtime = build.runtime
        self._starting.append(runtime)
        try:
            box = await self._open_box(next(self._indices))
            resident = _Resident(runtime, build.version, box)
            self._standing.add(resident)
        except BoxFailure as error:
            self._give_up(runtime, error)
            return None
        finally:
            self._starting.remove(runtime)
        try:
            server = await self._server(build, box)
            if isinstance(server, Failure):
                raise BoxFailure(f"its server cannot be built: {server.log}")
            await resident.start(server.files)
        except BoxFailure as error:
            self._give_up(runtime, error)
            await to_the_end(self._dismiss(resident))
            return None
        except BaseException:
            await to_the_end(self._dismiss(resident))
            raise
        return resident

    async def _server(self, build: Build, box: Box) -> Built:
        """The program around the compiler, built once per toolchain, in the box that is to run it."""
        runtime = build.runtime
        rules = runtime.resident
        assert rules is not None
        files = [File(name, text.encode()) for name, text in sorted(rules.files.items())]
        context = ("resident", runtime.id, build.version or toolchain_identity(runtime), repr(rules.steps))
        built, _ = await self._store.get_or_build(artifact_key(files, context), lambda: _build(runtime, files, box))
        return built

    def _put_back(self, resident: _Resident) -> None:
        if self._closed or resident.is_worn_out:
            self._begin(self._dismiss(resident))
            return
        self._idle.append(resident)
        resident.rest(lambda: self._retire(resident))

    def _retire(self, resident: _Resident) -> None:
        if resident in self._idle:
            self._idle.remove(resident)
            self._begin(self._dismiss(resident))

    def _begin(self, chore: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(chore)
        self._chores.add(task)
        task.add_done_callback(self._chores.discard)

    async def _dismiss(self, resident: _Resident) -> None:
        """Its memory counts until nothing of it is left."""
        self._standing.discard(resident)
        self._leaving.add(resident)
        try:
            await resident.close()
        finally:
            self._leaving.discard(resident)

    def _note_failure(self, runtime: Runtime) -> None:
        failures = self._failures[runtime.id] = self._failures.get(runtime.id, 0) + 1
        if failures >= _MOST_FAILURES:
            self._give_up(runtime, BoxFailure(f"{failures} of them failed one after another"))

    def _give_up(self, runtime: Runtime, error: BoxFailure) -> None:
        _log.warning("%s is compiled without a resident compiler for a while: %s", runtime.id, error)
        self._not_before[runtime.id] = time.monotonic() + _RETRY_S
        self._failures.pop(runtime.id, None)

    async def close(self) -> None:
        """End all of them. No attempt is under way any more."""
        self._closed = True
        self._idle.clear()
        for resident in list(self._standing):
            self._begin(self._dismiss(resident))
        while self._chores:
            await asyncio.wait(self._chores)


class _Resident:
    """
    One resident compiler.

    Args:
        runtime: has one.
        version: of the toolchain; what it makes is for compilations by this one alone.
        box: its own, fresh.
    """

    def __init__(self, runtime: Runtime, version: str, box: Box) -> None:
        assert runtime.resident is not None
        self.runtime = runtime
        self.version = version
        self._rules: ResidentCompiler = runtime.resident
        self._box = box
        self._dialogue: Dialogue | None = None
        self._answered = 0
        self._traffic_bytes = 0
        self._bedtime: asyncio.TimerHandle | None = None

    async def start(self, server: tuple[File, ...]) -> None:
        """
        Raises:
            BoxFailure: it cannot be started.
        """
        await self._box.reset()
        await self._box.load(server, Place.ARTIFACT)
        limits = replace(
            self.runtime.compile_limits,
            cpu_ns=_BACKSTOP_CPU_NS,
            wall_ns=_BACKSTOP_WALL_NS,
            memory_bytes=self._rules.memory_bytes,
            output_bytes=MIB,
        )
        self._dialogue = await self._box.converse(
            self.runtime.resident_command(self._rules.command, ARTIFACT, limits), limits
        )

    @property
    def is_worn_out(self) -> bool:
        return self._answered >= self._rules.jobs or self._traffic_bytes >= _MOST_TRAFFIC_BYTES

    def rest(self, retire: Callable[[], None]) -> None:
        self._bedtime = asyncio.get_running_loop().call_later(_IDLE_S, retire)

    def wake(self) -> None:
        if self._bedtime is not None:
            self._bedtime.cancel()
            self._bedtime = None

    async def ask(self, build: Build) -> Answer | None:
        """
        The answer to one compilation; None: no.

        Raises:
            EOFError, TimeoutError, BadAnswer, BoxFailure: it is of no use any more.
        """
        dialogue = self._dialogue
        assert dialogue is not None
        began, before = time.monotonic_ns(), dialogue.cpu_ns
        if before is None:
            raise BoxFailure("nobody can tell what it spends")
        try:
            return await self._watched(self._exchange(dialogue, build), dialogue, before)
        finally:
            spent = (dialogue.cpu_ns or before) - before
            wall_ns = time.monotonic_ns() - began
            build.usages.append(Usage(cpu_ns=spent, wall_ns=wall_ns, meter=self._box.meter))

    async def _watched(
        self, step: Coroutine[Any, Any, Answer | None], dialogue: Dialogue, before: int
    ) -> Answer | None:
        """The step's result, unless it takes more CPU or wall time than a request may."""
        deadline = time.monotonic() + _WALL_S
        task = asyncio.ensure_future(step)
        try:
            while not task.done():
                await asyncio.wait({task}, timeout=_LOOK_S)
                spent = (dialogue.cpu_ns or before) - before
                if not task.done() and (spent > self._rules.cpu_ns or time.monotonic() > deadline):
                    raise TimeoutError
            return task.result()
        finally:
            task.cancel()
            await asyncio.wait({task})

    async def _exchange(self, dialogue: Dialogue, build: Build) -> Answer | None:
        nonce = secrets.token_bytes(NONCE_BYTES)
        arguments = self.runtime.resident_arguments(self._rules.arguments, build.layout, build.limits)
        question = request(nonce, arguments, build.layout.sources, build.sources)
        await dialogue.say(question)
        (size,) = HEAD.unpack(await dialogue.hear(HEAD.size))
        if size > min(_MOST_ANSWER_BYTES, build.limits.file_size_bytes):
            raise BadAnswer(f"it has {size} bytes")
        answer = read_answer(await dialogue.hear(size), nonce)
        self._answered += 1
        self._traffic_bytes += len(question) + size
        return answer

    async def close(self) -> None:
        self.wake()
        await self._box.close()


def _may_take(rules: ResidentCompiler, build: Build) -> bool:
    """
    Whether what would be asked is of the known kind. Limits below the runtime's own are held by the plain way alone:
    a compiler that has started long ago would succeed where the other is over its limit.
    """
    least = build.runtime.compile_limits
    return (
        _covers(build.limits, least)
        and all(any(compiled(rule).fullmatch(flag) for rule in rules.flags) for flag in build.layout.flags)
        and not any(fnmatchcase(file.name, pattern) for file in build.sources for pattern in rules.refuse)
        and sum(len(file.content) for file in build.sources if isinstance(file.content, bytes)) <= _MOST_REQUEST_BYTES
    )


def _covers(limits: Limits, least: Limits) -> bool:
    if limits == least:
        return True
    names = {field.name for field in fields(Limits)} - {"wall_ns", "stack_bytes"}
    return (
        all(getattr(limits, name) >= getattr(least, name) for name in names)
        and limits.effective_wall_ns >= least.effective_wall_ns
        and limits.effective_stack_bytes >= least.effective_stack_bytes
    )


def _artifact(build: Build, answer: Answer) -> Artifact | None:
    """What `Box.collect` would find in /work after the plain way: the submission's files and the compiler's."""
    work = {file.name: file for file in (*build.sources, *answer.files)}
    patterns = build.runtime.kept(build.layout)
    kept = [name for name in sorted(work) if any(fnmatchcase(name, pattern) for pattern in patterns)]
    if not answer.files or not kept:
        return None
    return Artifact(tuple(work[name] for name in kept), readable_log(answer.log))


async def _build(runtime: Runtime, files: list[File], box: Box) -> Built:
    assert runtime.resident is not None
    if not runtime.resident.steps:
        return Artifact(tuple(files))
    await box.load(files, Place.WORK)
    for step in runtime.resident.steps:
        command = runtime.resident_command(step, WORK, runtime.compile_limits)
        outcome = await box.run(command, runtime.compile_limits, keep_work=True)
        if outcome.exit_code != 0 or outcome.exceeded:
            said = (outcome.stdout + outcome.stderr).decode("utf-8", "replace")
            return Failure(Verdict.CE, f"{Path(command.argv[0]).name}: {outcome.detail or said[:2000]}")
    return Artifact(await box.collect(["*"], runtime.compile_limits.file_size_bytes))
