"""What deploy/Dockerfile does exists, and what .dockerignore lets through is what a wheel is made of."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
DOCKERFILE = (REPOSITORY / "deploy" / "Dockerfile").read_text()


def instructions() -> list[tuple[str, str]]:
    """(instruction, its arguments), with continued lines joined and comments left out."""
    lines = [line for line in DOCKERFILE.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n", " ", "\n".join(lines))
    pairs = (line.split(None, 1) for line in joined.splitlines() if line.strip())
    return [(name, " ".join(arguments.split())) for name, arguments in pairs]


def arguments_of(name: str) -> list[str]:
    return [arguments for each, arguments in instructions() if each == name]


def stages() -> dict[str, str]:
    """Each stage with what it begins from."""
    found = (re.fullmatch(r"(\S+) AS (\S+)", each) for each in arguments_of("FROM"))
    return {match[2]: match[1] for match in found if match}


def exec_cli(*args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cli", *args]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False)


def test_every_stage_begins_from_another_or_from_the_base_that_is_asked_for() -> None:
    names = ["${BASE}"]
    for name, start in stages().items():
        assert start in names, name
        names.append(name)
    assert names[-1] == "executor"  # what is built where nobody names a target
    assert {"toolchains", "service"} <= set(names)


def test_what_a_container_runs_and_is_asked_are_commands_of_ours() -> None:
    entry, cleared = map(json.loads, arguments_of("ENTRYPOINT"))
    assert (entry, cleared) == (["exec-cli"], [])
    serve, idle = map(json.loads, arguments_of("CMD"))
    check, none = arguments_of("HEALTHCHECK")
    health = json.loads(check.partition("CMD ")[2])
    assert health[0] == "exec-cli"
    for command in (serve, health[1:]):
        assert exec_cli(*command, "--help").returncode == 0, command
    assert (idle, none) == (["sleep", "infinity"], "NONE")


@pytest.mark.parametrize("languages", [["--nine"], ["--all"], ["c", "cpp", "python"]])
def test_the_languages_are_installed_by_a_command_that_takes_what_the_build_may_be_told(languages: list[str]) -> None:
    (install,) = (each for each in arguments_of("RUN") if "runtimes install" in each)
    command = install.partition("exec-cli ")[2].partition(" &&")[0].replace("${EXTRAS}", "")
    words = shlex.split(command.replace("${LANGUAGES}", " ".join(languages)))
    done = exec_cli(*words, "--dry-run", "--json")
    assert done.returncode == 0, done.stderr
    assert "LANGUAGES=--nine" in arguments_of("ARG")


def test_the_variables_of_the_image_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    from executor.settings import load_settings
    from generator.settings import load_settings as load_generator_settings

    values = dict(word.split("=", 1) for each in arguments_of("ENV") for word in each.split())
    for name, value in values.items():
        if name.startswith("ENNEAD_"):
            monkeypatch.setenv(name, value)
    executor, generator = load_settings({}), load_generator_settings({})
    (ports,) = arguments_of("EXPOSE")
    assert executor.listen == ["0.0.0.0:50051"]
    assert ports.split() == ["50051", (executor.metrics or "").rpartition(":")[2]]
    assert (generator.listen, generator.metrics) == (["0.0.0.0:50052"], "0.0.0.0:9091")


def test_the_service_is_no_root_unless_it_is_told_to_be() -> None:
    last = instructions()
    for name in ("service", "executor"):
        start = next(i for i, (each, args) in enumerate(last) if each == "FROM" and args.endswith(f" AS {name}"))
        stage = last[start + 1 :]
        end = next((i for i, (each, _) in enumerate(stage) if each == "FROM"), len(stage))
        assert ("USER", "ennead") in stage[:end]


def test_the_context_holds_what_the_wheel_is_made_of_and_no_more() -> None:
    let_through = {
        line.removeprefix("!")
        for line in (REPOSITORY / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    needed = {package.partition("/")[0] for package in packages}
    needed |= {project["project"]["readme"], *project["project"]["license-files"], "pyproject.toml"}
    assert let_through == needed
