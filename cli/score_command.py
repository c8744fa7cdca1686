"""`exec-cli score`: options and their help, nothing else. Whatever the command needs is imported when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.edge import finish
from cli.options import (
    Cold,
    DockerAddress,
    DockerImage,
    OciRuntime,
    SandboxName,
    Server,
    Tls,
    TlsCa,
    TlsCertificate,
    TlsKey,
    TokenFile,
    sandbox_of,
)

Generations = Annotated[
    Path,
    typer.Argument(metavar="GENERATIONS", readable=False, help="File, folder, or run directory; see docs/scoring.md."),
]
BenchmarkName = Annotated[
    str | None,
    typer.Option(
        "--benchmark", metavar="NAME", help="See `exec-cli benchmarks list`.  [default: that of the run directory]"
    ),
]
Data = Annotated[
    Path | None,
    typer.Option(metavar="PATH", readable=False, help="The benchmark's data.  [default: where it was fetched to]"),
]
BenchmarkOptions = Annotated[
    list[str] | None, typer.Option("--option", metavar="KEY=VALUE", help="Of the benchmark. Repeat it.")
]
Out = Annotated[
    Path | None,
    typer.Option(metavar="RUN_DIR", readable=False, help="Where everything goes.  [default: runs/NAME-GENERATIONS]"),
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with a run that was begun.")]
Recompute = Annotated[
    bool, typer.Option("--recompute", help="Compute the scores of a run directory anew; nothing is judged.")
]
K = Annotated[str | None, typer.Option("--k", metavar="K,...", help="Of pass@k.  [default: 1,5,10,100]")]
Only = Annotated[list[str] | None, typer.Option(metavar="PROBLEM", help="This problem alone. Repeat it.")]
FormatName = Annotated[
    str | None,
    typer.Option("--format", metavar="NAME", help="jsonl, lists, csv, folder or params.  [default: found out]"),
]
FormName = Annotated[
    str | None,
    typer.Option(
        "--form", metavar="NAME", help="What texts are: answer, completion or solution.  [default: as the format says]"
    ),
]
TimeLimit = Annotated[str | None, typer.Option(metavar="TIME", help="CPU time, such as 1s; as all limits, in place of")]
WallLimit = Annotated[str | None, typer.Option(metavar="TIME", help="what the benchmark says. Real time.")]
MemoryLimit = Annotated[str | None, typer.Option(metavar="SIZE", help="Memory, such as 256MiB.")]
OutputLimit = Annotated[str | None, typer.Option(metavar="SIZE", help="Standard output and error together.")]
StackLimit = Annotated[str | None, typer.Option(metavar="SIZE", help="Main thread's stack.")]
Processes = Annotated[int | None, typer.Option(metavar="N", help="Processes and threads at once.")]
Allowances = Annotated[
    bool | None,
    typer.Option(
        "--allowances/--no-allowances", help="What a language is allowed beyond limits.  [default: the benchmark's]"
    ),
]
Share = Annotated[bool, typer.Option("--share/--no-share", help="Judge equal programs once, or each for itself.")]
Jobs = Annotated[
    int | None, typer.Option("--jobs", "-j", metavar="N", help="Programs at once.  [default: usable cores]")
]
Json = Annotated[bool, typer.Option("--json", help="Print the scores as JSON instead of tables.")]


def add_to(app: typer.Typer) -> None:
    """Make the command known."""
    app.command("score", no_args_is_help=True)(score)


def score(
    *,
    generations: Generations,
    benchmark: BenchmarkName = None,
    data: Data = None,
    option: BenchmarkOptions = None,
    out: Out = None,
    resume: Resume = False,
    recompute: Recompute = False,
    k: K = None,
    only: Only = None,
    format_name: FormatName = None,
    form: FormName = None,
    time_limit: TimeLimit = None,
    wall_limit: WallLimit = None,
    memory_limit: MemoryLimit = None,
    output_limit: OutputLimit = None,
    stack_limit: StackLimit = None,
    processes: Processes = None,
    allowances: Allowances = None,
    cold: Cold = False,
    share: Share = True,
    jobs: Jobs = None,
    sandbox: SandboxName = None,
    docker_address: DockerAddress = None,
    docker_image: DockerImage = None,
    oci_runtime: OciRuntime = None,
    json: Json = False,
    server: Server = None,
    token_file: TokenFile = None,
    tls: Tls = False,
    tls_ca: TlsCa = None,
    tls_certificate: TlsCertificate = None,
    tls_key: TlsKey = None,
) -> None:
    """
    Judge a model's answers to a benchmark, and compute its scores.

    Stopped or killed at any moment, it goes on where it was with --resume. Equal programs are judged once.

    Exit status: 0 scored, 2 wrong usage, 3 samples could not be judged.
    """

    def command() -> int:
        from cli.quantities import asked_limits
        from cli.remote import ServerOptions
        from cli.scoring import ScoreOptions
        from cli.scoring import score as run

        limits = {
            "--time-limit": time_limit,
            "--wall-limit": wall_limit,
            "--memory-limit": memory_limit,
            "--output-limit": output_limit,
            "--stack-limit": stack_limit,
            "--processes": processes,
        }
        servers = ServerOptions(
            addresses=tuple(server or ()),
            token_file=token_file,
            tls=tls,
            tls_ca=tls_ca,
            tls_certificate=tls_certificate,
            tls_key=tls_key,
        )
        servers.check()
        options = ScoreOptions(
            generations=generations,
            benchmark=benchmark,
            data=data,
            options=tuple(option or ()),
            out=out,
            resume=resume,
            recompute=recompute,
            k=k,
            only=tuple(only or ()),
            format=format_name,
            form=form,
            limits=asked_limits(limits),
            allowances=allowances,
            cold=cold,
            share=share,
            jobs=jobs,
            sandbox=sandbox_of(sandbox, docker_address, docker_image, oci_runtime),
            json=json,
            server=servers if servers.addresses else None,
        )
        return run(options)

    finish(command)
