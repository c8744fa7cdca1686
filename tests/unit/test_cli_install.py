"""What `exec-cli runtimes install` is asked for, and what it shows."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from cli.install import NINE, InstallOptions, Result, _show_results, install, parts_of
from cli.installing import Bars, Lines, shown_step
from executor.errors import UsageError
from executor.inventory import Part, Step
from executor.runtime import Runtimes
from executor.tools import ToolFailed
from tests.unit.toolchains import Place

STEP = Step(tool="npm", what=("typescript@5", "x\x1b[2J"), parts=("typescript",), folder=Path("/toolchains/ts"))


@pytest.fixture
def runtimes(tmp_path: Path) -> Runtimes:
    place = Place(tmp_path)
    place.runtime("alpha", "[extras.tests]\napt = ['x']\n[extras.more]\napt = ['y']")
    place.runtime("beta", "[extras.tests]\napt = ['x']")
    place.runtime("gamma", "")
    return place.runtimes()


def asked(runtimes: Runtimes, *ids: str, **options: object) -> list[str]:
    made = InstallOptions(ids=ids, **options)  # type: ignore[arg-type]  # fields by name
    return [part.name for part in parts_of(made, runtimes)]


def test_languages_are_asked_for_by_name_each_once(runtimes: Runtimes) -> None:
    assert asked(runtimes, "beta", "alpha", "beta") == ["beta", "alpha"]
    assert asked(runtimes, every=True) == ["alpha", "beta", "gamma"]


def test_extras_are_for_the_languages_that_have_them(runtimes: Runtimes) -> None:
    assert asked(runtimes, "alpha", "gamma", extras=("tests", "tests")) == ["alpha", "alpha/tests", "gamma"]
    assert asked(runtimes, every=True, extras=("more",)) == ["alpha", "alpha/more", "beta", "gamma"]


def test_extras_without_languages_stand_for_all_that_have_them(runtimes: Runtimes) -> None:
    assert asked(runtimes, extras=("tests",)) == ["alpha", "alpha/tests", "beta", "beta/tests"]


def test_the_nine_are_languages_that_exist() -> None:
    names = asked(Runtimes.load(), nine=True)
    assert names == list(NINE)
    assert len({"c" if name == "cpp" else name for name in names}) == 9


def test_what_make_test_installs_exists() -> None:
    makefile = (Path(__file__).parents[2] / "Makefile").read_text()
    names = makefile.partition("TESTED := ")[2].partition("\n\n")[0].replace("\\", "").split()
    nine, *ids, option, extra = names
    assert (nine, option) == ("--nine", "--extras")
    assert set(ids) < set(asked(Runtimes.load(), *ids, nine=True, extras=(extra,)))


@pytest.mark.parametrize(
    "ids, options, sentence",
    [
        (("alpah",), {}, "there is no runtime 'alpah'; choose alpha"),
        ((), {}, "say which languages: exec-cli runtimes install ID..., --nine or --all"),
        (("alpha",), {"every": True}, "--all already stands for every language"),
        ((), {"every": True, "nine": True}, "--all already stands for every language"),
        ((), {"extras": ("tset",)}, "there are no extras 'tset'; choose more, tests"),
        (("beta",), {"extras": ("more",)}, "there are no extras 'more'; choose tests"),
        (("gamma",), {"extras": ("more",)}, "there are none for these languages"),
    ],
)
def test_what_cannot_be_installed_is_refused(
    runtimes: Runtimes, ids: tuple[str, ...], options: dict[str, object], sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence):
        asked(runtimes, *ids, **options)


def test_a_plan_says_what_would_be_done_and_does_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert install(InstallOptions(ids=("c", "python"), dry_run=True)) == 0
    assert capsys.readouterr().out == "nothing is to be done for c and python\n"


def test_what_is_there_is_available_and_nothing_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    assert install(InstallOptions(ids=("c", "python"), json=True)) == 0
    assert json.loads(capsys.readouterr().out) == {
        "available": True,
        "parts": [
            {"id": "c", "extra": None, "available": True, "detail": ""},
            {"id": "python", "extra": None, "available": True, "detail": ""},
        ],
        "steps": [],
        "prepared": [],
    }


def test_a_step_is_one_line_that_cannot_write_to_the_terminal() -> None:
    assert shown_step(STEP) == r"npm: typescript@5, x\x1b[2J -> /toolchains/ts"
    command = Step(tool="step", what=("cp", "a", "b"), parts=("x",))
    assert shown_step(command) == "step of x: cp a b"


def test_in_a_log_a_step_is_a_line_and_another_one_if_it_took_a_while_or_failed() -> None:
    lines = Lines(io.StringIO())
    lines.begin(STEP)
    lines.advance(0.5, "half")
    lines.end(STEP, None)
    lines.begin(STEP)
    lines._began -= 75
    lines.end(STEP, None)
    lines.begin(STEP)
    lines.end(STEP, ToolFailed("why"))
    written = lines.file.getvalue().splitlines() if isinstance(lines.file, io.StringIO) else []
    shown = shown_step(STEP)
    assert written == [shown, shown, "  done after 75 s", shown, "  failed after 0 s"]


def test_on_a_terminal_a_step_has_a_bar_and_what_its_tool_says() -> None:
    written = io.StringIO()
    out = Console(file=written, force_terminal=True, width=100, color_system=None)
    with Bars(out) as bars:
        bars.begin(STEP)
        bars.advance(0.25, "Unpacking\x1b[2J [red]golang")
        bars._progress.refresh()
        bars.advance(None, "still")
        bars.end(STEP, ToolFailed("why"))
        bars.advance(0.5, "a straggler")
        bars.notice("lists are old\x07")
    text = written.getvalue()
    assert " 25%" in text
    assert r"Unpacking\x1b[2J [red]golang" in text
    assert "\x1b[2J" not in text
    assert r"lists are old\x07" in text
    assert "failed after 0 s" in text


def test_the_results_say_what_is_available_and_why_the_rest_is_not(
    runtimes: Runtimes, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tuple(f"line {n}\x1b" for n in range(40))
    results = [
        Result(Part(runtimes.get("alpha")), None),
        Result(Part(runtimes.get("beta")), "pip could not install x", output),
        Result(Part(runtimes.get("beta"), "tests"), "pip could not install x", output),
    ]
    _show_results(results, anything_done=True)
    text = capsys.readouterr().out
    assert text.count("line 39") == 1, "what failed for several is shown once"
    assert r"line 0\x1b" in text
    assert "available: alpha\n" in text
    assert "not available: beta/tests: pip could not install x\n" in text
    assert text.endswith("1 of 3 parts can be used\n")
