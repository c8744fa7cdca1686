"""
CodeApex's programming part: 476 C++ problems, each asking for one function that a given main program calls.

What an answer defines is spliced into the main program's marked region: the function, and the helpers and includes that
it came with. An answer that has a main program of its own and not the function is judged alone. Outputs are compared by
lines; white space at the ends of lines and empty lines at the end of the output do not count, since the samples have
them where the main programs print none, and the other way round.

The benchmark's test cases (five to ten a problem) are not public: its samples are judged, 609 in all, or test cases of
one's own. docs/codeapex.md says how far scores can be compared with the paper's, and lists what is wrong with the data.

Source: Fu et al. 2023, CodeApex: A Bilingual Programming Evaluation Benchmark for Large Language Models,
arXiv:2309.01940; github.com/APEXLAB/CodeApex.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from executor.errors import UsageError
from executor.model import Checker, CheckerKind, Content, File, Job, Submission, TestCase, Verdict
from scorer.benchmark import Benchmark
from scorer.benchmarks.codeapex_data import LANGS, Task, data_file, read_cases, read_tasks
from scorer.benchmarks.codeapex_defects import blemishes, known_defect
from scorer.extraction import NothingFound, extract_continuation, extract_definitions, extract_program
from scorer.model import Form, Prepared, Problem, Sample

_MAIN = re.compile(r"^[ \t]*(?:(?:int|signed|auto|void)\s+)?main\s*\(", re.MULTILINE)
_LINES = Checker(CheckerKind.LINES)
_VALUES = {
    "lang": LANGS,
    "prompt": ("with-context", "function-only"),
    "defects": ("keep", "skip"),
    "standard": tuple(f"{kind}++{year}" for kind in ("gnu", "c") for year in (11, 14, 17, 20)),
}


@dataclass(frozen=True, slots=True)
class Options:
    """
    What `load` takes beside the data, checked.

    Raises:
        UsageError: an option has a value that does not exist.
    """

    lang: str
    prompt: str
    cases: str | None
    defects: str
    standard: str

    def __post_init__(self) -> None:
        for name, values in _VALUES.items():
            value = getattr(self, name)
            if value not in values:
                raise UsageError(f"codeapex: {name} is '{value}', but must be one of {', '.join(values)}", name)

    @property
    def flags(self) -> tuple[str, ...]:
        """Of the compiler; -O2 as contest judges compile."""
        return (f"-std={self.standard}", "-O2")

    def defect(self, task: Task, *, samples: bool) -> str:
        return known_defect(task, cpp11=self.standard.endswith("11"), samples=samples)


def load(
    data: Path,
    *,
    lang: str = "en",
    prompt: str = "with-context",
    cases: str | None = None,
    defects: str = "keep",
    standard: str = "gnu++17",
) -> CodeApex:
    """
    The programming problems.

    Args:
        data: the file, or the folder of code_generate_problems_<lang>.json.
        lang: en or zh, of the descriptions; all else is the same in both.
        prompt: with-context or function-only: whether a model is shown the main program. Judging is the same.
        cases: a folder with a folder for each problem, named by its id, with NAME.in and NAME.out or NAME.ans: judged
            instead of that problem's samples.
        defects: keep or skip the problems that no program can be expected to solve; the warnings name them either way.
        standard: of C++, as GCC names it.

    Raises:
        BenchmarkDataError: the data cannot be read or has a mistake.
        UsageError: an option has a value that does not exist.
    """
    options = Options(lang, prompt, cases, defects, standard)
    path = data_file(data, f"code_generate_problems_{lang}.json")
    tasks = read_tasks(path)
    own = {} if cases is None else read_cases(Path(cases), tasks)
    exercises = [
        Exercise(task, own.get(name, task.samples), options.defect(task, samples=name not in own))
        for name, task in tasks.items()
    ]
    version = _digest(path.read_bytes(), *(own[name] for name in sorted(own)))
    return CodeApex(version[:16], exercises, options, own=len(own))


@dataclass(frozen=True, slots=True)
class Exercise:
    """
    A problem with what it is judged by.

    Args:
        defect: why no program can be expected to pass; empty: nothing is known.
    """

    task: Task
    tests: tuple[TestCase, ...]
    defect: str

    def problem(self, options: Options) -> Problem:
        fields = prompt_fields(self.task, options)
        parts = ["description", "declaration"] + ["context"] * (options.prompt == "with-context")
        return Problem(
            id=self.task.name,
            runtime="cpp",
            language="C++",
            cases=len(self.tests),
            title=self.task.function,
            statement="\n\n".join(fields[part] for part in parts),
            fields=fields,
            defect=self.defect,
        )


def prompt_fields(task: Task, options: Options) -> dict[str, str]:
    """
    What prompts are made of.

    Returns:
        `lang`, `prompt`: the options; `description`, `declaration`; `name` of the function; `context`: the main program
        with its markers; `context_with_todo`: with an empty function to be filled in; `prefix`: what a completion
        continues; `time_limit_ms`, `memory_limit_mib`.
    """
    begun = opening(task)
    with_context = options.prompt == "with-context"
    return {
        "lang": options.lang,
        "prompt": options.prompt,
        "description": task.problem_description,
        "declaration": task.declaration,
        "name": task.function,
        "context": task.code_context,
        "context_with_todo": task.context.filled(f"{begun}    // TODO\n}}"),
        "prefix": task.context.includes + task.context.head + begun if with_context else begun,
        "time_limit_ms": str(task.time_limit),
        "memory_limit_mib": str(task.memory_limit),
    }


def opening(task: Task) -> str:
    """The beginning of the function: where a completion goes on."""
    return f"{task.declaration}\n{{\n"


@dataclass(frozen=True, slots=True)
class Program:
    """
    What an answer becomes.

    Args:
        method, notes: as in Prepared.
    """

    source: str
    method: str
    notes: tuple[str, ...] = ()


class CodeApex(Benchmark):
    """
    Args:
        version: as in Benchmark.
        exercises: all of the data, in its order.
        own: problems that are judged by other test cases than their samples.
    """

    name = "codeapex"

    def __init__(self, version: str, exercises: Iterable[Exercise], options: Options, *, own: int = 0) -> None:
        every = {each.task.name: each for each in exercises}
        skipped = options.defects == "skip"
        self._exercises = {name: each for name, each in every.items() if not (skipped and each.defect)}
        self._digests = {name: _digest(each.tests) for name, each in self._exercises.items()}
        self._options = options
        self.version = version
        self.problems = {name: each.problem(options) for name, each in self._exercises.items()}
        self.warnings = tuple(_warnings(every, own, skipped=skipped))

    def prepare(self, sample: Sample) -> Prepared:
        exercise = self._exercises[sample.problem]
        try:
            program = program_of(exercise.task, sample)
        except NothingFound as nothing:
            return _settled(sample, str(nothing))
        limits, flags = exercise.task.limits, self._options.flags
        submission = Submission(
            files=(File("main.cpp", program.source.encode("utf-8", "replace")),), runtime="cpp", flags=flags
        )
        return Prepared(
            digest=_digest(program.source, repr(flags), repr(limits), self._digests[sample.problem]),
            program=program.source,
            method=program.method,
            notes=program.notes,
            job=Job(
                id=f"{sample.problem}/{sample.index}",
                submission=submission,
                cases=exercise.tests,
                limits=limits,
                checker=_LINES,
            ),
        )


def program_of(task: Task, sample: Sample) -> Program:
    """
    The program that is judged for a sample.

    Raises:
        NothingFound: the sample holds none; the message says what was looked for.
    """
    match sample.form:
        case Form.SOLUTION:
            return _solution(task, sample.text)
        case Form.COMPLETION:
            return _completion(task, sample.text)
        case Form.ANSWER:
            return _answer(task, sample.text)


def _solution(task: Task, text: str) -> Program:
    if not text.strip():
        raise NothingFound("the solution is empty")
    alone = _MAIN.search(text) is not None
    return Program(text if alone else task.context.filled(text), "as given")


def _completion(task: Task, text: str) -> Program:
    # A model that was shown the declaration alone, without its brace, begins with one.
    begun = f"{task.declaration}\n" if text.lstrip().startswith("{") else opening(task)
    found = extract_continuation(text, "cpp", begun, task.function)
    if found.method != "continuation":
        return _answer(task, found.text)
    return _answer(task, begun + found.text, found.method, found.notes)


def _answer(task: Task, text: str, method: str = "", notes: tuple[str, ...] = ()) -> Program:
    named = re.search(rf"\b{re.escape(task.function)}\s*\(", text)
    if not named and (alone := _alone(task, text)):
        return alone
    try:
        found = extract_definitions(text, "cpp", task.declaration, task.code_context)
    except NothingFound:
        if alone := _alone(task, text):
            return alone
        raise
    return Program(task.context.filled(found.text, found.includes), method or found.method, notes + found.notes)


def _alone(task: Task, text: str) -> Program | None:
    """
    The whole program in an answer that does without the function; None if it has no main program.

    Raises:
        NothingFound: the answer holds no program at all.
    """
    if not _MAIN.search(text):
        return None
    found = extract_program(text, "cpp")
    note = f"there is no function {task.function}: the answer's own main program is judged alone"
    return Program(found.text, "whole program", (*found.notes, note)) if _MAIN.search(found.text) else None


def _settled(sample: Sample, why: str) -> Prepared:
    return Prepared(
        digest=_digest("no program", sample.text),
        program=sample.text,
        method="none",
        settled=Verdict.CE,
        score=0.0,
        detail=why,
    )


def _warnings(exercises: Mapping[str, Exercise], own: int, *, skipped: bool) -> Iterator[str]:
    if own:
        yield f"{own} of {len(exercises)} problems are judged by the given test cases, the others by their samples"
    else:
        yield (
            f"the benchmark's own test cases are not public: {sum(len(each.tests) for each in exercises.values())} "
            f"samples of {len(exercises)} problems are judged, so scores cannot be compared with the paper's"
        )
    for name, each in exercises.items():
        if each.defect:
            yield f"{name} {'is left out' if skipped else 'counts'}: {each.defect}"
    yield from blemishes([each.task for each in exercises.values()])


def _digest(*parts: str | bytes | Iterable[TestCase]) -> str:
    """sha256 of texts and test cases, hexadecimal; where one part ends counts too."""
    digest = hashlib.sha256()
    for part in _texts(parts):
        digest.update(b"%d:" % len(part))
        digest.update(part)
    return digest.hexdigest()


def _texts(parts: Iterable[str | bytes | Iterable[TestCase]]) -> Iterator[bytes]:
    for part in parts:
        if isinstance(part, bytes):
            yield part
        elif isinstance(part, str):
            yield part.encode("utf-8", "replace")
        else:
            for case in part:
                yield case.name.encode("utf-8", "replace")
                yield _bytes(case.stdin)
                yield _bytes(case.expected or b"")


def _bytes(content: Content) -> bytes:
    return content if isinstance(content, bytes) else content.read_bytes()
