"""
Samples become judgements: in real boxes where the verdict matters, with an engine that fails on demand where it must.

The benchmark is of our own: echo problems in Python and C, whose samples are whole programs.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from executor.engine import Engine, EngineConfig
from executor.errors import EngineClosed, EnneadError, RuntimeUnavailable
from executor.model import (
    MIB,
    SECOND,
    CaseFinished,
    Compiled,
    Event,
    File,
    Finished,
    Job,
    Limits,
    Outcome,
    Queued,
    Submission,
    TestCase,
    Verdict,
)
from scorer import judging, recording
from scorer.benchmark import Benchmark
from scorer.judging import Changes, Judge, Known, Manner, Observed, judge_all
from scorer.model import Conclusion, JobResult, Judgement, Part, Prepared, Problem, Sample
from scorer.recording import CUT, EXCERPT_BYTES

ECHO = "import sys\nsys.stdout.write(sys.stdin.read())"
C_ECHO = "#include <stdio.h>\nint main(void) { int c; while ((c = getchar()) != EOF) putchar(c); }"
LIMITS = Limits(cpu_ns=2 * SECOND, wall_ns=20 * SECOND, memory_bytes=256 * MIB)


class Echo(Benchmark):
    """Each problem has cases that want their input back; a text without a program says `nothing`."""

    name = "echo"
    version = "1"

    def __init__(self, cases: int = 2, runtimes: Iterable[str] = ("python", "c"), stdin: bytes = b"case %d") -> None:
        self.problems = {runtime: Problem(id=runtime, runtime=runtime, cases=cases) for runtime in runtimes}
        self._stdin = stdin
        self.prepared: Counter[tuple[str, int]] = Counter()

    def prepare(self, sample: Sample) -> Prepared:
        self.prepared[sample.problem, sample.index] += 1
        problem = self.problems[sample.problem]
        digest = hashlib.sha256(sample.text.encode()).hexdigest()
        if sample.text == "nothing":
            return Prepared(digest=digest, program="", method="none", settled=Verdict.CE, detail="there is no program")
        if sample.text == "defect":
            raise ZeroDivisionError("in the extraction")
        assert problem.runtime is not None
        name = {"python": "main.py", "c": "main.c"}.get(problem.runtime, "main")
        stdin = [self._stdin.replace(b"%d", b"%d" % number) for number in range(problem.cases)]
        job = Job(
            id="",
            submission=Submission(files=(File(name, sample.text.encode()),), runtime=problem.runtime),
            cases=tuple(TestCase(name=str(n), stdin=each, expected=each) for n, each in enumerate(stdin)),
            limits=LIMITS,
        )
        return Prepared(digest=digest, program=sample.text, method="as given", job=job)


@dataclass
class Scripted:
    """An engine whose jobs end as told, by the source's text: verdicts in turn, or exceptions."""

    ends: Mapping[str, list[Verdict | EnneadError]] = field(default_factory=dict)
    jobs: list[str] = field(default_factory=list)
    running: int = 0
    most: int = 0
    closed: int = 0
    limits: list[Limits] = field(default_factory=list)

    async def judge(self, job: Job) -> AsyncGenerator[Event, None]:
        source = job.submission.files[0].content
        assert isinstance(source, bytes)
        self.jobs.append(source.decode())
        self.limits.append(job.limits)
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            yield Queued(job_id=job.id)
            await asyncio.sleep(0.01)
            ends = self.ends.get(source.decode(), [Verdict.AC])
            end = ends.pop(0) if len(ends) > 1 else ends[0]
            if isinstance(end, EnneadError):
                raise end
            yield Compiled(job_id=job.id, verdict=Verdict.AC, cached=False, log="", version="scripted 1.0")
            passed = len(job.cases) if end is Verdict.AC else 0
            yield Finished(job_id=job.id, verdict=end, passed=passed, total=len(job.cases), detail=f"it was {end}")
        finally:
            self.running -= 1
            self.closed += 1


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "_PAUSE_S", 0)


async def judged(
    samples: Iterable[Sample],
    engine: Judge,
    benchmark: Benchmark | None = None,
    known: Known | None = None,
    observed: Observed | None = None,
    **manner: object,
) -> list[Judgement]:
    how = Manner(**({"at_once": 4} | manner))  # type: ignore[arg-type]  # fields of Manner
    return [each async for each in judge_all(benchmark or Echo(), samples, engine, how, known, observed)]


def of(text: str, count: int = 1, problem: str = "python", first: int = 0) -> list[Sample]:
    return [Sample(problem=problem, index=first + number, text=text) for number in range(count)]


def by_sample(judgements: Iterable[Judgement]) -> dict[tuple[str, int], Judgement]:
    judgements = list(judgements)
    found = {(each.problem, each.sample): each for each in judgements}
    assert len(found) == len(judgements), "a sample was judged twice"
    return found


async def test_programs_get_the_verdicts_that_they_earn(tmp_path: Path) -> None:
    texts = {
        "python": [ECHO, "print('wrong')", "import sys\nif '1' in sys.stdin.read(): sys.exit(3)\nprint('case 0')"],
        "c": [C_ECHO, "int main(void) { return undeclared; }", "int main(void) { for (;;); }"],
    }
    samples = [s for problem, each in texts.items() for n, t in enumerate(each) for s in of(t, 1, problem, n)]
    observed = Observed()
    async with Engine(EngineConfig(slots=2, cache_dir=tmp_path)) as engine:
        changes = Changes(limits={"cpu_ns": SECOND // 2})
        found = by_sample(await judged(samples, engine, observed=observed, changes=changes))
    verdicts = {key: (each.verdict, each.passed, each.total, each.compiled) for key, each in found.items()}
    assert verdicts == {
        ("python", 0): (Verdict.AC, 2, 2, True),
        ("python", 1): (Verdict.WA, 0, 2, True),
        ("python", 2): (Verdict.RTE, 1, 2, True),
        ("c", 0): (Verdict.AC, 2, 2, True),
        ("c", 1): (Verdict.CE, 0, 2, False),
        ("c", 2): (Verdict.TLE, 0, 2, True),
    }
    wrong = found["python", 1]
    assert (wrong.program, wrong.method, wrong.shared) == ("print('wrong')", "as given", False)
    assert (wrong.cases[0].stdin, wrong.cases[0].stdout, wrong.cases[0].expected) == ("case 0", "wrong\n", "case 0")
    assert wrong.cases[0].cpu_ns
    assert wrong.cases[0].memory_bytes
    assert found["python", 0].cases[0].stdin is None
    assert "undeclared" in found["c", 1].log
    assert observed.toolchains["python"].startswith("Python 3")
    assert set(observed.toolchains) == {"python", "c"}
    assert observed.limits["cpu_ns"] == (SECOND // 2, SECOND // 2)
    assert observed.jobs == 6


async def test_equal_programs_of_a_problem_are_judged_once_and_shared() -> None:
    engine, observed, benchmark = Scripted({"b": [Verdict.WA]}), Observed(), Echo()
    samples = [*of("a", 50), *of("b", 50, first=50), *of("a", 10, problem="c")]
    judgements = await judged(samples, engine, benchmark, observed=observed)
    found = by_sample(judgements)
    assert len(found) == 110
    assert sorted(engine.jobs) == ["a", "a", "b"]
    assert observed.jobs == 3
    assert Counter((each.problem, each.shared) for each in judgements) == {
        ("python", False): 2,
        ("python", True): 98,
        ("c", False): 1,
        ("c", True): 9,
    }
    assert all(found["python", n].verdict is (Verdict.AC if n < 50 else Verdict.WA) for n in range(100))
    assert {(each.program, each.cases) for each in judgements if each.shared} == {("", ())}
    told: set[tuple[str, str]] = set()
    for each in judgements:
        assert each.shared == ((each.problem, each.digest) in told), "the one that is shared comes first"
        told.add((each.problem, each.digest))


async def test_equal_programs_are_compiled_once(tmp_path: Path) -> None:
    async with Engine(EngineConfig(slots=2, cache_dir=tmp_path)) as engine:
        observed = Observed()
        judgements = await judged(of(C_ECHO, 20, problem="c"), engine, observed=observed)
    assert observed.jobs == 1
    assert {each.verdict for each in judgements} == {Verdict.AC}
    assert sum(not each.shared for each in judgements) == 1


async def test_what_an_earlier_process_judged_is_neither_prepared_nor_judged_again_and_is_shared() -> None:
    first = await judged(of("a", 3), Scripted())
    engine, benchmark, known = Scripted(), Echo(), Known(first)
    second = await judged([*of("a", 5), *of("b", 1, first=5)], engine, benchmark, known)
    assert sorted((each.sample, each.shared) for each in second) == [(3, True), (4, True), (5, False)]
    assert engine.jobs == ["b"]
    assert set(benchmark.prepared) == {("python", 3), ("python", 4), ("python", 5)}
    assert len(known.keys) == 6


async def test_a_failure_of_the_judge_is_tried_twice_more_and_then_said() -> None:
    engine = Scripted({"passing": [Verdict.JE, Verdict.JE, Verdict.AC], "lasting": [Verdict.JE]})
    known = Known()
    judgements = await judged([*of("passing"), *of("lasting", 3, first=1)], engine, known=known)
    assert Counter(each.verdict for each in judgements) == {Verdict.AC: 1, Verdict.JE: 3}
    assert engine.jobs.count("passing") == 3
    assert engine.jobs.count("lasting") in {3, 6, 9}, "those that came while it was judged share the failure"
    assert known.keys == {("python", 0)}
    again = await judged([*of("passing"), *of("lasting", 3, first=1)], Scripted(), known=known)
    assert sorted((each.sample, each.verdict) for each in again) == [(n, Verdict.AC) for n in (1, 2, 3)]


async def test_what_needs_no_run_never_reaches_the_engine() -> None:
    engine = Scripted()
    judgements = await judged(of("nothing", 2), engine)
    assert not engine.jobs
    assert {(each.verdict, each.passed, each.total, each.compiled) for each in judgements} == {
        (Verdict.CE, 0, 2, False)
    }
    assert {each.detail for each in judgements} == {"there is no program"}


async def test_a_defect_of_the_extraction_is_no_verdict_on_the_sample(caplog: pytest.LogCaptureFixture) -> None:
    judgements = by_sample(await judged([*of("defect"), *of("a", first=1)], Scripted()))
    assert judgements["python", 1].accepted
    assert judgements["python", 0].failed_to_judge
    assert "ZeroDivisionError: in the extraction" in judgements["python", 0].detail
    assert "problem python, sample 0" in caplog.text


async def test_a_runtime_that_is_not_there_is_no_verdict_and_not_tried_again(tmp_path: Path) -> None:
    engine = Scripted({"a": [RuntimeUnavailable("install it")]})
    (found,) = await judged(of("a"), engine)
    assert (found.verdict, found.detail, found.total) == (Verdict.JE, "install it", 2)
    assert len(engine.jobs) == 1


async def test_an_engine_that_can_judge_nothing_more_ends_it_and_what_was_judged_stays() -> None:
    engine = Scripted({"last": [EngineClosed("it is closed")]})
    samples = [*of("a"), *of("last", first=1), *of("b", first=2)]
    judgements = judge_all(Echo(), samples, engine, Manner(at_once=1))
    assert (await anext(judgements)).sample == 0
    with pytest.raises(EngineClosed, match="it is closed"):
        await anext(judgements)
    assert (engine.running, engine.closed) == (0, 2)


async def test_a_lapse_of_the_engine_is_tried_again() -> None:
    class Lapse(EnneadError):
        pass

    engine = Scripted({"a": [Lapse("once"), Verdict.AC], "b": [Lapse("always")]})
    found = by_sample(await judged([*of("a"), *of("b", first=1)], engine, lapses=(Lapse,)))
    assert found["python", 0].accepted
    assert (found["python", 1].verdict, found["python", 1].detail) == (Verdict.JE, "always")


async def test_no_more_samples_than_asked_are_in_progress_and_few_are_taken_ahead() -> None:
    taken = 0

    def samples() -> Iterator[Sample]:
        nonlocal taken
        for number in range(100_000):
            taken += 1
            yield from of(f"program {number}", first=number)

    engine = Scripted()
    judgements = judge_all(Echo(), samples(), engine, Manner(at_once=3))
    for _ in range(10):
        await anext(judgements)
    await asyncio.sleep(0.5)  # a consumer that is slow
    assert taken < 300
    await judgements.aclose()
    assert (engine.most, engine.running) == (3, 0)


@pytest.mark.parametrize("how", ["cancel", "close"])
async def test_stopping_ends_what_runs_also_when_nobody_takes_results(how: str) -> None:
    engine = Scripted()
    judgements = judge_all(Echo(), of("nothing", 1000) + of("a", first=1000), engine, Manner(at_once=2))

    async def consume() -> None:
        async for _ in judgements:
            await asyncio.sleep(60)

    consumer = asyncio.create_task(consume())
    await asyncio.sleep(0.2)
    consumer.cancel()
    await asyncio.wait({consumer}, timeout=5)
    assert consumer.done()
    if how == "close":
        await asyncio.wait_for(judgements.aclose(), 5)
    assert engine.running == 0


async def test_limits_are_put_in_place_of_those_of_jobs_and_cases() -> None:
    case = TestCase(name="own", limits=Limits(cpu_ns=1, memory_bytes=7))
    job = Job(id="", submission=Submission(files=(), runtime="c"), cases=(case, TestCase(name="none")), limits=LIMITS)
    changed = Changes(limits={"cpu_ns": 5}, allowances=True).apply(job)
    assert (changed.limits.cpu_ns, changed.limits.memory_bytes, changed.allowances) == (5, 256 * MIB, True)
    assert changed.cases[0].limits == Limits(cpu_ns=5, memory_bytes=7)
    assert changed.cases[1].limits is None
    assert Changes(cold=True).apply(job).cold
    assert Changes().apply(job) == job


async def test_texts_are_kept_of_the_first_three_failures_and_cut(tmp_path: Path) -> None:
    benchmark = Echo(cases=8, stdin=b"%d " * EXCERPT_BYTES)
    program = "import sys\ntext = sys.stdin.read()\nprint(text if text[0] in '04' else 'no ' + text)"
    async with Engine(EngineConfig(slots=2, cache_dir=tmp_path)) as engine:
        (found,) = await judged(of(program), engine, benchmark)
    assert (found.verdict, found.passed, found.total) == (Verdict.WA, 2, 8)
    assert [each.name for each in found.cases] == list(map(str, range(8)))
    assert [each.name for each in found.cases if each.stdout is not None] == ["1", "2", "3"]
    shown = found.cases[1]
    assert shown.stdout is not None
    assert shown.stdout.startswith("no 1 1")
    assert shown.stdout.endswith(CUT)
    assert len(shown.stdout) == EXCERPT_BYTES + len(CUT)


def test_the_first_failures_count_in_whatever_order_they_finish() -> None:
    job = Echo(cases=6).prepare(*of("a")).job
    assert job is not None
    kept = recording.Recording(job)
    for index in (5, 3, 4, 1, 2):
        outcome = Outcome(exit_code=0, stdout=b"\xff%d" % index)
        kept.add(CaseFinished(job_id="", index=index, name=str(index), verdict=Verdict.WA, outcome=outcome))
    assert {each.name: each.stdout for each in kept.cases if each.stdout is not None} == {
        str(index): f"\N{REPLACEMENT CHARACTER}{index}" for index in (1, 2, 3)
    }
    assert (kept.finished.verdict, kept.detail) == (Verdict.JE, "it was not finished")


class Graded(Echo):
    """A sample is several programs, one on each line, and its score the share that is right; `odd` breaks the rules."""

    def prepare(self, sample: Sample) -> Prepared:
        lines = sample.text.split("\n")
        made = [super(Graded, self).prepare(replace(sample, text=line)) for line in lines if line != "prose"]

        def conclude(results: Sequence[JobResult]) -> Conclusion:
            right = sum(each.finished.verdict is Verdict.AC for each in results)
            assert all(len(each.cases[0].outcome.stdout) > 0 for each in results if each.cases)
            score = right / len(results) if results else 0.25
            parts = (Part(name="programs", got=right, total=len(results)),)
            verdict = Verdict.AC if score == 1 else Verdict.WA
            return Conclusion(verdict=verdict, score=score if "odd" not in lines else 1 / 0, points=2.0, parts=parts)

        jobs = tuple(each.job for each in made if each.job is not None)
        return Prepared(
            digest=hashlib.sha256(sample.text.encode()).hexdigest(),
            program=sample.text,
            method="prose",
            jobs=jobs,
            conclude=conclude,
        )


async def test_the_score_of_a_graded_sample_is_concluded_from_all_its_jobs(tmp_path: Path) -> None:
    right = "import sys; sys.stdout.write(sys.stdin.read())"
    texts = [f"{right}\nprint('wrong')", right, "prose", f"{right}\nprint('wrong')"]
    samples = [each for number, text in enumerate(texts) for each in of(text, first=number)]
    async with Engine(EngineConfig(slots=1, cache_dir=tmp_path)) as engine:
        found = by_sample(await judged(samples, engine, Graded()))
    shown = [(each.verdict, each.score, each.passed, each.total, each.compiled) for _, each in sorted(found.items())]
    assert shown == [
        (Verdict.WA, 0.5, 2, 4, True),
        (Verdict.AC, 1.0, 2, 2, True),
        (Verdict.WA, 0.25, 0, 2, None),
        (Verdict.WA, 0.5, 2, 4, True),
    ]
    assert {each.points for each in found.values()} == {2.0}
    assert found["python", 3].shared
    assert found["python", 3].parts == (Part(name="programs", got=1, total=2),)


async def test_a_graded_sample_with_a_job_that_failed_to_be_judged_has_no_score() -> None:
    engine = Scripted({"b": [Verdict.JE]})
    found = by_sample(await judged([*of("a\nb"), *of("a\nodd", first=1)], engine, Graded()))
    assert {each.verdict for each in found.values()} == {Verdict.JE}
    assert found["python", 0].detail == "it was JE"
    assert "it could not be graded: ZeroDivisionError" in found["python", 1].detail


class Keyed(Graded):
    """Programs of graded samples are known by their text; what stands before `: ` is prose, which is no part of it."""

    def prepare(self, sample: Sample) -> Prepared:
        made = super().prepare(replace(sample, text=sample.text.partition(": ")[2]))
        digest = hashlib.sha256(sample.text.encode()).hexdigest()
        return replace(made, digest=digest, programs=tuple(_text_of(job) for job in made.jobs))


def _text_of(job: Job) -> str:
    content = job.submission.files[0].content
    assert isinstance(content, bytes)
    return content.decode()


async def test_programs_of_graded_samples_are_judged_once_whatever_is_said_around_them() -> None:
    engine = Scripted({"b": [Verdict.WA]})
    samples = [each for n in range(40) for each in of(f"{n}: a\nb" if n % 2 else f"{n}: a\nc", first=n)]
    found = by_sample(await judged(samples, engine, Keyed(), at_once=2))
    assert sorted(engine.jobs) == ["a", "b", "c"]
    assert {each.score for (_, n), each in found.items() if n % 2} == {0.5}
    assert {each.score for (_, n), each in found.items() if not n % 2} == {1.0}


async def test_who_waits_for_the_same_program_leaves_its_place_to_others() -> None:
    engine = Scripted()
    samples = [*of("1: a"), *of("2: a", first=1), *of("3: a", first=2), *of("4: b", first=3)]
    await judged(samples, engine, Keyed(), at_once=2)
    assert (engine.jobs, engine.most) == (["a", "b"], 2)


async def test_a_program_that_failed_to_be_judged_is_judged_again_for_who_waited() -> None:
    engine = Scripted({"a": [Verdict.JE, Verdict.JE, Verdict.JE, Verdict.AC]})
    found = by_sample(await judged([*of("1: a"), *of("2: a", first=1)], engine, Keyed()))
    assert [found["python", n].verdict for n in (0, 1)] == [Verdict.JE, Verdict.AC]


async def test_without_sharing_every_sample_is_judged_for_itself() -> None:
    engine = Scripted()
    judgements = await judged([*of("1: a"), *of("1: a", first=1)], engine, Keyed(), share=False)
    judgements += await judged(of("a", 3), engine, share=False)
    assert engine.jobs == ["a"] * 5
    assert not any(each.shared for each in judgements)


async def test_expected_outputs_in_files_are_read_only_as_far_as_they_are_shown(tmp_path: Path) -> None:
    expected = tmp_path / "expected"
    expected.write_bytes(b"x" * 10_000_000)
    text = recording._excerpt(expected)
    assert len(text) == EXCERPT_BYTES + len(CUT)
