"""What the tests of a box share: which boxes there are, where one deviates from the contract, and how to ask it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import dedent

import psutil
import pytest

from executor.errors import BoxFailure
from executor.model import MIB, MS, SECOND, Command, Content, Excess, Limits, Meter, Outcome
from executor.sandbox.box import Box
from executor.sandbox.box_config import BoxConfig
from executor.sandbox.detection import CgroupSupport
from executor.sandbox.docker.daemon import OWNER_LABEL, owner
from executor.sandbox.docker.docker_box import ContainerConfig, start_docker_box
from executor.sandbox.native import NativeBox
from tests.docker.chosen import ADDRESS, ON_DOCKER, docker_settings

PYTHON = "/usr/bin/python3"
LIMITS = Limits(cpu_ns=20 * SECOND, wall_ns=40 * SECOND, memory_bytes=256 * MIB)
"""Far from what any well-behaved program below needs, on a slow kernel too."""


@dataclass(frozen=True)
class Deviation:
    """
    A promise of the contract that a box is known not to keep; the tests that prove it are expected to fail.

    Args:
        implementation: its name.
        meter: only with this one; None: with every one.
        tests: names of the tests.
        reason: why, as a sentence that the box itself also says in `losses` where it depends on the environment.
    """

    implementation: str
    meter: Meter | None
    tests: tuple[str, ...]
    reason: str


DEVIATIONS: tuple[Deviation, ...] = (
    Deviation(
        "native",
        Meter.POLLING,
        ("test_files_in_the_writable_directories_count_as_memory",),
        "without a cgroup only the memory of processes is seen, not that of files in a tmpfs",
    ),
    Deviation(
        "native",
        Meter.POLLING,
        ("test_cpu_time_of_children_that_nobody_waits_for_is_limited_and_counted",),
        "a child that lives for a moment and that nobody waits for falls between two looks at /proc",
    ),
    Deviation(
        "native",
        Meter.POLLING,
        ("test_a_terabyte_that_is_mapped_writable_and_not_touched_costs_nothing",),
        "without a cgroup RLIMIT_DATA guards memory, and it counts what is mapped writable",
    ),
    Deviation(
        "native",
        Meter.POLLING,
        ("test_a_refused_fork_is_noted",),
        "RLIMIT_NPROC refuses without leaving a trace",
    ),
    *(
        Deviation(name, None, tests, reason)
        for name in ("docker", "docker-remote")
        for tests, reason in (
            (
                ("test_the_root_holds_only_what_is_promised",),
                "the root is that of the image, with empty folders and what the Docker Engine adds",
            ),
            (
                ("test_a_program_that_signals_everybody", "test_a_program_that_kills_its_supervisor"),
                "the supervisor has another user, so there is nobody whom a program could signal",
            ),
        )
    ),
)


@dataclass(frozen=True)
class Implementation:
    """
    A kind of box.

    Args:
        start: one box; index is unique among the boxes of this process, writable_bytes bounds each writable directory.
        traces: what this process's boxes have on the host besides processes and descriptors, each as a line.
    """

    name: str
    start: Callable[[int, CgroupSupport, int], Awaitable[Box]]
    traces: Callable[[CgroupSupport], Iterable[str]]


async def _start_native(index: int, support: CgroupSupport, writable_bytes: int) -> Box:
    return await NativeBox.start(index, BoxConfig(writable_bytes=writable_bytes), support)


_BOX_DIRECTORIES = frozenset({"/", "/artifact", "/dev/shm", "/proc", "/tmp", "/work"})


def _native_traces(support: CgroupSupport) -> list[str]:
    """Cgroups of this process, and mounts of a box that got into our own mount namespace."""
    cgroups = [str(path) for parent in set(support.parents.values()) for path in cgroups_of(parent, os.getpid())]
    points = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    return [*cgroups, *(f"a mount on {point}" for point in points if point in _BOX_DIRECTORIES)]


def cgroups_of(parent: Path, pid: int) -> list[Path]:
    """The slots' cgroups that the engine with this process id made, and those below them."""
    slots = list(parent.glob(f"ennead-{pid}-*"))
    return [*slots, *(path for slot in slots for path in slot.rglob("*/"))]


def _start_docker(*, own_cgroups: bool) -> Callable[[int, CgroupSupport, int], Awaitable[Box]]:
    async def start(index: int, support: CgroupSupport, writable_bytes: int) -> Box:
        settings = replace(docker_settings(), own_cgroups=own_cgroups)
        return await start_docker_box(settings, ContainerConfig(writable_bytes=writable_bytes))

    return start


def _docker_traces(_: CgroupSupport) -> list[str]:
    """Containers that this process made."""
    import docker

    api = docker.APIClient(os.environ[ADDRESS], version="auto")
    try:
        found = api.containers(all=True, filters={"label": f"{OWNER_LABEL}={owner()}"})
        return [f"container {each['Id'][:12]} {each['State']}" for each in found]
    finally:
        api.close()


_DOCKER = (
    Implementation("docker", _start_docker(own_cgroups=True), _docker_traces),
    Implementation("docker-remote", _start_docker(own_cgroups=False), _docker_traces),
)
_NATIVE = (Implementation("native", _start_native, _native_traces),)
KINDS = (*_NATIVE, *_DOCKER)
IMPLEMENTATIONS: tuple[Implementation, ...] = _DOCKER if ON_DOCKER else _NATIVE

Start = Callable[..., Awaitable[Box]]
"""`await start(writable_bytes=...)`: one more box, closed when the test is over."""


Probe = Callable[..., Command]
"""`probe("mode", argument, ..., stdin=...)`: a command of the probe program, which has been loaded."""


def probe_command(*words: str | int, stdin: Content = b"") -> Command:
    return Command(argv=("/artifact/probe", *map(str, words)), stdin=stdin)


def python(code: str, *arguments: str, stdin: Content = b"", env: Mapping[str, str] | None = None) -> Command:
    """A Python program, without what `site` would import."""
    return Command(argv=(PYTHON, "-I", "-S", "-c", dedent(code), *arguments), env=env or {}, stdin=stdin)


def shell(script: str) -> Command:
    return Command(argv=("/bin/sh", "-c", script), env={"PATH": "/usr/bin:/bin"})


def stdout_of(outcome: Outcome) -> bytes:
    """What the program printed; it must have ended cleanly."""
    assert outcome.exit_code == 0, brief(outcome)
    assert not outcome.exceeded, brief(outcome)
    return outcome.stdout


def brief(outcome: Outcome) -> str:
    """An outcome for a failed test's message, without megabytes of output."""
    return (
        f"exit_code={outcome.exit_code} signal={outcome.signal} exceeded={set(outcome.exceeded)} {outcome.usage} "
        f"detail={outcome.detail!r} stdout={outcome.stdout[:200]!r} stderr={outcome.stderr[-2000:]!r}"
    )


async def assert_usable(box: Box) -> None:
    """A box that works is clean after a reset and runs a program."""
    await box.reset()
    assert stdout_of(await box.run(shell("ls -A /work /tmp /dev/shm /artifact; echo well"), LIMITS)).endswith(b"well\n")


async def works_or_fails_cleanly(box: Box) -> bool:
    """Whether the box works; if not, it must say so with a BoxFailure, and soon."""
    try:
        async with asyncio.timeout(10):
            await box.reset()
            assert stdout_of(await box.run(shell("ls -A . /tmp; echo well"), LIMITS)) == b".:\n\n/tmp:\nwell\n"
    except BoxFailure as failure:
        assert_says_why(failure)
        return False
    return True


def assert_says_why(failure: Exception) -> None:
    """An exception that a person may have to understand has words."""
    assert str(failure)


async def assert_runs_nothing(box: Box, most: int = 3) -> None:
    """In the box's own /proc there is nobody but init, a supervisor and the program that looks."""
    seen = stdout_of(
        await box.run(python("import os; print(*[n for n in os.listdir('/proc') if n.isdigit()])"), LIMITS)
    )
    assert len(seen.split()) <= most, seen


def assert_over(outcome: Outcome, limit: Excess) -> None:
    """This limit was exceeded and no other."""
    assert outcome.exceeded == {limit}, brief(outcome)


def native(box: Box) -> NativeBox:
    """This box, if it is a native one; else the test is skipped."""
    if not isinstance(box, NativeBox):
        pytest.skip("looks at the processes of the native box")
    return box


def supervisors(box: Box) -> dict[str, psutil.Process]:
    """The processes of an idle native box, seen from outside."""
    launcher = psutil.Process(native(box).pid)
    (init,) = launcher.children()
    (zygote,) = init.children()
    return {"launcher": launcher, "init": init, "zygote": zygote}


def inventory(implementation: Implementation, support: CgroupSupport) -> Counter[str]:
    """Everything of ours that a box could leave behind, each thing as a line."""
    found = Counter(implementation.traces(support))
    found.update(f"process {child.pid} {child.name()}" for child in children())
    for fd in Path("/proc/self/fd").iterdir():
        try:
            found[f"descriptor {fd.name} of {fd.readlink()}"] += 1
        except FileNotFoundError:  # that of this very listing
            continue
    return found


def children() -> list[psutil.Process]:
    found = []
    for child in psutil.Process().children(recursive=True):
        try:
            child.name()
        except psutil.NoSuchProcess:
            continue
        found.append(child)
    return found


def is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def descriptors() -> list[int]:
    """The numbers of this process's descriptors, with the one that lists them."""
    return [int(path.name) for path in Path("/proc/self/fd").iterdir()]


@contextlib.contextmanager
def descriptors_left(number: int) -> Iterator[None]:
    """Inside, this process can open only so many more descriptors."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(descriptors()) + number + 16, hard))
    taken = []
    try:
        with contextlib.suppress(OSError):
            while True:
                taken.append(os.open("/dev/null", os.O_RDONLY | os.O_CLOEXEC))
        for _ in range(number):
            os.close(taken.pop())
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for fd in taken:
            os.close(fd)


async def assert_soon(condition: Callable[[], bool], what: str, patience_s: float = 2.0) -> None:
    """The condition comes true within the time; what: the sentence that is wrong if it does not."""
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, what
        await asyncio.sleep(0.01)


def ms(ns: int) -> float:
    return ns / MS
