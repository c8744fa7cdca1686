"""
Which files of a tests folder are inputs, and which file holds the output expected for each: names only, no I/O.

The layouts that people have, which may be mixed in one folder and nested in sub-folders:

    NAME.in            with  NAME.out, NAME.ans or NAME.a beside it
    inputNN.txt        with  outputNN.txt beside it (also input.txt with output.txt)
    input/PATH         with  output/PATH, or output/NAME.out, .ans or .a, or output/outputNN.txt for inputNN.txt;
                             the folders may be called input, inputs or in, and output, outputs or out

Every input needs exactly one expected output and every expected output one input, because a test that is
skipped in silence makes a wrong program pass. Hidden files and files of any other name are not looked at.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from executor.errors import UsageError

INPUT_FOLDERS = ("input", "inputs", "in")
OUTPUT_FOLDERS = ("output", "outputs", "out")
INPUT_SUFFIX = ".in"
OUTPUT_SUFFIXES = (".out", ".ans", ".a")
KNOWN = "NAME.in with NAME.out, .ans or .a; inputNN.txt with outputNN.txt; input/X with output/X"

_INPUT_TXT = re.compile(r"input([-_]?[0-9]*)\.txt")
_OUTPUT_TXT = re.compile(r"output([-_]?[0-9]*)\.txt")
_DIGITS = re.compile(r"([0-9]+)")


@dataclass(frozen=True, slots=True)
class Pair:
    """
    One test of a folder.

    Args:
        name: the input's path without what its layout adds; unique in the folder.
        input: path of the input, relative to the folder.
        expected: path of the output expected for it; None when none is needed.
    """

    name: str
    input: str
    expected: str | None


def find_pairs(paths: Iterable[str], *, need_expected: bool = True) -> tuple[Pair, ...]:
    """
    The tests among the files of a folder, in natural order: 2 before 10.

    Args:
        paths: every file of the folder, relative to it, `/` between the parts.
        need_expected: False when only the exit status counts: expected outputs are then not looked at.

    Raises:
        UsageError: no test at all, an input without its expected output or with several, or an expected output
            without an input.
    """
    names = _Names({path for path in paths if not _is_hidden(path)})
    inputs = sorted(path for path in names.paths if names.is_input(path))
    expected = {path: names.expected_of(path) for path in inputs} if need_expected else {}
    if need_expected:
        _refuse_bad_matches(expected, names)
    if not inputs:
        raise UsageError(f"there is no test in it; known layouts: {KNOWN}")
    case_names = _unique_names(inputs, names)
    found = (Pair(case_names[path], path, expected[path][0] if need_expected else None) for path in inputs)
    return tuple(sorted(found, key=lambda pair: natural_key(pair.name)))


def natural_key(path: str) -> list[list[tuple[float, str]]]:
    """Sort key that reads digits as numbers, folder by folder: 2 before 10, `a/9` before `a2/1`, 1 before a."""
    return [
        [(int(part) if part.isdecimal() else math.inf, part) for part in _DIGITS.split(name) if part]
        for name in path.split("/")
    ]


class _Names:
    """The files of one folder, and what the layouts make of each."""

    def __init__(self, paths: set[str]) -> None:
        self.paths = paths
        self._folders = {str(parent) for path in paths for parent in PurePosixPath(path).parents}

    def is_input(self, path: str) -> bool:
        match self._side(path):
            case "output":
                return False
            case "input":
                return not _looks_expected(path) or self._has_twin(path)
            case _:
                return _looks_input(path)

    def is_expected(self, path: str) -> bool:
        return not self.is_input(path) and (self._side(path) == "output" or _looks_expected(path))

    def expected_of(self, path: str) -> list[str]:
        """Every file that could be the expected output of this input, sorted."""
        candidates = set(_beside(path))
        for twin in self._twins(path):
            candidates.update((twin, *_beside(twin), *_with_output_suffix(twin)))
        return sorted((candidates & self.paths) - {path})

    def case_name(self, path: str) -> str:
        parts = list(PurePosixPath(path).parts)
        place = _place(parts, (*INPUT_FOLDERS, *OUTPUT_FOLDERS))
        if place is not None and self._side(path) == "input":
            del parts[place]
        return str(PurePosixPath(*parts).with_suffix(""))

    def _side(self, path: str) -> str | None:
        """Whether a file stands in an input or an output folder; a pair `NAME.in`, `NAME.out` makes its own sense."""
        parts = PurePosixPath(path).parts
        place = _place(parts, (*INPUT_FOLDERS, *OUTPUT_FOLDERS))
        if place is None:
            return None
        own, other = ("input", OUTPUT_FOLDERS) if parts[place] in INPUT_FOLDERS else ("output", INPUT_FOLDERS)
        paired = any(str(PurePosixPath(*parts[:place], folder)) in self._folders for folder in other)
        named = _looks_input(path) or _looks_expected(path)
        return own if paired or not named else None

    def _twins(self, path: str) -> Iterator[str]:
        """The same path in each output folder that stands beside this input's folder."""
        if self._side(path) != "input":
            return
        parts = PurePosixPath(path).parts
        place = _place(parts, INPUT_FOLDERS)
        for folder in OUTPUT_FOLDERS:
            yield str(PurePosixPath(*parts[:place], folder, *parts[(place or 0) + 1 :]))

    def _has_twin(self, path: str) -> bool:
        return any(twin in self.paths for twin in self._twins(path))


def _place(parts: Sequence[str], folders: Sequence[str]) -> int | None:
    """Where the innermost of these folders stands in a path."""
    places = (index for index in range(len(parts) - 2, -1, -1) if parts[index] in folders)
    return next(places, None)


def _beside(path: str) -> Iterator[str]:
    """Where the expected output of an input may be, in the input's own folder."""
    pure = PurePosixPath(path)
    if pure.suffix == INPUT_SUFFIX:
        yield from _with_output_suffix(path)
    if match := _INPUT_TXT.fullmatch(pure.name):
        yield str(pure.with_name(f"output{match[1]}.txt"))


def _with_output_suffix(path: str) -> Iterator[str]:
    return (str(PurePosixPath(path).with_suffix(suffix)) for suffix in OUTPUT_SUFFIXES)


def _looks_input(path: str) -> bool:
    pure = PurePosixPath(path)
    return pure.suffix == INPUT_SUFFIX or _INPUT_TXT.fullmatch(pure.name) is not None


def _looks_expected(path: str) -> bool:
    pure = PurePosixPath(path)
    return pure.suffix in OUTPUT_SUFFIXES or _OUTPUT_TXT.fullmatch(pure.name) is not None


def _quoted(path: str) -> str:
    """A name from somebody's disk, which may hold anything, as a message can show it."""
    shown = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in path)
    return f"'{shown}'"


def _listed(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def _is_hidden(path: str) -> bool:
    return any(part.startswith(".") for part in path.split("/"))


def _unique_names(inputs: Sequence[str], names: _Names) -> dict[str, str]:
    """Short names, and the whole path where two inputs would share one."""
    short = {path: names.case_name(path) for path in inputs}
    uses = Counter(short.values())
    return {path: name if uses[name] == 1 else path for path, name in short.items()}


def _refuse_bad_matches(expected: Mapping[str, Sequence[str]], names: _Names) -> None:
    claims = Counter(candidate for candidates in expected.values() for candidate in candidates)
    for path, candidates in expected.items():
        if len(candidates) > 1:
            several = _listed(map(_quoted, candidates))
            raise UsageError(f"input {_quoted(path)} has several expected outputs: {several}; keep one")
        if not candidates:
            raise UsageError(f"input {_quoted(path)} has no expected output; known layouts: {KNOWN}")
        if claims[candidates[0]] > 1:
            claimants = _listed(_quoted(other) for other in expected if candidates[0] in expected[other])
            raise UsageError(f"expected output {_quoted(candidates[0])} belongs to several inputs: {claimants}")
    orphans = [path for path in names.paths if path not in claims and names.is_expected(path)]
    if orphans:
        first = min(orphans, key=natural_key)
        raise UsageError(f"expected output {_quoted(first)} has no input; known layouts: {KNOWN}")
