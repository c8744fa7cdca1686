"""What a supervisor says of a run, checked, and the outcome that follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from executor.errors import BoxFailure
from executor.sandbox.messages import Report


@dataclass(frozen=True, slots=True)
class Told:
    """
    The head of a REPORT; -1 where nothing was measured.

    Args:
        held_bytes: what the container holds now.
        out_of_memory, forks_refused: seen in the container's own cgroup files.
    """

    run: int
    how: int
    code: int
    cause: int
    dirty: bool
    wall_ns: int
    cpu_ns: int
    file_bytes: int
    memory_bytes: int
    processes: int
    open_files: int
    stack_bytes: int
    output_bytes: int
    held_bytes: int
    out_of_memory: bool
    forks_refused: bool

    @classmethod
    def of(cls, head: dict[str, Any]) -> Told:
        """Raises BoxFailure when the head is no report."""
        numbers: dict[str, Any] = {name: head.get(name) for name in cls.__slots__ if name != "run"}
        if not isinstance(head.get("id"), int) or not all(isinstance(value, int) for value in numbers.values()):
            raise BoxFailure(f"a supervisor said something that is no report: {str(head)[:200]}")
        return cls(run=head["id"], **numbers)

    def report(self) -> Report:
        """In the form of a zygote's."""
        return Report(
            self.run, self.how, self.code, self.cause, int(self.dirty), self.wall_ns, self.cpu_ns, self.file_bytes,
            self.memory_bytes, self.processes, self.open_files, self.stack_bytes,
        )  # fmt: skip


class Output:
    """What a program wrote, as far as it came out of the container."""

    def __init__(self) -> None:
        self._pieces: dict[bool, bytearray] = {False: bytearray(), True: bytearray()}
        self.total = 0
        self.over = False

    def take(self, piece: bytes, *, is_error: bool) -> None:
        self._pieces[is_error] += piece
        self.total += len(piece)

    @property
    def stdout(self) -> bytes:
        return bytes(self._pieces[False])

    @property
    def stderr(self) -> bytes:
        return bytes(self._pieces[True])
