"""
The guide to adding a runtime can be followed: what it shows is what exists, and its commands do what it says.

Its blocks named `console` are commands after a `$` and what they print, where `...` stands for anything; they are run
one after another where Zig is installed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from executor.runtime import TOOLCHAINS
from tests.runtimes.support import REPOSITORY, all_runtimes
from tests.runtimes.test_programs import SCENARIOS

GUIDE = (REPOSITORY / "docs" / "adding-a-runtime.md").read_text(encoding="utf-8")
ZIG = (REPOSITORY / "runtimes" / "zig.toml").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """What stands between ```language and ```."""
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)


def sessions() -> list[tuple[str, str]]:
    """Every command of the guide with what it prints."""
    return re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", "".join(blocks("console")), re.MULTILINE)


def matches(printed: str, shown: str) -> bool:
    """Whether an output is the one shown, in which `...` is any part of a line, and on its own any number of lines."""
    lines = ((r"(?:.*\n)*" if line == "..." else f"{_expression(line)}\n") for line in shown.splitlines())
    return re.fullmatch("".join(lines), printed) is not None


def _expression(line: str) -> str:
    return ".*".join(map(re.escape, line.split("...")))


def test_the_guide_shows_the_runtime_that_exists() -> None:
    assert blocks("toml") == [ZIG]


def test_the_guide_lists_every_program_that_a_runtime_is_tried_with() -> None:
    rows = re.findall(r"^\| (`.*?`) \|.*\| [A-Z, ]+ \|$", GUIDE, re.MULTILINE)
    names = [name.rstrip("/") for row in rows for name in re.findall(r"`(.+?)`", row)]
    assert sorted(names) == sorted(SCENARIOS)


def test_the_guide_can_be_read_in_one_go() -> None:
    assert len(GUIDE.splitlines()) < 150


@pytest.mark.parametrize(
    "printed,shown,same",
    [
        ("a\nb\n", "a\nb\n", True),
        ("a\nb\n", "a\n", False),
        ("works zig 7 ms\n\n1 works\n", "works zig ...\n...\n", True),
        ("fails zig 7 ms\n", "works zig ...\n", False),
        ("", "", True),
        ("an error\n", "", False),
    ],
)
def test_an_output_is_compared_with_what_the_guide_shows(printed: str, shown: str, *, same: bool) -> None:
    assert matches(printed, shown) is same


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_every_command_of_the_guide_prints_what_the_guide_shows(tmp_path: Path) -> None:
    if reason := all_runtimes()["zig"].missing() or all_runtimes()["bash"].missing():
        pytest.skip(reason)
    (tmp_path / "hello.zig").write_text(tomllib.loads(ZIG)["hello"]["code"])
    (look,) = (script for script in blocks("sh") if "/artifact/" in script)
    (tmp_path / "look.sh").write_text(look)
    compiler = TOOLCHAINS / "zig" / "site-packages" / "ziglang"
    path = os.pathsep.join([str(Path(sys.executable).parent), str(compiler), os.environ["PATH"]])
    # Its own home: the first compilation of the guide's reader finds no cache.
    env = {**os.environ, "PATH": path, "HOME": str(tmp_path / "home")}
    assert len(sessions()) >= 5
    for command, shown in sessions():
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=tmp_path,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        printed = done.stdout.decode("utf-8", "replace")
        assert matches(printed, shown), f"$ {command}\n{printed}"
