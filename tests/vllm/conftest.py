"""
What the tests of a real vLLM share: its environment, a model that was trained for it, a server of each kind.

All of it is made when it is missing, and kept beside the environment: minutes at first, seconds after that. Because of
these minutes the tests run only when they are asked for, as `make test-vllm` does.
"""

from __future__ import annotations

import hashlib
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.vllm.support import PROBLEMS, REPOSITORY, Vllm, clean_environment

TRAINING = REPOSITORY / "examples" / "toy-model" / "train.py"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "vllm" in str(config.option.markexpr):
        return
    for item in items:
        if item.get_closest_marker("vllm"):
            item.add_marker(pytest.mark.skip(reason="needs minutes and 3 GB of disk; `make test-vllm` runs it"))


@pytest.fixture(scope="session")
def environment() -> Path:
    """The directory of vLLM's virtual environment."""
    setup = REPOSITORY / "deploy" / "setup-vllm"
    subprocess.run([setup], check=True)
    where = subprocess.run([setup, "where"], check=True, capture_output=True, text=True)
    return Path(where.stdout.strip())


@pytest.fixture(scope="session")
def toy_model(environment: Path) -> Path:
    """The directory of the toy model: one for each state of what it is made from."""
    digest = hashlib.sha256(TRAINING.read_bytes())
    for path in sorted([*PROBLEMS.glob("*/statement.md"), *PROBLEMS.glob("*/solutions/*.cpp")]):
        digest.update(f"{path.relative_to(PROBLEMS)}\0".encode() + path.read_bytes() + b"\0")
    folder = environment.with_name(f"toy-model-{digest.hexdigest()[:12]}")
    if not (folder / "config.json").exists():
        unfinished = folder.with_suffix(".new")
        python = environment / "bin" / "python"
        subprocess.run([python, TRAINING, "--problems", PROBLEMS, "--out", unfinished], check=True)
        unfinished.rename(folder)
    return folder


@pytest.fixture(scope="session")
def vllm(environment: Path, toy_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vllm]:
    """A vLLM that serves the toy model; whoever ends it starts it again."""
    server = Vllm(environment, toy_model, tmp_path_factory.mktemp("vllm") / "vllm.log")
    try:
        print(f"vLLM was ready after {server.start():.0f} s")
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def executor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an `exec-cli serve`."""
    with serving(tmp_path_factory.mktemp("executor"), "serve") as address:
        yield address


@pytest.fixture(scope="session")
def generator(vllm: Vllm, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an `exec-cli serve-generator` before this vLLM."""
    with serving(tmp_path_factory.mktemp("generator"), "serve-generator", "--base-url", vllm.base_url) as address:
        yield address


@contextmanager
def serving(folder: Path, *command: str) -> Iterator[str]:
    """The address that a command of ours listens on."""
    whole = [sys.executable, "-m", "cli", *command, "--listen", "127.0.0.1:0"]
    env = {**clean_environment(), "XDG_CACHE_HOME": str(folder)}
    # A file, because nobody would empty a pipe while the tests go on.
    with (folder / "log").open("wb") as log, subprocess.Popen(whole, cwd=REPOSITORY, env=env, stderr=log) as server:
        try:
            while (found := re.search(r"listening on (\S+)", (folder / "log").read_text())) is None:
                assert server.poll() is None, (folder / "log").read_text()
                time.sleep(0.1)
            yield found[1]
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)
