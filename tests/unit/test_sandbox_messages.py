"""Messages between the engine and a box: what is sent arrives whole, or is refused where it is sent."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import struct
from collections.abc import Iterator

import pytest

from executor.sandbox.messages import (
    FILES_PER_MESSAGE,
    HELLO,
    How,
    Op,
    Receiver,
    Report,
    Said,
    pack_report,
    send_down,
    send_up,
    unpack_report,
)

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    """Both ends of a socket like those of a box; the first is the engine's, which must never wait."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setblocking(False)
    with ours, theirs:
        yield ours, theirs


@pytest.mark.parametrize(
    "report",
    [
        Report(1, How.EXITED, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1, 0),
        Report(2**64 - 1, How.SIGNALED, 64, 4, 1, 2**64 - 1, 2**63, 2**40, 2**63 - 1, 2**31, 1_000_000, 2**40, 1),
        Report(7, How.NOT_STARTED, 2**31 - 1, 0, 1, 1, 2, 3, 4, 5, 6, 7, 0),
        Report(7, How.NOT_STARTED, -(2**31), 0, 1, 1, 2, 3, 4, 5, 6, 7, 0),
    ],
)
def test_a_report_arrives_as_it_was_sent(report: Report) -> None:
    assert unpack_report(pack_report(report)) == report


def test_hello_is_no_report_of_a_run() -> None:
    """Runs are numbered from 1."""
    assert unpack_report(HELLO).run == 0


@pytest.mark.parametrize("data", [b"", b"x", HELLO[:-1], HELLO + b"x", HELLO * 2])
def test_what_is_no_report_is_refused(data: bytes) -> None:
    with pytest.raises(struct.error):
        unpack_report(data)


def test_a_report_is_never_evaluated() -> None:
    """Whatever bytes a box sends, they become integers."""
    assert all(isinstance(field, int) for field in unpack_report(os.urandom(len(HELLO))))


@pytest.mark.parametrize(
    "message",
    [
        (int(Op.WIPE),),
        (int(Op.LOAD), "/work", [("größe", True), (os.fsdecode(b"\xff\x80"), False)], True),
        (int(Op.RUN), 1, ("/bin/true", "a b", "new\nline"), {"K": "v"}, ([(7, 2**63)], 10**18, 10**18, 2**60, False)),
        (int(Op.KILL), 2**62),
    ],
)
def test_a_message_down_arrives_as_it_was_sent(pair: Pair, message: tuple[object, ...]) -> None:
    send_down(pair[0], message)
    assert Receiver(pair[1]).receive() == (message, [])


def test_messages_keep_their_boundaries(pair: Pair) -> None:
    """A short message after a long one holds nothing of it."""
    receiver = Receiver(pair[1])
    messages: list[tuple[object, ...]] = [(1, "x" * 100_000), (2,), (3, "y" * 10), (4, list(range(1000)))]
    for message in messages:
        send_down(pair[0], message)
        assert receiver.receive()[0] == message


def test_descriptors_arrive_in_order_and_are_not_inherited(pair: Pair) -> None:
    fds = [os.memfd_create(str(number)) for number in range(FILES_PER_MESSAGE)]
    for number, fd in enumerate(fds):
        os.write(fd, b"%d" % number)
    try:
        send_down(pair[0], (int(Op.LOAD),), fds)
        _, received = Receiver(pair[1]).receive()
    finally:
        for fd in fds:
            os.close(fd)
    try:
        assert [os.pread(fd, 10, 0) for fd in received] == [b"%d" % number for number in range(FILES_PER_MESSAGE)]
        assert all(fcntl.fcntl(fd, fcntl.F_GETFD) & fcntl.FD_CLOEXEC for fd in received)
    finally:
        for fd in received:
            os.close(fd)


@pytest.mark.parametrize("size", range(180_000, 240_000, 3_000))
def test_a_message_of_any_size_arrives_whole_or_is_refused(pair: Pair, size: int) -> None:
    """Between what can be sent and what can be received there is no gap in which half a message arrives."""
    message = (int(Op.RUN), "x" * size)
    refused = 0
    try:
        send_down(pair[0], message)
    except OSError as error:
        refused = error.errno or -1
    assert refused in {0, errno.EMSGSIZE}
    assert refused or Receiver(pair[1]).receive() == (message, [])


def test_a_receiver_notices_that_the_engine_is_gone(pair: Pair) -> None:
    pair[0].close()
    with pytest.raises(EOFError):
        Receiver(pair[1]).receive()


def test_a_sender_notices_that_the_box_is_gone(pair: Pair) -> None:
    """Without a signal that would end the engine."""
    pair[1].close()
    with pytest.raises(BrokenPipeError):
        send_down(pair[0], (int(Op.WIPE),))


def test_an_engine_does_not_wait_for_a_box_that_does_not_listen(pair: Pair) -> None:
    """A full socket is an error at once."""
    with pytest.raises(BlockingIOError):
        fill(pair[0])


def fill(sock: socket.socket) -> None:
    for _ in range(10_000):
        send_down(sock, (int(Op.KILL), 1))


def test_messages_up_begin_with_what_they_are(pair: Pair) -> None:
    fd = os.memfd_create("file")
    try:
        send_up(pair[1], Said.FILES, b"names", [fd])
    finally:
        os.close(fd)
    data, fds, _, _ = socket.recv_fds(pair[0], 1000, 4)
    for received in fds:
        os.close(received)
    assert (data[0], data[1:], len(fds)) == (Said.FILES, b"names", 1)
