"""`exec-cli health` against real servers: what probes of containers ask."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.health import own_address
from executor.server import SERVICE, ExecutorServer
from executor.settings import ExecutorSettings

REPOSITORY = Path(__file__).parents[2]


def ask(*args: str, listen: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "ENNEAD_EXECUTOR_LISTEN": listen}
    command = [sys.executable, "-m", "cli", "health", *args]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def serving(tmp_path: Path) -> ExecutorServer:
    settings = {"listen": ["127.0.0.1:0"], "slots": 1, "cache_dir": tmp_path / "cache"}
    return ExecutorServer(ExecutorSettings.model_validate(settings))


async def test_a_server_that_takes_calls_is_healthy_until_it_drains(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        (address,) = server.addresses
        well = await asyncio.to_thread(ask, "--server", address, "--service", SERVICE, "--json")
        assert json.loads(well.stdout) == {"address": address, "service": SERVICE, "status": "SERVING"}
        assert well.returncode == 0
        found = await asyncio.to_thread(ask, listen=address.replace("127.0.0.1", "0.0.0.0"))
        assert (found.returncode, found.stdout) == (0, f"{address} SERVING\n")
        unknown = await asyncio.to_thread(ask, "--server", address, "--service", "nobody")
        assert (unknown.returncode, unknown.stdout) == (1, f"{address} SERVICE_UNKNOWN\n")
        assert server._grpc is not None
        await server._grpc._health.enter_graceful_shutdown()
        draining = await asyncio.to_thread(ask, "--server", address)
        assert (draining.returncode, draining.stdout) == (1, f"{address} NOT_SERVING\n")


def test_where_nobody_answers_a_sentence_says_so() -> None:
    done = ask("--server", "127.0.0.1:1", "--timeout", "2s")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("exec-cli: no answer from 127.0.0.1:1: ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "listen, address",
    [
        ("", "127.0.0.1:50051"),
        ("0.0.0.0:50051", "127.0.0.1:50051"),
        ("[::]:7,127.0.0.1:8", "[::1]:7"),
        ("10.0.0.1:9", "10.0.0.1:9"),
        ("unix:/run/ennead/executor.sock", "unix:/run/ennead/executor.sock"),
    ],
)
def test_a_server_is_asked_where_it_listens(listen: str, address: str) -> None:
    assert own_address(listen) == address
