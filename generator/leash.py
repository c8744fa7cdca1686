"""
Holds a program on a leash: whatever ends the process that started it, the program and all it has started end too.

    python -I -S leash.py GRACE_SECONDS ARGV...

Theory of operation. The starter keeps the writing end of a pipe that is this process's standard input; the kernel
closes it when the starter dies, also by SIGKILL. The program leads a process group of its own. When the input ends, or
on SIGTERM, the group gets SIGTERM, and SIGKILL when the grace is over; what is left of it when the program ends by
itself gets SIGKILL. PR_SET_PDEATHSIG would reach one process and not those that it has started: vLLM's engine is one of
these. The program is reaped last, so that its number cannot have become that of another group.

Standard library alone: it starts in milliseconds.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
from contextlib import suppress


def main() -> int:
    """Run the program until it ends or the leash is dropped; its exit status, as a shell counts."""
    grace_s, argv = float(sys.argv[1]), sys.argv[2:]
    told, telling = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(telling)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Not SIG_IGN, which the program would inherit.
        signal.signal(number, lambda *_: None)
    program = subprocess.Popen(argv, stdin=subprocess.DEVNULL, process_group=0)
    ended = os.pidfd_open(program.pid)
    if not _first_of(ended, [told, sys.stdin.fileno()]):
        _signal(program.pid, signal.SIGTERM)
        _first_of(ended, [], grace_s)
    _signal(program.pid, signal.SIGKILL)
    status = program.wait()
    return status if status >= 0 else 128 - status


def _first_of(ended: int, others: list[int], timeout_s: float | None = None) -> bool:
    """Wait for one of these descriptors; whether it was the first."""
    with selectors.DefaultSelector() as selector:
        for descriptor in (ended, *others):
            selector.register(descriptor, selectors.EVENT_READ)
        return any(key.fd == ended for key, _ in selector.select(timeout_s))


def _signal(group: int, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):  # nobody is left, or nobody of ours
        os.killpg(group, number)


if __name__ == "__main__":
    sys.exit(main())
