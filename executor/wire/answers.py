"""What is answered: from events to messages, and for the client back again."""

from __future__ import annotations

from ennead.executor.v1 import executor_pb2 as pb

from executor.model import (
    CaseFinished,
    Compiled,
    Event,
    Excess,
    File,
    Finished,
    Meter,
    Outcome,
    Queued,
    Started,
    TestResults,
    TrialResult,
    Usage,
    Verdict,
)
from executor.runtime import Runtime

_VERDICTS = {verdict: pb.Verdict.Value(f"VERDICT_{verdict}") for verdict in Verdict}
_VERDICTS_IN = {number: verdict for verdict, number in _VERDICTS.items()}
_EXCESSES = {excess: pb.Excess.Value(f"EXCESS_{excess.name}") for excess in Excess}
_EXCESSES_IN = {number: excess for excess, number in _EXCESSES.items()}
_METERS = {meter: pb.Meter.Value(f"METER_{meter.name}") for meter in Meter}
_METERS_IN = {number: meter for meter, number in _METERS.items()}


def event_message(event: Event, returned: int) -> pb.JudgeResponse:
    """
    Args:
        event: of a job.
        returned: how much of each output is sent back, in bytes.
    """
    match event:
        case Queued():
            return pb.JudgeResponse(queued=pb.Queued())
        case Started():
            return pb.JudgeResponse(started=pb.Started(queue_ns=event.queue_ns, setup_ns=event.setup_ns))
        case Compiled():
            return pb.JudgeResponse(compiled=compiled_message(event))
        case CaseFinished():
            return pb.JudgeResponse(case_finished=case_message(event, returned))
        case Finished():
            return pb.JudgeResponse(finished=finished_message(event))


def compiled_message(event: Compiled) -> pb.Compiled:
    return pb.Compiled(
        verdict=_VERDICTS[event.verdict],
        cached=event.cached,
        log=_text(event.log),
        version=_text(event.version),
        usage=_usage_message(event.usage),
    )


def case_message(event: CaseFinished, returned: int) -> pb.CaseFinished:
    return pb.CaseFinished(
        index=event.index,
        name=_text(event.name),
        verdict=_VERDICTS[event.verdict],
        outcome=_outcome_message(event.outcome, returned),
        detail=_text(event.detail),
        tests=None if event.tests is None else _tests_message(event.tests),
    )


def finished_message(event: Finished) -> pb.Finished:
    return pb.Finished(
        verdict=_VERDICTS[event.verdict],
        passed=event.passed,
        total=event.total,
        usage=_usage_message(event.usage),
        detail=_text(event.detail),
    )


def result_message(result: TrialResult, returned: int) -> pb.RunResponse:
    return pb.RunResponse(
        verdict=_VERDICTS[result.verdict],
        compiled=compiled_message(result.compiled),
        outcome=None if result.outcome is None else _outcome_message(result.outcome, returned),
        files=[_file_message(file) for file in result.files],
        queue_ns=result.queue_ns,
        detail=_text(result.detail),
    )


def runtime_message(runtime: Runtime, version: str, missing: str | None) -> pb.Runtime:
    return pb.Runtime(
        id=runtime.id,
        name=runtime.name,
        version=_text(version),
        extensions=runtime.extensions,
        available=missing is None,
        detail=missing or "",
        compiled=bool(runtime.compile),
        runs_tests=runtime.report is not None,
        takes_flags=runtime.takes_flags,
        takes_args=runtime.takes_args,
    )


def meter_number(meter: Meter) -> pb.Meter.ValueType:
    return _METERS[meter]


def _text(text: str) -> str:
    """Text that the wire can carry: lone surrogates, as undecodable file names have them, are replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _file_message(file: File) -> pb.File:
    content = file.content if isinstance(file.content, bytes) else file.content.read_bytes()
    return pb.File(name=_text(file.name), content=pb.Content(inline=content), executable=file.executable)


def _outcome_message(outcome: Outcome, returned: int) -> pb.Outcome:
    return pb.Outcome(
        exit_code=outcome.exit_code,
        signal=outcome.signal,
        exceeded=sorted(_EXCESSES[excess] for excess in outcome.exceeded),
        stdout=outcome.stdout[:returned],
        stderr=outcome.stderr[:returned],
        stdout_truncated=len(outcome.stdout) > returned,
        stderr_truncated=len(outcome.stderr) > returned,
        usage=_usage_message(outcome.usage),
        detail=_text(outcome.detail),
    )


def _tests_message(tests: TestResults) -> pb.TestResults:
    return pb.TestResults(
        passed=map(_text, tests.passed),
        failed=map(_text, tests.failed),
        skipped=map(_text, tests.skipped),
        complete=tests.complete,
    )


def _usage_message(usage: Usage) -> pb.Usage:
    return pb.Usage(
        cpu_ns=usage.cpu_ns,
        wall_ns=usage.wall_ns,
        memory_bytes=usage.memory_bytes,
        output_bytes=usage.output_bytes,
        file_bytes=usage.file_bytes,
        processes=usage.processes,
        open_files=usage.open_files,
        stack_bytes=usage.stack_bytes,
        meter=_METERS[usage.meter],
    )


def event_of(job_id: str, message: pb.JudgeResponse) -> Event:
    """The event that an answer carries."""
    match message.WhichOneof("event"):
        case "queued":
            return Queued(job_id=job_id)
        case "started":
            started = message.started
            return Started(job_id=job_id, queue_ns=started.queue_ns, setup_ns=started.setup_ns)
        case "compiled":
            return compiled_of(job_id, message.compiled)
        case "case_finished":
            return case_of(job_id, message.case_finished)
        case _:
            return finished_of(job_id, message.finished)


def compiled_of(job_id: str, message: pb.Compiled) -> Compiled:
    return Compiled(
        job_id=job_id,
        verdict=_VERDICTS_IN[message.verdict],
        cached=message.cached,
        log=message.log,
        version=message.version,
        usage=_usage(message.usage),
    )


def case_of(job_id: str, message: pb.CaseFinished) -> CaseFinished:
    return CaseFinished(
        job_id=job_id,
        index=message.index,
        name=message.name,
        verdict=_VERDICTS_IN[message.verdict],
        outcome=_outcome(message.outcome),
        detail=message.detail,
        tests=_tests(message.tests) if message.HasField("tests") else None,
    )


def finished_of(job_id: str, message: pb.Finished) -> Finished:
    return Finished(
        job_id=job_id,
        verdict=_VERDICTS_IN[message.verdict],
        passed=message.passed,
        total=message.total,
        usage=_usage(message.usage),
        detail=message.detail,
    )


def result_of(trial_id: str, message: pb.RunResponse) -> TrialResult:
    return TrialResult(
        verdict=_VERDICTS_IN[message.verdict],
        compiled=compiled_of(trial_id, message.compiled),
        outcome=_outcome(message.outcome) if message.HasField("outcome") else None,
        files=tuple(File(file.name, file.content.inline, file.executable) for file in message.files),
        queue_ns=message.queue_ns,
        detail=message.detail,
    )


def _outcome(message: pb.Outcome) -> Outcome:
    return Outcome(
        exit_code=message.exit_code if message.HasField("exit_code") else None,
        signal=message.signal if message.HasField("signal") else None,
        exceeded=frozenset(_EXCESSES_IN[number] for number in message.exceeded),
        stdout=message.stdout,
        stderr=message.stderr,
        usage=_usage(message.usage),
        detail=message.detail,
    )


def _tests(message: pb.TestResults) -> TestResults:
    return TestResults(
        passed=tuple(message.passed),
        failed=tuple(message.failed),
        skipped=tuple(message.skipped),
        complete=message.complete,
    )


def _usage(message: pb.Usage) -> Usage:
    return Usage(
        cpu_ns=message.cpu_ns,
        wall_ns=message.wall_ns,
        memory_bytes=message.memory_bytes if message.HasField("memory_bytes") else None,
        output_bytes=message.output_bytes,
        file_bytes=message.file_bytes,
        processes=message.processes if message.HasField("processes") else None,
        open_files=message.open_files if message.HasField("open_files") else None,
        stack_bytes=message.stack_bytes if message.HasField("stack_bytes") else None,
        meter=_METERS_IN.get(message.meter, Meter.POLLING),
    )
