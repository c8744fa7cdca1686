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
        name: in the benchmark's folder; empty: as in the url. Of an archive, the folder that it holds.
        sha256: hexadecimal; empty where it is not known: the digest obtained is shown, for a person to compare.
        unpack: it is a tar archive.
    """

    url: str
    name: str = ""
    sha256: str = ""
    unpack: bool = False

    @property
    def file_name(self) -> str:
        return self.name or self.url.rpartition("/")[2]


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
_HUMANEVAL_X_SHA256 = {
    "cpp": "dcf2e280a1e91bbc3c5f90edb41397e8a9ac1ccc9f5d2b70082f0b0fbfb6dbb0",
    "go": "09126ef64ac68f87296c5f3781186aedc5dec799b114d9df99d6de4a715a7830",
    "js": "fe5d467f2c1a027b3f6f18d3729aca01f6458c1de2e2d1292a019c5aa9bed424",
    "python": "5752fb122efddb0e9b47c77907ae6ce9a15aac4dea14e44c46032c831e6b987a",
}
_CODEAPEX = "https://raw.githubusercontent.com/APEXLAB/CodeApex"
_CODEAPEX_COMMIT = "140dae99e192bc4d9f2bc10915628488d621f127"
_LANG = Option("lang", "English or Chinese.", ("en", "zh"), "en")
_EVALPLUS = "https://github.com/evalplus"
_MBPP = "https://raw.githubusercontent.com/google-research/google-research/master/mbpp"
_STDIO_OPTIONS = (
    Option("checker", "How outputs are compared, as `exec-cli run --checker` takes it.", default="tokens"),
    Option("tests", "All test cases, or all but those that CodeContests' authors generated.", ("all", "given"), "all"),
)

_ENTRIES = (
    Entry(
        name="codeapex",
        summary="CodeApex, programming: 476 C++ problems, in English and Chinese",
        loader="scorer.benchmarks.codeapex:load",
        source="github.com/APEXLAB/CodeApex",
        files=("code_generate_problems_en.json", "code_generate_problems_zh.json"),
        wants="the folder of code_generate_problems_<en|zh>.json",
        downloads=(
            Download(
                url=f"{_CODEAPEX}/{_CODEAPEX_COMMIT}/CodeGeneration/data/code_generate_problems_en.json",
                sha256="6319347f64283c8c71ac9270fd81c1d99066ed1321e43b236f20d60a77c25d4d",
            ),
            Download(
                url=f"{_CODEAPEX}/{_CODEAPEX_COMMIT}/CodeGeneration/data/code_generate_problems_zh.json",
                sha256="ee14d85e8f7dd57c35757be79403dae20e433ac1646b6f24d98f35a599ea75dc",
            ),
        ),
        options=(
            _LANG,
            Option(
                "prompt",
                "Whether a model is shown the main program.",
                ("with-context", "function-only"),
                "with-context",
            ),
            Option("cases", "A folder of test cases of your own, with a folder for each problem."),
            Option("defects", "Problems that no program can be expected to solve.", ("keep", "skip"), "keep"),
            Option("standard", "Of C++, as GCC names it.", default="gnu++17"),
        ),
    ),
    Entry(
        name="codeapex-comprehension",
        summary="CodeApex, comprehension: 250 questions with a choice of four answers",
        loader="scorer.benchmarks.codeapex_comprehension:load",
        source="github.com/APEXLAB/CodeApex",
        folder="codeapex",
        files=("testcases_en.json", "testcases_zh.json"),
        wants="the folder of testcases_<en|zh>.json",
        downloads=(
            Download(
                url=f"{_CODEAPEX}/{_CODEAPEX_COMMIT}/ProgrammingComprehension/testcases/testcases_en.json",
                sha256="d5164f8214d7aaa5da6ea5cc511a4f1b1b63cf2c973c8d3c3d91d064487734f7",
            ),
            Download(
                url=f"{_CODEAPEX}/507f4cc8fa3bb5902574d68a2ee6495f5d5126bd"
                "/Programming_Comprehension/testcases/testcases_zh.json",
                sha256="5f605b278cffc4e21fb22ea7a08c40f5a6409099bffbc921ea9b8ed673cf1a1d",
            ),
        ),
        options=(
            _LANG,
            Option("key", "A file with the right letters: they are not public."),
            Option("answers", "Where the letter stands in an answer.", ("auto", "answer-only", "cot"), "auto"),
        ),
    ),
    Entry(
        name="apps",
        summary="APPS and TACO: contest problems from the web, programs and functions, usually in Python",
        loader="scorer.benchmarks.stdio:load_apps",
        source="github.com/hendrycks/apps",
        licence="MIT",
        files=("APPS/test", "*.jsonl", "*.jsonl.gz", "*.json"),
        wants="APPS as it is unpacked, or a file of JSON lines with `input_output`",
        downloads=(Download(url="https://people.eecs.berkeley.edu/~hendrycks/APPS.tar.gz", name="APPS", unpack=True),),
        options=(
            Option("split", "Which part of the unpacked tree.", ("test", "train"), "test"),
            Option("language", "Of samples that do not say theirs; empty: each has to.", default="python"),
            *_STDIO_OPTIONS,
        ),
    ),
    Entry(
        name="code-contests",
        summary="CodeContests, or problems of your own: JSON lines with inputs and outputs, in any language",
        loader="scorer.benchmarks.stdio:load_code_contests",
        source="github.com/google-deepmind/code_contests",
        licence="CC-BY-4.0",
        files=("*.jsonl", "*.jsonl.gz", "*.json"),
        wants="a file of JSON lines with `public_tests` ... or `tests`, converted from the published records",
        options=(
            Option("language", "Of samples that do not say theirs; empty: each has to."),
            *_STDIO_OPTIONS,
        ),
    ),
    Entry(
        name="evalplus",
        summary="HumanEval+ and MBPP+: the tasks of HumanEval and MBPP with many more inputs",
        loader="scorer.benchmarks.evalplus:load",
        source="github.com/evalplus/evalplus",
        licence="Apache-2.0",
        files=("HumanEvalPlus.jsonl*", "MbppPlus.jsonl*"),
        wants="HumanEvalPlus.jsonl or MbppPlus.jsonl, compressed or not, or their folder",
        downloads=(
            Download(url=f"{_EVALPLUS}/humanevalplus_release/releases/download/v0.1.10/HumanEvalPlus.jsonl.gz"),
            Download(url=f"{_EVALPLUS}/mbppplus_release/releases/download/v0.2.0/MbppPlus.jsonl.gz"),
        ),
        options=(
            Option("which", "Which file of the folder.", ("humaneval", "mbpp"), "humaneval"),
            Option("tests", "Both cases, or that of the original benchmark alone.", ("plus", "base"), "plus"),
        ),
    ),
    Entry(
        name="humaneval",
        summary="HumanEval: 164 Python functions to be completed",
        loader="scorer.benchmarks.humaneval:load",
        source="github.com/openai/human-eval",
        licence="MIT",
        files=("HumanEval.jsonl*", "human-eval-v2-20210705.jsonl"),
        wants="HumanEval.jsonl, compressed or not, or its folder",
        downloads=(
            Download(
                url="https://raw.githubusercontent.com/openai/human-eval/master/data/HumanEval.jsonl.gz",
                sha256="b796127e635a67f93fb35c04f4cb03cf06f38c8072ee7cee8833d7bee06979ef",
            ),
        ),
    ),
    Entry(
        name="mbpp",
        summary="MBPP: short Python tasks in prose, 500 of them for tests",
        loader="scorer.benchmarks.mbpp:load",
        source="github.com/google-research/google-research/tree/master/mbpp",
        licence="CC-BY-4.0",
        files=("mbpp.jsonl*", "sanitized-mbpp.json*"),
        wants="mbpp.jsonl or sanitized-mbpp.json, or their folder",
        downloads=(Download(url=f"{_MBPP}/mbpp.jsonl"), Download(url=f"{_MBPP}/sanitized-mbpp.json")),
        options=(
            Option("split", "Tasks 11 to 510 are for tests.", ("test", "train", "validation", "prompt", "all"), "test"),
            Option("which", "Which file of the folder.", ("full", "sanitized"), "full"),
            Option("tests", "With or without the assertions called challenges.", ("list", "challenge"), "list"),
        ),
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
                sha256=_HUMANEVAL_X_SHA256.get(language, ""),
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
            Option("levels", "A YAML file that says how difficult each question is; docs/infibench.md has its form."),
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
