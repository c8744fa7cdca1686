"""
What is kept of jobs' events: one judgement for a sample, with excerpts that show a person why a sample failed.

A job may have thousands of cases and each may write megabytes; kept are the verdicts and the usage of all of them, and
texts of the first few that failed, cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from executor.model import CaseFinished, Compiled, Content, Event, Finished, Job, TestCase, Verdict
from scorer.model import CaseResult, Conclusion, JobResult, Judgement, Prepared, Problem, Sample

SHOWN_FAILURES = 3
"""Cases of a sample whose texts are kept: the first that failed, in the job's order."""
EXCERPT_BYTES = 2048
"""Of each text of such a case."""
LOG_CHARACTERS = 4096
CUT = "\n[cut]"
"""Ends a text of which there was more."""


class Recording:
    """
    The events of one job, one attempt.

    Args:
        whole: keep everything, for `result`; otherwise outputs are gone once excerpts are taken.
    """

    def __init__(self, job: Job, *, whole: bool = False) -> None:
        self._job = job
        self._whole: list[CaseFinished] | None = [] if whole else None
        self._cases: dict[int, CaseResult] = {}
        self._shown: list[int] = []
        self.compiled: Compiled | None = None
        self.finished = _failure(job, "it was not finished")

    def add(self, event: Event) -> None:
        if isinstance(event, Compiled):
            self.compiled = event
        elif isinstance(event, CaseFinished):
            self._add_case(event)
        elif isinstance(event, Finished):
            self.finished = event

    def fail(self, detail: str) -> None:
        """The job cannot be judged, and the engine has no event that says so."""
        self.finished = _failure(self._job, detail)

    @property
    def failed_to_judge(self) -> bool:
        return self.finished.verdict is Verdict.JE

    @property
    def toolchain(self) -> str:
        """What the toolchain said of its version; empty if it did not."""
        return self.compiled.version.strip() if self.compiled else ""

    @property
    def has_compiled(self) -> bool | None:
        """None where that is not known."""
        if self.compiled is None or self.compiled.verdict is Verdict.JE:
            return None
        return self.compiled.verdict is Verdict.AC

    @property
    def log(self) -> str:
        """What the compiler wrote, cut; empty where it succeeded."""
        log = "" if self.compiled is None or self.has_compiled else self.compiled.log
        return log if len(log) <= LOG_CHARACTERS else log[:LOG_CHARACTERS] + CUT

    @property
    def cases(self) -> tuple[CaseResult, ...]:
        return tuple(self._cases[index] for index in sorted(self._cases))

    @property
    def detail(self) -> str:
        """What is said of the job, or of the case that decided."""
        of_cases = (case.detail for case in self.cases if case.verdict is self.finished.verdict)
        return self.finished.detail or next(of_cases, "")

    @property
    def output_bytes(self) -> int:
        """What is kept of outputs, of a recording that is whole."""
        outcomes = [each.outcome for each in self._whole or ()]
        return sum(len(each.stdout) + len(each.stderr) for each in outcomes)

    def result(self) -> JobResult:
        """All that the engine said; only of a recording that is whole."""
        assert self._whole is not None, "asked for when it was made"
        return JobResult(compiled=self.compiled, cases=tuple(self._whole), finished=self.finished)

    def _add_case(self, event: CaseFinished) -> None:
        usage, failed = event.outcome.usage, event.verdict is not Verdict.AC
        if self._whole is not None:
            self._whole.append(event)
        result = CaseResult(
            name=event.name,
            verdict=event.verdict,
            cpu_ns=usage.cpu_ns,
            wall_ns=usage.wall_ns,
            memory_bytes=usage.memory_bytes,
            detail=event.detail,
        )
        self._cases[event.index] = result
        if not failed:
            return
        # Cases may finish in any order: one that comes late may push out another.
        self._shown = sorted([*self._shown, event.index])
        if event.index in self._shown[:SHOWN_FAILURES]:
            self._cases[event.index] = _with_texts(result, event, self._job.cases[event.index])
        for index in self._shown[SHOWN_FAILURES:]:
            self._cases[index] = replace(self._cases[index], stdin=None, stdout=None, stderr=None, expected=None)
        del self._shown[SHOWN_FAILURES:]


def judged(sample: Sample, prepared: Prepared, recording: Recording) -> Judgement:
    """The judgement of a sample that is one job."""
    return replace(
        _of(sample, prepared),
        verdict=recording.finished.verdict,
        passed=recording.finished.passed,
        total=recording.finished.total,
        compiled=recording.has_compiled,
        log=recording.log,
        detail=recording.detail or prepared.detail,
        cases=recording.cases,
    )


def graded(
    sample: Sample, prepared: Prepared, problem: Problem, recordings: Sequence[Recording], conclusion: Conclusion
) -> Judgement:
    """The judgement of a sample whose score is concluded from jobs, of which there may be none."""
    compiled = [each.has_compiled for each in recordings if each.has_compiled is not None]
    settled_passed = problem.cases if conclusion.verdict is Verdict.AC else 0
    return replace(
        _of(sample, prepared),
        verdict=conclusion.verdict,
        passed=sum(each.finished.passed for each in recordings) if recordings else settled_passed,
        total=sum(each.finished.total for each in recordings) if recordings else problem.cases,
        compiled=all(compiled) if compiled else None,
        log=next((each.log for each in recordings if each.log), ""),
        detail=conclusion.detail or prepared.detail,
        cases=tuple(case for each in recordings for case in each.cases),
        score=conclusion.score,
        points=conclusion.points,
        parts=conclusion.parts,
        left_out=conclusion.left_out,
        mode=conclusion.mode,
        readings=conclusion.readings,
    )


def settled(sample: Sample, prepared: Prepared, problem: Problem) -> Judgement:
    """The judgement of a sample for which nothing is run."""
    assert prepared.settled is not None, "who has no job is settled"
    compiled = False if prepared.settled in {Verdict.CE, Verdict.CTL} else None
    passed = problem.cases if prepared.settled is Verdict.AC else 0
    judgement = _of(sample, prepared)
    return replace(judgement, verdict=prepared.settled, passed=passed, total=problem.cases, compiled=compiled)


def unjudged(sample: Sample, problem: Problem, detail: str, prepared: Prepared | None = None) -> Judgement:
    """The judgement of a sample that could not be judged."""
    known = prepared or Prepared(digest="", program="", method="")
    total = problem.cases if known.job is None else len(known.job.cases)
    return replace(_of(sample, known), verdict=Verdict.JE, total=total, detail=detail)


def _failure(job: Job, detail: str) -> Finished:
    return Finished(job_id=job.id, verdict=Verdict.JE, passed=0, total=len(job.cases), detail=detail)


def _of(sample: Sample, prepared: Prepared) -> Judgement:
    """What is known before anything is run."""
    return Judgement(
        problem=sample.problem,
        sample=sample.index,
        digest=prepared.digest,
        verdict=Verdict.JE,
        passed=0,
        total=0,
        compiled=None,
        method=prepared.method,
        language=prepared.language,
        notes=prepared.notes,
        score=prepared.score,
        truncated=sample.truncated,
        program=prepared.program,
        detail=prepared.detail,
    )


def _with_texts(result: CaseResult, event: CaseFinished, case: TestCase) -> CaseResult:
    return replace(
        result,
        stdin=_excerpt(case.stdin),
        stdout=_excerpt(event.outcome.stdout),
        stderr=_excerpt(event.outcome.stderr),
        expected=None if case.expected is None else _excerpt(case.expected),
    )


def _excerpt(content: Content) -> str:
    if isinstance(content, Path):
        with content.open("rb") as file:
            data = file.read(EXCERPT_BYTES + 1)
    else:
        data = content
    text = data[:EXCERPT_BYTES].decode("utf-8", "replace")
    return text + CUT if len(data) > EXCERPT_BYTES else text
