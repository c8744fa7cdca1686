"""
What the programs of tests/security that the native box refuses everything may achieve in a container, line by line,
and what they may not although Docker gives them more to try.
"""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from docker import APIClient

from executor.model import Command
from executor.sandbox.docker.docker_box import DockerBox, start_docker_box
from tests.docker.chosen import ADDRESS, IMAGE, ON_DOCKER, chosen_box, docker_settings
from tests.security.support import PATIENT, Attacks

pytestmark = pytest.mark.skipif(not ON_DOCKER, reason="`make test-docker` starts the Docker Engine for this")

OF_THE_IMAGE = (
    "/etc/shadow /etc/gshadow /etc/ssl /etc/fstab /etc/machine-id /root /home /var /run /boot /mnt /media /srv"
)
"""Their content is the image's own, or covered; a test below says that no password is read."""
OF_DOCKER = (
    "/etc/hostname /etc/resolv.conf /.dockerenv /dev/ptmx /dev/pts /dev/tty /dev/mqueue /sys /sys/fs/cgroup /sys/kernel"
)
FIGURES = "version stat uptime cgroups"
"""What is left of the host in /proc; programs in some languages look for it."""
COVERED = (
    "kcore kallsyms keys key-users config.gz cmdline modules iomem timer_list sched_debug vmallocinfo interrupts "
    "diskstats partitions swaps locks"
)
LISTED = "sys bus fs sysvipc"

MAY_ONLY_TRY = """
import os
def attempt(path, data):
    try:
        os.write(os.open(path, os.O_WRONLY), data)
    except OSError:
        return
    print("could write to", path)
for name in ("fd/0", "fd/1", "fd/2", "mem", "oom_score_adj", "comm", "sched", "clear_refs", "timerslack_ns", "uid_map"):
    attempt(f"/proc/1/{name}", b"0")
for name in ("current", "exec", "fscreate", "keycreate", "sockcreate"):
    attempt(f"/proc/1/attr/{name}", b"0")
for name in ("fd", "ns"):
    try:
        print("could list", os.listdir(f"/proc/1/{name}"))
    except OSError:
        pass
for name in ("environ", "mem", "maps", "root/etc/passwd", "cwd/etc/passwd", "stack", "io", "syscall", "auxv"):
    try:
        print("could read", name, open(f"/proc/1/{name}", "rb").read(100))
    except OSError:
        pass
for number in (0, 1, 9, 15, 18, 19):
    for target in (1, -1):
        try:
            os.kill(target, number)
            print("could signal", target)
        except OSError:
            pass
print("all tried")
"""


@pytest.fixture
async def attacks() -> AsyncIterator[Attacks]:
    box = await chosen_box(0)
    yield Attacks(box, {})
    await box.close()


async def achieved(attacks: Attacks, source: str) -> set[str]:
    attempt = await attacks.run(source)
    assert attempt.verdict is None, attempt
    return {line.removeprefix("ESCAPED: ") for line in attempt.stdout.decode().splitlines()}


async def test_of_the_host_only_some_figures_can_be_read(attacks: Attacks) -> None:
    exists = {f"{path} exists" for path in f"{OF_THE_IMAGE} {OF_DOCKER}".split()}
    read = {f"/proc/{name} can be read" for name in FIGURES.split()}
    opened = {f"/proc/{name} can be opened" for name in COVERED.split()}
    listed = {f"the directory /proc/{name} can be listed" for name in LISTED.split()}
    assert await achieved(attacks, "reads_host_files.c") <= exists | read | opened | listed


async def test_above_the_root_there_is_an_empty_folder_of_the_image(attacks: Attacks) -> None:
    assert await achieved(attacks, "walks_upwards.c") == {"the directory /usr/lib/../../../../../../root can be listed"}
    look = Command(argv=("/bin/sh", "-c", "ls -A /root /home"), env={"PATH": "/usr/bin:/bin"})
    assert (await attacks.box.run(look, PATIENT)).stdout.split() == [b"/home:", b"/root:"]


async def test_all_that_a_program_can_write_to_in_proc_is_its_own(attacks: Attacks) -> None:
    lines = await achieved(attacks, "writes_to_proc.c")
    own = ("/proc/self/", "/proc/thread-self/")
    assert lines
    assert not [line for line in lines if not line.startswith(own) or not line.endswith("opened for writing")]


async def test_a_mount_that_honours_set_user_id_is_all_that_looks_like_more_rights(attacks: Attacks) -> None:
    assert await achieved(attacks, "becomes_root.c") == {"set-user-id counts on /usr"}


async def test_a_program_can_neither_write_to_nor_look_into_its_supervisor(attacks: Attacks) -> None:
    command = Command(argv=("/usr/bin/python3", "-I", "-S", "-c", MAY_ONLY_TRY))
    outcome = await attacks.box.run(command, PATIENT)
    assert outcome.stdout == b"all tried\n", outcome


async def test_a_set_user_id_program_of_the_image_runs_without_more_rights() -> None:
    api = APIClient(os.environ[ADDRESS], version="auto")
    made = api.create_container(os.environ[IMAGE], command=["/bin/true"])
    image = "ennead-test:set-user-id"
    try:
        api.put_archive(made["Id"], "/usr", archive_of("python", Path("/usr/bin/python3").resolve(), 0o6755))
        api.put_archive(made["Id"], "/usr", archive_of("secret", Path("/etc/hostname"), 0o600))
        api.commit(made["Id"], repository="ennead-test", tag="set-user-id")
    finally:
        api.remove_container(made["Id"], v=True)
    box = await start_docker_box(replace(docker_settings(), image=image))
    try:
        assert await rights(box) == b"[(1000, 1000, 1000), (1000, 1000, 1000)] 0 refused\n"
    finally:
        await box.close()
        api.remove_image(image)
        api.close()


async def rights(box: DockerBox) -> bytes:
    code = """
import os
status = open("/proc/self/status").read()
held = sum(int(line.split()[1], 16) for line in status.splitlines() if line.startswith("Cap"))
try:
    secret = open("/usr/secret").read()
except PermissionError:
    secret = "refused"
bits = os.stat("/usr/python").st_mode & 0o6000
assert bits == 0o6000, oct(bits)
print([os.getresuid(), os.getresgid()], held, secret)
"""
    outcome = await box.run(Command(argv=("/usr/python", "-I", "-S", "-c", code)), PATIENT)
    assert outcome.exit_code == 0, outcome
    return outcome.stdout


def archive_of(name: str, path: Path, mode: int) -> bytes:
    data = path.read_bytes()
    about = tarfile.TarInfo(name)
    about.size, about.mode = len(data), mode
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.addfile(about, io.BytesIO(data))
    return packed.getvalue()
