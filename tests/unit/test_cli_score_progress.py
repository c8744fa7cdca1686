"""A scoring run while it lasts: how far it is, how fast, how much longer, and what came out so far."""

from __future__ import annotations

import io
import time

import pytest

from cli import score_progress
from cli.score_progress import Lines, State, shown
from executor.model import Verdict
from scorer.model import Judgement


def judgement(verdict: Verdict) -> Judgement:
    return Judgement(
        problem="p", sample=0, digest="", verdict=verdict, passed=0, total=1, compiled=True, method="as given"
    )


def test_a_log_gets_a_line_at_the_end_and_no_line_for_each_sample() -> None:
    file = io.StringIO()
    with shown(200, 100, {Verdict.AC: 100}, file) as progress:
        assert isinstance(progress, Lines)
        for number in range(100):
            progress.add(judgement(Verdict.WA if number % 2 else Verdict.AC))
    (line,) = file.getvalue().splitlines()
    assert line.startswith("200/200  100 %")
    assert line.endswith("AC 150  WA 50")


def test_the_rate_is_that_of_this_session_and_says_how_much_longer_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    state = State(10_000, 4000, {})
    assert (state.rate, state.left) == (0.0, "")
    for _ in range(50):
        state.add(judgement(Verdict.AC))
        clock[0] += 0.1
        state.mark()
    assert state.rate == pytest.approx(10)
    assert state.left == "0:09:55 left"
    assert state.line() == "4050/10000  40 %  10.0/s  0:09:55 left  AC 50"


def test_the_rate_forgets_what_is_long_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    state = State(10_000, 0, {})
    for pace in (1.0, 0.1):
        for _ in range(600):
            state.add(judgement(Verdict.AC))
            clock[0] += pace
            state.mark()
    assert state.rate == pytest.approx(10)
    assert len(state._marks) < 1000


def test_a_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(score_progress, "_DRAW_S", 0.0)
    file = Terminal()
    with shown(2, 0, {}, file) as progress:
        progress.add(judgement(Verdict.AC))
        progress.add(judgement(Verdict.TLE))
    assert "2/2" in file.getvalue()
    assert "AC 1  TLE 1" in file.getvalue()
    assert "100%" in file.getvalue()
