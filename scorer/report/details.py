"""
What the page holds of single samples: all of them in its index, and programs, outputs and prompts while there is room.

Failures come first, since they are what a report is read for. The judgements are read once and let go; what is kept of
them is JSON that is ready for the page, and no more of it than the page may hold.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from executor.model import MS
from scorer.model import CaseResult, Judgement, Problem
from scorer.report.causes import Causes
from scorer.report.runs import Report, Run
from scorer.report.safe import script_json
from scorer.tally import VERDICTS, Names, language_of

KIB = 1024
_SHARE_OF_PROMPTS = 3  # at most a third of the room
TRUNCATED, SHARED = 1, 2

Key = tuple[int, str, int]
"""Number of the run, id of the problem, index of the sample."""


@dataclass(slots=True)
class Usage:
    """The most that any case of a program took; one entry for each program that was run in this run."""

    cpu_ns: array[float] = field(default_factory=lambda: array("d"))
    memory_bytes: array[float] = field(default_factory=lambda: array("d"))
    cpu_accepted: array[int] = field(default_factory=lambda: array("b"))
    memory_accepted: array[int] = field(default_factory=lambda: array("b"))

    def add(self, judgement: Judgement) -> None:
        cpu = [case.cpu_ns for case in judgement.cases if case.cpu_ns is not None]
        memory = [case.memory_bytes for case in judgement.cases if case.memory_bytes is not None]
        if cpu:
            self.cpu_ns.append(max(cpu))
            self.cpu_accepted.append(judgement.accepted)
        if memory:
            self.memory_bytes.append(max(memory))
            self.memory_accepted.append(judgement.accepted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """
    Args:
        index: JSON of all problems and samples.
        problems: JSON of what is known of each problem's samples, by the problem's number; absent: nothing is kept.
        kept, left_out: samples whose details are in the page, and those whose are not.
        usage: of each run.
        causes: why samples fail, the most common first.
    """

    index: str
    problems: Mapping[int, str]
    kept: int
    left_out: int
    usage: tuple[Usage, ...]
    causes: Causes


class _Room:
    """Encoded details that fit together; failures take the place of accepted samples, the latest of these first."""

    def __init__(self, room: int) -> None:
        self.left = max(0, room)
        self.offered = 0
        self._failed: list[tuple[Key, str]] = []
        self._accepted: list[tuple[Key, str]] = []

    def offer(self, key: Key, encoded: str, *, failed: bool) -> None:
        self.offered += 1
        size = _size(encoded)
        while failed and size > self.left and self._accepted:
            self.left += _size(self._accepted.pop()[1])
        if size <= self.left:
            (self._failed if failed else self._accepted).append((key, encoded))
            self.left -= size

    def chosen(self) -> dict[Key, str]:
        return dict(self._failed + self._accepted)


def details_of(report: Report, room: int) -> Details:
    """
    Read the samples of a report's runs.

    Args:
        room: bytes that programs, outputs, statements and prompts may take together; the index is not among them.
    """
    problems: dict[str, Problem] = {}
    for run in report.runs:
        problems |= {id_: problem for id_, problem in run.problems.items() if id_ not in problems}
    index, causes = _Index(report, problems), Causes()
    prompts = _prompts(report, problems, room // _SHARE_OF_PROMPTS)
    texts = _statements(problems, room // _SHARE_OF_PROMPTS)
    shelves = _Room(room - sum(_size(text) for each in (*prompts.values(), texts) for text in each.values()))
    usage = tuple(_read(number, run, index, shelves, causes) for number, run in enumerate(report.runs))
    chosen = shelves.chosen()
    answers = _answers(report, chosen, index.failed, shelves.left)
    return Details(
        index=script_json(index.plain()),
        problems=_by_problem(index.places, chosen, answers, prompts, texts),
        kept=len(chosen),
        left_out=shelves.offered - len(chosen),
        usage=usage,
        causes=causes,
    )


class _Index:
    """A row for each problem and each sample, by which they are searched."""

    def __init__(self, report: Report, problems: Mapping[str, Problem]) -> None:
        self._runs = [run.name for run in report.runs]
        self._languages, self._methods, self._labels = Names(), Names(), Names()
        self.places = {id_: place for place, id_ in enumerate(problems)}
        self.failed: set[Key] = set()
        self._language_of = {id_: language_of(problem) for id_, problem in problems.items()}
        self._rows = [
            {
                "id": problem.id,
                "title": problem.title,
                "language": self._languages.number(self._language_of[problem.id]),
                "labels": [self._labels.number(label) for label in (problem.category, problem.difficulty) if label],
                "defect": problem.defect,
                "samples": [],
            }
            for problem in problems.values()
        ]

    def add(self, run: int, judgement: Judgement) -> bool:
        """Whether the judgement is of a problem that is known."""
        place = self.places.get(judgement.problem)
        if place is None:
            return False
        flags = TRUNCATED * judgement.truncated + SHARED * judgement.shared
        samples: list[list[int]] = self._rows[place]["samples"]  # type: ignore[assignment]  # it is a list by the above
        samples.append(
            [
                run,
                judgement.sample,
                VERDICTS.index(judgement.verdict),
                judgement.passed,
                judgement.total,
                self._languages.number(judgement.language or self._language_of[judgement.problem]),
                self._methods.number(judgement.method),
                flags,
            ]
        )
        if not judgement.accepted:
            self.failed.add((run, judgement.problem, judgement.sample))
        return True

    def plain(self) -> dict[str, Any]:
        return {
            "runs": self._runs,
            "verdicts": list(VERDICTS),
            "languages": self._languages.all(),
            "methods": self._methods.all(),
            "labels": self._labels.all(),
            "problems": self._rows,
        }


def _read(number: int, run: Run, index: _Index, shelves: _Room, causes: Causes) -> Usage:
    usage = Usage()
    originals: dict[tuple[str, str], int] = {}
    for judgement in run.directory.judgements():
        if not index.add(number, judgement):
            continue
        if not judgement.shared:
            originals[judgement.problem, judgement.digest] = judgement.sample
            usage.add(judgement)
        causes.add(judgement)
        key = (number, judgement.problem, judgement.sample)
        encoded = script_json(_plain(judgement, originals.get((judgement.problem, judgement.digest))))
        shelves.offer(key, encoded, failed=not judgement.accepted)
    return usage


def _plain(judgement: Judgement, original: int | None) -> dict[str, Any]:
    found = {
        "same": original if judgement.shared else None,
        "program": judgement.program,
        "notes": judgement.notes,
        "log": judgement.log,
        "detail": judgement.detail,
        "score": judgement.score,
        "cases": [_case(case) for case in judgement.cases],
    }
    return {name: value for name, value in found.items() if value not in (None, "", (), [])}


def _case(case: CaseResult) -> list[Any]:
    """Name, verdict, CPU and wall milliseconds, KiB, detail; then the texts, where any is kept."""
    row: list[Any] = [
        case.name,
        VERDICTS.index(case.verdict),
        None if case.cpu_ns is None else round(case.cpu_ns / MS, 1),
        None if case.wall_ns is None else round(case.wall_ns / MS, 1),
        None if case.memory_bytes is None else case.memory_bytes // KIB,
        case.detail,
    ]
    texts = [case.stdin, case.expected, case.stdout, case.stderr]
    return row if all(text is None for text in texts) else [*row, *texts]


def _prompts(report: Report, problems: Mapping[str, Problem], room: int) -> dict[int, dict[str, str]]:
    """What the first sample of each problem was asked, by run; what a later run asked in the same words is left out."""
    found: dict[int, dict[str, str]] = {}
    for number, run in enumerate(report.runs):
        mine = found.setdefault(number, {})
        for sample in run.directory.samples():
            if sample.prompt is None or sample.problem in mine or sample.problem not in problems:
                continue
            if number and found[0].get(sample.problem) == sample.prompt:
                continue
            if (room := room - _size(sample.prompt)) < 0:
                return found
            mine[sample.problem] = sample.prompt
    return found


def _statements(problems: Mapping[str, Problem], room: int) -> dict[str, str]:
    found = {}
    for id_, problem in problems.items():
        if (room := room - _size(problem.statement)) < 0:
            break
        if problem.statement:
            found[id_] = problem.statement
    return found


def _answers(report: Report, chosen: Mapping[Key, str], failed: Iterable[Key], room: int) -> dict[Key, str]:
    """What the model said where a sample failed, since its program may be only a part of that."""
    found: dict[Key, str] = {}
    failures = set(failed)
    for number, run in enumerate(report.runs):
        for sample in run.directory.samples():
            key = (number, sample.problem, sample.index)
            if key in failures and key in chosen:
                encoded = script_json(sample.text)
                if (left := room - _size(encoded)) >= 0:
                    found[key], room = encoded, left
    return found


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def _by_problem(
    places: Mapping[str, int],
    chosen: Mapping[Key, str],
    answers: Mapping[Key, str],
    prompts: Mapping[int, Mapping[str, str]],
    statements: Mapping[str, str],
) -> dict[int, str]:
    """One JSON text for each problem: `statement`, `prompts` by run, `samples` by run/sample."""
    samples: dict[str, list[str]] = {}
    for key, encoded in chosen.items():
        run, problem, sample = key
        answer = f'"answer":{answers[key]},' if key in answers else ""
        body = encoded.removeprefix("{") if encoded != "{}" else '"empty":true}'
        samples.setdefault(problem, []).append(f'"{run}/{sample}":{{{answer}{body}')
    found = {}
    for problem, place in places.items():
        asked = {str(run): texts[problem] for run, texts in prompts.items() if problem in texts}
        known = {"statement": statements.get(problem, ""), "prompts": asked}
        if problem in samples or any(known.values()):
            head = script_json(known).removesuffix("}")
            found[place] = f'{head},"samples":{{{",".join(samples.get(problem, ()))}}}}}'
    return found
