"""
What is kept of a job's events: one judgement, with excerpts that show a person why a sample failed.

A job may have thousands of cases and each may write megabytes; kept are the verdicts and the usage of all of them, and
texts of the first few that failed, cut.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from executor.model import CaseFinished, Compiled, Content, Event, Finished, Job, TestCase, Verdict
from scorer.model import CaseResult, Judgement, Prepared, Problem, Sample

SHOWN_FAILURES = 3
"""Cases of a sample whose texts are kept: the first that failed, in the job's order."""
EXCERPT_BYTES = 2048
"""Of each text of such a case."""
LOG_CHARACTERS = 4096
CUT = "\n[cut]"
"""Ends a text of which there was more."""


class Recording:
    """The events of one job, one attempt."""

    def __init__(self, sample: Sample, prepared: Prepared, job: Job) -> None:
        self._sample = sample
        self._prepared = prepared
        self._job = job
        self._compiled: Compiled | None = None
        self._finished: Finished | None = None
        self._cases: dict[int, CaseResult] = {}
        self._shown: list[int] = []

    def add(self, event: Event) -> None:
        if isinstance(event, Compiled):
            self._compiled = event
        elif isinstance(event, CaseFinished):
            self._add_case(event)
        elif isinstance(event, Finished):
            self._finished = event

    @property
    def toolchain(self) -> str:
        """What the toolchain said of its version; empty if it did not."""
        return self._compiled.version.strip() if self._compiled else ""

    def judgement(self) -> Judgement:
        """What became of the sample; a job that was not finished is JE."""
        finished = self._finished or Finished(
            job_id=self._job.id, verdict=Verdict.JE, passed=0, total=len(self._job.cases), detail="it was not finished"
        )
        return replace(
            _of(self._sample, self._prepared),
            verdict=finished.verdict,
            passed=finished.passed,
            total=finished.total,
            compiled=self._has_compiled(),
            log=_cut_log(self._compiled.log) if self._compiled and self._compiled.verdict is not Verdict.AC else "",
            detail=finished.detail or self._detail(finished.verdict),
            cases=tuple(self._cases[index] for index in sorted(self._cases)),
        )

    def _has_compiled(self) -> bool | None:
        if self._compiled is None or self._compiled.verdict is Verdict.JE:
            return None
        return self._compiled.verdict is Verdict.AC

    def _detail(self, verdict: Verdict) -> str:
        """What is said of the case that decided."""
        return next((case.detail for _, case in sorted(self._cases.items()) if case.verdict is verdict), "")

    def _add_case(self, event: CaseFinished) -> None:
        usage, failed = event.outcome.usage, event.verdict is not Verdict.AC
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


def _cut_log(log: str) -> str:
    return log if len(log) <= LOG_CHARACTERS else log[:LOG_CHARACTERS] + CUT
