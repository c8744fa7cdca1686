"""
PID 1 of a container: does what the engine asks over standard input, one thing after the other.

It never runs anything of the submission under its own user, and ends when the engine is gone; the container with it.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import glob
import json
import os
import shutil
import stat
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any, Final, NoReturn

from executor.sandbox import linux
from executor.sandbox.clock import count
from executor.sandbox.docker.directories import wipe, write_file
from executor.sandbox.docker.framing import PIECE_BYTES, PREFIX, Ask, Tell, frame
from executor.sandbox.docker.reserve import Reserve
from executor.sandbox.docker.run import Gauges, Run, kill_rest
from executor.sandbox.garbage import Garbage
from executor.sandbox.walk import regular_files

_MAX_COLLECTED: Final = 10_000
_CGROUP: Final = "/sys/fs/cgroup"
_V1: Final = (
    ("cpuacct", "cpuacct.usage"),
    ("memory", "memory.oom_control"),
    ("pids", "pids.current"),
    ("memory", "memory.usage_in_bytes"),
    ("memory", "memory.max_usage_in_bytes"),
    ("pids", "pids.events"),
)
_V2: Final = ("cpu.stat", "memory.events", "pids.current", "memory.current", "memory.peak", "pids.events")


class _Gone(Exception):
    """The engine is."""


class Stream:
    """Standard input and output of the container, as frames."""

    def __init__(self) -> None:
        os.set_blocking(0, True)

    def ask(self) -> tuple[Ask, dict[str, Any], int]:
        """The next frame: its kind, its head, the bytes of its body, which must be read with `pour`."""
        kind, head_bytes, body_bytes = PREFIX.unpack(self._exactly(PREFIX.size))
        return Ask(kind), json.loads(self._exactly(head_bytes)), body_bytes

    def _exactly(self, size: int) -> bytes:
        pieces = []
        while size:
            piece = os.read(0, min(size, PIECE_BYTES))
            if not piece:
                raise _Gone
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)

    def pour(self, size: int, take: Callable[[bytes], None]) -> None:
        """Read a body; all of it, even if it cannot be taken."""
        failure: OSError | None = None
        while size:
            piece = self._exactly(min(size, PIECE_BYTES))
            size -= len(piece)
            if failure is None:
                try:
                    take(piece)
                except OSError as error:
                    failure = error
        if failure is not None:
            raise failure

    def tell(self, kind: Tell, head: dict[str, Any], body: bytes = b"") -> None:
        data = frame(kind, head, len(body)) + body
        while data:
            try:
                data = data[os.write(1, data) :]
            except BrokenPipeError as error:
                raise _Gone from error

    def say(self, kind: Tell, output: bytes) -> None:
        self.tell(kind, {}, output)


class Supervisor:
    """
    The loop of PID 1.

    Args:
        stream: to and from the engine.
        seccomp: the filter for programs.
    """

    def __init__(self, stream: Stream, seccomp: bytes) -> None:
        self._stream = stream
        self._seccomp = seccomp
        self._garbage = _garbage()
        self._meter, self._gauges = _gauges()
        self._null = os.open("/dev/null", os.O_RDONLY | os.O_CLOEXEC)
        self._reserve = Reserve()
        self._reserve.take()
        self._stdin: int | None = None
        self._first_mistake = ""

    def serve(self) -> NoReturn:
        """Serve until the engine is gone; then PID 1 ends and the kernel kills the rest of the container."""
        self._stream.tell(Tell.DONE, {"meter": self._meter, "memory_bytes": self._gauges.read(self._gauges.memory)})
        while True:
            kind, head, body_bytes = self._stream.ask()
            try:
                self._do(kind, head, body_bytes)
            except (OSError, ValueError) as error:
                self._stream.tell(Tell.FAILED, {"why": str(error).encode(errors="backslashreplace").decode()[:1000]})

    def _do(self, kind: Ask, head: dict[str, Any], body_bytes: int) -> None:
        if kind is Ask.FILE:
            self._take_file(head, body_bytes)
        elif kind is Ask.RUN:
            self._run(head)
        elif kind is not Ask.KILL:  # one that comes when its run is over already says nothing
            self._stream.tell(Tell.DONE, self._answer(kind, head, body_bytes))

    def _answer(self, kind: Ask, head: dict[str, Any], body_bytes: int) -> dict[str, Any]:
        if kind is Ask.RESET:
            kill_rest()
            self._garbage.collect()
            self._drop_stdin()
            wipe(artifact=True)
            self._reserve.take()
        elif kind is Ask.WIPE:
            wipe(artifact=False)
            self._reserve.take()
        elif kind is Ask.LOADED:
            mistake, self._first_mistake = self._first_mistake, ""
            if mistake:
                raise ValueError(mistake)
        elif kind is Ask.STDIN:
            self._take_stdin(body_bytes)
        elif kind is Ask.COLLECT:
            self._collect(head["patterns"], head["max_bytes"])
        elif kind is Ask.LOOK:
            return _look(head)
        return {"memory_bytes": self._gauges.read(self._gauges.memory)}

    def _take_file(self, head: dict[str, Any], body_bytes: int) -> None:
        """Not answered: the engine sends many, and asks in the end."""
        left = body_bytes

        def pour(target: int) -> None:
            nonlocal left
            size, left = left, 0
            self._stream.pour(size, lambda piece: _write(target, piece))

        try:
            if not self._first_mistake:
                write_file(head["place"], head["name"], pour, executable=head["executable"])
        except (OSError, ValueError) as error:
            self._first_mistake = str(error) or type(error).__name__
        self._stream.pour(left, lambda _: None)

    def _take_stdin(self, body_bytes: int) -> None:
        """Memory of ours that a program may read, rewind and reopen, but through which it can change nothing."""
        self._drop_stdin()
        fd = os.memfd_create("input", os.MFD_CLOEXEC)
        try:
            self._stream.pour(body_bytes, lambda piece: _write(fd, piece))
            os.fchmod(fd, 0o444)
            self._stdin = os.open(f"/proc/self/fd/{fd}", os.O_RDONLY | os.O_CLOEXEC)
        finally:
            os.close(fd)

    def _drop_stdin(self) -> None:
        if self._stdin is not None:
            os.close(self._stdin)
            self._stdin = None

    def _run(self, head: dict[str, Any]) -> None:
        run = Run(head, self._seccomp, self._gauges, self._reserve, self._stream.say, self._hears_kill)
        try:
            report = run.execute(self._null if self._stdin is None else self._stdin, self._garbage)
        finally:
            self._drop_stdin()
        self._stream.tell(Tell.REPORT, report)

    def _hears_kill(self, run: int) -> bool:
        """During a run an engine says nothing but that it should end."""
        kind, head, _ = self._stream.ask()
        return kind is Ask.KILL and head["id"] == run

    def _collect(self, patterns: list[str], max_bytes: int) -> None:
        total = count = 0
        for name, fd, info in regular_files("/work"):
            try:
                if any(fnmatchcase(name, pattern) for pattern in patterns):
                    total, count = total + info.st_size, count + 1
                    if total > max_bytes or count > _MAX_COLLECTED:
                        raise ValueError(
                            f"the files hold over {max_bytes} bytes together, or are over {_MAX_COLLECTED}"
                        )
                    self._send_file(name, fd, info)
            finally:
                os.close(fd)

    def _send_file(self, name: str, fd: int, info: os.stat_result) -> None:
        head = {"name": name, "executable": bool(info.st_mode & stat.S_IXUSR)}
        left = info.st_size
        while True:
            piece = os.read(fd, min(left, PIECE_BYTES))
            left -= len(piece)
            more = bool(piece) and left > 0
            self._stream.tell(Tell.FILE, {**head, "more": more}, piece)
            if not more:
                return


def _garbage() -> Garbage:
    """Docker leaves sockets of the kernel's in a container's network namespace; what comes on top is a program's."""
    sockstat = _open("/proc/self/net/sockstat")
    own = 0 if sockstat is None else count(os.pread(sockstat, 64, 0), b"used")
    return Garbage(sockstat, own=own)


def _look(head: dict[str, Any]) -> dict[str, Any]:
    """What the image has: commands on a PATH, paths, and what patterns match."""
    return {
        "commands": [[name, path, shutil.which(name, path=path)] for name, path in head["commands"]],
        "paths": [path for path in head["paths"] if os.path.exists(path)],
        "patterns": [[pattern, sorted(glob.glob(pattern))] for pattern in head["patterns"]],
    }


def _write(fd: int, data: bytes) -> None:
    while data:
        data = data[os.write(fd, data) :]


def _open(path: str) -> int | None:
    with contextlib.suppress(OSError):
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    return None


def _gauges() -> tuple[str, Gauges]:
    """Which cgroup files this container shows of itself, and how they are called together."""
    for meter, names in (
        ("cgroup-v2", [f"{_CGROUP}/{name}" for name in _V2]),
        ("cgroup-v1", [f"{_CGROUP}/{controller}/{name}" for controller, name in _V1]),
    ):
        gauges = Gauges(*(_open(name) for name in names))
        if None not in {gauges.cpu, gauges.oom, gauges.memory}:
            return meter, gauges
    return "polling", Gauges(None, None, None, None, None, None)


def main() -> NoReturn:
    """Entry point, in an interpreter that has just read its sources."""
    stream = Stream()
    _, _, body_bytes = stream.ask()
    seccomp = bytearray()
    stream.pour(body_bytes, seccomp.extend)
    try:
        linux.drop_bounding_set()
        with contextlib.suppress(OSError):  # gVisor has no such bits
            linux.prctl(linux.PR_SET_SECUREBITS, linux.SECURE_ROOT_LOCKED)
        linux.prctl(linux.PR_SET_DUMPABLE, 0)
        gc.freeze()  # a fork that never collects copies fewer pages
        Supervisor(stream, bytes(seccomp)).serve()
    except _Gone:
        os._exit(0)
    except OSError as error:
        stream.tell(Tell.FAILED, {"why": f"supervisor: {error}"})
        os._exit(errno.EIO)
