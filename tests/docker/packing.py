"""
Images of a Docker Engine that are made of files of this machine, without any registry.

What Debian's packages installed here, with all that they depend on, is packed at the paths that it really has, with
what was generated when it was installed, and the folders of runtimes.
"""

from __future__ import annotations

import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import docker

from executor.runtime import Runtime

IMAGE: Final = "ennead-test:latest"
PACKAGES: Final = ("bash", "coreutils", "dash", "findutils", "g++", "gcc", "grep", "libc6-dev", "python3", "sed")
_DEPENDS: Final = (
    "apt-cache", "depends", "--recurse", "--installed", "--no-recommends", "--no-suggests", "--no-conflicts",
    "--no-breaks", "--no-replaces", "--no-enhances",
)  # fmt: skip
_UNWANTED: Final = ("/usr/share/doc/", "/usr/share/man/", "/usr/share/locale/", "/var/", "/usr/share/info/")
_GENERATED: Final = ("/etc/alternatives", "/etc/ld.so.cache", "/etc/passwd", "/etc/group")
_LINKS: Final = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
_WITH_ALTERNATIVES: Final = ("/usr/bin", "/usr/lib")


def import_image(address: str, image: str = IMAGE, runtimes: Sequence[Runtime] = ()) -> None:
    """
    As `docker import` does, without a file in between.

    Args:
        address: of the engine.
        runtimes: what they are installed from on this machine is added to C, C++ and Python.
    """
    api = docker.APIClient(address, version="auto", timeout=600)
    repository, _, tag = image.partition(":")
    with tempfile.TemporaryFile(dir="/var/tmp") as packed:
        with tarfile.open(fileobj=packed, mode="w|") as archive:
            _pack(archive, runtimes)
        packed.seek(0)
        url = f"{api.base_url}/v{api.api_version}/images/create"
        answer = api.post(url, params={"fromSrc": "-", "repo": repository, "tag": tag}, data=packed)
        if not answer.ok or "error" in answer.text:
            raise SystemExit(f"the image could not be imported: {answer.text}")
    api.close()


def _pack(archive: tarfile.TarFile, runtimes: Sequence[Runtime]) -> None:
    packages = [*PACKAGES, *(package.name for each in runtimes for package in each.install.apt)]
    added = {f"/{name}" for name in _LINKS if Path("/", name).is_symlink()}
    for path in sorted(added):
        archive.add(path, recursive=False)
    generated = [*map(Path, _GENERATED), *(path for each in runtimes for path in _mounted(each))]
    for path in [*_files(packages), *_generated(generated), *_alternatives(), *_folders(runtimes)]:
        real = str(Path(path).parent.resolve() / Path(path).name)
        if real not in added and os.path.lexists(real):
            added.add(real)
            archive.add(real, recursive=False)
    for name in sorted({"proc", "sys", "dev", "tmp", "var", "run"} - {path.strip("/") for path in added}):
        about = tarfile.TarInfo(name)
        about.type, about.mode = tarfile.DIRTYPE, 0o755
        archive.addfile(about)


def _files(wanted: Iterable[str]) -> Iterator[str]:
    wanted = filter(_is_installed, dict.fromkeys(wanted))
    names = subprocess.run([*_DEPENDS, *wanted], capture_output=True, text=True, check=True).stdout
    packages = sorted({line.strip() for line in names.splitlines() if line[:1].isalnum()})
    known = [package for package in packages if _is_installed(package)]
    listed = subprocess.run(["dpkg-query", "--listfiles", *known], capture_output=True, text=True, check=True).stdout
    for line in listed.splitlines():
        if line.startswith("/") and line != "/." and not line.startswith(_UNWANTED):
            yield line


def _is_installed(package: str) -> bool:
    return subprocess.run(["dpkg-query", "--status", package], capture_output=True, check=False).returncode == 0


def _mounted(runtime: Runtime) -> list[Path]:
    """Configuration, parts of which no package owns."""
    return [path for pattern in runtime.mounts for path in Path("/").glob(pattern.lstrip("/"))]


def _generated(paths: Iterable[Path]) -> Iterator[str]:
    for path in paths:
        yield str(path)
        yield from map(str, sorted(path.rglob("*")))


def _alternatives() -> Iterator[str]:
    """Commands such as cc and awk, and libraries such as that of BLAS, are links that no package owns."""
    for parent in _WITH_ALTERNATIVES:
        for folder, folders, files in os.walk(parent):
            for path in (Path(folder, name) for name in (*folders, *files)):
                if path.is_symlink() and str(path.readlink()).startswith("/etc/alternatives/"):
                    yield str(path)


def _folders(runtimes: Iterable[Runtime]) -> Iterator[str]:
    """What an installation wrote besides the packages."""
    for each in runtimes:
        if each.install.npm or each.install.pip or each.install.files or each.install.steps:
            yield from (str(path) for path in (*reversed(each.folder.parents), each.folder, *each.folder.rglob("*")))
