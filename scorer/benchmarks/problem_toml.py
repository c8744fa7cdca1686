"""
Our own layout of a problem: a folder with problem.toml, a statement, tests and known solutions; see docs/benchmarks.md.

    sum/
        problem.toml
        statement.md
        tests/        1.in 1.ans ...
        solutions/    ac-sum.py wa-overflow.cpp ...
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PositiveInt

from executor.checker import parse_checker
from executor.errors import UsageError
from executor.model import MIB, MS, Limits, Verdict
from executor.runtime import Runtimes
from scorer.benchmarks.problem_folder import KnownSolution, ProblemFolder, Template, cases_below, files_below, text_of
from scorer.benchmarks.reading import checked
from scorer.errors import BenchmarkDataError

NAME = "problem.toml"
TESTS, SOLUTIONS = "tests", "solutions"
GAP = "@SOLUTION@"
"""Stands in the line of a template that the answer takes the place of."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class LimitsTable(_Table):
    """The table `[limits]`; what is absent is as `exec-cli run` has it."""

    cpu_ms: PositiveInt | None = None
    wall_ms: PositiveInt | None = None
    memory_mib: PositiveInt | None = None
    output_mib: PositiveInt | None = None
    stack_mib: PositiveInt | None = None
    processes: PositiveInt | None = None

    def limits(self) -> Limits:
        asked = {
            "cpu_ns": _times(self.cpu_ms, MS),
            "wall_ns": _times(self.wall_ms, MS),
            "memory_bytes": _times(self.memory_mib, MIB),
            "output_bytes": _times(self.output_mib, MIB),
            "stack_bytes": _times(self.stack_mib, MIB),
            "processes": self.processes,
        }
        return Limits(**{name: value for name, value in asked.items() if value is not None})


class ProblemTable(_Table):
    """
    The file problem.toml.

    Args:
        runtime: the only language; `languages`: those that are allowed. Neither: any.
        allowances: slow languages get the extra time and memory that their runtimes name.
        checker: as `exec-cli run --checker` takes it.
        template: file by runtime; the answer takes the place of its line with the gap.
        function: name or declaration of what is asked for where there are templates.
    """

    title: Annotated[str, Field(min_length=1)]
    statement: str = "statement.md"
    runtime: str | None = None
    languages: list[str] = Field(default_factory=list)
    category: str | None = None
    difficulty: str | None = None
    checker: str = "tokens"
    allowances: bool = False
    limits: LimitsTable = LimitsTable()
    function: str | None = None
    template: dict[str, str] = Field(default_factory=dict)


class BenchmarkTable(_Table):
    """The file benchmark.toml: `languages` are runtimes, and each problem is asked in each of them."""

    languages: list[str] = Field(default_factory=list)


def read_benchmark(path: Path) -> BenchmarkTable:
    """
    What is said beside the problems.

    Raises:
        BenchmarkDataError: the file has a mistake.
    """
    return checked(BenchmarkTable, _toml(path), str(path))


def read(folder: Path, runtimes: Runtimes) -> ProblemFolder:
    """
    The problem of a folder.

    Raises:
        BenchmarkDataError: something is missing or wrong; the message names the file and the key.
    """
    path = folder / NAME
    table = checked(ProblemTable, _toml(path), str(path))
    if table.runtime is not None and table.languages:
        raise BenchmarkDataError(f"{path}: runtime and languages exclude each other")
    languages = tuple(table.languages) if table.runtime is None else (table.runtime,)
    for name in (*languages, *table.template):
        if name not in runtimes:
            raise BenchmarkDataError(f"{path}: there is no runtime '{name}'; `exec-cli runtimes` lists them")
    try:
        checker = parse_checker(table.checker)
    except UsageError as error:
        raise BenchmarkDataError(f"{path}: checker: {error}") from error
    return ProblemFolder(
        path=folder,
        title=table.title,
        statement=text_of(folder / table.statement),
        cases=cases_below(folder / TESTS),
        limits=table.limits.limits(),
        checker=checker,
        allowances=table.allowances,
        languages=languages or tuple(sorted(table.template)),
        category=table.category,
        difficulty=table.difficulty,
        function=table.function,
        templates=_templates(path, table.template),
        solutions=tuple(_solutions(folder / SOLUTIONS)),
        files=(path, folder / table.statement, *files_below(folder / TESTS), *_named(folder, table.template)),
    )


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text_of(path))
    except tomllib.TOMLDecodeError as error:
        raise BenchmarkDataError(f"{path}: {error}") from error


def _templates(path: Path, named: Mapping[str, str]) -> dict[str, Template]:
    return {runtime: _template(path, file) for runtime, file in named.items()}


def _template(path: Path, name: str) -> Template:
    lines = text_of(path.parent / name).splitlines(keepends=True)
    gaps = [number for number, line in enumerate(lines) if GAP in line]
    if len(gaps) != 1:
        raise BenchmarkDataError(f"{path.parent / name}: one line with {GAP} is needed, and there are {len(gaps)}")
    return Template("".join(lines[: gaps[0]]), "".join(lines[gaps[0] + 1 :]))


def _named(folder: Path, named: Mapping[str, str]) -> Iterator[Path]:
    return (folder / name for _, name in sorted(named.items()))


def _solutions(folder: Path) -> Iterator[KnownSolution]:
    """`<verdict>-<name>.<extension>`, the verdict in either case."""
    for path in files_below(folder) if folder.is_dir() else ():
        verdict = path.name.partition("-")[0].upper()
        if verdict not in set(Verdict) or path.parent != folder:
            known = ", ".join(each.lower() for each in Verdict)
            raise BenchmarkDataError(f"{path}: a solution's name begins with its verdict and '-': one of {known}")
        yield KnownSolution(f"{SOLUTIONS}/{path.name}", (path,), frozenset({Verdict(verdict)}))


def _times(value: int | None, unit: int) -> int | None:
    return None if value is None else value * unit
