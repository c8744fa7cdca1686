"""What was prepared is shared by all jobs: none can change it, see whose it is, or have it made of its own files."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from executor.engine import Engine, EngineConfig
from executor.model import CaseFinished, Compiled, File, Job, Outcome, Submission, TestCase, Verdict
from executor.prepared import Entry

POKE = r"""
#include <cstdio>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
int main() {
    int failures = 0;
    failures += opendir("/prepared") != nullptr;
    failures += chmod("/prepared", 0777) == 0;
    failures += mkdir("/prepared/mine", 0777) == 0;
    failures += open("/prepared/mine", O_CREAT | O_WRONLY, 0666) >= 0;
    char name[200];
    scanf("%199s", name);
    if (*name == '/') {
        char file[300];
        snprintf(file, sizeof file, "%s/prefix.hpp", name);
        failures += access(file, R_OK) != 0;  // it is there for those who are told its name
        failures += open(file, O_WRONLY) >= 0;
        failures += open(file, O_RDWR) >= 0;
        failures += unlink(file) == 0;
        failures += chmod(file, 0666) == 0;
        failures += rename(file, "/tmp/x") == 0;
        failures += link(file, "/tmp/x") == 0;
    }
    printf("%d\n", failures);
}
"""


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    async with Engine(EngineConfig(slots=1, cache_dir=tmp_path / "cache")) as engine:
        yield engine


async def compile_and_run(
    engine: Engine, source: str, *more: File, stdin: bytes = b"-", flags: tuple[str, ...] = (), cold: bool = False
) -> tuple[Compiled, Outcome | None]:
    source += f"\n// {os.urandom(8).hex()}\n"  # never from the cache of artifacts
    job = Job(
        id="job",
        submission=Submission(files=(File("main.cpp", source.encode()), *more), runtime="cpp", flags=flags),
        cases=(TestCase(name="only", stdin=stdin),),
        cold=cold,
    )
    compiled, outcome = None, None
    async for event in engine.judge(job):
        if isinstance(event, Compiled):
            compiled = event
        if isinstance(event, CaseFinished):
            outcome = event.outcome
    assert compiled is not None
    return compiled, outcome


def learned(engine: Engine) -> list[Entry]:
    return [entry for entry in engine.stores.own.entries() if entry.size_bytes]


async def test_a_prefix_is_learned_when_it_has_been_seen_often_enough_and_no_program_can_touch_it(
    engine: Engine,
) -> None:
    for _ in range(2):
        await compile_and_run(engine, POKE)
        assert learned(engine) == []
    compiled, outcome = await compile_and_run(engine, POKE)
    (entry,) = learned(engine)
    assert (entry.about.what, entry.about.learned) == ("cstdio cstring", True)
    assert compiled.verdict is Verdict.AC
    for folder in ("-", entry.folder):
        _, outcome = await compile_and_run(engine, POKE, stdin=folder.encode())
        assert outcome is not None
        assert outcome.stdout == b"0\n"


async def test_files_of_a_submission_are_no_part_of_what_others_get(engine: Engine) -> None:
    poison = b"#error poisoned\nint poisoned;\n"
    names = ("cstdio", "stdio.h", "prefix.hpp", "prefix.hpp.gch", "bits/stdc++.h")
    planted = [File(name, poison) for name in names]
    for _ in range(4):
        compiled, outcome = await compile_and_run(engine, '#include <cstdio>\nint main() { puts("mine"); }', *planted)
        assert compiled.verdict is Verdict.AC
        assert outcome is not None
        assert outcome.stdout == b"mine\n"
    (entry,) = learned(engine)
    folder = engine.stores.own.directory / entry.name
    assert (folder / "prefix.hpp").read_bytes() == b"#include <cstdio>\n"
    assert b"poisoned" not in (folder / "prefix.hpp.gch").read_bytes()


@pytest.mark.parametrize(
    "flags", [("-I.",), ("-include", "x.h"), ("-isystem/work",), ("-fplugin=/work/x.so",), ("-B.",), ("@x",), ("-g",)]
)
async def test_flags_that_could_lead_into_the_submission_are_compiled_plainly(
    engine: Engine, flags: tuple[str, ...]
) -> None:
    for _ in range(4):
        await compile_and_run(engine, "#include <cstdio>\nint main() {}", File("x.h", b"int x;"), flags=flags)
    assert engine.stores.own.entries() == []


async def test_thousands_of_prefixes_that_are_seen_once_make_nothing(engine: Engine) -> None:
    for header in ("cctype", "cerrno", "cfloat", "climits", "cstddef"):
        await compile_and_run(engine, f"#include <{header}>\nint main() {{}}")
    assert engine.stores.own.entries() == []


async def test_a_prefix_that_cannot_be_made_is_tried_once(engine: Engine) -> None:
    for _ in range(5):
        compiled, _ = await compile_and_run(engine, "#include <cstdio>\nint main() {}", flags=("-std=c++99",))
        assert compiled.verdict is Verdict.CE
    assert learned(engine) == []


async def test_an_asset_that_is_damaged_while_the_engine_runs_costs_no_verdict(engine: Engine) -> None:
    hello = '#include <cstdio>\nint main() { puts("1"); }'
    for _ in range(4):
        await compile_and_run(engine, hello)
    (entry,) = learned(engine)
    header = engine.stores.own.directory / entry.name / "prefix.hpp.gch"
    header.chmod(0o644)
    for content in (b"", header.read_bytes()[:5000], os.urandom(100_000)):
        header.write_bytes(content)
        compiled, outcome = await compile_and_run(engine, hello)
        assert compiled.verdict is Verdict.AC
        assert outcome is not None
        assert outcome.stdout == b"1\n"


async def test_a_program_that_does_not_compile_has_the_plain_log_whatever_is_prepared(engine: Engine) -> None:
    broken = "#include <cstdio>\n#include <cstring>\nint main() { undeclared(); printf(1); }"
    logs = set()
    for cold in (True, False, False, False, False):
        compiled, _ = await compile_and_run(engine, broken, cold=cold)
        assert compiled.verdict is Verdict.CE
        logs.add(compiled.log)
    assert learned(engine)
    assert len(logs) == 1


OTHERS = (
    File("a.cpp", b'#include <cstdio>\n__attribute__((constructor)) static void first() { puts("first"); }\n'),
    File("z.cpp", b"int main(int, char **);\nint never() { return main(0, nullptr); }\n"),
)


@pytest.mark.parametrize("others", [(), OTHERS], ids=["alone", "beside others"])
async def test_the_binary_is_the_plain_one_to_the_byte(engine: Engine, others: tuple[File, ...]) -> None:
    program = """
#include <cassert>
#include <cstdio>
#include <string>
#include <vector>
#pragma GCC optimize("O3")
static int counted[] = {__COUNTER__, __LINE__, __INCLUDE_LEVEL__};
int main(int argc, char **) {
    std::vector<std::string> words{"b", "a", __FILE__};
    words[0].swap(words[1]);
    assert(argc > 1 || words[0] == "a");
    for (auto &word : words) printf("%s %d\\n", word.c_str(), counted[0] + counted[2]);
    unsigned unused = -1;
}
"""
    binaries = {}
    for cold in (True, False, False, False, False):
        job = Job(
            id="job",
            submission=Submission(
                files=(File("main.cpp", f"{program}// {os.urandom(8).hex()}\n".encode()), *others),
                runtime="cpp",
                flags=("-Wall", "-O1", "-std=c++11", "-Wl,--wrap=nothing", "-lm"),
            ),
            cases=(),
            cold=cold,
        )
        async for event in engine.judge(job):
            if isinstance(event, Compiled):
                assert event.verdict is Verdict.AC
                assert "unused variable" in event.log
                binaries[cold] = (replace(event, usage=event.usage).log, _newest_artifact(engine))
    assert learned(engine)
    assert binaries[True] == binaries[False]


def _newest_artifact(engine: Engine) -> bytes:
    folder = engine.stores.own.directory.parent / "artifacts"
    newest = max(folder.glob("*/*"), key=lambda path: path.stat().st_mtime_ns)
    return (newest / "0").read_bytes()
