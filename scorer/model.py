"""
The nouns of the scorer: frozen, pure data that its other modules speak in.

A *sample* is one answer of a model to one problem; a benchmark *prepares* it (finds the program in it) and the engine's
events about that program become a *judgement*, one for every sample. Metrics are made of judgements alone.

Units end the names, absent is None. Nothing here does I/O.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from executor.model import CaseFinished, Compiled, Finished, Job, Verdict


class Form(StrEnum):
    """What the text of a sample is, and so how the program is found in it."""

    ANSWER = "answer"
    """What a model said: prose, Markdown fences, several blocks, anything. The program is extracted."""
    COMPLETION = "completion"
    """Continues the problem's prompt, character by character."""
    SOLUTION = "solution"
    """A whole program, or the whole of what was asked for, without anything around it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """
    One answer of a model to one problem: a line of generations.jsonl.

    Args:
        problem: id of the problem.
        index: number among the problem's samples, from 0; the samples with one index are a set.
        text: the answer, or what is left of it.
        form: what `text` is.
        finish_reason: as OpenAI's interface has it; `length` marks a truncated answer.
        prompt: what was asked, where it is known.
        details: whatever else was recorded of it (model, seed, tokens ...); only shown.
    """

    problem: str
    index: int
    text: str
    form: Form = Form.ANSWER
    finish_reason: str | None = None
    prompt: str | None = None
    details: Mapping[str, object] = field(default_factory=dict)

    @property
    def truncated(self) -> bool:
        return self.finish_reason == "length"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """
    What a benchmark asks.

    Args:
        id: unique in the benchmark.
        runtime: the language it is to be solved in; None: nothing is run, or the sample says which.
        language: shown to people and grouped by; empty: the runtime's id.
        cases: test cases; 1 where assertions are judged as one.
        extras: packages that programs need, by the names of the runtime's extras; those that go by the benchmark's name
            are needed anyway.
        title, statement: shown in reports; Markdown is not rendered.
        category, difficulty: what scores can be grouped by, in the benchmark's own words.
        fields: what prompts are made of, by name (such as `description`, `declaration`); see docs/benchmarks.md.
        weight: what the problem is worth where scores are added up, as graded ones are.
        attempt: answers of which the best one counts there.
        defect: why no program can be expected to pass, or what else is wrong with the data; empty: nothing is known.
    """

    id: str
    runtime: str | None
    cases: int
    language: str = ""
    title: str = ""
    statement: str = ""
    category: str | None = None
    difficulty: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    weight: float = 1.0
    attempt: int = 10
    extras: tuple[str, ...] = ()
    defect: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobResult:
    """
    What an engine said of one job.

    Args:
        compiled: None where the job ended before.
    """

    compiled: Compiled | None
    cases: tuple[CaseFinished, ...]
    finished: Finished


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """
    What one kind of metric gave to a sample's score.

    Args:
        got: may be negative, and may be more than `total`.
        detail: for people.
    """

    name: str
    got: float
    total: float
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """
    What another mode of a benchmark makes of the same answer and the same jobs.

    Args:
        mode: its name.
        same: nothing differs; `score` and the rest are as in the judgement, and are left empty here.
        score, points, parts, left_out, detail: as in Conclusion.
        reasons: why the modes differ, as sentences.
    """

    mode: str
    same: bool = False
    score: float | None = None
    points: float | None = None
    parts: tuple[Part, ...] = ()
    left_out: bool = False
    detail: str = ""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """
    What follows from the jobs of a graded sample.

    Args:
        score: share of the points; negative where a benchmark takes points away.
        points: of a full answer; None where nothing is known of them, since the problem is left out.
        left_out: the benchmark's own rules leave this problem out of the total; `detail` says why.
        mode: of the benchmark, that all this is of; empty: it has only one.
        readings: of its other modes.
    """

    verdict: Verdict
    score: float
    points: float | None = None
    parts: tuple[Part, ...] = ()
    left_out: bool = False
    detail: str = ""
    mode: str = ""
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """
    A program that is accepted where there is what programs of a benchmark import.

    Args:
        install: words after `exec-cli runtimes install` that bring it.
    """

    job: Job
    install: str


Conclude = Callable[[Sequence[JobResult]], Conclusion]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """
    What is judged of a sample.

    Args:
        digest: sha256, hexadecimal, of all that decides the judgement, the nonce of a run excepted; equal for samples
            of the same problem that are the same program, which are judged once.
        program: the source that is shown to people, as it is judged or the part of it that the model wrote.
        method: how the program was found, in a word or two that can be counted (`as given`, `fence`, `spliced` ...).
        notes: what else was done to it, as sentences (`a second main was dropped`).
        job: what the engine judges; its id is free. None: `settled` says the verdict, or `conclude` does.
        jobs: of a graded sample: all of them are judged, none of them with JE, before `conclude` is asked.
        programs: for each of `jobs` what is equal where another sample's job is the same program; empty: no job's
            result is taken for another sample.
        conclude: makes the score of a graded sample; None: one job or a settled verdict is all there is.
        settled: the verdict where nothing has to be run (a choice of a letter, no program in the answer).
        score: of a settled sample, 0..1.
        detail: why it is settled so.
        language: of the program, shown and grouped by, where the problem may be solved in any; empty: the problem's.
    """

    digest: str
    program: str
    method: str
    language: str = ""
    notes: tuple[str, ...] = ()
    job: Job | None = None
    jobs: tuple[Job, ...] = ()
    programs: tuple[str, ...] = ()
    conclude: Conclude | None = None
    settled: Verdict | None = None
    score: float | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """
    One test case of a judgement. Texts are excerpts, cut and decoded for people, and are None where nothing is kept.

    Args:
        stdin, stdout, stderr, expected: kept of the first failed cases only.
    """

    name: str
    verdict: Verdict
    cpu_ns: int | None = None
    wall_ns: int | None = None
    memory_bytes: int | None = None
    detail: str = ""
    stdin: str | None = None
    stdout: str | None = None
    stderr: str | None = None
    expected: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """
    What became of one sample: a line of verdicts.jsonl.

    Args:
        digest: as in Prepared.
        verdict: of the job: AC, or that of the first failed case, or CE, CTL, JE.
        passed, total: accepted test cases, and all; 0 <= passed <= total.
        compiled: whether there is a program that compiles, or needs no compilation; None where nothing is compiled
            or run (a choice of a letter).
        score: 0..1 for benchmarks whose answers can be partly right; None: passed / total.
        shared: another sample with this digest was judged; `cases` and texts are in its line.
        log: the compiler's, cut.
        language: as in Prepared.
        points, parts, left_out, mode, readings: as in Conclusion.
    """

    problem: str
    sample: int
    digest: str
    verdict: Verdict
    passed: int
    total: int
    compiled: bool | None
    method: str
    language: str = ""
    notes: tuple[str, ...] = ()
    score: float | None = None
    truncated: bool = False
    shared: bool = False
    program: str = ""
    log: str = ""
    detail: str = ""
    points: float | None = None
    parts: tuple[Part, ...] = ()
    left_out: bool = False
    mode: str = ""
    readings: tuple[Reading, ...] = ()
    cases: tuple[CaseResult, ...] = ()

    @property
    def accepted(self) -> bool:
        return self.verdict is Verdict.AC

    @property
    def failed_to_judge(self) -> bool:
        """Counts nowhere: it says nothing about the sample, and is judged again."""
        return self.verdict is Verdict.JE
