"""
PID 1 of a box: loads and collects files, replaces dirty mounts, forks zygotes, and kills what they cannot.

It never runs anything of the submission. A signal from inside the box does not reach it, since it is PID 1.
"""

from __future__ import annotations

import errno
import os
import select
import signal
import socket
import time
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any, NoReturn

from executor.sandbox import linux
from executor.sandbox.garbage import Garbage
from executor.sandbox.messages import (
    FILES_PER_MESSAGE,
    INNER_USER,
    NAMES_PER_MESSAGE_BYTES,
    Op,
    Receiver,
    Said,
    send_up,
)
from executor.sandbox.program import kill_everyone
from executor.sandbox.root import Writable, seal_artifact, unseal_artifact
from executor.sandbox.template import Plan
from executor.sandbox.templates import Pair, Templates, Unburied
from executor.sandbox.walk import regular_files
from executor.sandbox.zygote import Begun, become_zygote, reset_signals

_MAX_COLLECTED = 10_000
_SEND_ATTEMPTS = 10_000


class Init:
    """
    The loop of PID 1.

    Args:
        control: to and from the engine.
        runs: handed on to every zygote.
        writable: the mounts to replace.
        seccomp: the filter for the zygotes.
        own_proc: descriptor of a writable /proc, if there is one.
        pairs: of connected sockets, for zygotes and templates to talk to us.
    """

    def __init__(
        self,
        control: socket.socket,
        runs: socket.socket,
        writable: Writable,
        seccomp: bytes,
        own_proc: int | None,
        pairs: list[Pair],
    ) -> None:
        self._control = control
        self._commands = Receiver(control)
        self._runs = runs
        self._requests = Receiver(runs)
        self._poller = select.poll()
        self._begun = Begun()
        self._garbage = Garbage(_sockstat())
        self._writable = writable
        self._seccomp = seccomp
        self._own_proc = own_proc
        self._wishes, *feeds = pairs
        self._templates = Templates(seccomp, own_proc, feeds)
        self._cgroup: int | None = None
        self._zygote: int | None = None
        self._artifact_is_loaded = False

    def serve(self) -> NoReturn:
        """Serve until the engine is gone; then PID 1 ends and the kernel kills the rest of the box."""
        wake_read, wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        # Once here instead of in each zygote, which inherits both: they are a hundred system calls. PID 1 hears no
        # signal but those that Python takes for it, and executes nothing that the bound would concern.
        reset_signals()
        linux.bound_capabilities()
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._poller.register(self._control.fileno(), select.POLLIN)
        self._poller.register(wake_read, select.POLLIN)
        self._poller.register(self._wishes.ours.fileno(), select.POLLIN)
        send_up(self._control, Said.DONE)
        while True:
            for fd, _ in self._poller.poll():
                if fd == wake_read:
                    os.read(wake_read, 4096)
                    self._watch_zygote()
                elif fd == self._control.fileno():
                    self._obey()
                else:
                    self._grant()

    def _obey(self) -> None:
        try:
            message, fds = self._commands.receive()
        except (EOFError, OSError):
            os._exit(0)
        try:
            self._do(Op(message[0]), message[1:], fds)
            send_up(self._control, Said.DONE)
        except (OSError, ValueError) as error:
            send_up(self._control, Said.FAILED, str(error).encode(errors="backslashreplace")[:1000])
        finally:
            _close_all(fds)

    def _do(self, op: Op, args: Sequence[Any], fds: list[int]) -> None:
        if op is Op.ZYGOTE:
            self._kill_all()
            self._garbage.collect()
            if args[0]:
                self._writable.wipe(artifact=True)
                self._artifact_is_loaded = False
            self._fork_zygote(fds[0] if fds else None)
        elif op is Op.WIPE:
            self._writable.wipe(artifact=False)
        elif op is Op.LOAD:
            place, names, last = args
            if place == "/artifact":
                self._load_artifact(names, fds, last=last)
            else:
                _load(place, names, fds)
        elif op is Op.COLLECT:
            self._collect(*args)
        elif op is Op.TAKE_BACK:
            self._take_back(*args)
        elif op is Op.TEMPLATE:
            number, *plan = args
            self._templates.start(number, Plan(*plan))
        elif op is Op.DROP:
            self._templates.drop(*args)

    def _load_artifact(self, names: list[tuple[str, bool]], fds: list[int], *, last: bool) -> None:
        if self._artifact_is_loaded:
            raise ValueError("the artifact of this job is loaded already")
        unseal_artifact()
        try:
            _load("/artifact", names, fds)
        finally:
            seal_artifact()
        self._artifact_is_loaded = last

    def _fork_zygote(self, cgroup: int | None) -> None:
        self._wishes.drain()
        pid = os.fork() if cgroup is None else linux.fork_into_cgroup(cgroup)
        if pid == 0:
            if cgroup is not None:
                os.close(cgroup)
            self._control.close()
            self._wishes.ours.close()
            self._templates.close_feeds()
            become_zygote(self._runs, self._begun, self._garbage, self._wishes.theirs, self._seccomp, self._own_proc)
        self._zygote = pid
        if self._cgroup is not None:
            os.close(self._cgroup)
        self._cgroup = None if cgroup is None else os.dup(cgroup)

    def _grant(self) -> None:
        try:
            self._templates.grant(self._wishes.ours, self._cgroup)
        except Unburied:
            self._kill_all()
            send_up(self._control, Said.LOST)

    def _watch_zygote(self) -> None:
        """
        Reap orphans; if the zygote was killed or stopped, end everything and tell the engine.

        A stopped zygote would let its program run for ever: hence WUNTRACED.
        """
        while True:
            try:
                pid, _ = os.waitpid(-1, os.WNOHANG | os.WUNTRACED)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self._templates.died(pid)
            if pid == self._zygote:
                self._kill_all()
                send_up(self._control, Said.LOST)

    def _take_back(self, run: int) -> None:
        """Discard what the dead zygote did not take. Raises ValueError if it never began this run."""
        self._runs.setblocking(False)
        try:
            while True:
                _close_all(self._requests.receive()[1])
        except BlockingIOError:
            pass
        finally:
            self._runs.setblocking(True)
        if self._begun.last != run:
            raise ValueError("the zygote never began its run")

    def _kill_all(self) -> None:
        """
        Kill and reap every process of the box but init, and templates that nothing has happened to; a fork in progress
        sees its signal before it returns.
        """
        self._zygote = None
        if self._templates.can_outlive:
            self._kill_but_templates()
            return
        self._kill_even_templates()
        self._templates.forget()

    def _kill_but_templates(self) -> None:
        """They are children that will not end: so look who is there. Whoever has been killed becomes our child."""
        with self._templates.out_of_reach():
            kill_everyone()
        linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)  # a change of ids has cleared it
        spared = {1, *self._templates.pids}
        while any(name.isdigit() and int(name) not in spared for name in os.listdir("/proc")):
            pid, _ = os.waitpid(-1, 0)
            self._templates.died(pid)
            spared = {1, *self._templates.pids}

    def _kill_even_templates(self) -> None:
        while True:
            try:
                os.kill(-1, signal.SIGKILL)
            except ProcessLookupError:
                pass
            try:
                os.waitpid(-1, 0)
            except ChildProcessError:
                return

    def _collect(self, patterns: list[str], max_bytes: int) -> None:
        names: list[str] = []
        fds: list[int] = []
        total = count = 0
        try:
            for name, fd, info in regular_files("/work"):
                if not any(fnmatchcase(name, pattern) for pattern in patterns):
                    os.close(fd)
                    continue
                names.append(("x" if info.st_mode & 0o100 else "-") + name)
                fds.append(fd)
                total, count = total + info.st_size, count + 1
                if total > max_bytes or count > _MAX_COLLECTED:
                    raise ValueError(f"the files hold over {max_bytes} bytes together, or are over {_MAX_COLLECTED}")
                if len(fds) == FILES_PER_MESSAGE or sum(map(len, names)) > NAMES_PER_MESSAGE_BYTES // 4:
                    self._send_files(names, fds)
            if fds:
                self._send_files(names, fds)
        finally:
            _close_all(fds)

    def _send_files(self, names: list[str], fds: list[int]) -> None:
        for patience in range(_SEND_ATTEMPTS, 0, -1):
            try:
                send_up(self._control, Said.FILES, os.fsencode("\0".join(names)), fds)
                break
            except OSError as error:  # the engine has yet to take as many descriptors as may be under way
                if error.errno != errno.ETOOMANYREFS or patience == 1:
                    raise
                time.sleep(0.001)
        _close_all(fds)
        names.clear()


def _sockstat() -> int | None:
    """Of the box's network namespace; by now /proc is the box's own."""
    try:
        return os.open("/proc/self/net/sockstat", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None


def _close_all(fds: list[int]) -> None:
    while fds:
        os.close(fds.pop())


def _load(place: str, names: list[tuple[str, bool]], fds: list[int]) -> None:
    root = os.open(place, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    owner = INNER_USER if place == "/work" else -1
    try:
        for (name, executable), source in zip(names, fds, strict=True):
            _copy_in(root, name, source, 0o755 if executable else 0o644, owner)
    finally:
        os.close(root)


def _copy_in(root: int, name: str, source: int, mode: int, owner: int) -> None:
    """Nothing of the submission runs while files are loaded, so no link can be planted under our feet."""
    *directories, _ = name.split("/")
    for depth in range(1, len(directories) + 1):
        path = "/".join(directories[:depth])
        try:
            os.mkdir(path, 0o755, dir_fd=root)
            os.chown(path, owner, owner, dir_fd=root, follow_symlinks=False)
        except FileExistsError:
            continue
    target = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode, dir_fd=root)
    try:
        offset = 0
        while sent := os.sendfile(target, source, offset, 1 << 30):
            offset += sent
        os.fchmod(target, mode)
        os.fchown(target, owner, owner)
    finally:
        os.close(target)
