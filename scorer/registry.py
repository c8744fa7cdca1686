"""
Which benchmarks there are, where their data comes from and where it is looked for.

A benchmark's module is imported when it is loaded, so that listing them costs nothing. A new benchmark is a module with
a function `load(data: Path, **options: str) -> Benchmark`, and its entry here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import cast

from executor.config import lasting_cache
from executor.errors import UsageError
from scorer.benchmark import Benchmark

DATA_VARIABLE = "ENNEAD_DATA"
"""Names the folder that holds a folder of data for each benchmark."""


@dataclass(frozen=True, slots=True)
class Option:
    """
    What a loader can be told beside its data.

    Args:
        name: as in `load(..., name="value")`.
        values: those that exist; empty: any text.
        default: what counts when nothing is said.
    """

    name: str
    summary: str
    values: tuple[str, ...] = ()
    default: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """
    One file that `fetch` gets.

    Args:
        url: https.
        name: of the file in the benchmark's folder; for an archive, the folder that must be there once it is unpacked.
        sha256: hexadecimal; empty where it is not known: the digest obtained is shown, for a person to compare.
        unpack: it is a tar archive.
    """

    url: str
    name: str
    sha256: str = ""
    unpack: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """
    A benchmark by its name.

    Args:
        summary: a line for people.
        loader: `module:function`.
        source: where the problems come from.
        licence: of the data, as its publisher names it; empty where there is none to name.
        folder: of its data, in each place where data is looked for; empty: the benchmark's name.
        files: patterns; the folder counts as found if it holds a match of one of them. Empty: anything.
        wants: what `--data` may name.
        downloads: empty: the data is the user's own, or has to be got by hand as `wants` says.
    """

    name: str
    summary: str
    loader: str
    source: str
    licence: str = ""
    folder: str = ""
    files: tuple[str, ...] = ()
    wants: str = ""
    downloads: tuple[Download, ...] = ()
    options: tuple[Option, ...] = ()

    def found(self, folder: Path) -> bool:
        """Whether a folder holds this benchmark's data."""
        if not self.files:
            return folder.is_dir()
        return folder.is_dir() and any(any(folder.glob(pattern)) for pattern in self.files)


_HUMANEVAL_X_LANGUAGES = ("cpp", "go", "java", "js", "python", "rust")
_INFIBENCH = "https://raw.githubusercontent.com/infi-coder/infibench-evaluation-harness/main/bigcode_eval/infibench"
_CODEGEEX = "https://raw.githubusercontent.com/THUDM/CodeGeeX/main/codegeex/benchmark/humaneval-x"

_ENTRIES = (
    Entry(
        name="codeapex",
        summary="CodeApex, programming: 476 C++ problems, in English and Chinese",
        loader="scorer.benchmarks.codeapex:load",
        source="github.com/APEXLAB/CodeApex",
        files=("code_generate_problems_en.json", "code_generate_problems_zh.json"),
        wants="the folder of code_generate_problems_<en|zh>.json",
    ),
    Entry(
        name="codeapex-comprehension",
        summary="CodeApex, comprehension: 250 questions with a choice of four answers",
        loader="scorer.benchmarks.codeapex_comprehension:load",
        source="github.com/APEXLAB/CodeApex",
        folder="codeapex",
        files=("testcases_en.json", "testcases_zh.json"),
        wants="the folder of testcases_<en|zh>.json",
    ),
    Entry(
        name="humaneval-x",
        summary="HumanEval-X: 164 tasks in each of C++, Go, Java, JavaScript, Python and Rust",
        loader="scorer.benchmarks.humaneval_x_benchmark:load",
        source="github.com/THUDM/CodeGeeX",
        licence="Apache-2.0",
        files=tuple(f"humaneval_{language}.jsonl.gz" for language in _HUMANEVAL_X_LANGUAGES),
        wants="the folder of humaneval_<language>.jsonl.gz, or one of these files",
        downloads=tuple(
            Download(
                url=f"{_CODEGEEX}/{language}/data/humaneval_{language}.jsonl.gz",
                name=f"humaneval_{language}.jsonl.gz",
            )
            for language in _HUMANEVAL_X_LANGUAGES
        ),
        options=(Option("language", "One language alone.", ("all", *_HUMANEVAL_X_LANGUAGES), "all"),),
    ),
    Entry(
        name="infibench",
        summary="InfiBench (InfiCoder-Eval): 234 free-form questions, graded by four kinds of metric",
        loader="scorer.benchmarks.infibench:load",
        source="github.com/infi-coder/infibench-evaluation-harness",
        licence="Apache-2.0",
        files=("suite*.csv", "suite*.csv.gz", "suite*.yaml"),
        wants="suite_v2.1_data.csv of the full suite, or the folder of the dev suite",
        downloads=(
            Download(
                url=f"{_INFIBENCH}/batched_cases/suite_v2.1_data.csv",
                name="suite_v2.1_data.csv",
                sha256="6d5fdec42c8fd8475d2366c75ae51312822a9855c27700fecce8cdadcb499193",
            ),
        ),
        options=(
            Option("mode", "As the published grader scores, or by its rules.", ("compat", "corrected"), "compat"),
        ),
    ),
    Entry(
        name="tests-dir",
        summary="A folder of problems with test cases, in our layout or as Kattis packages",
        loader="scorer.benchmarks.tests_dir:load",
        source="your own; docs/benchmarks.md has the layout",
        files=("*/problem.toml", "*/problem.yaml", "problem.toml", "problem.yaml"),
        wants="a folder of problems",
        options=(Option("languages", "Ask each problem in each of these: runtimes with commas between."),),
    ),
)

BENCHMARKS: Mapping[str, Entry] = {entry.name: entry for entry in _ENTRIES}


def entry_of(name: str) -> Entry:
    """
    The benchmark of a name.

    Raises:
        UsageError: there is none; names that resemble it are in the message.
    """
    if name in BENCHMARKS:
        return BENCHMARKS[name]
    raise UsageError(f"there is no benchmark '{name}'; {_did_you_mean(name, BENCHMARKS)}")


def load(name: str, data: Path | None = None, **options: str) -> Benchmark:
    """
    A benchmark with its data.

    Args:
        name: one of `BENCHMARKS`.
        data: a file or folder, as the entry's `wants` says; None: where `places` looks.
        options: as the entry names them.

    Raises:
        UsageError: there is no such benchmark or option, or no data was found.
        BenchmarkDataError: the data has a mistake.
    """
    entry = entry_of(name)
    _check_options(entry, options)
    function = _function(entry.loader)
    return function(find_data(entry, data), **options)


def find_data(entry: Entry, data: Path | None = None) -> Path:
    """
    Where a benchmark's data is.

    Raises:
        UsageError: it is nowhere, and the message says what to do about it.
    """
    if data is not None:
        if not data.exists():
            raise UsageError(f"{data} does not exist; {entry.name} wants {entry.wants or 'a folder'}")
        return data
    looked = places(entry)
    for folder in looked:
        if entry.found(folder):
            return folder
    here = " and ".join(map(str, looked)) or "any folder, as there is no home directory"
    fetching = f" or run `exec-cli benchmarks fetch {entry.name}`" if entry.downloads else ""
    raise UsageError(f"there is no data of {entry.name} in {here}; give --data {entry.wants or 'FOLDER'},{fetching}")


def places(entry: Entry) -> tuple[Path, ...]:
    """The folders where a benchmark's data is looked for, in this order."""
    bases = []
    if named := os.environ.get(DATA_VARIABLE):
        bases.append(Path(named))
    if cache := lasting_cache(None):
        bases.append(cache / "data")
    return tuple(base / (entry.folder or entry.name) for base in bases)


def _check_options(entry: Entry, options: Mapping[str, str]) -> None:
    known = {option.name: option for option in entry.options}
    for name, value in options.items():
        if name not in known:
            raise UsageError(f"{entry.name} has no option '{name}'; {_did_you_mean(name, known)}")
        values = known[name].values
        if values and value not in values:
            raise UsageError(f"{entry.name}: {name} is '{value}', but must be one of {', '.join(values)}")


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    if near := get_close_matches(name, names, n=3, cutoff=0.5):
        return f"did you mean {' or '.join(near)}?"
    return f"there are {', '.join(names)}" if names else "it has none"


def _function(loader: str) -> Callable[..., Benchmark]:
    module, _, function = loader.partition(":")
    return cast("Callable[..., Benchmark]", getattr(import_module(module), function))
