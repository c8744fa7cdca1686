"""`exec-cli score`: from options to a scored run, and what the user sees of it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from cli.edge import EXIT_ACCEPTED, EXIT_JUDGE_FAILED, Stopped, complain, run_until_stopped
from cli.options import pairs
from cli.remote import ServerOptions, credentials
from cli.score_progress import shown
from cli.text import counted, listed, printable, printable_path
from executor.backend import Sandbox
from executor.errors import EnneadError, UsageError
from scorer.api import Asked, judge_in, recomputed
from scorer.generations import Format
from scorer.model import Form
from scorer.opening import MOST_REASONS
from scorer.places import Servers
from scorer.run_directory import RunDirectory
from scorer.scores import DEFAULT_K, Scores
from scorer.scoring import Scoring, opened

MOST_JOBS = 256
MOST_K = 10_000
_Word = TypeVar("_Word", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreOptions:
    """What was asked on the command line; None and empty: nothing was said."""

    generations: Path
    benchmark: str | None = None
    data: Path | None = None
    options: tuple[str, ...] = ()
    out: Path | None = None
    resume: bool = False
    recompute: bool = False
    k: str | None = None
    only: tuple[str, ...] = ()
    format: str | None = None
    form: str | None = None
    limits: Mapping[str, int] = field(default_factory=dict)
    allowances: bool | None = None
    cold: bool = False
    share: bool = True
    jobs: int | None = None
    sandbox: Sandbox = field(default_factory=Sandbox)
    json: bool = False
    server: ServerOptions | None = None

    def asked(self) -> Asked:
        """
        Raises:
            UsageError: a word is none of those that can be said.
        """
        return Asked(
            generations=self.generations,
            benchmark=self.benchmark,
            data=self.data,
            options=pairs("--option", self.options),
            out=self.out,
            given=_word(Format, "--format", self.format),
            form=_word(Form, "--form", self.form),
            only=self.only,
            limits=self.limits,
            allowances=self.allowances,
            cold=self.cold,
            share=self.share,
            resume=self.resume,
        )


def score(options: ScoreOptions) -> int:
    """
    Score as asked and show the result.

    Returns:
        The exit status.

    Raises:
        UsageError: the options contradict each other, or something they name cannot be used.
        EnneadError: the judge failed for good.
    """
    k = k_of(options.k)
    _refuse_contradictions(options)
    if options.recompute:
        run = recomputed(options.out or options.generations, k)
        return _show(run.run, run.scores, options)
    with opened(options.asked().request()) as scoring:
        _tell_left_out(scoring)
        _judge(scoring, options)
        return _show(scoring.run, scoring.finish(k), options)


def check_jobs(jobs: int | None, server: ServerOptions | None) -> None:
    """
    Raises:
        UsageError: it is no sensible number, or not ours to say.
    """
    if jobs is not None and not 1 <= jobs <= MOST_JOBS:
        raise UsageError(f"--jobs {jobs} is not a number from 1 to {MOST_JOBS}")
    if jobs is not None and server is not None:
        raise UsageError("--jobs and --server exclude each other: a server has its own number of slots")


def _refuse_contradictions(options: ScoreOptions) -> None:
    check_jobs(options.jobs, options.server)
    if options.recompute and (options.resume or options.server is not None or options.limits):
        raise UsageError("--recompute judges nothing: --resume, --server and limits do not go with it")


def _judge(scoring: Scoring, options: ScoreOptions) -> None:
    servers = None
    if options.server is not None:
        token, tls = credentials(options.server)
        servers = Servers(addresses=options.server.addresses, token=token, tls=tls)
    again = f"to go on: exec-cli score {scoring.run.path} --resume"
    try:
        with shown(scoring.samples, scoring.judged, scoring.verdicts, sys.stderr) as progress:
            run_until_stopped(judge_in(scoring, servers, options.jobs, progress.add, options.sandbox))
    except UsageError:
        raise
    except EnneadError as error:
        raise EnneadError(f"{error}\nwhat was judged is kept; {again}") from error
    except (KeyboardInterrupt, Stopped):
        print(f"exec-cli: stopped; what was judged is kept\n{again}", file=sys.stderr)
        raise


def _tell_left_out(scoring: Scoring) -> None:
    if not scoring.left_out:
        return
    for reason in scoring.reasons:
        print(f"exec-cli: left out: {printable(reason)}", file=sys.stderr)
    if scoring.left_out > MOST_REASONS:
        print(f"exec-cli: ... and {scoring.left_out - MOST_REASONS} more", file=sys.stderr)


def _show(run: RunDirectory, scores: Scores, options: ScoreOptions) -> int:
    about = run.about
    left_out = about.generations.left_out if about.generations else 0
    if options.json:
        print(scores.to_json(), end="")
    else:
        from cli.scores import show_scores
        from cli.show import console

        entries = "1 entry" if left_out == 1 else f"{left_out} entries"
        more = [f"{entries} of the generations left out: no sample"] if left_out else []
        of_benchmark = about.benchmark.warnings if about.benchmark else []
        out = console(sys.stdout)
        show_scores(scores, out, warnings=[*more, *of_benchmark, *scores.warnings])
        print(f"\neverything is in {printable_path(run.path)}")
        print(f"a page of it: exec-cli report {printable_path(run.path)} --html report.html")
    if scores.judge_errors:
        again = f"to try again: exec-cli score {run.path} --resume"
        return complain(f"{counted(scores.judge_errors, 'sample')} could not be judged\n{again}", EXIT_JUDGE_FAILED)
    return EXIT_ACCEPTED


def _word(kind: type[_Word], option: str, said: str | None) -> _Word | None:
    if said is None:
        return None
    try:
        return kind(said)
    except ValueError as error:
        raise UsageError(f"{option} {printable(said)}: there are {listed(kind)}") from error


def k_of(said: str | None) -> tuple[int, ...]:
    """
    The numbers that `--k` lists.

    Raises:
        UsageError: they are none.
    """
    if said is None:
        return DEFAULT_K
    numbers = said.split(",")
    if not all(each.strip().isdecimal() and 1 <= int(each) <= MOST_K for each in numbers):
        raise UsageError(f"--k {printable(said)}: numbers from 1 to {MOST_K} are wanted, such as 1,10")
    return tuple(dict.fromkeys(map(int, numbers)))
