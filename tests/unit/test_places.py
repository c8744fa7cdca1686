"""What is missing where samples are to be judged is said before anything is judged, with what installs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from executor.engine import Engine, EngineConfig
from executor.errors import RuntimeUnavailable, UsageError
from executor.inventory import Machine
from executor.remote import ServerUnavailable
from scorer import places
from scorer.places import Servers, opened

RUNTIME = """
name = "Nowhere"
extensions = [".now"]
source = "main.now"
run = ["{command}", "{{source}}"]
version = ["sh", "--version"]
[hello]
code = "cat"
[broken]
code = "exit 1"
[extras.echo]
apt = ["no-such-package-of-debian"]
"""


def engine(folder: Path) -> Engine:
    (folder / "nowhere.toml").write_text(RUNTIME.format(command="no-such-command"))
    (folder / "sh.toml").write_text(RUNTIME.format(command="sh").replace(".now", ".sh").replace("main.now", "main.sh"))
    return Engine(EngineConfig(runtimes_dir=folder, cache_dir=folder / "cache", slots=1))


def test_a_runtime_that_is_not_installed_is_named_with_what_installs_it(tmp_path: Path) -> None:
    with pytest.raises(RuntimeUnavailable) as caught:
        places._check_here(engine(tmp_path), ("sh", "nowhere"))
    assert "no-such-command" in str(caught.value)
    assert str(caught.value).endswith("nothing was judged; to install: exec-cli runtimes install nowhere")


def test_a_runtime_that_nobody_knows_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="somewhere"):
        places._check_here(engine(tmp_path), ("somewhere",))


def test_an_extra_that_is_not_installed_is_named_with_what_installs_it(tmp_path: Path) -> None:
    made = engine(tmp_path)
    if Machine(made.runtimes).debian is None:
        pytest.skip("there is no dpkg, and so nobody knows what is installed")
    places._check_extras(made, ("sh",), ("other",))
    for runtime in ("sh", "sh-test"):
        known = ("sh",) if runtime == "sh" else ()
        with pytest.raises(RuntimeUnavailable, match="exec-cli runtimes install sh --extras echo"):
            places._check_extras(made, (*known, runtime), ("echo",))


async def test_an_address_where_nobody_listens_is_no_verdict() -> None:
    with pytest.raises(ServerUnavailable):
        async with opened(Servers(addresses=("127.0.0.1:1",)), None, ("python",), ()):
            raise AssertionError("nobody listens there")
