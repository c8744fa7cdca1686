"""What InfiBench's programs import is looked for on a real server before anything is judged, and told if missing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from executor.engine import Engine, EngineConfig
from executor.errors import RuntimeUnavailable, UsageError
from executor.server import ExecutorServer
from scorer import places
from scorer.opening import Request
from scorer.places import Servers
from scorer.scoring import opened
from tests.service.test_client import settings
from tests.unit.infibench.test_benchmark import benchmark

RUNTIMES = Path(__file__).parents[2] / "runtimes"
REGEX = [{"content": {"content": "a+", "regex": True}}]


async def open_there(server: ExecutorServer, folder: Path, lang: str, **grading: Any) -> None:
    """What happens before an answer to a question is judged on a server."""
    folder.mkdir()
    (folder / "answers.jsonl").write_text(json.dumps({"problem": "q", "sample": 0, "text": "x"}) + "\n")
    read = benchmark(folder / "suite", lang=lang, **grading)
    servers = Servers(addresses=(server.addresses[0],))
    with opened(Request(generations=folder / "answers.jsonl", benchmark=read, out=folder / "run")) as scoring:
        there = places.opened(servers, None, scoring.runtimes, scoring.extras, probes=scoring.probes)
        async with there as place:
            assert place.at_once


Start = Callable[..., Awaitable[ExecutorServer]]


@pytest.fixture
async def start(tmp_path: Path) -> Any:
    """Starts a server that has these runtimes alone, by the texts of their files."""
    (tmp_path / "runtimes").mkdir()
    async with AsyncExitStack() as stack:

        async def start(**runtimes: str) -> ExecutorServer:
            for name, text in runtimes.items():
                (tmp_path / "runtimes" / f"{name.replace('_', '-')}.toml").write_text(text)
            server = ExecutorServer(settings(tmp_path, runtimes_dir=tmp_path / "runtimes"))
            return await stack.enter_async_context(server)

        yield start


def shipped(name: str) -> str:
    return (RUNTIMES / f"{name}.toml").read_text()


async def test_a_package_that_a_server_lacks_is_told_before_anything_is_judged(start: Start, tmp_path: Path) -> None:
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed, and so it cannot lack a package")
    bare = shipped("r").replace('"{folder}/library"', '"/nowhere"')
    server = await start(r=bare, r_tidyverse="by_extension = false\n" + bare)
    with pytest.raises(RuntimeUnavailable) as caught:
        await open_there(server, tmp_path / "a", "r", unit_test={"tests": ["assert(TRUE)"]})
    said = str(caught.value)
    assert server.addresses[0] in said
    assert "assert" in said
    assert said.endswith("nothing was judged; to install, there: exec-cli runtimes install r --extras infibench")
    assert (tmp_path / "a" / "run" / "verdicts.jsonl").read_bytes() == b""


async def test_a_runtime_that_only_some_answers_run_on_is_asked_for_as_well(start: Start, tmp_path: Path) -> None:
    server = await start(r=shipped("r"))
    with pytest.raises(UsageError, match="has no runtime r-tidyverse; nothing was judged"):
        await open_there(server, tmp_path / "a", "r", unit_test={"tests": ["assert(TRUE)"]})


async def test_rules_that_are_matched_in_a_box_ask_for_python(start: Start, tmp_path: Path) -> None:
    server = await start(r=shipped("r"))
    with pytest.raises(UsageError, match="has no runtime python; nothing was judged"):
        await open_there(server, tmp_path / "a", "r", keywords=REGEX)
    await open_there(server, tmp_path / "b", "r", keywords=["plain words"])


async def test_a_server_that_has_all_packages_is_taken(tmp_path: Path) -> None:
    tests = {"python": "import torch", "r": "f()", "javascript": "f()", "typescript": "f()", "c++": "int main() {}"}
    here = Engine(EngineConfig(cache_dir=tmp_path / "cache"))
    runtimes = ("python", "python-data", "python-torch", "r", "r-tidyverse", "javascript", "typescript-5", "cpp")
    try:
        places._check_here(here, runtimes)
        places._check_extras(here, runtimes, ("infibench", "torch"))
    except RuntimeUnavailable as error:
        pytest.skip(f"not all is installed: {error}")
    async with ExecutorServer(settings(tmp_path)) as server:
        for number, (lang, test) in enumerate(tests.items()):
            await open_there(server, tmp_path / str(number), lang, unit_test={"tests": [test]})
