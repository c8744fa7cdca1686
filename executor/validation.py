"""What is wrong with a job, said before anything of it begins."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path, PurePosixPath

from executor.errors import UsageError
from executor.model import MIB, CheckerKind, Content, File, Job, Limits, Submission

_MOST_FILES = 10_000
_MOST_SOURCE_BYTES = 64 * MIB
_MOST_WORDS, _MOST_WORD_CHARACTERS = 1000, 16 * 1024
"""Of flags, and of arguments: argv travels to the box in one message."""
_LONGEST_PART, _LONGEST_NAME = 255, 1024
_MOST = {"processes": 2**22, "open_files": 2**16}
"""The kernel has no more process ids, and by default gives no process that many descriptors."""
_MOST_OF_ALL = 2**60
"""Nanoseconds and bytes are counted in 64 bits, and multiplied on their way."""


def check_job(job: Job) -> None:
    """
    Refuse a job that cannot be judged as asked; whether its runtime exists is not looked at.

    Raises:
        UsageError: names the first mistake.
    """
    _check_submission(job.submission)
    _check_limits("limits", job.limits, "limits")
    if job.compile_limits is not None:
        _check_limits("compile_limits", job.compile_limits, "compile_limits")
    for index, case in enumerate(job.cases):
        if case.alternatives and case.expected is None:
            sentence = f"case {_short(case.name)} has alternatives to an output that is not there"
            raise UsageError(sentence, f"cases[{index}].alternatives")
        if case.limits is not None:
            _check_limits(f"the limits of case {_short(case.name)}", case.limits, f"cases[{index}].limits")
    if job.checker.kind is CheckerKind.FLOAT and not 0 <= job.checker.tolerance < math.inf:
        sentence = f"the tolerance is {job.checker.tolerance}; it must be a number of at least 0"
        raise UsageError(sentence, "checker.tolerance")


def check_readable(job: Job) -> None:
    """
    Refuse a job whose files cannot be read or are too large; touches the disk, once per file.

    Raises:
        UsageError: names the file.
    """
    total = 0
    for file in job.submission.files:
        total += len(file.content) if isinstance(file.content, bytes) else _size(file.content)
    if total > _MOST_SOURCE_BYTES:
        sentence = f"the sources have {total // MIB} MiB; at most {_MOST_SOURCE_BYTES // MIB} MiB are judged"
        raise UsageError(sentence, "submission.files")
    for case in job.cases:
        for content in (case.stdin, case.expected, *case.alternatives):
            if isinstance(content, Path):
                _size(content)


def on_disk(job: Job) -> bool:
    """Whether a part of the job lies in files."""
    contents: Iterator[Content | None] = (
        content for case in job.cases for content in (case.stdin, case.expected, *case.alternatives)
    )
    sources = (file.content for file in job.submission.files)
    return any(isinstance(content, Path) for content in (*sources, *contents))


def check_files(where: str, files: tuple[File, ...], field: str) -> set[str]:
    """
    Refuse files that cannot be placed in a box together.

    Args:
        where: what they are called in a message.
        field: what they are called in a request.

    Returns:
        Their names.

    Raises:
        UsageError: names the first mistake.
    """
    if len(files) > _MOST_FILES:
        raise UsageError(f"{where}: at most {_MOST_FILES} files, not {len(files)}", field)
    names = [_checked_name(file.name, f"{field}[{index}].name") for index, file in enumerate(files)]
    directories = {str(parent) for name in names for parent in PurePosixPath(name).parents}
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen or name in directories:
            raise UsageError(f"{where}: the name {_short(name)} is used twice", f"{field}[{index}].name")
        seen.add(name)
    return seen


def _check_submission(submission: Submission) -> None:
    if not submission.files:
        raise UsageError("a submission needs at least one file", "submission.files")
    names = check_files("submission", submission.files, "submission.files")
    if submission.entry is not None and submission.entry not in names:
        sentence = f"the entry {_short(submission.entry)} is not among the submission's files"
        raise UsageError(sentence, "submission.entry")
    _check_words("flags", submission.flags)
    _check_words("args", submission.args)


def _checked_name(name: str, field: str) -> str:
    parts = name.split("/")
    if any(part in {"", ".", ".."} for part in parts):
        raise UsageError(f"the file name {_short(name)} is not a relative path without '.' and '..'", field)
    if not name.isprintable():
        raise UsageError(f"the file name {_short(name)} has characters that cannot be printed", field)
    if len(name.encode()) > _LONGEST_NAME or any(len(part.encode()) > _LONGEST_PART for part in parts):
        raise UsageError(f"the file name {_short(name)} is too long", field)
    return name


def _check_words(where: str, words: tuple[str, ...]) -> None:
    if len(words) > _MOST_WORDS or sum(map(len, words)) > _MOST_WORD_CHARACTERS:
        sentence = f"{where}: at most {_MOST_WORDS} with {_MOST_WORD_CHARACTERS} characters together"
        raise UsageError(sentence, f"submission.{where}")
    for word in words:
        if "\0" in word:
            sentence = f"{where}: {_short(word)} has a null character, which no argument can hold"
            raise UsageError(sentence, f"submission.{where}")


def _check_limits(where: str, limits: Limits, field: str) -> None:
    for limit in fields(limits):
        value = getattr(limits, limit.name)
        most = _MOST.get(limit.name, _MOST_OF_ALL)
        if value is not None and not 0 < value <= most:
            sentence = f"{where}: {limit.name} is {value}; it must be more than 0 and at most {most}"
            raise UsageError(sentence, f"{field}.{limit.name}")


def _size(path: Path) -> int:
    try:
        if not path.is_file():
            raise UsageError(f"{path} is not a file" if path.exists() else f"{path} does not exist")
        if not os.access(path, os.R_OK):
            raise UsageError(f"{path} cannot be read: permission denied")
        return path.stat().st_size
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error


def _short(name: str) -> str:
    return repr(name if len(name) <= 80 else f"{name[:80]}...")
