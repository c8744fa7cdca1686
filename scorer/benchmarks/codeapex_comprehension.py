"""
CodeApex's comprehension part: 250 multiple-choice questions about C++, in three categories, in English and in Chinese.

Nothing is run: the letter that an answer chooses is compared with a key. The benchmark's key is not public; with one of
your own, samples are settled as AC or WA. Without, the choices can still be read and written down in the form in which
the benchmark takes submissions (`submission`); a sample is then settled as JE, since nothing is known about it.

Source: Fu et al. 2023, arXiv:2309.01940; github.com/APEXLAB/CodeApex.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from executor.errors import UsageError
from executor.model import Verdict
from scorer.benchmark import Benchmark
from scorer.benchmarks.codeapex_choice import LETTERS, Choice, Style, choice
from scorer.benchmarks.codeapex_data import LANGS, data_file, entry_name, first_mistake, read_array
from scorer.errors import BenchmarkDataError
from scorer.model import Prepared, Problem, Sample

CATEGORIES = ("Conceptual Comprehension", "Commonsense Reasoning", "Multi-hop/Complex Reasoning")
"""By their numbers in the files."""
SUBMISSION_KEYS = ("Conceptual Comprehention", "Commonsense Reasoning", "Multi-hop/Complex Reasoning")
"""The same as submissions spell them."""


class Question(BaseModel):
    """
    One question; the fields are those of the benchmark's files.

    Args:
        category: index into CATEGORIES.
    """

    model_config = ConfigDict(frozen=True, strict=True)

    id: int
    question: str = Field(pattern=r"\S")
    A: str
    B: str
    C: str
    D: str
    category: int = Field(ge=0, lt=len(CATEGORIES))

    @property
    def name(self) -> str:
        return str(self.id)

    @property
    def options(self) -> dict[str, str]:
        return {letter: getattr(self, letter) for letter in LETTERS}


def load(data: Path, *, lang: str = "en", key: str | None = None, answers: str = "auto") -> Comprehension:
    """
    The questions.

    Args:
        data: the file, or the folder of testcases_<lang>.json.
        lang: en or zh.
        key: a file with the right letters, JSON or CSV, as docs/codeapex.md describes it.
        answers: how the letter is found in an answer: answer-only (it begins with it), cot (it is stated last), or auto
            (a statement if there is one, else the beginning).

    Raises:
        BenchmarkDataError: a file cannot be read or has a mistake, or the key lacks a question.
        UsageError: an option has a value that does not exist.
    """
    if lang not in LANGS:
        raise UsageError(f"codeapex-comprehension: lang is '{lang}', but must be one of {', '.join(LANGS)}", "lang")
    if answers not in set(Style):
        values = ", ".join(Style)
        raise UsageError(f"codeapex-comprehension: answers is '{answers}', but must be one of {values}", "answers")
    path = data_file(data, f"testcases_{lang}.json")
    questions = read_questions(path)
    right = None if key is None else read_key(Path(key), questions.values())
    digest = hashlib.sha256(path.read_bytes() + json.dumps(right, sort_keys=True).encode())
    return Comprehension(digest.hexdigest()[:16], questions, lang, right, Style(answers))


def read_questions(path: Path) -> dict[str, Question]:
    """
    The questions of a file by their ids, in its order.

    Raises:
        BenchmarkDataError: the file cannot be read, or an entry is no question or repeats one.
    """
    questions: dict[str, Question] = {}
    for number, fields in enumerate(read_array(path), 1):
        try:
            question = Question.model_validate(fields)
        except ValidationError as error:
            raise BenchmarkDataError(f"{path}, {entry_name(number, fields)}: {first_mistake(error)}") from error
        if question.name in questions:
            raise BenchmarkDataError(f"{path}, {entry_name(number, fields)}: there is a question {question.id} already")
        questions[question.name] = question
    return questions


class Comprehension(Benchmark):
    """
    Args:
        version: as in Benchmark.
        key: the right letters by question; None: they are not known.
        style: how the letter is found in an answer.
    """

    name = "codeapex-comprehension"

    def __init__(
        self,
        version: str,
        questions: Mapping[str, Question],
        lang: str,
        key: Mapping[str, str] | None = None,
        style: Style = Style.AUTO,
    ) -> None:
        self.version = version
        self.questions = questions
        self._key = key
        self._style = style
        self.problems = {name: _problem(question, lang, (key or {}).get(name)) for name, question in questions.items()}
        self.warnings = (*(() if key else (_NO_KEY,)), *_blemishes(questions))

    def choose(self, sample: Sample) -> Choice:
        """
        The letter that a sample chooses.

        Raises:
            KeyError: there is no such question.
        """
        return choice(sample.text, self.questions[sample.problem].options, self._style)

    def prepare(self, sample: Sample) -> Prepared:
        chosen = self.choose(sample)
        verdict, detail = self._verdict(sample.problem, chosen)
        return Prepared(
            digest=hashlib.sha256(f"{verdict}\0{sample.text}".encode("utf-8", "replace")).hexdigest(),
            program=chosen.letter,
            method=chosen.method,
            notes=chosen.notes,
            settled=verdict,
            score=float(verdict is Verdict.AC),
            detail=detail,
        )

    def _verdict(self, name: str, chosen: Choice) -> tuple[Verdict, str]:
        if self._key is None:
            return Verdict.JE, _NO_KEY
        if not chosen.letter:
            return Verdict.WA, "the answer chooses no letter"
        right = self._key[name]
        if chosen.letter == right:
            return Verdict.AC, ""
        return Verdict.WA, f"expected {right}, got {chosen.letter}"


def _blemishes(questions: Mapping[str, Question]) -> Iterator[str]:
    for name, question in questions.items():
        if question.question.startswith("Translate the following"):
            yield f"{name}: the question begins with an instruction to a translator"


_NO_KEY = (
    "there is no key, so nothing can be scored: the benchmark's is not public; give a file of letters as the option "
    "key, or write the submission file"
)


def _problem(question: Question, lang: str, answer: str | None) -> Problem:
    """`answer` is there for prompts that show solved questions before the one that is asked."""
    category = CATEGORIES[question.category]
    fields = {"lang": lang, "question": question.question, "category": category, **question.options}
    choices = [f"{letter}. {text}" for letter, text in question.options.items()]
    return Problem(
        id=question.name,
        runtime=None,
        cases=1,
        title=f"Question {question.id}",
        statement="\n".join([question.question, *choices]),
        category=category,
        fields=fields if answer is None else fields | {"answer": answer},
    )


_Letter = Literal["A", "B", "C", "D"]
_KEY_BY_ID = TypeAdapter(dict[str, _Letter])
_KEY_BY_CATEGORY = TypeAdapter(dict[str, dict[str, _Letter]])
_KEY_IN_ORDER = TypeAdapter(list[_Letter])


def read_key(path: Path, questions: Collection[Question]) -> dict[str, str]:
    """
    The right letters by question.

    Args:
        path: a CSV file with the columns `id` and `answer`; or JSON: {"0": "C", ...} by the questions' ids, a list of
            letters in the order of the questions, or a file as `submission` makes it.

    Raises:
        BenchmarkDataError: it cannot be read, or does not name one letter for each question.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        key = _csv_key(path, text) if path.suffix.lower() == ".csv" else _json_key(text, questions)
    except (OSError, UnicodeDecodeError) as error:
        raise BenchmarkDataError(f"{path} cannot be read: {error}") from error
    except ValidationError as error:
        raise BenchmarkDataError(f"{path}: {first_mistake(error)}") from error
    wanted = [question.name for question in questions]
    if missing := [name for name in wanted if name not in key]:
        raise BenchmarkDataError(f"{path} has no letter for {_few(missing)}")
    if surplus := [name for name in key if name not in set(wanted)]:
        raise BenchmarkDataError(f"{path} has a letter for {_few(surplus)}, which are no questions")
    return key


def _few(names: list[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"{', '.join(names[:5])}{more}"


def _csv_key(path: Path, text: str) -> dict[str, str]:
    rows = csv.DictReader(text.splitlines())
    if not {"id", "answer"} <= set(rows.fieldnames or ()):
        raise BenchmarkDataError(f"{path}, line 1: a key has the columns id and answer")
    key: dict[str, str] = {}
    for row in rows:
        name, letter = (row["id"] or "").strip(), (row["answer"] or "").strip()
        if letter not in LETTERS or name in key:
            what = (
                f"question {name} is there already" if name in key else f"answer is '{letter}', not one of A, B, C, D"
            )
            raise BenchmarkDataError(f"{path}, line {rows.line_num}: {what}")
        key[name] = letter
    return key


def _json_key(text: str, questions: Collection[Question]) -> dict[str, str]:
    content = TypeAdapter(object).validate_json(text)
    if isinstance(content, list):
        letters = _KEY_IN_ORDER.validate_python(content)
        names = [question.name for question in questions]
        # Letters beyond the questions get numbers of their own, so that they are seen to be too many.
        names += [f"{number}" for number in range(len(names), len(letters))]
        return dict(zip(names, letters, strict=False))
    if isinstance(content, dict) and set(content) == set(SUBMISSION_KEYS):
        grouped = _KEY_BY_CATEGORY.validate_python(content)
        places = _places(questions)
        return {name: grouped[key][number] for name, (key, number) in places.items() if number in grouped[key]}
    return dict(_KEY_BY_ID.validate_python(content))


def _places(questions: Iterable[Question]) -> dict[str, tuple[str, str]]:
    """Where a submission has each question: its category's key, and its number among the category's, from 0."""
    numbers: Counter[int] = Counter()
    places = {}
    for question in questions:
        places[question.name] = (SUBMISSION_KEYS[question.category], str(numbers[question.category]))
        numbers[question.category] += 1
    return places


def submission(benchmark: Comprehension, samples: Iterable[Sample], *, index: int = 0) -> dict[str, dict[str, str]]:
    """
    What the benchmark's publishers take: the letters by category, renumbered from 0 in each.

    Args:
        samples: answers, in any order.
        index: the set of samples that is submitted, as there is one letter for each question.

    Returns:
        An empty letter where an answer chooses none or there is no answer.

    Raises:
        KeyError: a sample belongs to no question.
    """
    letters = {sample.problem: benchmark.choose(sample).letter for sample in samples if sample.index == index}
    result: dict[str, dict[str, str]] = {key: {} for key in SUBMISSION_KEYS}
    for name, (key, number) in _places(benchmark.questions.values()).items():
        result[key][number] = letters.get(name, "")
    return result


def write_submission(path: Path, benchmark: Comprehension, samples: Iterable[Sample], *, index: int = 0) -> None:
    """
    `submission` as a file of JSON.

    Raises:
        OSError: the file cannot be written.
    """
    path.write_text(json.dumps(submission(benchmark, samples, index=index), indent=2) + "\n", encoding="utf-8")
