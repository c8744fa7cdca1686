"""The suite once more, for the box of a user who may do nothing that root may."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.docker.chosen import ON_DOCKER

pytestmark = [
    pytest.mark.root,
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(ON_DOCKER, reason="a Docker Engine makes no difference between its users"),
]

REPOSITORY = Path(__file__).parents[2]
SOURCES = ("executor", "tests/conftest.py", "tests/conformance", "tests/docker/chosen.py", "pyproject.toml")
USER_ID = 64_124
"""A number that no account has: the kernel asks for no more."""
OPTIONS = ("-q", "-p", "no:cacheprovider", "--tb=short", "--durations=5", "--color=no")
LEFT_OUT = () if "ENNEAD_LONG" in os.environ else ("--ignore=tests/conformance/test_endurance.py",)
"""Two thousand jobs, which root's box has done already; `make soak` sets ENNEAD_LONG."""
NEEDED = ("pytest", "pytest-asyncio", "pytest-timeout", "psutil")


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that the user can reach and owns; pytest's own are closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="ennead-user-", dir="/tmp"))
    os.chown(folder, USER_ID, USER_ID)
    yield folder
    shutil.rmtree(folder)


def as_user(home: Path, command: list[str], folder: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        check=False,
        cwd=folder or home,
        env={
            "PATH": os.defpath,
            "HOME": str(home),
            "TMPDIR": str(home),
            "PYTHONDONTWRITEBYTECODE": "1",
            "COLUMNS": "120",
            **env,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        user=USER_ID,
        group=USER_ID,
        extra_groups=[],
    )


def copy_sources(target: Path) -> None:
    for name in SOURCES:
        source = REPOSITORY / name
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target / name)
    open_to_all(target)


def copy_packages(target: Path) -> None:
    """The distributions that the suite needs, with all that they need themselves."""
    wanted, copied = list(NEEDED), set()
    while wanted:
        name = wanted.pop().lower().replace("_", "-")
        if name in copied:
            continue
        copied.add(name)
        distribution = importlib.metadata.distribution(name)
        for file in distribution.files or ():
            source = Path(str(distribution.locate_file(file)))
            if ".." not in file.parts and source.is_file() and source.suffix != ".pyc":
                (target / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, target / file)
        required = map(Requirement, distribution.requires or ())
        wanted += [one.name for one in required if one.marker is None or one.marker.evaluate({"extra": ""})]
    open_to_all(target)


def open_to_all(folder: Path) -> None:
    """A umask of root's may have closed what was copied."""
    for path in [folder, *folder.rglob("*")]:
        path.chmod(path.stat().st_mode | (0o755 if path.is_dir() else 0o444))


def interpreters() -> list[str]:
    """Ours, and others of the same version, whose compiled packages can be shared."""
    name = "python{}.{}".format(*sys.version_info)
    return [sys.executable, *(f"{folder}/{name}" for folder in ("/usr/bin", "/usr/local/bin"))]


def usable_interpreter(home: Path, packages: Path) -> str:
    reasons = []
    for interpreter in interpreters():
        check = [interpreter, "-c", "import pytest, pytest_asyncio, pytest_timeout, psutil"]
        try:
            tried = as_user(home, check, PYTHONPATH=str(packages))
        except OSError as error:  # not there, or below a folder that only root may enter
            reasons.append(f"{interpreter}: {error.strerror}")
            continue
        if tried.returncode == 0:
            return interpreter
        reasons.append(f"{interpreter}: {tried.stdout.strip()[-200:]}")
    pytest.skip(f"no interpreter can be used by an ordinary user: {'; '.join(reasons)}")


def test_an_ordinary_users_box_keeps_the_contract(home: Path) -> None:
    """Every test of this folder passes for a user without privileges, with what such a user has of cgroups."""
    packages, checkout = home / "packages", home / "checkout"
    copy_packages(packages)
    copy_sources(checkout)
    interpreter = usable_interpreter(home, packages)
    options = ("--rootdir", ".", "-c", "pyproject.toml", *OPTIONS, *LEFT_OUT)
    suite = as_user(
        home,
        [interpreter, "-m", "pytest", *options, "tests/conformance"],
        checkout,
        PYTHONPATH=f"{checkout}:{packages}",
    )
    print(suite.stdout)
    assert suite.returncode == 0, "\n" + suite.stdout[-12_000:]
    passed = re.search(r"(\d+) passed", suite.stdout)
    assert passed
    assert int(passed[1]) > 200


def test_a_user_without_a_cgroup_gets_no_box_where_proc_is_covered(home: Path) -> None:
    """As in a container: the kernel then mounts no other /proc, and what is not polled is never over a limit."""
    shutil.copytree(REPOSITORY / "executor", home / "executor", ignore=shutil.ignore_patterns("__pycache__"))
    open_to_all(home)
    start = "import asyncio; from executor.sandbox.native import start_box; asyncio.run(start_box(0))"
    user = ("setpriv", f"--reuid={USER_ID}", f"--regid={USER_ID}", "--clear-groups", "/usr/bin/python3", "-c", start)
    for cover, sentence in (("true", ""), ("mount -t tmpfs none /proc/fs", "neither a cgroup nor a /proc")):
        done = subprocess.run(
            ["unshare", "--mount", "sh", "-c", f'{cover} && exec "$@"', "sh", *user],
            env={"PATH": os.defpath, "PYTHONPATH": str(home), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode == 0) == (not sentence), done.stderr
        assert sentence in done.stderr.strip().rpartition("\n")[2]
