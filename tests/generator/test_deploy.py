"""What docs/generating.md and deploy/ show is what the server understands."""

from __future__ import annotations

import asyncio
import configparser
import re
from pathlib import Path

import pytest

from generator.server import GeneratorServer
from generator.settings import PREFIX, GeneratorSettings, load_settings
from serving.settings import ServingSettings
from tests.generator.openai_server import serving

REPOSITORY = Path(__file__).parents[2]
UNIT = (REPOSITORY / "deploy" / "ennead-generator.service").read_text()
DOCUMENT = (REPOSITORY / "docs" / "generating.md").read_text()


def test_the_units_variables_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    found = re.findall(rf"^#?Environment=({PREFIX}\w+)=(.*)$", UNIT, re.MULTILINE)
    assert len(found) == 5
    for name, value in found:
        monkeypatch.setenv(name, value)
    assert load_settings({}).metrics == "127.0.0.1:9091"


def test_the_unit_waits_longer_than_the_server_drains() -> None:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.read_string(UNIT)
    assert parser.getint("Service", "TimeoutStopSec") > GeneratorSettings().drain_s


def test_every_setting_of_its_own_is_in_the_document_with_its_default() -> None:
    table = re.findall(r"^\| `(\w+)` \|([^|]*)\|", DOCUMENT.partition("| Setting |")[2], re.MULTILINE)
    defaults = GeneratorSettings().model_dump(mode="json", exclude=set(ServingSettings.model_fields))
    shown = {name: "" if value is None else str(value).lower().removesuffix(".0") for name, value in defaults.items()}
    assert {name: default.strip() for name, default in table} == shown


async def test_the_document_s_example_works() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    async with serving() as model:
        settings = GeneratorSettings(listen=["127.0.0.1:0"], base_url=model.base_url)
        async with GeneratorServer(settings) as server:
            code = example.replace("localhost:50052", server.addresses[0])
            await asyncio.to_thread(exec, compile(code, "docs/generating.md", "exec"), {})
    assert model.asked[0].body["n"] == 3
