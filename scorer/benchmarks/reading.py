"""Reading what benchmarks come as: files of JSON lines, compressed or not, whose mistakes are named."""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from scorer.errors import BenchmarkDataError

_GZIP = b"\x1f\x8b"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

M = TypeVar("M", bound=BaseModel)


def content_of(path: Path) -> bytes:
    """
    What a file holds, unpacked if it is compressed by gzip, without a byte order mark.

    Raises:
        BenchmarkDataError: it cannot be read.
    """
    try:
        data = path.read_bytes()
        if data.startswith(_GZIP):
            data = gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise BenchmarkDataError(f"{path} cannot be read: {error}") from error
    return data.removeprefix(_BYTE_ORDER_MARK)


def numbered_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """
    The lines of a file that are not blank, counted from 1.

    Raises:
        BenchmarkDataError: it cannot be read.
    """
    for number, line in enumerate(content_of(path).splitlines(), 1):
        if line.strip():
            yield number, line


def records_of(path: Path, kind: type[M]) -> Iterator[tuple[int, M]]:
    """
    The lines of a file of JSON lines, each checked, with their numbers.

    Raises:
        BenchmarkDataError: the file cannot be read, or a line is not of this kind; the message names the field.
    """
    for number, line in numbered_lines(path):
        try:
            yield number, kind.model_validate_json(line)
        except ValidationError as error:
            raise BenchmarkDataError(f"{path}, line {number}: {first_mistake(error)}") from error


def objects_of(path: Path) -> Iterator[tuple[str, Any]]:
    """
    The entries of a file of JSON lines, or of one JSON array, each with the words that say where it stands.

    Raises:
        BenchmarkDataError: the file cannot be read, or is no JSON.
    """
    data = content_of(path)
    if data.lstrip().startswith(b"["):
        for number, entry in enumerate(_decoded(data, str(path)), 1):
            yield f"{path}, entry {number}", entry
        return
    for number, line in enumerate(data.splitlines(), 1):
        if line.strip():
            where = f"{path}, line {number}"
            yield where, _decoded(line, where)


def checked(kind: type[M], entry: Any, where: str) -> M:
    """
    An entry as what it should be.

    Raises:
        BenchmarkDataError: it is not; the message begins with `where` and names the field.
    """
    try:
        return kind.model_validate(entry)
    except ValidationError as error:
        raise BenchmarkDataError(f"{where}: {first_mistake(error)}") from error


def first_mistake(error: ValidationError) -> str:
    """The first thing that is wrong, with the field it is in."""
    first = error.errors(include_url=False)[0]
    where = ".".join(map(str, first["loc"]))
    return f"{where + ': ' if where else ''}{first['msg']}"


def version_of(paths: Iterable[Path]) -> str:
    """
    What tells data from other data: a digest of the files' names and contents, in their order.

    Raises:
        BenchmarkDataError: one cannot be read.
    """
    digest = hashlib.sha256()
    for path in paths:
        try:
            content = path.read_bytes()
        except OSError as error:
            raise BenchmarkDataError(f"{path} cannot be read: {error}") from error
        digest.update(f"{path.name}\0{len(content)}\0".encode("utf-8", "surrogateescape"))
        digest.update(content)
    return digest.hexdigest()[:16]


def one_file(data: Path, names: Iterable[str]) -> Path:
    """
    The file that `data` is, or the first of these names in the folder that it is.

    Raises:
        BenchmarkDataError: there is none.
    """
    if not data.is_dir():
        return data
    wanted = tuple(names)
    for name in wanted:
        if (data / name).is_file():
            return data / name
    raise BenchmarkDataError(f"{data} holds no {' or '.join(wanted)}")


def _decoded(data: bytes, where: str) -> Any:
    try:
        return json.loads(data)
    except ValueError as error:
        raise BenchmarkDataError(f"{where}: it is no JSON: {error}") from error
