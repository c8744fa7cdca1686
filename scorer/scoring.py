"""
A scoring run from its beginning to its scores, over a run directory that can be killed and continued at any moment.

    opened(request)         makes the directory and fills it, or finds what is there and whether it fits; holds its lock
        scoring.judge(...)  judges what is not judged yet, one line of verdicts.jsonl after another
        scoring.finish(...) computes scores.json
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, contextmanager
from datetime import UTC, datetime
from time import monotonic

from executor.model import Verdict
from scorer import generations
from scorer.about import GenerationsAbout, Range, Session
from scorer.errors import RunDirectoryError
from scorer.judging import Known, Manner, Observed, Samples, judge_all
from scorer.model import Judgement
from scorer.opening import Found, Request, directory, fill, samples_of
from scorer.places import Place
from scorer.run_directory import VERDICTS, RunDirectory
from scorer.scores import DEFAULT_K, Scores, scores_of
from scorer.surroundings import own_version


@contextmanager
def opened(request: Request) -> Iterator[Scoring]:
    """
    The run directory of a request, locked, with everything in it that judging needs.

    Raises:
        RunDirectoryError: it does not fit the request, or another process scores into it.
        GenerationsError: they cannot be read.
    """
    # Before a directory is made for what cannot be scored.
    generations.format_of(request.generations)
    _ = request.problems
    path = directory(request.out).path
    with RunDirectory.open(path).locked():
        run = RunDirectory.open(path)
        yield Scoring(request, run, fill(request, run))


class Scoring:
    """
    An open run directory.

    Attributes:
        samples: to be scored.
        judged: of these, before this process; verdicts: what they got.
        left_out, reasons: what was no sample, and the first reasons.
    """

    def __init__(self, request: Request, run: RunDirectory, found: Found) -> None:
        self._request = request
        self.run = run
        self.samples = found.samples
        about = run.about.generations or GenerationsAbout()
        self.left_out, self.reasons = about.left_out, tuple(about.reasons)
        self.verdicts: Counter[Verdict] = Counter()
        self._known = Known(self._counted(run.judgements()))
        self.judged = len(self._known.keys)
        problems = [request.benchmark.problems[each] for each in request.problems if each in found.problems]
        self.runtimes = tuple(dict.fromkeys(each.runtime for each in problems if each.runtime is not None))
        """Runtimes that the samples' problems need."""
        self.extras = tuple(
            dict.fromkeys([request.benchmark.name, *(name for each in problems for name in each.extras)])
        )
        """Extras that go by the benchmark's name hold what its programs import."""
        self.probes = request.benchmark.probes(each.id for each in problems)
        """Programs that ask a server for the same."""

    def _counted(self, judgements: Iterator[Judgement]) -> Iterator[Judgement]:
        for each in judgements:
            if not each.failed_to_judge:
                self.verdicts[each.verdict] += 1
            yield each

    async def judge(self, place: Place, samples: Samples | None = None) -> AsyncGenerator[Judgement, None]:
        """
        Judge what is not judged yet; each judgement is in verdicts.jsonl when it is yielded.

        However this ends, what was judged is kept, and run.toml says what was seen.

        Args:
            samples: in place of those that generations.jsonl holds now, where more are being written to it.

        Raises:
            EnneadError: the place can judge nothing more.
        """
        observed, began = Observed(), _Began(place.about.place)
        request = self._request
        manner = Manner(at_once=place.at_once, changes=request.changes, lapses=place.lapses, share=request.share)
        run, samples = self.run, samples_of(self.run, self._request) if samples is None else samples
        self._note(place, observed, began)
        try:
            with run.judgement_writer() as writer:
                judged = judge_all(self._request.benchmark, samples, place.engine, manner, self._known, observed)
                async with aclosing(judged) as judgements:
                    async for judgement in judgements:
                        writer.write(judgement)
                        began.count(judgement)
                        yield judgement
        finally:
            began.end()
            self._note(place, observed, began)

    def finish(self, k: Sequence[int] = DEFAULT_K) -> Scores:
        """Compute and write the scores."""
        return recompute(self.run, k)

    def _note(self, place: Place, observed: Observed, began: _Began) -> None:
        """Write into run.toml what this session has seen so far."""
        about = self.run.about
        meter = " ".join(sorted(observed.meters)) or place.about.meter
        used = dict(about.limits.used)
        for name, (least, most) in observed.limits.items():
            before = used.get(name, Range(least=least, most=most))
            used[name] = Range(least=min(least, before.least), most=max(most, before.most))
        sessions = [each for each in about.sessions if each.began != began.session.began]
        self.run.write_about(
            about.model_copy(
                update={
                    "judge": place.about.model_copy(update={"meter": meter}),
                    "limits": about.limits.model_copy(update={"used": used}),
                    "toolchains": {**about.toolchains, **observed.toolchains},
                    "sessions": [*sessions, began.session],
                }
            )
        )


class _Began:
    """A session in progress."""

    def __init__(self, place: str) -> None:
        self._clock = monotonic()
        self._begun = Session(began=datetime.now(UTC), place=place, ennead=own_version())
        self._ended: dict[str, object] = {}
        self._judged = self._shared = 0

    def count(self, judgement: Judgement) -> None:
        self._judged += 1
        self._shared += judgement.shared

    def end(self) -> None:
        self._ended = {"ended": datetime.now(UTC), "wall_s": round(monotonic() - self._clock, 3)}

    @property
    def session(self) -> Session:
        return self._begun.model_copy(update={"judged": self._judged, "shared": self._shared, **self._ended})


def recompute(run: RunDirectory, k: Sequence[int] = DEFAULT_K) -> Scores:
    """
    Compute and write the scores from what is in a run directory alone.

    Raises:
        RunDirectoryError: nothing was judged in it, or a file has a mistake.
    """
    if not run.has_verdicts:
        raise RunDirectoryError(f"{run.path} has no verdicts: nothing in it was judged yet")
    try:
        scores = scores_of(run.problems(), run.judgements(), k=k)
    except ValueError as error:
        raise RunDirectoryError(f"{run.path / VERDICTS}: {error}") from error
    run.write_scores(scores.to_json())
    return scores
