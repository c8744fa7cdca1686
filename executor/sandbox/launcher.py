"""The launcher: from a fresh interpreter to a running init, each step in the order that makes it safe."""

from __future__ import annotations

import ctypes
import marshal
import os
import signal
import socket
from typing import NoReturn, TypedDict

from executor.sandbox import linux
from executor.sandbox.init import Init
from executor.sandbox.messages import INNER_USER, MESSAGE_BYTES, MOST_TEMPLATES, Said, send_up
from executor.sandbox.root import Writable, build_root, quiet_network
from executor.sandbox.templates import Pair

_NO_PROC = (
    "there is neither a cgroup nor a /proc to measure with: part of /proc is covered here, as in a container; uncover "
    "it (docker: --security-opt systempaths=unconfined; Kubernetes: procMount: Unmasked), or give this process a cgroup"
)


class Plan(TypedDict):
    """
    What the engine decided about a box; the first message that the launcher gets.

    join: cgroup.procs files to join.
    outer_id: first of the two outside ids that the box uses when it is started by root; None when rootless.
    binds: host paths to show read-only, each with its path in the box.
    seccomp: the filter.
    size_bytes, inodes: bounds of each writable directory.
    """

    join: list[str]
    outer_id: int | None
    binds: list[tuple[str, str]]
    seccomp: bytes
    size_bytes: int
    inodes: int


def main() -> NoReturn:
    """Entry point of the launcher process. Being freshly executed it has no descriptor but 0-2 and its two sockets."""
    control, runs = (socket.socket(fileno=int(fd)) for fd in os.environ.pop("ENNEAD_FDS").split(","))
    for one in (control, runs):
        one.set_inheritable(False)
    _blank_arguments()
    plan: Plan = marshal.loads(control.recv(MESSAGE_BYTES))  # noqa: S302 - from the engine, which started us
    try:
        _launch(plan, control, runs)
    except OSError as error:
        send_up(control, Said.FAILED, f"launcher: {error}".encode())
    os._exit(1)


def _launch(plan: Plan, control: socket.socket, runs: socket.socket) -> NoReturn:
    for path in plan["join"]:
        _write(path, "0")
    if plan["outer_id"] is None:
        _enter_rootless_user_namespace()
    linux.unshare(linux.CLONE_NEWPID)
    asks, answers = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        asks.close()
        _become_init(plan, control, runs, answers)
    answers.close()
    control.close()
    runs.close()
    if asks.recv(1) and plan["outer_id"] is not None:
        _write_maps(pid, plan["outer_id"])
        asks.send(b"!")
    os.waitpid(pid, 0)
    os._exit(0)


def _become_init(plan: Plan, control: socket.socket, runs: socket.socket, launcher: socket.socket) -> NoReturn:
    try:
        pairs = [Pair() for _ in range(1 + MOST_TEMPLATES)]
        linux.unshare(
            linux.CLONE_NEWNS | linux.CLONE_NEWNET | linux.CLONE_NEWIPC | linux.CLONE_NEWUTS | linux.CLONE_NEWCGROUP
        )
        linux.sethostname("box")
        quiet_network()
        own_proc = build_root(plan["binds"])
        if own_proc is None and not plan["join"]:
            # Who polls an empty folder finds no process, and so no limit is ever exceeded.
            raise OSError(_NO_PROC)
        if plan["outer_id"] is not None:
            # A second mount namespace, owned by the new user namespace: what root mounted is now locked.
            linux.unshare(linux.CLONE_NEWUSER | linux.CLONE_NEWNS)
            launcher.send(b"?")
            if not launcher.recv(1):
                os._exit(1)
            os.setgroups([])
            os.setresgid(0, 0, 0)
            os.setresuid(0, 0, 0)
        launcher.close()
        linux.prctl(linux.PR_SET_DUMPABLE, 0)
        linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)  # not earlier: a change of ids clears it
        writable = Writable(plan["size_bytes"], plan["inodes"])
        init = Init(control, runs, writable, plan["seccomp"], own_proc, pairs)
    except OSError as error:
        send_up(control, Said.FAILED, f"init: {error}".encode())
        os._exit(1)
    os.dup2(1, 2)  # the last of the engine's descriptors; nothing is said there any more
    init.serve()


def _blank_arguments() -> None:
    """Programs can read the command line of PID 1, and where the engine is installed is none of their business."""
    with open("/proc/self/stat", "rb") as file:
        fields = file.read().rpartition(b")")[2].split()
    begin, end = int(fields[45]), int(fields[46])
    ctypes.memset(begin, 0, end - begin)


def _enter_rootless_user_namespace() -> None:
    uid, gid = os.geteuid(), os.getegid()
    linux.unshare(linux.CLONE_NEWUSER)
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{INNER_USER} {uid} 1")
    _write("/proc/self/gid_map", f"{INNER_USER} {gid} 1")


def _write_maps(pid: int, outer_id: int) -> None:
    """Inside, 0 is init and INNER_USER is the program; outside, both are ids that nobody else has."""
    for name in ("uid_map", "gid_map"):
        _write(f"/proc/{pid}/{name}", f"0 {outer_id} 1\n{INNER_USER} {outer_id + 1} 1\n")


def _write(path: str, text: str) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(fd, text.encode())
    finally:
        os.close(fd)
