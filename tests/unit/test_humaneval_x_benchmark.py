"""HumanEval-X as a benchmark: which files are read, and how a whole program takes the place of a completion."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from scorer.benchmarks.humaneval_x import Task
from scorer.benchmarks.humaneval_x_benchmark import HumanEvalX, load
from scorer.benchmarks.humaneval_x_solutions import functions, solution_source
from scorer.errors import BenchmarkDataError
from scorer.model import Form, Sample

PROMPT = "from math import pi\n\ndef given(x):\n    return x\n\n\ndef wanted(x):\n"
PYTHON = {
    "task_id": "Python/7",
    "prompt": PROMPT,
    "canonical_solution": "    return given(x)\n",
    "test": "assert wanted(2) == 2\n",
}


def put(folder: Path, name: str, **changes: str) -> Path:
    (folder / name).write_bytes(gzip.compress(json.dumps(PYTHON | changes).encode()))
    return folder


def task(task_id: str, prompt: str, test: str = "// tests\n", **more: str) -> Task:
    return Task.model_validate(dict(task_id=task_id, prompt=prompt, canonical_solution="", test=test) | more)


def test_a_folder_is_read_in_all_its_languages_or_in_one(tmp_path: Path) -> None:
    put(tmp_path, "humaneval_python.jsonl.gz")
    put(tmp_path, "humaneval_js.jsonl.gz", task_id="JavaScript/112", prompt="const wanted = (x) => {\n")
    both = load(tmp_path)
    assert {id_: problem.language for id_, problem in both.problems.items()} == {
        "JavaScript/112": "javascript",
        "Python/7": "python",
    }
    assert both.problems["JavaScript/112"].defect
    assert both.warnings == ("wrong in the data: JavaScript/112",)
    put(tmp_path, "humaneval_go.jsonl.gz", task_id="Go/95")
    undecided = load(tmp_path, "go")
    assert "by chance: Go/95" in undecided.warnings[0]
    assert len(undecided.warnings) == 1
    assert "another order each time" in undecided.problems["Go/95"].defect
    one = load(tmp_path, "python")
    assert list(one.problems) == ["Python/7"]
    assert one.problems["Python/7"].title == "wanted"
    assert one.version != both.version
    assert list(load(tmp_path / "humaneval_python.jsonl.gz").problems) == ["Python/7"]


def test_files_that_are_missing_or_of_another_language_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkDataError, match=r"holds no humaneval_go\.jsonl\.gz$"):
        load(tmp_path, "go")
    put(tmp_path, "humaneval_go.jsonl.gz")
    with pytest.raises(BenchmarkDataError, match=r"humaneval_go\.jsonl\.gz: Python/7 is not go"):
        load(tmp_path, "go")
    put(tmp_path, "humaneval_python.jsonl.gz")
    with pytest.raises(BenchmarkDataError, match="there is a task Python/7 in another file already"):
        load(tmp_path)


def test_the_digest_is_the_program_s_and_not_the_nonce_s() -> None:
    benchmark = HumanEvalX({"Python/7": Task.model_validate(PYTHON)}, "1")

    def digest(text: str, form: Form = Form.COMPLETION) -> str:
        return benchmark.prepare(Sample(problem="Python/7", index=0, text=text, form=form)).digest

    assert digest("    return x\n") == digest("    return x\n")
    assert digest("    return x\n") != digest("    return 1\n")
    assert digest(PROMPT + "    return x\n", Form.SOLUTION) != digest("    return 1\n")


def test_the_last_function_of_a_prompt_is_asked_for() -> None:
    assert functions(Task.model_validate(PYTHON)) == ["given", "wanted"]
    assert functions(task("CPP/7", "int given(int x){\n  for (;;) {}\n}\nvector<int> wanted(int x, int y){\n")) == [
        "given",
        "wanted",
    ]
    assert functions(task("Go/7", "func Given(x int) int {\n}\nfunc Wanted(x int) int {\n")) == ["Given", "Wanted"]
    assert functions(task("JavaScript/7", "const given = (x) => {\n  let y = 1\n}\nconst wanted = (x) => {\n")) == [
        "given",
        "wanted",
    ]
    assert functions(task("Java/7", "class Solution {\n    public List<Integer> wanted(int x) {\n")) == ["wanted"]
    assert functions(task("Rust/7", "", declaration="use md5;\nfn wanted(x: i32) -> i32 {\n")) == ["wanted"]


def test_helpers_that_the_prompt_gives_are_put_back_only_if_they_are_missing() -> None:
    each = Task.model_validate(PYTHON)
    alone = solution_source(each, "def wanted(x):\n    return given(x)\n")
    assert alone.count("def given(x):") == 1
    assert solution_source(each, PROMPT + "    return given(x)\n").count("def given(x):") == 1


def test_a_cpp_solution_gets_the_headers_of_the_prompt_and_loses_its_main() -> None:
    each = task(
        "CPP/7", "#include<vector>\n#include<map>\nusing namespace std;\nint wanted(int x){\n", "int main(){}\n"
    )
    code = solution_source(each, "#include <map>\nint wanted(int x) { return 1; }\nint main() {}\n")
    assert code.startswith("#include<stdlib.h>\n#include<algorithm>\n")
    assert "#include<map>" not in code
    assert code.index("using namespace std;") < code.index("int wanted")
    assert code.index("#define main") < code.index("int wanted") < code.index("#undef main") < code.rindex("int main()")


def test_a_java_solution_may_be_public_have_a_main_class_or_be_a_method_alone() -> None:
    each = task("Java/7", "import java.util.*;\n\nclass Solution {\n    public int wanted(int x) {\n")
    code = solution_source(each, "public class Solution { }\nclass Main { }\n")
    assert code.startswith("import java.util.*;\nclass Solution { }\nclass AnswersMain { }")
    method = solution_source(each, "import java.io.*;\npublic int wanted(int x) { return x; }\n")
    assert "import java.io.*;\nclass Solution {\npublic int wanted" in method


def test_a_go_solution_gets_its_imports_anew() -> None:
    setup = 'package main\n\nimport (\n    "testing"\n)\n'
    each = task("Go/7", "func Wanted(x int) int {\n", test_setup=setup)
    code = solution_source(
        each, 'package main\n\nimport "fmt"\nimport (\n\t"math"\n)\n\nfunc Wanted(x int) int { math.Abs(1) }\n'
    )
    assert code.count("package main") == 1
    assert 'import ("math")' in code
    assert "fmt" not in code


def test_a_rust_solution_gets_the_uses_that_it_lacks_and_one_main() -> None:
    each = task("Rust/7", "", declaration="use rand::Rng;\nuse md5;\nfn wanted() {\n")
    code = solution_source(each, "use rand::Rng;\nfn wanted() {}\n")
    assert code.startswith("fn main() {}\nuse md5;\nuse rand::Rng;\n")
    assert solution_source(each, "fn wanted() {}\nfn main() {}\n").count("fn main()") == 1
