"""Programs of every language of the image are judged under gVisor, on each platform that `make test-docker` knows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docker.chosen import ADDRESS, IMAGE, ON_DOCKER

REPOSITORY = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(not ON_DOCKER, reason="`make test-docker` starts the Docker Engine for this")


def known_runtimes() -> list[str]:
    command = ["docker", "-H", os.environ[ADDRESS], "info", "--format", "{{json .Runtimes}}"]
    return list(json.loads(subprocess.run(command, capture_output=True, check=True).stdout))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("oci_runtime", ["runsc", "runsc-ptrace"])
def test_hello_programs_are_judged_under_gvisor(oci_runtime: str) -> None:
    if oci_runtime not in known_runtimes():
        pytest.skip("there is no runsc on this machine: `make test-docker` installs it where Debian has it")
    command = [
        sys.executable, "-m", "cli", "runtimes", "check", "--json", "--sandbox", "docker", "--oci-runtime", oci_runtime,
        "--docker-address", os.environ[ADDRESS], "--docker-image", os.environ[IMAGE],
    ]  # fmt: skip
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    checked = {each["id"]: each for each in json.loads(done.stdout)}
    assert {"c", "cpp", "python"} <= set(checked), done.stderr
    assert not [each for each in checked.values() if not each["passed"]], done.stdout
