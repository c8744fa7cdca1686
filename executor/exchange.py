"""
What the engine says to a compiler that stays, and what it answers.

    request   length, nonce, arguments, names of the sources, files (name, content)
    answer    length, nonce, 1 or 0, log, files (name, content)

Lengths and counts are 32 bits, the most significant byte first; texts and contents have their length in front; a nonce
has 16 bytes. 0 says no, whatever the reason: the plain way will find it. The compiler is fed by strangers, so an answer
is read as if a stranger had written it.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from executor.model import File
from executor.sandbox.content import check_name

NONCE_BYTES: Final = 16
HEAD: Final = struct.Struct(">I")
"""The length of what follows."""
_MOST_FILES: Final = 10_000
_MOST_NAME_BYTES: Final = 4096


class BadAnswer(ValueError):
    """What came is no answer to the request, in words."""


@dataclass(frozen=True, slots=True)
class Answer:
    """
    Args:
        log: what the compiler wrote although it succeeded.
        files: what it made, by paths relative to /work.
    """

    log: bytes
    files: tuple[File, ...]


def request(nonce: bytes, arguments: Sequence[str], sources: Sequence[str], files: Sequence[File]) -> bytes:
    """
    Args:
        files: of the submission, all of them, their contents in memory.
        sources: the names of those that are compiled.
    """
    body = bytearray(nonce)
    for texts in (arguments, sources):
        body += HEAD.pack(len(texts))
        for text in texts:
            _put(body, text.encode("utf-8"))
    body += HEAD.pack(len(files))
    for file in files:
        _put(body, file.name.encode("utf-8"))
        assert isinstance(file.content, bytes)
        _put(body, file.content)
    return HEAD.pack(len(body)) + bytes(body)


def read_answer(body: bytes, nonce: bytes) -> Answer | None:
    """
    An answer without its length in front; None: no.

    Raises:
        BadAnswer: it is none to the request with this nonce.
    """
    reader = _Reader(body)
    if reader.take(NONCE_BYTES) != nonce:
        raise BadAnswer("it answers something else")
    said = reader.take(1)
    if said not in {b"\0", b"\1"}:
        raise BadAnswer("it says neither yes nor no")
    log = reader.text()
    count = reader.number()
    if count > _MOST_FILES:
        raise BadAnswer(f"it has {count} files")
    files = tuple(_file(reader) for _ in range(count))
    if reader.left:
        raise BadAnswer("it goes on behind its end")
    if len({file.name for file in files}) < count:
        raise BadAnswer("a file comes twice")
    return Answer(log, files) if said == b"\1" else None


def _file(reader: _Reader) -> File:
    name = reader.text()
    if len(name) > _MOST_NAME_BYTES:
        raise BadAnswer(f"a file's name has {len(name)} bytes")
    try:
        text = name.decode("utf-8")
        check_name(text)
    except ValueError as error:  # UnicodeDecodeError too
        raise BadAnswer(str(error)) from error
    return File(text, reader.text())


class _Reader:
    def __init__(self, body: bytes) -> None:
        self._body = memoryview(body)

    @property
    def left(self) -> int:
        return len(self._body)

    def take(self, size: int) -> bytes:
        if size > len(self._body):
            raise BadAnswer("it ends too soon")
        taken, self._body = self._body[:size], self._body[size:]
        return bytes(taken)

    def number(self) -> int:
        (number,) = HEAD.unpack(self.take(HEAD.size))
        return int(number)

    def text(self) -> bytes:
        return self.take(self.number())


def _put(body: bytearray, data: bytes) -> None:
    body += HEAD.pack(len(data))
    body += data
