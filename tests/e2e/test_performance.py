"""docs/performance.md says what was measured, and what is measured are programs that do what they should."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bench import chart, distinct, docker, document
from bench.bare import BARE
from bench.languages import GOALS
from executor.engine import Engine, EngineConfig
from executor.model import CaseFinished, Compiled, File, Finished, Job, Submission, TestCase, Verdict

in_the_modules_loop = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Engine]:
    async with Engine(EngineConfig(cache_dir=tmp_path_factory.mktemp("cache"))) as engine:
        yield engine


@pytest.mark.parametrize("file", [document.DOCUMENT, document.SPECIFICATION], ids=lambda file: file.name)
def test_no_figure_is_typed_by_hand(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text == document.updated(text, document.read()), "write them with: python -m bench.document"


def test_the_picture_is_that_of_the_figures() -> None:
    assert document.PICTURE.read_text(encoding="utf-8") == document.picture(document.read())


def test_a_goal_that_is_not_met_is_said_in_every_place() -> None:
    samples = {"gcc": [{"cpu_ms": 50.0, "wall_ms": 60.0}] * 10}
    for way, cpu_ms in (("cold", 75.0), ("accelerated", 60.0)):
        samples[way] = [{"cpu_ms": cpu_ms, "wall_ms": 70.0}] * 10
    row = {
        "runtime": "c",
        "goal": 1.05,
        "commands": {"gcc": "gcc"},
        "samples": samples,
        "first": {"cold": 1, "accelerated": 2},
    }
    machine = {"date": "2026-01-01", "cores": 2, "kernel": "6", "python": "3.11", "load": 0.0}
    figures = {"languages": {"machine": machine, "rows": [row]}}
    tables = document.tables(figures)
    assert tables["languages"].splitlines()[-1].endswith("| 10 | no |")
    assert "**1.20** | 1.50" in tables["languages"]
    assert "pending (not met; `bench/languages.py`)" in tables["performance-promises"]
    assert 'class="missed"' in document.picture(figures)
    assert 'class="accelerated" x="170"' in chart.svg([chart.Bars("c", 1.5, 1.0, 1.05)])


def test_what_a_container_for_each_run_costs_is_said_beside_the_goal() -> None:
    samples = {way: [{"wall_ms": 100.0, "cpu_ms": 90.0}] * 3 for way in (docker.NATIVE, docker.EXEC, docker.RUN)}
    samples[docker.BOX] = [{"wall_ms": 19.0, "cpu_ms": 9.0}, {"wall_ms": 25.0, "cpu_ms": 10.0}] * 2
    comparison = docker.Comparison("C", samples)
    machine = {"date": "2026-01-01", "cores": 2, "kernel": "6", "python": "3.11", "load": 0.0}
    table = document.tables({"docker": {"machine": machine, "rows": [comparison.as_json()]}})["docker"]
    assert "| C | Docker box | 19.0 / 19.0 / 22.0 | 9.0 / 9.0 / 9.5 |" in table
    assert "takes 4.5 times a run in a Docker box (goal: 5, not met)" in table
    assert [line[0] for line in comparison.lines()][-1] == "-"


def test_every_language_has_ten_problems_and_a_bare_command() -> None:
    problems = distinct.names("python")
    assert len(problems) == 10
    assert set(BARE) == set(GOALS)
    for runtime_id in GOALS:
        assert distinct.names(runtime_id) == problems


def test_variants_differ_and_equal_numbers_give_equal_programs() -> None:
    for runtime_id in GOALS:
        for name in distinct.names(runtime_id):
            one, other = (distinct.variant(runtime_id, name, number) for number in (1, 2))
            assert one.code != other.code
            assert one == distinct.variant(runtime_id, name, 1)
            assert one.expected.startswith(b"run-1-")


@in_the_modules_loop
@pytest.mark.timeout(600)
@pytest.mark.parametrize("runtime_id", sorted(GOALS))
async def test_the_programs_have_the_same_answer_in_every_language(engine: Engine, runtime_id: str) -> None:
    """One problem for each language; all of them with ENNEAD_LONG=1."""
    runtime = engine.runtimes.get(runtime_id)
    if reason := runtime.missing():
        pytest.skip(reason)
    names = distinct.names(runtime_id)
    chosen = names if "ENNEAD_LONG" in os.environ else names[sum(map(ord, runtime_id)) % len(names) :][:1]
    for name in chosen:
        program = distinct.variant(runtime_id, name, 7)
        job = Job(
            id=name,
            submission=Submission(files=(File(BARE[runtime_id][0].source, program.code.encode()),), runtime=runtime_id),
            cases=(TestCase(name="1", stdin=program.stdin, expected=program.expected),),
        )
        events = [event async for event in engine.judge(job)]
        seen = [event for event in events if isinstance(event, Compiled | CaseFinished)]
        assert isinstance(events[-1], Finished)
        assert events[-1].verdict is Verdict.AC, (name, seen)
