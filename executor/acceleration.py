"""
What a runtime's file says of being faster: data, with no meaning of its own.

`[prepare]`, `[prepare.prefix]` and `[fast]` are specified in runtimes/README.md. An argv here holds variables as in
`executor.runtime`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from executor.model import HeldAt

Argv = tuple[str, ...]

NOT_PREPARED = "/prepared/none"
"""What {prepared} stands for where nothing is prepared: a folder that no box has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """
    How an interpreter waits for its program, so that runs are forked from it.

    Args:
        held_at: where it waits.
        env: variables of the environment that differ while it starts.
        files: what lies in its /tmp while it starts: name to text.
    """

    held_at: HeldAt
    env: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assets:
    """
    Files that are made once for an installed toolchain.

    Args:
        files: what the steps find in /work: name to text.
        steps: commands, run in /work of a box that has seen no submission.
        keep: fnmatch patterns of what is kept.
        depends: a file among those that are left which lists, as make has it, what the result was made of.
        size_mib: the most that may be kept.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[Argv, ...] = ()
    keep: tuple[str, ...] = ()
    depends: str | None = None
    size_mib: int = 512


@dataclass(frozen=True, slots=True)
class Seed:
    """A prefix that is prepared without having been seen: names of headers, and flags of the compiler."""

    names: tuple[str, ...]
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefix:
    """
    How the lines that a source begins with are compiled once for all sources that begin with them.

    Args:
        skip: an expression for what may stand before, between and behind these lines.
        line: an expression for one of them, with one group: its name.
        names: an expression that a name matches as a whole; a line with any other name ends the prefix.
        render: the line of a name, with {name}.
        flags: an expression that each flag of the submission matches as a whole; otherwise there is no prefix.
        assets: as of a runtime; in its files {lines} stands for the rendered lines, in its steps {flags}.
        compile: the commands for a source; {prepared} is the folder of its prefix.
        beside: those for an entry that other sources follow; none: only for a submission of one source.
        seeds: what `exec-cli runtimes prepare` prepares.
    """

    skip: str
    line: str
    names: str
    render: str
    flags: str
    assets: Assets
    compile: tuple[Argv, ...]
    beside: tuple[Argv, ...] = ()
    seeds: tuple[Seed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fast:
    """
    Other commands to compile, for those submissions that they suit.

    Args:
        compile: one argv per step; {sources} are in the order of their names.
        env: what differs in the environment of these steps.
        flags: also one with flags.
        name: an expression that the name of every file matches as a whole.
        when: an expression that every file must have a match of.
        unless: an expression that no file may have a match of.
    """

    compile: tuple[Argv, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    flags: bool = False
    name: str | None = None
    when: str | None = None
    unless: str | None = None
