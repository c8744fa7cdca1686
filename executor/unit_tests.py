"""
What test frameworks say of a run: their reports, read into the names of the tests that passed and failed.

The reports were written in the box of a program that may be hostile. Whatever they hold can be read without harm; but
tests and program share a process there, so one that is out to forge its report can. What is certain: a program that
ends early, by accident or with a plain exit(0), has no complete report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from xml.parsers import expat

from executor.expressions import compiled
from executor.model import TestResults

_MOST_NAMES = 20
_LONGEST_NAME = 200


class ReportFormat(StrEnum):
    """How a test framework writes its result."""

    JUNIT = "junit"
    """The XML of JUnit, which most frameworks can write."""
    GO = "go"
    """The text of `go test -v`."""
    RUST = "rust"
    """The text of libtest, Rust's own."""


def read_report(report_format: ReportFormat, data: bytes) -> TestResults:
    """
    What a report says.

    Returns:
        What could be read; not `complete` where the report is cut off, malformed or absent.
    """
    if report_format is ReportFormat.JUNIT:
        return _JUnit().read(data)
    return _read_go(data) if report_format is ReportFormat.GO else _read_rust(data)


def judge_tests(results: TestResults, expected: bytes | None) -> tuple[bool, str]:
    """
    Whether a run of tests is accepted, and in a sentence why not, or how many passed.

    Args:
        expected: names of tests that must have passed, one on each line, others being of no interest; None: no test
            may have failed, and at least one must have passed.
    """
    passed, failed = len(results.passed), len(results.failed)
    if not results.complete:
        before = f", after {_names(results.failed)} had failed" if failed else ""
        return False, f"the tests did not run to their end{before}"
    if expected is not None:
        return _judge_named(results, [line.strip() for line in expected.decode("utf-8", "replace").splitlines()])
    if failed:
        return False, f"{failed} of {_counted(passed + failed)} failed: {_names(results.failed)}"
    skipped = f", {len(results.skipped)} skipped" if results.skipped else ""
    return (True, f"{_counted(passed)} passed{skipped}") if passed else (False, f"no test was run{skipped}")


def _judge_named(results: TestResults, names: Sequence[str]) -> tuple[bool, str]:
    named = [name for name in dict.fromkeys(names) if name]
    passed = set(results.passed)
    missing = [name for name in named if name not in passed]
    if missing:
        return False, f"{len(missing)} of {len(named)} named tests did not pass: {_names(missing)}"
    return True, f"the {_counted(len(named))} named passed"


def _counted(number: int) -> str:
    return f"{number} test{'' if number == 1 else 's'}"


def _names(names: Sequence[str]) -> str:
    """The first names, each cut to a readable length, and how many are left out."""
    shown = [name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}..." for name in names[:_MOST_NAMES]]
    rest = len(names) - len(shown)
    return ", ".join(shown) + (f" and {rest} more" if rest else "")


_RANK = {"passed": 0, "skipped": 1, "failed": 2}


def _results(ends: Sequence[tuple[str, str]], *, complete: bool) -> TestResults:
    """
    Args:
        ends: names, each with the field of TestResults that it belongs to.
        complete: as there.
    """
    worst: dict[str, str] = {}
    for name, end in ends:
        if name not in worst or _RANK[end] > _RANK[worst[name]]:
            worst[name] = end
    fields = {field: tuple(name for name, end in worst.items() if end == field) for field in _RANK}
    return TestResults(**fields, complete=complete)


class _JUnit:
    """
    Reads JUnit's XML as it comes, so that what stands before a cut is not lost.

    A document type is refused: entities could make a small report expand into a huge one.
    """

    def __init__(self) -> None:
        self._ends: list[tuple[str, str]] = []
        self._name = ""
        self._end = ""
        self._claimed = 0

    def read(self, data: bytes) -> TestResults:
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._stop
        try:
            parser.Parse(data, True)
        except (expat.ExpatError, ValueError):
            return _results(self._ends, complete=False)
        return _results(self._ends, complete=len(self._ends) >= self._claimed)

    def _refuse(self, *_: object) -> None:
        raise ValueError("a report has no document type")

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "testcase":
            self._name, self._end = _junit_name(attributes), "passed"
        elif tag in {"failure", "error"}:
            self._end = "failed"
        elif tag == "skipped" and self._end == "passed":
            self._end = "skipped"
        elif tag == "testsuite":
            # The claim of the largest suite: suites may lie in each other.
            self._claimed = max(self._claimed, int(attributes.get("tests", "0") or 0))

    def _stop(self, tag: str) -> None:
        if tag == "testcase":
            self._ends.append((self._name, self._end))
            self._end = ""


def _junit_name(attributes: Mapping[str, str]) -> str:
    """`tests/test_x.py::TestClass::test_name` where the file is told, as pytest writes it, else `Class.name`."""
    name, owner, file = (attributes.get(key, "") for key in ("name", "classname", "file"))
    if file:
        module = file.removesuffix(".py").replace("/", ".")
        inside = owner.removeprefix(module).strip(".")
        return "::".join(part for part in (file, *inside.split("."), name) if part)
    return f"{owner}.{name}" if owner else name


# A program's own line without an end may stand before it: it is the end of the line that tells.
_GO_END = r"--- (PASS|FAIL|SKIP): (\S+) \(\d+\.\d+s\)\r?$"
_GO_BEGIN = r"^=== RUN +(\S+)\r?$"
_RUST_END = r"^test ([^\n]+?)(?: - should panic)? \.\.\. [^\n]*?\b(ok|FAILED|ignored)\b"
_RUST_RUNNING = r"^running (\d{1,9}) tests?\r?$"
_RUST_RESULT = r"test result: (?:ok|FAILED)\. (\d{1,9}) passed; (\d{1,9}) failed; (\d{1,9}) ignored;"
_FIELDS = {b"PASS": "passed", b"FAIL": "failed", b"SKIP": "skipped"}
_RUST_FIELDS = {b"ok": "passed", b"FAILED": "failed", b"ignored": "skipped"}


def _read_go(data: bytes) -> TestResults:
    ends = [(_text(found[2]), _FIELDS[found[1]]) for found in compiled(_GO_END).finditer(data)]
    begun = {_text(found[1]) for found in compiled(_GO_BEGIN).finditer(data)}
    over = data.rstrip().endswith((b"PASS", b"FAIL"))
    return _results(ends, complete=over and begun <= {name for name, _ in ends})


def _read_rust(data: bytes) -> TestResults:
    ends = [(_text(found[1]), _RUST_FIELDS[found[2]]) for found in compiled(_RUST_END).finditer(data)]
    running = [int(found[1]) for found in compiled(_RUST_RUNNING).finditer(data)]
    over = [sum(map(int, found.groups())) for found in compiled(_RUST_RESULT).finditer(data)]
    # One section for each binary that cargo runs.
    return _results(ends, complete=bool(running) and running == over and sum(running) == len(ends))


def _text(name: bytes) -> str:
    return name.decode("utf-8", "replace")
