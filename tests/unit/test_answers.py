"""What a client reads out of an answer is what the server put in."""

from __future__ import annotations

import pytest

from executor.model import CaseFinished, Outcome, TestResults, Usage, Verdict
from executor.wire.answers import case_of, event_message

RESULTS = TestResults(passed=("a", "größe"), failed=("b",), skipped=("c",), complete=True)


@pytest.mark.parametrize("tests", [None, TestResults(), RESULTS], ids=["none", "empty", "some"])
def test_the_tests_of_a_case_arrive_as_they_were(tests: TestResults | None) -> None:
    sent = CaseFinished(
        job_id="j",
        index=3,
        name="n",
        verdict=Verdict.WA,
        outcome=Outcome(exit_code=0, usage=Usage(cpu_ns=1), stdout=b"out"),
        detail="b failed",
        tests=tests,
    )
    assert case_of("j", event_message(sent, returned=3).case_finished) == sent


def test_of_a_long_output_the_beginning_arrives() -> None:
    outcome = Outcome(exit_code=0, usage=Usage(), stdout=b"12345", stderr=b"12")
    sent = CaseFinished(job_id="j", index=0, name="", verdict=Verdict.AC, outcome=outcome)
    message = event_message(sent, returned=3).case_finished
    assert (message.outcome.stdout, message.outcome.stdout_truncated) == (b"123", True)
    assert (message.outcome.stderr, message.outcome.stderr_truncated) == (b"12", False)
