"""
How difficult each question is, as a file says it: levels with questions below them.

    level-1:
      - cases/eval_0-0-8.yaml
      - 0-0-10
    level-2:
      - 0-0-13

YAML; a question is named by its id or by the path of its case, and has one level at most. Questions that a suite does
not have are passed over, because one file serves the full suite and the dev suite. The paper's levels are such a file,
analyze/difficulty_levels.yaml of github.com/infi-coder/infibench-evaluation-harness.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from scorer.benchmarks.infibench.cases import Suite
from scorer.errors import BenchmarkDataError

_ID = re.compile(r"eval_(.+)\.ya?ml$")


def read_levels(file: Path, suite: Suite) -> dict[str, str]:
    """
    The level of each question that has one, by id; in the order of the file.

    Raises:
        BenchmarkDataError: the file cannot be read, or a line of it has a mistake.
    """
    levels: dict[str, str] = {}
    for name, question, line in _entries(file):
        where = f"{file}, line {line}"
        found = _ID.search(question)
        case = found[1] if found else question
        if case in levels:
            raise BenchmarkDataError(f"{where}: {question} has a level already, {levels[case]}")
        levels[case] = name
    chosen = {case: level for case, level in levels.items() if case in suite.cases}
    if not chosen:
        raise BenchmarkDataError(f"{file} names no question of the suite")
    return chosen


def _entries(file: Path) -> Iterator[tuple[str, str, int]]:
    """Level, question and line."""
    tree = _tree(file)
    if not isinstance(tree, yaml.MappingNode):
        raise BenchmarkDataError(f"{file}, line 1: not a mapping of levels to lists of questions")
    for level, questions in tree.value:
        where = f"{file}, line {level.start_mark.line + 1}"
        if not isinstance(level, yaml.ScalarNode) or not level.value:
            raise BenchmarkDataError(f"{where}: the name of a level is no text")
        if not isinstance(questions, yaml.SequenceNode):
            raise BenchmarkDataError(f"{where}: {level.value} has no list of questions")
        for question in questions.value:
            line = question.start_mark.line + 1
            if not isinstance(question, yaml.ScalarNode) or not question.value:
                raise BenchmarkDataError(f"{file}, line {line}: {level.value}: a question is no text")
            yield level.value, question.value, line


def _tree(file: Path) -> yaml.Node | None:
    try:
        # Composed, not loaded: nodes know their lines, and nothing of the file becomes an object.
        tree: yaml.Node | None = yaml.compose(file.read_text(encoding="utf-8"), yaml.SafeLoader)
        return tree
    except (OSError, UnicodeDecodeError) as error:
        raise BenchmarkDataError(f"{file} cannot be read: {error}") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BenchmarkDataError(f"{file}, line {line}: no YAML: {error.problem or error.context}") from error
    except yaml.YAMLError as error:
        raise BenchmarkDataError(f"{file} is no YAML: {' '.join(str(error).split())}") from error
