"""`exec-cli run`: from options to a job, and from the job's events to what the user sees."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TextIO

from cli.edge import complain, run_until_stopped
from cli.files import (
    FROM_STDIN,
    find_cases,
    named_sources,
    read_program_input,
    read_source_from_stdin,
    read_sources,
)
from cli.lines import Lines, Progress, redraws
from cli.remote import Place, ServerOptions, on_servers
from cli.report import Report
from cli.text import listed, printable_path
from executor.backend import Backend, Sandbox
from executor.config import lasting_cache
from executor.engine import Engine, EngineConfig
from executor.errors import EnneadError, UsageError
from executor.model import CaseFinished, Checker, CheckerKind, File, Job, Limits, Submission, TestCase
from executor.runtime import Runtime, Runtimes

MOST_JOBS = 256
SINGLE_CASE = "stdin"

OnChange = Callable[[CaseFinished | None], None]
"""Called after each event; with the case when one has finished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """
    What was asked on the command line.

    Args:
        files: sources, or folders of them; the first is the entry unless `entry` names another, or the runtime can
            tell. `-` stands for standard input.
        tests: folder of test cases; None runs once and shows the output.
        stdin: what the program reads in a run without tests; None means what was piped to this command.
        runtime: id; None guesses from the extension of the entry.
        flags: for the compiler.
        args: for the program.
        allowances: whether the language gets what it may have beyond the limits.
        cold: compile and run by nothing prepared beforehand.
        jobs: cases judged at once; None means one for each usable core.
        server: who judges; None: this machine.
    """

    files: tuple[Path, ...]
    tests: Path | None = None
    stdin: Path | None = None
    runtime: str | None = None
    entry: str | None = None
    flags: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    allowances: bool = False
    checker: Checker = field(default_factory=Checker)
    stop_at_first_failure: bool = False
    cold: bool = False
    jobs: int | None = None
    sandbox: Sandbox = field(default_factory=Sandbox)
    json: bool = False
    server: ServerOptions | None = None

    @property
    def source_is_piped(self) -> bool:
        return FROM_STDIN in map(str, self.files)


def run(options: RunOptions) -> int:
    """
    Judge the files as asked and show the result.

    Returns:
        The exit status.

    Raises:
        UsageError: the options contradict each other, or a file cannot be used.
    """
    if options.server is None:
        # A slot that no case will use costs processes and time to start.
        engine = Engine(EngineConfig(slots=1 if options.tests is None else options.jobs, sandbox=options.sandbox))
        runtimes, place = engine.runtimes, _here(engine)
    else:
        runtimes, place = Runtimes.load(cache=lasting_cache(None)), on_servers(options.server)
    job = job_of(options, runtimes)
    limits = runtimes.get(job.submission.runtime).run_limits(job.limits, allowances=job.allowances)
    report = Report(job=job, limits=limits, with_output=options.tests is None)
    if options.json:
        _judge(place, report, lambda _: None)
        print(json.dumps(report.as_json(), indent=2))
    elif options.tests is None:
        _judge(place, report, lambda _: None)
        _show_single(report)
    else:
        _judge_on_screen(place, report)
    if report.failure:
        complain(f"the judge failed: {report.failure}", report.exit_status)
    return report.exit_status


def job_of(options: RunOptions, runtimes: Runtimes) -> Job:
    """
    The job that the options ask for.

    Raises:
        UsageError: they cannot be judged.
    """
    _refuse_contradictions(options)
    files = None if options.source_is_piped else read_sources(options.files)
    runtime = _runtime_of(options, files, runtimes)
    if files is None:
        files = (read_source_from_stdin(runtime.source),)
    entry = _entry(options, files)
    if entry is None and options.files[0].is_dir():
        files = _entry_first(files, runtime)
    return Job(
        id="run",
        submission=Submission(files=files, runtime=runtime.id, entry=entry, flags=options.flags, args=options.args),
        cases=_cases(options),
        limits=options.limits,
        allowances=options.allowances,
        checker=options.checker,
        stop_at_first_failure=options.stop_at_first_failure,
        cold=options.cold,
    )


def _refuse_contradictions(options: RunOptions) -> None:
    if options.tests is not None and options.stdin is not None:
        raise UsageError("--tests and --stdin exclude each other: every test case has its own input")
    if options.jobs is not None and not 1 <= options.jobs <= MOST_JOBS:
        raise UsageError(f"--jobs {options.jobs} is not a number from 1 to {MOST_JOBS}")
    if options.server is not None:
        options.server.check()
        if options.jobs is not None:
            raise UsageError("--jobs and --server exclude each other: a server has its own number of slots")
    if options.source_is_piped:
        if len(options.files) > 1:
            raise UsageError("'-' stands for the only source; it cannot be given together with other files")
        if options.runtime is None:
            raise UsageError("'-' has no extension to guess the language from; say it with --runtime ID")
        if str(options.stdin) == FROM_STDIN:
            raise UsageError("the source and the program's input cannot both come from standard input")


def _runtime_of(options: RunOptions, files: Sequence[File] | None, runtimes: Runtimes) -> Runtime:
    """The runtime that was named, or that the extension of the entry, or of files in a folder, tells; usable."""
    if options.runtime is not None:
        runtime = runtimes.get(options.runtime)
    else:
        assert files, "without a runtime there are files"
        entry = _entry(options, files)
        if entry is None and options.files[0].is_dir():
            runtime = _only_runtime(files, runtimes)
        else:
            runtime = runtimes.for_file(entry or files[0].name)
    if options.server is None and options.sandbox.backend is Backend.NATIVE:  # what an image has, it knows itself
        runtime.resolve()
    return runtime


def _only_runtime(files: Sequence[File], runtimes: Runtimes) -> Runtime:
    """The runtime that claims the extensions of a folder's files, whatever else lies there."""
    claimed: dict[str, Runtime] = {}
    for file in files:
        with contextlib.suppress(UsageError):
            claimed.setdefault((runtime := runtimes.for_file(file.name)).id, runtime)
    if len(claimed) == 1:
        return next(iter(claimed.values()))
    found = f"files of several languages: {listed(sorted(claimed))}" if claimed else "no file of a known language"
    raise UsageError(f"the folder holds {found}; say which with --runtime ID")


def _entry_first(files: tuple[File, ...], runtime: Runtime) -> tuple[File, ...]:
    """A folder's files in the order in which they may be the entry, where the runtime cannot tell by itself."""
    ordered = sorted(files, key=lambda file: (file.name != runtime.source, not file.name.endswith(runtime.extensions)))
    sources = [file.name for file in ordered if file.name.endswith(runtime.extensions)]
    takes_all = any({"{sources}", "{others}"} & set(argv) for argv in (*runtime.compile, runtime.run))
    tells = takes_all or runtime.report is not None or runtime.entry.main
    if len(sources) > 1 and sources[0] != runtime.source and not tells:
        raise UsageError(
            f"which of the {len(sources)} sources is the program? Say it with --entry NAME, or call it {runtime.source}"
        )
    return tuple(ordered)


def _entry(options: RunOptions, files: Sequence[File]) -> str | None:
    """The name of the entry in the submission; it may be given as on the command line."""
    if options.entry is None:
        return None
    names = [file.name for file in files]
    wanted = str(PurePosixPath(options.entry))
    if wanted in names:
        return wanted
    for path, name in () if options.source_is_piped else named_sources(options.files):
        if path == Path(options.entry):
            return name
    known = listed(map(printable_path, names))
    raise UsageError(f"--entry {printable_path(options.entry)} is none of the files; they are {known}")


def _cases(options: RunOptions) -> tuple[TestCase, ...]:
    if options.tests is not None:
        return find_cases(options.tests, need_expected=options.checker.kind is not CheckerKind.EXIT)
    stdin = b"" if options.source_is_piped and options.stdin is None else read_program_input(options.stdin)
    return (TestCase(name=SINGLE_CASE, stdin=stdin),)


def _judge(place: AbstractAsyncContextManager[Place], report: Report, changed: OnChange) -> None:
    """Judge the report's job to its end; a failure of the judge goes into the report."""
    began = time.monotonic_ns()
    try:
        run_until_stopped(_collect(place, report, changed))
    except UsageError:
        raise
    except EnneadError as error:
        report.failure = str(error) or type(error).__name__
    report.elapsed_ns = time.monotonic_ns() - began


async def _collect(place: AbstractAsyncContextManager[Place], report: Report, changed: OnChange) -> None:
    async with place as opened:
        report.losses = opened.losses
        report.returned_bytes = opened.returned_bytes
        async with opened.judge(report.job) as events:
            async for event in events:
                report.add(event)
                changed(event if isinstance(event, CaseFinished) else None)


@asynccontextmanager
async def _here(engine: Engine) -> AsyncIterator[Place]:
    async with engine:
        yield Place(judge=lambda job: aclosing(engine.judge(job)), losses=engine.boxes_losses)


def _judge_on_screen(place: AbstractAsyncContextManager[Place], report: Report) -> None:
    with _progress(report) as shown:
        _judge(place, report, shown.update)

    from cli.show import console, show_result

    show_result(report, console(sys.stdout))


def _progress(report: Report) -> Progress:
    """A table on a terminal that can redraw it, lines anywhere else, so that a log stays a log."""
    if not redraws(sys.stdout):
        return Lines(report, sys.stdout)

    from cli.show import LiveTable, console

    return LiveTable(report, console(sys.stdout))


def _show_single(report: Report) -> None:
    """The program's output as it wrote it, then one line about the run on standard error."""
    from cli.show import console, show_compile_log, show_losses, status_line

    if case := report.cases.get(0):
        _write_raw(sys.stdout, case.outcome.stdout)
        _write_raw(sys.stderr, case.outcome.stderr)
        _end_line(case.outcome.stdout, case.outcome.stderr)
        if report.is_cut(case):
            print(f"exec-cli: the server sent the first {report.returned_bytes} bytes of the output", file=sys.stderr)
    out = console(sys.stderr)
    show_compile_log(report, out)
    show_losses(report, out)
    if not report.failure:
        out.print(status_line(report), soft_wrap=True)


def _write_raw(stream: TextIO, data: bytes) -> None:
    stream.buffer.write(data)
    stream.flush()


def _end_line(stdout: bytes, stderr: bytes) -> None:
    """On a terminal the line about the run begins a line of its own, whatever the program wrote last."""
    if sys.stdout.isatty() and sys.stderr.isatty() and not (stderr or stdout or b"\n").endswith(b"\n"):
        print(file=sys.stderr)
