"""
Languages as data: what runtimes/<id>.toml says, and what it means for one submission on this machine.

A runtime's argv lists hold variables such as {source}. They are filled in per submission and stage, because
a source lies in /work while it is compiled and in /artifact while it runs. Bare command names are looked up on
the host; that is right because a box shows the host's /usr, read-only, in the same place. The format of the files
is specified in runtimes/README.md and enforced by `executor.runtime_file`.
"""

from __future__ import annotations

import contextlib
import difflib
import glob
import math
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from executor.acceleration import NOT_PREPARED, Argv, Assets, Fast, Prefix, Waiting
from executor.argv import environment_of, expanded, memory_values, values_of
from executor.errors import RuntimeFileError, RuntimeUnavailable, UsageError
from executor.expressions import compiled
from executor.model import MIB, SECOND, Command, Content, Excess, Fork, Limits, Outcome, Submission, Verdict
from executor.naming import NO_RULES, EntryRules, Layout, arrange
from executor.resident_rules import ResidentCompiler
from executor.shown import HOST, Shown
from executor.unit_tests import ReportFormat

DEFAULT_ENV: Mapping[str, str] = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/tmp",
    "TMPDIR": "/tmp",
    "LANG": "C.UTF-8",
}
COMPILE_LIMITS = Limits(
    cpu_ns=30 * SECOND,
    memory_bytes=1024 * MIB,
    output_bytes=1 * MIB,
    file_size_bytes=256 * MIB,
    open_files=1024,
    processes=300,
)
"""What each step of a compilation may spend, where the runtime and the job say nothing else."""

TOOLCHAINS = Path("/usr/local/lib/ennead")
"""Holds a folder for each runtime, with what npm and pip installed for it: below /usr, so that boxes show it."""

WORK, ARTIFACT = "/work", "/artifact"
_MOST_STDERR_BYTES = 64 * 1024
_DASHES = dict.fromkeys("-_.", "[-_.]")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAdjustment:
    """
    What a runtime needs beyond the limits that a job asks for; the defaults change nothing.

    Args:
        cpu_factor: multiplies the CPU limit, and the wall limit where the job has one; only as an allowance.
        memory_extra_bytes: added to the memory limit, and to {memory_mib}; only as an allowance.
        processes, open_files: at least this many, always.
        stack_bytes: where the job says nothing.
    """

    cpu_factor: float = 1.0
    memory_extra_bytes: int = 0
    processes: int = 1
    open_files: int = 1
    stack_bytes: int | None = None

    def apply(self, limits: Limits, *, allowances: bool) -> Limits:
        factor = self.cpu_factor if allowances else 1.0
        wall_ns = limits.wall_ns
        return replace(
            limits,
            cpu_ns=math.ceil(limits.cpu_ns * factor),
            wall_ns=None if wall_ns is None else math.ceil(wall_ns * factor),
            memory_bytes=limits.memory_bytes + (self.memory_extra_bytes if allowances else 0),
            processes=max(limits.processes, self.processes),
            open_files=max(limits.open_files, self.open_files),
            stack_bytes=self.stack_bytes if limits.stack_bytes is None else limits.stack_bytes,
        )


@dataclass(frozen=True, slots=True)
class SelfTest:
    """
    A program of a runtime's own, judged to see whether the runtime works.

    Args:
        code: of the entry, which has the runtime's usual name.
        stdin, stdout: the input, and the output that it must give; a runtime that runs tests gives none.
        files: further sources by their names.
        verdict: what it must get.
    """

    code: str
    stdin: str = ""
    stdout: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    verdict: Verdict = Verdict.AC


@dataclass(frozen=True, slots=True)
class Package:
    """A package of Debian's; unless: a command whose presence makes it unnecessary."""

    name: str
    unless: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Install:
    """
    What brings a runtime, or an extra of it, to a machine: done in this order.

    Args:
        apt: Debian's packages.
        npm: installed into <folder>/node_modules.
        pip: installed into <folder>/site-packages, for the system's Python.
        files: written below the runtime's folder: name to text.
        steps: commands to run in the runtime's folder, on the host, with the runtime's environment.
    """

    apt: tuple[Package, ...] = ()
    npm: tuple[str, ...] = ()
    pip: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[Argv, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.apt or self.npm or self.pip or self.files or self.steps)

    def leaves(self) -> Iterator[str]:
        """
        What is in the runtime's folder afterwards, as patterns: without its test framework, which no command names,
        a runtime would fail every submission.
        """
        yield from map(glob.escape, self.files)
        for package in self.npm:
            yield f"node_modules/{glob.escape(_name_of(package))}"
        for package in self.pip:
            # With a marker it may not be for this Python.
            if ";" not in package and (name := re.match(r"[\w.-]+", package)):
                yield f"site-packages/{_in_any_spelling(name[0])}-*.dist-info"


@dataclass(frozen=True, slots=True)
class Report:
    """
    Where a test framework leaves its result.

    Args:
        format: of the result.
        file: relative to /work; None means standard output.
    """

    format: ReportFormat
    file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """
    A language at a version: how to compile and run a submission.

    Args:
        id: the file's name without .toml.
        extensions: file name endings, each with its dot; the first is the usual one.
        by_extension: whether a file with one of them is taken for this language when nobody says.
        source: file name of a source that arrives without one.
        compile: one argv per step; empty for an interpreted language.
        run, version: one argv each.
        env: the whole environment of every command; may hold {memory_mib} and {memory_bytes}.
        compile_env: what compilations have besides.
        folder: where npm and pip installed what belongs to it, and where `files` and `steps` of an installation act.
        entry: how the language names its files and its main program.
        report: None: the output is what counts; else the runtime runs tests, and their result does.
        memory_exceeded: an expression that finds, on standard error of a run or compilation that failed, the
            runtime's own word that its memory did not suffice.
        keep: fnmatch patterns, with variables, of the files in /work that form the artifact.
        waiting: how the interpreter waits for its program; None: every run executes the command.
        compile_limits: of each compile step.
        adjustment: how the limits of a run differ from those a job asks for.
        mounts: host paths that a box must show besides /usr; one with a wildcard may match nothing.
        resident: None: no compiler of it can stay.
        install: what brings it to a machine.
        extras: further packages for its programs, by the name of what needs them.
        hello: echoes its standard input, or has tests that pass.
        broken: must fail.
        assets, prefix, fast: how it can be faster.
        prepared: what {prepared} stands for.
    """

    id: str
    name: str
    extensions: tuple[str, ...]
    by_extension: bool = True
    source: str
    compile: tuple[Argv, ...] = ()
    run: Argv
    version: Argv
    env: Mapping[str, str] = field(default_factory=lambda: dict(DEFAULT_ENV))
    compile_env: Mapping[str, str] = field(default_factory=dict)
    keep: tuple[str, ...] = ("*",)
    compile_limits: Limits = COMPILE_LIMITS
    adjustment: RunAdjustment = RunAdjustment()
    mounts: tuple[str, ...] = ()
    folder: Path = TOOLCHAINS
    entry: EntryRules = NO_RULES
    report: Report | None = None
    memory_exceeded: str | None = None
    resident: ResidentCompiler | None = None
    waiting: Waiting | None = None
    install: Install = Install()
    extras: Mapping[str, Install] = field(default_factory=dict)
    hello: SelfTest
    broken: SelfTest
    assets: Assets | None = None
    prefix: Prefix | None = None
    fast: Fast | None = None
    prepared: str = NOT_PREPARED

    def run_limits(self, limits: Limits, *, allowances: bool = False) -> Limits:
        """The limits that a run is held to when a job asks for `limits`, with or without this runtime's allowances."""
        return self.adjustment.apply(limits, allowances=allowances)

    @property
    def takes_flags(self) -> bool:
        return any("{flags}" in argv for argv in (*self.compile, self.run))

    @property
    def takes_args(self) -> bool:
        return "{args}" in self.run

    def arrange(self, submission: Submission) -> tuple[Submission, Layout]:
        """
        A submission with its files named as the language wants them, and the names of its parts.

        Args:
            submission: its entry is one of its files, and their contents can be read.
        """
        return arrange(submission, self.extensions, self.entry)

    def version_command(self) -> Command:
        """The command that makes the toolchain say its version, as a box and this host understand it."""
        return Command(argv=self.version, env=environment_of(self.env, memory_values(self.compile_limits)))

    def compile_commands(self, layout: Layout, limits: Limits) -> list[Command]:
        """The steps of a compilation in /work; limits: those of the compilation."""
        return self.commands(self.compile, layout, limits, self.prepared)

    def commands(self, steps: Iterable[Argv], layout: Layout, limits: Limits, prepared: str) -> list[Command]:
        """The steps of another way to compile, likewise; prepared: what {prepared} stands for."""
        values = values_of(layout, WORK, limits, prepared)
        env = environment_of({**self.env, **self.compile_env}, values)
        return [Command(argv=expanded(argv, layout, values), env=env) for argv in steps]

    def resident_command(self, argv: Argv, root: str, limits: Limits) -> Command:
        """A command of the resident compiler, which starts it in /artifact or builds it in /work."""
        values = {"root": root, **memory_values(limits)}
        return Command(argv=tuple(part.format_map(values) for part in argv), env=environment_of(self.env, values))

    def resident_arguments(self, argv: Argv, layout: Layout, limits: Limits) -> Argv:
        """What the resident compiler is asked for one submission; limits: those of the compilation."""
        return expanded(argv, layout, values_of(layout, WORK, limits, self.prepared))

    def run_command(self, layout: Layout, limits: Limits, stdin: Content = b"") -> Command:
        """
        The command that runs the artifact in /artifact.

        Args:
            limits: those of `run_limits`.
        """
        values = values_of(layout, ARTIFACT, limits, self.prepared)
        env = environment_of(self.env, values)
        return Command(argv=expanded(self.run, layout, values), env=env, stdin=stdin, fork=self._fork(layout, values))

    def _fork(self, layout: Layout, values: Mapping[str, str]) -> Fork | None:
        """Only for a command line that has nothing of the submission's own: an interpreter obeys it while it starts."""
        waiting = self.waiting
        if waiting is None or layout.flags or layout.args or layout.source != self.source:
            return None
        env = environment_of(waiting.env, values)
        program = f"{ARTIFACT}/{layout.source}"
        return Fork(program, waiting.held_at, tuple(env.items()), tuple(waiting.files.items()), self.id)

    def kept(self, layout: Layout) -> tuple[str, ...]:
        """The patterns of `Box.collect` for the artifact."""
        # A source called a[1].c must not become a pattern.
        values = {"binary": glob.escape(layout.binary), "stem": glob.escape(layout.stem)}
        return tuple(pattern.format_map(values) for pattern in self.keep)

    def explained(self, outcome: Outcome) -> Outcome:
        """The outcome of a run or a compilation with what the runtime itself says of its memory."""
        failed = outcome.exit_code != 0
        if self.memory_exceeded is None or not failed or Excess.MEMORY in outcome.exceeded:
            return outcome
        said = outcome.stderr[-_MOST_STDERR_BYTES:].decode("utf-8", "replace")
        if compiled(self.memory_exceeded).search(said) is None:
            return outcome
        return replace(outcome, exceeded=outcome.exceeded | {Excess.MEMORY})

    def resolve(self, shown: Shown = HOST) -> Runtime:
        """
        This runtime with an absolute path, as a box shows it, for the command of each argv, and the mounts that exist.

        Args:
            shown: what boxes show: this machine's files, or those of an image.

        Raises:
            RuntimeUnavailable: a command, a mount or a package is missing here; the message says how to install it.
        """
        mounts = tuple(path for pattern in self.mounts for path in self._existing(pattern, shown))
        resolved = replace(
            self,
            mounts=mounts,
            compile=tuple(self._resolved(argv, mounts, shown) for argv in self.compile),
            run=self._resolved(self.run, mounts, shown),
            version=self._resolved(self.version, mounts, shown),
            resident=self._resolved_resident(mounts, shown),
            **self._resolved_shortcuts(mounts, shown),
        )
        for path in self.install.leaves():
            if not shown.matches(f"{self.folder}/{path}"):
                raise self._unavailable(f"{self.folder / path} does not exist", shown)
        return resolved

    def _resolved_resident(self, mounts: Iterable[str], shown: Shown) -> ResidentCompiler | None:
        """None where there is none, and where something that only it needs is missing: it is never needed itself."""
        if self.resident is None:
            return None
        try:
            steps = tuple(self._resolved(argv, mounts, shown) for argv in self.resident.steps)
            return replace(self.resident, command=self._resolved(self.resident.command, mounts, shown), steps=steps)
        except RuntimeUnavailable:
            return None

    def missing(self, shown: Shown = HOST) -> str | None:
        """None when the runtime is available there, else a sentence that says why not and what to do."""
        try:
            self.resolve(shown)
        except RuntimeUnavailable as reason:
            return str(reason)
        return None

    def _existing(self, mount: str, shown: Shown) -> list[str]:
        """The host paths that a mount stands for."""
        if glob.has_magic(mount):
            return shown.matches(mount)
        if not shown.exists(mount):
            raise self._unavailable(f"{mount} does not exist", shown)
        return [mount]

    def _resolved(self, argv: Argv, mounts: Iterable[str], shown: Shown) -> Argv:
        command = argv[0]
        if "{" in command:
            return argv
        found = shown.command(command, self.env["PATH"])
        if found is None:
            raise self._unavailable(f"the command {command} was not found", shown)
        visible = shown.visible(found, (Path("/usr"), *map(Path, mounts)))
        if visible is None:
            raise self._unavailable(f"{command} is {os.path.realpath(found)}, outside of what a box shows", shown)
        # `node {folder}/tool.js` finds node, and is of no use without the tool.
        for path in (path for word in argv[1:] for path in word.split(":")):
            if path.startswith(f"{self.folder}/") and not _is_pattern(path) and not shown.exists(path):
                raise self._unavailable(f"{path} does not exist", shown)
        return (str(visible), *argv[1:])

    def _resolved_shortcuts(self, mounts: Iterable[str], shown: Shown) -> dict[str, Any]:
        """What makes this runtime faster, with absolute paths; nothing where a command of it is not there."""
        resolved: dict[str, Any] = {}
        for name in ("assets", "prefix", "fast"):
            try:
                resolved[name] = self._resolved_words(getattr(self, name), mounts, shown)
            except RuntimeUnavailable:
                resolved[name] = None
        return resolved

    def _resolved_words(self, part: Any, mounts: Iterable[str], shown: Shown) -> Any:
        """A part with the command of each argv in it resolved, in the parts of that part too."""
        if part is None:
            return None
        changed: dict[str, Any] = {}
        for name in ("steps", "compile", "beside"):
            if hasattr(part, name):
                changed[name] = tuple(self._resolved(argv, mounts, shown) for argv in getattr(part, name))
        if hasattr(part, "assets"):
            changed["assets"] = self._resolved_words(part.assets, mounts, shown)
        return replace(part, **changed)

    def _unavailable(self, why: str, shown: Shown) -> RuntimeUnavailable:
        advice = f"; {shown.advice(self.id)}" if self.install else ""
        return RuntimeUnavailable(f"the runtime {self.id} is not available here: {why}{advice}", "submission.runtime")


class Runtimes:
    """The runtimes of one folder, in the order of their ids."""

    def __init__(self, runtimes: Iterable[Runtime]) -> None:
        self._by_id = {runtime.id: runtime for runtime in sorted(runtimes, key=lambda runtime: runtime.id)}
        self._by_extension: dict[str, Runtime] = {}
        for runtime in self:
            for extension in runtime.extensions if runtime.by_extension else ():
                other = self._by_extension.setdefault(extension, runtime)
                if other is not runtime:
                    raise RuntimeFileError(
                        f"{other.id}.toml and {runtime.id}.toml both claim the extension {extension}"
                    )

    @classmethod
    def load(cls, directory: Path | None = None, cache: Path | None = None) -> Runtimes:
        """
        Read every <id>.toml of a folder; None: the runtimes that ship with this package.

        Args:
            directory: the folder.
            cache: a directory where what was read is kept for the next time.

        Raises:
            RuntimeFileError: the folder holds no runtime, or a file has a mistake.
        """
        directory = directory or Path(__file__).resolve().parent.parent / "runtimes"
        files = sorted(directory.glob("*.toml"))
        if not files:
            raise RuntimeFileError(f"{directory} holds no runtime: no file ends in .toml")
        if cache is not None:
            from executor.runtime_cache import load_cached  # noqa: PLC0415  # it imports this module

            return cls(load_cached(files, cache))
        from executor.runtime_file import load_runtime  # noqa: PLC0415  # likewise, and pydantic

        return cls(load_runtime(file) for file in files)

    def available(self) -> Iterator[Runtime]:
        """Those whose toolchain is on this machine, resolved."""
        for runtime in self:
            with contextlib.suppress(RuntimeUnavailable):
                yield runtime.resolve()

    def __iter__(self) -> Iterator[Runtime]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, runtime_id: object) -> bool:
        return runtime_id in self._by_id

    def get(self, runtime_id: str) -> Runtime:
        """
        The runtime with this id.

        Raises:
            UsageError: there is none; the message names those that come close, or all.
        """
        if runtime_id in self._by_id:
            return self._by_id[runtime_id]
        close = difflib.get_close_matches(runtime_id.lower(), self._by_id, n=3) or list(self._by_id)
        raise UsageError(f"there is no runtime {runtime_id[:60]!r}; choose {', '.join(close)}", "submission.runtime")

    def for_file(self, name: str) -> Runtime:
        """
        The runtime that claims the extension of a file name.

        Raises:
            UsageError: none does; the message lists the extensions that are known.
        """
        endings = [extension for extension in self._by_extension if name.endswith(extension)]
        if not endings:
            known = ", ".join(sorted(self._by_extension))
            raise UsageError(f"no runtime is known for the file {name!r}; the known extensions are {known}")
        return self._by_extension[max(endings, key=len)]


def _name_of(package: str) -> str:
    """The name of one of npm's packages, which may begin with @, without the version."""
    return package[:1] + package[1:].partition("@")[0]


def _in_any_spelling(name: str) -> str:
    """A pattern for one of pip's packages, in whose names capitals and kinds of dashes do not count."""
    return "".join(f"[{each.lower()}{each.upper()}]" if each.isalpha() else _DASHES.get(each, each) for each in name)


def _is_pattern(path: str) -> bool:
    """Whether a path has a variable or a wildcard in it, and so is none yet."""
    return "{" in path or glob.has_magic(path)
