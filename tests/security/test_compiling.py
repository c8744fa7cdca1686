"""A compiler is a program that a stranger feeds: it is confined like one, and its log goes to the stranger."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from executor.model import MIB, MS, SECOND, Command, File, Limits, Outcome, Verdict
from executor.sandbox.box import Place
from executor.verdict import compile_verdict_of
from tests.security.support import PROGRAMS, REPOSITORY, SECRET, Attacks

LIMITS = Limits(
    cpu_ns=1500 * MS,
    wall_ns=6 * SECOND,
    memory_bytes=192 * MIB,
    output_bytes=MIB,
    file_size_bytes=64 * MIB,
    processes=16,
)
UNHURRIED = replace(LIMITS, cpu_ns=10 * SECOND, wall_ns=30 * SECOND)


async def build(attacks: Attacks, source: str, limits: Limits = LIMITS) -> tuple[Verdict, Outcome]:
    """Compile a program; the verdict is that of the compilation."""
    compiler = "/usr/bin/g++" if source.endswith(".cpp") else "/usr/bin/gcc"
    argv = (compiler, "-O1", "-pipe", "-fmax-errors=50", "-o", "main", source)
    await attacks.box.reset()
    await attacks.box.load([File(source, PROGRAMS / "compile" / source)], Place.WORK)
    attacks.work_is_kept = True
    outcome = await attacks.box.run(Command(argv=argv, env={"PATH": "/usr/bin:/bin"}), limits, keep_work=True)
    return compile_verdict_of(outcome, limits), outcome


def log_of(outcome: Outcome) -> str:
    return (outcome.stdout + outcome.stderr).decode(errors="replace")


@pytest.mark.parametrize(
    "source",
    [
        "includes_random.c",
        "includes_zero.c",
        "incbins_random.c",
        "repeats_in_assembly.c",
        "skips_in_assembly.c",
        "holds_a_gigabyte.c",
        "expands_macros.c",
        "includes_itself.c",
        "nests_parentheses.c",
        "instantiates_for_ever.cpp",
        "instantiates_in_depth.cpp",
        "computes_while_compiling.cpp",
        "grows_while_compiling.cpp",
    ],
)
async def test_a_bomb_for_the_compiler_is_refused_or_ends_at_its_limits(attacks: Attacks, source: str) -> None:
    verdict, outcome = await build(attacks, source)
    assert verdict in {Verdict.CE, Verdict.CTL}, log_of(outcome)[:1000]
    assert len(outcome.stdout) + len(outcome.stderr) <= LIMITS.output_bytes


async def test_a_flood_of_errors_ends_at_fifty(attacks: Attacks) -> None:
    verdict, outcome = await build(attacks, "floods_with_errors.c", UNHURRIED)
    assert verdict in {Verdict.CE, Verdict.CTL}, log_of(outcome)[:1000]
    assert len(log_of(outcome)) <= LIMITS.output_bytes


@pytest.mark.parametrize(
    "source",
    [
        "includes_terminal.c",
        "includes_shadow.c",
        "incbins_shadow.c",
        "incbins_environment.c",
        "asks_what_exists.c",
        "loads_a_plugin.c",
    ],
)
async def test_what_is_not_there_cannot_be_compiled_in(attacks: Attacks, source: str) -> None:
    verdict, outcome = await build(attacks, source, UNHURRIED)
    assert verdict is Verdict.CE, log_of(outcome)[:1000]
    assert "root:" not in log_of(outcome)
    assert SECRET not in log_of(outcome)


async def test_the_only_accounts_that_a_compiler_finds_are_made_up(attacks: Attacks) -> None:
    verdict, outcome = await build(attacks, "includes_passwd.c", UNHURRIED)
    assert verdict is Verdict.CE, log_of(outcome)[:1000]
    assert "root:x:0:0::/:/bin/false" in log_of(outcome)
    for line in Path("/etc/passwd").read_text().splitlines():
        assert line not in log_of(outcome)


async def test_a_compiler_has_no_input_and_no_environment_to_include(attacks: Attacks) -> None:
    for source in ("includes_standard_input.c", "includes_environment.c"):
        verdict, outcome = await build(attacks, source, UNHURRIED)
        assert verdict is Verdict.CE, log_of(outcome)[:1000]
        assert SECRET not in log_of(outcome)
        assert "HOME" not in log_of(outcome)


async def test_a_log_does_not_tell_where_the_engine_is_installed(attacks: Attacks) -> None:
    verdict, outcome = await build(attacks, "includes_what_proc_tells.c", UNHURRIED)
    assert verdict is Verdict.CE, log_of(outcome)[:1000]
    for path in (REPOSITORY, Path(sys.executable).parent):
        assert Path("/usr") in path.parents or f"{path}/" not in log_of(outcome)
