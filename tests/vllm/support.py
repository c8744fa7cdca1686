"""A real vLLM on the CPU, and what its processes and counters say."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from prometheus_client.parser import text_string_to_metric_families

from generator import leash

REPOSITORY = Path(__file__).parents[2]
PROBLEMS = REPOSITORY / "examples" / "toy-problems"
MODEL = "toy"
ENGINE, WORKER = "VLLM::EngineCore", "VLLM::Worker"
"""What vLLM's processes call themselves."""
WITHIN_S = 900
"""Of a start: 45 to 85 s were seen, and 270 on two cores with fifteen other processes."""

OPTIONS = [
    *("--dtype", "float32"),
    "--enforce-eager",
    *("--max-model-len", "2048"),
    *("--max-num-seqs", "16"),
    "--no-enable-chunked-prefill",  # with it, a seed ends the engine for CPUs (vLLM 0.32)
]
ENVIRONMENT = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
    "VLLM_CPU_KVCACHE_SPACE": "1",  # GiB; without it, nearly all of the memory
    "OMP_NUM_THREADS": "1",
}


def clean_environment() -> dict[str, str]:
    """Of a process that is started here: nobody's settings of Ennead, and what vLLM needs on a CPU."""
    # vLLM's Python must not find our packages by PYTHONPATH.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ENNEAD_", "PYTHONPATH"))}
    return {**kept, **ENVIRONMENT}


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


class Vllm:
    """
    One `vllm serve` after another, always at the same address.

    Args:
        environment: directory of its virtual environment.
        model: directory of the model.
        log: file for what it writes.
    """

    def __init__(self, environment: Path, model: Path, log: Path) -> None:
        self._program = environment / "bin" / "vllm"
        self._model = model
        self._log = log
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def base_url(self) -> str:
        return f"{self.address}/v1"

    def start(self) -> float:
        """Come back when it answers, with the seconds that it took; an AssertionError shows the end of its log."""
        began = time.monotonic()
        where = ["--host", "127.0.0.1", "--port", str(self._port), "--served-model-name", MODEL]
        with self._log.open("ab") as log:
            # On a leash, so that it ends with the tests even where they are killed.
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-I",
                    "-S",
                    leash.__file__,
                    "15",
                    self._program,
                    "serve",
                    self._model,
                    *where,
                    *OPTIONS,
                ],
                env=clean_environment(),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the tests, which then stop it
            )
        while not self._is_ready():
            assert self._process.poll() is None, f"vLLM ended:\n{self._log_tail()}"
            assert time.monotonic() - began < WITHIN_S, f"vLLM is not ready after {WITHIN_S} s:\n{self._log_tail()}"
            time.sleep(0.5)
        return time.monotonic() - began

    def processes(self) -> list[psutil.Process]:
        """The server and all below it that are alive."""
        if self._process is None or self._process.poll() is not None:
            return []
        return psutil.Process(self._process.pid).children(recursive=True)

    def worker(self) -> psutil.Process:
        """The process that holds the model."""
        (worker,) = (each for each in self.processes() if each.cmdline()[:1] == [WORKER])
        return worker

    def wait_for_end(self, within_s: float = 120) -> int:
        assert self._process is not None
        return self._process.wait(within_s)

    def stop(self) -> None:
        """In order if it can, else by force; nothing of it is alive afterwards."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            self._process.wait()

    def counter(self, name: str, **labels: str) -> int:
        """A counter's sum over these labels, such as `vllm:request_success` with one finished_reason."""
        return self._metric(f"{name}_total", labels)

    def running(self) -> int:
        """How many samples are being drawn."""
        return self._metric("vllm:num_requests_running", {})

    def answered(self) -> int:
        """How many samples it has drawn to their end since its start, the one token of `start` not among them."""
        return sum(self.counter("vllm:request_success", finished_reason=reason) for reason in ("stop", "length")) - 1

    def _metric(self, name: str, labels: dict[str, str]) -> int:
        with urllib.request.urlopen(f"{self.address}/metrics", timeout=30) as answer:  # noqa: S310  # our own address
            families = text_string_to_metric_families(answer.read().decode())
        samples = (sample for family in families for sample in family.samples if sample.name == name)
        return round(sum(sample.value for sample in samples if labels.items() <= sample.labels.items()))

    def _is_ready(self) -> bool:
        """Health alone says little: some models are loaded well and end the engine with their first token."""
        body = json.dumps({"model": MODEL, "prompt": "Read", "max_tokens": 1}).encode()
        asking = urllib.request.Request(  # noqa: S310  # our own address
            f"{self.base_url}/completions", body, {"Content-Type": "application/json"}
        )
        try:
            for request in (f"{self.address}/health", asking):
                with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  # our own address
                    answer.read()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False
        return True

    def _log_tail(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-40:])


def alive(processes: Iterable[psutil.Process]) -> list[psutil.Process]:
    """Those that have not ended; one that nobody has waited for yet has."""
    return [each for each in processes if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]


def exec_cli(*args: str | Path, within_s: float = 1200) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    with started_cli(*args) as running:
        out, err = running.communicate(timeout=within_s)
    return subprocess.CompletedProcess(running.args, running.returncode, out, err)


@contextmanager
def started_cli(*args: str | Path) -> Iterator[subprocess.Popen[str]]:
    """The command in progress, killed with all that it has started if the test does not see its end."""
    command = [sys.executable, "-m", "cli", *map(str, args)]
    with subprocess.Popen(
        command,
        cwd=REPOSITORY,
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        process = psutil.Process(running.pid)
        try:
            yield running
        finally:
            if running.poll() is None:
                for each in [*process.children(recursive=True), process]:
                    each.kill()


def asking(vllm: Vllm, out: Path, **options: object) -> list[str | Path]:
    """What `generate` and `evaluate` are told to ask the toy model its problems; `options` come as `--key value`."""
    told = {"base-url": vllm.base_url, "model": MODEL, "max-tokens": 512, "out": out, **options}
    typed = [f"--{name}={value}" for name, value in told.items()]
    return ["--benchmark=tests-dir", f"--data={PROBLEMS}", *typed]


def samples_in(run: Path) -> list[tuple[str, int]]:
    """Problem and number of the samples that are recorded whole, in their order."""
    path = run / "generations.jsonl"
    text = path.read_text() if path.exists() else ""
    lines = (json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n"))
    return [(line["problem"], line["sample"]) for line in lines]
