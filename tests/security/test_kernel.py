"""System calls with which sandboxes have been left, and the kernel's other doors."""

from __future__ import annotations

import platform

import pytest

from executor.model import Verdict
from tests.security.support import ALL_REFUSED, IMPATIENT, Attacks

x86_64_only = pytest.mark.skipif(platform.machine() != "x86_64", reason="only x86-64 has these system calls")


async def test_no_namespace_can_be_made_or_entered(attacks: Attacks) -> None:
    attempt = await attacks.run("makes_namespaces.c")
    assert attempt.stdout == ALL_REFUSED, attempt


async def test_nothing_can_be_mounted_or_unmounted(attacks: Attacks) -> None:
    attempt = await attacks.run("mounts.c")
    assert attempt.stdout == ALL_REFUSED, attempt


async def test_io_uring_bpf_perf_userfaultfd_fanotify_and_file_handles_are_refused(attacks: Attacks) -> None:
    attempt = await attacks.run("asks_for_kernel_machinery.c")
    assert attempt.stdout == ALL_REFUSED, attempt


async def test_no_process_can_be_traced_or_read(attacks: Attacks) -> None:
    attempt = await attacks.run("traces_others.c")
    assert attempt.stdout == ALL_REFUSED, attempt


async def test_the_machine_cannot_be_administered(attacks: Attacks) -> None:
    attempt = await attacks.run("administers.c")
    assert attempt.stdout == ALL_REFUSED, attempt


async def test_calls_that_are_newer_than_the_filter_do_not_exist(attacks: Attacks) -> None:
    attempt = await attacks.run("calls_new_numbers.c")
    assert attempt.stdout == ALL_REFUSED, attempt


@x86_64_only
@pytest.mark.parametrize("number", ["0x40000027", "0x40000000", "0x400001ff", "0x80000000", "0xffffffff"])
async def test_calls_by_another_numbering_are_a_security_violation(attacks: Attacks, number: str) -> None:
    attempt = await attacks.run("calls_x32.c", number)
    assert attempt.verdict is Verdict.SV, attempt
    assert attempt.stdout == b""


@x86_64_only
async def test_32_bit_calls_are_a_security_violation(attacks: Attacks) -> None:
    attempt = await attacks.run("calls_32_bit.c")
    # A kernel without 32-bit emulation answers with a fault, before any filter is asked.
    assert attempt.verdict is Verdict.SV or attempt.outcome.signal == 11, attempt
    assert attempt.stdout == b""


async def test_a_filter_of_the_program_loosens_nothing(attacks: Attacks) -> None:
    attempt = await attacks.run("loosens_its_filter.c")
    assert attempt.stdout == ALL_REFUSED, attempt


async def test_crashes_leave_no_core(attacks: Attacks) -> None:
    attempt = await attacks.run("crashes_a_lot.c")
    assert attempt.stdout == ALL_REFUSED, attempt


async def test_a_program_that_syncs_for_ever_is_ended_in_time(attacks: Attacks) -> None:
    attempt = await attacks.run("syncs_for_ever.c", limits=IMPATIENT)
    assert attempt.verdict in {Verdict.TLE, Verdict.WTL}, attempt
