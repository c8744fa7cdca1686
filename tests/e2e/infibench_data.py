"""Where tests find InfiBench's data: ENNEAD_DATA names the folder that holds infibench/. It is not ours to ship."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scorer.benchmarks.infibench import load

DATA = Path(os.environ.get("ENNEAD_DATA") or Path(__file__).parents[3] / "shared" / "data") / "infibench"
_FILES = (
    "suite_v2.0.0_dev_files.jsonl.gz",
    "suite_v2.1_data.csv.gz",
    "dev_responses_gpt-4.jsonl.gz",
    "dev_expected_gpt-4.json.gz",
)


def skip_without_data() -> None:
    """A test that needs it says so."""
    if not all((DATA / name).is_file() for name in _FILES):
        pytest.skip(f"InfiBench is not at {DATA}; ENNEAD_DATA names the folder that holds infibench/")


def dev_folder(folder: Path) -> Path:
    """The dev suite, unpacked; two of its handlers are those of the full suite."""
    skip_without_data()
    for file in lines_of(DATA / _FILES[0]):
        path = folder / file["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file["text"])
    full = load(DATA / _FILES[1])
    for name in ("0-0-21", "0-0-38"):  # the same functions in both suites
        text = full.suite.cases[name].files[f"cases.handler_{name}"]
        (folder / "cases_dev" / f"handler_{name}.py").write_text(text)
    return folder


def published_questions() -> list[dict[str, Any]]:
    """Questions with the published and expected scores of GPT-4's responses, and these responses."""
    skip_without_data()
    responses = {record["id"]: record["responses"] for record in lines_of(DATA / _FILES[2])}
    with gzip.open(DATA / _FILES[3]) as file:
        questions = json.load(file)["questions"]
    return [question | {"responses": responses[question["id"]]} for question in questions]


def lines_of(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)
