"""
Driving a stopped process one system call at a time, as a debugger does. x86-64 only.

The caller is one thread and the tracer of every process that is named here. A `Tracee` is always stopped while a
method runs and after it has returned.
"""

from __future__ import annotations

import ctypes
import os
import signal
import struct
from collections.abc import Sequence
from typing import Final, NamedTuple

_TRACEME, _CONT, _SETREGS, _GETREGS, _SINGLESTEP, _DETACH, _SYSCALL = 0, 7, 13, 12, 9, 17, 24
_SETOPTIONS, _GETEVENTMSG, _GET_SYSCALL_INFO = 0x4200, 0x4201, 0x420E
_TRACESYSGOOD, _TRACEFORK, _TRACEEXEC, _EXITKILL = 0x1, 0x2, 0x10, 0x100000
_EVENT_FORK: Final = 1
_SYSCALL_STOP: Final = signal.SIGTRAP | 0x80
_ENTRY: Final = 1
ALL_CHILDREN: Final = 0x40000000
"""__WALL: of whatever kind of clone."""

_REGISTERS: Final = struct.Struct("=27Q")
_R10, _R9, _R8, _RAX, _RDX, _RSI, _RDI, _ORIG_RAX, _RIP = 7, 8, 9, 10, 12, 13, 14, 15, 16
_ARGUMENTS: Final = (_RDI, _RSI, _RDX, _R10, _R8, _R9)
_NO_CALL: Final = (1 << 64) - 1
"""In orig_rax: the kernel has no call to restart."""
_CALL_BYTES: Final = 2
"""Of the instruction `syscall`."""
_INFO: Final = struct.Struct("=B3xIQQ7Q")

_libc = ctypes.PyDLL(None, use_errno=True)
_libc.ptrace.restype = ctypes.c_long


class Gone(OSError):
    """The process has ended."""


class Call(NamedTuple):
    """A system call: at its entry with its arguments, or at its exit with its result (`arguments` is empty then)."""

    number: int
    arguments: tuple[int, ...]
    result: int


def is_supported() -> bool:
    return os.uname().machine == "x86_64"


def _ptrace(request: int, pid: int, address: object = None, data: object = None) -> int:
    result: int = _libc.ptrace(ctypes.c_long(request), ctypes.c_long(pid), address, data)
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"ptrace({request}): {os.strerror(number)}")
    return result


def stop_to_be_traced() -> None:
    """In a child: let the parent trace it, and wait for it to begin."""
    _ptrace(_TRACEME, 0)
    os.kill(os.getpid(), signal.SIGSTOP)


class Tracee:
    """
    A process that we trace. It dies with us.

    Args:
        pid: a child in `stop_to_be_traced`, or one that a tracee has forked.
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._buffer = ctypes.create_string_buffer(_REGISTERS.size)
        self._wait()

    def begin(self) -> None:
        """Trace it through the programs that it executes."""
        options = _TRACESYSGOOD | _TRACEFORK | _TRACEEXEC | _EXITKILL
        _ptrace(_SETOPTIONS, self.pid, None, ctypes.c_ulong(options & ~_TRACEFORK))

    def follow_forks(self) -> None:
        _ptrace(_SETOPTIONS, self.pid, None, ctypes.c_ulong(_TRACESYSGOOD | _TRACEFORK | _EXITKILL))

    def _wait(self) -> int:
        """The status of its next stop."""
        _, status = os.waitpid(self.pid, ALL_CHILDREN)
        if not os.WIFSTOPPED(status):
            raise Gone(f"process {self.pid} has ended with status {status}")
        return status

    def next_call(self) -> Call:
        """
        Let it run on to the entry or the exit of a system call; signals and execs on the way are let through.

        What it does between stopping itself and stopping itself again is not looked at: two stops and some Python for
        each call make an interpreter that loads thousands of files several times as slow.
        """
        while self._run_on(_SYSCALL) == signal.SIGSTOP:
            self._run_on(_CONT)
        return self._call()

    def _run_on(self, request: int) -> int:
        """To a system call, if these are asked for, or its stopping itself; other signals are let through."""
        passed = 0
        while True:
            _ptrace(request, self.pid, None, ctypes.c_ulong(passed))
            status = self._wait()
            number = os.WSTOPSIG(status)
            if number == _SYSCALL_STOP or (number == signal.SIGSTOP and not status >> 16):
                return number
            passed = 0 if status >> 16 or number == signal.SIGTRAP else number

    def _call(self) -> Call:
        buffer = ctypes.create_string_buffer(_INFO.size)
        _ptrace(_GET_SYSCALL_INFO, self.pid, ctypes.c_ulong(_INFO.size), buffer)
        kind, _, _, _, first, *rest = _INFO.unpack(buffer.raw)
        if kind == _ENTRY:
            return Call(first, tuple(rest), 0)
        return Call(-1, (), first - (1 << 64) if first >> 63 else first)

    def registers(self) -> list[int]:
        _ptrace(_GETREGS, self.pid, None, self._buffer)
        return list(_REGISTERS.unpack(self._buffer.raw))

    def _set(self, registers: Sequence[int]) -> None:
        _REGISTERS.pack_into(self._buffer, 0, *registers)
        _ptrace(_SETREGS, self.pid, None, self._buffer)

    def leave_call(self) -> list[int]:
        """
        At the entry of a system call: skip it.

        Returns:
            The registers with which `release` makes the same call again; `call` takes them too.
        """
        registers = self.registers()
        self._set([*registers[:_ORIG_RAX], _NO_CALL, *registers[_ORIG_RAX + 1 :]])
        self._step()
        registers[_RAX], registers[_ORIG_RAX] = registers[_ORIG_RAX], _NO_CALL
        registers[_RIP] -= _CALL_BYTES
        return registers

    def call(self, registers: Sequence[int], number: int, *arguments: int) -> int:
        """
        Make it call the kernel.

        Args:
            registers: of `leave_call`.

        Returns:
            The result.

        Raises:
            OSError: the call failed, or the process has ended.
        """
        result = self.call_unchecked(registers, number, *arguments)
        if result < 0:
            raise OSError(-result, f"system call {number} in a template: {os.strerror(-result)}")
        return result

    def call_unchecked(self, registers: Sequence[int], number: int, *arguments: int) -> int:
        """As `call`; a negative result is an error number."""
        self._prepare(registers, number, arguments)
        self._step()
        return self._result()

    def fork(self, registers: Sequence[int], number: int, *arguments: int) -> Tracee:
        """
        Make it fork by a call of clone with SIGCHLD; the child is stopped, too.

        Raises:
            OSError: the call failed, or a process has ended.
        """
        self._prepare(registers, number, arguments)
        if self._step() >> 16 != _EVENT_FORK:
            raise OSError(-self._result(), "a template did not fork")
        message = ctypes.c_ulong()
        _ptrace(_GETEVENTMSG, self.pid, None, ctypes.byref(message))
        self._step()
        return Tracee(message.value)

    def _prepare(self, registers: Sequence[int], number: int, arguments: Sequence[int]) -> None:
        changed = list(registers)
        changed[_RAX] = number
        for index, value in zip(_ARGUMENTS, arguments, strict=False):
            changed[index] = value & _NO_CALL
        self._set(changed)

    def _step(self) -> int:
        """Execute one instruction; signals, which are those of dead children, are dropped. The status of the stop."""
        while True:
            _ptrace(_SINGLESTEP, self.pid, None, None)
            status = self._wait()
            if os.WSTOPSIG(status) == signal.SIGTRAP:
                return status

    def _result(self) -> int:
        result = self.registers()[_RAX]
        return result - (1 << 64) if result >> 63 else result

    def release(self, registers: Sequence[int]) -> None:
        """Let it go where `leave_call` held it back, as if nothing had happened."""
        self._set(registers)
        _ptrace(_DETACH, self.pid, None, None)
