"""
What the tests of runtimes share: where the programs of a language lie, how one is judged, and what came of it.

`programs/<id>/` holds the programs of the runtime <id>, one per scenario: a file `<scenario>.<extension>`, or a folder
`<scenario>/`, whose files are submitted together. What a language cannot do stands in `absent.toml`, with a reason;
the same file has `[limits.<scenario>]` where a language needs others than the rest.
"""

from __future__ import annotations

import asyncio
import functools
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import pytest

from executor.engine import Engine
from executor.model import (
    MIB,
    MS,
    SECOND,
    CaseFinished,
    Compiled,
    Event,
    File,
    Finished,
    Job,
    Limits,
    Outcome,
    Submission,
    TestCase,
    Verdict,
)
from executor.runtime import Runtime, Runtimes

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
PROGRAMS = HERE / "programs"
NINE = ("c", "cpp", "csharp", "go", "java", "javascript", "python", "r", "rust", "typescript")
"""Nine languages, C and C++ being one of them, that every machine that runs the tests must have."""
LIMITS = Limits(cpu_ns=10 * SECOND, wall_ns=30 * SECOND, memory_bytes=256 * MIB, output_bytes=16 * MIB)

_LIMIT_KEYS = {"memory_mib", "cpu_ms", "wall_ms"}
_NEXT_JOB = b"""import os
print([os.listdir(folder) for folder in ("/work", "/tmp", "/dev/shm")], input())
"""


@dataclass(frozen=True)
class Judged:
    """
    What became of a program.

    Args:
        verdict: of the job.
        outcome: of its run; without one if it did not get that far.
        story: what happened, for whoever reads the failure.
        next_job: what became of the job that followed on the same engine.
    """

    verdict: Verdict
    outcome: Outcome
    detail: str
    story: str
    next_job: Verdict


class Trial(Protocol):
    """One thing to do with a runtime, side by side with others, on an engine that all share."""

    @property
    def runtime_id(self) -> str: ...

    async def run(self, engine: Engine) -> Any: ...


@functools.cache
def all_runtimes() -> Mapping[str, Runtime]:
    return {runtime.id: runtime for runtime in Runtimes.load()}


def reason_to_skip(runtime_id: str) -> str | None:
    """Why a runtime cannot be tried here, with the command that changes it; never for one that must be there."""
    return None if runtime_id in NINE else all_runtimes()[runtime_id].missing()


async def result_of(trial: Trial, trials: Mapping[Trial, asyncio.Task[Any]]) -> Any:
    """What came of a trial; skips the test where its runtime is not installed."""
    if reason := reason_to_skip(trial.runtime_id):
        pytest.skip(reason)
    return await trials[trial]


def absences(runtime_id: str) -> dict[str, Any]:
    path = PROGRAMS / runtime_id / "absent.toml"
    return tomllib.loads(path.read_text()) if path.exists() else {}


def present(runtime_id: str, scenarios: Iterable[str]) -> list[str]:
    """The scenarios that a runtime must have a program for."""
    absent = absences(runtime_id)
    return [scenario for scenario in scenarios if scenario not in absent]


def source_of(runtime_id: str, scenario: str) -> Path:
    """The file or the folder of a scenario."""
    found = [path for path in (PROGRAMS / runtime_id).iterdir() if _scenario_of(path) == scenario]
    assert len(found) == 1, f"{runtime_id} has {len(found)} programs for the scenario {scenario}"
    return found[0]


def submission_of(runtime_id: str, scenario: str, args: tuple[str, ...] = ()) -> Submission:
    source = source_of(runtime_id, scenario)
    paths = sorted(path for path in source.rglob("*") if path.is_file()) if source.is_dir() else [source]
    root = source if source.is_dir() else source.parent
    # The first is the entry if the runtime cannot tell.
    paths.sort(key=lambda path: (path.parent != root or path.stem not in {"main", "Main"}, path))
    files = tuple(File(path.relative_to(root).as_posix(), path.read_bytes()) for path in paths)
    return Submission(files=files, runtime=runtime_id, args=args)


def limits_of(runtime_id: str, scenario: str, usual: Limits) -> Limits:
    """The limits of a scenario, with what the language says of its own needs."""
    own = absences(runtime_id).get("limits", {}).get(scenario, {})
    return replace(
        usual,
        cpu_ns=own["cpu_ms"] * MS if "cpu_ms" in own else usual.cpu_ns,
        wall_ns=own["wall_ms"] * MS if "wall_ms" in own else usual.wall_ns,
        memory_bytes=own["memory_mib"] * MIB if "memory_mib" in own else usual.memory_bytes,
    )


def problems_of(runtime_id: str, scenarios: Iterable[str]) -> list[str]:
    """What is wrong with the programs of a runtime, before any of them is judged, as sentences."""
    folder = PROGRAMS / runtime_id
    if not folder.is_dir():
        return [f"runtimes/{runtime_id}.toml has no programs in {folder.relative_to(REPOSITORY)}"]
    known = set(scenarios)
    try:
        absent = absences(runtime_id)
    except tomllib.TOMLDecodeError as error:
        return [f"absent.toml is not TOML: {error}"]
    limits = absent.pop("limits", {})
    there = [_scenario_of(path) for path in folder.iterdir() if path.name != "absent.toml"]
    extensions = all_runtimes()[runtime_id].extensions
    return [
        *(f"{each} is no scenario" for each in sorted({*there, *absent, *limits} - known)),
        *(f"{each} has several programs" for each in sorted(set(there)) if there.count(each) > 1),
        *(f"{each} is neither there nor in absent.toml" for each in sorted(known - {*there, *absent})),
        *(f"{each} is absent and there" for each in sorted(set(absent) & set(there))),
        *(f"{each} is absent without a reason" for each, why in absent.items() if not _is_reason(why)),
        *(f"limits.{each} has unknown keys" for each, own in limits.items() if not own or set(own) - _LIMIT_KEYS),
        *(f"limits.{each} is of an absent scenario" for each in limits if each in absent),
        *(
            f"{path.name} is no source of this language"
            for path in folder.iterdir()
            if path.is_file() and path.name != "absent.toml" and not path.name.endswith(extensions)
        ),
    ]


async def judge(engine: Engine, job: Job) -> Judged:
    """Judge a job of one case, and a next one, which must find nothing of the first."""
    events = [event async for event in engine.judge(job)]
    finished = events[-1]
    assert isinstance(finished, Finished)
    cases = [event for event in events if isinstance(event, CaseFinished)]
    return Judged(
        verdict=finished.verdict,
        outcome=cases[0].outcome if cases else Outcome(),
        detail=cases[0].detail if cases else finished.detail,
        story=_story(events),
        next_job=await _judge_next(engine),
    )


async def _judge_next(engine: Engine) -> Verdict:
    case = TestCase(name="next", stdin=b"and then\n", expected=b"[[], [], []] and then\n")
    submission = Submission(files=(File("main.py", _NEXT_JOB),), runtime="python")
    events = [event async for event in engine.judge(Job(id="next", submission=submission, cases=(case,)))]
    finished = events[-1]
    assert isinstance(finished, Finished)
    return finished.verdict


def _scenario_of(path: Path) -> str:
    return path.name if path.is_dir() else path.name.partition(".")[0]


def _is_reason(why: object) -> bool:
    return isinstance(why, str) and len(why.split()) > 2


def _story(events: list[Event]) -> str:
    lines = []
    for event in events:
        match event:
            case Compiled():
                lines.append(f"compilation: {event.verdict}, {event.usage}, {event.version}\n{event.log[:3000]}")
            case CaseFinished(outcome=outcome):
                lines.append(
                    f"run: {event.verdict}, exit code {outcome.exit_code}, signal {outcome.signal},"
                    f" exceeded {sorted(outcome.exceeded)}, {outcome.usage}, {event.detail or outcome.detail}"
                    f"\n    printed {outcome.stdout[:1000]!r}\n    {outcome.stderr[-1000:]!r}"
                )
            case Finished():
                lines.append(f"finished: {event.verdict} {event.detail}")
    return "\n" + "\n".join(lines)
