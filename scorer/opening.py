"""
What is to be scored becomes a run directory; or one that is there turns out to fit, or not.

The order of writing makes a kill harmless: generations.jsonl, at once; then problems.jsonl and run.toml, which says
what they were made of; verdicts come after that. So once there is a verdict, all the rest is there and belongs to it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from scorer import generations, jsonl
from scorer.about import About, BenchmarkAbout, GenerationsAbout, LimitsAbout
from scorer.benchmark import Benchmark
from scorer.errors import RunDirectoryError
from scorer.generations import Format, Rejected
from scorer.judging import Changes
from scorer.model import Form, Problem, Sample
from scorer.run_directory import GENERATIONS, PROBLEMS, RUN, VERDICTS, RunDirectory
from scorer.sample_line import record_of
from scorer.surroundings import own_commit, own_version, this_machine

MOST_REASONS = 100
"""Of what was left out of the generations: so many are told one by one, and kept in run.toml."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """
    What is to be scored.

    Args:
        generations: file, folder or run directory.
        benchmark: loaded.
        out: the run directory; may be `generations`.
        data, options: what the benchmark was loaded with, for run.toml.
        given: the generations' format; None: found out.
        form: what their texts are; None: as the format says.
        only: ids of problems; empty: all.
        share: judge what is the same program once.
        resume: go on with what is there; without it, verdicts that are there are a mistake.
    """

    generations: Path
    benchmark: Benchmark
    out: Path
    data: Path | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    given: Format | None = None
    form: Form | None = None
    only: tuple[str, ...] = ()
    changes: Changes = field(default_factory=Changes)
    share: bool = True
    resume: bool = False

    @property
    def problems(self) -> dict[str, Problem]:
        """
        What is scored.

        Raises:
            RunDirectoryError: there is no problem that `only` names.
        """
        known = self.benchmark.problems
        for each in self.only:
            if each not in known:
                raise RunDirectoryError(f"{self.benchmark.name} has no problem '{each}'")
        return {name: known[name] for name in known if not self.only or name in self.only}


class LeftOut:
    """What was no sample: how much, and the first reasons."""

    def __init__(self) -> None:
        self.count = 0
        self.reasons: list[str] = []

    def add(self, rejected: Rejected) -> None:
        self.count += 1
        if len(self.reasons) < MOST_REASONS:
            self.reasons.append(str(rejected))


@dataclass(slots=True)
class Found:
    """What there is to score."""

    left_out: LeftOut
    samples: int = 0
    problems: set[str] = field(default_factory=set)
    models: dict[str, None] = field(default_factory=dict)


def fill(request: Request, run: RunDirectory) -> Found:
    """
    Everything in a run directory that judging needs; whoever calls holds its lock.

    Raises:
        RunDirectoryError: it does not fit the request.
        GenerationsError: they cannot be read.
    """
    problems, begun, left_out = request.problems, run.has_verdicts, LeftOut()
    for name in (RUN, PROBLEMS, GENERATIONS):  # which only the lock's owner writes
        for remnant in jsonl.unfinished(run.path / name):
            remnant.unlink(missing_ok=True)
    if begun:
        _check_resume(request, run)
    if _is_own(request, run):
        _check_unchanged(run, begun=begun)
    elif begun:
        _check_equal(request, run)
    else:
        _import(request, run, left_out)
    found = _look(run, request, left_out)
    if not begun:
        run.write_problems(problems.values())
    run.write_about(_about(request, run, found))
    return found


def directory(out: Path) -> RunDirectory:
    """
    The run directory of a path, made if there is none.

    Raises:
        RunDirectoryError: something else is there.
    """
    if RunDirectory.is_one(out):
        return RunDirectory.open(out)
    # A kill may have left the lock's file alone, or with an unfinished run.toml.
    ours = {VERDICTS, *(each.name for each in jsonl.unfinished(out / RUN))}
    if out.is_dir() and (others := {each.name for each in out.iterdir()} - ours):
        raise RunDirectoryError(
            f"{out} is no run directory and not empty: it holds {min(others)}; choose another --out"
        )
    about = About(
        ennead=own_version(),
        commit=own_commit(),
        created=datetime.now(UTC).replace(microsecond=0),
        machine=this_machine(),
    )
    return RunDirectory.create(out, about)


def _is_own(request: Request, run: RunDirectory) -> bool:
    """Whether the generations are those of the run directory itself."""
    ours = (each for each in (run.path, run.path / GENERATIONS) if each.exists())
    return request.generations.exists() and any(each.samefile(request.generations) for each in ours)


def _check_resume(request: Request, run: RunDirectory) -> None:
    about, benchmark = run.about, request.benchmark
    if not request.resume:
        name = about.benchmark.name if about.benchmark else "a benchmark"
        raise RunDirectoryError(
            f"{run.path} holds a run of {name} already, with verdicts\n"
            "go on with it: --resume; or score into another directory: --out DIRECTORY"
        )
    was = about.benchmark or BenchmarkAbout(name="", version="")
    for what, before, now in (
        ("the benchmark", was.name, benchmark.name),
        ("the version of the benchmark's data", was.version, benchmark.version),
        ("the benchmark's options", _listed(was.options), _listed(request.options)),
        ("the choice of problems", " ".join(was.only), " ".join(request.only)),
        ("what was said of limits", _listed(about.limits.asked), _listed(request.changes.limits)),
        ("what was said of allowances", about.limits.allowances, request.changes.allowances),
    ):
        if before != now:
            raise RunDirectoryError(
                f"{run.path} cannot be resumed with this: {what} differs, then {before or 'nothing'}, now "
                f"{now or 'nothing'}\nleave it as it was, or choose another --out"
            )


def _listed(words: Mapping[str, object]) -> str:
    return " ".join(f"{name}={value}" for name, value in sorted(words.items()))


def _check_unchanged(run: RunDirectory, *, begun: bool) -> None:
    """Samples may have been appended to our generations since some were judged; those that were must still be there."""
    was = run.about.generations
    if begun and was is not None and was.digest is not None:
        now = run.digest_of_samples(was.size_bytes)
        if now is None or now[0] != was.digest:
            raise RunDirectoryError(
                f"{run.path / GENERATIONS} was changed after it was scored: its verdicts are about other samples"
            )


def _check_equal(request: Request, run: RunDirectory) -> None:
    was, digest, size = run.about.generations, hashlib.sha256(), 0
    for sample in _read(request, LeftOut()):
        line = jsonl.encoded(record_of(sample))
        digest.update(line)
        size += len(line)
    if was is None or (was.digest, was.size_bytes) != (digest.hexdigest(), size):
        raise RunDirectoryError(
            f"{run.path} cannot be resumed with {request.generations}: other samples were scored there"
            + (f", of {was.source}" if was is not None and was.source else "")
        )


def _import(request: Request, run: RunDirectory, left_out: LeftOut) -> None:
    was = run.about.generations
    if (run.path / GENERATIONS).exists() and (was is None or was.source is None):
        raise RunDirectoryError(
            f"{run.path} has generations of its own; choose another --out for {request.generations}"
        )
    # Noted first: a kill between the two must not make these look like generations of the directory's own.
    given = request.given or generations.format_of(request.generations)
    about = GenerationsAbout(source=str(request.generations), format=given.value)
    run.write_about(run.about.model_copy(update={"generations": about}))
    run.write_samples(_read(request, left_out))


def _read(request: Request, left_out: LeftOut) -> Iterator[Sample]:
    """The samples of foreign generations; what is none is noted."""
    ids = request.benchmark.problems
    for each in generations.read(
        request.generations, ids, given=request.given, form=request.form, aliases=request.benchmark.aliases
    ):
        if isinstance(each, Sample):
            yield each
        else:
            left_out.add(each)


def samples_of(run: RunDirectory, request: Request, left_out: LeftOut | None = None) -> Iterator[Sample]:
    """The samples in a run directory that are to be scored."""
    only = frozenset(request.only)
    for each in generations.read(run.path / GENERATIONS, request.benchmark.problems, given=Format.LINES):
        if isinstance(each, Rejected):
            if left_out is not None:
                left_out.add(each)
        elif not only or each.problem in only:
            yield each


def _look(run: RunDirectory, request: Request, left_out: LeftOut) -> Found:
    found = Found(left_out)
    if not (run.path / GENERATIONS).exists():
        raise RunDirectoryError(f"{run.path} has no {GENERATIONS}")
    for sample in samples_of(run, request, left_out):
        found.samples += 1
        found.problems.add(sample.problem)
        if isinstance(model := sample.details.get("model"), str):
            found.models[model] = None
    if not found.samples:
        first = f"; {found.left_out.reasons[0]}" if found.left_out.reasons else ""
        raise RunDirectoryError(f"there is no sample of {request.benchmark.name} in {request.generations}{first}")
    return found


def _about(request: Request, run: RunDirectory, found: Found) -> About:
    """What run.toml says before anything is judged."""
    benchmark = request.benchmark
    digest, size = run.digest_of_samples() or (None, None)
    languages = {each.language or each.runtime for each in request.problems.values()}
    was = run.about.generations or GenerationsAbout()
    told: dict[str, object] = {"samples": found.samples, "digest": digest, "size_bytes": size}
    told["models"] = list(found.models)
    if was.source is None or was.digest is None:
        # What was left out of generations from elsewhere was said when they were read, and is not in the directory.
        told |= {"left_out": found.left_out.count, "reasons": found.left_out.reasons}
    about = was.model_copy(update=told)
    return run.about.model_copy(
        update={
            "machine": this_machine(),
            "generations": about,
            "benchmark": BenchmarkAbout(
                name=benchmark.name,
                version=benchmark.version,
                data=None if request.data is None else str(request.data),
                options=dict(request.options),
                languages=sorted(each for each in languages if each),
                problems=len(request.problems),
                only=list(request.only),
                warnings=list(benchmark.warnings),
            ),
            "limits": LimitsAbout(
                asked=dict(request.changes.limits),
                allowances=request.changes.allowances,
                used=run.about.limits.used if run.has_verdicts else {},
            ),
        }
    )
