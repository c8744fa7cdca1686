"""What run.toml says of a run: enough to defend its numbers, or to get them again."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

FORMAT = 1
"""Of run directories. One that a newer Ennead wrote is refused, instead of being half understood."""


class _Table(BaseModel):
    """Further keys are kept: whoever generates has some, and so may have later versions."""

    model_config = ConfigDict(extra="allow", frozen=True)


class BenchmarkAbout(_Table):
    """
    The table `[benchmark]`.

    Args:
        name: as in `--benchmark`.
        version: digest of its data.
        data: the path it was read from, as it was given.
        options: the benchmark's own, as they were given.
        languages: of the problems.
        problems: how many are scored.
        only: the problems that `--only` named; empty: all.
        warnings: what to know of the data before trusting a score.
    """

    name: str
    version: str
    data: str | None = None
    options: dict[str, str] = Field(default_factory=dict)
    languages: list[str] = Field(default_factory=list)
    problems: int = 0
    only: list[str] = Field(default_factory=list)
    warnings: list[str] = Field(default_factory=list)


class GenerationsAbout(_Table):
    """
    The table `[generations]`.

    Args:
        source: the file or folder they were read from; absent: they were generated here.
        format: in which they were there.
        samples: how many there were when they were scored last.
        digest, size_bytes: sha256 of the first so many bytes of generations.jsonl: what has been scored of it.
        left_out: lines and files that were no sample.
        reasons: the first of these, each with its file and line.
        models: names of models that samples carry.
    """

    source: str | None = None
    format: str | None = None
    samples: int | None = None
    digest: str | None = None
    size_bytes: int | None = None
    left_out: int = 0
    reasons: list[str] = Field(default_factory=list)
    models: list[str] = Field(default_factory=list)


class Range(_Table):
    """The least and the most that any job was given."""

    least: int
    most: int


class LimitsAbout(_Table):
    """
    The table `[limits]`.

    Args:
        asked: what the command line put in place of the benchmark's limits, by the names of executor.model.Limits.
        allowances: whether every language got its own; None: as the benchmark says.
        used: what the jobs had, before a language's allowances.
    """

    asked: dict[str, int] = Field(default_factory=dict)
    allowances: bool | None = None
    used: dict[str, Range] = Field(default_factory=dict)


class JudgeAbout(_Table):
    """
    The table `[judge]`.

    Args:
        place: `here`, or the addresses of the servers.
        slots: programs that ran at once.
        meter: what measured memory and CPU time, as executor.model.Meter says.
        version: of the servers, where they judged.
        losses: what could not be enforced or measured exactly, as sentences.
    """

    place: str = "here"
    slots: int | None = None
    meter: str | None = None
    version: str | None = None
    losses: list[str] = Field(default_factory=list)


class MachineAbout(_Table):
    """The table `[machine]`, where Ennead ran; of servers, they say what they are themselves."""

    python: str
    kernel: str
    architecture: str
    processor: str | None = None
    cores: int
    memory_bytes: int | None = None


class Session(_Table):
    """The tables `[[sessions]]`: one for each time that judging was begun; `ended` is absent where it was killed."""

    began: datetime
    ended: datetime | None = None
    place: str = "here"
    ennead: str | None = None
    judged: int = 0
    shared: int = 0
    wall_s: float | None = None


class About(_Table):
    """
    The whole of run.toml.

    Args:
        format: of the run directory.
        ennead: the version that wrote it.
        commit: of the checkout it ran from; `+` at its end: with changes.
        created: when.
        benchmark: None: generations only, nothing was scored yet.
        toolchains: version lines by runtime, as compilations said them.
    """

    format: int = Field(default=FORMAT, le=FORMAT)
    ennead: str
    commit: str | None = None
    created: datetime
    benchmark: BenchmarkAbout | None = None
    generations: GenerationsAbout | None = None
    limits: LimitsAbout = LimitsAbout()
    judge: JudgeAbout | None = None
    machine: MachineAbout | None = None
    toolchains: dict[str, str] = Field(default_factory=dict)
    sessions: list[Session] = Field(default_factory=list)
