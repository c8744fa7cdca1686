"""A program that is run once, in a real box: its files in, its output and its files out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from executor.engine import Engine, EngineConfig
from executor.errors import UsageError
from executor.model import MIB, SECOND, File, Limits, Submission, Trial, TrialResult, Verdict


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    async with Engine(EngineConfig(slots=1, cache_dir=tmp_path)) as engine:
        yield engine


def trial(code: str, runtime: str = "python", **fields: object) -> Trial:
    name = {"python": "main.py", "c": "main.c"}[runtime]
    submission = Submission(files=(File(name, code.encode()),), runtime=runtime)
    limits = Limits(cpu_ns=2 * SECOND, memory_bytes=256 * MIB)
    return Trial(id="t", submission=submission, limits=limits, **fields)  # type: ignore[arg-type]  # fields of Trial


def contents(result: TrialResult) -> dict[str, object]:
    return {file.name: file.content for file in result.files}


async def test_a_program_finds_its_files_and_leaves_others(engine: Engine) -> None:
    code = """
import os, sys
text = open("data/in.txt").read() + sys.stdin.read()
os.makedirs("out/deep")
open("out/deep/result.txt", "w").write(text.upper())
open("out/other.bin", "wb").write(b"x")
print("done")
"""
    files = (File("data/in.txt", b"one "),)
    result = await engine.run(trial(code, stdin=b"two", work_files=files, wanted_files=("out/*.txt",)))
    assert (result.verdict, result.detail) == (Verdict.AC, "")
    assert result.outcome is not None
    assert result.outcome.stdout == b"done\n"
    assert contents(result) == {"out/deep/result.txt": b"ONE TWO"}


async def test_the_next_trial_finds_nothing_of_the_last(engine: Engine) -> None:
    assert (await engine.run(trial("open('left', 'w').write('x')", wanted_files=("*",)))).files
    result = await engine.run(trial("import os; print(os.listdir('.'))"))
    assert result.outcome is not None
    assert result.outcome.stdout == b"[]\n"


async def test_links_and_devices_are_not_sent_out(engine: Engine) -> None:
    code = "import os; os.symlink('/etc/passwd', 'a'); os.mkfifo('b'); open('c', 'w').close(); os.link('c', 'd')"
    result = await engine.run(trial(code, wanted_files=("*",)))
    assert result.verdict is Verdict.AC
    assert result.files == ()


async def test_files_that_are_too_much_are_left_out_and_said(engine: Engine) -> None:
    result = await engine.run(trial("open('x', 'w').write('x' * 1001)", wanted_files=("x",), wanted_bytes=1000))
    assert (result.verdict, result.files) == (Verdict.AC, ())
    assert result.detail.startswith("the wanted files are too much")


async def test_a_program_that_fails_says_how_and_still_leaves_its_files(engine: Engine) -> None:
    result = await engine.run(trial("open('x', 'w').write('1'); exit(3)", wanted_files=("x",)))
    assert (result.verdict, result.detail) == (Verdict.RTE, "exit status 3")
    assert contents(result) == {"x": b"1"}


async def test_what_does_not_compile_is_not_run(engine: Engine) -> None:
    result = await engine.run(trial("int main(void) { return x; }", "c"))
    assert (result.verdict, result.outcome) == (Verdict.CE, None)
    assert "undeclared" in result.compiled.log


async def test_limits_hold_as_in_a_job(engine: Engine) -> None:
    result = await engine.run(trial("while True: pass"))
    assert result.verdict is Verdict.TLE


@pytest.mark.parametrize("name", ["/etc/x", "../x", "a//b", ""])
async def test_a_file_with_a_name_that_leads_out_is_refused(engine: Engine, name: str) -> None:
    with pytest.raises(UsageError, match="is not a relative path"):
        await engine.run(trial("pass", work_files=(File(name, b""),)))
