"""What `exec-cli doctor` makes of a machine."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from cli import host
from cli.host import State
from executor.model import Limits, Meter
from executor.sandbox.detection import CgroupSupport

ALL_CAPABILITIES = "000001ffffffffff"
CONTAINER_CAPABILITIES = "00000000a80425fb"
WHOLE_MAP = "         0          0 4294967295\n"


def proc(folder: Path, *, capabilities: str = ALL_CAPABILITIES, uid_map: str = WHOLE_MAP, seccomp: str = "0") -> Path:
    own = folder / "self"
    own.mkdir(parents=True)
    (own / "status").write_text(f"Name:\tx\nCapEff:\t{capabilities}\nSeccomp:\t{seccomp}\n")
    (own / "uid_map").write_text(uid_map)
    return folder


def sysctl(folder: Path, name: str, value: str) -> None:
    path = folder / "sys" / name.replace(".", "/")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{value}\n")


def test_root_is_the_best_user(tmp_path: Path) -> None:
    assert host.user(proc(tmp_path)).state is State.OK


@pytest.mark.parametrize("capabilities", [CONTAINER_CAPABILITIES, "0000000000000000"])
def test_without_capabilities_boxes_are_rootless_whatever_the_user_is_called(tmp_path: Path, capabilities: str) -> None:
    finding = host.user(proc(tmp_path, capabilities=capabilities))
    assert finding.state is State.DEGRADED
    assert "rootless" in finding.says
    assert finding.advice


def test_root_of_a_small_user_namespace_is_told_about_its_ids(tmp_path: Path) -> None:
    finding = host.user(proc(tmp_path, uid_map="0 1000 1\n"))
    assert "only 1 user ids" in finding.says
    assert "/etc/subuid" in finding.advice


@pytest.mark.parametrize(
    "name, value, good",
    [
        ("user.max_user_namespaces", "0", "15000"),
        ("kernel.unprivileged_userns_clone", "0", "1"),
        ("kernel.apparmor_restrict_unprivileged_userns", "1", "0"),
    ],
)
def test_a_setting_that_forbids_user_namespaces_is_named_with_the_command_that_lifts_it(
    tmp_path: Path, name: str, value: str, good: str
) -> None:
    sysctl(tmp_path, name, value)
    finding = host.user_namespaces(tmp_path)
    assert finding.state is not State.OK
    assert f"{name} is {value}" in finding.says
    assert f"sudo sysctl -w {name}={good}" in finding.advice


def test_a_refusal_is_found_by_trying(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(flags: int) -> None:
        raise PermissionError(1, "no")

    monkeypatch.setattr("executor.sandbox.linux.unshare", refuse)
    finding = host.namespaces()
    assert finding.state is State.MISSING
    assert finding.says.count("cannot be made (Operation not permitted)") == 6
    assert "cannot be made (Operation not permitted)" in host.user_namespaces(tmp_path).says


@pytest.mark.parametrize("machine, state", [("x86_64", State.OK), ("aarch64", State.OK), ("riscv64", State.MISSING)])
def test_an_architecture_without_a_filter_is_missing(machine: str, state: State) -> None:
    assert host.architecture(machine).state is state


@pytest.mark.parametrize(
    "release, state",
    [("6.18.44-fc", State.OK), ("5.8.0", State.OK), ("5.4.0-100-generic", State.DEGRADED), ("6.1-rc1", State.OK)],
)
def test_an_old_kernel_is_degraded(monkeypatch: pytest.MonkeyPatch, release: str, state: State) -> None:
    monkeypatch.setattr(platform, "release", lambda: release)
    assert host.kernel().state is state


def test_a_foreign_filter_is_mentioned(tmp_path: Path) -> None:
    assert "somebody else" in host.seccomp(proc(tmp_path, seccomp="2")).says


def test_a_kernel_without_seccomp_is_missing(tmp_path: Path) -> None:
    (proc(tmp_path) / "self" / "status").write_text("Name:\tx\n")
    assert host.seccomp(tmp_path).state is State.MISSING


def test_polling_is_degraded_and_passes_the_advice_on() -> None:
    finding = host.cgroups(CgroupSupport(Meter.POLLING, {}, "no cgroup", "systemd-run --user --scope"))
    assert (finding.state, finding.says, finding.advice) == (State.DEGRADED, "no cgroup", "systemd-run --user --scope")


def test_memory_for_fewer_runs_than_slots_is_degraded() -> None:
    assert host.capacity(1).state is State.OK
    finding = host.capacity(1_000_000)
    assert finding.state is State.DEGRADED
    assert "--jobs" in finding.advice
    assert Limits().memory_bytes == 512 << 20


def test_what_cannot_be_looked_at_is_a_finding_too() -> None:
    def fail() -> host.Finding:
        raise FileNotFoundError(2, "no such file", "/proc/self/status")

    finding = host.guarded(fail, "user")
    assert (finding.topic, finding.state) == ("user", State.DEGRADED)
    assert "cannot be found out" in finding.says
