"""A problem that lies in a folder, whichever layout the folder has: what `problem_toml` and `kattis` read."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from executor.errors import UsageError
from executor.model import Checker, Limits, TestCase, Verdict
from scorer.errors import BenchmarkDataError
from scorer.layouts import find_pairs


@dataclass(frozen=True, slots=True)
class Template:
    """
    A program with a gap for what is asked for.

    Args:
        before, after: the gap.
    """

    before: str
    after: str

    def filled(self, text: str) -> str:
        return f"{self.before}{text.rstrip()}\n{self.after}"


@dataclass(frozen=True, slots=True)
class KnownSolution:
    """
    A program that comes with a problem, and what has to become of it.

    Args:
        files: sources, the entry first.
        verdicts: any of them.
    """

    name: str
    files: tuple[Path, ...]
    verdicts: frozenset[Verdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemFolder:
    """
    Args:
        path: the folder.
        languages: ids of the runtimes it may be solved in; empty: all.
        function: what is asked for where there are templates.
        templates: by the runtime's id.
        files: all that was read, for the version of the data.
        warnings: sentences.
    """

    path: Path
    title: str
    statement: str
    cases: tuple[TestCase, ...]
    limits: Limits
    checker: Checker
    allowances: bool = False
    languages: tuple[str, ...] = ()
    category: str | None = None
    difficulty: str | None = None
    function: str | None = None
    templates: Mapping[str, Template] = field(default_factory=dict)
    solutions: tuple[KnownSolution, ...] = ()
    files: tuple[Path, ...] = ()
    warnings: tuple[str, ...] = ()


def cases_below(folder: Path, only: Collection[str] = ()) -> tuple[TestCase, ...]:
    """
    The test cases of a folder, in any layout that `exec-cli run --tests` takes.

    Args:
        only: look into these folders in it; empty: all.

    Raises:
        BenchmarkDataError: there are none, or a file has no counterpart.
    """
    if not folder.is_dir():
        raise BenchmarkDataError(f"{folder} is no folder; it should hold the test cases")
    names = (path.relative_to(folder) for path in files_below(folder))
    try:
        pairs = find_pairs(name.as_posix() for name in names if not only or name.parts[0] in only)
    except UsageError as error:
        raise BenchmarkDataError(f"{folder}: {error}") from error
    return tuple(
        TestCase(
            name=pair.name,
            stdin=(folder / pair.input).absolute(),
            expected=None if pair.expected is None else (folder / pair.expected).absolute(),
        )
        for pair in pairs
    )


def files_below(folder: Path) -> Iterator[Path]:
    """Every file below a folder that is not hidden, in the order of the names."""
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(root, name) for name in sorted(names) if not name.startswith("."))


def text_of(path: Path) -> str:
    """
    A text in UTF-8; a byte order mark is dropped.

    Raises:
        BenchmarkDataError: it cannot be read, or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BenchmarkDataError(f"{path} cannot be read: {error}") from error
