"""The real `exec-cli run --server` against the real `exec-cli serve`: what is seen is what is seen without a server."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cli.remote import ServerOptions
from cli.run import RunOptions, job_of
from executor.errors import RuntimeUnavailable
from executor.runtime import Runtimes

REPOSITORY = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "cli"]
ECHO = "import sys; sys.stdout.write(sys.stdin.read())"
CPP = "#include <iostream>\nint main() { int n; std::cin >> n; std::cout << n << '\\n'; }\n"
TOKEN = "0123456789abcdef"  # noqa: S105  # of a server that lives for a test
Cli = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    cache = tmp_path_factory.mktemp("cache")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ENNEAD_")}
    return {**kept, "PYTHONPATH": str(REPOSITORY), "XDG_CACHE_HOME": str(cache)}


@contextmanager
def serving(environment: dict[str, str], *options: str | Path) -> Iterator[str]:
    """The address of a server that ends, in order, afterwards."""
    command = [*COMMAND, "serve", "--listen", "127.0.0.1:0", "--slots", "1", *options]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        try:
            said = ""
            while (found := re.search(r"listening on (\S+)", said)) is None:
                said = server.stderr.readline()
                assert said, "the server ended"
            yield found[1]
        finally:
            server.send_signal(signal.SIGTERM)
            _, rest = server.communicate(timeout=60)
            assert server.returncode == 0, rest


@pytest.fixture(scope="module")
def address(environment: dict[str, str]) -> Iterator[str]:
    with serving(environment) as address:
        yield address


@pytest.fixture
def exec_cli(environment: dict[str, str]) -> Cli:
    def call(*args: str | Path, stdin: bytes = b"", **extra: str) -> subprocess.CompletedProcess[bytes]:
        env = {**environment, **extra}
        return subprocess.run([*COMMAND, *args], env=env, input=stdin, capture_output=True, timeout=90, check=False)

    return call


def program(folder: Path, code: str, name: str = "a.py") -> Path:
    path = folder / name
    path.write_text(code)
    return path


def folder_of(folder: Path, **cases: str) -> Path:
    """A folder in which every case expects its own input."""
    tests = folder / "tests"
    tests.mkdir()
    for name, text in cases.items():
        (tests / f"{name}.in").write_text(text)
        (tests / f"{name}.out").write_text(text)
    return tests


def without_times(said: bytes) -> bytes:
    return re.sub(rb"(cpu|wall|memory) +[0-9.-]+ (ms|MiB)", rb"\1", said)


def test_the_lines_and_the_difference_are_those_of_a_local_run(exec_cli: Cli, address: str, tmp_path: Path) -> None:
    source = program(tmp_path, "print(min(int(input()), 2))")
    tests = folder_of(tmp_path, c1="1\n", c2="2\n", c3="3\n", c4="4\n")
    here = exec_cli("run", source, "--tests", tests, "--jobs", "1")
    there = exec_cli("run", source, "--tests", tests, "--server", address)
    assert (there.returncode, there.stderr) == (here.returncode, here.stderr) == (1, b"")
    assert without_times(there.stdout) == without_times(here.stdout)


def test_the_object_for_scripts_is_that_of_a_local_run(exec_cli: Cli, address: str, tmp_path: Path) -> None:
    source, tests = program(tmp_path, ECHO), folder_of(tmp_path, c1="1\n", c2="größe\n")

    def told(*where: str) -> Any:
        known = json.loads(exec_cli("run", source, "--tests", tests, "--json", *where).stdout)
        for measured in (known, known["compile"], *known["cases"]):
            for key in ("elapsed_ms", "cpu_ms", "wall_ms", "memory_bytes", "cached"):
                measured.pop(key, None)
        return known

    assert told("--server", address) == told("--jobs", "1")


def test_a_compiled_language_is_judged(exec_cli: Cli, address: str, tmp_path: Path) -> None:
    done = exec_cli(
        "run", program(tmp_path, CPP, "a.cpp"), "--tests", folder_of(tmp_path, c1="1\n"), "--server", address
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().splitlines()[-1] == "AC 1/1"


def test_a_compiler_is_needed_on_the_server_alone(tmp_path: Path) -> None:
    lacking = [replace(runtime, compile=(("no-such-compiler",),)) for runtime in Runtimes.load() if runtime.id == "cpp"]
    options = RunOptions(files=(program(tmp_path, CPP, "a.cpp"),), stdin=program(tmp_path, "1", "input"))
    with pytest.raises(RuntimeUnavailable):
        job_of(options, Runtimes(lacking))
    there = replace(options, server=ServerOptions(addresses=("127.0.0.1:1",)))
    assert job_of(there, Runtimes(lacking)).submission.runtime == "cpp"


def test_the_output_of_a_single_run_is_passed_on_as_it_is(exec_cli: Cli, address: str, tmp_path: Path) -> None:
    data = bytes(range(256))
    source = program(tmp_path, "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read())")
    done = exec_cli("run", source, "--server", address, stdin=data)
    assert (done.returncode, done.stdout) == (0, data)
    assert done.stderr.startswith(b"AC")


def test_an_output_that_is_cut_on_its_way_is_said_to_be(exec_cli: Cli, address: str, tmp_path: Path) -> None:
    done = exec_cli("run", program(tmp_path, "print('x' * 3_000_000)"), "--server", address)
    assert (done.returncode, done.stdout) == (0, b"x" * 2**20)
    assert b"the server sent the first 1048576 bytes of the output" in done.stderr


def test_a_difference_is_not_claimed_where_the_output_was_cut(exec_cli: Cli, address: str, tmp_path: Path) -> None:
    long = "1\n" * 1_000_000
    source = program(tmp_path, f"print({long!r}, end='2')")
    done = exec_cli("run", source, "--tests", folder_of(tmp_path, c1=long), "--server", address)
    assert done.returncode == 1
    assert b"first wrong case: c1" in done.stdout
    assert b"expected" not in done.stdout.partition(b"first wrong case")[2]


def test_a_token_is_shown_from_a_file_or_the_environment_and_tls_is_spoken(
    exec_cli: Cli, environment: dict[str, str], tmp_path: Path
) -> None:
    tokens, token = program(tmp_path, f"alice {TOKEN}\n", "tokens"), program(tmp_path, f"{TOKEN}\n", "token")
    certificate, key = tmp_path / "server.pem", tmp_path / "server.key"
    about = ("-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2")
    files: tuple[str | Path, ...] = ("-keyout", key, "-out", certificate)
    openssl = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *files, *about)
    subprocess.run(openssl, check=True, capture_output=True)
    source = program(tmp_path, "print(1)")
    options = ("--tokens", tokens, "--tls-certificate", certificate, "--tls-key", key)
    with serving(environment, *options) as address:
        asked = ("run", source, "--server", address, "--tls-ca", certificate)
        assert exec_cli(*asked, "--token-file", token).stdout == b"1\n"
        assert exec_cli(*asked, ENNEAD_TOKEN=TOKEN).stdout == b"1\n"
        denied = exec_cli(*asked)
        assert (denied.returncode, denied.stdout) == (3, b"")
        assert b"send a token of this server" in denied.stderr
        plain = exec_cli("run", source, "--server", address, ENNEAD_TOKEN=TOKEN)
        assert plain.returncode == 3
        assert len(plain.stderr.splitlines()) == 1


def test_of_several_servers_one_that_is_away_is_no_obstacle(exec_cli: Cli, address: str, tmp_path: Path) -> None:
    done = exec_cli("run", program(tmp_path, "print(1)"), "--server", "127.0.0.1:1", "--server", address)
    assert (done.returncode, done.stdout) == (0, b"1\n")


@pytest.mark.parametrize(
    "options,status,sentence",
    [
        (("--server", "127.0.0.1:1"), 3, rb"exec-cli: the judge failed: .*refused.*\n"),
        (("--server", "nonsense"), 2, rb"exec-cli: 'nonsense' is neither HOST:PORT nor unix:/PATH\n"),
        (("--server", "127.0.0.1:1", "--jobs", "2"), 2, rb"exec-cli: --jobs and --server exclude each other.*\n"),
        (("--tls",), 2, rb"exec-cli: --token-file and --tls\.\.\. are for --server.*\n"),
        (("--server", "127.0.0.1:1", "--tls-key", "x"), 2, rb"exec-cli: --tls-certificate and --tls-key belong.*\n"),
        (("--server", "127.0.0.1:1", "--tls-ca", "gone"), 2, rb"exec-cli: .gone. does not exist\n"),
        (("--server", "127.0.0.1:1", "--token-file", os.devnull), 2, rb"exec-cli: ./dev/null. is a device.*\n"),
    ],
    ids=["away", "nonsense", "jobs", "tls-alone", "key-alone", "no-authority", "no-token"],
)
def test_what_cannot_be_done_is_one_sentence(
    exec_cli: Cli, tmp_path: Path, options: tuple[str, ...], status: int, sentence: bytes
) -> None:
    done = exec_cli("run", program(tmp_path, "print(1)"), *options)
    assert (done.returncode, done.stdout) == (status, b"")
    assert re.fullmatch(sentence, done.stderr), done.stderr


def test_what_the_server_refuses_is_its_own_sentence(
    exec_cli: Cli, environment: dict[str, str], tmp_path: Path
) -> None:
    source = program(tmp_path, "print(1)")
    config = program(tmp_path, "[maximum_limits]\ncpu_ms = 1000\n", "ennead.toml")
    with serving(environment, "--config", config) as address:
        done = exec_cli("run", source, "--server", address, "--time-limit", "5s")
    assert done.returncode == 2
    assert done.stderr == b"exec-cli: limits.cpu_ns is 5000000000; this server allows at most 1000000000\n"
