"""The files of a run directory: what a kill may leave in them, what is refused, and that they say what was written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from executor.model import Verdict
from scorer import jsonl
from scorer.about import About, BenchmarkAbout, Session
from scorer.errors import RunDirectoryError, RunDirectoryInUse
from scorer.model import CaseResult, Form, Judgement, Problem, Sample
from scorer.run_directory import RunDirectory

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
ABOUT = About(ennead="1.2.3", created=NOW)


@pytest.fixture
def run(tmp_path: Path) -> RunDirectory:
    return RunDirectory.create(tmp_path / "runs" / "one", ABOUT)


def judgement(problem: str = "p/0", sample: int = 0, verdict: Verdict = Verdict.AC, **more: object) -> Judgement:
    passed = int(verdict is Verdict.AC)
    fields: dict[str, object] = dict(digest="d", passed=passed, total=1, compiled=True, method="as given")
    return Judgement(problem=problem, sample=sample, verdict=verdict, **(fields | more))  # type: ignore[arg-type]


def test_what_is_written_is_read(run: RunDirectory) -> None:
    problems = [
        Problem(id="p/0", runtime="cpp", cases=2, title="Summe ∑", category="math"),
        Problem(id="p/1", runtime=None, cases=1, defect="no program can pass"),
    ]
    samples = [
        Sample(problem="p/0", index=0, text="a\n\u2028b\0", form=Form.SOLUTION, prompt="?", finish_reason="length"),
        Sample(problem="p/1", index=1, text="", details={"model": "m", "seed": 7}),
    ]
    case = CaseResult(name="1", verdict=Verdict.WA, cpu_ns=5, stdout="x", expected="y")
    judgements = [
        judgement(verdict=Verdict.WA, cases=(case,), notes=("a note",), log="log", detail="why", score=0.5),
        judgement("p/1", 1, compiled=None, shared=True, truncated=True),
    ]
    run.write_problems(problems)
    run.write_samples(iter(samples))
    with run.judgement_writer() as writer:
        writer.write(*judgements)
    again = RunDirectory.open(run.path)
    assert list(again.problems().values()) == problems
    assert list(again.samples()) == samples
    assert list(again.judgements()) == judgements
    assert again.about == ABOUT


def test_the_fields_of_a_problem_stay_with_the_benchmark(run: RunDirectory) -> None:
    run.write_problems([Problem(id="p", runtime="c", cases=1, fields={"description": "long"})])
    assert run.problems()["p"].fields == {}


def test_run_toml_keeps_keys_that_others_wrote_and_is_replaced_whole(run: RunDirectory) -> None:
    more = About.model_validate({"ennead": "1", "created": NOW, "sampling": {"temperature": 0.7}})
    run.write_about(more.model_copy(update={"benchmark": BenchmarkAbout(name="b", version="v")}))
    text = (run.path / "run.toml").read_text()
    assert text.startswith("# ")
    assert "[sampling]\ntemperature = 0.7" in text
    again = RunDirectory.open(run.path).about
    assert again.model_extra == {"sampling": {"temperature": 0.7}}
    run.write_about(again.model_copy(update={"sessions": [Session(began=NOW)]}))
    assert RunDirectory.open(run.path).about.sessions[0].ended is None
    assert {each.name for each in run.path.iterdir()} == {"run.toml", "verdicts.jsonl"}


def test_prompts_may_be_messages_of_a_chat(run: RunDirectory) -> None:
    messages = '[{"role":"system","content":"Be brief."},{"role":"user","content":"Add."}]'
    line = f'{{"problem":"p","sample":0,"text":"x","prompt":{messages}}}\n'
    (run.path / "generations.jsonl").write_text(line)
    assert next(run.samples()).prompt == "system:\nBe brief.\n\nuser:\nAdd."


def test_the_last_line_of_a_sample_counts(run: RunDirectory) -> None:
    with run.judgement_writer() as writer:
        writer.write(judgement(sample=0, verdict=Verdict.JE))
        writer.write(judgement(sample=1, verdict=Verdict.JE), judgement('"{\\', 0))
        writer.write(judgement(sample=0, verdict=Verdict.WA))
    found = [(each.problem, each.sample, each.verdict) for each in run.judgements()]
    assert found == [("p/0", 1, Verdict.JE), ('"{\\', 0, Verdict.AC), ("p/0", 0, Verdict.WA)]


def test_lines_that_another_program_wrote_are_read_in_any_order_of_keys(run: RunDirectory) -> None:
    line = '{"digest": "d", "verdict": "AC", "method": "m", "total": 1, "passed": 1, "compiled": null, %s}\n'
    keys = ('"sample": 0, "problem": "p"', '"problem": "p", "sample": 0')
    (run.path / "verdicts.jsonl").write_text("".join(line % each for each in keys))
    assert [each.problem for each in run.judgements()] == ["p"]


@settings(deadline=None, max_examples=40)  # the disk is waited for
@given(cut=st.integers(min_value=1, max_value=400))
def test_a_torn_last_line_is_passed_over_and_cut_before_the_next(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    run = RunDirectory.create(tmp_path_factory.mktemp("run") / "r", ABOUT)
    with run.judgement_writer() as writer:
        writer.write(*(judgement(sample=number) for number in range(3)))
    file = run.path / "verdicts.jsonl"
    whole = file.read_bytes()
    file.write_bytes(whole[: max(0, len(whole) - cut)])
    kept = whole[: max(0, len(whole) - cut)].count(b"\n")
    assert [each.sample for each in run.judgements()] == list(range(kept))
    with run.judgement_writer() as writer:
        writer.write(judgement(sample=9))
    assert [each.sample for each in run.judgements()] == [*range(kept), 9]


def test_a_torn_line_longer_than_a_block_is_cut(tmp_path: Path) -> None:
    file = tmp_path / "lines"
    file.write_bytes(b'{"a":1}\n' + b"x" * 200_000)
    with jsonl.Appender(file) as appender:
        appender.append([{"b": 2}])
    assert file.read_bytes() == b'{"a":1}\n{"b":2}\n'


@pytest.mark.parametrize(
    "name, line, says",
    [
        ("verdicts.jsonl", "{}", "verdicts.jsonl, line 2: this is no judgement of a sample"),
        ("verdicts.jsonl", "nothing", "verdicts.jsonl, line 2: this is no judgement"),
        ("verdicts.jsonl", '{"problem":"p","sample":0,"digest":"d"}', "line 2: verdict: Field required"),
        ("generations.jsonl", '{"problem":"p","sample":-1,"text":""}', "generations.jsonl, line 2: sample: "),
        ("generations.jsonl", "{", "generations.jsonl, line 2: "),
        ("problems.jsonl", '{"id":"p","runtime":7,"cases":1}', "problems.jsonl, line 2: runtime: "),
    ],
)
def test_a_mistake_names_file_line_and_key(run: RunDirectory, name: str, line: str, says: str) -> None:
    file = run.path / name
    file.write_text(f"\n{line}\n")
    read = {"verdicts.jsonl": run.judgements, "generations.jsonl": run.samples, "problems.jsonl": run.problems}[name]
    with pytest.raises(RunDirectoryError) as caught:
        list(read())
    assert says in str(caught.value)


@pytest.mark.parametrize(
    "text, says",
    [
        (None, "is no run directory: it has no run.toml"),
        ("a = ", "run.toml cannot be read"),
        ("created = 2025-03-01T12:00:00Z", "run.toml: ennead: Field required"),
        ("format = 99\nennead = '9'\ncreated = 2025-03-01T12:00:00Z", "run.toml: format: "),
    ],
)
def test_a_folder_that_is_no_run_directory_is_refused(tmp_path: Path, text: str | None, says: str) -> None:
    if text is not None:
        (tmp_path / "run.toml").write_text(text)
    with pytest.raises(RunDirectoryError, match=says):
        RunDirectory.open(tmp_path)


def test_a_run_is_not_made_where_one_is(run: RunDirectory, tmp_path: Path) -> None:
    with pytest.raises(RunDirectoryError, match=r"run\.toml is there already"):
        RunDirectory.create(run.path, ABOUT)
    (tmp_path / "file").touch()
    with pytest.raises(RunDirectoryError, match="cannot be made"):
        RunDirectory.create(tmp_path / "file", ABOUT)


def test_half_of_a_surrogate_pair_does_not_make_a_line_unwritable(run: RunDirectory) -> None:
    with run.judgement_writer() as writer:
        writer.write(judgement(detail="cut here: \ud83d"))
    assert next(run.judgements()).detail == "cut here: ?"
    (run.path / "generations.jsonl").write_text('{"problem":"p","sample":0,"text":"\\ud83d"}\n')
    sample = next(run.samples())
    assert sample.text == "\N{REPLACEMENT CHARACTER}"
    run.write_samples([sample])
    assert next(run.samples()) == sample


def test_samples_that_cannot_all_be_written_leave_the_old_ones(run: RunDirectory) -> None:
    run.write_samples([Sample(problem="p", index=0, text="old")])

    def broken() -> Iterator[Sample]:
        yield Sample(problem="p", index=0, text="new")
        raise ValueError

    with pytest.raises(ValueError):
        run.write_samples(broken())
    assert [each.text for each in run.samples()] == ["old"]
    assert not list(run.path.glob("*.new")) + list(run.path.glob(".*.new"))


def test_the_digest_of_samples_stays_when_more_are_appended(run: RunDirectory) -> None:
    assert run.digest_of_samples() is None
    run.write_samples([Sample(problem="p", index=0, text="a")])
    before = run.digest_of_samples()
    assert before is not None
    with run.sample_writer() as writer:
        writer.write(Sample(problem="p", index=1, text="b"))
    assert run.digest_of_samples(before[1]) == before
    assert run.digest_of_samples() != before
    run.write_samples([])
    assert run.digest_of_samples(before[1]) is None


HOLDER = """
import sys, time
from pathlib import Path
from scorer.run_directory import RunDirectory
with RunDirectory.open(Path(sys.argv[1])).locked():
    print("locked", flush=True)
    time.sleep(60)
"""


def test_two_processes_never_score_into_one_directory_and_a_killed_one_leaves_no_lock(run: RunDirectory) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(run.path)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"locked\n"
        with pytest.raises(RunDirectoryInUse, match="another process scores into"), run.locked():
            pass
        holder.send_signal(signal.SIGKILL)
    with run.locked():
        pass


WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from scorer.run_directory import RunDirectory
from executor.model import Verdict
from scorer.model import Judgement
run = RunDirectory.open(Path(sys.argv[1]))
done = sum(1 for _ in run.judgements())
with run.judgement_writer() as writer:
    while True:
        writer.write(Judgement(problem="p", sample=done, digest="d" * 9000, verdict=Verdict.AC, passed=1, total=1,
                               compiled=True, method="m"))
        done += 1
        print(done, flush=True)
"""


def test_a_writer_that_is_killed_over_and_over_loses_nothing_that_it_wrote(run: RunDirectory) -> None:
    known = 0
    for turn in range(5):
        command = [sys.executable, "-c", WRITER, str(run.path), str(Path(__file__).parents[2])]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(0.01 * turn)
            writer.kill()
            said = writer.stdout.read().split()
        known = max([known, *(int(each) for each in said if each.isdigit())])
    samples = [each.sample for each in run.judgements()]
    assert samples == list(range(len(samples)))
    assert len(samples) >= known > 5
