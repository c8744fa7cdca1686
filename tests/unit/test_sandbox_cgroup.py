"""Control groups on fake directories: what is read is understood, what is written is right, what is made is removed."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from executor.errors import BoxFailure
from executor.model import MIB, Limits, Meter
from executor.sandbox import cgroup_v1, detection
from executor.sandbox.cgroup import remove
from executor.sandbox.cgroup_v1 import CgroupV1
from executor.sandbox.cgroup_v2 import CgroupV2
from executor.sandbox.clock import count, read_cpu_clock
from executor.sandbox.detection import CgroupSupport, detect
from tests.conformance.support import descriptors, descriptors_left

V1_FILES = {
    "cgroup.procs": "",
    "memory.limit_in_bytes": "9223372036854771712",
    "memory.max_usage_in_bytes": "0",
    "memory.usage_in_bytes": "0",
    "memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 0\n",
    "pids.max": "max",
    "pids.current": "0",
    "pids.events": "max 0\n",
    "cpuacct.usage": "0",
}
V2_FILES = {
    "cgroup.procs": "",
    "cgroup.controllers": "cpu memory pids\n",
    "cgroup.subtree_control": "",
    "cgroup.kill": "",
    "cpu.stat": "usage_usec 0\nuser_usec 0\nsystem_usec 0\n",
    "memory.current": "0\n",
    "memory.events": "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\noom_group_kill 0\n",
    "memory.max": "max\n",
    "memory.peak": "0\n",
    "memory.swap.max": "max\n",
    "pids.current": "1\n",
    "pids.events": "max 0\n",
    "pids.max": "max\n",
    "pids.peak": "1\n",
}


class Kernel:
    """
    A file system in which a directory made below a hierarchy has the files of a cgroup, and may be removed with them.

    As in a real one, making and removing takes no descriptor: prepared directories are moved in, used ones out.
    """

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self._proc, self._elsewhere = root / "sys", root / "proc", root / "elsewhere"
        for folder in (self.root, self._proc, self._elsewhere):
            folder.mkdir()
        self._patch = monkeypatch
        self._names = map(str, itertools.count())
        self._ready: dict[Path, list[Path]] = {}
        self._made: list[Path] = []
        make, unmake = Path.mkdir, Path.rmdir

        def mkdir(path: Path, mode: int = 0o777, *flags: bool, **options: bool) -> None:
            ready = next((ready for root, ready in self._ready.items() if path.is_relative_to(root)), [])
            if ready and not path.exists():
                self._made.append(ready.pop().rename(path))
            else:
                make(path, mode, *flags, **options)

        def rmdir(path: Path) -> None:
            if path in self._made and path.exists() and not any(one.exists() for one in self._below(path)):
                path.rename(self._elsewhere / next(self._names))
            else:
                unmake(path)

        monkeypatch.setattr(Path, "mkdir", mkdir)
        monkeypatch.setattr(Path, "rmdir", rmdir)

    def _below(self, path: Path) -> list[Path]:
        return [one for one in self._made if one.parent == path]

    def _prepare(self, files: dict[str, str]) -> Path:
        directory = self._elsewhere / next(self._names)
        directory.mkdir()
        for name, text in files.items():
            (directory / name).write_text(text)
        return directory

    def hierarchy(self, name: str, files: dict[str, str]) -> Path:
        """A mounted hierarchy, empty but for its root."""
        root = self._prepare(files).rename(self.root / name)
        self._ready[root] = [self._prepare(files) for _ in range(16)]
        return root

    def lacks(self, hierarchy: Path, *names: str) -> None:
        """From now on cgroups are made without these files."""
        for directory in self._ready[hierarchy]:
            for name in names:
                (directory / name).unlink()

    def show(self, cgroup: str, mountinfo: str) -> None:
        """Let /proc/self/cgroup and /proc/self/mountinfo say this."""
        (self._proc / "cgroup").write_text(cgroup)
        (self._proc / "mountinfo").write_text(mountinfo)
        seen = {f"/proc/self/{name}": self._proc / name for name in ("cgroup", "mountinfo")}
        self._patch.setattr(detection, "Path", lambda *parts: seen.get(str(parts[0]), Path(*parts)))


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kernel:
    return Kernel(tmp_path, monkeypatch)


def mount(kind: str, point: Path, options: str) -> str:
    escaped = str(point).replace(" ", "\\040")
    return f"31 23 0:27 / {escaped} rw,nosuid,nodev shared:9 - {kind} cgroup rw,{options}\n"


def v1_mounts(kernel: Kernel, *controllers: str) -> str:
    return "".join(mount("cgroup", kernel.hierarchy(name, V1_FILES), name) for name in controllers)


def slots(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("ennead-*") if path.is_dir())


# --- reading


@pytest.mark.parametrize(
    "text, key, expected",
    [
        (b"low 0\nhigh 0\nmax 17\noom 2\noom_kill 3\n", b"oom_kill", 3),
        (b"low 0\nhigh 0\nmax 17\noom 2\noom_kill 3\n", b"oom", 2),
        (b"max 5\n", b"max", 5),
        (b"max 5\n", b"oom_kill", 0),
        (b"", b"max", 0),
        (b"MemTotal: 100 kB\nSwapTotal:       2097148 kB\n", b"SwapTotal:", 2097148),
    ],
)
def test_a_count_is_found_by_its_key(text: bytes, key: bytes, expected: int) -> None:
    assert count(text, key) == expected


@pytest.mark.parametrize(
    "text, nanoseconds",
    [
        ("123456789012\n", 123456789012),
        ("0", 0),
        ("usage_usec 1500\nuser_usec 1000\nsystem_usec 500\n", 1_500_000),
        ("usage_usec 123456789012345\nuser_usec 123456789012345\nsystem_usec 0\nnr_periods 0\n", 123456789012345000),
    ],
)
def test_both_kinds_of_cpu_clock_are_read_in_nanoseconds(tmp_path: Path, text: str, nanoseconds: int) -> None:
    (tmp_path / "clock").write_text(text)
    fd = os.open(tmp_path / "clock", os.O_RDONLY)
    try:
        assert read_cpu_clock(fd) == nanoseconds
    finally:
        os.close(fd)


def test_a_cgroup_that_is_gone_is_removed_already(tmp_path: Path) -> None:
    remove(tmp_path / "missing")


def test_a_cgroup_that_stays_busy_is_given_up_after_a_while(tmp_path: Path) -> None:
    """The engine goes on; the next one sweeps."""
    (tmp_path / "file").touch()
    remove(tmp_path, patience_s=0.05)
    assert tmp_path.is_dir()


# --- version 1


@pytest.fixture
def v1(kernel: Kernel) -> dict[str, Path]:
    """The three hierarchies of version 1, mounted apart."""
    return {name: kernel.hierarchy(name, V1_FILES) for name in ("memory", "pids", "cpuacct")}


def test_limits_of_version_1_stand_above_what_the_box_itself_holds(v1: dict[str, Path]) -> None:
    cgroup = CgroupV1(v1, "slot")
    (v1["memory"] / "slot" / "memory.usage_in_bytes").write_text(str(10 * MIB))
    cgroup.begin(Limits(memory_bytes=64 * MIB, processes=5))
    assert (v1["memory"] / "slot" / "memory.limit_in_bytes").read_text().startswith(str(74 * MIB))
    assert (v1["pids"] / "slot" / "pids.max").read_text().startswith("8")  # launcher, init and zygote
    cgroup.close()


def test_spending_of_version_1_is_what_came_since_the_beginning(v1: dict[str, Path]) -> None:
    memory, pids, cpuacct = (v1[name] / "slot" for name in ("memory", "pids", "cpuacct"))
    cgroup = CgroupV1(v1, "slot")
    (memory / "memory.usage_in_bytes").write_text(str(10 * MIB))
    (cpuacct / "cpuacct.usage").write_text("5000")
    cgroup.begin(Limits(memory_bytes=64 * MIB))
    (memory / "memory.max_usage_in_bytes").write_text(str(74 * MIB))
    (memory / "memory.oom_control").write_text("oom_kill_disable 0\nunder_oom 0\noom_kill 2\n")
    (pids / "pids.events").write_text("max 3\n")
    (cpuacct / "cpuacct.usage").write_text("12000")
    spent = cgroup.end()
    assert (spent.memory_bytes, spent.cpu_ns, spent.out_of_memory, spent.forks_refused) == (64 * MIB, 7000, True, True)
    (memory / "memory.max_usage_in_bytes").write_text(str(12 * MIB))
    cgroup.begin(Limits(memory_bytes=64 * MIB))
    (memory / "memory.max_usage_in_bytes").write_text(str(12 * MIB))
    spent = cgroup.end()
    assert (spent.memory_bytes, spent.cpu_ns, spent.out_of_memory, spent.forks_refused) == (2 * MIB, 0, False, False)
    cgroup.close()


def test_events_of_a_run_without_an_end_are_not_those_of_the_next(v1: dict[str, Path]) -> None:
    """A cancelled run is begun and never ended."""
    memory, pids = v1["memory"] / "slot", v1["pids"] / "slot"
    cgroup = CgroupV1(v1, "slot")
    cgroup.begin(Limits(memory_bytes=64 * MIB))
    (memory / "memory.oom_control").write_text("oom_kill_disable 0\nunder_oom 0\noom_kill 1\n")
    (pids / "pids.events").write_text("max 1\n")
    cgroup.begin(Limits(memory_bytes=64 * MIB))
    (memory / "memory.max_usage_in_bytes").write_text(str(64 * MIB))
    spent = cgroup.end()
    assert (spent.out_of_memory, spent.forks_refused) == (False, False)
    cgroup.close()


def test_a_host_with_swap_gives_none_of_it_to_a_run(
    kernel: Kernel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = V1_FILES | {"memory.memsw.limit_in_bytes": "9223372036854771712"}
    parents = {name: kernel.hierarchy(name, files) for name in ("memory", "pids", "cpuacct")}
    (tmp_path / "meminfo").write_text("MemTotal: 100 kB\nSwapTotal: 2097148 kB\n")
    monkeypatch.setattr(cgroup_v1, "Path", lambda name: tmp_path / "meminfo" if name == "/proc/meminfo" else Path(name))
    cgroup = CgroupV1(parents, "slot")
    cgroup.begin(Limits(memory_bytes=64 * MIB))
    assert (parents["memory"] / "slot" / "memory.memsw.limit_in_bytes").read_text().startswith(str(64 * MIB))
    cgroup.close()


def test_controllers_that_share_a_hierarchy_share_a_cgroup(kernel: Kernel) -> None:
    both = kernel.hierarchy("cpu,cpuacct", V1_FILES)
    cgroup = CgroupV1({"memory": both, "pids": both, "cpuacct": both}, "slot")
    assert cgroup.join == (str(both / "slot" / "cgroup.procs"),)
    cgroup.close()
    assert not (both / "slot").exists()


def test_closing_version_1_leaves_no_directory_and_no_descriptor(v1: dict[str, Path]) -> None:
    before = descriptors()
    cgroup = CgroupV1(v1, "slot")
    cgroup.begin(Limits())
    cgroup.end()
    cgroup.close()
    assert descriptors() == before
    assert not [parent for parent in v1.values() if (parent / "slot").exists()]


# --- version 2


@pytest.fixture
def v2(kernel: Kernel) -> Path:
    """The one hierarchy of version 2."""
    return kernel.hierarchy("unified", V2_FILES)


def test_a_slot_of_version_2_passes_its_controllers_on(v2: Path) -> None:
    cgroup = CgroupV2(v2, "slot", os.geteuid())
    assert {"+memory", "+pids"} <= set((v2 / "slot" / "cgroup.subtree_control").read_text().split())
    assert cgroup.join == (str(v2 / "slot" / "init" / "cgroup.procs"),)
    cgroup.close()


def test_a_run_of_version_2_has_limits_and_no_swap(v2: Path) -> None:
    cgroup = CgroupV2(v2, "slot", os.geteuid())
    cgroup.zygote_directory()
    cgroup.zygote_born()
    (run,) = (v2 / "slot").glob("run-*")
    (run / "memory.current").write_text(str(MIB))
    cgroup.begin(Limits(memory_bytes=64 * MIB, processes=5))
    assert int((run / "memory.max").read_text()) == 65 * MIB
    assert int((run / "pids.max").read_text()) == 6  # with the zygote
    assert int((run / "memory.swap.max").read_text()) == 0
    cgroup.close()


def test_spending_of_version_2_is_what_came_since_the_beginning(v2: Path) -> None:
    cgroup = CgroupV2(v2, "slot", os.geteuid())
    cgroup.zygote_directory()
    cgroup.zygote_born()
    (run,) = (v2 / "slot").glob("run-*")
    (run / "memory.current").write_text(str(MIB))
    (run / "cpu.stat").write_text("usage_usec 100\n")
    cgroup.begin(Limits(memory_bytes=64 * MIB))
    (run / "memory.peak").write_text(str(21 * MIB))
    (run / "memory.events").write_text("oom 1\noom_kill 1\n")
    (run / "pids.events").write_text("max 1\n")
    (run / "cpu.stat").write_text("usage_usec 1600\n")
    spent = cgroup.end()
    assert (spent.memory_bytes, spent.cpu_ns) == (20 * MIB, 1_500_000)
    assert (spent.out_of_memory, spent.forks_refused) == (True, True)
    cgroup.close()


@pytest.mark.parametrize("missing", ["memory.peak", "memory.swap.max", "cgroup.kill", "pids.peak"])
def test_an_older_kernel_lacks_a_file(kernel: Kernel, missing: str) -> None:
    """Without memory.peak that is said and nothing else is called the peak; the rest is done without."""
    files = {name: text for name, text in V2_FILES.items() if name != missing}
    root = kernel.hierarchy("unified", files)
    cgroup = CgroupV2(root, "slot", os.geteuid())
    assert any("memory.peak" in loss for loss in cgroup.losses) == (missing == "memory.peak")
    cgroup.zygote_directory()
    cgroup.zygote_born()
    cgroup.begin(Limits())
    spent = cgroup.end()
    if missing == "memory.peak":
        assert spent.memory_bytes is None
    cgroup.close()


def test_closing_version_2_leaves_no_directory_and_no_descriptor(v2: Path) -> None:
    before = descriptors()
    cgroup = CgroupV2(v2, "slot", os.geteuid())
    for _ in range(5):
        cgroup.zygote_directory()
        cgroup.zygote_born()
        cgroup.begin(Limits())
        cgroup.end()
    cgroup.close()
    assert descriptors() == before
    assert not (v2 / "slot").exists()


@pytest.mark.parametrize("runs_before", [0, 1, 2])
@pytest.mark.parametrize("missing", ["cgroup.procs", "cpu.stat"])
def test_a_run_whose_cgroup_can_be_made_only_in_part_leaves_nothing(
    kernel: Kernel, runs_before: int, missing: str
) -> None:
    """The slot can still be closed: what was made for that run goes with what was made for the runs before."""
    root = kernel.hierarchy("unified", V2_FILES)
    before = descriptors()
    cgroup = CgroupV2(root, "slot", os.geteuid())
    for _ in range(runs_before):
        cgroup.zygote_directory()
        cgroup.zygote_born()
    kernel.lacks(root, missing)
    with pytest.raises(OSError, match=missing):
        cgroup.zygote_directory()
    cgroup.close()
    assert descriptors() == before
    assert not (root / "slot").exists()


@pytest.mark.parametrize("spare", range(8))
def test_a_run_for_whose_cgroup_descriptors_run_out_leaves_nothing(kernel: Kernel, spare: int) -> None:
    """Giving back what was made needs descriptors too, and does without."""
    root = kernel.hierarchy("unified", V2_FILES)
    before = descriptors()
    cgroup = CgroupV2(root, "slot", os.geteuid())
    with contextlib.suppress(OSError), descriptors_left(spare):
        cgroup.zygote_directory()
    cgroup.close()
    assert descriptors() == before
    assert not (root / "slot").exists()


@pytest.mark.parametrize("spare", range(10))
def test_a_slot_of_version_1_for_which_descriptors_run_out_leaves_nothing(v1: dict[str, Path], spare: int) -> None:
    """Neither a directory nor a descriptor."""
    before = descriptors()
    with contextlib.suppress(OSError), descriptors_left(spare):
        CgroupV1(v1, "slot").close()
    assert descriptors() == before
    assert not [parent for parent in v1.values() if (parent / "slot").exists()]


# --- detection


def test_version_2_alone_is_used(kernel: Kernel) -> None:
    root = kernel.hierarchy("cgroup", V2_FILES)
    (root / "user.slice").mkdir()
    kernel.show("0::/user.slice\n", mount("cgroup2", root, "nsdelegate"))
    support = detect()
    assert support.meter is Meter.CGROUP_V2
    assert support.parents == {"": root / "user.slice"}
    assert slots(root) == []


def test_version_1_alone_is_used(kernel: Kernel) -> None:
    mounts = v1_mounts(kernel, "cpu", "cpuacct", "memory", "pids")
    kernel.show("4:memory:/\n3:pids:/\n2:cpuacct:/\n1:cpu:/\n", mounts)
    support = detect()
    assert support.meter is Meter.CGROUP_V1
    assert support.parents == {name: kernel.root / name for name in ("memory", "pids", "cpuacct")}
    assert slots(kernel.root) == []


def test_hybrid_systems_are_judged_by_their_controllers(kernel: Kernel) -> None:
    """A version 2 that is mounted but has neither memory nor pids is of no use."""
    unified = kernel.hierarchy("unified", V2_FILES | {"cgroup.controllers": "cpuset\n"})
    mounts = v1_mounts(kernel, "memory", "pids", "cpuacct") + mount("cgroup2", unified, "nsdelegate")
    kernel.show("4:memory:/\n3:pids:/\n2:cpuacct:/\n0::/\n", mounts)
    assert detect().meter is Meter.CGROUP_V1


def test_controllers_that_share_a_mount_are_found(kernel: Kernel) -> None:
    """`cpu,cpuacct` is one hierarchy on most systems."""
    shared = kernel.hierarchy("cpu,cpuacct", V1_FILES)
    mounts = v1_mounts(kernel, "memory", "pids") + mount("cgroup", shared, "cpu,cpuacct")
    kernel.show("4:memory:/\n3:pids:/\n2:cpu,cpuacct:/\n", mounts)
    assert detect().parents["cpuacct"] == shared


def test_our_own_cgroup_is_the_parent_where_we_see_it(kernel: Kernel) -> None:
    """In a container without a cgroup namespace the path leads nowhere: then the mount itself is the parent."""
    mounts = v1_mounts(kernel, "memory", "pids", "cpuacct")
    (kernel.root / "memory" / "ours").mkdir()
    kernel.show("4:memory:/ours\n3:pids:/docker/0123\n2:cpuacct:/\n", mounts)
    parents = detect().parents
    assert parents["memory"] == kernel.root / "memory" / "ours"
    assert parents["pids"] == kernel.root / "pids"


def test_a_mount_point_with_a_space_is_understood(kernel: Kernel) -> None:
    root = kernel.hierarchy("c group", V2_FILES)
    kernel.show("0::/\n", mount("cgroup2", root, "nsdelegate"))
    assert detect().parents == {"": root}


@pytest.mark.parametrize(
    "arrange",
    [
        pytest.param(v1_mounts, id="nothing-mounted"),
        pytest.param(lambda kernel: v1_mounts(kernel, "memory", "cpuacct"), id="no-pids"),
        pytest.param(lambda kernel: v1_mounts(kernel, "name=systemd"), id="only-systemd"),
    ],
)
def test_without_usable_cgroups_processes_are_polled(kernel: Kernel, arrange: Callable[[Kernel], str]) -> None:
    """The explanation says what was missing, the advice what to do."""
    kernel.show("1:name=systemd:/\n", arrange(kernel))
    support = detect()
    assert (support.meter, support.parents) == (Meter.POLLING, {})
    assert support.explanation
    assert support.advice
    assert support.open_slot(0, 0).meter is Meter.POLLING
    assert slots(kernel.root) == []


@pytest.mark.parametrize("number", range(6))
def test_a_slot_that_can_be_made_only_in_part_leaves_nothing(kernel: Kernel, number: int) -> None:
    """One hierarchy that refuses is enough: the others are tidied up and no descriptor stays open."""
    parents = {name: kernel.hierarchy(f"{name}{number}", V1_FILES) for name in ("memory", "pids", "cpuacct")}
    refusing = ("memory", "pids", "cpuacct")[number % 3]
    if number < 3:
        parents[refusing] = kernel.root / "missing"
    else:
        kernel.lacks(parents[refusing], *V1_FILES)  # the directory can be made, and has not what we need
    before = descriptors()
    with pytest.raises(BoxFailure):
        CgroupSupport(Meter.CGROUP_V1, parents, "").open_slot(0, os.geteuid())
    assert slots(kernel.root) == []
    assert descriptors() == before


def test_what_a_dead_engine_left_is_swept(kernel: Kernel) -> None:
    """Slots of engines that live, ours among them, those of other containers, and folders of others are left alone."""
    root = kernel.hierarchy("unified", V2_FILES)
    own = detection._start_ticks(os.getpid())
    here = detection._pid_namespace()
    dead = [
        f"ennead-4194305-123-0-1-{here}",
        f"ennead-{os.getpid()}-{own + 1}-0-2-{here}",
        f"ennead-4194305-1--1-3-{here}",
    ]
    alive = [f"ennead-{os.getpid()}-{own}-0-4-{here}", f"ennead-{os.getpid()}-{own}--1-5-{here}"]
    foreign = ["ennead-engine", "user.slice", f"ennead-x-y-z-0-{here}", f"ennead-4194305-123-0-1-{here + 1}"]
    for name in [*dead, *alive, *foreign]:
        (root / name).mkdir()
    (root / dead[0] / "init").mkdir()
    (root / dead[0] / "run-7").mkdir()
    CgroupSupport(Meter.CGROUP_V2, {"": root}, "").sweep()
    assert sorted(path.name for path in root.iterdir() if path.is_dir()) == sorted([*alive, *foreign])
