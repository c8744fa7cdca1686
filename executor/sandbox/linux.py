"""System calls that the standard library does not offer, with errors as OSError; names as in the kernel's headers."""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
from typing import Final

CLONE_NEWNS: Final = 0x00020000
CLONE_NEWCGROUP: Final = 0x02000000
CLONE_NEWUTS: Final = 0x04000000
CLONE_NEWIPC: Final = 0x08000000
CLONE_NEWUSER: Final = 0x10000000
CLONE_NEWPID: Final = 0x20000000
CLONE_NEWNET: Final = 0x40000000

MS_RDONLY: Final = 1
MS_NOSUID: Final = 2
MS_NODEV: Final = 4
MS_NOEXEC: Final = 8
MS_REMOUNT: Final = 32
MS_NOATIME: Final = 1024
MS_NODIRATIME: Final = 2048
MS_BIND: Final = 4096
MS_REC: Final = 16384
MS_PRIVATE: Final = 1 << 18
MS_RELATIME: Final = 1 << 21
MS_VIEW: Final = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV
"""Make an existing mount read-only, without touching the file system under it."""
MNT_DETACH: Final = 2

PR_SET_PDEATHSIG: Final = 1
PR_SET_DUMPABLE: Final = 4
PR_CAPBSET_DROP: Final = 24
PR_SET_SECUREBITS: Final = 28
PR_SET_CHILD_SUBREAPER: Final = 36
PR_SET_NO_NEW_PRIVS: Final = 38
PR_SET_SECCOMP: Final = 22
PR_CAP_AMBIENT: Final = 47
PR_CAP_AMBIENT_CLEAR_ALL: Final = 4
SECCOMP_MODE_FILTER: Final = 2

SECURE_ALL_LOCKED: Final = 0b11101111
"""NOROOT, NO_SETUID_FIXUP, NO_CAP_AMBIENT_RAISE, each with its lock, and KEEP_CAPS locked off."""

SECURE_ROOT_LOCKED: Final = SECURE_ALL_LOCKED & ~0b100
"""Likewise, but NO_SETUID_FIXUP locked off: for a root that becomes another user, which takes all capabilities away."""

_SYS_PIVOT_ROOT: Final = {"x86_64": 155, "aarch64": 41}
_SYS_CLONE3: Final = 435
_CLONE_INTO_CGROUP: Final = 0x200000000
CAPABILITY_VERSION_3: Final = 0x20080522
_CAP_WAKE_ALARM: Final = 35
_SIOCSIFFLAGS: Final = 0x8914
_IFF_UP: Final = 1

# PyDLL keeps the GIL: a child made by clone3 must find the interpreter as fork() would leave it.
_libc = ctypes.PyDLL(None, use_errno=True)


def _check(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def unshare(flags: int) -> None:
    _check(_libc.unshare(flags), f"unshare({flags:#x})")


def mount(source: str, target: str, fstype: str | None = None, flags: int = 0, options: str = "") -> None:
    kind = fstype.encode() if fstype else None
    data = options.encode() or None
    result = _libc.mount(os.fsencode(source), os.fsencode(target), kind, ctypes.c_ulong(flags), data)
    _check(result, f"mount {fstype or 'bind'} on {target}")


def umount(target: str) -> None:
    """Detach the mount at once; the kernel frees it when its last user is gone."""
    _check(_libc.umount2(os.fsencode(target), MNT_DETACH), f"umount {target}")


def pivot_root(new_root: str, put_old: str) -> None:
    number = _SYS_PIVOT_ROOT[os.uname().machine]
    _check(_libc.syscall(ctypes.c_long(number), os.fsencode(new_root), os.fsencode(put_old)), "pivot_root")


def prctl(option: int, value: int = 0) -> None:
    nothing = ctypes.c_ulong(0)
    _check(_libc.prctl(option, ctypes.c_ulong(value), nothing, nothing, nothing), f"prctl({option}, {value})")


def sethostname(name: str) -> None:
    _check(_libc.sethostname(name.encode(), len(name)), "sethostname")


CHANGE_OF_USER: Final = (6, 7, 8)
"""CAP_SETGID, CAP_SETUID and CAP_SETPCAP."""


def bound_capabilities() -> None:
    """Let no exec, of ours or of a child, bring a capability back but CHANGE_OF_USER; needs CAP_SETPCAP."""
    drop_bounding_set(CHANGE_OF_USER)


def seal_capabilities() -> None:
    """After `bound_capabilities`: make sure that no exec and no uid change can ever bring any capability back."""
    for capability in CHANGE_OF_USER:
        prctl(PR_CAPBSET_DROP, capability)
    prctl(PR_SET_SECUREBITS, SECURE_ALL_LOCKED)


def drop_bounding_set(kept: tuple[int, ...] = ()) -> None:
    """Make sure that no exec can ever bring a capability back, but those that are kept; needs CAP_SETPCAP."""
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    for capability in range(64):
        if capability in kept:
            continue
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError:  # one past the last that this kernel knows
            break


def keep_one_idle_capability() -> None:
    """
    Give up every capability of the calling thread but the right to hold one that is not in effect.

    Whoever holds less may not change its priority, scheduling or affinity (cap_safe_nice in the kernel), so that
    programs cannot make their zygote wait behind them. An exec takes it away, since it is in no other set.
    """
    header = struct.pack("=Ii", CAPABILITY_VERSION_3, 0)
    permitted = 1 << _CAP_WAKE_ALARM
    low, high = permitted & 0xFFFFFFFF, permitted >> 32
    _check(_libc.capset(header, struct.pack("=6I", 0, low, 0, 0, high, 0)), "capset")


def load_seccomp(program: bytes) -> None:
    """
    Confine the calling thread with a BPF program; needs no_new_privs.

    Args:
        program: array of struct sock_filter, 8 bytes each.
    """
    buffer = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(buffer))
    nothing = ctypes.c_ulong(0)
    result = _libc.prctl(PR_SET_SECCOMP, ctypes.c_ulong(SECCOMP_MODE_FILTER), header, nothing, nothing)
    _check(result, "load seccomp filter")


def fork_into_cgroup(directory: int) -> int:
    """
    fork() whose child is born in the cgroup v2 directory open as `directory`.

    Being born there charges all it touches to that cgroup and needs no migration, which would wait for
    an RCU grace period. Kernel 5.7 and later.

    Returns:
        0 in the child, its pid in the parent.
    """
    sigchld = 17
    args = struct.pack("=11Q", _CLONE_INTO_CGROUP, 0, 0, 0, sigchld, 0, 0, 0, 0, 0, directory)
    return _check(_libc.syscall(ctypes.c_long(_SYS_CLONE3), args, ctypes.c_size_t(len(args))), "clone3 into cgroup")


def loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", _IFF_UP))
