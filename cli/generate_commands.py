"""The generator's commands: options and their help, nothing else. Whatever a command needs is imported when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.edge import finish
from cli.options import (
    Cold,
    DockerAddress,
    DockerImage,
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
    pairs,
    sandbox_of,
)
from cli.score_command import (
    Allowances,
    Jobs,
    K,
    MemoryLimit,
    OutputLimit,
    Processes,
    StackLimit,
    TimeLimit,
    WallLimit,
)

if TYPE_CHECKING:
    from cli.asking import AskOptions
    from cli.generating import GenerateOptions

BenchmarkName = Annotated[str, typer.Option("--benchmark", metavar="NAME", help="See `exec-cli benchmarks list`.")]
Data = Annotated[Path | None, typer.Option(metavar="PATH", readable=False, help="The benchmark's data.")]
Options = Annotated[
    list[str] | None, typer.Option("--option", metavar="KEY=VALUE", help="Of the benchmark. Repeat it.")
]
ModelName = Annotated[
    str | None, typer.Option("--model", metavar="NAME", help="At the server.  [default: the only one it has]")
]
BaseUrl = Annotated[
    str | None, typer.Option(metavar="URL", help="OpenAI-compatible server.  [default: http://127.0.0.1:8000/v1]")
]
ApiKeyEnv = Annotated[str | None, typer.Option(metavar="NAME", help="Variable of the environment that holds the key.")]
Number = Annotated[int, typer.Option("--n", metavar="N", help="Samples of each problem.")]
Temperature = Annotated[float, typer.Option(metavar="T", help="0..2.")]
TopP = Annotated[float, typer.Option(metavar="P", help="Above 0, at most 1.")]
MaxTokens = Annotated[int, typer.Option(metavar="N", help="Of one answer; a longer one is cut, and marked.")]
Stop = Annotated[list[str] | None, typer.Option(metavar="TEXT", help="Ends an answer. Repeat it.")]
Seed = Annotated[int, typer.Option(metavar="N", help="Of the run; each problem has its own, made from it.")]
NoSeed = Annotated[bool, typer.Option("--no-seed", help="Send no seed: for servers that know none.")]
Extra = Annotated[
    list[str] | None,
    typer.Option("--extra", metavar="KEY=JSON", help="Another key of the request, as top_k=20. Repeat it."),
]
PromptName = Annotated[
    str | None, typer.Option("--prompt", metavar="NAME", help="See --list-prompts; or a TOML file of your own.")
]
Lang = Annotated[str | None, typer.Option(metavar="en|zh", help="Of prompts and problems, where there is a choice.")]
Shots = Annotated[int, typer.Option(metavar="N", help="Examples in front of each problem.")]
ShotsFile = Annotated[Path | None, typer.Option(metavar="FILE", readable=False, help="JSON: where they come from.")]
Cot = Annotated[bool, typer.Option("--cot", help="Ask the model to think aloud first.")]
ModeName = Annotated[str, typer.Option("--mode", metavar="chat|completion", help="Interface of the server.")]
Stream = Annotated[bool, typer.Option("--stream", help="Take answers piece by piece: notices early what hangs.")]
Timeout = Annotated[float, typer.Option(metavar="SECONDS", help="How long the server may say nothing.")]
Concurrency = Annotated[int, typer.Option(metavar="N", help="Problems asked at once.")]
Only = Annotated[list[str] | None, typer.Option(metavar="ID", help="This problem alone. Repeat it.")]
Limit = Annotated[int | None, typer.Option(metavar="N", help="The first N problems alone.")]
Out = Annotated[Path | None, typer.Option(metavar="RUN_DIR", help="The run directory that is written.")]
Resume = Annotated[bool, typer.Option("--resume", help="Continue a run: ask for what is missing.")]
Serve = Annotated[
    Path | None, typer.Option("--serve", metavar="MODEL_DIR", readable=False, help="Start vLLM with this model.")
]
VllmPython = Annotated[
    Path | None,
    typer.Option(metavar="PATH", help="Interpreter of vLLM's environment.  [default: $ENNEAD_VLLM_PYTHON or this one]"),
]
VllmArgs = Annotated[
    list[str] | None,
    typer.Option("--vllm-arg", metavar="ARG", help="For vLLM, as --vllm-arg=--max-model-len=4096. Repeat it."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object; no progress.")]


ConfigFile = Annotated[Path | None, typer.Option("--config", metavar="FILE", readable=False, help="Settings in TOML.")]
Listen = Annotated[
    list[str] | None,
    typer.Option(metavar="ADDRESS", help="HOST:PORT or unix:/PATH; may be repeated.  [default: 127.0.0.1:50052]"),
]
Tokens = Annotated[
    Path | None, typer.Option(metavar="FILE", readable=False, help="NAME TOKEN on each line: who may call.")
]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command(no_args_is_help=True)(generate)
    app.command(no_args_is_help=True)(evaluate)
    app.command("serve-generator")(serve_generator)


def generate(
    *,
    benchmark: BenchmarkName = "",
    data: Data = None,
    option: Options = None,
    model: ModelName = None,
    base_url: BaseUrl = None,
    api_key_env: ApiKeyEnv = None,
    n: Number = 3,
    temperature: Temperature = 0.7,
    top_p: TopP = 0.8,
    max_tokens: MaxTokens = 1024,
    stop: Stop = None,
    seed: Seed = 0,
    no_seed: NoSeed = False,
    extra: Extra = None,
    prompt: PromptName = None,
    lang: Lang = None,
    shots: Shots = 0,
    shots_file: ShotsFile = None,
    cot: Cot = False,
    mode: ModeName = "chat",
    stream: Stream = False,
    timeout: Timeout = 600.0,
    concurrency: Concurrency = 16,
    only: Only = None,
    limit: Limit = None,
    out: Out = None,
    resume: Resume = False,
    serve: Serve = None,
    vllm_python: VllmPython = None,
    vllm_arg: VllmArgs = None,
    show_prompt: Annotated[
        str | None, typer.Option(metavar="ID", help="Print what the model is asked for this problem, and stop.")
    ] = None,
    list_prompts: Annotated[bool, typer.Option("--list-prompts", help="List the prompts, and stop.")] = False,
    json: Json = False,
) -> None:
    """
    Ask a model for answers to the problems of a benchmark.

    Each sample is a line of RUN_DIR/generations.jsonl the moment it is complete. Killed and started again with
    --resume, it asks for what is missing and nothing else.

    Exit status: 0 all samples are there, 1 some are missing, 2 wrong usage, 3 the model's server failed.
    """
    typed = dict(locals())

    def command() -> int:
        from cli import generating

        if list_prompts:
            return generating.list_prompts(as_json=json)
        if show_prompt is not None:
            return generating.show_prompt(asking_of(typed), show_prompt)
        return generating.generate(options_of(typed))

    finish(command)


def evaluate(
    *,
    benchmark: BenchmarkName = "",
    data: Data = None,
    option: Options = None,
    model: ModelName = None,
    base_url: BaseUrl = None,
    api_key_env: ApiKeyEnv = None,
    n: Number = 3,
    temperature: Temperature = 0.7,
    top_p: TopP = 0.8,
    max_tokens: MaxTokens = 1024,
    stop: Stop = None,
    seed: Seed = 0,
    no_seed: NoSeed = False,
    extra: Extra = None,
    prompt: PromptName = None,
    lang: Lang = None,
    shots: Shots = 0,
    shots_file: ShotsFile = None,
    cot: Cot = False,
    mode: ModeName = "chat",
    stream: Stream = False,
    timeout: Timeout = 600.0,
    concurrency: Concurrency = 16,
    only: Only = None,
    limit: Limit = None,
    out: Out = None,
    resume: Resume = False,
    serve: Serve = None,
    vllm_python: VllmPython = None,
    vllm_arg: VllmArgs = None,
    k: K = None,
    time_limit: TimeLimit = None,
    wall_limit: WallLimit = None,
    memory_limit: MemoryLimit = None,
    output_limit: OutputLimit = None,
    stack_limit: StackLimit = None,
    processes: Processes = None,
    allowances: Allowances = None,
    cold: Cold = False,
    jobs: Jobs = None,
    sandbox: SandboxName = None,
    docker_address: DockerAddress = None,
    docker_image: DockerImage = None,
    oci_runtime: OciRuntime = None,
    server: Server = None,
    token_file: TokenFile = None,
    tls: Tls = False,
    tls_ca: TlsCa = None,
    tls_certificate: TlsCertificate = None,
    tls_key: TlsKey = None,
    json: Json = False,
) -> None:
    """
    Ask a model for answers to a benchmark, judge them as they come, and compute the scores.

    Options are those of `generate` and of `score`. Killed and started again with --resume, it asks for the samples that
    are missing and judges what is not judged.

    Exit status: 0 all samples are there and judged, 1 some could not be had, 2 wrong usage, 3 the model's server or the
    judge failed.
    """
    typed = dict(locals())

    def command() -> int:
        from cli.evaluating import EvaluateOptions
        from cli.evaluating import evaluate as run
        from cli.quantities import asked_limits
        from cli.remote import ServerOptions
        from cli.scoring import k_of

        limits = ("time_limit", "wall_limit", "memory_limit", "output_limit", "stack_limit", "processes")
        servers = ServerOptions(
            addresses=tuple(server or ()),
            token_file=token_file,
            tls=tls,
            tls_ca=tls_ca,
            tls_certificate=tls_certificate,
            tls_key=tls_key,
        )
        servers.check()
        options = EvaluateOptions(
            generate=options_of(typed),
            limits=asked_limits({f"--{name.replace('_', '-')}": typed[name] for name in limits}),
            allowances=allowances,
            cold=cold,
            jobs=jobs,
            sandbox=sandbox_of(sandbox, docker_address, docker_image, oci_runtime),
            server=servers if servers.addresses else None,
            k=k_of(k),
        )
        return run(options)

    finish(command)


def serve_generator(
    *,
    config: ConfigFile = None,
    base_url: BaseUrl = None,
    listen: Listen = None,
    tokens: Tokens = None,
    tls_certificate: TlsCertificate = None,
    tls_key: TlsKey = None,
    tls_client_ca: TlsClientCa = None,
    metrics: Metrics = None,
) -> None:
    """
    Offer a model over gRPC until SIGTERM, then end what is in progress.

    Every setting, also those without an option, can be given in a file and as ENNEAD_GENERATOR_<SETTING> in the
    environment; docs/generating.md lists them.

    Exit status: 0 after an orderly end, 2 wrong settings.
    """
    flags = {name: value for name, value in locals().items() if name != "config" and value}

    def command() -> int:
        from cli.serve_generator import serve

        return serve(flags, config)

    finish(command)


def asking_of(typed: dict[str, Any]) -> AskOptions:
    """
    The options about the benchmark and its prompts.

    Raises:
        UsageError: one is not written as it should be.
    """
    from cli.asking import AskOptions
    from executor.errors import UsageError

    if not typed["benchmark"]:
        raise UsageError("--benchmark has to be given; `exec-cli benchmarks list` shows them")
    return AskOptions(
        benchmark=typed["benchmark"],
        data=typed["data"],
        options=pairs("--option", typed["option"] or ()),
        prompt=typed["prompt"],
        mode=typed["mode"],
        lang=typed["lang"],
        shots=typed["shots"],
        shots_file=typed["shots_file"],
        cot=typed["cot"],
        only=tuple(typed["only"] or ()),
        limit=typed["limit"],
    )


def options_of(typed: dict[str, Any]) -> GenerateOptions:
    """
    All options of generating.

    Raises:
        UsageError: one is missing, or not written as it should be.
    """
    import json

    from cli.generating import GenerateOptions, ModelOptions
    from executor.errors import UsageError

    if typed["out"] is None:
        raise UsageError("--out has to be given: the folder that the run is written to")
    asking = asking_of(typed)
    return GenerateOptions(
        asking=asking,
        out=typed["out"],
        model=ModelOptions(
            model=typed["model"],
            base_url=typed["base_url"],
            api_key_env=typed["api_key_env"],
            timeout_s=typed["timeout"],
            stream=typed["stream"],
            serve=typed["serve"],
            vllm_python=typed["vllm_python"],
            vllm_args=tuple(typed["vllm_arg"] or ()),
        ),
        samples=typed["n"],
        sampling={
            "temperature": typed["temperature"],
            "top_p": typed["top_p"],
            "max_tokens": typed["max_tokens"],
            "stop": tuple(typed["stop"] or ()),
            "extra": pairs("--extra", typed["extra"] or (), json.loads),
        },
        seed=None if typed["no_seed"] else typed["seed"],
        concurrency=typed["concurrency"],
        resume=typed["resume"],
        json=typed["json"],
    )
