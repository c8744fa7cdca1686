"""
HumanEval: 164 Python functions to be completed, judged by a function `check` that gets the one asked for.

Also HumanEval+ in the form that has all of its tests in `test`.

Source: Chen et al. 2021, Evaluating Large Language Models Trained on Code, arXiv:2107.03374; the program follows
github.com/openai/human-eval, human_eval/execution.py.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from scorer.benchmarks.python_tests import PythonTests, Task
from scorer.benchmarks.reading import one_file, records_of, version_of
from scorer.errors import BenchmarkDataError

NAMES = ("HumanEval.jsonl.gz", "HumanEval.jsonl", "human-eval-v2-20210705.jsonl")


class Line(BaseModel):
    """
    One task; further fields are not looked at.

    Args:
        task_id: `HumanEval/0`.
        prompt: ends inside the function, after its docstring.
        test: defines `check(candidate)`.
    """

    model_config = ConfigDict(frozen=True, strict=True)

    task_id: str = Field(min_length=1)
    prompt: str
    entry_point: str = Field(pattern=r"^[^\W\d]\w*$")
    test: str
    canonical_solution: str = ""


def load(data: Path) -> PythonTests:
    """
    Read a file of JSON lines, compressed or not, or the folder that holds it.

    Raises:
        BenchmarkDataError: there is no file, or it has a mistake.
    """
    path = one_file(data, NAMES)
    tasks: dict[str, Task] = {}
    for number, line in records_of(path, Line):
        if line.task_id in tasks:
            raise BenchmarkDataError(f"{path}, line {number}: there is a task {line.task_id} already")
        tasks[line.task_id] = _task(line)
    if not tasks:
        raise BenchmarkDataError(f"{path} holds no task")
    return PythonTests("humaneval", tasks, version_of([path]))


def _task(line: Line) -> Task:
    return Task(
        id=line.task_id,
        prompt=line.prompt,
        statement=line.prompt,
        entry_point=line.entry_point,
        tests=f"{line.test}\ncheck({line.entry_point})\n",
    )
