"""`exec-cli runtimes install`: from names to what is missing, and what came of installing it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cli.edge import EXIT_ACCEPTED, EXIT_NOT_ACCEPTED, run_until_stopped
from cli.installing import Bars, Lines, Shown, Silence, shown_step
from cli.lines import redraws
from cli.show import MOST_LOG_LINES, console, show_log
from cli.text import clipped, counted, listed, printable
from executor.config import lasting_cache
from executor.errors import EnneadError, UsageError
from executor.installer import Failure, Installer
from executor.inventory import Machine, Part, Plan, Step, plan_installation
from executor.runtime import Runtime, Runtimes
from executor.tools import Tools

NINE = ("c", "cpp", "csharp", "go", "java", "javascript", "python", "r", "rust", "typescript")
"""The nine languages that this project is named after; C and C++ are one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallOptions:
    """
    What was asked on the command line.

    Args:
        ids: of languages.
        every: all languages.
        nine: those in NINE.
        extras: names; without any language they stand for every language that has one of them.
        dry_run: only say what would be done.
    """

    ids: tuple[str, ...] = ()
    every: bool = False
    nine: bool = False
    extras: tuple[str, ...] = ()
    dry_run: bool = False
    json: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one part; why: a sentence, where it is not available."""

    part: Part
    why: str | None
    output: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        return {
            "id": self.part.runtime.id,
            "extra": self.part.extra,
            "available": self.why is None,
            "detail": self.why or "",
        }


def install(options: InstallOptions) -> int:
    """
    Install what is missing of what was asked for, and show it.

    Returns:
        The exit status: that of success only if all that was asked for is available now.

    Raises:
        UsageError: what was asked for does not exist, or this user cannot install anything.
    """
    runtimes = Runtimes.load(cache=lasting_cache(None))
    parts = parts_of(options, runtimes)
    plan = plan_installation(parts, Machine(runtimes))
    if options.dry_run:
        _show_plan(plan, as_json=options.json)
        return EXIT_ACCEPTED
    failures: list[Failure] = []
    if plan:
        with _watcher(options) as watcher:
            installer = Installer(runtimes, Tools.of_this_user(watcher.notice), watcher)
            failures = run_until_stopped(installer.install(plan))
    results = _results(parts, runtimes, failures)
    if not options.json:
        _show_results(results, anything_done=bool(plan))
    prepared = _prepare([each.part.runtime for each in results if each.why is None], as_json=options.json)
    if options.json:
        print(json.dumps({**_as_json(results, plan.steps()), "prepared": prepared}, indent=2))
    return EXIT_NOT_ACCEPTED if any(each.why for each in results) else EXIT_ACCEPTED


def _prepare(runtimes: Iterable[Runtime], *, as_json: bool) -> list[dict[str, object]]:
    """What is there now may have assets to be prepared; without them it works as well, only slower."""
    from cli.preparing import prepare_these  # it imports this module

    try:
        done = prepare_these(
            list({runtime.id: runtime for runtime in runtimes}.values()), as_json=as_json, missing_only=True
        )
    except EnneadError as error:
        print(f"exec-cli: nothing is prepared, programs compile more slowly: {printable(str(error))}", file=sys.stderr)
        return []
    return [each.as_json() for each in done]


def parts_of(options: InstallOptions, runtimes: Runtimes) -> tuple[Part, ...]:
    """
    The languages and extras that were asked for, each once.

    Raises:
        UsageError: one of them does not exist, nothing was asked for, or too much.
    """
    if options.every and (options.ids or options.nine):
        raise UsageError("--all already stands for every language; leave the others out")
    chosen = _chosen(options, runtimes)
    _refuse_unknown(options.extras, chosen)
    if options.extras and not (options.ids or options.nine or options.every):
        chosen = [runtime for runtime in chosen if set(options.extras) & set(runtime.extras)]
    extras = tuple(dict.fromkeys(options.extras))
    return tuple(
        part
        for runtime in chosen
        for part in (Part(runtime), *(Part(runtime, extra) for extra in extras if extra in runtime.extras))
    )


def _chosen(options: InstallOptions, runtimes: Runtimes) -> list[Runtime]:
    names = [*(NINE if options.nine else ()), *options.ids]
    if names:
        return [runtimes.get(name) for name in dict.fromkeys(names)]
    if not options.every and not options.extras:
        raise UsageError("say which languages: exec-cli runtimes install ID..., --nine or --all")
    return list(runtimes)


def _refuse_unknown(extras: Sequence[str], chosen: Iterable[Runtime]) -> None:
    known = sorted({extra for runtime in chosen for extra in runtime.extras})
    unknown = [extra for extra in extras if extra not in known]
    if unknown:
        choice = f"choose {', '.join(known)}" if known else "there are none for these languages"
        raise UsageError(f"there are no extras {unknown[0][:60]!r}; {choice}")


def _watcher(options: InstallOptions) -> Shown:
    if options.json:
        return Silence()
    return Bars(console(sys.stdout)) if redraws(sys.stdout) else Lines(sys.stdout)


def _results(parts: Iterable[Part], runtimes: Runtimes, failures: Iterable[Failure]) -> list[Result]:
    """What is available now, whatever the tools said."""
    failed = {failure.part: failure for failure in failures}
    machine = Machine(runtimes)
    results = []
    for part in parts:
        why = part.runtime.missing()
        if why is None and not machine.is_installed(part):
            why = "not everything that it needs is installed"
        if part.name in failed and why is not None:
            results.append(Result(part, failed[part.name].why, failed[part.name].output))
        else:
            results.append(Result(part, why))
    return results


def _as_json(results: Sequence[Result], steps: Sequence[Step]) -> dict[str, object]:
    return {
        "available": all(each.why is None for each in results),
        "parts": [each.as_json() for each in results],
        "steps": [_step_json(step) for step in steps],
    }


def _step_json(step: Step) -> dict[str, object]:
    folder = None if step.folder is None else str(step.folder)
    return {"tool": step.tool, "what": list(step.what), "parts": list(step.parts), "folder": folder}


def _show_plan(plan: Plan, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"steps": [_step_json(step) for step in plan.steps()]}, indent=2))
    elif not plan:
        print(f"nothing is to be done for {_enumerated(plan.parts)}")
    else:
        for step in plan.steps():
            print(shown_step(step))


def _show_results(results: Sequence[Result], *, anything_done: bool) -> None:
    out = console(sys.stdout)
    there = [each.part for each in results if each.why is None]
    missing = [each for each in results if each.why is not None]
    shown: set[tuple[str, ...]] = set()
    for each in missing:
        if each.output and each.output not in shown:
            shown.add(each.output)
            lines = [clipped(line.encode(), max(out.width - 2, 20)) for line in each.output[-MOST_LOG_LINES:]]
            show_log("the last lines of what failed", lines, out)
    if anything_done:
        out.print()
    if there:
        again = "" if anything_done else ", nothing had to be done"
        out.print(f"available: {_enumerated(there)}{again}", soft_wrap=True)
    for each in missing:
        out.print(f"not available: {each.part.name}: {printable(each.why or '')}", style="red", soft_wrap=True)
    if missing:
        out.print(f"{len(there)} of {counted(len(results), 'part')} can be used", style="bold")


def _enumerated(parts: Iterable[Part]) -> str:
    return listed(part.name for part in parts)
