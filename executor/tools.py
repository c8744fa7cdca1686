"""
Runs the programs that install software: as this user or as root, with their output kept, and ended with care.

What a program writes goes into a file that is looked at now and then, never into a pipe: a service that a package
starts inherits it, and would hold the pipe open for ever. Ctrl-C ends a program as far as that does no harm: apt-get
stops at once while it downloads, but finishes what dpkg has begun, so it is told and waited for, never killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from executor.errors import UsageError

OUTPUT_LINES = 40
"""The lines of a failed program's output that are kept, from its end."""

_LOOK_EVERY_S = 0.1
_MERCY_S = 5.0
_LONGEST_LINE = 2000
_UMASK = 0o022
_NETWORK = frozenset({
    "CURL_CA_BUNDLE", "GONOSUMDB", "GOPRIVATE", "GOPROXY", "GOSUMDB", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE",
    "SSL_CERT_DIR", "SSL_CERT_FILE",
})  # fmt: skip  # a table of names

Say = Callable[[str], None]
"""Takes a line, for people."""


class ToolFailed(Exception):
    """
    A program could not do what it was asked for.

    Args:
        why: a clause or a sentence, for the person who asked.
        output: the last lines that the program wrote.
    """

    def __init__(self, why: str, output: tuple[str, ...] = ()) -> None:
        super().__init__(why)
        self.why = why
        self.output = output


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """
    A program to run.

    Args:
        argv: looked up on the PATH of `env`.
        env: the whole environment.
        cwd: None: that of this process.
        as_root: whether it writes what belongs to root.
        lenient: it is told to end when we are, and then awaited, however long that takes.
    """

    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: Path | None = None
    as_root: bool = False
    lenient: bool = False


class Tools:
    """
    Runs programs for this user.

    Args:
        sudo: what is put in front of a command to run it as root; empty: nothing; None: this user cannot.
        notice: told when ending takes time.
    """

    def __init__(self, sudo: tuple[str, ...] | None, notice: Say) -> None:
        self._sudo = sudo
        self._notice = notice

    @classmethod
    def of_this_user(cls, notice: Say) -> Tools:
        if os.geteuid() == 0:
            return cls((), notice)
        sudo = shutil.which("sudo")
        return cls((sudo, "--") if sudo else None, notice)

    def require_root(self) -> None:
        """
        Have the password asked for now, while nothing else is on the terminal.

        Raises:
            UsageError: this user cannot act as root.
        """
        if self._sudo is None:
            raise UsageError("installing needs root, and there is no sudo here; run the same command as root")
        if self._sudo and subprocess.run([self._sudo[0], "-v"], check=False).returncode:
            raise UsageError("installing needs root, and sudo does not let this user; run the same command as root")

    async def run(self, call: Call, say: Say | None = None) -> tuple[str, ...]:
        """
        Run a program to its end. Cancelling ends it before this returns.

        Returns:
            The last lines that it wrote.

        Raises:
            ToolFailed: it cannot be run, or fails.
        """
        argv = call.argv
        if shutil.which(argv[0], path=call.env.get("PATH")) is None:
            raise ToolFailed(f"the command {argv[0]} was not found")
        through_sudo = call.as_root and self._sudo
        if through_sudo:
            argv = (*through_sudo, "env", "-i", *(f"{name}={value}" for name, value in call.env.items()), *argv)
        # sudo reads a password from the terminal, which another session would not have.
        with tempfile.TemporaryFile() as output:
            process = await asyncio.create_subprocess_exec(
                *argv,
                env=None if through_sudo else call.env,
                cwd=call.cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                umask=_UMASK,
                start_new_session=not through_sudo,
            )
            lines = _Lines(output, say)
            try:
                status = await _watch(process, lines)
            except asyncio.CancelledError:
                if call.lenient:
                    self._notice(f"stopping as soon as {call.argv[0]} has finished what it has begun")
                await _end(process, gently=call.lenient or bool(through_sudo))
                raise
        if status:
            raise _failure(call.argv[0], tuple(lines.last), status)
        return tuple(lines.last)


def network_environment() -> dict[str, str]:
    """The variables by which this machine's programs find the network: proxies and certificates."""
    return {
        name: value
        for name, value in os.environ.items()
        if name in _NETWORK or name.lower().endswith("_proxy") or name.startswith(("PIP_", "npm_config_"))
    }


class _Lines:
    """The lines that a program has written so far."""

    def __init__(self, output: IO[bytes], say: Say | None) -> None:
        self.last: deque[str] = deque(maxlen=10 * OUTPUT_LINES)
        self._output = output
        self._say = say
        self._rest = b""
        self._at = 0

    def look(self) -> None:
        # pread: the program writes at the offset that it shares with this descriptor.
        while part := os.pread(self._output.fileno(), 1 << 16, self._at):
            self._at += len(part)
            *lines, self._rest = (self._rest[-_LONGEST_LINE:] + part).split(b"\n")
            for line in lines:
                self._add(line)

    def close(self) -> None:
        self.look()
        self._add(self._rest)

    def _add(self, line: bytes) -> None:
        # As on a terminal, what follows a carriage return stands in the place of what was before.
        text = line.rstrip(b"\r").rpartition(b"\r")[2][:_LONGEST_LINE].decode("utf-8", "replace").rstrip()
        if text:
            self.last.append(text)
            if self._say is not None:
                self._say(text)


async def _watch(process: asyncio.subprocess.Process, lines: _Lines) -> int:
    waiting = asyncio.ensure_future(process.wait())
    try:
        while not waiting.done():
            await asyncio.wait({waiting}, timeout=_LOOK_EVERY_S)
            lines.look()
        lines.close()
        return waiting.result()
    finally:
        waiting.cancel()


async def _end(process: asyncio.subprocess.Process, *, gently: bool) -> None:
    """End a program that was told to stop; gently: only as fast as it wants to."""
    # A program that became root cannot be signalled; Ctrl-C on the terminal has reached it.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(process.pid, signal.SIGINT) if gently else os.killpg(process.pid, signal.SIGINT)
    if gently:
        await process.wait()
        return
    try:
        async with asyncio.timeout(_MERCY_S):
            await process.wait()
    except TimeoutError:
        pass
    finally:
        # What it started, and left behind, goes too.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


_MARKS = {"apt-get": ("dpkg: error ", "E: "), "npm": ("npm ERR! ", "npm error "), "pip": ("ERROR: ",)}
_UNTELLING = re.compile(
    r"(code|errno|syscall|path|dest) |404$|A complete log of this run|\S+\.log$|Could not find a version"
    r"|ResolutionImpossible|Sub-process /usr/bin/dpkg|Unable to fetch some archives|Some index files failed|^$"
)
_FULL = re.compile(r"No space left on device|You don't have enough free space|ENOSPC|Disk quota exceeded")
_OFFLINE = re.compile(
    r"Temporary failure (in name resolution|resolving)|Network is unreachable|Failed to establish a new connection"
    r"|EAI_AGAIN|ENOTFOUND|ENETUNREACH|ECONNREFUSED|ETIMEDOUT|Could not (connect to|resolve)|[Cc]onnection timed out"
)
_MOST_CHARACTERS = 300


def _failure(command: str, lines: tuple[str, ...], status: int) -> ToolFailed:
    """The program's own words for its failure, as one short clause."""
    output = lines[-OUTPUT_LINES:]
    said = _own_words(Path(command).name, lines, status)
    if full := next((line for line in reversed(lines) if _FULL.search(line)), None):
        return ToolFailed(f"the disk is full: {_shortened(full)}", output)
    if any(_OFFLINE.search(line) for line in lines):
        return ToolFailed(f"the network does not answer: {said}", output)
    return ToolFailed(said, output)


def _own_words(name: str, lines: tuple[str, ...], status: int) -> str:
    marks = _MARKS.get("pip" if "python" in name else name, ())
    marked = [line.removeprefix(mark).strip() for line in lines for mark in marks if line.startswith(mark)]
    telling = [line for line in dict.fromkeys(marked) if not _UNTELLING.match(line)] or marked
    if telling:
        return _shortened("; ".join(telling[:2]))
    how = f"exit status {status}" if status > 0 else f"killed by signal {-status}"
    return f"{_shortened(lines[-1])} ({how})" if lines else how


def _shortened(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}..."
