"""
How InfiBench's own grader runs programs, without its precautions: a program of its own, JSON in and out.

    python3 reference_infibench.py < PROGRAMS > RESULTS

PROGRAMS: one [language, code] a line, taken one at a time; RESULTS: `true` or `false` for each, as soon as it is known.
Python is executed in a forked child of this process, which has imported what the grader's has; all else is written into
an empty folder and given to the commands of the language. What the grader does around that is left out: it looks every
half second whether a Python program is over, and starts the TypeScript compiler through npx.

Source: the way of execution_utils.py of github.com/infi-coder/infibench-evaluator.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from contextlib import suppress
from pathlib import Path

TIMEOUTS_S = {"python": 10, "cpp": 60, "javascript": 10, "typescript": 20, "java": 10, "go": 20, "csharp": 20, "r": 20}
_PATIENCE = 6
"""How many times as long a program may take here: no other verdict because the machine is slow."""
TSC = "TSC"
"""An environment variable: where the TypeScript compiler is."""


def _commands(language: str) -> tuple[str, list[list[str]]]:
    """The file, and the commands; the last one's exit status is the result."""
    tsc = ["node", os.environ.get(TSC, "tsc"), "test.ts", "--outfile", "test.js"]
    return {
        "cpp": ("main.cpp", [["g++", "main.cpp", "-o", "main"], ["./main"]]),
        "javascript": ("test.js", [["node", "test.js"]]),
        "typescript": ("test.ts", [tsc, ["node", "test.js"]]),
        "java": ("Main.java", [["javac", "Main.java"], ["java", "Main"]]),
        "go": ("main.go", [["go", "run", "main.go"]]),
        "csharp": ("main.cs", [["mcs", "-out:main.exe", "main.cs"], ["mono", "main.exe"]]),
        "r": ("main.r", [["Rscript", "main.r"]]),
    }[language]


def _passes(language: str, code: str) -> bool:
    if language == "python":
        return _python(code)
    name, commands = _commands(language)
    status = 1
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, name).write_text(code, encoding="utf-8", errors="replace")
        for argv in commands:
            try:
                done = subprocess.run(
                    argv,
                    cwd=folder,
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    timeout=_PATIENCE * TIMEOUTS_S[language],
                    check=False,
                )
            except (OSError, subprocess.TimeoutExpired):
                return False
            status = done.returncode
    return status == 0


def _python(code: str) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        child = os.fork()
        if not child:
            _execute(code, folder)
        return os.waitpid(child, 0)[1] == 0


def _execute(code: str, folder: str) -> None:
    """In the child; it never returns."""
    status = 1
    try:
        os.chdir(folder)
        null = os.open(os.devnull, os.O_RDWR)
        for each in (0, 1, 2):
            os.dup2(null, each)
        signal.alarm(_PATIENCE * TIMEOUTS_S["python"])
        exec(code, {})  # noqa: S102  # a benchmark's answer, in a process of its own
        status = 0
    except BaseException:  # noqa: BLE001  # whatever a program raises is that it failed
        traceback.print_exc()
    finally:
        os._exit(status)


def main() -> None:
    """Run what standard input says."""
    # The grader has them from the package that loads its metrics.
    for name in ("numpy", "pandas", "requests"):
        with suppress(ImportError):
            importlib.import_module(name)
    for line in sys.stdin:
        language, code = json.loads(line)
        sys.stdout.write(json.dumps(_passes(language, code)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
