"""The supervisor has the program's own rights: whatever a program does to it must not pay."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from executor.model import SECOND, Verdict
from tests.docker.chosen import ON_DOCKER
from tests.security.support import ALL_REFUSED, IMPATIENT, LIMITS, Attacks, descendants

ANSWER = b"42\n"


@pytest.mark.parametrize("group", [False, True])
async def test_a_program_that_stops_itself_runs_into_the_wall_clock(attacks: Attacks, group: bool) -> None:
    attempt = await attacks.run("stops_itself.c", *(["group"] if group else []), limits=IMPATIENT)
    assert attempt.verdict is Verdict.WTL, attempt
    assert attempt.stdout == b""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=lambda number: signal.Signals(number).name)
async def test_who_kills_or_stops_the_supervisor_is_not_accepted(attacks: Attacks, number: int) -> None:
    attempt = await attacks.run("signals_its_supervisor.c", number)
    assert attempt.verdict is Verdict.RTE, attempt
    assert attempt.wall_ns < LIMITS.effective_wall_ns // 2, attempt


async def test_no_signal_to_the_supervisor_changes_more_than_the_own_verdict(attacks: Attacks) -> None:
    await attacks.load("signals_its_supervisor.c")
    for number in sorted(signal.valid_signals()):
        attempt = await attacks.next_run("signals_its_supervisor.c", int(number))
        assert attempt.verdict is Verdict.RTE or attempt.stdout == ANSWER, f"signal {number}: {attempt}"
        await attacks.inspect()


@pytest.mark.parametrize("pause", [0, 1_000, 20_000])
async def test_killing_the_supervisor_at_the_end_is_a_clean_end_or_none(attacks: Attacks, pause: int) -> None:
    """The kill comes before the report is sent, or not at all: then the children have been killed before."""
    await attacks.load("kills_its_supervisor_at_the_end.c")
    for _ in range(10):
        attempt = await attacks.next_run("kills_its_supervisor_at_the_end.c", pause)
        if attempt.verdict is None:
            assert attempt.stdout == ANSWER, attempt
        else:
            assert attempt.verdict is Verdict.RTE, attempt
        await attacks.inspect()


async def test_a_supervisor_that_is_stopped_and_continued_keeps_its_deadlines(attacks: Attacks) -> None:
    attempt = await attacks.run("stutters_its_supervisor.c")
    assert attempt.verdict in {Verdict.TLE, Verdict.RTE}, attempt
    assert attempt.wall_ns <= LIMITS.effective_wall_ns + SECOND, attempt


@pytest.mark.parametrize("pause_s", [0.0, 0.0005, 0.02])
async def test_a_supervisor_that_dies_between_two_runs_costs_nobody_a_verdict(attacks: Attacks, pause_s: float) -> None:
    """The kernel kills it when memory is short; the next program has done nothing."""
    if ON_DOCKER:
        pytest.skip("kills a process of the native box; what ends a container's supervisor ends the container")
    assert attacks.box.pid is not None
    for _ in range(5):
        os.kill(max(descendants(attacks.box.pid)), signal.SIGKILL)  # forked after init
        if pause_s:
            await asyncio.sleep(pause_s)
        await attacks.inspect()


async def test_killing_everybody_is_no_answer(attacks: Attacks) -> None:
    attempt = await attacks.run("kills_everybody.c")
    assert attempt.verdict is Verdict.RTE, attempt


async def test_no_signal_reaches_init(attacks: Attacks) -> None:
    attempt = await attacks.run("kills_init.c")
    assert attempt.verdict is None, attempt
    assert attempt.stdout == ANSWER


async def test_a_program_that_ignores_every_signal_is_killed_at_its_limit(attacks: Attacks) -> None:
    attempt = await attacks.run("ignores_every_signal.c")
    assert attempt.verdict is Verdict.TLE, attempt
    assert attempt.outcome.signal == signal.SIGKILL


async def test_a_descriptor_that_signals_the_supervisor_gains_nothing(attacks: Attacks) -> None:
    await attacks.load("signals_by_descriptor.c")
    for _ in range(5):
        attempt = await attacks.next_run("signals_by_descriptor.c")
        assert attempt.verdict in {None, Verdict.RTE}, attempt
        await attacks.inspect()


async def test_limits_are_neither_raised_nor_put_on_others(attacks: Attacks) -> None:
    attempt = await attacks.run("limits_of_others.c")
    assert attempt.stdout == ALL_REFUSED, attempt


async def test_a_supervisor_cannot_be_made_to_wait_behind_its_program(attacks: Attacks) -> None:
    attempt = await attacks.run("reschedules_its_supervisor.c")
    assert attempt.stdout == ALL_REFUSED, attempt


async def test_no_program_gets_more_of_the_machine_than_another(attacks: Attacks) -> None:
    attempt = await attacks.run("raises_its_own_priority.c")
    assert attempt.stdout == ALL_REFUSED, attempt
