"""The runs of a report, read from their directories, counted and compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scorer.about import About
from scorer.comparison import Comparison, compare
from scorer.model import Problem
from scorer.run_directory import RunDirectory
from scorer.scores import DEFAULT_K, Scores, scores_of_tally
from scorer.tally import Tally, tally_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """
    One run of a report.

    Args:
        name: the shortest end of its path that no other run of the report has.
        directory: read again for the details of samples.
    """

    name: str
    directory: RunDirectory
    problems: dict[str, Problem]
    tally: Tally
    scores: Scores

    @property
    def about(self) -> About:
        return self.directory.about

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to know before trusting its numbers: of the generations, of the data, of the scores, of the judge."""
        about = self.about
        left_out = about.generations.left_out if about.generations else 0
        lines = "1 line of the generations was" if left_out == 1 else f"{left_out} lines of the generations were"
        return (
            *((f"{lines} no sample and left out.",) if left_out else ()),
            *self.scores.warnings,
            *(f"The benchmark's data: {warning}" for warning in (about.benchmark.warnings if about.benchmark else ())),
            *(f"The judge: {loss}" for loss in (about.judge.losses if about.judge else ())),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """
    Args:
        runs: at least one.
        comparisons: of each later run with the first.
        warnings: why runs may not be comparable.
    """

    runs: tuple[Run, ...]
    comparisons: tuple[Comparison, ...]
    warnings: tuple[str, ...]


def report_of(paths: Sequence[Path], *, k: Sequence[int] = DEFAULT_K) -> Report:
    """
    Read, count and compare the runs in some directories; the first is what the others are compared with.

    Raises:
        RunDirectoryError: one is no run directory, or has a mistake; the message names file and line.
        ValueError: no directory is named.
    """
    if not paths:
        raise ValueError("a report is about at least one run")
    runs = tuple(_run(name, path, k) for name, path in zip(names_of(paths), paths, strict=True))
    first = runs[0]
    return Report(
        runs=runs,
        comparisons=tuple(compare(first.tally, other.tally, k=k) for other in runs[1:]),
        warnings=tuple(warning for other in runs[1:] for warning in _doubts(first, other)),
    )


def names_of(paths: Sequence[Path]) -> list[str]:
    """The shortest end of each path, of whole components, that tells it from the others; the same path twice is told
    apart by a number.
    """
    parts = [path.absolute().resolve().parts for path in paths]
    names = ["/".join(each[-length:]) for each in parts for length in [_telling(each, parts)]]
    return [name if names.count(name) == 1 else f"{name} ({i + 1})" for i, name in enumerate(names)]


def _telling(parts: tuple[str, ...], others: Sequence[tuple[str, ...]]) -> int:
    for length in range(1, len(parts)):
        if sum(other[-length:] == parts[-length:] for other in others) == 1:
            return length
    return 1


def _run(name: str, path: Path, k: Sequence[int]) -> Run:
    directory = RunDirectory.open(path)
    problems = directory.problems()
    tally = tally_of(problems, directory.judgements())
    return Run(
        name=name,
        directory=directory,
        problems=problems,
        tally=tally,
        scores=scores_of_tally(problems, tally, k=k),
    )


def _doubts(first: Run, other: Run) -> list[str]:
    """Why two runs may not be comparable."""
    pair = f"{first.name} and {other.name}"
    mine, theirs = first.about, other.about
    doubts = []
    if mine.benchmark and theirs.benchmark:
        if mine.benchmark.name != theirs.benchmark.name:
            doubts.append(f"{pair} are of different benchmarks: {mine.benchmark.name} and {theirs.benchmark.name}.")
        elif mine.benchmark.version != theirs.benchmark.version:
            doubts.append(f"{pair} are of different data of {mine.benchmark.name}.")
    if mine.limits.used != theirs.limits.used:
        doubts.append(f"{pair} were judged under different limits.")
    if mine.toolchains != theirs.toolchains:
        doubts.append(f"{pair} were judged with different toolchains.")
    alone = len(set(first.problems) ^ set(other.problems))
    if alone:
        problems = "1 problem is" if alone == 1 else f"{alone} problems are"
        doubts.append(f"{problems} in only one of {pair}; differences are over the common ones.")
    return doubts
