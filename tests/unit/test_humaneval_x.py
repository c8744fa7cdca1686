"""HumanEval-X: what its files may hold, and what becomes of an answer."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from executor.model import Submission
from scorer.benchmarks.humaneval_x import Language, Task, load, program
from scorer.errors import BenchmarkDataError

FIELDS = {
    "task_id": "Python/7",
    "prompt": "def twice(x):\n",
    "canonical_solution": "    return 2 * x\n",
    "test": "assert twice(2) == 4\n",
    "example_test": "",
}
LINE = json.dumps(FIELDS)

Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_one(content: str | bytes) -> Path:
        path = tmp_path / "humaneval_python.jsonl.gz"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_one


def task(**fields: str) -> Task:
    return Task.model_validate(FIELDS | fields)


def texts(submission: Submission) -> dict[str, str]:
    return {file.name: file.content.decode() for file in submission.files if isinstance(file.content, bytes)}


def test_a_file_is_read_compressed_or_not(write: Write) -> None:
    lines = LINE + "\n\n" + LINE.replace("Python/7", "Python/8") + "\n"
    plain = load(write(lines))
    assert [each.task_id for each in plain] == ["Python/7", "Python/8"]
    assert plain[0].language is Language.PYTHON
    assert load(write(gzip.compress(lines.encode()))) == plain


@pytest.mark.parametrize(
    "line, mistake",
    [
        ("{", "line 2: Invalid JSON"),
        ("[1]", "line 2: Input should be an object"),
        (LINE.replace('"test":', '"tests":'), "line 2: test: Field required"),
        (LINE.replace("Python/7", "Cobol/7"), "line 2: task_id: String should match"),
        (LINE.replace('"def twice(x):\\n"', "7"), "line 2: prompt: Input should be a valid string"),
        (LINE, "line 2: there is a task Python/7 already"),
    ],
)
def test_a_bad_line_is_refused_with_its_file_and_number(write: Write, line: str, mistake: str) -> None:
    with pytest.raises(BenchmarkDataError) as refused:
        load(write(f"{LINE}\n{line}\n"))
    assert str(refused.value).startswith(f"{write('')}, {mistake}")


@pytest.mark.parametrize("content", [gzip.compress(LINE.encode(), mtime=0)[:-9], b"\x1f\x8bnonsense"])
def test_a_file_that_cannot_be_read_is_refused_with_its_name(write: Write, content: bytes) -> None:
    with pytest.raises(BenchmarkDataError, match=r"humaneval_python\.jsonl\.gz cannot be read"):
        load(write(content))


def test_a_missing_file_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkDataError, match=r"nowhere\.jsonl cannot be read"):
        load(tmp_path / "nowhere.jsonl")


def test_every_run_has_a_nonce_of_its_own_that_no_source_holds() -> None:
    first, second = (program(task(), "    return 2 * x\n") for _ in range(2))
    assert first.case.stdin == first.case.expected
    assert first.case.expected != second.case.expected
    assert first.submission == second.submission


def test_a_python_answer_ends_where_the_function_does() -> None:
    answer = "    return 2 * x\n\n    # not reached\ndef other():\n    return np.zeros(1)\n"
    (code,) = texts(program(task(), answer).submission).values()
    assert "# not reached\nassert" in code.replace("\n\n", "\n")
    assert "other" not in code
    assert "numpy" not in code


def test_python_modules_are_imported_where_they_are_named() -> None:
    (code,) = texts(program(task(), "    return np.array([statistics.mean(x)])\n").submission).values()
    assert "\nimport numpy as np\n" in code
    assert "\nimport statistics\n" in code
    assert "\nimport hashlib\n" not in code


def test_every_cpp_answer_begins_with_the_same_headers() -> None:
    prompt = "#include<vector>\nusing namespace std;\nint twice(int x){\n"
    made = program(task(task_id="CPP/7", prompt=prompt), "return 2 * x; }\n").submission
    code = texts(made)["main.cpp"]
    assert made.entry == "main.cpp"
    assert code.startswith("#include<stdlib.h>\n#include<algorithm>\n")
    assert code.index("#include<vector>") < code.index("#include<cstring>") < code.index("int twice")
    assert "-lcrypto" not in made.flags
    assert "-lcrypto" in program(task(task_id="CPP/162"), "").submission.flags


def test_a_go_answer_gets_the_packages_that_it_uses() -> None:
    go = task(
        task_id="Go/7",
        prompt='import "math"\n\n// Twice.\nfunc Twice(x int) int {\n',
        test="func TestTwice(t *testing.T) {\n}\nfunc TestAgain(t *testing.T) {\n}\n",
        **{"import": 'import "math"\n'},
        test_setup='package main\n\nimport (\n    "testing"\n    "math/rand"\n)\n',
    )
    made = texts(program(go, "    resort.X()\n    return int(math.Sqrt(strings.Count(rand.X())))\n}\n").submission)
    assert 'import ("math"; "strings")\n' in made["solution.go"]
    assert made["solution.go"].count('"math"') == 1
    assert '{{"TestTwice", TestTwice}, {"TestAgain", TestAgain}}' in made["main.go"]


def test_java_and_javascript_answers_stand_beside_a_main_program_of_their_own() -> None:
    for task_id, entry, other in (("Java/7", "Ennead.java", "Main.java"), ("JavaScript/7", "main.js", "solution.js")):
        made = program(task(task_id=task_id), "answer").submission
        assert made.entry == entry
        assert texts(made)[other] == f"{FIELDS['prompt']}answer\n{FIELDS['test']}"


def test_a_rust_answer_is_judged_by_the_report_of_its_tests() -> None:
    rust = task(task_id="Rust/7", prompt="/* twice */\n", declaration="fn twice(x: i32) -> i32 {\n", test="// test\n")
    made = program(rust, "    2 * x\n}\n")
    assert made.case.expected is None
    assert texts(made.submission) == {
        "main.rs": "fn main() {}\nfn twice(x: i32) -> i32 {\n/* twice */\n    2 * x\n}\n// test\n"
    }
    assert made.submission.flags == ()


def test_the_crates_that_a_rust_answer_uses_are_named_to_the_compiler() -> None:
    rust = task(task_id="Rust/7", prompt="", declaration="use rand::Rng;\nuse md5;\nfn f() {\n", test="")
    assert program(rust, "}\n").submission.flags == ("--extern=md5", "--extern=rand")
