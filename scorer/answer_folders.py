"""Answers as files in folders: a folder for each problem, or a list of the files of each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import yaml

from scorer.errors import GenerationsError
from scorer.model import Form, Sample
from scorer.sample_line import Found, shown

PARAMS = "params.yaml"
_ANSWERS = {".md", ".txt"}


def listed_files(path: Path, _: Collection[str]) -> Iterator[Found]:
    """The files that params.yaml lists, in its order."""
    where = path / PARAMS
    try:
        params = yaml.safe_load(where.read_bytes())
    except OSError as error:
        raise GenerationsError(f"{where} cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise GenerationsError(f"{where} is no YAML: {' '.join(str(error).split())}") from error
    answers = params.get("answer_paths") if isinstance(params, dict) else None
    if not isinstance(answers, dict):
        raise GenerationsError(f"{where}: there is no mapping `answer_paths`")
    for problem, names in answers.items():
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            yield Found(where, None, f"the answers of {shown(str(problem))} are no list of paths")
            continue
        for index, name in enumerate(names):
            file = path / name
            if ".." in Path(name).parts or Path(name).is_absolute():
                yield Found(where, None, f"{shown(name)} leaves the folder")
            else:
                yield Found(file, None, _listed(_of_file(file, str(problem)), index))


def _listed(made: Sample | str, index: int) -> Sample | str:
    if isinstance(made, str):
        return made
    # InfiBench's evaluator opens them as text, where Python makes every end of a line the same.
    text = made.text.replace("\r\n", "\n").replace("\r", "\n")
    return replace(made, index=index, form=Form.ANSWER, text=text)


def numbered_files(path: Path, problems: Collection[str]) -> Iterator[Found]:
    names = _names_of(problems)
    for file in sorted(_files(path), key=_natural):
        folder = file.parent.relative_to(path).as_posix()
        if folder == ".":
            yield Found(file, None, "it is in no problem's folder")
        elif not file.stem.isdecimal() or not file.stem.isascii():
            yield Found(file, None, "its name is no number, which would say which sample it is")
        else:
            yield Found(file, None, _of_file(file, names.get(folder, folder)))


def _files(folder: Path) -> Iterator[Path]:
    try:
        for entry in folder.iterdir():
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                yield from _files(entry)
            else:
                yield entry
    except OSError as error:
        raise GenerationsError(f"{folder} cannot be read: {error.strerror}") from error


def _names_of(problems: Iterable[str]) -> dict[str, str]:
    """The ids by what their folders may be called; two that would share a name have none."""
    names: dict[str, str] = {}
    flat = Counter(problem.replace("/", "_") for problem in problems)
    for problem in problems:
        if flat[problem.replace("/", "_")] == 1:
            names[problem.replace("/", "_")] = problem
    return names | {problem: problem for problem in problems}


def _of_file(file: Path, problem: str) -> Sample | str:
    try:
        text = file.read_bytes().decode("utf-8", "replace")
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
    form = Form.ANSWER if file.suffix in _ANSWERS else Form.SOLUTION
    index = int(file.stem) if file.stem.isdecimal() else 0
    return Sample(problem=problem, index=index, text=text, form=form)


def _natural(path: Path) -> list[tuple[int, str]]:
    """So that 10 comes after 9."""
    parts = re.split(r"(\d+)", path.as_posix())
    return [(int(part), "") if number % 2 else (0, part) for number, part in enumerate(parts)]
