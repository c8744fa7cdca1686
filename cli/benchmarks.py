"""`exec-cli benchmarks`: which there are, where their data is, what a problem looks like, whether problems hold."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from rich import box
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.table import Table
from rich.text import Text

from cli.edge import EXIT_ACCEPTED, EXIT_JUDGE_FAILED, EXIT_NOT_ACCEPTED, run_until_stopped
from cli.lines import redraws
from cli.options import pairs
from cli.show import console
from cli.text import counted, printable
from executor.backend import Sandbox
from executor.engine import Engine, EngineConfig
from executor.errors import RuntimeUnavailable, UsageError
from executor.model import Finished, Verdict
from scorer import fetching
from scorer.benchmark import Benchmark
from scorer.benchmarks import tests_dir
from scorer.benchmarks.tests_dir import Expectation
from scorer.model import Problem
from scorer.registry import BENCHMARKS, Entry, entry_of, load, places

_AHEAD = 2
"""Jobs beyond the slots: none of them waits while the next one is prepared."""


def show_benchmarks(*, as_json: bool) -> int:
    """Print all benchmarks and where their data was found."""
    if as_json:
        print(json.dumps({"benchmarks": [_as_json(entry) for entry in BENCHMARKS.values()]}, indent=2))
        return EXIT_ACCEPTED
    out = console(sys.stdout)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("name", "data", "licence", "what it is"):
        table.add_column(column, overflow="fold")
    for entry in BENCHMARKS.values():
        found = _found(entry)
        data = Text(printable(str(found)) if found else _missing(entry), style="green" if found else "yellow")
        table.add_row(Text(entry.name), data, Text(entry.licence or "-"), Text(entry.summary))
    out.print(table)
    looked = ", ".join(printable(str(folder.parent)) for folder in places(next(iter(BENCHMARKS.values()))))
    out.print(f"Data is looked for in {looked}. One problem: exec-cli benchmarks show NAME ID", soft_wrap=True)
    return EXIT_ACCEPTED


def _found(entry: Entry) -> Path | None:
    return next((folder for folder in places(entry) if entry.found(folder)), None)


def _missing(entry: Entry) -> str:
    return "not here; fetch it" if entry.downloads else "give --data"


def _as_json(entry: Entry) -> dict[str, object]:
    found = _found(entry)
    return {
        "name": entry.name,
        "summary": entry.summary,
        "source": entry.source,
        "licence": entry.licence or None,
        "data": None if found is None else str(found),
        "wants": entry.wants,
        "options": [asdict(option) for option in entry.options],
        "downloads": [{**asdict(each), "name": each.file_name} for each in entry.downloads],
    }


def fetch(name: str, to: Path | None) -> int:
    """
    Download a benchmark's data, with a bar on a terminal and a line for each file.

    Raises:
        UsageError: there is no such benchmark, nothing to download, or no place for it.
        DownloadError: a file cannot be had.
    """
    entry = entry_of(name)
    if not entry.downloads:
        raise UsageError(f"there is nothing to download for {name}; --data names {entry.wants or 'your own folder'}")
    folder = to or next(iter(places(entry)), None)
    if folder is None:
        raise UsageError("there is no folder for data; name one with --to DIR")
    with _bars() as progress:
        for fetched in fetching.fetch(entry, folder, progress):
            print(_told(fetched), flush=True)
    return EXIT_ACCEPTED


def _told(fetched: fetching.Fetched) -> str:
    what = "downloaded" if fetched.downloaded else "there already"
    if fetched.verified:
        known = ", sha256 as published"
    elif fetched.sha256:
        known = f", sha256 {fetched.sha256} (no digest is known to compare it with)"
    else:
        known = ""
    return f"{printable(str(fetched.path))}: {what}{known}"


@contextmanager
def _bars() -> Iterator[fetching.Progress]:
    """Bars on standard error, if it is a terminal that can redraw them."""
    if not redraws(sys.stderr):
        yield lambda *_: None
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console(sys.stderr), transient=True) as bars:
        tasks: dict[str, object] = {}

        def update(name: str, done: int, total: int | None) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(printable(name))
            bars.update(tasks[name], completed=done, total=total)  # type: ignore[arg-type]  # rich's TaskID is an int of its own

        yield update


def show(name: str, id_: str | None, data: Path | None, options: Sequence[str], *, as_json: bool) -> int:
    """
    Print a problem, or all of them as a list.

    Raises:
        UsageError: there is no such benchmark, option or problem, or no data.
        BenchmarkDataError: the data has a mistake.
    """
    benchmark = load(name, data, **pairs("--option", options))
    if id_ is None:
        return _show_all(benchmark, as_json=as_json)
    problem = benchmark.problems.get(id_)
    if problem is None:
        some = ", ".join(list(benchmark.problems)[:5])
        raise UsageError(f"{name} has no problem '{id_}'; it has {len(benchmark.problems)}: {some} ...")
    if as_json:
        print(json.dumps(_problem_json(problem), indent=2, ensure_ascii=False))
        return EXIT_ACCEPTED
    facts = {
        "problem": problem.id,
        "title": problem.title,
        "language": problem.language or problem.runtime or "any",
        "test cases": str(problem.cases),
        "category": problem.category or "",
        "difficulty": problem.difficulty or "",
        "defect": problem.defect,
        "fields": ", ".join(problem.fields),
    }
    for label, value in facts.items():
        if value:
            print(f"{label + ':':<12} {printable(value)}")
    print()
    for line in problem.statement.splitlines():
        print(printable(line.replace("\t", "    ")))
    return EXIT_ACCEPTED


def _problem_json(problem: Problem) -> dict[str, object]:
    return {**asdict(problem), "fields": dict(problem.fields)}


def _show_all(benchmark: Benchmark, *, as_json: bool) -> int:
    problems = [_problem_json(problem) for problem in benchmark.problems.values()]
    if as_json:
        about = {"benchmark": benchmark.name, "version": benchmark.version, "warnings": list(benchmark.warnings)}
        print(json.dumps({**about, "problems": problems}, indent=2, ensure_ascii=False))
        return EXIT_ACCEPTED
    for problem in benchmark.problems.values():
        language = problem.language or problem.runtime or "any"
        defect = f"  defect: {problem.defect}" if problem.defect else ""
        print(f"{printable(problem.id):<24} {printable(language):<12} {printable(problem.title + defect)}".rstrip())
    for warning in benchmark.warnings:
        print(f"note: {printable(warning)}")
    print(f"{benchmark.name}, version {benchmark.version}: {counted(len(benchmark.problems), 'problem')}")
    return EXIT_ACCEPTED


@dataclass(frozen=True, slots=True)
class _Checked:
    expectation: Expectation
    verdict: Verdict | None
    """None: its language is not installed here."""
    detail: str

    @property
    def holds(self) -> bool:
        return self.verdict is None or self.verdict in self.expectation.verdicts


def check(folder: Path, jobs: int | None, sandbox: Sandbox, *, as_json: bool) -> int:
    """
    Judge known solutions and print what became of each.

    Returns:
        The exit status.

    Raises:
        BenchmarkDataError: a problem has a mistake, or there is no solution.
    """
    benchmark = tests_dir.load(folder)
    expectations = list(benchmark.expectations())
    if not expectations:
        raise UsageError(f"{folder} has no known solutions; docs/benchmarks.md says where they lie")
    results = run_until_stopped(_judged(expectations, EngineConfig(slots=jobs, sandbox=sandbox), quiet=as_json))
    wrong = [result for result in results if not result.holds]
    skipped = sum(result.verdict is None for result in results)
    if as_json:
        print(json.dumps({"solutions": [_checked_json(result) for result in results]}, indent=2))
    else:
        for warning in benchmark.warnings:
            print(f"note: {printable(warning)}")
        left_out = f", {skipped} skipped: their language is not installed" if skipped else ""
        print(f"{len(results) - len(wrong) - skipped} of {counted(len(results), 'solution')} as they should{left_out}")
    if any(result.verdict is Verdict.JE for result in results):
        return EXIT_JUDGE_FAILED
    return EXIT_NOT_ACCEPTED if wrong else EXIT_ACCEPTED


async def _judged(expectations: Sequence[Expectation], config: EngineConfig, *, quiet: bool) -> list[_Checked]:
    async with Engine(config) as engine:
        gate = asyncio.Semaphore(engine.slots + _AHEAD)

        async def one(expectation: Expectation) -> _Checked:
            async with gate:
                result = await _judge(engine, expectation)
            if not quiet:
                print(_line(result), flush=True)
            return result

        return await asyncio.gather(*map(one, expectations))


async def _judge(engine: Engine, expectation: Expectation) -> _Checked:
    try:
        async for event in engine.judge(expectation.job):
            if isinstance(event, Finished):
                return _Checked(expectation, event.verdict, event.detail or f"{event.passed}/{event.total}")
    except RuntimeUnavailable as unavailable:
        return _Checked(expectation, None, str(unavailable))
    raise AssertionError("a job ends with Finished")


def _line(result: _Checked) -> str:
    expected = "/".join(sorted(result.expectation.verdicts))
    mark = "-" if result.verdict is None else ("ok" if result.holds else "!!")
    verdict = result.verdict or "-"
    name = f"{result.expectation.problem} {result.expectation.name}"
    return f"{mark:<3} {verdict:<4} {printable(name)}  expected {expected}  {printable(result.detail)}".rstrip()


def _checked_json(result: _Checked) -> dict[str, object]:
    return {
        "problem": result.expectation.problem,
        "solution": result.expectation.name,
        "expected": sorted(result.expectation.verdicts),
        "verdict": result.verdict,
        "holds": result.holds,
        "detail": result.detail,
    }
