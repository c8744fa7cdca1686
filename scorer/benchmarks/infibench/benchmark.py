"""
InfiBench (InfiCoder-Eval): free-form answers, graded by keywords, blanks, unit tests and similarity.

An answer gets points from each metric its question has. What is plain text is graded here; rules with patterns or code
of the benchmark's own, and all unit tests, are jobs for the sandbox. Two modes: `compat` gives the published numbers,
the slips of the benchmark's grader included; `corrected` gives what its rules say. Each answer is judged once and read
in both modes; that of the mode that was asked for is its judgement, the other stands beside it. docs/infibench.md lists
what differs.

Source: Li et al. 2024, InfiBench, arXiv:2404.07940.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from executor.errors import UsageError
from scorer.benchmark import Benchmark
from scorer.benchmarks.infibench.cases import Case, Suite, read_suite
from scorer.benchmarks.infibench.grading import MODES, WITHOUT_NETWORK, Graded
from scorer.benchmarks.infibench.levels import read_levels
from scorer.benchmarks.infibench.probes import probes_of
from scorer.benchmarks.infibench.programs import extras_of, needs_network, runtime_of, tests_of
from scorer.benchmarks.infibench.rules import COMPAT
from scorer.benchmarks.infibench.slips import slips_of
from scorer.model import Prepared, Probe, Problem, Sample

_ATTEMPT = 10


def load(data: Path, *, mode: str = COMPAT, levels: str = "") -> InfiBench:
    """
    Args:
        data: the full suite's CSV file, or the folder (or YAML file) of the dev suite.
        mode: `compat` or `corrected`.
        levels: a file that says how difficult each question is, see `levels`; empty: that is not known.

    Raises:
        BenchmarkDataError: the data or the levels cannot be read or have a mistake.
        UsageError: there is no such mode.
    """
    if mode not in MODES:
        raise UsageError(f"mode is {mode!r}, not {' or '.join(MODES)}", field="mode")
    suite = read_suite(data)
    return InfiBench(suite, mode=mode, levels=read_levels(Path(levels), suite) if levels else {})


class InfiBench(Benchmark):
    """
    Args:
        mode: that judgements are of.
        levels: names of levels by the ids of questions.
    """

    name = "infibench"

    def __init__(self, suite: Suite, *, mode: str = COMPAT, levels: Mapping[str, str] = MappingProxyType({})) -> None:
        self.suite = suite
        self._mode = mode
        self._slips = {case.id: slips_of(case) for case in suite.cases.values()}
        self.version = hashlib.sha256("".join(case.digest for case in suite.cases.values()).encode()).hexdigest()[:16]
        attempt = suite.k or _ATTEMPT
        self.problems = {
            case.id: replace(_problem(case), difficulty=levels.get(case.id), attempt=attempt)
            for case in suite.cases.values()
        }
        self.aliases = {case.path: case.id for case in suite.cases.values()}
        self.warnings = (
            *(f"{each.id}: {each.defect}" for each in self.problems.values() if each.defect),
            *_warnings(suite, levels),
        )

    def probes(self, problems: Iterable[str]) -> tuple[Probe, ...]:
        return tuple(probes_of(self.suite.cases[each] for each in problems))

    def prepare(self, sample: Sample) -> Prepared:
        case = self.suite.cases[sample.problem]
        digest = hashlib.sha256(f"{case.digest} {self._mode} ".encode())
        digest.update(sample.text.encode("utf-8", "surrogatepass"))
        # What would have no place in a file is replaced everywhere, so that all metrics read the same text.
        text = sample.text.encode("utf-8", "replace").decode()
        graded = Graded(case, text, mode=self._mode, slips=self._slips[case.id])
        return Prepared(
            digest=digest.hexdigest(),
            program=sample.text,
            method="as given",
            jobs=graded.jobs,
            programs=graded.programs,
            conclude=graded.conclude,
        )


def _warnings(suite: Suite, levels: Mapping[str, str]) -> Iterator[str]:
    if suite.k is None:
        yield (
            f"The suite asks for attempt_reduce_mode {suite.reduce}; the tables are of avg_max_{_ATTEMPT}, and the"
            f" total by {suite.reduce} stands below them."
        )
    if levels and (without := [each for each in suite.cases if each not in levels]):
        shown = ", ".join(without[:5])
        yield f"The file of levels says nothing of {len(without)} questions, such as {shown}: they are of no level."


def _problem(case: Case) -> Problem:
    runtime, defect = None, ""
    if case.grading.unit_test is not None:
        try:
            runtime = runtime_of(case)
        except KeyError as error:
            defect = f"its unit tests are in {error.args[0]!r}, which the benchmark cannot run"
    if needs_network(case):
        defect = WITHOUT_NETWORK
    return Problem(
        id=case.id,
        runtime=runtime,
        cases=max(1, len(tests_of(case))),
        language=case.file.lang,
        title=case.id,
        statement=case.prompt,
        category=case.file.type,
        weight=case.full_score,
        extras=extras_of(case),
        fields={"prompt": case.prompt, "metrics": " ".join(case.metrics), "language": case.file.lang},
        defect=defect,
    )
