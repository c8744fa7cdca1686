"""From a model to a table: a real vLLM writes C++, it is judged over gRPC, and the verdicts become scores."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from executor.model import Verdict
from scorer.run_directory import RunDirectory
from scorer.scores import Scores
from tests.vllm.support import PROBLEMS, Vllm, asking, exec_cli, samples_in

pytestmark = [pytest.mark.vllm, pytest.mark.timeout(1800)]  # the first test waits for all that has to be made
PROBLEM_COUNT = len(list(PROBLEMS.glob("*/problem.toml")))


def scores_in(run: Path) -> Scores:
    return Scores.from_json((run / "scores.json").read_bytes())


def test_what_is_generated_is_judged_and_scored(vllm: Vllm, executor: str, tmp_path: Path) -> None:
    run = tmp_path / "run"
    generated = exec_cli("generate", *asking(vllm, run, n=3, temperature=0.7, **{"top-p": 0.8}))
    assert generated.returncode == 0, generated.stderr
    assert len(samples_in(run)) == 3 * PROBLEM_COUNT
    scored = exec_cli("score", run, f"--data={PROBLEMS}", f"--server={executor}")
    assert scored.returncode == 0, scored.stderr
    scores = scores_in(run)
    assert scores.samples == 3 * PROBLEM_COUNT
    assert scores.overall.verdicts[Verdict.AC] >= 0.95 * scores.samples
    for metric in ("ac_at_1", "ac_at_all", "ac_rate"):
        assert scores.overall.metrics[metric].value >= 0.95, metric
    assert [each.samples for each in scores.sets] == [PROBLEM_COUNT] * 3
    assert set(scores.methods) == {"fence"}, "the programs stand in Markdown fences"


def test_real_failures_are_told_apart(vllm: Vllm, executor: str, tmp_path: Path) -> None:
    run = tmp_path / "run"
    told = asking(vllm, run, n=6, temperature=1.6, **{"top-p": 0.8})
    # Among the broken programs are some that loop, and some that wait.
    evaluated = exec_cli("evaluate", *told, f"--server={executor}", "--time-limit=2s", "--wall-limit=6s")
    assert evaluated.returncode == 0, evaluated.stderr
    scores = scores_in(run)
    verdicts = scores.overall.verdicts
    print({str(verdict): count for verdict, count in verdicts.items()})
    assert scores.samples == sum(verdicts.values()) == 6 * PROBLEM_COUNT
    assert scores.judge_errors == 0
    assert {Verdict.AC, Verdict.CE} < set(verdicts), "no failure but those of the compiler"
    judgements = list(RunDirectory.open(run).judgements())
    assert Counter(each.verdict for each in judgements) == verdicts
    for each in judgements:
        assert (each.verdict is Verdict.AC) == (each.passed == each.total > 0)
        assert each.compiled == (each.verdict not in {Verdict.CE, Verdict.CTL})
        assert each.verdict is not Verdict.CE or each.shared or each.log or each.detail
    metrics = {name: estimate.value for name, estimate in scores.overall.metrics.items()}
    assert metrics["ac_at_all"] <= metrics["ac_rate"] <= metrics["ac_at_1"] <= metrics["compilable"] < 1
    assert json.loads((run / "scores.json").read_text())["overall"]["samples"] == scores.samples
