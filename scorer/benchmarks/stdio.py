"""
Problems whose programs read standard input and write standard output, by the hundred in one file: `apps` and
`code-contests`; see `scorer.benchmarks.stdio_data` for what is read.

Some of APPS's tasks are calls of a function instead. They are judged in Python: a harness calls the function with the
case's arguments and prints what it returned as JSON, which is compared outside of the sandbox like any output.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from executor.checker import parse_checker
from executor.config import lasting_cache
from executor.errors import UsageError
from executor.model import Checker, File, Job, Limits, Submission, TestCase
from executor.runtime import Runtimes
from scorer.benchmark import Benchmark
from scorer.benchmarks.assertions import EXACT, digest_of, no_program
from scorer.benchmarks.languages import language_named, language_of_fence, runtime_named
from scorer.benchmarks.reading import version_of
from scorer.benchmarks.stdio_data import Case, StdioTask, read
from scorer.errors import BenchmarkDataError
from scorer.extraction import Extracted, NothingFound, extract_program
from scorer.model import Form, Prepared, Problem, Sample

CALLS = """\
import json
import os
import sys
import types


def plain(value):
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(type(value).__name__ + " is no JSON")


def main():
    write, given = os.write, json.load(sys.stdin)
    output = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "answer.py")
    module = types.ModuleType("answer")
    sys.modules["answer"] = module
    # Written for a site that brings these along.
    exec("from typing import *\\nfrom collections import *\\nimport math, re, heapq, bisect", module.__dict__)
    with open(path, encoding="utf-8") as file:
        exec(compile(file.read(), path, "exec"), module.__dict__)
    owner = module.Solution() if hasattr(module, "Solution") else module
    result = getattr(owner, given["function"])(*given["arguments"])
    text = json.dumps(result, default=plain, sort_keys=True).encode()
    while text:
        text = text[write(output, text):]


main()
"""


@dataclass(frozen=True, slots=True)
class Rules:
    """
    What concerns all problems of a set.

    Args:
        runtimes: the languages that there are.
        language: id of the runtime of samples that do not say theirs; None: a sample has to.
        checker: for outputs of programs.
    """

    runtimes: Runtimes
    language: str | None = None
    checker: Checker = Checker()


class Stdio(Benchmark):
    """
    Args:
        name: as in `--benchmark`.
        tasks: by id.
        version: digest of the files.
    """

    def __init__(
        self, name: str, tasks: Mapping[str, StdioTask], rules: Rules, version: str, warnings: Sequence[str] = ()
    ) -> None:
        self.name = name
        self.version = version
        self.warnings = tuple(warnings)
        self._tasks = tasks
        self._rules = rules
        self.problems = {id_: self._problem(task) for id_, task in tasks.items()}

    def prepare(self, sample: Sample) -> Prepared:
        task = self._tasks[sample.problem]
        try:
            runtime = self._runtime(task, sample)
            found = _program(sample, runtime)
        except (UsageError, NothingFound) as nothing:
            return no_program(sample.text, "nothing found", str(nothing), task.id)
        job = self._job(task, runtime, found.text)
        return Prepared(
            digest=digest_of(job.submission, task.id, self.version, job.checker),
            program=found.text,
            method=found.method,
            language=runtime,
            notes=found.notes,
            job=job,
        )

    def _runtime(self, task: StdioTask, sample: Sample) -> str:
        """
        Raises:
            UsageError: the language is not said, or not known, or a function is to be written in another than Python.
        """
        named = language_named(sample) or self._rules.language
        if named is None and sample.form is Form.ANSWER:
            named = language_of_fence(sample.text)
        if named is None and task.function is None:
            raise UsageError("nothing says which language this is: neither `language` in its line nor a Markdown fence")
        runtime = runtime_named(named or "python", self._rules.runtimes)
        if runtime is None:
            raise UsageError(f"there is no runtime for '{(named or '')[:40]}'")
        if task.function is not None and runtime != "python":
            raise UsageError(f"the problem asks for a function, which is judged in python and not in {runtime}")
        return runtime

    def _job(self, task: StdioTask, runtime: str, program: str) -> Job:
        code = program.encode("utf-8", "replace")
        files: tuple[File, ...] = (File(self._rules.runtimes.get(runtime).source, code),)
        if task.function is not None:
            files = (File("main.py", CALLS.encode()), File("answer.py", code))
        return Job(
            id="",
            submission=Submission(files=files, runtime=runtime, entry=files[0].name),
            cases=tuple(_call(task.function, case) if task.function else _run(case) for case in task.cases),
            limits=_limits(task),
            checker=self._rules.checker if task.function is None else EXACT,
        )

    def _problem(self, task: StdioTask) -> Problem:
        asked = self._rules.language if task.function is None else "python"
        return Problem(
            id=task.id,
            runtime=asked,
            cases=len(task.cases),
            title=task.id,
            statement=task.statement,
            category=task.category,
            difficulty=task.difficulty,
            fields={
                "statement": task.statement,
                "starter_code": task.starter,
                "function": task.function or "",
                "language": asked or "",
            },
        )


def load_apps(
    data: Path, split: str = "test", language: str = "python", checker: str = "tokens", tests: str = "all"
) -> Stdio:
    """APPS and TACO; see `load`."""
    return _load("apps", data, split=split, language=language, checker=checker, tests=tests)


def load_code_contests(data: Path, language: str = "", checker: str = "tokens", tests: str = "all") -> Stdio:
    """CodeContests, and JSON lines of one's own; see `load`."""
    return _load("code-contests", data, split="", language=language, checker=checker, tests=tests)


def _load(name: str, data: Path, *, split: str, language: str, checker: str, tests: str) -> Stdio:
    """
    Read a file, or the files of a folder.

    Args:
        split: of APPS's tree of folders: `test` or `train`.
        language: of samples that do not say theirs; empty: each has to.
        checker: as `exec-cli run --checker` takes it.
        tests: `all`, or `given`: without those that CodeContests' authors generated.

    Raises:
        UsageError: there is no such language or checker.
        BenchmarkDataError: there is no data, or it has a mistake.
    """
    runtimes = Runtimes.load(cache=lasting_cache(None))
    if language:
        runtimes.get(language)
    tasks: dict[str, StdioTask] = {}
    without: list[str] = []
    for where, found in read(data, split):
        task = found if tests == "all" else _without_generated(found)
        if task.id in tasks:
            raise BenchmarkDataError(f"{where}: there is a task {task.id} already")
        if task.cases:
            tasks[task.id] = task
        else:
            without.append(task.id)
    if not tasks:
        raise BenchmarkDataError(f"{data} holds no problem with test cases")
    warnings = [f"left out, as they have no test cases: {', '.join(without)}"] if without else []
    version = version_of([data]) if data.is_file() else digest_of_tasks(tasks)
    return Stdio(name, tasks, Rules(runtimes, language or None, parse_checker(checker)), version, warnings)


def digest_of_tasks(tasks: Mapping[str, StdioTask]) -> str:
    """The version of data that lies in many files."""
    return digest_of(Submission(files=(), runtime=""), *tasks.values())[:16]


def _without_generated(task: StdioTask) -> StdioTask:
    return replace(task, cases=tuple(case for case in task.cases if not case.name.startswith("generated/")))


def _limits(task: StdioTask) -> Limits:
    usual = Limits()
    return replace(usual, cpu_ns=task.cpu_ns or usual.cpu_ns, memory_bytes=task.memory_bytes or usual.memory_bytes)


def _run(case: Case) -> TestCase:
    first, *others = (output.encode("utf-8", "replace") for output in case.outputs)
    return TestCase(
        name=case.name, stdin=case.stdin.encode("utf-8", "replace"), expected=first, alternatives=tuple(others)
    )


def _call(function: str, case: Case) -> TestCase:
    first, *others = (json.dumps(output, sort_keys=True).encode() for output in case.outputs)
    given = json.dumps({"function": function, "arguments": case.stdin})
    return TestCase(name=case.name, stdin=given.encode(), expected=first, alternatives=tuple(others))


def _program(sample: Sample, runtime: str) -> Extracted:
    """
    Raises:
        NothingFound: there is none.
    """
    return (
        Extracted(sample.text, "as given") if sample.form is not Form.ANSWER else extract_program(sample.text, runtime)
    )
