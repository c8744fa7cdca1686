"""What a job's events say, how cases share slots, and what happens when a box or the judge itself fails."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from pathlib import Path

import pytest

from executor.engine import _EVENTS_AHEAD, Engine
from executor.model import (
    CaseFinished,
    Checker,
    CheckerKind,
    Compiled,
    Event,
    File,
    Finished,
    Job,
    Limits,
    Queued,
    Started,
    Submission,
    TestCase,
    Verdict,
)
from tests.unit.fake_box import World, events_of, finish, toy_engine, toy_job


def verdicts(events: list[Event]) -> dict[int, Verdict]:
    return {event.index: event.verdict for event in events if isinstance(event, CaseFinished)}


def last_of(events: list[Event]) -> Finished:
    assert isinstance(events[-1], Finished)
    return events[-1]


def compiled_of(events: list[Event]) -> Compiled:
    return next(event for event in events if isinstance(event, Compiled))


async def judged(tmp_path: Path, job: Job, world: World | None = None, slots: int = 1) -> list[Event]:
    async with toy_engine(tmp_path, world or World(), slots) as engine:
        return await events_of(engine, job)


async def test_a_job_is_queued_started_compiled_run_and_finished_in_this_order(tmp_path: Path) -> None:
    events = await judged(tmp_path, toy_job("cat", cases=2, job_id="j1"))
    assert [type(event) for event in events] == [Queued, Started, Compiled, CaseFinished, CaseFinished, Finished]
    assert {event.job_id for event in events} == {"j1"}
    assert last_of(events).verdict is Verdict.AC
    assert (last_of(events).passed, last_of(events).total) == (2, 2)
    assert last_of(events).usage.cpu_ns == 2


async def test_what_does_not_compile_is_ce_and_no_case_is_run(tmp_path: Path) -> None:
    world = World()
    events = await judged(tmp_path, toy_job("broken", cases=3), world)
    assert compiled_of(events).verdict is Verdict.CE
    assert compiled_of(events).log == "main.toy: it is broken\n"
    assert (last_of(events).verdict, last_of(events).passed, last_of(events).total) == (Verdict.CE, 0, 3)
    assert world.counts["case"] == 0


@pytest.mark.parametrize(
    "program,verdict,detail",
    [
        ("print 0", Verdict.AC, ""),
        ("print 7", Verdict.WA, "line 1, token 1: expected '0', got '7'"),
        ("print 0\nexit 3", Verdict.RTE, "exit status 3"),
        ("print 0\nsignal 11", Verdict.RTE, "killed by SIGSEGV"),
        ("print 0\nsignal 34", Verdict.RTE, "killed by SIGRTMIN"),
        ("print 0\nsignal 31", Verdict.SV, "killed by SIGSYS"),
        ("spend 2000000000\nprint 0", Verdict.TLE, ""),
        ("spend 2000000000\nsignal 9", Verdict.TLE, ""),
    ],
)
async def test_only_a_clean_exit_meets_the_checker(tmp_path: Path, program: str, verdict: Verdict, detail: str) -> None:
    job = replace(toy_job(program), limits=Limits(cpu_ns=1_000_000_000))
    *_, case, finished = await judged(tmp_path, job)
    assert isinstance(case, CaseFinished)
    assert (case.verdict, case.detail) == (verdict, detail)
    assert isinstance(finished, Finished)
    assert finished.verdict is verdict


@pytest.mark.parametrize(
    "case,checker",
    [
        (TestCase(name="no expected output"), Checker()),
        (TestCase(name="exit status only", expected=b"other"), Checker(CheckerKind.EXIT)),
        (TestCase(name="expected in a missing file", expected=Path("/dev/stdin")), Checker(CheckerKind.EXIT)),
    ],
)
async def test_where_only_the_exit_status_counts_a_clean_exit_is_accepted(
    tmp_path: Path, case: TestCase, checker: Checker
) -> None:
    if isinstance(case.expected, Path):
        case = replace(case, expected=tmp_path / "expected")
        (tmp_path / "expected").write_bytes(b"x")
    job = replace(toy_job("print hello"), cases=(case,), checker=checker)
    assert last_of(await judged(tmp_path, job)).verdict is Verdict.AC


async def test_a_case_may_have_limits_of_its_own(tmp_path: Path) -> None:
    job = toy_job("spend 50\ncat", cases=2)
    strict = replace(job.cases[1], limits=Limits(cpu_ns=10))
    events = await judged(tmp_path, replace(job, cases=(job.cases[0], strict)))
    assert verdicts(events) == {0: Verdict.AC, 1: Verdict.TLE}


async def test_inputs_and_expected_outputs_are_read_from_files(tmp_path: Path) -> None:
    large = b"1234567\n" * 400_000
    (tmp_path / "in").write_bytes(large)
    (tmp_path / "out").write_bytes(large.replace(b"\n", b" "))
    job = replace(toy_job("cat"), cases=(TestCase(name="1", stdin=tmp_path / "in", expected=tmp_path / "out"),))
    assert last_of(await judged(tmp_path, job)).verdict is Verdict.AC


async def test_an_output_may_be_one_of_several(tmp_path: Path) -> None:
    case = replace(toy_job("cat").cases[0], stdin=b"3", expected=b"1")
    job = replace(toy_job("cat"), cases=(replace(case, alternatives=(b"2", b"3")), replace(case, alternatives=(b"2",))))
    events = await judged(tmp_path, job)
    assert verdicts(events) == {0: Verdict.AC, 1: Verdict.WA}
    wrong = next(event for event in events if isinstance(event, CaseFinished) and event.verdict is Verdict.WA)
    assert "expected '1'" in wrong.detail


async def test_a_job_without_cases_only_compiles(tmp_path: Path) -> None:
    events = await judged(tmp_path, toy_job("cat", cases=0))
    assert [type(event) for event in events] == [Queued, Started, Compiled, Finished]
    assert last_of(events).verdict is Verdict.AC


async def test_after_the_first_failure_no_further_case_begins_if_the_job_says_so(tmp_path: Path) -> None:
    events = await judged(tmp_path, toy_job("print 0", cases=5, stop=True))
    assert verdicts(events) == {0: Verdict.AC, 1: Verdict.WA}
    assert (last_of(events).verdict, last_of(events).passed, last_of(events).total) == (Verdict.WA, 1, 5)


async def test_otherwise_every_case_is_run(tmp_path: Path) -> None:
    events = await judged(tmp_path, toy_job("print 3", cases=5))
    assert sorted(verdicts(events)) == [0, 1, 2, 3, 4]
    assert (last_of(events).verdict, last_of(events).passed) == (Verdict.WA, 1)


async def test_the_artifact_is_loaded_once_for_all_cases_of_a_box(tmp_path: Path) -> None:
    world = World()
    async with toy_engine(tmp_path, world) as engine:
        await finish(engine, toy_job("cat", cases=10))  # fills the cache
        await finish(engine, toy_job("cat"))
        resets, loads = world.counts["reset"], world.counts["load"]
        await finish(engine, toy_job("cat", cases=10))
    assert world.counts["load"] - loads == 1
    assert world.counts["reset"] - resets <= 1


async def test_cases_of_one_job_share_the_free_slots(tmp_path: Path) -> None:
    world = World()
    world.slow["run"] = 0.02
    events = await judged(tmp_path, toy_job("cat", cases=12), world, slots=4)
    assert verdicts(events) == dict.fromkeys(range(12), Verdict.AC)
    assert world.most_running == 4


async def test_extra_slots_go_back_after_a_case_when_another_job_waits(tmp_path: Path) -> None:
    world = World()
    world.slow["run"] = 0.02
    order: list[str] = []
    async with toy_engine(tmp_path, world, slots=2) as engine:

        async def judge(name: str, cases: int) -> None:
            async for event in engine.judge(toy_job("cat", cases=cases, job_id=name)):
                order.extend([name] if isinstance(event, CaseFinished | Finished) else [])

        long = asyncio.create_task(judge("long", 40))
        await world.until("case", 6)
        before = order.count("long")
        await judge("short", 1)
        assert order.count("long") - before < 12, "the short job did not wait for the long one"
        await long
    assert order.count("long") == 41


async def test_a_job_s_own_slot_is_free_while_its_helpers_finish(tmp_path: Path) -> None:
    """Two cases in two slots: when the first is over, its slot serves the next job though the second case runs."""
    async with toy_engine(tmp_path, World(), slots=2) as engine:
        cases = (TestCase(name="0", stdin=b"0"), TestCase(name="1", stdin=b"1"))
        slow = replace(toy_job("sleep 0.3"), cases=cases)
        first = asyncio.create_task(finish(engine, slow))
        await asyncio.sleep(0.1)
        assert (await asyncio.wait_for(finish(engine, toy_job("cat")), 5)).verdict is Verdict.AC
        assert (await first).verdict is Verdict.AC


async def test_a_slot_serves_the_next_job_while_the_last_result_is_not_taken_yet(
    tmp_path: Path,
) -> None:
    """The last run is over, its output is still to be looked at and told: for that no box is needed."""
    world = World()
    async with toy_engine(tmp_path, world) as engine:
        events = engine.judge(toy_job("cat", cases=_EVENTS_AHEAD - 1))  # and Started and Compiled: one event too many
        assert isinstance(await anext(events), Queued)
        await world.until("case", _EVENTS_AHEAD - 1)
        assert (await asyncio.wait_for(finish(engine, toy_job("cat")), 5)).verdict is Verdict.AC
        rest = [event async for event in events]
    assert last_of(rest).verdict is Verdict.AC


async def test_a_box_that_fails_during_a_case_costs_the_submission_nothing(tmp_path: Path) -> None:
    world = World()
    async with toy_engine(tmp_path, world, slots=2) as engine:
        await finish(engine, toy_job("cat"))
        world.to_fail["run"] = 1
        events = await events_of(engine, toy_job("cat", cases=6))
        assert verdicts(events) == dict.fromkeys(range(6), Verdict.AC)
        assert last_of(events).verdict is Verdict.AC
    assert world.counts["open"] == 3
    assert world.open == 0


@pytest.mark.parametrize("call", ["reset", "load", "run"])
async def test_a_box_that_fails_before_the_cases_is_replaced_too(tmp_path: Path, call: str) -> None:
    world = World()
    async with toy_engine(tmp_path, world) as engine:
        world.to_fail[call] = 1
        assert (await finish(engine, toy_job("cat", cases=2))).verdict is Verdict.AC
    assert world.counts["open"] == 2


async def test_a_case_that_breaks_two_boxes_is_je_and_ends_the_job(tmp_path: Path) -> None:
    world = World()
    events = await judged(tmp_path, toy_job("fail", cases=5), world)
    assert verdicts(events) == {0: Verdict.JE}
    assert (last_of(events).verdict, last_of(events).detail) == (Verdict.JE, "the program broke the box")
    assert world.counts["case"] == 2
    assert world.open == 0


async def test_the_next_job_is_judged_after_one_that_broke_its_boxes(tmp_path: Path) -> None:
    async with toy_engine(tmp_path, World()) as engine:
        assert (await finish(engine, toy_job("fail"))).verdict is Verdict.JE
        assert (await finish(engine, toy_job("cat"))).verdict is Verdict.AC


async def test_a_compilation_that_breaks_two_boxes_is_je(tmp_path: Path) -> None:
    world = World()
    async with toy_engine(tmp_path, world) as engine:
        world.to_fail["load"] = 2
        events = await events_of(engine, toy_job("cat", cases=3))
    assert compiled_of(events).verdict is Verdict.JE
    assert (last_of(events).verdict, last_of(events).detail) == (Verdict.JE, "load failed on demand")


async def test_a_defect_of_the_judge_is_je_of_its_job_alone_and_is_logged_with_the_job_s_id(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with toy_engine(tmp_path, World(), slots=2) as engine:
        finished, other = await asyncio.gather(
            finish(engine, toy_job("defect", cases=3, job_id="unlucky")), finish(engine, toy_job("cat", cases=3))
        )
        assert (finished.verdict, finished.detail) == (Verdict.JE, "the judge failed: RuntimeError: a defect")
        assert other.verdict is Verdict.AC
        assert (await finish(engine, toy_job("cat"))).verdict is Verdict.AC
    assert [record for record in caplog.records if "job unlucky: the judge failed" in record.message]


async def test_an_expected_output_that_vanishes_is_je_not_wrong(tmp_path: Path) -> None:
    expected = tmp_path / "expected"
    expected.write_bytes(b"0")
    job = toy_job("sleep 0.05\nprint 0")
    async with toy_engine(tmp_path, World()) as engine:
        judging = asyncio.create_task(finish(engine, replace(job, cases=(replace(job.cases[0], expected=expected),))))
        await asyncio.sleep(0.03)
        expected.unlink()
        assert (await judging).verdict is Verdict.JE


async def test_when_no_box_can_be_started_any_more_jobs_are_je_instead_of_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("executor.scheduler._FIRST_DELAY_S", 0.01)
    world = World()
    async with toy_engine(tmp_path, world) as engine:
        await finish(engine, toy_job("cat"))
        world.to_fail["run"] = 1
        world.to_fail["open"] = 4
        waiting = [finish(engine, toy_job("cat", cases=2)) for _ in range(3)]
        results = await asyncio.wait_for(asyncio.gather(*waiting), 10)
        assert {result.verdict for result in results} == {Verdict.JE}
        assert "no box can be started" in results[0].detail
        await asyncio.sleep(0.2)
        assert (await finish(engine, toy_job("cat"))).verdict is Verdict.AC


async def test_the_job_s_verdict_is_that_of_its_first_failed_case_whatever_finished_first(tmp_path: Path) -> None:
    slow_wrong, fast_crash = "sleep 0.05\nprint x", "exit 1"
    engine: Engine
    async with toy_engine(tmp_path, World(), slots=2) as engine:
        for program, verdict in ((slow_wrong, Verdict.WA), (fast_crash, Verdict.RTE)):
            assert (await finish(engine, toy_job(program, cases=3))).verdict is verdict


async def test_each_submitted_file_reaches_the_compiler(tmp_path: Path) -> None:
    files = (File("lib/x.toy", b"print 1"), File("main.toy", b"cat"))
    job = replace(toy_job(""), submission=Submission(files=files, runtime="toy", entry="main.toy"))
    assert last_of(await judged(tmp_path, job)).verdict is Verdict.AC
    binaries = [path for path in (tmp_path / "cache" / "artifacts").rglob("0") if path.read_bytes() == b"cat"]
    assert len(binaries) == 1
    assert re.search('"name": "main"', (binaries[0].parent / "manifest.json").read_text())
