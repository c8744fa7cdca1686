"""What is refused before a job begins, in sentences."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from executor.errors import UsageError
from executor.model import MIB, Checker, CheckerKind, File, Job, Limits, Submission, TestCase
from executor.validation import check_job, check_readable, on_disk

GOOD = Job(
    id="good",
    submission=Submission(files=(File("main.c", b""), File("lib/a.h", b"")), runtime="c", entry="main.c"),
    cases=(TestCase(name="1"),),
)


def with_files(*names: str, entry: str | None = None) -> Job:
    files = tuple(File(name, b"") for name in names)
    return replace(GOOD, submission=Submission(files=files, runtime="c", entry=entry))


def test_a_good_job_passes() -> None:
    check_job(GOOD)
    check_readable(GOOD)


def with_submission(**changes: tuple[str, ...]) -> Job:
    return replace(GOOD, submission=replace(GOOD.submission, **changes))  # type: ignore[arg-type]  # mypy cannot follow keywords into replace


def test_alternatives_to_nothing_are_refused() -> None:
    with pytest.raises(UsageError, match="case '1' has alternatives to an output that is not there"):
        check_job(replace(GOOD, cases=(TestCase(name="1", alternatives=(b"",)),)))


@pytest.mark.parametrize("name", ["a b.c", "caf\u00e9.c", "\u4f60.c", "..c", "a..b/c...", "-o", "a\\b.c"])
def test_unusual_file_names_are_fine(name: str) -> None:
    check_job(with_files(name))


@pytest.mark.parametrize(
    "job,sentence",
    [
        (with_files(), "a submission needs at least one file"),
        (with_files(""), "the file name '' is not a relative path"),
        (with_files("/etc/passwd"), "is not a relative path"),
        (with_files("../x"), "is not a relative path"),
        (with_files("a/./b"), "is not a relative path"),
        (with_files("a//b"), "is not a relative path"),
        (with_files("a/"), "is not a relative path"),
        (with_files("a\0b"), "has characters that cannot be printed"),
        (with_files("a\nb"), "has characters that cannot be printed"),
        (with_files("a\udcffb"), "has characters that cannot be printed"),
        (with_files("x" * 256), "is too long"),
        (with_files("\u4f60" * 100), "is too long"),
        (with_files("/".join(["x" * 200] * 6)), "is too long"),
        (with_files("a", "b", "a"), "the name 'a' is used twice"),
        (with_files("a", "a/b"), "the name 'a' is used twice"),
        (with_files("a/b/c", "a/b"), "the name 'a/b' is used twice"),
        (with_files("a", entry="b"), "the entry 'b' is not among the submission's files"),
        (with_files(*map(str, range(10_001))), "submission: at most 10000 files, not 10001"),
        (replace(GOOD, limits=Limits(cpu_ns=0)), "limits: cpu_ns is 0; it must be more than 0"),
        (replace(GOOD, limits=Limits(wall_ns=-1)), "limits: wall_ns is -1"),
        (replace(GOOD, limits=Limits(memory_bytes=2**61)), "limits: memory_bytes is 2305843009213693952; it must be"),
        (replace(GOOD, limits=Limits(open_files=2**17)), "it must be more than 0 and at most 65536"),
        (replace(GOOD, compile_limits=Limits(processes=0)), "compile_limits: processes is 0"),
        (
            replace(GOOD, cases=(TestCase(name="7", limits=Limits(memory_bytes=0)),)),
            "the limits of case '7': memory_bytes is 0",
        ),
        (with_submission(flags=("-x\0",)), "flags: '-x\\x00' has a null character"),
        (with_submission(args=("x",) * 1001), "args: at most 1000 with 16384 characters together"),
        (with_submission(args=("x" * 16_385,)), "args: at most 1000"),
        (replace(GOOD, checker=Checker(CheckerKind.FLOAT, float("nan"))), "the tolerance is nan"),
        (replace(GOOD, checker=Checker(CheckerKind.FLOAT, -1.0)), "the tolerance is -1.0"),
    ],
)
def test_a_job_that_cannot_be_judged_is_refused_in_a_sentence(job: Job, sentence: str) -> None:
    with pytest.raises(UsageError) as refused:
        check_job(job)
    assert sentence in str(refused.value)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("where", ["source", "stdin", "expected"])
@pytest.mark.parametrize("what", ["missing", "directory", "unreadable"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, where: str, what: str) -> None:
    path = tmp_path / "the-file"
    if what == "directory":
        path.mkdir()
    elif what == "unreadable":
        path.touch(mode=0)
        if os.access(path, os.R_OK):
            pytest.skip("root can read every file")
    if where == "source":
        job = replace(GOOD, submission=Submission(files=(File("a", path),), runtime="c"))
    else:
        content = {where: path}
        job = replace(GOOD, cases=(replace(GOOD.cases[0], **content),))  # type: ignore[arg-type]  # either field
    assert on_disk(job)
    with pytest.raises(UsageError, match="the-file"):
        check_readable(job)


def test_sources_of_more_than_64_mib_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.touch()
    os.truncate(path, 65 * MIB)
    with pytest.raises(UsageError, match="the sources have 65 MiB; at most 64 MiB are judged"):
        check_readable(replace(GOOD, submission=Submission(files=(File("a", path),), runtime="c")))
