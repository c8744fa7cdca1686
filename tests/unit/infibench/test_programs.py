"""What InfiBench takes from a response, and what it puts around it."""

from __future__ import annotations

import pytest

from scorer.benchmarks.infibench.programs import Test, code_of, job_of, program_of


def code(text: str, language: str = "python", *, only_longest: bool = False) -> str:
    return code_of(text, language, only_longest=only_longest)


def test_all_blocks_are_joined_by_a_blank_line() -> None:
    assert code("\na\n```python\nx = 1\n```\nb\n```\ny = 2\n```\n") == "x = 1\n\ny = 2"


def test_the_longest_block_is_the_first_of_equal_ones() -> None:
    text = "```\na\n```\n```\nb\nb\n```\n```\nc\nc\n```"
    assert code(text, only_longest=True) == "b\nb"


def test_a_last_marker_without_its_pair_is_ignored() -> None:
    assert code("```\na\n```\n```\nb") == "a"


def test_two_markers_on_one_line_hold_nothing() -> None:
    assert code("```x = 1``` is it") == ""
    assert code("```x = 1``` is it", only_longest=True) == ""


def test_latex_has_markers_as_well() -> None:
    assert code("\\begin{code}\nx = 1\n\\end{code}") == "x = 1"


def test_a_single_marker_is_none() -> None:
    assert code("\n    return 1\n```", "r") == "\n    return 1\n```"


@pytest.mark.parametrize("word", ["class A:", "def f():", "# more", "@wraps", "print(1)", "if x:", "assert x"])
def test_python_without_a_block_ends_where_something_else_begins(word: str) -> None:
    assert code(f"    return 1\n{word}") == "    return 1"


def test_python_without_a_block_ends_at_the_first_line_without_indentation() -> None:
    assert code("\n    return 1\n\n\tx\ny = 2\n    z") == "\n    return 1\n\n\tx"


def test_a_whole_python_function_without_a_block_is_lost() -> None:
    assert code("\ndef f():\n    return 1") == ""


@pytest.mark.parametrize("language", ["cpp", "javascript", "go"])
def test_a_function_ends_where_its_brace_closes(language: str) -> None:
    assert code("if (a) { b(); } }\nint x; }", language) == "if (a) { b(); } }"
    assert code("f(); } x", language) == "f(); }"


@pytest.mark.parametrize("language", ["cpp", "javascript"])
def test_without_a_closing_brace_the_last_one_ends_the_code(language: str) -> None:
    assert code("{ a(); } b();", language) == "{ a(); }"
    assert code("a();", language) == "a();"


def test_go_ends_at_its_stop_words() -> None:
    assert code("return 1\n// more", "go") == "return 1"
    assert code("type T struct {}", "go") == "type T "


def test_java_closes_its_class() -> None:
    assert code("return 1; } }\n}", "java") == "return 1; } }"
    assert code("class A { int f() { return 1; }", "java") == "class A { int f() { return 1; }\n}"
    assert code("class A { int f() { return 1; } public static void main(String[] a) {", "java").endswith("; } }")


@pytest.mark.parametrize("language", ["typescript", "r", "csharp"])
def test_other_languages_are_left_as_they_are(language: str) -> None:
    assert code("x } }\n# y", language) == "x } }\n# y"


def test_the_prefix_is_lost_beside_a_block_and_the_text_of_its_file_is_not() -> None:
    test = Test("check()", prefix="lost = 1", prefix_text="kept = 1")
    program = program_of(test, "python", "```\nx = 2\n```")
    assert "lost" not in program
    assert program.endswith("kept = 1\nx = 2\ncheck()")


def test_python_imports_what_a_word_of_it_names() -> None:
    program = program_of(Test("assert np.ones(1)"), "python", "```\nx = math.pi\n```")
    assert program.startswith("import math\nimport numpy as np\nfrom typing import *\nfrom collections import *")
    assert "pandas" not in program


@pytest.mark.parametrize("word", ["eval('p' + 'd')", "globals()['p' + 'd']"])
def test_python_imports_all_that_names_put_together_might_mean(word: str) -> None:
    assert "import pandas as pd" in program_of(Test(""), "python", f"```\n{word}\n```")


def test_imports_from_the_future_come_first() -> None:
    program = program_of(Test(""), "python", "```\nx = 1\nfrom __future__ import annotations\n```")
    assert program.startswith("from __future__ import annotations\n")
    assert program.count("__future__") == 1


def test_the_last_word_of_an_answer_and_the_first_of_its_test_are_two() -> None:
    assert "import math" in program_of(Test("assert f"), "python", "```\nf = math\n```")


def test_headers_are_those_of_the_grader() -> None:
    cpp = program_of(Test("t"), "cpp", "```\nint f();\n```")
    assert cpp.startswith("#include<stdlib.h>\n#include<algorithm>\n")
    assert "#include<fstream>\nusing namespace std;\n\n" in cpp
    assert cpp.count("#include<") == 20
    assert program_of(Test("t"), "r", "```\nf <- 1\n```") == "rm(list=ls())\nlibrary(assert)\n\nf <- 1\nt"
    assert program_of(Test("t"), "javascript", "```\nf()\n```") == "\nf()\nt"


def test_time_is_cpu_time_and_the_wall_is_far_away() -> None:
    limits = job_of(Test("", seconds=7), "python", "").limits
    assert limits.cpu_ns == 7_000_000_000
    assert limits.effective_wall_ns > 10 * limits.cpu_ns
