"""A run of samples goes on after either side was killed: the set becomes complete, and nothing is asked for twice."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.vllm.support import PROBLEMS, Vllm, asking, exec_cli, samples_in, started_cli

pytestmark = [pytest.mark.vllm, pytest.mark.timeout(1800)]  # the first test waits for all that has to be made
SAMPLES = 12
WHOLE = {(folder.parent.name, number) for folder in PROBLEMS.glob("*/problem.toml") for number in range(SAMPLES)}


def arguments(vllm: Vllm, out: Path) -> list[str | Path]:
    """Requests of several samples, few at once: at any moment some are recorded, some under way, some not begun."""
    return ["generate", *asking(vllm, out, n=SAMPLES, temperature=1.6, concurrency=3)]


def wait_until(running: subprocess.Popen[str], condition: Callable[[], bool], within_s: float = 120) -> None:
    began = time.monotonic()
    while not condition():
        assert running.poll() is None, running.communicate()
        assert time.monotonic() - began < within_s, "what was waited for did not come"
        time.sleep(0.05)


def test_a_run_goes_on_after_the_command_was_killed(vllm: Vllm, tmp_path: Path) -> None:
    out = tmp_path / "run"
    with started_cli(*arguments(vllm, out)) as running:
        wait_until(running, lambda: len(samples_in(out)) >= 40)
        running.kill()
    before = (out / "generations.jsonl").read_bytes()
    drawn = samples_in(out)
    assert len(drawn) < len(WHOLE), "it was killed too late to prove anything"
    settle(vllm)
    answered = vllm.answered()
    again = exec_cli(*arguments(vllm, out), "--resume")
    assert again.returncode == 0, again.stderr
    assert (out / "generations.jsonl").read_bytes().startswith(before[: before.rindex(b"\n") + 1])
    assert sorted(samples_in(out)) == sorted(WHOLE)
    assert vllm.answered() - answered == len(WHOLE) - len(drawn)


def test_a_run_goes_on_after_vllms_worker_was_killed(vllm: Vllm, tmp_path: Path) -> None:
    out = tmp_path / "run"
    with started_cli(*arguments(vllm, out)) as running:
        wait_until(running, lambda: len(samples_in(out)) >= 40)
        processes = vllm.processes()
        vllm.worker().send_signal(signal.SIGKILL)
        _, said = running.communicate(timeout=300)
    drawn = samples_in(out)
    try:
        assert running.returncode == 3, said
        assert len(said.splitlines()) < 10, f"no sentence for people:\n{said}"
        assert 40 <= len(set(drawn)) == len(drawn) < len(WHOLE)
        assert vllm.wait_for_end() != 0
        assert [each for each in processes if each.is_running()] == []
    finally:
        vllm.stop()
        vllm.start()
    again = exec_cli(*arguments(vllm, out), "--resume")
    assert again.returncode == 0, again.stderr
    assert samples_in(out)[: len(drawn)] == drawn
    assert sorted(samples_in(out)) == sorted(WHOLE)
    assert vllm.answered() == len(WHOLE) - len(drawn)


def settle(vllm: Vllm) -> None:
    """Wait until what a killed client left behind is taken back."""
    began = time.monotonic()
    while vllm.running():
        assert time.monotonic() - began < 60, "vLLM goes on for a client that is gone"
        time.sleep(0.1)
