"""
Generations in the formats that people have, read as a stream of samples.

    JSON lines         {"problem", "sample", "text", ...}: ours; see `scorer.sample_line`
                       {"task_id", "completion" | "solution" | "generation", ...}: human-eval, EvalPlus, CodeGeeX
    JSON               [["...", ...], ...]: bigcode-evaluation-harness; the i-th list is of the i-th problem
                       [{...}, ...]: the objects of either kind of line
    CSV                the columns `filename` (or `task_id`) and `completion`: InfiBench's harness
    a folder           PROBLEM/NUMBER.EXTENSION, the `/` of a problem's id as a folder or as `_`: EvalPlus
                       with params.yaml, whose `answer_paths` lists files for each problem: InfiBench's evaluator
    a run directory    its generations.jsonl

Files may be compressed by gzip.

Whatever is no sample is `Rejected`, with its place and the reason, and the rest goes on; the file as a whole is refused
only if it cannot be read. One line, or one problem's list, is in memory at a time; of each sample a small tuple stays.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO, cast

from scorer.answer_folders import PARAMS, listed_files, numbered_files
from scorer.errors import GenerationsError
from scorer.model import Form, Sample
from scorer.sample_line import Found, sample_of, shown, storable

GZIP_MAGIC = b"\x1f\x8b"
_TEXTS = {"solution": Form.SOLUTION, "completion": Form.COMPLETION, "generation": Form.COMPLETION}
"""Keys that hold the text of a foreign line, the more telling first."""
_KNOWN = {"task_id", "finish_reason", "prompt", *_TEXTS}
_NO_NUMBER = "nan"
_READ_AS_NO_NUMBER = frozenset(
    "#N/A|#N/A N/A|#NA|-1.#IND|-1.#QNAN|-NaN|-nan|1.#IND|1.#QNAN|<NA>|N/A|NA|NULL|NaN|None|n/a|nan|null|".split("|")
)
"""Cells that pandas takes for a missing number; InfiBench's harness makes the text of that of them, and scores it."""


class Format(StrEnum):
    """What generations can be given in; of `lines` each says itself whose it is."""

    LINES = "jsonl"
    LISTS = "lists"
    FOLDER = "folder"
    TABLE = "csv"
    PATHS = "params"


@dataclass(frozen=True, slots=True)
class Rejected:
    """
    What was no sample.

    Args:
        file: where it is.
        line: from 1; None where there are no lines.
        reason: why, without its place.
    """

    file: Path
    line: int | None
    reason: str

    def __str__(self) -> str:
        return f"{self.file}{'' if self.line is None else f', line {self.line}'}: {self.reason}"


def format_of(path: Path) -> Format:
    """
    The format of a file or folder, by what it begins with.

    Raises:
        GenerationsError: it cannot be read.
    """
    if path.is_dir():
        if (path / "generations.jsonl").is_file():
            return Format.LINES
        return Format.PATHS if (path / PARAMS).is_file() else Format.FOLDER
    if ".csv" in path.suffixes:
        return Format.TABLE
    with _opened(path) as file:
        while byte := file.read(1):
            if not byte.isspace() and byte not in b"\xef\xbb\xbf":
                return Format.LISTS if byte == b"[" else Format.LINES
    raise GenerationsError(f"{path} is empty")


def read(
    path: Path,
    problems: Collection[str] = (),
    *,
    given: Format | None = None,
    form: Form | None = None,
    aliases: Mapping[str, str] | None = None,
) -> Iterator[Sample | Rejected]:
    """
    The samples of a file or folder, in its order.

    Args:
        problems: ids that exist, in the benchmark's order; empty: any, which lists and nested folders cannot do with.
        given: its format; None: found out.
        form: what the texts are; None: as the format says.
        aliases: ids by other names that problems may have.

    Raises:
        GenerationsError: it cannot be read; with what came before, it may have been half way.
    """
    chosen = format_of(path) if given is None else given
    records = _RECORDS[chosen](path, problems)
    return _checked(_renamed(records, aliases or {}), frozenset(problems), form)


def _renamed(found: Iterable[Found], aliases: Mapping[str, str]) -> Iterator[Found]:
    for each in found:
        if isinstance(each.record, Sample) and each.record.problem in aliases:
            yield replace(each, record=replace(each.record, problem=aliases[each.record.problem]))
        else:
            yield each


def _checked(found: Iterable[Found], problems: frozenset[str], form: Form | None) -> Iterator[Sample | Rejected]:
    seen: set[tuple[str, int]] = set()
    for each in found:
        sample = each.record
        if isinstance(sample, str):
            yield Rejected(each.file, each.line, sample)
            continue
        key = sys.intern(sample.problem), sample.index
        if problems and sample.problem not in problems:
            yield Rejected(each.file, each.line, f"the benchmark has no problem {shown(sample.problem)}")
        elif key in seen:
            reason = f"sample {sample.index} of {shown(sample.problem)} is there already"
            yield Rejected(each.file, each.line, reason)
        else:
            seen.add(key)
            yield sample if form is None else replace(sample, form=form)


class _Samples:
    """Makes samples of decoded objects; those without a number are numbered for each problem as they come."""

    def __init__(self) -> None:
        self._next: Counter[str] = Counter()

    def of(self, record: Any) -> Sample | str:
        """The sample, or why it is none."""
        if not isinstance(record, dict):
            return f"an object is wanted, not {_kind(record)}"
        try:
            if "task_id" in record:
                return self._foreign(record)
            if "problem" in record:
                return sample_of(record)
        except ValueError as error:
            return str(error)
        return f"there is neither 'task_id' nor 'problem'; {_keys(record)}"

    def _foreign(self, record: Mapping[str, Any]) -> Sample:
        key = next((key for key in _TEXTS if key in record), None)
        if key is None:
            raise ValueError(f"there is neither 'completion' nor 'solution'; {_keys(record)}")
        # Some benchmarks number their problems.
        problem = record["task_id"]
        problem = str(problem) if isinstance(problem, int) and not isinstance(problem, bool) else problem
        line = {name: record[name] for name in ("finish_reason", "prompt") if name in record}
        line |= {"problem": problem, "sample": 0, "text": record[key], "form": _TEXTS[key]}
        if isinstance(problem, str):
            # Also where there is no text: one that is missing must not move the others into other sets.
            line["sample"] = self._next[problem]
            self._next[problem] += 1
        try:
            sample = sample_of(line)
        except ValueError as error:
            raise ValueError(_in_their_words(str(error), key)) from None
        return replace(sample, details={name: value for name, value in record.items() if name not in _KNOWN})


def _in_their_words(mistake: str, key: str) -> str:
    where, _, what = mistake.partition(": ")
    return f"{ {'problem': 'task_id', 'text': key}.get(where, where) }: {what}"


# ---- JSON lines


def _lines(path: Path, _: Collection[str]) -> Iterator[Found]:
    file = path / "generations.jsonl" if path.is_dir() else path
    samples = _Samples()
    with _opened(file) as stream:
        for number, line in enumerate(stream, 1):
            text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            if text.strip():
                yield Found(file, number, _of_line(samples, text))


def _of_line(samples: _Samples, line: bytes) -> Sample | str:
    try:
        record = json.loads(line)
    except UnicodeDecodeError:
        return "it is not in UTF-8"
    except json.JSONDecodeError as error:
        return f"it is no JSON: {error.msg} at column {error.colno}"
    except RecursionError:
        return "it is nested too deeply"
    return samples.of(record)


# ---- JSON lists


def _lists(path: Path, problems: Collection[str]) -> Iterator[Found]:
    import ijson  # noqa: PLC0415  # only this format needs it

    ids, samples = list(problems), _Samples()
    with _opened(path) as stream:
        try:
            for number, item in enumerate(ijson.items(stream, "item", use_float=True)):
                for record in _of_item(number, item, ids, samples):
                    yield Found(path, None, record)
        except (ijson.JSONError, UnicodeDecodeError) as error:
            raise GenerationsError(f"{path} is no JSON: {error}") from error


def _of_item(number: int, item: Any, ids: list[str], samples: _Samples) -> Iterator[Sample | str]:
    if isinstance(item, dict):
        made = samples.of(item)
        yield f"item {number + 1}: {made}" if isinstance(made, str) else made
    elif not isinstance(item, list):
        yield f"item {number + 1}: a list of texts is wanted, not {_kind(item)}"
    elif number >= len(ids):
        yield f"item {number + 1}: " + (f"the benchmark has {len(ids)} problems" if ids else "of which problem is it?")
    else:
        for index, text in enumerate(item):
            if isinstance(text, str):
                yield Sample(problem=ids[number], index=index, text=storable(text), form=Form.SOLUTION)
            else:
                yield f"item {number + 1}, text {index + 1}: a text is wanted, not {_kind(text)}"


# ---- CSV


def _table(path: Path, _: Collection[str]) -> Iterator[Found]:
    csv.field_size_limit(sys.maxsize)
    samples = _Samples()
    with _opened(path) as stream, io.TextIOWrapper(stream, "utf-8-sig", "replace", newline="") as text:
        reader = csv.DictReader(text)
        try:
            for row in reader:
                yield Found(path, reader.line_num, _of_row(samples, row))
        except csv.Error as error:
            raise GenerationsError(f"{path}, line {reader.line_num} is no CSV: {error}") from error


def _of_row(samples: _Samples, row: Mapping[str | None, Any]) -> Sample | str:
    problem = row.get("filename") or row.get("task_id")
    if not problem or not isinstance(row.get("completion"), str):
        return f"there is no 'filename' with a 'completion'; {_keys({name: None for name in row if name})}"
    text = row["completion"]
    if row.get("filename") and text in _READ_AS_NO_NUMBER:
        text = _NO_NUMBER
    made = samples.of({"task_id": problem, "completion": text})
    return made if isinstance(made, str) else replace(made, form=Form.ANSWER)


_RECORDS = {
    Format.LINES: _lines,
    Format.LISTS: _lists,
    Format.TABLE: _table,
    Format.FOLDER: numbered_files,
    Format.PATHS: listed_files,
}


# ---- what is shared


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """A file as it is without gzip."""
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == GZIP_MAGIC
            raw.seek(0)
            if not packed:
                yield raw
                return
            with gzip.open(raw) as unpacked:
                yield cast("BinaryIO", unpacked)
    except (OSError, EOFError, zlib.error) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise GenerationsError(f"{path} cannot be read: {reason}") from error


def _keys(record: Mapping[str, Any]) -> str:
    return f"its keys are {', '.join(map(shown, list(record)[:10]))}" if record else "it is empty"


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "a truth value", type(None): "null"}
    return names.get(type(value), "a number")
