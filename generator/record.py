"""
What a run has drawn so far, in files that survive a kill at any moment.

    generation.toml      what every sample depends on: a run is continued with the same or not at all
    generations.jsonl    one line for each sample, appended by one write
    failures.jsonl       problems whose samples could not be drawn by the last process, and why

A line counts once its line feed is there; a torn last line is cut off when the run is continued. One process at a time
draws into a directory: it holds the lock of generations.jsonl.
"""

from __future__ import annotations

import fcntl
import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import tomli_w

from generator.errors import RunError
from generator.model import Generation, Prompt, ServerInfo

SETTINGS, GENERATIONS, FAILURES = "generation.toml", "generations.jsonl", "failures.jsonl"
_HEAD = "# What the samples of this run depend on; docs/generating.md of ennead explains the keys.\n\n"
_LONGEST = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """
    What a run is.

    Args:
        samples: of each problem; a run may be continued with more of them, not with fewer.
        settings: everything else that the samples depend on, by name: text, numbers, booleans, lists of these.
    """

    samples: int
    settings: Mapping[str, Any]


class Record:
    """
    The files of one run, open for drawing. Use it as a context manager; made by `start` or `resume`.

    Attributes:
        path: of the run directory.
    """

    def __init__(self, path: Path, terms: Terms) -> None:
        self.path = path
        self._samples = terms.samples
        self._file = os.open(path / GENERATIONS, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._file)
            raise RunError(f"another process draws samples into {path}; wait for it, or stop it first") from error
        try:
            self._drawn = self._read()
        except RunError:
            os.close(self._file)
            raise

    @classmethod
    def start(cls, path: Path, terms: Terms) -> Self:
        """
        A new run.

        Raises:
            RunError: the directory holds samples already, or cannot be made.
        """
        try:
            path.mkdir(parents=True, exist_ok=True)
            record = cls(path, terms)
            if record._drawn:
                record._close()
                raise RunError(f"{path} holds samples already; continue it with --resume, or name another folder")
            # A run that ended before its first sample has bound nobody to anything.
            _write(path / SETTINGS, terms)
        except OSError as error:
            raise RunError(f"{path} cannot be written to: {error.strerror}") from error
        return record

    @classmethod
    def resume(cls, path: Path, terms: Terms) -> Self:
        """
        A run that was begun before; one that was not is started.

        Raises:
            RunError: it was begun with other terms, which the message names, or one of its lines is damaged.
        """
        if not (path / SETTINGS).exists() or not (path / GENERATIONS).exists():
            return cls.start(path, terms)
        before = read_terms(path)
        _refuse_change(path, before, terms)
        record = cls(path, terms)
        if terms.samples != before.samples:
            _write(path / SETTINGS, terms)
        return record

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        os.fsync(self._file)
        self._close()

    def _close(self) -> None:
        os.close(self._file)

    def missing(self, problem: str) -> tuple[int, ...]:
        """Numbers of the samples that this problem still lacks, ascending."""
        drawn = self._drawn.get(problem, set())
        return tuple(number for number in range(self._samples) if number not in drawn)

    def drawn(self, problem: str) -> int:
        """How many samples of this problem there are."""
        return len(self._drawn.get(problem, ()))

    def append(self, line: Mapping[str, Any]) -> None:
        """Write a sample's line. When this returns it is safe from a kill, and at `__exit__` from a power failure."""
        data = memoryview(_encoded(line))
        while data:
            # The kernel takes less only when the disk is full or a signal came in between.
            data = data[os.write(self._file, data) :]
        self._drawn.setdefault(line["problem"], set()).add(line["sample"])

    def write_failures(self, failures: Mapping[str, str]) -> None:
        """Replace failures.jsonl by these sentences by problem; without any it is removed."""
        if not failures:
            (self.path / FAILURES).unlink(missing_ok=True)
            return
        lines = (
            _encoded({"problem": problem, "missing": list(self.missing(problem)), "error": error})
            for problem, error in failures.items()
        )
        _replace(self.path / FAILURES, b"".join(lines))

    def _read(self) -> dict[str, set[int]]:
        """What has been drawn; a torn last line is cut off."""
        path = self.path / GENERATIONS
        drawn: dict[str, set[int]] = {}
        whole = 0
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if not line.endswith(b"\n"):
                    break
                whole += len(line)
                if line.strip():
                    problem, sample = _key_of(path, number, line)
                    if sample in (of_problem := drawn.setdefault(problem, set())):
                        raise RunError(f"{path}, line {number}: sample {sample} of {problem} is there twice")
                    of_problem.add(sample)
        os.ftruncate(self._file, whole)
        return drawn


def line_of(
    problem: str, generation: Generation, *, prompt: Prompt, form: str, model: str, server: ServerInfo
) -> dict[str, Any]:
    """A sample as it stands in generations.jsonl; what is absent has no key."""
    said = {
        "problem": problem,
        "sample": generation.sample,
        "text": generation.text,
        "form": form,
        "finish_reason": generation.finish_reason,
        "prompt": prompt if isinstance(prompt, str) else [asdict(message) for message in prompt],
        "prompt_tokens": generation.prompt_tokens,
        "completion_tokens": generation.completion_tokens,
        "seed": generation.seed,
        "model": model,
        "server": {key: value for key, value in asdict(server).items() if value is not None},
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    return {key: value for key, value in said.items() if value is not None}


def read_terms(path: Path) -> Terms:
    """
    The terms that a run was begun with.

    Raises:
        RunError: its generation.toml cannot be read.
    """
    file = path / SETTINGS
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        return Terms(samples=int(table["samples"]), settings=dict(table["generation"]))
    except OSError as error:
        raise RunError(f"{file} cannot be read: {error.strerror}") from error
    except (KeyError, TypeError, ValueError) as error:  # also what tomllib and UTF-8 have to say
        raise RunError(f"{file} is damaged: {error}") from error


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The whole lines of a run directory's generations.jsonl, decoded, one at a time."""
    with (path / GENERATIONS).open("rb") as file:
        for line in file:
            if line.endswith(b"\n") and line.strip():
                yield json.loads(line)


def _refuse_change(path: Path, before: Terms, now: Terms) -> None:
    wanted = _plain(now.settings)
    differences = [
        f"{name} was {_shown(before.settings.get(name))}, now it is {_shown(wanted.get(name))}"
        for name in (*before.settings, *(name for name in wanted if name not in before.settings))
        if before.settings.get(name) != wanted.get(name)
    ]
    if differences:
        raise RunError(f"{path} was begun otherwise: {'; '.join(differences)}. Name another folder for a new run")
    if now.samples < before.samples:
        raise RunError(
            f"{path} was begun with {before.samples} samples of each problem: {now.samples} would be fewer. "
            "Name another folder for a new run"
        )


def _plain(settings: Mapping[str, Any]) -> dict[str, Any]:
    """As TOML gives it back."""
    return tomllib.loads(tomli_w.dumps({key: value for key, value in settings.items() if value is not None}))


def _shown(value: object) -> str:
    text = "not set" if value is None else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _key_of(path: Path, number: int, line: bytes) -> tuple[str, int]:
    try:
        record = json.loads(line)
        problem, sample = record["problem"], record["sample"]
    except (ValueError, KeyError, TypeError) as error:
        raise RunError(f"{path}, line {number}: this is no sample") from error
    if not isinstance(problem, str) or not isinstance(sample, int):
        raise RunError(f"{path}, line {number}: `problem` must be text and `sample` a number")
    return problem, sample


def _encoded(record: Mapping[str, Any]) -> bytes:
    # Models that speak in bytes leave half of a surrogate pair where an answer is cut; UTF-8 has no place for it.
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"


def _write(path: Path, terms: Terms) -> None:
    table = {"samples": terms.samples, "generation": _plain(terms.settings)}
    _replace(path, (_HEAD + tomli_w.dumps(table)).encode())


def _replace(path: Path, data: bytes) -> None:
    """Write a whole file, at once or not at all."""
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    new.write_bytes(data)
    new.replace(path)
