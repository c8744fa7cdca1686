"""The engine's side of a box on the Docker Engine: a warm container, asked over the stream to its supervisor."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from executor.backend import DockerSettings
from executor.errors import BoxFailure
from executor.model import MIB, SECOND, Command, Content, File, Limits, Meter, Outcome
from executor.sandbox.asking import ask
from executor.sandbox.box import Box, Place
from executor.sandbox.cgroup import Spent
from executor.sandbox.content import check_name
from executor.sandbox.conversation import Refused, fail_future
from executor.sandbox.docker.accounting import Accounting, ThroughCgroup, ThroughEngine, open_cgroup
from executor.sandbox.docker.boot import sources
from executor.sandbox.docker.channel import Channel
from executor.sandbox.docker.daemon import Daemon
from executor.sandbox.docker.framing import Ask, Tell
from executor.sandbox.docker.report import Output, Told
from executor.sandbox.messages import MESSAGE_BYTES, How
from executor.sandbox.outcome import lost_outcome, not_started, outcome_of
from executor.sandbox.seccomp import build_filter
from executor.sandbox.steps import to_the_end

_START_TIMEOUT_S: Final = 60.0
_ANSWER_TIMEOUT_S: Final = 60.0
_WATCHDOG_NS: Final = 5 * SECOND
_OWN_LOSSES: Final = (
    "Docker: programs can read the image's files, some figures of the host such as its load, and their own cgroup",
    "Docker: programs of all boxes share one user id outside, unless the engine maps user ids",
)


@dataclass(frozen=True, slots=True)
class ContainerConfig:
    """
    Args:
        writable_bytes, writable_inodes: bounds of each of /work, /tmp, /dev/shm and /artifact.
    """

    writable_bytes: int = 1024 * MIB
    writable_inodes: int = 65_536


async def start_docker_box(settings: DockerSettings, config: ContainerConfig | None = None) -> DockerBox:
    """
    Start a box on a Docker Engine.

    Raises:
        UsageError: the engine cannot be reached, or lacks the image or the OCI runtime.
        BoxFailure: a container cannot be started; the message names the step that failed.
    """
    daemon = await asyncio.to_thread(Daemon, settings)
    box = DockerBox(daemon, settings, config or ContainerConfig())
    try:
        await box.boot()
    except BaseException:
        await box.close()
        raise
    return box


class DockerBox(Box):
    """One warm container; see the package's theory of operation. Made by `start_docker_box`."""

    def __init__(self, daemon: Daemon, settings: DockerSettings, config: ContainerConfig) -> None:
        self._daemon = daemon
        self._settings = settings
        self._config = config
        self._loop = asyncio.get_running_loop()
        self.pid: int | None = None
        """The first process of the container, on the machine of the Docker Engine."""
        self._container: str | None = None
        self._channel: Channel | None = None
        self._accounting: Accounting | None = None
        self._broken = "the box has not been started"
        self._closed = False
        self._answer: asyncio.Future[dict[str, Any]] | None = None
        self._report: asyncio.Future[Told | None] | None = None
        self._collected: list[File] = []
        self._partial: bytearray = bytearray()
        self._output = Output()
        self._run_number = 0
        self._held_bytes = -1
        self._dirty = self._artifact_is_loaded = self._stdin_is_loaded = False
        self._pristine = True
        self._last_spent = Spent(0, None, None, out_of_memory=False, forks_refused=False)
        self._meter = Meter.POLLING

    async def boot(self) -> None:
        """Start the container, in the place of the last one if there was one."""
        await to_the_end(self._boot())

    async def _boot(self) -> None:
        await self._bury()
        daemon, config = self._daemon, self._config
        self._container = await asyncio.to_thread(daemon.create, config.writable_bytes, config.writable_inodes)
        sock = await asyncio.to_thread(daemon.attach, self._container)
        self._channel = Channel(sock, self._on_frame, self._on_lost)
        self.pid = pid = await asyncio.to_thread(daemon.start, self._container)
        self._broken = ""
        try:
            await self._channel.send_raw(sources())
            told = await self._ask(Ask.BEGIN, {}, build_filter(), _START_TIMEOUT_S)
        except (OSError, BoxFailure) as error:
            raise self._fail(f"a container's supervisor did not start: {error}") from error
        self._meter = Meter(told.get("meter", Meter.POLLING))
        self._accounting = self._account(pid)
        self._dirty = self._artifact_is_loaded = self._stdin_is_loaded = False
        self._pristine = True

    def _account(self, pid: int) -> Accounting:
        container = self._container
        assert container is not None
        cgroup = open_cgroup(pid, container) if self._settings.own_cgroups else None
        if cgroup is not None and self._meter is not Meter.POLLING:
            return ThroughCgroup(cgroup)

        async def move(memory_bytes: int, processes: int) -> None:
            await asyncio.to_thread(self._daemon.move_limits, container, memory_bytes, processes)

        return ThroughEngine(self._meter, move, self._daemon.memory_bytes)

    @property
    def meter(self) -> Meter:
        return self._meter

    @property
    def losses(self) -> tuple[str, ...]:
        return (*_OWN_LOSSES, *(self._accounting.losses if self._accounting else ()))

    @property
    def container(self) -> str | None:
        """The id of the present container, while there is one."""
        return self._container

    async def reset(self) -> None:
        if self._closed:
            raise BoxFailure("the box is closed")
        if self._broken:
            await self.boot()
        elif not self._pristine:
            self._make_way()
            await self._asked(Ask.RESET, {})
            self._dirty = self._artifact_is_loaded = self._stdin_is_loaded = False
            self._pristine = True

    async def sweep(self) -> None:
        self._check()
        self._dirty = self._dirty or not self._pristine  # whoever comes next wipes

    async def load(self, files: Sequence[File], place: Place) -> None:
        for file in files:
            check_name(file.name)
        if place is Place.ARTIFACT and self._artifact_is_loaded:
            raise BoxFailure("the artifact of this job is loaded already")
        self._pristine = False
        await self._wipe_if_dirty()
        await self._relax(sum(_size(file.content) for file in files))
        await to_the_end(self._load(files, place))
        self._artifact_is_loaded |= place is Place.ARTIFACT

    async def _load(self, files: Sequence[File], place: Place) -> None:
        failure: OSError | None = None
        try:
            for file in files:
                head = {"place": place.value, "name": file.name, "executable": file.executable}
                await self._send(Ask.FILE, head, file.content)
        except OSError as error:  # one of ours that cannot be read: the container still waits for the end
            failure = error
        await self._ask(Ask.LOADED, {})
        if failure is not None:
            raise BoxFailure(f"a file cannot be loaded: {failure}") from failure

    async def run(self, command: Command, limits: Limits, *, keep_work: bool = False) -> Outcome:
        head = self._head(command, limits)
        await self._make_ready(command, limits)
        self._output, self._report = Output(), self._loop.create_future()
        self._pristine = self._stdin_is_loaded = False
        began = time.monotonic_ns()
        told = await self._finished(head, limits)
        if told is None:
            return self._lost(limits, time.monotonic_ns() - began)
        spent, self._held_bytes = self._counted(told), told.held_bytes
        self._dirty = told.dirty and not keep_work
        self._output.total, self._output.over = told.output_bytes, told.output_bytes > limits.output_bytes
        outcome = outcome_of(limits, told.report(), spent, self._output, self._meter)
        if keep_work:
            await self._relax(0)  # what was kept belongs to the box from now on
        if told.how == How.NOT_STARTED:
            return not_started(command, told.code, outcome)
        return outcome

    def _head(self, command: Command, limits: Limits) -> dict[str, Any]:
        size = sum(
            len(word.encode(errors="surrogateescape")) for word in (*command.argv, *command.env, *command.env.values())
        )
        if size > MESSAGE_BYTES:
            raise ValueError(f"argv and environment are over {MESSAGE_BYTES} bytes together")
        self._run_number += 1
        asked = ask(limits, polled=self._meter is Meter.POLLING)
        return {
            "id": self._run_number,
            "argv": command.argv,
            "env": dict(command.env),
            "rlimits": asked.rlimits,
            "cpu_ns": asked.cpu_ns,
            "wall_ns": asked.wall_ns,
            "memory_bytes": asked.memory_bytes,
            "output_bytes": limits.output_bytes,
        }

    async def _make_ready(self, command: Command, limits: Limits) -> None:
        """Empty directories, the input in its place, and limits around the container."""
        await self._wipe_if_dirty()
        if command.stdin or self._stdin_is_loaded:
            await self._relax(_size(command.stdin))
            self._pristine, self._stdin_is_loaded = False, True
            try:
                await self._asked(Ask.STDIN, {}, command.stdin)
            except OSError as error:
                raise BoxFailure(f"the input cannot be read: {error}") from error
        self._check()
        await to_the_end(self._begin(limits))

    async def _begin(self, limits: Limits) -> None:
        assert self._accounting is not None
        try:
            await self._accounting.begin(limits, self._held_bytes)
        except OSError as error:
            raise self._fail(f"the limits of a run could not be set: {error}") from error

    async def _relax(self, more_bytes: int) -> None:
        self._check()
        assert self._accounting is not None
        await to_the_end(self._accounting.relax(more_bytes))

    def _counted(self, told: Told) -> Spent:
        assert self._accounting is not None
        try:
            return self._accounting.end(told)
        except OSError as error:
            raise self._fail(f"what a run spent could not be read: {error}") from error

    async def _finished(self, head: dict[str, Any], limits: Limits) -> Told | None:
        """What the supervisor says; None when it was lost. A cancelled caller leaves nothing running."""
        report = self._report
        assert report is not None
        patience = (limits.effective_wall_ns + _WATCHDOG_NS) / SECOND
        watchdog = self._loop.call_later(patience, self._fail, "the supervisor of a run did not answer in time")
        try:
            await to_the_end(self._send_run(head))
            return await asyncio.shield(report)
        except asyncio.CancelledError:
            self._dirty = True
            if not report.done():
                await to_the_end(self._end_cancelled(report))
            raise
        finally:
            watchdog.cancel()
            self._report = None
            if self._broken and self._container is not None:
                await to_the_end(self._end_broken(self._container))

    async def _end_broken(self, container: str) -> None:
        """Ask at once what its cgroup saw, which is gone in a moment, as the container is."""
        spent = Spent(0, None, None, out_of_memory=False, forks_refused=False)
        with contextlib.suppress(OSError):
            spent = self._accounting.end(None) if self._accounting else spent
        short = spent.out_of_memory or await asyncio.to_thread(self._daemon.was_short_of_memory, container)
        self._last_spent = replace(spent, out_of_memory=short)
        await self._bury()

    async def _send_run(self, head: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):  # a container that is gone: whoever reads it says so
            await self._send(Ask.RUN, head)

    async def _end_cancelled(self, report: asyncio.Future[Told | None]) -> None:
        """Kill the run that nobody waits for any more, and wait until it is over."""
        with contextlib.suppress(OSError):
            await self._send(Ask.KILL, {"id": self._run_number})
        await asyncio.wait({report}, timeout=_WATCHDOG_NS / SECOND)
        if not report.done() or report.exception() is not None:
            self._fail("a cancelled run could not be ended")

    def _lost(self, limits: Limits, wall_ns: int) -> Outcome:
        """The container ended during a run: what the engine knows of it. A reset will start another one."""
        outcome = lost_outcome(limits, self._last_spent, self._output, self._meter, wall_ns)
        return outcome if outcome.exceeded else replace(outcome, detail=f"the container ended: {self._broken}")

    async def collect(self, patterns: Sequence[str], max_bytes: int) -> tuple[File, ...]:
        self._collected, self._partial = [], bytearray()
        try:
            await self._asked(Ask.COLLECT, {"patterns": list(patterns), "max_bytes": max_bytes})
        except Refused as refused:
            raise ValueError(str(refused)) from refused
        return tuple(sorted(self._collected, key=lambda file: file.name))

    async def look(self, questions: dict[str, Any]) -> dict[str, Any]:
        """What the image has; questions as in Ask.LOOK."""
        return await self._ask(Ask.LOOK, questions)

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._fail("the box is closed")
        await asyncio.shield(asyncio.ensure_future(self._bury_for_good()))

    async def _bury_for_good(self) -> None:
        await self._bury()
        await asyncio.to_thread(self._daemon.close)

    async def _bury(self) -> None:
        """Remove the container, and what belongs to it here."""
        container, channel, accounting = self._container, self._channel, self._accounting
        self._container = self._channel = self._accounting = None
        if container is not None:
            await asyncio.to_thread(self._daemon.remove, container)
        if channel is not None:
            await channel.close()
        if accounting is not None:
            accounting.close()

    async def _wipe_if_dirty(self) -> None:
        if self._dirty:
            self._make_way()
            await self._asked(Ask.WIPE, {})
            self._dirty = False

    def _make_way(self) -> None:
        """Lift the limits of the last run: who wipes ten thousand files holds their names."""
        self._check()
        assert self._accounting is not None
        try:
            self._accounting.relax_for_wiping()
        except OSError as error:
            raise self._fail(f"the limits of a container could not be lifted: {error}") from error

    async def _asked(self, kind: Ask, head: dict[str, Any], body: Content = b"") -> None:
        """A question that must not be left half-way."""

        async def step() -> None:
            await self._ask(kind, head, body)

        await to_the_end(step())

    async def _ask(
        self, kind: Ask, head: dict[str, Any], body: Content = b"", timeout_s: float = _ANSWER_TIMEOUT_S
    ) -> dict[str, Any]:
        """
        Raises:
            Refused: the supervisor could not do it.
            BoxFailure: the container is gone or silent.
            OSError: the body cannot be read.
        """
        self._check()
        self._answer = self._loop.create_future()
        try:
            await self._send(kind, head, body)
            answer = await asyncio.wait_for(self._answer, timeout_s)
        except TimeoutError as error:
            raise self._fail("the supervisor did not answer in time") from error
        finally:
            self._answer = None
        self._held_bytes = int(answer.get("memory_bytes", -1))
        return answer

    async def _send(self, kind: Ask, head: dict[str, Any], body: Content = b"") -> None:
        self._check()
        assert self._channel is not None
        await self._channel.send(kind, head, body)

    def _check(self) -> None:
        if self._broken:
            raise BoxFailure(self._broken)

    def _fail(self, why: str) -> BoxFailure:
        """The box is broken until it is reset; whoever waits for it learns why."""
        self._broken = self._broken or why
        failure = BoxFailure(self._broken)
        fail_future(self._answer, failure)
        fail_future(self._report, failure)
        return failure

    def _on_lost(self, why: str) -> None:
        report = self._report
        if report is not None and not report.done():
            report.set_result(None)
        self._fail(why)

    def _on_frame(self, kind: Tell, head: dict[str, Any], body: bytes) -> None:
        if kind in {Tell.STDOUT, Tell.STDERR}:
            self._output.take(body, is_error=kind is Tell.STDERR)
        elif kind is Tell.FILE:
            self._take_file(head, body)
        elif kind is Tell.REPORT:
            self._take_report(head)
        elif self._answer is not None and not self._answer.done():
            if kind is Tell.DONE:
                self._answer.set_result(head)
            else:
                self._answer.set_exception(Refused(str(head.get("why"))))

    def _take_report(self, head: dict[str, Any]) -> None:
        try:
            told = Told.of(head)
        except BoxFailure as failure:
            self._fail(str(failure))
            return
        if self._report is not None and not self._report.done() and told.run == self._run_number:
            self._report.set_result(told)

    def _take_file(self, head: dict[str, Any], piece: bytes) -> None:
        self._partial += piece
        if not head.get("more"):
            file = File(str(head.get("name")), bytes(self._partial), executable=bool(head.get("executable")))
            self._collected.append(file)
            self._partial = bytearray()


def _size(content: Content) -> int:
    """0 for a file that is not there; whoever reads it says so."""
    if isinstance(content, bytes):
        return len(content)
    try:
        return content.stat().st_size
    except OSError:
        return 0
