"""
InfiBench (InfiCoder-Eval): free-form answers, graded by keywords, blanks, unit tests and similarity.

An answer gets points from each metric its question has. What is plain text is graded here; rules with patterns or code
of the benchmark's own, and all unit tests, are jobs for the sandbox. Two modes: `compat` gives the published numbers,
the slips of the benchmark's grader included; `corrected` gives what its rules say. docs/infibench.md lists the
differences.

Source: Li et al. 2024, InfiBench, arXiv:2404.07940.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial
from importlib import resources
from pathlib import Path
from typing import Any

from executor.errors import UsageError
from executor.model import MIB, SECOND, Checker, CheckerKind, File, Job, Limits, Submission, TestCase, Verdict
from scorer.benchmark import Benchmark
from scorer.benchmarks.infibench.alignment import MalformedTemplateError, fill_blanks
from scorer.benchmarks.infibench.cases import Case, Suite, read_suite
from scorer.benchmarks.infibench.programs import Test, job_of, language_of, program_of, tests_of
from scorer.benchmarks.infibench.rules import Marks, Rules, needs_box
from scorer.benchmarks.infibench.similarity import similarity_of
from scorer.model import Conclusion, JobResult, Part, Prepared, Problem, Sample

MODES = ("compat", "corrected")
_BOXED_LIMITS = Limits(cpu_ns=4 * SECOND, memory_bytes=512 * MIB, output_bytes=4 * MIB)
"""Of rules with patterns or code. A pattern that takes longer than this on an answer takes for ever on the next."""

_NEEDS_NETWORK = re.compile(r"""-m["'], *["']pip["'], *["'](install|index)""")
"""In the text of a test: it asks a package index what is new, and compares the answer's own finding with that."""
_WITHOUT_NETWORK = "its test asks a package index over the network, which no program in a box can reach"

# The order in which the grader adds its metrics up.
_ORDER = ("keywords", "blank_filling", "unit_test", "similarity", "customized")


def load(data: Path, *, mode: str = "compat") -> InfiBench:
    """
    Args:
        data: the full suite's CSV file, or the folder (or YAML file) of the dev suite.
        mode: `compat` or `corrected`.

    Raises:
        BenchmarkDataError: the data cannot be read or has a mistake.
        UsageError: there is no such mode.
    """
    if mode not in MODES:
        raise UsageError(f"mode is {mode!r}, not {' or '.join(MODES)}", field="mode")
    return InfiBench(read_suite(data), corrected=mode == "corrected")


class InfiBench(Benchmark):
    name = "infibench"

    def __init__(self, suite: Suite, *, corrected: bool = False) -> None:
        self.suite = suite
        self._corrected = corrected
        self.version = hashlib.sha256("".join(case.digest for case in suite.cases.values()).encode()).hexdigest()[:16]
        self.problems = {case.id: _problem(case) for case in suite.cases.values()}
        self.aliases = {case.path: case.id for case in suite.cases.values()}
        self.warnings = tuple(
            f"{case.id}: {defect}" for case in suite.cases.values() if (defect := self.problems[case.id].defect)
        )

    def prepare(self, sample: Sample) -> Prepared:
        case = self.suite.cases[sample.problem]
        digest = hashlib.sha256(f"{case.digest} {self._corrected} ".encode())
        digest.update(sample.text.encode("utf-8", "surrogatepass"))
        # What would have no place in a file is replaced everywhere, so that all metrics read the same text.
        graded = _Graded(case, sample.text.encode("utf-8", "replace").decode(), corrected=self._corrected)
        return Prepared(
            digest=digest.hexdigest(),
            program=sample.text,
            method="as given",
            jobs=graded.jobs,
            conclude=graded.conclude,
        )


def needs_network(case: Case) -> bool:
    """Whether the tests of a case could not be judged in a box, which has no network."""
    return any(_NEEDS_NETWORK.search(test.text) for test in tests_of(case))


def _problem(case: Case) -> Problem:
    runtime, defect = None, ""
    if case.grading.unit_test is not None:
        try:
            runtime = language_of(case)
        except KeyError as error:
            defect = f"its unit tests are in {error.args[0]!r}, which the benchmark cannot run"
    if needs_network(case):
        defect = _WITHOUT_NETWORK
    return Problem(
        id=case.id,
        runtime=runtime,
        cases=max(1, len(tests_of(case))),
        language=case.file.lang,
        title=case.id,
        statement=case.prompt,
        category=case.file.type,
        weight=case.full_score,
        fields={"prompt": case.prompt, "metrics": " ".join(case.metrics), "language": case.file.lang},
        defect=defect,
    )


@dataclass(frozen=True, slots=True)
class _Step:
    """A metric, or a unit test of one: marks that are known, or a job and what its result means."""

    metric: str
    marks: Marks | None = None
    job: Job | None = None
    read: Callable[[JobResult], Mapping[str, Marks] | str] | None = None
    """Marks by metric; a text says why the question is left out."""


class _Graded:
    """One response on its way to its score."""

    def __init__(self, case: Case, response: str, *, corrected: bool) -> None:
        self._case = case
        self._response = response
        self._corrected = corrected
        self._left_out = ""

    @property
    def jobs(self) -> tuple[Job, ...]:
        # A response that is plain text throughout is looked at when it is concluded: its equals never are.
        grading = self._case.grading
        if grading.unit_test is None and not needs_box(grading.model_dump(exclude_none=True)):
            return ()
        return tuple(step.job for step in self._steps if step.job is not None)

    @cached_property
    def _steps(self) -> list[_Step]:
        return self._plan()

    def _plan(self) -> list[_Step]:
        try:
            return [*self._text_steps(), *self._test_steps()]
        except MalformedTemplateError as error:
            self._left_out = f"blank_filling: {error}"
        except KeyError as error:
            self._left_out = f"unit_test: the language {error.args[0]!r} has no unit tests"
        return []

    def _text_steps(self) -> list[_Step]:
        grading, steps = self._case.grading, []
        request: dict[str, Any] = {}
        if grading.keywords is not None:
            request["keywords"] = grading.keywords
        if grading.blank_filling is not None:
            request["blanks"] = self._blanks()
        if grading.customized is not None:
            request["customized"] = grading.customized.model_dump()
        if needs_box(request):
            steps.append(_Step("rules", job=self._boxed(request), read=_marks_of))
        else:
            rules = Rules(corrected=self._corrected)
            if "keywords" in request:
                steps.append(_Step("keywords", rules.keywords(request["keywords"], self._response)))
            if "blanks" in request:
                steps.append(_Step("blank_filling", rules.blanks(**request["blanks"])))
        if grading.similarity is not None:
            steps.append(_Step("similarity", similarity_of(self._case, self._response)))
        return steps

    def _blanks(self) -> dict[str, Any]:
        blanks = self._case.grading.blank_filling
        assert blanks is not None
        filled = fill_blanks(blanks.template, blanks.blank_str, blanks.escape, blanks.prefix + self._response)
        handler = blanks.post_handler.model_dump() if blanks.post_handler else None
        return {"targets": blanks.targets, "filled": filled.fills, "matched": filled.matched, "handler": handler}

    def _boxed(self, request: Mapping[str, Any]) -> Job:
        modules = {each.module: self._case.files[each.module] for each in self._case.grading.handlers()}
        whole = {**request, "modules": modules, "corrected": self._corrected, "response": self._response}
        stdin = json.dumps(whole).encode()
        return Job(
            id="",
            submission=Submission(files=(File("main.py", _rules_source()),), runtime="python"),
            cases=(TestCase(name="rules", stdin=stdin),),
            limits=_BOXED_LIMITS,
            checker=Checker(CheckerKind.EXIT),
        )

    def _test_steps(self) -> list[_Step]:
        if self._case.grading.unit_test is None:
            return []
        if needs_network(self._case):
            return self._unreachable()
        language = language_of(self._case)
        return [self._test_step(test, language) for test in tests_of(self._case)]

    def _unreachable(self) -> list[_Step]:
        """Without the network its tests say nothing: they fail, as all published ones did, or the question is out."""
        if self._corrected:
            self._left_out = _WITHOUT_NETWORK
            return []
        return [_Step("unit_test", Marks(0.0, test.weight, ("not run",))) for test in tests_of(self._case)]

    def _test_step(self, test: Test, language: str) -> _Step:
        program = program_of(test, language, self._response)
        job = job_of(test, language, program, corrected=self._corrected)
        return _Step("unit_test", job=job, read=partial(_mark_of_test, test.weight))

    def conclude(self, results: Sequence[JobResult]) -> Conclusion:
        """
        The score of the response.

        Args:
            results: of `jobs`, in their order.
        """
        waiting, marks = iter(results), dict[str, list[Marks]]()
        for step in self._steps:
            if step.marks is not None:
                marks.setdefault(step.metric, []).append(step.marks)
                continue
            assert step.read is not None
            read = step.read(next(waiting))
            if isinstance(read, str):
                self._left_out = read
                break
            for metric, each in read.items():
                marks.setdefault(metric, []).append(each)
        if self._left_out:
            return Conclusion(verdict=Verdict.WA, score=0.0, left_out=True, detail=self._left_out)
        return self._total(tuple(_part(metric, marks[metric]) for metric in _ORDER if metric in marks))

    def _total(self, parts: tuple[Part, ...]) -> Conclusion:
        grading = self._case.grading
        got, total = sum(part.got for part in parts), sum(part.total for part in parts)
        if grading.max_score is not None:
            # The maximum is the total even if the rules cannot reach it.
            got, total = min(got, grading.max_score), grading.max_score
        if grading.min_score is not None:
            got = max(got, grading.min_score)
        if total == 0:
            return Conclusion(verdict=Verdict.WA, score=0.0, parts=parts, left_out=True, detail="it has no points")
        verdict = Verdict.AC if got >= total else Verdict.WA
        detail = f"{got:g} of {total:g} points"
        return Conclusion(verdict=verdict, score=got / total, points=total, parts=parts, detail=detail)


def _part(metric: str, marks: Sequence[Marks]) -> Part:
    details = [detail for each in marks for detail in each.details]
    return Part(
        name=metric,
        got=sum(each.got for each in marks),
        total=sum(each.total for each in marks),
        detail="; ".join(details),
    )


def _mark_of_test(weight: float, result: JobResult) -> dict[str, Marks]:
    verdict = result.finished.verdict
    return {"unit_test": Marks(weight if verdict is Verdict.AC else 0.0, weight, (str(verdict),))}


def _marks_of(result: JobResult) -> dict[str, Marks] | str:
    """What the rules said in their box."""
    if not result.cases:
        return f"its rules did not run: {result.finished.verdict}"
    case = result.cases[0]
    if case.verdict is not Verdict.AC:
        last = case.outcome.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        return f"its rules failed: {case.verdict}{last and f', {last[:200]}'}"
    try:
        answer = json.loads(case.outcome.stdout.rstrip().rpartition(b"\n")[2])
        return {
            name: Marks(float(got), float(total), tuple(map(str, details)))
            for name, (got, total, details) in answer.items()
        }
    except (ValueError, TypeError, AttributeError):
        return "its rules failed: they ended before they had an answer"


@cache
def _rules_source() -> bytes:
    """The module that matches rules: in a box it is the whole program."""
    return resources.files(__package__).joinpath("rules.py").read_bytes()
