"""HumanEval-X as a benchmark: its files, and which program judges a sample."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from executor.model import SECOND, Limits
from scorer.benchmark import Benchmark
from scorer.benchmarks.assertions import EXACT, digest_of, judged_by, no_program
from scorer.benchmarks.humaneval_x import Language, Task, program_of, source
from scorer.benchmarks.humaneval_x import load as tasks_of
from scorer.benchmarks.humaneval_x_solutions import functions, solution_source
from scorer.benchmarks.reading import version_of
from scorer.errors import BenchmarkDataError
from scorer.extraction import Extracted, NothingFound, extract_continuation
from scorer.model import Form, Prepared, Problem, Sample

LIMITS = Limits(cpu_ns=10 * SECOND, wall_ns=60 * SECOND)
RUNTIMES: Mapping[Language, str] = {
    Language.CPP: "cpp",
    Language.GO: "go",
    Language.JAVA: "java",
    Language.JS: "javascript",
    Language.PYTHON: "python",
    Language.RUST: "rust-test",
}
_NAMES: Mapping[Language, tuple[str, str]] = {
    Language.CPP: ("cpp", "C++"),
    Language.GO: ("go", "Go"),
    Language.JAVA: ("java", "Java"),
    Language.JS: ("javascript", "JavaScript"),
    Language.PYTHON: ("python", "Python"),
    Language.RUST: ("rust", "Rust"),
}
"""What each language is grouped by, and what prompts call it."""

UNDECIDED_IN_THE_DATA: Mapping[str, str] = {
    "Go/95": "the canonical solution ranges over a map and ends at the first key that settles it, and Go ranges in "
    "another order each time: it fails its own tests in one run of four",
}
"""Tasks that the same right program passes at times and fails at others, with the benchmark's evaluator too."""

DEFECTS: Mapping[str, str] = {
    **UNDECIDED_IN_THE_DATA,
    "CPP/23": "its tests call strlen with a literal, and so the C library's function: whatever compiles passes",
    "JavaScript/112": "the canonical solution returns a boolean alone, for a comma operator; the tests want a pair",
    "JavaScript/155": "the canonical solution fails the benchmark's own test for 0",
    "Rust/32": "its test is commented out: whatever compiles passes",
    "Rust/50": "its test calls gen_range as rand 0.4 has it, with two arguments",
}


class HumanEvalX(Benchmark):
    """
    Args:
        tasks: by id, in the order of the files.
        version: digest of the files.
    """

    name = "humaneval-x"

    def __init__(self, tasks: Mapping[str, Task], version: str) -> None:
        self._tasks = tasks
        self.version = version
        self.problems = {task.task_id: _problem(task) for task in tasks.values()}
        self.warnings = tuple(_warnings(tasks))

    def prepare(self, sample: Sample) -> Prepared:
        task = self._tasks[sample.problem]
        found, whole = Extracted(sample.text, "as given"), sample.form is Form.SOLUTION
        if sample.form is Form.ANSWER:
            try:
                found = extract_continuation(sample.text, _NAMES[task.language][0], _prompt(task), _entry_point(task))
            except NothingFound as nothing:
                return no_program(sample.text, "nothing found", str(nothing), task.task_id)
            whole = found.method == "whole program"
        text = found.text
        made = program_of(task, solution_source(task, text) if whole else source(task, text))
        return Prepared(
            digest=digest_of(made.submission, task.task_id, self.version),
            program=text if whole else _prompt(task) + text,
            method=found.method,
            notes=found.notes,
            job=judged_by(made.submission, (made.case,), LIMITS, None if made.case.expected is None else EXACT),
        )


def load(data: Path, language: str = "all") -> HumanEvalX:
    """
    Read the files of a folder, or one file.

    Args:
        data: holds humaneval_<language>.jsonl.gz, compressed or not, of one language at least; or is such a file.
        language: one of `Language`, or `all` that are there.

    Raises:
        BenchmarkDataError: there are no files, or one has a mistake.
    """
    files = _files(data, list(Language) if language == "all" else [Language(language)])
    tasks: dict[str, Task] = {}
    for path in files:
        for task in tasks_of(path):
            if language not in {"all", task.language}:
                raise BenchmarkDataError(f"{path}: {task.task_id} is not {language}")
            if task.task_id in tasks:
                raise BenchmarkDataError(f"{path}: there is a task {task.task_id} in another file already")
            tasks[task.task_id] = task
    return HumanEvalX(tasks, version_of(files))


def _files(data: Path, languages: Sequence[Language]) -> list[Path]:
    if not data.is_dir():
        return [data]
    names = [f"humaneval_{language}.jsonl" for language in languages]
    found = [data / each for name in names for each in (f"{name}.gz", name) if (data / each).is_file()]
    if not found:
        raise BenchmarkDataError(f"{data} holds no {' or '.join(f'{name}.gz' for name in names)}")
    return found


def _warnings(tasks: Mapping[str, Task]) -> Iterator[str]:
    wrong = [task_id for task_id in DEFECTS if task_id in tasks and task_id not in UNDECIDED_IN_THE_DATA]
    if wrong:
        yield f"wrong in the data: {', '.join(wrong)}"
    undecided = [task_id for task_id in UNDECIDED_IN_THE_DATA if task_id in tasks]
    if undecided:
        yield f"undecided in the data, solutions like the canonical one pass by chance: {', '.join(undecided)}"


def _prompt(task: Task) -> str:
    """What is to be continued: in Rust the prompt itself is the comment alone."""
    return task.prompt + task.declaration if task.language is Language.RUST else task.prompt


def _entry_point(task: Task) -> str | None:
    return next(reversed(functions(task)), None)


def _problem(task: Task) -> Problem:
    language, name = _NAMES[task.language]
    entry_point = _entry_point(task) or ""
    return Problem(
        id=task.task_id,
        runtime=RUNTIMES[task.language],
        language=language,
        cases=1,
        title=entry_point,
        statement=_prompt(task),
        fields={
            "prompt": _prompt(task),
            "declaration": task.declaration or task.prompt,
            "entry_point": entry_point,
            "language": name,
        },
        defect=DEFECTS.get(task.task_id, ""),
    )
