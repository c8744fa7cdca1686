"""
The unit tests of InfiBench as programs: what is taken from a response, what is put around it, and the job it becomes.

    header of the language, text of prefix_path, code of (prefix and response), text of the test

A test passes when the last command ends with exit status 0. In Python it passes when the program comes to its end,
which a nonce proves: SystemExit is a failure, as with the benchmark's grader. In JavaScript and TypeScript it writes a
nonce at its end as well, so that one run tells both modes their verdict: `compat` wants the exit status alone,
`corrected` the nonce too, and `process.exit(0)` before the assertions no longer passes.

Source: execution_utils.py of github.com/infi-coder/infibench-evaluator.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from executor.model import MIB, SECOND, Checker, CheckerKind, File, Job, Limits, Submission, TestCase, Verdict
from scorer.benchmarks.infibench.cases import Case, UnitTest

LANGUAGES: Mapping[str, str] = {
    **dict.fromkeys(("c", "c++", "cpp", "c/c++", "c++/c", "cpp/c", "c/cpp"), "cpp"),
    **dict.fromkeys(("js", "javascript"), "javascript"),
    **dict.fromkeys(("ts", "typescript"), "typescript"),
    **dict.fromkeys(("c#", "c-sharp", "csharp", "cs"), "csharp"),
    **{name: name for name in ("python", "java", "r", "go")},
}
"""By the names in the files; any other is a mistake, for which the grader leaves the question out."""

SECONDS: Mapping[str, int] = {
    "python": 10,
    "cpp": 60,
    "javascript": 10,
    "typescript": 20,
    "java": 10,
    "go": 20,
    "csharp": 20,
    "r": 20,
}
"""The grader's time limits, there of wall time and for compiling as well; here of CPU time, and for the run alone."""


@dataclass(frozen=True, slots=True)
class Test:
    """A unit test, its texts in place."""

    __test__ = False  # pytest must not collect it

    text: str
    prefix: str = ""
    prefix_text: str = ""
    weight: float = 1.0
    seconds: float | None = None
    only_longest: bool = False


def tests_of(case: Case) -> list[Test]:
    unit_test = case.grading.unit_test
    return [_test(case, each) for each in unit_test.tests] if unit_test else []


def _test(case: Case, test: UnitTest | str) -> Test:
    if isinstance(test, str):
        return Test(test)
    return Test(
        text=case.files[test.path] if test.path is not None else test.content or "",
        prefix=test.prefix,
        prefix_text=case.files[test.prefix_path] if test.prefix_path is not None else "",
        weight=test.weight,
        seconds=test.timeout,
        only_longest=test.only_longest,
    )


def language_of(case: Case) -> str:
    """
    The language of a case's unit tests.

    Raises:
        KeyError: it is none that has unit tests.
    """
    return LANGUAGES[_language(case)]


def _language(case: Case) -> str:
    unit_test = case.grading.unit_test
    assert unit_test is not None
    return unit_test.lang or case.file.lang


_NEEDS_NETWORK = re.compile(r"""-m["'], *["']pip["'], *["'](install|index)""")
"""In the text of a test: it asks a package index what is new, and compares the answer's own finding with that."""


def needs_network(case: Case) -> bool:
    """Whether the tests of a case could not be judged in a box, which has no network."""
    return any(_NEEDS_NETWORK.search(test.text) for test in tests_of(case))


# --- what is taken from a response -----------------------------------------------------------------------------------

_MARKERS = ("```", r"\begin{code}", r"\end{code}")
_STOP_WORDS: Mapping[str, tuple[str, ...]] = {
    "python": ("\nclass", "\ndef", "\n#", "\n@", "\nprint", "\nif", "\nassert"),
    "go": ("\n//", "\nfunc main(", "struct", "\nfunc"),
}


def code_of(text: str, language: str, *, only_longest: bool) -> str:
    """What stands between markers of code; without any, the beginning of the text, cut where a function ends."""
    if sum(text.count(marker) for marker in _MARKERS) < 2:
        return _beginning(text, language)
    lines = text.split("\n")
    marked = [i for i, line in enumerate(lines) if any(marker in line for marker in _MARKERS)]
    pairs = list(zip(marked[::2], marked[1::2], strict=False))
    if only_longest:
        pairs = [max(pairs, key=lambda pair: pair[1] - pair[0])] if pairs else []
    return "\n\n".join("\n".join(lines[begin + 1 : end]) for begin, end in pairs)


def _beginning(code: str, language: str) -> str:
    for word in _STOP_WORDS.get(language, ()):
        code = code.partition(word)[0]
    if language == "python":
        lines = code.split("\n")
        end = next((i for i, line in enumerate(lines) if line.strip() and line[0] not in " \t"), len(lines))
        return code if end == len(lines) else "\n".join(lines[:end])
    if language in {"java", "javascript", "go", "cpp"}:
        return _until_closed(code, language)
    return code


def _until_closed(code: str, language: str) -> str:
    """Up to the brace that closes what the prompt has opened: a function, in Java a class around it."""
    depth = 2 if language == "java" else 1
    for brace in re.finditer(r"[{}]", code):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return code[: brace.end()]
    if language == "java":
        return _java_class(code)
    return code[: code.rfind("}") + 1] if "}" in code else code


def _java_class(code: str) -> str:
    head, main, _ = code.partition("public static void main")
    if main:
        code = head + "}"
    if "}" in code:
        code = code[: code.rfind("}") + 1]
    return code + "\n}" if code.count("{") - 1 == code.count("}") else code


# --- what is put around it -------------------------------------------------------------------------------------------

_PYTHON_IMPORTS: Mapping[str, str] = {
    **{f"import {name}": name for name in "math re sys copy datetime itertools collections heapq".split()},
    **{f"import {name}": name for name in "statistics functools hashlib numpy string requests".split()},
    "import numpy as np": "np",
    "import pandas as pd": "pd",
    **{f"import {name}": name for name in "openpyxl xlsxwriter yolk".split()},
}
_DYNAMIC = frozenset("eval exec globals locals vars dir getattr compile sys modules".split())
"""A program that says one of these may use a name that no word of it shows."""
_PACKAGE = re.compile(r"^[ \t]*import\b[^#\n]*\b(?:PIL|dateutil|email|http|importlib|urllib|xml)\b(?!\.)", re.MULTILINE)
"""Programs that import one of these alone use modules in it which only the header's own imports have brought."""

# The grader says `using namespace std;` first, which comes to the same: so the headers are the beginning, and a runtime
# may have them precompiled.
_CPP_HEADER = "\n".join(
    [
        *(f"#include<{name}>" for name in "stdlib.h algorithm cmath math.h numeric stdio.h vector set map".split()),
        *(f"#include<{name}>" for name in "queue stack list deque boost/any.hpp string climits cstring".split()),
        *(f"#include<{name}>" for name in "iostream sstream fstream".split()),
        "using namespace std;",
    ]
)
_R_HEADER = "rm(list=ls())\nlibrary(assert)"


def program_of(test: Test, language: str, response: str, *, whole: bool = False) -> str:
    """
    The source of one test of a response.

    Args:
        whole: with all of the grader's header, also with what the program does not name.
    """
    code = code_of(f"{test.prefix}\n{response}", language, only_longest=test.only_longest)
    code = f"{test.prefix_text}\n{code}"
    if language == "python":
        header = _python_header(f"{code}\n{test.text}", whole=whole)
        code = _future_first(f"{header}\n{code}".strip())
    elif language in {"cpp", "r"}:
        code = f"{_CPP_HEADER if language == 'cpp' else _R_HEADER}\n{code}".strip()
    return f"{code}\n{test.text}"


def _python_header(code: str, *, whole: bool) -> str:
    # The grader imports all of them before every answer, which costs a second; here those that a word of it names.
    words = set(re.findall(r"\w+", unicodedata.normalize("NFKC", code)))  # as Python reads names
    every = whole or bool(words & _DYNAMIC) or _PACKAGE.search(code) is not None
    imports = [line for line, name in _PYTHON_IMPORTS.items() if every or name in words]
    return "\n".join([*imports, "from typing import *", "from collections import *"])


def _future_first(code: str) -> str:
    lines = code.split("\n")
    future = [line for line in lines if line.startswith("from __future__")]
    return "\n".join([*future, *(line for line in lines if not line.startswith("from __future__"))])


# --- the job ---------------------------------------------------------------------------------------------------------

# Executed as the grader does it, in an empty namespace: __name__ is then `builtins`, and main guards do not run. The
# nonce is no global: an answer that imports __main__ does not find it there. An interpreter that has loaded pandas is
# taken down in ten times the time of a test, so it ends at once, as the grader's children do.
_PYTHON_MAIN = b"""\
import os, sys

def main():
    write, leave, nonce, output = os.write, os._exit, os.read(0, 64), os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "program.txt"), encoding="utf-8") as file:
        program = file.read()
    try:
        exec(program, {})
    except BaseException:
        sys.__excepthook__(*sys.exc_info())
        leave(1)
    write(output, nonce)
    leave(0)

main()
"""
# The test is the program that node was started with, as far as it can see.
_NODE_MAIN = """\
const fs = require("fs"), path = require("path"), { runMain } = require("module");
const nonce = fs.readFileSync(0), write = process.stdout.write.bind(process.stdout);
process.stdout.write = (text, encoding, done) => {
  const then = typeof encoding === "function" ? encoding : done;
  if (then) process.nextTick(then);
  return true;
};
process.once("beforeExit", () => { if (!process.exitCode) write(nonce); });
%s
runMain();
"""
_JAVASCRIPT_MAIN = (_NODE_MAIN % 'process.argv[1] = path.join(__dirname, "test.js");').encode()
# As `tsc test.ts --outfile test.js` writes it, but without a look at types, which do not matter to the grader. Nothing
# is written where the program is a module, and so such an answer fails.
_TYPESCRIPT_MAIN = (
    _NODE_MAIN
    % """\
const ts = require("typescript-5");
const text = fs.readFileSync(path.join(__dirname, "program.txt"), "utf8");
const source = ts.createSourceFile("test.ts", text, ts.ScriptTarget.ES5);
ts.createProgram(["test.ts"], { outFile: "test.js", noLib: true, noResolve: true }, {
  fileExists: (name) => name === "test.ts",
  getCanonicalFileName: (name) => name,
  getCurrentDirectory: () => "",
  getDefaultLibFileName: () => "lib.d.ts",
  getNewLine: () => "\\n",
  getSourceFile: (name) => name === "test.ts" ? source : undefined,
  readFile: () => undefined,
  useCaseSensitiveFileNames: () => true,
  writeFile: (name, text) => fs.writeFileSync(name, text),
}).emit();
process.argv[1] = path.resolve("test.js");"""
).encode()


@dataclass(frozen=True, slots=True)
class _Made:
    submission: Submission
    nonce: bool = False
    """Whether the test passes by writing what it reads, rather than by its exit status."""


def _plain(runtime: str, name: str, *flags: str) -> Callable[[bytes], _Made]:
    return lambda code: _Made(Submission(files=(File(name, code),), runtime=runtime, flags=flags))


def _with_main(runtime: str, main: str, text: bytes, name: str) -> Callable[[bytes], _Made]:
    def make(code: bytes) -> _Made:
        return _Made(Submission(files=(File(main, text), File(name, code)), runtime=runtime, entry=main), nonce=True)

    return make


_SUBMISSIONS: Mapping[str, Callable[[bytes], _Made]] = {
    "python": _with_main("python", "main.py", _PYTHON_MAIN, "program.txt"),
    "cpp": _plain("cpp", "main.cpp", "-std=gnu++17", "-O0"),
    "javascript": _with_main("javascript", "main.js", _JAVASCRIPT_MAIN, "test.js"),
    "typescript": _with_main("javascript", "main.js", _TYPESCRIPT_MAIN, "program.txt"),
    "java": _plain("java", "Main.java"),
    "go": _plain("go", "main.go"),
    "csharp": _plain("csharp", "main.cs"),
    "r": _plain("r", "main.R"),
}
_STATUS_ALONE = frozenset({"javascript", "typescript"})
"""Languages whose programs pass the grader with exit status 0, wherever they end, though they could prove their end."""


# Programs that import what takes long to import run where it has been imported beforehand.
_DATA = re.compile(
    r"^[ \t]*(?:import|from)[ \t]+(?:numpy|pandas|requests|openpyxl|xlsxwriter|yolk|pytz)\b", re.MULTILINE
)
_TIDYVERSE = re.compile(
    r"(?:\b(?:library|require|requireNamespace|loadNamespace)\s*\(\s*[\"']?|\b(?=[\w.]+::))"
    r"(?:tidyverse|data\.table|dplyr|dtplyr|forcats|ggplot2|lubridate|purrr|readr|stringr|tibble|tidyr)\b"
)
_TORCH = re.compile(r"^\s*(?:import|from) torch\b", re.MULTILINE)


def runtime_of(case: Case) -> str:
    """
    The runtime that has to be there for a case's tests, with what its name begins with.

    That of TypeScript 5 needs that of JavaScript.

    Raises:
        KeyError: as `language_of`.
    """
    language = language_of(case)
    if language == "python":
        return "python-torch" if extras_of(case) else "python-data"
    return {"typescript": "typescript-5", "r": "r-tidyverse"}.get(language, language)


def _runtime_for(test: Test, language: str, program: str) -> str | None:
    """That of one program, where it is not the language's own."""
    if language == "python":
        return "python-torch" if _needs_torch(test) else "python-data" if _DATA.search(program) else None
    return "r-tidyverse" if language == "r" and _TIDYVERSE.search(program) else None


def extras_of(case: Case) -> tuple[str, ...]:
    """Extras that a case's tests need beside those of the benchmark: torch has one of its own, for its size."""
    return ("torch",) if any(map(_needs_torch, tests_of(case))) else ()


def _needs_torch(test: Test) -> bool:
    return any(_TORCH.search(text) for text in (test.text, test.prefix_text))


def proves_its_end(case: Case) -> bool:
    """Whether `corrected` wants more of a case's tests than an exit status."""
    return case.grading.unit_test is not None and LANGUAGES.get(_language(case)) in _STATUS_ALONE


def passes(language: str, verdict: Verdict, *, corrected: bool) -> bool:
    """Whether a test has passed whose job has this verdict."""
    # WA: the program ended by itself with exit status 0, but without the nonce.
    return verdict is Verdict.AC or (verdict is Verdict.WA and language in _STATUS_ALONE and not corrected)


def job_of(test: Test, language: str, program: str) -> Job:
    """What runs a test; `passes` says what its verdict means."""
    made = _SUBMISSIONS[language](program.encode("utf-8", "surrogatepass"))
    runtime = _runtime_for(test, language, program) or made.submission.runtime
    seconds = SECONDS[language] if test.seconds is None else test.seconds
    cpu_ns = round(seconds * SECOND)
    nonce = secrets.token_hex(16).encode()
    return Job(
        id="",
        submission=replace(made.submission, runtime=runtime),
        cases=(TestCase(name="unit test", stdin=nonce, expected=nonce) if made.nonce else TestCase(name="unit test"),),
        # The grader has no memory limit; pandas and the JVM want some, torch a gigabyte.
        limits=Limits(cpu_ns=cpu_ns, wall_ns=3 * cpu_ns + 60 * SECOND, memory_bytes=2048 * MIB, processes=256),
        checker=Checker(CheckerKind.TOKENS) if made.nonce else Checker(CheckerKind.EXIT),
    )
