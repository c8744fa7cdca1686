"""Several boxes, and engines that die: neighbours do not meet, and nothing is left of anybody."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from executor.model import MIB, File
from executor.sandbox.box import Place
from executor.sandbox.detection import CgroupSupport, detect
from tests.conformance.support import (
    LIMITS,
    Implementation,
    Probe,
    Start,
    assert_soon,
    cgroups_of,
    inventory,
    is_alive,
    ms,
    python,
    shell,
    stdout_of,
)

REPOSITORY = Path(__file__).parents[2]


# --- neighbours


async def test_two_boxes_do_not_see_each_other(start: Start) -> None:
    """Files, processes, abstract sockets, ports and shared memory of one box are not there in the other."""
    first, second = await start(), await start()
    await first.load([File("secret", b"1")], Place.ARTIFACT)
    hold = """
        import os, socket, time
        for place in ("/work", "/tmp", "/dev/shm"):
            open(place + "/secret", "w").write("1")
        names = socket.socket(socket.AF_UNIX), socket.create_server(("127.0.0.1", 4711))
        names[0].bind("\\0secret")
        print("ready", flush=True)
        time.sleep(1.5)
        """
    look = """
        import os, socket
        for place in ("/work", "/tmp", "/dev/shm", "/artifact"):
            print(os.listdir(place))
        print(sum(name.isdigit() for name in os.listdir("/proc")) <= 3)
        for kind, address in ((socket.AF_UNIX, "\\0secret"), (socket.AF_INET, ("127.0.0.1", 4711))):
            try:
                socket.socket(kind).connect(address)
            except ConnectionRefusedError:
                print("refused")
        """
    holding = asyncio.create_task(first.run(python(hold), LIMITS))
    await asyncio.sleep(0.7)
    assert stdout_of(await second.run(python(look), LIMITS)) == b"[]\n[]\n[]\n[]\nTrue\nrefused\nrefused\n"
    assert not holding.done(), "the machine is too slow for this test"
    assert stdout_of(await holding) == b"ready\n"


async def test_boxes_measure_apart(start: Start, probe_program: bytes) -> None:
    """What one box spends is not charged to another that runs at the same time."""
    boxes = [await start() for _ in range(3)]
    for box in boxes:
        await box.load([File("probe", probe_program, executable=True)], Place.ARTIFACT)
    script = "/artifact/probe spin 300; exec /artifact/probe touch 60 300"
    busy = [asyncio.create_task(box.run(shell(script), LIMITS)) for box in boxes[1:]]
    idle = await boxes[0].run(shell("exec /artifact/probe sleep 500"), LIMITS)
    assert ms(idle.usage.cpu_ns) < 200
    assert (idle.usage.memory_bytes or 0) < 10 * MIB
    for task in busy:
        usage = (await task).usage
        assert ms(usage.cpu_ns) >= 285
        assert 60 <= (usage.memory_bytes or 0) / MIB < 75


async def test_a_flood_in_one_box_does_not_hold_up_another(start: Start, probe: Probe) -> None:
    """A neighbour that floods its output delays nobody for long."""
    flooding, other = await start(), await start()
    task = asyncio.create_task(flooding.run(python("while True: print('x' * 100000)"), LIMITS))
    began = time.monotonic()
    for _ in range(5):
        stdout_of(await other.run(shell("true"), LIMITS))
    assert time.monotonic() - began < 5
    task.cancel()
    await asyncio.wait([task])


async def test_a_box_that_is_lost_does_not_disturb_another(start: Start) -> None:
    """Closing one box while another runs does not touch it."""
    first, second = await start(), await start()
    running = asyncio.create_task(second.run(shell("sleep 0.5; echo well"), LIMITS))
    await asyncio.sleep(0.1)
    await first.close()
    assert stdout_of(await running) == b"well\n"


async def test_fifty_boxes_leave_nothing(start: Start, implementation: Implementation, support: CgroupSupport) -> None:
    """Fifty boxes, five at a time, are started, used and closed: no process, descriptor, mount or cgroup is left."""
    await (await start()).close()
    before = inventory(implementation, support)
    for _ in range(10):
        boxes = await asyncio.gather(*(start() for _ in range(5)))
        outcomes = await asyncio.gather(*(box.run(shell("echo 1 > file; cat file"), LIMITS) for box in boxes))
        assert [stdout_of(outcome) for outcome in outcomes] == [b"1\n"] * 5
        await asyncio.gather(*(box.close() for box in boxes))
    await assert_soon(lambda: not inventory(implementation, support) - before, "something was left")


# --- engines that are killed


ENGINE = """
import asyncio, sys
from executor.model import Command, Limits, SECOND
from executor.sandbox.native import start_box

async def main():
    boxes = [await start_box(index) for index in range(2)]
    code = "import os, time; os.setsid() if os.fork() == 0 else 0; print('x', flush=True); time.sleep(300)"
    command = Command(argv=("/usr/bin/python3", "-S", "-c", code))
    runs = [asyncio.create_task(box.run(command, Limits(wall_ns=300 * SECOND))) for box in boxes]
    await asyncio.sleep(0.5)
    print("running", flush=True)
    await asyncio.wait(runs)

asyncio.run(main())
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
async def test_nothing_survives_an_engine_that_is_killed(support: CgroupSupport, number: signal.Signals) -> None:
    """Within two seconds no process of its boxes is left, and the next engine sweeps its cgroups."""
    engine = subprocess.Popen(  # noqa: ASYNC220 - a moment, and nothing else runs in this loop
        [sys.executable, "-c", ENGINE],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert engine.stdout is not None
    try:
        assert await asyncio.to_thread(engine.stdout.readline) == b"running\n"
        alive = psutil.Process(engine.pid)
        grown = 2 * (3 + 2)  # launcher, init, zygote; the program and its child
        await assert_soon(lambda: len(alive.children(recursive=True)) == grown, "both programs run", patience_s=10)
        family = alive.children(recursive=True)
    finally:
        engine.send_signal(number)
        engine.wait(10)
        engine.stdout.close()
    await assert_soon(lambda: not any(map(is_alive, family)), "a process outlived its engine")
    detect()
    assert not [path for parent in support.parents.values() for path in cgroups_of(parent, engine.pid)]
