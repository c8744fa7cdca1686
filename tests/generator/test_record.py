"""A run's files outlive a kill, and a run is continued as it was begun or not at all."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from generator.errors import RunError
from generator.model import Generation, Message, ServerInfo
from generator.record import FAILURES, GENERATIONS, SETTINGS, Record, Terms, line_of, read_terms

TERMS = Terms(samples=3, settings={"model": "toy", "temperature": 0.7, "top_p": None, "stop": ["\n\n"], "seed": 0})


def line(problem: str, sample: int, text: str = "answer") -> dict[str, Any]:
    generation = Generation(sample=sample, text=text, finish_reason="stop", seed=sample)
    return line_of(
        problem,
        generation,
        prompt=(Message("user", "question"),),
        form="answer",
        model="toy",
        server=ServerInfo("http://server/v1", "0.32.0"),
    )


def begun(path: Path) -> None:
    with Record.start(path, TERMS) as record:
        for sample in (0, 2):
            record.append(line("a", sample))


def test_a_line_says_what_was_asked_and_who_answered(tmp_path: Path) -> None:
    with Record.start(tmp_path, TERMS) as record:
        record.append(line("a", 1, "two\nlines \ud83d"))
    (written,) = (tmp_path / GENERATIONS).read_text().splitlines()
    found = json.loads(written)
    assert found.pop("created").endswith("+00:00")
    assert found == {
        "problem": "a",
        "sample": 1,
        "text": "two\nlines ?",
        "form": "answer",
        "finish_reason": "stop",
        "prompt": [{"role": "user", "content": "question"}],
        "seed": 1,
        "model": "toy",
        "server": {"base_url": "http://server/v1", "version": "0.32.0"},
    }


def test_what_is_missing_is_known_when_a_run_is_continued(tmp_path: Path) -> None:
    begun(tmp_path)
    with Record.resume(tmp_path, TERMS) as record:
        assert record.missing("a") == (1,)
        assert record.missing("b") == (0, 1, 2)
        record.append(line("a", 1))
        assert record.missing("a") == ()


@pytest.mark.parametrize("torn", [b'{"problem": "b", "sam', b'{"problem": "b", "sample": 0, "text": "', b"{"])
def test_a_torn_last_line_is_cut_off(tmp_path: Path, torn: bytes) -> None:
    begun(tmp_path)
    before = (tmp_path / GENERATIONS).read_bytes()
    (tmp_path / GENERATIONS).write_bytes(before + torn)
    with Record.resume(tmp_path, TERMS) as record:
        assert record.missing("b") == (0, 1, 2)
        record.append(line("b", 0))
    assert [json.loads(each)["problem"] for each in (tmp_path / GENERATIONS).read_text().splitlines()] == list("aab")


@pytest.mark.parametrize(
    "damage, said",
    [
        (b"nonsense\n", "line 3: this is no sample"),
        (b'{"problem": "a"}\n', "line 3: this is no sample"),
        (b'{"problem": "a", "sample": "0"}\n', "line 3: .* a number"),
        (b'{"problem": "a", "sample": 2}\n', "line 3: sample 2 of a is there twice"),
    ],
)
def test_a_damaged_line_is_named(tmp_path: Path, damage: bytes, said: str) -> None:
    begun(tmp_path)
    with (tmp_path / GENERATIONS).open("ab") as file:
        file.write(damage)
    with pytest.raises(RunError, match=said):
        Record.resume(tmp_path, TERMS)


@pytest.mark.parametrize(
    "changed, said",
    [
        ({"temperature": 0.8}, "temperature was 0.7, now it is 0.8"),
        ({"top_p": 0.9}, "top_p was not set, now it is 0.9"),
        ({"stop": []}, r"stop was \[.*\], now it is \[\]"),
        ({"model": "other", "seed": 1}, 'model was "toy", now it is "other"; seed was 0, now it is 1'),
        ({"cot": True}, "cot was not set, now it is true"),
    ],
)
def test_a_run_is_not_continued_with_other_terms(tmp_path: Path, changed: dict[str, Any], said: str) -> None:
    begun(tmp_path)
    with pytest.raises(RunError, match=said):
        Record.resume(tmp_path, replace(TERMS, settings={**TERMS.settings, **changed}))


def test_a_run_may_be_continued_with_more_samples_and_not_with_fewer(tmp_path: Path) -> None:
    begun(tmp_path)
    with Record.resume(tmp_path, replace(TERMS, samples=5)) as record:
        assert record.missing("a") == (1, 3, 4)
    assert read_terms(tmp_path).samples == 5
    with pytest.raises(RunError, match="begun with 5 samples"):
        Record.resume(tmp_path, TERMS)


def test_a_run_with_samples_is_not_begun_again(tmp_path: Path) -> None:
    begun(tmp_path)
    with pytest.raises(RunError, match="--resume"):
        Record.start(tmp_path, TERMS)


def test_a_run_without_samples_binds_nobody(tmp_path: Path) -> None:
    with Record.start(tmp_path, TERMS):
        pass
    with Record.start(tmp_path, replace(TERMS, settings={"model": "other"})):
        pass
    assert read_terms(tmp_path).settings == {"model": "other"}


def test_two_processes_do_not_draw_into_one_directory(tmp_path: Path) -> None:
    with Record.start(tmp_path, TERMS), pytest.raises(RunError, match="another process"):
        Record.resume(tmp_path, TERMS)
    with Record.resume(tmp_path, TERMS):
        pass


def test_failures_are_those_of_the_last_process(tmp_path: Path) -> None:
    with Record.start(tmp_path, TERMS) as record:
        record.append(line("a", 0))
        record.write_failures({"a": "too long"})
        assert json.loads((tmp_path / FAILURES).read_text()) == {"problem": "a", "missing": [1, 2], "error": "too long"}
        record.write_failures({})
        assert not (tmp_path / FAILURES).exists()


def test_damaged_terms_are_named(tmp_path: Path) -> None:
    begun(tmp_path)
    (tmp_path / SETTINGS).write_text("samples = three")
    with pytest.raises(RunError, match=r"generation\.toml is damaged"):
        Record.resume(tmp_path, TERMS)


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match="cannot be written to"):
        Record.start(tmp_path / "file" / "run", TERMS)
