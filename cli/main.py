"""
The command line: options and their help, nothing else. Whatever a command needs is imported when it runs.

`exec-cli --help` and shell completion must feel immediate; the engine, pydantic and rich cost a quarter of a second.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import benchmarks_command, generate_commands, report_command, score_command
from cli.edge import finish
from cli.options import (
    Cold,
    DockerAddress,
    DockerImage,
    Json,
    Metrics,
    OciRuntime,
    SandboxName,
    Server,
    Tls,
    TlsCa,
    TlsCertificate,
    TlsClientCa,
    TlsKey,
    TokenFile,
    sandbox_of,
)

HELP_OPTIONS = {"help_option_names": ["-h", "--help"]}

app = typer.Typer(
    name="exec-cli",
    help="Judge programs in a sandbox: compile once, run every test case, one verdict per case.",
    context_settings=HELP_OPTIONS,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
runtimes_app = typer.Typer(context_settings=HELP_OPTIONS, rich_markup_mode=None)
app.add_typer(runtimes_app, name="runtimes")


def _complete_runtimes(incomplete: str) -> list[str]:
    from executor.config import lasting_cache
    from executor.runtime import Runtimes

    return [runtime.id for runtime in Runtimes.load(cache=lasting_cache(None)) if runtime.id.startswith(incomplete)]


def _complete_extras(incomplete: str) -> list[str]:
    from executor.config import lasting_cache
    from executor.runtime import Runtimes

    names = {extra for runtime in Runtimes.load(cache=lasting_cache(None)) for extra in runtime.extras}
    return sorted(name for name in names if name.startswith(incomplete))


def _complete_checkers(incomplete: str) -> list[str]:
    from executor.model import CheckerKind

    return [name for name in (*CheckerKind, "float:1e-6") if name.startswith(incomplete)]


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            print(f"exec-cli {version('ennead')}")
        except PackageNotFoundError:
            print("exec-cli, version unknown: it is not installed as a package")
        raise typer.Exit


Sources = Annotated[
    list[Path],
    typer.Argument(metavar="FILE", readable=False, help="Sources, the entry first, or folders; - reads stdin."),
]
Tests = Annotated[Path | None, typer.Option(metavar="DIR", readable=False, help="Folder of test cases.")]
Stdin = Annotated[
    Path | None,
    typer.Option(metavar="FILE", readable=False, help="Input of a run without --tests.  [default: what is piped]"),
]
RuntimeId = Annotated[
    str | None,
    typer.Option(metavar="ID", help="Language.  [default: by extension]", autocompletion=_complete_runtimes),
]
Entry = Annotated[str | None, typer.Option(metavar="NAME", help="File to compile or run.  [default: the first]")]
Flags = Annotated[
    list[str] | None,
    typer.Option("--flag", metavar="TEXT", help="For the compiler, such as --flag=-O3. Repeat it."),
]
Args = Annotated[list[str] | None, typer.Option("--arg", metavar="TEXT", help="For the program. Repeat it.")]
TimeLimit = Annotated[str | None, typer.Option(metavar="TIME", help="CPU time, such as 1s.  [default: 10s]")]
WallLimit = Annotated[
    str | None, typer.Option(metavar="TIME", help="Real time.  [default: twice the CPU time and 10s]")
]
MemoryLimit = Annotated[str | None, typer.Option(metavar="SIZE", help="Memory, such as 256MiB.  [default: 512MiB]")]
OutputLimit = Annotated[
    str | None, typer.Option(metavar="SIZE", help="Standard output and error together.  [default: 64MiB]")
]
StackLimit = Annotated[
    str | None, typer.Option(metavar="SIZE", help="Main thread's stack.  [default: the memory limit]")
]
Processes = Annotated[int | None, typer.Option(metavar="N", help="Processes and threads at once.  [default: 64]")]
Allowances = Annotated[bool, typer.Option("--allowances", help="Add what the language is allowed beyond these limits.")]
CheckerName = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="tokens, exact, lines, float:1e-6, unordered or exit (the exit status only).",
        show_default=True,
        autocompletion=_complete_checkers,
    ),
]
StopAtFirstFailure = Annotated[
    bool, typer.Option("--stop-at-first-failure", help="Begin no case after one has failed.")
]
Jobs = Annotated[
    int | None, typer.Option("--jobs", "-j", metavar="N", help="Cases judged at once.  [default: usable cores]")
]


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


@app.command(no_args_is_help=True)
def run(
    *,
    files: Sources,
    tests: Tests = None,
    stdin: Stdin = None,
    runtime: RuntimeId = None,
    entry: Entry = None,
    flag: Flags = None,
    arg: Args = None,
    time_limit: TimeLimit = None,
    wall_limit: WallLimit = None,
    memory_limit: MemoryLimit = None,
    output_limit: OutputLimit = None,
    stack_limit: StackLimit = None,
    processes: Processes = None,
    allowances: Allowances = False,
    checker: CheckerName = "tokens",
    stop_at_first_failure: StopAtFirstFailure = False,
    cold: Cold = False,
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
    Judge a program against a folder of test cases, or run it once on its input.

    A folder of test cases holds NAME.in with NAME.out, .ans or .a; inputNN.txt with outputNN.txt; or input/X with
    output/X. Limits are those of each case.

    With --server the job is judged there; the language has to be installed there alone.

    Exit status: 0 all accepted, 1 not all accepted, 2 wrong usage, 3 the judge failed.
    """

    def command() -> int:
        from cli.quantities import parse_limits
        from cli.remote import ServerOptions
        from cli.run import RunOptions
        from cli.run import run as judge
        from executor.checker import parse_checker

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
        options = RunOptions(
            files=tuple(files),
            tests=tests,
            stdin=stdin,
            runtime=runtime,
            entry=entry,
            flags=tuple(flag or ()),
            args=tuple(arg or ()),
            limits=parse_limits(limits),
            allowances=allowances,
            checker=parse_checker(checker),
            stop_at_first_failure=stop_at_first_failure,
            cold=cold,
            jobs=jobs,
            sandbox=sandbox_of(sandbox, docker_address, docker_image, oci_runtime),
            json=json,
            server=servers if servers.addresses else None,
        )
        servers.check()
        return judge(options)

    finish(command)


@runtimes_app.callback(invoke_without_command=True)
def runtimes(context: typer.Context, json: Json = False) -> None:
    """List the languages, install them, or check that each works in the sandbox."""
    if context.invoked_subcommand is None:
        list_runtimes(json=json)


@runtimes_app.command("list")
def list_runtimes(json: Json = False) -> None:
    """Show every language, its version, and whether it is installed."""

    def command() -> int:
        from cli.runtimes import show_runtimes

        return show_runtimes(as_json=json)

    finish(command)


@runtimes_app.command("install", no_args_is_help=True)
def install_runtimes(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Languages.", autocompletion=_complete_runtimes)
    ] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Every language.")] = False,
    nine: Annotated[
        bool, typer.Option("--nine", help="C and C++, C#, Go, Java, JavaScript, Python, R, Rust and TypeScript.")
    ] = False,
    extras: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Packages for programs in these languages; without languages, for all that have them. Repeat it.",
            autocompletion=_complete_extras,
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    json: Json = False,
) -> None:
    """
    Install languages, and packages for their programs.

    Uses apt-get, npm and pip; what is there already is left alone. Asks for sudo's password where root is needed. One
    language that cannot be installed does not stop the others.

    Exit status: 0 all that was asked for is available, 1 something is not, 2 wrong usage.
    """

    def command() -> int:
        from cli.install import InstallOptions, install

        options = InstallOptions(
            ids=tuple(ids or ()), every=every, nine=nine, extras=tuple(extras or ()), dry_run=dry_run, json=json
        )
        return install(options)

    finish(command)


@runtimes_app.command("prepare", no_args_is_help=True)
def prepare_runtimes(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Languages.", autocompletion=_complete_runtimes)
    ] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Every language that is installed.")] = False,
    nine: Annotated[bool, typer.Option("--nine", help="The nine, as far as they are installed.")] = False,
    json: Json = False,
) -> None:
    """
    Make what compilations of a language begin with, once: precompiled headers and the like.

    `install` does it at its end. What is there already is left alone. Root prepares for every user of this machine.

    Exit status: 0 all is there, 1 something could not be made, 2 wrong usage, 3 no box can be started.
    """

    def command() -> int:
        from cli.preparing import prepare

        return prepare(ids or [], every=every, nine=nine, as_json=json)

    finish(command)


@runtimes_app.command("check")
def check_runtimes(
    ids: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ID]...", help="Languages.  [default: all that are installed]", autocompletion=_complete_runtimes
        ),
    ] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Every language; one that is not installed has failed.")] = False,
    sandbox: SandboxName = None,
    docker_address: DockerAddress = None,
    docker_image: DockerImage = None,
    oci_runtime: OciRuntime = None,
    json: Json = False,
) -> None:
    """
    Run each language's self-tests in the sandbox.

    They are a program that must work and one that must fail.

    Exit status: 0 all passed, 1 one failed, 2 wrong usage, 3 the judge failed.
    """

    def command() -> int:
        from cli.check import check

        sandbox_asked = sandbox_of(sandbox, docker_address, docker_image, oci_runtime)
        return check(ids or [], every=every, sandbox=sandbox_asked, as_json=json)

    finish(command)


@app.command()
def doctor(
    *,
    sandbox: SandboxName = None,
    docker_address: DockerAddress = None,
    docker_image: DockerImage = None,
    oci_runtime: OciRuntime = None,
    json: Json = False,
) -> None:
    """
    Say what this machine offers the sandbox, what it lacks, and what to do about it.

    Exit status: 0 if boxes start here, 3 if not.
    """

    def command() -> int:
        from cli.doctor import examine

        return examine(sandbox_of(sandbox, docker_address, docker_image, oci_runtime), as_json=json)

    finish(command)


ConfigFile = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", readable=False, help="Settings in TOML; see `config`.")
]
Listen = Annotated[
    list[str] | None,
    typer.Option(metavar="ADDRESS", help="HOST:PORT or unix:/PATH; may be repeated.  [default: 127.0.0.1:50051]"),
]
ServerSlots = Annotated[int | None, typer.Option(metavar="N", help="Runs at the same time.  [default: usable cores]")]
Tokens = Annotated[
    Path | None, typer.Option(metavar="FILE", readable=False, help="NAME TOKEN on each line: who may call.")
]


def _given(**flags: object) -> dict[str, object]:
    """The options that somebody gave; for the others the environment, the file or a default counts."""
    return {name: value for name, value in flags.items() if value is not None and value != []}


@app.command()
def serve(
    *,
    config: ConfigFile = None,
    listen: Listen = None,
    slots: ServerSlots = None,
    sandbox: SandboxName = None,
    docker_address: DockerAddress = None,
    docker_image: DockerImage = None,
    oci_runtime: OciRuntime = None,
    tokens: Tokens = None,
    tls_certificate: TlsCertificate = None,
    tls_key: TlsKey = None,
    tls_client_ca: TlsClientCa = None,
    metrics: Metrics = None,
) -> None:
    """
    Judge over gRPC until SIGTERM, then end what is in progress.

    Every setting, also those without an option, can be given in a file and as ENNEAD_EXECUTOR_<SETTING> in the
    environment; `exec-cli config` shows them all.

    Exit status: 0 after an orderly end, 2 wrong settings, 3 no box can be started.
    """

    def command() -> int:
        from cli.serve import serve as run_server

        flags = _given(
            listen=listen,
            slots=slots,
            sandbox=sandbox,
            docker_address=docker_address,
            docker_image=docker_image,
            oci_runtime=oci_runtime,
            tokens=tokens,
            tls_certificate=tls_certificate,
            tls_key=tls_key,
            tls_client_ca=tls_client_ca,
            metrics=metrics,
        )
        return run_server(flags, config)

    finish(command)


@app.command("config")
def show_config(*, config: ConfigFile = None, json: Json = False) -> None:
    """Print the settings of a server, as the file, the environment and the defaults make them."""

    def command() -> int:
        from cli.serve import show_config as show

        return show({}, config, as_json=json)

    finish(command)


@app.command("health")
def show_health(
    *,
    server: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="HOST:PORT or unix:/PATH.  [default: where `serve` listens by itself]"),
    ] = None,
    service: Annotated[str, typer.Option(metavar="NAME", help="Of one service alone.  [default: the server]")] = "",
    timeout: Annotated[str, typer.Option(metavar="TIME", help="How long to wait for its answer.")] = "5s",
    json: Json = False,
    tls: Tls = False,
    tls_ca: TlsCa = None,
    tls_certificate: TlsCertificate = None,
    tls_key: TlsKey = None,
) -> None:
    """
    Ask a server whether it takes calls, as probes do: the executor or the generator, over grpc.health.v1.

    Without --server it asks the first address of $ENNEAD_EXECUTOR_LISTEN, else 127.0.0.1:50051.

    Exit status: 0 it does, 1 it does not (it drains, say), 2 wrong usage, 3 nobody answers.
    """

    def command() -> int:
        from cli.health import health
        from cli.quantities import parse_duration
        from cli.remote import ServerOptions
        from executor.model import SECOND

        options = ServerOptions(
            addresses=(server,) if server else (),
            tls=tls,
            tls_ca=tls_ca,
            tls_certificate=tls_certificate,
            tls_key=tls_key,
        )
        return health(options, service, parse_duration(timeout) / SECOND, as_json=json)

    finish(command)


benchmarks_command.add_to(app)
generate_commands.add_to(app)
report_command.add_to(app)
score_command.add_to(app)
