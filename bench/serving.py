"""A server as `exec-cli serve` starts it, in a process of its own, and what it holds of the machine."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc
import psutil

MB = 1e6


@asynccontextmanager
async def server(folder: Path, *options: str) -> AsyncIterator[tuple[str, psutil.Process]]:
    """
    A server that answers.

    Args:
        folder: for its socket and its caches; a socket's path has at most 107 bytes.
        options: further ones of `exec-cli serve`.

    Returns:
        Its address and its process.
    """
    address = f"unix:{folder}/socket"
    environment = {**os.environ, "ENNEAD_EXECUTOR_CACHE_DIR": str(folder / "server")}
    command = (sys.executable, "-m", "cli", "serve", "--listen", address, *options)
    with (folder / "log").open("w") as log:
        process = await asyncio.create_subprocess_exec(*command, env=environment, stderr=log)
    try:
        async with grpc.aio.insecure_channel(address) as channel:
            await asyncio.wait_for(channel.channel_ready(), 60)
        yield address, psutil.Process(process.pid)
    finally:
        process.terminate()
        await process.wait()


def pss_mb(process: psutil.Process) -> float:
    """Proportional share of memory of a process and all below it, in MB."""
    return sum(map(own_pss_mb, family(process)))


def own_pss_mb(process: psutil.Process) -> float:
    """Of a process alone; nothing of one that has ended."""
    try:
        return float(process.memory_full_info().pss / MB)
    except psutil.NoSuchProcess:
        return 0.0


def family(process: psutil.Process) -> list[psutil.Process]:
    """A process and all below it."""
    return [each for each in [process, *process.children(recursive=True)] if each.is_running()]


@dataclass(frozen=True, slots=True)
class Holdings:
    """
    What a server and its boxes hold.

    Args:
        pss_mb: memory of all its processes together.
        descriptors: of the server's own process.
        threads: likewise.
        processes: the server and all below it.
        cgroups: control groups that bear the server's process id.
        mounts: in the server's own mount namespace.
        box_mounts: in the namespaces of its boxes, together.
    """

    pss_mb: float
    descriptors: int
    threads: int
    processes: int
    cgroups: int
    mounts: int
    box_mounts: int

    @classmethod
    def of(cls, process: psutil.Process) -> Holdings:
        below = family(process)[1:]
        own = _mounts(process)
        return cls(
            pss_mb=pss_mb(process),
            descriptors=process.num_fds(),
            threads=process.num_threads(),
            processes=1 + len(below),
            cgroups=sum(f"-{process.pid}-" in path.name for path in Path("/sys/fs/cgroup").rglob("ennead-*")),
            mounts=own,
            box_mounts=sum(_mounts(each) for each in below),
        )


def _mounts(process: psutil.Process) -> int:
    try:
        return len(Path(f"/proc/{process.pid}/mountinfo").read_text().splitlines())
    except OSError:  # it has just ended
        return 0
