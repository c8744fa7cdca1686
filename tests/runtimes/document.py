"""
The tables of docs/runtimes.md that say what stands in runtimes/*.toml and in the test programs' absent.toml.

    python -m tests.runtimes.document     writes them into the document; a test sees whether that was forgotten
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields

from executor.model import MIB, MS, Limits
from executor.runtime import COMPILE_LIMITS, RunAdjustment, Runtime
from tests.runtimes.support import NINE, REPOSITORY, absences, all_runtimes

DOCUMENT = REPOSITORY / "docs" / "runtimes.md"

_UNITS = {"_ns": (MS, "ms"), "_bytes": (MIB, "MiB")}


def tables() -> dict[str, str]:
    """The tables in Markdown, by the names that the document gives them in `<!-- NAME -->` and `<!-- /NAME -->`."""
    runtimes = list(all_runtimes().values())
    languages = [each for each in runtimes if each.report is None]
    return {
        "languages": _table(["id", "language", "files", "compiled", "extras"], map(_language, languages)),
        "frameworks": _table(
            ["id", "framework", "files", "compiled", "report"],
            ([*_language(each)[:4], _report(each)] for each in runtimes if each.report is not None),
        ),
        "limits": _table(["id", "compilation", "runs", "allowances"], _limits(runtimes)),
        "memory": _table(["id", "what it is told", "own word is heard"], _memory(runtimes)),
        "absences": _table(["id", "scenarios", "why"], _absences(languages)),
    }


def updated(document: str) -> str:
    """The document with its tables as they should be."""
    for name, table in tables().items():
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->\n"
        assert document.count(begin) == document.count(end) == 1, name
        document = document[: document.index(begin)] + begin + table + document[document.index(end) :]
    return document


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "".join(f"| {' | '.join(line)} |\n".replace("  |", " |") for line in lines)


def _language(runtime: Runtime) -> list[str]:
    files = " ".join(f"`{extension}`" for extension in runtime.extensions)
    return [
        f"**{runtime.id}**" if runtime.id in NINE else runtime.id,
        runtime.name,
        files if runtime.by_extension else f"({files})",
        "yes" if runtime.compile else "",
        ", ".join(sorted(runtime.extras)),
    ]


def _report(runtime: Runtime) -> str:
    assert runtime.report is not None
    return runtime.report.format if runtime.report.file else f"{runtime.report.format}, on standard output"


def _limits(runtimes: Iterable[Runtime]) -> Iterator[list[str]]:
    for runtime in runtimes:
        adjustment = runtime.adjustment
        compilation = _differing(runtime.compile_limits, COMPILE_LIMITS) if runtime.compile else ""
        runs = [
            f"at least {value} {key.replace('_', ' ')}"
            for key in ("processes", "open_files")
            if (value := getattr(adjustment, key)) > 1
        ]
        if adjustment.stack_bytes is not None:
            runs.append(f"stack {adjustment.stack_bytes // MIB} MiB")
        allowances = []
        if adjustment.cpu_factor != RunAdjustment().cpu_factor:
            allowances.append(f"CPU time times {adjustment.cpu_factor:g}")
        if adjustment.memory_extra_bytes:
            allowances.append(f"memory + {adjustment.memory_extra_bytes // MIB} MiB")
        if compilation or runs or allowances:
            yield [runtime.id, compilation, ", ".join(runs), ", ".join(allowances)]


def _differing(limits: Limits, usual: Limits) -> str:
    differing = []
    for field in fields(limits):
        value = getattr(limits, field.name)
        if value is None or value == getattr(usual, field.name):
            continue
        unit = next((ending for ending in _UNITS if field.name.endswith(ending)), "")
        divisor, word = _UNITS.get(unit, (1, ""))
        name = field.name.removesuffix(unit).replace("_", " ").replace("cpu", "CPU")
        differing.append(f"{name} {value // divisor} {word}".rstrip())
    return ", ".join(differing)


def _memory(runtimes: Iterable[Runtime]) -> Iterator[list[str]]:
    for runtime in runtimes:
        words = [word for word in runtime.run if "{memory_" in word]
        words += [f"{name}={value}" for name, value in runtime.env.items() if "{memory_" in value]
        if words or runtime.memory_exceeded:
            yield [runtime.id, " ".join(f"`{word}`" for word in words), "yes" if runtime.memory_exceeded else ""]


def _absences(runtimes: Iterable[Runtime]) -> Iterator[list[str]]:
    for runtime in runtimes:
        by_reason: dict[str, list[str]] = {}
        for scenario, why in absences(runtime.id).items():
            if scenario == "limits":
                for name, own in why.items():
                    by_reason.setdefault(f"needs {_own_limits(own)}", []).append(name)
            else:
                by_reason.setdefault(why, []).append(scenario)
        yield from ([runtime.id, ", ".join(scenarios), why] for why, scenarios in by_reason.items())


def _own_limits(own: Mapping[str, int]) -> str:
    words = {"cpu_ms": "{} ms of CPU time", "wall_ms": "{} ms of real time", "memory_mib": "{} MiB"}
    return " and ".join(words[key].format(value) for key, value in own.items())


if __name__ == "__main__":
    DOCUMENT.write_text(updated(DOCUMENT.read_text()))
