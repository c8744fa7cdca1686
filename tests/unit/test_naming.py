"""How a submission's files get the names that a language wants, and which of them holds the main program."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from executor.expressions import compiled
from executor.model import File, Submission
from executor.naming import EntryRules, Layout, arrange

JAVA = EntryRules(
    skip=r'//[^\n]*|/\*.*?(?:\*/|\z)|"(?:\\.|[^"\\\n])*"',
    file=(r"\bpublic\s+(?:final\s+)?class\s+(\w+)",),
    main=(r"\bclass\s+(\w+)[^{}]*\{(?:[^{}]|\{\})*?\bvoid\s+main\s*\(",),
    package=r"^\s*package\s+([\w.]+)\s*;",
)
MAIN = "static void main(String[] a) { if (a != null) { f(); } }"


def arranged(*sources: tuple[str, str], entry: str | None = None) -> tuple[list[str], Layout]:
    files = tuple(File(name, code.encode()) for name, code in sources)
    submission, layout = arrange(Submission(files=files, runtime="java", entry=entry), (".java",), JAVA)
    assert submission.entry == layout.source
    return [file.name for file in submission.files], layout


def test_a_public_class_decides_the_name_of_its_file_wherever_it_lies() -> None:
    names, layout = arranged(("src/answer.java", f"public class Stack {{ public {MAIN} }}"))
    assert names == ["src/Stack.java"]
    assert (layout.source, layout.stem, layout.main) == ("src/Stack.java", "src/Stack", "Stack")


def test_every_source_gets_the_name_of_its_public_class() -> None:
    names, _ = arranged(("a.java", f"class Main {{ {MAIN} }}"), ("b.java", "public class Helper {}"), ("c.txt", "x"))
    assert names == ["a.java", "Helper.java", "c.txt"]


def test_a_name_that_another_file_has_stays_with_that_file() -> None:
    names, _ = arranged(("a.java", "public class B {}"), ("B.java", f"class Main {{ {MAIN} }}"))
    assert names == ["a.java", "B.java"]


def test_the_main_program_is_the_class_with_main_not_the_first_one() -> None:
    inner = "static class Edge { int w; }"
    code = f"class Node {{ int f() {{ return 1; }} }} class Solver {{ {inner} {MAIN} }} class Z {{}}"
    assert arranged(("x.java", code))[1].main == "Solver"


def test_a_package_stands_before_the_main_program() -> None:
    code = f"package org.example;\npublic class App {{ {MAIN} }}"
    assert arranged(("App.java", code))[1].main == "org.example.App"


def test_comments_and_texts_declare_nothing() -> None:
    code = f'// public class A\n/* public class B */ class Main {{ String s = "public class C"; {MAIN} }}'
    names, layout = arranged(("x.java", code))
    assert (names, layout.main) == (["x.java"], "Main")


def test_what_lies_deep_inside_is_no_declaration() -> None:
    code = f"class Main {{ void f() {{ class Local {{ {MAIN} }} }} {MAIN} }}"
    assert arranged(("x.java", code))[1].main == "Main"


def test_names_that_were_found_are_written_in_lower_case_where_the_language_wants_it() -> None:
    rules = EntryRules(file=(r"(?i)^unit (\w+)",), main=(r"(?i)^program (\w+)",), lower=True)
    files = File("Main.x", b"PROGRAM Sum_All"), File("Other.x", b"unit Shared_Parts"), File("Notes.x", b"")
    submission, layout = arrange(Submission(files=files, runtime="x"), (".x",), rules)
    assert [file.name for file in submission.files] == ["Main.x", "shared_parts.x", "Notes.x"]
    assert layout.main == "sum_all"


def test_the_entry_is_the_first_file_with_a_main_program_if_nobody_names_one() -> None:
    sources = ("Util.java", "public class Util {}"), ("App.java", f"public class App {{ {MAIN} }}")
    assert arranged(*sources)[1].source == "App.java"
    assert arranged(*sources, entry="Util.java")[1].source == "Util.java"
    assert arranged(("A.java", "class A {}"), ("B.java", "class B {}"))[1].source == "A.java"


def test_without_a_match_the_main_program_is_called_like_the_file() -> None:
    assert arranged(("dir/x.java", "nothing"))[1].main == "x"


def test_a_source_on_disk_is_read_and_an_undecodable_one_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"\xff\xfe public class Main {}")
    submission = Submission(files=(File("x.java", path),), runtime="java")
    assert arrange(submission, (".java",), JAVA)[1].source == "Main.java"


def test_without_rules_nothing_is_read(tmp_path: Path) -> None:
    submission = Submission(files=(File("x.java", tmp_path / "nowhere"),), runtime="java")
    assert arrange(submission, (".java",), EntryRules())[1].main == "x"


@pytest.mark.parametrize("unit", ["class A ", "class A {", "public ", "/*", '"', "{", "}", "{}", "void main("])
def test_a_hostile_source_takes_time_in_proportion_to_its_length(unit: str) -> None:
    """The sources are looked at in our own process: no source may keep it busy."""
    code = unit * (1_000_000 // len(unit))
    began = time.process_time()
    arranged(("x.java", code))
    assert time.process_time() - began < 5


def test_an_expression_that_re2_does_not_take_is_refused() -> None:
    with pytest.raises(ValueError, match="is not an expression of RE2"):
        compiled("(?=ahead)")
