"""
The real `exec-cli score` on a small benchmark of our own, in the layout of HumanEval-X: whatever is done to it while it
runs, the scores in the end are those of a run that nobody disturbed.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import scorer
from cli.scoring import ScoreOptions
from cli.scoring import score as score_command
from executor.errors import UsageError
from executor.model import Verdict
from scorer.model import Judgement, Sample
from scorer.run_directory import RunDirectory

REPOSITORY = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "cli"]
RIGHT, WRONG, BROKEN = "    return sum(numbers)\n", "    return 3\n", "    return sum(numbers\n"
PROBLEMS = 4

Cli = Callable[..., subprocess.CompletedProcess[str]]


def task(number: int) -> dict[str, str]:
    return dict(
        task_id=f"Python/{number}",
        prompt=f"def total{number}(numbers):\n",
        canonical_solution=RIGHT,
        test=f"assert total{number}([1, 2, 4]) == 7\n",
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    with gzip.open(folder / "humaneval_python.jsonl.gz", "wt") as file:
        file.writelines(json.dumps(task(number)) + "\n" for number in range(PROBLEMS))
    return folder


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ENNEAD_")}
    return {**kept, "PYTHONPATH": str(REPOSITORY), "XDG_CACHE_HOME": str(tmp_path_factory.mktemp("cache"))}


@pytest.fixture
def cli(environment: dict[str, str], tmp_path: Path) -> Cli:
    def call(*words: str | Path) -> subprocess.CompletedProcess[str]:
        command = [*COMMAND, "score", *map(str, words)]
        return subprocess.run(command, env=environment, cwd=tmp_path, text=True, capture_output=True, check=False)

    return call


def written(path: Path, texts: list[str], key: str = "completion") -> Path:
    """Every text as a sample of every problem."""
    lines = ({"task_id": f"Python/{n}", key: text} for n in range(PROBLEMS) for text in texts)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def verdicts(run: Path) -> dict[tuple[str, int], tuple[Verdict, int, int]]:
    found = list(RunDirectory.open(run).judgements())
    return {(each.problem, each.sample): (each.verdict, each.passed, each.total) for each in found}


def lines(run: Path) -> Counter[tuple[str, int]]:
    records = map(json.loads, (run / "verdicts.jsonl").read_text().splitlines())
    return Counter((record["problem"], record["sample"]) for record in records)


def scores(run: Path) -> Any:
    return json.loads((run / "scores.json").read_text())


EXPECTED = {
    (f"Python/{number}", sample): (verdict, int(verdict is Verdict.AC), 1)
    for number in range(PROBLEMS)
    for sample, verdict in enumerate([Verdict.AC, Verdict.RTE, Verdict.AC])
}


def test_generations_become_verdicts_scores_and_a_table(cli: Cli, data: Path, tmp_path: Path) -> None:
    samples = written(tmp_path / "samples.jsonl", [RIGHT, WRONG, RIGHT])
    done = cli(samples, "--benchmark", "humaneval-x", "--data", data)
    assert done.returncode == 0, done.stderr
    run = tmp_path / "runs" / "humaneval-x-samples"
    assert verdicts(run) == EXPECTED
    assert "AC Rate" in done.stdout
    assert "66.7" in done.stdout
    assert "12/12  100 %" in done.stderr
    assert "AC 8  RTE 4" in done.stderr
    shared = [each.shared for each in RunDirectory.open(run).judgements() if each.sample != 1]
    assert Counter(shared) == {True: PROBLEMS, False: PROBLEMS}
    about = RunDirectory.open(run).about
    assert about.benchmark is not None
    assert about.generations is not None
    assert about.judge is not None
    assert (about.benchmark.name, about.benchmark.languages) == ("humaneval-x", ["python"])
    assert (about.generations.samples, about.generations.left_out) == (12, 0)
    assert about.judge.meter in {"cgroup-v1", "cgroup-v2", "polling"}
    assert about.toolchains["python"].startswith("Python 3")
    assert about.limits.used["cpu_ns"].most == 10_000_000_000
    assert (about.sessions[0].judged, about.sessions[0].shared) == (12, PROBLEMS)
    assert {"run.toml", "problems.jsonl", "generations.jsonl", "verdicts.jsonl", "scores.json"} == {
        each.name for each in run.iterdir()
    }
    # Neither data nor a judge is needed for the scores alone.
    before = scores(run)
    (run / "scores.json").unlink()
    again = cli(run, "--recompute", "--k", "1,3", "--json")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["overall"]["metrics"]["ac_rate"] == before["overall"]["metrics"]["ac_rate"]
    assert "pass_at_3" in scores(run)["overall"]["metrics"]
    # And what is judged already is not judged again.
    resumed = cli(run, "--resume")
    assert resumed.returncode == 0, resumed.stderr
    assert set(lines(run).values()) == {1}


def test_low_scores_are_no_failure_and_bad_lines_are_told(cli: Cli, data: Path, tmp_path: Path) -> None:
    samples = written(tmp_path / "samples.jsonl", [WRONG])
    with samples.open("a") as file:
        file.write('{"task_id": "Python/0"}\nnothing\n{"task_id": "Python/99", "completion": ""}\n')
    done = cli(samples, "--benchmark", "humaneval-x", "--data", data, "--out", "run")
    assert done.returncode == 0, done.stderr
    assert scores(tmp_path / "run")["overall"]["verdicts"] == {"RTE": PROBLEMS}
    for number, reason in ((5, "there is neither 'completion'"), (6, "it is no JSON"), (7, "the benchmark has no")):
        assert f"left out: {samples}, line {number}: {reason}" in done.stderr
    assert "3 entries of the generations left out" in done.stdout
    about = RunDirectory.open(tmp_path / "run").about
    assert about.generations is not None
    assert about.generations.left_out == len(about.generations.reasons) == 3


def as_lines(path: Path) -> Path:
    return written(path / "samples.jsonl", [RIGHT, WRONG, RIGHT])


def as_lists(path: Path) -> Path:
    texts = [[task(number)["prompt"] + text for text in (RIGHT, WRONG, RIGHT)] for number in range(PROBLEMS)]
    (path / "lists.json").write_text(json.dumps(texts))
    return path / "lists.json"


def as_folder(path: Path) -> Path:
    for number in range(PROBLEMS):
        folder = path / "folder" / f"Python_{number}"
        folder.mkdir(parents=True)
        for sample, text in enumerate((RIGHT, WRONG, RIGHT)):
            (folder / f"{sample}.py").write_text(task(number)["prompt"] + text)
    return path / "folder"


def as_answers(path: Path) -> Path:
    lines = (
        {"problem": f"Python/{n}", "sample": sample, "text": f"Sure!\n```python\n{task(n)['prompt']}{text}```\n"}
        for n in range(PROBLEMS)
        for sample, text in enumerate((RIGHT, WRONG, RIGHT))
    )
    (path / "generations.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path / "generations.jsonl"


def test_every_format_gives_the_same_verdicts(data: Path, tmp_path: Path) -> None:
    for make in (as_lines, as_lists, as_folder, as_answers):
        run = scorer.score(make(tmp_path), "humaneval-x", data=data, out=tmp_path / make.__name__)
        assert verdicts(run.path) == EXPECTED, make.__name__


async def test_it_can_be_called_where_an_event_loop_runs_and_gives_frames(data: Path, tmp_path: Path) -> None:
    await asyncio.sleep(0)
    seen: list[Judgement] = []
    samples = written(tmp_path / "samples.jsonl", [RIGHT, WRONG, BROKEN, RIGHT])
    run = scorer.score(samples, "humaneval-x", data=data, out=tmp_path / "run", only=["Python/1"], watch=seen.append)
    assert len(seen) == run.scores.samples == 4
    assert (run.judge_errors, run.scores.problems) == (0, 1)
    pandas, polars = run.frame("pandas"), run.frame("polars")
    assert list(pandas.columns) == list(polars.columns)
    by_sample = {row["sample"]: row for row in polars.to_dicts()}  # type: ignore[operator]  # of polars
    assert [by_sample[n]["verdict"] for n in range(4)] == ["AC", "RTE", by_sample[2]["verdict"], "AC"]
    assert by_sample[2]["verdict"] in {"CE", "RTE"}
    assert by_sample[3]["shared"]
    assert by_sample[3]["cpu_ms"] == by_sample[0]["cpu_ms"] > 0


def test_a_run_that_is_there_is_continued_only_when_asked_and_only_as_it_was_begun(data: Path, tmp_path: Path) -> None:
    samples, out = written(tmp_path / "samples.jsonl", [RIGHT]), tmp_path / "run"
    scorer.score(samples, "humaneval-x", data=data, out=out, limits={"cpu_ns": 5_000_000_000})
    with pytest.raises(UsageError, match=r"already, with verdicts\ngo on with it: --resume; or .* --out"):
        scorer.score(samples, "humaneval-x", data=data, out=out)
    # What is not said is as it was.
    assert scorer.score(samples, out=out, resume=True).scores.samples == PROBLEMS
    with pytest.raises(UsageError, match="limits differs, then cpu_ns=5000000000, now cpu_ns=6000000000"):
        scorer.score(samples, out=out, resume=True, limits={"cpu_ns": 6_000_000_000})
    with pytest.raises(UsageError, match="options differs, then nothing, now language=python"):
        scorer.score(samples, out=out, resume=True, options={"language": "python"})
    with pytest.raises(UsageError, match="the choice of problems differs, then nothing, now Python/1"):
        scorer.score(samples, out=out, resume=True, only=["Python/1"])
    other = tmp_path / "other"
    other.mkdir()
    (other / "humaneval_python.jsonl").write_text(json.dumps(task(0) | {"test": ""}) + "\n")
    with pytest.raises(UsageError, match="the version of the benchmark's data differs"):
        scorer.score(samples, "humaneval-x", data=other, out=out, resume=True)
    with pytest.raises(UsageError, match=r"other samples were scored there, of .*samples\.jsonl"):
        scorer.score(written(tmp_path / "b.jsonl", [WRONG]), out=out, resume=True)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a.txt").touch()
    with pytest.raises(UsageError, match=r"holds a\.txt; choose another --out"):
        scorer.score(samples, "humaneval-x", data=data, out=tmp_path / "full")
    assert set(lines(out).values()) == {1}


def test_samples_that_were_generated_later_are_scored_later(data: Path, tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from scorer.about import About

    run = RunDirectory.create(tmp_path / "run", About(ennead="1", created=datetime.now(UTC)))
    with run.sample_writer() as writer:
        writer.write(Sample(problem="Python/0", index=0, text=RIGHT))
    assert scorer.score(run.path, "humaneval-x", data=data).scores.samples == 1
    with run.sample_writer() as writer:
        writer.write(Sample(problem="Python/1", index=0, text=WRONG))
    assert scorer.score(run.path, resume=True).scores.samples == 2
    assert set(lines(run.path).values()) == {1}
    run.write_samples([Sample(problem="Python/0", index=0, text=WRONG)])
    with pytest.raises(UsageError, match="was changed after it was scored"):
        scorer.score(run.path, resume=True)
    fresh = RunDirectory.create(tmp_path / "fresh", About(ennead="1", created=datetime.now(UTC)))
    fresh.write_samples([Sample(problem="Python/0", index=0, text=WRONG)])
    with pytest.raises(UsageError, match="has generations of its own"):
        scorer.score(written(tmp_path / "b.jsonl", [WRONG]), "humaneval-x", data=data, out=fresh.path)


def test_what_cannot_be_used_is_said_before_anything_is_made(cli: Cli, data: Path, tmp_path: Path) -> None:
    done = cli("none.jsonl", "--benchmark", "humaneval-x", "--data", data)
    assert (done.returncode, done.stdout) == (2, "")
    assert "none.jsonl cannot be read: No such file" in done.stderr
    samples = written(tmp_path / "samples.jsonl", [RIGHT])
    usual = ScoreOptions(generations=samples, benchmark="humaneval-x", data=data)
    for options, says in (
        (ScoreOptions(generations=samples), "which benchmark is it? Say it with --benchmark NAME"),
        (replace(usual, benchmark="humaneval-y"), "there is no benchmark 'humaneval-y'; did you mean humaneval-x"),
        (replace(usual, k="0"), "--k 0: numbers from 1"),
        (replace(usual, only=("x",)), "humaneval-x has no problem 'x'"),
        (replace(usual, options=("language",)), "--option language: KEY=VALUE is wanted"),
        (replace(usual, options=("colour=red",)), "humaneval-x has no option 'colour'"),
        (replace(usual, format="xml"), "--format xml: there are jsonl, lists, "),
        (replace(usual, form="poem"), "--form poem: there are answer, completion and solution"),
        (replace(usual, jobs=0), "--jobs 0 is not a number from 1"),
        (replace(usual, recompute=True, resume=True), "--recompute judges nothing"),
        (ScoreOptions(generations=samples, recompute=True), "is no run directory"),
    ):
        with pytest.raises(UsageError) as caught:
            score_command(options)
        assert says in str(caught.value)
    assert [each.name for each in tmp_path.iterdir()] == ["samples.jsonl"]


def test_samples_that_could_not_be_judged_end_with_status_3_and_are_tried_again(
    cli: Cli, data: Path, tmp_path: Path
) -> None:
    samples = written(tmp_path / "samples.jsonl", [RIGHT])
    run = scorer.score(samples, "humaneval-x", data=data, out=tmp_path / "run").run
    first = next(run.judgements())
    with run.judgement_writer() as writer:
        writer.write(replace(first, verdict=Verdict.JE, passed=0, compiled=None))
    done = cli(run.path, "--recompute")
    assert done.returncode == 3
    assert f"1 sample could not be judged\nto try again: exec-cli score {run.path} --resume" in done.stderr
    again = cli(run.path, "--resume")
    assert again.returncode == 0, again.stderr
    assert lines(run.path)[first.problem, first.sample] == 3
    assert scores(run.path)["judge_errors"] == 0


def test_what_a_kill_leaves_of_a_beginning_is_no_hindrance(data: Path, tmp_path: Path) -> None:
    samples, out = written(tmp_path / "samples.jsonl", [RIGHT]), tmp_path / "run"
    out.mkdir()
    (out / "verdicts.jsonl").touch()
    (out / ".run.toml.77.new").write_text("format = ")
    nobody = tmp_path / "nobody.jsonl"
    nobody.write_text('{"task_id": "Python/99", "completion": ""}\n')
    with pytest.raises(UsageError, match="no sample of humaneval-x"):
        scorer.score(nobody, "humaneval-x", data=data, out=out)
    (out / ".generations.jsonl.78.new").write_text('{"problem": "Python/0", ')
    assert scorer.score(samples, "humaneval-x", data=data, out=out, resume=True).scores.samples == PROBLEMS
    assert not [each for each in out.iterdir() if each.name.endswith(".new")]


@contextmanager
def scoring(environment: dict[str, str], *words: str | Path) -> Iterator[subprocess.Popen[str]]:
    command = [*COMMAND, "score", *map(str, words)]
    with subprocess.Popen(
        command, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def until_judged(run: Path, count: int, process: subprocess.Popen[str]) -> None:
    """Wait until so many samples are judged, or the process has ended."""
    file = run / "verdicts.jsonl"
    while process.poll() is None and (not file.exists() or file.read_bytes().count(b"\n") < count):
        time.sleep(0.01)


def many(path: Path, count: int) -> Path:
    """So many samples: a third right, some slow, every fourth program there already."""
    with path.open("w") as file:
        for number in range(count):
            which = number - number % 4 if number % 4 == 1 else number
            text = [RIGHT, f"    return {which}\n", f"    numbers.append({which})\n" + RIGHT][which % 3]
            problem = (number // 4) % PROBLEMS
            file.write(json.dumps({"task_id": f"Python/{problem}", "completion": f"    {which}\n{text}"}) + "\n")
    return path


def killed_over_and_over(
    environment: dict[str, str], data: Path, folder: Path, count: int, kills: int, seed: int
) -> None:
    samples = many(folder / "samples.jsonl", count)
    words = (samples, "--benchmark", "humaneval-x", "--data", data)
    with scoring(environment, *words, "--out", folder / "undisturbed") as process:
        assert process.wait() == 0
    run, chance = folder / "killed", random.Random(seed)
    for kill in range(kills):
        with scoring(environment, *words, "--out", run, "--resume") as process:
            if kill == 0:
                time.sleep(0.8)  # while files are made, or even before
            else:
                until_judged(run, kill * count // (kills + 1) + chance.randrange(5), process)
            process.send_signal(signal.SIGKILL)
    with scoring(environment, *words, "--out", run, "--resume") as process:
        _, said = process.communicate()
        assert process.returncode == 0, said
    assert verdicts(run) == verdicts(folder / "undisturbed")
    assert len(verdicts(run)) == count
    assert set(lines(run).values()) == {1}, "judged twice"
    mine, theirs = scores(run), scores(folder / "undisturbed")
    assert mine == theirs
    about = RunDirectory.open(run).about
    assert sum(each.ended is None for each in about.sessions) >= 1
    first = Counter((each.problem, each.digest) for each in RunDirectory.open(run).judgements() if not each.shared)
    assert set(first.values()) == {1}, "an equal program was judged twice"


def test_a_run_that_is_killed_over_and_over_ends_as_one_that_is_not(
    environment: dict[str, str], data: Path, tmp_path: Path
) -> None:
    killed_over_and_over(environment, data, tmp_path, count=160, kills=4, seed=1)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.skipif("ENNEAD_LONG" not in os.environ, reason="takes minutes; `make test-score` runs it")
def test_a_run_of_a_thousand_samples_that_is_killed_over_and_over_ends_as_one_that_is_not(
    environment: dict[str, str], data: Path, tmp_path: Path
) -> None:
    killed_over_and_over(environment, data, tmp_path, count=1000, kills=25, seed=2)


def test_ctrl_c_keeps_what_is_judged_and_two_never_score_into_one_directory(
    environment: dict[str, str], data: Path, tmp_path: Path
) -> None:
    samples, run = many(tmp_path / "samples.jsonl", 400), tmp_path / "run"
    words = (samples, "--benchmark", "humaneval-x", "--data", data, "--out", run)
    with scoring(environment, *words) as process:
        until_judged(run, 3, process)
        with scoring(environment, *words, "--resume") as other:
            _, said = other.communicate()
            assert other.returncode == 2
            assert "another process scores into" in said
        process.send_signal(signal.SIGINT)
        _, said = process.communicate()
    assert process.returncode == 130
    assert f"what was judged is kept\nto go on: exec-cli score {run} --resume" in said
    kept = lines(run)
    assert 3 <= len(kept) < 400
    assert RunDirectory.open(run).about.sessions[0].judged == len(kept)
    assert not (run / "scores.json").exists()


@contextmanager
def serving(environment: dict[str, str]) -> Iterator[str]:
    command = [*COMMAND, "serve", "--listen", "127.0.0.1:0", "--slots", "2"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        try:
            said = ""
            while (found := re.search(r"listening on (\S+)", said)) is None:
                said = server.stderr.readline()
                assert said, "the server ended"
            yield found[1]
        finally:
            server.send_signal(signal.SIGTERM)
            server.communicate(timeout=60)


def test_a_server_gives_the_same_verdicts_and_its_end_is_no_verdict(
    cli: Cli, environment: dict[str, str], data: Path, tmp_path: Path
) -> None:
    samples = written(tmp_path / "samples.jsonl", [RIGHT, WRONG, RIGHT])
    words = (samples, "--benchmark", "humaneval-x", "--data", data)
    with serving(environment) as address:
        done = cli(*words, "--out", "run", "--server", address)
        assert done.returncode == 0, done.stderr
    assert verdicts(tmp_path / "run") == EXPECTED
    about = RunDirectory.open(tmp_path / "run").about
    assert about.judge is not None
    assert (about.judge.place, about.judge.slots) == (address, 2)
    assert about.judge.meter in {"cgroup-v1", "cgroup-v2", "polling"}
    gone = cli(*words, "--out", "other", "--server", address)
    assert gone.returncode == 3
    assert "what was judged is kept; to go on: exec-cli score" in gone.stderr
    assert not (tmp_path / "other" / "scores.json").exists()
