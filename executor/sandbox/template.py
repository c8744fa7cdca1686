"""
Interpreters that have started and wait in a box: init's half.

A template is the command of a run, executed as usual and held at the system call with which it first touches its
program; all that an interpreter does before that is the same in every run. A run is a fork of it that goes on there.
Nothing is added to the interpreter and nothing emulated: arguments, environment, limits and the way the program is
loaded, reported and ended are those of the command because it is the command.

It is held and forked by ptrace, and what a run needs of its own is done by system calls that the fork is made to
make, in the order of `_SETTING_OUT`: its streams, session and directory, then what takes its rights away.

Why no program can do anything to a template:
    it is another user (the box's root, with the right to become the program's user and no other), so signals,
    priorities, limits and /proc are out of reach; and it is stopped, and executes nothing but those calls.
Why a template knows nothing of a submission: while it starts, empty directories lie over all that a submission could
    have left or brought, and its program is an empty file; later it only forks and buries its children.
Why no two runs have the same random numbers: an interpreter that drew some before it came to its program (because the
    machine's own start-up files import what does) is not held, unless it takes care of that itself.
Why nobody of a run is left: a template is the subreaper of its forks, so its having no child means that.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import socket
import struct
from collections.abc import Iterator
from typing import Final, NamedTuple, NoReturn

from executor.sandbox import linux
from executor.sandbox.messages import INNER_USER
from executor.sandbox.ptrace import ALL_CHILDREN, Call, Tracee, is_supported, stop_to_be_traced

_READ, _STAT, _FSTAT, _LSTAT, _MMAP, _LSEEK, _PREAD, _ACCESS, _DUP3 = 0, 4, 5, 6, 9, 8, 17, 21, 292
_OPEN, _CLOSE, _MUNMAP, _DUP2, _RECVMSG, _CLONE, _WAIT4, _CHDIR, _MKDIR = 2, 3, 11, 33, 47, 56, 61, 80, 83
_READLINK, _SETSID, _SETGROUPS, _SETRESUID, _SETRESGID, _CAPSET, _PRCTL = 89, 112, 116, 117, 119, 126, 157
_SET_TID_ADDRESS, _OPENAT, _FSTATAT, _READLINKAT, _SET_ROBUST_LIST = 218, 257, 262, 267, 273
_STATX, _FACCESSAT2 = 332, 439
_EXECVE, _GETRANDOM = 59, 318
_RANDOM_FILES: Final = frozenset({b"/dev/random", b"/dev/urandom"})
_KEY_BYTES: Final = 8
"""What the C library draws for its memory allocator in every process: it shows in nothing that a program does."""
_BY_PATH: Final = frozenset({_OPEN, _STAT, _LSTAT, _ACCESS, _READLINK})
_BY_PATH_AT: Final = frozenset({_OPENAT, _FSTATAT, _READLINKAT, _STATX, _FACCESSAT2})
_ON_DESCRIPTOR: Final = frozenset({_READ, _FSTAT, _FSTATAT, _LSEEK, _PREAD})
_FORK_FLAGS: Final = 0x01200000 | signal.SIGCHLD
"""clone as the C library's fork() calls it: CHILD_SETTID and CHILD_CLEARTID."""
_ROBUST_LIST_BYTES: Final = 24
_AT_FDCWD: Final = -100
_WNOHANG_WALL: Final = 0x40000001
_ECHILD: Final = 10

_COVERED: Final = ("/artifact", "/work", "/tmp", "/dev/shm")
_COVER_OPTIONS: Final = "size=16m,nr_inodes=1024,mode=1777"
_DESCRIPTORS: Final = 64
"""With a higher one, the kernel makes a process's table of them larger."""
_START_SECONDS: Final = 30
_MOST_CALLS: Final = 200_000
_SCRATCH_BYTES: Final = 16 * 1024
_PATH_BYTES: Final = 4096
_UNTOUCHABLE_SIGNALS: Final = frozenset({signal.SIGKILL, signal.SIGSTOP})


class Plan(NamedTuple):
    """
    What is to be started.

    Args:
        argv, rlimits: those of the runs.
        env: as the runs', but for what is for the start alone.
        program: path of the file that the interpreter is about to run, in /artifact.
        held_at: "touch" or "read", as `executor.model.HeldAt` has them.
        files: what lies in /tmp while it starts: names and texts.
    """

    argv: list[str]
    env: dict[str, str]
    rlimits: list[tuple[int, int]]
    program: str
    held_at: str
    files: list[tuple[str, str]]


def can_be_had(own_proc: int | None) -> bool:
    """Whether this machine and this box allow templates: they need two users, /proc and a known processor."""
    return own_proc is not None and os.getuid() != INNER_USER and is_supported()


class _Scratch:
    """A piece of a template's memory for what its calls point to; every fork gives its copy back."""

    def __init__(self, address: int) -> None:
        self.address = address
        self.bytes = bytearray()

    def put(self, data: bytes) -> int:
        """The address at which the data will be."""
        self.bytes += bytes(-len(self.bytes) % 16)
        place = self.address + len(self.bytes)
        self.bytes += data
        if len(self.bytes) > _SCRATCH_BYTES:
            raise OSError("what a template must know does not fit")
        return place

    def put_path(self, path: bytes) -> int:
        return self.put(path + b"\0")


class _Seen(NamedTuple):
    """What was seen of a start: registers when it was held, and what the kernel was told to remember of the thread."""

    registers: list[int]
    tid_address: int
    robust_list: int
    program_fd: int
    program_flags: int
    directories: list[bytes]


class Template:
    """
    One waiting interpreter. Made by `start`; any OSError from `fork` or `reap` means that it is of no use any more.

    Args:
        tracee: stopped, with what was `seen` of it.
        feed: our end of the socket through which its forks get their streams.
    """

    def __init__(self, tracee: Tracee, seen: _Seen, feed: socket.socket, feed_fd: int, own_proc: int) -> None:
        self._tracee = tracee
        self._seen = seen
        self._feed = feed
        self._feed_fd = feed_fd
        self._own_proc = own_proc
        self.busy = False
        """Whether a fork, or what it left, may be alive."""

    @property
    def pid(self) -> int:
        return self._tracee.pid

    def settle(self, plan: Plan, seccomp: bytes) -> None:
        """Take from it what only its start needed, and write down what its forks will need."""
        if len(self._list_proc("task")) != 1:
            raise OSError("an interpreter with several threads cannot be forked")
        self._memory = self._open_proc("mem", os.O_RDWR)
        scratch = _Scratch(self._call(_MMAP, 0, _SCRATCH_BYTES, 3, 0x22, -1, 0))
        root = scratch.put_path(b"/")
        null = scratch.put_path(b"/dev/null")
        self._status = scratch.put(bytes(8))
        self._setting_out = self._plan_calls(scratch, plan, seccomp)
        os.pwrite(self._memory, scratch.bytes, scratch.address)
        self._call(_CHDIR, root)
        if self._seen.program_fd >= 0:
            fd = self._call(_OPENAT, _AT_FDCWD, null, os.O_RDONLY)
            self._call(_DUP2, fd, self._seen.program_fd)
            self._call(_CLOSE, fd)
        for capability in linux.CHANGE_OF_USER:
            self._call(_PRCTL, linux.PR_CAPBSET_DROP, capability)
        self._call(_PRCTL, linux.PR_SET_SECUREBITS, linux.SECURE_ALL_LOCKED)

    def _call(self, number: int, *arguments: int) -> int:
        return self._tracee.call(self._seen.registers, number, *arguments)

    def _open_proc(self, name: str, flags: int) -> int:
        return os.open(f"{self.pid}/{name}", flags | os.O_CLOEXEC, dir_fd=self._own_proc)

    def _list_proc(self, name: str) -> set[int]:
        fd = self._open_proc(name, os.O_RDONLY | os.O_DIRECTORY)
        try:
            return set(map(int, os.listdir(fd)))
        finally:
            os.close(fd)

    def _plan_calls(self, scratch: _Scratch, plan: Plan, seccomp: bytes) -> list[tuple[int, ...]]:
        """The calls of a fork, from its birth to the moment when it goes on as the program: the order matters."""
        taken = self._list_proc("fd")
        streams = [fd for fd in range(len(taken) + 3) if fd not in taken][:3]
        body = scratch.put(bytes(1))
        control = scratch.put(bytes(socket.CMSG_SPACE(3 * 4)))
        vector = scratch.put(struct.pack("=QQ", body, 1))
        message = scratch.put(struct.pack("=QQQQQQQ", 0, 0, vector, 1, control, socket.CMSG_SPACE(3 * 4), 0))
        work = scratch.put_path(b"/work")
        header = scratch.put(struct.pack("=Ii", linux.CAPABILITY_VERSION_3, 0))
        nothing = scratch.put(bytes(24))
        code = scratch.put(seccomp)
        program = scratch.put(struct.pack("=HxxxxxxQ", len(seccomp) // 8, code))
        ids = (INNER_USER, INNER_USER, INNER_USER)
        return [
            (_RECVMSG, self._feed_fd, message, 0),
            *((_DUP2, fd, number) for number, fd in enumerate(streams)),
            *((_CLOSE, fd) for fd in (*streams, self._feed_fd)),
            (_SETSID,),
            (_CHDIR, work),
            *self._calls_on_program(scratch, plan),
            (_SETRESGID, *ids),
            (_SETRESUID, *ids),
            (_CAPSET, header, nothing),
            (_PRCTL, linux.PR_SET_DUMPABLE, 1),
            *((_MKDIR, scratch.put_path(path), 0o700) for path in self._seen.directories),
            (_SET_ROBUST_LIST, self._seen.robust_list, _ROBUST_LIST_BYTES),
            (_PRCTL, linux.PR_SET_SECCOMP, linux.SECCOMP_MODE_FILTER, program),
            (_MUNMAP, scratch.address, _SCRATCH_BYTES),
        ]

    def _calls_on_program(self, scratch: _Scratch, plan: Plan) -> Iterator[tuple[int, ...]]:
        """Put the program of this run where the interpreter has an empty one open."""
        if self._seen.program_fd < 0:
            return
        path = scratch.put_path(os.fsencode(plan.program))
        # The number it gets is the lowest that is free: that of the first stream, which is closed again by now.
        taken = self._list_proc("fd") - {self._feed_fd}
        fd = next(number for number in range(len(taken) + 1) if number not in taken)
        yield (_OPENAT, _AT_FDCWD, path, os.O_RDONLY)
        yield (_DUP3, fd, self._seen.program_fd, self._seen.program_flags & os.O_CLOEXEC)
        yield (_CLOSE, fd)

    def fork(self, streams: list[int], cgroup: int | None) -> int:
        """
        Start a run.

        Args:
            streams: its standard input, output and error.
            cgroup: directory of the cgroup that it must be in, where it does not inherit the right one.

        Returns:
            Its process id.
        """
        self.busy = True
        socket.send_fds(self._feed, [b"!"], streams)
        registers = self._seen.registers
        child = self._tracee.fork(registers, _CLONE, _FORK_FLAGS, 0, 0, self._seen.tid_address, 0)
        try:
            self._set_out(child, cgroup)
        except OSError:
            _end(child.pid)
            raise
        return child.pid

    def _set_out(self, child: Tracee, cgroup: int | None) -> None:
        if cgroup is not None:
            _write(cgroup, "cgroup.procs", b"%d" % child.pid)
        _write(self._own_proc, f"{child.pid}/oom_score_adj", b"1000")
        for number, *arguments in self._setting_out:
            child.call(self._seen.registers, number, *arguments)
        child.release(self._seen.registers)

    def reap(self, pid: int) -> tuple[int | None, bool]:
        """
        Bury the dead.

        Returns:
            The wait status of the fork, if it was among them, and whether somebody of the run is left.
        """
        status = None
        while True:
            found = self._tracee.call_unchecked(self._seen.registers, _WAIT4, -1, self._status, _WNOHANG_WALL, 0)
            if found == pid:
                (status,) = struct.unpack("=i", os.pread(self._memory, 4, self._status))
            elif found == -_ECHILD:
                self.busy = False
                return status, False
            elif found <= 0:
                return status, True

    def close(self, *, is_dead: bool) -> None:
        """End it; is_dead: it has been reaped."""
        os.close(self._memory)
        if not is_dead:
            _end(self.pid)


def _end(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while os.WIFSTOPPED(os.waitpid(pid, ALL_CHILDREN)[1]):
            pass


def _write(directory: int, name: str, data: bytes) -> None:
    fd = os.open(name, os.O_WRONLY | os.O_CLOEXEC, dir_fd=directory)
    try:
        os.write(fd, data)
    finally:
        os.close(fd)


def start(plan: Plan, seccomp: bytes, own_proc: int, feed: socket.socket, theirs: socket.socket) -> Template:
    """
    Start a template; nobody of a run is alive.

    Args:
        seccomp: the filter of its forks.
        own_proc: descriptor of a writable /proc.
        feed, theirs: connected sockets; the first is ours.

    Raises:
        OSError: it cannot be had; nothing is left of it.
    """
    with _covered(), _deadline():
        _write_new(plan.program, "")
        for name, text in plan.files:
            _write_new(f"/tmp/{name}", text)
        return _start(plan, seccomp, own_proc, feed, theirs)


def _start(plan: Plan, seccomp: bytes, own_proc: int, feed: socket.socket, theirs: socket.socket) -> Template:
    feed_fd = min([_DESCRIPTORS, resource.getrlimit(resource.RLIMIT_NOFILE)[1], *_open_files(plan)]) - 1
    pid = os.fork()
    if pid == 0:
        _become_interpreter(plan, theirs.fileno(), feed_fd)
    try:
        tracee = Tracee(pid)
        tracee.begin()
        template = Template(tracee, _watch(tracee, plan, own_proc), feed, feed_fd, own_proc)
        tracee.follow_forks()
        template.settle(plan, seccomp)
    except OSError:
        _end(pid)
        raise
    return template


def _open_files(plan: Plan) -> list[int]:
    return [value for kind, value in plan.rlimits if kind == resource.RLIMIT_NOFILE]


@contextlib.contextmanager
def _covered() -> Iterator[None]:
    """Empty directories over those that a submission can write or fill."""
    covered: list[str] = []
    try:
        for path in _COVERED:
            linux.mount("tmpfs", path, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, _COVER_OPTIONS)
            covered.append(path)
        yield
    finally:
        for path in covered:
            linux.umount(path)


def _write_new(path: str, text: str) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
    try:
        os.write(fd, text.encode())
    finally:
        os.close(fd)


@contextlib.contextmanager
def _deadline() -> Iterator[None]:
    """An interpreter that waits for something while it starts must not hold up the box."""

    def give_up(*_: object) -> NoReturn:
        raise TimeoutError("an interpreter took too long to start")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(_START_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _become_interpreter(plan: Plan, feed: int, feed_fd: int) -> NoReturn:
    """
    In a fresh fork of init, which has bounded the capabilities: everything that a zygote and a spawn from it do, but
    for the user and the filter.
    """
    try:
        signal.set_wakeup_fd(-1)
        for number in frozenset(signal.valid_signals()) - _UNTOUCHABLE_SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        os.setsid()
        _take_streams()
        linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)
        for kind, value in [(resource.RLIMIT_CORE, 1), (resource.RLIMIT_MEMLOCK, 1 << 16), *plan.rlimits]:
            _, hard = resource.getrlimit(kind)
            bounded = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(kind, (bounded, bounded))
        os.dup2(feed, feed_fd)
        os.umask(0o022)
        linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
        os.chdir("/work")
        stop_to_be_traced()
        os.execve(plan.argv[0], plan.argv, plan.env)  # noqa: S606 - no shell is what we want
    finally:
        os._exit(1)


def _take_streams() -> None:
    """Streams of the same kinds as a run has: what an interpreter learns of them stays true."""
    os.dup2(os.memfd_create("stdin"), 0)
    _, write_end = os.pipe()
    os.dup2(write_end, 1)
    os.dup2(write_end, 2)


def _watch(tracee: Tracee, plan: Plan, own_proc: int) -> _Seen:
    """Follow a start to the moment where it is to be held."""
    watcher = _Watcher(tracee, plan, own_proc)
    for _ in range(_MOST_CALLS):
        entry = tracee.next_call()
        if watcher.is_the_one(entry):
            return watcher.seen(tracee.leave_call())
        watcher.learn(entry, tracee.next_call().result if entry.number not in _NEVER_RETURN else 0)
    raise OSError("an interpreter did not come to its program")


_NEVER_RETURN: Final = frozenset({60, 231})
"""exit and exit_group."""


class _Watcher:
    """What the calls of a start tell."""

    def __init__(self, tracee: Tracee, plan: Plan, own_proc: int) -> None:
        self._tracee = tracee
        self._program = os.fsencode(plan.program)
        self._reads = plan.held_at == "read"
        self._own_proc = own_proc
        self._tid_address = self._robust_list = 0
        self._fd = -1
        self._flags = 0
        self._directories: list[bytes] = []
        self._drew = False

    def is_the_one(self, call: Call) -> bool:
        if not self._reads:
            return self._path(call) == self._program
        return self._fd >= 0 and call.number in _ON_DESCRIPTOR and call.arguments[0] == self._fd

    def learn(self, call: Call, result: int) -> None:
        if call.number == _SET_TID_ADDRESS:
            self._tid_address = call.arguments[0]
        elif call.number == _SET_ROBUST_LIST:
            self._robust_list = call.arguments[0]
        elif call.number == _MKDIR and result == 0:
            self._directories.append(self._string(call.arguments[0]))
        elif call.number == _EXECVE and result == 0:
            self._drew = False
        elif call.number == _GETRANDOM and result > _KEY_BYTES:
            self._drew = True
        elif call.number in {_OPEN, _OPENAT} and result >= 0:
            self._learn_file(self._path(call), result, call.arguments[1 if call.number == _OPEN else 2])

    def _learn_file(self, path: bytes, fd: int, flags: int) -> None:
        if path == self._program:
            self._fd, self._flags = fd, flags
        self._drew |= path in _RANDOM_FILES

    def _path(self, call: Call) -> bytes:
        if call.number in _BY_PATH:
            return self._string(call.arguments[0])
        return self._string(call.arguments[1]) if call.number in _BY_PATH_AT else b""

    def _string(self, address: int) -> bytes:
        fd = os.open(f"{self._tracee.pid}/mem", os.O_RDONLY | os.O_CLOEXEC, dir_fd=self._own_proc)
        try:
            first = 4096 - address % 4096
            data = os.pread(fd, first, address)
            if b"\0" not in data:
                data += os.pread(fd, _PATH_BYTES, address + first)
            return data.partition(b"\0")[0]
        except OSError:  # no address of its own: a call that fails
            return b""
        finally:
            os.close(fd)

    def seen(self, registers: list[int]) -> _Seen:
        if not self._tid_address or not self._robust_list:
            raise OSError("an interpreter without the C library's threads cannot be forked")
        if self._drew:
            raise OSError("all forks of an interpreter that has drawn random numbers would have the same")
        return _Seen(registers, self._tid_address, self._robust_list, self._fd, self._flags, self._directories)
