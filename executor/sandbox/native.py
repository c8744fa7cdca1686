"""The engine's side of a native box: starts the launcher, talks to init and zygote, drains output, measures."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import marshal
import os
import socket
import struct
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from executor.errors import BoxFailure
from executor.model import SECOND, Command, Excess, File, Limits, Meter, Outcome
from executor.sandbox.asking import Asked, Zygote, ask
from executor.sandbox.box import Box, Dialogue, Place
from executor.sandbox.box_config import BoxConfig
from executor.sandbox.cgroup import SlotCgroup
from executor.sandbox.content import check_name, open_content, portions
from executor.sandbox.conversation import Conversation, NeverBegan, Refused, fail_future
from executor.sandbox.detection import CgroupSupport, detect
from executor.sandbox.dialogue import PipedDialogue, Pipes
from executor.sandbox.drain import Drain
from executor.sandbox.forking import Forking
from executor.sandbox.ids import outer_id
from executor.sandbox.launcher import Plan
from executor.sandbox.launching import start_launcher
from executor.sandbox.messages import (
    HELLO,
    MESSAGE_BYTES,
    How,
    Op,
    Report,
    send_down,
    socket_pair,
    unpack_report,
)
from executor.sandbox.outcome import lost_outcome, not_started, outcome_of
from executor.sandbox.seccomp import build_filter
from executor.sandbox.steps import to_the_end

_START_TIMEOUT_S: Final = 20.0
_ANSWER_TIMEOUT_S: Final = 30.0
_WATCHDOG_NS: Final = 5 * SECOND
_ATTEMPTS: Final = 3
_SHORT_RUN_S: Final = 0.002


async def start_box(
    index: int,
    mounts: tuple[Path, ...] = (),
    support: CgroupSupport | None = None,
    shown: Mapping[str, Path] | None = None,
) -> NativeBox:
    """
    Start a native box.

    Args:
        index: of the slot, unique among the boxes of this process.
        mounts: host paths to show read-only, besides /usr.
        support: what `detect()` found; None detects.
        shown: host paths to show read-only somewhere else: by the path in the box.

    Raises:
        BoxFailure: a box cannot be started here; the message names the step that failed.
    """
    return await NativeBox.start(index, BoxConfig(mounts, shown or {}), support or detect())


class NativeBox(Box):
    """One native box; see the package's theory of operation. Made by `start`."""

    def __init__(self, cgroup: SlotCgroup, *, rootless: bool) -> None:
        self._cgroup = cgroup
        self._rootless = rootless
        self._loop = asyncio.get_running_loop()
        self._launcher: subprocess.Popen[bytes] | None = None
        self._broken = ""
        self._hello: asyncio.Future[None] | None = None
        self._report: asyncio.Future[Report | None] | None = None
        self._run_number = 0
        self._zygote = Zygote()
        self.forking = Forking(self._ask, cgroup, rootless=rootless)
        """What runs were forked, and whether any can be."""
        self._pristine = False
        self._dirty = False
        self._limits: Limits | None = None
        self._asked = Asked([], 0, 0, 0, polled=False)
        self._spare: Drain | None = None
        self._old: Drain | None = None
        self._watchdog: asyncio.TimerHandle | None = None
        self._dialogue: PipedDialogue | None = None
        with contextlib.ExitStack() as undo:
            self._null = os.open("/dev/null", os.O_RDONLY | os.O_CLOEXEC)
            undo.callback(os.close, self._null)
            self._control, self._box_control = socket_pair(undo)
            self._runs, self._box_runs = socket_pair(undo)
            self._init = Conversation(self._control, self._on_lost, self._fail)
            undo.pop_all()

    @classmethod
    async def start(cls, index: int, config: BoxConfig, support: CgroupSupport) -> NativeBox:
        """As `start_box`."""
        try:
            owner = outer_id()
            cgroup = support.open_slot(index, os.geteuid() if owner is None else owner)
        except OSError as error:
            raise BoxFailure(f"a box cannot be started: {error}") from error
        try:
            box = cls(cgroup, rootless=owner is None)
        except OSError as error:
            cgroup.close()
            raise BoxFailure(f"a box cannot be started: {error}") from error
        plan = Plan(
            join=list(cgroup.join),
            outer_id=owner,
            binds=config.binds,
            seccomp=build_filter(),
            size_bytes=config.writable_bytes,
            inodes=config.writable_inodes,
        )
        try:
            await box._boot(plan)
        except OSError as error:
            await box.close()
            raise BoxFailure(f"a box cannot be started: {error}") from error
        except BaseException:
            await box.close()
            raise
        return box

    async def _boot(self, plan: Plan) -> None:
        fds = (self._box_control.fileno(), self._box_runs.fileno())
        self._launcher = start_launcher(fds)
        self._box_control.close()
        self._box_runs.close()
        self._control.send(marshal.dumps(dict(plan)), socket.MSG_NOSIGNAL)
        self._loop.add_reader(self._runs.fileno(), self._on_runs)
        try:
            await self._init.answer(_START_TIMEOUT_S)
        except BoxFailure as failure:
            raise BoxFailure(f"a box cannot be started: {failure}{self._last_words()}") from failure
        await self._new_zygote(wipe=False)
        self._pristine = True

    def _last_words(self) -> str:
        """What the launcher wrote before it could speak over its socket: an exception while it was imported."""
        stderr = self._launcher.stderr if self._launcher else None
        if stderr is None:
            return ""
        os.set_blocking(stderr.fileno(), False)
        words = (stderr.read() or b"").decode(errors="replace").strip().splitlines()
        return f" ({words[-1]})" if words else ""

    @property
    def meter(self) -> Meter:
        return self._cgroup.meter

    @property
    def losses(self) -> tuple[str, ...]:
        own = ("rootless: programs run under your own user id, in a user namespace without capabilities",)
        return (*(own if self._rootless else ()), *self._cgroup.losses)

    @property
    def held_bytes(self) -> Mapping[str, int]:
        return self.forking.held_bytes

    @property
    def pid(self) -> int | None:
        """The launcher's process id, while there is one."""
        return self._launcher.pid if self._launcher else None

    async def reset(self) -> None:
        await self._hang_up()
        if self._broken or not self._pristine:
            await self._new_zygote(wipe=True)
            self._pristine, self._dirty = True, False

    async def sweep(self) -> None:
        await self._hang_up()
        self._dirty = self._dirty or not self._pristine  # whoever comes next wipes, and learns if the box is broken

    async def load(self, files: Sequence[File], place: Place) -> None:
        for file in files:
            check_name(file.name)
        self._check_silence()
        self._pristine = False
        await self._wipe_if_dirty()
        parts = list(portions(files))
        for number, part in enumerate(parts, 1):
            fds: list[int] = []
            try:
                for file in part:
                    fds.append(await open_content(file.content))  # noqa: PERF401 - what was opened must not be lost
                names = [(file.name, file.executable) for file in part]
                await self._ask((int(Op.LOAD), place.value, names, number == len(parts)), fds)
            finally:
                for fd in fds:
                    os.close(fd)

    async def run(self, command: Command, limits: Limits, *, keep_work: bool = False) -> Outcome:
        self._check_silence()
        for _ in range(_ATTEMPTS):
            with contextlib.suppress(NeverBegan):
                return await self._run(command, limits, keep_work=keep_work)
        raise self._fail("its zygotes die before they can do anything")

    async def _run(self, command: Command, limits: Limits, *, keep_work: bool) -> Outcome:
        stdin = await open_content(command.stdin) if command.stdin else self._null
        try:
            await self._make_ready(limits)
            template = 0 if keep_work else await self.forking.template(command, limits, self._asked.rlimits)
            drain = self._hand_over(command, limits, stdin, template=template)
        finally:
            if stdin != self._null:
                os.close(stdin)
        outcome = await self._see_through(command, limits, drain, keep_work=keep_work)
        if template and Excess.MEMORY in outcome.exceeded:
            # It was held to a little less, since nobody can tell what it shared to the end: what counts is this.
            return await self._run(replace(command, fork=None), limits, keep_work=False)
        return outcome

    async def _see_through(self, command: Command, limits: Limits, drain: Drain, *, keep_work: bool) -> Outcome:
        """From the hand-over to the outcome."""
        began = time.monotonic_ns()
        try:
            self._tidy()
            report = await self._finished(limits, drain)
            drain.finish()
        finally:
            self._put_aside(drain)
        if report is None:
            wall_ns, spent = time.monotonic_ns() - began, self._cgroup.end()
            self._zygote, self._dirty = Zygote(), True
            await self._take_back()
            self.forking.lost()
            return lost_outcome(limits, spent, drain, self.meter, wall_ns)
        self.forking.ended(forked=bool(report.forked))
        self._dirty = bool(report.dirty) and not keep_work
        outcome = outcome_of(limits, report, self._cgroup.end(), drain, self.meter)
        if keep_work:
            self._cgroup.relax(fills_box=True)  # what was kept belongs to the box from now on
        return not_started(command, report.code, outcome) if report.how == How.NOT_STARTED else outcome

    @property
    def converses(self) -> bool:
        return True

    async def converse(self, command: Command, limits: Limits) -> Dialogue:
        self._check_silence()
        await self._hang_up()
        await self._make_ready(limits)
        try:
            pipes = Pipes()
        except OSError as error:
            raise BoxFailure(f"a dialogue has no pipes: {error}") from error
        try:
            drain = self._hand_over(command, limits, pipes.stdin, pipes.stdout)
        except BaseException:
            pipes.close()
            raise
        pipes.close_theirs()
        ending = asyncio.create_task(self._see_through(command, limits, drain, keep_work=False))
        self._dialogue = PipedDialogue(pipes, ending, self._kill, self._fail, lambda: self._cgroup.cpu_so_far_ns)
        return self._dialogue

    def _check_silence(self) -> None:
        """Raises ValueError while a dialogue has not ended."""
        if self._dialogue is not None and not self._dialogue.has_ended:
            raise ValueError("a dialogue of this box has not ended")

    async def _hang_up(self) -> None:
        if self._dialogue is not None:
            dialogue, self._dialogue = self._dialogue, None
            with contextlib.suppress(BoxFailure):  # whoever uses the box next is told
                await dialogue.end()

    async def _take_back(self) -> None:
        """Raises NeverBegan if the zygote died, of whatever, before it took the run."""
        try:
            await self._ask((int(Op.TAKE_BACK), self._run_number))
        except Refused as refused:
            raise NeverBegan(str(refused)) from refused

    async def _make_ready(self, limits: Limits) -> None:
        """A zygote that can take on these limits, and empty directories."""
        if self._broken:
            raise BoxFailure(self._broken)
        if limits is not self._limits and limits != self._limits:
            self._limits, self._asked = limits, ask(limits, polled=self.meter is Meter.POLLING)
        await self._wipe_if_dirty()
        spent = self._zygote.used and self._cgroup.zygote_per_run
        if spent or not self._zygote.can_take(self._asked.rlimits):  # last: it may have died while we waited
            await self._new_zygote(wipe=False)

    async def _wipe_if_dirty(self) -> None:
        if self._dirty:
            await self._ask((int(Op.WIPE),))
            self._dirty = False

    def _hand_over(
        self, command: Command, limits: Limits, stdin: int, stdout: int | None = None, *, template: int = 0
    ) -> Drain:
        """
        Start counting, and give the zygote all that it needs for the run.

        Args:
            stdout: what it writes to, where that is not for the drain.
            template: the id of the one to fork; 0: the command is executed.
        """
        drain, self._spare = self._spare or Drain(self._loop), None
        drain.begin(limits.output_bytes, self._kill)
        self._pristine = False
        self._run_number += 1
        self.forking.begins(template)
        self._zygote.used, self._zygote.rlimits = True, self._asked.rlimits
        self._report = self._loop.create_future()
        message = (int(Op.RUN), self._run_number, command.argv, dict(command.env), template, tuple(self._asked))
        try:
            self._cgroup.begin(limits, self.forking.shared_bytes)
            drained, stderr = drain.write_ends
            outputs = (drained if stdout is None else stdout, stderr)
            send_down(self._runs, message, (stdin, *outputs, *self._cgroup.gauges))
        except OSError as error:
            self._report = None
            drain.close()
            if error.errno == errno.EMSGSIZE:
                raise ValueError(f"argv and environment are over {MESSAGE_BYTES} bytes together") from error
            raise self._fail(f"a run could not be handed over: {error}") from error
        drain.close_write_ends()
        return drain

    def _put_aside(self, drain: Drain) -> None:
        """Its pipes are given back while the next program runs, unless there will be none."""
        if self._null < 0:
            drain.close()
        else:
            self._old = drain

    def _tidy(self) -> None:
        """While the program runs: give back the pipes of the last run and make those of the next."""
        if self._old is not None:
            self._old.close()
            self._old = None
        self._spare = Drain(self._loop)

    async def _finished(self, limits: Limits, drain: Drain) -> Report | None:
        """The report; None when the zygote was lost. A cancelled caller leaves nothing running."""
        report = self._report
        assert report is not None
        timer = self._loop.call_later(_SHORT_RUN_S, self._look_after, limits, drain)
        try:
            return await report
        except asyncio.CancelledError:
            self._dirty = True
            if report.cancelled():  # or it came at the same moment, and nothing runs any more
                await self._end_cancelled()
            raise
        finally:
            timer.cancel()
            if self._watchdog is not None:
                self._watchdog.cancel()
                self._watchdog = None
            self._report = None

    def _look_after(self, limits: Limits, drain: Drain) -> None:
        """Watch the output and the supervisor of a run; a short one is over before that is worth its cost."""
        drain.watch()
        patience = (limits.effective_wall_ns + _WATCHDOG_NS) / SECOND
        self._watchdog = self._loop.call_later(patience, self._fail, "the supervisor of a run did not answer in time")

    async def _end_cancelled(self) -> None:
        """Kill the run that nobody waits for any more, and wait until it is over."""
        self._report = self._loop.create_future()
        self._kill()
        try:
            await asyncio.wait_for(self._report, _WATCHDOG_NS / SECOND)
        except (TimeoutError, BoxFailure, asyncio.CancelledError):
            self._fail("a cancelled run could not be ended")

    def _kill(self) -> None:
        with contextlib.suppress(OSError):  # a box that is gone runs nothing
            send_down(self._runs, (int(Op.KILL), self._run_number))

    async def collect(self, patterns: Sequence[str], max_bytes: int) -> tuple[File, ...]:
        self._check_silence()
        self._init.collected = []
        try:
            await self._ask((int(Op.COLLECT), list(patterns), max_bytes))
        except Refused as refused:
            raise ValueError(str(refused)) from refused
        return tuple(sorted(self._init.collected, key=lambda file: file.name))

    async def close(self) -> None:
        if not self._broken:
            self._fail("the box is closed")
        await self._hang_up()
        self._init.close()
        if self._runs.fileno() >= 0:
            self._loop.remove_reader(self._runs.fileno())
        for sock in (self._runs, self._box_control, self._box_runs):
            sock.close()
        for drain in (self._spare, self._old):
            if drain is not None:
                drain.close()
        self._spare = self._old = None
        if self._null >= 0:
            os.close(self._null)
            self._null = -1
            await asyncio.shield(asyncio.to_thread(self._bury))

    def _bury(self) -> None:
        """Wait for the launcher, which ends when init has, which ends when its socket closes; then drop the cgroup."""
        launcher = self._launcher
        if launcher is not None:
            try:
                launcher.wait(2.0)
            except subprocess.TimeoutExpired:
                launcher.kill()  # its death kills init, and that the whole PID namespace
                launcher.wait()
            if launcher.stderr is not None:
                launcher.stderr.close()
            self._launcher = None
        self._cgroup.close()

    async def _new_zygote(self, *, wipe: bool) -> None:
        if self._broken:
            raise BoxFailure(self._broken)
        await to_the_end(self._replace_zygote(wipe=wipe))

    async def _replace_zygote(self, *, wipe: bool) -> None:
        self._zygote = Zygote()
        self._cgroup.relax(fills_box=wipe)
        try:
            directory = self._cgroup.zygote_directory()
        except OSError as error:
            raise self._fail(f"cannot make the cgroup of a run: {error}") from error
        self._hello = self._loop.create_future()
        try:
            await self._init.ask((int(Op.ZYGOTE), wipe), [] if directory is None else [directory])
            await asyncio.wait_for(self._hello, _ANSWER_TIMEOUT_S)
        except TimeoutError as error:
            raise self._fail("a zygote did not start in time") from error
        finally:
            self._hello = None
        self._cgroup.zygote_born()
        self._zygote.alive = True

    async def _ask(self, message: tuple[Any, ...], fds: Sequence[int] = ()) -> None:
        if self._broken:
            raise BoxFailure(self._broken)
        if message[0] != Op.WIPE:  # which allocates nothing
            self._cgroup.relax(fills_box=message[0] == Op.LOAD)
        await to_the_end(self._init.ask(message, fds))

    def _fail(self, why: str) -> BoxFailure:
        """The box is broken from now on; whoever waits for it learns why."""
        self._broken = self._broken or why
        failure = BoxFailure(self._broken)
        self._init.fail(failure)
        fail_future(self._hello, failure)
        fail_future(self._report, failure)
        return failure

    def _on_lost(self) -> None:
        self._zygote.alive = False
        if self._report is not None and not self._report.done():
            self._report.set_result(None)
        if self._hello is not None:
            self._fail("a zygote died while it was starting")

    def _on_runs(self) -> None:
        try:
            data = self._runs.recv(4096)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._loop.remove_reader(self._runs.fileno())
        elif data == HELLO:
            if self._hello is not None and not self._hello.done():
                self._hello.set_result(None)
        elif self._report is not None and not self._report.done():
            try:
                report = unpack_report(data)
            except struct.error:
                self._fail("a zygote said something that is no report")
                return
            if report.run == self._run_number:
                self._report.set_result(report)
