"""`exec-cli doctor`: what this machine offers the sandbox and what it lacks, and whether a box really starts."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from functools import partial

from rich.table import Table
from rich.text import Text

from cli import host
from cli.edge import EXIT_ACCEPTED, EXIT_JUDGE_FAILED, run_until_stopped
from cli.host import Finding, State
from cli.show import console
from cli.text import counted, printable
from executor.config import lasting_cache, usable_cores
from executor.errors import BoxFailure
from executor.model import MS, Command, Limits
from executor.runtime import Runtimes
from executor.sandbox.detection import CgroupSupport, detect
from executor.sandbox.native import start_box

STYLES = {State.OK: "green", State.DEGRADED: "yellow", State.MISSING: "red"}
SEE_ABOVE = "mend the lines above that are not ok; if all are, this is a mistake of ours"
TRIVIAL = Command(argv=("/usr/bin/true",))


def examine(*, as_json: bool) -> int:
    """
    Show the findings.

    Returns:
        0 if a box starts here, 3 if not.
    """
    support = detect()
    starts, losses = run_until_stopped(_try_a_box(support))
    findings = [
        *_look_around(support),
        starts,
        *host.losses(losses),
        host.languages(Runtimes.load(cache=lasting_cache(None))),
    ]
    works = starts.state is State.OK
    if as_json:
        print(
            json.dumps(
                {"boxes_start": works, "meter": support.meter, "findings": [_json(each) for each in findings]}, indent=2
            )
        )
    else:
        _show(findings, works=works)
    return EXIT_ACCEPTED if works else EXIT_JUDGE_FAILED


def _look_around(support: CgroupSupport) -> Iterator[Finding]:
    yield host.guarded(host.kernel, "kernel")
    yield host.guarded(host.architecture, "architecture")
    yield host.guarded(host.user, "user")
    yield host.guarded(host.user_namespaces, "user namespaces")
    yield host.guarded(host.namespaces, "namespaces")
    yield host.guarded(host.seccomp, "seccomp")
    yield host.cgroups(support)
    yield host.guarded(partial(host.capacity, usable_cores()), "slots")


async def _try_a_box(support: CgroupSupport) -> tuple[Finding, tuple[str, ...]]:
    """Start a box, run a program that does nothing, and say how long that took, or why it failed."""
    began = time.monotonic_ns()
    try:
        trial = await start_box(0, support=support)
    except (BoxFailure, OSError) as error:
        return Finding("box", State.MISSING, str(error), SEE_ABOVE), ()
    started = time.monotonic_ns()
    try:
        outcome = await trial.run(TRIVIAL, Limits())
    except BoxFailure as error:
        return Finding("box", State.MISSING, f"it starts, but runs nothing: {error}", SEE_ABOVE), trial.losses
    finally:
        await trial.close()
    if outcome.exit_code != 0:
        how = f"signal {outcome.signal}" if outcome.signal else f"exit status {outcome.exit_code}"
        said = f"it starts, but {TRIVIAL.argv[0]} fails in it: {outcome.detail or how}"
        return Finding("box", State.MISSING, said, SEE_ABOVE), trial.losses
    took = f"a box started in {(started - began) / MS:.0f} ms and ran a program in {outcome.usage.wall_ns / MS:.1f} ms"
    return Finding("box", State.OK, took), trial.losses


def _json(finding: Finding) -> dict[str, str]:
    return {"topic": finding.topic, "state": finding.state, "says": finding.says, "advice": finding.advice}


def _show(findings: list[Finding], *, works: bool) -> None:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in findings:
        table.add_row(
            Text(finding.topic), Text(finding.state, style=STYLES[finding.state]), Text(printable(finding.says))
        )
        if finding.advice:
            table.add_row("", "", Text(f"-> {printable(finding.advice)}", style="dim"))
    out = console(sys.stdout)
    out.print(table)
    degraded = sum(finding.state is not State.OK for finding in findings)
    verdict = "Boxes start here." if works else "Boxes do not start here: nothing can be judged."
    rest = f" {counted(degraded, 'line')} above could be better." if degraded else ""
    out.print(Text(f"\n{verdict}{rest}", style="bold"))
