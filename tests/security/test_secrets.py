"""What a program may know: its input, what is installed, and itself."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from pathlib import Path

import pytest

from tests.security.support import ALL_REFUSED, REPOSITORY, SECRET, Attacks


def outside_of_usr(*paths: str | Path) -> list[str]:
    """What stands in /usr is shown to programs on purpose."""
    return [str(path) for path in paths if Path("/usr") not in Path(path).parents]


async def test_no_file_of_the_host_can_be_seen(attacks: Attacks, tmp_path: Path) -> None:
    (tmp_path / "answers").write_text("42")
    paths = outside_of_usr(REPOSITORY, REPOSITORY.parent, __file__, tmp_path, tmp_path / "answers", Path.home())
    attempt = await attacks.run("reads_host_files.c", *(path for path in paths if path not in {"/", "/work", "/tmp"}))
    assert attempt.stdout == ALL_REFUSED, attempt


async def test_no_way_leads_above_the_root(attacks: Attacks) -> None:
    attempt = await attacks.run("walks_upwards.c")
    assert attempt.stdout == ALL_REFUSED, attempt


async def test_other_processes_show_nothing_of_themselves(attacks: Attacks) -> None:
    attempt = await attacks.run("reads_other_processes.c")
    assert attempt.stdout == ALL_REFUSED, attempt


async def test_nothing_tells_the_secrets_of_the_engine_or_the_name_of_the_host(attacks: Attacks) -> None:
    attempt = await attacks.run("shows_what_it_knows.c")
    assert attempt.verdict is None, attempt
    for secret in (SECRET, "ENNEAD_SECRET", f"{socket.gethostname()}\n"):
        assert secret.encode() not in attempt.stdout


async def test_nothing_tells_where_the_engine_is_installed(attacks: Attacks) -> None:
    attempt = await attacks.run("shows_what_it_knows.c")
    for path in outside_of_usr(REPOSITORY, sys.executable, Path(sys.executable).resolve()):
        assert f"{path}/".encode() not in attempt.stdout.replace(b"\0", b"/")


async def test_no_descriptor_is_inherited_but_the_three(attacks: Attacks) -> None:
    attempt = await attacks.run("searches_its_descriptors.c")
    assert attempt.stdout == ALL_REFUSED, attempt


async def test_a_process_changes_nothing_about_itself_through_proc(attacks: Attacks) -> None:
    attempt = await attacks.run("writes_to_proc.c")
    assert attempt.stdout == ALL_REFUSED, attempt


@pytest.mark.xfail(strict=True, reason="inotify reports what anybody does with a file that both see")
async def test_nobody_learns_which_installed_programs_others_start(attacks: Attacks) -> None:
    """The files are the host's own, so a watch on them would show what the host does, and what other boxes do."""
    await attacks.load("watches_installed_files.c")
    watching = asyncio.create_task(attacks.next_run("watches_installed_files.c", "/usr/bin/true"))
    while not watching.done():
        os.close(os.open("/usr/bin/true", os.O_RDONLY))
        await asyncio.sleep(0.02)
    assert (await watching).stdout == ALL_REFUSED, await watching


async def test_nothing_gives_more_rights(attacks: Attacks) -> None:
    attempt = await attacks.run("becomes_root.c")
    assert attempt.stdout == ALL_REFUSED, attempt
