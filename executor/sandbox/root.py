"""The root that a program sees: built in a new mount namespace, then pivoted into; the old root is detached."""

from __future__ import annotations

import os
import stat
from glob import glob
from typing import Final

from executor.sandbox import linux

_DEVICES: Final = ("null", "zero", "full", "random", "urandom")
_LINKS: Final = (
    ("/proc/self/fd", "dev/fd"),
    ("/proc/self/fd/0", "dev/stdin"),
    ("/proc/self/fd/1", "dev/stdout"),
    ("/proc/self/fd/2", "dev/stderr"),
)
_EMPTY_DIRECTORIES: Final = ("work", "artifact", "tmp", "dev/shm", "proc", "etc", "dev")
_LIBRARY_DIRECTORIES: Final = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
_ETC_BINDS: Final = ("/etc/alternatives", "/etc/ld.so.cache")
_ETC_FILES: Final = {
    "passwd": "root:x:0:0::/:/bin/false\nuser:x:1000:1000::/tmp:/bin/sh\n",
    "group": "root:x:0:\nuser:x:1000:\n",
    "hosts": "127.0.0.1 localhost\n::1 localhost\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}
_HOOKS: Final = ("/usr/lib/py*/*-packages/*.pth", "/usr/local/lib/py*/*-packages/*.pth")
"""
What the machine's Pythons do at every start: lines of code for this machine (a proxy's certificates, a measurement of
coverage) that no judged program should run, wait for or depend on.
"""

_STAGE: Final = "/tmp"
"""Where the new root is assembled: a directory that every Linux has, covered only in our mount namespace."""

_KEPT_FLAGS: Final = {
    os.ST_NOEXEC: linux.MS_NOEXEC,
    os.ST_NOATIME: linux.MS_NOATIME,
    os.ST_NODIRATIME: linux.MS_NODIRATIME,
    os.ST_RELATIME: linux.MS_RELATIME,
}
"""Flags of a mount that a user namespace may not take away: a remount must repeat them."""


def build_root(binds: list[tuple[str, str]]) -> int | None:
    """
    Build the new root on `_STAGE`, with the binds in it, and pivot into it.

    The caller is alone in fresh mount, PID, network and IPC namespaces.

    Args:
        binds: existing absolute host paths, which become read-only, each with its path in the box; outermost first.

    Returns:
        A descriptor of the writable /proc for init's own use; None where the box has no /proc.

    Raises:
        OSError: a step failed; the message names it.
    """
    linux.mount("none", "/", flags=linux.MS_REC | linux.MS_PRIVATE)
    # Opened before the stage covers what lies under it.
    sources = {target: os.open(path, os.O_PATH | os.O_CLOEXEC) for path, target in _all_binds(binds)}
    linux.mount("tmpfs", _STAGE, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, "size=2m,nr_inodes=4096,mode=0755")
    os.chdir(_STAGE)
    for name in _EMPTY_DIRECTORIES:
        os.makedirs(name, mode=0o755, exist_ok=True)
    for target, fd in sources.items():
        _bind(fd, target)
        os.close(fd)
    _empty_hooks()
    for linked, name in _all_links():
        os.symlink(linked, name)
    for name, text in _ETC_FILES.items():
        _write(f"etc/{name}", text)
    own_proc = _mount_proc()
    linux.pivot_root(".", ".")
    linux.umount(".")
    os.chdir("/")
    linux.mount("none", "/", None, linux.MS_VIEW)
    return own_proc


def _all_binds(binds: list[tuple[str, str]]) -> list[tuple[str, str]]:
    own = [f"/{name}" for name in _LIBRARY_DIRECTORIES if os.path.isdir(f"/{name}") and not os.path.islink(f"/{name}")]
    etc = [path for path in _ETC_BINDS if os.path.exists(path)]
    return [*((path, path) for path in ("/usr", *own, *etc, *(f"/dev/{name}" for name in _DEVICES))), *binds]


def _all_links() -> list[tuple[str, str]]:
    libraries = [(os.readlink(f"/{name}"), name) for name in _LIBRARY_DIRECTORIES if os.path.islink(f"/{name}")]
    return [*_LINKS, *libraries]


def _bind(source: int, path: str) -> None:
    """Bind what `source` has open at `path` below the stage, with everything mounted under it, read-only."""
    name = path.lstrip("/")
    is_device = stat.S_ISCHR(os.fstat(source).st_mode)
    if stat.S_ISDIR(os.fstat(source).st_mode):
        os.makedirs(name, mode=0o755, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(name), mode=0o755, exist_ok=True)
        _write(name, "")
    linux.mount(f"/proc/self/fd/{source}", name, None, linux.MS_BIND | linux.MS_REC)
    flags = linux.MS_NOSUID | (linux.MS_NOEXEC if is_device else linux.MS_NODEV | linux.MS_RDONLY)
    for mounted in _mounts_at(f"{_STAGE}/{name}"):
        kept = sum(flag for bit, flag in _KEPT_FLAGS.items() if os.statvfs(mounted).f_flag & bit)
        linux.mount("none", mounted, None, linux.MS_REMOUNT | linux.MS_BIND | flags | kept)


def _empty_hooks() -> None:
    """Show `_HOOKS` as empty files."""
    _write("empty", "")
    for path in filter(os.path.isfile, (path for pattern in _HOOKS for path in glob(pattern))):
        name = path.lstrip("/")
        linux.mount("empty", name, None, linux.MS_BIND)
        linux.mount("none", name, None, linux.MS_VIEW)
    os.unlink("empty")


def _mounts_at(path: str) -> list[str]:
    """The mount at path and those under it; a recursive bind's remount reaches only the first of them."""
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as table:
        points = [line.split()[4].replace("\\040", " ") for line in table]
    return sorted({point for point in points if point == path or point.startswith(f"{path}/")})


def _write(name: str, text: str) -> None:
    with open(name, "w", encoding="utf-8") as file:
        file.write(text)


def _mount_proc() -> int | None:
    """
    Mount the box's own /proc, covered by a read-only view: nobody in a box may set its own oom_score_adj.

    Older kernels lack subset=pid; a container that masks its /proc forbids the mount, then there is none.

    Returns:
        The writable mount below the view, which no path reaches any more, open for init alone.
    """
    flags = linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC
    for options in ("subset=pid", ""):
        try:
            linux.mount("proc", "proc", "proc", flags, options)
        except OSError:
            continue
        writable = os.open("proc", os.O_PATH | os.O_CLOEXEC)
        linux.mount("proc", "proc", None, linux.MS_BIND)
        linux.mount("none", "proc", None, linux.MS_REMOUNT | linux.MS_BIND | linux.MS_RDONLY | flags)
        return writable
    return None


def quiet_network() -> None:
    """Bring the loopback up and let no closed connection linger: a port used by one job is free for the next."""
    for name, value in (("tcp_max_tw_buckets", "0"), ("tcp_no_metrics_save", "1")):
        try:
            _write(f"/proc/sys/net/ipv4/{name}", value)
        except OSError:  # not every kernel has both per namespace; the port then stays busy for a minute
            continue
    linux.loopback_up()


class Writable:
    """
    The directories that a program may write to, each a bounded tmpfs that is replaced when it is dirty.

    Replacing a mount costs the same for one file and for a million, and no name, mode or depth can resist it.
    """

    def __init__(self, size_bytes: int, inodes: int) -> None:
        bounds = f"size={size_bytes},nr_inodes={inodes}"
        # Like any /tmp: who does not own a directory cannot leave a mode or an attribute on it.
        self._options = dict.fromkeys(("/work", "/tmp", "/dev/shm"), f"{bounds},mode=1777")
        self._options["/artifact"] = f"{bounds},mode=0755"
        for path in self._options:
            self._mount(path)

    def wipe(self, *, artifact: bool) -> None:
        """Replace the writable directories, and the artifact's too if asked."""
        for path in self._options:
            if artifact or path != "/artifact":
                linux.umount(path)
                self._mount(path)

    def _mount(self, path: str) -> None:
        linux.mount("tmpfs", path, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, self._options[path])
        if path == "/artifact":  # a rootless program would own it
            seal_artifact()


def unseal_artifact() -> None:
    flags = linux.MS_REMOUNT | linux.MS_BIND | linux.MS_NOSUID | linux.MS_NODEV
    linux.mount("none", "/artifact", None, flags)


def seal_artifact() -> None:
    linux.mount("none", "/artifact", None, linux.MS_VIEW)
