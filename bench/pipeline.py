"""
What the pipeline of `exec-cli evaluate` costs: its wall time beside each of its two stages alone.

Answers come at a set rate from a server on a socket that speaks as vLLM does (a model would only add noise); they are
judged for real. Judging costs about as much as generating, the hardest case: both stages are busy from end to end, and
whatever one makes the other wait for shows. Each way is a process as people start it, start-up included, and the three
take turns.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import tempfile
import time
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from bench.figures import Figure
from tests.generator.openai_server import OpenAIServer, serving

PROBLEMS = 100
SAMPLES = 3
_ROUNDS = 3
_MOST = 1.15
"""Of the slower stage."""
_SEQUENCES = 8
_PROGRAM = """```python
total = {salt}
for number in range({turns}):
    total += number % 7
a, b = map(int, input().split())
print(a + b)
```"""


async def figures() -> list[Figure]:
    """Wall time of the pipeline over that of its slower stage."""
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        _write_problems(folder / "problems")
        judging_s = await _calibrated(folder)
        # So long that all answers together take as long as judging them.
        delay_s = judging_s / (PROBLEMS * SAMPLES) * _SEQUENCES
        rounds = [await _round(folder, number, delay_s) for number in range(_ROUNDS)]
    ratios = [whole / max(generating, judging) for generating, judging, whole in rounds]
    generating, judging, whole = (statistics.median(each) for each in zip(*rounds, strict=True))
    said = "each round " + ", ".join(f"{ratio:.2f}" for ratio in ratios)
    return [
        Figure("", f"generating {PROBLEMS * SAMPLES} samples alone", generating, "s"),
        Figure("", "judging them alone", judging, "s"),
        Figure("", "evaluate: both as one pipeline", whole, "s"),
        Figure("10.8", "evaluate over its slower stage alone", statistics.median(ratios), "x", _MOST, spread=said),
    ]


async def _round(folder: Path, number: int, delay_s: float) -> tuple[float, float, float]:
    async with _server(delay_s) as server:
        generating = await _timed("generate", *_asking(server, folder, f"alone-{number}"))
        judging = await _timed("score", folder / f"alone-{number}")
        whole = await _timed("evaluate", *_asking(server, folder, f"whole-{number}"))
    return generating, judging, whole


async def _calibrated(folder: Path) -> float:
    """How long judging alone takes; what is slow only the first time is done by then."""
    async with _server(0) as server:
        await _timed("generate", *_asking(server, folder, "first"))
    return await _timed("score", folder / "first")


def _server(delay_s: float) -> AbstractAsyncContextManager[OpenAIServer]:
    return serving(answer=_answer, delay_s=delay_s, sequences=_SEQUENCES)


def _answer(_: str, seed: int) -> str:
    # Equal programs are judged once; these differ, and take a tenth of a second each.
    turns = random.Random(seed).randint(400_000, 800_000)
    return _PROGRAM.format(salt=seed, turns=turns)


def _asking(server: OpenAIServer, folder: Path, out: str) -> tuple[object, ...]:
    benchmark = ("--benchmark", "tests-dir", "--data", folder / "problems", "--prompt", "plain")
    return (*benchmark, "--base-url", server.base_url, "--n", SAMPLES, "--out", folder / out)


async def _timed(*args: object) -> float:
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli", *map(str, args)),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"exec-cli {args[0]} ended with {process.returncode}: {said.decode()}")
    return time.perf_counter() - began


def _write_problems(folder: Path) -> None:
    for number in range(PROBLEMS):
        problem = folder / f"sum{number}"
        (problem / "tests").mkdir(parents=True)
        (problem / "problem.toml").write_text(f'title = "Sum {number}"\nruntime = "python"\n')
        (problem / "statement.md").write_text(f"Read two numbers and print their sum. This is problem {number}.")
        (problem / "tests" / "1.in").write_text(f"{number} 1\n")
        (problem / "tests" / "1.out").write_text(f"{number + 1}\n")
