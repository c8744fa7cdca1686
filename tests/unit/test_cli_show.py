"""A job on the terminal."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from cli.lines import Lines
from cli.report import Report
from cli.show import LiveTable, case_table, console, show_result, status_line, summary
from executor.errors import UsageError
from executor.model import (
    MIB,
    MS,
    CaseFinished,
    Checker,
    CheckerKind,
    Compiled,
    File,
    Finished,
    Job,
    Outcome,
    Submission,
    TestCase,
    Usage,
    Verdict,
)

HOSTILE = "\x1b[2J\x1b]0;title\x07[red]x[/red]\u202e\udcff:smile:"
COMPILED = Compiled(job_id="j", verdict=Verdict.AC, cached=False, log="", version="v")
SHOWN = r"\x1b[2J\x1b]0;title\x07[red]x[/red]\u202e\xff:smile:"


def job(*names: str, checker: Checker = Checker(), expected: bytes = b"1\n2\n3\n") -> Job:
    cases = tuple(TestCase(name=name, expected=expected) for name in names)
    return Job(id="j", submission=Submission(files=(File("a.c", b""),), runtime="c"), cases=cases, checker=checker)


def ended(report: Report, index: int, verdict: Verdict, detail: str = "", **outcome: object) -> CaseFinished:
    usage = Usage(cpu_ns=12 * MS, wall_ns=345 * MS, memory_bytes=3 * MIB // 2)
    made = Outcome(usage=usage, **outcome)  # type: ignore[arg-type]  # the test names fields of Outcome
    name = report.job.cases[index].name
    return CaseFinished(job_id="j", index=index, name=name, verdict=verdict, outcome=made, detail=detail)


def finish(report: Report, verdict: Verdict, detail: str = "") -> None:
    report.add(Finished(job_id="j", verdict=verdict, passed=report.passed, total=report.total, detail=detail))


def terminal(width: int = 100, height: int = 50) -> Console:
    return Console(file=io.StringIO(), force_terminal=True, width=width, height=height, markup=False, highlight=False)


def paper(width: int = 100) -> Console:
    return Console(file=io.StringIO(), width=width, markup=False, highlight=False, color_system=None)


def text(out: Console) -> str:
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


def test_the_table_names_case_verdict_times_memory_and_detail() -> None:
    report, out = Report(job=job("first", "second")), paper()
    report.add(ended(report, 0, Verdict.RTE, "killed by SIGSEGV", signal=11))
    out.print(case_table(report))
    lines = [line.split() for line in text(out).splitlines()]
    assert lines[0] == ["case", "verdict", "cpu", "ms", "wall", "ms", "MiB", "detail"]
    assert lines[2] == ["first", "RTE", "12.0", "345", "1.5", "killed", "by", "SIGSEGV"]
    assert lines[3] == ["second"]


def test_hostile_names_details_and_logs_reach_the_terminal_escaped_and_are_not_read_as_markup() -> None:
    report, out = Report(job=job(HOSTILE, "wrong", "crash")), terminal(width=300)
    report.add(Compiled(job_id="j", verdict=Verdict.CE, cached=False, log=HOSTILE, version="v"))
    report.add(ended(report, 0, Verdict.RTE, HOSTILE, exit_code=1, stderr=HOSTILE.encode("utf-8", "surrogateescape")))
    report.add(ended(report, 1, Verdict.WA, stdout=HOSTILE.encode("utf-8", "surrogateescape")))
    report.losses = (HOSTILE,)
    finish(report, Verdict.CE, HOSTILE)
    out.print(case_table(report))
    show_result(report, out)
    written = text(out)
    assert written.count(SHOWN) >= 5
    assert "\x1b[2J" not in written
    assert "\x1b]" not in written
    assert not set("\x07\u202e\udcff") & set(written)


def test_the_diff_shows_the_first_wrong_case_side_by_side() -> None:
    report, out = Report(job=job("ok", "bad", "worse")), paper()
    report.add(ended(report, 2, Verdict.WA, stdout=b""))
    report.add(ended(report, 1, Verdict.WA, stdout=b"1\nx\n3\n"))
    finish(report, Verdict.WA)
    show_result(report, out)
    assert "first wrong case: bad" in text(out)
    assert [line.split() for line in text(out).splitlines() if line.startswith(">")] == [[">", "2", "2", "2", "x"]]


def test_a_missing_line_feed_is_visible_to_the_exact_checker() -> None:
    report, out = Report(job=job("bad", checker=Checker(CheckerKind.EXACT), expected=b"1\n")), paper()
    report.add(ended(report, 0, Verdict.WA, stdout=b"1"))
    finish(report, Verdict.WA)
    show_result(report, out)
    assert [line.split() for line in text(out).splitlines() if line.startswith(">")] == [[">", "1", r"1\n", "1", "1"]]


def test_a_line_of_a_megabyte_does_not_fill_the_screen() -> None:
    report, out = Report(job=job("bad", expected=b"x" * 1_000_000)), paper(80)
    report.add(ended(report, 0, Verdict.WA, stdout=b"y" * 1_000_000, detail="d" * 5000))
    finish(report, Verdict.WA)
    out.print(case_table(report))
    show_result(report, out)
    assert max(map(len, text(out).splitlines())) <= 80
    assert len(text(out).splitlines()) < 30


def test_a_crash_shows_what_the_program_said_about_it() -> None:
    report, out = Report(job=job("bad")), paper()
    report.add(ended(report, 0, Verdict.RTE, exit_code=1, stderr=b"Traceback\nKeyError: 1\n"))
    finish(report, Verdict.RTE)
    show_result(report, out)
    assert "standard error of case bad" in text(out)
    assert "  KeyError: 1" in text(out)


def test_losses_of_the_sandbox_are_one_line() -> None:
    report, out = Report(job=job("a"), losses=("no cgroup", "no peaks")), paper()
    finish(report, Verdict.AC)
    show_result(report, out)
    assert "sandbox: no cgroup; no peaks" in text(out).splitlines()


def test_the_summary_counts_the_accepted_cases() -> None:
    report = Report(job=job("a", "b"))
    report.add(ended(report, 0, Verdict.AC))
    report.add(ended(report, 1, Verdict.TLE))
    finish(report, Verdict.TLE)
    assert summary(report).plain == "TLE 1/2"


def test_the_summary_says_why_the_judge_failed() -> None:
    report = Report(job=job("a"), failure="the box could not start")
    assert summary(report).plain == "JE 0/1  the box could not start"


def test_a_single_run_ends_with_one_line_about_it() -> None:
    report = Report(job=job("stdin"))
    report.add(ended(report, 0, Verdict.RTE, "exit status 3", exit_code=3))
    finish(report, Verdict.RTE)
    assert status_line(report).plain == "RTE  cpu 12.0 ms  wall 345 ms  memory 1.5 MiB  exit status 3"


def test_nothing_is_drawn_of_cases_that_no_compiler_let_run() -> None:
    report, out = Report(job=job("a")), terminal()
    with LiveTable(report, out):
        report.add(Compiled(job_id="j", verdict=Verdict.CE, cached=False, log="no", version="v"))
        finish(report, Verdict.CE)
    assert "verdict" not in text(out)


def test_without_a_terminal_each_case_is_a_line_as_it_finishes() -> None:
    report, out = Report(job=job("a", "long-name")), paper()
    assert isinstance(out.file, io.StringIO)
    shown = Lines(report, out.file)
    for case in (ended(report, 1, Verdict.AC), ended(report, 0, Verdict.TLE)):
        report.add(case)
        shown.update(case)
    assert text(out).splitlines() == [
        "AC  long-name  cpu    12.0 ms  wall     345 ms  memory    1.5 MiB",
        "TLE a          cpu    12.0 ms  wall     345 ms  memory    1.5 MiB",
    ]


def test_on_a_terminal_the_final_table_holds_every_case() -> None:
    report, out = Report(job=job(*map(str, range(20))), compiled=COMPILED), terminal()
    with LiveTable(report, out) as shown:
        for index in range(20):
            report.add(ended(report, index, Verdict.AC))
            shown.update(report.cases[index])
    final = text(out).rsplit("case", maxsplit=1)[1]
    assert final.count("AC") == 20


def test_what_is_refused_before_it_began_leaves_no_trace_on_the_terminal() -> None:
    report, out = Report(job=job("a")), terminal()
    with pytest.raises(UsageError), LiveTable(report, out):
        raise UsageError("no")
    assert text(out).endswith("\x1b[1A\x1b[2K"), "the line about preparing is erased"


@pytest.mark.parametrize("cases, height", [(200, 50), (20, 12)])
def test_too_many_cases_for_the_screen_are_a_bar_and_the_failed_ones(cases: int, height: int) -> None:
    report, out = Report(job=job(*(f"case-{n}" for n in range(cases))), compiled=COMPILED), terminal(height=height)
    with LiveTable(report, out) as shown:
        for index in range(cases):
            report.add(ended(report, index, Verdict.WA if index == 7 else Verdict.AC))
            shown.update(report.cases[index])
    final = text(out).rsplit(f"{cases}/{cases}", maxsplit=1)[1]
    assert f"AC {cases - 1}" in final
    assert "case-7" in final
    assert "case-8" not in final


def test_a_thousand_failed_cases_are_cut_and_counted() -> None:
    report, out = Report(job=job(*map(str, range(1000)))), paper()
    for index in range(1000):
        report.add(ended(report, index, Verdict.WA))
    out.print(case_table(report, failed_only=True))
    assert "... 970 more failed cases" in text(out)


def test_a_console_never_reads_markup(tmp_path: Path) -> None:
    with (tmp_path / "out").open("w+") as file:
        console(file).print("[red]x[/red] :smile:")
        file.seek(0)
        assert file.read() == "[red]x[/red] :smile:\n"
