"""
Kattis problem packages: a folder with problem.yaml, data/sample and data/secret, in the spelling of the legacy format
or of 2023-07.

Outputs are compared by the default validator's rules as far as our checkers have them: words, or words with a tolerance
for numbers. What our checkers do not have is refused, not guessed: custom validators, interaction, several passes, and
different tolerances for the absolute and the relative error.

Source: the Problem Package Format, www.kattis.com/problem-package-format, versions legacy and 2023-07.
"""

from __future__ import annotations

import configparser
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from executor.model import MIB, SECOND, Checker, CheckerKind, Limits, Verdict
from scorer.benchmarks.problem_folder import KnownSolution, ProblemFolder, cases_below, files_below, text_of
from scorer.errors import BenchmarkDataError

NAME = "problem.yaml"
_MEMORY_MIB, _OUTPUT_MIB = 2048, 8
"""What a package gets that says nothing."""
_TIME_UNKNOWN = "it says no time limit (a judge would measure its solutions): 10 s of CPU time count"
_CASE = (
    "its validator takes upper and lower case for the same, and ours does not: "
    "an answer that differs in case alone is WA"
)

_FOLDERS: Mapping[str, frozenset[Verdict]] = {
    "accepted": frozenset({Verdict.AC}),
    "wrong_answer": frozenset({Verdict.WA}),
    "time_limit_exceeded": frozenset({Verdict.TLE, Verdict.WTL}),
    "run_time_error": frozenset({Verdict.RTE, Verdict.MLE, Verdict.OLE, Verdict.SV}),
    "rejected": frozenset(set(Verdict) - {Verdict.AC, Verdict.JE}),
    "brute_force": frozenset({Verdict.TLE, Verdict.WTL, Verdict.RTE, Verdict.MLE, Verdict.OLE}),
}
"""Other folders, such as `partially_accepted`, say nothing that a verdict could show."""


def read(folder: Path) -> ProblemFolder:
    """
    The problem of a package.

    Raises:
        BenchmarkDataError: the package has a mistake, or needs what is not supported.
    """
    path = folder / NAME
    about = _yaml(path)
    _refuse_unsupported(folder, about)
    checker, warnings = _checker(folder, about)
    limits, unknown = _limits(folder, about)
    return ProblemFolder(
        path=folder,
        title=_in_english(about.get("name")) or folder.name,
        statement=_statement(folder),
        cases=cases_below(folder / "data", ("sample", "secret")),
        limits=limits,
        checker=checker,
        category=_keywords(about.get("keywords")),
        difficulty=str(about["difficulty"]) if about.get("difficulty") is not None else None,
        solutions=tuple(_solutions(folder / "submissions")),
        files=(path, *files_below(folder / "data")),
        warnings=(*warnings, *unknown),
    )


def _yaml(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        content = yaml.safe_load(text_of(path))
    except yaml.YAMLError as error:
        raise BenchmarkDataError(f"{path} is no YAML: {' '.join(str(error).split())}") from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise BenchmarkDataError(f"{path}: keys and values are expected")
    return content


def _refuse_unsupported(folder: Path, about: Mapping[str, Any]) -> None:
    path = folder / NAME
    kinds = _words(about.get("type", "pass-fail"))
    for kind in ("interactive", "multi-pass", "submit-answer"):
        if kind in kinds:
            raise BenchmarkDataError(f"{path}: type: {kind} problems are not supported")
    validation = _words(about.get("validation", "default"))
    own = [name for name in ("output_validators", "output_validator") if any(files_below(folder / name))]
    if "custom" in validation or (own and "validation" not in about):
        raise BenchmarkDataError(f"{path}: it has an output validator of its own, which is not supported")


def _checker(folder: Path, about: Mapping[str, Any]) -> tuple[Checker, tuple[str, ...]]:
    where, flags = _flags(folder, about)
    exact, case, tolerances = False, False, {}
    words = iter(flags)
    for word in words:
        if word in {"float_tolerance", "float_absolute_tolerance", "float_relative_tolerance"}:
            tolerances[word] = _number(next(words, None), f"{where}: {word}")
        elif word in {"case_sensitive", "space_change_sensitive"}:
            exact |= word == "space_change_sensitive"
            case |= word == "case_sensitive"
        else:
            raise BenchmarkDataError(f"{where}: the default validator has no flag '{word}'")
    warnings = () if case else (_CASE,)
    if not tolerances:
        return Checker(CheckerKind.EXACT if exact else CheckerKind.TOKENS), warnings
    if exact:
        raise BenchmarkDataError(f"{where}: a tolerance for numbers together with significant spaces is not supported")
    both = tolerances.get("float_tolerance")
    absolute = tolerances.get("float_absolute_tolerance", both)
    relative = tolerances.get("float_relative_tolerance", both)
    if absolute is None or absolute != relative:
        raise BenchmarkDataError(f"{where}: different absolute and relative tolerances are not supported")
    return Checker(CheckerKind.FLOAT, absolute), warnings


def _flags(folder: Path, about: Mapping[str, Any]) -> tuple[Path, list[str]]:
    """The default validator's flags, and the file that has them; those of one group of tests alone are refused."""
    if "validator_flags" in about:
        return folder / NAME, _words(about["validator_flags"])
    keys = ("output_validator_flags", "output_validator_args")
    top = folder / "data"
    found: tuple[Path, list[str]] = (folder / NAME, [])
    for path in sorted([*top.rglob("testdata.yaml"), *top.rglob("test_group.yaml")]):
        content = _yaml(path)
        flags = next((_words(content[key]) for key in keys if key in content), None)
        if flags is None or flags == found[1]:
            continue
        if path.parent != top:
            raise BenchmarkDataError(f"{path}: validator flags of one group of tests are not supported")
        found = (path, flags)
    return found


def _limits(folder: Path, about: Mapping[str, Any]) -> tuple[Limits, tuple[str, ...]]:
    path = folder / NAME
    table = about.get("limits") or {}
    if not isinstance(table, dict):
        raise BenchmarkDataError(f"{path}: limits: keys and values are expected")
    memory = _number(table.get("memory", _MEMORY_MIB), f"{path}: limits.memory")
    output = _number(table.get("output", _OUTPUT_MIB), f"{path}: limits.output")
    limits = Limits(memory_bytes=int(memory * MIB), output_bytes=int(output * MIB))
    seconds = _seconds(folder, table)
    if seconds is None:
        return limits, (_TIME_UNKNOWN,)
    return replace(limits, cpu_ns=max(1, int(seconds * SECOND))), ()


def _seconds(folder: Path, table: Mapping[str, Any]) -> float | None:
    if "time_limit" in table:
        return _number(table["time_limit"], f"{folder / NAME}: limits.time_limit")
    if (folder / ".timelimit").is_file():
        return _number(text_of(folder / ".timelimit").strip(), str(folder / ".timelimit"))
    return _domjudge_seconds(folder / "domjudge-problem.ini")


def _domjudge_seconds(path: Path) -> float | None:
    """DOMjudge keeps the time limit in a file of its own, which has no sections."""
    if not path.is_file():
        return None
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(f"[problem]\n{text_of(path)}")
    except configparser.Error as error:
        raise BenchmarkDataError(f"{path}: {' '.join(str(error).split())}") from error
    value = parser.get("problem", "timelimit", fallback=None)
    return None if value is None else _number(value.strip("'\""), f"{path}: timelimit")


def _number(value: Any, where: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not 0 < number < math.inf:
        raise BenchmarkDataError(f"{where}: '{value}' is no positive number")
    return number


def _words(value: Any) -> list[str]:
    """A text's words, or those of a list."""
    if isinstance(value, list):
        return [str(word) for word in value]
    return re.split(r"\s+", str(value).strip()) if value is not None and str(value).strip() else []


def _in_english(name: Any) -> str:
    """A name may be a text, or one by language."""
    if isinstance(name, dict):
        return str(name.get("en") or next(iter(name.values()), ""))
    return "" if name is None else str(name)


def _keywords(value: Any) -> str | None:
    """The first keyword is what a problem is grouped by."""
    words: Sequence[str] = value if isinstance(value, list) else _words(value)
    return str(words[0]) if words else None


def _statement(folder: Path) -> str:
    """In Markdown or LaTeX as it is there, in English if it can be; empty where there is none."""
    found: list[Path] = []
    for name in ("statement", "problem_statement"):
        found += [path for path in files_below(folder / name) if path.suffix in {".md", ".tex"}]
    stems = {path: path.name.removesuffix(path.suffix) for path in found if path.name.startswith("problem")}
    order = sorted(stems, key=lambda path: (stems[path] not in {"problem.en", "problem"}, path.suffix, path.name))
    return text_of(order[0]) if order else ""


def _solutions(folder: Path) -> Iterator[KnownSolution]:
    for kind, verdicts in _FOLDERS.items():
        inside = folder / kind
        for path in sorted(inside.iterdir()) if inside.is_dir() else ():
            if path.name.startswith("."):
                continue
            files = tuple(files_below(path)) if path.is_dir() else (path,)
            yield KnownSolution(f"submissions/{kind}/{path.name}", files, verdicts)
