"""
What the sandbox adds to the CPU time of each language's compiler and programs, beside the bare command line.

The `hello` program of every available runtime is compiled and run in a box and, in turns with that, by the same
arguments and environment on the host, in a temporary directory that stands for the box's /work, /artifact and /tmp.
CPU time is that of the whole process tree, user and system: what the box measures, and the rusage of the child that
was waited for with all that it waited for. The figures are the tenth percentiles of the turns; they survive a busy
machine better than medians, and single lucky runs less well than minima.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from executor.model import MIB, SECOND, Command, File, Limits, Submission
from executor.naming import Layout
from executor.runtime import Runtime, Runtimes
from executor.sandbox.box import Box, Place
from executor.sandbox.native import start_box

_LIMITS = Limits(cpu_ns=10 * SECOND, wall_ns=60 * SECOND, memory_bytes=256 * MIB)
_FEWEST = 5
_MOST_ADDED_SHARE, _MOST_ADDED_MS = 0.05, 5.0

Turn = Callable[[], Awaitable[float]]
"""Does something once and says how many milliseconds of CPU time that took."""


@dataclass(frozen=True, slots=True)
class Overhead:
    """
    CPU time of one step of one language, in milliseconds.

    Args:
        step: `compile` or `run`.
        box, bare: one for each turn.
    """

    runtime_id: str
    step: str
    box: tuple[float, ...]
    bare: tuple[float, ...]

    @property
    def box_ms(self) -> float:
        return _p10(self.box)

    @property
    def bare_ms(self) -> float:
        return _p10(self.bare)

    @property
    def added_ms(self) -> float:
        return self.box_ms - self.bare_ms

    @property
    def allowed_ms(self) -> float:
        return max(_MOST_ADDED_SHARE * self.bare_ms, _MOST_ADDED_MS)

    @property
    def holds(self) -> bool:
        return self.added_ms <= self.allowed_ms

    def as_json(self) -> dict[str, Any]:
        figures = {"box_ms": self.box_ms, "bare_ms": self.bare_ms, "added_ms": self.added_ms, "holds": self.holds}
        return {**asdict(self), **figures}


async def measure(ids: Sequence[str], turns: int, report: Callable[[Overhead], None]) -> None:
    """
    Measure runtimes, one after another.

    Args:
        ids: none means all that are available.
        turns: of each step; slow ones get fewer, down to five.
        report: is told each figure as soon as it is there.

    Raises:
        UsageError: there is no such runtime, or it is not installed.
    """
    runtimes = Runtimes.load()
    for runtime in [runtimes.get(each).resolve() for each in ids] or runtimes.available():
        async for overhead in _measure(runtime, turns):
            report(overhead)


HEADER = f"  {'':16} {'':8} {'box':>9} {'bare':>9} {'ratio':>6} {'added':>9} {'allowed':>9}   turns, least of each"


def line_of(overhead: Overhead) -> str:
    """A figure under the header; what is too much is marked."""
    ratio = overhead.box_ms / overhead.bare_ms
    return (
        f"{'+' if overhead.holds else '-'} {overhead.runtime_id:16} {overhead.step:8}"
        f" {overhead.box_ms:6.1f} ms {overhead.bare_ms:6.1f} ms {ratio:6.3f}"
        f" {overhead.added_ms:6.1f} ms {overhead.allowed_ms:6.1f} ms"
        f"   {len(overhead.box)}, {min(overhead.box):.1f} and {min(overhead.bare):.1f} ms"
    )


async def _measure(runtime: Runtime, turns: int) -> AsyncIterator[Overhead]:
    sources = {runtime.source: runtime.hello.code, **runtime.hello.files}
    files = tuple(File(name, code.encode()) for name, code in sources.items())
    submission, layout = runtime.arrange(Submission(files=files, runtime=runtime.id))
    async with _box(runtime) as box:
        with _host() as host:
            artifact: tuple[File, ...] = submission.files
            if runtime.compile:
                compiler = _Compiler(runtime, layout, submission.files, box, host)
                yield await _in_turns(runtime.id, "compile", compiler.in_box, compiler.bare, turns)
                artifact = compiler.artifact
            runner = _Runner(runtime, layout, box, host)
            await runner.load(artifact)
            yield await _in_turns(runtime.id, "run", runner.in_box, runner.bare, turns)


@asynccontextmanager
async def _box(runtime: Runtime) -> AsyncIterator[Box]:
    box = await start_box(0, mounts=tuple(map(Path, runtime.mounts)))
    try:
        yield box
    finally:
        await box.close()


async def _in_turns(runtime_id: str, step: str, in_box: Turn, bare: Turn, turns: int) -> Overhead:
    """The first turn only warms caches. Each goes first every other time, since the second finds warmer ones."""
    await in_box()
    await bare()
    samples: tuple[list[float], list[float]] = ([], [])
    began = time.monotonic()
    for number in range(turns):
        ways = [(in_box, samples[0]), (bare, samples[1])]
        for way, taken in ways if number % 2 else reversed(ways):
            taken.append(await way())
        # A turn of 20 ms or one of 10 s: neither should keep anybody waiting.
        if number + 1 >= _FEWEST and time.monotonic() - began > turns:
            break
    return Overhead(runtime_id, step, tuple(samples[0]), tuple(samples[1]))


class _Compiler:
    def __init__(self, runtime: Runtime, layout: Layout, sources: tuple[File, ...], box: Box, host: _Host) -> None:
        self._commands = runtime.compile_commands(layout, runtime.compile_limits)
        self._kept = runtime.kept(layout)
        self._limits = runtime.compile_limits
        self._sources = sources
        self._box = box
        self._host = host
        self.artifact: tuple[File, ...] = ()

    async def in_box(self) -> float:
        await self._box.reset()
        await self._box.load(self._sources, Place.WORK)
        spent = 0.0
        for command in self._commands:
            outcome = await self._box.run(command, self._limits, keep_work=True)
            assert outcome.exit_code == 0, outcome
            spent += outcome.usage.cpu_ns / 1e6
        self.artifact = self.artifact or await self._box.collect(self._kept, self._limits.file_size_bytes)
        return spent

    async def bare(self) -> float:
        self._host.clear("work", "tmp")
        self._host.place(self._sources, "work")
        return sum(self._host.run(command) for command in self._commands)


class _Runner:
    def __init__(self, runtime: Runtime, layout: Layout, box: Box, host: _Host) -> None:
        self._limits = runtime.run_limits(_LIMITS)
        self._command = runtime.run_command(layout, self._limits, runtime.hello.stdin.encode())
        self._box = box
        self._host = host

    async def load(self, artifact: tuple[File, ...]) -> None:
        await self._box.reset()
        await self._box.load(artifact, Place.ARTIFACT)
        self._host.place(artifact, "artifact")

    async def in_box(self) -> float:
        outcome = await self._box.run(self._command, self._limits)
        assert outcome.exit_code == 0, outcome
        return outcome.usage.cpu_ns / 1e6

    async def bare(self) -> float:
        self._host.clear("work", "tmp")
        return self._host.run(self._command)


# Spawns as cheaply as the box does, and as an ordinary user: root could write to the caches that installations have
# filled, and compilers would find their own work there.
_SPAWNER = """
import json, os, sys
for line in sys.stdin:
    argv, env, folder, given, output = json.loads(line)
    os.chdir(folder)
    written = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    actions = [(os.POSIX_SPAWN_OPEN, 0, given, os.O_RDONLY, 0), (os.POSIX_SPAWN_OPEN, 1, output, written, 0o644),
               (os.POSIX_SPAWN_DUP2, 1, 2)]
    _, status, usage = os.wait4(os.posix_spawn(argv[0], argv, env, file_actions=actions), 0)
    print(os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, flush=True)
"""
_NOBODY = 65534


@contextmanager
def _host() -> Iterator[_Host]:
    with tempfile.TemporaryDirectory(prefix="ennead-bench-") as directory:
        host = _Host(Path(directory))
        try:
            yield host
        finally:
            host.close()


class _Host:
    """Directories that stand for those of a box, and commands that run there without one."""

    def __init__(self, root: Path) -> None:
        self._root = root
        root.chmod(0o711)
        self.clear("work", "artifact", "tmp", "output")
        someone: dict[str, Any] = dict(user=_NOBODY, group=_NOBODY, extra_groups=()) if os.geteuid() == 0 else {}
        self._spawner = subprocess.Popen(
            ["/usr/bin/python3", "-I", "-S", "-c", _SPAWNER],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, **someone,
        )  # fmt: skip

    def close(self) -> None:
        self._spawner.communicate()

    def clear(self, *names: str) -> None:
        for name in names:
            subprocess.run(["rm", "-rf", self._root / name], check=True)
            (self._root / name).mkdir()
            (self._root / name).chmod(0o777)

    def place(self, files: Iterable[File], where: str) -> None:
        for file in files:
            path = self._root / where / file.name
            path.parent.mkdir(parents=True, exist_ok=True)
            assert isinstance(file.content, bytes)
            path.write_bytes(file.content)
            path.chmod(0o755 if file.executable else 0o644)
        subprocess.run(["chmod", "-R", "a+rwX", self._root / where], check=True)  # compilers write beside sources

    def run(self, command: Command) -> float:
        """Milliseconds of CPU time."""
        here = self._translated(command)
        assert isinstance(here.stdin, bytes)
        stdin, output = self._root / "stdin", self._root / "output" / "both"
        stdin.write_bytes(here.stdin)
        assert self._spawner.stdin is not None
        assert self._spawner.stdout is not None
        words = (here.argv, dict(here.env), str(self._root / "work"), str(stdin), str(output))
        self._spawner.stdin.write(json.dumps(words) + "\n")
        status, seconds = self._spawner.stdout.readline().split()
        assert status == "0", (here, output.read_text(errors="replace"))
        return float(seconds) * 1e3

    def _translated(self, command: Command) -> Command:
        return replace(
            command,
            argv=tuple(map(self._path, command.argv)),
            env={name: self._path(value) for name, value in command.env.items()},
        )

    def _path(self, word: str) -> str:
        """A word of a command with the host's directories in place of the box's."""
        return re.sub(r"/(work|artifact|tmp)(?![\w.-])", lambda found: str(self._root / found[1]), word)


def _p10(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 10]
