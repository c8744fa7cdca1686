"""Which backend `exec-cli doctor` recommends, by what works."""

from __future__ import annotations

import pytest

from cli.backends import Candidate, best_of, recommendation
from cli.host import State

NATIVE = Candidate(sandbox="native")
POLLED = Candidate(sandbox="native", polled=True)
NO_NATIVE = Candidate(sandbox="native", problem="launcher: unshare: Operation not permitted")
DOCKER = Candidate(sandbox="docker")
NO_DOCKER = Candidate(sandbox="docker", problem="there is no Docker Engine")
GVISOR = Candidate(sandbox="docker", oci_runtime="runsc")
NO_GVISOR = Candidate(sandbox="docker", oci_runtime="runsc", problem="the engine does not know runsc")


@pytest.mark.parametrize(
    "candidates, best",
    [
        ((NATIVE, DOCKER, GVISOR), NATIVE),
        ((NATIVE, NO_DOCKER, NO_GVISOR), NATIVE),
        ((POLLED, DOCKER, GVISOR), DOCKER),
        ((POLLED, NO_DOCKER, NO_GVISOR), POLLED),
        ((NO_NATIVE, DOCKER, GVISOR), DOCKER),
        ((NO_NATIVE, NO_DOCKER, GVISOR), GVISOR),
        ((NO_NATIVE, NO_DOCKER, NO_GVISOR), None),
    ],
)
def test_exact_limits_go_first_and_then_what_costs_least(candidates: tuple[Candidate, ...], best: object) -> None:
    assert best_of(candidates) is best


def test_the_recommendation_names_the_option_and_why_the_others_would_not_do() -> None:
    best, *others = recommendation((NO_NATIVE, DOCKER, NO_GVISOR))
    assert best.state is State.OK
    assert best.says.startswith("use --sandbox docker: ")
    assert [other.says for other in others] == [
        "native would not do: launcher: unshare: Operation not permitted",
        "docker with runsc would not do: the engine does not know runsc",
    ]


def test_what_has_one_reason_is_said_once() -> None:
    same = Candidate(sandbox="docker", oci_runtime="runsc", problem=NO_DOCKER.problem)
    _, other = recommendation((NATIVE, NO_DOCKER, same))
    assert other.says == "docker and docker with runsc would not do: there is no Docker Engine"


def test_gvisor_that_is_there_is_mentioned() -> None:
    _, gvisor = recommendation((NATIVE, GVISOR))
    assert gvisor.says.startswith("docker with runsc would do, too: for programs that may attack")


def test_polling_is_recommended_with_a_warning_and_where_nothing_works_that_is_said() -> None:
    polled, _ = recommendation((POLLED, NO_DOCKER))
    assert (polled.state, polled.says.partition(":")[0]) == (State.DEGRADED, "use --sandbox native")
    assert polled.advice
    nothing, *reasons = recommendation((NO_NATIVE, NO_DOCKER))
    assert (nothing.state, nothing.says) == (State.MISSING, "none works here")
    assert nothing.advice
    assert len(reasons) == 2


def test_a_program_reads_the_same_in_json() -> None:
    assert GVISOR.as_json() == {
        "sandbox": "docker",
        "oci_runtime": "runsc",
        "works": True,
        "exact": True,
        "says": "for programs that may attack the kernel, and slower",
    }
    assert NO_DOCKER.as_json()["works"] is False
    assert NO_DOCKER.as_json()["says"] == "there is no Docker Engine"
