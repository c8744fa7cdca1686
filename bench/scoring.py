"""
Whole scoring runs beside the way of the reference evaluator and beside bare commands, on the same cores by turns.

HumanEval-X, Python and C++, canonical solutions. *Distinct*: every program is another one. *Repeated*: the same, so
many times over, as samples at a low temperature are. Ours begins with a file of generations and ends with scores.json;
the others begin with the programs in memory and end with a list of who passed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import scorer
from bench.humaneval_x import DATA
from executor.config import usable_cores
from executor.runtime import DEFAULT_ENV
from scorer.benchmark import Benchmark
from scorer.benchmarks.humaneval_x import CPP_LIBRARIES, Language, Task, load, source

LANGUAGES = (Language.PYTHON, Language.CPP)
REPEATS = 5
MANY_SAMPLES = 100_000
MOST_BYTES = 300_000_000
HEADER = f"  {'':18} {'samples':>8} {'passed':>7} {'ours':>9} {'reference':>10} {'bare':>9}   samples/s; ours / bare"
NOTE = """\
reference: a process and a managed list for each sample, as the benchmark's evaluator does it; Python in that process.
bare: python3 or g++ -std=c++11 and the program, as many at a time as there are cores, nothing else.
Ours has each program in a sandbox, its limits kept and its end proved, and every verdict on the disk."""
_PROGRAM = tuple[str, str, list[str]]
_TIMEOUT_S = 120


@dataclass(frozen=True, slots=True)
class Race:
    """
    The same samples, three ways.

    Args:
        passed: by way; samples.
        wall_s: by way; best of the rounds.
    """

    name: str
    samples: int
    passed: Mapping[str, int]
    wall_s: Mapping[str, float]

    @property
    def against_bare(self) -> float:
        """How many times as fast as bare commands ours is."""
        return self.wall_s["bare"] / self.wall_s["ours"]

    @property
    def holds(self) -> bool:
        """Whether ours is as fast as bare, and passes what bare passes."""
        return self.against_bare >= 1 and self.passed["ours"] >= self.passed["bare"]

    def line(self) -> str:
        """Under the header."""
        rates = {way: self.samples / seconds for way, seconds in self.wall_s.items()}
        return (
            f"{'+' if self.holds else '-'} {self.name:18} {self.samples:8} {self.passed['ours']:7}"
            f" {rates['ours']:9.2f} {rates['reference']:10.2f} {rates['bare']:9.2f}   {self.against_bare:.2f}"
        )

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "holds": self.holds}


@dataclass(frozen=True, slots=True)
class Memory:
    """Scoring many samples that are settled or shared."""

    samples: int
    wall_s: float
    peak_bytes: int

    @property
    def holds(self) -> bool:
        return self.peak_bytes < MOST_BYTES

    def line(self) -> str:
        rate = self.samples / self.wall_s
        peak = f"{self.peak_bytes / 1e6:.0f} MB at most (< {MOST_BYTES / 1e6:.0f})"
        return f"{'+' if self.holds else '-'} {self.samples} samples settled or shared: {peak}, {rate:.0f} samples/s"

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "holds": self.holds}


def race(language: Language, repeats: int, tasks: int | None, data: Path = DATA, rounds: int = 2) -> Race:
    """
    Score a language's canonical solutions in all three ways, by turns.

    Args:
        repeats: how often each program is there.
        tasks: only so many; None: all.

    Raises:
        BenchmarkDataError: there is no data, or it has a mistake.
    """
    file = data / f"humaneval_{language}.jsonl.gz"
    chosen = load(file)[:tasks] * repeats
    benchmark = scorer.load("humaneval-x", file)
    ways: Mapping[str, Callable[[int], int]] = {
        "ours": lambda turn: _ours(benchmark, chosen, f"{repeats} {turn}"),
        "reference": lambda turn: _reference([_program(task, f"{repeats} {turn}") for task in chosen]),
        "bare": lambda turn: _bare([_program(task, f"{repeats} {turn}") for task in chosen]),
    }
    wall_s: dict[str, float] = {}
    passed: dict[str, int] = {}
    for turn in range(rounds):
        for name, way in ways.items():
            began = time.perf_counter()
            passed[name] = way(turn)
            wall_s[name] = min(time.perf_counter() - began, wall_s.get(name, float("inf")))
    kind = "distinct" if repeats == 1 else f"repeated x{repeats}"
    return Race(f"{language} {kind}", len(chosen), passed, wall_s)


def memory(samples: int = MANY_SAMPLES) -> Memory:
    """Score so many samples in a process of its own, and say what it held."""
    with tempfile.TemporaryDirectory(prefix="ennead-bench-") as folder:
        command = [sys.executable, "-m", "bench.scoring_memory", folder, str(samples)]
        said = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    return Memory(said["samples"], said["wall_s"], said["peak_bytes"])


def _completion(task: Task, turn: str) -> str:
    """Other programs in each race and round: what an earlier one left in the artifact store is of no use."""
    comment = {Language.PYTHON: "#", Language.CPP: "//"}[task.language]
    indent = "    " if task.language is Language.PYTHON else ""
    return f"{indent}{comment} {_SESSION} {turn}\n{task.canonical_solution}"


_SESSION = time.time_ns()


def _program(task: Task, turn: str) -> _PROGRAM:
    return task.language.value, source(task, _completion(task, turn)), list(CPP_LIBRARIES.get(task.task_id, ()))


def _ours(benchmark: Benchmark, tasks: Sequence[Task], turn: str) -> int:
    with tempfile.TemporaryDirectory(prefix="ennead-bench-") as directory:
        folder = Path(directory)
        lines = (json.dumps({"task_id": task.task_id, "completion": _completion(task, turn)}) for task in tasks)
        (folder / "samples.jsonl").write_text("\n".join(lines) + "\n")
        run = scorer.score(folder / "samples.jsonl", benchmark, out=folder / "run")
        return sum(judgement.accepted for judgement in run.judgements())


def _reference(programs: Sequence[_PROGRAM]) -> int:
    script = Path(__file__).with_name("reference_evaluator.py")
    done = subprocess.run(
        ["/usr/bin/python3", str(script), str(usable_cores())],
        input=json.dumps(programs).encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=dict(DEFAULT_ENV),
        check=True,
    )
    return sum(json.loads(done.stdout))


def _bare(programs: Sequence[_PROGRAM]) -> int:
    with tempfile.TemporaryDirectory(prefix="ennead-bench-") as directory, ThreadPoolExecutor(usable_cores()) as pool:
        folders = [Path(directory, str(number)) for number in range(len(programs))]
        return sum(pool.map(_bare_one, programs, folders))


def _bare_one(program: _PROGRAM, folder: Path) -> bool:
    language, code, libraries = program
    folder.mkdir()
    if language == "python":
        (folder / "main.py").write_text(code)
        return _succeeds(["/usr/bin/python3", "main.py"], folder)
    (folder / "test.cpp").write_text(code)
    return _succeeds(["g++", "-std=c++11", "test.cpp", *libraries], folder) and _succeeds(["./a.out"], folder)


def _succeeds(argv: Sequence[str], folder: Path) -> bool:
    done = subprocess.run(
        argv,
        cwd=folder,
        env=dict(DEFAULT_ENV),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=_TIMEOUT_S,
        check=False,
    )
    return done.returncode == 0
