"""
Judges every program of this folder in process and compares each verdict with the one in the program's name.

    .venv/bin/python examples/demo/run.py

Exit status: 0 if every verdict is the expected one, 1 if not.
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.live import Live
from rich.table import Table

from executor.engine import Engine
from executor.model import MIB, MS, SECOND, CaseFinished, File, Finished, Job, Limits, Submission, TestCase, Verdict

HERE = Path(__file__).parent
LIMITS = Limits(cpu_ns=1 * SECOND, memory_bytes=64 * MIB, output_bytes=1 * MIB)
RUNTIMES = {".c": "c", ".cpp": "cpp", ".py": "python"}


@dataclass(frozen=True)
class Row:
    """One judged program. cpu_ns and memory_bytes: the most that any of its cases used, None if none ran."""

    program: Path
    verdict: Verdict
    cpu_ns: int | None
    memory_bytes: int | None

    @property
    def expected(self) -> Verdict:
        return Verdict(self.program.name.partition("-")[0].upper())

    @property
    def surprises(self) -> bool:
        return self.verdict is not self.expected


def read_cases() -> tuple[TestCase, ...]:
    inputs = sorted((HERE / "tests").glob("*.in"))
    return tuple(TestCase(name=path.stem, stdin=path, expected=path.with_suffix(".ans")) for path in inputs)


async def judge(engine: Engine, program: Path, cases: tuple[TestCase, ...]) -> Row:
    submission = Submission(files=(File(program.name, program),), runtime=RUNTIMES[program.suffix])
    job = Job(id=program.name, submission=submission, cases=cases, limits=LIMITS)
    events = [event async for event in engine.judge(job)]
    finished = next(event for event in events if isinstance(event, Finished))
    spent = [event.outcome.usage for event in events if isinstance(event, CaseFinished)]
    return Row(
        program=program,
        verdict=finished.verdict,
        cpu_ns=max((usage.cpu_ns for usage in spent), default=None),
        memory_bytes=max((usage.memory_bytes for usage in spent if usage.memory_bytes is not None), default=None),
    )


def table_of(rows: list[Row]) -> Table:
    table = Table(title="Best stretch, in three languages", title_justify="left", box=SIMPLE_HEAD)
    for heading in ("Program", "Language", "Expected", "Verdict"):
        table.add_column(heading, no_wrap=True)
    for heading in ("CPU ms", "Memory MiB"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in sorted(rows, key=lambda row: row.program):
        table.add_row(
            row.program.name,
            RUNTIMES[row.program.suffix],
            row.expected,
            f"[red]{row.verdict}[/red]" if row.surprises else f"[green]{row.verdict}[/green]",
            "-" if row.cpu_ns is None else f"{row.cpu_ns / MS:.1f}",
            "-" if row.memory_bytes is None else f"{row.memory_bytes / MIB:.1f}",
        )
    return table


async def main() -> int:
    programs = list((HERE / "programs").iterdir())
    cases = read_cases()
    rows: list[Row] = []
    with Live(table_of(rows)) as live:
        async with Engine() as engine:
            for judged in asyncio.as_completed([judge(engine, program, cases) for program in programs]):
                rows.append(await judged)
                live.update(table_of(rows))
    surprises = sum(row.surprises for row in rows)
    live.console.print(f"\n{len(rows) - surprises} of {len(rows)} verdicts are the expected ones")
    return 1 if surprises else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
