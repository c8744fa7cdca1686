"""`exec-cli benchmarks`: options and their help; cli.benchmarks does the work."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.edge import finish
from cli.options import DockerAddress, DockerImage, Json, OciRuntime, SandboxName, sandbox_of

_HELP_OPTIONS = {"help_option_names": ["-h", "--help"]}
_app = typer.Typer(context_settings=_HELP_OPTIONS, rich_markup_mode=None)


def _complete_benchmarks(incomplete: str) -> list[str]:
    from scorer.registry import BENCHMARKS

    return [name for name in BENCHMARKS if name.startswith(incomplete)]


Name = Annotated[str, typer.Argument(metavar="NAME", help="Benchmark.", autocompletion=_complete_benchmarks)]
Data = Annotated[Path | None, typer.Option(metavar="PATH", readable=False, help="The benchmark's data.")]
Options = Annotated[
    list[str] | None, typer.Option("--option", metavar="KEY=VALUE", help="Of the benchmark. Repeat it.")
]


def add_to(app: typer.Typer) -> None:
    """Make `benchmarks` a command of an application."""
    app.add_typer(_app, name="benchmarks")


@_app.callback(invoke_without_command=True)
def benchmarks(context: typer.Context, json: Json = False) -> None:
    """List the benchmarks, fetch their data, show a problem, or check a folder of problems."""
    if context.invoked_subcommand is None:
        list_benchmarks(json=json)


@_app.command("list")
def list_benchmarks(json: Json = False) -> None:
    """Show every benchmark, what can be set, and where its data was found."""

    def command() -> int:
        from cli.benchmarks import show_benchmarks

        return show_benchmarks(as_json=json)

    finish(command)


@_app.command("fetch", no_args_is_help=True)
def fetch_benchmark(
    name: Name,
    *,
    to: Annotated[
        Path | None,
        typer.Option(metavar="DIR", readable=False, help="Where to.  [default: where benchmarks are looked for]"),
    ] = None,
) -> None:
    """
    Download a benchmark's data from where its authors publish it.

    Files are checked against the digest that is known, where one is; a download that was cut goes on.

    Exit status: 0 all is there, 2 something cannot be had; the message says which file to put where.
    """

    def command() -> int:
        from cli.benchmarks import fetch

        return fetch(name, to)

    finish(command)


@_app.command("show", no_args_is_help=True)
def show_problem(
    name: Name,
    problem: Annotated[str | None, typer.Argument(metavar="[ID]", help="Problem; without it, all are listed.")] = None,
    *,
    data: Data = None,
    option: Options = None,
    json: Json = False,
) -> None:
    """Print one problem of a benchmark, or the list of them with what is wrong in the data."""

    def command() -> int:
        from cli.benchmarks import show

        return show(name, problem, data, tuple(option or ()), as_json=json)

    finish(command)


@_app.command("check", no_args_is_help=True)
def check_problems(
    folder: Annotated[Path, typer.Argument(metavar="DIR", readable=False, help="Folder of problems, or one.")],
    *,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", metavar="N", help="Runs at once.  [default: usable cores]")
    ] = None,
    sandbox: SandboxName = None,
    docker_address: DockerAddress = None,
    docker_image: DockerImage = None,
    oci_runtime: OciRuntime = None,
    json: Json = False,
) -> None:
    """
    Judge the known solutions of a folder of problems, and compare with the verdicts that they should get.

    Exit status: 0 all as they should, 1 some not, 2 a problem has a mistake, 3 the judge failed.
    """

    def command() -> int:
        from cli.benchmarks import check

        where = sandbox_of(sandbox, docker_address, docker_image, oci_runtime)
        return check(folder, jobs, where, as_json=json)

    finish(command)


@_app.command("submission", no_args_is_help=True)
def write_submission_file(
    name: Name,
    answers: Annotated[Path, typer.Argument(metavar="ANSWERS", readable=False, help="Generations, or a run.")],
    *,
    out: Annotated[Path, typer.Option(metavar="FILE", readable=False, help="Where to write it.")],
    sample: Annotated[
        int, typer.Option(metavar="N", min=0, help="Which of several answers to a question, from 0.")
    ] = 0,
    data: Data = None,
    option: Options = None,
) -> None:
    """
    Write answers as the benchmark's publishers take them, who alone have its key: codeapex-comprehension.

    Exit status: 0 written, 2 the answers cannot be read or the benchmark takes no such file.
    """

    def command() -> int:
        from cli.submission import submit

        return submit(name, answers, out, data, tuple(option or ()), index=sample)

    finish(command)
