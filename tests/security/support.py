"""What the security tests share: how an attack is run, and what the host looks like before and after it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from executor.model import MIB, MS, SECOND, Command, Content, Excess, File, Limits, Meter, Outcome, Verdict
from executor.sandbox.box import Place
from executor.sandbox.docker.docker_box import DockerBox
from executor.sandbox.native import NativeBox
from executor.verdict import verdict_of

PROGRAMS = Path(__file__).parent / "programs"
REPOSITORY = Path(__file__).parents[2]
LIMITS = Limits(
    cpu_ns=200 * MS,
    wall_ns=4 * SECOND,
    memory_bytes=48 * MIB,
    output_bytes=MIB,
    file_size_bytes=128 * MIB,
    open_files=128,
    processes=32,
)
"""Small, so that an attack is over soon; the wall clock leaves a busy machine time to reach the others."""
IMPATIENT = replace(LIMITS, wall_ns=600 * MS)
"""For programs that only wait."""
PATIENT = Limits(cpu_ns=10 * SECOND, wall_ns=20 * SECOND, memory_bytes=256 * MIB)
"""For what must succeed however busy the machine is: compilers, and the program that looks around afterwards."""

ALL_REFUSED = b"all refused\n"
"""What a program prints whose every attempt failed, as it should."""
LEFT_BEHIND = "left-behind"
"""Part of the name of every file and socket that hostile programs leave."""
TOUCHED_BYTES = 24 * MIB
"""Memory that the inspector uses; what a box says it used must show that."""
_FREED_LATE_BYTES = 12 * MIB
"""The kernel frees the stacks of many processes and the inodes of many files a little later; this may be missed."""
INSPECTOR = "inspector.c"
SECRET = "correct-horse-battery-staple"  # noqa: S105 - guards nothing; it is what attacks look for
"""In the environment of the engine while a box is started and used."""


@dataclass(frozen=True, repr=False)
class Attempt:
    """An attack and how it ended."""

    outcome: Outcome
    limits: Limits

    @property
    def verdict(self) -> Verdict | None:
        """None: it ended cleanly, and only its answer would still count."""
        return verdict_of(self.outcome, self.limits)

    @property
    def stdout(self) -> bytes:
        return self.outcome.stdout

    @property
    def exceeded(self) -> frozenset[Excess]:
        return self.outcome.exceeded

    @property
    def cpu_ns(self) -> int:
        return self.outcome.usage.cpu_ns

    @property
    def wall_ns(self) -> int:
        return self.outcome.usage.wall_ns

    def __repr__(self) -> str:
        """For a failed assertion, without megabytes of output."""
        outcome = self.outcome
        return (
            f"verdict={self.verdict} exit_code={outcome.exit_code} signal={outcome.signal} "
            f"exceeded={sorted(outcome.exceeded)} detail={outcome.detail!r} {outcome.usage} "
            f"stdout={outcome.stdout[:2000]!r} stderr={outcome.stderr[:2000]!r}"
        )


class Attacks:
    """
    Runs hostile programs in a box.

    Args:
        box: started, with nothing in it.
        artifacts: what has been compiled so far in this session, by source name.
    """

    def __init__(self, box: NativeBox | DockerBox, artifacts: dict[str, bytes]) -> None:
        self.box = box
        self._artifacts = artifacts
        self.work_is_kept = False

    @property
    def is_exact(self) -> bool:
        """Whether a cgroup measures; without one, what is short or not in a process's own memory is missed."""
        return self.box.meter is not Meter.POLLING

    async def compiled(self, source: str) -> bytes:
        """The static executable of a C program, compiled in the box, which is empty afterwards."""
        if source not in self._artifacts:
            self._artifacts[source] = await compiled(self.box, source)
        return self._artifacts[source]

    async def load(self, *sources: str) -> None:
        """Begin a job: /artifact/NAME for each NAME.c."""
        files = [executable(source, await self.compiled(source)) for source in (*sources, INSPECTOR)]
        await self.box.reset()
        await self.box.load(files, Place.ARTIFACT)
        self.work_is_kept = False

    async def next_run(
        self, source: str, *arguments: str | int, limits: Limits = LIMITS, stdin: Content = b"", keep_work: bool = False
    ) -> Attempt:
        """Run a loaded program."""
        command = Command(argv=(f"/artifact/{Path(source).stem}", *map(str, arguments)), stdin=stdin)
        self.work_is_kept = keep_work
        return Attempt(await self.box.run(command, limits, keep_work=keep_work), limits)

    async def run(
        self, source: str, *arguments: str | int, limits: Limits = LIMITS, stdin: Content = b"", keep_work: bool = False
    ) -> Attempt:
        """Run a program as the first run of a new job."""
        await self.load(source)
        return await self.next_run(source, *arguments, limits=limits, stdin=stdin, keep_work=keep_work)

    async def inspect(self) -> None:
        """An honest program finds the box as it should be, and is measured as it should be."""
        nonce = os.urandom(8).hex().encode()
        command = Command(
            argv=("/artifact/inspector", str(len(os.sched_getaffinity(0)))), env={"ONLY": "this"}, stdin=nonce + b"\n"
        )
        outcome = await self.box.run(command, PATIENT)
        attempt = Attempt(outcome, PATIENT)
        assert attempt.verdict is None, attempt
        assert outcome.stdout == b"clean\n", attempt
        assert outcome.stderr == nonce, attempt
        assert not outcome.exceeded, attempt
        if self.is_exact:
            used = outcome.usage.memory_bytes or 0
            assert TOUCHED_BYTES - _FREED_LATE_BYTES <= used <= 2 * TOUCHED_BYTES, attempt


async def compiled(box: NativeBox | DockerBox, source: str) -> bytes:
    """The static executable of a C program of this folder; the box is reset before and after."""
    command = ("/usr/bin/gcc", "-O1", "-std=gnu17", "-w", "-static", "-pthread", "-o", "main", source)
    files = [File(name, PROGRAMS / name) for name in (source, "hostile.h")]
    await box.reset()
    await box.load(files, Place.WORK)
    outcome = await box.run(Command(argv=command, env={"PATH": "/usr/bin:/bin"}), PATIENT, keep_work=True)
    assert outcome.exit_code == 0, outcome.stderr.decode(errors="replace")
    (program,) = await box.collect(["main"], 16 * MIB)
    await box.reset()
    assert isinstance(program.content, bytes)
    return program.content


def executable(source: str, content: bytes) -> File:
    return File(Path(source).stem, content, executable=True)


@dataclass(frozen=True)
class Host:
    """What an attack could change outside its box; every part of it is a set of lines for people."""

    descriptors: tuple[int, ...]
    descendants: frozenset[str]
    mounts: frozenset[str]
    cgroups: frozenset[str]
    files: frozenset[str]
    strangers: frozenset[str]

    def added_since(self, before: Host) -> list[str]:
        """What is there now and was not before."""
        descriptors = sorted(set(self.descriptors) - set(before.descriptors))
        more = [f"descriptor {fd}" for fd in descriptors] if len(self.descriptors) > len(before.descriptors) else []
        for name in ("descendants", "mounts", "cgroups", "files", "strangers"):
            now: frozenset[str] = getattr(self, name)
            then: frozenset[str] = getattr(before, name)
            more += sorted(now - then)
        return more


_SHARED_DIRECTORIES = ("/tmp", "/var/tmp", "/dev/shm", "/run/lock", "/run")
_FIRST_BOX_UID = 0x7000_0000
"""Programs of a box that root started have an id from here on, where the id map of this machine is large enough."""


def look_at_host() -> Host:
    pid = os.getpid()
    return Host(
        descriptors=open_descriptors(),
        descendants=frozenset(f"process {child}" for child in descendants(pid)),
        mounts=frozenset(_mounts()),
        cgroups=frozenset(f"cgroup {path}" for path in _cgroups(pid)),
        files=frozenset(f"file {path}" for path in _left_files()),
        strangers=frozenset(f"stranger {line}" for line in _escaped_programs()),
    )


_OF_CONTAINERS = re.compile(
    r"/overlay2/[0-9a-z-]+/merged$|/netns/[0-9a-f]+$|/(containers|rootfs|snapshots|buildkit)/|/buildkit-"
)
"""Where container engines mount: tests of such a backend, or somebody else's containers, come and go meanwhile."""


def _mounts() -> Iterator[str]:
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        if not _OF_CONTAINERS.search(line.split()[4]):
            yield line.partition(" ")[2]


def open_descriptors() -> tuple[int, ...]:
    """Of this process, the one that looks among them."""
    return tuple(sorted(int(path.name) for path in Path("/proc/self/fd").iterdir()))


def descendants(pid: int) -> set[int]:
    """Every process below this one; processes of a box cannot leave their launcher, whatever forks they do."""
    parents = {child: parent for child, parent, _ in _processes()}
    found: set[int] = set()
    pending = {pid}
    while pending:
        pending = {child for child, parent in parents.items() if parent in pending} - found
        found |= pending
    return found


def _processes() -> Iterator[tuple[int, int, str]]:
    """(pid, parent's pid, name) of every process."""
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            try:
                text = (path / "stat").read_text(errors="replace")
            except OSError:
                continue
            command, _, rest = text.rpartition(")")
            yield int(path.name), int(rest.split()[1]), command.partition("(")[2]


def _escaped_programs() -> Iterator[str]:
    """Processes with the name of one of ours that are below no Python, neither ours nor that of another run."""
    names = {path.stem[:15] for path in PROGRAMS.glob("*.c")}
    processes = {pid: (parent, name) for pid, parent, name in _processes()}
    for pid, (_, name) in processes.items():
        above = pid
        while name in names and above in processes and not processes[above][1].startswith("python"):
            above = processes[above][0]
        if name in names and above not in processes:
            yield f"{name} {pid}"


def _cgroups(pid: int) -> Iterator[str]:
    for directory, names, _ in os.walk("/sys/fs/cgroup"):
        for name in names:
            if name.startswith(f"ennead-{pid}-"):
                yield f"{directory}/{name}"


def _left_files() -> Iterator[str]:
    for directory in map(Path, _SHARED_DIRECTORIES):
        for path in directory.iterdir() if os.access(directory, os.R_OK) else ():
            try:
                owner = path.lstat().st_uid
            except OSError:
                continue
            if LEFT_BEHIND in path.name or (os.geteuid() == 0 and owner >= _FIRST_BOX_UID):
                yield str(path)
