"""tsc that stays checks and writes the same as tsc, and knows nothing of whom it has served."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from executor.model import Verdict
from tests.residents.support import Workshop, installed, numbered

pytestmark = pytest.mark.asyncio(loop_scope="module")

LONG = bool(os.environ.get("ENNEAD_LONG"))
PLAIN = 'console.log([1, 2].map(x => x + 1).join(","));'
PROGRAMS = {
    "classes.ts": """
        abstract class Shape { constructor(protected readonly name: string) {} abstract area(): number;
            toString(): string { return `${this.name} ${this.area().toFixed(2)}`; } }
        class Disc extends Shape { #r: number; constructor(r: number) { super("disc"); this.#r = r; }
            area() { return Math.PI * this.#r ** 2; } static unit = new Disc(1); }
        console.log(String(Disc.unit));
        """,
    "enums.ts": """
        enum Colour { Red = 1, Green, Blue = Red << 4 } const enum Bit { A = 1, B = 2 }
        namespace Inner { export const x = 1; }
        declare enum Outside { Z } type Pair = [Colour, Bit];
        const p: Pair = [Colour.Green, Bit.B]; console.log(p, Colour[p[0]], Inner.x);
        """,
    "generics.ts": """
        type Deep<T> = { [K in keyof T]?: T[K] extends object ? Deep<T[K]> : T[K] };
        function pick<T, K extends keyof T>(o: T, ...ks: K[]): Pick<T, K> {
            return Object.fromEntries(ks.map(k => [k, o[k]])) as any; }
        const d: Deep<{ a: { b: number } }> = { a: {} }; console.log(pick({ a: 1, b: "x" }, "b").b.length, d);
        """,
    "async.ts": """
        import { readFileSync } from "node:fs"; import * as os from "os";
        async function* count(n: number) { for (let i = 0; i < n; i++) yield i; }
        (async () => { for await (const i of count(3)) console.log(i, os.EOL.length); })();
        try { readFileSync("none"); } catch (error: unknown) { console.log((error as NodeJS.ErrnoException).code); }
        """,
    "modern.ts": """
        const point = { x: 1, y: 2 } as const satisfies Record<string, number>; let maybe: { z?: number[] } | undefined;
        console.log(maybe?.z?.[0] ?? "none", point, 10n ** 20n, [3, 1].toSorted?.(), Object.groupBy);
        label: for (const [i, c] of [..."ab"].entries()) { if (c === "b") break label; console.log(i); }
        """,
    "decorated.ts": """
        function logged(value: Function, context: ClassMethodDecoratorContext) { return value as any; }
        class Service { @logged go() { return 1; } accessor n = 2; } console.log(new Service().go(), name);
        var name = "mine", status = 3;
        """,
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tsc(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Workshop]:
    async with Workshop(installed("typescript-5"), tmp_path_factory.mktemp("tsc")) as workshop:
        await workshop.warm_up()
        yield workshop


async def served(tsc: Workshop) -> None:
    """A plain program is compiled by the one that stays."""
    assert await tsc.is_served(numbered({"main.ts": PLAIN}))


async def test_the_same_is_written(tsc: Workshop) -> None:
    """Whatever the programs use."""
    for sources in [{name: code} for name, code in PROGRAMS.items()] if LONG else [PROGRAMS]:
        made = await tsc.same(numbered(sources))
        assert made.verdict is Verdict.AC, (list(sources), made.log)
        assert made.resident


async def test_modules_and_folders(tsc: Workshop) -> None:
    """Imports between files, of JSON, and the kind of module that a package.json asks for."""
    sources = {
        "main.ts": 'import { twice } from "./lib/tool.js"; console.log(twice(21));',
        "lib/tool.ts": "export const twice = (x: number): number => 2 * x;",
        "types.d.ts": "declare var given: number;",
    }
    assert (await tsc.same(numbered(sources) | {"package.json": '{"type": "module"}'})).resident
    if LONG:
        assert (await tsc.same(numbered(sources))).resident


@pytest.mark.parametrize(
    "planted, probe",
    [
        ({"g.d.ts": "declare var leaked: number;"}, "console.log(leaked);"),
        ({"g.d.ts": "interface Array<T> { leaked(): T }"}, "console.log([1].leaked());"),
        ({"g.ts": "export {}; declare global { interface String { leaked: 1 } }"}, 'console.log("".leaked);'),
        ({"g.ts": "export {}; declare global { interface String { leaked: 1 } }"}, 'const l: { leaked: 1 } = "";'),
        ({"g.ts": 'declare module "fs" { export function leaked(): void }'}, 'import { leaked } from "fs"; leaked();'),
        ({"g.ts": 'import "fs"; declare module "fs" { interface Stats { leaked: 1 } }'},
         'import { statSync } from "fs"; console.log(statSync(".").leaked);'),
        ({"g.d.ts": 'declare module "leaked" { export const x: number }'}, 'import { x } from "leaked"; x;'),
        ({"g.d.ts": "declare namespace NodeJS { interface ProcessEnv { LEAKED: 5 } }"},
         "const five: 5 = process.env.LEAKED;"),
        ({"g.ts": "export {}; declare global { namespace NodeJS { interface Process { leaked: 1 } } }"},
         "process.leaked;"),
        ({"g.d.ts": "declare var NaN: string;"}, "const s: string = NaN;"),
        ({"other.ts": "export const leaked = 1;"}, 'import { leaked } from "./other"; leaked;'),
    ],
)  # fmt: skip
async def test_what_one_job_declares_is_unknown_to_the_next(tsc: Workshop, planted: dict[str, str], probe: str) -> None:
    """Global variables, members of built-in types, modules: all of it ends with its job."""
    await tsc.is_served(numbered({"main.ts": probe} | planted))
    await served(tsc)
    assert not await tsc.is_served(numbered({"main.ts": probe}))
    await served(tsc)


async def test_same_names_with_other_content(tsc: Workshop) -> None:
    """A module is that of its own job."""
    main = 'import { value } from "./tool"; const n: number = value; console.log(n);'
    for code, verdict in (("= 1", Verdict.AC), ('= "text"', Verdict.CE), ("= 2", Verdict.AC)):
        sources = numbered({"main.ts": main, "tool.ts": f"export const value {code};"})
        assert await tsc.is_served(sources) == (verdict is Verdict.AC)


@pytest.mark.parametrize(
    "code",
    ["const x: number = 'a';", "const x = ;", "undeclared();", 'import { x } from "/artifact/server";',
     'import { x } from "./none"; x;',
     '/// <reference path="/etc/passwd" />',
     "\0", "let x: string = null!; x.none;", '/// <reference types="none" />'],
)  # fmt: skip
async def test_what_does_not_compile(tsc: Workshop, code: str) -> None:
    """It is left to tsc, whose word counts, and the next program is served."""
    assert not await tsc.is_served(numbered({"main.ts": code}))
    if LONG:
        assert (await tsc.same(numbered({"main.ts": code}))).verdict is Verdict.CE
    await served(tsc)


async def test_flags_that_it_knows(tsc: Workshop) -> None:
    """They act as on the command line, and only on their own job."""
    loose = {"main.ts": "function f(x) { return x; } let n: number = null; console.log(f(n));"}
    assert await tsc.is_served(numbered(loose))
    assert not await tsc.is_served(numbered(loose), "--strict")
    made = await tsc.same(numbered({"main.ts": "const f = async () => 1; f();"}), "--target", "es5", "--noCheck")
    assert made.resident
    assert b"__awaiter" in made.files["main.js"]
    assert await tsc.is_served(numbered(loose))


@pytest.mark.parametrize(
    "flags", [("--outDir", "/tmp"), ("--project", "/work"), ("@/work/list",), ("--watch",), ("--plugins", "x")]
)
async def test_any_other_flag_leads_to_tsc_itself(tsc: Workshop, flags: tuple[str, ...]) -> None:
    """Nothing that names a file, or makes it stay."""
    assert not await tsc.is_served(numbered({"main.ts": PLAIN}), *flags)
    await served(tsc)


async def test_types_that_explode(tsc: Workshop) -> None:
    """A type that grows without end is an error or a crash, and then the next program is served."""
    code = "type Grow<T extends any[]> = Grow<[...T, ...T, 0]>; let x: Grow<[0]> = null;"
    assert not await tsc.is_served(numbered({"main.ts": code}))
    await tsc.is_served(numbered({"main.ts": "let y = " + "[" * 4000 + "]" * 4000 + ";"}))
    await tsc.warm_up()  # that may have been its end
    await served(tsc)


async def test_it_costs_a_fraction(tsc: Workshop) -> None:
    """The CPU time of a compilation is measured, and a small part of that of the command line."""
    plainly = await tsc.make(numbered({"main.ts": PLAIN}), cold=True)
    made = await tsc.make(numbered({"main.ts": PLAIN}))
    assert made.resident
    assert 0 < made.cpu_ns < plainly.cpu_ns / 4
