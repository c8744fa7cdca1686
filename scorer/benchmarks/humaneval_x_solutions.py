"""
Whole programs as answers to HumanEval-X: what a model wrote instead of continuing the prompt.

The benchmark's evaluator knows no such answers. A solution takes the place of prompt and completion; what the prompt
brings and the solution takes for granted (imports, a helper function that is given, the class around a method) is put
back, and a main program of the model's own is kept from meeting that of the tests.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from scorer.benchmarks.humaneval_x import CPP_INCLUDES, Language, Task, go_imports, python_imports

_DECLARATIONS = {
    Language.CPP: r"^[A-Za-z_][\w:<>,&* ]*?[ &*](\w+) *\([^()]*\) *\{",
    Language.GO: r"^func (\w+)\(",
    Language.JAVA: r"^ +public [\w<>\[\], ]+? (\w+) *\(",
    Language.JS: r"^const (\w+) *=",
    Language.PYTHON: r"^def (\w+)\(",
    Language.RUST: r"^fn (\w+)",
}
"""The functions that a prompt declares; the last one is asked for."""


def functions(task: Task) -> list[str]:
    """The functions that the prompt declares; the last one is to be written, the others are given."""
    text = task.declaration if task.language is Language.RUST else task.prompt
    return re.findall(_DECLARATIONS[task.language], text, re.MULTILINE)


def solution_source(task: Task, solution: str) -> str:
    """
    A solution and its tests in one file.

    Args:
        solution: defines all that the prompt asks for.
    """
    return _SOURCES[task.language](task, _with_given(task, solution))


def _with_given(task: Task, solution: str) -> str:
    """The solution after what the prompt gives before the function, if that function is all that was written."""
    *given, wanted = functions(task) or [""]
    if not given or any(re.search(rf"\b{name}\b *[=(]", _without_calls(name, solution)) for name in given):
        return solution
    text = task.declaration if task.language is Language.RUST else task.prompt
    start = [found.start() for found in re.finditer(_DECLARATIONS[task.language], text, re.MULTILINE)][-1]
    head = text[:start]
    # A comment that belongs to the wanted function may begin before it: what is open is left out.
    if head.count("/*") > head.count("*/"):
        head = head[: head.rindex("/*")]
    return f"{head}\n{solution}" if wanted else solution


def _without_calls(name: str, solution: str) -> str:
    """Only the lines that may declare a function: calls are indented deeper, or no declarations."""
    declares = re.compile(rf"^\s*(?:def|func|fn|const|let|var|function|public|[\w:<>]+)\s[^;]*\b{name}\b *[=(]")
    return "\n".join(line for line in solution.splitlines() if declares.match(line) and "return" not in line)


def _lines_missing(lines: str, prompt: str, solution: str) -> str:
    """The prompt's lines of a kind that the solution does not have."""
    squeezed = re.sub(r"\s", "", solution)
    found = re.findall(rf"^(?:{lines})[^\n]*", prompt, re.MULTILINE)
    return "".join(f"{line}\n" for line in dict.fromkeys(found) if re.sub(r"\s", "", line) not in squeezed)


def _python(task: Task, solution: str) -> str:
    code = f"{solution}\n{task.test}"
    return python_imports(code) + code


def _cpp(task: Task, solution: str) -> str:
    lines = _lines_missing("#include|using namespace", task.prompt, solution)
    # A main program of the model's own is another function.
    return f"{CPP_INCLUDES}{lines}#define main answers_main\n{solution}\n#undef main\n{task.test}"


def _java(task: Task, solution: str) -> str:
    imports = _lines_missing("import ", task.prompt, solution)
    solution = re.sub(r"\bpublic\s+((?:final\s+)?class\s+)", r"\1", solution)
    solution = re.sub(r"\b(class\s+)Main\b", r"\1AnswersMain", solution)
    if not re.search(r"\bclass\s+Solution\b", solution):
        own = "".join(re.findall(r"^import [^\n]*\n", solution, re.MULTILINE))
        imports += own
        solution = "class Solution {\n" + re.sub(r"^import [^\n]*\n", "", solution, flags=re.MULTILINE) + "\n}\n"
    return f"{imports}{solution}\n{task.test}"


def _js(task: Task, solution: str) -> str:
    return f"{solution}\n{task.test}"


_GO_IMPORT = re.compile(r'^import\s*(?:\(([^)]*)\)|(?:[\w.]+\s+)?("[^"\n]*"))[^\n]*\n?', re.MULTILINE)


def _go(task: Task, solution: str) -> str:
    solution = re.sub(r"^package\s+\w+[^\n]*\n?", "", solution, flags=re.MULTILINE)
    # Go refuses an import twice and one that is not used, so all of them are written anew.
    solution = _GO_IMPORT.sub("", solution)
    return f"{task.test_setup}\n{go_imports(task, solution)}{solution}\n{task.test}"


def _rust(task: Task, solution: str) -> str:
    uses = _lines_missing("use ", task.declaration, solution)
    main = "" if re.search(r"^\s*fn\s+main\s*\(", solution, re.MULTILINE) else "fn main() {}\n"
    return f"{main}{uses}{solution}\n{task.test}"


_SOURCES: Mapping[Language, Callable[[Task, str], str]] = {
    Language.CPP: _cpp,
    Language.GO: _go,
    Language.JAVA: _java,
    Language.JS: _js,
    Language.PYTHON: _python,
    Language.RUST: _rust,
}
