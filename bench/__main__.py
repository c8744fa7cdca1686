"""
Run benchmarks and print the figures.

    python -m bench [--json FILE]                      what SPECIFICATION.md promises of speed and size
    python -m bench runtimes [ID...] [--json FILE]     what the sandbox adds to the CPU time of each language
    python -m bench service [--json FILE]              what gRPC costs beside the engine in process
    python -m bench large [--json FILE]                what much data leaves in a server
    python -m bench soak [--jobs N] [--json FILE]      whether a server leaks
    python -m bench humaneval-x [--json FILE]          HumanEval-X beside the way its own evaluator runs it
    python -m bench scoring [--json FILE]              whole scoring runs beside that, and beside bare commands
    python -m bench infibench [--json FILE]            InfiBench beside the way its own grader runs programs
    python -m bench pipeline [--json FILE]             evaluate beside its two stages alone
    python -m bench performance                        the next three; docs/performance.md is written from them
    python -m bench languages [ID...]                  each language beside its bare command line, cold and accelerated
    python -m bench sets [--programs N]                whole benchmarks beside bare commands
    python -m bench peers                              other sandboxes beside ours
    python -m bench docker [--turns N]                 a Docker box beside docker exec and docker run

Exit status 1 when a figure breaks its promise. Judge it on a quiet machine: ratios survive noise, milliseconds do not.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from bench import (
    cancelling,
    docker,
    document,
    humaneval_x,
    infibench,
    large,
    performance,
    pipeline,
    runtimes,
    scoring,
    service,
    soak,
    spawning,
    starting,
)
from bench.figures import Figure, table
from bench.humaneval_x import Comparison
from bench.runtimes import Overhead
from scorer.benchmarks.humaneval_x import Language


async def _measure() -> list[Figure]:
    return [*await spawning.figures(), *await starting.figures()]


def _promises(arguments: argparse.Namespace) -> bool:
    return _shown(asyncio.run(_measure()), arguments)


def _service(arguments: argparse.Namespace) -> bool:
    return _shown([*asyncio.run(service.figures()), *asyncio.run(cancelling.figures())], arguments)


def _large(arguments: argparse.Namespace) -> bool:
    return _shown(asyncio.run(large.figures(partial(print, flush=True))), arguments)


def _pipeline(arguments: argparse.Namespace) -> bool:
    return _shown(asyncio.run(pipeline.figures()), arguments)


def _soak(arguments: argparse.Namespace) -> bool:
    return _shown(asyncio.run(soak.figures(arguments.jobs, partial(print, flush=True))), arguments)


def _shown(figures: list[Figure], arguments: argparse.Namespace) -> bool:
    print(table(figures))
    _write(arguments.json, [figure.as_json() for figure in figures])
    return all(figure.holds is not False for figure in figures)


def _runtimes(arguments: argparse.Namespace) -> bool:
    overheads: list[Overhead] = []

    def show(overhead: Overhead) -> None:
        print(runtimes.line_of(overhead), flush=True)
        overheads.append(overhead)

    print(runtimes.HEADER)
    asyncio.run(runtimes.measure(arguments.ids, arguments.turns, show))
    _write(arguments.json, [overhead.as_json() for overhead in overheads])
    return all(overhead.holds for overhead in overheads)


def _humaneval_x(arguments: argparse.Namespace) -> bool:
    results: list[Comparison] = []
    print(humaneval_x.HEADER)
    for language in arguments.languages or humaneval_x.LANGUAGES:
        results.append(asyncio.run(humaneval_x.compare(language, arguments.data, arguments.tasks)))
        print(humaneval_x.line_of(results[-1]), flush=True)
    print(humaneval_x.NOTE)
    _write(arguments.json, [result.as_json() for result in results])
    return all(result.holds for result in results)


def _scoring(arguments: argparse.Namespace) -> bool:
    results: list[scoring.Race | scoring.Memory] = []
    if arguments.data.is_dir():
        print(scoring.HEADER)
        for language in scoring.LANGUAGES:
            for repeats in (1, scoring.REPEATS):
                results.append(scoring.race(language, repeats, arguments.tasks, arguments.data))
                print(results[-1].line(), flush=True)
        print(scoring.NOTE)
    else:
        print(f"SKIPPED: {arguments.data} with the data of HumanEval-X is not there; name it with --data")
    results.append(scoring.memory(arguments.samples))
    print(results[-1].line())
    _write(arguments.json, [result.as_json() for result in results])
    return all(result.holds for result in results)


def _infibench(arguments: argparse.Namespace) -> bool:
    if missing := [name for name in infibench.FILES if not (arguments.data / name).is_file()]:
        print(f"SKIPPED: {arguments.data} with {', '.join(missing)} of InfiBench is not there; name it with --data")
        return True
    result = infibench.race(arguments.data, arguments.sample)
    print(infibench.HEADER, *result.lines(), infibench.NOTE, sep="\n")
    _write(arguments.json, [result.as_json()])
    return result.holds


def _performance(arguments: argparse.Namespace) -> bool:
    budget = performance.Budget(arguments.seconds, arguments.programs, arguments.peer_programs)
    measures: dict[str, Callable[[], dict[str, Any]]] = {
        "languages": lambda: performance.of_languages(arguments.ids, budget),
        "sets": lambda: performance.of_sets(arguments.data, budget),
        "peers": lambda: performance.of_peers(budget),
        "docker": lambda: performance.of_docker(arguments.turns),
    }
    good = True
    for name in arguments.parts:
        part = measures[name]()
        good &= performance.holds(part)
        performance.keep(name, part, arguments.json or performance.FIGURES)
        if not arguments.json:
            document.write()  # after each: what was measured stays if a later part fails
    return good


def _write(file: Path | None, figures: list[dict[str, Any]]) -> None:
    if file:
        file.write_text(json.dumps(figures, indent=2) + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    json_file = argparse.ArgumentParser(add_help=False)
    json_file.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.set_defaults(bench=_promises)
    others = parser.add_subparsers()
    others.add_parser("service", parents=[json_file]).set_defaults(bench=_service)
    others.add_parser("pipeline", parents=[json_file]).set_defaults(bench=_pipeline)
    others.add_parser("large", parents=[json_file]).set_defaults(bench=_large)
    long = others.add_parser("soak", parents=[json_file])
    long.add_argument("--jobs", type=int, default=20_000, help="how many")
    long.set_defaults(bench=_soak)
    overhead = others.add_parser("runtimes", parents=[json_file])
    overhead.add_argument("ids", nargs="*", metavar="ID", help="runtimes; default: all that are available")
    overhead.add_argument("--turns", type=int, default=20, help="of each step; slow ones get fewer")
    overhead.set_defaults(bench=_runtimes)
    benchmark = others.add_parser("humaneval-x", parents=[json_file])
    benchmark.add_argument("languages", nargs="*", type=Language, help="default: all four")
    benchmark.add_argument("--data", type=Path, default=humaneval_x.DATA, help="the folder of humaneval_*.jsonl.gz")
    benchmark.add_argument("--tasks", type=int, help="only so many of each language")
    benchmark.set_defaults(bench=_humaneval_x)
    answers = others.add_parser("infibench", parents=[json_file])
    answers.add_argument("--data", type=Path, default=infibench.DATA, help="the folder of the published responses")
    answers.add_argument("--sample", type=int, metavar="N", help="only the first N responses to each question")
    answers.set_defaults(bench=_infibench)
    runs = others.add_parser("scoring", parents=[json_file])
    runs.add_argument("--data", type=Path, default=humaneval_x.DATA, help="the folder of humaneval_*.jsonl.gz")
    runs.add_argument("--tasks", type=int, help="only so many of each language")
    runs.add_argument("--samples", type=int, default=scoring.MANY_SAMPLES, help="of the run whose memory is measured")
    runs.set_defaults(bench=_scoring)
    for name in ("performance", "languages", "sets", "peers"):
        _add_performance(others.add_parser(name), name)
    containers = others.add_parser("docker")
    containers.add_argument("--turns", type=int, default=docker.TURNS, help="of each way to each program")
    containers.add_argument("--json", type=Path, metavar="FILE", help="write there, and leave docs/performance.* alone")
    containers.set_defaults(
        bench=_performance, parts=("docker",), ids=[], **dict.fromkeys(("seconds", "programs", "peer_programs"))
    )
    return parser


def _add_performance(part: argparse.ArgumentParser, name: str) -> None:
    ids: dict[str, Any] = {
        "nargs": "*",
        "metavar": "ID",
        "help": "runtimes; default: all with a goal that are installed",
    }
    budget = performance.Budget()
    if name == "languages":
        part.add_argument("ids", **ids)
    part.add_argument("--json", type=Path, metavar="FILE", help="write there, and leave docs/performance.* as they are")
    part.add_argument(
        "--seconds", type=float, default=budget.language_s, help="for each language, at least ten programs"
    )
    part.add_argument("--programs", type=int, help="only so many of each set")
    part.add_argument("--peer-programs", type=int, default=budget.peer_programs, help="of each round of each sandbox")
    part.add_argument(
        "--data", type=Path, default=performance.data_folder(), help="the folder of humaneval-x and codeapex"
    )
    parts = ("languages", "sets", "peers") if name == "performance" else (name,)
    part.set_defaults(bench=_performance, parts=parts, **({} if name == "languages" else {"ids": []}))


def main() -> int:
    """Measure, print, and say by the exit status whether every promise holds."""
    arguments = _parser().parse_args()
    print(f"kernel {platform.release()}, Python {platform.python_version()}; + holds, - does not")
    return 0 if arguments.bench(arguments) else 1


if __name__ == "__main__":
    sys.exit(main())
