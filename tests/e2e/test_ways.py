"""
Every acceleration on and off: the same verdicts, logs and outputs.

Each program is judged twice by one engine, as it is and cold, and all that can be seen of the two is compared: of the
compilation its verdict and its log, of each case its verdict, how the run ended, standard output and standard error.
Prefixes are learned, compilers stay and interpreters wait as they do in any engine. Tasks of our own show it for all
six languages of HumanEval-X; where the benchmark's data is found, see test_humaneval_x.py, its solutions do, as they
are, with their results falsified, and with a mistake that no compiler passes. Whole with `make test-ways`.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, replace

import pytest
import pytest_asyncio

from executor.engine import Engine, EngineConfig
from executor.model import SECOND, CaseFinished, Compiled, Finished, Job, Limits, Verdict
from executor.preparing import recipe_of
from scorer.benchmarks.humaneval_x import Language, program
from scorer.benchmarks.humaneval_x_benchmark import UNDECIDED_IN_THE_DATA, load
from scorer.model import Form, Sample
from tests.e2e.test_humaneval_x import DATA, OWN_TASKS, WRONG, data_of, skip_unless_installed
from tests.e2e.test_humaneval_x_benchmark import falsified
from tests.submissions.test_submissions import PROGRAMS, job_of, reason_to_skip

pytestmark = pytest.mark.asyncio(loop_scope="module")

WHOLE = "ENNEAD_LONG" in os.environ
STEPS = {Language.PYTHON: 60, Language.JS: 60, Language.CPP: 80, Language.GO: 60}
"""Of the tasks, one in so many; all if the whole is wanted."""
LIMITS = Limits(cpu_ns=10 * SECOND, wall_ns=60 * SECOND)
MISTAKES = {
    Language.CPP: "return undeclared + 1;\n}\n",
    Language.GO: "return undeclared + 1\n}\n",
    Language.JAVA: "return undeclared + 1;\n}\n}\n",
    Language.JS: "return undeclared + ;\n}\n",
    Language.PYTHON: "    return undeclared + \n",
    Language.RUST: "undeclared + 1\n}\n",
}
UNMISTAKABLE = {Verdict.AC, Verdict.WA, Verdict.CE, Verdict.RTE}
"""What does not depend on how fast the machine is at the moment."""
PASSING = [
    (rb"0x[0-9a-f]+", b"ADDRESS"),
    (rb"\b\d+\.\d+ ?(m?s|seconds)\b", b"DURATION"),
    (rb"\bgoroutine \d+\b", b"goroutine N"),
    (rb"\d{4}[-/]\d\d[-/]\d\d \d\d:\d\d:\d\d", b"TIME"),
    (rb"/tmp/cc\w{6}\.(?:o|ltrans\w*)", b"OBJECT"),
    (rb"thread '\w+' \(\d+\)", b"thread"),
]
"""What differs from run to run of one program, and what stands for it."""


@dataclass(frozen=True)
class Seen:
    """All that can be seen of a job, but for what it cost and what differs from run to run."""

    compilation: tuple[Verdict, bytes, str]
    cases: tuple[tuple[object, ...], ...]
    verdict: Verdict
    detail: bytes


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Engine]:
    """An engine with a store of its own; what C++ begins with it has to learn."""
    async with Engine(EngineConfig(cache_dir=tmp_path_factory.mktemp("cache"))) as engine:
        for runtime in (each for each in engine.runtimes if each.assets is not None and each.missing() is None):
            recipe = recipe_of(runtime.resolve())
            assert recipe is not None
            await engine.prepare(recipe, engine.stores.own)
        yield engine


def lasting(written: bytes) -> bytes:
    for pattern, name in PASSING:
        written = re.sub(pattern, name, written)
    return written


async def seen(engine: Engine, job: Job) -> Seen:
    compilation: tuple[Verdict, bytes, str] = (Verdict.JE, b"", "")
    cases: dict[int, tuple[object, ...]] = {}
    async for event in engine.judge(job):
        if isinstance(event, Compiled):
            compilation = (event.verdict, lasting(event.log.encode()), event.version)
        elif isinstance(event, CaseFinished):
            outcome = event.outcome
            written = (lasting(outcome.stdout), lasting(outcome.stderr), lasting(event.detail.encode()))
            ending = (outcome.exit_code, outcome.signal, outcome.exceeded)
            # How much is written before a limit is reached, and how the text is cut, is not the same twice.
            exact = event.verdict in UNMISTAKABLE
            cases[event.index] = (event.verdict, event.tests, *(ending if exact else ()), *(written if exact else ()))
        elif isinstance(event, Finished):
            return Seen(
                compilation,
                tuple(cases[index] for index in sorted(cases)),
                event.verdict,
                lasting(event.detail.encode()),
            )
    raise AssertionError("a job ends with Finished")


async def differences(engine: Engine, jobs: Sequence[Job]) -> tuple[list[str], set[Verdict]]:
    """The jobs of which the two ways say different things, with these; and every verdict there was."""
    gate = asyncio.Semaphore(engine.slots + 1)
    verdicts = set()

    async def compare(job: Job) -> str | None:
        async with gate:
            accelerated = await seen(engine, job)
            cold = await seen(engine, replace(job, cold=True))
        verdicts.add(cold.verdict)
        return None if accelerated == cold else f"{job.id}:\naccelerated {accelerated}\ncold {cold}"

    found = await asyncio.gather(*map(compare, jobs))
    return [each for each in found if each is not None], verdicts


def answers(language: Language) -> Iterable[tuple[str, str]]:
    """Answers to the task of our own, and what they are."""
    task = OWN_TASKS[language]
    yield "right", task.canonical_solution
    yield "mistaken", MISTAKES[language]
    for number, answer in enumerate(WRONG[language][: None if WHOLE else 1]):
        yield f"wrong {number}", answer


@pytest.mark.parametrize("language", Language)
async def test_answers_to_a_task_of_our_own_are_judged_alike(engine: Engine, language: Language) -> None:
    skip_unless_installed(engine, language)
    jobs = []
    # Twice, since a compiler stays from the second time on, and so does an interpreter.
    for turn in range(2):
        for name, answer in answers(language):
            made = program(OWN_TASKS[language], f"{answer}\n{'#' if language is Language.PYTHON else '//'} {turn}\n")
            jobs.append(Job(id=f"{name} {turn}", submission=made.submission, cases=(made.case,), limits=LIMITS))
    found, verdicts = await differences(engine, jobs)
    assert not found, "\n\n".join(found)
    assert Verdict.AC in verdicts
    assert len(verdicts) > 1


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("language", STEPS)
async def test_humaneval_x_is_judged_alike(engine: Engine, language: Language) -> None:
    skip_unless_installed(engine, language)
    tasks = [task for task in data_of(language) if task.task_id not in UNDECIDED_IN_THE_DATA]
    benchmark = load(DATA, language)
    jobs = []
    for task in tasks[:: 1 if WHOLE else STEPS[language]]:
        for name, answer in (("right", task.canonical_solution), ("mistaken", MISTAKES[language])):
            made = program(task, answer)
            jobs.append(Job(id=f"{task.task_id} {name}", submission=made.submission, cases=(made.case,), limits=LIMITS))
        sample = Sample(problem=task.task_id, index=0, text=falsified(task), form=Form.SOLUTION)
        job = benchmark.prepare(sample).job
        assert job is not None, task.task_id
        jobs.append(replace(job, id=f"{task.task_id} falsified"))
    found, verdicts = await differences(engine, jobs)
    assert not found, f"{len(found)} of {len(jobs)} differ\n" + "\n\n".join(found)
    assert Verdict.AC in verdicts
    assert len(verdicts) > 1


@pytest.mark.slow
@pytest.mark.timeout(3600)
async def test_the_programs_with_a_verdict_of_their_own_are_judged_alike(engine: Engine) -> None:
    runnable = [path for path in PROGRAMS if not reason_to_skip(path)]
    found, verdicts = await differences(engine, [job_of(path) for path in runnable[:: 1 if WHOLE else 40]])
    assert not found, f"{len(found)} differ\n" + "\n\n".join(found)
    assert len(verdicts) > 1
