"""
Problems with inputs and outputs as APPS, TACO, CodeContests and people of their own write them: JSON lines, a JSON
array, or the tree of folders that APPS is unpacked to.

An entry is of one of three kinds, told apart by its keys:

    input_output                                       APPS and TACO; JSON in a string, or as it is
    public_tests, private_tests, generated_tests       CodeContests
    tests                                              ours: [{"input": ..., "output": ...}]

Source: Hendrycks et al. 2021, arXiv:2105.09938; Li et al. 2023 (TACO), arXiv:2312.14852; Li et al. 2022 (CodeContests),
arXiv:2203.07814.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from executor.model import MIB, SECOND
from scorer.benchmarks.problem_folder import text_of
from scorer.benchmarks.reading import checked, objects_of
from scorer.errors import BenchmarkDataError

_SUFFIXES = (".jsonl", ".jsonl.gz", ".json", ".json.gz")
_SECONDS = re.compile(r"\s*([0-9.]+)\s*(s|sec|seconds?|ms|milliseconds?)?\s*", re.IGNORECASE)
_BYTES = re.compile(r"\s*([0-9.]+)\s*(bytes|b|kilobytes|kb|megabytes|mb|mib|gigabytes|gb)\s*", re.IGNORECASE)
_UNITS = {"b": 1, "k": 1024, "m": MIB, "g": 1024 * MIB}


@dataclass(frozen=True, slots=True)
class Case:
    """
    One test case.

    Args:
        stdin: a text; for calls, the arguments.
        outputs: any of them is accepted.
    """

    name: str
    stdin: Any
    outputs: tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StdioTask:
    """
    Args:
        function: the cases are calls of it; None: they are runs of a program.
        cpu_ns, memory_bytes: None where the entry says nothing.
    """

    id: str
    statement: str
    cases: tuple[Case, ...]
    function: str | None = None
    starter: str = ""
    difficulty: str | None = None
    category: str | None = None
    cpu_ns: int | None = None
    memory_bytes: int | None = None


class _Tests(BaseModel):
    model_config = ConfigDict(strict=True)

    input: list[str] = Field(default_factory=list)
    output: list[str | list[str]] = Field(default_factory=list)


class _InputOutput(BaseModel):
    model_config = ConfigDict(strict=True)

    inputs: list[Any]
    outputs: list[Any]
    fn_name: str | None = None


class _Own(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    name: str = ""
    input: str
    output: str | list[str]


class _Entry(BaseModel):
    """What the kinds have in common under their several names; further fields are not looked at."""

    model_config = ConfigDict(strict=True)

    id: str | int | None = Field(None, validation_alias=AliasChoices("id", "problem_id", "name", "task_id"))
    statement: str = Field("", validation_alias=AliasChoices("statement", "question", "description"))
    starter_code: str | None = None
    difficulty: str | int | None = None
    category: str | None = Field(None, validation_alias=AliasChoices("category", "source"))
    time_limit: Any = None
    memory_limit: Any = Field(None, validation_alias=AliasChoices("memory_limit", "memory_limit_bytes"))
    input_output: str | dict[str, Any] | None = None
    public_tests: _Tests | None = None
    private_tests: _Tests | None = None
    generated_tests: _Tests | None = None
    tests: list[_Own] | None = None


def read(data: Path, split: str = "") -> Iterator[tuple[str, StdioTask]]:
    """
    The tasks of a file, of the files of a folder, or of APPS's tree; each with the words that say where it stands.

    Args:
        split: of APPS's tree: `test` or `train`.

    Raises:
        BenchmarkDataError: nothing is there, or an entry has a mistake.
    """
    for where, name, found in _entries(data, split):
        entry = checked(_Entry, found, where)
        yield where, _task(entry, where, name)


def _entries(data: Path, split: str) -> Iterator[tuple[str, str, Any]]:
    """Where an entry stands, what it is called if it has no name, and the entry."""
    if not data.is_dir():
        for number, (where, found) in enumerate(objects_of(data)):
            yield where, str(number), found
        return
    tree = next((path for path in (data / "APPS", data) if any(path.glob("*/*/question.txt"))), None)
    if tree is not None:
        for path in sorted(tree.glob(f"{split or 'test'}/*/question.txt")):
            yield str(path.parent), path.parent.name, _of_tree(path.parent)
        return
    files = sorted(path for path in data.iterdir() if path.name.endswith(_SUFFIXES))
    if not files:
        raise BenchmarkDataError(f"{data} holds no {' or '.join(_SUFFIXES)} file, and no folders of APPS")
    for path in files:
        yield from _entries(path, split)


def _of_tree(folder: Path) -> dict[str, Any]:
    def text(name: str) -> str | None:
        return text_of(folder / name) if (folder / name).is_file() else None

    about = _json(text("metadata.json") or "{}", f"{folder}/metadata.json")
    return {
        "id": folder.name,
        "question": text("question.txt"),
        "input_output": text("input_output.json"),
        "starter_code": text("starter_code.py"),
        "difficulty": about.get("difficulty"),
    }


def _task(entry: _Entry, where: str, name: str) -> StdioTask:
    function, cases = None, tuple[Case, ...]()
    if entry.tests is not None:
        cases = tuple(_own(number, each) for number, each in enumerate(entry.tests, 1))
    elif entry.input_output:
        function, cases = _input_output(entry.input_output, where)
    else:
        cases = tuple(_listed(entry, where))
    return StdioTask(
        id=str(name if entry.id is None else entry.id),
        statement=entry.statement,
        cases=cases,
        function=function,
        starter=entry.starter_code or "",
        difficulty=None if entry.difficulty is None else str(entry.difficulty),
        category=entry.category,
        cpu_ns=_time(entry.time_limit, where),
        memory_bytes=_memory(entry.memory_limit, where),
    )


def _own(number: int, case: _Own) -> Case:
    outputs = (case.output,) if isinstance(case.output, str) else tuple(case.output)
    return Case(case.name or str(number), case.input, outputs)


def _listed(entry: _Entry, where: str) -> Iterator[Case]:
    """CodeContests' three lists; an output that is a list holds alternatives."""
    for kind in ("public", "private", "generated"):
        tests: _Tests | None = getattr(entry, f"{kind}_tests")
        if tests is None:
            continue
        if len(tests.input) != len(tests.output):
            raise BenchmarkDataError(f"{where}: {kind}_tests: {len(tests.input)} inputs, {len(tests.output)} outputs")
        for number, (stdin, output) in enumerate(zip(tests.input, tests.output, strict=True), 1):
            yield Case(f"{kind}/{number}", stdin, (output,) if isinstance(output, str) else tuple(output))


def _input_output(given: str | dict[str, Any], where: str) -> tuple[str | None, tuple[Case, ...]]:
    where = f"{where}: input_output"
    tests = checked(_InputOutput, _json(given, where) if isinstance(given, str) else given, where)
    if len(tests.inputs) != len(tests.outputs):
        raise BenchmarkDataError(f"{where}: {len(tests.inputs)} inputs, {len(tests.outputs)} outputs")
    pairs = enumerate(zip(tests.inputs, tests.outputs, strict=True), 1)
    if tests.fn_name is not None:
        return tests.fn_name, tuple(Case(str(number), given, _results(result)) for number, (given, result) in pairs)
    return None, tuple(Case(str(number), _text(given), (_text(output),)) for number, (given, output) in pairs)


def _results(result: Any) -> tuple[Any, ...]:
    """What a call may return: the entry itself, or what it holds if it is a list of one."""
    return (result, result[0]) if isinstance(result, list) and len(result) == 1 else (result,)


def _text(value: Any) -> str:
    """A list holds lines."""
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)


def _time(value: Any, where: str) -> int | None:
    """Nanoseconds, of a number of seconds, of a text with a unit, or of {"seconds", "nanos"}."""
    if value is None or value == "":
        return None
    if isinstance(value, dict):
        return int(value.get("seconds") or 0) * SECOND + int(value.get("nanos") or 0) or None
    found = _SECONDS.fullmatch(str(value))
    if found is None:
        raise BenchmarkDataError(f"{where}: time_limit: '{value}' is no time")
    unit = SECOND // 1000 if (found[2] or "").lower().startswith("m") else SECOND
    return int(float(found[1]) * unit) or None


def _memory(value: Any, where: str) -> int | None:
    """Bytes, of a number of them or of a text with a unit."""
    if value is None or value in {"", 0}:
        return None
    if isinstance(value, int):
        return value
    found = _BYTES.fullmatch(str(value))
    if found is None:
        raise BenchmarkDataError(f"{where}: memory_limit: '{value}' is no size")
    return int(float(found[1]) * _UNITS[found[2][0].lower()])


def _json(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise BenchmarkDataError(f"{where}: it is no JSON: {error}") from error
