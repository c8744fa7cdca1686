"""What is settled of a job before it begins."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from executor.errors import UsageError
from executor.model import MIB, SECOND, File, Job, Limits, Submission, TestCase
from executor.plan import plan
from executor.runtime import Runtime
from executor.runtime_file import load_runtime
from tests.unit.fake_box import TOY

FULL = TOY.replace('"-o"', '"{flags}", "-o"').replace('["{binary}"]', '["{binary}", "{args}"]')


def runtime_in(tmp_path: Path, text: str) -> Runtime:
    path = tmp_path / "toy.toml"
    path.write_text(text)
    return load_runtime(path)


def job(**changes: object) -> Job:
    submission = replace(Submission(files=(File("main.toy", b""),), runtime="toy"), **changes)  # type: ignore[arg-type]  # mypy cannot follow keywords into replace
    return Job(id="job", submission=submission, cases=(TestCase(name="1"),))


def test_flags_and_arguments_stand_where_the_runtime_wants_them(tmp_path: Path) -> None:
    planned = plan(job(flags=("-x", "a b"), args=("one", "")), runtime_in(tmp_path, FULL))
    (step,) = planned.runtime.compile_commands(planned.layout, Limits())
    assert step.argv == ("sh", "/work/main.toy", "-x", "a b", "-o", "/work/main")
    assert planned.runtime.run_command(planned.layout, Limits()).argv == ("/artifact/main", "one", "")


def test_a_runtime_that_takes_no_flags_or_arguments_refuses_them(tmp_path: Path) -> None:
    runtime = runtime_in(tmp_path, TOY)
    with pytest.raises(UsageError, match="the runtime toy takes no flags"):
        plan(job(flags=("-x",)), runtime)
    with pytest.raises(UsageError, match="the runtime toy gives its programs no arguments"):
        plan(job(args=("x",)), runtime)


def test_a_case_is_held_to_what_was_asked_for_unless_allowances_are_wanted(tmp_path: Path) -> None:
    runtime = runtime_in(tmp_path, TOY + "[limits]\ncpu_factor = 2.0\nmemory_extra_mib = 64\nprocesses = 80")
    limits = Limits(cpu_ns=SECOND, memory_bytes=64 * MIB)
    case = TestCase(name="1", limits=limits)
    strict = plan(job(), runtime).run_limits(case)
    assert strict == replace(limits, processes=80)
    generous = plan(replace(job(), allowances=True), runtime).run_limits(case)
    assert (generous.cpu_ns, generous.memory_bytes) == (2 * SECOND, 128 * MIB)


def test_more_sources_than_fit_a_command_line_are_refused(tmp_path: Path) -> None:
    files = tuple(File(f"{number:05}{'x' * 20}.toy", b"") for number in range(5_000))
    with pytest.raises(UsageError, match="too long for one command line"):
        plan(job(files=files), runtime_in(tmp_path, TOY))
