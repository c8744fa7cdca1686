"""The bare command line of each language: what somebody types who compiles and runs a program by hand."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from executor.runtime import DEFAULT_ENV, TOOLCHAINS

_JAVASCRIPT = TOOLCHAINS / "javascript"
_TSC = (
    "--strict", "false", "--target", "es2022", "--lib", "esnext", "--module", "nodenext", "--moduleDetection", "force",
    "--types", "node", "--typeRoots", f"{_JAVASCRIPT}/node_modules/@types", "--skipLibCheck", "main.ts",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bare:
    """
    Commands that are typed in the folder of a program.

    Args:
        name: of the compiler or interpreter, as people say it.
        source: what the program's file is called.
        commands: compiler first, the program last; the last one reads the input.
    """

    name: str
    source: str
    commands: tuple[tuple[str, ...], ...]

    def shown(self) -> str:
        """As typed; what is only where something is installed is left out."""
        words = " && ".join(" ".join(command) for command in self.commands)
        return words.replace(f"node {_JAVASCRIPT}/node_modules/typescript-5/bin/tsc", "tsc").replace(
            f" --typeRoots {_JAVASCRIPT}/node_modules/@types", ""
        ).replace(f"{_JAVASCRIPT}/typescript/tsc", "tsc")  # fmt: skip


BARE: Mapping[str, tuple[Bare, ...]] = {
    "c": (Bare("gcc", "main.c", (("gcc", "-std=gnu17", "-O2", "-o", "main", "main.c", "-lm"), ("./main",))),),
    "cpp": (Bare("g++", "main.cpp", (("g++", "-std=gnu++20", "-O2", "-o", "main", "main.cpp"), ("./main",))),),
    "csharp": (Bare("mcs", "main.cs", (("mcs", "-optimize+", "-out:main.exe", "main.cs"), ("mono", "main.exe"))),),
    "go": (Bare("go build", "main.go", (("go", "build", "-o", "main", "main.go"), ("./main",))),),
    "java": (Bare("javac", "Main.java", (("javac", "Main.java"), ("java", "Main"))),),
    "javascript": (Bare("node", "main.js", (("node", "main.js"),)),),
    "python": (Bare("python3", "main.py", (("python3", "main.py"),)),),
    "r": (Bare("Rscript", "main.R", (("Rscript", "main.R"),)),),
    "rust": (Bare("rustc", "main.rs", (("rustc", "--edition", "2021", "-O", "-o", "main", "main.rs"), ("./main",))),),
    "typescript": (
        Bare("tsc 7", "main.ts", ((f"{_JAVASCRIPT}/typescript/tsc", "--ignoreConfig", *_TSC), ("node", "main.js"))),
        Bare(
            "tsc 5.9",
            "main.ts",
            (("node", f"{_JAVASCRIPT}/node_modules/typescript-5/bin/tsc", *_TSC), ("node", "main.js")),
        ),
    ),
    "typescript-5": (
        Bare(
            "tsc 5.9",
            "main.ts",
            (("node", f"{_JAVASCRIPT}/node_modules/typescript-5/bin/tsc", *_TSC), ("node", "main.js")),
        ),
    ),
}
"""By runtime; of several the first is the same compiler."""


class BareFailed(Exception):
    """A command did not end with 0; the message has what it wrote."""


def environment(home: Path) -> dict[str, str]:
    """What a command sees: nothing of ours, and a home of its own for the caches of go."""
    return {**DEFAULT_ENV, "HOME": str(home), "TMPDIR": str(home)}


def run(
    commands: Sequence[Sequence[str]], folder: Path, home: Path, stdin: bytes, wrapper: Sequence[str] = ()
) -> tuple[bytes, float]:
    """
    Run commands one after another; the last one reads the input.

    Args:
        home: with the caches of the tools.
        wrapper: what goes before each command, such as a sandbox.

    Returns:
        What the last one wrote, and the CPU time of all and of what they waited for, in milliseconds.

    Raises:
        BareFailed: one of them failed.
    """
    spent = 0.0
    (folder / "stdin").write_bytes(stdin)
    for command in commands:
        with (
            (folder / "stdin").open("rb") as given,
            (folder / "stdout").open("wb") as written,
            (folder / "stderr").open("wb") as said,
        ):
            process = subprocess.Popen(
                [*wrapper, _found(command[0]), *command[1:]],
                cwd=folder,
                env=environment(home),
                stdin=given,
                stdout=written,
                stderr=said,
            )
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        spent += (usage.ru_utime + usage.ru_stime) * 1e3
        if process.returncode:
            output = "".join((folder / name).read_text(errors="replace") for name in ("stderr", "stdout"))
            raise BareFailed(f"{' '.join(command)} ended with {process.returncode}: {output[:2000]}")
    return (folder / "stdout").read_bytes(), spent


def _found(program: str) -> str:
    """With its folder, which not every sandbox looks for."""
    return shutil.which(program, path=DEFAULT_ENV["PATH"]) or program


def timed(commands: Sequence[Sequence[str]], folder: Path, home: Path, stdin: bytes) -> tuple[bytes, float, float]:
    """As `run`; the last figure is the real time in milliseconds."""
    began = time.perf_counter()
    output, cpu_ms = run(commands, folder, home, stdin)
    return output, cpu_ms, (time.perf_counter() - began) * 1e3
