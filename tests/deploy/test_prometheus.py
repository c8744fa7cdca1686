"""deploy/prometheus: the alerts fire, ask for metrics that exist, and a real Prometheus finds a real executor."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import socket
import subprocess
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from executor.observation import Observer
from executor.server import ExecutorServer
from executor.settings import ExecutorSettings
from generator.observation import Observer as GeneratorObserver
from serving.metrics import CallMetrics
from serving.tracing import Tracing

PROMETHEUS = Path(__file__).parents[2] / "deploy" / "prometheus"
MISSING = "LOUD: {} is not installed, so nobody has looked at deploy/prometheus; try make test-deploy"


def tool(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        pytest.skip(MISSING.format(name))
    return path


def test_prometheus_understands_the_configuration() -> None:
    command = [tool("promtool"), "check", "config", str(PROMETHEUS / "prometheus.yml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_fires_when_something_is_wrong_and_is_quiet_when_all_is_well() -> None:
    command = [tool("promtool"), "test", "rules", str(PROMETHEUS / "alerts_test.yml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_is_tested_both_ways() -> None:
    (group,) = yaml.safe_load((PROMETHEUS / "alerts.yml").read_text())["groups"]
    well, wrong = yaml.safe_load((PROMETHEUS / "alerts_test.yml").read_text())["tests"]
    names = {rule["alert"] for rule in group["rules"]}
    assert {each["alertname"] for each in well["alert_rule_test"] if "exp_alerts" not in each} == names
    assert {each["alertname"] for each in wrong["alert_rule_test"] if "exp_alerts" in each} == names


def test_alerts_ask_for_metrics_that_the_servers_have() -> None:
    registry = CollectorRegistry()
    CallMetrics(registry)
    Observer(registry, 1, queued=lambda: 0, busy=lambda: 0, tracing=Tracing())
    GeneratorObserver(registry)
    families = text_string_to_metric_families(generate_latest(registry).decode())
    known = {f"{family.name}{'_total' if family.type == 'counter' else ''}" for family in families}
    rules = yaml.safe_load((PROMETHEUS / "alerts.yml").read_text())["groups"][0]["rules"]
    asked = {name for rule in rules for name in re.findall(r"\bennead_\w+", rule["expr"])}
    assert asked
    assert {name.removesuffix("_bucket") for name in asked} <= known


def test_the_targets_are_the_services_of_the_compose_file() -> None:
    compose = yaml.safe_load((PROMETHEUS.parent / "compose.yaml").read_text())
    scraped = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())["scrape_configs"]
    targets = {target for each in scraped for configs in each["static_configs"] for target in configs["targets"]}
    assert targets == {"executor:9090", "generator:9091"}
    assert {target.partition(":")[0] for target in targets} <= set(compose["services"])
    assert "./prometheus:/etc/prometheus:ro" in compose["services"]["prometheus"]["volumes"]


async def test_a_real_prometheus_finds_a_real_executor(tmp_path: Path) -> None:
    program = tool("prometheus")
    settings = {"listen": ["127.0.0.1:0"], "metrics": "127.0.0.1:0", "slots": 1, "cache_dir": tmp_path / "cache"}
    async with ExecutorServer(ExecutorSettings.model_validate(settings)) as server:
        config = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())
        config["global"]["scrape_interval"] = "1s"
        config["rule_files"] = [str(PROMETHEUS / "alerts.yml")]
        config["scrape_configs"] = config["scrape_configs"][:1]
        config["scrape_configs"][0]["static_configs"] = [{"targets": [server.metrics_address]}]
        (tmp_path / "prometheus.yml").write_text(yaml.safe_dump(config))
        address = f"127.0.0.1:{free_port()}"
        options = (f"--config.file={tmp_path}/prometheus.yml", f"--storage.tsdb.path={tmp_path}/data")
        command = [program, *options, f"--web.listen-address={address}"]
        prometheus = await asyncio.create_subprocess_exec(*command, stderr=subprocess.DEVNULL)
        try:
            slots = await eventually_asked(address, "ennead_slots")
            up = await eventually_asked(address, 'up{job="ennead-executor"}')
        finally:
            prometheus.terminate()
            await prometheus.wait()
    assert (slots, up) == ("1", "1")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


async def eventually_asked(address: str, query: str) -> str | None:
    """The value of the only series that a query finds, once there is one; None after half a minute."""
    for _ in range(150):
        try:
            result = await asyncio.to_thread(ask, address, query)
        except OSError:  # it has not started yet
            result = []
        if result:
            (only,) = result
            return str(only["value"][1])
        await asyncio.sleep(0.2)
    return None


def ask(address: str, query: str) -> list[dict[str, Any]]:
    url = f"http://{address}/api/v1/query?{urllib.parse.urlencode({'query': query})}"
    with urllib.request.urlopen(url, timeout=5) as answer:
        found: list[dict[str, Any]] = json.load(answer)["data"]["result"]
    return found
