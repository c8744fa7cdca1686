"""Faster ways to compile, by the real toolchains: whatever way was taken, a program and its verdict are the same."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from executor.engine import Engine, EngineConfig
from executor.model import CaseFinished, Compiled, File, Finished, Job, Submission, TestCase, Verdict
from executor.preparing import recipe_of
from executor.runtime import Runtimes

pytestmark = pytest.mark.skipif(
    Runtimes.load().get("go").missing() is not None, reason="Go is not installed: exec-cli runtimes install go"
)

PANICS = """package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"sort"
	"strings"
)

type shape interface{ area() float64 }
type square struct{ side float64 }

func (s square) area() float64 { return s.side * s.side }

func pick[T any](values []T, at int) T { return values[at] }

func main() {
	_, file, line, _ := runtime.Caller(0)
	words := strings.Fields("c a b")
	sort.Strings(words)
	var s shape = square{3}
	fmt.Println(words, s.area(), file, line, fmt.Errorf("%w", errors.New("wrapped")))
	defer fmt.Fprintln(os.Stderr, "deferred")
	fmt.Println(pick(words, len(words)+1))
}
"""
INTERNAL = 'package main\n\nimport "internal/abi"\n\nfunc main() { _ = abi.FuncPCABI0 }\n'
UNUSED = 'package main\n\nimport "fmt"\n\nfunc main() { x := 1 }\n'
OTHER_PACKAGE = "package other\n\nfunc main() {}\n"
CONSTRAINED = "//go:build windows\n\npackage main\n\nfunc main() {}\n"
CGO = 'package main\n\nimport "C"\n\nfunc main() { }\n'
NO_BODY = "package main\n\nfunc missing()\n\nfunc main() { missing() }\n"


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is prepared once serves every test."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
async def engine(cache: Path) -> AsyncIterator[Engine]:
    """An engine for which Go's assets are prepared, in a store of its own."""
    async with Engine(EngineConfig(slots=1, cache_dir=cache)) as engine:
        recipe = recipe_of(engine.runtimes.get("go").resolve())
        assert recipe is not None
        await engine.prepare(recipe, engine.stores.own)
        yield engine


async def judged(engine: Engine, source: str, *, cold: bool, name: str = "main.go") -> tuple[object, bytes]:
    """What can be seen of a job, and the binary."""
    files = (File(name, f"{source}\n// {os.urandom(8).hex()}\n".encode()),)
    job = Job(
        id="job",
        submission=Submission(files=files, runtime="go"),
        cases=(TestCase(name="only", expected=b"?"),),
        cold=cold,
    )
    seen: list[object] = []
    async for event in engine.judge(job):
        if isinstance(event, Compiled):
            seen += [event.verdict, event.log, event.version]
        elif isinstance(event, CaseFinished):
            outcome = event.outcome
            seen += [event.verdict, event.detail, outcome.exit_code, outcome.signal, outcome.stdout]
            # Where values lie differs from run to run.
            seen.append(re.sub(rb"0xc[0-9a-f]{9}", b"ADDRESS", outcome.stderr))
        elif isinstance(event, Finished):
            seen.append(event.verdict)
    artifacts = sorted(
        (engine.stores.own.directory.parent / "artifacts").glob("*/*"), key=lambda path: path.stat().st_mtime_ns
    )
    return seen, (artifacts[-1] / "0").read_bytes() if artifacts else b""


async def test_a_go_program_that_panics_says_the_same_whichever_way_it_was_compiled(engine: Engine) -> None:
    plain, plain_binary = await judged(engine, PANICS, cold=True)
    fast, fast_binary = await judged(engine, PANICS, cold=False)
    assert fast == plain
    assert isinstance(fast, list)
    assert fast[0] is Verdict.AC
    assert b"/work/main.go" in fast[7]
    assert b"index out of range" in fast[8]
    assert fast_binary != plain_binary, "the other way was not taken"


@pytest.mark.parametrize("source", [INTERNAL, UNUSED, OTHER_PACKAGE, CONSTRAINED, CGO, NO_BODY], ids=range(6))
async def test_what_go_build_refuses_is_refused_with_its_words(engine: Engine, source: str) -> None:
    plain, _ = await judged(engine, source, cold=True)
    fast, _ = await judged(engine, source, cold=False)
    assert fast == plain
    assert isinstance(fast, list)
    assert fast[0] is Verdict.CE


async def test_a_file_for_another_system_is_left_to_go_build(engine: Engine) -> None:
    source = "package main\n\nfunc main() {}\n"
    plain, _ = await judged(engine, source, cold=True, name="main_windows.go")
    fast, _ = await judged(engine, source, cold=False, name="main_windows.go")
    assert fast == plain
