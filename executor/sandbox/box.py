"""
The contract of a box: one sandbox that runs untrusted programs, one at a time.

A box is leased for a job, filled, run any number of times, and reset. Every implementation passes
tests/conformance; this docstring and those of the methods are the specification.

Inside, a program sees
    /work      its current directory: empty at the start of each run, writable, bounded
    /artifact  the files of `load(..., Place.ARTIFACT)`, read-only
    /tmp, /dev/shm   empty at the start of each run, writable, bounded
    /usr and what the runtimes declare, read-only; five device nodes; its own /proc
and nothing else of the host: no network, no other process, no environment but the command's.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from enum import Enum

from executor.errors import BoxFailure
from executor.model import Command, File, Limits, Meter, Outcome


class Place(Enum):
    """Where files are loaded: the read-only artifact, or the writable work directory (for compilers)."""

    ARTIFACT = "/artifact"
    WORK = "/work"


class Dialogue(ABC):
    """
    A program that runs in a box and talks: what it reads on standard input is said to it, what it writes to standard
    output is heard from it. Only one caller at a time says or hears.
    """

    @property
    @abstractmethod
    def cpu_ns(self) -> int | None:
        """What the program and its children have spent so far; None where it cannot be measured meanwhile."""

    @abstractmethod
    async def say(self, data: bytes) -> None:
        """
        Hand data to the program; returns when all of it is in the pipe. It waits as long as the program does not read.

        Raises:
            EOFError: the program reads no more, or has ended.
        """

    @abstractmethod
    async def hear(self, size: int) -> bytes:
        """
        The next bytes of standard output, exactly as many. A program that writes more waits until they are heard.

        Cancelling loses nothing: what had come is heard the next time.

        Raises:
            EOFError: the program wrote less, and has ended or closed its output.
        """

    @abstractmethod
    async def end(self) -> Outcome:
        """
        Kill what still runs of the program, and say how it ended; may be called again, with the same answer.

        Returns:
            As of `Box.run`, with an empty stdout. A program that had to be killed ended by SIGKILL.

        Raises:
            BoxFailure: the box, not the program, failed.
        """


class Box(ABC):
    """One sandbox. Not safe for concurrent use: its lease-holder awaits each call before the next."""

    @property
    @abstractmethod
    def meter(self) -> Meter:
        """Who measures memory and CPU time in this box."""

    @property
    @abstractmethod
    def losses(self) -> tuple[str, ...]:
        """What this environment cannot enforce or measure exactly, as sentences; empty when nothing is lost."""

    @property
    def held_bytes(self) -> Mapping[str, int]:
        """Memory of the interpreters that wait, or have waited, in it to be forked, by runtime, as measured."""
        return {}

    @abstractmethod
    async def reset(self) -> None:
        """
        Begin a new job: nothing of the last one is left, no process, file, shared memory or socket.

        Raises:
            BoxFailure: it could not be cleaned; the box must be closed and replaced.
        """

    async def sweep(self) -> None:
        """
        Go on with the same job: /work, /tmp and /dev/shm are empty again, whatever runs with `keep_work` left there.

        The artifact stays. Costs less than a reset, where the implementation has something better than that.

        Raises:
            BoxFailure: it could not be cleaned; the box must be closed and replaced.
        """
        await self.reset()

    @abstractmethod
    async def load(self, files: Sequence[File], place: Place) -> None:
        """
        Place files in the box for this job. ARTIFACT may be loaded once per job and becomes read-only.

        Raises:
            ValueError: a name is absolute, has an empty, `.` or `..` part, or a NUL; or a dialogue has not ended.
            BoxFailure: the files do not fit or the box is broken.
        """

    @abstractmethod
    async def run(self, command: Command, limits: Limits, *, keep_work: bool = False) -> Outcome:
        """
        Run one command and say how it ended.

        A program that crashes, loops, floods or forks is an Outcome, never an exception. Output is
        drained while the program runs. When this returns, nothing of the run is alive.
        Cancelling the caller kills every process of the run before CancelledError is raised.

        Args:
            command: argv, environment and standard input, as seen from inside.
            limits: enforced on the whole process tree.
            keep_work: leave /work as the run left it, for the next step of a compilation;
                otherwise the next run finds /work, /tmp and /dev/shm empty.

        Raises:
            ValueError: a dialogue has not ended.
            BoxFailure: the box, not the program, failed.
        """

    @property
    def converses(self) -> bool:
        """Whether `converse` can be used; an implementation may do without."""
        return False

    async def converse(self, command: Command, limits: Limits) -> Dialogue:
        """
        Start a program that stays and talks, under the same isolation as `run`.

        It ends by itself, by `Dialogue.end`, by `reset` or `close` of the box, or when it exceeds a limit; then nothing
        of it is alive, and the next run finds /work, /tmp and /dev/shm empty. While it lives the box does nothing else.

        Args:
            command: its standard input is what will be said.
            limits: of the whole dialogue; output_bytes bounds standard error alone.

        Raises:
            ValueError: another dialogue of this box has not ended.
            BoxFailure: the box failed, or is of a kind that cannot converse.
        """
        raise BoxFailure("a box of this kind cannot hold a dialogue")

    @abstractmethod
    async def collect(self, patterns: Sequence[str], max_bytes: int) -> tuple[File, ...]:
        """
        Read regular files out of /work after a run with `keep_work`.

        Symbolic links, devices, FIFOs and files with several hard links are never followed or opened.

        Args:
            patterns: fnmatch patterns on the relative POSIX path; `*` crosses directories.
            max_bytes: of all the files together.

        Returns:
            The files, sorted by name, their content in memory.

        Raises:
            ValueError: the files are larger than max_bytes together, or there are more than 10,000.
            BoxFailure: the box is broken.
        """

    @abstractmethod
    async def close(self) -> None:
        """Kill what runs and give everything back: processes, mounts, cgroups, descriptors. May be called twice."""
