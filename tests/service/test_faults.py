"""Boxes and servers that are killed: no job is lost, none is counted twice, and nothing is left behind."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import psutil
import pytest
from ennead.executor.v1 import executor_pb2 as pb
from ennead.executor.v1 import executor_pb2_grpc as pb_grpc

from executor.server import ExecutorServer
from executor.settings import ExecutorSettings
from tests.service.conftest import Serve
from tests.service.support import SLEEP, case, cpp, eventually, job, python, request, verdict

REPOSITORY = Path(__file__).parents[2]


def boxes_of(process: psutil.Process) -> list[psutil.Process]:
    """The processes that hold a process's boxes: its own children."""
    return [child for child in process.children() if child.status() != psutil.STATUS_ZOMBIE]


async def kill_boxes(pauses_s: tuple[float, ...]) -> int:
    """Every box of this process, after each of the pauses."""
    killed = 0
    for pause_s in pauses_s:
        await asyncio.sleep(pause_s)
        for box in boxes_of(psutil.Process()):
            box.kill()
            killed += 1
    return killed


@pytest.mark.slow
async def test_boxes_that_are_killed_all_the_time_lose_no_job(serve: Serve) -> None:
    """Every box is killed again and again while 500 jobs run; each job is answered once."""
    stub = await serve(slots=2)

    async def jobs() -> AsyncIterator[pb.JudgeBatchRequest]:
        code = cpp("#include <unistd.h>\nint main() { usleep(5000); }")
        for number in range(500):
            yield pb.JudgeBatchRequest(job=job(code, case(), case(), job_id=str(number)))

    answers: list[pb.JudgeBatchResponse] = []
    killings: list[asyncio.Task[int]] = []
    async for answer in stub.JudgeBatch(jobs()):
        answers.append(answer)
        # By answers and not by the clock: on a busy machine no box would live for long enough to judge anything.
        if len(answers) % 40 == 0:
            # Now and then those too that start in their place: where no box can be started, those who wait are told so.
            pauses_s = (0.0, 0.1) if len(answers) % 120 == 0 else (0.0,)
            killings.append(asyncio.create_task(kill_boxes(pauses_s)))
    assert sum([await killing for killing in killings]) > 15
    assert Counter(answer.job_id for answer in answers) == {str(number): 1 for number in range(500)}
    words = Counter(verdict(answer.finished.verdict) for answer in answers)
    assert set(words) <= {"AC", "JE"}, words
    assert words["AC"] > 420, words


async def test_a_job_whose_box_is_killed_once_is_accepted_all_the_same(serve: Serve) -> None:
    stub = await serve(slots=1)
    call = stub.Judge(request(python("import time; time.sleep(2)"), case()))
    async for event in call:
        if event.WhichOneof("event") == "compiled":
            break
    await asyncio.sleep(0.5)
    for box in boxes_of(psutil.Process()):
        box.kill()
    events = [event async for event in call]
    assert verdict(events[-1].finished.verdict) == "AC"


@pytest.mark.slow
async def test_a_server_that_is_killed_leaves_nothing_and_another_takes_its_place(tmp_path: Path) -> None:
    socket = tmp_path / "socket"
    command = (sys.executable, "-m", "cli", "serve", "--listen", f"unix:{socket}", "--slots", "2")
    environment = {**os.environ, "ENNEAD_EXECUTOR_CACHE_DIR": str(tmp_path / "cache")}
    mounts = set(Path("/proc/self/mountinfo").read_text().splitlines())
    killed = []
    for _ in range(2):
        server = await asyncio.create_subprocess_exec(
            *command, cwd=REPOSITORY, env=environment, stderr=asyncio.subprocess.DEVNULL
        )
        family: list[psutil.Process] = []
        try:
            async with grpc.aio.insecure_channel(f"unix:{socket}") as channel:
                await asyncio.wait_for(channel.channel_ready(), 30)
                calls = [pb_grpc.ExecutorServiceStub(channel).Judge(request(python(SLEEP), case())) for _ in range(2)]
                for call in calls:
                    async for event in call:
                        if event.WhichOneof("event") == "compiled":
                            break
                family += psutil.Process(server.pid).children(recursive=True)
                assert len(family) >= 2
                server.kill()
                for call in calls:
                    with pytest.raises((grpc.aio.AioRpcError, asyncio.CancelledError)):
                        await anext(aiter(call))
        finally:
            if server.returncode is None:
                server.kill()
            await server.wait()
        killed.append(server.pid)
        await eventually(lambda family=family: not any(process.is_running() for process in family))  # type: ignore[misc]  # bound now
    # Others may unmount meanwhile, and a Docker Engine's layers are no boxes of this server.
    left = set(Path("/proc/self/mountinfo").read_text().splitlines()) - mounts
    assert not [mount for mount in left if "overlay" not in mount]
    # What a killed server cannot remove itself, the next one on the machine does.
    async with ExecutorServer(ExecutorSettings(listen=["127.0.0.1:0"], cache_dir=tmp_path / "cache", slots=1)):
        groups = [path.name for path in Path("/sys/fs/cgroup").rglob("ennead-*")]
    assert not [name for name in groups if any(f"-{pid}-" in name for pid in killed)]
