"""Ways in which a run of pytest could end early and yet look whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from executor.engine import Engine, EngineConfig
from executor.model import File, Finished, Job, Submission, TestCase, Verdict
from executor.runtime import Runtimes

WHOLE = "def test_first(): pass\n"
WRONG = "def test_last(): assert False\n"


@pytest.mark.parametrize(
    "early",
    [
        "import pytest\ndef test_ends(): pytest.exit('enough', 0)\n",
        "def test_ends(request): request.session.shouldstop = 'enough'\n",
        "def test_ends(): raise KeyboardInterrupt\n",
        "import os\ndef test_ends(): os._exit(0)\n",
        "import os, signal\ndef test_ends(): os.kill(os.getpid(), signal.SIGINT)\n",
        "import atexit, os\natexit.register(os._exit, 0)\n",
    ],
)
async def test_a_run_that_ends_before_its_last_test_is_not_accepted(tmp_path: Path, early: str) -> None:
    if reason := Runtimes.load().get("pytest").missing():
        pytest.skip(reason)
    files = (File("test_it.py", (WHOLE + early + WRONG).encode()),)
    job = Job(id="early", submission=Submission(files=files, runtime="pytest"), cases=(TestCase(name="1"),))
    async with Engine(EngineConfig(slots=1, cache_dir=tmp_path)) as engine:
        *_, last = [event async for event in engine.judge(job)]
    assert isinstance(last, Finished)
    assert last.verdict in {Verdict.WA, Verdict.RTE}
