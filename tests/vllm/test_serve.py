"""`--serve`: vLLM is there while the command needs it, and nothing of it afterwards."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.vllm.support import ENGINE, MODEL, OPTIONS, PROBLEMS, WITHIN_S, alive, samples_in, started_cli

pytestmark = [pytest.mark.vllm, pytest.mark.timeout(1800)]  # the first test waits for all that has to be made


@pytest.fixture
def command(environment: Path, toy_model: Path, tmp_path: Path) -> list[str | Path]:
    """Twice a tenth of the problems, by a vLLM of its own; the name of the model is that of its folder."""
    model = tmp_path / MODEL
    model.symlink_to(toy_model)
    asked = ["--benchmark=tests-dir", f"--data={PROBLEMS}", "--limit=2", "--n=2", "--max-tokens=512"]
    serving = [f"--serve={model}", f"--vllm-python={environment / 'bin' / 'python'}"]
    return ["generate", *asked, *serving, *(f"--vllm-arg={each}" for each in OPTIONS), f"--out={tmp_path / 'run'}"]


@contextmanager
def watched(pid: int) -> Iterator[set[psutil.Process]]:
    """All that a process has started up to the end of the block, as far as it is seen."""
    seen: set[psutil.Process] = set()
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.2):
            try:
                seen.update(psutil.Process(pid).children(recursive=True))
            except psutil.NoSuchProcess:
                return

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield seen
    finally:
        over.set()
        watching.join()


def names(processes: set[psutil.Process]) -> set[str]:
    found = set()
    for each in processes:
        try:
            found.update(each.cmdline()[:1])
        except psutil.NoSuchProcess:
            continue
    return found


def test_it_is_started_asked_and_stopped(command: list[str | Path], tmp_path: Path) -> None:
    with started_cli(*command) as running, watched(running.pid) as seen:
        _, said = running.communicate(timeout=1200)
    assert running.returncode == 0, said
    assert len(seen) >= 4, "the server, its engine and its worker were not seen"
    assert alive(seen) == []
    assert len(samples_in(tmp_path / "run")) == 4
    assert "vllm.log" in said


def test_it_does_not_outlive_a_command_that_was_killed(command: list[str | Path]) -> None:
    with started_cli(*command) as running, watched(running.pid) as seen:
        began = time.monotonic()
        while ENGINE not in names(set(seen)):
            assert running.poll() is None, running.communicate()
            assert time.monotonic() - began < WITHIN_S, "there is no engine"
            time.sleep(0.2)
        running.kill()
    began = time.monotonic()
    while alive(seen):
        assert time.monotonic() - began < 60, alive(seen)
        time.sleep(0.2)
