"""
A run in a Docker box beside the other ways to a program: a native box, `docker exec`, a container for each run.

The ways take turns with the same program, and its answer is checked. A Docker Engine is started for it, with an image
of this machine's own packages, as `make test-docker` does; needs root. CPU time is that of everybody who takes part:
this process with the boxes of the native kind, the commands, the engine with its containerd and shims, the containers.
"""

from __future__ import annotations

import asyncio
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.figures import spread
from bench.spent import Spender, folder_of, spent_inside
from executor.backend import DockerSettings
from executor.model import Command, File, Limits
from executor.sandbox.box import Box, Place
from executor.sandbox.docker.docker_box import start_docker_box
from executor.sandbox.native import start_box
from tests.docker.__main__ import daemon
from tests.docker.packing import IMAGE, import_image

TURNS = 40
GOAL = 5.0
NATIVE, BOX, EXEC, RUN = "native box", "Docker box", "docker exec", "docker run --rm"
_WITH_PROGRAMS = "ennead-bench-programs"
_GREETING = b"hello\n"
_SETTLING_S = 0.05
"""What an engine still does when a container has ended belongs to the run that made it."""
_PROGRAMS: Mapping[str, tuple[str, ...]] = {
    "C, static": ("/artifact/hello",),
    "Python": ("/usr/bin/python3", "/artifact/hello.py"),
}

Way = Callable[[tuple[str, ...]], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    One program in every way.

    Args:
        samples: wall_ms and cpu_ms of each run, by way.
        goal: how many times the time of a run in a Docker box a `docker run` has to take.
    """

    program: str
    samples: Mapping[str, Sequence[Mapping[str, float]]]
    goal: float = GOAL

    @property
    def times(self) -> float:
        """Median wall time of `docker run` over that of a run in a Docker box."""
        return middle(self.samples[RUN], "wall_ms") / middle(self.samples[BOX], "wall_ms")

    @property
    def holds(self) -> bool:
        return self.times >= self.goal

    def lines(self) -> Iterator[str]:
        for way, samples in self.samples.items():
            wall, cpu = (spread([each[key] for each in samples], "ms") for key in ("wall_ms", "cpu_ms"))
            yield f"  {self.program:10} {way:16} wall {wall:46} CPU {cpu}"
        yield f"{'+' if self.holds else '-'} {self.program}: {RUN} takes {self.times:.1f} times a run in a {BOX}"

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "times": self.times, "holds": self.holds}


def middle(samples: Sequence[Mapping[str, float]], key: str) -> float:
    ordered = sorted(each[key] for each in samples)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def measure(turns: int) -> list[Comparison]:
    """
    Start an engine, and let the ways take turns.

    Raises:
        CannotMeasure: no cgroup counts CPU time here.
        SystemExit: no Docker Engine starts here, for the reason that it gives.
    """
    with (
        spent_inside("docker") as ours,
        tempfile.TemporaryDirectory(prefix="ennead-docker-", dir="/var/tmp") as name,
        daemon(Path(name)) as address,
    ):
        import_image(address)
        engine, files = _Engine(address), _programs(Path(name))
        engine.commit(files)
        return asyncio.run(_compare(engine, files, ours, turns))


def _programs(directory: Path) -> list[File]:
    source, program = directory / "hello.c", directory / "hello"
    source.write_text('#include <stdio.h>\nint main(void) { puts("hello"); }\n')
    subprocess.run(["gcc", "-O2", "-static", "-o", program, source], check=True)
    script = directory / "hello.py"
    script.write_text('print("hello")\n')
    return [File(program.name, program, executable=True), File(script.name, script)]


@dataclass(frozen=True, slots=True)
class _Engine:
    """The `docker` command with the address of an engine."""

    address: str

    def __call__(self, *words: str | Path) -> bytes:
        return subprocess.run(["docker", "-H", self.address, *words], stdout=subprocess.PIPE, check=True).stdout

    def commit(self, files: Sequence[File]) -> None:
        """An image that has the programs, for the ways that cannot be given any."""
        made = self("create", IMAGE, "true").decode().strip()
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name, "artifact")
            folder.mkdir(mode=0o755)
            for file in files:
                assert isinstance(file.content, Path)
                (folder / file.name).write_bytes(file.content.read_bytes())
                (folder / file.name).chmod(0o755)
            self("cp", folder, f"{made}:/")
        self("commit", made, _WITH_PROGRAMS)
        self("rm", made)


async def _compare(engine: _Engine, files: Sequence[File], ours: Spender, turns: int) -> list[Comparison]:
    async with AsyncExitStack() as stack:
        boxes = [await start_box(0), await start_docker_box(DockerSettings(address=engine.address, image=IMAGE))]
        for box in boxes:
            stack.push_async_callback(box.close)
            await box.load(files, Place.ARTIFACT)
        warm = engine("run", "--detach", "--network=none", _WITH_PROGRAMS, "sleep", "infinity").decode().strip()
        stack.callback(engine, "rm", "--force", warm)
        pid = int(engine("inspect", "--format={{.State.Pid}}", warm))
        cgroups = (ours, Spender(folder_of(pid).parent))
        ways = {
            NATIVE: _through(boxes[0]),
            BOX: _through(boxes[1]),
            EXEC: _by_command(engine, "exec", warm),
            RUN: _by_command(engine, "run", "--rm", "--network=none", _WITH_PROGRAMS),
        }
        return [await _race(program, argv, ways, cgroups, turns) for program, argv in _PROGRAMS.items()]


def _through(box: Box) -> Way:
    async def run(argv: tuple[str, ...]) -> bytes:
        return (await box.run(Command(argv=argv), Limits())).stdout

    return run


def _by_command(engine: _Engine, *words: str) -> Way:
    async def run(argv: tuple[str, ...]) -> bytes:
        return engine(*words, *argv)

    return run


async def _race(
    program: str, argv: tuple[str, ...], ways: Mapping[str, Way], cgroups: Sequence[Spender], turns: int
) -> Comparison:
    samples: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
    for turn in range(-1, turns):  # the first one warms caches up
        for way, run in ways.items():
            spent, began = sum(each.cpu_ns for each in cgroups), time.perf_counter_ns()
            answer = await run(argv)
            wall = time.perf_counter_ns() - began
            await asyncio.sleep(_SETTLING_S)
            if answer != _GREETING:
                raise SystemExit(f"{way}: {program} answered {answer[:200]!r}")
            cpu = sum(each.cpu_ns for each in cgroups) - spent
            if turn >= 0:
                samples[way].append({"wall_ms": wall / 1e6, "cpu_ms": cpu / 1e6})
    return Comparison(program, samples)
