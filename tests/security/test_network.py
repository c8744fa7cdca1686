"""There is no network: not out, not to the host, and none that is left for the next job."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest

from executor.model import SECOND
from tests.security.support import ALL_REFUSED, LIMITS, Attacks

SLOW = replace(LIMITS, wall_ns=5 * SECOND)


@contextlib.contextmanager
def services_of_the_host() -> Iterator[list[str]]:
    """Listeners on every address that this host has, TCP and UDP, as words: address, port, ..."""
    addresses = {"127.0.0.1", "::1", "127.0.0.53"}
    with contextlib.suppress(OSError):
        addresses |= {str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None)}
    with contextlib.ExitStack() as opened:
        words = []
        for address in sorted(addresses):
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                try:
                    one = opened.enter_context(socket.socket(family, kind))
                    one.bind((address, 0))
                except OSError:  # no IPv6, or a name that leads elsewhere
                    continue
                if kind == socket.SOCK_STREAM:
                    one.listen()
                words += [address, str(one.getsockname()[1])]
        yield words


async def test_neither_the_world_nor_the_host_can_be_reached(attacks: Attacks) -> None:
    with services_of_the_host() as words:
        with socket.create_connection(("127.0.0.1", int(words[words.index("127.0.0.1") + 1])), 1.0):
            pass  # the host itself reaches it
        attempt = await attacks.run("calls_out.c", *words, limits=SLOW)
    assert attempt.stdout == ALL_REFUSED, attempt


async def test_no_abstract_name_of_the_host_can_be_called(attacks: Attacks) -> None:
    with contextlib.ExitStack() as opened:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
            one = opened.enter_context(socket.socket(socket.AF_UNIX, kind))
            one.bind(f"\0ennead-{kind}")
            if kind != socket.SOCK_DGRAM:
                one.listen()
        names = [f"ennead-{kind}" for kind in (1, 2, 5)]
        attempt = await attacks.run("calls_abstract_names.c", *names, "/tmp/.X11-unix/X0", "/org/freedesktop/systemd1")
    assert attempt.stdout == ALL_REFUSED, attempt


async def test_only_ordinary_sockets_can_be_made(attacks: Attacks) -> None:
    attempt = await attacks.run("opens_odd_sockets.c")
    assert attempt.stdout == ALL_REFUSED, attempt


async def test_pairs_wake_no_code_of_other_families(attacks: Attacks) -> None:
    attempt = await attacks.run("asks_for_odd_pairs.c")
    assert attempt.stdout == ALL_REFUSED, attempt


async def test_the_loopback_is_all_there_is_and_stays_as_it_is(attacks: Attacks) -> None:
    attempt = await attacks.run("changes_the_network.c")
    assert attempt.stdout == ALL_REFUSED, attempt


async def test_ports_and_names_are_free_for_the_next_run_whatever_is_left_open(attacks: Attacks) -> None:
    await attacks.load("leaves_connections.c")
    for _ in range(3):
        attempt = await attacks.next_run("leaves_connections.c")
        assert attempt.stdout == b"left\n", attempt
        await attacks.inspect()


async def test_names_that_wait_for_the_garbage_collector_are_free_for_the_next_run(attacks: Attacks) -> None:
    await attacks.load("sends_itself_descriptors.c")
    for _ in range(10):
        attempt = await attacks.next_run("sends_itself_descriptors.c", 8)
        assert attempt.verdict is None, attempt
        await asyncio.sleep(0.05)  # the collector works in the background; a new job comes no sooner
        await attacks.inspect()


@pytest.mark.xfail(
    strict=True, reason="a slot keeps its network namespace, and the kernel has no way to reset counters"
)
async def test_the_next_job_cannot_count_the_packets_of_the_last(attacks: Attacks) -> None:
    attempt = await attacks.run("counts_packets.c", "send")
    assert int(attempt.stdout) >= 100, attempt
    attempt = await attacks.run("counts_packets.c")
    assert int(attempt.stdout) == 0, attempt
