"""
What is asked: from messages to the model, which refuses what it does not understand, and for the client back again.

A request that cannot be understood raises UsageError with the field's path, such as `cases[3].stdin.sha256`; that of a
job is seen from the job.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, replace
from pathlib import Path

from ennead.executor.v1 import executor_pb2 as pb

from executor.blobs import check_digest
from executor.errors import UsageError
from executor.model import SECOND, Checker, CheckerKind, Content, File, Job, Limits, Submission, TestCase, Trial

BlobPath = Callable[[str], Path]
"""From the SHA-256 of a blob that is held to the path of its bytes."""

PutContent = Callable[[pb.Content, Content], None]
"""Writes content into a message: inline, or as the digest of a blob that was uploaded."""

_LONGEST_ID = 256

_CHECKERS = {
    pb.CHECKER_KIND_UNSPECIFIED: CheckerKind.TOKENS,
    pb.CHECKER_KIND_TOKENS: CheckerKind.TOKENS,
    pb.CHECKER_KIND_EXACT: CheckerKind.EXACT,
    pb.CHECKER_KIND_LINES: CheckerKind.LINES,
    pb.CHECKER_KIND_FLOAT: CheckerKind.FLOAT,
    pb.CHECKER_KIND_UNORDERED: CheckerKind.UNORDERED,
    pb.CHECKER_KIND_EXIT: CheckerKind.EXIT,
}
_CHECKERS_OUT = {kind: number for number, kind in _CHECKERS.items() if number}
_LIMITS = tuple(limit.name for limit in fields(Limits))


def blobs_of_job(job: pb.Job) -> Iterator[str]:
    """
    The digests that a job refers to.

    Raises:
        UsageError: one of them is none.
    """
    yield from _blobs_of_files(job.submission.files, "submission.files")
    for index, case in enumerate(job.cases):
        if case.stdin.HasField("sha256"):
            yield check_digest(case.stdin.sha256, f"cases[{index}].stdin.sha256")
        if case.expected.HasField("sha256"):
            yield check_digest(case.expected.sha256, f"cases[{index}].expected.sha256")
        for number, content in enumerate(case.alternatives):
            if content.HasField("sha256"):
                yield check_digest(content.sha256, f"cases[{index}].alternatives[{number}].sha256")


def blobs_of_run(request: pb.RunRequest) -> Iterator[str]:
    """As `blobs_of_job`."""
    yield from _blobs_of_files(request.submission.files, "submission.files")
    yield from _blobs_of_files(request.work_files, "work_files")
    if request.stdin.HasField("sha256"):
        yield check_digest(request.stdin.sha256, "stdin.sha256")


def _blobs_of_files(files: Iterable[pb.File], field: str) -> Iterator[str]:
    for index, file in enumerate(files):
        if file.content.HasField("sha256"):
            yield check_digest(file.content.sha256, f"{field}[{index}].content.sha256")


def job_of(message: pb.Job, blob: BlobPath, most: Limits) -> Job:
    """
    The job that a message asks for.

    Args:
        blob: of those in `blobs_of_job`.
        most: what a case may ask for.

    Raises:
        UsageError: it cannot be understood, or it asks for more than it may.
    """
    if not message.HasField("submission"):
        raise UsageError("the job has no submission", "submission")
    limits = _limits(message.limits, Limits(), most, "limits")
    return Job(
        id=_id(message.id),
        submission=_submission(message.submission, blob),
        cases=tuple(_case(case, blob, limits, most, index) for index, case in enumerate(message.cases)),
        limits=limits,
        compile_limits=_optional_limits(message, "compile_limits", most, ""),
        checker=_checker(message.checker),
        stop_at_first_failure=message.stop_at_first_failure,
        allowances=message.allowances,
        cold=message.cold,
    )


def trial_of(request: pb.RunRequest, blob: BlobPath, most: Limits) -> Trial:
    """
    The trial that a request asks for; see `job_of`.

    Raises:
        UsageError: it cannot be understood, or it asks for more than it may.
    """
    if not request.HasField("submission"):
        raise UsageError("the request has no submission", "submission")
    return Trial(
        id="run",
        submission=_submission(request.submission, blob),
        stdin=_content(request.stdin, blob),
        limits=_limits(request.limits, Limits(), most, "limits"),
        compile_limits=_optional_limits(request, "compile_limits", most, ""),
        allowances=request.allowances,
        cold=request.cold,
        work_files=_files(request.work_files, blob),
        wanted_files=tuple(request.wanted_files),
    )


def returned_bytes(message: pb.Job | pb.RunRequest, default: int, most: int) -> int:
    """
    How much of an output is to be sent back, of each stream.

    Raises:
        UsageError: it is negative or more than a message should hold.
    """
    wanted = message.returned_output_bytes if message.HasField("returned_output_bytes") else default
    if not 0 <= wanted <= most:
        raise UsageError(f"returned_output_bytes is {wanted}; at most {most} are sent back", "returned_output_bytes")
    return wanted


def gather_s(message: pb.JudgeRequest) -> float:
    """
    How long an event may wait for others, in seconds.

    Raises:
        UsageError: it is negative or longer than a second.
    """
    if not 0 <= message.gather_ns <= SECOND:
        raise UsageError(f"gather_ns is {message.gather_ns}; an event may wait for at most {SECOND}", "gather_ns")
    return message.gather_ns / SECOND


def _id(job_id: str) -> str:
    if len(job_id) > _LONGEST_ID:
        raise UsageError(f"the id has {len(job_id)} characters; at most {_LONGEST_ID} are taken", "id")
    return job_id


def _submission(message: pb.Submission, blob: BlobPath) -> Submission:
    return Submission(
        files=_files(message.files, blob),
        runtime=message.runtime,
        entry=message.entry if message.HasField("entry") else None,
        flags=tuple(message.flags),
        args=tuple(message.args),
    )


def _files(messages: Iterable[pb.File], blob: BlobPath) -> tuple[File, ...]:
    return tuple(File(message.name, _content(message.content, blob), message.executable) for message in messages)


def _content(message: pb.Content, blob: BlobPath) -> Content:
    return blob(message.sha256) if message.HasField("sha256") else message.inline


def _case(message: pb.TestCase, blob: BlobPath, limits: Limits, most: Limits, index: int) -> TestCase:
    return TestCase(
        name=message.name,
        stdin=_content(message.stdin, blob),
        expected=_content(message.expected, blob) if message.HasField("expected") else None,
        alternatives=tuple(_content(each, blob) for each in message.alternatives),
        limits=_limits(message.limits, limits, most, f"cases[{index}].limits") if message.HasField("limits") else None,
    )


def _optional_limits(message: pb.Job | pb.RunRequest, name: str, most: Limits, prefix: str) -> Limits | None:
    if not message.HasField("compile_limits"):
        return None
    return _limits(message.compile_limits, Limits(), most, f"{prefix}{name}")


def _limits(message: pb.Limits, default: Limits, most: Limits, field: str) -> Limits:
    """The default with what is asked for; nothing above `most`, the default included."""
    asked = {name: getattr(message, name) for name in _LIMITS if message.HasField(name)}  # type: ignore[arg-type]  # a field's name, as mypy cannot know
    for name, value in asked.items():
        bound = getattr(most, name)
        if bound is not None and value > bound:
            raise UsageError(f"{field}.{name} is {value}; this server allows at most {bound}", f"{field}.{name}")
    return capped(replace(default, **asked), most)


def capped(limits: Limits, most: Limits) -> Limits:
    """The limits, none above `most`."""
    bounds = {name: getattr(most, name) for name in _LIMITS}
    values = {name: getattr(limits, name) for name in _LIMITS}
    # A wall or stack limit that is left open follows from others that are bounded.
    return Limits(
        **{
            name: value if value is None or bounds[name] is None else min(value, bounds[name])
            for name, value in values.items()
        }
    )


def _checker(message: pb.Checker) -> Checker:
    if message.kind not in _CHECKERS:
        raise UsageError(f"there is no checker with the number {message.kind}", "checker.kind")
    kind = _CHECKERS[message.kind]
    return Checker(kind, message.tolerance) if message.HasField("tolerance") else Checker(kind)


def limits_message(limits: Limits) -> pb.Limits:
    return pb.Limits(**{name: getattr(limits, name) for name in _LIMITS})


def job_message(job: Job, put: PutContent, returned: int) -> pb.Job:
    """The message that asks for a job."""
    message = pb.Job(
        id=job.id,
        limits=limits_message(job.limits),
        compile_limits=None if job.compile_limits is None else limits_message(job.compile_limits),
        checker=pb.Checker(kind=_CHECKERS_OUT[job.checker.kind], tolerance=job.checker.tolerance),
        stop_at_first_failure=job.stop_at_first_failure,
        allowances=job.allowances,
        cold=job.cold,
        returned_output_bytes=returned,
    )
    _put_submission(message.submission, job.submission, put)
    for case in job.cases:
        _put_case(message.cases.add(), case, put)
    return message


def trial_message(trial: Trial, put: PutContent, returned: int) -> pb.RunRequest:
    """The message that asks for a trial."""
    message = pb.RunRequest(
        limits=limits_message(trial.limits),
        compile_limits=None if trial.compile_limits is None else limits_message(trial.compile_limits),
        wanted_files=trial.wanted_files,
        returned_output_bytes=returned,
        allowances=trial.allowances,
        cold=trial.cold,
    )
    _put_submission(message.submission, trial.submission, put)
    put(message.stdin, trial.stdin)
    for file in trial.work_files:
        _put_file(message.work_files.add(), file, put)
    return message


def _put_submission(message: pb.Submission, submission: Submission, put: PutContent) -> None:
    message.runtime = submission.runtime
    if submission.entry is not None:
        message.entry = submission.entry
    message.flags.extend(submission.flags)
    message.args.extend(submission.args)
    for file in submission.files:
        _put_file(message.files.add(), file, put)


def _put_file(message: pb.File, file: File, put: PutContent) -> None:
    message.name, message.executable = file.name, file.executable
    put(message.content, file.content)


def _put_case(message: pb.TestCase, case: TestCase, put: PutContent) -> None:
    message.name = case.name
    put(message.stdin, case.stdin)
    if case.expected is not None:
        put(message.expected, case.expected)
    for alternative in case.alternatives:
        put(message.alternatives.add(), alternative)
    if case.limits is not None:
        message.limits.CopyFrom(limits_message(case.limits))
