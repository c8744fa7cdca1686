"""What the tests of resident compilers share: compiling the same submission by both ways, and seeing which it went."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import pytest

from executor.artifacts import ArtifactStore
from executor.build import Build
from executor.compiler import Compilation, Compiler
from executor.model import MIB, Job, Limits, Submission, TestCase, Verdict
from executor.model import File as SubmittedFile
from executor.plan import plan
from executor.resident import Residents
from executor.runtime import Runtime, Runtimes
from executor.sandbox.box import Box
from executor.sandbox.native import start_box

_numbers = itertools.count()


@dataclass(frozen=True)
class Made:
    """
    What became of one compilation.

    Args:
        resident: a resident compiler made it.
        files: of the artifact; empty without one.
    """

    verdict: Verdict
    log: str
    resident: bool
    files: Mapping[str, bytes]
    cpu_ns: int


class Workshop:
    """A box, a compiler and its residents, for one runtime. Use it as an asynchronous context manager."""

    def __init__(self, runtime: Runtime, home: Path, slots: int = 2) -> None:
        self.runtime = runtime
        self._home = home
        self._slots = slots
        self._box: Box

    async def __aenter__(self) -> Self:
        mounts = tuple(Path(mount) for mount in self.runtime.mounts)
        store = ArtifactStore(self._home / "artifacts", 1024 * MIB)
        self.residents = Residents(lambda index: start_box(index, mounts), 1, self._slots, 4096 * MIB, store)
        self._box = await start_box(0, mounts)
        self._ways = {
            False: Compiler(store, self._home / "versions", (self.residents,)),
            True: Compiler(store, self._home / "versions"),
        }
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.residents.close()
        await self._box.close()

    async def warm_up(self) -> None:
        """The first compilation starts no resident; from now on there is one."""
        for _ in range(2):
            new = "\n" * next(_numbers)
            await self.make({self.runtime.source: self.runtime.hello.code + new, **self.runtime.hello.files})
        assert self.residents.standing == 1

    async def make(
        self,
        sources: Mapping[str, str | bytes],
        *flags: str,
        cold: bool = False,
        limits: Limits | None = None,
    ) -> Made:
        """Compile once; cold: by the plain way alone."""
        job = replace(_job(self.runtime, sources, flags), compile_limits=limits, cold=cold)
        compilation = await self._ways[cold].compile(plan(job, self.runtime), self._box)
        if compilation.box_used:
            await self._box.reset()
        return _made(compilation)

    async def is_served(self, sources: Mapping[str, str | bytes], *flags: str, version: str | None = None) -> bool:
        """Whether a resident compiler makes something of it; the plain way is not asked. version: None: what it is."""
        job = _job(self.runtime, sources, flags)
        if version is None:
            version = self._ways[True].known_version(self.runtime)
        build = Build(plan(job, self.runtime), job.submission.files, version, self._box)
        return await self.residents.attempt(build) is not None

    async def same(self, sources: Mapping[str, str | bytes], *flags: str) -> Made:
        """By both ways, with the same result; it is that of the faster one."""
        plainly = await self.make(sources, *flags, cold=True)
        made = await self.make(sources, *flags)
        assert (made.verdict, made.log) == (plainly.verdict, plainly.log)
        assert made.files == plainly.files, sorted({*made.files} ^ {*plainly.files})
        return made


def _job(runtime: Runtime, sources: Mapping[str, str | bytes], flags: tuple[str, ...]) -> Job:
    files = tuple(
        SubmittedFile(name, code.encode() if isinstance(code, str) else code) for name, code in sources.items()
    )
    return Job(
        id=f"job-{next(_numbers)}",
        submission=Submission(files=files, runtime=runtime.id, flags=flags),
        cases=(TestCase(name="case"),),
    )


def _made(compilation: Compilation) -> Made:
    assert not compilation.cached
    artifact = compilation.artifact
    files = artifact.files if artifact is not None else ()
    return Made(
        compilation.verdict,
        compilation.log,
        not compilation.box_used,
        {file.name: _bytes(file) for file in files},
        compilation.usage.cpu_ns,
    )


def _bytes(file: SubmittedFile) -> bytes:
    content = file.content if isinstance(file.content, bytes) else file.content.read_bytes()
    return content + (b"x" if file.executable else b"-")


def numbered(sources: Mapping[str, str], comment: str = "//") -> dict[str, str]:
    """The same sources as nobody has compiled them before."""
    return {name: f"{code}\n{comment} {next(_numbers)}\n" for name, code in sources.items()}


def installed(runtime: str, runtimes: Path | None = None) -> Runtime:
    """A runtime as an engine uses it; without it the test is skipped."""
    found = Runtimes.load(runtimes).get(runtime)
    if (why := found.missing()) is not None:
        pytest.skip(why)
    return found.resolve()
