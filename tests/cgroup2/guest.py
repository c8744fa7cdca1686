"""
What runs inside User Mode Linux: mounts, then the suite as one user. `boot` explains the whole.
The root file system is the host's, read-only. The cgroups are laid out as systemd does it: the root hands its
controllers down, and the suite begins in a cgroup of its own. The ordinary user's belongs to that user ("delegated"),
as with `systemd-run --user --scope -p Delegate=yes`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import termios
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
DELEGATED_FILES = (".", "cgroup.procs", "cgroup.subtree_control", "cgroup.threads")
USERS = {"root": 0, "user": 64123}
"""Who runs the suite, and as which user: an ordinary one needs no account."""

PYTEST_OPTIONS = ("-p", "no:cacheprovider", "--color=no", "-m", "not slow", "-o", "timeout=180")
"""The repository is read-only, and system calls and page faults cost ten times what they cost outside."""


def mount(kind: str, target: str, options: str = "rw") -> None:
    Path(target).mkdir(parents=True, exist_ok=True)
    subprocess.run(["/bin/mount", "-t", kind, "-o", options, "none", target], check=True)


def mount_everything(repository: str, results: str) -> None:
    """The repository and the results get new names: their own may lie below /tmp, which is about to be hidden."""
    mount("proc", "/proc")
    mount("sysfs", "/sys")
    mount("cgroup2", str(CGROUPS))
    mount("tmpfs", "/mnt", "mode=755")
    mount("hostfs", "/mnt/repository", f"ro,{repository}")
    mount("hostfs", "/mnt/results", results)
    mount("devpts", "/dev/pts")
    for writable in ("/dev/shm", "/tmp", "/var/tmp", "/run"):
        mount("tmpfs", writable, "mode=1777")


def make_cgroup(name: str, owner: int) -> Path:
    cgroup = CGROUPS / name
    cgroup.mkdir()
    for file in DELEGATED_FILES:
        os.chown(cgroup / file, owner, owner)
    return cgroup


def enter(cgroup: Path) -> None:
    (cgroup / "cgroup.procs").write_text("0")


def run_suite(who: str, uid: int, terminal: int) -> int:
    home = Path("/tmp", who)
    home.mkdir()
    os.chown(home, uid, uid)
    arguments = Path("/mnt/results/arguments").read_text().splitlines()
    # A child begins in the cgroup of its parent: no moment passes in the wrong one.
    enter(make_cgroup(who, uid))
    suite = subprocess.Popen(
        [".venv/bin/python", "-m", "pytest", *PYTEST_OPTIONS, *arguments],
        cwd="/mnt/repository",
        env={"PATH": os.defpath, "HOME": str(home), "USER": who, "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "120"},
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        stderr=terminal,
        user=uid,
        group=uid,
        extra_groups=[],
    )
    enter(CGROUPS)
    return suite.wait()


def open_terminal() -> int:
    """The way out to whoever waits on the host, with line ends as they are written."""
    terminal = os.open("/dev/tty1", os.O_RDWR | os.O_NOCTTY)
    attributes = termios.tcgetattr(terminal)
    attributes[1] &= ~termios.OPOST
    termios.tcsetattr(terminal, termios.TCSANOW, attributes)
    return terminal


def main() -> None:
    repository, results, who = sys.argv[1:]
    mount_everything(repository, results)
    (CGROUPS / "cgroup.subtree_control").write_text("+cpu +io +memory +pids")
    terminal = open_terminal()
    os.write(terminal, f"==> cgroup v2 on Linux {os.uname().release} in User Mode Linux, as {who}\n".encode())
    status = run_suite(who, USERS[who], terminal)
    Path("/mnt/results", f"{who}.status").write_text(str(status))


if __name__ == "__main__":
    main()
