"""
Judges every program of this folder in process and compares each verdict with the one in the program's name.

    .venv/bin/python examples/demo/run.py

Exit status: 0 if every verdict is the expected one, 1 if not, or if a language is not installed.
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
from executor.errors import RuntimeUnavailable
from executor.model import MIB, MS, SECOND, CaseFinished, File, Finished, Job, Limits, Submission, TestCase, Verdict

HERE = Path(__file__).parent
LIMITS = Limits(cpu_ns=1 * SECOND, wall_ns=5 * SECOND, memory_bytes=256 * MIB, output_bytes=1 * MIB)


@dataclass(frozen=True)
class Row:
    """
    One program.

    Args:
        language: the runtime's id.
        verdict: None if the language is not installed.
        cpu_ns, memory_bytes: the most that any of its cases used, None if none ran.
    """

    program: Path
    language: str
    verdict: Verdict | None = None
    cpu_ns: int | None = None
    memory_bytes: int | None = None

    @property
    def expected(self) -> Verdict:
        return Verdict(self.program.name.partition("-")[0].upper())

    @property
    def surprises(self) -> bool:
        return self.verdict is not self.expected

    @property
    def outcome(self) -> str:
        if self.verdict is None:
            return "[yellow]not installed[/yellow]"
        return f"[red]{self.verdict}[/red]" if self.surprises else f"[green]{self.verdict}[/green]"


def read_cases() -> tuple[TestCase, ...]:
    inputs = sorted((HERE / "tests").glob("*.in"))
    return tuple(TestCase(name=path.stem, stdin=path, expected=path.with_suffix(".ans")) for path in inputs)


async def judge(engine: Engine, program: Path, cases: tuple[TestCase, ...]) -> Row:
    runtime = engine.runtimes.for_file(program.name)
    submission = Submission(files=(File(program.name, program),), runtime=runtime.id)
    job = Job(id=program.name, submission=submission, cases=cases, limits=LIMITS, stop_at_first_failure=True)
    try:
        events = [event async for event in engine.judge(job)]
    except RuntimeUnavailable:
        return Row(program, runtime.id)
    finished = next(event for event in events if isinstance(event, Finished))
    spent = [event.outcome.usage for event in events if isinstance(event, CaseFinished)]
    return Row(
        program=program,
        language=runtime.id,
        verdict=finished.verdict,
        cpu_ns=max((usage.cpu_ns for usage in spent), default=None),
        memory_bytes=max((usage.memory_bytes for usage in spent if usage.memory_bytes is not None), default=None),
    )


def table_of(rows: list[Row]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for heading in ("Program", "Language", "Expected", "Verdict"):
        table.add_column(heading, no_wrap=True)
    for heading in ("CPU ms", "MiB"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in sorted(rows, key=lambda row: (row.language, row.program)):
        table.add_row(
            row.program.name,
            row.language,
            row.expected,
            row.outcome,
            "-" if row.cpu_ns is None else f"{row.cpu_ns / MS:.1f}",
            "-" if row.memory_bytes is None else f"{row.memory_bytes / MIB:.1f}",
        )
    return table


async def main() -> int:
    programs = list((HERE / "programs").iterdir())
    cases = read_cases()
    rows: list[Row] = []
    print("Best stretch, in nine languages\n")
    with Live(table_of(rows)) as live:

        async def show(engine: Engine, program: Path) -> None:
            rows.append(await judge(engine, program, cases))
            live.update(table_of(rows))

        async with Engine() as engine, asyncio.TaskGroup() as group:
            for program in programs:
                group.create_task(show(engine, program))
    surprises = sum(row.surprises for row in rows)
    print(f"\n{len(rows) - surprises} of {len(rows)} verdicts are the expected ones")
    if any(row.verdict is None for row in rows):
        print("what is not installed comes with: exec-cli runtimes install --nine")
    return 1 if surprises else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
