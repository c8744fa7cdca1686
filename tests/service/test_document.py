"""docs/grpc.md says what the server has: its calls, settings and metrics; and its examples run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from ennead.executor.v1 import executor_pb2 as pb
from prometheus_client import CollectorRegistry

from executor.observation import Observer
from executor.settings import ExecutorSettings, LimitSettings
from serving.metrics import CallMetrics
from serving.tracing import Tracing
from tests.service.test_client_sync import serving_elsewhere

DOCUMENT = (Path(__file__).parents[2] / "docs" / "grpc.md").read_text()


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with serving_elsewhere(tmp_path) as address:
        yield address


def rows(title: str) -> list[tuple[list[str], list[str]]]:
    """Of the table whose first column has this title: the names in the first cell, and the other cells."""
    _, _, table = DOCUMENT.partition(f"\n| {title} |")
    lines = table.split("\n\n")[0].splitlines()[2:]
    cells = [re.split(r" *\| *", line)[1:-1] for line in lines]
    return [(re.findall(r"`([^`]+)`", first), rest) for first, *rest in cells]


def test_every_call_has_a_section() -> None:
    calls = {method.name for method in pb.DESCRIPTOR.services_by_name["ExecutorService"].methods}
    titles = re.findall(r"^### (.+)$", DOCUMENT.partition("## Calls")[2].partition("\n## ")[0], re.MULTILINE)
    assert {call for title in titles for call in title.split(" and ")} == calls


def test_the_table_of_settings_has_them_all_with_their_defaults() -> None:
    told = {name: rest for names, rest in rows("Setting") for name in names}
    assert set(told) == set(ExecutorSettings.model_fields)
    defaults = ExecutorSettings()
    for name, (default, *_) in told.items():
        value = getattr(defaults, name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            assert float(default.replace(",", "")) == value, name
        elif isinstance(value, str):
            assert default == f"`{value}`", name
        elif isinstance(value, list):
            assert default == f"`{','.join(value)}`", name
    assert set(re.findall(r"`(\w+)`", " ".join(told["maximum_limits"][1:]))) == set(LimitSettings.model_fields)


def test_the_table_of_metrics_has_them_all_with_their_labels() -> None:
    registry = CollectorRegistry()
    CallMetrics(registry)
    Observer(registry, 1, queued=lambda: 0, busy=lambda: 0, tracing=Tracing())
    collectors: Any = registry._collector_to_names
    known = {
        f"{each._name}_total" if each._type == "counter" else each._name: sorted(each._labelnames)
        for each in collectors
    }
    told = {name: sorted(re.findall(r"`(\w+)`", labels)) for names, (labels, _) in rows("Metric") for name in names}
    assert told == known


def test_the_table_of_errors_names_status_codes_alone() -> None:
    lines = DOCUMENT.partition("| Status |")[2].split("\n\n")[0].splitlines()[2:]
    told = {name for line in lines for name in line.strip("| ").split(" | ")[0].split(", ")}
    codes = {code.name for code in grpc.StatusCode}
    assert told <= codes
    assert {"INVALID_ARGUMENT", "NOT_FOUND", "RESOURCE_EXHAUSTED", "UNAUTHENTICATED", "UNAVAILABLE"} <= told


def test_the_examples_run_one_after_the_other(address: str) -> None:
    examples = re.findall(r"^```python\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert len(examples) >= 6
    names: dict[str, Any] = {}
    for example in examples:
        exec(example.replace("localhost:50051", address), names)  # noqa: S102  # our own document
