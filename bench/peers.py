"""
Other sandboxes beside ours: the same distinct programs, compiled and run, as many at a time as there are cores.

Each command of a program (compiler, then program) is one start of the sandbox, with its namespaces and without network,
as its manual has it; no sandbox but ours measures, judges or keeps limits here. What apt and PyPI have is installed by
`make bench-peers`; the figures of others are quoted in docs/performance.md with where they come from.
"""

from __future__ import annotations

import asyncio
import shutil
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench import bare, distinct
from bench.bare import BARE
from bench.distinct import Program
from executor.config import usable_cores
from executor.engine import Engine, EngineConfig
from executor.model import File, Finished, Job, Submission, TestCase, Verdict

LANGUAGES = ("c", "python")
NSJAIL = Path("build/peers/nsjail/bin/nsjail")
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Rate:
    """Programs a second of one language, by way; one figure for each round."""

    runtime: str
    programs: int
    workers: int
    per_s: Mapping[str, list[float]]

    def line(self) -> str:
        """Best first."""
        middle = {way: statistics.median(rates) for way, rates in self.per_s.items()}
        words = [f"{way} {middle[way]:.1f}" for way in sorted(middle, key=lambda way: -middle[way])]
        return f"  {self.runtime:8} {self.programs} programs, {self.workers} at a time; programs/s: {', '.join(words)}"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def wrappers() -> dict[str, tuple[str, ...]]:
    """What goes before a command, by sandbox; only those that are installed. `{folder}` is the program's."""
    found: dict[str, tuple[str, ...]] = {"bare": ()}
    known: dict[str, tuple[str, ...]] = {
        "bubblewrap": (
            "bwrap", "--unshare-all", "--die-with-parent", "--ro-bind", "/", "/", "--bind", "{folder}", "{folder}",
            "--proc", "/proc", "--dev", "/dev", "--chdir", "{folder}",
        ),
        "firejail": ("firejail", "--quiet", "--noprofile", "--net=none", "--read-only=/usr"),
        "nsjail": (
            str(NSJAIL.resolve()), "-Mo", "-Q", "--disable_rlimits", "--chroot", "/", "--bindmount", "{folder}",
            "--cwd", "{folder}", "--keep_env", "--",
        ),
    }  # fmt: skip
    return {**found, **{name: words for name, words in known.items() if shutil.which(words[0])}}


def measure(runtime_id: str, cache: Path, count: int) -> Rate:
    """
    Every way compiles and runs the same number of programs in each round, in turns.

    Args:
        cache: of the accelerated engine.
        count: programs of a round.
    """
    workers = usable_cores()
    per_s: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="ennead-bench-") as directory:
        for turn in range(_ROUNDS):
            for name, words in wrappers().items():
                programs = _programs(runtime_id, count, turn)
                began = time.perf_counter()
                _wrapped(runtime_id, programs, words, Path(directory))
                per_s.setdefault(name, []).append(count / (time.perf_counter() - began))
            for name, cold, kept in (("ennead cold", True, Path(directory, "cache")), ("ennead", False, cache)):
                rate = asyncio.run(_ours(runtime_id, _programs(runtime_id, count, turn), kept, cold=cold))
                per_s.setdefault(name, []).append(rate)
    return Rate(runtime_id, count, workers, per_s)


def _programs(runtime_id: str, count: int, turn: int) -> list[Program]:
    names, first = distinct.names(runtime_id), time.time_ns() // 1000 + turn
    return [distinct.variant(runtime_id, names[number % len(names)], first + number) for number in range(count)]


def _wrapped(runtime_id: str, programs: Sequence[Program], words: Sequence[str], directory: Path) -> None:
    way = BARE[runtime_id][0]

    def judge(program: Program) -> None:
        with tempfile.TemporaryDirectory(dir=directory) as folder:
            Path(folder, way.source).write_text(program.code, encoding="utf-8")
            wrapper = [word.replace("{folder}", folder) for word in words]
            output, _ = bare.run(way.commands, Path(folder), Path(folder), program.stdin, wrapper)
            if output.split() != program.expected.split():
                raise bare.BareFailed(f"{' '.join(wrapper)}: {program.name} wrote {output[:200]!r}")

    with ThreadPoolExecutor(usable_cores()) as pool:
        list(pool.map(judge, programs))


async def _ours(runtime_id: str, programs: Sequence[Program], cache: Path, *, cold: bool) -> float:
    source = BARE[runtime_id][0].source
    jobs = [
        Job(
            id=str(number),
            submission=Submission(files=(File(source, program.code.encode()),), runtime=runtime_id),
            cases=(TestCase(name="1", stdin=program.stdin, expected=program.expected),),
            cold=cold,
        )
        for number, program in enumerate(programs)
    ]
    async with Engine(EngineConfig(cache_dir=cache)) as engine:
        began = time.perf_counter()
        verdicts = await asyncio.gather(*(_verdict(engine, job) for job in jobs))
        spent_s = time.perf_counter() - began
    if set(verdicts) != {Verdict.AC}:
        raise bare.BareFailed(f"the engine's verdicts: {set(verdicts)}")
    return len(jobs) / spent_s


async def _verdict(engine: Engine, job: Job) -> Verdict:
    verdicts = [event.verdict async for event in engine.judge(job) if isinstance(event, Finished)]
    return verdicts[0]
