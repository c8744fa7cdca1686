"""What a hostile program tries because it is in a container: sockets, the supervisor's stream, the bounds."""

from __future__ import annotations

import os
import secrets
import socket
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from executor.model import Command, Limits, Verdict
from executor.sandbox.box import Place
from executor.sandbox.docker.docker_box import DockerBox
from executor.sandbox.docker.framing import MULTIPLEXED, Ask, Tell, frame
from tests.docker.chosen import ADDRESS, ON_DOCKER, chosen_box
from tests.security.support import PATIENT, Attempt

pytestmark = pytest.mark.skipif(not ON_DOCKER, reason="`make test-docker` starts the Docker Engine for this")

OPEN_TO_ALL = {
    *("/work", "/tmp", "/dev/shm"),
    *("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/ptmx"),
    "/etc/resolv.conf",
    *("/dev/fd", "/dev/stdin", "/dev/stdout", "/dev/stderr"),
}
"""
Directories that are emptied, devices that keep nothing (no terminal can be opened; /dev/null lies over resolv.conf),
and the own streams.
"""

FILLS_MEMORY = """
import os
with open("/{place}/big", "wb", buffering=0) as file:
    while True:
        file.write(bytes(1 << 20))
"""
FILLS_INODES = """
made = 0
try:
    while True:
        open(f"/{place}/{{made:0200}}", "w").close()
        made += 1
except OSError as error:
    print(made > 1000, error.strerror)
"""
LOOKS_FOR_SOCKETS = """
import os, socket, stat
for folder, folders, files in os.walk("/"):
    folders[:] = [name for name in folders if folder != "/" or name != "proc"]
    for name in files:
        try:
            if stat.S_ISSOCK(os.lstat(os.path.join(folder, name)).st_mode):
                print("found", folder, name)
        except OSError:
            pass
print(open("/proc/net/unix").read().count("\\n") - 1, "sockets listed")
def reach(family, where):
    try:
        socket.socket(family).connect(where)
        print("reached", where)
    except OSError:
        pass
import sys
port, abstract, path = sys.argv[1:]
for address in ("127.0.0.1", "172.17.0.1", "169.254.169.254", "0.0.0.0"):
    for number in (2375, 2376, int(port)):
        reach(socket.AF_INET, (address, number))
for name in (path, "/run/docker.sock", "/var/run/docker.sock", "/run/containerd/containerd.sock", "\\0" + abstract):
    reach(socket.AF_UNIX, name)
print("all tried")
"""
WRITES_ELSEWHERE = """
import os
for folder, folders, files in os.walk("/"):
    if folder == "/":
        folders.remove("proc")
    for name in (*folders, *files):
        path = os.path.join(folder, name)
        if os.access(path, os.W_OK) and not os.path.islink(path):
            print(path)
"""
HOLDS_WHAT = """
import os
for name in os.listdir("/proc/self/fd"):
    try:
        print(name, os.readlink(f"/proc/self/fd/{name}").partition(":")[0])
    except OSError:
        pass
"""
LOOKS_AROUND = "import os; print([os.listdir(path) for path in ('/work', '/tmp', '/dev/shm', '/artifact')])"
REPEATS_ITS_INPUT = "import sys; data = sys.stdin.buffer.read(); [os.write(fd, data) for fd in (1, 2)]"


@pytest.fixture
async def box() -> AsyncIterator[DockerBox]:
    started = await chosen_box(0)
    assert isinstance(started, DockerBox)
    yield started
    await started.close()


async def ran(box: DockerBox, code: str, *arguments: str, stdin: bytes = b"", limits: Limits = PATIENT) -> Attempt:
    command = Command(argv=("/usr/bin/python3", "-I", "-S", "-c", f"import os\n{code}", *arguments), stdin=stdin)
    return Attempt(await box.run(command, limits), limits)


@pytest.mark.parametrize("place", ["work", "tmp", "dev/shm"])
async def test_who_fills_the_memory_with_files_ends_neither_the_container_nor_the_next_job(
    box: DockerBox, place: str
) -> None:
    container = box.container
    for _ in range(3):
        attempt = await ran(box, FILLS_MEMORY.format(place=place))
        assert attempt.verdict is Verdict.MLE, attempt
        await box.reset()
        assert (await ran(box, LOOKS_AROUND)).stdout == b"[[], [], [], []]\n"
    assert box.container == container


@pytest.mark.parametrize("place", ["work", "tmp", "dev/shm"])
async def test_who_makes_as_many_files_as_there_may_be_leaves_none_of_them(box: DockerBox, place: str) -> None:
    container = box.container
    attempt = await ran(box, FILLS_INODES.format(place=place))
    assert attempt.verdict is Verdict.MLE or attempt.stdout == b"True No space left on device\n", attempt
    assert (await ran(box, LOOKS_AROUND)).stdout == b"[[], [], [], []]\n"
    assert box.container == container


async def test_no_socket_of_the_engine_or_the_host_is_reached_from_a_container(box: DockerBox) -> None:
    abstract = f"ennead-{secrets.token_hex(8)}"
    path = os.environ[ADDRESS].removeprefix("unix://")
    assert stat.S_ISSOCK(Path(path).stat().st_mode)
    with socket.create_server(("0.0.0.0", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
        unix.bind(f"\0{abstract}")
        unix.listen()
        attempt = await ran(box, LOOKS_FOR_SOCKETS, str(tcp.getsockname()[1]), abstract, path)
    assert attempt.stdout == b"0 sockets listed\nall tried\n", attempt


async def test_all_that_a_program_can_write_to_is_emptied_after_it_or_keeps_nothing(box: DockerBox) -> None:
    await box.load([], Place.ARTIFACT)
    attempt = await ran(box, WRITES_ELSEWHERE)
    assert attempt.verdict is None, attempt
    assert set(attempt.stdout.decode().split()) <= OPEN_TO_ALL, attempt


async def test_a_program_holds_its_three_streams_and_nothing_of_its_supervisors(box: DockerBox) -> None:
    attempt = await ran(box, HOLDS_WHAT, stdin=b"x")
    held = dict(line.split() for line in attempt.stdout.decode().splitlines())
    assert held == {"0": "/memfd", "1": "pipe", "2": "pipe"}, attempt


async def test_frames_that_a_program_forges_are_its_output_and_nothing_else(box: DockerBox) -> None:
    report = frame(Tell.REPORT, {"id": box._run_number + 1, "how": 0, "code": 0})
    forged = b"".join((
        report,
        MULTIPLEXED.pack(1, len(report)) + report,
        frame(Tell.DONE, {}),
        frame(Tell.FILE, {"name": "planted", "more": False}, 1) + b"x",
        frame(Ask.RESET, {}),
        frame(255, {}, 1 << 40),
    ))  # fmt: skip
    attempt = await ran(box, f"{REPEATS_ITS_INPUT}\nos._exit(3)", stdin=forged)
    assert (attempt.stdout, attempt.outcome.stderr, attempt.outcome.exit_code) == (forged, forged, 3), attempt
    assert await box.collect(["*"], 1 << 20) == ()
    assert (await ran(box, "print(42)")).stdout == b"42\n"
