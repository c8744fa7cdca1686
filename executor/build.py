"""
One compilation under way, and the ways that it may go.

A way is something faster than the commands of the runtime's file: a compiler that stays, or one that finds prepared
what every program needs. It may only succeed. Whatever else it meets (an error in the program, a limit, a condition
that does not hold) says nothing about the submission: the box is cleaned and the next way is tried. The last one, the
plain way of `executor.compiler`, alone decides that a program does not compile, and what the log says of that.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from executor.artifacts import Artifact
from executor.model import Command, File, Outcome, Usage, Verdict
from executor.plan import Plan
from executor.runtime import Runtime
from executor.sandbox.box import Box, Place
from executor.verdict import compile_verdict_of

_LOG_BYTES = 64 * 1024


class Build:
    """
    One compilation in one box: its inputs, and what it has spent so far.

    Args:
        plan: of the job.
        sources: of its submission, their contents in memory.
        version: the toolchain's own version line; empty if it could not be told.
        box: holds nothing yet.
    """

    def __init__(self, plan: Plan, sources: tuple[File, ...], version: str, box: Box) -> None:
        self.sources = sources
        self.runtime: Runtime = plan.runtime
        self.limits = plan.compile_limits
        self.layout = plan.layout
        self.cold = plan.job.cold
        self.version = version
        self.box = box
        self.usages: list[Usage] = []
        self.box_used = False

    async def load(self) -> None:
        """
        Place the sources in the box.

        Raises:
            BoxFailure: as `Box.load`.
        """
        self.box_used = True
        await self.box.load(self.sources, Place.WORK)

    def spent(self, outcome: Outcome) -> Outcome:
        """The same outcome; what it cost is part of the compilation's usage, in vain or not."""
        self.usages.append(outcome.usage)
        return outcome

    async def clean(self) -> None:
        """
        Make the box as it was before the first load.

        Raises:
            BoxFailure: as `Box.reset`.
        """
        if self.box_used:
            await self.box.reset()
            self.box_used = False


class Way(Protocol):
    """A faster way to an artifact."""

    async def attempt(self, build: Build) -> Artifact | None:
        """
        The artifact, exactly as useful as that of the plain way; None where this way does not lead to one.

        Args:
            build: its box is clean. `load` places the sources; whoever runs a command reports it with `spent`.

        Raises:
            BoxFailure: the box that was lent failed. A box of the way's own is its own affair: None.
        """


async def compiled_by(build: Build, commands: Sequence[Command]) -> Artifact | None:
    """
    The artifact that other commands than the plain ones make; None if one fails, or they leave nothing.

    Raises:
        BoxFailure: the box failed.
    """
    await build.load()
    written = b""
    for command in commands:
        outcome = build.spent(await build.box.run(command, build.limits, keep_work=True))
        written += outcome.stdout + outcome.stderr
        if compile_verdict_of(outcome, build.limits) is not Verdict.AC:
            return None
    try:
        files = await build.box.collect(build.runtime.kept(build.layout), build.limits.file_size_bytes)
    except ValueError:
        return None
    return Artifact(files, readable_log(written)) if files else None


def readable_log(written: bytes, ending: str = "") -> str:
    """A compiler's output as text, cut in the middle to 64 KiB, with a last line that says how it ended."""
    cut = len(written) - _LOG_BYTES
    if cut > 0:
        half = _LOG_BYTES // 2
        written = b"%b\n[... %d bytes cut ...]\n%b" % (written[:half], cut, written[-half:])
    log = written.decode("utf-8", "replace")
    return f"{log}{'' if log.endswith(chr(10)) or not log else chr(10)}{ending}"
