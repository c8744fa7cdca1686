"""What is answered: from events to messages, and for the client back again."""

from __future__ import annotations

from collections.abc import Iterator

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
_NOTHING: frozenset[Excess] = frozenset()


def event_message(event: Event, returned: int) -> pb.JudgeResponse:
    """
    Args:
        event: of a job.
        returned: how much of each output is sent back, in bytes.
    """
    message = pb.JudgeResponse()
    match event:
        case Queued():
            message.queued.SetInParent()
        case Started():
            message.started.queue_ns, message.started.setup_ns = event.queue_ns, event.setup_ns
        case _:
            put_event(message, event, returned)
    return message


# Field by field into the message that is sent: to build the inner messages first and to copy them would take three
# times as long, and this is done for every case.
def put_event(
    message: pb.JudgeResponse | pb.JudgeBatchResponse, event: Compiled | CaseFinished | Finished, returned: int
) -> None:
    """Write an event that both kinds of answers can carry into one of them; see `event_message`."""
    match event:
        case CaseFinished():
            _put_case(message.case_finished, event, returned)
        case Compiled():
            _put_compiled(message.compiled, event)
        case Finished():
            _put_finished(message.finished, event)


def _put_compiled(message: pb.Compiled, event: Compiled) -> None:
    message.verdict = _VERDICTS[event.verdict]
    message.cached = event.cached
    message.log = _text(event.log)
    message.version = _text(event.version)
    _put_usage(message.usage, event.usage)


def _put_case(message: pb.CaseFinished, event: CaseFinished, returned: int) -> None:
    message.index = event.index
    message.name = _text(event.name)
    message.verdict = _VERDICTS[event.verdict]
    message.detail = _text(event.detail)
    _put_outcome(message.outcome, event.outcome, returned)
    if event.tests is not None:
        _put_tests(message.tests, event.tests)


def _put_finished(message: pb.Finished, event: Finished) -> None:
    message.verdict = _VERDICTS[event.verdict]
    message.passed = event.passed
    message.total = event.total
    message.detail = _text(event.detail)
    _put_usage(message.usage, event.usage)


def result_message(result: TrialResult, returned: int) -> pb.RunResponse:
    """As `event_message`, of a trial."""
    message = pb.RunResponse(
        verdict=_VERDICTS[result.verdict],
        files=[_file_message(file) for file in result.files],
        queue_ns=result.queue_ns,
        detail=_text(result.detail),
    )
    _put_compiled(message.compiled, result.compiled)
    if result.outcome is not None:
        _put_outcome(message.outcome, result.outcome, returned)
    return message


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
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _file_message(file: File) -> pb.File:
    content = file.content if isinstance(file.content, bytes) else file.content.read_bytes()
    return pb.File(name=_text(file.name), content=pb.Content(inline=content), executable=file.executable)


def _put_outcome(message: pb.Outcome, outcome: Outcome, returned: int) -> None:
    if outcome.exit_code is not None:
        message.exit_code = outcome.exit_code
    if outcome.signal is not None:
        message.signal = outcome.signal
    if outcome.exceeded:
        message.exceeded.extend(sorted(_EXCESSES[excess] for excess in outcome.exceeded))
    message.stdout = outcome.stdout[:returned]
    message.stderr = outcome.stderr[:returned]
    message.stdout_truncated = len(outcome.stdout) > returned
    message.stderr_truncated = len(outcome.stderr) > returned
    message.detail = _text(outcome.detail)
    _put_usage(message.usage, outcome.usage)


def _put_tests(message: pb.TestResults, tests: TestResults) -> None:
    message.passed.extend(map(_text, tests.passed))
    message.failed.extend(map(_text, tests.failed))
    message.skipped.extend(map(_text, tests.skipped))
    message.complete = tests.complete


def _put_usage(message: pb.Usage, usage: Usage) -> None:
    message.cpu_ns = usage.cpu_ns
    message.wall_ns = usage.wall_ns
    message.output_bytes = usage.output_bytes
    message.file_bytes = usage.file_bytes
    message.meter = _METERS[usage.meter]
    if usage.memory_bytes is not None:
        message.memory_bytes = usage.memory_bytes
    if usage.processes is not None:
        message.processes = usage.processes
    if usage.open_files is not None:
        message.open_files = usage.open_files
    if usage.stack_bytes is not None:
        message.stack_bytes = usage.stack_bytes


def events_of(job_id: str, message: pb.JudgeResponse) -> Iterator[Event]:
    """The events that an answer carries."""
    yield _event_of(job_id, message)
    for each in message.further:
        yield _event_of(job_id, each)


def _event_of(job_id: str, message: pb.JudgeResponse) -> Event:
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
        exceeded=frozenset(_EXCESSES_IN[number] for number in message.exceeded) if message.exceeded else _NOTHING,
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
