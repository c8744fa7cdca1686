"""What test frameworks say of a run: their reports, read into the names of the tests that passed and failed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ReportFormat(StrEnum):
    """How a test framework writes its result."""

    JUNIT = "junit"
    """The XML of JUnit, which most frameworks can write."""
    GO = "go"
    """The text of `go test -v`."""
    RUST = "rust"
    """The text of libtest, Rust's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResults:
    """
    The tests of one run by their names, in the order of the report.

    Args:
        passed, failed, skipped: names.
        complete: whether the framework came to its end; a program that ends the process early leaves it false.
    """

    __test__ = False  # pytest must not collect it

    passed: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    complete: bool = False


def read_report(report_format: ReportFormat, data: bytes) -> TestResults:
    """
    What a report says. It was written in the box of a hostile program: anything may stand in it.

    Returns:
        What could be read; not `complete` where the report is cut off, malformed or absent.
    """
    raise NotImplementedError(report_format)


def judge_tests(results: TestResults, expected: bytes | None) -> tuple[bool, str]:
    """
    Whether a run of tests is accepted, and why not: the names of the tests that failed.

    Args:
        expected: names of tests that must have passed, one on each line, others being of no interest; None: no test
            may have failed, and at least one must have passed.
    """
    raise NotImplementedError(results, expected)
