"""How a submission becomes an artifact, what the log says, and what is asked of a toolchain only once."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from executor.artifacts import Artifact, ArtifactStore
from executor.build import Build, Way, readable_log
from executor.compiler import Compilation, Compiler, total_usage
from executor.errors import BoxFailure
from executor.judge import compile_in
from executor.model import MIB, File, Job, Limits, Meter, Outcome, Submission, Usage, Verdict
from executor.plan import Plan, plan
from executor.runtime import Runtime
from executor.runtime_file import load_runtime
from executor.slots import Seat, Urgency
from tests.unit.fake_box import SCRIPT, TOY, FakeBox, World
from tests.unit.test_scheduler import Opened


def toolchain(tmp_path: Path, text: str = TOY, name: str = "toy") -> Runtime:
    path = tmp_path / f"{name}.toml"
    path.write_text(text)
    return load_runtime(path).resolve()


def submission(program: str, name: str = "main.toy") -> Submission:
    return Submission(files=(File(name, program.encode()),), runtime="toy")


def planned(files: Submission, runtime: Runtime, limits: Limits | None = None, *, cold: bool = False) -> Plan:
    return plan(Job(id="job", submission=files, cases=(), compile_limits=limits, cold=cold), runtime)


def compiler_in(tmp_path: Path, *ways: Way) -> Compiler:
    return Compiler(ArtifactStore(tmp_path / "artifacts", 10 * MIB), tmp_path / "versions", ways)


async def compiled(tmp_path: Path, program: str, limits: Limits | None = None, text: str = TOY) -> Compilation:
    box = await World().open_box(0)
    return await compiler_in(tmp_path).compile(planned(submission(program), toolchain(tmp_path, text), limits), box)


def content_of(compilation: Compilation) -> dict[str, bytes]:
    assert compilation.artifact is not None
    return {
        file.name: file.content if isinstance(file.content, bytes) else file.content.read_bytes()
        for file in compilation.artifact.files
    }


async def test_a_source_becomes_the_files_that_the_runtime_keeps(tmp_path: Path) -> None:
    done = await compiled(tmp_path, "print 1")
    assert (done.verdict, done.cached, done.box_used) == (Verdict.AC, False, True)
    assert (done.log, done.version) == ("a warning\n", "toy 1.0")
    assert (done.usage.cpu_ns, done.usage.wall_ns, done.usage.memory_bytes) == (5, 7, 9)
    assert content_of(done) == {"main": b"print 1"}


async def test_the_same_source_is_compiled_once_and_leaves_the_box_alone(tmp_path: Path) -> None:
    first = await compiled(tmp_path, "print 1")
    again = await compiled(tmp_path, "print 1")
    assert (again.verdict, again.cached, again.box_used) == (Verdict.AC, True, False)
    assert (again.log, again.version, again.usage) == (first.log, first.version, Usage(meter=Meter.POLLING))
    assert content_of(again) == content_of(first)


async def test_a_source_that_does_not_compile_is_ce_with_the_log_every_time(tmp_path: Path) -> None:
    for _ in range(2):
        done = await compiled(tmp_path, "broken")
        assert (done.verdict, done.cached, done.artifact) == (Verdict.CE, False, None)
        assert done.log == "main.toy: it is broken\n"


async def test_a_compiler_over_its_limits_is_ctl_and_the_log_says_so(tmp_path: Path) -> None:
    done = await compiled(tmp_path, "print 1", Limits(cpu_ns=1))
    assert (done.verdict, done.artifact) == (Verdict.CTL, None)
    assert done.log == "a warning\nThe compiler went over its limits: cpu or wall.\n"


async def test_tight_limits_of_one_job_do_not_fail_another(tmp_path: Path) -> None:
    assert (await compiled(tmp_path, "print 1", Limits(cpu_ns=1))).verdict is Verdict.CTL
    assert (await compiled(tmp_path, "print 1")).verdict is Verdict.AC


async def test_a_binary_larger_than_the_file_limit_is_ctl(tmp_path: Path) -> None:
    done = await compiled(tmp_path, "print 1", Limits(file_size_bytes=3))
    assert done.verdict is Verdict.CTL
    assert "too much" in done.log


async def test_a_compiler_that_succeeds_without_a_binary_is_ce(tmp_path: Path) -> None:
    done = await compiled(tmp_path, "print 1", text=f'keep = ["*.exe"]\n{TOY}')
    assert done.verdict is Verdict.CE
    assert "none of the files" in done.log


async def test_the_steps_of_a_compilation_run_in_order_until_one_fails(tmp_path: Path) -> None:
    steps = 'compile = [["sh", "{source}", "-o", "{stem}.1"], ["sh", "/work/{stem}.1", "-o", "{binary}"]]'
    text = re.sub(r"compile =.*", steps, TOY)
    done = await compiled(tmp_path, "print 1", text=text)
    assert content_of(done) == {"main": b"print 1"}
    assert done.usage == Usage(cpu_ns=10, wall_ns=14, memory_bytes=9)
    assert done.log == "a warning\na warning\n"
    failed = await compiled(tmp_path, "broken", text=text)
    assert failed.usage.cpu_ns == 5


async def test_an_interpreted_submission_is_its_own_artifact(tmp_path: Path) -> None:
    world = World()
    box = await world.open_box(0)
    files = (File("main.script", b"print 1"), File("data/x", b"2"))
    runtime = toolchain(tmp_path, SCRIPT, "script")
    done = await compiler_in(tmp_path).compile(planned(Submission(files=files, runtime="script"), runtime), box)
    assert (done.verdict, done.cached, done.box_used, done.log) == (Verdict.AC, False, False, "")
    assert done.artifact is not None
    assert done.artifact.files == files
    assert world.counts["compile"] == 0


async def test_a_toolchain_is_asked_for_its_version_once_and_the_answer_outlives_the_process(tmp_path: Path) -> None:
    world = World()
    runtime = toolchain(tmp_path)
    for compiler in (compiler_in(tmp_path), compiler_in(tmp_path)):
        for program in ("print 1", "print 2"):
            box = await world.open_box(0)
            assert (await compiler.compile(planned(submission(program), runtime), box)).version == "toy 1.0"
    assert world.counts["version"] == 1


async def test_a_toolchain_that_was_replaced_is_asked_again(tmp_path: Path) -> None:
    world = World()
    tool = tmp_path / "toy-cc"
    tool.touch(mode=0o755)
    compiler = compiler_in(tmp_path)
    runtime = replace(toolchain(tmp_path), version=(str(tool), "--version"))
    for content in ("", "newer"):
        tool.write_text(content)
        await compiler.compile(planned(submission("print 1"), runtime), await world.open_box(0))
    assert world.counts["version"] == 2


async def test_nothing_of_the_version_probe_stays_in_the_box(tmp_path: Path) -> None:
    world = World()
    runtime = toolchain(tmp_path)
    await compiler_in(tmp_path).compile(planned(submission("print 1"), runtime), await world.open_box(0))
    assert world.counts["reset"] == 1


async def test_what_is_compiled_is_what_lay_in_the_file_when_it_was_read(tmp_path: Path) -> None:
    source = tmp_path / "main.toy"
    source.write_text("print 1")
    world = World()
    files = (File("main.toy", source),)

    class Meddling(FakeBox):
        async def load(self, files: object, place: object) -> None:
            source.write_text("print 2")
            await super().load(files, place)  # type: ignore[arg-type]  # passed on as they came

    world.open += 1
    box = Meddling(world, 0)
    runtime = toolchain(tmp_path)
    done = await compiler_in(tmp_path).compile(planned(Submission(files=files, runtime="toy"), runtime), box)
    assert content_of(done) == {"main": b"print 1"}


async def test_a_box_that_fails_while_compiling_is_not_the_submission_s_fault(tmp_path: Path) -> None:
    world = World()
    box = await world.open_box(0)
    world.to_fail["load"] = 1
    with pytest.raises(BoxFailure):
        await compiler_in(tmp_path).compile(planned(submission("print 1"), toolchain(tmp_path)), box)


class Shortcut:
    """A way that loads the sources, spends a nanosecond, and leads to what it was told."""

    def __init__(self, artifact: Artifact | None) -> None:
        self.artifact = artifact
        self.attempts = 0

    async def attempt(self, build: Build) -> Artifact | None:
        self.attempts += 1
        await build.load()
        build.spent(Outcome(usage=Usage(cpu_ns=1)))
        return self.artifact


async def test_the_first_way_that_leads_to_an_artifact_is_taken(tmp_path: Path) -> None:
    world = World()
    nowhere, short, never = Shortcut(None), Shortcut(Artifact((File("main", b"made"),))), Shortcut(None)
    compiler = compiler_in(tmp_path, nowhere, short, never)
    done = await compiler.compile(planned(submission("broken"), toolchain(tmp_path)), await world.open_box(0))
    assert (done.verdict, content_of(done), done.box_used) == (Verdict.AC, {"main": b"made"}, True)
    assert (nowhere.attempts, short.attempts, never.attempts, world.counts["compile"]) == (1, 1, 0, 0)
    assert done.usage.cpu_ns == 2


async def test_where_no_way_leads_anywhere_the_plain_one_decides_in_a_clean_box_and_all_is_paid_for(
    tmp_path: Path,
) -> None:
    world = World()
    compiler = compiler_in(tmp_path, Shortcut(None), Shortcut(None))
    done = await compiler.compile(planned(submission("broken"), toolchain(tmp_path)), await world.open_box(0))
    assert (done.verdict, done.log) == (Verdict.CE, "main.toy: it is broken\n")
    assert done.usage.cpu_ns == 1 + 1 + 5
    assert world.counts["reset"] == 1 + 2  # of the version probe, and of each way


async def test_a_cold_job_goes_the_plain_way_and_shares_no_artifact_with_others(tmp_path: Path) -> None:
    world = World()
    way = Shortcut(Artifact((File("main", b"made"),)))
    compiler = compiler_in(tmp_path, way)
    for cold, made in ((False, b"made"), (True, b"print 1")):
        job = planned(submission("print 1"), toolchain(tmp_path), cold=cold)
        done = await compiler.compile(job, await world.open_box(0))
        assert (content_of(done), done.cached) == ({"main": made}, False)
    assert (way.attempts, world.counts["compile"]) == (1, 1)


async def test_a_way_that_breaks_the_box_costs_no_submission_its_verdict(tmp_path: Path) -> None:
    class Breaking:
        async def attempt(self, build: Build) -> Artifact | None:
            raise BoxFailure("the way broke it")

    world = World()
    job = planned(submission("print 1"), toolchain(tmp_path))
    async with Opened(world) as scheduler:
        with Seat(scheduler, await scheduler.lease(Urgency.JOB)) as seat:
            done = await compile_in(seat, job, compiler_in(tmp_path, Breaking()))
    assert (done.verdict, content_of(done)) == (Verdict.AC, {"main": b"print 1"})


def test_a_long_log_is_cut_in_the_middle_and_says_by_how_much() -> None:
    log = readable_log(b"a" * 40_000 + b"b" * 100_000)
    assert log.startswith("a" * 32_768 + "\n[... 74464 bytes cut ...]\n" + "b")
    assert len(log) < 66_000


def test_a_log_is_text_whatever_the_compiler_wrote() -> None:
    assert readable_log(b"\xff\xfe caf\xc3\xa9") == "\ufffd\ufffd caf\u00e9\n"
    assert readable_log(b"no newline", "The end.\n") == "no newline\nThe end.\n"
    assert readable_log(b"", "The end.\n") == "The end.\n"


def test_usages_add_up_where_time_is_spent_and_peak_where_things_are_held() -> None:
    one = Usage(
        cpu_ns=1, wall_ns=2, memory_bytes=3, output_bytes=4, file_bytes=5, processes=None, meter=Meter.CGROUP_V2
    )
    two = Usage(cpu_ns=10, wall_ns=20, memory_bytes=None, output_bytes=40, file_bytes=1, processes=7)
    assert total_usage([one, two]) == Usage(
        cpu_ns=11, wall_ns=22, memory_bytes=3, output_bytes=44, file_bytes=5, processes=7, meter=Meter.CGROUP_V2
    )
