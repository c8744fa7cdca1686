"""What is read out of the reports of test frameworks, also out of those that lie, end early or want to do harm."""

from __future__ import annotations

import time

import pytest

from executor.model import TestResults
from executor.unit_tests import ReportFormat, judge_tests, read_report

JUNIT, GO, RUST = ReportFormat.JUNIT, ReportFormat.GO, ReportFormat.RUST

PYTEST_REPORT = b"""<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite name="pytest" errors="0" failures="1" skipped="1" tests="4" time="0.03">
<testcase classname="tests.test_stack" name="test_push" file="tests/test_stack.py" line="3" time="0.001" />
<testcase classname="tests.test_stack.TestPop" name="test_pop[1-a]" file="tests/test_stack.py" time="0.001">
<failure message="assert 1 == 2">def test_pop</failure></testcase>
<testcase classname="tests.test_stack" name="test_later" file="tests/test_stack.py"><skipped/></testcase>
<testcase classname="" name="tests.test_broken"><error message="collection failure">ImportError</error></testcase>
</testsuite></testsuites>"""

GO_REPORT = b"""=== RUN   TestPush
--- PASS: TestPush (0.00s)
=== RUN   TestPop
=== RUN   TestPop/empty
    stack_test.go:12: got 1
--- FAIL: TestPop (0.00s)
    --- FAIL: TestPop/empty (0.00s)
=== RUN   TestLater
    stack_test.go:20: later
--- SKIP: TestLater (0.00s)
FAIL
"""

RUST_REPORT = b"""
running 3 tests
test tests::pushes ... ok
test tests::pops - should panic ... FAILED
test tests::later ... ignored, not yet

failures:

---- tests::pops stdout ----
note: test did not panic as expected

failures:
    tests::pops

test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s

"""


def test_junit_s_tests_are_called_as_pytest_calls_them() -> None:
    results = read_report(JUNIT, PYTEST_REPORT)
    assert results.passed == ("tests/test_stack.py::test_push",)
    assert results.failed == ("tests/test_stack.py::TestPop::test_pop[1-a]", "tests.test_broken")
    assert results.skipped == ("tests/test_stack.py::test_later",)
    assert results.complete


def test_a_junit_test_without_a_file_is_called_by_its_class() -> None:
    report = b'<testsuite tests="1"><testcase classname="org.example.StackTest" name="pushes"/></testsuite>'
    assert read_report(JUNIT, report).passed == ("org.example.StackTest.pushes",)


def test_go_s_tests_and_their_parts_are_read() -> None:
    results = read_report(GO, GO_REPORT)
    assert (results.passed, results.skipped) == (("TestPush",), ("TestLater",))
    assert results.failed == ("TestPop", "TestPop/empty")
    assert results.complete


def test_go_s_result_is_found_behind_what_a_program_wrote_without_a_line_end() -> None:
    results = read_report(GO, b"=== RUN   TestX\nno line end--- PASS: TestX (0.00s)\nPASS\n")
    assert (results.passed, results.complete) == (("TestX",), True)


def test_libtest_s_tests_are_read() -> None:
    results = read_report(RUST, RUST_REPORT)
    assert (results.passed, results.failed, results.skipped) == (
        ("tests::pushes",),
        ("tests::pops",),
        ("tests::later",),
    )
    assert results.complete


def test_the_sections_of_several_binaries_are_one_report() -> None:
    results = read_report(RUST, RUST_REPORT + RUST_REPORT.replace(b"tests::", b"more::"))
    assert results.complete
    assert results.passed == ("tests::pushes", "more::pushes")


@pytest.mark.parametrize(
    "report_format,report", [(JUNIT, PYTEST_REPORT), (GO, GO_REPORT), (RUST, RUST_REPORT.rstrip())]
)
def test_no_beginning_of_a_report_is_complete(report_format: ReportFormat, report: bytes) -> None:
    """A program that exits in the middle leaves a beginning; wherever it is cut, it does not count as a whole."""
    assert read_report(report_format, report).complete
    last_line = report.rstrip().rfind(b"\n")
    for end in range(last_line + 1):
        assert not read_report(report_format, report[:end]).complete, report[:end]


def test_a_report_that_claims_more_tests_than_it_holds_is_not_complete() -> None:
    assert not read_report(JUNIT, b'<testsuite tests="2"><testcase name="a"/></testsuite>').complete
    assert not read_report(GO, b"=== RUN   TestA\n=== RUN   TestB\n--- PASS: TestA (0.00s)\nPASS\n").complete
    assert not read_report(RUST, RUST_REPORT.replace(b"running 3", b"running 4")).complete


def test_a_test_that_is_reported_twice_has_failed_if_it_failed_once() -> None:
    results = read_report(GO, b"--- PASS: TestX (0.00s)\n--- FAIL: TestX (0.00s)\n--- PASS: TestX (0.00s)\nPASS\n")
    assert (results.passed, results.failed) == ((), ("TestX",))


@pytest.mark.parametrize("report", [b"", b"PASS", b"\xff\xfe", b"<", b"<a>", b"<testsuite tests='x'/>"])
def test_what_is_no_report_has_no_passed_test(report: bytes) -> None:
    for report_format in ReportFormat:
        assert not judge_tests(read_report(report_format, report), None)[0]


def test_a_report_with_entities_is_refused_before_it_expands() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY b "%s">]><testsuite tests="1"><testcase name="&b;"/></testsuite>' % (b"x" * 1000)
    assert read_report(JUNIT, bomb) == TestResults()


@pytest.mark.parametrize(
    "report_format,unit",
    [
        (RUST, b"test " + b" ... " * 100),
        (RUST, b"test x ... " * 100 + b"\n"),
        (GO, b"--- PASS: "),
        (GO, b"=== RUN   x\n"),
        (JUNIT, b"<testcase>"),
    ],
)
def test_a_hostile_report_takes_time_in_proportion_to_its_length(report_format: ReportFormat, unit: bytes) -> None:
    """A program may write what it likes: no text may make the reader search it again and again."""

    def spent(size: int) -> float:
        data = unit * (size // len(unit))
        began = time.process_time()
        read_report(report_format, data)
        return time.process_time() - began

    spent(1000)
    assert spent(1_000_000) < 100 * max(spent(100_000), 0.01)


def test_a_run_without_failures_is_accepted_and_says_how_many_passed() -> None:
    results = TestResults(passed=("a", "b"), skipped=("c",), complete=True)
    assert judge_tests(results, None) == (True, "2 tests passed, 1 skipped")


@pytest.mark.parametrize(
    "results,sentence",
    [
        (TestResults(passed=("a",), failed=("b",), complete=True), "1 of 2 tests failed: b"),
        (TestResults(complete=True), "no test was run"),
        (TestResults(skipped=("a",), complete=True), "no test was run, 1 skipped"),
        (TestResults(passed=("a",)), "the tests did not run to their end"),
        (TestResults(failed=("a",)), "the tests did not run to their end, after a had failed"),
    ],
)
def test_why_a_run_is_not_accepted_is_said(results: TestResults, sentence: str) -> None:
    assert judge_tests(results, None) == (False, sentence)


def test_of_many_failed_tests_the_first_are_named() -> None:
    results = TestResults(failed=tuple(f"t{number}" for number in range(30)), complete=True)
    assert judge_tests(results, None)[1].endswith("t18, t19 and 10 more")


def test_only_the_tests_that_are_named_count_where_names_are_given() -> None:
    results = TestResults(passed=("a", "b"), failed=("c",), skipped=("d",), complete=True)
    assert judge_tests(results, b"a\nb\n\n") == (True, "the 2 tests named passed")
    assert judge_tests(results, b"a\nc\nd\ne") == (False, "3 of 4 named tests did not pass: c, d, e")
    assert not judge_tests(TestResults(passed=("a",)), b"a")[0]
