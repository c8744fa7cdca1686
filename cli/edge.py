"""
Where a command meets its caller: streams that hold any text, and an exit status for everything that can happen.

    0  everything was accepted
    1  something was not
    2  the command line or a file it names cannot be used; one sentence on standard error
    3  the judge failed, not the submission
    130, 143, 129  ended by Ctrl-C, SIGTERM, SIGHUP; everything that ran was killed before
    141  nobody reads standard output any more
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Coroutine
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NoReturn, TextIO, TypeVar

import typer

from cli.text import printable, sentences
from executor.errors import EnneadError, UsageError

EXIT_ACCEPTED, EXIT_NOT_ACCEPTED, EXIT_USAGE, EXIT_JUDGE_FAILED = 0, 1, 2, 3
_BY_SIGNAL = 128

T = TypeVar("T")


class Stopped(Exception):
    """A signal other than Ctrl-C asked to stop, and everything has been killed."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def finish(command: Callable[[], int]) -> NoReturn:
    """
    Run a command and leave with its exit status; what goes wrong is a sentence, never a traceback.

    Raises:
        typer.Exit: always.
    """
    _accept_any_text()
    _log_in_sentences()
    try:
        status = command()
        sys.stdout.flush()
    except UsageError as error:
        status = complain(str(error), EXIT_USAGE)
    except BrokenPipeError:
        status = _BY_SIGNAL + signal.SIGPIPE
    except (EnneadError, OSError) as error:
        status = complain(f"the judge failed: {error}", EXIT_JUDGE_FAILED)
    except KeyboardInterrupt:
        status = _BY_SIGNAL + signal.SIGINT
    except Stopped as stopped:
        status = _BY_SIGNAL + stopped.number
    _drop_unwritable_output()
    raise typer.Exit(status)


def complain(message: str, status: int) -> int:
    """Say on standard error why this command ends with this exit status."""
    first, *rest = sentences(message)
    print(f"exec-cli: {first}", *rest, sep="\n", file=sys.stderr)
    return status


def run_until_stopped(work: Coroutine[Any, Any, T]) -> T:
    """
    Run a coroutine to its end; SIGTERM and SIGHUP cancel it as Ctrl-C does, so that its clean-up happens.

    Raises:
        KeyboardInterrupt: Ctrl-C.
        Stopped: another of these signals.
    """
    import asyncio

    received: list[int] = []

    async def watched() -> T:
        task = asyncio.ensure_future(work)
        for number in (signal.SIGTERM, signal.SIGHUP):
            # nohup asks to ignore SIGHUP, and so it stays.
            if signal.getsignal(number) is not signal.SIG_IGN:
                asyncio.get_running_loop().add_signal_handler(number, stop, task, number)
        return await task

    def stop(task: asyncio.Task[T], number: int) -> None:
        received.append(number)
        task.cancel()

    try:
        return asyncio.run(watched())
    except asyncio.CancelledError:
        if not received:
            raise
        raise Stopped(received[0]) from None


def _accept_any_text() -> None:
    """Escape what the terminal's encoding lacks: a verdict must not be lost to a UnicodeEncodeError."""
    # Python leaves None where the descriptor is closed.
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _log_in_sentences() -> None:
    """What the engine logs becomes one line on standard error, without the traceback that a log may carry."""
    import logging

    class Sentences(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            print(f"exec-cli: {printable(record.getMessage())}", file=sys.stderr)

    logging.basicConfig(level=logging.WARNING, handlers=[Sentences()])
    # What asyncio logs is for whoever works on this program: they run it with -X dev.
    logging.getLogger("asyncio").setLevel(logging.WARNING if sys.flags.dev_mode else logging.CRITICAL)


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")


def _drop_unwritable_output() -> None:
    """What cannot be written would raise again when the interpreter flushes it on its way out."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
