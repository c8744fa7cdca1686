"""Faster ways to compile, by the real toolchains: whatever way was taken, a program and its verdict are the same."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

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
TESTIFY = Path("/usr/share/gocode/src/github.com/stretchr/testify")
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


async def judged(
    engine: Engine, source: str, *others: File, cold: bool, name: str = "main.go"
) -> tuple[list[Any], bytes]:
    """What can be seen of a job, and the binary."""
    files = (File(name, f"{source}\n// {os.urandom(8).hex()}\n".encode()), *others)
    job = Job(
        id="job",
        submission=Submission(files=files, runtime="go"),
        cases=(TestCase(name="only", expected=b"?"),),
        cold=cold,
    )
    seen: list[Any] = []
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


def is_of_go_build(binary: bytes) -> bool:
    """Whether a binary says how it was built, as `go build` has it do."""
    return b"build\t-compiler=gc" in binary


async def test_a_go_program_that_panics_says_the_same_whichever_way_it_was_compiled(engine: Engine) -> None:
    plain, plain_binary = await judged(engine, PANICS, cold=True)
    fast, fast_binary = await judged(engine, PANICS, cold=False)
    assert fast == plain
    assert fast[0] is Verdict.AC
    assert b"/work/main.go" in fast[7]
    assert b"index out of range" in fast[8]
    assert is_of_go_build(plain_binary)
    assert not is_of_go_build(fast_binary), "the other way was not taken"


async def test_the_files_of_a_package_are_compiled_in_the_order_of_their_names(engine: Engine) -> None:
    main = 'package main\n\nvar b = say("z")\n\nfunc init() { println("init z") }\n\nfunc main() { panic(b) }\n'
    other = b'package main\n\nvar a = say("a")\n\nfunc init() { println("init a") }\n\n'
    other += b"func say(word string) string { println(word); return word }\n"
    plain, plain_binary = await judged(engine, main, File("a.go", other), cold=True, name="z.go")
    fast, fast_binary = await judged(engine, main, File("a.go", other), cold=False, name="z.go")
    assert fast == plain
    assert b"a\nz\ninit a\ninit z\n" in bytes(str(fast[8]), "ascii").replace(b"\\n", b"\n")
    assert is_of_go_build(plain_binary)
    assert not is_of_go_build(fast_binary), "the other way was not taken"


async def test_what_extras_bring_is_linked_fast_too(engine: Engine) -> None:
    if not (engine.runtimes.get("go").folder / "cache").is_dir() or not TESTIFY.is_dir():
        pytest.skip("testify is not installed: exec-cli runtimes install go --extras humaneval-x")
    source = (
        'package main\n\nimport (\n\t"fmt"\n\n\t"github.com/stretchr/testify/assert"\n)\n\n'
        "func main() { fmt.Println(assert.ObjectsAreEqual(1, 1)); panic(1) }\n"
    )
    plain, plain_binary = await judged(engine, source, cold=True)
    fast, fast_binary = await judged(engine, source, cold=False)
    assert fast == plain
    assert fast[0] is Verdict.AC
    assert is_of_go_build(plain_binary)
    assert not is_of_go_build(fast_binary), "the other way was not taken"


async def test_another_package_or_a_module_beside_it_is_left_to_go_build(engine: Engine) -> None:
    main = "package main\n\nfunc main() {}\n"
    for other in (
        File("a.go", b"package other\n"),
        File("go.mod", b"module example.com/a\n"),
        File("a/a.go", b"package a\n"),
    ):
        plain, _ = await judged(engine, main, other, cold=True)
        fast, _ = await judged(engine, main, other, cold=False)
        assert fast == plain


@pytest.mark.parametrize("source", [INTERNAL, UNUSED, OTHER_PACKAGE, CONSTRAINED, CGO, NO_BODY], ids=range(6))
async def test_what_go_build_refuses_is_refused_with_its_words(engine: Engine, source: str) -> None:
    plain, _ = await judged(engine, source, cold=True)
    fast, _ = await judged(engine, source, cold=False)
    assert fast == plain
    assert fast[0] is Verdict.CE


async def test_a_file_for_another_system_is_left_to_go_build(engine: Engine) -> None:
    source = "package main\n\nfunc main() {}\n"
    plain, _ = await judged(engine, source, cold=True, name="main_windows.go")
    fast, _ = await judged(engine, source, cold=False, name="main_windows.go")
    assert fast == plain
