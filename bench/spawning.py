"""A run in a box beside a bare posix_spawn of the same program: latency interleaved, throughput alternating."""

from __future__ import annotations

import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from bench.figures import Figure, spread
from executor.config import usable_cores
from executor.model import Command, File, Limits
from executor.sandbox.box import Box, Place
from executor.sandbox.native import start_box

_PAIRS = 1500
_RARELY = 25
_ROUNDS = 5
_ROUND_S = 1.5
_ISOLATED = ("bwrap", "--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev")

_BARE_LOOP = """
import os, sys, time
end, count = time.monotonic() + float(sys.argv[2]), 0
while time.monotonic() < end:
    os.waitpid(os.posix_spawn(sys.argv[1], [sys.argv[1]], {}), 0)
    count += 1
print(count)
"""


async def figures() -> list[Figure]:
    """Promises 6.1 and 6.2, and bubblewrap as context."""
    with tempfile.TemporaryDirectory() as directory:
        program = _trivial_program(Path(directory))
        boxes = [await start_box(index) for index in range(usable_cores())]
        try:
            for box in boxes:
                await box.load([File("main", program, executable=True)], Place.ARTIFACT)
            return [*await _latency(boxes[0], program), *await _throughput(boxes, program)]
        finally:
            for box in boxes:
                await box.close()


def _trivial_program(directory: Path) -> Path:
    source, program = directory / "trivial.c", directory / "trivial"
    source.write_text("int main(void) { return 0; }\n")
    subprocess.run(["gcc", "-O2", "-static", "-o", program, source], check=True)
    return program


async def _latency(box: Box, program: Path) -> list[Figure]:
    ways: dict[str, Callable[[], Awaitable[None]]] = {
        "box": lambda: _in_box(box),
        "bare": lambda: _at_once(_bare, program),
        "piped": lambda: _at_once(_bare_with_pipes, program),
    }
    if shutil.which("bwrap"):
        ways["bwrap"] = lambda: _at_once(_bubblewrap, program)
    samples: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(_PAIRS):
        for name, run in ways.items():
            if name == "bwrap" and number % _RARELY:  # it leaves cold caches to whoever comes next
                continue
            began = time.perf_counter()
            await run()
            samples[name].append((time.perf_counter() - began) * 1e3)
    bare, piped = statistics.median(samples["bare"]), statistics.median(samples["piped"])
    box_ms = statistics.median(samples["box"])
    result = [
        Figure("6.1", "a run in a box / bare posix_spawn with its output read", box_ms / piped, "x", 1.35),
        Figure("", "a run in a box / bare posix_spawn, nothing read", box_ms / bare, "x"),
    ]
    names = {"box": "a run in a box", "bare": "bare posix_spawn", "piped": "with output read", "bwrap": "bubblewrap"}
    for name, values in samples.items():
        result.append(Figure("", names[name], statistics.median(values), "ms", spread=spread(values, "ms")))
    return result


async def _in_box(box: Box) -> None:
    outcome = await box.run(Command(argv=("/artifact/main",)), Limits())
    assert outcome.exit_code == 0


async def _at_once(run: Callable[[Path], None], program: Path) -> None:
    run(program)


def _bare(program: Path) -> None:
    os.waitpid(os.posix_spawn(program, [str(program)], {}), 0)


def _bare_with_pipes(program: Path) -> None:
    """What anybody must do who wants the output: two pipes, read to their ends."""
    pipes = [os.pipe2(os.O_CLOEXEC) for _ in range(2)]
    actions = [(os.POSIX_SPAWN_DUP2, write_end, number) for number, (_, write_end) in enumerate(pipes, 1)]
    pid = os.posix_spawn(program, [str(program)], {}, file_actions=actions)
    for _, write_end in pipes:
        os.close(write_end)
    for read_end, _ in pipes:
        while os.read(read_end, 1 << 16):
            pass
        os.close(read_end)
    os.waitpid(pid, 0)


def _bubblewrap(program: Path) -> None:
    subprocess.run([*_ISOLATED, program], check=True)


async def _throughput(boxes: Sequence[Box], program: Path) -> list[Figure]:
    ratios, ours, bares = [], [], []
    for _ in range(_ROUNDS):
        bare = await asyncio.to_thread(_bare_per_second, len(boxes), program)
        in_boxes = await _boxes_per_second(boxes)
        bares.append(bare)
        ours.append(in_boxes)
        ratios.append(in_boxes / bare)
    slots = f"{len(boxes)} slots"
    return [
        Figure("6.2", f"throughput of {slots} / bare spawning by as many processes", statistics.median(ratios), "x",
               0.8, at_least=True, spread=spread(ratios, "x")),
        Figure("", f"runs a second in {slots}", statistics.median(ours), "/s"),
        Figure("", "runs a second, bare", statistics.median(bares), "/s"),
    ]  # fmt: skip


def _bare_per_second(parallel: int, program: Path) -> float:
    loop = [sys.executable, "-I", "-S", "-c", _BARE_LOOP, str(program), str(_ROUND_S)]
    workers = [subprocess.Popen(loop, stdout=subprocess.PIPE) for _ in range(parallel)]
    return sum(int(worker.communicate()[0]) for worker in workers) / _ROUND_S


async def _boxes_per_second(boxes: Sequence[Box]) -> float:
    end = time.monotonic() + _ROUND_S

    async def work(box: Box) -> int:
        count = 0
        while time.monotonic() < end:
            await _in_box(box)
            count += 1
        return count

    return sum(await asyncio.gather(*(work(box) for box in boxes))) / _ROUND_S
