"""
What this machine offers a sandbox, one finding at a time: the questions that `exec-cli doctor` asks.

Each function looks at one thing and says in words what it found and what would make it better. Where the kernel can be
asked by trying, it is tried, in a child process that then ends: a setting that looks right proves little.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cli.text import listed
from executor.model import MIB, Limits, Meter
from executor.preparing import Stores, recipes
from executor.runtime import Runtimes
from executor.sandbox import linux
from executor.sandbox.detection import CgroupSupport
from executor.sandbox.seccomp import build_filter

PROC = Path("/proc")
NAMESPACES = {
    "mount": linux.CLONE_NEWNS,
    "pid": linux.CLONE_NEWPID,
    "network": linux.CLONE_NEWNET,
    "ipc": linux.CLONE_NEWIPC,
    "uts": linux.CLONE_NEWUTS,
    "cgroup": linux.CLONE_NEWCGROUP,
}
_IDS_OF_A_BOX = 64_002


class State(StrEnum):
    OK = "ok"
    DEGRADED = "degraded"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One thing about this machine.

    Args:
        topic: what was looked at, in a word or two.
        says: what was found, as a sentence.
        advice: what to do about it; empty when nothing is wrong.
    """

    topic: str
    state: State
    says: str
    advice: str = ""


def kernel() -> Finding:
    release = platform.release()
    if platform.system() != "Linux":
        return Finding("kernel", State.MISSING, f"{platform.system()} {release}", "boxes need Linux")
    if _version(release) < (5, 8):
        advice = "use Linux 5.8 or later: before it, /proc of a box shows more than its processes"
        return Finding("kernel", State.DEGRADED, f"Linux {release}", advice)
    return Finding("kernel", State.OK, f"Linux {release}")


def _version(release: str) -> tuple[int, ...]:
    major, _, rest = release.partition(".")
    return tuple(int(part) if part.isdecimal() else 0 for part in (major, rest.partition(".")[0].partition("-")[0]))


def architecture(machine: str | None = None) -> Finding:
    machine = machine or platform.machine()
    try:
        build_filter(machine)
    except KeyError:
        return Finding("architecture", State.MISSING, f"{machine}: no system call filter", "use x86_64 or aarch64")
    return Finding("architecture", State.OK, machine)


def user(proc: Path = PROC) -> Finding:
    """Who starts the boxes, and so whether they get user ids of their own."""
    if not privileged(proc):
        who = f"an ordinary user (uid {os.geteuid()})" if os.geteuid() else "root without all that root may do"
        says = f"{who}: boxes are rootless, what runs in them has this user id outside"
        return Finding(
            "user", State.DEGRADED, says, "as root, or in a --privileged container, boxes get user ids of their own"
        )
    ids = sum(int(line.split()[2]) for line in (proc / "self" / "uid_map").read_text().splitlines())
    if ids < _IDS_OF_A_BOX:
        says = f"root of a user namespace that holds only {ids} user ids"
        return Finding(
            "user", State.DEGRADED, says, "give it 65536 in /etc/subuid and /etc/subgid, or start as an ordinary user"
        )
    return Finding("user", State.OK, "root: each box gets user ids that nobody else has")


def privileged(proc: Path = PROC) -> bool:
    """Whether this process may give boxes user ids: CAP_SETGID, CAP_SETUID and CAP_SYS_ADMIN."""
    capabilities = int(_status(proc)["CapEff"], 16)
    return all(capabilities >> bit & 1 for bit in (6, 7, 21))


def user_namespaces(proc: Path = PROC) -> Finding:
    """Whether user namespaces can be made; when not, which of the settings that forbid them is why."""
    topic = "user namespaces"
    error, barriers = _refused(linux.CLONE_NEWUSER), list(_barriers(proc))
    if error is None and not barriers:
        return Finding(topic, State.OK, "can be made")
    says = f"cannot be made ({error})" if error else "can be made, but not used by every user"
    why = "; ".join(name for name, _ in barriers)
    advice = " or ".join(advice for _, advice in barriers)
    state = State.MISSING if error else State.DEGRADED
    return Finding(topic, state, f"{says}: {why}" if why else says, advice or "allow them in the container's profile")


def _barriers(proc: Path) -> Iterator[tuple[str, str]]:
    """Settings of this system that keep user namespaces from ordinary users, and the commands that lift them."""
    for name, bad in (
        ("user.max_user_namespaces", "0"),
        ("kernel.unprivileged_userns_clone", "0"),
        ("kernel.apparmor_restrict_unprivileged_userns", "1"),
    ):
        if _read(proc / "sys" / name.replace(".", "/")) == bad:
            good = "15000" if name.startswith("user.") else str(1 - int(bad))
            yield f"{name} is {bad}", f"sudo sysctl -w {name}={good}"


def namespaces() -> Finding:
    """Whether a namespace of each kind can be made, as a box does it."""
    inside = 0 if privileged() else linux.CLONE_NEWUSER
    refused = {kind: error for kind, flag in NAMESPACES.items() if (error := _refused(inside | flag))}
    if not refused:
        return Finding("namespaces", State.OK, f"{listed(NAMESPACES)} can be made")
    says = "; ".join(f"{kind} cannot be made ({error})" for kind, error in refused.items())
    advice = "in a container: --privileged, or --cap-add SYS_ADMIN with seccomp=unconfined and apparmor=unconfined"
    return Finding("namespaces", State.MISSING, says, advice)


def _refused(flags: int) -> str | None:
    """Why the kernel refuses these namespaces to a child of ours; None when it grants them."""
    pid = os.fork()
    if pid == 0:
        code = 0
        try:
            linux.unshare(flags)
        except OSError as error:
            code = error.errno or 1
        os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return os.strerror(code) if code else None


def cgroups(support: CgroupSupport) -> Finding:
    state = State.DEGRADED if support.meter is Meter.POLLING else State.OK
    return Finding("cgroup", state, support.explanation, support.advice)


def seccomp(proc: Path = PROC) -> Finding:
    mode = _status(proc).get("Seccomp")
    if mode is None:
        return Finding("seccomp", State.MISSING, "this kernel has none", "use a kernel with CONFIG_SECCOMP_FILTER")
    already = "; a filter of somebody else is already active here, as in a container" if mode != "0" else ""
    return Finding("seccomp", State.OK, f"system call filters can be loaded{already}")


def capacity(slots: int) -> Finding:
    """Slots, and whether the memory suffices for all of them at the default limit."""
    total = _memory_bytes()
    needed = slots * Limits().memory_bytes
    says = f"{slots} at once, one for each usable core; {total // MIB} MiB of memory"
    if needed > total:
        advice = f"use --jobs {max(1, total // Limits().memory_bytes)}, or lower --memory-limit"
        return Finding("slots", State.DEGRADED, f"{says}, less than {slots} times the default limit", advice)
    return Finding("slots", State.OK, says)


def languages(runtimes: Runtimes) -> Finding:
    """How many languages can be judged here, and which."""
    return languages_found([runtime.id for runtime in runtimes.available()], runtimes)


def languages_found(found: Iterable[str], runtimes: Runtimes) -> Finding:
    there = list(found)
    advice = "exec-cli runtimes shows all languages, exec-cli runtimes install ID... installs them"
    if not there:
        return Finding("languages", State.MISSING, "no language is installed", advice)
    return Finding("languages", State.OK, f"{len(there)} of {len(runtimes)} are installed: {' '.join(there)}")


def prepared(runtimes: Runtimes, cache: Path | None) -> Finding:
    """Whether what makes compilations fast has been prepared, for the languages that are installed."""
    stores = Stores.of(cache or Path("/nonexistent"), 0)
    slower = [
        runtime.id
        for runtime in runtimes.available()
        if any(stores.find(recipe) is None for recipe in recipes(runtime))
    ]
    if slower:
        says = f"not prepared, and so compiled more slowly: {' '.join(slower)}"
        return Finding("prepared", State.DEGRADED, says, f"exec-cli runtimes prepare {' '.join(slower)}")
    return Finding("prepared", State.OK, "all that can be prepared for the installed languages is")


def losses(sentences: tuple[str, ...]) -> Iterator[Finding]:
    for sentence in sentences:
        yield Finding("loss", State.DEGRADED, sentence)


def guarded(look: Callable[[], Finding], topic: str) -> Finding:
    """What a look at this machine found; a failure to look is a finding too."""
    try:
        return look()
    except (OSError, LookupError, ValueError) as error:
        return Finding(topic, State.DEGRADED, f"cannot be found out: {error}")


def _memory_bytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _status(proc: Path = PROC) -> dict[str, str]:
    lines = (proc / "self" / "status").read_text(errors="surrogateescape").splitlines()
    return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}


def _read(path: Path) -> str | None:
    try:
        return path.read_text().strip()
    except OSError:
        return None
