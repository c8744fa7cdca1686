"""
deploy/Dockerfile is built, and containers of it judge with the options that docs/operations.md gives them.

No registry of images is asked: the base is Debian's own minimal system, made here, with the package sources and the
certificates of this machine, as an operator's own base has them. ENNEAD_TEST_BASE names one that the engine has,
ENNEAD_TEST_LANGUAGES other languages than C, C++ and Python, such as --nine.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.docker.chosen import ADDRESS, ON_DOCKER

pytestmark = [
    pytest.mark.skipif(not ON_DOCKER, reason="`make test-docker` starts the Docker Engine for this"),
    pytest.mark.timeout(1200),
]

REPOSITORY = Path(__file__).parents[2]
DOCUMENT = (REPOSITORY / "docs" / "operations.md").read_text(encoding="utf-8")
BASE = "ennead-test-base"
BUILT = "ennead-test-nine"
PREPARED = "ennead-test-prepared"
STORE = "/usr/local/lib/ennead/prepared"
CLIENT = "/usr/bin/docker" if Path("/usr/bin/docker").exists() else "docker"
"""Of the package that the engine comes with: another one on PATH may know no BuildKit."""
OF_THE_MACHINE = ("etc/apt", "etc/pip.conf", "etc/ssl/certs", "usr/local/share/ca-certificates", "usr/share/keyrings")
START_S = 60.0
LANGUAGES = os.environ.get("ENNEAD_TEST_LANGUAGES", "c cpp python")

CPP = '#include <iostream>\nint main() { long a, b; std::cin >> a >> b; std::cout << a + b << "\\n"; }\n'
PYTHON = "print(sum(map(int, input().split())))\n"


def docker(*words: str | Path, check: bool = True, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [CLIENT, "-H", os.environ[ADDRESS], *words]
    environment = os.environ | {"DOCKER_BUILDKIT": "1"}
    return subprocess.run(command, input=stdin, env=environment, capture_output=True, check=check)


@pytest.fixture(scope="module")
def base() -> str:
    if (name := os.environ.get("ENNEAD_TEST_BASE")) is not None:
        return name
    if shutil.which("debootstrap") is None:
        pytest.skip("there is no debootstrap: `make test-docker` installs it")
    with tempfile.TemporaryDirectory(prefix="ennead-base-", dir="/var/tmp") as name:
        root, packed = Path(name, "root"), Path(name, "packed")
        suite = re.search(r"^VERSION_CODENAME=(\w+)$", Path("/etc/os-release").read_text(), re.MULTILINE)
        assert suite is not None
        made = ["debootstrap", "--variant=minbase", "--include=ca-certificates", suite[1], str(root)]
        subprocess.run(made, capture_output=True, check=True)
        take_from_the_machine(root)
        subprocess.run(["tar", "--numeric-owner", "-C", root, "-cf", packed, "."], check=True)
        docker("import", packed, BASE)
    return BASE


def take_from_the_machine(root: Path) -> None:
    there = [name for name in OF_THE_MACHINE if Path("/", name).exists()]
    subprocess.run(["cp", "--archive", "--remove-destination", "--parents", *there, root], cwd="/", check=True)


@pytest.fixture(scope="module")
def image(base: str) -> str:
    made = docker(
        "build", "--network=host", "--file", REPOSITORY / "deploy" / "Dockerfile", "--tag", BUILT,
        "--build-arg", f"BASE={base}", "--build-arg", f"LANGUAGES={LANGUAGES}", REPOSITORY, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr.decode()[-4000:]
    return BUILT


def documented(kind: str) -> list[str]:
    """The options of a `docker run` of docs/operations.md, but for the port: the engine of the tests has no bridge."""
    text = DOCUMENT.partition(f"    # {kind}")[2].partition("docker run ")[2].partition("ennead:nine")[0]
    words = shlex.split(text.replace("\\\n", " "))
    at = words.index("--publish")
    return [*words[:at], *words[at + 2 :]]


def prepare_command(image: str) -> list[str]:
    """The words after `docker` of the documented command that prepares, with the image of the tests."""
    text = DOCUMENT.partition("    # Prepared")[2].partition("docker ")[2].partition("    docker commit")[0]
    return shlex.split(text.replace("\\\n", " ").replace("ennead:nine", image))


@pytest.fixture(scope="module")
def prepared(image: str) -> Iterator[str]:
    """Made as the document says."""
    words = prepare_command(image)
    container = words[words.index("--name") + 1]
    try:
        done = docker(*words, check=False)
        assert done.returncode == 0, (done.stdout, done.stderr)
        docker("commit", "--change", "USER ennead", "--change", 'CMD ["serve"]', container, PREPARED)
    finally:
        docker("rm", "--force", "--volumes", container, check=False)
    yield PREPARED
    docker("rmi", "--force", PREPARED, check=False)


@contextmanager
def serving(image: str, kind: str) -> Iterator[str]:
    """A container that answers, as the image's own health check finds it."""
    name = docker("run", "--detach", "--network=none", *documented(kind), image).stdout.decode().strip()
    try:
        deadline = time.monotonic() + START_S
        while docker("exec", name, "exec-cli", "health", check=False).returncode != 0:
            assert time.monotonic() < deadline, docker("logs", name).stderr.decode()
            time.sleep(0.2)
        yield name
    finally:
        docker("rm", "--force", "--volumes", name, check=False)


@pytest.mark.parametrize("kind, polled", [("Exact limits", False), ("No privilege at all", True)])
def test_a_container_judges_with_the_options_that_are_documented(image: str, kind: str, *, polled: bool) -> None:
    with serving(image, kind) as container:
        docker("exec", container, "mkdir", "-p", "/tmp/sum/tests")
        for said, text in (("in", b"40 2\n"), ("out", b"42\n")):
            docker("exec", "--interactive", container, "tee", f"/tmp/sum/tests/1.{said}", stdin=text)
        for file, code in (("/tmp/sum/sum.cpp", CPP), ("/tmp/sum/sum.py", PYTHON)):
            docker("exec", "--interactive", container, "tee", file, stdin=code.encode())
            command = ("exec-cli", "run", file, "--tests", "/tmp/sum/tests", "--server", "127.0.0.1:50051", "--json")
            done = docker("exec", container, *command, check=False)
            assert done.returncode == 0, (done.stdout, done.stderr)
            told = json.loads(done.stdout)
            assert told["verdict"] == "AC", told
            assert (told["meter"] == "polling") == polled


def test_a_build_may_not_start_boxes_so_an_image_is_prepared_afterwards(image: str) -> None:
    """Where this fails, engines have become more generous, and deploy/Dockerfile can prepare."""
    steps = f"FROM {image}\nUSER root\nRUN exec-cli runtimes prepare cpp\n"
    made = docker("build", "--progress=plain", "--network=none", "-", stdin=steps.encode(), check=False)
    said = made.stderr.decode()
    assert made.returncode != 0, said
    assert "a box cannot be started" in said
    assert "Operation not permitted" in said


def test_a_prepared_image_has_everything_that_can_be_prepared_for_its_languages(prepared: str) -> None:
    find = ("run", "--rm", "--network=none", "--user=root", "--entrypoint=find", prepared, STORE, "-printf", "%T@\n")
    fractions = {line.partition(b".")[2].strip(b"0") for line in docker(*find).stdout.split()}
    assert fractions == {b""}, "a layer keeps whole seconds"
    with serving(prepared, "No privilege at all") as container:
        there = json.loads(docker("exec", container, "exec-cli", "runtimes", "--json").stdout)
        about = {each["id"]: each["prepared"] for each in there if each["available"] and each["prepared"] is not None}
        assert about["cpp"]["assets"] > 0, about
        assert not [each for each in about.values() if each["missing"]], about
