"""
Whole sets of programs: the engine beside bare commands with the same parallelism on the same cores.

Sets: the canonical solutions of HumanEval-X in the languages whose data is at hand, and our own right solutions to
CodeApex (tests/e2e/codeapex_solutions), each compiled once and run on all its samples. The two ways alternate, a
quarter of the set at a time; the engine's start is in its time. Every program is a new one in each run of this.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from bench import bare
from bench.humaneval_x import GO_WARM, WAYS
from executor.config import usable_cores
from executor.engine import Engine, EngineConfig
from executor.model import SECOND, File, Finished, Job, Limits, Verdict
from executor.runtime import DEFAULT_ENV
from scorer.benchmarks.codeapex import load as load_codeapex
from scorer.benchmarks.humaneval_x import Language, Task, load, program, source
from scorer.benchmarks.humaneval_x_benchmark import UNDECIDED_IN_THE_DATA
from scorer.model import Form, Sample

GOAL = 2.0
LANGUAGES = (Language.PYTHON, Language.JS, Language.GO, Language.CPP)
"""HumanEval-X in those whose data is at hand."""
SOLUTIONS = Path(__file__).parents[1] / "tests" / "e2e" / "codeapex_solutions"
_PARTS = 4
_LIMITS = Limits(cpu_ns=10 * SECOND, wall_ns=60 * SECOND)
_COMMENTS = {Language.PYTHON: "#"}


@dataclass(frozen=True, slots=True)
class Piece:
    """
    One program of a set.

    Args:
        job: for the engine.
        by_hand: does the same with bare commands, in an empty folder; whether it passed.
    """

    job: Job
    by_hand: Callable[[Path], bool]


@dataclass(slots=True)
class Race:
    """
    One set, both ways.

    Args:
        wall_s, passed: by way.
        workers: bare programs at a time, and slots.
    """

    name: str
    programs: int
    workers: int
    wall_s: dict[str, float]
    passed: dict[str, int]

    @property
    def times(self) -> float:
        """How many times as fast as bare commands."""
        return self.wall_s["bare"] / self.wall_s["ours"]

    @property
    def holds(self) -> bool:
        return self.times >= GOAL and self.passed["ours"] >= self.passed["bare"]

    def line(self) -> str:
        """Under the header."""
        rates = {way: self.programs / seconds for way, seconds in self.wall_s.items()}
        mark = "+" if self.holds else "-"
        return (
            f"{mark} {self.name:22} {self.programs:8} {self.passed['ours']:6} {self.passed['bare']:6}"
            f" {rates['ours']:9.2f} {rates['bare']:9.2f} {self.times:8.2f}"
        )

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "times": self.times, "holds": self.holds}


HEADER = (
    f"  {'':22} {'programs':>8} {'passed':>6} {'bare':>6} {'ours /s':>9} {'bare /s':>9} {'times':>8}   goal {GOAL:g}"
)


def humaneval_x(language: Language, data: Path, home: Path, count: int | None = None) -> list[Piece]:
    """
    The canonical solutions of a language, without those that pass by chance: both ways have to pass the same.

    Args:
        data: the folder of humaneval-x.
        home: where go keeps its cache; it is filled here.

    Raises:
        BenchmarkDataError: there is no data, or it has a mistake.
    """
    loaded = load(data / f"humaneval_{language}.jsonl.gz")
    tasks = [task for task in loaded if task.task_id not in UNDECIDED_IN_THE_DATA][:count]
    mark = f"{_COMMENTS.get(language, '//')} {time.time_ns()}\n"
    way = _PYTHON if language is Language.PYTHON else WAYS[language]
    if language is Language.GO:
        warm = Task(task_id="Go/1000", prompt="", canonical_solution="", test="", test_setup=GO_WARM)
        _in_folder(lambda folder: way(warm, folder), home)
    return [_humaneval_x_piece(task, mark, way) for task in tasks]


def _humaneval_x_piece(task: Task, mark: str, way: Callable[[Task, Path], bool]) -> Piece:
    made = program(task, task.canonical_solution)
    files = tuple(_marked(file, mark) for file in made.submission.files)
    submission = replace(made.submission, files=files)
    job = Job(id=task.task_id, submission=submission, cases=(made.case,), limits=_LIMITS)
    return Piece(job, lambda folder: way(task, folder))


def _marked(file: File, mark: str) -> File:
    """With a comment that no program had before. The harness around an answer is nobody's program."""
    assert isinstance(file.content, bytes)
    return replace(file, content=file.content + b"\n" + mark.encode())


def _python(task: Task, folder: Path) -> bool:
    (folder / "main.py").write_text(source(task, task.canonical_solution), encoding="utf-8")
    done = subprocess.run(
        ["python3", "main.py"],
        cwd=folder, env=dict(DEFAULT_ENV), stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    return done.returncode == 0


_PYTHON = _python


def codeapex(data: Path, count: int | None = None) -> list[Piece]:
    """
    Our right solutions.

    Args:
        data: the folder of codeapex.

    Raises:
        BenchmarkDataError: there is no data, or it has a mistake.
    """
    benchmark = load_codeapex(data, lang="en")
    pieces = []
    for path in sorted(SOLUTIONS.glob("*.toml")):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        del content["samples"]
        for number, each in enumerate(content.values()):
            if each["verdict"] != Verdict.AC:
                continue
            code = f"{each['code']}\n// {time.time_ns()}\n"
            sample = Sample(problem=path.stem, index=number, text=code, form=Form.SOLUTION)
            job = benchmark.prepare(sample).job
            assert job is not None, path
            pieces.append(_codeapex_piece(replace(job, id=f"{path.stem}-{number}")))
    return pieces[:count]


def _codeapex_piece(job: Job) -> Piece:
    (way,) = bare.BARE["cpp"]

    def by_hand(folder: Path) -> bool:
        (file,) = job.submission.files
        assert isinstance(file.content, bytes)
        (folder / way.source).write_bytes(file.content)
        *compilers, run = way.commands
        bare.run(compilers, folder, folder, b"")
        for case in job.cases:
            assert isinstance(case.stdin, bytes)
            assert isinstance(case.expected, bytes)
            output, _ = bare.run([run], folder, folder, case.stdin)
            if output.split() != case.expected.split():
                return False
        return True

    return Piece(job, by_hand)


async def race(name: str, pieces: Sequence[Piece], cache: Path, home: Path) -> Race:
    """
    Judge a set both ways.

    Args:
        cache: of the engine, where its assets are kept.
        home: where the bare commands work; with what `humaneval_x` has put there.
    """
    workers = usable_cores()
    found = Race(name, len(pieces), workers, {"ours": 0.0, "bare": 0.0}, {"ours": 0, "bare": 0})
    began = time.perf_counter()
    async with Engine(EngineConfig(cache_dir=cache, slots=workers)) as engine:
        found.wall_s["ours"] += time.perf_counter() - began
        for part in range(_PARTS):
            quarter = pieces[part::_PARTS]
            for way in ("bare", "ours") if part % 2 else ("ours", "bare"):
                began = time.perf_counter()
                if way == "ours":
                    found.passed[way] += await _judged(engine, quarter)
                else:
                    found.passed[way] += await asyncio.to_thread(_by_hand, quarter, home, workers)
                found.wall_s[way] += time.perf_counter() - began
    return found


async def _judged(engine: Engine, pieces: Sequence[Piece]) -> int:
    return sum(await asyncio.gather(*(_accepted(engine, piece.job) for piece in pieces)))


async def _accepted(engine: Engine, job: Job) -> bool:
    verdicts = [event.verdict async for event in engine.judge(job) if isinstance(event, Finished)]
    return verdicts == [Verdict.AC]


def _by_hand(pieces: Sequence[Piece], directory: Path, workers: int) -> int:
    with ThreadPoolExecutor(workers) as pool:
        return sum(pool.map(lambda piece: _in_folder(piece.by_hand, directory), pieces))


def _in_folder(do: Callable[[Path], bool], directory: Path) -> bool:
    with tempfile.TemporaryDirectory(dir=directory) as folder:
        try:
            return do(Path(folder))
        except bare.BareFailed as failure:
            print(failure, file=sys.stderr)
            return False


def all_sets(data: Path, home: Path, count: int | None = None) -> Mapping[str, Callable[[], list[Piece]]]:
    """The sets whose data is there, by name; each is read when it is its turn."""
    sets: dict[str, Callable[[], list[Piece]]] = {}
    for language in LANGUAGES:
        if (data / "humaneval-x" / f"humaneval_{language}.jsonl.gz").is_file():
            sets[f"HumanEval-X {language}"] = lambda language=language: humaneval_x(  # type: ignore[misc]
                language, data / "humaneval-x", home, count
            )
    if (data / "codeapex" / "code_generate_problems_en.json").is_file():
        sets["CodeApex"] = lambda: codeapex(data / "codeapex", count)
    return sets
