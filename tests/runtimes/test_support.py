"""The checks of the programs themselves: what is missing, superfluous or misspelt is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from executor.model import MIB, SECOND
from tests.runtimes import support

SCENARIOS = ("sum", "args", "modules")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Programs in Python for all scenarios but `args`, for whose absence there is a reason."""
    monkeypatch.setattr(support, "PROGRAMS", tmp_path)
    monkeypatch.setattr(support, "REPOSITORY", tmp_path)
    folder = tmp_path / "python"
    (folder / "modules" / "words").mkdir(parents=True)
    (folder / "sum.py").write_text("print(1)\n")
    (folder / "modules" / "main.py").write_text("import words.words\n")
    (folder / "modules" / "words" / "a.py").touch()
    (folder / "absent.toml").write_text('args = "Python is never told any"\n')
    return folder


def test_complete_programs_have_no_problems(folder: Path) -> None:
    assert support.problems_of("python", SCENARIOS) == []
    assert support.present("python", SCENARIOS) == ["sum", "modules"]


def test_a_runtime_without_programs_is_a_problem(folder: Path) -> None:
    assert support.problems_of("cpp", SCENARIOS) == ["runtimes/cpp.toml has no programs in cpp"]


@pytest.mark.parametrize(
    "name, content, problem",
    [
        ("args.py", "", "args is absent and there"),
        ("sum.js", "", "sum has several programs"),
        ("sums.py", "", "sums is no scenario"),
        ("absent.toml", "", "args is neither there nor in absent.toml"),
        ("absent.toml", 'args = ""', "args is absent without a reason"),
        ("absent.toml", 'args = "it has none"\nflags = "it has none"', "flags is no scenario"),
        ("absent.toml", 'args = "it has none"\n[limits.sum]\nmemory = 7', "limits.sum has unknown keys"),
        ("absent.toml", 'args = "it has none"\n[limits.args]\ncpu_ms = 7', "limits.args is of an absent scenario"),
        ("absent.toml", "args = it has none", "absent.toml is not TOML: Invalid value (at line 1, column 8)"),
    ],
)
def test_what_is_wrong_with_programs_is_said(folder: Path, name: str, content: str, problem: str) -> None:
    (folder / name).write_text(content)
    assert problem in support.problems_of("python", SCENARIOS)


def test_a_source_of_another_language_is_a_problem(folder: Path) -> None:
    (folder / "sum.py").rename(folder / "sum.js")
    assert support.problems_of("python", SCENARIOS) == ["sum.js is no source of this language"]


def test_the_files_of_a_folder_are_submitted_together_the_main_one_first(folder: Path) -> None:
    submission = support.submission_of("python", "modules")
    assert [file.name for file in submission.files] == ["main.py", "words/a.py"]


def test_a_language_may_need_limits_of_its_own(folder: Path) -> None:
    with (folder / "absent.toml").open("a") as file:
        file.write("[limits.sum]\nmemory_mib = 300\nwall_ms = 5000\n")
    limits = support.limits_of("python", "sum", support.LIMITS)
    assert limits.memory_bytes == 300 * MIB
    assert limits.wall_ns == 5 * SECOND
    assert limits.cpu_ns == support.LIMITS.cpu_ns
    assert support.limits_of("python", "modules", support.LIMITS) == support.LIMITS
