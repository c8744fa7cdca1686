"""Sources, test folders and standard input."""

from __future__ import annotations

import io
import os
import socket
import sys
from pathlib import Path

import pytest

from cli.files import (
    MAX_SOURCE_BYTES,
    find_cases,
    read_program_input,
    read_source_from_stdin,
    read_sources,
)
from executor.errors import UsageError
from executor.model import File


def write(path: Path, content: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def pipe_in(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_one_source_has_its_own_name(tmp_path: Path) -> None:
    assert read_sources([write(tmp_path / "deep" / "a.cpp", b"\xff\x00")]) == (File("a.cpp", b"\xff\x00"),)


def test_several_sources_are_named_from_the_folder_they_share(tmp_path: Path) -> None:
    files = [write(tmp_path / "src" / "main.c"), write(tmp_path / "include" / "a.h"), write(tmp_path / "src" / "b.c")]
    assert [file.name for file in read_sources(files)] == ["src/main.c", "include/a.h", "src/b.c"]


def test_sources_are_named_alike_however_they_were_reached(tmp_path: Path) -> None:
    write(tmp_path / "src" / "main.c")
    files = [tmp_path / "src" / ".." / "src" / "main.c", write(tmp_path / "a.h")]
    assert [file.name for file in read_sources(files)] == ["src/main.c", "a.h"]


def test_a_linked_source_is_read_and_keeps_the_name_of_the_link(tmp_path: Path) -> None:
    (tmp_path / "main.py").symlink_to(write(tmp_path / "v3.txt", b"pass"))
    assert read_sources([tmp_path / "main.py"]) == (File("main.py", b"pass"),)


def test_a_source_given_twice_is_refused(tmp_path: Path) -> None:
    source = write(tmp_path / "a.c")
    with pytest.raises(UsageError, match="is given twice"):
        read_sources([source, tmp_path / "." / "a.c"])


def test_what_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        read_sources([tmp_path / "missing.c"])


def test_a_folder_stands_for_all_that_is_in_it_except_hidden_files(tmp_path: Path) -> None:
    for name in ("b.c", "a.c", "com/example/Main.java", ".hidden", ".git/config", "com/.hidden"):
        write(tmp_path / "src" / name)
    assert [file.name for file in read_sources([tmp_path / "src"])] == ["a.c", "b.c", "com/example/Main.java"]


def test_names_in_a_folder_do_not_depend_on_where_in_it_the_sources_lie(tmp_path: Path) -> None:
    write(tmp_path / "src" / "com" / "example" / "Main.java")
    assert [file.name for file in read_sources([tmp_path / "src"])] == ["com/example/Main.java"]
    more = [tmp_path / "src", write(tmp_path / "other" / "x.java")]
    assert [file.name for file in read_sources(more)] == ["src/com/example/Main.java", "other/x.java"]


def test_a_file_may_stand_before_the_folder_that_holds_it_only_once(tmp_path: Path) -> None:
    main = write(tmp_path / "src" / "main.py")
    write(tmp_path / "src" / "lib" / "a.py")
    assert [file.name for file in read_sources([main, tmp_path / "src" / "lib"])] == ["main.py", "lib/a.py"]
    with pytest.raises(UsageError, match=r"main\.py' is given twice"):
        read_sources([main, tmp_path / "src"])


def test_linked_folders_of_sources_are_entered_and_keep_their_names(tmp_path: Path) -> None:
    write(tmp_path / "real" / "a.py")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "linked").symlink_to(tmp_path / "real")
    assert [file.name for file in read_sources([tmp_path / "src"])] == ["linked/a.py"]


def test_an_empty_folder_of_sources_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "src" / ".hidden")
    with pytest.raises(UsageError, match=r"the folder '.*src' holds no file"):
        read_sources([tmp_path / "src"])


@pytest.mark.timeout(10)
def test_a_fifo_in_a_folder_of_sources_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.c")
    with pytest.raises(UsageError, match=r"a\.c' is a FIFO, not a regular file"):
        read_sources([tmp_path])


def test_a_file_inside_a_file_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        read_sources([write(tmp_path / "a.c") / "b.c"])


@pytest.mark.timeout(10)
def test_a_fifo_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.c")
    with pytest.raises(UsageError, match="is a FIFO, not a regular file"):
        read_sources([tmp_path / "a.c"])


@pytest.mark.timeout(10)
def test_a_device_is_refused_and_not_read_for_ever() -> None:
    with pytest.raises(UsageError, match="is a device, not a regular file"):
        read_sources([Path("/dev/zero")])


def test_a_socket_is_refused(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "a.c"))
        with pytest.raises(UsageError, match="is a socket, not a regular file"):
            read_sources([tmp_path / "a.c"])


def test_a_link_that_leads_in_a_circle_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.c").symlink_to("a.c")
    with pytest.raises(UsageError, match="is a loop of symbolic links"):
        read_sources([tmp_path / "a.c"])


def test_a_name_that_is_not_utf_8_is_refused_and_shown_escaped(tmp_path: Path) -> None:
    source = tmp_path / os.fsdecode(b"\xff.c")
    write(source)
    with pytest.raises(UsageError, match=r"\\xff\.c' is not valid UTF-8; rename the file"):
        read_sources([source])


def test_a_source_of_a_hundred_megabytes_is_refused_without_being_read(tmp_path: Path) -> None:
    big = write(tmp_path / "big.c")
    os.truncate(big, 100_000_000)
    with pytest.raises(UsageError, match="the sources are over 16 MiB"):
        read_sources([big])


def test_the_bound_holds_for_all_sources_together(tmp_path: Path) -> None:
    files = [write(tmp_path / f"{n}.c", b" " * (MAX_SOURCE_BYTES // 2)) for n in range(2)]
    assert len(read_sources(files)) == 2
    with pytest.raises(UsageError, match="the sources are over 16 MiB"):
        read_sources([*files, write(tmp_path / "one-more.c")])


def test_a_piped_source_has_the_name_that_its_language_expects(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe_in(monkeypatch, b"print(1)")
    assert read_source_from_stdin("main.py") == File("main.py", b"print(1)")


@pytest.mark.parametrize("data, sentence", [(b"", "is empty"), (b" " * (MAX_SOURCE_BYTES + 1), "over 16 MiB")])
def test_a_piped_source_that_cannot_be_one_is_refused(
    monkeypatch: pytest.MonkeyPatch, data: bytes, sentence: str
) -> None:
    pipe_in(monkeypatch, data)
    with pytest.raises(UsageError, match=sentence):
        read_source_from_stdin("main.py")


def test_a_program_reads_what_is_piped(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe_in(monkeypatch, b"1 2\n")
    assert read_program_input(None) == b"1 2\n"


def test_a_program_reads_nothing_when_standard_input_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert read_program_input(None) == b""


def test_a_program_reads_nothing_from_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("typed"))
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    assert read_program_input(None) == b""


def test_an_input_file_stays_where_it_is(tmp_path: Path) -> None:
    assert read_program_input(write(tmp_path / "in")) == tmp_path / "in"


def test_an_input_file_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"'.*none' does not exist"):
        read_program_input(tmp_path / "none")


def test_the_cases_of_a_folder_are_paths_that_are_read_when_needed(tmp_path: Path) -> None:
    write(tmp_path / "sample" / "1.in")
    write(tmp_path / "sample" / "1.ans")
    (case,) = find_cases(tmp_path, need_expected=True)
    assert (case.name, case.stdin, case.expected) == (
        "sample/1",
        tmp_path / "sample" / "1.in",
        tmp_path / "sample" / "1.ans",
    )


def test_linked_folders_are_entered_once_even_in_a_circle(tmp_path: Path) -> None:
    write(tmp_path / "real" / "1.in")
    write(tmp_path / "real" / "1.out")
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "linked").symlink_to(tmp_path / "real")
    (tmp_path / "real" / "again").symlink_to(tests)
    assert [case.name for case in find_cases(tests, need_expected=True)] == ["linked/1"]


def test_a_case_whose_name_is_not_utf_8_is_found(tmp_path: Path) -> None:
    for suffix in (b".in", b".out"):
        write(tmp_path / os.fsdecode(b"\xff" + suffix))
    (case,) = find_cases(tmp_path, need_expected=True)
    assert case.name == os.fsdecode(b"\xff")


@pytest.mark.timeout(10)
def test_a_fifo_among_the_inputs_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "1.in")
    write(tmp_path / "1.out")
    with pytest.raises(UsageError, match=r"1\.in' is a FIFO, not a regular file"):
        find_cases(tmp_path, need_expected=True)


@pytest.mark.parametrize(
    "kind, sentence",
    [
        ("absent", r"'.*tests' does not exist"),
        ("empty", r"tests folder '.*tests': there is no test in it; known layouts"),
        ("file", "it is not a folder"),
    ],
)
def test_a_folder_without_tests_is_refused(tmp_path: Path, kind: str, sentence: str) -> None:
    tests = tmp_path / "tests"
    if kind == "empty":
        tests.mkdir()
    if kind == "file":
        write(tests)
    with pytest.raises(UsageError, match=sentence):
        find_cases(tests, need_expected=True)
