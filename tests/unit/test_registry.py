"""Benchmarks by name: what is refused with which sentence, and where data is looked for."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from executor.errors import UsageError
from scorer import registry
from scorer.benchmark import Benchmark
from scorer.registry import BENCHMARKS, Entry, entry_of, find_data, load, places


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without data."""
    monkeypatch.delenv(registry.DATA_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


@pytest.mark.parametrize(
    "name, sentence",
    [
        ("humanevalx", "there is no benchmark 'humanevalx'; did you mean humaneval-x"),
        ("zzz", "there is no benchmark 'zzz'; there are apps, code-contests, codeapex"),
    ],
)
def test_an_unknown_benchmark_is_refused_with_those_that_resemble_it(name: str, sentence: str) -> None:
    with pytest.raises(UsageError) as refused:
        entry_of(name)
    assert str(refused.value).startswith(sentence)


@pytest.mark.parametrize(
    "options, sentence",
    [
        ({"langage": "js"}, "humaneval-x has no option 'langage'; did you mean language?"),
        ({"x": "1"}, "humaneval-x has no option 'x'; there are language"),
        ({"language": "cobol"}, "humaneval-x: language is 'cobol', but must be one of all, cpp, go, java, js, python"),
    ],
)
def test_an_unknown_option_is_refused_with_those_that_exist(options: dict[str, str], sentence: str) -> None:
    with pytest.raises(UsageError) as refused:
        load("humaneval-x", Path("/"), **options)
    assert str(refused.value).startswith(sentence)


@pytest.mark.parametrize("entry", BENCHMARKS.values(), ids=BENCHMARKS)
def test_every_entry_leads_to_a_loader_that_takes_its_options(entry: Entry, tmp_path: Path) -> None:
    module, _, function = entry.loader.partition(":")
    loader = getattr(import_module(module), function)
    for option in entry.options:
        for value in option.values or (option.default,):
            # An empty folder is refused for what is not in it, and not for an option.
            with pytest.raises(UsageError) as refused:
                loader(tmp_path, **{option.name: value})
            assert str(tmp_path) in str(refused.value)


@pytest.mark.parametrize("entry", BENCHMARKS.values(), ids=BENCHMARKS)
def test_every_download_is_https_and_lands_where_data_is_recognised(entry: Entry, tmp_path: Path) -> None:
    for download in entry.downloads:
        assert urlsplit(download.url).scheme == "https"
        assert len(download.sha256) in {0, 64}
        path = tmp_path / download.file_name / ("test" if download.unpack else "")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir() if download.unpack else path.touch()
    assert entry.found(tmp_path) or not entry.downloads


def test_data_is_looked_for_in_the_variable_s_folder_and_then_in_the_cache(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(registry.DATA_VARIABLE, str(nowhere / "data"))
    first, second = places(entry_of("codeapex-comprehension"))
    assert first == nowhere / "data" / "codeapex"
    assert second == nowhere / "cache" / "ennead" / "data" / "codeapex"
    second.mkdir(parents=True)
    (second / "testcases_en.json").touch()
    assert find_data(entry_of("codeapex-comprehension")) == second
    # The other half of the same folder is not there.
    with pytest.raises(UsageError, match="there is no data of codeapex in"):
        find_data(entry_of("codeapex"))


def test_missing_data_is_told_with_what_to_do(nowhere: Path) -> None:
    with pytest.raises(UsageError) as refused:
        load("humaneval")
    assert str(refused.value) == (
        f"there is no data of humaneval in {nowhere}/cache/ennead/data/humaneval; give --data HumanEval.jsonl,"
        " compressed or not, or its folder, or run `exec-cli benchmarks fetch humaneval`"
    )


def test_data_that_was_named_and_is_not_there_is_refused(nowhere: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere does not exist; tests-dir wants a folder of problems"):
        load("tests-dir", nowhere / "nowhere")


def test_a_benchmark_is_loaded_with_its_options(nowhere: Path) -> None:
    problem = nowhere / "problems" / "sum"
    (problem / "tests").mkdir(parents=True)
    (problem / "problem.toml").write_text('title = "Sum"\n')
    (problem / "statement.md").write_text("Add.\n")
    (problem / "tests" / "1.in").write_text("1\n")
    (problem / "tests" / "1.ans").write_text("1\n")
    loaded = load("tests-dir", nowhere / "problems", languages="c,python")
    assert isinstance(loaded, Benchmark)
    assert list(loaded.problems) == ["sum/c", "sum/python"]
