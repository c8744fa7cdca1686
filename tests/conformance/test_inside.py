"""What a program finds: its arguments, its environment, its directories, and nothing else."""

from __future__ import annotations

import json
import os

import pytest

from executor.model import Command
from executor.sandbox.box import Box
from tests.conformance.support import LIMITS, Probe, brief, python, shell, stdout_of

WRITABLE = ("/work", "/tmp", "/dev/shm")

each_writable = pytest.mark.parametrize("directory", WRITABLE)


async def environment_of(box: Box, env: dict[str, str]) -> set[bytes]:
    printed = stdout_of(await box.run(Command(argv=("/usr/bin/env", "-0"), env=env), LIMITS))
    return {line for line in printed.split(b"\0") if line}


async def test_the_environment_is_the_commands(box: Box) -> None:
    """A program sees the variables of its command, and no other."""
    env = {"PATH": "/usr/bin", "EMPTY": "", "SPACES": " a  b ", "LINES": "a\nb", "UMLAUT": "größe", "E": "=x="}
    assert await environment_of(box, env) == {os.fsencode(f"{name}={value}") for name, value in env.items()}


async def test_an_empty_environment_is_empty(box: Box) -> None:
    """Nothing of the judge's own environment, and nothing of the run before, gets into a box."""
    await environment_of(box, {"BEFORE": "1"})
    assert await environment_of(box, {}) == set()


async def test_an_environment_that_is_no_text(box: Box) -> None:
    """Values that are not UTF-8 arrive byte for byte."""
    assert await environment_of(box, {"RAW": os.fsdecode(b"\xff\xfe\x80")}) == {b"RAW=\xff\xfe\x80"}


async def test_arguments_arrive_as_they_are(box: Box, probe: Probe) -> None:
    """No shell looks at the arguments: spaces, quotes, line ends, wildcards and bytes that are no text are kept."""
    arguments = ["", " a  b ", "'\"", "new\nline", "*", "$HOME `id`", "--", "größe", os.fsdecode(b"\xff\xfe\x80")]
    printed = stdout_of(await box.run(probe("argv", *arguments), LIMITS))
    assert printed.split(b"\0")[:-1] == [os.fsencode(argument) for argument in arguments]


async def test_the_current_directory(box: Box) -> None:
    """A program begins in /work, which is empty."""
    assert stdout_of(await box.run(shell("pwd; ls -A"), LIMITS)) == b"/work\n"


@each_writable
async def test_a_writable_directory(box: Box, directory: str) -> None:
    """Files can be made, executed, renamed and removed there, by everything that a program may be."""
    script = f"""
        cd {directory} && mkdir -p a/b && echo '#!/bin/sh
        echo ran' > a/b/c && chmod +x a/b/c && mv a/b/c d && rmdir a/b a && ln -s d e && ./e && rm d e && ls -A
        """
    assert stdout_of(await box.run(shell(script), LIMITS)) == b"ran\n"


@each_writable
async def test_a_writable_directory_is_empty_at_each_run(box: Box, directory: str) -> None:
    """What a run leaves is not there for the next one."""
    script = f"cd {directory} && ls -A && echo 1 > file && echo 1 > .hidden && mkdir folder && echo 1 > folder/file"
    for _ in range(3):
        assert stdout_of(await box.run(shell(script), LIMITS)) == b""


@pytest.mark.parametrize(
    "mess",
    [
        pytest.param("os.mkdir('a'); open('a/b', 'w'); os.chmod('a', 0)", id="forbidden-directory"),
        pytest.param("[(os.mkdir('d'), os.chdir('d')) for _ in range(1500)]", id="deep"),
        pytest.param("[open(str(i), 'w').close() for i in range(5000)]", id="many"),
        pytest.param("[os.mkdir(str(i)) for i in range(2000)]", id="wide"),
        pytest.param("open(b'\\xff\\n' + b'x' * 250, 'w'); os.mkfifo('fifo'); os.symlink('/', 'root')", id="strange"),
        pytest.param("os.system('chmod 0 . 2>/dev/null')", id="closed"),
        pytest.param("import socket; socket.socket(socket.AF_UNIX).bind('socket')", id="socket"),
    ],
)
async def test_no_mess_survives_a_run(box: Box, mess: str) -> None:
    """However a program leaves its directories, the next run finds them empty and writable."""
    assert (await box.run(python(f"import os; {mess}"), LIMITS)).exit_code == 0
    assert stdout_of(await box.run(shell("ls -A . /tmp /dev/shm; echo 1 > new; cat new"), LIMITS)).endswith(b"\n1\n")
    assert stdout_of(await box.run(shell("ls -A ."), LIMITS)) == b""


async def test_the_work_directory_can_be_kept(box: Box) -> None:
    """With keep_work the next run goes on where the last one stopped, and only then."""
    script = "cat file; echo step >> file"
    assert (await box.run(shell(script), LIMITS, keep_work=True)).stdout == b""
    assert stdout_of(await box.run(shell(script), LIMITS, keep_work=True)) == b"step\n"
    assert stdout_of(await box.run(shell(script), LIMITS)) == b"step\nstep\n"
    assert stdout_of(await box.run(shell("ls -A"), LIMITS)) == b""


async def test_a_kept_work_directory_ends_with_its_job(box: Box) -> None:
    """A reset empties what was kept."""
    await box.run(shell("echo 1 > file"), LIMITS, keep_work=True)
    await box.reset()
    assert stdout_of(await box.run(shell("ls -A"), LIMITS)) == b""


async def test_the_root_holds_only_what_is_promised(box: Box) -> None:
    """Nothing of the host is there but the toolchains."""
    names = set(stdout_of(await box.run(shell("ls -A /"), LIMITS)).decode().split())
    libraries = {"bin", "sbin", "lib", "lib32", "lib64", "libx32"}
    assert names - libraries == {"artifact", "dev", "etc", "proc", "tmp", "usr", "work"}


async def test_everything_else_is_read_only(box: Box) -> None:
    """A program can create no file outside the writable directories."""
    code = """
        import os
        for place in ("/", "/usr", "/usr/bin", "/etc", "/dev", "/proc", "/artifact", "/lib"):
            try:
                os.open(place + "/new", os.O_CREAT | os.O_WRONLY)
                print(place)
            except OSError:
                pass
        """
    assert stdout_of(await box.run(python(code), LIMITS)) == b""


async def test_the_five_devices(box: Box) -> None:
    """null, zero, full, random and urandom work."""
    code = """
        import os
        print(open("/dev/null", "rb").read(), open("/dev/zero", "rb").read(2), len(os.urandom(3)))
        print(len(open("/dev/random", "rb", buffering=0).read(4)), len(open("/dev/urandom", "rb").read(5)))
        open("/dev/null", "w").write("gone")
        try:
            os.write(os.open("/dev/full", os.O_WRONLY), b"x")
        except OSError as error:
            print(error.strerror)
        """
    expected = b"b'' b'\\x00\\x00' 3\n4 5\nNo space left on device\n"
    assert stdout_of(await box.run(python(code), LIMITS)) == expected


async def test_a_program_has_no_privileges(box: Box) -> None:
    """It is no root, has no capability and can gain none."""
    status = stdout_of(await box.run(shell("cat /proc/self/status"), LIMITS)).decode()
    fields = dict(line.split(":\t", 1) for line in status.splitlines())
    assert "0" not in fields["Uid"].split()
    assert [int(fields[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapAmb", "CapBnd")] == [0] * 5
    assert fields["NoNewPrivs"] == "1"
    assert fields["Seccomp"] == "2"


async def test_a_program_begins_with_ordinary_signals(box: Box) -> None:
    """No signal is blocked or ignored, as in a program that a shell starts."""
    status = stdout_of(await box.run(shell("cat /proc/self/status"), LIMITS)).decode()
    fields = dict(line.split(":\t", 1) for line in status.splitlines())
    internal = 0b11 << 31  # signals 32 and 33 are glibc's own: its posix_spawn ignores them, its threads take them back
    assert [int(fields[name], 16) & ~internal for name in ("SigBlk", "SigIgn")] == [0, 0]


async def test_a_program_inherits_three_descriptors(box: Box, probe: Probe) -> None:
    """Nothing is open but standard input, output and error."""
    for stdin in (b"", b"input"):
        assert stdout_of(await box.run(probe("list-descriptors", stdin=stdin), LIMITS)) == b"0 1 2 "


async def test_there_is_no_network(box: Box) -> None:
    """There is a loopback of the box's own, and no way out of it."""
    code = """
        import json, socket
        def attempt(address):
            with socket.socket() as out:
                out.settimeout(5)
                try:
                    out.connect(address)
                except OSError as error:
                    return error.strerror
        with socket.create_server(("127.0.0.1", 0)) as server:
            own = attempt(server.getsockname())
        names = [line.split(":")[0].strip() for line in open("/proc/self/net/dev").readlines()[2:]]
        print(json.dumps([names, own, attempt(("192.0.2.1", 80))]))
        """
    outcome = await box.run(python(code), LIMITS)
    interfaces, own, outside = json.loads(stdout_of(outcome))
    assert (own, outside) == (None, "Network is unreachable"), brief(outcome)
    assert "lo" in interfaces
    assert not [name for name in interfaces if name.startswith(("eth", "en", "wl", "docker"))]


async def test_a_program_sees_only_processes_of_its_run(box: Box) -> None:
    """The process list of a box has no process of the host and of no other box."""
    code = """
        import os
        names = [open(f"/proc/{pid}/comm").read().strip() for pid in os.listdir("/proc") if pid.isdigit()]
        print(os.getpid() < 1000, len(names))
        """
    first, count = stdout_of(await box.run(python(code), LIMITS)).split()
    assert first == b"True"
    assert int(count) <= 3
