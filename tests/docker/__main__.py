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
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import docker

SUITES: Final = ("tests/docker", "tests/conformance", "tests/security", "tests/submissions")
IMAGE: Final = "ennead-test:latest"
PACKAGES: Final = ("bash", "coreutils", "dash", "findutils", "g++", "gcc", "grep", "libc6-dev", "python3", "sed")
_DEPENDS: Final = (
    "apt-cache", "depends", "--recurse", "--installed", "--no-recommends", "--no-suggests", "--no-conflicts",
    "--no-breaks", "--no-replaces", "--no-enhances",
)  # fmt: skip
_UNWANTED: Final = ("/usr/share/doc/", "/usr/share/man/", "/usr/share/locale/", "/var/", "/usr/share/info/")
_GENERATED: Final = ("/etc/alternatives", "/etc/ld.so.cache", "/etc/passwd", "/etc/group")
_LINKS: Final = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
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


def import_image(address: str) -> None:
    """As `docker import` does, without a file in between."""
    api = docker.APIClient(address, version="auto", timeout=600)
    repository, _, tag = IMAGE.partition(":")
    with tempfile.TemporaryFile(dir="/var/tmp") as packed:
        with tarfile.open(fileobj=packed, mode="w|") as archive:
            _pack(archive)
        packed.seek(0)
        url = f"{api.base_url}/v{api.api_version}/images/create"
        answer = api.post(url, params={"fromSrc": "-", "repo": repository, "tag": tag}, data=packed)
        if not answer.ok or "error" in answer.text:
            raise SystemExit(f"the image could not be imported: {answer.text}")
    api.close()


def _pack(archive: tarfile.TarFile) -> None:
    """The files of the packages, at the paths that they really have, and what is generated when they are installed."""
    added = {f"/{name}" for name in _LINKS if Path("/", name).is_symlink()}
    for path in sorted(added):
        archive.add(path, recursive=False)
    for path in [*_files(), *_generated(), *_alternatives()]:
        real = str(Path(path).parent.resolve() / Path(path).name)
        if real not in added and os.path.lexists(real):
            added.add(real)
            archive.add(real, recursive=False)
    for name in sorted({"proc", "sys", "dev", "tmp", "var", "run"} - {path.strip("/") for path in added}):
        about = tarfile.TarInfo(name)
        about.type, about.mode = tarfile.DIRTYPE, 0o755
        archive.addfile(about)


def _files() -> Iterator[str]:
    names = subprocess.run([*_DEPENDS, *PACKAGES], capture_output=True, text=True, check=True).stdout
    packages = sorted({line.strip() for line in names.splitlines() if line[:1].isalnum()})
    known = [package for package in packages if _is_installed(package)]
    listed = subprocess.run(["dpkg-query", "--listfiles", *known], capture_output=True, text=True, check=True).stdout
    for line in listed.splitlines():
        if line.startswith("/") and line != "/." and not line.startswith(_UNWANTED):
            yield line


def _generated() -> Iterator[str]:
    for path in map(Path, _GENERATED):
        yield str(path)
        yield from map(str, sorted(path.rglob("*")))


def _is_installed(package: str) -> bool:
    return subprocess.run(["dpkg-query", "--status", package], capture_output=True, check=False).returncode == 0


def _alternatives() -> Iterator[str]:
    """Commands such as cc and awk are links that no package owns."""
    for path in Path("/usr/bin").iterdir():
        if path.is_symlink() and str(path.readlink()).startswith("/etc/alternatives/"):
            yield str(path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
