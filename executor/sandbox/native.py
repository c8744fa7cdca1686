"""The engine's side of a native box: starts the launcher, talks to init and zygote, drains output, measures."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import marshal
import os
import resource
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any, Final

from executor.errors import BoxFailure
from executor.model import MIB, SECOND, Command, Content, Excess, File, Limits, Meter, Outcome, Usage
from executor.sandbox.box import Box, Place
from executor.sandbox.cgroup import CgroupSupport, SlotCgroup, Spent, detect
from executor.sandbox.launcher import Plan
from executor.sandbox.messages import (
    FILES_PER_MESSAGE,
    HELLO,
    MESSAGE_BYTES,
    Cause,
    How,
    Op,
    Report,
    Said,
    send_down,
    unpack_report,
)
from executor.sandbox.seccomp import build_filter

_PACKAGE_PARENT: Final = Path(__file__).resolve().parent.parent.parent
_BOOT: Final = (
    "import os, sys; sys.path.append(os.environ.pop('ENNEAD')); from executor.sandbox.launcher import main; main()"
)
"""The package's place travels in the environment, which the box cannot read, not in argv, which /proc shows."""
_START_TIMEOUT_S: Final = 20.0
_ANSWER_TIMEOUT_S: Final = 30.0
_WATCHDOG_NS: Final = 5 * SECOND
_SHORT_RUN_S: Final = 0.002
_READ_BYTES: Final = 1 << 18
_LARGE_BYTES: Final = 4 * MIB
_SEALS: Final = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
_FIRST_OUTER_ID: Final = 0x7000_0000
"""Above every range that distributions hand out, below 2^31."""


@dataclass(frozen=True, slots=True)
class BoxConfig:
    """
    Args:
        mounts: host paths to show read-only, besides /usr.
        writable_bytes, writable_inodes: bounds of each of /work, /tmp, /dev/shm and /artifact.
    """

    mounts: tuple[Path, ...] = ()
    writable_bytes: int = 1024 * MIB
    writable_inodes: int = 65_536


async def start_box(index: int, mounts: tuple[Path, ...] = (), support: CgroupSupport | None = None) -> NativeBox:
    """
    Start a native box.

    Args:
        index: of the slot, unique among the boxes of this process.
        mounts: host paths to show read-only, besides /usr.
        support: what `detect()` found; None detects.

    Raises:
        BoxFailure: a box cannot be started here; the message names the step that failed.
    """
    return await NativeBox.start(index, BoxConfig(mounts), support or detect())


class NativeBox(Box):
    """One native box; see the package's theory of operation. Made by `start`."""

    def __init__(self, cgroup: SlotCgroup, *, rootless: bool) -> None:
        self._cgroup = cgroup
        self._rootless = rootless
        self._loop = asyncio.get_running_loop()
        self._launcher: subprocess.Popen[bytes] | None = None
        self._control, self._box_control = _socket_pair()
        self._runs, self._box_runs = _socket_pair()
        self._broken = ""
        self._answer: asyncio.Future[None] | None = None
        self._hello: asyncio.Future[None] | None = None
        self._report: asyncio.Future[Report | None] | None = None
        self._collected: list[File] = []
        self._run_number = 0
        self._zygote = _Zygote()
        self._pristine = False
        self._dirty = False
        self._spare: _Drain | None = None
        self._old: _Drain | None = None
        self._watchdog: asyncio.TimerHandle | None = None
        self._null = os.open("/dev/null", os.O_RDONLY | os.O_CLOEXEC)

    @classmethod
    async def start(cls, index: int, config: BoxConfig, support: CgroupSupport) -> NativeBox:
        """As `start_box`."""
        outer_id = _outer_id(index)
        cgroup = support.open_slot(index, os.geteuid() if outer_id is None else outer_id)
        box = cls(cgroup, rootless=outer_id is None)
        plan = Plan(
            join=list(cgroup.join),
            outer_id=outer_id,
            binds=sorted({str(path) for path in config.mounts}),
            seccomp=build_filter(),
            size_bytes=config.writable_bytes,
            inodes=config.writable_inodes,
        )
        try:
            await box._boot(plan)
        except BaseException:
            await box.close()
            raise
        return box

    async def _boot(self, plan: Plan) -> None:
        fds = (self._box_control.fileno(), self._box_runs.fileno())
        self._launcher = subprocess.Popen(  # noqa: ASYNC220 - a vfork; asyncio's own would cost a thread per box
            [sys.executable, "-I", "-S", "-c", _BOOT],
            env={"ENNEAD": str(_PACKAGE_PARENT), "ENNEAD_FDS": f"{fds[0]},{fds[1]}"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=fds,
            start_new_session=True,
        )
        self._box_control.close()
        self._box_runs.close()
        self._control.send(marshal.dumps(dict(plan)), socket.MSG_NOSIGNAL)
        self._loop.add_reader(self._control.fileno(), self._on_control)
        self._loop.add_reader(self._runs.fileno(), self._on_runs)
        try:
            await self._answered(_START_TIMEOUT_S)
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
    def pid(self) -> int | None:
        """The launcher's process id, while there is one."""
        return self._launcher.pid if self._launcher else None

    async def reset(self) -> None:
        if not self._pristine:
            await self._new_zygote(wipe=True)
            self._pristine, self._dirty = True, False

    async def load(self, files: Sequence[File], place: Place) -> None:
        for file in files:
            check_name(file.name)
        self._pristine = False
        for start in range(0, max(len(files), 1), FILES_PER_MESSAGE):
            part = files[start : start + FILES_PER_MESSAGE]
            last = start + FILES_PER_MESSAGE >= len(files)
            with contextlib.ExitStack() as opened:
                fds = [await _open_content(file.content, opened) for file in part]
                names = [(file.name, file.executable) for file in part]
                await self._ask((int(Op.LOAD), place.value, names, last), fds)

    async def run(self, command: Command, limits: Limits, *, keep_work: bool = False) -> Outcome:
        await self._make_ready(limits)
        drain, self._spare = self._spare or _Drain(self._loop), None
        drain.begin(limits.output_bytes, self._kill)
        try:
            report, wall_ns = await self._execute(command, limits, drain)
            drain.finish()
        finally:
            self._old = drain
        self._zygote.used = True
        if report is None:
            self._zygote, self._dirty = _Zygote(), True
            return self._lost_outcome(drain, limits, wall_ns)
        self._dirty = bool(report.dirty) and not keep_work
        return self._outcome(command, limits, report, drain)

    async def _execute(self, command: Command, limits: Limits, drain: _Drain) -> tuple[Report | None, int]:
        """The zygote's report, None when it was lost, and the wall time in ns as seen from here."""
        with contextlib.ExitStack() as opened:
            stdin = await _open_content(command.stdin, opened) if command.stdin else self._null
            self._pristine = False
            self._run_number += 1
            self._report = self._loop.create_future()
            self._cgroup.begin(limits)
            began = time.monotonic_ns()
            self._start(command, limits, stdin, drain)
        self._tidy()
        report = await self._finished(limits, drain)
        return report, time.monotonic_ns() - began

    def _tidy(self) -> None:
        """While the program runs: give back the pipes of the last run and make those of the next."""
        if self._old is not None:
            self._old.close()
            self._old = None
        self._spare = _Drain(self._loop)

    async def _make_ready(self, limits: Limits) -> None:
        rlimits = self._rlimits(limits)
        spent = self._zygote.used and self._cgroup.zygote_per_run
        if spent or not self._zygote.can_take(rlimits):
            await self._new_zygote(wipe=False)
        if self._dirty:
            await self._ask((int(Op.WIPE),))
            self._dirty = False
        self._zygote.rlimits = rlimits

    def _rlimits(self, limits: Limits) -> dict[int, int]:
        """Hard limits that the zygote takes on; it can lower them but never raise them again."""
        rlimits = {
            resource.RLIMIT_FSIZE: limits.file_size_bytes,
            resource.RLIMIT_NOFILE: max(limits.open_files, 16),  # the zygote itself needs a dozen
            resource.RLIMIT_STACK: limits.effective_stack_bytes,
        }
        if self.meter is Meter.POLLING:
            rlimits[resource.RLIMIT_DATA] = 4 * limits.memory_bytes + 1024 * MIB
            rlimits[resource.RLIMIT_NPROC] = limits.processes + 3  # launcher, init and zygote have the same user
        return rlimits

    def _start(self, command: Command, limits: Limits, stdin: int, drain: _Drain) -> None:
        message = (
            int(Op.RUN),
            self._run_number,
            [os.fsencode(part) for part in command.argv],
            {os.fsencode(key): os.fsencode(value) for key, value in command.env.items()},
            sorted(self._zygote.rlimits.items()),
            limits.cpu_ns,
            limits.effective_wall_ns,
            limits.memory_bytes,
            self.meter is Meter.POLLING,
        )
        clock = self._cgroup.cpu_clock
        try:
            send_down(self._runs, message, [stdin, *drain.write_ends, *([] if clock is None else [clock])])
        except OSError as error:
            raise self._fail(f"a run could not be handed over: {error}") from error
        drain.close_write_ends()

    async def _finished(self, limits: Limits, drain: _Drain) -> Report | None:
        """The report; None when the zygote was lost. A cancelled caller leaves nothing running."""
        report = self._report
        assert report is not None
        timer = self._loop.call_later(_SHORT_RUN_S, self._look_after, limits, drain)
        try:
            return await report
        except asyncio.CancelledError:
            await self._end_cancelled()
            raise
        finally:
            timer.cancel()
            if self._watchdog is not None:
                self._watchdog.cancel()
                self._watchdog = None
            self._report = None

    def _look_after(self, limits: Limits, drain: _Drain) -> None:
        """Watch the output and the supervisor of a run; a short one is over before that is worth its cost."""
        drain.watch()
        patience = (limits.effective_wall_ns + _WATCHDOG_NS) / SECOND
        self._watchdog = self._loop.call_later(patience, self._fail, "the supervisor of a run did not answer in time")

    async def _end_cancelled(self) -> None:
        """Kill the run that nobody waits for any more, and wait until it is over."""
        self._dirty = self._zygote.used = True
        self._report = self._loop.create_future()
        self._kill()
        try:
            await asyncio.wait_for(self._report, _WATCHDOG_NS / SECOND)
        except (TimeoutError, BoxFailure, asyncio.CancelledError):
            self._fail("a cancelled run could not be ended")

    def _kill(self) -> None:
        with contextlib.suppress(OSError):  # a box that is gone runs nothing
            send_down(self._runs, (int(Op.KILL), self._run_number))

    def _outcome(self, command: Command, limits: Limits, report: Report, drain: _Drain) -> Outcome:
        spent = self._cgroup.end()
        usage = Usage(
            cpu_ns=report.cpu_ns,
            wall_ns=report.wall_ns,
            memory_bytes=_or_none(report.memory_bytes) if self.meter is Meter.POLLING else spent.memory_bytes,
            output_bytes=drain.total,
            file_bytes=report.file_bytes,
            processes=spent.processes if spent.processes is not None else _or_none(report.processes),
            open_files=_or_none(report.open_files),
            stack_bytes=_or_none(report.stack_bytes),
            meter=self.meter,
        )
        signalled = report.how == How.SIGNALED
        outcome = Outcome(
            exit_code=report.code if report.how == How.EXITED else None,
            signal=report.code if signalled else None,
            exceeded=_exceeded(limits, report, spent, drain),
            stdout=drain.stdout,
            stderr=drain.stderr,
            usage=usage,
        )
        return outcome if report.how != How.NOT_STARTED else self._not_started(command, report.code, outcome)

    def _not_started(self, command: Command, error: int, outcome: Outcome) -> Outcome:
        """A program of the submission that cannot be executed is its own fault; a missing toolchain is the judge's."""
        program = PurePosixPath(command.argv[0])
        sentence = f"{program} could not be executed: {os.strerror(error)}"
        if not {"artifact", "work"} & set(program.parts[1:2]) and not outcome.exceeded:
            raise BoxFailure(sentence)
        return replace(outcome, detail=sentence)

    def _lost_outcome(self, drain: _Drain, limits: Limits, wall_ns: int) -> Outcome:
        spent = self._cgroup.end()
        exceeded = {Excess.MEMORY} if spent.out_of_memory else set()
        if wall_ns > limits.effective_wall_ns:
            exceeded.add(Excess.WALL)
        usage = Usage(
            wall_ns=wall_ns, memory_bytes=spent.memory_bytes, output_bytes=drain.total, meter=self.meter,
            processes=spent.processes,
        )  # fmt: skip
        return Outcome(
            exceeded=frozenset(exceeded),
            stdout=drain.stdout,
            stderr=drain.stderr,
            usage=usage,
            detail="" if exceeded else "the program killed or stopped the process that supervises it",
        )

    async def collect(self, patterns: Sequence[str], max_bytes: int) -> tuple[File, ...]:
        self._collected = []
        try:
            await self._ask((int(Op.COLLECT), list(patterns), max_bytes))
            return tuple(sorted(self._collected, key=lambda file: file.name))
        except _Refused as refused:
            raise ValueError(str(refused)) from refused
        finally:
            self._collected = []

    async def close(self) -> None:
        if not self._broken:
            self._fail("the box is closed")
        for sock in (self._control, self._runs):
            if sock.fileno() >= 0:
                self._loop.remove_reader(sock.fileno())
        for sock in (self._control, self._runs, self._box_control, self._box_runs):
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
        self._zygote = _Zygote()
        try:
            directory = self._cgroup.zygote_directory()
        except OSError as error:
            raise self._fail(f"cannot make the cgroup of a run: {error}") from error
        self._hello = self._loop.create_future()
        try:
            await self._ask((int(Op.ZYGOTE), wipe), [] if directory is None else [directory])
            await asyncio.wait_for(self._hello, _ANSWER_TIMEOUT_S)
        except TimeoutError as error:
            raise self._fail("a zygote did not start in time") from error
        except asyncio.CancelledError:
            self._fail("cancelled while a zygote was starting")
            raise
        finally:
            self._hello = None
        self._cgroup.zygote_born()
        self._zygote.alive = True

    async def _ask(self, message: tuple[Any, ...], fds: Sequence[int] = ()) -> None:
        """One question to init; its answer or an exception."""
        if self._broken:
            raise BoxFailure(self._broken)
        try:
            send_down(self._control, message, fds)
        except OSError as error:
            raise self._fail(f"init cannot be reached: {error}") from error
        await self._answered(_ANSWER_TIMEOUT_S)

    async def _answered(self, timeout_s: float) -> None:
        self._answer = self._loop.create_future()
        try:
            await asyncio.wait_for(self._answer, timeout_s)
        except TimeoutError as error:
            raise self._fail("init did not answer in time") from error
        except asyncio.CancelledError:
            self._fail("cancelled while init was at work")  # its answer would be taken for another's
            raise
        finally:
            self._answer = None

    def _fail(self, why: str) -> BoxFailure:
        """The box is broken from now on; whoever waits for it learns why."""
        self._broken = self._broken or why
        failure = BoxFailure(self._broken)
        for waiting in (self._answer, self._hello, self._report):
            if waiting is not None and not waiting.done():
                waiting.set_exception(failure)
        return failure

    def _on_control(self) -> None:
        try:
            data, fds, _, _ = socket.recv_fds(self._control, MESSAGE_BYTES, FILES_PER_MESSAGE, socket.MSG_CMSG_CLOEXEC)
        except BlockingIOError:
            return
        except OSError as error:
            data, fds = b"", []
            self._fail(f"init cannot be heard: {error}")
        try:
            self._hear_init(data, fds)
        finally:
            for fd in fds:
                os.close(fd)

    def _hear_init(self, data: bytes, fds: Sequence[int]) -> None:
        if not data:
            self._loop.remove_reader(self._control.fileno())
            self._fail("init is gone")
        elif data[0] == Said.LOST:
            self._zygote.alive = False
            if self._report is not None and not self._report.done():
                self._report.set_result(None)
            if self._hello is not None and not self._hello.done():
                self._hello.set_exception(self._fail("a zygote died while it was starting"))
        elif data[0] == Said.FILES:
            self._collected += _read_files(data[1:], fds)
        elif self._answer is not None and not self._answer.done():
            if data[0] == Said.FAILED:
                self._answer.set_exception(_Refused(data[1:].decode(errors="replace")))
            else:
                self._answer.set_result(None)

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
            report = unpack_report(data)
            if report.run == self._run_number:
                self._report.set_result(report)


class _Refused(BoxFailure):
    """Init could not do what it was asked; the message is its own."""


@dataclass(slots=True)
class _Zygote:
    """
    What the engine knows of the present zygote.

    Args:
        rlimits: the hard limits that it has taken on so far.
        used: whether it has run anything.
    """

    alive: bool = False
    used: bool = False
    rlimits: dict[int, int] = field(default_factory=dict)

    def can_take(self, rlimits: dict[int, int]) -> bool:
        return self.alive and all(rlimits[kind] <= value for kind, value in self.rlimits.items())


class _Drain:
    """
    Reads standard output and error while the program runs, keeps what the limit allows and counts the rest.

    Made before it is needed, while an earlier program runs: pipes cost as much as a message.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._stdout: list[bytes] = []
        self._stderr: list[bytes] = []
        self._read_ends: dict[int, list[bytes]] = {}
        self._watched: set[int] = set()
        self._limit = 0
        self._on_overflow: Callable[[], None] = lambda: None
        self.write_ends: list[int] = []
        self.total = 0
        self.over = False
        for chunks in (self._stdout, self._stderr):
            read_end, write_end = os.pipe2(os.O_CLOEXEC)
            os.set_blocking(read_end, False)
            self._read_ends[read_end] = chunks
            self.write_ends.append(write_end)

    def begin(self, limit: int, on_overflow: Callable[[], None]) -> None:
        self._limit, self._on_overflow = limit, on_overflow

    def watch(self) -> None:
        """Read whenever there is something; for runs that outlive the first moments."""
        for fd in self._read_ends:
            self._loop.add_reader(fd, self._read, fd)
            self._watched.add(fd)

    def _read(self, fd: int) -> bool:
        """Read once; False when there is nothing more for now or for ever."""
        try:
            chunk = os.read(fd, _READ_BYTES)
        except BlockingIOError:
            return False
        if not chunk:
            self._unwatch(fd)
            return False
        room = max(0, self._limit - self.total)
        self.total += len(chunk)
        if room:
            self._read_ends[fd].append(chunk[:room])
        if self.total > self._limit and not self.over:
            self.over = True
            self._on_overflow()
        return True

    def _unwatch(self, fd: int) -> None:
        if fd in self._watched:
            self._watched.remove(fd)
            self._loop.remove_reader(fd)

    def close_write_ends(self) -> None:
        while self.write_ends:
            os.close(self.write_ends.pop())

    def finish(self) -> None:
        """Read what is left in the pipes; every writer is dead, so this ends."""
        for fd in self._read_ends:
            self._unwatch(fd)
            while self._read(fd):
                pass

    def close(self) -> None:
        self.close_write_ends()
        while self._read_ends:
            fd, _ = self._read_ends.popitem()
            self._unwatch(fd)
            os.close(fd)

    @property
    def stdout(self) -> bytes:
        return b"".join(self._stdout)

    @property
    def stderr(self) -> bytes:
        return b"".join(self._stderr)


def check_name(name: str) -> None:
    """
    Raises:
        ValueError: not a plain relative POSIX path.
    """
    parts = name.split("/")
    if "\0" in name or any(part in {"", ".", ".."} for part in parts):
        raise ValueError(f"{name!r} is not a relative path without empty, '.' or '..' parts")


async def _open_content(content: Content, opened: contextlib.ExitStack) -> int:
    """A descriptor that a program may read, rewind and reopen, but through which it can change nothing of ours."""
    fd = os.memfd_create("input", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    opened.callback(os.close, fd)
    size = len(content) if isinstance(content, bytes) else content.stat().st_size
    if size > _LARGE_BYTES:
        await asyncio.to_thread(_fill, fd, content)
    else:
        _fill(fd, content)
    return fd


def _fill(fd: int, content: Content) -> None:
    if isinstance(content, bytes):
        view = memoryview(content)
        while view:
            view = view[os.write(fd, view) :]
    else:
        with content.open("rb") as source:
            if not stat.S_ISREG(os.fstat(source.fileno()).st_mode):
                raise OSError(errno.EINVAL, "not a regular file", str(content))
            while os.sendfile(fd, source.fileno(), None, 1 << 30):
                pass
    os.fchmod(fd, 0o444)
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, _SEALS)
    os.lseek(fd, 0, os.SEEK_SET)


def _read_files(payload: bytes, fds: Sequence[int]) -> list[File]:
    """Files that init collected: its names, our own reading and our own look at what they are."""
    files = []
    for entry, fd in zip(os.fsdecode(payload).split("\0"), fds, strict=True):
        if stat.S_ISREG(os.fstat(fd).st_mode):
            with open(fd, "rb", closefd=False) as file:
                files.append(File(entry[1:], file.read(), executable=entry.startswith("x")))
    return files


def _socket_pair() -> tuple[socket.socket, socket.socket]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setblocking(False)
    return ours, theirs


def _outer_id(index: int) -> int | None:
    """First of two ids for a box started by root, different in every process and slot; None: rootless."""
    if not _may_map_ids():
        return None
    wanted = _FIRST_OUTER_ID + (os.getpid() % 1_000_000 * 64 + index % 64) * 2
    for line in Path("/proc/self/uid_map").read_text().splitlines():
        inside, _, length = map(int, line.split())
        if inside <= wanted and wanted + 1 < inside + length:
            return wanted
    return 60_000 + index * 2 % 4_000  # a container with a small map: shared by the engines in it


def _may_map_ids() -> bool:
    """Whether we have what root has: CAP_SYS_ADMIN (21), CAP_SETGID (6) and CAP_SETUID (7)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapEff:"):
            capabilities = int(line.split()[1], 16)
            return all(capabilities >> bit & 1 for bit in (6, 7, 21))
    return False


def _exceeded(limits: Limits, report: Report, spent: Spent, drain: _Drain) -> frozenset[Excess]:
    excess = {
        Excess.MEMORY: spent.out_of_memory or report.cause == Cause.MEMORY,
        Excess.CPU: report.cause == Cause.CPU or report.cpu_ns > limits.cpu_ns,
        Excess.WALL: report.cause == Cause.WALL,
        Excess.OUTPUT: drain.over,
        Excess.FILE_SIZE: report.how == How.SIGNALED and report.code == signal.SIGXFSZ,
        Excess.PROCESSES: spent.forks_refused,
    }
    return frozenset(limit for limit, exceeded in excess.items() if exceeded)


def _or_none(figure: int) -> int | None:
    return None if figure < 0 else figure
