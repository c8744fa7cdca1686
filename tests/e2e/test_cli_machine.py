"""`exec-cli doctor` and `exec-cli runtimes` as real processes on this machine."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
ORDINARY_USER = 64_125
"""A number that no account has."""


def exec_cli(*args: str, **extra: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), **extra}
    command = [sys.executable, "-m", "cli", *args]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100, check=False)


def test_doctor_says_that_boxes_start_and_looks_at_everything() -> None:
    done = exec_cli("doctor", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["boxes_start"]) == (0, True)
    topics = {finding["topic"] for finding in told["findings"]}
    assert topics >= {"kernel", "architecture", "user", "user namespaces", "namespaces", "cgroup", "seccomp", "box"}
    assert topics >= {"slots", "languages"}
    (languages,) = [finding for finding in told["findings"] if finding["topic"] == "languages"]
    assert {"c", "cpp", "python"} <= set(languages["says"].split())


def test_doctor_recommends_a_backend_and_says_why_the_others_would_not_do() -> None:
    nowhere = {"DOCKER_HOST": "unix:///nowhere.sock"}
    told = json.loads(exec_cli("doctor", "--json", **nowhere).stdout)
    assert told["recommended"] == {"sandbox": "native", "oci_runtime": None}
    native, docker, gvisor = told["backends"]
    assert (native["sandbox"], native["works"]) == ("native", True)
    assert (docker["sandbox"], docker["works"], docker["oci_runtime"]) == ("docker", False, None)
    assert (gvisor["sandbox"], gvisor["works"], gvisor["oci_runtime"]) == ("docker", False, "runsc")
    assert "unix:///nowhere.sock" in docker["says"]
    text = exec_cli("doctor", **nowhere).stdout
    assert "use --sandbox native" in text
    assert "docker and docker with runsc would not do: " in text


def test_everything_that_is_not_ok_comes_with_words_and_missing_things_with_advice() -> None:
    for finding in json.loads(exec_cli("doctor", "--json").stdout)["findings"]:
        assert finding["says"]
        assert finding["state"] in {"ok", "degraded", "missing"}
        assert finding["advice"] or finding["state"] != "missing"


def test_doctor_reads_as_text() -> None:
    done = exec_cli("doctor")
    assert done.returncode == 0
    assert "Boxes start here." in done.stdout
    assert done.stdout.splitlines()[0].split()[0] == "kernel"


def where_no_box_starts(*args: str) -> subprocess.CompletedProcess[str]:
    """exec-cli inside a user namespace that may hold no other one; the setting is of that namespace alone."""
    forbid = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "sh", "-c", forbid, "sh", sys.executable, "-m", "cli", *args],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    if done.stderr.startswith("unshare: "):
        pytest.skip(f"no user namespace can be made here: {done.stderr}")
    return done


def test_where_no_box_starts_doctor_says_why_and_ends_with_status_3() -> None:
    done = where_no_box_starts("doctor")
    assert (done.returncode, done.stderr) == (3, "")
    assert "user.max_user_namespaces is 0" in done.stdout
    assert "sudo sysctl -w user.max_user_namespaces=15000" in done.stdout
    assert "Boxes do not start here" in done.stdout
    assert "native would not do: a box cannot be started" in done.stdout


def test_where_no_box_starts_a_run_is_a_failure_of_the_judge(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("print(1)")
    done = where_no_box_starts("run", str(tmp_path / "a.py"), "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["verdict"], told["cases"], told["total"]) == (3, "JE", [], 1)
    assert done.stderr.startswith("exec-cli: the judge failed: ")
    assert told["detail"]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("args", [["runtimes", "--json"], ["runtimes", "list", "--json"]])
def test_the_languages_are_listed_with_id_name_version_and_state(args: list[str]) -> None:
    done = exec_cli(*args)
    assert done.returncode == 0
    by_id = {each["id"]: each for each in json.loads(done.stdout)}
    assert set(by_id) >= {"c", "cpp", "python"}
    assert by_id["cpp"]["available"]
    assert "g++" in by_id["cpp"]["version"]
    assert by_id["python"]["name"].startswith("Python")


def test_the_second_list_takes_the_versions_from_notes(tmp_path: Path) -> None:
    first = json.loads(exec_cli("runtimes", "--json", XDG_CACHE_HOME=str(tmp_path)).stdout)
    notes = list((tmp_path / "ennead" / "versions").iterdir())
    assert len(notes) == sum(each["version"] is not None for each in first)
    for note in notes:
        note.write_text("noted")
    second = json.loads(exec_cli("runtimes", "--json", XDG_CACHE_HOME=str(tmp_path)).stdout)
    assert {each["version"] for each in second if each["version"]} == {"noted"}


def test_the_list_is_a_table() -> None:
    lines = exec_cli("runtimes").stdout.splitlines()
    assert lines[0].split() == ["id", "name", "version", "state"]
    assert any(line.split()[0] == "cpp" and "available" in line for line in lines[2:])


def test_several_languages_are_checked_at_once() -> None:
    done = exec_cli("runtimes", "check", "c", "python", "cpp", "--json")
    results = json.loads(done.stdout)
    assert [(each["id"], each["problems"]) for each in results] == [("c", []), ("cpp", []), ("python", [])]
    assert done.returncode == 0


def test_in_a_log_each_checked_language_is_a_line() -> None:
    done = exec_cli("runtimes", "check", "python", "c")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert sorted(line.split()[:2] for line in lines[:2]) == [["works", "c"], ["works", "python"]]
    assert lines[-1] == "2 languages work"


def test_what_is_installed_already_is_not_installed_again() -> None:
    exec_cli("runtimes", "prepare", "cpp")
    done = exec_cli("runtimes", "install", "c", "cpp", "python")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "available: c, cpp and python, nothing had to be done\n"


def test_what_would_be_installed_is_told_as_one_object() -> None:
    done = exec_cli("runtimes", "install", "--all", "--dry-run", "--json")
    assert done.returncode == 0
    for step in json.loads(done.stdout)["steps"]:
        assert set(step) == {"tool", "what", "parts", "folder"}
        assert step["tool"] in {"apt-get", "npm", "pip", "files", "step"}


def test_the_examples_get_the_verdicts_in_their_names() -> None:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    demo = [sys.executable, str(REPOSITORY / "examples" / "demo" / "run.py")]
    done = subprocess.run(demo, env=environment, capture_output=True, text=True, timeout=110, check=False)
    if "not installed" in done.stdout:
        pytest.skip("a language of the nine is not installed here: exec-cli runtimes install --nine")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_language_that_does_not_exist_cannot_be_checked() -> None:
    done = exec_cli("runtimes", "check", "pyhton")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "exec-cli: there is no runtime 'pyhton'; choose python\n"


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that an ordinary user reaches; pytest's own are closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="ennead-doctor-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def engine_of_root(open_folder: Path) -> Iterator[str]:
    """The address of something that, as a Docker Engine does, lets root and nobody else speak to it."""
    path = open_folder / "socket"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        path.chmod(0o600)
        listening.listen()
        yield f"unix://{path}"


@pytest.mark.root
def test_doctor_tells_an_ordinary_user_what_only_other_users_can_have(open_folder: Path, engine_of_root: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli", "doctor", "--json", "--docker-address", engine_of_root],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "HOME": str(open_folder)},
        cwd=open_folder,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        user=ORDINARY_USER,
        group=ORDINARY_USER,
        extra_groups=[],
    )
    if "Permission denied" in done.stderr or "No module named" in done.stderr:
        pytest.skip(f"an ordinary user cannot run this checkout: {done.stderr[-300:]}")
    told = json.loads(done.stdout)
    assert (done.returncode, told["boxes_start"], told["meter"]) == (0, True, "polling")
    assert told["recommended"] == {"sandbox": "native", "oci_runtime": None}
    by_topic = {finding["topic"]: finding for finding in told["findings"] if finding["state"] != "ok"}
    assert "uid 64125" in by_topic["user"]["says"]
    assert "ennead-" not in by_topic["cgroup"]["says"], "no name of a cgroup that was tried"
    assert by_topic["cgroup"]["advice"].startswith("run as root")
    assert "mend what keeps Docker from being used (below)" in by_topic["backend"]["advice"]
    for docker in told["backends"][1:]:
        assert "cannot be used: Permission denied; run as a user who may speak to it" in docker["says"]
