"""javac that stays makes the same classes as javac, and knows nothing of whom it has served."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from executor.model import SECOND, Verdict
from tests.residents.java_programs import PROGRAMS
from tests.residents.support import Workshop, installed, numbered

LONG = bool(os.environ.get("ENNEAD_LONG"))
PER_SUBMISSION = 1 if LONG else 20
MAIN = "public class Main { public static void main(String[] a) { %s } }"
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of all workshops here: the server is built once."""
    return tmp_path_factory.mktemp("java")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def java(home: Path) -> AsyncIterator[Workshop]:
    async with Workshop(installed("java"), home) as workshop:
        await workshop.warm_up()
        yield workshop


@pytest.mark.parametrize("first", range(0, len(PROGRAMS), PER_SUBMISSION))
async def test_classes_are_the_same_to_the_byte(java: Workshop, first: int) -> None:
    """Whatever a program uses, and whatever was compiled before; notes of the compiler are the same too."""
    chosen = PROGRAMS[first : first + PER_SUBMISSION]
    made = await java.same(numbered({f"{name}.java": code for name, code in chosen}))
    assert made.verdict is Verdict.AC, made.log
    assert made.resident
    assert any(name.startswith("classes/") for name in made.files)


async def test_packages_and_resources(java: Workshop) -> None:
    """Several files in packages, in any order, beside files that are no sources."""
    sources = {
        "com/example/Main.java": "package com.example; import com.example.util.*; public class Main { "
        "public static void main(String[] a) { System.out.println(Tool.twice(21) + new Helper().h); } }",
        "com/example/util/Tool.java": "package com.example.util; public class Tool { "
        "public static int twice(int x) { return 2 * x; } }",
        "com/example/Helper.java": "package com.example; class Helper { int h = 1; class In { } }",
        "com/example/package-info.java": "/** Documented. */ package com.example;",
        "data/words.txt": "one\n",
    }
    made = await java.same(numbered(sources))
    assert made.verdict is Verdict.AC, made.log
    assert made.resident
    assert "data/words.txt" in made.files


@pytest.mark.parametrize("flags", [("-g",), ("-g:none",), ("-Xlint:all",), ("-nowarn", "-parameters")])
async def test_flags_that_it_knows(java: Workshop, flags: tuple[str, ...]) -> None:
    """They act as they do on the command line; warnings and their count are in the log."""
    code = MAIN % "java.util.List l = new java.util.ArrayList(); l.add(1); int unused = (int) 3;"
    made = await java.same(numbered({"Main.java": code}), *flags)
    assert made.verdict is Verdict.AC
    assert made.resident
    assert ("warning" in made.log) == (flags == ("-Xlint:all",))


@pytest.mark.parametrize(
    "flags",
    [
        ("-J-Xmx1g",),
        ("@/work/arguments",),
        ("-processorpath", "/work"),
        ("-processor", "Evil"),
        ("-Xplugin:Evil",),
        ("--release", "11"),
        ("-d", "/tmp"),
        ("-cp", "/work/lib"),
        ("-proc:only",),
        ("-sourcepath", "/work/other"),
        ("-Xlint:all\n-proc:only",),
    ],
)
async def test_any_other_flag_leads_to_javac_itself(java: Workshop, flags: tuple[str, ...]) -> None:
    """Nothing that could make a compiler load, run or look for something reaches the one that stays."""
    assert not await java.is_served(numbered({"Main.java": MAIN % ""}), *flags)


async def test_an_annotation_processor_among_the_files_is_never_run(java: Workshop) -> None:
    """Neither as a source with a service file, nor as a class."""
    processor = """
        import javax.annotation.processing.*;
        import javax.lang.model.element.*;

        public class Evil extends AbstractProcessor {
            static { System.out.write(7); System.exit(1); }
            public boolean process(java.util.Set<? extends TypeElement> s, RoundEnvironment r) { return true; }
        }
        """
    services = {"META-INF/services/javax.annotation.processing.Processor": "Evil\n"}
    made = await java.same(numbered({"Main.java": MAIN % "", "Evil.java": processor}) | services)
    assert made.resident
    compiled = made.files["classes/Evil.class"][:-1]
    made = await java.same(numbered({"Main.java": MAIN % ""}) | services | {"Evil.class": compiled})
    assert not made.resident
    assert made.verdict is Verdict.AC


async def test_same_names_with_other_content(java: Workshop) -> None:
    """The classes of one job are unknown to the next, whether it has its own by that name or none."""
    helper = "class Helper { static int value() { return %d; } }"
    main = MAIN % "System.out.println(Helper.value());"
    first = await java.same(numbered({"Main.java": main, "Helper.java": helper % 1}))
    second = await java.same(numbered({"Main.java": main, "Helper.java": helper % 2}))
    assert first.resident
    assert second.resident
    assert first.files["classes/Helper.class"] != second.files["classes/Helper.class"]
    alone = await java.same(numbered({"Main.java": main}))
    assert alone.verdict is Verdict.CE
    for planted in ("java.lang.String", "java.util.List"):
        package, name = planted.rsplit(".", 1)
        sources = {f"{name}.java": f"package {package}; public class {name} {{ }}", "M.java": "class M {}"}
        await java.is_served(numbered(sources))
    assert (await java.same(numbered({"Main.java": MAIN % 'java.util.List.of("x".length());'}))).resident


async def test_a_file_that_hides_a_class(java: Workshop) -> None:
    """A source is found by its name as javac would find it: here that makes the program wrong."""
    sources = {"Main.java": "import java.util.*;\n" + MAIN % "List<String> l = null;", "List.java": "class Other { }"}
    assert (await java.same(numbered(sources))).verdict is Verdict.CE


@pytest.mark.parametrize(
    "code",
    [
        MAIN % "int x = undeclared;",
        MAIN % "int x = ",
        "",
        "\0\0\0",
        "\ufeff" + MAIN % "",
        MAIN % ('String s = "' + "x" * 70_000 + '";'),
    ],
    ids=["undeclared", "unfinished", "empty", "nul", "bom", "constant"],
)
async def test_what_does_not_compile(java: Workshop, code: str) -> None:
    """It is left to javac, whose word counts, and the next program is served."""
    assert not await java.is_served({"Main.java": code})
    if LONG:
        assert (await java.same({"Main.java": code + "\n"})).verdict is Verdict.CE
    assert await java.is_served(numbered({"Main.java": MAIN % ""}))


async def test_what_nests_deeply_compiles(java: Workshop) -> None:
    """Its stack is that of the command line."""
    assert (await java.same({"Main.java": MAIN % ("int x = " + "(" * 3000 + "1" + ")" * 3000 + ";")})).resident


async def test_a_stack_that_overflows_ends_the_resident(java: Workshop) -> None:
    """Where javac itself catches that, it is over as well: a class whose initialization was cut short stays broken."""
    before = java.residents.standing
    deep = MAIN % ("int x = " + "1 + (" * 150_000 + "1" + ")" * 150_000 + ";")
    assert not await java.is_served(numbered({"Main.java": deep}))
    assert java.residents.standing == before - 1
    assert await java.is_served(numbered({"Main.java": MAIN % ""}))


async def test_a_source_that_is_no_utf8(java: Workshop) -> None:
    """Bytes that javac refuses are refused."""
    assert (await java.same({"Main.java": (MAIN % 'String s = "\xe9";').encode("latin-1")})).verdict is Verdict.CE


async def test_a_source_that_exhausts_the_compiler(home: Path) -> None:
    """Types that grow exponentially end the resident at its limit; javac decides, and the next program is served."""
    java = installed("java")
    assert java.resident is not None
    limits = replace(java.compile_limits, cpu_ns=4 * SECOND)
    hasty = replace(java, compile_limits=limits, resident=replace(java.resident, cpu_ns=2 * SECOND))
    call = "1"
    for _ in range(16):
        call = f"n({call}, {call})"
    code = MAIN % f"Object o = {call}; }} static <T> java.util.List<T> n(T a, T b) {{ return null;"
    async with Workshop(hasty, home) as workshop:
        await workshop.warm_up()
        made = await workshop.make({"Main.java": code})
        assert (made.verdict, made.resident) == (Verdict.CTL, False)
        assert workshop.residents.standing == 0
        made = await workshop.make(numbered({"Main.java": MAIN % ""}))
        assert (made.verdict, made.resident) == (Verdict.AC, True)


async def test_limits_below_the_runtimes_own_lead_to_javac_itself(java: Workshop) -> None:
    """Who allows a compiler less than usual wants to see it held to that."""
    tight = replace(java.runtime.compile_limits, cpu_ns=30_000_000)
    made = await java.make(numbered({"Main.java": MAIN % ""}), limits=tight)
    assert not made.resident
    assert made.verdict is Verdict.CTL


async def test_it_costs_a_fraction(java: Workshop) -> None:
    """The CPU time of a compilation is measured, and less than that of the command line."""
    name, code = PROGRAMS[9]
    plainly = await java.make(numbered({f"{name}.java": code}), cold=True)
    made = await java.make(numbered({f"{name}.java": code}))
    assert made.resident
    assert 0 < made.cpu_ns < plainly.cpu_ns / 2
