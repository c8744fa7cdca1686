"""`exec-cli runtimes`: which languages there are, and whether each works in the sandbox."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from rich import box
from rich.table import Table
from rich.text import Text

from cli.edge import EXIT_ACCEPTED, EXIT_NOT_ACCEPTED, run_until_stopped
from cli.show import console
from cli.text import printable
from executor.engine import Engine, EngineConfig
from executor.errors import RuntimeUnavailable
from executor.model import MS
from executor.runtime import Runtime, Runtimes

_VERSION_TIMEOUT_S = 20


@dataclass(frozen=True, slots=True)
class Listed:
    """
    A language as `exec-cli runtimes` lists it.

    Args:
        version: first line of what the toolchain says of itself; empty when it cannot be asked.
        missing: why it is not available here and what to do; None when it is.
    """

    runtime: Runtime
    version: str
    missing: str | None

    def as_json(self) -> dict[str, object]:
        return {
            "id": self.runtime.id,
            "name": self.runtime.name,
            "version": self.version or None,
            "extensions": list(self.runtime.extensions),
            "available": self.missing is None,
            "detail": self.missing or "",
        }


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


def show_runtimes(*, as_json: bool) -> int:
    """List every language; always accepted."""
    runtimes = Runtimes.load()
    with ThreadPoolExecutor(4) as pool:
        listed = list(pool.map(_listed, runtimes))
    if as_json:
        print(json.dumps([each.as_json() for each in listed], indent=2))
    else:
        console(sys.stdout).print(_listed_table(listed))
    return EXIT_ACCEPTED


def check(ids: Sequence[str], *, as_json: bool) -> int:
    """
    Run the self-tests of the named languages, or of all that are available here.

    Raises:
        UsageError: a named language does not exist or is not available here.
    """
    known = Runtimes.load()
    named = [known.get(each) for each in dict.fromkeys(ids)]
    for runtime in named:
        runtime.resolve()
    missing = {} if named else {runtime.id: reason for runtime in known if (reason := runtime.missing())}
    chosen = named or [runtime for runtime in known if runtime.id not in missing]
    results = run_until_stopped(_check_all(chosen))
    if as_json:
        print(json.dumps([each.as_json() for each in results], indent=2))
    else:
        _show_checks(results, list(missing.values()))
    return EXIT_NOT_ACCEPTED if any(each.problems for each in results) else EXIT_ACCEPTED


async def _check_all(runtimes: Iterable[Runtime]) -> list[Checked]:
    results = []
    async with Engine(EngineConfig(slots=1)) as engine:
        for runtime in runtimes:
            began = time.monotonic_ns()
            problems = await engine.check_runtime(runtime.id)
            results.append(Checked(runtime, tuple(problems), time.monotonic_ns() - began))
    return results


def _listed(runtime: Runtime) -> Listed:
    try:
        return Listed(runtime, _version(runtime.resolve()), None)
    except RuntimeUnavailable as reason:
        return Listed(runtime, "", str(reason))


def _version(runtime: Runtime) -> str:
    """First line of what a toolchain of this machine says of itself; some write it to standard error."""
    command = runtime.version_command()
    try:
        done = subprocess.run(
            command.argv,
            env=dict(command.env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_VERSION_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    lines = (done.stdout + done.stderr).decode("utf-8", "replace").split("\n")
    return next((line.strip() for line in lines if line.strip()), "")


def _listed_table(listed: Iterable[Listed]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for title in ("id", "name", "version", "state"):
        table.add_column(title, overflow="fold")
    for each in listed:
        state = Text("available", style="green") if each.missing is None else Text(printable(each.missing), style="red")
        table.add_row(*map(Text, (each.runtime.id, printable(each.runtime.name), printable(each.version))), state)
    return table


def _show_checks(results: Iterable[Checked], left_out: Iterable[str]) -> None:
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
    out = console(sys.stdout)
    out.print(table)
    for reason in left_out:
        out.print(Text(f"not checked: {printable(reason)}", style="dim"), soft_wrap=True)
