"""Memory in every place where a program can put it, and what it leaves for the next run to stand on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from executor.model import MIB, SECOND, File, Meter, Verdict
from executor.sandbox.box import Place
from tests.docker.chosen import NO_MEMORY_BYTES
from tests.security.support import ALL_REFUSED, IMPATIENT, LIMITS, Attacks

ANSWER = b"42\n"
LIMIT_MIB = LIMITS.memory_bytes // MIB
UNHURRIED = replace(LIMITS, cpu_ns=5 * SECOND, wall_ns=10 * SECOND)


async def test_a_memory_bomb_ends_at_its_limit(attacks: Attacks) -> None:
    attempt = await attacks.run("memory_bomb.c")
    assert attempt.verdict is Verdict.MLE, attempt
    if attacks.is_exact:
        assert (attempt.outcome.usage.memory_bytes or 0) <= LIMITS.memory_bytes + NO_MEMORY_BYTES, attempt


async def test_memory_that_processes_share_is_counted(attacks: Attacks) -> None:
    attempt = await attacks.run("shared_memory_bomb.c", limits=UNHURRIED)
    assert attempt.verdict is Verdict.MLE, attempt


async def test_a_parent_answers_for_the_memory_of_its_children(attacks: Attacks) -> None:
    attempt = await attacks.run("survives_its_children.c")
    assert attempt.verdict is Verdict.MLE, attempt


@pytest.mark.parametrize("directory", ["/work", "/tmp", "/dev/shm"])
async def test_files_count_as_memory(attacks: Attacks, directory: str) -> None:
    await attacks.load("fills_a_file.c")
    for _ in range(8):  # killing the program frees nothing: its supervisor and init stand in a full box as well
        attempt = await attacks.next_run("fills_a_file.c", f"{directory}/left-behind", 2 * LIMIT_MIB)
        # Polling looks at processes, not at files; there only the size of the directory bounds them.
        assert attempt.verdict is (Verdict.MLE if attacks.is_exact else None), attempt
        await attacks.inspect()


async def test_files_without_a_name_count_as_memory(attacks: Attacks) -> None:
    attempt = await attacks.run("memory_in_memfds.c")
    assert attempt.verdict is (Verdict.MLE if attacks.is_exact else None), attempt


@pytest.mark.parametrize("source", ["memory_in_pipes.c", "memory_in_unix_sockets.c"])
async def test_what_waits_in_buffers_counts_as_memory(attacks: Attacks, source: str) -> None:
    attempt = await attacks.run(source, limits=LIMITS if attacks.is_exact else IMPATIENT)
    # Without a cgroup only the kernel's bounds per user hold.
    assert attempt.verdict is (Verdict.MLE if attacks.is_exact else Verdict.WTL), attempt


async def test_what_waits_in_tcp_connections_is_bounded(attacks: Attacks) -> None:
    """Else a program could keep its tables there, and starve the connections of the whole host."""
    attempt = await attacks.run("memory_in_tcp.c", limits=UNHURRIED)
    if attacks.box.meter is Meter.POLLING:
        pytest.skip("without a cgroup only the kernel's bounds for the whole host hold")
    assert attempt.verdict is Verdict.MLE or int(attempt.stdout) <= LIMIT_MIB, attempt


async def test_memory_is_not_locked(attacks: Attacks) -> None:
    attempt = await attacks.run("locks_memory.c")
    assert attempt.stdout == ALL_REFUSED, attempt


async def test_a_terabyte_that_nobody_touches_costs_nothing(attacks: Attacks) -> None:
    attempt = await attacks.run("untouched_terabyte.c")
    if attacks.is_exact:
        assert attempt.verdict is None, attempt
        assert (attempt.outcome.usage.memory_bytes or 0) < NO_MEMORY_BYTES, attempt
    else:  # RLIMIT_DATA stands in for the cgroup and counts what is mapped
        assert attempt.verdict in {None, Verdict.RTE}, attempt


async def test_the_stack_may_be_as_large_as_the_memory(attacks: Attacks) -> None:
    attempt = await attacks.run("deep_recursion.c", LIMIT_MIB * 3 // 4)
    assert attempt.verdict is None, attempt
    assert attempt.stdout == ANSWER


@pytest.mark.parametrize("stack_mib", [None, 8])
async def test_endless_recursion_ends_at_the_stack_or_at_the_memory(attacks: Attacks, stack_mib: int | None) -> None:
    limits = replace(LIMITS, stack_bytes=None if stack_mib is None else stack_mib * MIB)
    attempt = await attacks.run("deep_recursion.c", 0, limits=limits)
    assert attempt.verdict in ({Verdict.RTE, Verdict.MLE} if stack_mib is None else {Verdict.RTE}), attempt


@pytest.mark.parametrize("spare_kib", [0, 64, 512, 2048])
async def test_a_box_that_is_full_to_the_brim_can_still_be_emptied(attacks: Attacks, spare_kib: int) -> None:
    """What the program leaves is all that it may have; init and supervisor must do their work all the same."""
    await attacks.load("fills_a_file.c")
    limits = replace(LIMITS, memory_bytes=40 * MIB + spare_kib * 1024)
    for _ in range(3):
        attempt = await attacks.next_run("fills_a_file.c", "/work/left-behind", 40, limits=limits)
        assert attempt.verdict in {None, Verdict.MLE}, attempt
        await attacks.inspect()


async def test_a_full_box_can_still_be_collected_from(attacks: Attacks) -> None:
    await attacks.load("fills_a_file.c")
    attempt = await attacks.next_run("fills_a_file.c", "/work/left-behind", LIMIT_MIB - 1, keep_work=True)
    assert attempt.verdict in {None, Verdict.MLE}, attempt
    with pytest.raises(ValueError, match="hold over"):
        await attacks.box.collect(["*"], MIB)


MORE_THAN_ALLOWED = LIMIT_MIB * 3 // 2


async def test_files_of_the_last_run_do_not_make_room_for_the_next(attacks: Attacks) -> None:
    await attacks.load("fills_a_file.c", "takes_memory.c")
    attempt = await attacks.next_run("fills_a_file.c", "/work/left-behind", LIMIT_MIB * 3 // 4)
    assert attempt.verdict is None, attempt
    attempt = await attacks.next_run("takes_memory.c", MORE_THAN_ALLOWED)
    assert attempt.verdict is Verdict.MLE, attempt


async def test_pages_of_installed_files_do_not_make_room_for_the_next_run(attacks: Attacks) -> None:
    """They count as memory of the box, but the kernel gives them up as soon as somebody needs the room."""
    await attacks.load("reads_what_is_installed.c", "takes_memory.c")
    attempt = await attacks.next_run("reads_what_is_installed.c", 2 * LIMIT_MIB, limits=UNHURRIED)
    assert attempt.stdout == b"read\n", attempt
    attempt = await attacks.next_run("takes_memory.c", MORE_THAN_ALLOWED)
    assert attempt.verdict is Verdict.MLE, attempt


@pytest.mark.parametrize("kills", [False, True])
@pytest.mark.parametrize("next_job", [False, True])
async def test_what_only_the_garbage_collector_can_free_does_not_make_room_for_the_next(
    attacks: Attacks, kills: bool, next_job: bool
) -> None:
    programs = ("sends_itself_descriptors.c", "takes_memory.c")
    await attacks.load(*programs)
    for _ in range(8):
        attempt = await attacks.next_run(programs[0], LIMIT_MIB * 3 // 4, *(["kill"] if kills else []))
        assert attempt.verdict is (Verdict.RTE if kills else None), attempt
        if next_job:
            await attacks.load(*programs)
        attempt = await attacks.next_run("takes_memory.c", MORE_THAN_ALLOWED)
        assert attempt.verdict is Verdict.MLE, attempt


async def test_no_object_outlives_its_program_by_design(attacks: Attacks) -> None:
    attempt = await attacks.run("shared_memory_of_the_system.c")
    assert attempt.stdout == ALL_REFUSED, attempt


async def test_a_small_limit_does_not_bind_the_files_of_the_next_job(attacks: Attacks) -> None:
    """They are loaded before the limits of their own job are set."""
    small = replace(LIMITS, memory_bytes=16 * MIB)
    attempt = await attacks.run("takes_memory.c", 8, limits=small)
    assert attempt.verdict is None, attempt
    await attacks.box.reset()
    await attacks.box.load([File("large", bytes(64 * MIB))], Place.ARTIFACT)
    await attacks.load()
