"""
Languages as data: what runtimes/<id>.toml says, and what it means for one submission on this machine.

A runtime's argv lists hold variables such as {source}. They are filled in per submission and stage, because
a source lies in /work while it is compiled and in /artifact while it runs. Bare command names are looked up on
the host; that is right because a box shows the host's /usr, read-only, in the same place. The format of the files
is specified in runtimes/README.md and enforced by `executor.runtime_file`.
"""

from __future__ import annotations

import difflib
import glob
import math
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from executor.errors import RuntimeFileError, RuntimeUnavailable, UsageError
from executor.model import MIB, SECOND, Command, Content, Limits, Submission

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

WORK, ARTIFACT = "/work", "/artifact"
_SOURCES = "{sources}"

Argv = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """
    The names that one submission gives to a runtime's variables, relative to /work or /artifact.

    Args:
        source: the entry.
        sources: the entry and every other file with one of the runtime's extensions, in the submission's order.
        stem: the entry without its extension, directories included.
        binary: the stem, made different from every submitted name.
    """

    source: str
    sources: tuple[str, ...]
    stem: str
    binary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAdjustment:
    """
    What a runtime needs beyond the limits that a job asks for; the defaults change nothing.

    Args:
        cpu_factor: multiplies the CPU limit, and the wall limit where the job has one.
        memory_extra_bytes: added to the memory limit; {memory_mib} stays what the job asked for.
        processes, open_files: at least this many.
        stack_bytes: where the job says nothing.
    """

    cpu_factor: float = 1.0
    memory_extra_bytes: int = 0
    processes: int = 1
    open_files: int = 1
    stack_bytes: int | None = None

    def apply(self, limits: Limits) -> Limits:
        wall_ns = limits.wall_ns
        return replace(
            limits,
            cpu_ns=math.ceil(limits.cpu_ns * self.cpu_factor),
            wall_ns=None if wall_ns is None else math.ceil(wall_ns * self.cpu_factor),
            memory_bytes=limits.memory_bytes + self.memory_extra_bytes,
            processes=max(limits.processes, self.processes),
            open_files=max(limits.open_files, self.open_files),
            stack_bytes=self.stack_bytes if limits.stack_bytes is None else limits.stack_bytes,
        )


@dataclass(frozen=True, slots=True)
class SelfTest:
    """A one-file program with its input and the output that it must give; an empty one for `broken`."""

    code: str
    stdin: str = ""
    stdout: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """
    A language at a version: how to compile and run a submission.

    Args:
        id: the file's name without .toml.
        extensions: file name endings, each with its dot; the first is the usual one.
        source: file name of a source that arrives without one.
        compile: one argv per step; empty for an interpreted language.
        run, version: one argv each.
        env: the whole environment of every command.
        keep: fnmatch patterns, with variables, of the files in /work that form the artifact.
        compile_limits: of each compile step.
        adjustment: how the limits of a run differ from those a job asks for.
        mounts: host paths that a box must show besides /usr.
        install: shell commands for a person, such as `apt-get install g++`.
        hello: echoes its standard input.
        broken: must be CE, or RTE where nothing compiles.
    """

    id: str
    name: str
    extensions: tuple[str, ...]
    source: str
    compile: tuple[Argv, ...] = ()
    run: Argv
    version: Argv
    env: Mapping[str, str] = field(default_factory=lambda: dict(DEFAULT_ENV))
    keep: tuple[str, ...] = ("*",)
    compile_limits: Limits = COMPILE_LIMITS
    adjustment: RunAdjustment = RunAdjustment()
    mounts: tuple[Path, ...] = ()
    install: tuple[str, ...] = ()
    hello: SelfTest
    broken: SelfTest

    def run_limits(self, limits: Limits) -> Limits:
        """The limits that a run is held to when a job asks for `limits`."""
        return self.adjustment.apply(limits)

    def layout(self, submission: Submission) -> Layout:
        """The names of a submission whose entry is one of its files."""
        names = [file.name for file in submission.files]
        source = submission.entry or names[0]
        stem = binary = str(PurePosixPath(source).with_suffix(""))
        taken = {*names, *(str(parent) for name in names for parent in PurePosixPath(name).parents)}
        while binary in taken:
            binary += ".out"
        sources = tuple(name for name in names if name == source or name.endswith(self.extensions))
        return Layout(source, sources, stem, binary)

    def compile_commands(self, layout: Layout, limits: Limits) -> list[Command]:
        """The steps of a compilation in /work; limits: those of the compilation."""
        return [Command(argv=_expand(argv, layout, WORK, limits), env=self.env) for argv in self.compile]

    def run_command(self, layout: Layout, limits: Limits, stdin: Content = b"") -> Command:
        """
        The command that runs the artifact in /artifact.

        Args:
            limits: as the job asks for them, before `run_limits`: a heap is sized by what was
                asked for, and what the runtime needs beyond it is `memory_extra_mib`.
        """
        return Command(argv=_expand(self.run, layout, ARTIFACT, limits), env=self.env, stdin=stdin)

    def kept(self, layout: Layout) -> tuple[str, ...]:
        """The patterns of `Box.collect` for the artifact."""
        # A source called a[1].c must not become a pattern.
        values = {"binary": glob.escape(layout.binary), "stem": glob.escape(layout.stem)}
        return tuple(pattern.format_map(values) for pattern in self.keep)

    def resolve(self) -> Runtime:
        """
        This runtime with an absolute path, as a box shows it, for the command of each argv.

        Raises:
            RuntimeUnavailable: a command or a mount is missing here; the message says how to install it.
        """
        for mount in self.mounts:
            if not mount.exists():
                raise self._unavailable(f"{mount} does not exist")
        return replace(
            self,
            compile=tuple(self._resolve(argv) for argv in self.compile),
            run=self._resolve(self.run),
            version=self._resolve(self.version),
        )

    def missing(self) -> str | None:
        """None when the runtime is available on this machine, else a sentence that says why not and what to do."""
        try:
            self.resolve()
        except RuntimeUnavailable as reason:
            return str(reason)
        return None

    def _resolve(self, argv: Argv) -> Argv:
        command = argv[0]
        if "{" in command:
            return argv
        found = shutil.which(command, path=self.env["PATH"])
        if found is None:
            raise self._unavailable(f"the command {command} was not found")
        visible = _visible_path(Path(found), (Path("/usr"), *self.mounts))
        if visible is None:
            raise self._unavailable(f"{command} is {os.path.realpath(found)}, outside of what a box shows")
        return (str(visible), *argv[1:])

    def _unavailable(self, why: str) -> RuntimeUnavailable:
        advice = f"; install it with: {' && '.join(self.install)}" if self.install else ""
        return RuntimeUnavailable(f"the runtime {self.id} is not available here: {why}{advice}")


class Runtimes:
    """The runtimes of one folder, in the order of their ids."""

    def __init__(self, runtimes: Iterable[Runtime]) -> None:
        self._by_id = {runtime.id: runtime for runtime in sorted(runtimes, key=lambda runtime: runtime.id)}
        self._by_extension: dict[str, Runtime] = {}
        for runtime in self:
            for extension in runtime.extensions:
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
        raise UsageError(f"there is no runtime {runtime_id[:60]!r}; choose {', '.join(close)}")

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


def _expand(argv: Argv, layout: Layout, root: str, limits: Limits) -> Argv:
    values = {
        "source": f"{root}/{layout.source}",
        "binary": f"{root}/{layout.binary}",
        "stem": layout.stem,
        "memory_mib": str(max(1, limits.memory_bytes // MIB)),
        "memory_bytes": str(limits.memory_bytes),
    }
    sources = [f"{root}/{name}" for name in layout.sources]
    parts = [sources if part == _SOURCES else [part.format_map(values)] for part in argv]
    return tuple(word for words in parts for word in words)


def _visible_path(path: Path, roots: tuple[Path, ...]) -> Path | None:
    """
    The first path on a command's chain of symbolic links from which on all lies under the roots.

    Not simply the end of the chain: clang++ is a link to clang, and both look at the name they were called by.
    """
    chain = [Path(os.path.realpath(path.parent), path.name)]
    while chain[-1].is_symlink() and len(chain) < 40:
        target = chain[-1].parent / chain[-1].readlink()
        chain.append(Path(os.path.realpath(target.parent), target.name))
    visible: Path | None = None
    for hop in reversed(chain):
        if not any(hop.is_relative_to(root) for root in roots):
            break
        visible = hop
    return visible
