"""A job with everything that is settled before it begins: its runtime, and the names of its files."""

from __future__ import annotations

from dataclasses import dataclass, replace

from executor.errors import UsageError
from executor.model import Command, Content, Job, Limits, TestCase
from executor.naming import Layout
from executor.runtime import ARTIFACT, Runtime

_MOST_BYTES_OF_WORDS = 128 * 1024
"""A command line travels to its box in one message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """
    A job that can be judged: validated, its files named as the language wants them.

    Args:
        runtime: resolved.
        layout: of the job's submission.
    """

    job: Job
    runtime: Runtime
    layout: Layout

    @property
    def compile_limits(self) -> Limits:
        """Of each step of the compilation."""
        return self.job.compile_limits or self.runtime.compile_limits

    def made_cold(self) -> Plan:
        """The same, by nothing that was prepared, learned or started beforehand."""
        return self if self.job.cold else replace(self, job=replace(self.job, cold=True))

    def run_limits(self, case: TestCase) -> Limits:
        """What a case is held to: what was asked for, and what the runtime needs or may have besides."""
        return self.runtime.run_limits(case.limits or self.job.limits, allowances=self.job.allowances)

    def run_command(self, limits: Limits, stdin: Content) -> Command:
        """The command that runs a case; a cold job's is always executed."""
        command = self.runtime.run_command(self.layout, limits, stdin)
        return replace(command, fork=None) if self.job.cold else command


def plan(job: Job, runtime: Runtime) -> Plan:
    """
    Settle how a job is judged. Reads the sources where the language wants files of certain names.

    Args:
        job: validated; its files can be read.
        runtime: resolved.

    Raises:
        UsageError: the runtime cannot do what the job asks for.
    """
    if job.submission.flags and not runtime.takes_flags:
        raise UsageError(f"the runtime {runtime.id} takes no flags", "submission.flags")
    if job.submission.args and not runtime.takes_args:
        raise UsageError(f"the runtime {runtime.id} gives its programs no arguments", "submission.args")
    submission, layout = runtime.arrange(job.submission)
    words = (*layout.sources, *layout.flags, *layout.args)
    if sum(len(word.encode()) + len(ARTIFACT) for word in words) > _MOST_BYTES_OF_WORDS:
        raise UsageError("the names of the sources, the flags and the arguments are too long for one command line")
    return Plan(job=replace(job, submission=submission), runtime=runtime, layout=layout)
