"""The nouns: frozen, with independent defaults, and light to import."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from executor.model import MIB, SECOND, Checker, Command, Limits, Submission, Usage, Verdict

REPOSITORY = Path(__file__).parents[2]


def test_the_wall_limit_is_generous_unless_it_is_given() -> None:
    assert Limits(cpu_ns=3 * SECOND).effective_wall_ns == 16 * SECOND
    assert Limits(cpu_ns=3 * SECOND, wall_ns=1).effective_wall_ns == 1


def test_the_stack_may_fill_the_memory_unless_it_is_limited() -> None:
    assert Limits(memory_bytes=64 * MIB).effective_stack_bytes == 64 * MIB
    assert Limits(memory_bytes=64 * MIB, stack_bytes=1).effective_stack_bytes == 1


def test_each_limit_has_a_default_of_its_own() -> None:
    changed = Limits(cpu_ns=1)
    assert all(
        getattr(changed, field.name) == getattr(Limits(), field.name)
        for field in fields(Limits)
        if field.name != "cpu_ns"
    )


def test_what_was_not_measured_is_none_never_zero() -> None:
    usage = Usage()
    assert (usage.memory_bytes, usage.processes, usage.open_files, usage.stack_bytes) == (None,) * 4


@pytest.mark.parametrize(
    "noun",
    [Limits(), Usage(), Checker(), Command(argv=("/bin/true",)), Submission(files=(), runtime="c")],
    ids=lambda noun: type(noun).__name__,
)
def test_nouns_are_frozen(noun: object) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(noun, fields(noun)[0].name, None)  # type: ignore[arg-type]  # each is a dataclass


def test_no_verdict_is_called_re() -> None:
    assert "RE" not in set(Verdict)
    assert all(verdict.value == verdict.name for verdict in Verdict)


@pytest.mark.parametrize("module", ["model", "verdict", "checker", "runtime", "scheduler", "judge", "compiler"])
def test_what_needs_no_outside_input_imports_no_pydantic(module: str) -> None:
    code = f"import sys, executor.{module}; sys.exit('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=False).returncode == 0
