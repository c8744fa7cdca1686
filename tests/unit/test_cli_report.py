"""What `--json` prints of a job, and the exit status."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from cli.report import Report
from executor.model import (
    MS,
    SECOND,
    CaseFinished,
    Compiled,
    File,
    Finished,
    Job,
    Limits,
    Meter,
    Outcome,
    Submission,
    TestCase,
    TestResults,
    Usage,
    Verdict,
)


def report(**changes: object) -> Report:
    job = Job(
        id="j",
        submission=Submission(files=(File("a.cpp", b""),), runtime="cpp"),
        cases=(TestCase(name="one"), TestCase(name="two")),
        limits=Limits(cpu_ns=SECOND, memory_bytes=1 << 20),
    )
    return Report(job=job, **changes)  # type: ignore[arg-type]  # the test names fields of Report


def case(index: int, verdict: Verdict, **outcome: object) -> CaseFinished:
    made = Outcome(**outcome)  # type: ignore[arg-type]  # the test names fields of Outcome
    detail = "killed by SIGSEGV" if made.signal else ""
    return CaseFinished(job_id="j", index=index, name=f"case {index}", verdict=verdict, outcome=made, detail=detail)


def finished(verdict: Verdict) -> Finished:
    return Finished(job_id="j", verdict=verdict, passed=0, total=2)


def test_the_object_has_the_promised_keys() -> None:
    done = report(losses=("polled",), elapsed_ns=1_234_567_890)
    usage = Usage(cpu_ns=1_500_000, wall_ns=2 * MS, memory_bytes=4096, meter=Meter.CGROUP_V1)
    done.add(Compiled(job_id="j", verdict=Verdict.AC, cached=True, log="", version="g++ 12", usage=Usage(cpu_ns=MS)))
    done.add(case(1, Verdict.RTE, signal=11, usage=usage))
    done.add(case(0, Verdict.AC, exit_code=0, usage=usage))
    done.add(finished(Verdict.RTE))
    assert json.loads(json.dumps(done.as_json())) == {
        "verdict": "RTE",
        "passed": 1,
        "total": 2,
        "runtime": "cpp",
        "version": "g++ 12",
        "compile": {"verdict": "AC", "cached": True, "cpu_ms": 1.0, "log": ""},
        "cases": [
            {
                "name": "case 0",
                "verdict": "AC",
                "cpu_ms": 1.5,
                "wall_ms": 2.0,
                "memory_bytes": 4096,
                "exit_code": 0,
                "signal": None,
                "detail": "",
            },
            {
                "name": "case 1",
                "verdict": "RTE",
                "cpu_ms": 1.5,
                "wall_ms": 2.0,
                "memory_bytes": 4096,
                "exit_code": None,
                "signal": 11,
                "detail": "killed by SIGSEGV",
            },
        ],
        "limits": {
            "cpu_ms": 1000.0,
            "wall_ms": 12000.0,
            "memory_bytes": 1 << 20,
            "output_bytes": 64 << 20,
            "stack_bytes": 1 << 20,
            "processes": 64,
        },
        "allowances": False,
        "cold": False,
        "checker": "tokens",
        "meter": "cgroup-v1",
        "losses": ["polled"],
        "detail": "",
        "elapsed_ms": 1234.568,
    }


def test_cases_that_were_not_run_are_absent_and_still_counted() -> None:
    stopped = report()
    stopped.add(case(0, Verdict.WA, exit_code=0))
    stopped.add(finished(Verdict.WA))
    assert len(stopped.as_json()["cases"]) == 1
    assert stopped.as_json()["total"] == 2


def test_the_limits_are_those_that_the_cases_are_held_to() -> None:
    allowed = report(limits=Limits(cpu_ns=3 * SECOND, memory_bytes=1 << 30, processes=99))
    assert allowed.as_json()["limits"]["cpu_ms"] == 3000.0
    assert allowed.as_json()["limits"]["processes"] == 99


def test_a_case_of_a_runtime_that_runs_tests_names_all_of_them() -> None:
    tested = report()
    results = TestResults(passed=("a", "b"), failed=("c",), complete=True)
    finished = replace(case(0, Verdict.WA, exit_code=1), tests=results)
    tested.add(finished)
    tested.add(case(1, Verdict.AC, exit_code=0))
    first, second = tested.as_json()["cases"]
    assert json.loads(json.dumps(first["tests"])) == {
        "passed": ["a", "b"], "failed": ["c"], "skipped": [], "complete": True
    }  # fmt: skip  # as it is read
    assert "tests" not in second


def test_a_run_without_tests_carries_what_the_program_wrote() -> None:
    single = report(with_output=True)
    single.add(case(0, Verdict.AC, exit_code=0, stdout=b"h\xc3\xa9\xff", stderr=b"e"))
    assert (single.as_json()["cases"][0]["stdout"], single.as_json()["cases"][0]["stderr"]) == ("hé\ufffd", "e")


def test_names_that_are_not_utf_8_become_text_that_any_reader_of_json_takes() -> None:
    odd = report()
    odd.add(CaseFinished(job_id="j", index=0, name="\udcff", verdict=Verdict.AC, outcome=Outcome(exit_code=0)))
    assert json.dumps(odd.as_json()).encode("ascii")
    assert odd.as_json()["cases"][0]["name"] == r"\udcff"


@pytest.mark.parametrize("verdict, status", [("AC", 0), ("WA", 1), ("CE", 1), ("CTL", 1), ("SV", 1), ("JE", 3)])
def test_the_exit_status_follows_the_verdict(verdict: str, status: int) -> None:
    done = report()
    done.add(finished(Verdict(verdict)))
    assert done.exit_status == status


def test_a_job_that_never_finished_is_a_failure_of_the_judge() -> None:
    failed = report(failure="no box could start")
    assert (failed.verdict, failed.exit_status, failed.as_json()["detail"]) == (Verdict.JE, 3, "no box could start")
