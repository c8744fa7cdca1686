"""
HumanEval-X: 164 tasks, each in C++, Go, Java, JavaScript, Python and Rust, judged by assertions.

An answer continues the beginning of a function, and the benchmark's tests call it: answer and tests are one program,
which proves by a nonce that it came to its end, see `scorer.benchmarks.assertions`. In JavaScript it also has to have
been silent on standard error, as `console.assert` does not touch the exit status. In Rust the program is judged by the
report of Rust's own test framework, through the runtime `rust-test`.

This module knows programs; `scorer.benchmarks.humaneval_x_benchmark` makes them of samples.

Source: the layouts of the programs follow the evaluator in github.com/THUDM/CodeGeeX, codegeex/benchmark; where this
module differs from it on purpose, the comment there says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from executor.model import File, Submission, TestCase
from scorer.benchmarks.assertions import nonce_case
from scorer.benchmarks.reading import records_of
from scorer.errors import BenchmarkDataError


class Language(StrEnum):
    """A language of the benchmark, by the name in its files: humaneval_<language>.jsonl.gz."""

    CPP = "cpp"
    GO = "go"
    JAVA = "java"
    JS = "js"
    PYTHON = "python"
    RUST = "rust"


_PREFIXES = {
    "CPP": Language.CPP,
    "Go": Language.GO,
    "Java": Language.JAVA,
    "JavaScript": Language.JS,
    "Python": Language.PYTHON,
    "Rust": Language.RUST,
}


class Task(BaseModel):
    """
    One task in one language; the fields are those of the benchmark's files.

    Args:
        task_id: `CPP/0`.
        prompt: what a model is asked to continue.
        canonical_solution: a continuation that is right, with a few exceptions in JavaScript.
        test: the assertions.
        declaration: the prompt without its description.
        imports, test_setup: Go's only.
    """

    model_config = ConfigDict(frozen=True, strict=True)

    task_id: str = Field(pattern=rf"^({'|'.join(_PREFIXES)})/\d+$")
    prompt: str
    canonical_solution: str
    test: str
    declaration: str = ""
    imports: str = Field("", alias="import")
    test_setup: str = ""

    @property
    def language(self) -> Language:
        return _PREFIXES[self.task_id.partition("/")[0]]


@dataclass(frozen=True, slots=True)
class Program:
    """
    An answer in a form that an engine can judge: AC if it is right.

    Args:
        case: compared by tokens, as jobs are by default.
    """

    submission: Submission
    case: TestCase


def load(path: Path) -> list[Task]:
    """
    The tasks of a file of JSON lines, compressed by gzip or not.

    Raises:
        BenchmarkDataError: the file cannot be read, or a line is no task or repeats one.
    """
    tasks: dict[str, Task] = {}
    for number, task in records_of(path, Task):
        if task.task_id in tasks:
            raise BenchmarkDataError(f"{path}, line {number}: there is a task {task.task_id} already")
        tasks[task.task_id] = task
    return list(tasks.values())


def source(task: Task, completion: str) -> str:
    """
    An answer and its tests in one file, as the benchmark's evaluator lays them out.

    Args:
        completion: continues the task's prompt.
    """
    return _SOURCES[task.language](task, completion)


def program(task: Task, completion: str) -> Program:
    """
    The program that judges an answer.

    Args:
        completion: continues the task's prompt.
    """
    return program_of(task, source(task, completion))


def program_of(task: Task, code: str) -> Program:
    """
    The program that judges an answer that has been laid out.

    Args:
        code: answer and tests in one file.
    """
    submission = _SUBMISSIONS[task.language](task, code)
    rust = submission.runtime == "rust-test"
    return Program(submission, TestCase(name=task.task_id) if rust else nonce_case(task.task_id))


def _submission(runtime: str, sources: Mapping[str, str], flags: tuple[str, ...] = ()) -> Submission:
    """The first source is the entry."""
    files = tuple(File(name, code.encode("utf-8", "replace")) for name, code in sources.items())
    return Submission(files=files, runtime=runtime, entry=next(iter(sources)), flags=flags)


_PYTHON_MODULES = (
    "math re sys copy datetime itertools collections heapq statistics functools hashlib numpy string".split()
)


def _python_source(task: Task, completion: str) -> str:
    """What follows the function is cut off, as the evaluator does: tests of the model's own, a second function."""
    lines = completion.split("\n")
    end = next((i for i, line in enumerate(lines) if line.strip() and line[0] not in " \t"), len(lines))
    code = task.prompt + "\n".join(lines[:end]) + "\n" + task.test
    return python_imports(code) + code


def python_imports(code: str) -> str:
    """The evaluator imports all modules, once. Here every program would pay for those that no word of it names."""
    words = set(re.findall(r"\w+", code))
    imports = [f"import {module}" for module in _PYTHON_MODULES if module in words]
    if "np" in words:
        imports.append("import numpy as np")
    return "\n".join(["from typing import *", "from collections import *", *imports, ""])


_PYTHON_BEGIN = """\
import os as _os
_nonce = _os.read(0, 64)
_stdout = _os.dup(1)
_os.dup2(_os.open(_os.devnull, _os.O_WRONLY), 1)
"""
_PYTHON_END = "\n_os.write(_stdout, _nonce)\n"


_PYTHON_FUTURE = re.compile(r"^from __future__ import [^\n]*\n", re.MULTILINE)


def _python(_: Task, code: str) -> Submission:
    # Nothing may stand before these.
    future = "".join(_PYTHON_FUTURE.findall(code))
    code = _PYTHON_FUTURE.sub("\n", code)
    return _submission("python", {"main.py": future + _PYTHON_BEGIN + code + _PYTHON_END})


def _plain_source(task: Task, completion: str) -> str:
    return f"{task.prompt}{completion}\n{task.test}"


# Passes if it writes nothing at all, as with the evaluator: a failed console.assert writes to standard error.
# beforeExit comes when nothing is left to do, and neither after process.exit() nor after an uncaught exception.
_JS_MAIN = """\
const nonce = require("fs").readFileSync(0);
let clean = true;
const write = process.stderr.write;
process.stderr.write = function (...words) {
  clean = false;
  return write.apply(this, words);
};
process.once("beforeExit", () => {
  if (clean) process.stdout.write(nonce);
});
require("./solution.js");
"""


def _js(_: Task, code: str) -> Submission:
    return _submission("javascript", {"main.js": _JS_MAIN, "solution.js": code})


_CPP_INCLUDES = "stdlib.h algorithm math.h stdio.h vector string climits cstring iostream".split()


def _cpp_source(task: Task, completion: str) -> str:
    return f"{CPP_INCLUDES}\n{task.prompt}{completion}\n{task.test}"


# Also those that the code includes itself, which the evaluator leaves to it: so all programs begin alike, and what they
# begin with is compiled once.
CPP_INCLUDES = "".join(f"#include<{name}>\n" for name in _CPP_INCLUDES)
"""What the evaluator includes."""


# Linked in front of the program's main, which the linker calls __real_main; there are no includes, since they take
# longer than all the rest. The constructor has the first priority that a program may use.
_CPP_MAIN = r"""
extern "C" {
long read(int, void *, unsigned long);
long write(int, const void *, unsigned long);
int dup(int), dup2(int, int), open(const char *, int, ...);
int __real_main(int, char **);
}
static char nonce[64];
static long size;
static int output;
__attribute__((constructor(101))) static void begin() {
    size = read(0, nonce, sizeof nonce);
    output = dup(1);
    dup2(open("/dev/null", 1), 1);
}
extern "C" int __wrap_main(int count, char **words) {
    int status = __real_main(count, words);
    if (status == 0 && write(output, nonce, size) != size) return 1;
    return status;
}
"""
# What the evaluator compiles with, optimisation included: some answers end otherwise when undefined behaviour is
# optimised.
_CPP_FLAGS = ("-std=c++11", "-O0", "-Wl,--wrap=main")
CPP_LIBRARIES: Mapping[str, tuple[str, ...]] = {"CPP/162": ("-lcrypto", "-lssl")}
"""What the programs of some tasks are linked with."""


def _cpp(task: Task, code: str) -> Submission:
    flags = (*_CPP_FLAGS, *CPP_LIBRARIES.get(task.task_id, ()))
    return _submission("cpp", {"main.cpp": code, "ennead.cpp": _CPP_MAIN}, flags)


_JAVA_MAIN = """\
import java.io.OutputStream;
import java.io.PrintStream;

public class Ennead {
    public static void main(String[] words) throws Exception {
        PrintStream output = System.out;
        byte[] nonce = System.in.readAllBytes();
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        Main.main(words);
        output.write(nonce);
        output.flush();
    }
}
"""


def _java(_: Task, code: str) -> Submission:
    return _submission("java", {"Ennead.java": _JAVA_MAIN, "Main.java": code})


_GO_PACKAGES = "math strings fmt strconv time bytes regexp sort math/rand crypto/md5".split()


def _go_source(task: Task, completion: str) -> str:
    prompt = task.prompt.replace(task.imports, "") if task.imports else task.prompt
    return f"{task.test_setup}\n{go_imports(task, completion)}{prompt}{completion}\n{task.test}"


def go_imports(task: Task, code: str) -> str:
    """
    The packages that the code uses and the tests do not import.

    Unlike the evaluator, which finds "math" in "math/rand" and `sort.` in `resort.`, and so fails answers for want of
    an import.
    """
    used = [
        f'"{package}"'
        for package in _GO_PACKAGES
        if f'"{package}"' not in task.test_setup and re.search(rf"\b{package.rpartition('/')[2]}\.\w", code)
    ]
    return f"import ({'; '.join(used)})\n" if used else ""


# An ordinary program, not one of `go test`: its report would be on standard output, where the answer can write as well,
# and building its main program takes longer.
_GO_MAIN = """\
package main

import (
	"io"
	"os"
	"syscall"
	"testing"
)

func main() {
	nonce, _ := io.ReadAll(os.Stdin)
	kept, _ := syscall.Dup(1)
	output := os.NewFile(uintptr(kept), "output")
	null, _ := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	syscall.Dup3(int(null.Fd()), 1, 0)
	tests := []testing.InternalTest{%s}
	passed := 0
	for i := range tests {
		test := tests[i].F
		tests[i].F = func(t *testing.T) {
			test(t)
			if t.Failed() {
				return
			}
			if passed++; passed == len(tests) {
				output.Write(nonce)
			}
		}
	}
	every := func(_, _ string) (bool, error) { return true, nil }
	testing.Main(every, tests, nil, nil)
}
"""


def _go(task: Task, code: str) -> Submission:
    tests = ", ".join(f'{{"{name}", {name}}}' for name in re.findall(r"^func (Test\w*)\(", task.test, re.MULTILINE))
    # A main program of the model's own does no harm in a test, and none here.
    code = re.sub(r"^func main\(", "func _(", code, flags=re.MULTILINE)
    return _submission("go", {"main.go": _GO_MAIN % tests, "solution.go": code})


def _rust_source(task: Task, completion: str) -> str:
    return f"fn main() {{}}\n{task.declaration}{task.prompt}{completion}{task.test}"


_CRATES = ("md5", "rand", "regex")
"""What the tasks import; the extra `humaneval-x` of Rust brings them."""


def _rust(_: Task, code: str) -> Submission:
    flags = tuple(f"--extern={crate}" for crate in _CRATES if re.search(rf"\b{crate}\b", code))
    return _submission("rust-test", {"main.rs": code}, flags)


_SOURCES: Mapping[Language, Callable[[Task, str], str]] = {
    Language.CPP: _cpp_source,
    Language.GO: _go_source,
    Language.JAVA: _plain_source,
    Language.JS: _plain_source,
    Language.PYTHON: _python_source,
    Language.RUST: _rust_source,
}
_SUBMISSIONS: Mapping[Language, Callable[[Task, str], Submission]] = {
    Language.CPP: _cpp,
    Language.GO: _go,
    Language.JAVA: _java,
    Language.JS: _js,
    Language.PYTHON: _python,
    Language.RUST: _rust,
}
