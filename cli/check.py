"""`exec-cli runtimes check`: whether each language works in the sandbox."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rich import box
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from cli.edge import EXIT_ACCEPTED, EXIT_NOT_ACCEPTED, run_until_stopped
from cli.lines import redraws
from cli.show import console
from cli.text import counted, printable
from executor.backend import Backend, Sandbox
from executor.config import lasting_cache
from executor.containers import opened
from executor.engine import Engine, EngineConfig
from executor.errors import UsageError
from executor.model import MS
from executor.runtime import Runtime, Runtimes
from executor.shown import HOST, Shown


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of the self-tests of one language: problems as sentences, none when it works."""

    runtime: Runtime
    problems: tuple[str, ...]
    elapsed_ns: int

    def as_json(self) -> dict[str, object]:
        return {
            "id": self.runtime.id,
            "passed": not self.problems,
            "problems": list(self.problems),
            "elapsed_ms": round(self.elapsed_ns / MS, 3),
        }


OnChecked = Callable[[Checked], None]


def check(ids: Sequence[str], *, every: bool, sandbox: Sandbox, as_json: bool) -> int:
    """
    Run the self-tests of the named languages, of every language, or of all that are available here.

    Args:
        every: a language that is not available here has failed.

    Raises:
        UsageError: a named language does not exist or is not available here, or there are names beside `every`.
    """
    known = Runtimes.load(cache=lasting_cache(None))
    if every and ids:
        raise UsageError("--all already stands for every language; leave the others out")
    chosen = [known.get(each) for each in dict.fromkeys(ids)] or list(known)
    shown = run_until_stopped(_look(sandbox, known))
    missing = {runtime.id: reason for runtime in chosen if (reason := runtime.missing(shown)) is not None}
    if ids:
        for runtime in chosen:
            runtime.resolve(shown)
    absent = [Checked(runtime, (missing[runtime.id],), 0) for runtime in chosen if every and runtime.id in missing]
    present = [runtime for runtime in chosen if runtime.id not in missing]
    if not as_json and not redraws(sys.stdout):
        for each in absent:
            _print_line(each)
    results = sorted([*absent, *_check(present, sandbox, as_json=as_json)], key=lambda each: each.runtime.id)
    if as_json:
        print(json.dumps([each.as_json() for each in results], indent=2))
    else:
        _show(results, [] if every else list(missing))
    return EXIT_NOT_ACCEPTED if any(each.problems for each in results) else EXIT_ACCEPTED


async def _look(sandbox: Sandbox, runtimes: Runtimes) -> Shown:
    """What boxes show of toolchains: this machine's, or an image's."""
    if sandbox.backend is Backend.NATIVE:
        return HOST
    async with opened(sandbox.docker, runtimes) as containers:
        return containers.image.shown


def _check(runtimes: Sequence[Runtime], sandbox: Sandbox, *, as_json: bool) -> list[Checked]:
    """Check all of them, in all slots, and show how that goes on."""
    if as_json:
        return run_until_stopped(_check_all(runtimes, sandbox, lambda _: None))
    if not redraws(sys.stdout):
        return run_until_stopped(_check_all(runtimes, sandbox, _print_line))
    columns = (BarColumn(bar_width=30), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.fields[line]}"))
    with Progress(*columns, console=console(sys.stdout), transient=True) as progress:
        bar = progress.add_task("", total=len(runtimes), line="")

        def advance(checked: Checked) -> None:
            progress.update(bar, advance=1, line=checked.runtime.id)

        return run_until_stopped(_check_all(runtimes, sandbox, advance))


async def _check_all(runtimes: Iterable[Runtime], sandbox: Sandbox, done: OnChecked) -> list[Checked]:
    async with Engine(EngineConfig(sandbox=sandbox)) as engine:
        # No more at once than there are slots: the time of a language is not that of waiting for one.
        room = asyncio.Semaphore(engine.slots)

        async def check_one(runtime: Runtime) -> Checked:
            async with room:
                began = time.monotonic_ns()
                problems = await engine.check_runtime(runtime.id)
                checked = Checked(runtime, tuple(problems), time.monotonic_ns() - began)
            done(checked)
            return checked

        return list(await asyncio.gather(*map(check_one, runtimes)))


def _print_line(checked: Checked) -> None:
    state = "failed" if checked.problems else "works "
    line = f"{state}  {checked.runtime.id:<16}  {checked.elapsed_ns / MS:>7.0f} ms"
    print(line, *(f"        {printable(problem)}" for problem in checked.problems), sep="\n", flush=True)


def _show(results: Sequence[Checked], left_out: Sequence[str]) -> None:
    out = console(sys.stdout)
    if redraws(sys.stdout):
        out.print(_table(results))
    failed = [each.runtime.id for each in results if each.problems]
    summary = f"{counted(len(results) - len(failed), 'language')} work{'s' if len(results) - len(failed) == 1 else ''}"
    out.print(Text(f"\n{summary}", style="bold"), end="")
    out.print(Text(f", {len(failed)} failed: {' '.join(failed)}" if failed else "", style="bold red"))
    if left_out:
        out.print(Text(f"not installed, and not checked: {' '.join(left_out)}", style="dim"), soft_wrap=True)


def _table(results: Iterable[Checked]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("id")
    table.add_column("name")
    table.add_column("state")
    table.add_column("ms", justify="right")
    table.add_column("detail", overflow="fold")
    for each in results:
        state = Text("failed", style="red") if each.problems else Text("works", style="green")
        detail = Text(printable("; ".join(each.problems)))
        elapsed = Text(f"{each.elapsed_ns / MS:.0f}")
        table.add_row(Text(each.runtime.id), Text(printable(each.runtime.name)), state, elapsed, detail)
    return table
