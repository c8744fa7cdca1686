"""
Distinct programs of each language, three ways side by side: bare commands, the engine cold, the engine accelerated.

In a turn each way compiles and runs the same five new programs, one after another, and their answers are checked. The
order changes from turn to turn. CPU time of bare commands is the rusage of the processes that were waited for, without
whoever starts them. That of an engine is what its cgroup counted from one turn to the next, the same for each of its
programs: the engine's own process, boxes, compilers, residents and supervisors, and what they do while they wait.
"""

from __future__ import annotations

import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench import bare, distinct
from bench.bare import BARE, Bare
from bench.distinct import Program
from bench.spent import Spender, spender
from executor.runtime import Runtimes

GOALS: Mapping[str, float] = {
    "cpp": 0.35, "typescript": 0.25, "typescript-5": 0.25, "r": 0.4, "go": 0.5, "java": 0.5, "csharp": 0.8,
    "python": 0.8, "rust": 0.9, "c": 1.05, "javascript": 1.05,
}  # fmt: skip
"""CPU time of the accelerated engine over that of the bare commands, at most."""
BUDGET_S = 24.0
MOST_PROGRAMS, FEWEST_PROGRAMS = 50, 10
IN_A_TURN = 5
"""As an engine is used: the next program is there when one ends. Both ways find warm what the last one left."""
WARM_UP = 2
COLD, ACCELERATED = "cold", "accelerated"
_SETTLED_S = 0.03


class WrongAnswer(Exception):
    """A way did not give the right output; nothing is measured by such a program."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What one program cost one way, compiled and run."""

    cpu_ms: float
    wall_ms: float


Way = Callable[[Sequence[Program]], list[Sample]]
"""Compiles and runs programs, one after another."""


@dataclass(frozen=True, slots=True)
class Row:
    """
    One language.

    Args:
        commands: by the name of a bare way, what was typed.
        samples: by way; the bare ones under their names; the same programs in the same order.
        first: by engine, CPU time of its start and of the first programs, which are not among the samples.
    """

    runtime: str
    goal: float
    commands: Mapping[str, str]
    samples: dict[str, list[Sample]] = field(default_factory=dict)
    first: dict[str, float] = field(default_factory=dict)

    @property
    def programs(self) -> int:
        return len(self.samples[ACCELERATED])

    def ratio(self, way: str, name: str | None = None) -> float:
        """Median CPU time of a way over that of a bare one; None: the first of these."""
        name = name or next(iter(self.commands))
        over, under = ([each.cpu_ms for each in self.samples[key]] for key in (way, name))
        return statistics.median(over) / statistics.median(under)

    @property
    def holds(self) -> bool:
        return self.ratio(ACCELERATED) <= self.goal

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "ratio": self.ratio(ACCELERATED), "holds": self.holds}


HEADER = f"  {'':14} {'bare':>18} {'cold':>9} {'':>6} {'accelerated':>12} {'':>6} {'goal':>5}   median CPU ms, programs"


def lines_of(row: Row) -> str:
    """A row under the header, with a line for each bare way."""
    lines = []
    middle = {way: statistics.median(each.cpu_ms for each in samples) for way, samples in row.samples.items()}
    for name in row.commands:
        mark = "+" if row.ratio(ACCELERATED, name) <= row.goal else "-"
        lines.append(
            f"{mark} {row.runtime:14} {name:>9} {middle[name]:8.1f} {middle[COLD]:9.1f} {row.ratio(COLD, name):6.2f}"
            f" {middle[ACCELERATED]:12.1f} {row.ratio(ACCELERATED, name):6.2f} {row.goal:5.2f}   {row.programs}"
        )
    return "\n".join(lines)


def available() -> list[str]:
    """The languages with a goal that are installed here."""
    installed = {runtime.id for runtime in Runtimes.load().available()}
    return [runtime_id for runtime_id in GOALS if runtime_id in installed]


def measure(runtime_id: str, cache: Path, budget_s: float = BUDGET_S, most: int = MOST_PROGRAMS) -> Row:
    """
    Measure one language.

    Args:
        cache: of the accelerated engine, where its assets are kept from one run of this to the next.
        budget_s: how long; ten programs are measured also if that takes longer.

    Raises:
        WrongAnswer, BareFailed: a program did not do what it does everywhere else.
        CannotMeasure: there is no cgroup to count with.
    """
    row = Row(runtime_id, GOALS[runtime_id], {way.name: way.shown() for way in BARE[runtime_id]})
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ennead-bench-")))
        ways: dict[str, Way] = {way.name: stack.enter_context(_by_hand(way, folder)) for way in BARE[runtime_id]}
        for name, kept in ((COLD, folder / "cache"), (ACCELERATED, cache)):
            ways[name] = stack.enter_context(_engine(runtime_id, name, kept))
        first = list(_programs(runtime_id, WARM_UP))
        for name, way in ways.items():
            row.first[name] = sum(sample.cpu_ms for sample in way(first))
        _take_turns(row, ways, budget_s, most)
    return row


def _take_turns(row: Row, ways: Mapping[str, Way], budget_s: float, most: int) -> None:
    began = time.monotonic()
    order = list(ways)
    programs = _programs(row.runtime, most)
    for number in itertools.count():
        asked = list(itertools.islice(programs, IN_A_TURN))
        late = number * IN_A_TURN >= FEWEST_PROGRAMS and time.monotonic() - began > budget_s
        if late or not asked:
            return
        for name in order[number % len(order) :] + order[: number % len(order)]:
            row.samples.setdefault(name, []).extend(ways[name](asked))


def _programs(runtime_id: str, count: int) -> Iterator[Program]:
    problems = distinct.names(runtime_id)
    first = time.time_ns() // 1000  # not those of an earlier run, whose artifacts may be kept
    for number in range(count):
        yield distinct.variant(runtime_id, problems[number % len(problems)], first + number)


@contextmanager
def _by_hand(way: Bare, folder: Path) -> Iterator[Way]:
    home = folder / f"home {way.name}"
    home.mkdir()
    numbers = iter(range(1_000_000))

    def judge(program: Program) -> Sample:
        own = folder / f"{way.name} {next(numbers)}".replace(" ", "-")
        own.mkdir()
        (own / way.source).write_text(program.code, encoding="utf-8")
        output, cpu_ms, wall_ms = bare.timed(way.commands, own, home, program.stdin)
        if output.split() != program.expected.split():
            raise WrongAnswer(f"{way.name}, {program.name}: {output[:200]!r} instead of {program.expected[:200]!r}")
        return Sample(cpu_ms, wall_ms)

    yield lambda programs: [judge(program) for program in programs]


@contextmanager
def _engine(runtime_id: str, name: str, cache: Path) -> Iterator[Way]:
    source = BARE[runtime_id][0].source
    with spender(name) as counted:
        process = _started(counted, cache, name)
        spent = 0  # its start belongs to the first programs

        def wall_ms(program: Program) -> float:
            asked = {
                "runtime": runtime_id, "name": source, "code": program.code, "stdin": program.stdin.decode(),
                "expected": program.expected.decode(),
            }  # fmt: skip
            answer = _ask(process, asked)
            if answer["verdict"] != "AC" or answer["cached"]:
                raise WrongAnswer(f"{name}, {runtime_id} {program.name}: {answer}")
            taken: float = answer["wall_ms"]
            return taken

        def judge(programs: Sequence[Program]) -> list[Sample]:
            nonlocal spent
            walls = [wall_ms(program) for program in programs]
            time.sleep(_SETTLED_S)  # the box is reset, and the next one is made ready
            before, spent = spent, counted.cpu_ns
            return [Sample((spent - before) / 1e6 / len(programs), each) for each in walls]

        try:
            yield judge
        finally:
            process.communicate()


def _started(counted: Spender, cache: Path, name: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.languages_engine", str(counted.door), str(cache), name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    assert process.stdout is not None
    if not process.stdout.readline():
        raise WrongAnswer(f"the engine of {name} did not start")
    return process


def _ask(process: subprocess.Popen[str], question: Mapping[str, str]) -> dict[str, Any]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(question) + "\n")
    answer: dict[str, Any] = json.loads(process.stdout.readline())
    return answer


def chosen(ids: Sequence[str]) -> list[str]:
    """
    The languages that were asked for; none means all that are here.

    Raises:
        KeyError: one that is not here.
    """
    here = available()
    missing = [each for each in ids if each not in here]
    if missing:
        raise KeyError(f"{', '.join(missing)}: not installed, or without a goal; there are {', '.join(here)}")
    return list(ids) or here
