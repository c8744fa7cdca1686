"""
A vLLM of our own: started from its own environment, ready when it has written a token, stopped with us.

vLLM pins packages that ours does not, so it is a program here, never a module: any interpreter that has it will do.
`/health` says too little (an engine may pass it and die at its first token), so the server counts as ready once it has
answered a request of one token. That request carries a seed, as ours do: on a CPU some settings die of one.

Source: seen with vLLM 0.32 on CPUs; the variables are those of its documentation.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from generator import leash
from generator.client import Connection, ModelClient
from generator.errors import LaunchFailed, ServerError
from generator.model import Request, Sampling
from generator.patience import Retrying

ENVIRONMENT: Mapping[str, str] = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
    # On a CPU: without the first it asks for 92 % of the memory, with more threads than one small models are slower.
    "VLLM_CPU_KVCACHE_SPACE": "1",
    "OMP_NUM_THREADS": "1",
}
"""What vLLM is given where the caller's environment says nothing else."""

_MODULE = "vllm.entrypoints.openai.api_server"
_LAST_LINES = 25
_LOOK_EVERY_S = 0.25
_HINTS: Mapping[str, str] = {
    "CPU Generator does not use offset": "a seed and chunked prefill do not go together on a CPU: add "
    "--vllm-arg=--no-enable-chunked-prefill",
    "No module named vllm": "name the interpreter of an environment that has vLLM: --vllm-python",
    "No module named 'vllm": "name the interpreter of an environment that has vLLM: --vllm-python",
    "out of memory": "lower --vllm-arg=--gpu-memory-utilization=..., or the length of the context",
    "Available memory on node": "lower VLLM_CPU_KVCACHE_SPACE (GiB)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """
    Args:
        model: a folder with a model as transformers saves it.
        name: under which it is served.
        python: of vLLM's environment.
        args: for vLLM, such as `--max-model-len=4096`.
        log: what vLLM writes.
        ready_s: how long it may take to become ready.
        grace_s: how long it may take to end before it is killed.
    """

    model: Path
    name: str
    python: Path
    log: Path
    args: tuple[str, ...] = ()
    ready_s: float = 900.0
    grace_s: float = 15.0


class Vllm:
    """
    A server while it is open, as an asynchronous context manager; inside, it has answered.

    It ends with this process, however that ends.

    Raises:
        LaunchFailed: it did not become ready; the message has the end of its log.
    """

    def __init__(self, launch: Launch, tell: Callable[[str], None] = lambda _: None) -> None:
        self._launch = launch
        self._tell = tell
        self._process: asyncio.subprocess.Process | None = None
        self._port = 0

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._port}/v1"

    async def __aenter__(self) -> Self:
        launch = self._launch
        if not (launch.model / "config.json").is_file():
            raise LaunchFailed(f"{launch.model} is no folder of a model: it has no config.json")
        self._port = _free_port()
        with launch.log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", leash.__file__, f"{launch.grace_s:g}", *self._argv()),
                stdin=asyncio.subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=_environment(),
                start_new_session=True,  # Ctrl-C is for us alone
            )
        try:
            await self._ready()
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._stop()

    def _argv(self) -> tuple[str, ...]:
        launch = self._launch
        address = ("--host", "127.0.0.1", "--port", str(self._port))
        named = ("--model", str(launch.model), "--served-model-name", launch.name)
        return (str(launch.python), "-m", _MODULE, *named, *address, *launch.args)

    async def _ready(self) -> None:
        assert self._process is not None
        began = time.monotonic()
        ended = asyncio.ensure_future(self._process.wait())
        speaking = asyncio.ensure_future(self._speaks())
        try:
            await asyncio.wait({ended, speaking}, timeout=self._launch.ready_s, return_when=asyncio.FIRST_COMPLETED)
            if speaking.done():
                await speaking
                self._tell(f"vLLM was ready after {time.monotonic() - began:.0f} s")
            elif ended.done():
                raise LaunchFailed(self._with_log(f"vLLM ended with exit status {ended.result()} before it was ready"))
            else:
                raise LaunchFailed(self._with_log(f"vLLM was not ready after {self._launch.ready_s:g} s"))
        finally:
            for task in (ended, speaking):
                task.cancel()
            await asyncio.wait({ended, speaking})

    async def _speaks(self) -> None:
        """
        Return once the model has written a token.

        Raises:
            LaunchFailed: it is up and cannot.
        """
        once = Connection(base_url=self.base_url, timeout_s=self._launch.ready_s, retrying=Retrying(attempts=1))
        async with ModelClient(once) as client:
            await _until(client.healthy)
            self._tell("vLLM is up; waiting for its first token")
            sampling = Sampling(temperature=0.7, top_p=None, max_tokens=1)
            request = Request(model=self._launch.name, prompt="1", sampling=sampling, seed=1)
            try:
                async for _ in client.answers(request):
                    pass
            except ServerError as error:
                # Of an engine that died, the log holds the reason; let it be written.
                await asyncio.sleep(1)
                raise LaunchFailed(self._with_log(f"vLLM is up but writes nothing: {error}")) from error

    async def _stop(self) -> None:
        if self._process is None or self._process.stdin is None:
            return
        with suppress(ConnectionError):
            self._process.stdin.close()
        # Also when we are being cancelled: nothing of it may outlive the command.
        await asyncio.shield(self._process.wait())

    def _with_log(self, sentence: str) -> str:
        lines = _last_lines(self._launch.log)
        hints = {hint for word, hint in _HINTS.items() if any(word in line for line in lines)}
        shown = "\n".join(f"  {line}" for line in lines[-_LAST_LINES:])
        advice = "".join(f"; {hint}" for hint in sorted(hints))
        return f"{sentence}{advice}. The end of {self._launch.log}:\n{shown}"


def _environment() -> dict[str, str]:
    """Ours, without what would lead the other interpreter to our packages."""
    kept = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME"}}
    return {**ENVIRONMENT, **kept}


async def _until(holds: Callable[[], Awaitable[bool]]) -> None:
    while not await holds():  # noqa: ASYNC110  # another process becomes ready; it sends no event
        await asyncio.sleep(_LOOK_EVERY_S)


def _free_port() -> int:
    """One that nobody listens on now; vLLM takes no socket that is open already."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _last_lines(path: Path) -> list[str]:
    with path.open(encoding="utf-8", errors="replace") as file:
        return [line.rstrip() for line in deque(file, 400)]
