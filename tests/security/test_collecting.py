"""What a compiler leaves is taken out of the box by a process with more rights than the program."""

from __future__ import annotations

from dataclasses import replace

import pytest

from executor.model import MIB, SECOND
from tests.security.support import LIMITS, Attacks

UNHURRIED = replace(LIMITS, cpu_ns=5 * SECOND, wall_ns=10 * SECOND)


@pytest.mark.timeout(30)  # opening a FIFO or a device must not wait for it
@pytest.mark.parametrize(
    "kind",
    [
        "link-to-shadow",
        "link-to-environment",
        "link-to-init",
        "link-to-directory",
        "link-to-itself",
        "link-to-device",
        "link-to-descriptor",
        "fifo",
        "socket",
        "directory",
        "hard-link",
    ],
)
async def test_only_plain_files_are_collected(attacks: Attacks, kind: str) -> None:
    attempt = await attacks.run("plants_links.c", kind, keep_work=True)
    assert attempt.stdout == b"planted\n", attempt
    assert await attacks.box.collect(["main"], MIB) == ()


async def test_linked_directories_are_not_entered(attacks: Attacks) -> None:
    attempt = await attacks.run("plants_links.c", "linked-directory", keep_work=True)
    assert attempt.stdout == b"planted\n", attempt
    assert await attacks.box.collect(["*"], MIB) == ()


async def test_files_that_nobody_may_read_are_collected_all_the_same(attacks: Attacks) -> None:
    attempt = await attacks.run("locked_directories.c", keep_work=True)
    assert attempt.stdout == b"locked\n", attempt
    (file,) = await attacks.box.collect(["*"], MIB)
    assert (file.name, file.content) == ("a/b/main", b"content")


async def test_a_file_that_is_too_large_is_refused_before_it_is_read(attacks: Attacks) -> None:
    attempt = await attacks.run("makes_a_large_file.c", MIB + 1, keep_work=True)
    assert attempt.stdout == b"made\n", attempt
    with pytest.raises(ValueError, match="hold over"):
        await attacks.box.collect(["main"], MIB)
    (file,) = await attacks.box.collect(["main"], MIB + 1)
    assert file.content == bytes(MIB + 1)


@pytest.mark.parametrize("depth", [30, 780, 820, 2000])
async def test_a_collected_name_is_the_whole_name(attacks: Attacks, depth: int) -> None:
    """Names can be longer than a message; they are refused then, not cut."""
    attempt = await attacks.run("deep_directories.c", depth, limits=UNHURRIED, keep_work=True)
    assert attempt.stdout == b"deep\n", attempt
    try:
        (file,) = await attacks.box.collect(["*"], MIB)
    except ValueError:
        assert depth > 100
    else:
        assert file.name == f"{'d' * 251}/" * depth + "main"


async def test_as_many_files_as_promised_are_collected(attacks: Attacks) -> None:
    attempt = await attacks.run("many_files.c", 10_000, limits=UNHURRIED, keep_work=True)
    assert attempt.stdout == b"10000\n", attempt
    assert len(await attacks.box.collect(["*"], MIB)) == 10_000


@pytest.mark.parametrize("source", ["many_files.c", "many_directories.c"])
async def test_too_many_files_are_refused(attacks: Attacks, source: str) -> None:
    await attacks.run(source, limits=replace(UNHURRIED, memory_bytes=256 * MIB), keep_work=True)
    with pytest.raises(ValueError, match=r"over 10000"):
        await attacks.box.collect(["*"], MIB)
