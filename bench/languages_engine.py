"""
An engine in a process of its own, in a cgroup that counts what it spends; asked by bench/languages.py.

    python -m bench.languages_engine DOOR CACHE cold|accelerated < JOBS > ANSWERS

DOOR is the cgroup.procs file to enter. A job is a line of JSON: runtime, name, code, stdin, expected. An answer: the
verdict, what went wrong, and the milliseconds from asking to the last event.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

import uvloop

from executor.engine import Engine, EngineConfig
from executor.model import CaseFinished, Compiled, File, Finished, Job, Submission, TestCase


async def _serve(cache: Path, *, cold: bool) -> None:
    async with Engine(EngineConfig(cache_dir=cache)) as engine:
        print(json.dumps({"slots": engine.slots}), flush=True)
        number = 0
        while line := await asyncio.to_thread(sys.stdin.readline):
            number += 1
            asked = json.loads(line)
            job = Job(
                id=str(number),
                submission=Submission(files=(File(asked["name"], asked["code"].encode()),), runtime=asked["runtime"]),
                cases=(TestCase(name="1", stdin=asked["stdin"].encode(), expected=asked["expected"].encode()),),
                cold=cold,
            )
            print(json.dumps(await _judged(engine, job)), flush=True)


async def _judged(engine: Engine, job: Job) -> dict[str, Any]:
    began = time.perf_counter()
    verdict, cached, details = "", False, []
    async for event in engine.judge(job):
        if isinstance(event, Compiled):
            cached = event.cached
            details.append(event.log)
        elif isinstance(event, CaseFinished):
            details += [event.detail, event.outcome.stderr.decode(errors="replace")]
        elif isinstance(event, Finished):
            verdict = str(event.verdict)
            details.append(event.detail)
    return {
        "verdict": verdict,
        "cached": cached,
        "detail": " ".join(filter(None, details))[:2000],
        "wall_ms": (time.perf_counter() - began) * 1e3,
    }


if __name__ == "__main__":
    Path(sys.argv[1]).write_text("0")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:  # as exec-cli serve does
        runner.run(_serve(Path(sys.argv[2]), cold=sys.argv[3] == "cold"))
