"""Wrong usage of the real `exec-cli` process: one clear sentence on standard error, exit status 2, no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]


def exec_cli(*args: str | bytes | Path, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "cli", *args],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), **environment},
        input=stdin,
        capture_output=True,
        timeout=60,
        check=False,
    )


def refusal(*args: str | bytes | Path, stdin: bytes = b"", **environment: str) -> str:
    """The one sentence with which a command was refused."""
    done = exec_cli(*args, stdin=stdin, **environment)
    said = done.stderr.decode("utf-8", "surrogateescape")
    assert (done.returncode, done.stdout) == (2, b""), said
    assert "Traceback" not in said
    assert said.startswith("exec-cli: "), said
    assert said.count("\n") == 1, said
    assert said.rstrip("\n").isprintable(), said
    return said


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "a.py"
    path.write_text("print(input())\n")
    return path


@pytest.fixture
def tests(tmp_path: Path) -> Path:
    folder = tmp_path / "tests"
    folder.mkdir()
    (folder / "1.in").write_text("1\n")
    (folder / "1.out").write_text("1\n")
    return folder


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert "none.cpp' does not exist" in refusal("run", tmp_path / "none.cpp")


def test_an_empty_folder_and_one_without_sources_are_refused(tmp_path: Path) -> None:
    assert "holds no file" in refusal("run", tmp_path)
    (tmp_path / "notes.txt").touch()
    assert "holds no file of a known language; say which with --runtime ID" in refusal("run", tmp_path)


@pytest.mark.parametrize(
    "args, sentence",
    [
        (["install", "pyhton"], "there is no runtime 'pyhton'; choose python"),
        (["install", "--all", "c"], "--all already stands for every language; leave the others out"),
        (["install", "--all", "--nine"], "--all already stands for every language; leave the others out"),
        (["install", "--dry-run"], "say which languages: exec-cli runtimes install ID..., --nine or --all"),
        (["install", "--extras", "humaneval"], "there are no extras 'humaneval'; choose "),
        (["install", "bash", "--extras", "humaneval-x"], "there are no extras 'humaneval-x'; there are none for these"),
        (["check", "--all", "c"], "--all already stands for every language; leave the others out"),
    ],
)
def test_wrong_languages_are_refused(args: list[str], sentence: str) -> None:
    assert sentence in refusal("runtimes", *args)


def test_a_fifo_or_a_device_as_source_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.py")
    assert "is a FIFO, not a regular file" in refusal("run", tmp_path / "a.py")
    assert "is a device, not a regular file" in refusal("run", "/dev/zero")


def test_an_unknown_extension_is_refused_with_those_that_are_known(tmp_path: Path) -> None:
    (tmp_path / "a.xyz").touch()
    said = refusal("run", tmp_path / "a.xyz")
    assert "'a.xyz'" in said
    assert ".cpp" in said
    assert ".py" in said


def test_an_unknown_runtime_is_refused_with_those_that_come_close(source: Path) -> None:
    said = refusal("run", source, "--runtime", "pyton")
    assert "there is no runtime 'pyton'" in said
    assert "python" in said


@pytest.mark.parametrize("limit", ["--time-limit", "--wall-limit"])
@pytest.mark.parametrize("value", ["0s", "12 parsecs", "-1s", "nan", "", "1"])
def test_what_is_no_time_is_refused_with_examples_of_what_is(source: Path, limit: str, value: str) -> None:
    said = refusal("run", source, f"{limit}={value}")
    assert f"{limit}: '{value}' is not a time above zero" in said
    assert "500ms" in said


@pytest.mark.parametrize("limit", ["--memory-limit", "--output-limit", "--stack-limit"])
def test_what_is_no_size_is_refused_with_examples_of_what_is(source: Path, limit: str) -> None:
    said = refusal("run", source, f"{limit}=12 parsecs")
    assert f"{limit}: '12 parsecs' is not a size above zero" in said
    assert "256MiB" in said


@pytest.mark.parametrize("option", ["--jobs=0", "--jobs=100000", "--processes=0"])
def test_a_number_that_makes_no_sense_is_refused(source: Path, option: str) -> None:
    assert "is not a number from 1 to" in refusal("run", source, option)


def test_an_unknown_checker_is_refused_with_those_that_there_are(source: Path) -> None:
    assert "unordered" in refusal("run", source, "--checker", "fuzzy")


def test_an_input_without_expected_output_is_refused(source: Path, tests: Path) -> None:
    (tests / "2.in").touch()
    assert "input '2.in' has no expected output" in refusal("run", source, "--tests", tests)


def test_two_expected_outputs_for_one_input_are_refused(source: Path, tests: Path) -> None:
    (tests / "1.ans").touch()
    assert "several expected outputs: '1.ans' and '1.out'" in refusal("run", source, "--tests", tests)


def test_an_expected_output_without_input_is_refused(source: Path, tests: Path) -> None:
    (tests / "2.out").touch()
    assert "expected output '2.out' has no input" in refusal("run", source, "--tests", tests)


def test_an_empty_tests_folder_is_refused(source: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "there is no test in it" in refusal("run", source, "--tests", tmp_path / "empty")


def test_a_missing_tests_folder_and_a_file_instead_of_one_are_refused(source: Path, tmp_path: Path) -> None:
    assert "does not exist" in refusal("run", source, "--tests", tmp_path / "none")
    assert "is not a folder" in refusal("run", source, "--tests", source)


def test_a_fifo_among_the_tests_is_refused(source: Path, tests: Path) -> None:
    (tests / "1.out").unlink()
    os.mkfifo(tests / "1.out")
    assert "is a FIFO, not a regular file" in refusal("run", source, "--tests", tests)


def test_a_hostile_name_in_a_tests_folder_is_shown_escaped(source: Path, tests: Path) -> None:
    (tests / "\x1b[2J[red].in").touch()
    assert r"'\x1b[2J[red].in'" in refusal("run", source, "--tests", tests)


def test_a_source_of_a_hundred_megabytes_is_refused(tmp_path: Path) -> None:
    (tmp_path / "big.cpp").touch()
    os.truncate(tmp_path / "big.cpp", 100_000_000)
    assert "over 16 MiB" in refusal("run", tmp_path / "big.cpp")


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_a_source_whose_name_is_not_utf_8_is_refused_whatever_the_terminal_can_show(
    tmp_path: Path, encoding: str
) -> None:
    name = os.fsencode(tmp_path) + b"/caf\xe9.py"
    Path(os.fsdecode(name)).touch()
    said = refusal("run", name, LC_ALL="C", PYTHONIOENCODING=encoding)
    assert r"/caf\xe9.py' is not valid UTF-8" in said


def test_a_name_that_the_terminal_cannot_show_is_escaped(tmp_path: Path) -> None:
    said = refusal("run", tmp_path / "日本.cpp", LC_ALL="C", PYTHONIOENCODING="ascii")
    assert r"\u65e5\u672c.cpp' does not exist" in said


def test_an_input_file_that_is_missing_is_refused(source: Path, tmp_path: Path) -> None:
    assert "does not exist" in refusal("run", source, "--stdin", tmp_path / "none")


def test_tests_and_stdin_exclude_each_other(source: Path, tests: Path) -> None:
    assert "--tests and --stdin exclude each other" in refusal("run", source, "--tests", tests, "--stdin", source)


def test_a_piped_source_needs_its_language_and_stands_alone(source: Path) -> None:
    assert "--runtime ID" in refusal("run", "-", stdin=b"print(1)")
    assert "the only source" in refusal("run", "-", source, "--runtime", "python", stdin=b"print(1)")
    assert "is empty" in refusal("run", "-", "--runtime", "python")


def test_an_entry_that_is_none_of_the_files_is_refused_with_their_names(source: Path) -> None:
    assert "they are 'a.py'" in refusal("run", source, "--entry", "b.py")


@pytest.mark.parametrize(
    "args", [["run", "a.py", "--no-such-option"], ["no-such-command"], ["run", "a.py", "--jobs=x"]]
)
def test_options_that_do_not_exist_are_refused_without_a_traceback(args: list[str]) -> None:
    done = exec_cli(*args)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert b"Error: " in done.stderr


@pytest.mark.root
def test_an_unreadable_folder_of_tests_is_refused(tmp_path: Path) -> None:
    # Root may read everything, so this is asked as nobody, in the interpreter that can be reached by everybody.
    (tmp_path / "tests").mkdir(mode=0o700)
    for folder in (tmp_path, *tmp_path.parents[:-2]):
        folder.chmod(folder.stat().st_mode | 0o055)
    (tmp_path / "tests").chmod(0o700)
    asked = (
        "import os, sys; from pathlib import Path\n"
        "from cli.files import find_cases; from executor.errors import UsageError\n"
        "os.setuid(65534)\n"
        "try: find_cases(Path(sys.argv[1]), need_expected=True)\n"
        "except UsageError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked, tmp_path / "tests"],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        check=True,
    )
    assert b"may not be read by this user" in done.stdout
