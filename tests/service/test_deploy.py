"""What deploy/ shows is what the server understands."""

from __future__ import annotations

import configparser
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from executor.server import SERVICE
from executor.settings import ExecutorSettings, load_settings

DEPLOY = Path(__file__).parents[2] / "deploy"


@pytest.fixture
def unit() -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # keys as they are written
    parser.read(DEPLOY / "ennead-executor.service")
    return parser["Service"]


@pytest.fixture
def kubernetes() -> dict[str, Any]:
    documents = yaml.safe_load_all((DEPLOY / "kubernetes" / "base" / "executor.yaml").read_text())
    return {document["kind"]: document for document in documents}


@pytest.fixture
def container(kubernetes: dict[str, Any]) -> Any:
    (only,) = kubernetes["Deployment"]["spec"]["template"]["spec"]["containers"]
    return only


def test_the_example_settings_are_taken() -> None:
    settings = load_settings({}, DEPLOY / "ennead.toml")
    assert settings.maximum_limits.limits().memory_bytes == 2048 * 2**20
    assert settings.metrics == "127.0.0.1:9090"


def test_what_the_example_settings_leave_out_can_be_put_in(tmp_path: Path) -> None:
    """A line that is commented out is a setting, too."""
    lines = (DEPLOY / "ennead.toml").read_text().splitlines()
    lines = [line.removeprefix("# ") if line.startswith("# ") and " = " in line else line for line in lines]
    (tmp_path / "all.toml").write_text("\n".join(lines))
    settings = load_settings({}, tmp_path / "all.toml")
    assert settings.tokens == Path("/etc/ennead/tokens")
    assert settings.slots_per_client == 7


@pytest.mark.parametrize("name", ["ennead-executor.service", "ennead-generator.service"])
def test_systemd_understands_the_unit(name: str, tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("LOUD: systemd-analyze is not installed, so nobody has looked at the unit")
    text = (DEPLOY / name).read_text()
    unit = tmp_path / name
    unit.write_text(text.replace("/opt/ennead/bin/exec-cli", sys.executable))
    done = subprocess.run([analyze, "verify", unit], capture_output=True, text=True, check=False)
    about_us = [line for line in done.stderr.splitlines() if "ennead" in line]
    assert (done.returncode, about_us) == (0, [])


def test_the_unit_leaves_the_sandbox_what_boxes_are_made_of(unit: configparser.SectionProxy) -> None:
    assert unit["Delegate"] == "yes"
    assert unit["KillMode"] == "mixed"
    assert unit["OOMPolicy"] == "continue"
    breaking = {"RestrictNamespaces", "PrivateUsers", "SystemCallFilter", "ProtectKernelTunables", "ProtectProc"}
    breaking |= {"ProcSubset", "ProtectKernelLogs", "ProtectControlGroups", "MemoryDenyWriteExecute"}
    assert not breaking & set(unit)


def test_the_unit_starts_the_server_with_settings_that_exist(
    unit: configparser.SectionProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, *command = shlex.split(unit["ExecStart"])
    assert Path(program).name == "exec-cli"
    assert command == ["serve", "--config", "/etc/ennead/ennead.toml"]
    name, _, value = unit["Environment"].partition("=")
    monkeypatch.setenv(name, value)
    settings = load_settings({}, DEPLOY / "ennead.toml")
    assert settings.cache_dir == Path(value)
    assert float(unit["TimeoutStopSec"]) > settings.drain_s


def settings_of(container: Any, monkeypatch: pytest.MonkeyPatch) -> ExecutorSettings:
    for variable in container["env"]:
        monkeypatch.setenv(variable["name"], variable["value"])
    return load_settings({})


def test_the_pod_s_variables_are_settings_and_its_ports_those_of_the_server(
    kubernetes: dict[str, Any], container: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(container, monkeypatch)
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    assert settings.listen == [f"0.0.0.0:{ports['grpc']}"]
    assert settings.metrics == f"0.0.0.0:{ports['metrics']}"
    assert {port["name"]: port["port"] for port in kubernetes["Service"]["spec"]["ports"]} == ports
    for probe in ("readinessProbe", "livenessProbe", "startupProbe"):
        assert container[probe]["grpc"]["port"] == ports["grpc"]
    assert container["readinessProbe"]["grpc"]["service"] == SERVICE


def test_the_pod_has_time_to_drain_and_room_for_its_caches(
    kubernetes: dict[str, Any], container: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(container, monkeypatch)
    pod = kubernetes["Deployment"]["spec"]["template"]["spec"]
    pause = float(container["lifecycle"]["preStop"]["exec"]["command"][1])
    assert pod["terminationGracePeriodSeconds"] > settings.drain_s + pause
    cache = next(volume for volume in pod["volumes"] if volume["name"] == "cache")
    room_mib = int(cache["emptyDir"]["sizeLimit"].removesuffix("Gi")) * 1024
    assert room_mib > settings.cache_mib + settings.blobs_mib
    mounts = {mount["name"]: Path(mount["mountPath"]) for mount in container["volumeMounts"]}
    assert settings.cache_dir is not None
    assert mounts["cache"] in settings.cache_dir.parents
    assert settings.tokens == mounts["tokens"] / "tokens"


def test_clients_see_every_pod(kubernetes: dict[str, Any]) -> None:
    service, deployment = kubernetes["Service"]["spec"], kubernetes["Deployment"]["spec"]
    assert service["clusterIP"] == "None"
    labels = deployment["template"]["metadata"]["labels"]
    assert service["selector"] == deployment["selector"]["matchLabels"] == labels
