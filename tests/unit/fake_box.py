"""
Boxes without a sandbox, for tests of what stands around them: scheduling, retries, cancellation.

A program is a text that `FakeBox.run` acts out, one step per line:

    print TEXT | cat | exit CODE | signal NUMBER | sleep SECONDS | spend CPU_NS | fail | defect

`fail` is a BoxFailure while the program runs, `defect` an exception that no contract allows. A source that begins with
`broken` does not compile.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from executor.engine import Engine, EngineConfig
from executor.errors import BoxFailure
from executor.model import (
    Checker,
    CheckerKind,
    Command,
    Content,
    Event,
    File,
    Finished,
    Job,
    Limits,
    Meter,
    Outcome,
    Submission,
    TestCase,
    Usage,
)
from executor.sandbox.box import Box, Place

TOY = """
name = "Toy"
extensions = [".toy"]
source = "main.toy"
compile = ["sh", "{source}", "-o", "{binary}"]
run = ["{binary}"]
version = ["sh", "--version"]
[hello]
code = "cat"
[broken]
code = "broken"
"""
SCRIPT = """
name = "Script"
extensions = [".script"]
source = "main.script"
run = ["sh", "{source}"]
version = ["sh", "--version"]
[hello]
code = "cat"
[broken]
code = "exit 1"
"""


class World:
    """All the boxes of one engine: what happened in them, and what is to go wrong."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.running = 0
        self.most_running = 0
        self.open = 0
        self.to_fail: Counter[str] = Counter()
        """How many of the next calls of `open`, `reset`, `load`, `run` or `close` fail."""
        self.slow: dict[str, float] = {}
        """Seconds that each call takes."""

    async def open_box(self, index: int) -> FakeBox:
        await self.happen("open")
        self.open += 1
        return FakeBox(self, index)

    async def until(self, what: str, count: int) -> None:
        """Wait until a call has happened so many times."""
        async with asyncio.timeout(5):
            while self.counts[what] < count:  # noqa: ASYNC110  # a test may be slow; an Event per count is not simpler
                await asyncio.sleep(0.005)

    async def happen(self, what: str) -> None:
        self.counts[what] += 1
        await asyncio.sleep(self.slow.get(what, 0))
        if self.to_fail[what] > 0:
            self.to_fail[what] -= 1
            raise BoxFailure(f"{what} failed on demand")


class FakeBox(Box):
    """Acts out programs; insists on being used as the contract says."""

    def __init__(self, world: World, index: int) -> None:
        self.world = world
        self.index = index
        self.work: dict[str, bytes] = {}
        self.artifact: dict[str, bytes] | None = None
        self.closed = self.failed = self.busy = False

    @property
    def meter(self) -> Meter:
        return Meter.POLLING

    @property
    def losses(self) -> tuple[str, ...]:
        return ("nothing is enforced",)

    async def reset(self) -> None:
        await self._happen("reset")
        self.work, self.artifact = {}, None

    async def load(self, files: Sequence[File], place: Place) -> None:
        await self._happen("load")
        loaded = {file.name: _bytes(file.content) for file in files}
        if place is Place.WORK:
            self.work |= loaded
        else:
            assert self.artifact is None, "the artifact is loaded once per job"
            self.artifact = loaded

    async def run(self, command: Command, limits: Limits, *, keep_work: bool = False) -> Outcome:
        assert not self.busy, "one program at a time"
        assert command.argv[0].startswith("/")
        self.busy = True
        self.world.running += 1
        self.world.most_running = max(self.world.most_running, self.world.running)
        try:
            await self._happen("run")
            return await self._act(command)
        finally:
            self.busy = False
            self.world.running -= 1
            if not keep_work:
                self.work = {}

    async def _act(self, command: Command) -> Outcome:
        if command.argv[-1] == "--version":
            self.world.counts["version"] += 1
            return Outcome(exit_code=0, stdout=b"\ntoy 1.0\nmore\n")
        if "-o" in command.argv:
            self.world.counts["compile"] += 1
            return self._compile(command.argv[1], command.argv[3])
        self.world.counts["case"] += 1
        assert self.artifact is not None, "a run needs an artifact"
        program = self.artifact[command.argv[-1].removeprefix("/artifact/")]
        return await self._play(program.decode(), _bytes(command.stdin))

    def _compile(self, source: str, binary: str) -> Outcome:
        program = self.work[source.removeprefix("/work/")]
        usage = Usage(cpu_ns=5, wall_ns=7, memory_bytes=9)
        if program.startswith(b"broken"):
            return Outcome(exit_code=1, stderr=b"main.toy: it is broken\n", usage=usage)
        self.work[binary.removeprefix("/work/")] = program
        return Outcome(exit_code=0, stderr=b"a warning\n", usage=usage)

    async def _play(self, program: str, stdin: bytes) -> Outcome:
        stdout, cpu_ns = b"", 1
        for line in program.splitlines():
            step, _, argument = line.partition(" ")
            if step == "print":
                stdout += argument.encode() + b"\n"
            elif step == "cat":
                stdout += stdin
            elif step == "sleep":
                await asyncio.sleep(float(argument))
            elif step == "spend":
                cpu_ns = int(argument)
            elif step == "fail":
                self.failed = True
                raise BoxFailure("the program broke the box")
            elif step == "defect":
                raise RuntimeError("a defect")
            elif step in {"exit", "signal"}:
                code, number = (int(argument), None) if step == "exit" else (None, int(argument))
                return Outcome(exit_code=code, signal=number, stdout=stdout, usage=Usage(cpu_ns=cpu_ns))
        return Outcome(exit_code=0, stdout=stdout, usage=Usage(cpu_ns=cpu_ns, wall_ns=2, memory_bytes=len(stdout)))

    async def collect(self, patterns: Sequence[str], max_bytes: int) -> tuple[File, ...]:
        found = {name: data for name, data in self.work.items() if any(fnmatchcase(name, each) for each in patterns)}
        if sum(map(len, found.values())) > max_bytes:
            raise ValueError(f"more than {max_bytes} bytes")
        return tuple(File(name, found[name], executable=True) for name in sorted(found))

    async def close(self) -> None:
        if not self.closed:
            self.closed = True
            self.world.open -= 1
            await self.world.happen("close")
            self.world.counts["closed"] += 1

    async def _happen(self, what: str) -> None:
        assert not self.closed, "a closed box is not used"
        if self.failed:
            raise BoxFailure("this box has failed before")
        try:
            await self.world.happen(what)
        except BoxFailure:
            self.failed = True
            raise


def toy_engine(tmp_path: Path, world: World, slots: int = 1, queue_limit: int = 10_000) -> Engine:
    """An engine for the toy languages, with a cache of its own."""
    runtimes = tmp_path / "runtimes"
    runtimes.mkdir(exist_ok=True)
    (runtimes / "toy.toml").write_text(TOY)
    (runtimes / "script.toml").write_text(SCRIPT)
    config = EngineConfig(slots=slots, cache_dir=tmp_path / "cache", queue_limit=queue_limit, runtimes_dir=runtimes)
    return Engine(config, box_factory=world.open_box)


def toy_job(program: str, cases: int = 1, *, job_id: str = "job", stop: bool = False) -> Job:
    """A job in the compiled toy language; case i has the input and the expected output `i`."""
    return Job(
        id=job_id,
        submission=Submission(files=(File("main.toy", program.encode()),), runtime="toy"),
        cases=tuple(TestCase(name=f"case {i}", stdin=b"%d" % i, expected=b"%d" % i) for i in range(cases)),
        checker=Checker(CheckerKind.TOKENS),
        stop_at_first_failure=stop,
    )


async def events_of(engine: Engine, job: Job) -> list[Event]:
    return [event async for event in engine.judge(job)]


async def finish(engine: Engine, job: Job) -> Finished:
    *_, last = await events_of(engine, job)
    assert isinstance(last, Finished)
    return last


def _bytes(content: Content) -> bytes:
    return content if isinstance(content, bytes) else content.read_bytes()
