"""
One response of InfiBench on its way to its score: known at once, or from what boxes say of it; in both modes.

Steps give answers: marks by metric for each mode, or why the question is left out in it. What is plain text has its
answer when it is asked for; rules with patterns or code, and unit tests, are a job each, whose result both modes read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from importlib import resources
from typing import Any

from executor.model import MIB, SECOND, Checker, CheckerKind, File, Job, Limits, Submission, TestCase, Verdict
from scorer.benchmarks.infibench.alignment import MalformedTemplateError, fill_blanks
from scorer.benchmarks.infibench.cases import Case
from scorer.benchmarks.infibench.programs import job_of, language_of, needs_network, passes, program_of, tests_of
from scorer.benchmarks.infibench.rules import COMPAT, CORRECTED, Marks, Rules, needs_box
from scorer.benchmarks.infibench.similarity import similarity_of
from scorer.benchmarks.infibench.slips import Slip
from scorer.model import Conclusion, JobResult, Part, Reading

MODES = (COMPAT, CORRECTED)
_BOXED_LIMITS = Limits(cpu_ns=4 * SECOND, memory_bytes=512 * MIB, output_bytes=4 * MIB)
"""Of rules with patterns or code. A pattern that takes longer than this on an answer takes for ever on the next."""

WITHOUT_NETWORK = "its test asks a package index over the network, which no program in a box can reach"

# The order in which the grader adds its metrics up.
_ORDER = ("keywords", "blank_filling", "unit_test", "similarity", "customized")

_Answer = Mapping[str, Marks] | str
"""Marks by metric; a text says why the question is left out."""
_Answers = Mapping[str, _Answer]
"""By mode."""


@dataclass(frozen=True, slots=True)
class _Step:
    """A metric, or a unit test of one: what is known of it, or a job and what its result means."""

    known: _Answers | None = None
    job: Job | None = None
    program: str = ""
    read: Callable[[JobResult], _Answers] | None = None


class Graded:
    """One response on its way to its score."""

    def __init__(self, case: Case, response: str, *, mode: str, slips: Sequence[Slip]) -> None:
        self._case = case
        self._response = response
        self._slips = slips
        # Its own mode first: what a box says of it is known even if the other one never ends.
        self._modes = (mode, *(each for each in MODES if each != mode))

    @property
    def jobs(self) -> tuple[Job, ...]:
        # A response that is plain text throughout is looked at when it is concluded: its equals never are.
        grading = self._case.grading
        if grading.unit_test is None and not needs_box(grading.model_dump(exclude_none=True)):
            return ()
        return tuple(step.job for step in self._steps if step.job is not None)

    @property
    def programs(self) -> tuple[str, ...]:
        """For each of `jobs`: answers that say the same program in other words are one program."""
        return tuple(step.program for step in self._steps if step.job is not None) if self.jobs else ()

    @cached_property
    def _steps(self) -> list[_Step]:
        try:
            return [*self._text_steps(), *self._test_steps()]
        except MalformedTemplateError as error:
            return [_Step(self._in_all(f"blank_filling: {error}"))]
        except KeyError as error:
            return [_Step(self._in_all(f"unit_test: the language {error.args[0]!r} has no unit tests"))]

    def _in_all(self, answer: _Answer) -> _Answers:
        return dict.fromkeys(self._modes, answer)

    def _text_steps(self) -> Iterator[_Step]:
        grading = self._case.grading
        request: dict[str, Any] = {}
        if grading.keywords is not None:
            request["keywords"] = grading.keywords
        if grading.blank_filling is not None:
            request["blanks"] = self._blanks()
        if grading.customized is not None:
            request["customized"] = grading.customized.model_dump()
        # Where no slip is, both modes are the same.
        modes = self._modes if self._slips else self._modes[:1]
        if needs_box(request):
            yield _Step(job=self._boxed(request, modes), read=partial(_marks_of, modes, self._modes))
        elif request:
            by_mode = {mode: Rules(corrected=mode == CORRECTED).of(request, self._response) for mode in modes}
            yield _Step({mode: by_mode.get(mode, by_mode[modes[0]]) for mode in self._modes})
        if grading.similarity is not None:
            yield _Step(self._in_all({"similarity": similarity_of(self._case, self._response)}))

    def _blanks(self) -> dict[str, Any]:
        blanks = self._case.grading.blank_filling
        assert blanks is not None
        filled = fill_blanks(blanks.template, blanks.blank_str, blanks.escape, blanks.prefix + self._response)
        handler = blanks.post_handler.model_dump() if blanks.post_handler else None
        return {"targets": blanks.targets, "filled": filled.fills, "matched": filled.matched, "handler": handler}

    def _boxed(self, request: Mapping[str, Any], modes: Sequence[str]) -> Job:
        modules = {each.module: self._case.files[each.module] for each in self._case.grading.handlers()}
        whole = {**request, "modules": modules, "modes": modes, "response": self._response}
        stdin = json.dumps(whole).encode()
        return Job(
            id="",
            submission=Submission(files=(File("main.py", _rules_source()),), runtime="python"),
            cases=(TestCase(name="rules", stdin=stdin),),
            limits=_BOXED_LIMITS,
            checker=Checker(CheckerKind.EXIT),
        )

    def _test_steps(self) -> Iterator[_Step]:
        if self._case.grading.unit_test is None:
            return
        if needs_network(self._case):
            # Without the network its tests say nothing: they fail, as all published ones did, or the question is out.
            for test in tests_of(self._case):
                marks = {"unit_test": Marks(0.0, test.weight, ("not run",))}
                yield _Step({COMPAT: marks, CORRECTED: WITHOUT_NETWORK})
            return
        language = language_of(self._case)
        for test in tests_of(self._case):
            program = program_of(test, language, self._response)
            digest = hashlib.sha256(program.encode("utf-8", "surrogatepass")).hexdigest()
            yield _Step(
                job=job_of(test, language, program),
                program=f"{language} {test.seconds} {digest}",
                read=partial(_marks_of_test, language, test.weight),
            )

    def conclude(self, results: Sequence[JobResult]) -> Conclusion:
        """
        The score of the response in its mode, and what the other mode makes of it.

        Args:
            results: of `jobs`, in their order.
        """
        waiting, answers = iter(results), []
        for step in self._steps:
            if step.known is not None:
                answers.append(step.known)
            else:
                assert step.read is not None
                answers.append(step.read(next(waiting)))
        own, *others = (self._concluded(mode, [each[mode] for each in answers]) for mode in self._modes)
        return replace(own, readings=tuple(self._reading(own, other) for other in others))

    def _concluded(self, mode: str, answers: Sequence[_Answer]) -> Conclusion:
        marks: dict[str, list[Marks]] = {}
        for answer in answers:
            if isinstance(answer, str):
                return Conclusion(verdict=Verdict.WA, score=0.0, left_out=True, detail=answer, mode=mode)
            for metric, each in answer.items():
                marks.setdefault(metric, []).append(each)
        parts = tuple(self._part(metric, marks[metric]) for metric in _ORDER if metric in marks)
        return replace(self._total(parts), mode=mode)

    def _part(self, metric: str, marks: Sequence[Marks]) -> Part:
        # The grader's tables count a function of the benchmark's own as what it says that it really is.
        custom = self._case.grading.customized
        real = custom.real_metric_type if custom and metric == "customized" else None
        return Part(
            name=real or metric,
            got=sum(each.got for each in marks),
            total=sum(each.total for each in marks),
            detail="; ".join(detail for each in marks for detail in each.details),
        )

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

    def _reading(self, own: Conclusion, other: Conclusion) -> Reading:
        if (own.score, own.points, own.left_out) == (other.score, other.points, other.left_out):
            return Reading(mode=other.mode, same=True)
        return Reading(
            mode=other.mode,
            score=other.score,
            points=other.points,
            parts=other.parts,
            left_out=other.left_out,
            detail=other.detail,
            reasons=tuple(slip.value for slip in self._slips),
        )


def _marks_of_test(language: str, weight: float, result: JobResult) -> _Answers:
    verdict = result.finished.verdict
    return {
        mode: {
            "unit_test": Marks(
                weight if passes(language, verdict, corrected=mode == CORRECTED) else 0.0, weight, (str(verdict),)
            )
        }
        for mode in MODES
    }


def _marks_of(asked: Sequence[str], modes: Sequence[str], result: JobResult) -> _Answers:
    """
    What the rules said in their box, for each mode.

    Args:
        asked: modes that were asked for; one that was not is as the first.
    """
    if not result.cases:
        return dict.fromkeys(modes, f"its rules did not run: {result.finished.verdict}")
    case = result.cases[0]
    why = "its rules failed: they ended before they had an answer"
    if case.verdict is not Verdict.AC:
        last = case.outcome.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        why = f"its rules failed: {case.verdict}{last and f', {last[:200]}'}"
    said = _said(case.outcome.stdout)
    answers = {mode: said.get(mode, why) for mode in asked}
    return {mode: answers.get(mode, answers[asked[0]]) for mode in modes}


def _said(output: bytes) -> dict[str, _Answer]:
    """Marks by mode: of the lines that are some the last of each mode; handlers may have printed others before."""
    found: dict[str, _Answer] = {}
    for line in output.splitlines():
        try:
            answer = json.loads(line)
            found[answer["mode"]] = {
                name: Marks(float(got), float(total), tuple(map(str, details)))
                for name, (got, total, details) in answer["marks"].items()
            }
        except (ValueError, TypeError, KeyError, AttributeError):
            continue
    return found


@cache
def _rules_source() -> bytes:
    """The module that matches rules: in a box it is the whole program."""
    return resources.files(__package__).joinpath("rules.py").read_bytes()
