"""Small Java programs, each of another kind: a line of java_programs.txt is the body of a class called NAME."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_HEAD: Final = "import java.util.*; import java.util.function.*; import java.util.stream.*;\n"
_BODIES: Final = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines()

PROGRAMS: Final = tuple(
    (name, f"{_HEAD}public class {name} {{\n{body.replace('NAME', name)}\n}}\n".replace("\\n", "\n"))
    for name, body in ((f"P{number}", body) for number, body in enumerate(_BODIES))
)
