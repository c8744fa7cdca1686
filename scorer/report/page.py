"""
The HTML page: one file that needs no network, no font and no script of anybody else.

Theory of operation. Everything that models, programs and data said is hostile. In the template every expression passes
`safe.visible` and is escaped by Jinja; details are JSON in data blocks, which browsers never execute, and `page.js`
puts them on the screen as text nodes only. Should something slip through all the same, the page's
Content-Security-Policy allows exactly one script and one style sheet, by their digests, and nothing from anywhere else:
no inline handler, no image, no request.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from executor.model import MIB, SECOND, Verdict
from scorer.about import About
from scorer.graded import Graded, Reduction
from scorer.report import charts
from scorer.report.details import details_of
from scorer.report.leaderboard import leaderboard
from scorer.report.runs import Report, Run
from scorer.report.safe import visible
from scorer.scores import Group, Scores, title_of

DETAILS_BYTES = 30 * MIB
MOST_CAUSES = 12
MOST_GROUPS = 60
MEANINGS: Mapping[Verdict, str] = {
    Verdict.AC: "accepted",
    Verdict.WA: "wrong answer",
    Verdict.TLE: "over the CPU time limit",
    Verdict.WTL: "over the wall clock limit",
    Verdict.MLE: "over the memory limit",
    Verdict.OLE: "over the output limit",
    Verdict.RTE: "run-time error",
    Verdict.SV: "forbidden system call",
    Verdict.CE: "does not compile",
    Verdict.CTL: "the compiler went over its limits",
    Verdict.JE: "could not be judged",
}


@dataclass(frozen=True, slots=True)
class Page:
    """
    Args:
        html: the whole document.
        kept, left_out: samples whose programs and outputs are in it, and those whose are not.
    """

    html: str
    kept: int
    left_out: int


@dataclass(frozen=True, slots=True)
class _Facts:
    """What stands at the top about a run: names and values, in order."""

    run: Run
    rows: tuple[tuple[str, str], ...]


def page_of(report: Report, *, details_bytes: int = DETAILS_BYTES) -> Page:
    """
    The page of a report.

    Args:
        details_bytes: what programs, outputs, statements and prompts may take together; failures come first, and the
            page says how many samples are left out. Scores are always of all samples.
    """
    details = details_of(report, details_bytes)
    style, script = _file("page.css"), _file("page.js")
    html = (
        _environment()
        .get_template("page.html.jinja")
        .render(
            report=report,
            title=_title(report),
            facts=[_Facts(run, facts_of(run.about)) for run in report.runs],
            metrics=_metric_names([run.scores for run in report.runs]),
            groupings=_groupings(report.runs),
            leaderboard=leaderboard(report.runs),
            graded=[run for run in report.runs if run.scores.graded is not None],
            bars=[charts.verdict_bars(run.scores) for run in report.runs],
            meanings={verdict: MEANINGS[verdict] for verdict in Verdict if _seen(report, verdict)},
            curves=[charts.curve_of(run.scores) for run in report.runs],
            usages=[(charts.times(usage), charts.memories(usage)) for usage in details.usage],
            causes=details.causes.most_common(MOST_CAUSES),
            index=Markup(details.index),  # noqa: S704  # JSON of safe.script_json, in a data block
            details={place: Markup(text) for place, text in details.problems.items()},  # noqa: S704  # likewise
            kept=details.kept,
            left_out=details.left_out,
            details_mib=details_bytes / MIB,
            style=Markup(style),  # noqa: S704  # our own files
            script=Markup(script),  # noqa: S704  # likewise
            policy=_policy(style, script),
        )
    )
    return Page(html, details.kept, details.left_out)


def facts_of(about: About) -> tuple[tuple[str, str], ...]:
    """What a reader has to know to get the same numbers again."""
    facts: dict[str, str | None] = {}
    if benchmark := about.benchmark:
        facts["Benchmark"] = f"{benchmark.name} {benchmark.version[:12]}"
        facts["Options"] = ", ".join(f"{name} = {value}" for name, value in benchmark.options.items())
    if generations := about.generations:
        facts["Model"] = ", ".join(generations.models)
        facts["Generations"] = generations.source
    facts["Begun"] = f"{about.created:%Y-%m-%d %H:%M %Z}".strip()
    facts["Limits"] = _limits(about)
    if judge := about.judge:
        facts["Judge"] = _joined(judge.place, judge.version, judge.slots and f"{judge.slots} at once")
        facts["Measured by"] = judge.meter
    if machine := about.machine:
        memory = machine.memory_bytes and f"{machine.memory_bytes / MIB / 1024:.0f} GiB"
        processor = machine.processor or machine.architecture
        facts["Machine"] = _joined(processor, f"{machine.cores} cores", memory, machine.kernel)
    facts["Toolchains"] = "; ".join(f"{name}: {line}" for name, line in about.toolchains.items())
    facts["Ennead"] = _joined(about.ennead, about.commit and f"commit {about.commit[:12]}")
    return tuple((name, value) for name, value in facts.items() if value)


def _joined(*parts: str | int | None) -> str:
    return ", ".join(str(part) for part in parts if part)


def _limits(about: About) -> str:
    forms = {"cpu_ns": ("CPU", SECOND, "s"), "wall_ns": ("wall", SECOND, "s"), "memory_bytes": ("memory", MIB, "MiB")}
    found = []
    for name, (title, unit, suffix) in forms.items():
        if limit := about.limits.used.get(name):
            least, most = (f"{each / unit:g}" for each in (limit.least, limit.most))
            found.append(f"{title} {least if least == most else f'{least} to {most}'} {suffix}")
    if about.limits.allowances:
        found.append("with each language's allowances")
    return ", ".join(found)


def _title(report: Report) -> str:
    names = " and ".join(run.name for run in report.runs)
    benchmarks = dict.fromkeys(run.about.benchmark.name for run in report.runs if run.about.benchmark)
    return f"{names}: {', '.join(benchmarks)}" if benchmarks else names


def _metric_names(scores: Sequence[Scores]) -> list[str]:
    return list(dict.fromkeys(name for each in scores for name in each.overall.metrics))


def _groupings(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """Tables of parts: a title, metrics, and rows of name, run and group."""
    found = []
    for title in ("languages", "categories", "difficulties"):
        parts: Sequence[Sequence[Group]] = [getattr(run.scores, title) for run in runs]
        names = list(dict.fromkeys(group.name for groups in parts for group in groups))
        rows = [
            (name, run, group)
            for name in names
            for run, groups in zip(runs, parts, strict=True)
            for group in groups
            if group.name == name
        ]
        metrics = list(dict.fromkeys(metric for _, _, group in rows for metric in group.metrics))
        if "ac_at_all" in metrics and "pass_at_1" in metrics:
            metrics.remove("pass_at_1")  # it is the same
        if rows:
            shown = rows[:MOST_GROUPS]
            found.append({"title": title, "metrics": metrics, "rows": shown, "more": len(rows) - len(shown)})
    return found


def _seen(report: Report, verdict: Verdict) -> bool:
    return any(verdict in run.scores.overall.verdicts for run in report.runs)


def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_file),
        autoescape=True,
        finalize=visible,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "percent": lambda value: f"{100 * value:.1f}",
        "signed": lambda value: f"{100 * value:+.1f}",
        "p_value": lambda value: "< 0.001" if value < 0.001 else f"{value:.3f}",
        "metric": title_of,
        "at": lambda value: f"{value:.3f}",
    }
    environment.globals |= {"heat": charts.heat, "reductions": _reductions}
    return environment


def _reductions(graded: Graded) -> list[tuple[str, tuple[Reduction, ...]]]:
    """By mode."""
    return [(graded.mode, graded.reductions), *((other.name, other.reductions) for other in graded.modes)]


def _policy(style: str, script: str) -> str:
    sources = {"script-src": script, "style-src": style}
    allowed = "; ".join(f"{name} 'sha256-{_digest(text)}'" for name, text in sources.items())
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _file(name: str) -> str:
    return resources.files("scorer.report").joinpath(name).read_text(encoding="utf-8")
