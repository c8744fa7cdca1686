"""
The refusing loader of runtimes/<id>.toml: every mistake is a sentence that names the file and the key.

The keys and the variables are specified in runtimes/README.md; a key that is not there does not exist.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from executor.acceleration import Assets, Fast, Prefix, Seed, Waiting
from executor.errors import RuntimeFileError
from executor.expressions import compiled
from executor.model import MIB, MS, HeldAt, Limits, Verdict
from executor.naming import EntryRules
from executor.naming_checks import check_extension, check_file_name, check_mount
from executor.resident_rules import ResidentCompiler
from executor.runtime import (
    COMPILE_LIMITS,
    DEFAULT_ENV,
    TOOLCHAINS,
    Install,
    Package,
    Report,
    RunAdjustment,
    Runtime,
    SelfTest,
)
from executor.runtime_values import (
    Arguments,
    CompileArgv,
    Constant,
    Expression,
    NameExpression,
    NameExpressions,
    Positive,
    PrefixArgv,
    PrepareArgv,
    RelativeName,
    ResidentArgv,
    RunArgv,
    as_steps,
    check_patterns,
    check_value,
    not_a_string,
    tuples,
)
from executor.unit_tests import ReportFormat

_FOLDER = re.compile(r"(?<!\{)\{folder\}(?!\})")


def load_runtime(path: Path, toolchains: Path = TOOLCHAINS) -> Runtime:
    """
    Read one runtime; its id is the file's name.

    Args:
        path: <id>.toml.
        toolchains: the folder above the runtimes' own.

    Raises:
        RuntimeFileError: the file cannot be read or has a mistake.
    """
    if not re.fullmatch(r"[a-z][a-z0-9-]*", path.stem):
        raise RuntimeFileError(f"{path.name}: a runtime's id is lower-case letters, digits and '-'")
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise RuntimeFileError(f"{path.name} cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise RuntimeFileError(f"{path.name} is not TOML: {error}") from error
    try:
        folder = toolchains / str(table.get("folder", path.stem))
        return _RuntimeFile.model_validate(_with_folder(table, folder)).runtime(path.stem, folder)
    except ValidationError as error:
        sentences = "; ".join(_sentence(detail) for detail in error.errors(include_url=False))
        raise RuntimeFileError(f"{path.name}: {sentences}") from error


def _with_folder(value: Any, folder: Path) -> Any:
    """The same table with {folder} replaced wherever a text has it, so that no other module knows of it."""
    if isinstance(value, str):
        return _FOLDER.sub(lambda _: str(folder), value)
    if isinstance(value, list):
        return [_with_folder(each, folder) for each in value]
    if isinstance(value, dict):
        return {key: each if key in {"code", "files"} else _with_folder(each, folder) for key, each in value.items()}
    return value


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Package(_Table):
    package: str
    unless: str


class _Install(_Table):
    apt: list[str | _Package] = []
    npm: list[str] = []
    pip: list[str] = []
    files: dict[RelativeName, str] = {}
    steps: list[Constant] = []

    def install(self) -> Install:
        packages = (
            (Package(each) if isinstance(each, str) else Package(each.package, each.unless)) for each in self.apt
        )
        return Install(
            apt=tuple(packages),
            npm=tuple(self.npm),
            pip=tuple(self.pip),
            files=self.files,
            steps=tuple(tuple(step) for step in self.steps),
        )


class _Entry(_Table):
    skip: Expression | None = None
    file: NameExpressions = []
    main: NameExpressions = []
    package: NameExpression | None = None
    lower: bool = False

    def rules(self) -> EntryRules:
        return EntryRules(
            skip=self.skip,
            file=tuple(self.file),
            main=tuple(self.main),
            package=self.package,
            lower=self.lower,
        )


class _Report(_Table):
    format: Annotated[ReportFormat, Field(strict=False)]
    file: RelativeName | None = None


class _Seeds(_Table):
    """Every list of names with every list of flags."""

    names: Annotated[list[list[str]], Field(min_length=1)]
    flags: Annotated[list[list[str]], Field(min_length=1)] = [[]]


class _Prefix(_Table):
    skip: Expression
    line: NameExpression
    names: Expression
    render: str
    flags: Expression
    files: Annotated[dict[RelativeName, str], Field(min_length=1)]
    steps: Annotated[list[PrefixArgv], Field(min_length=1)]
    keep: Annotated[list[str], Field(min_length=1)]
    depends: RelativeName | None = None
    size_mib: Positive = 512
    compile: Annotated[list[CompileArgv], BeforeValidator(as_steps), Field(min_length=1)]
    beside: Annotated[list[CompileArgv], BeforeValidator(as_steps)] = []
    seeds: list[_Seeds] = []

    @model_validator(mode="after")
    def _check_seeds(self) -> Self:
        for seed in self.seeds:
            for expression, words in ((self.names, seed.names), (self.flags, seed.flags)):
                for word in (word for each in words for word in each):
                    if compiled(expression).fullmatch(word) is None:
                        raise ValueError(
                            f"the seed {word!r} does not match {expression!r}, so nothing would ever use it"
                        )
        return self

    def prefix(self) -> Prefix:
        return Prefix(
            skip=self.skip,
            line=self.line,
            names=self.names,
            render=self.render,
            flags=self.flags,
            assets=Assets(
                files=self.files,
                steps=tuples(self.steps),
                keep=tuple(self.keep),
                depends=self.depends,
                size_mib=self.size_mib,
            ),
            compile=tuples(self.compile),
            beside=tuples(self.beside),
            seeds=tuple(
                Seed(tuple(names), tuple(flags)) for seed in self.seeds for names in seed.names for flags in seed.flags
            ),
        )


class _Prepare(_Table):
    files: dict[RelativeName, str] = {}
    steps: list[PrepareArgv] = []
    keep: list[str] = []
    depends: RelativeName | None = None
    size_mib: Positive = 512
    prefix: _Prefix | None = None

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        if bool(self.steps) != bool(self.keep):
            raise ValueError("steps and keep belong together: what is made, and what of it is kept")
        return self

    def assets(self) -> Assets | None:
        if not self.steps:
            return None
        return Assets(
            files=self.files,
            steps=tuples(self.steps),
            keep=tuple(self.keep),
            depends=self.depends,
            size_mib=self.size_mib,
        )


class _Fast(_Table):
    compile: Annotated[list[CompileArgv], BeforeValidator(as_steps), Field(min_length=1)]
    env: dict[str, Annotated[str, AfterValidator(check_value)]] = {}
    flags: bool = False
    name: Expression | None = None
    when: Expression | None = None
    unless: Expression | None = None

    def fast(self) -> Fast:
        return Fast(
            compile=tuples(self.compile),
            env=self.env,
            flags=self.flags,
            name=self.name,
            when=self.when,
            unless=self.unless,
        )


class _Fork(_Table):
    held_at: Annotated[HeldAt, Field(strict=False)]
    env: dict[str, Annotated[str, AfterValidator(check_value)]] = {}
    files: dict[RelativeName, str] = {}

    def waiting(self) -> Waiting:
        return Waiting(held_at=self.held_at, env=self.env, files=self.files)


class _Limits(_Table):
    compile_cpu_ms: Positive = COMPILE_LIMITS.cpu_ns // MS
    compile_wall_ms: Positive | None = None
    compile_memory_mib: Positive = COMPILE_LIMITS.memory_bytes // MIB
    compile_output_mib: Positive = COMPILE_LIMITS.output_bytes // MIB
    compile_file_size_mib: Positive = COMPILE_LIMITS.file_size_bytes // MIB
    compile_processes: Positive = COMPILE_LIMITS.processes
    compile_open_files: Positive = COMPILE_LIMITS.open_files
    compile_stack_mib: Positive | None = None
    cpu_factor: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    memory_extra_mib: Annotated[int, Field(ge=0)] = 0
    processes: Positive = 1
    open_files: Positive = 1
    stack_mib: Positive | None = None

    def of_compilation(self) -> Limits:
        return Limits(
            cpu_ns=self.compile_cpu_ms * MS,
            wall_ns=None if self.compile_wall_ms is None else self.compile_wall_ms * MS,
            memory_bytes=self.compile_memory_mib * MIB,
            output_bytes=self.compile_output_mib * MIB,
            file_size_bytes=self.compile_file_size_mib * MIB,
            open_files=self.compile_open_files,
            processes=self.compile_processes,
            stack_bytes=None if self.compile_stack_mib is None else self.compile_stack_mib * MIB,
        )

    def of_runs(self) -> RunAdjustment:
        return RunAdjustment(
            cpu_factor=self.cpu_factor,
            memory_extra_bytes=self.memory_extra_mib * MIB,
            processes=self.processes,
            open_files=self.open_files,
            stack_bytes=None if self.stack_mib is None else self.stack_mib * MIB,
        )


class _Resident(_Table):
    command: ResidentArgv
    files: dict[RelativeName, str] = {}
    steps: list[ResidentArgv] = []
    arguments: Arguments = []
    flags: list[Expression] = []
    refuse: Annotated[list[str], BeforeValidator(not_a_string)] = []
    memory_mib: Positive = 512
    cpu_ms: Positive = 5000
    jobs: Positive = 500

    def compiler(self) -> ResidentCompiler:
        return ResidentCompiler(
            command=tuple(self.command),
            files=self.files,
            steps=tuple(tuple(step) for step in self.steps),
            arguments=tuple(self.arguments),
            flags=tuple(self.flags),
            refuse=tuple(self.refuse),
            memory_bytes=self.memory_mib * MIB,
            cpu_ns=self.cpu_ms * MS,
            jobs=self.jobs,
        )


class _Hello(_Table):
    code: str
    files: dict[RelativeName, str] = {}
    stdin: str = "hello\n"
    stdout: str | None = None

    def test(self) -> SelfTest:
        return SelfTest(self.code, self.stdin, self.stdin if self.stdout is None else self.stdout, self.files)


class _Broken(_Table):
    code: str
    files: dict[RelativeName, str] = {}
    verdict: Annotated[Verdict, Field(strict=False)] | None = None

    def test(self, usual: Verdict) -> SelfTest:
        return SelfTest(self.code, files=self.files, verdict=self.verdict or usual)


class _RuntimeFile(_Table):
    name: str
    extensions: Annotated[list[Annotated[str, AfterValidator(check_extension)]], Field(min_length=1)]
    by_extension: bool = True
    source: Annotated[str, AfterValidator(check_file_name)]
    folder: Annotated[str, AfterValidator(check_file_name)] | None = None
    compile: Annotated[list[CompileArgv], BeforeValidator(as_steps)] = []
    run: RunArgv
    version: Constant
    keep: Annotated[list[str], BeforeValidator(not_a_string), AfterValidator(check_patterns)] | None = None
    mounts: list[Annotated[str, AfterValidator(check_mount)]] = []
    env: dict[str, Annotated[str, AfterValidator(check_value)]] = {}
    compile_env: dict[str, Annotated[str, AfterValidator(check_value)]] = {}
    memory_exceeded: Expression | None = None
    entry: _Entry = _Entry()
    report: _Report | None = None
    resident: _Resident | None = None
    fork: _Fork | None = None
    install: _Install = _Install()
    extras: dict[str, _Install] = {}
    limits: _Limits = _Limits()
    prepare: _Prepare = _Prepare()
    fast: _Fast | None = None
    hello: _Hello
    broken: _Broken

    @model_validator(mode="after")
    def _check_stages(self) -> Self:
        runs_binary = any("{binary}" in part for part in self.run)
        if runs_binary and not self.compile:
            raise ValueError("run uses {binary}, but there is no compile step that makes it")
        if self.keep is not None and not self.compile:
            raise ValueError("keep is for what a compile step leaves, and there is none")
        if self.resident is not None and not self.compile:
            raise ValueError("resident is for what a compile step does, and there is none")
        if self.compile_env and not self.compile:
            raise ValueError("compile_env is for a compile step, and there is none")
        if (self.fast or self.prepare.prefix) and not self.compile:
            raise ValueError("a faster way to compile needs a plain one, and there is no compile step")
        commands = [*self.compile, self.run, *(self.fast.compile if self.fast else [])]
        if not self.prepare.steps and any("{prepared}" in word for argv in commands for word in argv):
            raise ValueError("{prepared} is used, but [prepare] has no steps that prepare anything")
        return self

    def runtime(self, runtime_id: str, folder: Path) -> Runtime:
        default_keep = ["{binary}"] if any("{binary}" in part for part in self.run) else ["*"]
        return Runtime(
            id=runtime_id,
            name=self.name,
            extensions=tuple(self.extensions),
            by_extension=self.by_extension,
            source=self.source,
            compile=tuple(tuple(argv) for argv in self.compile),
            run=tuple(self.run),
            version=tuple(self.version),
            env={**DEFAULT_ENV, **self.env},
            compile_env=self.compile_env,
            keep=tuple(default_keep if self.keep is None else self.keep),
            compile_limits=self.limits.of_compilation(),
            adjustment=self.limits.of_runs(),
            mounts=tuple(self.mounts),
            folder=folder,
            entry=self.entry.rules(),
            report=None if self.report is None else Report(self.report.format, self.report.file),
            memory_exceeded=self.memory_exceeded,
            resident=None if self.resident is None else self.resident.compiler(),
            waiting=None if self.fork is None else self.fork.waiting(),
            install=self.install.install(),
            extras={name: extra.install() for name, extra in self.extras.items()},
            hello=self.hello.test(),
            broken=self.broken.test(Verdict.CE if self.compile else Verdict.RTE),
            assets=self.prepare.assets(),
            prefix=None if self.prepare.prefix is None else self.prepare.prefix.prefix(),
            fast=None if self.fast is None else self.fast.fast(),
        )


_TABLES: dict[str, type[_Table]] = {
    "install": _Install,
    "extras": _Install,
    "limits": _Limits,
    "entry": _Entry,
    "fork": _Fork,
    "report": _Report,
    "resident": _Resident,
    "prepare": _Prepare,
    "fast": _Fast,
    "hello": _Hello,
    "broken": _Broken,
}


def _sentence(error: ErrorDetails) -> str:
    """What pydantic found, for somebody who has never heard of pydantic."""
    where = [part for part in error["loc"] if isinstance(part, str)]
    key = ".".join(where) or "the file"
    if error["type"] == "missing":
        return f"the key {key} is missing"
    if error["type"] == "extra_forbidden":
        return f"unknown key {key}{_suggestion(where)}"
    if error["type"] == "value_error":
        return f"{key}: {error['ctx']['error']}"
    return f"{key}: {error['msg'][0].lower()}{error['msg'][1:]}"


def _suggestion(where: list[str]) -> str:
    table = _TABLES.get(where[0], _RuntimeFile) if len(where) > 1 else _RuntimeFile
    close = difflib.get_close_matches(where[-1], table.model_fields, n=1)
    return f"; did you mean {close[0]}?" if close else f"; the known keys are {', '.join(table.model_fields)}"
