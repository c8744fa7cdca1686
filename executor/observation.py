"""What a server notes of the jobs that it judges: numbers for Prometheus, and a line of the log for each job."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from executor.model import SECOND, CaseFinished, Compiled, Event, Finished, Job, Started, TrialResult, Verdict
from serving.metrics import SECONDS
from serving.tracing import Tracing

_log = logging.getLogger(__name__)


class Observer:
    """
    Args:
        registry: where the numbers are kept.
        slots: of the engine.
        queued, busy: jobs that wait, and slots that are in use, at the time of asking.
        tracing: makes a span for every job.
    """

    def __init__(
        self,
        registry: CollectorRegistry,
        slots: int,
        *,
        queued: Callable[[], int],
        busy: Callable[[], int],
        tracing: Tracing,
    ) -> None:
        def count(name: str, text: str) -> Counter:
            return Counter(f"ennead_{name}", text, ("runtime", "verdict"), registry=registry)

        def seconds(name: str, text: str) -> Histogram:
            return Histogram(f"ennead_{name}_seconds", text, ("runtime",), buckets=SECONDS, registry=registry)

        self._jobs = count("jobs", "Jobs by their verdict.")
        self._cases = count("cases", "Test cases by their verdict.")
        self._queue = seconds("queue", "Time that jobs waited for a slot.")
        self._compile = seconds("compile", "CPU time of compilations that were not cached.")
        self._run = seconds("run", "CPU time of runs.")
        self._cached = Counter("ennead_compilations_cached", "Compilations saved.", ("runtime",), registry=registry)
        Gauge("ennead_slots", "Runs at the same time.", registry=registry).set(slots)
        Gauge("ennead_slots_busy", "Slots in use.", registry=registry).set_function(busy)
        Gauge("ennead_queued_jobs", "Jobs that wait for a slot.", registry=registry).set_function(queued)

        # To find a number by its labels takes longer than to change it; a case changes two of them.
        self._runs = cache(self._run.labels)
        self._cases_by_verdict = cache(self._cases.labels)

        self._tracing = tracing

    @contextmanager
    def following(self, job: Job, client: str) -> Iterator[Callable[[Event], None]]:
        """As long as a job goes on; takes its events."""
        with self._tracing.span("job") as say:
            say("ennead.job_id", job.id)
            say("ennead.runtime", job.submission.runtime)
            say("ennead.client", client)

            def note(event: Event) -> None:
                self._note(job, client, event)
                if isinstance(event, Started):
                    say("ennead.queue_ns", event.queue_ns)
                elif isinstance(event, Finished):
                    say("ennead.verdict", str(event.verdict))

            yield note

    def _note(self, job: Job, client: str, event: Event) -> None:
        runtime = job.submission.runtime
        match event:
            case CaseFinished():
                self._cases_by_verdict(runtime, event.verdict).inc()
                self._runs(runtime).observe(event.outcome.usage.cpu_ns / SECOND)
            case Started():
                self._queue.labels(runtime).observe(event.queue_ns / SECOND)
            case Compiled(cached=True):
                self._cached.labels(runtime).inc()
            case Compiled():
                self._compile.labels(runtime).observe(event.usage.cpu_ns / SECOND)
            case Finished():
                self._jobs.labels(runtime, event.verdict).inc()
                self._log(job.id, client, runtime, event.verdict, event.detail)

    def note_trial(self, runtime: str, client: str, result: TrialResult) -> None:
        """A trial is over."""
        self._jobs.labels(runtime, result.verdict).inc()
        self._queue.labels(runtime).observe(result.queue_ns / SECOND)
        if result.outcome is not None:
            self._runs(runtime).observe(result.outcome.usage.cpu_ns / SECOND)
        self._log("run", client, runtime, result.verdict, result.detail)

    def _log(self, job_id: str, client: str, runtime: str, verdict: Verdict, detail: str) -> None:
        failed = verdict is Verdict.JE
        fields = {"job_id": job_id, "client": client, "runtime": runtime, "verdict": str(verdict)}
        level = logging.ERROR if failed else logging.INFO
        # Names that strangers chose are shown as Python literals: a line of the log stays one line.
        cause = f": {detail}" if failed else ""
        _log.log(level, "job %r of %r: %s in %s%s", job_id, client, verdict, runtime, cause, extra=fields)
