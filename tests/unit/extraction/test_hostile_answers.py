"""Whatever an answer is, extraction ends soon, and ends in a program or in NothingFound."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scorer.extraction import (
    Definitions,
    Extracted,
    NothingFound,
    extract_continuation,
    extract_definitions,
    extract_program,
    parses,
)

MODES: dict[str, Callable[[str, str], Extracted | Definitions]] = {
    "program": extract_program,
    "definitions": lambda answer, language: extract_definitions(answer, language, "int f(int a)"),
    "continuation": lambda answer, language: extract_continuation(answer, language, "int f(int a) {\n", "f"),
}
DEEP = 100_000
HOSTILE = {
    "ten megabytes of code": "int f(int a) { return a; }\n" * 380_000,
    "a million backticks": "`" * 10**6,
    "ten megabytes of prose and a fence": "this is a word, and so it goes on\n" * 300_000 + "```",
    "fifty thousand fences": "```cpp\n" * 50_000,
    "deep parentheses": "(" * DEEP,
    "deep parentheses in a fence": f"```cpp\nint f(int a) {{ return {'(' * (DEEP // 2)}1{')' * (DEEP // 2)}; }}\n```",
    "deep braces that never close": "```cpp\nint f(int a) {" + "{" * DEEP,
    "deep lists in Python": f"```python\nx = {'[' * (DEEP // 2)}{']' * (DEEP // 2)}\n```",
    "nested classes": "```cpp\n" + "class A { " * 10_000,
    "stars": f"```cpp\nint {'*' * DEEP}f(int a) {{}}\n```",
    "five thousand functions": "```cpp\n" + "int f(int a) { return a; }\n" * 4_900 + "```",
    "entities": "```cpp\n" + "&lt;" * 30_000 + "\n```",
    "one long quotation mark": '"' * 10**6,
    "comments that never end": "/*" * 10**6,
    "reasoning that never ends": "<think>\n" * 100_000,
    "names and parentheses": "f(" * 10**6,
    "spaces": " " * 10**6 + "x",
    "here-documents": "```bash\n" + "<<a\n" * 5_000 + "```",
    "redirections": "```bash\n" + "<" * DEEP + "\n```",
}
# Generous, as machines are busy; anything quadratic takes minutes.
MOST_SECONDS = 60

PIECES = st.lists(
    st.sampled_from(
        "``` ```cpp ```python ~~~ { } ( ) [ ] ; : < > \" ' ` \\ # // /* */ int f(int def f(a): class return if else "
        'main <think> </think> &lt; &amp; \ufeff \0 \ud800 \udfff \r \r\n 中文。 1. - > = , \'x\' """'.split(" ")
    )
    | st.sampled_from(["\n", "\n\n", "    ", "\t", " "])
    | st.text(max_size=5),
    max_size=60,
).map("".join)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("answer", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_answer_is_done_with_soon(answer: str, mode: str) -> None:
    language = "bash" if answer.startswith("```bash") else "python" if answer.startswith("```python") else "cpp"
    began = time.process_time()
    try:
        found = MODES[mode](answer, language)
    except NothingFound:
        found = None
    assert found is None or found.text
    assert time.process_time() - began < MOST_SECONDS


@pytest.mark.parametrize("language", ["cpp", "python", "java", "go", "rust", "javascript", "bash", "ruby", "php", "r"])
@pytest.mark.parametrize("mode", MODES)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(answer=PIECES)
def test_any_answer_gives_text_that_can_be_written_or_a_sentence(answer: str, mode: str, language: str) -> None:
    try:
        found = MODES[mode](answer, language)
    except NothingFound:
        return
    found.text.encode()
    assert "\0" not in found.text
    assert found.method
    assert all(note.strip() == note for note in found.notes)
    assert MODES[mode](answer, language) == found


@settings(max_examples=25, deadline=None)
@given(prose=st.text(alphabet="abc .,:\n", max_size=60), size=st.integers(1, 30))
def test_a_fenced_program_is_found_whatever_prose_stands_around_it(prose: str, size: int) -> None:
    program = "#include <cstdio>\nint main() {\n" + '    puts("x");\n' * size + "}\n"
    found = extract_program(f"{prose}\n```cpp\n{program}```\n{prose}", "cpp")
    assert (found.text, found.method) == (program, "fence")


@pytest.mark.parametrize("language", ["c++", "C++17", "js", "C#", "golang", "python3", "go-test", "cpp-clang", "rs"])
def test_a_language_is_known_by_many_names(language: str) -> None:
    assert parses("", language)


def test_without_a_grammar_nothing_parses() -> None:
    assert not parses("x <- 1", "r")


def test_a_cut_off_program_does_not_parse() -> None:
    assert parses("int f() { return 1; }", "cpp")
    assert not parses("int f() { return 1;", "cpp")
    assert not parses("int f() { return 1 }", "cpp")  # only a semicolon is missing
