"""Where samples are judged: in this process, or on servers; and what is missing there."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from executor.backend import Backend, Sandbox
from executor.engine import Engine, EngineConfig
from executor.errors import EnneadError, RuntimeUnavailable, UsageError
from executor.inventory import Machine, Part
from executor.model import Verdict
from scorer.about import JudgeAbout
from scorer.judging import Judge
from scorer.model import Probe
from scorer.recording import Recording

if TYPE_CHECKING:
    from executor.client import Client, Tls

_AHEAD = 4
"""Samples in progress beyond the slots here: none of them waits while another one is prepared."""
_RETURNED_BYTES = 64 * 1024
_PER_SLOT = 4
"""Samples in progress for each slot of a server, which is further away."""
_SAID = 300
"""Characters of what a program said that failed."""
_ATTEMPTS_TO_REACH = 4
"""Under a second: who typed a wrong address wants to know it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """
    An open place.

    Args:
        at_once: samples in progress that keep it busy.
        lapses: its exceptions that say nothing about other jobs.
    """

    engine: Judge
    at_once: int
    about: JudgeAbout
    lapses: tuple[type[EnneadError], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """
    Who judges instead of this machine.

    Args:
        addresses: HOST:PORT or unix:/PATH.
        token: shown to them.
        tls: None: without TLS.
    """

    addresses: tuple[str, ...]
    token: str | None = None
    tls: Tls | None = None


@asynccontextmanager
async def opened(
    servers: Servers | None,
    slots: int | None,
    runtimes: Iterable[str],
    extras: Iterable[str],
    sandbox: Sandbox | None = None,
    probes: Iterable[Probe] = (),
) -> AsyncIterator[Place]:
    """
    A place that has all that is needed.

    Args:
        servers: None: this process.
        slots: programs at once in this process; None: one for each usable core.
        runtimes: ids that are needed.
        extras: names of extras; needed of those runtimes that have them. In an image they cannot be looked for.
        sandbox: where programs run; None: in native boxes.
        probes: what servers are asked for extras with, which only this machine can look for.

    Raises:
        RuntimeUnavailable: a runtime or an extra is not there; the message says what installs it.
        UsageError: there is no such runtime, or an address is none.
        ServerUnavailable, AccessDenied: no server answers, or not to us.
    """
    if servers is not None:
        place = _there(servers, tuple(runtimes), tuple(probes))
    else:
        place = _here(EngineConfig(slots=slots, sandbox=sandbox or Sandbox()), tuple(runtimes), tuple(extras))
    async with place as found:
        yield found


@asynccontextmanager
async def _here(config: EngineConfig, runtimes: tuple[str, ...], extras: tuple[str, ...]) -> AsyncIterator[Place]:
    engine = Engine(config)
    if config.sandbox.backend is Backend.NATIVE:
        _check_here(engine, runtimes, extras)
        _check_extras(engine, runtimes, extras)
    async with engine:
        _check_here(engine, runtimes)  # an image tells what it has once it is running
        about = JudgeAbout(slots=engine.slots, meter=engine.meter.value, losses=list(engine.boxes_losses))
        yield Place(engine=engine, at_once=engine.slots + _AHEAD, about=about)


def _check_here(engine: Engine, runtimes: tuple[str, ...], extras: tuple[str, ...] = ()) -> None:
    known = [engine.runtimes.get(each) for each in runtimes]
    if missing := [(each, reason) for each in known if (reason := engine.missing(each))]:
        what = "\n".join(reason for _, reason in missing)
        options = [f"--extras {name}" for name in extras if any(name in each.extras for each, _ in missing)]
        words = _words([*(each.id for each, _ in missing), *options])
        raise RuntimeUnavailable(f"{what}\nnothing was judged; to install: exec-cli runtimes install {words}")


def _check_extras(engine: Engine, runtimes: tuple[str, ...], extras: tuple[str, ...]) -> None:
    machine = Machine(engine.runtimes)
    # Elsewhere packages have other names, and what is there of them cannot be told.
    if machine.debian is None:
        return
    parts = [Part(each, name) for each in engine.runtimes for name in extras if name in each.extras]
    # A runtime for tests, such as rust-test, uses what its language has.
    needed = {each for runtime in runtimes for each in (runtime, runtime.partition("-")[0])}
    parts = [part for part in parts if part.runtime.id in needed]
    if lacking := [part for part in parts if not machine.is_installed(part)]:
        options = " ".join(f"--extras {name}" for name in dict.fromkeys(part.extra or "" for part in lacking))
        ids = _words(dict.fromkeys(part.runtime.id for part in lacking))
        raise RuntimeUnavailable(
            f"packages that the benchmark's programs need are missing for {ids}\n"
            f"nothing was judged; to install: exec-cli runtimes install {ids} {options}"
        )


@asynccontextmanager
async def _there(servers: Servers, runtimes: tuple[str, ...], probes: tuple[Probe, ...]) -> AsyncIterator[Place]:
    # What gRPC's own log says of a connection is in the sentence that we say; it must be told before it is imported.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    from executor.client import Client  # noqa: PLC0415  # gRPC is only needed here
    from executor.remote import ServerFailed  # noqa: PLC0415  # likewise

    abouts, returned = [], []
    for address in servers.addresses:
        async with Client(address, token=servers.token, tls=servers.tls, attempts=_ATTEMPTS_TO_REACH) as first:
            info = await first.info()
            await _check_there(first, address, (*runtimes, *(each.job.submission.runtime for each in probes)))
        async with Client(address, token=servers.token, tls=servers.tls) as patient:  # it may have much to do
            for each in probes:
                await _probe(patient, address, each)
        abouts.append(JudgeAbout(place=address, slots=info.slots, version=info.version, losses=list(info.losses)))
        returned.append(info.returned_output_bytes)
    about = _together(abouts)
    async with AsyncExitStack() as stack:
        # Outputs are compared there; here excerpts are taken, and graded samples may look for words in them.
        most = min([_RETURNED_BYTES, *returned])
        client = Client(*servers.addresses, token=servers.token, tls=servers.tls, returned_bytes=most)
        await stack.enter_async_context(client)
        yield Place(engine=client, at_once=_PER_SLOT * (about.slots or 1), about=about, lapses=(ServerFailed,))


async def _check_there(client: Client, address: str, runtimes: tuple[str, ...]) -> None:
    there = {each.id: each for each in await client.runtimes()}
    for runtime in runtimes:
        if runtime not in there:
            raise UsageError(f"the server {address} has no runtime {runtime}; nothing was judged")
        if not there[runtime].available:
            raise RuntimeUnavailable(f"on the server {address}: {there[runtime].detail}; nothing was judged")


async def _probe(client: Client, address: str, probe: Probe) -> None:
    recording = Recording(probe.job, whole=True)
    async for event in client.judge(probe.job):
        recording.add(event)
    # Any other verdict, such as JE, says nothing of packages; what it says of the place will be seen again.
    if recording.finished.verdict in {Verdict.RTE, Verdict.CE}:
        stderr = b"".join(each.outcome.stderr for each in recording.result().cases).decode("utf-8", "replace")
        said = " ".join((recording.log + stderr).split())[-_SAID:]
        raise RuntimeUnavailable(
            f"on the server {address} the benchmark's programs lack a package: {said}\n"
            f"nothing was judged; to install, there: exec-cli runtimes install {probe.install}"
        )


def _together(abouts: list[JudgeAbout]) -> JudgeAbout:
    return JudgeAbout(
        place=" ".join(each.place for each in abouts),
        slots=sum(each.slots or 0 for each in abouts),
        version=" ".join(dict.fromkeys(each.version for each in abouts if each.version)) or None,
        losses=list(dict.fromkeys(loss for each in abouts for loss in each.losses)),
    )


def _words(names: Iterable[str]) -> str:
    return " ".join(names)
