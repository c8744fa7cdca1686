"""
GPT-4's published answers to InfiBench's dev suite: judged by us, and as the benchmark's own grader runs them.

*Alone*: every response is judged for itself, whatever it has in common with others. *Shared*: responses and programs
that are the same are judged once. The grader takes one response after another: programs as bare commands, everything
else in one process. One way comes after the other. The questions' programs are the same, with one
difference: the grader's Python programs begin with all of its header.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import IO, Any, Self

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

import scorer
from bench import reference_infibench
from bench.spent import Spender, spent_inside
from executor.model import File, Job
from executor.runtime import DEFAULT_ENV, Runtimes
from scorer.benchmarks.infibench import InfiBench, load
from scorer.benchmarks.infibench.alignment import fill_blanks
from scorer.benchmarks.infibench.cases import Case, Reference
from scorer.benchmarks.infibench.programs import language_of, needs_network, program_of, tests_of
from scorer.benchmarks.infibench.rules import Rules
from scorer.model import Prepared, Sample

DATA = Path(os.environ.get("ENNEAD_DATA") or Path(__file__).parents[2] / "shared" / "data") / "infibench"
FILES = ("suite_v2.0.0_dev_files.jsonl.gz", "suite_v2.1_data.csv.gz", "dev_responses_gpt-4.jsonl.gz")
LEAST_CPU, LEAST_WALL, LEAST_WALL_SHARED = 2.0, 4.0, 8.0
"""How many times less CPU time and wall clock time ours takes, at least: what is promised on two cores."""
HEADER = f"  {'':10} {'responses':>9} {'programs':>9} {'cpu s':>8} {'wall s':>8} {'cpu':>7} {'wall':>7}   grader / ours"
NOTE = """\
grader: g++, node, Rscript ... as processes of the host and Python in forked children, one program at a time; then
keywords, blanks and similarity in one process. Its half seconds of waiting for Python and its npx are not in it.
ours: exec-cli score, from the file of responses to scores.json, with a slot for each core, each program in a sandbox.
cpu: user and system time of everything that took part. 1-3-223, whose test asks a package index, is run by nobody."""
_COMPILED = frozenset({"cpp", "csharp", "go", "java"})
_SESSION = time.time_ns()
_Responses = Mapping[str, Sequence[str]]


@dataclass(slots=True)
class Way:
    """
    One of the three.

    Args:
        programs: that were run.
        cpu_s: user and system time of this process and all that it started.
    """

    responses: int = 0
    programs: int = 0
    cpu_s: float = 0.0
    wall_s: float = 0.0


@dataclass(slots=True)
class Race:
    """
    All three ways with the same responses.

    Args:
        differing: questions with the number of their responses whose unit tests have another result with us.
    """

    grader: Way = field(default_factory=Way)
    alone: Way = field(default_factory=Way)
    shared: Way = field(default_factory=Way)
    grader_text_cpu_s: float = 0.0
    differing: dict[str, int] = field(default_factory=dict)

    @property
    def ratios(self) -> dict[str, float]:
        """How many times as much the grader takes."""
        return {
            "cpu alone": self.grader.cpu_s / self.alone.cpu_s,
            "wall alone": self.grader.wall_s / self.alone.wall_s,
            "cpu shared": self.grader.cpu_s / self.shared.cpu_s,
            "wall shared": self.grader.wall_s / self.shared.wall_s,
        }

    @property
    def holds(self) -> bool:
        found = self.ratios
        fast = found["wall alone"] >= LEAST_WALL and found["wall shared"] >= LEAST_WALL_SHARED
        return not self.differing and found["cpu alone"] >= LEAST_CPU and fast

    def lines(self) -> Iterator[str]:
        """Under the header."""
        for name, way in (("grader", self.grader), ("alone", self.alone), ("shared", self.shared)):
            line = f"  {name:10} {way.responses:9} {way.programs:9} {way.cpu_s:8.1f} {way.wall_s:8.1f}"
            if name != "grader":
                line += f" {self.ratios[f'cpu {name}']:7.2f} {self.ratios[f'wall {name}']:7.2f}"
            yield line
        yield f"  of the grader's CPU time {self.grader_text_cpu_s:.1f} s without programs"
        promised = f"cpu alone {LEAST_CPU:g}, wall alone {LEAST_WALL:g}, wall shared {LEAST_WALL_SHARED:g}"
        yield f"{'+' if self.holds else '-'} promised: at least {promised} times less, and the same results"
        if self.differing:
            found = ", ".join(f"{question} ({number})" for question, number in self.differing.items())
            yield f"- responses with another result: {found}"

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "ratios": self.ratios, "holds": self.holds}


def race(data: Path, sample: int | None) -> Race:
    """
    Judge the published responses in all three ways.

    Args:
        data: the folder with FILES.
        sample: only so many responses to each question; None: all.

    Raises:
        BenchmarkDataError: the data has a mistake.
        CannotMeasure: no cgroup counts CPU time here.
    """
    found = Race()
    with (
        spent_inside("infibench") as spender,
        tempfile.TemporaryDirectory(prefix="ennead-bench-") as directory,
        _progress() as progress,
    ):
        folder = Path(directory)
        suite = dev_suite(data, folder / "suite")
        responses = {name: texts[:sample] for name, texts in _published(data, suite).items()}
        task = progress.add_task("", total=3 * sum(map(len, responses.values())))
        with _Grader() as grader:
            turn = _Turn(suite, responses, folder, spender, lambda: progress.advance(task))
            progress.update(task, description="grader")
            passed = _grader(turn, grader, found)
            for name, way in (("alone", found.alone), ("shared", found.shared)):
                progress.update(task, description=name)
                _compare(passed, _ours(turn, way, share=name == "shared"), found.differing)
    return found


def dev_suite(data: Path, folder: Path) -> InfiBench:
    """The dev suite of a folder of data, unpacked; two of its handlers are those of the full suite."""
    for line in _lines(data / FILES[0]):
        path = folder / line["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(line["text"], encoding="utf-8")
    full = load(data / FILES[1])
    for name in ("0-0-21", "0-0-38"):
        text = full.suite.cases[name].files[f"cases.handler_{name}"]
        (folder / "cases_dev" / f"handler_{name}.py").write_text(text, encoding="utf-8")
    return load(folder)


@dataclass(frozen=True, slots=True)
class _Turn:
    """What all three ways judge."""

    suite: InfiBench
    responses: _Responses
    folder: Path
    spender: Spender
    done: Callable[[], None]
    """Called for each response and way."""

    @contextmanager
    def adding_to(self, way: Way) -> Iterator[None]:
        """Whatever was started inside must also have ended."""
        wall, cpu = time.perf_counter(), self.spender.cpu_ns
        yield
        way.wall_s += time.perf_counter() - wall
        way.cpu_s += (self.spender.cpu_ns - cpu) / 1e9


# --- ours ------------------------------------------------------------------------------------------------------------


class _Alone(InfiBench):
    """Nothing that is compiled for one response serves another."""

    def prepare(self, sample: Sample) -> Prepared:
        prepared = super().prepare(sample)
        mark = f"{_SESSION} {sample.problem} {sample.index}"
        jobs = tuple(_marked(job, f"{mark} {number}") for number, job in enumerate(prepared.jobs))
        return replace(prepared, jobs=jobs)


class _Session(InfiBench):
    """Nothing serves that an earlier run of this benchmark has compiled."""

    def prepare(self, sample: Sample) -> Prepared:
        prepared = super().prepare(sample)
        return replace(prepared, jobs=tuple(_marked(job, f"{_SESSION}") for job in prepared.jobs))


def _marked(job: Job, mark: str) -> Job:
    """Where something is compiled, the source ends with a comment of its own."""
    if job.submission.runtime not in _COMPILED:
        return job
    (file,) = job.submission.files
    assert isinstance(file.content, bytes), "programs are in memory"
    files = (File(file.name, file.content + f"\n// {mark}\n".encode()),)
    return replace(job, submission=replace(job.submission, files=files))


def _ours(turn: _Turn, way: Way, *, share: bool) -> dict[tuple[str, int], bool]:
    """Whether the unit tests of each response passed."""
    out = turn.folder / ("shared" if share else "alone")
    out.mkdir(parents=True)
    with (out / "responses.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["filename", "completion"])
        writer.writerows(
            (turn.suite.suite.cases[name].path, text) for name, texts in turn.responses.items() for text in texts
        )
    benchmark = (_Session if share else _Alone)(turn.suite.suite)
    with turn.adding_to(way):
        run = scorer.score(out / "responses.csv", benchmark, out=out / "run", share=share, watch=lambda _: turn.done())
    passed = {}
    for each in run.judgements():
        way.responses += 1
        way.programs += 0 if each.shared else len(each.cases)
        for part in each.parts:
            if part.name == "unit_test":
                passed[each.problem, each.sample] = part.got == part.total
    return passed


def _compare(
    grader: Mapping[tuple[str, int], bool], ours: Mapping[tuple[str, int], bool], into: dict[str, int]
) -> None:
    for key, passed in grader.items():
        if ours.get(key) != passed:
            into[key[0]] = into.get(key[0], 0) + 1


# --- the grader ------------------------------------------------------------------------------------------------------


def _grader(turn: _Turn, grader: _Grader, race: Race) -> dict[tuple[str, int], bool]:
    """Whether the unit tests of each response passed; the rest of the question is graded as well."""
    passed = {}
    for name, texts in turn.responses.items():
        case = turn.suite.suite.cases[name]
        runs = case.grading.unit_test is not None and not needs_network(case)
        for number, text in enumerate(texts):
            race.grader.responses += 1
            with turn.adding_to(race.grader):
                if runs:
                    results = grader.run(case, text)
                    race.grader.programs += len(results)
                    passed[name, number] = all(results)
                before = time.process_time()
                _grade_text(case, text)
                race.grader_text_cpu_s += time.process_time() - before
            turn.done()
    return passed


class _Grader:
    """The grader's process for programs."""

    def __enter__(self) -> Self:
        runtimes = Runtimes.load()
        env = dict(DEFAULT_ENV)
        for name in ("python", "javascript", "r"):
            runtime = runtimes.get(name)
            env |= {key: value.replace("{folder}", str(runtime.folder)) for key, value in runtime.env.items()}
        env[reference_infibench.TSC] = f"{runtimes.get('javascript').folder}/node_modules/typescript-5/bin/tsc"
        script = Path(__file__).with_name("reference_infibench.py")
        self._process = subprocess.Popen(
            ["/usr/bin/python3", str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, text=True
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._stdin.close()
        self._process.wait()

    @property
    def _stdin(self) -> IO[str]:
        assert self._process.stdin is not None, "it is a pipe"
        return self._process.stdin

    def run(self, case: Case, text: str) -> list[bool]:
        """Each test of a response, one after another."""
        assert self._process.stdout is not None, "it is a pipe"
        language, results = language_of(case), []
        for test in tests_of(case):
            self._stdin.write(json.dumps([language, program_of(test, language, text, whole=True)]) + "\n")
            self._stdin.flush()
            results.append(json.loads(self._process.stdout.readline()))
        return results


def _grade_text(case: Case, text: str) -> None:
    """Keywords and blanks as the grader reads them, and all four kinds of ROUGE with its resampling of one score."""
    rules, grading = (
        Rules(corrected=False, handlers=lambda names: _handlers(case)[names["module"], names["func"]]),
        case.grading,
    )
    if grading.keywords is not None:
        rules.keywords(grading.keywords, text)
    if blanks := grading.blank_filling:
        filled = fill_blanks(blanks.template, blanks.blank_str, blanks.escape, blanks.prefix + text)
        handler = blanks.post_handler.model_dump() if blanks.post_handler else None
        rules.blanks(blanks.targets, filled.fills, filled.matched, handler)
    if grading.customized:
        rules.custom(grading.customized.model_dump(), text)
    for metric in grading.similarity or ():
        references = [case.files[each.path] if isinstance(each, Reference) else each for each in metric.references]
        _rouge(references, text)


def _handlers(case: Case) -> Mapping[tuple[str, str], Callable[..., Any]]:
    names: dict[str, Any] = {}
    for handler in case.grading.handlers():
        exec(case.files[handler.module], names)  # noqa: S102  # as the grader does, in its own process
    return {(each.module, each.func): names[each.func] for each in case.grading.handlers()}


def _rouge(references: Sequence[str], text: str) -> None:
    from rouge_score.rouge_scorer import RougeScorer  # noqa: PLC0415  # an extra
    from rouge_score.scoring import BootstrapAggregator  # noqa: PLC0415

    aggregator = BootstrapAggregator()
    aggregator.add_scores(RougeScorer(["rouge1", "rouge2", "rougeL", "rougeLsum"]).score_multi(references, text))
    aggregator.aggregate()


# --- both ------------------------------------------------------------------------------------------------------------


def _published(data: Path, suite: InfiBench) -> dict[str, list[str]]:
    return {line["id"]: line["responses"] for line in _lines(data / FILES[2]) if line["id"] in suite.problems}


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def _progress() -> Progress:
    from rich.console import Console  # noqa: PLC0415  # a terminal's

    columns = (
        TextColumn("{task.description:8}"),
        BarColumn(),
        TextColumn("{task.percentage:.0f} %"),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
