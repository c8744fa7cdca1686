"""
CPU time per job of distinct one-case programs: forked from a template, executed, and by the bare command.

    python -m bench.forking [--jobs N] [--json FILE]

The engine has one slot. Its CPU time is that of all its processes, compilation, comparison and our own included; the
first jobs of each kind, which start the box and the template, are not counted. The kinds take turns in small groups,
so that a busy machine is busy for all of them.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil

from bench.figures import Figure, spread, table
from executor.engine import Engine, EngineConfig
from executor.model import File, Finished, Job, Submission, TestCase, Verdict

_PROGRAMS = {
    "python": "import sys\n# {number}\nprint(sum(int(word) for word in sys.stdin.read().split()))\n",
    "r": "# {number}\nx <- scan(file('stdin'), quiet = TRUE)\ncat(sum(x), '\\n')\n",
}
_BOUNDS = {"python": 0.8, "r": 0.4}
_STDIN, _EXPECTED = b"1 2 3 4\n", b"10\n"
_GROUP = 20
"""Jobs that are measured together: the kernel tells times of processes in hundredths of a second."""
_WARM_UP = 3


async def figures(jobs: int) -> list[Figure]:
    """
    Ratios to the bare command, from the 10th percentiles of groups.

    Args:
        jobs: counted jobs of each kind and language.
    """
    found = []
    with tempfile.TemporaryDirectory() as directory:
        async with Engine(EngineConfig(slots=1, cache_dir=Path(directory))) as engine:
            for runtime_id in _PROGRAMS:
                if engine.runtimes.get(runtime_id).missing() is None:
                    found += await _Measurement(engine, runtime_id, Path(directory)).figures(jobs)
    return found


class _Measurement:
    """Of one language."""

    def __init__(self, engine: Engine, runtime_id: str, directory: Path) -> None:
        self._engine = engine
        self._runtime = engine.runtimes.get(runtime_id).resolve()
        self._directory = directory
        self._number = 0

    async def figures(self, jobs: int) -> list[Figure]:
        for _ in range(_WARM_UP):
            await self._judge(cold=False)
            await self._judge(cold=True)
            self._run_bare()
        spent: dict[str, list[float]] = {"forked": [], "executed": [], "bare": []}
        for _ in range(max(1, jobs // _GROUP)):
            spent["forked"].append(await self._judged_ms(cold=False))
            spent["executed"].append(await self._judged_ms(cold=True))
            spent["bare"].append(self._bare_ms())
        tenth = {kind: sorted(values)[len(values) // 10] for kind, values in spent.items()}
        language = self._runtime.id
        return [
            *(Figure("", f"{language}: CPU time of a job, {kind}", tenth[kind], "ms", spread=spread(values, "ms"))
              for kind, values in spent.items()),
            Figure("", f"{language}: executed / bare", tenth["executed"] / tenth["bare"], "x"),
            Figure("", f"{language}: forked / bare", tenth["forked"] / tenth["bare"], "x", _BOUNDS[language]),
        ]  # fmt: skip

    async def _judged_ms(self, *, cold: bool) -> float:
        before = await _family_s()
        for _ in range(_GROUP):
            await self._judge(cold=cold)
        return (await _family_s() - before) * 1e3 / _GROUP

    def _bare_ms(self) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        for _ in range(_GROUP):
            self._run_bare()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e3 / _GROUP

    def _source(self) -> bytes:
        self._number += 1
        return _PROGRAMS[self._runtime.id].format(number=self._number).encode()

    async def _judge(self, *, cold: bool) -> None:
        job = Job(
            id=str(self._number),
            submission=Submission(files=(File(self._runtime.source, self._source()),), runtime=self._runtime.id),
            cases=(TestCase(name="1", stdin=_STDIN, expected=_EXPECTED),),
            cold=cold,
        )
        async for event in self._engine.judge(job):
            if isinstance(event, Finished):
                assert event.verdict is Verdict.AC, event

    def _run_bare(self) -> None:
        source = self._directory / self._runtime.source
        source.write_bytes(self._source())
        argv = [str(source) if word == "{source}" else word for word in self._runtime.run if word not in _SEVERAL]
        done = subprocess.run(argv, input=_STDIN, stdout=subprocess.PIPE, env=dict(self._runtime.env), check=True)
        assert done.stdout.split() == _EXPECTED.split()


_SEVERAL = {"{flags}", "{args}"}


async def _family_s() -> float:
    """
    CPU time of this process, its living descendants and all that they have buried, in seconds. Our own children's is
    left out: that is the bare commands'.
    """
    await asyncio.sleep(0.1)  # the last box is being reset
    own = psutil.Process()
    total = own.cpu_times().user + own.cpu_times().system
    for process in own.children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            total += sum(process.cpu_times()[:4])
    return total


def _main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.forking", description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--jobs", type=int, default=100, help="of each kind and language (100)")
    parser.add_argument("--json", type=Path, help="write the figures to a file, too")
    arguments = parser.parse_args()
    found = asyncio.run(figures(arguments.jobs))
    print(table(found))
    if arguments.json is not None:
        arguments.json.write_text(json.dumps([figure.as_json() for figure in found], indent=2) + "\n")
    if not found:
        sys.exit("neither Python nor R is installed here")


if __name__ == "__main__":
    _main()
