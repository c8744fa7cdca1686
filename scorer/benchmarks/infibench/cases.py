"""
The questions of InfiBench as its files hold them: a suite, its cases, and what they refer to.

The full suite is one CSV file (`case_path`, `prompt`, `eval_spec`, `dependencies`); the dev suite is a folder with a
suite's YAML file and a YAML file for each case, whose paths are relative to it. Both become the same `Case`s. Mistakes
name the file and the field; nothing of the files' code is run here.

Source: the fields are those of github.com/infi-coder/infibench-evaluator and infibench-evaluation-harness.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import re
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from scorer.errors import BenchmarkDataError

QUESTION_TYPES = ("code completion", "code debugging", "knowledge question-answering", "non-code debugging")
DEFAULT_ESCAPE = " '\"`"

Read = Callable[[str], str]
"""The text of a file by its path relative to the case's folder."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _check_tree(node: Any, where: str = "") -> None:
    """Refuse what the grader would trip over while it matches: a node without content, a word that is no text."""
    if isinstance(node, str):
        return
    if not isinstance(node, dict):
        raise ValueError(f"{where or 'a rule'} is {type(node).__name__}, not text or a mapping")  # noqa: TRY004  # as below
    for name in ("or", "and"):
        if name in node:  # the first of them wins; a `content` beside it is not looked at
            branches = node[name]
            if not isinstance(branches, list) or not branches:
                raise ValueError(f"{where}{name} is not a list of rules")
            for number, each in enumerate(branches):
                _check_tree(each, f"{where}{name}[{number}].")
            return
    if "content" not in node:
        raise ValueError(f"{where or 'a rule'} has none of or, and, content")
    _check_tree(node["content"], f"{where}content.")


def _check_keywords(rules: Any) -> Any:
    if not isinstance(rules, list):
        raise ValueError("not a list of rules")  # noqa: TRY004  # pydantic wants a ValueError
    for number, rule in enumerate(rules):
        if isinstance(rule, dict) and "post_handler" in rule:
            Handler.model_validate(rule["post_handler"])
        elif isinstance(rule, dict) and "content" not in rule:
            raise ValueError(f"rule {number} has no content")
        else:
            _check_tree(rule["content"] if isinstance(rule, dict) else rule, f"rule {number}: ")
    return rules


def _check_targets(targets: Any) -> Any:
    if not isinstance(targets, list) or not targets:
        raise ValueError("not a list of targets")
    for number, target in enumerate(targets):
        content = target.get("content") if isinstance(target, dict) else target
        if isinstance(content, dict):
            _check_tree(content, f"target {number}: ")
            continue
        for each in content if isinstance(content, list) else [content]:
            if not isinstance(each, str) and not (isinstance(each, dict) and isinstance(each.get("content"), str)):
                raise ValueError(f"target {number} is neither text nor a mapping with content")  # noqa: TRY004
    return targets


class Handler(_Strict):
    module: str
    func: str


class Blanks(_Strict):
    template: str = Field(min_length=1)
    targets: Annotated[list[Any], BeforeValidator(_check_targets)]
    blank_str: str = Field("[blank]", min_length=1)
    escape: str = DEFAULT_ESCAPE
    prefix: str = ""
    post_handler: Handler | None = None

    @property
    def fits(self) -> bool:
        return self.template.count(self.blank_str) == len(self.targets)


class UnitTest(_Strict):
    path: str | None = None
    content: str | None = None
    prefix: str = ""
    prefix_path: str | None = None
    weight: float = 1.0
    timeout: float | None = Field(None, gt=0)
    only_longest: bool = False
    cleanup_path: str | None = None


class UnitTests(_Strict):
    tests: list[UnitTest | str] = Field(min_length=1)
    lang: str | None = None


class Reference(_Strict):
    path: str


class Similarity(_Strict):
    metric: Literal["rouge1", "rouge2", "rougeL", "rougeLsum"]
    references: list[Reference | str] = Field(min_length=1)
    min_score: float = 0.3
    max_score: float | None = None
    weight: float = 1.0

    @property
    def best(self) -> float:
        """The raw score from which on all points are given."""
        if self.max_score is not None:
            return self.max_score
        return 0.53 if self.metric == "rouge1" else 0.51


class Customized(Handler):
    real_metric_type: str | None = None


class Grading(_Strict):
    keywords: Annotated[list[Any], BeforeValidator(_check_keywords)] | None = None
    blank_filling: Blanks | None = None
    unit_test: UnitTests | None = None
    similarity: list[Similarity] | None = None
    customized: Customized | None = None
    max_score: float | None = Field(None, gt=0)
    min_score: float | None = None

    def handlers(self) -> Iterator[Handler]:
        for rule in self.keywords or ():
            if isinstance(rule, dict) and "post_handler" in rule:
                yield Handler.model_validate(rule["post_handler"])
        if self.blank_filling and self.blank_filling.post_handler:
            yield self.blank_filling.post_handler
        if self.customized:
            yield self.customized


class CaseFile(_Strict):
    id: str
    prompt_path: str
    type: str
    lang: str
    full_score: float | None = None
    null_score: float | None = None
    grading: Grading


@dataclass(frozen=True)
class Case:
    """
    One question.

    Args:
        path: as the suite names it, such as `cases/eval_0-0-0.yaml`.
        full_score: what the question is worth.
        files: texts that `file` refers to, by path; handlers by the name of their module.
    """

    path: str
    file: CaseFile
    prompt: str
    full_score: float
    files: Mapping[str, str]

    @property
    def id(self) -> str:
        return self.file.id

    @property
    def grading(self) -> Grading:
        return self.file.grading

    @property
    def metrics(self) -> tuple[str, ...]:
        """The kinds of metric that give points, in the grader's order."""
        grading = self.grading
        present = {
            "keywords": grading.keywords,
            "blank_filling": grading.blank_filling,
            "unit_test": grading.unit_test,
            "similarity": grading.similarity,
            "customized": grading.customized,
        }
        return tuple(name for name, value in present.items() if value is not None)

    @cached_property
    def digest(self) -> str:
        """Of all that scores depend on."""
        parts = [self.file.model_dump_json(), str(self.full_score), json.dumps(dict(sorted(self.files.items())))]
        return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Suite:
    """
    Args:
        reduce: `avg_max_10`, `avg`, `max` or `min`, as the suite's file says it.
    """

    cases: Mapping[str, Case]
    reduce: str = "avg_max_10"

    @property
    def k(self) -> int | None:
        """How many answers one attempt has, the best of which counts; None: the suite counts otherwise."""
        prefix, _, number = self.reduce.rpartition("_")
        if prefix == "avg_max":
            return int(number)
        return 1 if self.reduce == "avg" else None


def read_suite(path: Path) -> Suite:
    """
    The suite of a CSV file, compressed or not, or of a folder or a suite's YAML file in it.

    Raises:
        BenchmarkDataError: something cannot be read or has a mistake; the message names file and field.
    """
    if path.is_dir():
        suites = sorted(path.glob("suite*.yaml"))
        if len(suites) == 1:
            return _read_folder(suites[0])
        tables = sorted([*path.glob("suite*.csv"), *path.glob("suite*.csv.gz")])
        if not suites and len(tables) == 1:
            return _read_table(tables[0])
        raise BenchmarkDataError(f"{path} holds {len(suites) + len(tables)} suites (suite*.yaml, suite*.csv), not one")
    return _read_folder(path) if path.suffix in {".yaml", ".yml"} else _read_table(path)


def _read_table(path: Path) -> Suite:
    csv.field_size_limit(sys.maxsize)
    cases: dict[str, Case] = {}
    reader = csv.DictReader(io.StringIO(_text_of(path), newline=""))
    for number, row in enumerate(reader, 1):
        where = f"{path}, row {number}"
        if not all(isinstance(row.get(name), str) for name in ("case_path", "prompt", "eval_spec", "dependencies")):
            raise BenchmarkDataError(f"{where}: case_path, prompt, eval_spec or dependencies is missing")
        try:
            texts = json.loads(row["dependencies"])
        except ValueError as error:
            raise BenchmarkDataError(f"{where}: dependencies is no JSON: {error}") from error
        if not (isinstance(texts, dict) and all(isinstance(text, str) for text in texts.values())):
            raise BenchmarkDataError(f"{where}: dependencies is not an object of texts")

        def read(name: str, texts: Mapping[str, str] = texts, where: str = where) -> str:
            if name not in texts:
                raise BenchmarkDataError(f"{where}: dependencies has no {name}")
            return texts[name]

        file = _case_file(row["eval_spec"], f"{where}: eval_spec")
        case = _case(row["case_path"], file, row["prompt"], read)
        _add(cases, case, where)
    return Suite(cases)


def _read_folder(path: Path) -> Suite:
    suite = _yaml(_text_of(path), str(path))
    if not (isinstance(suite, dict) and isinstance(suite.get("cases"), list)):
        raise BenchmarkDataError(f"{path}: there is no list `cases`")
    reduce = suite.get("attempt_reduce_mode", "avg")
    if reduce not in {"avg", "max", "min"} and not re.fullmatch(r"avg_max_[1-9][0-9]{0,5}", str(reduce)):
        raise BenchmarkDataError(f"{path}: attempt_reduce_mode is {reduce!r}, not avg, max, min or avg_max_K")
    cases: dict[str, Case] = {}
    for entry in suite["cases"]:
        name = entry["path"] if isinstance(entry, dict) else entry
        where = path.parent / _inside(str(name), path)
        file = _case_file(_text_of(where), str(where))

        def read(relative: str, where: Path = where) -> str:
            return _text_of(where.parent / _inside(relative, where))

        case = _case(str(name), file, read(file.prompt_path), read, float(suite.get("full_score_per_question", 1.0)))
        _add(cases, case, str(where))
    return Suite(cases, str(reduce))


def _add(cases: dict[str, Case], case: Case, where: str) -> None:
    if case.id in cases:
        raise BenchmarkDataError(f"{where}: there is a case {case.id} already")
    cases[case.id] = case


def _case_file(text: str, where: str) -> CaseFile:
    try:
        return CaseFile.model_validate(_yaml(text, where))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(each) for each in first["loc"])
        raise BenchmarkDataError(f"{where}: {field + ': ' if field else ''}{first['msg']}") from error


def _case(path: str, file: CaseFile, prompt: str, read: Read, full_score: float = 1.0) -> Case:
    blanks = file.grading.blank_filling
    if blanks and not blanks.fits:
        raise BenchmarkDataError(
            f"{path}: blank_filling: the template has {blanks.template.count(blanks.blank_str)}"
            f" blanks and {len(blanks.targets)} targets"
        )
    files = {name: read(name) for name in _referred(file.grading)}
    for handler in file.grading.handlers():
        files[handler.module] = read(handler.module.rpartition(".")[2] + ".py")
    return Case(path, file, prompt, full_score if file.full_score is None else file.full_score, files)


def _referred(grading: Grading) -> Iterator[str]:
    for test in grading.unit_test.tests if grading.unit_test else ():
        if isinstance(test, UnitTest):
            yield from (name for name in (test.path, test.prefix_path) if name is not None)
    for metric in grading.similarity or ():
        yield from (each.path for each in metric.references if isinstance(each, Reference))


def _inside(name: str, of: Path) -> str:
    if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
        raise BenchmarkDataError(f"{of}: {name!r} leaves the folder of the suite")
    return name


def _yaml(text: str, where: str) -> Any:
    try:
        return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # both are the safe one
    except yaml.YAMLError as error:
        raise BenchmarkDataError(f"{where} is no YAML: {' '.join(str(error).split())}") from error


def _text_of(path: Path) -> str:
    try:
        data = path.read_bytes()
        if data.startswith(b"\x1f\x8b"):
            data = gzip.decompress(data)
        return data.decode()
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise BenchmarkDataError(f"{path} cannot be read: {error}") from error
