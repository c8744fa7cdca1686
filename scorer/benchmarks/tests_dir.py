"""
A folder of problems with test cases: in our own layout (`problem_toml`), as Kattis problem packages, or both.

A problem may leave the language to whoever solves it; then the sample says it, by `language` in its line or by the word
after its Markdown fence. Or the benchmark asks for each problem in each of several languages: then each pair is a
problem of its own, `sum/python`, with samples and scores of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from executor.config import lasting_cache
from executor.errors import UsageError
from executor.model import MIB, SECOND, File, Job, Submission, Verdict
from executor.runtime import Runtimes
from scorer.benchmark import Benchmark
from scorer.benchmarks import kattis, problem_toml
from scorer.benchmarks.assertions import digest_of, no_program
from scorer.benchmarks.languages import language_named, language_of_fence, runtime_named
from scorer.benchmarks.problem_folder import ProblemFolder
from scorer.benchmarks.reading import version_of
from scorer.errors import BenchmarkDataError
from scorer.extraction import NothingFound, extract_definitions, extract_program
from scorer.model import Form, Prepared, Problem, Sample

BENCHMARK = "benchmark.toml"
"""Beside the problems, says what concerns all of them."""

_MOST_STATEMENT_CHARS = 100_000


@dataclass(frozen=True, slots=True)
class Expectation:
    """
    A known solution of a problem.

    Args:
        verdicts: what may become of it.
        job: what judges it.
    """

    problem: str
    name: str
    verdicts: frozenset[Verdict]
    job: Job


@dataclass(frozen=True, slots=True)
class _Program:
    """What was found in a sample: the source to be judged, what of it to show, and how it was found."""

    source: str
    shown: str
    method: str
    notes: tuple[str, ...] = ()


class TestsDir(Benchmark):
    """
    Args:
        folders: by the problem's id.
        runtimes: the languages that there are.
        version: digest of the files.
        languages: ids of runtimes; each problem is asked in each of them that it may be solved in. Empty: as it is.
        warnings: sentences.
    """

    __test__ = False  # pytest must not collect it
    name = "tests-dir"

    def __init__(
        self,
        folders: Mapping[str, ProblemFolder],
        runtimes: Runtimes,
        version: str,
        *,
        languages: Sequence[str] = (),
        warnings: Sequence[str] = (),
    ) -> None:
        self._asked = folders
        self._folders = folders = dict(_in_each(folders, languages)) if languages else folders
        self._runtimes = runtimes
        self.version = version
        self.warnings = tuple(warnings)
        self.problems = {id_: _problem(id_, folder) for id_, folder in folders.items()}

    def prepare(self, sample: Sample) -> Prepared:
        folder = self._folders[sample.problem]
        try:
            runtime = self._runtime(folder, sample)
            found = _program(folder, sample, runtime)
        except (UsageError, NothingFound) as nothing:
            return no_program(sample.text, "nothing found", str(nothing), sample.problem)
        job = self._job(folder, runtime, found.source)
        return Prepared(
            digest=digest_of(job.submission, sample.problem, self.version),
            program=found.shown,
            method=found.method,
            language=runtime,
            notes=found.notes,
            job=job,
        )

    def expectations(self) -> Iterator[Expectation]:
        """
        The known solutions of all problems.

        Raises:
            BenchmarkDataError: the language of one is not known, or it cannot be read.
        """
        for id_, folder in self._asked.items():
            for solution in folder.solutions:
                path = solution.files[0]
                try:
                    runtime = self._runtimes.for_file(path.name).id
                    files = tuple(File(each.name, each.read_bytes()) for each in solution.files)
                except (UsageError, OSError) as error:
                    raise BenchmarkDataError(f"{path}: {error}") from error
                job = self._job(folder, runtime, files)
                yield Expectation(id_, solution.name, solution.verdicts, job)

    def _runtime(self, folder: ProblemFolder, sample: Sample) -> str:
        """
        The language of a sample.

        Raises:
            UsageError: it is not said, not known, or not allowed.
        """
        named = language_named(sample)
        if named is None and len(folder.languages) == 1:
            return folder.languages[0]
        if named is None and sample.form is Form.ANSWER:
            named = language_of_fence(sample.text)
        if named is None:
            raise UsageError("nothing says which language this is: neither `language` in its line nor a Markdown fence")
        runtime = runtime_named(named, self._runtimes)
        if runtime is None:
            raise UsageError(f"there is no runtime for '{named[:40]}'")
        if folder.languages and runtime not in folder.languages:
            raise UsageError(f"the problem is to be solved in {' or '.join(folder.languages)}, not in {runtime}")
        return runtime

    def _job(self, folder: ProblemFolder, runtime: str, program: str | tuple[File, ...]) -> Job:
        if isinstance(program, str):
            program = (File(self._runtimes.get(runtime).source, program.encode("utf-8", "replace")),)
        return Job(
            id="",
            submission=Submission(files=program, runtime=runtime),
            cases=folder.cases,
            limits=folder.limits,
            allowances=folder.allowances,
            checker=folder.checker,
        )


def load(data: Path, languages: str = "") -> TestsDir:
    """
    Read a problem, or a folder of them, nested as they like.

    Args:
        languages: ids of runtimes with commas between; empty: as the folder's benchmark.toml says, if there is one.

    Raises:
        BenchmarkDataError: there is no problem, or one has a mistake.
    """
    if not data.is_dir():
        raise BenchmarkDataError(f"{data} is no folder of problems")
    runtimes = Runtimes.load(cache=lasting_cache(None))
    folders: dict[str, ProblemFolder] = {}
    refused: list[BenchmarkDataError] = []
    for path in _problem_folders(data):
        id_ = path.name if path == data else path.relative_to(data).as_posix()
        if (path / problem_toml.NAME).is_file():
            folders[id_] = problem_toml.read(path, runtimes)
            continue
        try:
            folders[id_] = kattis.read(path)
        except BenchmarkDataError as error:
            refused.append(error)
    if not folders:
        raise (
            refused[0]
            if refused
            else BenchmarkDataError(
                f"{data} holds no problem: a problem is a folder with {problem_toml.NAME} or {kattis.NAME}"
            )
        )
    asked = _languages(data / BENCHMARK, languages, runtimes)
    warnings = [f"left out: {error}" for error in refused]
    warnings += [f"{id_}: {warning}" for id_, folder in folders.items() for warning in folder.warnings]
    files = [path for folder in folders.values() for path in folder.files]
    return TestsDir(folders, runtimes, version_of(files), languages=asked, warnings=warnings)


def _languages(path: Path, named: str, runtimes: Runtimes) -> tuple[str, ...]:
    """The languages to ask each problem in."""
    where, names = "languages", [name.strip() for name in named.split(",") if name.strip()]
    if not names and path.is_file():
        where, names = f"{path}: languages", problem_toml.read_benchmark(path).languages
    for name in names:
        if name not in runtimes:
            raise BenchmarkDataError(f"{where}: there is no runtime '{name}'; `exec-cli runtimes` lists them")
    return tuple(dict.fromkeys(names))


def _in_each(folders: Mapping[str, ProblemFolder], languages: Sequence[str]) -> Iterator[tuple[str, ProblemFolder]]:
    for id_, folder in folders.items():
        for language in languages:
            if not folder.languages or language in folder.languages:
                yield f"{id_}/{language}", replace(folder, languages=(language,))


def _problem_folders(data: Path) -> Iterator[Path]:
    """Every folder that is a problem, in the order of their names; there are no problems inside of problems."""
    if any((data / name).is_file() for name in (problem_toml.NAME, kattis.NAME)):
        yield data
        return
    for inside in sorted(data.iterdir()):
        if inside.is_dir() and not inside.name.startswith("."):
            yield from _problem_folders(inside)


def _program(folder: ProblemFolder, sample: Sample, runtime: str) -> _Program:
    """
    The program of a sample.

    Raises:
        NothingFound: there is none.
    """
    template = folder.templates.get(runtime)
    if sample.form is Form.ANSWER:
        if template is None:
            found = extract_program(sample.text, runtime)
            return _Program(found.text, found.text, found.method, found.notes)
        given = template.before + template.after
        parts = extract_definitions(sample.text, runtime, folder.function, given)
        text = "".join(f"{include}\n" for include in parts.includes if include.strip() not in given) + parts.text
        return _Program(template.filled(text), text, parts.method, parts.notes)
    text = sample.text
    return _Program(text if template is None else template.filled(text), text, "as given")


def _problem(id_: str, folder: ProblemFolder) -> Problem:
    limits = folder.limits
    templates = {f"template_{runtime}": each.before + each.after for runtime, each in folder.templates.items()}
    return Problem(
        id=id_,
        runtime=folder.languages[0] if len(folder.languages) == 1 else None,
        cases=len(folder.cases),
        title=folder.title,
        statement=folder.statement,
        category=folder.category,
        difficulty=folder.difficulty,
        fields={
            "title": folder.title,
            "statement": folder.statement[:_MOST_STATEMENT_CHARS],
            "time_limit": f"{limits.cpu_ns / SECOND:g} s",
            "memory_limit": f"{limits.memory_bytes // MIB} MiB",
            "function": folder.function or "",
            **templates,
        },
    )
