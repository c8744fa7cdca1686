"""
What the user's files hold: sources, test folders and standard input, read once and refused with a sentence.

A name on a command line may be anything: a directory, a FIFO that blocks whoever opens it, a device that never
ends. Only regular files are read (symbolic links to them included), and never more of them than is allowed.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cli.text import printable_path
from executor.errors import UsageError
from executor.model import MIB, Content, File, TestCase
from scorer.layouts import find_pairs

MAX_SOURCE_BYTES = 16 * MIB
MAX_STDIN_BYTES = 256 * MIB
FROM_STDIN = "-"

_REASONS = {
    errno.ENOENT: "does not exist",
    errno.ENOTDIR: "does not exist",
    errno.EACCES: "may not be read by this user",
    errno.EPERM: "may not be read by this user",
    errno.ELOOP: "is a loop of symbolic links",
    errno.ENAMETOOLONG: "has too long a name",
    errno.ENXIO: "is not a regular file",
}


def read_sources(paths: Sequence[Path]) -> tuple[File, ...]:
    """
    The sources of a submission, named relative to the folder that they share.

    Args:
        paths: files, or folders, which stand for all that is in them except hidden files. A folder given is above
            all of its files, so the names of what it holds do not depend on where in it the sources lie.

    Raises:
        UsageError: a file is missing, unreadable, given twice or no regular file, its name is not UTF-8, a folder is
            empty, or all of them are over 16 MiB together.
    """
    files: list[File] = []
    room = MAX_SOURCE_BYTES
    for path, name in named_sources(paths):
        content = _read_regular(path, room)
        room -= len(content)
        files.append(File(name, content))
    return tuple(files)


def read_source_from_stdin(name: str) -> File:
    """
    The source that `-` stands for, under the name that its runtime expects.

    Raises:
        UsageError: it is empty or over 16 MiB.
    """
    content = _read_stdin(MAX_SOURCE_BYTES, "the sources are over 16 MiB, more than a submission may have")
    if not content:
        raise UsageError("standard input is empty, but '-' asks to read the source from it")
    return File(name, content)


def read_program_input(path: Path | None) -> Content:
    """
    What a program without tests reads: a file, or what was piped to this command; nothing from a terminal.

    Raises:
        UsageError: the file is missing, unreadable or not regular, or what is piped is over 256 MiB.
    """
    if path is not None and str(path) != FROM_STDIN:
        check_regular(path)
        return path.absolute()
    if sys.stdin is not None and sys.stdin.isatty():
        return b""
    return _read_stdin(MAX_STDIN_BYTES, "standard input is over 256 MiB; put it into a file and give --stdin FILE")


def find_cases(folder: Path, *, need_expected: bool) -> tuple[TestCase, ...]:
    """
    The test cases of a folder, by the layouts that people have.

    Raises:
        UsageError: the folder or a file in it cannot be read, or its layout leaves a question open.
    """
    try:
        pairs = find_pairs(_files_under(folder), need_expected=need_expected)
    except UsageError as error:
        raise UsageError(f"tests folder {printable_path(folder)}: {error}") from error
    return tuple(
        TestCase(
            name=pair.name,
            stdin=check_regular(folder / pair.input).absolute(),
            expected=check_regular(folder / pair.expected).absolute() if pair.expected is not None else None,
        )
        for pair in pairs
    )


def check_regular(path: Path) -> Path:
    """
    The path, if it leads to a regular file that this user may read.

    Raises:
        UsageError: it does not.
    """
    with _refusing(path):
        kind = path.stat().st_mode
        if not stat.S_ISREG(kind):
            raise UsageError(f"{printable_path(path)} is {_what(kind)}, not a regular file")
        if not os.access(path, os.R_OK):
            raise PermissionError(errno.EACCES, "")
    return path


def _read_regular(path: Path, room: int) -> bytes:
    check_regular(path)
    # O_NONBLOCK: should a FIFO have taken the place of the file since it was checked, opening it does not wait.
    with _refusing(path), open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
        content = file.read(room + 1)
    if len(content) > room:
        raise UsageError(f"the sources are over {MAX_SOURCE_BYTES // MIB} MiB, more than a submission may have")
    return content


def _read_stdin(room: int, refusal: str) -> bytes:
    # Python leaves None where the descriptor is closed.
    if sys.stdin is None:
        return b""
    content = sys.stdin.buffer.read(room + 1)
    if len(content) > room:
        raise UsageError(refusal)
    return content


def named_sources(paths: Sequence[Path]) -> list[tuple[Path, str]]:
    """
    Every source with its name; linked folders are followed, linked files are not.

    Raises:
        UsageError: see `read_sources`; contents are not looked at.
    """
    sources: list[tuple[Path, Path]] = []
    above: list[Path] = []
    for path in paths:
        if _is_folder(path):
            top = path.resolve()
            above.append(top)
            sources += [(path / name, top / name) for name in _names_in(path)]
        else:
            check_regular(path)
            above.append(path.parent.resolve())
            sources.append((path, above[-1] / path.name))
    common = os.path.commonpath(above)
    seen: set[Path] = set()
    for path, whole in sources:
        if not _is_utf8(str(path)):
            raise UsageError(f"the name {printable_path(path)} is not valid UTF-8; rename the file")
        if whole in seen:
            raise UsageError(f"{printable_path(path)} is given twice")
        seen.add(whole)
    return [(path, whole.relative_to(common).as_posix()) for path, whole in sources]


def _is_folder(path: Path) -> bool:
    with _refusing(path):
        return stat.S_ISDIR(path.stat().st_mode)


def _names_in(folder: Path) -> list[str]:
    """Every file below a folder that is not hidden, relative to it, in the order of their names."""
    names = sorted(name for name in _files_under(folder) if not name.rpartition("/")[2].startswith("."))
    if not names:
        raise UsageError(f"the folder {printable_path(folder)} holds no file")
    return names


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _files_under(folder: Path) -> Iterator[str]:
    """Every file below a folder, relative to it; linked folders are entered, but none of them twice."""
    with _refusing(folder):
        if not stat.S_ISDIR(folder.stat().st_mode):
            raise UsageError("it is not a folder")
    seen: set[str] = set()
    for root, folders, files in os.walk(folder, followlinks=True, onerror=_refuse_unreadable):
        inside = os.path.relpath(root, folder)
        real = os.path.realpath(root)
        if real not in seen:
            yield from (name if inside == "." else f"{inside}/{name}" for name in files)
        folders[:] = [] if real in seen else sorted(name for name in folders if not name.startswith("."))
        seen.add(real)


def _refuse_unreadable(error: OSError) -> None:
    raise UsageError(_sentence(error.filename, error))


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(_sentence(path, error)) from error


def _sentence(path: Path | str, error: OSError) -> str:
    reason = _REASONS.get(error.errno or 0, f"cannot be read ({error.strerror})")
    return f"{printable_path(path)} {reason}"


def _what(mode: int) -> str:
    names = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a FIFO", stat.S_IFSOCK: "a socket"}
    return names.get(stat.S_IFMT(mode), "a device")
