"""
The nouns of the executor: frozen, pure data that every other module speaks in.

Units end the names: `_ns` nanoseconds, `_bytes` bytes. Absent is None, never 0 or -1.
Nothing here does I/O; a `Path` is a promise that whoever runs the job can read that file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

MIB = 1024 * 1024
MS = 1_000_000
SECOND = 1_000_000_000

Content = bytes | Path
"""Bytes in memory, or a regular file that is read when it is needed."""


@dataclass(frozen=True, slots=True)
class File:
    """
    A file to place in a box, or one that came out of it.

    Args:
        name: relative POSIX path, no `..`, no empty part.
        content: bytes, or the path of a regular file on the judge's side.
        executable: whether the program may exec it.
    """

    name: str
    content: Content
    executable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """
    What a run may spend; each limit is independent of the others.

    Args:
        cpu_ns: CPU time of the whole process tree, user and system.
        wall_ns: real time; None means twice the CPU limit plus ten seconds.
        memory_bytes: resident memory of the tree: heap, stacks, page cache and files it wrote; at least 1 MiB acts.
        output_bytes: standard output and standard error together.
        file_size_bytes: the largest file that the program may write.
        open_files: file descriptors of one process; at least 16 act, and at most the engine's own hard limit.
        processes: processes and threads at once.
        stack_bytes: main thread's stack; None means the memory limit.
    """

    cpu_ns: int = 10 * SECOND
    wall_ns: int | None = None
    memory_bytes: int = 512 * MIB
    output_bytes: int = 64 * MIB
    file_size_bytes: int = 256 * MIB
    open_files: int = 256
    processes: int = 64
    stack_bytes: int | None = None

    @property
    def effective_wall_ns(self) -> int:
        return 2 * self.cpu_ns + 10 * SECOND if self.wall_ns is None else self.wall_ns

    @property
    def effective_stack_bytes(self) -> int:
        return max(self.memory_bytes, MIB) if self.stack_bytes is None else self.stack_bytes


class Meter(StrEnum):
    """Who measured memory, CPU time and processes, and so how far the figures can be trusted."""

    CGROUP_V1 = "cgroup-v1"
    CGROUP_V2 = "cgroup-v2"
    POLLING = "polling"
    """No cgroup: /proc is read every few milliseconds; short peaks and short-lived processes are missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """
    What a run spent, final once the outcome is there. None: not measurable in this environment.

    Args:
        cpu_ns: user and system time of the whole process tree.
        wall_ns: from the start of the program to the end of its main process.
        memory_bytes: peak above the box's own baseline, as `meter` sees it.
        output_bytes: what the program wrote to standard output and error, counted up to the kill.
        file_bytes: disk space in use in the writable directories when the program ended.
        processes: most processes and threads at once (exact on cgroup v2, else the highest sample).
        open_files: most descriptors of the main process at once, highest sample; None for runs too short to sample.
        stack_bytes: largest main-thread stack, highest sample; None as above.
        meter: who measured.
    """

    cpu_ns: int = 0
    wall_ns: int = 0
    memory_bytes: int | None = None
    output_bytes: int = 0
    file_bytes: int = 0
    processes: int | None = None
    open_files: int | None = None
    stack_bytes: int | None = None
    meter: Meter = Meter.POLLING


class Excess(StrEnum):
    """A limit that a run was seen to exceed."""

    MEMORY = "memory"
    CPU = "cpu"
    WALL = "wall"
    OUTPUT = "output"
    FILE_SIZE = "file-size"
    PROCESSES = "processes"
    """The process limit refused a fork or a thread. A note, not a verdict: the program may cope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """
    How a run ended: the sandbox's word. Nothing of the run is alive any more.

    Exactly one of exit_code and signal is set, except when the program could not be
    started (`detail` says why) or took its supervisor down with it: then neither is.

    Args:
        exit_code: 0..255 of the main process.
        signal: number of the signal that ended the main process.
        exceeded: the limits it was seen to exceed.
        stdout, stderr: what it wrote, cut at the output limit.
        usage: what it spent.
        detail: a sentence where the fields above do not tell the whole story.
    """

    exit_code: int | None = None
    signal: int | None = None
    exceeded: frozenset[Excess] = frozenset()
    stdout: bytes = b""
    stderr: bytes = b""
    usage: Usage = Usage()
    detail: str = ""


class HeldAt(StrEnum):
    """What an interpreter has not done yet when it waits for its program."""

    TOUCH = "touch"
    """Name the file of its program in a system call."""
    READ = "read"
    """Look into that file, which it has opened early."""


@dataclass(frozen=True, slots=True)
class Fork:
    """
    How a command may be forked from an interpreter that waits, instead of executed.

    Args:
        program: path, as seen from inside the box, of the file that the interpreter runs.
        held_at: where it waits.
        env: variables of the environment that differ while it starts.
        files: what lies in its /tmp while it starts: names and texts.
        runtime: whose interpreter it is.
    """

    program: str
    held_at: HeldAt
    env: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    runtime: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """
    What to execute in a box, as seen from inside it. argv is never given to a shell.

    Args:
        argv: argv[0] is an absolute path inside the box.
        env: the whole environment; nothing is inherited.
        stdin: what the program reads on descriptor 0.
        fork: None: it is always executed. A box may ignore it; what the program sees and does is the same.
    """

    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    stdin: Content = b""
    fork: Fork | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """
    What somebody wants judged.

    Args:
        files: sources, at least one; names may contain directories.
        runtime: id of a runtime, such as `cpp`.
        entry: name of the file that is compiled or run; None means the one with the main program where the runtime
            can tell, else the first file.
        flags: extra arguments of the compiler, where the runtime takes any.
        args: arguments of the program, where the runtime takes any.
    """

    files: tuple[File, ...]
    runtime: str
    entry: str | None = None
    flags: tuple[str, ...] = ()
    args: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TestCase:
    """
    One input with the output expected for it.

    Args:
        name: shown to people; unique in a job by convention only.
        stdin: the input.
        expected: the expected output; it never enters a box. None: only the exit status counts. For a runtime that
            runs tests: the names of those that must have passed, one on each line; None: all, and at least one.
        alternatives: outputs that are accepted as well, where there is an expected one.
        limits: overrides the job's limits for this case.
    """

    __test__ = False  # pytest must not collect it

    name: str
    stdin: Content = b""
    expected: Content | None = None
    alternatives: tuple[Content, ...] = ()
    limits: Limits | None = None


class CheckerKind(StrEnum):
    """How an output is compared with the expected one; docs/checkers.md has the rules."""

    TOKENS = "tokens"
    EXACT = "exact"
    LINES = "lines"
    FLOAT = "float"
    UNORDERED = "unordered"
    EXIT = "exit"


@dataclass(frozen=True, slots=True)
class Checker:
    """
    Args:
        kind: the rule of comparison.
        tolerance: FLOAT only: largest absolute or relative error of a number, 0 <= tolerance.
    """

    kind: CheckerKind = CheckerKind.TOKENS
    tolerance: float = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """
    One submission times its test cases under limits: what an engine judges.

    Args:
        id: chosen by the caller, echoed in every event.
        limits: of each case, where the case has none of its own.
        compile_limits: None means the runtime's own.
        allowances: give slow languages the extra time and memory that their runtimes name; without it one second
            of CPU time and one MiB mean the same for all.
        stop_at_first_failure: cases that have not begun when one fails are not run.
        cold: compile and run plainly, by nothing that was prepared, learned or started beforehand.
    """

    id: str
    submission: Submission
    cases: tuple[TestCase, ...]
    limits: Limits = Limits()
    compile_limits: Limits | None = None
    allowances: bool = False
    checker: Checker = Checker()
    stop_at_first_failure: bool = False
    cold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """
    One program to be run once, without a judgement of its output: what an agent or a tool call wants.

    Args:
        id: chosen by the caller.
        compile_limits, allowances, cold: as in a Job.
        work_files: what the program finds in its working directory.
        wanted_files: fnmatch patterns on the relative paths of the files in its working directory that are to
            come back; `*` crosses directories.
        wanted_bytes: of those files together.
    """

    id: str
    submission: Submission
    stdin: Content = b""
    limits: Limits = Limits()
    compile_limits: Limits | None = None
    allowances: bool = False
    work_files: tuple[File, ...] = ()
    wanted_files: tuple[str, ...] = ()
    wanted_bytes: int = 64 * MIB
    cold: bool = False


class Verdict(StrEnum):
    """What the judge concludes; ICPC ids. RE is not among them: ICPC uses it for Rejected."""

    AC = "AC"
    WA = "WA"
    TLE = "TLE"
    """Over the CPU time limit."""
    WTL = "WTL"
    """Over the wall clock limit, without having used its CPU time."""
    MLE = "MLE"
    OLE = "OLE"
    RTE = "RTE"
    SV = "SV"
    """Killed for a forbidden system call."""
    CE = "CE"
    CTL = "CTL"
    """The compiler went over its own limits."""
    JE = "JE"
    """The judge failed; says nothing about the submission."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """The job waits for a free slot."""

    job_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A slot opened. queue_ns: time spent waiting for it; setup_ns: time to prepare its box."""

    job_id: str
    queue_ns: int
    setup_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """
    The compilation is over; AC, CE, CTL or JE.

    Args:
        cached: an earlier compilation of the same content was used; usage is then that of none.
        log: what the compiler wrote, cut to a readable size, undecodable bytes replaced.
        version: the toolchain's own version line.
    """

    job_id: str
    verdict: Verdict
    cached: bool
    log: str
    version: str
    usage: Usage = Usage()


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResults:
    """
    The tests of one run by their names, each once, in the order of the report.

    Args:
        passed, failed, skipped: names; a test that is reported twice is in the worst of its places.
        complete: whether the framework came to its end; a program that ends the process early leaves it false.
    """

    __test__ = False  # pytest must not collect it

    passed: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    complete: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFinished:
    """
    One case is over. Cases finish in any order; index says which of the job's cases it is.

    Args:
        tests: what a runtime that runs tests says of them; None for any other.
    """

    job_id: str
    index: int
    name: str
    verdict: Verdict
    outcome: Outcome
    detail: str = ""
    tests: TestResults | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """
    The job is over: the last event of every job.

    Args:
        verdict: AC if all cases are, else that of the first failed case in the job's order, or CE, CTL, JE.
        passed, total: accepted cases, and all cases of the job (also those that were not run).
        detail: for JE, what failed.
    """

    job_id: str
    verdict: Verdict
    passed: int
    total: int
    usage: Usage = Usage()
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialResult:
    """
    How a trial ended.

    Args:
        verdict: AC if the program compiled and ended with exit status 0, else why not.
        outcome: None if the program was not run.
        files: the wanted ones, sorted by name; none if they are too large together, which `detail` says then.
        queue_ns: time spent waiting for a slot.
        detail: a sentence where the verdict does not tell the whole story.
    """

    verdict: Verdict
    compiled: Compiled
    outcome: Outcome | None = None
    files: tuple[File, ...] = ()
    queue_ns: int = 0
    detail: str = ""


Event = Queued | Started | Compiled | CaseFinished | Finished
