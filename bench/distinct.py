"""
Programs that differ: bench/programs holds ten problems in each language, and each variant of one is another program.

All of them read the same kind of input, and a problem has the same answer in every language.
"""

from __future__ import annotations

import random
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PROGRAMS = Path(__file__).with_name("programs")
_FOLDERS = {"typescript-5": "typescript"}
_NUMBER, _TEXT = "271828", "ennead-text"
_NUMBERS = 120


@dataclass(frozen=True, slots=True)
class Program:
    """
    A program that nobody has compiled before.

    Args:
        name: of its problem.
        code: source, of one file.
        stdin, expected: the input and the right output.
    """

    name: str
    code: str
    stdin: bytes
    expected: bytes


def names(runtime_id: str) -> list[str]:
    """The problems that a language has programs for."""
    return sorted(path.stem for path in _folder(runtime_id).iterdir())


def variant(runtime_id: str, name: str, number: int) -> Program:
    """
    A problem's program with another constant and another text.

    Args:
        number: equal numbers give equal programs.
    """
    chosen = random.Random(f"{name} {number}")
    seed, text = str(chosen.randrange(100_000, 1_000_000)), f"run-{number:x}-{chosen.randrange(1 << 32):08x}"
    stdin = f"{_NUMBERS}\n{' '.join(str(chosen.randrange(1, 10_000)) for _ in range(_NUMBERS))}\n".encode()
    (path,) = _folder(runtime_id).glob(f"{name}.*")
    code = path.read_text(encoding="utf-8").replace(_NUMBER, seed).replace(_TEXT, text)
    return Program(name, code, stdin, _expected(name, seed, text, stdin))


def with_headers_by_name(code: str) -> str:
    """A C++ program that includes what it may need instead of everything."""
    headers = (
        "algorithm array climits cmath cstdio functional iomanip iostream limits map numeric queue set sstream string"
    )
    lines = "\n".join(f"#include <{name}>" for name in [*headers.split(), "tuple", "utility", "vector"])
    return code.replace("#include <bits/stdc++.h>", lines)


def _folder(runtime_id: str) -> Path:
    return PROGRAMS / _FOLDERS.get(runtime_id, runtime_id)


@cache
def _expected(name: str, seed: str, text: str, stdin: bytes) -> bytes:
    code = (PROGRAMS / "python" / f"{name}.py").read_text(encoding="utf-8")
    code = code.replace(_NUMBER, seed).replace(_TEXT, text)
    return subprocess.run(["/usr/bin/python3", "-c", code], input=stdin, stdout=subprocess.PIPE, check=True).stdout
