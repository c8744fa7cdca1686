"""What interpreters that wait hold is measured where they wait, and noted for whoever lists it."""

from __future__ import annotations

from pathlib import Path

import pytest

from executor.engine import Engine, EngineConfig
from executor.model import MIB, File, Finished, Job, Submission, TestCase, Verdict
from executor.sandbox.native import NativeBox
from executor.versions import HELD_NOTES, ToolchainNotes, toolchain_identity


def _job(*, cold: bool) -> Job:
    submission = Submission(files=(File("main.py", b"print(1)"),), runtime="python")
    cases = tuple(TestCase(name=str(number), expected=b"1\n") for number in range(3))
    return Job(id="job", submission=submission, cases=cases, cold=cold)


async def _judge(engine: Engine, *, cold: bool) -> None:
    (finished,) = [event async for event in engine.judge(_job(cold=cold)) if isinstance(event, Finished)]
    assert finished.verdict is Verdict.AC


async def test_an_engine_notes_what_a_waiting_interpreter_holds(tmp_path: Path) -> None:
    async with Engine(EngineConfig(slots=1, cache_dir=tmp_path)) as engine:
        (box,) = engine._parts().scheduler.boxes
        if not (isinstance(box, NativeBox) and box.forking.is_possible):
            pytest.skip("runs are forked by root, with cgroup v1")
        toolchain = toolchain_identity(engine.runtimes.get("python").resolve())
        notes = ToolchainNotes(tmp_path / HELD_NOTES)
        await _judge(engine, cold=True)
        assert notes.read(toolchain) is None, "nothing waits"
        await _judge(engine, cold=False)
        held = notes.read(toolchain)
        assert held is not None
        assert 2 * MIB < int(held) < 64 * MIB
