"""`exec-cli benchmarks submission`: answers in the form in which a benchmark's publishers score them themselves."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from cli.edge import EXIT_ACCEPTED
from cli.options import pairs
from cli.text import counted, printable
from executor.errors import UsageError
from scorer.benchmarks.codeapex_comprehension import Comprehension, submission, write_submission
from scorer.generations import Rejected, read
from scorer.model import Sample
from scorer.registry import load


def submit(name: str, answers: Path, to: Path, data: Path | None, options: Sequence[str], *, index: int) -> int:
    """
    Write one set of answers as its benchmark's publishers take it, and say how many chose a letter.

    Raises:
        UsageError: the benchmark takes no such file, no answer has that number, or the file cannot be written.
        BenchmarkDataError: the benchmark's data has a mistake.
        GenerationsError: the answers cannot be read.
    """
    benchmark = load(name, data, **pairs("--option", options))
    if not isinstance(benchmark, Comprehension):
        raise UsageError(f"{name} takes no submission file; codeapex-comprehension does")
    samples: list[Sample] = []
    for found in read(answers, benchmark.problems, aliases=benchmark.aliases):
        if isinstance(found, Rejected):
            print(f"left out: {printable(str(found))}", file=sys.stderr)
        elif found.index == index:
            samples.append(found)
    if not samples:
        raise UsageError(f"{answers} has no answer number {index} to any question", "sample")
    _write(to, benchmark, samples, index)
    letters = [letter for group in submission(benchmark, samples, index=index).values() for letter in group.values()]
    chosen = sum(map(bool, letters))
    print(f"{printable(str(to))}: a letter for {chosen} of {counted(len(letters), 'question')}")
    return EXIT_ACCEPTED


def _write(to: Path, benchmark: Comprehension, samples: Sequence[Sample], index: int) -> None:
    """Whole, or not at all."""
    unfinished = to.with_name(f".{to.name}.{os.getpid()}")
    try:
        write_submission(unfinished, benchmark, samples, index=index)
        unfinished.replace(to)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise UsageError(f"{to} cannot be written: {error.strerror}", "out") from error
