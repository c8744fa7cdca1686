"""Installing with the real npm and pip, in a folder of the test's own."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from executor.errors import UsageError
from executor.installer import _AptProgress, _npm
from executor.inventory import STAMP, Machine
from executor.tools import ToolFailed, Tools
from tests.unit.toolchains import Place, Witness, npm_package, pip_package, until

needs_npm = pytest.mark.skipif(
    shutil.which("npm", path="/usr/local/bin:/usr/bin") is None, reason="there is no npm here"
)
pytestmark = [pytest.mark.timeout(300)]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def stamp(place: Place, folder: str = "a") -> dict[str, object]:
    return dict(json.loads((place.toolchains / folder / STAMP).read_text()))


@needs_npm
async def test_packages_files_and_steps_of_a_runtime_and_an_extra_are_installed(place: Place, tmp_path: Path) -> None:
    npm, pip = npm_package(tmp_path, "left"), pip_package(tmp_path, "right")
    place.runtime(
        "a",
        f"""
[install]
npm = [{npm!r}]
files = {{ "deep/er.txt" = "größe" }}
steps = [["cp", "node_modules/left/index.js", "copied"]]
[extras.more]
pip = [{pip!r}]
""",
    )
    assert place.installed("a", "a/more") == [False, False]
    assert await place.install("a", "a/more") == []
    assert place.installed("a", "a/more") == [True, True]
    assert place.witness.ended == [("npm", True), ("pip", True), ("files", True), ("step", True)]
    found = place.there("a/*/**/*")
    assert {"a/node_modules/left/index.js", "a/site-packages/right.py", "a/deep/er.txt"} <= set(found)
    assert (place.toolchains / "a" / "copied").read_text() == "// 1.0.0"
    assert (place.toolchains / "a" / "deep" / "er.txt").read_text() == "größe"


async def test_what_is_installed_is_left_alone(place: Place, tmp_path: Path) -> None:
    place.runtime("a", f"[install]\npip = [{pip_package(tmp_path, 'one')!r}]\nfiles = {{ f = 'x' }}")
    await place.install("a")
    before = (place.toolchains / "a" / "site-packages").stat().st_ino
    assert not place.plan("a")
    assert await place.install("a") == []
    assert place.witness.begun == []
    assert (place.toolchains / "a" / "site-packages").stat().st_ino == before


@needs_npm
async def test_runtimes_that_share_a_folder_keep_each_others_packages(place: Place, tmp_path: Path) -> None:
    place.runtime("a", f"[install]\nnpm = [{npm_package(tmp_path, 'one')!r}]\npip = [{pip_package(tmp_path, 'two')!r}]")
    place.runtime(
        "b",
        f"""folder = "a"

[install]
npm = [{npm_package(tmp_path, "three")!r}]
[extras.more]
pip = [{pip_package(tmp_path, "four", requires="two")!r}]
""",
    )
    for names in (["a"], ["b"], ["b/more"]):
        assert await place.install(*names) == []
    assert place.installed("a", "b", "b/more") == [True, True, True]
    assert place.there("a/node_modules/[!.]*") == ["a/node_modules/one", "a/node_modules/three"]
    assert place.there("a/site-packages/*.py") == ["a/site-packages/four.py", "a/site-packages/two.py"]


async def test_steps_are_done_again_when_the_packages_that_they_work_on_are_new(place: Place, tmp_path: Path) -> None:
    place.runtime(
        "a",
        f"""
[install]
pip = [{pip_package(tmp_path, "one")!r}]
steps = [["touch", "site-packages/mark"]]
[extras.more]
pip = [{pip_package(tmp_path, "two")!r}]
""",
    )
    await place.install("a")
    await place.install("a/more")
    assert place.there("a/site-packages/mark") == ["a/site-packages/mark"]
    assert place.installed("a", "a/more") == [True, True]


async def test_a_changed_table_installs_again_and_what_it_no_longer_names_goes(place: Place, tmp_path: Path) -> None:
    one, two = pip_package(tmp_path, "one"), pip_package(tmp_path, "two")
    place.runtime("a", f"[install]\npip = [{one!r}]\nfiles = {{ f = 'old' }}")
    await place.install("a")
    place.runtime("a", f"[install]\npip = [{one!r}]\nfiles = {{ f = 'new' }}")
    assert [step.tool for step in place.plan("a").steps()] == ["files"]
    assert place.installed("a") == [False]
    await place.install("a")
    assert (place.toolchains / "a" / "f").read_text() == "new"
    place.runtime("a", f"[install]\npip = [{two!r}]")
    await place.install("a")
    assert place.there("a/site-packages/*.py") == ["a/site-packages/two.py"]


async def test_what_somebody_removed_is_installed_again(place: Place, tmp_path: Path) -> None:
    place.runtime("a", f"[install]\npip = [{pip_package(tmp_path, 'one')!r}]\nfiles = {{ f = 'x' }}")
    await place.install("a")
    (place.toolchains / "a" / "f").unlink()
    assert [step.tool for step in place.plan("a").steps()] == ["files"]
    shutil.rmtree(place.toolchains / "a" / "site-packages")
    assert [step.tool for step in place.plan("a").steps()] == ["pip", "files"]
    assert await place.install("a") == []
    assert place.there("a/site-packages/*.py") == ["a/site-packages/one.py"]


async def test_what_pip_installed_for_another_python_is_installed_again(place: Place, tmp_path: Path) -> None:
    place.runtime("a", f"[install]\npip = [{pip_package(tmp_path, 'one')!r}]")
    await place.install("a")
    before = stamp(place)
    assert before["python"] == os.path.realpath("/usr/bin/python3")
    (place.toolchains / "a" / STAMP).write_text(json.dumps(before | {"python": "/usr/bin/python3.2"}))
    assert [step.tool for step in place.plan("a").steps()] == ["pip"]


async def test_a_package_that_cannot_be_installed_does_not_keep_the_others_out(place: Place, tmp_path: Path) -> None:
    place.runtime(
        "a",
        f"""
[install]
pip = [{pip_package(tmp_path, "one")!r}]
[extras.bad]
pip = ["{tmp_path}/no-such-file.whl"]
[extras.good]
pip = [{pip_package(tmp_path, "two")!r}]
""",
    )
    (failure,) = await place.install("a", "a/bad", "a/good")
    assert failure.part == "a/bad"
    assert failure.why.startswith("pip could not install ")
    assert "no-such-file.whl" in failure.why
    assert failure.output
    assert place.installed("a", "a/bad", "a/good") == [True, False, True]


async def test_two_versions_of_a_package_in_one_folder_are_refused_and_the_first_stays(
    place: Place, tmp_path: Path
) -> None:
    old, new = (pip_package(tmp_path, "one", version) for version in ("1.0.0", "2.0.0"))
    place.runtime("a", f"[install]\npip = [{old!r}]\n[extras.new]\npip = [{new!r}]")
    assert [failure.part for failure in await place.install("a", "a/new")] == ["a/new"]
    assert (place.toolchains / "a" / "site-packages" / "one.py").read_text() == "version = '1.0.0'\n"


def test_npm_would_take_the_last_of_two_versions_and_is_not_asked(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed, match="one folder cannot hold several versions of @scope/x, is-odd"):
        _npm(("@scope/x", "@scope/x@1", "is-even", "is-odd@1", "is-odd@2"), tmp_path)


async def test_a_step_that_fails_is_told_and_done_again(place: Place) -> None:
    step = ["sh", "-c", "echo looking; test -e ready && touch done"]
    place.runtime("a", f"[install]\nsteps = [{step}]\n[extras.e]\nfiles = {{ f = '' }}")
    (failure,) = await place.install("a", "a/e")
    assert (failure.part, failure.output) == ("a", ("looking",))
    assert failure.why.startswith("sh -c echo looking")
    assert place.installed("a", "a/e") == [False, True]
    (place.toolchains / "a" / "ready").touch()
    assert await place.install("a") == []
    assert place.there("a/done") == ["a/done"]


async def test_steps_have_the_runtimes_environment_and_run_in_its_folder(place: Place) -> None:
    place.runtime(
        "a", '[install]\nsteps = [["sh", "-c", "pwd > {folder}/said; env >> said"]]\n[env]\nMINE = "{folder}/x"'
    )
    assert await place.install("a") == []
    folder, *environment = (place.toolchains / "a" / "said").read_text().splitlines()
    assert folder == str(place.toolchains / "a")
    assert {f"MINE={folder}/x", "HOME=/tmp", "LANG=C.UTF-8"} <= set(environment)


@needs_npm
async def test_everybody_may_read_what_is_installed_whatever_the_umask(place: Place, tmp_path: Path) -> None:
    npm, pip = npm_package(tmp_path, "one"), pip_package(tmp_path, "two")
    place.runtime(
        "a", f"[install]\nnpm = [{npm!r}]\npip = [{pip!r}]\nfiles = {{ 'b/c' = '' }}\nsteps = [['touch', 'd']]"
    )
    before = os.umask(0o077)
    try:
        assert await place.install("a") == []
    finally:
        os.umask(before)
    for path in (place.toolchains, *place.toolchains.rglob("*")):
        mode = path.lstat().st_mode
        if not stat.S_ISLNK(mode):
            assert stat.S_IMODE(mode) & 0o7755 == (0o755 if stat.S_ISDIR(mode) else mode & 0o755 | 0o444), path
            assert not mode & 0o022, path


async def test_an_interruption_leaves_what_was_there_and_is_made_up_for(place: Place) -> None:
    tables = "[install]\nfiles = {{ f = 'x' }}\n[extras.slow]\nsteps = [['sleep', '{seconds}']]"
    place.runtime("a", tables.format(seconds=60))
    await place.install("a")
    task = asyncio.create_task(place.install("a/slow"))
    await until(lambda: [step for step in place.witness.begun if step.tool == "step"])
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert place.installed("a", "a/slow") == [True, False]
    assert place.there("a/.new-*") == []
    place.runtime("a", tables.format(seconds=0))
    assert await place.install("a/slow") == []
    assert place.installed("a", "a/slow") == [True, True]


async def test_an_interruption_of_pip_leaves_nothing(place: Place, tmp_path: Path) -> None:
    place.runtime("a", f"[install]\npip = [{pip_package(tmp_path, 'one')!r}]")
    task = asyncio.create_task(place.install("a"))
    await until(lambda: place.there("a/.new-*"))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert place.there("a/.*") == place.there("a/*") == []


async def test_an_installation_that_was_killed_between_two_renames_is_done_again(place: Place, tmp_path: Path) -> None:
    place.runtime("a", f"[install]\npip = [{pip_package(tmp_path, 'one')!r}]")
    await place.install("a")
    folder = place.toolchains / "a"
    (folder / STAMP).write_text(json.dumps({"parts": {"a": ""}, "packages": {}, "python": ""}))
    (folder / "site-packages").rename(folder / ".old-site-packages")
    (folder / ".new-left").mkdir()
    assert await place.install("a") == []
    assert place.there("a/*") == [f"a/{STAMP}", "a/site-packages"]


@pytest.mark.parametrize("damage", ["", "{}", "[]", '{"parts": 1, "packages": {"npm": 2}, "python": 3}', "\x00"])
async def test_a_damaged_stamp_counts_as_none(place: Place, damage: str) -> None:
    place.runtime("a", "[install]\nfiles = { f = 'x' }")
    await place.install("a")
    (place.toolchains / "a" / STAMP).write_text(damage)
    assert place.installed("a") == [False]
    assert await place.install("a") == []
    assert place.installed("a") == [True]


async def test_another_installation_into_the_same_folder_is_waited_for(place: Place) -> None:
    place.runtime("a", "[install]\nfiles = { f = 'x' }")
    (place.toolchains / "a").mkdir(parents=True)
    descriptor = os.open(place.toolchains / "a", os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    task = asyncio.create_task(place.install("a"))
    await until(lambda: place.witness.notices)
    assert "waiting for another installation" in place.witness.notices[0]
    assert place.there("a/f") == []
    os.close(descriptor)
    assert await task == []
    assert place.there("a/f") == ["a/f"]


async def test_who_cannot_act_as_root_is_told_before_anything_is_done(place: Place) -> None:
    place.runtime("a", "[install]\napt = ['no-such-package']\nfiles = { f = 'x' }")
    with pytest.raises(UsageError, match="run the same command as root"):
        await place.install("a", tools=Tools(None, print))
    assert not place.toolchains.exists()


async def test_where_there_is_no_apt_get_the_packages_are_named(
    place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    place.runtime("a", "[install]\napt = ['no-such-package', 'dash']")
    assert place.installed("a") == [True], "where there is no dpkg, what matters is whether the toolchain is there"
    place.runtime("a", "[install]\napt = ['one']\n[extras.e]\napt = ['two', 'three']")
    (failure,) = await place.install("a", "a/e")
    assert failure.part == "a/e"
    assert failure.why.startswith("apt-get could not install two, three: there is no apt-get here; ")


@pytest.fixture
def small_disk(place: Place) -> Iterator[None]:
    place.toolchains.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=256k", "none", str(place.toolchains)]
    mounted = subprocess.run(command, capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip(f"no tmpfs can be mounted here: {mounted.stderr!r}")
    yield
    subprocess.run(["umount", place.toolchains], check=True)


@pytest.mark.root
@pytest.mark.usefixtures("small_disk")
async def test_a_full_disk_is_told_as_such(place: Place) -> None:
    place.runtime("a", "[install]\nsteps = [['cp', '/usr/bin/python3', 'copy']]")
    (failure,) = await place.install("a")
    assert "the disk is full" in failure.why
    assert place.installed("a") == [False]


@pytest.mark.slow
@needs_npm
async def test_packages_come_from_the_real_registries(place: Place) -> None:
    place.runtime("a", "[install]\nnpm = ['is-odd@^3']\n[extras.more]\npip = ['six>=1.10,<2']")
    failures = await place.install("a", "a/more")
    if any("the network does not answer" in failure.why for failure in failures):
        pytest.skip(f"there is no network here: {failures[0].why}")
    assert failures == []
    assert {"a/node_modules/is-odd", "a/node_modules/is-number"} <= set(place.there("a/node_modules/*"))
    assert place.there("a/site-packages/six.py")


def test_the_share_of_what_apt_get_has_done_follows_from_what_it_says() -> None:
    shares: list[float | None] = []

    class Listener(Witness):
        def advance(self, share: float | None, line: str) -> None:
            shares.append(share)

    progress = _AptProgress(Listener())
    for line in (
        "Reading package lists...",
        "0 upgraded, 2 newly installed, 0 to remove and 110 not upgraded.",
        "Get:1 http://deb.example.org/debian bookworm/main amd64 a amd64 1.0 [53.1 kB]",
        "Selecting previously unselected package a.",
        "Unpacking a (1.0) ...",
        "Unpacking b (1.0) ...",
        "Setting up a (1.0) ...",
        "Setting up b (1.0) ...",
        "Setting up c (1.0) ...",
    ):
        progress.hear(line)
    assert shares == [None, 0.0, 1 / 6, 1 / 6, 3 / 6, 4 / 6, 5 / 6, 1.0, 1.0]


@pytest.fixture
def new_package(place: Place) -> Iterator[str]:
    """A small package of Debian's that is not installed, and is not afterwards."""
    installed = Machine(place.runtimes()).debian
    if installed is None:
        pytest.skip("this is no Debian")
    name = next(name for name in ("hello", "sl", "cowsay") if name not in installed)
    yield name
    purge = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120", "purge", "--yes", name]
    subprocess.run(purge, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, capture_output=True, check=False)


@pytest.mark.slow
@pytest.mark.root
async def test_debians_packages_are_installed_in_one_call_without_those_that_do_not_exist(
    place: Place, new_package: str
) -> None:
    place.runtime("a", f"[install]\napt = [{new_package!r}]")
    place.runtime("b", "[install]\napt = ['no-such-package-anywhere']")
    place.runtime("c", f"[install]\napt = [{{ package = {new_package!r}, unless = 'sh' }}]")
    assert place.installed("a", "b", "c") == [False, False, True]
    failures = await place.install("a", "b", "c")
    if any("the network does not answer" in failure.why for failure in failures):
        pytest.skip(f"there is no network here: {failures[0].why}")
    assert [failure.part for failure in failures] == ["b"]
    assert "apt-get could not install no-such-package-anywhere: Unable to locate package" in failures[0].why
    assert place.installed("a", "b", "c") == [True, False, True]
    assert await place.install("a") == []
    assert place.witness.begun == []
