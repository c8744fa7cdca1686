"""A run of samples goes on after either side was killed: the set becomes complete, and nothing is asked for twice."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scorer.run_directory import RunDirectory
from tests.vllm.support import PROBLEMS, Vllm, alive, asking, exec_cli, samples_in, started_cli

pytestmark = [pytest.mark.vllm, pytest.mark.timeout(1800)]  # the first test waits for all that has to be made
PROBLEM_IDS = sorted(path.parent.name for path in PROBLEMS.glob("*/problem.toml"))


def whole(samples: int) -> list[tuple[str, int]]:
    return [(problem, number) for problem in PROBLEM_IDS for number in range(samples)]


def wild(vllm: Vllm, out: Path, samples: int) -> list[str | Path]:
    """Requests of several samples, few at once: at any moment some are recorded, some under way, some not begun."""
    return asking(vllm, out, n=samples, temperature=1.6, concurrency=2)


def wait_until(running: subprocess.Popen[str], condition: Callable[[], bool], within_s: float = 120) -> None:
    began = time.monotonic()
    while not condition():
        assert running.poll() is None, running.communicate()
        assert time.monotonic() - began < within_s, "what was waited for did not come"
        time.sleep(0.05)


def test_an_evaluation_goes_on_after_it_was_killed(vllm: Vllm, executor: str, tmp_path: Path) -> None:
    out, wanted = tmp_path / "run", whole(4)
    command = ["evaluate", *wild(vllm, out, 4), f"--server={executor}", "--time-limit=2s", "--wall-limit=6s"]
    with started_cli(*command) as running:
        wait_until(running, lambda: len(samples_in(out)) >= 20)
        running.kill()
    drawn = samples_in(out)
    assert len(drawn) < len(wanted), "it was killed too late to prove anything"
    settle(vllm)
    answered = vllm.answered()
    again = exec_cli(*command, "--resume")
    assert again.returncode == 0, again.stderr
    assert samples_in(out)[: len(drawn)] == drawn
    assert sorted(samples_in(out)) == wanted
    assert vllm.answered() - answered == len(wanted) - len(drawn)
    judged = [(each.problem, each.sample) for each in RunDirectory.open(out).judgements()]
    assert sorted(judged) == wanted
    assert len((out / "verdicts.jsonl").read_text().splitlines()) == len(wanted), "something was judged twice"


def test_a_run_goes_on_after_vllms_worker_was_killed(vllm: Vllm, tmp_path: Path) -> None:
    out, wanted = tmp_path / "run", whole(12)
    command = ["generate", *wild(vllm, out, 12)]
    with started_cli(*command) as running:
        wait_until(running, lambda: len(samples_in(out)) >= 40)
        processes = vllm.processes()
        vllm.worker().send_signal(signal.SIGKILL)
        _, said = running.communicate(timeout=300)
    drawn = samples_in(out)
    try:
        assert running.returncode == 3, said
        assert len(said.splitlines()) < 10, f"no sentence for people:\n{said}"
        assert 40 <= len(set(drawn)) == len(drawn) < len(wanted)
        vllm.wait_for_end()  # with status 0, as vLLM 0.32 has it
        assert alive(processes) == []
    finally:
        vllm.stop()
        vllm.start()
    again = exec_cli(*command, "--resume")
    assert again.returncode == 0, again.stderr
    assert samples_in(out)[: len(drawn)] == drawn
    assert sorted(samples_in(out)) == wanted
    assert vllm.answered() == len(wanted) - len(drawn)


def settle(vllm: Vllm) -> None:
    """Wait until what a killed client left behind is taken back."""
    began = time.monotonic()
    while vllm.running():
        assert time.monotonic() - began < 60, "vLLM goes on for a client that is gone"
        time.sleep(0.1)
