"""What has to be said about scores before anybody trusts them, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from scorer.tally import Tally


def warnings_of(tally: Tally, k: Sequence[int], values: Mapping[str, float], defects: int) -> tuple[str, ...]:
    """
    Everything that is missing, uneven, left out or doubtful in a run.

    Args:
        k: what pass@k was asked for.
        values: the scores of the whole run, by metric.
        defects: problems that have something wrong with them.
    """
    found = (
        _missing(tally, values),
        _judge_errors(int(tally.judge_errors.sum())),
        _uneven(tally, k),
        _truncated(tally),
        _some(defects, "{} has a known defect.", "{} have a known defect.", "problem"),
        _some(
            tally.strangers,
            "{} is of a problem that the benchmark does not have; it was left out.",
            "{} are of problems that the benchmark does not have; they were left out.",
            "judgement",
        ),
        _some(
            tally.repeated,
            "{} was replaced by a later one of the same sample.",
            "{} were replaced by later ones of the same samples.",
            "judgement",
        ),
    )
    return tuple(sentence for sentence in found if sentence)


def _missing(tally: Tally, values: Mapping[str, float]) -> str:
    missing = int(np.count_nonzero(tally.per_problem == 0))
    if not missing:
        return ""
    all_of_them = len(tally.ids)
    sentence = f"{missing} of {_counted(all_of_them, 'problem')} {_nowhere(missing)}"
    name = next((name for name in ("ac_at_all", "accuracy") if name in values), None)
    if name is None:
        return f"{sentence}."
    lower = values[name] * (all_of_them - missing) / all_of_them
    title = {"ac_at_all": "AC@all", "accuracy": "Accuracy"}[name]
    return f"{sentence}; if they counted as failed, {title} would be {lower:.3f} instead of {values[name]:.3f}."


def _judge_errors(number: int) -> str:
    return _some(
        number,
        "{} could not be judged (JE): the judge failed. It counts nowhere; scoring again judges it.",
        "{} could not be judged (JE): the judge failed. They count nowhere; scoring again judges them.",
        "sample",
    )


def _uneven(tally: Tally, k: Sequence[int]) -> str:
    counts = tally.per_problem[tally.per_problem > 0]
    if not len(counts):
        return ""
    fewest, most = int(counts.min()), int(counts.max())
    if fewest == most:
        return ""
    sentence = (
        f"Problems have between {fewest} and {most} judged samples; each problem counts once, "
        f"and the sets are not of the same problems."
    )
    lost = [f"pass@{each}" for each in sorted(set(k)) if fewest < each <= most]
    return sentence if not lost else f"{sentence} Left out, as some have too few: {', '.join(lost)}."


def _truncated(tally: Tally) -> str:
    cut = int(tally.truncated.sum())
    accepted = int((tally.truncated & tally.accepted).sum())
    sentence = _some(cut, "{} was cut off by a length limit", "{} were cut off by a length limit", "answer")
    return sentence and f"{sentence}, {accepted or 'none'} of them accepted; cut answers count as they are."


def _some(number: int, one: str, many: str, noun: str) -> str:
    return (one if number == 1 else many).format(_counted(number, noun)) if number else ""


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _nowhere(number: int) -> str:
    return "has no judged sample and counts nowhere" if number == 1 else "have no judged sample and count nowhere"
