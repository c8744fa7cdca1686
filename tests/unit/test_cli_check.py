"""How the self-tests of the languages are shown."""

from __future__ import annotations

import pytest

from cli.check import Checked, _show, check
from executor.backend import Sandbox
from executor.errors import UsageError
from executor.model import MS
from executor.runtime import Runtimes


def test_a_failed_check_names_its_problems() -> None:
    checked = Checked(Runtimes.load().get("python"), ("its hello program is CE instead of AC",), 5 * MS)
    assert checked.as_json() == {
        "id": "python",
        "passed": False,
        "problems": ["its hello program is CE instead of AC"],
        "elapsed_ms": 5.0,
    }


def test_the_summary_names_what_failed_and_what_was_not_checked(capsys: pytest.CaptureFixture[str]) -> None:
    runtimes = Runtimes.load()
    _show([Checked(runtimes.get("c"), (), MS), Checked(runtimes.get("cpp"), ("it is CE",), MS)], ["python"])
    written = capsys.readouterr().out
    assert "1 language works, 1 failed: cpp" in written
    assert "not installed, and not checked: python" in written


def test_every_language_and_some_languages_exclude_each_other() -> None:
    with pytest.raises(UsageError, match="--all already stands for every language"):
        check(["c"], every=True, sandbox=Sandbox(), as_json=False)
