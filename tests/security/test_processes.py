"""Bombs, daemons, and the many ways to compute where nobody looks."""

from __future__ import annotations

import pytest

from executor.model import MS, Excess, Verdict
from tests.security.support import IMPATIENT, LIMITS, Attacks


async def test_a_fork_bomb_gets_no_further_than_its_limit_and_its_cpu_time(attacks: Attacks) -> None:
    attempt = await attacks.run("fork_bomb.c")
    assert attempt.verdict in {Verdict.TLE, Verdict.MLE}, attempt  # dying processes hold their stacks for a moment
    assert not attacks.is_exact or Excess.PROCESSES in attempt.exceeded, attempt


async def test_memory_is_that_of_all_children_together(attacks: Attacks) -> None:
    attempt = await attacks.run("fork_bomb_holding_memory.c")
    assert attempt.verdict is Verdict.MLE, attempt


async def test_threads_count_as_processes(attacks: Attacks) -> None:
    attempt = await attacks.run("thread_bomb.c")
    assert attempt.verdict is None, attempt
    assert LIMITS.processes // 2 < int(attempt.stdout) <= LIMITS.processes, attempt


async def test_a_chain_of_vforks_is_killed_like_any_other(attacks: Attacks) -> None:
    attempt = await attacks.run("vfork_bomb.c", limits=IMPATIENT)
    assert attempt.verdict is Verdict.WTL, attempt


async def test_a_daemon_does_not_outlive_its_program(attacks: Attacks) -> None:
    attempt = await attacks.run("daemon.c")
    assert attempt.verdict is None, attempt
    assert attempt.stdout == b"done\n"


async def test_a_child_that_holds_standard_output_open_delays_nothing(attacks: Attacks) -> None:
    attempt = await attacks.run("holds_stdout.c")
    assert attempt.verdict is None, attempt
    assert attempt.stdout == b"done\n"
    assert attempt.wall_ns < LIMITS.effective_wall_ns // 2


async def test_children_stop_computing_when_their_program_ends(attacks: Attacks) -> None:
    attempt = await attacks.run("works_after_the_end.c")
    assert attempt.verdict is None, attempt
    assert attempt.cpu_ns < 100 * MS, attempt
    assert attempt.stdout == b"done\n"


async def test_a_program_that_adopts_its_orphans_cannot_keep_them(attacks: Attacks) -> None:
    attempt = await attacks.run("adopts_orphans.c")
    assert attempt.verdict is None, attempt


async def test_children_of_the_supervisor_itself_are_killed_too(attacks: Attacks) -> None:
    attempt = await attacks.run("makes_siblings.c")
    assert attempt.verdict is None, attempt


@pytest.mark.parametrize("ends", [False, True])
async def test_a_comet_that_forks_and_dies_for_ever_is_caught(attacks: Attacks, ends: bool) -> None:
    limits = LIMITS if attacks.is_exact else IMPATIENT
    attempt = await attacks.run("comet.c", *(["ends"] if ends else []), limits=limits)
    # What the kernel keeps of thousands of dead processes for a moment is memory of the box as well.
    endless = {Verdict.TLE, Verdict.MLE} if attacks.is_exact else {Verdict.TLE, Verdict.WTL}
    expected = {None, Verdict.MLE} if ends else endless
    assert attempt.verdict in expected, attempt


async def test_the_cpu_time_of_short_lived_children_is_counted(attacks: Attacks) -> None:
    limits = LIMITS if attacks.is_exact else IMPATIENT
    attempt = await attacks.run("many_short_lives.c", limits=limits)
    # Polling sees them only by chance: a life of a millisecond mostly falls between two looks at /proc.
    assert attempt.verdict is Verdict.TLE or (attempt.verdict is Verdict.WTL and not attacks.is_exact), attempt


async def test_cpu_time_cannot_be_hidden_in_children_that_nobody_waits_for(attacks: Attacks) -> None:
    attempt = await attacks.run("nobody_waits.c")
    assert attempt.verdict is Verdict.TLE, attempt


async def test_cpu_time_cannot_be_hidden_in_threads(attacks: Attacks) -> None:
    attempt = await attacks.run("many_threads_burn.c")
    assert attempt.verdict is Verdict.TLE, attempt
    assert attempt.cpu_ns < 3 * LIMITS.cpu_ns, attempt


async def test_a_program_lives_on_while_one_of_its_threads_does(attacks: Attacks) -> None:
    attempt = await attacks.run("main_thread_leaves.c")
    assert attempt.verdict is Verdict.TLE, attempt


async def test_work_before_and_after_main_is_counted(attacks: Attacks) -> None:
    attempt = await attacks.run("works_before_and_after_main.c")
    assert attempt.verdict is Verdict.TLE, attempt


async def test_sleeping_is_limited_by_the_wall_clock(attacks: Attacks) -> None:
    attempt = await attacks.run("sleeps.c", limits=IMPATIENT)
    assert attempt.verdict is Verdict.WTL, attempt
    assert attempt.cpu_ns < 200 * MS, attempt


async def test_waiting_for_what_never_comes_is_limited_by_the_wall_clock(attacks: Attacks) -> None:
    attempt = await attacks.run("waits_for_a_fifo.c", limits=IMPATIENT)
    assert attempt.verdict is Verdict.WTL, attempt


async def test_zombies_count_as_processes_and_are_buried(attacks: Attacks) -> None:
    attempt = await attacks.run("zombies.c")
    assert attempt.verdict is None, attempt
    assert int(attempt.stdout) < LIMITS.processes, attempt


async def test_a_program_that_executes_itself_for_ever_has_one_cpu_time(attacks: Attacks) -> None:
    attempt = await attacks.run("executes_itself.c")
    assert attempt.verdict is Verdict.TLE, attempt


async def test_programs_that_a_program_starts_spend_its_cpu_time(attacks: Attacks) -> None:
    attempt = await attacks.run("runs_other_programs.c")
    assert attempt.verdict is Verdict.TLE, attempt
