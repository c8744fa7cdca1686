"""Programs that know the service by its .proto file, or by the client, call a real server as their authors would."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.test_client_sync import serving_elsewhere

REPOSITORY = Path(__file__).parents[2]
EXAMPLES = REPOSITORY / "examples"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with serving_elsewhere(tmp_path) as address:
        yield address


def called(*command: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "proto")])}
    env["ENNEAD_PROTO"] = str(REPOSITORY / "proto")
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=100, check=False)


def test_the_harness_in_python_counts_verdicts(address: str) -> None:
    done = called(sys.executable, EXAMPLES / "grpc-python" / "harness.py", address)
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    for line in ("right: AC 2/2", "float: WA 1/2", "loops: TLE 0/2"):
        assert line in said, said


def test_the_generated_code_alone_is_enough(address: str) -> None:
    done = called(sys.executable, EXAMPLES / "grpc-python" / "stubs.py", address)
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    assert said[-1] == "VERDICT_WA 1/2"
    assert sorted(line.split()[1] for line in said[:-1]) == ["VERDICT_AC", "VERDICT_WA"]


@pytest.fixture(scope="module")
def node_example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example for Node with its packages, in a folder of its own."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("LOUD: node or npm is not installed, so no foreign client was tried")
    folder = tmp_path_factory.mktemp("node")
    for name in ("package.json", "judge.js"):
        shutil.copy(EXAMPLES / "grpc-node" / name, folder)
    done = called("npm", "install", "--no-audit", "--no-fund", "--loglevel=error", cwd=folder)
    if done.returncode != 0:
        assert any(word in done.stderr for word in ("ENOTFOUND", "EAI_AGAIN", "ECONN", "ETIMEDOUT")), done.stderr
        pytest.skip("LOUD: npm reaches no registry, so no foreign client was tried")
    return folder


@pytest.mark.slow
def test_a_client_in_node_judges_a_program(node_example: Path, address: str) -> None:
    done = called("node", "judge.js", address, cwd=node_example)
    said = done.stdout.splitlines()
    assert (done.returncode, said[-1:]) == (1, ["WA 1/2"]), done.stderr
    assert sorted(line.split()[:2] for line in said[:-1]) == [["AC", "small"], ["WA", "large"]]


@pytest.mark.slow
def test_a_client_in_node_is_told_why_a_call_failed(node_example: Path) -> None:
    done = called("node", "judge.js", "127.0.0.1:1", cwd=node_example)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("UNAVAILABLE: ")
