"""
CodeApex's programming problems, as its files hold them.

A file is a JSON array with a byte order mark; the samples of a problem are JSON again, in a string. The main program of
each problem has an empty region between two markers, `// function start` and `// function end`, with or without the
first space: what is asked for goes there. The markers around the call (`// calling start`) are missing, doubled or
garbled in places, so nothing here looks at them.

Source: github.com/APEXLAB/CodeApex
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator

from executor.model import MIB, MS, Limits, TestCase
from scorer.errors import BenchmarkDataError

LANGS = ("en", "zh")

_REGION = re.compile(r"//[ \t]*function start[ \t\r]*\n(?P<region>.*?)(?P<tail>//[ \t]*function end\b.*)", re.DOTALL)
_FUNCTION = re.compile(r"(\w+)\s*\(")
_OUTPUTS = (".out", ".ans")
_UP_TO_LAST_INCLUDE = re.compile(r"(?:.*^[ \t]*#[ \t]*include\b[^\n]*\n)?", re.DOTALL | re.MULTILINE)


class Example(BaseModel):
    """A sample of a problem: one test case."""

    model_config = ConfigDict(frozen=True, strict=True)

    input: str
    output: str


_EXAMPLES = TypeAdapter(list[Example])


@dataclass(frozen=True, slots=True)
class Context:
    """
    The main program of a problem, cut where something can be put in; the three together are the whole.

    Args:
        includes: its beginning up to and with the last #include, or nothing.
        head: from there to the marker at which the function begins, with it.
        tail: from the marker at which the function ends.
    """

    includes: str
    head: str
    tail: str

    def filled(self, text: str, includes: Sequence[str] = ()) -> str:
        """
        The program with a text in the marked region.

        Args:
            includes: lines that follow the program's own. They precede its macros (`#define N 60`), which are no good
                for other people's headers.
        """
        parts = (self.includes, *includes, self.head, text, self.tail)
        return "".join(f"{part}\n" if part and not part.endswith("\n") else part for part in parts)


class Task(BaseModel):
    """
    One programming problem; the fields are those of the benchmark's files.

    Args:
        function_declaration: a signature, without body.
        code_context: a program with a marked region for the function.
        example: JSON: a list of objects with `input` and `output`.
        time_limit: milliseconds.
        memory_limit: MiB, which the files call MB.
    """

    model_config = ConfigDict(frozen=True, strict=True)

    id: int
    problem_description: str
    function_declaration: str = Field(pattern=r"\S")
    code_context: str
    example: str
    time_limit: int = Field(gt=0)
    memory_limit: int = Field(gt=0)

    @field_validator("code_context")
    @classmethod
    def _has_one_region(cls, text: str) -> str:
        found = _REGION.search(text)
        if found is None:
            raise ValueError("there are no lines '// function start' and '// function end'")
        if found["region"].strip():
            raise ValueError("there is something between the markers of the function")
        return text

    @field_validator("example")
    @classmethod
    def _holds_samples(cls, text: str) -> str:
        try:
            samples = _EXAMPLES.validate_json(text)
        except ValidationError as error:
            raise ValueError(f"not the JSON of samples: {first_mistake(error)}") from error
        if not samples:
            raise ValueError("there is no sample")
        return text

    @property
    def name(self) -> str:
        return str(self.id)

    @property
    def declaration(self) -> str:
        return self.function_declaration.strip()

    @property
    def function(self) -> str:
        """Its name; the first word of the declaration that opens a parenthesis."""
        found = _FUNCTION.search(self.function_declaration)
        return found[1] if found else self.declaration

    @cached_property
    def context(self) -> Context:
        found = _REGION.search(self.code_context)
        assert found is not None, "it was validated"
        before = self.code_context[: found.start("region")]
        includes = _UP_TO_LAST_INCLUDE.match(before)
        assert includes is not None, "nothing matches too"
        return Context(includes[0], before[includes.end() :], found["tail"])

    @property
    def limits(self) -> Limits:
        """The stack may take all of the memory: some main programs hold arrays of 8 MB."""
        return Limits(cpu_ns=self.time_limit * MS, memory_bytes=self.memory_limit * MIB)

    @property
    def samples(self) -> tuple[TestCase, ...]:
        examples = enumerate(_EXAMPLES.validate_json(self.example), 1)
        return tuple(
            TestCase(name=f"sample {number}", stdin=each.input.encode(), expected=each.output.encode())
            for number, each in examples
        )


def data_file(data: Path, name: str) -> Path:
    """A file itself, or the one of that name in a folder."""
    return data / name if data.is_dir() else data


def read_tasks(path: Path) -> dict[str, Task]:
    """
    The problems of a file by their ids, in its order.

    Raises:
        BenchmarkDataError: the file cannot be read, or an entry is no problem or repeats one.
    """
    tasks: dict[str, Task] = {}
    for number, fields in enumerate(read_array(path), 1):
        try:
            task = Task.model_validate(fields)
        except ValidationError as error:
            raise BenchmarkDataError(f"{path}, {entry_name(number, fields)}: {first_mistake(error)}") from error
        if task.name in tasks:
            raise BenchmarkDataError(f"{path}, {entry_name(number, fields)}: there is a problem {task.id} already")
        tasks[task.name] = task
    return tasks


_ARRAY = TypeAdapter(list[object])


def read_array(path: Path) -> list[object]:
    """
    What a file with one JSON array holds, with a byte order mark or without.

    Raises:
        BenchmarkDataError: it cannot be read, or is something else.
    """
    try:
        return _ARRAY.validate_json(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except OSError as error:
        raise BenchmarkDataError(f"{path} cannot be read: {error.strerror or error}") from error
    except ValidationError as error:
        raise BenchmarkDataError(f"{path}: {first_mistake(error)}") from error


def read_cases(folder: Path, ids: Collection[str]) -> dict[str, tuple[TestCase, ...]]:
    """
    Test cases of one's own: a folder for each problem, with NAME.in and NAME.out or NAME.ans for each case.

    Args:
        ids: of the problems; not all of them need a folder.

    Returns:
        By problem; the cases in the order of their names, numbers by their value. Files are read when they are needed.

    Raises:
        BenchmarkDataError: no problem has the name of a folder, or a case lacks its input or its output.
    """
    try:
        folders = sorted(each for each in folder.iterdir() if each.is_dir())
    except OSError as error:
        raise BenchmarkDataError(f"{folder} cannot be read: {error.strerror or error}") from error
    if unknown := next((each for each in folders if each.name not in ids), None):
        raise BenchmarkDataError(f"{unknown}: there is no problem {unknown.name}")
    if not folders:
        raise BenchmarkDataError(f"{folder} has no folder that is named like a problem, such as {next(iter(ids), 1)}")
    return {each.name: _cases_in(each) for each in folders}


def _cases_in(folder: Path) -> tuple[TestCase, ...]:
    names = {path.name for path in folder.iterdir()}
    inputs = sorted((name for name in names if name.endswith(".in")), key=_natural)
    if not inputs:
        raise BenchmarkDataError(f"{folder} has no test case (NAME.in with NAME.out or NAME.ans)")
    if alone := next((n for n in sorted(names) if n.endswith(_OUTPUTS) and f"{Path(n).stem}.in" not in names), None):
        raise BenchmarkDataError(f"{folder / alone} has no input {Path(alone).stem}.in beside it")
    return tuple(_case(folder, Path(name).stem, names) for name in inputs)


def _case(folder: Path, name: str, names: Collection[str]) -> TestCase:
    outputs = [name + suffix for suffix in _OUTPUTS if name + suffix in names]
    if len(outputs) != 1:
        what = "two outputs" if outputs else "no output"
        raise BenchmarkDataError(f"{folder / name}.in has {what} beside it; it wants one, {name}.out or {name}.ans")
    return TestCase(name=name, stdin=folder / f"{name}.in", expected=folder / outputs[0])


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(word), "") if word.isdecimal() else (-1, word) for word in re.split(r"(\d+)", name)]


def first_mistake(error: ValidationError) -> str:
    """The first mistake as `field: sentence`."""
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"]))
    return f"{where + ': ' if where else ''}{first['msg'].removeprefix('Value error, ')}"


def entry_name(number: int, fields: object) -> str:
    """Which entry of an array, for people."""
    id_ = fields.get("id") if isinstance(fields, dict) else None
    return f"entry {number} (id {id_})" if isinstance(id_, int) else f"entry {number}"
