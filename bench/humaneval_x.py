"""
HumanEval-X's canonical solutions through our engine, beside the way in which its own evaluator runs them.

The evaluator writes each program into a file, compiles it where the language wants that, and runs it as a process of
the host, with two workers here; Python it executes in forked children of itself. What it does around these commands
is left out, so its columns are the least that it takes. Source: github.com/THUDM/CodeGeeX, codegeex/benchmark.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from executor.engine import Engine, EngineConfig
from executor.model import SECOND, Finished, Job, Limits, Verdict
from executor.runtime import DEFAULT_ENV, Runtimes
from scorer.benchmarks.humaneval_x import CPP_LIBRARIES, Language, Task, load, program, source
from scorer.benchmarks.humaneval_x_benchmark import UNDECIDED_IN_THE_DATA

LANGUAGES = (Language.PYTHON, Language.JS, Language.CPP, Language.GO)
"""Those whose data is at hand."""
DATA = Path(os.environ.get("ENNEAD_DATA") or Path(__file__).parents[2] / "shared" / "data") / "humaneval-x"
NOTE = """\
ours: the engine, with a slot for each core: each program in a sandbox, its limits kept, its end proved by a nonce.
bare: the commands of the benchmark's evaluator as processes of the host, two at a time.
wall: from the first program to the last verdict, in seconds; the engine's start is in it. cpu: user and system time of
everything that took part, compilers and sandboxes included, in seconds. The two ways alternate, a quarter at a time."""
HEADER = (
    f"  {'':8} {'accepted':>15} {'wall':>17} {'ours /':>7} {'cpu':>17} {'ours /':>7}\n"
    f"  {'':8} {'ours':>7} {'bare':>7} {'ours':>8} {'bare':>8} {'bare':>7} {'ours':>8} {'bare':>8} {'bare':>7}"
)
_WORKERS = 2
_PARTS = 4
_LIMITS = Limits(cpu_ns=10 * SECOND, wall_ns=60 * SECOND)
_TIMEOUT_S = 120


@dataclass(slots=True)
class Spent:
    """Seconds of real time, and of CPU time of this process and all that it started."""

    wall_s: float = 0.0
    cpu_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    One language, both ways.

    Args:
        ours, bare: the tasks that were accepted.
    """

    language: Language
    tasks: int
    ours: tuple[str, ...]
    bare: tuple[str, ...]
    ours_spent: Spent
    bare_spent: Spent

    @property
    def holds(self) -> bool:
        """Whether every task that passes the evaluator's way passes ours, but for those that pass by chance."""
        return not self.lost

    @property
    def lost(self) -> list[str]:
        """The tasks that pass the evaluator's way alone, and not by chance."""
        return sorted(set(self.bare) - set(self.ours) - set(UNDECIDED_IN_THE_DATA))

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "holds": self.holds}


async def compare(language: Language, data: Path, tasks: int | None) -> Comparison:
    """
    Judge the canonical solutions of a language both ways, in turns.

    Args:
        data: the folder of humaneval_<language>.jsonl.gz.
        tasks: only so many; None means all.

    Raises:
        BenchmarkDataError: there is no data, or it has a mistake.
    """
    chosen = load(data / f"humaneval_{language}.jsonl.gz")[:tasks]
    ours_spent, bare_spent = Spent(), Spent()
    ours: list[str] = []
    bare: list[str] = []
    with tempfile.TemporaryDirectory(prefix="ennead-bench-") as directory:
        folder = Path(directory)
        by_hand = _Bare(language, folder)
        config = EngineConfig(cache_dir=folder / "cache")
        for part in range(_PARTS):
            with _adding_to(bare_spent):
                bare += by_hand.judge(chosen[part::_PARTS])
            with _adding_to(ours_spent):
                ours += await _judge(config, chosen[part::_PARTS])
    return Comparison(language, len(chosen), tuple(ours), tuple(bare), ours_spent, bare_spent)


def line_of(result: Comparison) -> str:
    """A comparison under the header; a task that passes the evaluator's way alone is named."""
    ours, bare = result.ours_spent, result.bare_spent
    lost = result.lost
    return (
        f"{'-' if lost else '+'} {result.language:8} {len(result.ours):7} {len(result.bare):7}"
        f" {ours.wall_s:8.1f} {bare.wall_s:8.1f} {ours.wall_s / bare.wall_s:7.2f}"
        f" {ours.cpu_s:8.1f} {bare.cpu_s:8.1f} {ours.cpu_s / bare.cpu_s:7.2f}"
        f"  of {result.tasks}{'; only bare: ' + ' '.join(lost) if lost else ''}"
    )


@contextmanager
def _adding_to(spent: Spent) -> Iterator[None]:
    """Whatever is started inside must also have been waited for."""
    wall, cpu = time.perf_counter(), _cpu_s()
    yield
    spent.wall_s += time.perf_counter() - wall
    spent.cpu_s += _cpu_s() - cpu


def _cpu_s() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


async def _judge(config: EngineConfig, tasks: Sequence[Task]) -> list[str]:
    """The tasks that are accepted by an engine."""
    async with Engine(config) as engine:
        verdicts = await asyncio.gather(*(_verdict(engine, task) for task in tasks))
    return [task.task_id for task, verdict in zip(tasks, verdicts, strict=True) if verdict is Verdict.AC]


async def _verdict(engine: Engine, task: Task) -> Verdict:
    made = program(task, task.canonical_solution)
    job = Job(id=task.task_id, submission=made.submission, cases=(made.case,), limits=_LIMITS)
    verdicts = [event.verdict async for event in engine.judge(job) if isinstance(event, Finished)]
    return verdicts[0]


class _Bare:
    """The evaluator's commands, in directories of the host."""

    def __init__(self, language: Language, folder: Path) -> None:
        self._language = language
        self._folder = folder
        if language is Language.GO:
            # Go's own packages and testify are compiled only once, before anybody looks at the clock.
            self._passes(Task(task_id="Go/1000", prompt="", canonical_solution="", test="", test_setup=GO_WARM))

    def judge(self, tasks: Sequence[Task]) -> list[str]:
        """The tasks that pass."""
        if self._language is Language.PYTHON:
            passed = _python(tasks)
        else:
            with ThreadPoolExecutor(_WORKERS) as workers:
                passed = list(workers.map(self._passes, tasks))
        return [task.task_id for task, good in zip(tasks, passed, strict=True) if good]

    def _passes(self, task: Task) -> bool:
        with tempfile.TemporaryDirectory(dir=self._folder) as directory:
            return WAYS[self._language](task, Path(directory))


def _run(argv: Sequence[str], folder: Path, env: Mapping[str, str] = DEFAULT_ENV) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        argv, cwd=folder, env=dict(env), stdin=subprocess.DEVNULL, capture_output=True, timeout=_TIMEOUT_S, check=False
    )


def _js(task: Task, folder: Path) -> bool:
    (folder / "test.js").write_text(source(task, task.canonical_solution))
    done = _run(["node", "test.js"], folder, Runtimes.load().get("javascript").env)
    return not done.stdout and not done.stderr


def _cpp(task: Task, folder: Path) -> bool:
    (folder / "test.cpp").write_text(source(task, task.canonical_solution))
    compiled = _run(["g++", "-std=c++11", "test.cpp", *CPP_LIBRARIES.get(task.task_id, ())], folder)
    return compiled.returncode == 0 and _run(["./a.out"], folder).returncode == 0


GO_WARM = """package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestNothing(t *testing.T) { assert.New(t).True(true) }
"""


def _go(task: Task, folder: Path) -> bool:
    (folder / "main_test.go").write_text(source(task, task.canonical_solution))
    # Packages as Debian installs them.
    go = {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": str(folder.parent / "go-cache")}
    return (
        _run(["go", "test", f"-timeout={_TIMEOUT_S}s", "main_test.go"], folder, {**DEFAULT_ENV, **go}).returncode == 0
    )


WAYS: Mapping[Language, Callable[[Task, Path], bool]] = {Language.JS: _js, Language.CPP: _cpp, Language.GO: _go}


# The evaluator has imported these modules before it forks.
_FORKING = """
import collections, copy, datetime, functools, hashlib, heapq, itertools, json, math, os, re, statistics, string, sys
import typing

def passes(code):
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] == 0
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    try:
        exec(code, {})
    except BaseException:
        os._exit(1)
    os._exit(0)

print(json.dumps([passes(code) for code in json.load(sys.stdin)]))
"""


def _python(tasks: Sequence[Task]) -> list[bool]:
    codes = [source(task, task.canonical_solution) for task in tasks]
    workers = [
        subprocess.Popen(
            ["/usr/bin/python3", "-c", _FORKING],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(DEFAULT_ENV),
            text=True,
        )
        for _ in range(_WORKERS)
    ]
    with ThreadPoolExecutor(_WORKERS) as talkers:
        given = [json.dumps(codes[number::_WORKERS]) for number in range(_WORKERS)]
        answers = [
            json.loads(answer)
            for answer, _ in talkers.map(lambda pair: pair[0].communicate(pair[1]), zip(workers, given, strict=True))
        ]
    return [answers[number % _WORKERS][number // _WORKERS] for number in range(len(codes))]
