"""Standard input, output and error: what goes in arrives, what comes out is kept, and nobody waits for anybody."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from executor.errors import BoxFailure
from executor.model import MIB, SECOND, Excess
from executor.sandbox.box import Box
from tests.conformance.support import LIMITS, Probe, assert_over, assert_usable, brief, python, shell, stdout_of

EVERY_BYTE = bytes(range(256)) * 5
BIG = bytes(range(251)) * (20 * MIB // 251)

HASH = """
    import hashlib, sys
    print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())
    """


async def test_input_from_bytes(box: Box) -> None:
    """Bytes are read as they are: NUL, line ends and what is no text."""
    command = python("import sys; sys.stdout.buffer.write(sys.stdin.buffer.read())", stdin=EVERY_BYTE)
    assert stdout_of(await box.run(command, LIMITS)) == EVERY_BYTE


async def test_input_from_a_file(box: Box, tmp_path: Path) -> None:
    """A path stands for what is in that file."""
    source = tmp_path / "input"
    source.write_bytes(EVERY_BYTE)
    command = python("import sys; sys.stdout.buffer.write(sys.stdin.buffer.read())", stdin=source)
    assert stdout_of(await box.run(command, LIMITS)) == EVERY_BYTE


@pytest.mark.parametrize("from_file", [False, True], ids=["bytes", "file"])
async def test_empty_input(box: Box, tmp_path: Path, from_file: bool) -> None:
    """Without input a program reads the end of the file at once."""
    source = tmp_path / "input"
    source.touch()
    command = python("import sys; print(sys.stdin.buffer.read())", stdin=source if from_file else b"")
    assert stdout_of(await box.run(command, LIMITS)) == b"b''\n"


@pytest.mark.parametrize("from_file", [False, True], ids=["bytes", "file"])
async def test_twenty_megabytes_of_input(box: Box, tmp_path: Path, from_file: bool) -> None:
    """An input of 20 MB arrives whole, and is not charged to the program."""
    source = tmp_path / "input"
    source.write_bytes(BIG)
    outcome = await box.run(python(HASH, stdin=source if from_file else BIG), replace(LIMITS, memory_bytes=128 * MIB))
    assert stdout_of(outcome).decode().strip() == hashlib.sha256(BIG).hexdigest()


async def test_input_that_nobody_reads(box: Box, probe: Probe) -> None:
    """A program may end without reading its input, however long that is."""
    assert stdout_of(await box.run(probe("nothing", stdin=BIG), LIMITS)) == b""
    await assert_usable(box)


async def test_each_run_reads_its_own_input(box: Box) -> None:
    """What one run did not read is not there for the next."""
    command = python("import sys; print(sys.stdin.readline())", stdin=b"first\n" * 1000)
    assert stdout_of(await box.run(command, LIMITS)) == b"first\n\n"
    command = python("import sys; print(sys.stdin.read())", stdin=b"second")
    assert stdout_of(await box.run(command, LIMITS)) == b"second\n"


async def test_the_judges_input_file_is_safe(box: Box, tmp_path: Path) -> None:
    """Whatever a program does to its standard input, the judge's file stays as it was."""
    source = tmp_path / "input"
    source.write_bytes(EVERY_BYTE)
    code = """
        import os
        for attempt in (
            lambda: os.write(0, b"mine"),
            lambda: os.ftruncate(0, 0),
            lambda: os.truncate("/dev/stdin", 0),
            lambda: os.fchmod(0, 0o777),
            lambda: os.write(os.open("/dev/stdin", os.O_WRONLY), b"mine"),
            lambda: os.write(os.open("/proc/self/fd/0", os.O_RDWR), b"mine"),
        ):
            try:
                attempt()
            except OSError:
                pass
        """
    mode = source.stat().st_mode
    stdout_of(await box.run(python(code, stdin=source), LIMITS))
    assert source.read_bytes() == EVERY_BYTE
    assert source.stat().st_mode == mode


@pytest.mark.parametrize("name", ["missing", "."], ids=["missing", "folder"])
async def test_an_input_file_that_cannot_be_read(box: Box, tmp_path: Path, name: str) -> None:
    """An input that is not there, or no file, is the judge's failure: an exception, and the box still works."""
    with pytest.raises((OSError, BoxFailure)):
        await box.run(python("print('never')", stdin=tmp_path / name), LIMITS)
    await assert_usable(box)


async def test_output_and_error_are_kept_apart(box: Box) -> None:
    """Standard output and standard error arrive apart, byte for byte."""
    code = """
        import sys
        sys.stdout.buffer.write(bytes(range(256)))
        sys.stderr.buffer.write(bytes(range(255, -1, -1)))
        """
    outcome = await box.run(python(code), LIMITS)
    assert stdout_of(outcome) == bytes(range(256))
    assert outcome.stderr == bytes(range(255, -1, -1))
    assert outcome.usage.output_bytes == 512


async def test_output_is_drained_while_the_program_runs(box: Box) -> None:
    """Ten megabytes, in turns on both streams, arrive whole: no pipe fills up and stops the program."""
    code = """
        import os
        for turn in range(80):
            for fd in (1, 2):
                block = bytes([turn]) * 65536
                while block:
                    block = block[os.write(fd, block):]
        """
    outcome = await box.run(python(code), LIMITS)
    expected = b"".join(bytes([turn]) * 65536 for turn in range(80))
    assert stdout_of(outcome) == expected
    assert outcome.stderr == expected


async def test_output_is_kept_when_the_program_is_killed(box: Box, probe: Probe) -> None:
    """What was written before the end is there, also when the end was a limit."""
    outcome = await box.run(shell("echo before; exec sleep 60"), replace(LIMITS, wall_ns=SECOND // 2))
    assert_over(outcome, Excess.WALL)
    assert outcome.stdout == b"before\n"


async def test_output_of_children_arrives(box: Box) -> None:
    """A child writes to the same output as the main process."""
    code = """
        import os
        if os.fork() == 0:
            os.write(1, b"child ")
            os._exit(0)
        os.wait()
        os.write(1, b"parent")
        """
    assert stdout_of(await box.run(python(code), LIMITS)) == b"child parent"


async def test_a_program_may_close_its_streams(box: Box) -> None:
    """A program that closes everything it has still ends as it says."""
    outcome = await box.run(python("import os; os.closerange(0, 16); os._exit(7)"), LIMITS)
    assert outcome.exit_code == 7, brief(outcome)


@pytest.mark.parametrize("size", [1, 4096, 65_536, 100_000, 3 * MIB])
async def test_output_exactly_at_the_limit(box: Box, probe: Probe, size: int) -> None:
    """As many bytes as allowed are not too many."""
    outcome = await box.run(probe("print", size, 1), replace(LIMITS, output_bytes=size))
    assert stdout_of(outcome) == b"x" * size
    assert outcome.usage.output_bytes == size


@pytest.mark.parametrize("size", [1, 4096, 65_536, 100_000, 3 * MIB])
async def test_one_byte_over_the_output_limit(box: Box, probe: Probe, size: int) -> None:
    """One byte more is over the limit, even when the program has ended; what is kept ends at the limit."""
    outcome = await box.run(probe("print", size + 1, 1), replace(LIMITS, output_bytes=size))
    assert_over(outcome, Excess.OUTPUT)
    assert outcome.stdout == b"x" * size


async def test_both_streams_share_the_output_limit(box: Box) -> None:
    """The limit is that of standard output and standard error together."""
    limits = replace(LIMITS, output_bytes=1000)
    assert stdout_of(await box.run(shell("printf %500d 1; printf %500d 1 >&2"), limits)) == b"%500d" % 1
    outcome = await box.run(shell("printf %500d 1; printf %501d 1 >&2"), limits)
    assert_over(outcome, Excess.OUTPUT)
    assert len(outcome.stdout) + len(outcome.stderr) == 1000


async def test_an_endless_flood_is_cut_off_at_once(box: Box, probe: Probe) -> None:
    """A flood is killed when it reaches the limit, long before the time is over."""
    outcome = await box.run(probe("print", 1 << 40, 1), replace(LIMITS, output_bytes=MIB))
    assert_over(outcome, Excess.OUTPUT)
    assert len(outcome.stdout) == MIB
    assert outcome.usage.output_bytes > MIB
    assert outcome.usage.wall_ns < 10 * SECOND
    await assert_usable(box)
