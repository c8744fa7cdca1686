"""Results come from the judge's own measurements and from nothing that a program says."""

from __future__ import annotations

import signal

import pytest

from executor.model import MIB, MS, Verdict
from tests.security.support import ALL_REFUSED, LIMITS, Attacks


async def test_no_channel_leads_to_where_results_are_reported(attacks: Attacks) -> None:
    attempt = await attacks.run("talks_to_every_descriptor.c")
    assert attempt.stdout == ALL_REFUSED, attempt


@pytest.mark.parametrize(
    "end", ["1", "7", "255", "abort", "segv", "kill", "term", "alarm", "xcpu", "pipe", "exit_group"]
)
async def test_the_right_answer_before_a_failure_is_a_failure(attacks: Attacks, end: str) -> None:
    attempt = await attacks.run("prints_a_report.c", end)
    assert attempt.verdict is Verdict.RTE, attempt


async def test_only_the_low_byte_of_an_exit_code_exists(attacks: Attacks) -> None:
    attempt = await attacks.run("prints_a_report.c", "256")
    assert attempt.outcome.exit_code == 0, attempt


async def test_who_sends_itself_the_signal_of_a_violation_gets_its_verdict(attacks: Attacks) -> None:
    attempt = await attacks.run("kills_itself_as_if_forbidden.c")
    assert attempt.verdict is Verdict.SV, attempt
    assert attempt.outcome.signal == signal.SIGSYS


async def test_a_program_that_replaces_itself_is_still_the_one_that_is_judged(attacks: Attacks) -> None:
    attempt = await attacks.run("replaces_itself.c")
    assert attempt.verdict is None, attempt
    assert attempt.stdout == b"42\n"


async def test_a_program_that_is_slow_to_die_is_charged_for_it(attacks: Attacks) -> None:
    attempt = await attacks.run("is_slow_to_die.c")
    assert attempt.verdict is Verdict.TLE, attempt
    assert attempt.cpu_ns >= LIMITS.cpu_ns, attempt


async def test_a_name_that_reads_like_a_measurement_is_only_a_name(attacks: Attacks) -> None:
    attempt = await attacks.run("has_a_measured_name.c")
    assert attempt.verdict is None, attempt
    assert (attempt.outcome.usage.stack_bytes or 0) > 16 * MIB, attempt
    assert attempt.cpu_ns >= 50 * MS, attempt
