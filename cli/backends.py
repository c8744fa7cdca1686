"""
Which backend suits this host, and why the others would not do or would do less well: what `exec-cli doctor` recommends.

The order is that of docs/operations.md: exact limits go before polled ones, and what costs less before what costs more.
gVisor is never recommended by itself, since it is an answer to whom one fears and not to what a host offers; that it
is there, or not, is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cli.host import Finding, State
from cli.text import listed

GVISOR = "runsc"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """
    A way to judge on this host.

    Args:
        sandbox: as `--sandbox` has it.
        oci_runtime: as `--oci-runtime` has it; None: the engine's own.
        problem: why no box starts with it; empty when one does.
        polled: memory and CPU time are not limited by a cgroup.
    """

    sandbox: str
    oci_runtime: str | None = None
    problem: str = ""
    polled: bool = False

    @property
    def name(self) -> str:
        return self.sandbox if self.oci_runtime is None else f"{self.sandbox} with {self.oci_runtime}"

    @property
    def options(self) -> str:
        runtime = f" --oci-runtime {self.oci_runtime}" if self.oci_runtime else ""
        return f"--sandbox {self.sandbox}{runtime}"

    @property
    def cost(self) -> tuple[bool, bool, bool]:
        """What is smaller is better."""
        return (self.polled, self.oci_runtime is not None, self.sandbox != "native")

    def as_json(self) -> dict[str, object]:
        return {
            "sandbox": self.sandbox,
            "oci_runtime": self.oci_runtime,
            "works": not self.problem,
            "exact": not self.problem and not self.polled,
            "says": self.problem or _good_for(self),
        }


def best_of(candidates: Iterable[Candidate]) -> Candidate | None:
    """The one to use; None where no box starts with any of them."""
    return min((each for each in candidates if not each.problem), key=lambda each: each.cost, default=None)


def recommendation(candidates: Sequence[Candidate]) -> Iterator[Finding]:
    """What to use here, and a word on each of the others, which need not be mended for that."""
    best = best_of(candidates)
    if best is None:
        yield Finding("backend", State.MISSING, "none works here", "mend one of these")
    elif best.polled:
        advice = "give it a cgroup (see above), or mend what keeps Docker from being used (below): both limit by cgroup"
        yield Finding("backend", State.DEGRADED, f"use {best.options}: {_good_for(best)}", advice)
    else:
        yield Finding("backend", State.OK, f"use {best.options}: {_good_for(best)}")
    against: dict[str, list[str]] = {}
    for each in candidates:
        if each is not best:
            against.setdefault(_against(each), []).append(each.name)
    for why, names in against.items():
        yield Finding("backend", State.OK, f"{listed(names)} {why}")


def _good_for(candidate: Candidate) -> str:
    if candidate.polled:
        return "boxes start, but their memory and CPU time are polled, not limited by a cgroup"
    if candidate.oci_runtime is not None:
        return "for programs that may attack the kernel, and slower"
    if candidate.sandbox == "native":
        return "limits are exact, and a run costs least"
    return "a cgroup sets the limits, but a run costs more than in a native box"


def _against(candidate: Candidate) -> str:
    return f"would not do: {candidate.problem}" if candidate.problem else f"would do, too: {_good_for(candidate)}"
