"""deploy/compose.yaml: Compose understands it; its commands, ports, variables and times are those of the servers."""

from __future__ import annotations

import copy
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from executor.settings import load_settings as load_executor_settings
from generator.settings import load_settings as load_generator_settings
from tests.deploy.test_dockerfile import exec_cli, stages

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
UNKNOWN_TO_VERSION_1 = "cgroup"
"""Compose 1.29, which Debian has, is older than this key and than `name`."""


def service(name: str) -> dict[str, Any]:
    found: dict[str, Any] = COMPOSE["services"][name]
    return found


def seconds(text: str) -> float:
    return float(text.removesuffix("s"))


def test_compose_understands_the_file(tmp_path: Path) -> None:
    if (docker := shutil.which("docker")) and _has_plugin(docker):
        command, file = [docker, "compose"], DEPLOY / "compose.yaml"
    elif old := shutil.which("docker-compose"):
        known = {key: value for key, value in copy.deepcopy(COMPOSE).items() if key != "name"}
        for each in known["services"].values():
            each.pop(UNKNOWN_TO_VERSION_1, None)
        command, file = [old], tmp_path / "compose.yaml"
        file.write_text(yaml.safe_dump(known))
    else:
        pytest.skip("LOUD: Docker Compose is not installed, so nobody has looked at compose.yaml; try make test-deploy")
    done = subprocess.run([*command, "-f", file, "config", "--quiet"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def _has_plugin(docker: str) -> bool:
    return subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode == 0


def test_the_services_are_stages_of_the_dockerfile_and_their_commands_ours() -> None:
    for name in ("executor", "generator"):
        build = service(name)["build"]
        assert (DEPLOY / build["context"] / build["dockerfile"]).samefile(DEPLOY / "Dockerfile")
        assert build.get("target", "executor") in stages()
    assert exec_cli(*service("generator")["command"], "--help").returncode == 0
    kind, program, *probe = service("generator")["healthcheck"]["test"]
    assert (kind, program) == ("CMD", "exec-cli")
    assert exec_cli(*probe, "--help").returncode == 0


def test_the_variables_are_settings_and_drains_fit_into_the_time_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("executor", "generator"):
        for variable, value in service(name)["environment"].items():
            monkeypatch.setenv(variable, value)
    executor, generator = load_executor_settings({}), load_generator_settings({})
    assert seconds(service("executor")["stop_grace_period"]) > executor.drain_s
    assert seconds(service("generator")["stop_grace_period"]) > generator.drain_s
    assert "50052" in service("generator")["healthcheck"]["test"][-1]


def test_nothing_is_published_beyond_this_machine() -> None:
    published = [port for each in COMPOSE["services"].values() for port in each["ports"]]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)
    assert {"50051", "50052"} <= {port.rpartition(":")[2] for port in published}


def test_the_executor_has_the_four_capabilities_that_boxes_need_and_its_own_cgroup() -> None:
    executor = service("executor")
    assert executor["cap_drop"] == ["ALL"]
    assert sorted(executor["cap_add"]) == ["NET_ADMIN", "SETGID", "SETUID", "SYS_ADMIN"]
    assert executor["cgroup"] == "host"
    assert "/sys/fs/cgroup:/sys/fs/cgroup" in executor["volumes"]
    assert not executor.get("privileged")


def test_what_only_speaks_over_sockets_has_no_privilege_at_all() -> None:
    generator = service("generator")
    assert generator["cap_drop"] == ["ALL"]
    assert "cap_add" not in generator
    assert generator["security_opt"] == ["no-new-privileges"]
    assert generator["read_only"]
