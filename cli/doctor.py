"""`exec-cli doctor`: what this machine offers the sandbox and what it lacks, and whether a box really starts."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from rich.table import Table
from rich.text import Text

from cli import host
from cli.backends import GVISOR, Candidate, best_of, recommendation
from cli.edge import EXIT_ACCEPTED, EXIT_JUDGE_FAILED, run_until_stopped
from cli.host import Finding, State
from cli.show import console
from cli.text import counted, printable
from executor.backend import Backend, DockerSettings, Sandbox
from executor.config import lasting_cache, usable_cores
from executor.containers import opened
from executor.errors import BoxFailure, UsageError
from executor.model import MS, Command, Limits, Meter
from executor.runtime import Runtimes
from executor.sandbox.box import Box
from executor.sandbox.detection import CgroupSupport, detect
from executor.sandbox.native import start_box

STYLES = {State.OK: "green", State.DEGRADED: "yellow", State.MISSING: "red"}
SEE_ABOVE = "mend the lines above that are not ok; if all are, this is a mistake of ours"
TRIVIAL = Command(argv=("/usr/bin/true",))


@dataclass(frozen=True, slots=True)
class Look:
    """
    What was found about one backend.

    Args:
        findings: one of them has the topic `box`.
        meter: who measures in its boxes.
    """

    findings: tuple[Finding, ...]
    meter: Meter

    @property
    def problem(self) -> str:
        """Why no box starts; empty when one does."""
        (box,) = (each for each in self.findings if each.topic == "box")
        return "" if box.state is State.OK else box.says


def examine(sandbox: Sandbox, *, as_json: bool) -> int:
    """
    Show the findings about one backend, and which one to use.

    Returns:
        0 if a box starts with that backend, 3 if not.
    """
    runtimes = Runtimes.load(cache=lasting_cache(None))
    native = _look_at_this_machine(runtimes)
    named = sandbox.docker.oci_runtime
    contained = {
        runtime: _look_at_containers(replace(sandbox.docker, oci_runtime=runtime), runtimes)
        for runtime in dict.fromkeys((None, GVISOR, named))
    }
    look = contained[named] if sandbox.backend is Backend.DOCKER else native
    candidates = (
        _candidate(Backend.NATIVE, None, native),
        *(_candidate(Backend.DOCKER, runtime, each) for runtime, each in contained.items()),
    )
    findings = [*look.findings, *recommendation(candidates)]
    if as_json:
        print(json.dumps(_told(look, findings, candidates), indent=2))
    else:
        _show(findings, works=not look.problem)
    return EXIT_JUDGE_FAILED if look.problem else EXIT_ACCEPTED


def _candidate(backend: Backend, runtime: str | None, look: Look) -> Candidate:
    polled = look.meter is Meter.POLLING
    return Candidate(sandbox=backend, oci_runtime=runtime, problem=look.problem, polled=polled)


def _told(look: Look, findings: Sequence[Finding], candidates: Sequence[Candidate]) -> dict[str, object]:
    best = best_of(candidates)
    return {
        "boxes_start": not look.problem,
        "meter": look.meter,
        "recommended": None if best is None else {"sandbox": best.sandbox, "oci_runtime": best.oci_runtime},
        "backends": [each.as_json() for each in candidates],
        "findings": [_json(each) for each in findings],
    }


def _look_at_this_machine(runtimes: Runtimes) -> Look:
    support = detect()
    starts, losses = run_until_stopped(_try_a_box(support))
    prepared = host.guarded(partial(host.prepared, runtimes, lasting_cache(None)), "prepared")
    findings = (*_look_around(support), starts, *host.losses(losses), host.languages(runtimes), prepared)
    return Look(findings, support.meter)


def _look_at_containers(docker: DockerSettings, runtimes: Runtimes) -> Look:
    return run_until_stopped(_try_containers(docker, runtimes))


async def _try_containers(docker: DockerSettings, runtimes: Runtimes) -> Look:
    """Reach the Docker Engine, start a container, run a program in it, and look at what its image has."""
    capacity = host.guarded(partial(host.capacity, usable_cores()), "slots")
    began = time.monotonic_ns()
    try:
        async with opened(docker, runtimes) as containers:
            trial = await containers.open_box(0)
            try:
                starts, losses = await _try_a_program(trial, time.monotonic_ns() - began)
            finally:
                await trial.close()
            there = host.languages_found(containers.image.runtimes, runtimes)
            return Look((starts, capacity, *host.losses(losses), there), trial.meter)
    except (UsageError, BoxFailure) as error:
        return Look((Finding("box", State.MISSING, str(error), SEE_ABOVE), capacity), Meter.POLLING)


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
    try:
        return await _try_a_program(trial, time.monotonic_ns() - began)
    finally:
        await trial.close()


async def _try_a_program(trial: Box, start_ns: int) -> tuple[Finding, tuple[str, ...]]:
    try:
        outcome = await trial.run(TRIVIAL, Limits())
    except BoxFailure as error:
        return Finding("box", State.MISSING, f"it starts, but runs nothing: {error}", SEE_ABOVE), trial.losses
    if outcome.exit_code != 0:
        how = f"signal {outcome.signal}" if outcome.signal else f"exit status {outcome.exit_code}"
        said = f"it starts, but {TRIVIAL.argv[0]} fails in it: {outcome.detail or how}"
        return Finding("box", State.MISSING, said, SEE_ABOVE), trial.losses
    took = f"a box started in {start_ns / MS:.0f} ms and ran a program in {outcome.usage.wall_ns / MS:.1f} ms"
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
