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
from executor.model import Checker, CheckerKind, Content, File, Job, Limits, Submission, TestCase, Trial

BlobPath = Callable[[str], Path]
"""From the SHA-256 of a blob that is held to the path of its bytes."""

ContentMessage = Callable[[Content], pb.Content]
"""From content to a message: inline, or the digest of a blob that was uploaded."""

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
        yield from _blob_of(case.stdin, f"cases[{index}].stdin")
        yield from _blob_of(case.expected, f"cases[{index}].expected")


def blobs_of_run(request: pb.RunRequest) -> Iterator[str]:
    """As `blobs_of_job`."""
    yield from _blobs_of_files(request.submission.files, "submission.files")
    yield from _blobs_of_files(request.work_files, "work_files")
    yield from _blob_of(request.stdin, "stdin")


def _blobs_of_files(files: Iterable[pb.File], field: str) -> Iterator[str]:
    for index, file in enumerate(files):
        yield from _blob_of(file.content, f"{field}[{index}].content")


def _blob_of(content: pb.Content, field: str) -> Iterator[str]:
    if content.WhichOneof("source") == "sha256":
        yield check_digest(content.sha256, f"{field}.sha256")


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
        cases=tuple(_case(case, blob, limits, most, f"cases[{i}]") for i, case in enumerate(message.cases)),
        limits=limits,
        compile_limits=_optional_limits(message, "compile_limits", most, ""),
        checker=_checker(message.checker),
        stop_at_first_failure=message.stop_at_first_failure,
        allowances=message.allowances,
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
    return blob(message.sha256) if message.WhichOneof("source") == "sha256" else message.inline


def _case(message: pb.TestCase, blob: BlobPath, limits: Limits, most: Limits, field: str) -> TestCase:
    return TestCase(
        name=message.name,
        stdin=_content(message.stdin, blob),
        expected=_content(message.expected, blob) if message.HasField("expected") else None,
        limits=_limits(message.limits, limits, most, f"{field}.limits") if message.HasField("limits") else None,
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


def job_message(job: Job, content: ContentMessage, returned: int) -> pb.Job:
    """The message that asks for a job."""
    return pb.Job(
        id=job.id,
        submission=_submission_message(job.submission, content),
        cases=[_case_message(case, content) for case in job.cases],
        limits=limits_message(job.limits),
        compile_limits=None if job.compile_limits is None else limits_message(job.compile_limits),
        checker=pb.Checker(kind=_CHECKERS_OUT[job.checker.kind], tolerance=job.checker.tolerance),
        stop_at_first_failure=job.stop_at_first_failure,
        allowances=job.allowances,
        returned_output_bytes=returned,
    )


def trial_message(trial: Trial, content: ContentMessage, returned: int) -> pb.RunRequest:
    """The message that asks for a trial."""
    return pb.RunRequest(
        submission=_submission_message(trial.submission, content),
        stdin=content(trial.stdin),
        limits=limits_message(trial.limits),
        compile_limits=None if trial.compile_limits is None else limits_message(trial.compile_limits),
        work_files=[
            pb.File(name=f.name, content=content(f.content), executable=f.executable) for f in trial.work_files
        ],
        wanted_files=trial.wanted_files,
        returned_output_bytes=returned,
        allowances=trial.allowances,
    )


def _submission_message(submission: Submission, content: ContentMessage) -> pb.Submission:
    files = [pb.File(name=f.name, content=content(f.content), executable=f.executable) for f in submission.files]
    return pb.Submission(
        files=files, runtime=submission.runtime, entry=submission.entry, flags=submission.flags, args=submission.args
    )


def _case_message(case: TestCase, content: ContentMessage) -> pb.TestCase:
    return pb.TestCase(
        name=case.name,
        stdin=content(case.stdin),
        expected=None if case.expected is None else content(case.expected),
        limits=None if case.limits is None else limits_message(case.limits),
    )
