"""
How HumanEval-X's own evaluator runs programs, without its precautions: a program of its own, JSON in and out.

    python3 reference_evaluator.py WORKERS < PROGRAMS > RESULTS

PROGRAMS: [[language, code, libraries], ...]; RESULTS: [true, false, ...]. A pool of threads takes the programs; each
becomes a child process that tells by a managed list whether it passed. In it Python is executed as it is; C++ is
written into a file, compiled and run. Source: the way of human_eval/execution.py (Chen et al. 2021), which
github.com/THUDM/CodeGeeX, codegeex/benchmark, extends by languages.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import MutableSequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from pathlib import Path

_TIMEOUT_S = 60


def _passes(language: str, code: str, libraries: list[str]) -> bool:
    with multiprocessing.Manager() as manager:
        result: MutableSequence[str] = manager.list()
        process = multiprocessing.Process(target=_run, args=(language, code, libraries, result))
        process.start()
        process.join(_TIMEOUT_S + 1)
        if process.is_alive():
            process.kill()
        return list(result) == ["passed"]


def _run(language: str, code: str, libraries: list[str], result: MutableSequence[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        good = _python(code) if language == "python" else _cpp(code, libraries)
        os.chdir("/")
    result.append("passed" if good else "failed")


def _python(code: str) -> bool:
    try:
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
            exec(code, {})  # noqa: S102  # a benchmark's own solution, in a process of its own
    except BaseException:  # noqa: BLE001  # whatever a program raises is that it failed
        return False
    return True


def _cpp(code: str, libraries: list[str]) -> bool:
    Path("test.cpp").write_text(code, encoding="utf-8")
    compiled = subprocess.run(
        ["g++", "-std=c++11", "test.cpp", *libraries], capture_output=True, timeout=_TIMEOUT_S, check=False
    )
    if compiled.returncode:
        return False
    return subprocess.run(["./a.out"], capture_output=True, timeout=_TIMEOUT_S, check=False).returncode == 0


def main() -> None:
    """Run what standard input says."""
    programs = json.load(sys.stdin)
    with ThreadPoolExecutor(int(sys.argv[1])) as workers:
        json.dump(list(workers.map(lambda each: _passes(*each), programs)), sys.stdout)


if __name__ == "__main__":
    main()
