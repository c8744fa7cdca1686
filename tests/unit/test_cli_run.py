"""From the options of `exec-cli run` to a job."""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from cli.run import RunOptions, job_of
from executor.errors import RuntimeUnavailable, UsageError
from executor.model import Checker, CheckerKind, Job
from executor.runtime import Report, Runtimes
from executor.unit_tests import ReportFormat


@pytest.fixture(scope="module")
def runtimes() -> Runtimes:
    return Runtimes.load()


@pytest.fixture(autouse=True)
def piped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"piped")))


@pytest.fixture
def main(tmp_path: Path) -> Path:
    path = tmp_path / "src" / "main.cpp"
    path.parent.mkdir()
    path.write_text("int main() {}")
    return path


@pytest.fixture
def header(main: Path) -> Path:
    path = main.parent / "lib" / "a.h"
    path.parent.mkdir()
    path.write_text("")
    return path


def job(runtimes: Runtimes, *files: Path, **options: object) -> Job:
    return job_of(RunOptions(files=files, **options), runtimes)  # type: ignore[arg-type]  # fields by name


def test_the_language_is_guessed_from_the_extension_of_the_entry(runtimes: Runtimes, main: Path, header: Path) -> None:
    assert job(runtimes, main, header).submission.runtime == "cpp"
    assert job(runtimes, header, main, entry="main.cpp").submission.runtime == "cpp"


def test_a_named_language_wins_over_the_extension(runtimes: Runtimes, main: Path) -> None:
    assert job(runtimes, main, runtime="c").submission.runtime == "c"


def test_the_entry_may_be_given_by_its_name_or_as_on_the_command_line(
    runtimes: Runtimes, main: Path, header: Path
) -> None:
    for entry in ("main.cpp", "./main.cpp", str(main)):
        assert job(runtimes, header, main, entry=entry).submission.entry == "main.cpp"


def test_a_folder_has_the_language_of_its_sources_whatever_else_lies_there(runtimes: Runtimes, main: Path) -> None:
    (main.parent / "README.md").touch()
    assert job(runtimes, main.parent).submission.runtime == "cpp"
    (main.parent / "a.py").touch()
    with pytest.raises(UsageError, match="files of several languages: cpp and python; say which with --runtime ID"):
        job(runtimes, main.parent)
    assert job(runtimes, main.parent, runtime="python", entry="a.py").submission.entry == "a.py"


def test_a_folder_without_any_source_has_no_language(runtimes: Runtimes, tmp_path: Path) -> None:
    (tmp_path / "README.md").touch()
    with pytest.raises(UsageError, match="no file of a known language; say which with --runtime ID"):
        job(runtimes, tmp_path)


def test_the_program_of_a_folder_has_the_usual_name_or_is_named_or_is_the_only_one(
    runtimes: Runtimes, tmp_path: Path
) -> None:
    (tmp_path / "a.py").touch()
    (tmp_path / "README.md").touch()
    assert job(runtimes, tmp_path).submission.files[0].name == "a.py"
    (tmp_path / "b.py").touch()
    with pytest.raises(UsageError, match="which of the 2 sources is the program"):
        job(runtimes, tmp_path)
    assert job(runtimes, tmp_path, entry="b.py").submission.entry == "b.py"
    assert job(runtimes, tmp_path, entry=str(tmp_path / "b.py")).submission.entry == "b.py"
    (tmp_path / "main.py").touch()
    assert job(runtimes, tmp_path).submission.files[0].name == "main.py"


def test_where_all_sources_are_compiled_together_or_all_tests_run_no_program_must_be_named(
    runtimes: Runtimes, main: Path, tmp_path: Path
) -> None:
    (main.parent / "more.cpp").touch()
    assert job(runtimes, main.parent).submission.entry is None
    tests = replace(runtimes.get("python"), id="tests", by_extension=False, report=Report(ReportFormat.JUNIT))
    (tmp_path / "t").mkdir()
    for name in ("test_a.py", "test_b.py"):
        (tmp_path / "t" / name).touch()
    assert job(Runtimes([tests]), tmp_path / "t", runtime="tests").submission.entry is None


def test_flags_arguments_and_allowances_belong_to_the_job(runtimes: Runtimes, main: Path) -> None:
    made = job(runtimes, main, flags=("-O3", "-g"), args=("two words",), allowances=True, cold=True)
    assert (made.submission.flags, made.submission.args) == (("-O3", "-g"), ("two words",))
    assert (made.allowances, made.cold) == (True, True)


def test_a_language_that_is_not_installed_is_refused_with_the_command_that_installs_it(
    runtimes: Runtimes, main: Path
) -> None:
    absent = replace(runtimes.get("cpp"), run=("no-such-command",))
    with pytest.raises(RuntimeUnavailable, match="install it with: exec-cli runtimes install cpp"):
        job(Runtimes([absent]), main)


def test_a_run_without_tests_has_one_case_without_expected_output(runtimes: Runtimes, main: Path) -> None:
    (case,) = job(runtimes, main).cases
    assert (case.name, case.stdin, case.expected) == ("stdin", b"piped", None)


def test_a_piped_source_leaves_nothing_for_the_program_to_read(runtimes: Runtimes) -> None:
    made = job(runtimes, Path("-"), runtime="python")
    assert (made.submission.files[0].name, made.submission.files[0].content) == ("main.py", b"piped")
    assert made.cases[0].stdin == b""


def test_a_piped_source_may_read_a_file(runtimes: Runtimes, main: Path) -> None:
    assert job(runtimes, Path("-"), runtime="python", stdin=main).cases[0].stdin == main


def test_a_source_and_an_input_cannot_share_standard_input(runtimes: Runtimes) -> None:
    with pytest.raises(UsageError, match="cannot both come from standard input"):
        job(runtimes, Path("-"), runtime="python", stdin=Path("-"))


def test_the_exit_checker_does_not_look_at_expected_outputs(runtimes: Runtimes, main: Path, tmp_path: Path) -> None:
    (tmp_path / "1.in").touch()
    (tmp_path / "1.out").touch()
    made = job(runtimes, main, tests=tmp_path, checker=Checker(CheckerKind.EXIT))
    assert [case.expected for case in made.cases] == [None]


def test_mistakes_are_told_before_standard_input_is_waited_for(
    runtimes: Runtimes, main: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Waits:
        @property
        def buffer(self) -> io.BytesIO:
            raise AssertionError("standard input was read")

        def isatty(self) -> bool:
            return False

    monkeypatch.setattr(sys, "stdin", Waits())
    with pytest.raises(UsageError, match="there is no runtime"):
        job(runtimes, main, runtime="nonsense")
    with pytest.raises(UsageError, match="is not a number from 1 to 256"):
        job(runtimes, main, jobs=0)
