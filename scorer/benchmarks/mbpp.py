"""
MBPP: short Python tasks in prose, each with a few assertions; the whole set, and the one that was looked through.

The tests are what says the function's name, so prompts usually show them (`fields["tests"]`).

Source: Austin et al. 2021, Program Synthesis with Large Language Models, arXiv:2108.07732; the data's own README has
the splits: tasks 11 to 510 are tested, 1 to 10 are for prompts, the others for training and validation.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from scorer.benchmarks.python_tests import PythonTests, Task
from scorer.benchmarks.reading import checked, objects_of, one_file, version_of
from scorer.errors import BenchmarkDataError

FULL, SANITIZED = "mbpp.jsonl", "sanitized-mbpp.json"
SPLITS = {"test": range(11, 511), "prompt": range(1, 11), "validation": range(511, 601), "train": range(601, 975)}


class Entry(BaseModel):
    """
    One task, of either set; further fields are not looked at.

    Args:
        text: the task in prose; `prompt` in the sanitized set.
        code: a solution.
        test_list, challenge_test_list: assertions.
        test_setup_code, test_imports: what comes before them.
        test: MBPP+ has all of its tests here; then it is what counts.
    """

    model_config = ConfigDict(frozen=True, strict=True)

    task_id: int
    text: str = Field(validation_alias=AliasChoices("text", "prompt"))
    code: str = ""
    test_list: list[str] = Field(min_length=1)
    challenge_test_list: list[str] = Field(default_factory=list)
    test_setup_code: str = ""
    test_imports: list[str] = Field(default_factory=list)
    test: str = ""


def load(data: Path, split: str = "test", tests: str = "list", which: str = "full") -> PythonTests:
    """
    Read the file of one of the sets, or the folder that holds it.

    Args:
        split: one of `SPLITS`, or `all`.
        tests: `list`, or `challenge` for the further assertions as well.
        which: `full` or `sanitized`: which file of a folder.

    Raises:
        BenchmarkDataError: there is no file, it has a mistake, or it holds nothing of this split.
    """
    path = one_file(data, [SANITIZED, f"{SANITIZED}l"] if which == "sanitized" else [FULL, f"{FULL}.gz"])
    tasks: dict[str, Task] = {}
    for where, found in objects_of(path):
        entry = checked(Entry, found, where)
        id_ = f"MBPP/{entry.task_id}"
        if id_ in tasks:
            raise BenchmarkDataError(f"{where}: there is a task {entry.task_id} already")
        if split == "all" or entry.task_id in SPLITS[split]:
            tasks[id_] = _task(id_, entry, challenge=tests == "challenge")
    if not tasks:
        raise BenchmarkDataError(f"{path} holds no task of the split '{split}'; --option split=all takes all")
    return PythonTests("mbpp", tasks, version_of([path]))


def _task(id_: str, entry: Entry, *, challenge: bool) -> Task:
    assertions = entry.test_list + (entry.challenge_test_list if challenge else [])
    setup = [*entry.test_imports, entry.test_setup_code]
    name = asked_for(entry.test_list)
    return Task(
        id=id_,
        statement=entry.text,
        entry_point=name,
        tests="\n".join([*setup, entry.test or "\n".join(assertions), ""]),
        fields={"description": entry.text, "tests": "\n".join(entry.test_list)},
    )


def asked_for(assertions: Sequence[str]) -> str | None:
    """The function that assertions call: the first that is no builtin and is called in all of them; None: no one."""
    called = [list(_called(assertion)) for assertion in assertions]
    common = set(called[0]).intersection(*called) if called else set()
    return next((name for name in called[0] if name in common), None) if called else None


def _called(assertion: str) -> Iterator[str]:
    try:
        tree = ast.parse(assertion)
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not hasattr(builtins, node.func.id):
            yield node.func.id
