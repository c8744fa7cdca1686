"""mcs that stays makes programs that do the same as those of mcs, and knows nothing of whom it has served."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from executor.model import MIB, SECOND, Command, File, Limits, Verdict
from executor.sandbox.box import Place
from executor.sandbox.native import start_box
from tests.residents.support import Made, Workshop, installed, numbered

pytestmark = pytest.mark.asyncio(loop_scope="module")

MAIN = "using System; class Program { static void Main() { %s } }"
PROGRAMS = {
    "linq": """
        using System; using System.Linq; using System.Collections.Generic; class P { static void Main() {
        var d = new Dictionary<string, int>(); foreach (var w in "a b a".Split(' ')) d[w] = d.TryGetValue(w,
        out var n) ? n + 1 : 1; Console.WriteLine(string.Join(",", from k in d.Keys let v = d[k] orderby v
        descending select $"{k}={v}")); } }
        """,
    "generic": """
        using System; interface IShape { double Area { get; } } struct Box<T> : IShape where T :
        IConvertible { T s; public Box(T s) { this.s = s; } public double Area => s.ToDouble(null) * 2; }
        class P { static void Main() { IShape b = new Box<int>(4); Console.WriteLine(b.Area + (b is Box<int>
        x ? 1 : 0)); } }
        """,
    "unsafe": """
        using System; unsafe struct Buffer { public fixed byte data[16]; } class P { unsafe static void
        Main() { var b = new Buffer(); b.data[3] = 7; byte* p = b.data; Console.WriteLine(p[3]); } }
        """,
    "lambda": """
        using System; using System.Threading.Tasks; class P { static async Task<int> F(int x) { await
        Task.Delay(1); return x * 2; } static void Main() { Func<int, Func<int, int>> add = a => b => a + b;
        var t = (1, 2); dynamic d = new { X = 3 }; Console.WriteLine(add(1)(2) + F(4).Result + t.Item2 +
        d.X); } }
        """,
    "warned": MAIN % "int unused; Console.WriteLine(1);",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def mcs(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Workshop]:
    async with Workshop(installed("csharp"), tmp_path_factory.mktemp("mcs")) as workshop:
        await workshop.warm_up()
        yield workshop


async def output(mcs: Workshop, made: Made) -> bytes:
    """What the program prints."""
    box = await start_box(99, tuple(Path(mount) for mount in mcs.runtime.mounts))
    try:
        await box.load([File(name, content[:-1]) for name, content in made.files.items()], Place.ARTIFACT)
        command = Command(argv=(mcs.runtime.run[0], "/artifact/main.exe"), env=mcs.runtime.env)
        limits = Limits(cpu_ns=10 * SECOND, memory_bytes=512 * MIB)
        outcome = await box.run(command, limits)
    finally:
        await box.close()
    assert outcome.exit_code == 0, outcome.stderr
    return outcome.stdout


async def served(mcs: Workshop) -> None:
    """A plain program is compiled by the one that stays."""
    assert await mcs.is_served(numbered({"main.cs": MAIN % ""}))


@pytest.mark.parametrize("code", PROGRAMS.values(), ids=PROGRAMS)
async def test_programs_do_the_same(mcs: Workshop, code: str) -> None:
    """Output and log are the same, warnings and their count included; identities and times are in every assembly."""
    plainly = await mcs.make(numbered({"main.cs": code}), cold=True)
    made = await mcs.make(numbered({"main.cs": code}))
    assert made.resident
    assert (made.verdict, made.log) == (plainly.verdict, plainly.log)
    assert made.files.keys() == plainly.files.keys() == {"main.exe"}
    assert len(made.files["main.exe"]) == len(plainly.files["main.exe"])
    assert await output(mcs, made) == await output(mcs, plainly) != b""


async def test_generated_names_do_not_depend_on_earlier_programs(mcs: Workshop) -> None:
    """What the compiler counts begins anew with each program."""
    code = numbered({"main.cs": PROGRAMS["unsafe"].replace("data[16]; }", "data[16]; public fixed int more[4]; }")})
    sizes = {len((await mcs.make({"main.cs": f"{code['main.cs']}// {n}"})).files["main.exe"]) for n in range(3)}
    assert len(sizes) == 1


async def test_what_one_job_declares_is_unknown_to_the_next(mcs: Workshop) -> None:
    """Types, extension methods, symbols, warnings that were switched off: all of it ends with its job."""
    planted = {
        "leaked.cs": "#define LEAKED\n#pragma warning disable\n[assembly: System.CLSCompliant(true)]\n"
        "public static class Leaked { public static int Twice(this int x) { return 2 * x; } } namespace System { "
        "public class Planted { } public class Console { public static void WriteLine(int x) { } } }"
    }
    for probe in ("Console.WriteLine(2.Twice());", "new Planted();", "Leaked.Twice(1);"):
        assert await mcs.is_served(numbered({"main.cs": MAIN % probe} | planted)) or "Console" in probe
        assert not await mcs.is_served(numbered({"main.cs": MAIN % probe}))
        await served(mcs)
    made = await mcs.make(numbered({"main.cs": f"#if LEAKED\n#error leaked\n#endif\n{PROGRAMS['warned']}"}))
    assert made.resident
    assert "CS0168" in made.log
    assert await output(mcs, made) == b"1\n"


async def test_symbols_and_names_of_one_job_are_not_the_next_ones(mcs: Workshop) -> None:
    """A warning names the file of its own job; a symbol that another job defined calls nothing."""
    code = """#define LEAKED
        using System; using System.Diagnostics;
        class P { [Conditional("LEAKED")] static void Call() { Console.WriteLine(1); }
            static void Main() { int unused; Call(); Console.WriteLine(2); } }
        """
    assert (await mcs.make(numbered({"first.cs": code, "second.cs": "class Second { }"}))).resident
    made = await mcs.make(numbered({"main.cs": code.removeprefix("#define LEAKED")}))
    assert made.resident
    assert "/work/main.cs(4," in made.log
    assert "first" not in made.log
    assert await output(mcs, made) == b"2\n"


async def test_same_names_with_other_content(mcs: Workshop) -> None:
    """A class is that of its own job, and files of one job are gone for the next."""
    main = MAIN % "Console.WriteLine(Tool.Value);"
    for value in (1, 2):
        tool = f"static class Tool {{ public static int Value = {value}; }}"
        made = await mcs.make(numbered({"main.cs": main, "lib/tool.cs": tool}))
        assert made.resident
        assert await output(mcs, made) == b"%d\n" % value
    assert not await mcs.is_served(numbered({"main.cs": main}))


@pytest.mark.parametrize(
    "code", ["class X { int x = y; }", "class", "", "\0", MAIN % "int x = 1 +;", "#error no", "class A : A { }"]
)
async def test_what_does_not_compile(mcs: Workshop, code: str) -> None:
    """The verdict and the log are those of the command line, and the next program is served."""
    made = await mcs.same(numbered({"main.cs": code}))
    assert made.verdict is Verdict.CE
    await served(mcs)


@pytest.mark.parametrize(
    "flags",
    [("-out:/work/x",), ("@list",), ("-resource:/etc/passwd",), ("-recurse:*",), ("-pkg:x",), ("-r:/work/x.dll",),
     ("-lib:/work",), ("-keyfile:k",), ("-addmodule:m",)],
)  # fmt: skip
async def test_any_other_flag_leads_to_mcs_itself(mcs: Workshop, flags: tuple[str, ...]) -> None:
    """Nothing that names a file."""
    assert not await mcs.is_served(numbered({"main.cs": MAIN % ""}), *flags)


async def test_flags_that_it_knows(mcs: Workshop) -> None:
    """They act on their own job alone."""
    code = numbered({"main.cs": "#if DEEP\n#error deep\n#endif\n" + PROGRAMS["warned"]})
    assert not await mcs.is_served(code, "-define:DEEP")
    assert (await mcs.make(code, "-nowarn:168", "-checked+")).log == ""
    assert "CS0168" in (await mcs.make(numbered(code))).log


async def test_a_library_among_the_files_leads_to_mcs_itself(mcs: Workshop) -> None:
    """What a reference would find by its name."""
    assert not await mcs.is_served(numbered({"main.cs": MAIN % ""}) | {"System.Numerics.dll": b"MZ"})


async def test_deep_nesting_ends_at_most_the_resident(mcs: Workshop) -> None:
    """A stack that overflows is a crash of the process; the next program is served by another."""
    deep = MAIN % ("int x = " + "(" * 20_000 + "1" + ")" * 20_000 + ";")
    await mcs.is_served({"main.cs": deep})
    await mcs.warm_up()
    await served(mcs)


async def test_it_costs_less(mcs: Workshop) -> None:
    """The CPU time of a compilation is measured, and less than that of the command line."""
    plainly = await mcs.make(numbered({"main.cs": PROGRAMS["linq"]}), cold=True)
    made = await mcs.make(numbered({"main.cs": PROGRAMS["linq"]}))
    assert made.resident
    assert 0 < made.cpu_ns < plainly.cpu_ns
