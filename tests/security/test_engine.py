"""Attacks on whole jobs: each gets its verdict, never JE, and the next job in the slot is judged as if alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from executor.engine import Engine, EngineConfig
from executor.errors import UsageError
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
    Meter,
    Submission,
    TestCase,
    Verdict,
)
from tests.docker.chosen import ON_DOCKER, chosen_sandbox
from tests.security.support import PROGRAMS, SECRET, Host

RUN_LIMITS = Limits(
    cpu_ns=200 * MS,
    wall_ns=1500 * MS,
    memory_bytes=48 * MIB,
    output_bytes=MIB,
    file_size_bytes=128 * MIB,
    processes=32,
)
COMPILE_LIMITS = Limits(
    cpu_ns=2 * SECOND, wall_ns=10 * SECOND, memory_bytes=256 * MIB, output_bytes=MIB, file_size_bytes=64 * MIB
)
ANSWER = b"the-expected-answer-is-4242"
HONEST = b"#include <stdio.h>\nint main(void) { int c; while ((c = getchar()) != EOF) putchar(c); return 0; }\n"
RUNTIMES = {".c": "c", ".cpp": "cpp", ".py": "python"}


@pytest.fixture
async def engine(host: Host, secret: str, tmp_path: Path) -> AsyncIterator[Engine]:
    """An engine with one slot, so that every job meets what the last one left."""
    async with Engine(EngineConfig(slots=1, cache_dir=tmp_path / "cache", sandbox=chosen_sandbox())) as engine:
        yield engine
        assert await verdict_of_honest_job(engine) is Verdict.AC


async def judge(engine: Engine, files: tuple[File, ...], cases: int = 1, stdin: bytes = ANSWER) -> list[Event]:
    job = Job(
        id="attack",
        submission=Submission(files=files, runtime=RUNTIMES[Path(files[0].name).suffix]),
        cases=tuple(TestCase(name=str(number), stdin=stdin, expected=ANSWER) for number in range(cases)),
        limits=RUN_LIMITS,
        compile_limits=COMPILE_LIMITS,
    )
    return [event async for event in engine.judge(job)]


def sources(path: str) -> tuple[File, ...]:
    return (File(Path(path).name, PROGRAMS / path), File("hostile.h", PROGRAMS / "hostile.h"))


def verdicts(events: list[Event]) -> list[Verdict]:
    return [event.verdict for event in events if isinstance(event, CaseFinished)]


def final(events: list[Event]) -> Finished:
    finished = events[-1]
    assert isinstance(finished, Finished)
    return finished


async def verdict_of_honest_job(engine: Engine) -> Verdict:
    return final(await judge(engine, (File("main.c", HONEST),))).verdict


@pytest.mark.parametrize(
    "source",
    ["instantiates_for_ever.cpp", "includes_random.c", "holds_a_gigabyte.c", "expands_macros.c", "incbins_shadow.c"],
)
async def test_a_bomb_for_the_compiler_is_the_fault_of_the_submission(engine: Engine, source: str) -> None:
    events = await judge(engine, sources(f"compile/{source}"))
    assert final(events).verdict in {Verdict.CE, Verdict.CTL}, events
    (compiled,) = (event for event in events if isinstance(event, Compiled))
    assert len(compiled.log) < 2 * 64 * 1024
    assert SECRET not in compiled.log


@pytest.mark.parametrize(
    "source, expected",
    [
        ("fork_bomb.c", {Verdict.TLE, Verdict.MLE}),
        ("memory_bomb.c", {Verdict.MLE}),
        ("kills_everybody.c", {Verdict.RTE}),
        ("stops_itself.c", {Verdict.WTL}),
        ("calls_x32.c", {Verdict.SV, Verdict.RTE}),
        ("sparse_terabyte.c", {Verdict.OLE}),
        ("locks_the_work_directory.c", {Verdict.WA}),
        ("many_short_lives.c", {Verdict.TLE, Verdict.WTL}),
        ("comet.c", {Verdict.TLE, Verdict.WTL, Verdict.MLE}),
        ("kills_init.c", {Verdict.WA}),
    ],
)
async def test_every_case_of_an_attack_has_the_same_verdict(
    engine: Engine, source: str, expected: set[Verdict]
) -> None:
    events = await judge(engine, sources(source), cases=3)
    assert set(verdicts(events)) <= expected, events


async def test_a_full_work_directory_is_the_fault_of_the_submission(engine: Engine) -> None:
    events = await judge(engine, sources("fills_its_directory.c"), cases=10)
    (meter,) = {event.outcome.usage.meter for event in events if isinstance(event, CaseFinished)}
    # Without a cgroup files do not count as memory.
    assert set(verdicts(events)) == {Verdict.WA if meter is Meter.POLLING else Verdict.MLE}, events


async def test_the_expected_answer_is_nowhere_in_the_box(engine: Engine) -> None:
    files = (File("main.py", PROGRAMS / "prints_everything.py"),)
    events = await judge(engine, files, stdin=b"no answer")
    (case,) = (event for event in events if isinstance(event, CaseFinished))
    # A container's /proc is too large to be printed in the time.
    assert case.verdict in ({Verdict.WA, Verdict.OLE, Verdict.TLE} if ON_DOCKER else {Verdict.WA, Verdict.OLE}), case
    assert len(case.outcome.stdout) > 1000
    assert ANSWER not in case.outcome.stdout
    assert SECRET.encode() not in case.outcome.stdout


async def test_patching_the_language_convinces_nobody(engine: Engine) -> None:
    events = await judge(engine, (File("main.py", PROGRAMS / "shadows_the_library.py"),))
    assert verdicts(events) == [Verdict.WA], events


async def test_modules_of_a_submission_reach_no_other_job(engine: Engine) -> None:
    poison = File("json.py", b"print('" + ANSWER + b"')")
    events = await judge(engine, (File("main.py", b"import json"), poison), stdin=b"")
    assert verdicts(events) == [Verdict.AC], "its own modules may shadow the library"
    events = await judge(engine, (File("main.py", b"import json; print(json.dumps(1))"),), stdin=b"")
    assert verdicts(events) == [Verdict.WA], events


@pytest.mark.parametrize(
    "name", ["-fplugin=main.c", "@main.c", "-o.c", "-.c", "a b.c", "a;b.c", "$(touch x).c", "%s.c", "{binary}.c", "*.c"]
)
async def test_the_name_of_a_source_is_only_a_name(engine: Engine, name: str) -> None:
    events = await judge(engine, (File(name, HONEST),))
    assert final(events).verdict is Verdict.AC, events


@pytest.mark.parametrize(
    "name",
    [
        "../main.c",
        "/etc/main.c",
        "a/../../main.c",
        "",
        ".",
        "a//b.c",
        "a\0b.c",
        "a\nb.c",
        "x" * 256 + ".c",
        "a/" * 2000,
    ],
)
async def test_a_name_that_leads_elsewhere_is_refused_before_anything_is_judged(engine: Engine, name: str) -> None:
    with pytest.raises(UsageError):
        await judge(engine, (File("main.c", HONEST), File(name, b"")))


async def test_the_limits_of_one_job_do_not_bind_the_next(engine: Engine) -> None:
    """Files are loaded before the limits of their own job are set."""
    await judge(engine, (File("main.c", HONEST),))
    large = File("data.txt", b"x" * (60 * MIB))
    events = await judge(engine, (File("main.py", b"print(input())"), large))
    assert final(events).verdict is Verdict.AC, events
