"""
Runs tests against a Docker Engine of their own: `make test-docker`.

    python -m tests.docker [PYTEST ARGUMENT...]    without arguments: the suites of a box

A dockerd is started with folders, a socket and a process id file of its own, without bridge and firewall rules, so it
meets no other one on this machine; it is stopped by its id. No registry is asked: the image is made of files that
Debian's packages installed here, the compilers of C and C++ and Python with all that they depend on. Needs root.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import docker

from tests.docker.packing import IMAGE, import_image

SUITES: Final = ("tests/docker", "tests/conformance", "tests/security", "tests/submissions")
_STORAGE: Final = ("overlay2", "vfs")
_PATIENCE_S: Final = 60.0


def main(arguments: list[str]) -> int:
    """Returns pytest's exit status."""
    with tempfile.TemporaryDirectory(prefix="ennead-docker-", dir="/var/tmp") as name, daemon(Path(name)) as address:
        began = time.monotonic()
        import_image(address)
        print(f"==> the image was made in {time.monotonic() - began:.0f} s", flush=True)
        tests = [sys.executable, "-m", "pytest", *(arguments or SUITES)]
        environment = os.environ | {"ENNEAD_TEST_DOCKER": address, "ENNEAD_TEST_DOCKER_IMAGE": IMAGE}
        return subprocess.run(tests, env=environment, check=False).returncode


@contextlib.contextmanager
def daemon(folder: Path) -> Iterator[str]:
    """The address of a dockerd with everything of its own in a folder."""
    for storage in _STORAGE:
        process = _start(folder / storage, storage)
        try:
            if not _answers(process, folder / storage):
                continue
            yield f"unix://{folder / storage / 'socket'}"
            return
        finally:
            _stop(process)
    raise SystemExit(f"no dockerd starts here: {(folder / _STORAGE[-1] / 'log').read_text()[-2000:]}")


def _start(folder: Path, storage: str) -> subprocess.Popen[bytes]:
    folder.mkdir()
    command = [
        "dockerd", "--bridge=none", "--iptables=false", "--ip-forward=false", f"--storage-driver={storage}",
        f"--data-root={folder / 'data'}", f"--exec-root={folder / 'exec'}", f"--pidfile={folder / 'pid'}",
        f"--host=unix://{folder / 'socket'}",
    ]  # fmt: skip
    if (runsc := shutil.which("runsc")) is not None:
        on_ptrace = folder / "runsc-ptrace"
        on_ptrace.write_text(f'#!/bin/sh\nexec {runsc} --platform=ptrace "$@"\n')
        on_ptrace.chmod(0o755)
        command += [f"--add-runtime=runsc={runsc}", f"--add-runtime=runsc-ptrace={on_ptrace}"]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)


def _answers(process: subprocess.Popen[bytes], folder: Path) -> bool:
    deadline = time.monotonic() + _PATIENCE_S
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(docker.errors.DockerException):
            docker.APIClient(f"unix://{folder / 'socket'}", version="auto").close()
            return True
        time.sleep(0.1)
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    """It ends its containers and its containerd, and unmounts what it mounted."""
    process.terminate()
    try:
        process.wait(_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
