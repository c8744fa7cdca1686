"""The seccomp profile of a container has the answers of the filter of programs, as far as Docker can say them."""

from __future__ import annotations

import os
from typing import Any

import pytest

from executor.backend import DockerSettings
from executor.errors import UsageError
from executor.sandbox.docker.daemon import Daemon
from executor.sandbox.docker.profile import docker_profile
from executor.sandbox.seccomp import POLICY
from tests.unit.test_sandbox_seccomp import ALLOW, ERRNO, decide, numbers

MACHINE = os.uname().machine
VALUES = (*range(64), *(1 << bit for bit in range(32)), 0x40000, *range(0x40000, 0x40010), 0x5412, 0x541C, 0xFFFFFFFF)


def profiled(name: str, *arguments: int) -> int:
    """What the profile answers, read as runc does: the first rule whose conditions all hold."""
    for rule in docker_profile(MACHINE)["syscalls"]:
        if name in rule["names"] and all(holds(condition, arguments) for condition in rule.get("args", ())):
            assert rule["action"] == "SCMP_ACT_ERRNO"
            return ERRNO | int(rule["errnoRet"])
    return ALLOW


def holds(condition: dict[str, Any], arguments: tuple[int, ...]) -> bool:
    given, value = arguments[condition["index"]], condition["value"]
    if condition["op"] == "SCMP_CMP_MASKED_EQ":
        return bool(given & value == condition["valueTwo"])
    return bool(
        {"SCMP_CMP_EQ": given == value, "SCMP_CMP_NE": given != value, "SCMP_CMP_GT": given > value}[condition["op"]]
    )


def test_every_call_without_a_condition_gets_the_same_answer_from_both() -> None:
    named = {name: number for name, number in numbers(MACHINE).items() if number <= 450}
    assert len(named) > 290
    without = [name for name in named if name not in POLICY.arguments]
    assert not {name: (profiled(name), hex(decide(MACHINE, named[name]).answer)) for name in without
                if profiled(name) != decide(MACHINE, named[name]).answer}  # fmt: skip


@pytest.mark.parametrize("name", [name for name in POLICY.arguments if name != "personality"])
def test_every_call_with_a_condition_gets_the_same_answer_from_both(name: str) -> None:
    number = numbers(MACHINE)[name]
    answers = set()
    for value in VALUES:
        arguments = [0] * 6
        arguments[POLICY.arguments[name].argument] = value
        answers.add(decide(MACHINE, number, *arguments).answer)
        assert profiled(name, *arguments) == decide(MACHINE, number, *arguments).answer, hex(value)
    assert len(answers) == 2, "some values are refused and some are not"


def test_personalities_are_the_one_thing_that_the_profile_leaves_to_the_filter() -> None:
    number = numbers(MACHINE)["personality"]
    for value in VALUES:
        assert profiled("personality", value, 0, 0, 0, 0, 0) in {ALLOW, decide(MACHINE, number, value).answer}
    assert profiled("personality", 8) == ALLOW != decide(MACHINE, number, 8).answer


@pytest.mark.parametrize(
    "address, why",
    [
        ("tcp://127.0.0.1:1", "Connection refused"),
        ("ftp://somewhere", "Invalid bind address protocol: ftp://somewhere"),
    ],
)
def test_an_engine_that_cannot_be_reached_is_said_in_one_sentence(address: str, why: str) -> None:
    with pytest.raises(UsageError) as failure:
        Daemon(DockerSettings(address=address))
    assert str(failure.value) == (
        f"the Docker Engine at {address} cannot be used: {why}; start it, or name another one with --docker-address"
    )
