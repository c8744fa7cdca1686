"""
A run directory: the truth about a scored generation run, in files that people and other programs can read.

    run.toml            what was scored, with which versions and limits, where (`About`)
    problems.jsonl      the benchmark's problems as they were scored
    generations.jsonl   one line for each sample
    verdicts.jsonl      one line for each judged sample, append-only; the last line of a sample counts
    scores.json         what verdicts and problems amount to
    report.html

Killing a writer at any moment loses no line that was written and leaves no file half written; see `scorer.jsonl`. One
process at a time scores into a directory: it holds the lock of verdicts.jsonl. Readers need none. docs/scoring.md
explains every key.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import tomli_w
from pydantic import TypeAdapter, ValidationError

from scorer import jsonl
from scorer.about import About
from scorer.errors import RunDirectoryError, RunDirectoryInUse
from scorer.model import Judgement, Problem, Sample
from scorer.sample_line import first_mistake, record_of, sample_of

RUN, PROBLEMS, GENERATIONS = "run.toml", "problems.jsonl", "generations.jsonl"
VERDICTS, SCORES, REPORT = "verdicts.jsonl", "scores.json", "report.html"

_T = TypeVar("_T")
_JUDGEMENT = TypeAdapter(Judgement)
_PROBLEM = TypeAdapter(Problem)
_KEY = re.compile(rb'\{"problem":("(?:[^"\\]|\\.)*"),"sample":(\d+),')
"""How our own lines begin: which sample they are about can be told without decoding all of them."""
_HEAD = "# A scored run; docs/scoring.md of ennead explains the keys.\n\n"


class RunDirectory:
    """
    Reads and writes the files of one run directory. Made by `create` or `open`.

    Attributes:
        path: of the directory.
        about: what run.toml says.
    """

    def __init__(self, path: Path, about: About) -> None:
        self.path = path
        self.about = about

    @classmethod
    def create(cls, path: Path, about: About) -> Self:
        """
        A new run directory; the folder may exist, a run in it may not.

        Raises:
            RunDirectoryError: there is a run already, or the folder cannot be made.
        """
        try:
            path.mkdir(parents=True, exist_ok=True)
            # Of two processes that begin at once, one finds the other's run.
            with _lock_of(path):
                if (path / RUN).exists():
                    raise RunDirectoryError(f"{path / RUN} is there already")
                jsonl.replace(path / RUN, _toml(about))
        except OSError as error:
            raise RunDirectoryError(f"{path} cannot be made: {error.strerror}") from error
        return cls(path, about)

    @classmethod
    def open(cls, path: Path) -> Self:
        """
        A run directory that is there.

        Raises:
            RunDirectoryError: it is none, or its run.toml has a mistake.
        """
        file = path / RUN
        try:
            table = tomllib.loads(file.read_text(encoding="utf-8"))
            return cls(path, About.model_validate(table))
        except (FileNotFoundError, NotADirectoryError) as error:
            raise RunDirectoryError(f"{path} is no run directory: it has no {RUN}") from error
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise RunDirectoryError(f"{file} cannot be read: {error}") from error
        except ValidationError as error:
            raise RunDirectoryError(f"{file}: {first_mistake(error)}") from error

    @staticmethod
    def is_one(path: Path) -> bool:
        """Whether there is a run directory."""
        return (path / RUN).is_file()

    # ---- reading

    def problems(self) -> dict[str, Problem]:
        """
        The problems by id, in the benchmark's order, without their `fields`.

        Raises:
            RunDirectoryError: a line is no problem.
        """
        found: dict[str, Problem] = {}
        for number, line in jsonl.whole_lines(self.path / PROBLEMS):
            problem = _decoded(_PROBLEM, self.path / PROBLEMS, number, line)
            found[problem.id] = problem
        return found

    def samples(self) -> Iterator[Sample]:
        """
        The samples in the order of the file, one at a time.

        Raises:
            RunDirectoryError: a line is no sample.
        """
        path = self.path / GENERATIONS
        for number, line in jsonl.whole_lines(path):
            try:
                yield sample_of(json.loads(line))
            except ValueError as error:  # which JSONDecodeError and UnicodeDecodeError are
                raise RunDirectoryError(f"{path}, line {number}: {error}") from error

    def judgements(self) -> Iterator[Judgement]:
        """
        The judgement that counts of each sample, in the order of the file, one at a time; JE is among them.

        Of 100,000 samples 20 MB are kept meanwhile.

        Raises:
            RunDirectoryError: a line is no judgement.
        """
        path = self.path / VERDICTS
        last = self._last_lines()
        for number, offset, line in jsonl.positions(path):
            if last.get(_key_of(path, number, line)) == offset:
                yield _decoded(_JUDGEMENT, path, number, line)

    def _last_lines(self) -> dict[tuple[str, int], int]:
        path = self.path / VERDICTS
        return {_key_of(path, number, line): offset for number, offset, line in jsonl.positions(path)}

    # ---- writing

    def write_about(self, about: About) -> None:
        """Replace run.toml."""
        jsonl.replace(self.path / RUN, _toml(about))
        self.about = about

    def write_problems(self, problems: Iterable[Problem]) -> None:
        """Replace problems.jsonl."""
        with jsonl.replacing(self.path / PROBLEMS) as new, new.open("wb") as file:
            for problem in problems:
                file.write(jsonl.encoded(_plain(_PROBLEM, replace(problem, fields={}))))

    def write_samples(self, samples: Iterable[Sample]) -> None:
        """Replace generations.jsonl; if `samples` raises, nothing is changed."""
        with jsonl.replacing(self.path / GENERATIONS) as new, new.open("wb") as file:
            for sample in samples:
                file.write(jsonl.encoded(record_of(sample)))

    def write_scores(self, scores: str) -> None:
        """Replace scores.json."""
        jsonl.replace(self.path / SCORES, scores.encode())

    def write_report(self, page: str) -> None:
        """Replace report.html."""
        jsonl.replace(self.path / REPORT, page.encode("utf-8", "replace"))

    def sample_writer(self) -> SampleWriter:
        """Appends to generations.jsonl; a context manager."""
        return SampleWriter(self.path / GENERATIONS)

    def judgement_writer(self) -> JudgementWriter:
        """Appends to verdicts.jsonl; a context manager, for whoever holds the lock."""
        return JudgementWriter(self.path / VERDICTS)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """
        Hold the directory's lock.

        Raises:
            RunDirectoryInUse: another process holds it.
            OSError: the directory cannot be written to.
        """
        with _lock_of(self.path):
            yield

    # ---- what has been scored

    @property
    def has_verdicts(self) -> bool:
        """Whether anything has been judged."""
        path = self.path / VERDICTS
        return path.exists() and path.stat().st_size > 0

    def digest_of_samples(self, size: int | None = None) -> tuple[str, int] | None:
        """
        sha256 of the first `size` bytes of generations.jsonl, or of all, and how many these were; None: it is shorter.

        A file that was only appended to still has the digest that it had.
        """
        path = self.path / GENERATIONS
        if not path.exists() or (size is not None and path.stat().st_size < size):
            return None
        digest, left = hashlib.sha256(), path.stat().st_size if size is None else size
        size = left
        with path.open("rb") as file:
            while left and (block := file.read(min(left, 1024 * 1024))):
                digest.update(block)
                left -= len(block)
        return digest.hexdigest(), size


class _Writer:
    def __init__(self, path: Path) -> None:
        self._appender = jsonl.Appender(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._appender.close()


class SampleWriter(_Writer):
    """Appends samples; what `write` was given is in the file when it returns."""

    def write(self, *samples: Sample) -> None:
        self._appender.append(map(record_of, samples))


class JudgementWriter(_Writer):
    """Appends judgements; what `write` was given is in the file when it returns."""

    def write(self, *judgements: Judgement) -> None:
        self._appender.append(_plain(_JUDGEMENT, each) for each in judgements)


@contextmanager
def _lock_of(directory: Path) -> Iterator[None]:
    with jsonl.locked(directory / VERDICTS) as ours:
        if not ours:
            raise RunDirectoryInUse(f"another process scores into {directory}; wait for it, or stop it first")
        yield


def _plain(kind: TypeAdapter[Any], value: object) -> dict[str, Any]:
    """What JSON can hold of it; what has its default value is left out."""
    plain: dict[str, Any] = kind.dump_python(value, mode="json", exclude_defaults=True)
    return plain


def _decoded(kind: TypeAdapter[_T], path: Path, number: int, line: bytes) -> _T:
    try:
        return kind.validate_json(line)
    except ValidationError as error:
        raise RunDirectoryError(f"{path}, line {number}: {first_mistake(error)}") from error


def _key_of(path: Path, number: int, line: bytes) -> tuple[str, int]:
    """Which sample a line of verdicts.jsonl is about."""
    try:
        if found := _KEY.match(line):
            return sys.intern(json.loads(found[1])), int(found[2])
        record: Mapping[str, Any] = json.loads(line)
        return sys.intern(record["problem"]), int(record["sample"])
    except (ValueError, KeyError, TypeError) as error:
        raise RunDirectoryError(f"{path}, line {number}: this is no judgement of a sample") from error


def _toml(about: About) -> bytes:
    return (_HEAD + tomli_w.dumps(_filled(about.model_dump(exclude_none=True, mode="python")))).encode()


def _filled(table: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is empty: it says nothing, and is empty again when it is read."""
    filled = ((key, _filled(value) if isinstance(value, Mapping) else value) for key, value in table.items())
    return {key: value for key, value in filled if value not in ([], {})}
