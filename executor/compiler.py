"""
Turn a submission into an artifact, under the same isolation as a run.

A compiler is a program that a stranger feeds: `#include "/dev/random"`, endless templates, gigabytes of arrays.
It runs in the job's own box under limits of its own, and nothing of it survives the reset that follows.

Faster ways are tried first, in their order (see `executor.build`); a job that asks for a cold compilation gets none.
"""

from __future__ import annotations

import asyncio
import logging
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from executor.artifacts import Artifact, ArtifactStore, Built, Failure, artifact_key
from executor.build import Build, Way, readable_log
from executor.model import Excess, File, Outcome, Usage, Verdict
from executor.plan import Plan
from executor.runtime import Runtime
from executor.sandbox.box import Box
from executor.verdict import compile_verdict_of, verdict_of
from executor.versions import ToolchainNotes, toolchain_identity, version_line

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compilation:
    """
    How a compilation ended.

    Args:
        verdict: AC, CE or CTL.
        artifact: what to run; None unless AC.
        cached: the work of an earlier or concurrent compilation was used.
        log: what the compiler wrote, cut in the middle where it is long.
        version: the toolchain's own version line; empty if it could not be told.
        usage: of all steps together, those of faster ways that led nowhere included; of none when cached.
        box_used: the submission was in the box, which must be reset before anything else.
    """

    verdict: Verdict
    artifact: Artifact | None
    cached: bool
    log: str
    version: str
    usage: Usage
    box_used: bool


class Compiler:
    """
    Compiles in boxes that others lease, and keeps what it learns.

    Args:
        store: where artifacts are kept.
        versions: directory that remembers what the toolchains said of their versions.
        ways: what is tried before the runtime's own commands, in this order.
        identify: names an installed toolchain; another one has another name.
    """

    def __init__(
        self,
        store: ArtifactStore,
        versions: Path,
        ways: Sequence[Way] = (),
        identify: Callable[[Runtime], str] = toolchain_identity,
    ) -> None:
        self._identify = identify
        self._store = store
        self._ways = tuple(ways)
        self._notes = ToolchainNotes(versions)
        self._known: dict[str, str] = {}

    async def compile(self, plan: Plan, box: Box) -> Compilation:
        """
        The artifact of a job's submission, built in a box that holds nothing yet.

        Args:
            plan: its files can be read.

        Raises:
            BoxFailure: the box failed.
        """
        submission, runtime = plan.job.submission, plan.runtime
        version = await self._version(runtime, box)
        if not runtime.compile:
            return Compilation(
                verdict=Verdict.AC,
                artifact=Artifact(submission.files),
                cached=False,
                log="",
                version=version,
                usage=Usage(meter=box.meter),
                box_used=False,
            )
        # Read once: what is compiled is then what the key says, even if somebody saves the file meanwhile.
        sources = submission.files
        if any(isinstance(file.content, Path) for file in sources):
            sources = await asyncio.to_thread(_read, sources)
        build = Build(plan, sources, version, box)
        built, cached = await self._store.get_or_build(_key(build, self._identify), lambda: self._build(build))
        return Compilation(
            verdict=Verdict.AC if isinstance(built, Artifact) else built.verdict,
            artifact=built if isinstance(built, Artifact) else None,
            cached=cached,
            log=built.log,
            version=version,
            usage=total_usage(build.usages) if build.usages else Usage(meter=box.meter),
            box_used=build.box_used,
        )

    async def _build(self, build: Build) -> Built:
        for way in () if build.cold else self._ways:
            if (artifact := await way.attempt(build)) is not None:
                return artifact
            await build.clean()
        return await _plain(build)

    def known_version(self, runtime: Runtime) -> str:
        """What an installed toolchain said of its version; empty if it has not been asked yet."""
        identity = self._identify(runtime)
        return self._known.get(identity) or self._notes.read(identity) or ""

    async def _version(self, runtime: Runtime, box: Box) -> str:
        """What the toolchain says of itself: asked once per installed toolchain, in a box like everything else."""
        identity = self._identify(runtime)
        version = self._known.get(identity) or self._notes.read(identity)
        if not version:
            version = await _ask_version(runtime, box)
            if version:
                self._notes.write(identity, version)
        if version:
            self._known[identity] = version
        return version


async def _plain(build: Build) -> Built:
    """The runtime's own commands, as its file has them."""
    await build.load()
    written = b""
    for command in build.runtime.compile_commands(build.layout, build.limits):
        outcome = build.spent(build.runtime.explained(await build.box.run(command, build.limits, keep_work=True)))
        written += outcome.stdout + outcome.stderr
        verdict = compile_verdict_of(outcome, build.limits)
        if verdict is not Verdict.AC:
            return Failure(verdict, readable_log(written, _ending(outcome, verdict)))
    return await _collected(build, readable_log(written))


async def _collected(build: Build, log: str) -> Built:
    try:
        files = await build.box.collect(build.runtime.kept(build.layout), build.limits.file_size_bytes)
    except ValueError as error:
        return Failure(Verdict.CTL, f"{log}What the compiler left is too much: {error}\n")
    if not files:
        return Failure(Verdict.CE, f"{log}The compiler made none of the files that would be run.\n")
    return Artifact(files, log)


def total_usage(usages: Sequence[Usage]) -> Usage:
    """Sums of time and output, maxima of what is held at once; at least one usage."""
    return Usage(
        cpu_ns=sum(usage.cpu_ns for usage in usages),
        wall_ns=sum(usage.wall_ns for usage in usages),
        output_bytes=sum(usage.output_bytes for usage in usages),
        memory_bytes=_largest([usage.memory_bytes for usage in usages]),
        file_bytes=max(usage.file_bytes for usage in usages),
        processes=_largest([usage.processes for usage in usages]),
        open_files=_largest([usage.open_files for usage in usages]),
        stack_bytes=_largest([usage.stack_bytes for usage in usages]),
        meter=usages[0].meter,
    )


def _largest(values: Sequence[int | None]) -> int | None:
    return max((value for value in values if value is not None), default=None)


def _ending(outcome: Outcome, verdict: Verdict) -> str:
    """What a log does not tell: that the compiler was stopped."""
    if verdict is Verdict.CTL:
        exceeded = ", ".join(sorted(excess for excess in outcome.exceeded if excess is not Excess.PROCESSES))
        return f"The compiler went over its limits: {exceeded or 'cpu or wall'}.\n"
    if outcome.signal is not None:
        return f"The compiler was killed by signal {outcome.signal}.\n"
    return f"{outcome.detail}\n" if outcome.detail else ""


def _key(build: Build, identify: Callable[[Runtime], str]) -> str:
    """The limits are part of it: a failure under one job's tight limits must not be shared with other jobs."""
    runtime = build.runtime
    context = (
        runtime.id,
        build.version or identify(runtime),
        platform.machine(),
        repr(
            (
                runtime.compile,
                runtime.run,
                runtime.keep,
                sorted(runtime.env.items()),
                sorted(runtime.compile_env.items()),
            )
        ),
        repr(build.limits),
        "cold" if build.cold else "",
        build.layout.source,
        build.layout.main,
        repr(build.layout.flags),
    )
    return artifact_key(build.sources, context)


async def _ask_version(runtime: Runtime, box: Box) -> str:
    outcome = await box.run(runtime.version_command(), runtime.compile_limits)
    await box.reset()
    if verdict_of(outcome, runtime.compile_limits) is not None:
        _log.warning("%s does not tell its version: %s", " ".join(runtime.version), outcome.stderr[:200])
        return ""
    return version_line(outcome.stdout, outcome.stderr)


def _read(files: Sequence[File]) -> tuple[File, ...]:
    return tuple(
        file if isinstance(file.content, bytes) else replace(file, content=file.content.read_bytes()) for file in files
    )
