"""What is known of a job so far, gathered from its events, and the one object that `--json` prints of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from cli.edge import EXIT_ACCEPTED, EXIT_JUDGE_FAILED, EXIT_NOT_ACCEPTED
from executor.model import MS, CaseFinished, Compiled, Event, Finished, Job, Limits, Verdict


@dataclass(slots=True, kw_only=True)
class Report:
    """
    A job and what its events said.

    Args:
        limits: what its cases are held to, with what the language adds; None: only what was asked for.
        cases: by their index in the job; those that have not run are absent.
        losses: what the sandbox cannot enforce or measure on this machine.
        failure: why the judge failed before the job was over; empty when it did not.
        with_output: whether what the program wrote belongs into the report.
        returned_bytes: how much of each output comes back; None: all of it.
    """

    job: Job
    limits: Limits | None = None
    compiled: Compiled | None = None
    cases: dict[int, CaseFinished] = field(default_factory=dict)
    finished: Finished | None = None
    losses: tuple[str, ...] = ()
    failure: str = ""
    elapsed_ns: int = 0
    with_output: bool = False
    returned_bytes: int | None = None

    def add(self, event: Event) -> None:
        match event:
            case Compiled():
                self.compiled = event
            case CaseFinished():
                self.cases[event.index] = event
            case Finished():
                self.finished = event

    @property
    def verdict(self) -> Verdict:
        return self.finished.verdict if self.finished and not self.failure else Verdict.JE

    @property
    def over(self) -> bool:
        return self.finished is not None or bool(self.failure)

    @property
    def passed(self) -> int:
        return sum(case.verdict is Verdict.AC for case in self.cases.values())

    @property
    def total(self) -> int:
        return len(self.job.cases)

    @property
    def detail(self) -> str:
        return self.failure or (self.finished.detail if self.finished else "")

    @property
    def exit_status(self) -> int:
        return {Verdict.AC: EXIT_ACCEPTED, Verdict.JE: EXIT_JUDGE_FAILED}.get(self.verdict, EXIT_NOT_ACCEPTED)

    def first(self, *verdicts: Verdict) -> CaseFinished | None:
        """The first case, in the job's order, that ended with one of these verdicts."""
        return next((case for _, case in sorted(self.cases.items()) if case.verdict in verdicts), None)

    def is_cut(self, case: CaseFinished) -> bool:
        """Whether the program may have written more than came back."""
        written = max(len(case.outcome.stdout), len(case.outcome.stderr))
        return self.returned_bytes is not None and written >= self.returned_bytes

    def as_json(self) -> dict[str, Any]:
        """The object that `--json` prints; docs/cli.md describes it."""
        meters = {case.outcome.usage.meter for case in self.cases.values()}
        return {
            "verdict": self.verdict,
            "passed": self.passed,
            "total": self.total,
            "runtime": self.job.submission.runtime,
            "version": self.compiled.version if self.compiled else None,
            "compile": _compile_json(self.compiled) if self.compiled else None,
            "cases": [_case_json(case, with_output=self.with_output) for _, case in sorted(self.cases.items())],
            "limits": _limits_json(self.limits or self.job.limits),
            "allowances": self.job.allowances,
            "cold": self.job.cold,
            "checker": self.job.checker.kind,
            "meter": min(meters) if meters else None,
            "losses": list(self.losses),
            "detail": _well_formed(self.detail),
            "elapsed_ms": _ms(self.elapsed_ns),
        }


def _compile_json(compiled: Compiled) -> dict[str, Any]:
    return {
        "verdict": compiled.verdict,
        "cached": compiled.cached,
        "cpu_ms": _ms(compiled.usage.cpu_ns),
        "log": compiled.log,
    }


def _case_json(case: CaseFinished, *, with_output: bool) -> dict[str, Any]:
    outcome = case.outcome
    known = {
        "name": _well_formed(case.name),
        "verdict": case.verdict,
        "cpu_ms": _ms(outcome.usage.cpu_ns),
        "wall_ms": _ms(outcome.usage.wall_ns),
        "memory_bytes": outcome.usage.memory_bytes,
        "exit_code": outcome.exit_code,
        "signal": outcome.signal,
        "detail": _well_formed(case.detail),
    }
    if case.tests is not None:
        known["tests"] = asdict(case.tests)
    return known | {"stdout": _text(outcome.stdout), "stderr": _text(outcome.stderr)} if with_output else known


def _limits_json(limits: Limits) -> dict[str, Any]:
    return {
        "cpu_ms": _ms(limits.cpu_ns),
        "wall_ms": _ms(limits.effective_wall_ns),
        "memory_bytes": limits.memory_bytes,
        "output_bytes": limits.output_bytes,
        "stack_bytes": limits.effective_stack_bytes,
        "processes": limits.processes,
    }


def _well_formed(text: str) -> str:
    """Text without lone surrogates: those stand for bytes of a file name, and many JSON readers refuse them."""
    return text.encode("utf-8", "backslashreplace").decode()


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _ms(nanoseconds: int) -> float:
    return round(nanoseconds / MS, 3)
