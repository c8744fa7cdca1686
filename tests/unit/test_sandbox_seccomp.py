"""The system call filter, run by an interpreter of its own: every call number of the kernel's tables, one by one."""

from __future__ import annotations

import errno
import os
import re
import struct
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from executor.sandbox.seccomp import build_filter

ALLOW, KILL_PROCESS, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
EPERM, ENOSYS, EAFNOSUPPORT = (ERRNO | number for number in (errno.EPERM, errno.ENOSYS, errno.EAFNOSUPPORT))

LAST_REVIEWED = 450
"""set_mempolicy_home_node; nobody has thought yet about what came later."""

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
FOREIGN = {"i386": 0x40000003, "arm": 0x40000028, "riscv64": 0xC00000F3, "nothing": 0}

HEADERS = {
    "x86_64": ("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "/usr/include/asm/unistd_64.h"),
    "aarch64": ("/usr/include/asm-generic/unistd.h",),
}
"""Where the kernel itself says which number is which call; Debian's linux-libc-dev, which every compiler needs."""

C_LIBRARIES_FALL_BACK = """
    clone3 io_uring_setup io_uring_enter io_uring_register
    open_tree move_mount fsopen fsconfig fsmount fspick mount_setattr
    landlock_create_ruleset landlock_add_rule landlock_restrict_self memfd_secret
    """.split()

FORBIDDEN = {
    "mounts": "mount umount2 pivot_root chroot",
    "namespaces": "unshare setns",
    "other processes": "ptrace process_vm_readv process_vm_writev pidfd_getfd kcmp process_madvise process_mrelease",
    "kernel programs": "bpf perf_event_open userfaultfd",
    "keys, which outlive processes": "add_key request_key keyctl",
    "files by handle": "name_to_handle_at open_by_handle_at fanotify_init fanotify_mark lookup_dcookie",
    "System V and POSIX objects, which outlive processes": """
        shmget shmat shmctl shmdt semget semop semctl semtimedop msgget msgsnd msgrcv msgctl
        mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr
        """,
    "the kernel's code": "init_module finit_module delete_module kexec_load kexec_file_load create_module query_module",
    "the machine": "reboot swapon swapoff acct syslog quotactl quotactl_fd sethostname setdomainname vhangup",
    "its clocks": "settimeofday clock_settime adjtimex clock_adjtime",
    "hardware and old interfaces": "iopl ioperm modify_ldt nfsservctl uselib _sysctl get_kernel_syms",
    "memory of others": "migrate_pages move_pages",
}
BY_ARGUMENT = {"clone", "ioctl", "socket", "socketpair", "prlimit64", "personality"}

each_machine = pytest.mark.parametrize("machine", ARCHITECTURES)


class Instruction(NamedTuple):
    code: int
    jump_true: int
    jump_false: int
    k: int


class Decision(NamedTuple):
    """What the filter answers, and after how many instructions."""

    answer: int
    steps: int


@cache
def program(machine: str) -> tuple[Instruction, ...]:
    return tuple(Instruction(*fields) for fields in struct.iter_unpack("=HBBI", build_filter(machine)))


def decide(machine: str, number: int, *arguments: int, arch: int | None = None) -> Decision:
    """Interpret the filter as the kernel does: seccomp_data is nr, arch, instruction pointer, six arguments."""
    padded = (*arguments, *[0xDEAD_BEEF_DEAD_BEEF] * (6 - len(arguments)))
    arch = ARCHITECTURES[machine] if arch is None else arch
    data = struct.pack("=IIQ6Q", number & 0xFFFFFFFF, arch, 0x7FFF_1234_5678, *padded)
    code = program(machine)
    accumulator, at = 0, 0
    for step in range(1, len(code) + 1):
        one = code[at]
        at += 1
        if one.code == 0x20:  # LD | W | ABS
            (accumulator,) = struct.unpack_from("=I", data, one.k)
        elif one.code == 0x06:  # RET | K
            return Decision(one.k, step)
        else:  # JMP | (JEQ, JGE, JSET) | K
            true = {0x15: accumulator == one.k, 0x35: accumulator >= one.k, 0x45: bool(accumulator & one.k)}[one.code]
            at += one.jump_true if true else one.jump_false
    raise AssertionError("the filter does not end")


@cache
def numbers(machine: str) -> Mapping[str, int]:
    """Call numbers by name, from the kernel's own header."""
    header = next((Path(name) for name in HEADERS[machine] if Path(name).exists()), None)
    if header is None:
        pytest.skip(f"no kernel header for {machine} here: {' or '.join(HEADERS[machine])}")
    found = re.findall(r"^#define __NR(?:3264)?_(\w+)\s+(\d+)\s*$", header.read_text(), re.MULTILINE)
    return {name: int(number) for name, number in found if name != "syscalls"}


def expected(machine: str) -> dict[int, int]:
    """The answer to every number up to the last reviewed one, but to those that depend on an argument."""
    named = numbers(machine)
    answers = dict.fromkeys(range(LAST_REVIEWED + 1), ALLOW)
    refused = {name: EPERM for names in FORBIDDEN.values() for name in names.split()}
    for name, answer in (refused | dict.fromkeys(C_LIBRARIES_FALL_BACK, ENOSYS)).items():
        if name in named:
            answers[named[name]] = answer
    for name in BY_ARGUMENT:
        del answers[named[name]]
    return answers


@each_machine
def test_the_kernel_would_load_it(machine: str) -> None:
    """Known instructions, no jump past the end, loads inside seccomp_data, a return at the end, 4,096 at most."""
    code = program(machine)
    assert len(code) <= 4096
    assert code[-1].code == 0x06
    for at, one in enumerate(code):
        assert one.code in {0x20, 0x06, 0x15, 0x35, 0x45}
        if one.code == 0x20:
            assert one.k % 4 == 0
            assert one.k < 64
        elif one.code != 0x06:
            assert at + 1 + max(one.jump_true, one.jump_false) < len(code)


@each_machine
def test_every_known_call_is_answered_as_intended(machine: str) -> None:
    """Allowed unless it is on a list; the numbers are those of the kernel's header."""
    names = {number: name for name, number in numbers(machine).items()}
    wrong = {
        f"{number} {names.get(number, '(no call)')}": hex(decide(machine, number).answer)
        for number, answer in expected(machine).items()
        if decide(machine, number).answer != answer
    }
    assert not wrong


@each_machine
def test_the_header_has_the_calls_that_matter(machine: str) -> None:
    """A header that was read wrongly would prove nothing."""
    named = numbers(machine)
    assert len(named) > 290
    assert named["clone3"] == 435
    assert set(named) >= BY_ARGUMENT
    lists = {name for names in FORBIDDEN.values() for name in names.split()} | set(C_LIBRARIES_FALL_BACK)
    only_on_x86 = set("create_module query_module get_kernel_syms _sysctl uselib iopl ioperm modify_ldt".split())
    assert lists - set(named) <= (set() if machine == "x86_64" else only_on_x86)


@each_machine
@pytest.mark.parametrize("number", [451, 452, 462, 511, 512, 547, 1000, 65_536, 0x3FFF_FFFF])
def test_calls_that_nobody_has_looked_at_do_not_exist(machine: str, number: int) -> None:
    """A newer kernel's calls are refused as an older kernel refuses them."""
    assert decide(machine, number).answer == ENOSYS


@each_machine
@pytest.mark.parametrize("number", [0x4000_0000, 0x4000_0000 | 59, 0x4000_0000 | 520, 0x7FFF_FFFF, -1])
def test_x32_calls_kill(machine: str, number: int) -> None:
    """The second table of 64-bit processors is a way around every number above."""
    assert decide(machine, number).answer == KILL_PROCESS


@each_machine
@pytest.mark.parametrize("arch", [*FOREIGN.values(), *ARCHITECTURES.values()], ids=hex)
def test_foreign_architectures_kill(machine: str, arch: int) -> None:
    """Calls by int 0x80 and its like have numbers of their own: none is answered, not even a harmless one."""
    if arch != ARCHITECTURES[machine]:
        assert {decide(machine, number, arch=arch).answer for number in range(600)} == {KILL_PROCESS}


# --- calls whose arguments decide; the kernel reads 32 bits of each, whatever the upper half holds

upper_halves = pytest.mark.parametrize("upper", [0, 0xFFFF_FFFF_0000_0000, 0x1_0000_0000], ids=hex)

NEW_NAMESPACES = {
    "time": 0x80,
    "mount": 0x2_0000,
    "cgroup": 0x200_0000,
    "uts": 0x400_0000,
    "ipc": 0x800_0000,
    "user": 0x1000_0000,
    "pid": 0x2000_0000,
    "net": 0x4000_0000,
}
FORK, THREAD, VFORK = 0x0120_0011, 0x003D_0F00, 0x4111


@each_machine
@upper_halves
def test_clone_makes_processes_and_threads(machine: str, upper: int) -> None:
    """What fork, vfork and pthread_create ask for is allowed."""
    for flags in (FORK, THREAD, VFORK):
        assert decide(machine, numbers(machine)["clone"], upper | flags).answer == ALLOW


@each_machine
@upper_halves
@pytest.mark.parametrize("flag", NEW_NAMESPACES.values(), ids=NEW_NAMESPACES)
def test_clone_makes_no_namespaces(machine: str, upper: int, flag: int) -> None:
    """One flag among many is enough to be refused."""
    for others in (0, FORK, THREAD):
        assert decide(machine, numbers(machine)["clone"], upper | flag | others).answer == EPERM


@each_machine
@upper_halves
def test_a_terminal_takes_no_input_from_a_program(machine: str, upper: int) -> None:
    """TIOCSTI and TIOCLINUX type for the user of a terminal; every other ioctl is allowed."""
    ioctl = numbers(machine)["ioctl"]
    for request in (0x5412, 0x541C):
        assert decide(machine, ioctl, 0, upper | request).answer == EPERM
    for request in (0, 0x5401, 0x5411, 0x5413, 0x541B, 0x541D, 0x5421, 0xFFFF_FFFF):
        assert decide(machine, ioctl, 0x5412, upper | request).answer == ALLOW


@each_machine
@upper_halves
def test_only_three_families_of_sockets_exist(machine: str, upper: int) -> None:
    """UNIX, INET and INET6; AF_VSOCK (40) would reach across network namespaces, AF_ALG (38) into the kernel."""
    answers = {family: decide(machine, numbers(machine)["socket"], upper | family).answer for family in range(64)}
    assert {family for family, answer in answers.items() if answer == ALLOW} == {1, 2, 10}
    assert set(answers.values()) == {ALLOW, EAFNOSUPPORT}


@each_machine
@upper_halves
def test_limits_can_be_changed_only_of_oneself(machine: str, upper: int) -> None:
    """prlimit64 takes pid 0, which is the caller, and nobody else."""
    prlimit = numbers(machine)["prlimit64"]
    assert decide(machine, prlimit, upper | 0).answer == ALLOW
    for pid in (1, 2, 1000, 0x7FFF_FFFF, 0xFFFF_FFFF):
        assert decide(machine, prlimit, upper | pid).answer == EPERM


@each_machine
def test_pairs_are_of_unix_sockets(machine: str) -> None:
    """Other families have code in the kernel that no program needs."""
    number = numbers(machine)["socketpair"]
    assert decide(machine, number, 1).answer == ALLOW
    assert all(decide(machine, number, family).answer != ALLOW for family in range(2, 50))


@each_machine
@upper_halves
def test_a_program_keeps_its_personality(machine: str, upper: int) -> None:
    """It may ask, say that it is Linux, and turn address randomisation off; not make all memory executable."""
    personality = numbers(machine)["personality"]
    for allowed in (0xFFFF_FFFF, 0, 0x004_0000):
        assert decide(machine, personality, upper | allowed).answer == ALLOW
    for refused in (0x8, 0x40_0000, 0x44_0000, 0x10_0000, 0x8_0000, 0x1):
        assert decide(machine, personality, upper | refused).answer == EPERM


# --- what judged programs need


NEEDED = """
    read write close mmap mprotect munmap brk rt_sigaction rt_sigprocmask madvise execve exit exit_group wait4 kill
    getpid gettid futex set_robust_list sched_getaffinity sched_yield clock_gettime clock_nanosleep nanosleep
    epoll_create1 epoll_ctl epoll_pwait eventfd2 pipe2 dup3 getrandom bind listen connect getrlimit
    openat newfstatat fstatat faccessat fchmodat mkdirat unlinkat renameat2 getdents64 statx rseq prctl getcwd chdir
    memfd_create mlock timerfd_create inotify_init1 sendfile splice sysinfo uname faccessat2 close_range
    """.split()


@each_machine
def test_what_languages_need_is_allowed(machine: str) -> None:
    """Denying any of these has broken the runtime of some language."""
    named = numbers(machine)
    refused = [name for name in NEEDED if name in named and decide(machine, named[name]).answer != ALLOW]
    assert not refused


@each_machine
def test_a_decision_is_quick(machine: str) -> None:
    """The tree is balanced: no call waits for more than a dozen comparisons and those of its own arguments."""
    assert max(decide(machine, number).steps for number in range(LAST_REVIEWED + 20)) <= 20


def test_this_machine_is_the_default() -> None:
    """Without a name the filter is that of the machine that runs it."""
    machine = os.uname().machine
    assert build_filter() == build_filter(machine)


def test_an_unknown_machine_is_refused() -> None:
    """There is no filter that guesses."""
    with pytest.raises(KeyError):
        build_filter("vax")
