"""
Every program in a folder here is judged, and the folder is the expectation: what lies in `tle/` must get TLE.

A file's name begins with its problem. Those under `problems/` are our own and ship with all that a test needs: a
`statement.md`, `tests/NAME.in` with `NAME.ans`, and a `limits.toml` (`time_ms`, `memory_mib`, and `stack_mib` where
the stack is smaller than the memory). `codeapex-<id>-...` belongs to a problem of the CodeApex benchmark, whose data
is not ours to ship: these tests are skipped, with the reason, unless the data is found.
"""

from __future__ import annotations

import asyncio
import functools
import json
import os
import platform
import re
import subprocess
import sys
import tomllib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from executor.engine import Engine, EngineConfig
from executor.model import (
    MIB,
    MS,
    SECOND,
    CaseFinished,
    Checker,
    CheckerKind,
    Compiled,
    Event,
    File,
    Finished,
    Job,
    Limits,
    Submission,
    TestCase,
    Verdict,
)
from tests.docker.chosen import chosen_sandbox

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
RUNTIMES = {".c": "c", ".cpp": "cpp", ".py": "python"}
DATA = Path(os.environ.get("ENNEAD_DATA") or REPOSITORY.parent / "shared" / "data")
CODEAPEX = DATA / "codeapex" / "code_generate_problems_en.json"
PROBLEMS = sorted(folder for folder in (HERE / "problems").iterdir() if folder.is_dir())
PROGRAMS = sorted(path for path in HERE.glob("*/*") if path.suffix in RUNTIMES)

ALL_CASES_MATTER = {Verdict.AC, Verdict.WA}
"""Elsewhere judging stops at the first failure: a second timeout would prove nothing new."""

each_program = pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: f"{path.parent.name}/{path.name}")


@dataclass(frozen=True)
class Problem:
    cases: tuple[TestCase, ...]
    limits: Limits


@dataclass(frozen=True)
class Judged:
    verdict: Verdict
    story: str


def expectation_of(program: Path) -> Verdict:
    return Verdict(program.parent.name.upper())


def problem_of(program: Path) -> Problem:
    """The problem that a program's name begins with."""
    if match := re.match(r"codeapex-(\d+)-", program.name):
        return codeapex_problem(int(match[1]))
    return own_problem(next(folder for folder in PROBLEMS if program.name.startswith(f"{folder.name}-")))


def own_problem(folder: Path) -> Problem:
    limits = tomllib.loads((folder / "limits.toml").read_text())
    stack_mib = limits.get("stack_mib")
    return Problem(
        cases=tuple(
            TestCase(name=path.stem, stdin=path, expected=path.with_suffix(".ans"))
            for path in sorted((folder / "tests").glob("*.in"))
        ),
        limits=Limits(
            cpu_ns=limits["time_ms"] * MS,
            memory_bytes=limits["memory_mib"] * MIB,
            stack_bytes=None if stack_mib is None else stack_mib * MIB,
        ),
    )


def codeapex_problem(number: int) -> Problem:
    fields = codeapex_problems()[number]
    return Problem(
        cases=tuple(
            TestCase(name=f"sample-{i}", stdin=sample["input"].encode(), expected=sample["output"].encode())
            for i, sample in enumerate(json.loads(fields["example"]), 1)  # JSON inside a string
        ),
        # The benchmark names no stack limit, and its frames hold arrays of megabytes: the stack may be all the memory.
        limits=Limits(cpu_ns=fields["time_limit"] * MS, memory_bytes=fields["memory_limit"] * MIB),
    )


@functools.cache
def codeapex_problems() -> Mapping[int, Mapping[str, Any]]:
    return {fields["id"]: fields for fields in json.loads(CODEAPEX.read_text(encoding="utf-8-sig"))}


def reason_to_skip(program: Path) -> str | None:
    if program.name.startswith("codeapex-") and not CODEAPEX.is_file():
        return f"CodeApex's problems are not at {CODEAPEX}; ENNEAD_DATA names the folder that holds codeapex/"
    if program.parent.name == "sv" and platform.machine() != "x86_64":
        return "only x86-64 has a 32-bit system call gate"
    return None


def job_of(program: Path) -> Job:
    problem, expected = problem_of(program), expectation_of(program)
    limits = problem.limits
    if expected is Verdict.WTL:
        limits = replace(limits, wall_ns=2 * SECOND)  # the default of several times the CPU time only makes tests slow
    return Job(
        id=program.name,
        submission=Submission(files=(File(program.name, program),), runtime=RUNTIMES[program.suffix]),
        cases=problem.cases,
        limits=limits,
        # Those meant for the compiler's time would use all of the default.
        compile_limits=Limits(cpu_ns=5 * SECOND) if expected is Verdict.CTL else None,
        checker=Checker(CheckerKind.LINES),
        stop_at_first_failure=expected not in ALL_CASES_MATTER,
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def judged(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[dict[Path, asyncio.Task[Judged]]]:
    """Every selected program, judged by one engine, side by side on all its slots; nothing is cached from before."""
    selected = {
        item.callspec.params.get("program")
        for item in request.session.items
        if isinstance(item, pytest.Function) and "judged" in item.fixturenames
    }
    async with Engine(EngineConfig(cache_dir=tmp_path_factory.mktemp("cache"), sandbox=chosen_sandbox())) as engine:
        runnable = [path for path in PROGRAMS if path in selected and not reason_to_skip(path)]
        # In the order of the tests, so that none waits for the last program of all.
        gate = asyncio.Semaphore(2 * engine.slots)
        tasks = {path: asyncio.create_task(judge(engine, path, gate)) for path in runnable}
        yield tasks
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)


async def judge(engine: Engine, program: Path, gate: asyncio.Semaphore) -> Judged:
    async with gate:
        events = [event async for event in engine.judge(job_of(program))]
    finished = events[-1]
    assert isinstance(finished, Finished)
    return Judged(finished.verdict, story_of(events))


def story_of(events: list[Event]) -> str:
    """What happened, a line for the compilation and one for each case: shown when a test fails."""
    lines = []
    for event in events:
        match event:
            case Compiled():
                lines.append(f"compilation: {event.verdict}, {event.usage}\n{event.log[:2000]}")
            case CaseFinished(outcome=outcome):
                lines.append(
                    f"{event.name}: {event.verdict}, exit code {outcome.exit_code}, signal {outcome.signal},"
                    f" exceeded {sorted(outcome.exceeded)}, {outcome.usage}, {event.detail or outcome.detail}"
                    f"\n    printed {outcome.stdout[:200]!r} {outcome.stderr[-200:]!r}"
                )
            case Finished():
                lines.append(f"finished: {event.verdict} {event.passed}/{event.total} {event.detail}")
    return "\n" + "\n".join(lines)


@pytest.mark.asyncio(loop_scope="module")
@each_program
async def test_a_program_gets_the_verdict_of_its_folder(
    judged: dict[Path, asyncio.Task[Judged]], program: Path
) -> None:
    if reason := reason_to_skip(program):
        pytest.skip(reason)
    result = await judged[program]
    assert result.verdict is expectation_of(program), result.story


@each_program
def test_a_program_says_in_its_first_line_what_it_does(program: Path) -> None:
    first = program.read_text().splitlines()[0]
    assert re.fullmatch(r"(//|#) [A-Z].* .*\.", first)


@pytest.mark.parametrize("suffix", RUNTIMES)
def test_our_own_problems_show_every_verdict_in_every_language(suffix: str) -> None:
    own = [path for path in PROGRAMS if path.suffix == suffix and not path.name.startswith("codeapex-")]
    compiled_only = set() if suffix == ".py" else {Verdict.CE, Verdict.CTL, Verdict.SV}
    everywhere = {Verdict.AC, Verdict.WA, Verdict.TLE, Verdict.WTL, Verdict.MLE, Verdict.OLE, Verdict.RTE}
    assert {expectation_of(path) for path in own} == everywhere | compiled_only


@pytest.mark.parametrize(
    "name",
    [
        "ac/codeapex-2304-pair-sum.cpp",
        "wa/codeapex-2082-narrow-index.cpp",
        "mle/codeapex-2077-eight-megabytes.cpp",
        "tle/codeapex-1698-plain-recursion.cpp",
        "ce/codeapex-1748-never-defined.cpp",
        "ac/lattice-walks-diagonals.py",
        "rte/mirror-lines-exit-three.c",
        "ole/running-total-counts-on.cpp",
    ],
)
def test_the_command_line_says_the_same(name: str, tmp_path: Path) -> None:
    program = HERE / name
    if reason := reason_to_skip(program):
        pytest.skip(reason)
    problem, expected = problem_of(program), expectation_of(program)
    for case in problem.cases:
        (tmp_path / f"{case.name}.in").write_bytes(content_of(case.stdin))
        (tmp_path / f"{case.name}.ans").write_bytes(content_of(case.expected or b""))
    done = exec_cli(program, tmp_path, problem.limits)
    assert done.returncode == (0 if expected is Verdict.AC else 1), done.stderr
    result = json.loads(done.stdout)
    assert result["verdict"] == expected, done.stdout
    assert result["total"] == len(problem.cases)
    assert result["passed"] == sum(case["verdict"] == "AC" for case in result["cases"])
    judged = [] if expected is Verdict.CE else [case.name for case in problem.cases]
    assert [case["name"] for case in result["cases"]] == judged


def content_of(content: bytes | Path) -> bytes:
    return content if isinstance(content, bytes) else content.read_bytes()


def exec_cli(program: Path, tests: Path, limits: Limits) -> subprocess.CompletedProcess[str]:
    options = [
        f"--tests={tests}",
        f"--time-limit={limits.cpu_ns // MS}ms",
        f"--memory-limit={limits.memory_bytes // MIB}MiB",
        "--checker=lines",
        "--json",
    ]
    command = [sys.executable, "-m", "cli", "run", str(program), *options]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=60)
