"""What a program does, and what is said of it, is the same whether it is executed or forked from a template."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from executor.errors import RuntimeUnavailable
from executor.model import MIB, SECOND, Command, File, Limits, Submission
from executor.runtime import Runtime, Runtimes
from executor.sandbox.box import Place
from executor.sandbox.box_config import BoxConfig
from executor.sandbox.detection import detect
from executor.sandbox.native import NativeBox
from executor.verdict import verdict_of
from tests.forking.programs import PYTHON, R

pytestmark = pytest.mark.asyncio(loop_scope="module")

LIMITS = Limits(cpu_ns=10 * SECOND, wall_ns=30 * SECOND, memory_bytes=256 * MIB, processes=32)


class Runner:
    """Runs programs of one runtime in one box, in both ways."""

    def __init__(self, box: NativeBox, runtime: Runtime) -> None:
        self.box = box
        self._runtime = runtime

    def command(self, stdin: bytes) -> Command:
        submission = Submission(files=(File(self._runtime.source, b""),), runtime=self._runtime.id)
        _, layout = self._runtime.arrange(submission)
        return self._runtime.run_command(layout, LIMITS, stdin)

    async def load(self, source: bytes, **modules: bytes) -> None:
        others = [File(f"{name}.py", content) for name, content in modules.items()]
        await self.box.reset()
        await self.box.load([File(self._runtime.source, source), *others], Place.ARTIFACT)

    async def executed(self, stdin: bytes = b"") -> Mapping[str, Any]:
        return await self._seen(replace(self.command(stdin), fork=None))

    async def forked(self, stdin: bytes = b"") -> Mapping[str, Any]:
        command, before = self.command(stdin), self.box.forking.runs
        seen = await self._seen(command)
        if self.box.forking.runs == before:  # the first of its kind in this box
            seen = await self._seen(command)
        assert self.box.forking.runs > before, "a template was to be had"
        return seen

    async def _seen(self, command: Command) -> Mapping[str, Any]:
        outcome = await self.box.run(command, LIMITS)
        return {
            "verdict": verdict_of(outcome, LIMITS),
            "exit_code": outcome.exit_code,
            "signal": outcome.signal,
            "exceeded": outcome.exceeded,
            "stdout": outcome.stdout,
            "stderr": outcome.stderr,
            "file_bytes": outcome.usage.file_bytes,
        }


@pytest.fixture(scope="module")
def runtimes() -> Runtimes:
    return Runtimes.load()


def _resolved(runtimes: Runtimes, runtime_id: str) -> Runtime:
    try:
        return runtimes.get(runtime_id).resolve()
    except RuntimeUnavailable as reason:
        pytest.skip(str(reason))


async def _runner(runtimes: Runtimes, runtime_id: str) -> Runner:
    return await _runner_of(_resolved(runtimes, runtime_id), {})


async def _runner_of(runtime: Runtime, shown: Mapping[str, Path]) -> Runner:
    mounts = tuple(map(Path, runtime.mounts))
    box = await NativeBox.start(0, BoxConfig(mounts, shown, writable_bytes=64 * MIB), detect())
    if not box.forking.is_possible:
        await box.close()
        pytest.skip("runs are forked by root, with cgroup v1")
    return Runner(box, runtime)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def python(runtimes: Runtimes) -> AsyncIterator[Runner]:
    runner = await _runner(runtimes, "python")
    yield runner
    await runner.box.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def r(runtimes: Runtimes) -> AsyncIterator[Runner]:
    runner = await _runner(runtimes, "r")
    yield runner
    await runner.box.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def python_data(runtimes: Runtimes) -> AsyncIterator[Runner]:
    runner = await _runner(runtimes, "python-data")
    yield runner
    await runner.box.close()


async def test_lines_that_the_machine_hooks_into_every_python_are_not_in_a_box(python: Runner) -> None:
    await python.load(b"""
import site
from glob import glob
files = [file for folder in site.getsitepackages() for file in glob(folder + "/*.pth")]
print(bool(files), [name for name in files if open(name).read()])
""")
    folders = (Path("/usr/lib/python3/dist-packages"), *Path("/usr/local/lib").glob("python3.*/dist-packages"))
    if not any(list(folder.glob("*.pth")) for folder in folders):
        pytest.skip("this machine hooks nothing into its Python")
    assert (await python.forked())["stdout"] == b"True []\n"


SEES_WHAT_IS_LOADED = {"modules", "maps", "environ-file", "garbage"}
"""Programs that print what more is in memory, or what else Python was told when it started."""
PROGRAMS = sorted(PYTHON.keys() - SEES_WHAT_IS_LOADED)


@pytest.mark.parametrize("name", PROGRAMS)
async def test_a_python_program_is_the_same_either_way(python: Runner, name: str) -> None:
    source, stdin = PYTHON[name]
    await python.load(source)
    assert await python.forked(stdin) == await python.executed(stdin)


@pytest.mark.parametrize("name", R)
async def test_an_r_program_is_the_same_either_way(r: Runner, name: str) -> None:
    source, stdin = R[name]
    await r.load(source)
    assert await r.forked(stdin) == await r.executed(stdin)


@pytest.mark.parametrize("name", PROGRAMS)
async def test_a_python_program_is_the_same_where_packages_were_imported_before_it(
    python: Runner, python_data: Runner, name: str
) -> None:
    source, stdin = PYTHON[name]
    await python.load(source)
    await python_data.load(source)
    assert await python_data.forked(stdin) == await python.executed(stdin)


LEAVES = b"""
import os, sys
from dataclasses import dataclass
from typing import Dict, List
@dataclass
class Node:
    others: "List[Node]"
    def __del__(self): print("gone", len(known), type(known).__name__)
known: Dict[Node, List[Node]] = dict.fromkeys("ab")
node = Node([])
node.others.append(node)
by_hand = open("result.txt", "w")
by_hand.write("kept")
sys.stdout = open(1, "w", closefd=False)
print("said", end="")
class Reads:
    def __del__(self): sys.stderr.write(str(os.path.getsize("result.txt")) + " unflushed")
reads = Reads()
"""


@pytest.mark.parametrize("name", ["python", "python_data"])
async def test_what_a_program_leaves_to_be_closed_and_deleted_at_its_end_is(
    name: str, request: pytest.FixtureRequest, python: Runner
) -> None:
    runner: Runner = request.getfixturevalue(name)
    await python.load(LEAVES)
    await runner.load(LEAVES)
    seen = await runner.forked()
    assert seen["stdout"].startswith(b"said")
    assert seen == await python.executed()


@pytest.mark.parametrize("name", ["python", "python_data"])
@pytest.mark.parametrize("module", ["random", "enum", "heapq", "os"])
async def test_a_module_of_a_submission_is_not_taken_for_one_that_was_loaded_before(
    name: str, module: str, request: pytest.FixtureRequest, python: Runner
) -> None:
    runner: Runner = request.getfixturevalue(name)
    source = f"import {module}, sys\nprint({module}.__file__, sys.argv, sys.path, __name__)\n".encode()
    await python.load(source, **{module: b"print('mine')"})
    await runner.load(source, **{module: b"print('mine')"})
    assert await runner.forked() == await python.executed()


async def test_no_two_forks_draw_the_same_random_numbers(python: Runner) -> None:
    await python.load(b"import random, uuid, tempfile\nprint(random.random(), uuid.uuid4(), tempfile.mktemp())")
    seen = [(await python.forked())["stdout"].split() for _ in range(3)]
    assert len({word for each in seen for word in each}) == 9, seen


RANDOM = b"""import os, random, threading
import numpy
assert threading.main_thread().native_id == os.getpid()
print(random.random(), numpy.random.rand())
os.write(2, b"drawn")
"""


async def test_no_two_runs_draw_the_same_random_numbers_where_packages_were_imported_before_them(
    python_data: Runner,
) -> None:
    await python_data.load(RANDOM)
    seen = [await python_data.forked() for _ in range(3)]
    assert all(each["exit_code"] == 0 and each["stderr"] == b"drawn" for each in seen), seen
    drawn = [number for each in seen for number in each["stdout"].split()]
    assert len(set(drawn)) == 6


async def test_what_packages_cost_to_import_is_not_spent_in_a_fork(python_data: Runner) -> None:
    await python_data.load(b"import os, numpy, pandas\nos._exit(0)")
    await python_data.forked()
    outcome = await python_data.box.run(python_data.command(b""), LIMITS)
    assert outcome.usage.cpu_ns < 150_000_000, "importing them takes half a second"


MACHINE = "/opt/machine"


def _machine(python: str, directory: Path, start_up: str) -> None:
    """What a machine has whose Python finds a .pth file with this line; to be shown as MACHINE."""
    subprocess.run([python, "-m", "venv", "--without-pip", str(directory)], check=True)
    (packages,) = directory.glob("lib/python*/site-packages")
    (packages / "machine.pth").write_text(f"{start_up}\n")


DRAWS = b"import random\nprint(random.random())"


@pytest.mark.parametrize(
    "runtime_id, start_up, is_forked",
    [
        ("python", "import bisect", True),
        ("python", "import random", False),
        ("python", "import sys; open('/dev/urandom').close()", False),
        ("python-data", "import random", False),
    ],
)
async def test_no_two_runs_draw_the_same_random_numbers_whatever_the_machine_imports_at_every_start(
    runtimes: Runtimes, tmp_path: Path, runtime_id: str, start_up: str, *, is_forked: bool
) -> None:
    runtime = _resolved(runtimes, runtime_id)
    await asyncio.to_thread(_machine, runtime.run[0], tmp_path / "machine", start_up)
    there = replace(runtime, run=(f"{MACHINE}/bin/python3", *runtime.run[1:]))
    runner = await _runner_of(there, {MACHINE: tmp_path / "machine"})
    try:
        await runner.load(DRAWS)
        outcomes = [await runner.box.run(runner.command(b""), LIMITS) for _ in range(4)]
        assert len({outcome.stdout for outcome in outcomes}) == 4, outcomes
        assert all(outcome.exit_code == 0 for outcome in outcomes), outcomes
        assert (runner.box.forking.runs > 0) is is_forked
    finally:
        await runner.box.close()
