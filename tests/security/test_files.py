"""Files in every shape that makes cleaning up hard, and files that are not the program's."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from executor.model import MIB, SECOND, Command, File, Verdict
from executor.sandbox.box import Place
from tests.security.support import ALL_REFUSED, LIMITS, Attacks, executable

MOST_INODES = 65_536
UNHURRIED = replace(LIMITS, cpu_ns=5 * SECOND, wall_ns=10 * SECOND, memory_bytes=256 * MIB)


@pytest.mark.parametrize("source", ["many_files.c", "many_directories.c"])
async def test_the_number_of_files_is_bounded_and_no_burden(attacks: Attacks, source: str) -> None:
    attempt = await attacks.run(source, limits=UNHURRIED)
    assert attempt.verdict is None, attempt
    assert 1000 < int(attempt.stdout) < MOST_INODES, attempt


async def test_a_sparse_file_of_a_terabyte_is_over_the_file_size(attacks: Attacks) -> None:
    attempt = await attacks.run("sparse_terabyte.c")
    assert attempt.verdict is Verdict.OLE, attempt


async def test_who_ignores_the_signal_still_writes_no_more_than_allowed(attacks: Attacks) -> None:
    limits = replace(LIMITS, file_size_bytes=MIB)
    attempt = await attacks.run("stubborn_writer.c", limits=limits)
    assert attempt.verdict is None, attempt
    assert int(attempt.stdout) == MIB, attempt


@pytest.mark.parametrize("depth", [100, 2000])
async def test_directories_beyond_every_path_are_wiped(attacks: Attacks, depth: int) -> None:
    attempt = await attacks.run("deep_directories.c", depth, limits=UNHURRIED)
    assert attempt.stdout == b"deep\n", attempt


async def test_directories_that_nobody_may_enter_are_wiped(attacks: Attacks) -> None:
    attempt = await attacks.run("locked_directories.c")
    assert attempt.stdout == b"locked\n", attempt


async def test_the_next_run_can_enter_the_work_directory_whatever_the_last_one_did_to_it(attacks: Attacks) -> None:
    attempt = await attacks.run("locks_the_work_directory.c")
    assert attempt.stdout == b"locked\n", attempt


@pytest.mark.parametrize("kind", ["mode", "times", "attribute", "access", "default"])
async def test_no_mark_on_a_directory_reaches_the_next_run(attacks: Attacks, kind: str) -> None:
    attempt = await attacks.run("leaves_marks.c", kind)
    assert attempt.stdout == b"left\n", attempt
    attempt = await attacks.next_run("leaves_marks.c")
    assert attempt.stdout == ALL_REFUSED, attempt


async def test_names_that_are_not_text_are_collected_and_wiped(attacks: Attacks) -> None:
    attempt = await attacks.run("ugly_names.c", keep_work=True)
    assert attempt.stdout == b"written\n", attempt
    files = await attacks.box.collect(["*"], MIB)
    assert len(files) == 11
    for file in files:
        assert file.content == os.fsencode(file.name)


async def test_a_program_cannot_change_itself_or_what_is_installed(attacks: Attacks) -> None:
    attempt = await attacks.run("overwrites_itself.c")
    assert attempt.stdout == ALL_REFUSED, attempt


async def test_the_artifact_cannot_be_written_before_it_is_there(attacks: Attacks) -> None:
    """A compilation comes first, and it runs what a stranger wrote."""
    program = executable("writes_the_artifact.c", await attacks.compiled("writes_the_artifact.c"))
    await attacks.box.reset()
    await attacks.box.load([program], Place.WORK)
    attacks.work_is_kept = True
    outcome = await attacks.box.run(Command(argv=("/work/writes_the_artifact",)), LIMITS, keep_work=True)
    assert outcome.stdout == ALL_REFUSED, outcome


@pytest.mark.parametrize("name", ["", ".", "..", "/main", "../main", "a/../main", "a/./b", "a//b", "a/", "a\0b"])
@pytest.mark.parametrize("place", list(Place))
async def test_no_file_is_loaded_anywhere_else(attacks: Attacks, name: str, place: Place) -> None:
    await attacks.box.reset()
    attacks.work_is_kept = True
    with pytest.raises(ValueError, match="not a relative path"):
        await attacks.box.load([File(name, b"")], place)


async def test_descriptors_are_bounded(attacks: Attacks) -> None:
    attempt = await attacks.run("takes_every_descriptor.c")
    assert attempt.verdict is None, attempt
    assert int(attempt.stdout) == LIMITS.open_files, attempt


async def test_devices_are_neither_made_nor_changed(attacks: Attacks) -> None:
    attempt = await attacks.run("makes_devices.c")
    assert attempt.stdout == ALL_REFUSED, attempt
