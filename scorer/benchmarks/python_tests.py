"""
Python answers that are judged by Python tests: what HumanEval, MBPP and EvalPlus have in common.

A harness is the main program. It takes the nonce (see `scorer.benchmarks.assertions`), then executes the answer and the
tests as files of their own, in one module, so that the answer may begin with `from __future__`, has no main guard that
fires, and may print what it likes. The harness never imports anything of the answer's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from executor.model import MIB, SECOND, File, Limits, Submission, TestCase
from scorer.benchmark import Benchmark
from scorer.benchmarks.assertions import EXACT, digest_of, judged_by, no_program, nonce_case
from scorer.extraction import Extracted, NothingFound, extract_continuation, extract_program
from scorer.model import Form, Prepared, Problem, Sample

LIMITS = Limits(cpu_ns=10 * SECOND, wall_ns=60 * SECOND, memory_bytes=1024 * MIB)

HARNESS = """\
import os
import sys
import types


def main():
    write, begin = os.write, os.read(0, 64)
    output = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    module = types.ModuleType("answer")
    sys.modules["answer"] = module
    folder = os.path.dirname(os.path.abspath(__file__))
    for name in ("answer.py", "tests.py"):
        path = os.path.join(folder, name)
        with open(path, encoding="utf-8") as file:
            code = compile(file.read(), path, "exec")
        try:
            exec(code, module.__dict__)
        except AssertionError:
            # Wrong, but no crash: it ends well, and says nothing.
            import traceback
            return traceback.print_exc()
    write(output, begin)


main()
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """
    Args:
        id: of the problem.
        prompt: Python that an answer continues; empty where the task is prose.
        statement: what people read.
        entry_point: the function that is asked for; None where nothing names it.
        tests: executed after the answer, in its module; an exception means that it is wrong.
        files: further files for the harness, by name.
        fields: for prompts, beside those that every task has.
        harness: the main program.
        cases: names, each with what the harness reads after the nonce.
    """

    id: str
    prompt: str = ""
    statement: str
    entry_point: str | None
    tests: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    category: str | None = None
    defect: str = ""
    harness: str = HARNESS
    cases: Mapping[str, bytes] = field(default_factory=lambda: {"tests": b""})

    def submission(self, answer: str) -> Submission:
        sources = {"main.py": self.harness, "answer.py": answer, "tests.py": self.tests}
        files = [File(name, text.encode("utf-8", "replace")) for name, text in sources.items()]
        files += [File(name, content) for name, content in self.files.items()]
        return Submission(files=tuple(files), runtime="python", entry="main.py")

    def test_cases(self) -> tuple[TestCase, ...]:
        return tuple(nonce_case(name, also) for name, also in self.cases.items())

    def problem(self) -> Problem:
        fields = {"prompt": self.prompt, "entry_point": self.entry_point or "", "language": "Python", **self.fields}
        return Problem(
            id=self.id,
            runtime="python",
            cases=len(self.cases),
            title=self.entry_point or "",
            statement=self.statement,
            category=self.category,
            fields=fields,
            defect=self.defect,
        )


class PythonTests(Benchmark):
    """
    Args:
        name: as in `--benchmark`.
        tasks: by id.
        version: digest of the files.
    """

    def __init__(self, name: str, tasks: Mapping[str, Task], version: str, *, warnings: tuple[str, ...] = ()) -> None:
        self.name = name
        self.version = version
        self.warnings = warnings
        self._tasks = tasks
        self.problems = {id_: task.problem() for id_, task in tasks.items()}

    def prepare(self, sample: Sample) -> Prepared:
        task = self._tasks[sample.problem]
        try:
            found = _program(task, sample)
        except NothingFound as nothing:
            return no_program(sample.text, "nothing found", str(nothing), task.id)
        submission = task.submission(found.text)
        return Prepared(
            digest=digest_of(submission, task.id, self.version),
            program=found.text,
            method=found.method,
            notes=found.notes,
            job=judged_by(submission, task.test_cases(), LIMITS, EXACT),
        )


def _program(task: Task, sample: Sample) -> Extracted:
    """
    The program of a sample, prompt included.

    Raises:
        NothingFound: there is none.
    """
    if sample.form is Form.SOLUTION or (sample.form is Form.COMPLETION and not task.prompt):
        return Extracted(sample.text, "as given")
    if sample.form is Form.COMPLETION:
        return Extracted(task.prompt + sample.text, "as given")
    if not task.prompt:
        return extract_program(sample.text, "python")
    found = extract_continuation(sample.text, "python", task.prompt, task.entry_point)
    # A whole program comes after the prompt all the same: its imports and the helpers that it gives may be taken for
    # granted, and what is defined twice counts as it is defined last. A prompt that ends with a docstring is complete.
    if found.method != "whole program" or _is_complete(task.prompt):
        return Extracted(task.prompt + found.text, found.method, found.notes)
    return found


def _is_complete(prompt: str) -> bool:
    """Whether a prompt can stand alone."""
    try:
        compile(prompt, "prompt", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True
