"""A resident compiler that strangers have taken over: it can say no, and nothing else that is believed."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psutil
import pytest
import pytest_asyncio

from executor.engine import Engine, EngineConfig
from executor.exchange import BadAnswer, read_answer, request
from executor.model import (
    CaseFinished,
    Checker,
    Compiled,
    Event,
    File,
    Finished,
    Job,
    Limits,
    Submission,
    TestCase,
    Verdict,
)
from executor.sandbox.detection import detect
from tests.conformance.support import assert_soon, cgroups_of, children
from tests.residents.support import Workshop, installed

TOML = """
name = "Toy"
extensions = [".toy"]
source = "main.toy"
compile = ["sh", "-c", "cp \\"$1\\" \\"$2\\"; echo plainly >> \\"$2\\"", "sh", "{source}", "{binary}"]
run = ["sh", "{binary}"]
keep = ["{binary}"]
version = ["sh", "-c", "echo 1"]
[resident]
command = ["python3", "-I", "{root}/server.py"]
arguments = ["{binary}", "{flags}"]
memory_mib = 128
cpu_ms = 500
jobs = 4
[resident.files]
"server.py" = '''
import os, struct, time

def take(size):
    data = b""
    while len(data) < size:
        data += os.read(0, size - len(data)) or os._exit(0)
    return data

def text(data):
    return struct.pack(">I", len(data)) + data

def answer(nonce, files, said=1, log=b""):
    body = nonce + bytes([said]) + text(log) + struct.pack(">I", len(files))
    body += b"".join(text(name) + text(content) for name, content in files)
    os.write(1, text(body))

served = 0
last = b""
while True:
    body = take(struct.unpack(">I", take(4))[0])
    nonce, served = body[:16], served + 1
    good = [(b"main", b"echo resident %d" % served)]
    for behaviour in body.rpartition(b"##")[2].split(b";"):
        exec(behaviour.strip())
    last = nonce
'''
[hello]
code = "## answer(nonce, good)"
[broken]
code = "exit 1"
"""


@pytest.fixture
def toys(tmp_path: Path) -> Path:
    folder = tmp_path / "runtimes"
    folder.mkdir()
    (folder / "toy.toml").write_text(TOML)
    return folder


GOOD = "answer(nonce, good)"
HOSTILE = {
    "noise before": f"os.write(1, b'hello'); {GOOD}",
    "another request's nonce": "answer(bytes(16), good)",
    "the last request's nonce": "answer(last, good)",
    "neither yes nor no": "answer(nonce, good, 7)",
    "no": "answer(nonce, good, 0)",
    "a name that leaves": "answer(nonce, [(b'../main', b'x')])",
    "an absolute name": "answer(nonce, [(b'/work/main', b'x')])",
    "a name with a NUL": "answer(nonce, [(b'ma\\0in', b'x')])",
    "a name that is no text": "answer(nonce, [(b'\\xff', b'x')])",
    "an endless name": "answer(nonce, [(b'x' * 5000, b'x')])",
    "a file twice": "answer(nonce, good + good)",
    "no file": "answer(nonce, [])",
    "not the file that counts": "answer(nonce, [(b'other', b'x')])",
    "a huge length": "os.write(1, bytes([255] * 4)); time.sleep(60)",
    "a huge count": "os.write(1, text(nonce + bytes([1, 0, 0, 0, 0, 255, 255, 255, 255])))",
    "half an answer": "os.write(1, struct.pack('>I', 100) + nonce); os._exit(0)",
    "more than an answer": "os.write(1, text(nonce + bytes([1] + [0] * 8) + b'more'))",
    "its end": "os._exit(0)",
    "a flood": "[os.write(1, b'x' * 65536) for _ in range(10000)]",
    "a busy loop": "[0 for _ in iter(int, 1)]",
    "all its memory": "data = b'x' * (1 << 30)",
    "the death of everybody": "os.kill(-1, 9)",
}


def toy(text: str) -> dict[str, str]:
    toy.count += 1  # type: ignore[attr-defined]
    return {"main.toy": f"echo {toy.count}\n## {text}"}  # type: ignore[attr-defined]


toy.count = 0  # type: ignore[attr-defined]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def workshop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Workshop]:
    """One for many tests: whatever happens to its resident, it has another one for the next."""
    folder = tmp_path_factory.mktemp("toys")
    (folder / "toy.toml").write_text(TOML)
    async with Workshop(installed("toy", folder), tmp_path_factory.mktemp("home")) as one:
        await one.warm_up()
        yield one


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("behaviour", HOSTILE.values(), ids=HOSTILE)
async def test_what_is_no_answer_leads_to_the_plain_way(workshop: Workshop, behaviour: str) -> None:
    """Whatever it says or does instead, the submission is compiled, and the next one too."""
    made = await workshop.make(toy(behaviour))
    assert made.verdict is Verdict.AC
    assert not made.resident
    assert made.files["main"].endswith(b"plainly\n-")
    assert made.cpu_ns < 2_000_000_000
    made = await workshop.make(toy(GOOD))
    assert made.resident
    assert made.files["main"].startswith(b"echo resident")


async def test_noise_behind_an_answer_is_not_the_next_answer(tmp_path: Path, toys: Path) -> None:
    """What it says unasked belongs to no request."""
    async with Workshop(installed("toy", toys), tmp_path) as workshop:
        await workshop.warm_up()
        assert (await workshop.make(toy(f"{GOOD}; answer(bytes(16), good)"))).resident
        made = await workshop.make(toy(GOOD))
        assert not made.resident
        assert made.verdict is Verdict.AC


async def test_it_is_replaced_after_so_many_jobs(tmp_path: Path, toys: Path) -> None:
    """Nothing that accumulates in it lasts."""
    async with Workshop(installed("toy", toys), tmp_path) as workshop:
        await workshop.warm_up()
        served = [(await workshop.make(toy(GOOD))).files["main"] for _ in range(8)]
        assert served == [b"echo resident %d-" % number for number in (2, 3, 4, 1, 2, 3, 4, 1)]


async def test_it_says_no_without_being_replaced(tmp_path: Path, toys: Path) -> None:
    """A program that does not compile costs nobody a new start."""
    async with Workshop(installed("toy", toys), tmp_path) as workshop:
        await workshop.warm_up()
        assert not (await workshop.make(toy("answer(nonce, [], 0)"))).resident
        assert (await workshop.make(toy(GOOD))).files["main"] == b"echo resident 3-"


async def test_after_some_failures_it_is_left_alone(tmp_path: Path, toys: Path) -> None:
    """Sources that always break it do not make every job pay for a new start."""
    async with Workshop(installed("toy", toys), tmp_path) as workshop:
        await workshop.warm_up()
        for _ in range(3):
            assert not (await workshop.make(toy("os._exit(1)"))).resident
        assert not (await workshop.make(toy(GOOD))).resident
        assert workshop.residents.standing == 0


async def test_a_compiler_that_has_been_replaced_serves_nobody(tmp_path: Path, toys: Path) -> None:
    """What is filed under the new version is made by the new one."""
    async with Workshop(installed("toy", toys), tmp_path) as workshop:
        await workshop.warm_up()
        assert (await workshop.make(toy(GOOD))).files["main"] == b"echo resident 2-"
        assert await workshop.is_served(toy("answer(nonce, good, served == 1)"), version="2")
        assert workshop.residents.standing == 1


async def test_cold_jobs_never_meet_it(tmp_path: Path, toys: Path) -> None:
    """A job that asks for it is compiled plainly, however warm everything is."""
    async with Workshop(installed("toy", toys), tmp_path) as workshop:
        await workshop.warm_up()
        assert not (await workshop.make(toy(GOOD), cold=True)).resident


@pytest.mark.parametrize("bytes_for_all", [0, 127 * 1024 * 1024])
async def test_without_room_there_is_none(tmp_path: Path, toys: Path, bytes_for_all: int) -> None:
    """The bound of their memory is kept, by doing without."""
    config = EngineConfig(slots=1, cache_dir=tmp_path / "cache", runtimes_dir=toys, resident_bytes=bytes_for_all)
    async with Engine(config) as engine:
        for _ in range(3):
            assert await output_of(engine, toy(GOOD)) != b"resident"


async def test_an_engine_uses_them_from_the_second_job_on(tmp_path: Path, toys: Path) -> None:
    """A single job starts nothing; when the engine is closed nothing of them is left."""
    before = cgroups(), {child.pid for child in children()}
    config = EngineConfig(slots=2, cache_dir=tmp_path / "cache", runtimes_dir=toys)
    async with Engine(config) as engine:
        first, *outputs = [await output_of(engine, toy(GOOD)) for _ in range(4)]
        assert not first.startswith(b"resident")
        assert outputs == [b"resident 1\n", b"resident 2\n", b"resident 3\n"]
        many = await asyncio.gather(*(output_of(engine, toy(GOOD)) for _ in range(12)))
        assert all(output.split()[0] == b"resident" for output in many)
    assert cgroups() <= before[0]
    await assert_soon(lambda: {child.pid for child in children()} <= before[1], "processes are left")


async def test_a_job_that_is_given_up_takes_its_resident_along(tmp_path: Path, toys: Path) -> None:
    """Its late answer can reach nobody."""
    others = servers()
    config = EngineConfig(slots=1, cache_dir=tmp_path / "cache", runtimes_dir=toys)
    async with Engine(config) as engine:
        for _ in range(2):
            await output_of(engine, toy(GOOD))
        given_up = asyncio.create_task(output_of(engine, toy("os.fork(); time.sleep(15)")))
        await assert_soon(lambda: len(servers() - others) == 2, "it was not asked", 10)
        given_up.cancel()
        await asyncio.wait({given_up})
        assert not servers() - others
        assert (await output_of(engine, toy(GOOD))).startswith(b"resident")


def servers() -> set[psutil.Process]:
    """Processes of resident compilers."""
    return {child for child in children() if is_server(child)}


def is_server(child: psutil.Process) -> bool:
    try:
        return "/artifact/server.py" in child.cmdline()
    except psutil.NoSuchProcess:  # it has ended since it was listed
        return False


def cgroups() -> set[Path]:
    """Those of this process's boxes."""
    return {path for parent in detect().parents.values() for path in cgroups_of(parent, psutil.Process().pid)}


async def output_of(engine: Engine, sources: dict[str, str]) -> bytes:
    files = tuple(File(name, code.encode()) for name, code in sources.items())
    job = Job(
        id="toy",
        submission=Submission(files=files, runtime="toy"),
        cases=(TestCase(name="case"),),
        limits=Limits(cpu_ns=5_000_000_000),
        checker=Checker(),
    )
    events: list[Event] = [event async for event in engine.judge(job)]
    assert any(isinstance(event, Compiled) and event.verdict is Verdict.AC for event in events), events
    assert isinstance(events[-1], Finished)
    (case,) = (event for event in events if isinstance(event, CaseFinished))
    return case.outcome.stdout


def test_what_is_asked_and_answered() -> None:
    """The formats are those that the servers speak."""
    asked = request(b"n" * 16, ["-a", "\u00fc"], ["s"], [File("s", b"\0\1")])
    assert asked == (
        b"\0\0\0\x38" + b"n" * 16 + b"\0\0\0\2\0\0\0\2-a\0\0\0\2\xc3\xbc" + b"\0\0\0\1\0\0\0\1s"
        b"\0\0\0\1\0\0\0\1s\0\0\0\2\0\1"
    )
    answer = read_answer(b"n" * 16 + b"\1\0\0\0\1w\0\0\0\1\0\0\0\1f\0\0\0\1c", b"n" * 16)
    assert answer is not None
    assert (answer.log, answer.files) == (b"w", (File("f", b"c"),))
    assert read_answer(b"n" * 16 + b"\0" * 9, b"n" * 16) is None


@pytest.mark.parametrize("spoil", [lambda body: body[:-1], lambda body: body + b"\0", lambda body: b"m" + body[1:]])
def test_an_answer_is_exact(spoil: Callable[[bytes], bytes]) -> None:
    """Not a byte less, not one more, and to nobody else."""
    body = b"n" * 16 + b"\1\0\0\0\0" + struct.pack(">I", 1) + b"\0\0\0\1f\0\0\0\1c"
    with pytest.raises(BadAnswer):
        read_answer(spoil(body), b"n" * 16)
