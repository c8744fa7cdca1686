"""
Hello programs of the nine languages are judged under gVisor, on each platform that `make test-docker` knows.

They are the self-tests of the runtimes. Their image is made of what is installed on this machine, as the other tests'
is; a language that is not installed here is skipped by its name.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from docker import APIClient

from cli.install import NINE
from executor.runtime import Runtime, Runtimes
from tests.docker.chosen import ADDRESS, ON_DOCKER
from tests.docker.packing import import_image

REPOSITORY = Path(__file__).parents[2]
IMAGE_OF_NINE = "ennead-test:nine"
pytestmark = [
    pytest.mark.skipif(not ON_DOCKER, reason="`make test-docker` starts the Docker Engine for this"),
    pytest.mark.timeout(600),
]


@pytest.fixture(scope="module")
def installed() -> Mapping[str, Runtime]:
    return {runtime.id: runtime for runtime in Runtimes.load().available() if runtime.id in NINE}


@pytest.fixture(scope="module")
def image(installed: Mapping[str, Runtime]) -> str:
    """It goes with the engine."""
    import_image(os.environ[ADDRESS], IMAGE_OF_NINE, tuple(installed.values()))
    return IMAGE_OF_NINE


@pytest.fixture(scope="module", params=["runsc", "runsc-ptrace"])
def checked(image: str, installed: Mapping[str, Runtime], request: pytest.FixtureRequest) -> dict[str, object]:
    """What is wrong with each language under one of gVisor's platforms."""
    if request.param not in known_runtimes():
        pytest.skip("there is no runsc on this machine: `make test-docker` installs it where Debian has it")
    command = [
        sys.executable, "-m", "cli", "runtimes", "check", *installed, "--json", "--sandbox", "docker",
        "--oci-runtime", request.param, "--docker-address", os.environ[ADDRESS], "--docker-image", image,
    ]  # fmt: skip
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    return {each["id"]: each["problems"] for each in json.loads(done.stdout)}


def known_runtimes() -> list[str]:
    api = APIClient(os.environ[ADDRESS], version="auto")
    try:
        return list(api.info()["Runtimes"])
    finally:
        api.close()


@pytest.mark.parametrize("language", NINE)
def test_hello_programs_are_judged_under_gvisor(
    checked: Mapping[str, object], installed: Mapping[str, Runtime], language: str
) -> None:
    if language not in installed:
        pytest.skip(f"{language} is not installed on this machine: `exec-cli runtimes install {language}`")
    assert checked[language] == []
