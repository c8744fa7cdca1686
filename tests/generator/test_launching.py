"""vLLM as a program of ours: ready when it speaks, and gone when we are. A script stands in for its interpreter."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest

from generator import leash
from generator.errors import LaunchFailed
from generator.launching import Launch, Vllm
from tests.generator.support import client_of, eventually

REPOSITORY = Path(__file__).parents[2]

SERVES = """
    async def main():
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])  # the engine
        server = OpenAIServer(*FAULTS, model=options["--served-model-name"])
        await server.start(int(options["--port"]))
        print("ready at", options["--port"], flush=True)
        await asyncio.sleep(300)

    asyncio.run(main())
"""


def interpreter(folder: Path, body: str = SERVES, faults: str = "") -> Path:
    """A program that is started as Python of vLLM's environment would be."""
    head = f"""\
        #!{sys.executable}
        import asyncio, os, subprocess, sys, time
        sys.path.insert(0, {str(REPOSITORY)!r})
        from tests.generator.openai_server import *
        assert sys.argv[1:3] == ["-m", "vllm.entrypoints.openai.api_server"], sys.argv
        options = dict(zip(sys.argv[3::2], sys.argv[4::2]))
        FAULTS = [{faults}]
    """
    program = folder / "python"
    program.write_text(textwrap.dedent(head) + textwrap.dedent(body))
    program.chmod(0o755)
    return program


def launch(folder: Path, python: Path, **options: object) -> Launch:
    model = folder / "model"
    model.mkdir(exist_ok=True)
    (model / "config.json").write_text("{}")
    told = {"model": model, "name": "toy", "python": python, "log": folder / "vllm.log", "grace_s": 2.0, **options}
    return Launch(**told)  # type: ignore[arg-type]  # fields of Launch


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that run; an orphan may stay a zombie until the machine's init looks."""
    return [each for each in processes if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]


def descendants() -> list[psutil.Process]:
    return psutil.Process().children(recursive=True)


async def test_it_answers_while_it_is_open_and_leaves_nothing_behind(tmp_path: Path) -> None:
    said: list[str] = []
    async with Vllm(launch(tmp_path, interpreter(tmp_path)), said.append) as vllm:
        async with client_of(vllm.base_url) as client:
            assert [model.id for model in await client.models()] == ["toy"]
        ours = descendants()
        assert len(ours) == 3, "leash, server, engine"
    assert alive(ours) == []
    assert "ready at" in (tmp_path / "vllm.log").read_text()
    assert any("was ready after" in sentence for sentence in said)


async def test_its_environment_is_told_what_nobody_else_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    monkeypatch.delenv("VLLM_CPU_KVCACHE_SPACE", raising=False)
    body = """
        names = "OMP_NUM_THREADS", "VLLM_CPU_KVCACHE_SPACE", "HF_HUB_OFFLINE", "PYTHONPATH"
        sys.exit(" ".join(str(os.environ.get(name)) for name in names))
    """
    with pytest.raises(LaunchFailed, match="7 1 1 None"):
        async with Vllm(launch(tmp_path, interpreter(tmp_path, body))):
            pass


async def test_what_ends_before_it_is_ready_shows_the_end_of_its_log(tmp_path: Path) -> None:
    body = 'print("one"); sys.exit("ValueError: CPU Generator does not use offset")'
    with pytest.raises(LaunchFailed) as failed:
        async with Vllm(launch(tmp_path, interpreter(tmp_path, body))):
            pass
    assert "exit status 1" in str(failed.value)
    assert "  ValueError: CPU Generator" in str(failed.value)
    assert "--no-enable-chunked-prefill" in str(failed.value)


async def test_an_interpreter_without_vllm_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(LaunchFailed, match="--vllm-python"):
        async with Vllm(launch(tmp_path, Path(sys.executable))):
            pass


async def test_what_is_healthy_and_cannot_write_is_not_ready(tmp_path: Path) -> None:
    python = interpreter(tmp_path, faults="Status(500, 'head size 16 is not supported')")
    with pytest.raises(LaunchFailed, match=r"writes nothing: .*head size 16"):
        async with Vllm(launch(tmp_path, python)):
            pass
    assert descendants() == []


async def test_what_takes_too_long_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(LaunchFailed, match=r"not ready after 0\.5 s"):
        async with Vllm(launch(tmp_path, interpreter(tmp_path, "time.sleep(300)"), ready_s=0.5)):
            pass
    assert descendants() == []


async def test_cancelling_the_start_leaves_nothing_behind(tmp_path: Path) -> None:
    async def start() -> None:
        async with Vllm(launch(tmp_path, interpreter(tmp_path, "time.sleep(300)"))):
            pass

    starting = asyncio.create_task(start())
    await eventually(lambda: len(descendants()) == 2)
    starting.cancel()
    await asyncio.wait({starting})
    assert starting.cancelled()
    assert descendants() == []


async def test_what_does_not_listen_to_sigterm_is_killed(tmp_path: Path) -> None:
    body = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)" + textwrap.dedent(SERVES)
    began = time.monotonic()
    async with Vllm(launch(tmp_path, interpreter(tmp_path, body), grace_s=0.3)):
        ours, began = descendants(), time.monotonic()
    assert time.monotonic() - began < 3
    assert alive(ours) == []


async def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LaunchFailed, match=r"no config\.json"):
        async with Vllm(Launch(model=tmp_path, name="toy", python=Path(sys.executable), log=tmp_path / "log")):
            pass


def _leashed(starter: str) -> tuple[subprocess.Popen[str], psutil.Process]:
    """A process that holds a program on a leash, and the program."""
    program = (
        "import subprocess, sys, time; subprocess.Popen(['sleep', '300']); print('up', flush=True); time.sleep(300)"
    )
    argv = [sys.executable, "-I", "-S", leash.__file__, "0.5", sys.executable, "-c", program]
    code = f"import subprocess, time; held = subprocess.Popen({argv!r}, stdin=subprocess.PIPE); {starter}"
    holder = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "up\n"
    return holder, psutil.Process(holder.pid)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_a_leashed_program_ends_with_its_starter_however_that_ends(number: signal.Signals) -> None:
    holder, process = _leashed("time.sleep(300)")
    with holder:
        family = process.children(recursive=True)
        assert len(family) == 3
        os.kill(holder.pid, number)
        holder.wait(10)
        await eventually(lambda: alive(family) == [])


def test_the_leash_ends_with_the_status_of_its_program() -> None:
    argv = [sys.executable, "-I", "-S", leash.__file__, "1", sys.executable, "-c", "raise SystemExit(7)"]
    with subprocess.Popen(argv, stdin=subprocess.PIPE) as held:
        assert held.wait(10) == 7
