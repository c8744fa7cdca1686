"""Folders of problems: our own layout and Kattis packages, what is refused, and what becomes of a sample."""

from __future__ import annotations

from pathlib import Path

import pytest

from executor.model import MIB, MS, SECOND, Checker, CheckerKind, Verdict
from scorer.benchmarks.tests_dir import TestsDir, load
from scorer.errors import BenchmarkDataError
from scorer.model import Form, Sample

TOML = 'title = "Sum"\n'
YAML = "name: Sum\n"


def put(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def ours(folder: Path, toml: str = TOML, **more: str) -> Path:
    """A problem in our layout; keywords are further files, `__` for the slash and `_` for the dot."""
    files = {"problem.toml": toml, "statement.md": "Add.\n", "tests/1.in": "1 2\n", "tests/1.ans": "3\n"}
    return put(folder, files | {name.replace("__", "/").replace("_", "."): text for name, text in more.items()})


def kattis(folder: Path, yaml: str = YAML, files: dict[str, str] | None = None) -> Path:
    usual = {"problem.yaml": yaml, "data/sample/1.in": "1\n", "data/sample/1.ans": "1\n"}
    return put(folder, usual | {"data/secret/big/1.in": "2\n", "data/secret/big/1.ans": "2\n"} | (files or {}))


def sample(text: str, form: Form = Form.ANSWER, problem: str = "sum", **details: object) -> Sample:
    return Sample(problem=problem, index=0, text=text, form=form, details=details)


def test_a_problem_of_ours_is_read_with_all_that_it_says(tmp_path: Path) -> None:
    toml = """
        title = "Sum"
        category = "arithmetic"
        difficulty = "easy"
        languages = ["c", "python"]
        checker = "float:1e-3"
        allowances = true
        [limits]
        cpu_ms = 1500
        memory_mib = 64
        processes = 3
    """
    ours(tmp_path / "sets" / "sum", toml, tests__2_in="5\n", tests__2_ans="5\n")
    benchmark = load(tmp_path)
    problem = benchmark.problems["sets/sum"]
    assert (problem.title, problem.category, problem.difficulty) == ("Sum", "arithmetic", "easy")
    assert (problem.runtime, problem.cases, problem.statement) == (None, 2, "Add.\n")
    assert problem.fields["time_limit"] == "1.5 s"
    job = benchmark.prepare(sample("x", Form.SOLUTION, "sets/sum", language="py")).job
    assert job is not None
    assert (job.limits.cpu_ns, job.limits.memory_bytes, job.limits.processes) == (1500 * MS, 64 * MIB, 3)
    assert job.checker == Checker(CheckerKind.FLOAT, 1e-3)
    assert job.allowances
    assert [case.name for case in job.cases] == ["1", "2"]
    assert job.submission.runtime == "python"


@pytest.mark.parametrize(
    "toml, mistake",
    [
        ("title = ", "problem.toml: Invalid value"),
        ("", "problem.toml: title: Field required"),
        ('title = "A"\nchequer = "x"', "problem.toml: chequer: Extra inputs are not permitted"),
        ('title = "A"\nchecker = "nearly"', "problem.toml: checker: 'nearly' is not a checker"),
        ('title = "A"\nruntime = "klingon"', "problem.toml: there is no runtime 'klingon'"),
        ('title = "A"\nruntime = "c"\nlanguages = ["c"]', "problem.toml: runtime and languages exclude each other"),
        ('title = "A"\n[limits]\ncpu_ms = 0', "problem.toml: limits.cpu_ms: Input should be greater than 0"),
        ('title = "A"\n[limits]\ncpu_ms = "1"', "problem.toml: limits.cpu_ms: Input should be a valid integer"),
        ('title = "A"\nstatement = "no.md"', "no.md cannot be read"),
        ('title = "A"\n[template]\nc = "no.c"', "no.c cannot be read"),
    ],
)
def test_a_mistake_is_named_with_file_and_key(tmp_path: Path, toml: str, mistake: str) -> None:
    ours(tmp_path / "sum", toml)
    with pytest.raises(BenchmarkDataError) as refused:
        load(tmp_path)
    assert str(refused.value).startswith(str(tmp_path / "sum"))
    assert mistake in str(refused.value)


def test_an_input_without_its_output_is_refused(tmp_path: Path) -> None:
    ours(tmp_path / "sum", tests__2_in="")
    with pytest.raises(BenchmarkDataError, match=r"sum/tests: input '2\.in' has no expected output"):
        load(tmp_path)


def test_a_folder_without_problems_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkDataError, match=r"holds no problem: a problem is a folder with problem\.toml or"):
        load(tmp_path)


def test_one_problem_may_be_given_alone(tmp_path: Path) -> None:
    assert list(load(ours(tmp_path / "sum")).problems) == ["sum"]


def test_the_version_is_that_of_the_files(tmp_path: Path) -> None:
    first = load(ours(tmp_path / "a" / "sum")).version
    assert load(ours(tmp_path / "b" / "sum")).version == first
    put(tmp_path / "b" / "sum", {"tests/1.ans": "4\n"})
    assert load(tmp_path / "b" / "sum").version != first


@pytest.fixture
def benchmark(tmp_path: Path) -> TestsDir:
    ours(tmp_path / "sum")
    ours(tmp_path / "only", 'title = "Only"\nlanguages = ["c", "python"]\n')
    return load(tmp_path)


@pytest.mark.parametrize(
    "text, form, details, runtime",
    [
        ("```python\nprint(1)\n```", Form.ANSWER, {}, "python"),
        ("Well:\n\n```C++\nint main() {}\n```\nand\n```python\nx\n```", Form.ANSWER, {}, "cpp"),
        ("```\nprint(1)\n```", Form.ANSWER, {"language": "Python3"}, "python"),
        ("```js\nconsole.log(1)\n```", Form.ANSWER, {}, "javascript"),
        ("print(1)", Form.SOLUTION, {"language": "rs"}, "rust"),
        ("print(1)", Form.COMPLETION, {"language": "c#"}, "csharp"),
    ],
)
def test_a_sample_says_its_language(
    benchmark: TestsDir, text: str, form: Form, details: dict[str, object], runtime: str
) -> None:
    prepared = benchmark.prepare(sample(text, form, "sum", **details))
    assert prepared.job is not None, prepared.detail
    assert prepared.job.submission.runtime == prepared.language == runtime


@pytest.mark.parametrize(
    "problem, text, form, details, reason",
    [
        ("sum", "print(1)", Form.SOLUTION, {}, "nothing says which language this is"),
        ("sum", "```klingon\nx\n```", Form.ANSWER, {}, "there is no runtime for 'klingon'"),
        ("only", "```go\nx\n```", Form.ANSWER, {}, "the problem is to be solved in c or python, not in go"),
        ("sum", "I cannot do that.", Form.ANSWER, {"language": "python"}, "holds no python program"),
    ],
)
def test_a_sample_without_a_program_that_can_be_judged_is_ce_with_the_reason(
    benchmark: TestsDir, problem: str, text: str, form: Form, details: dict[str, object], reason: str
) -> None:
    prepared = benchmark.prepare(sample(text, form, problem, **details))
    assert (prepared.job, prepared.settled) == (None, Verdict.CE)
    assert reason in prepared.detail


def test_equal_programs_have_one_digest_and_others_have_others(benchmark: TestsDir) -> None:
    def digest(text: str, problem: str = "sum", language: str = "python") -> str:
        return benchmark.prepare(sample(text, Form.SOLUTION, problem, language=language)).digest

    assert digest("a") == digest("a")
    assert len({digest("a"), digest("b"), digest("a", "only"), digest("a", language="c")}) == 4


def test_each_problem_is_asked_in_each_language_where_a_file_beside_them_says_so(tmp_path: Path) -> None:
    ours(tmp_path / "sum")
    ours(tmp_path / "only", 'title = "Only"\nlanguages = ["c", "go"]\n')
    put(tmp_path, {"benchmark.toml": 'languages = ["go", "python"]\n'})
    benchmark = load(tmp_path)
    runtimes = {id_: problem.runtime for id_, problem in benchmark.problems.items()}
    assert runtimes == {"only/go": "go", "sum/go": "go", "sum/python": "python"}
    job = benchmark.prepare(sample("x", Form.SOLUTION, "sum/go")).job
    assert job is not None
    assert job.submission.runtime == "go"
    assert list(load(tmp_path, "c").problems) == ["only/c", "sum/c"]
    with pytest.raises(BenchmarkDataError, match="languages: there is no runtime 'klingon'"):
        load(tmp_path, "klingon")


def test_an_answer_takes_its_place_in_a_template(tmp_path: Path) -> None:
    toml = 'title = "Twice"\nfunction = "twice"\n[template]\npython = "main.py"\n'
    ours(tmp_path / "twice", toml, main_py="import math\n# @SOLUTION@\nprint(twice(int(input())))\n")
    benchmark = load(tmp_path)
    assert benchmark.problems["twice"].runtime == "python"
    assert "print(twice" in benchmark.problems["twice"].fields["template_python"]
    answer = "Here:\n```python\nimport sys\n\ndef twice(x):\n    return 2 * x\n```\n"
    for text, form in ((answer, Form.ANSWER), ("def twice(x):\n    return 2 * x\n", Form.SOLUTION)):
        job = benchmark.prepare(sample(text, form, "twice")).job
        assert job is not None
        (file,) = job.submission.files
        assert isinstance(file.content, bytes)
        code = file.content.decode()
        assert code.startswith("import math\n")
        assert "def twice(x):\n    return 2 * x\n" in code
        assert code.endswith("\nprint(twice(int(input())))\n")


def test_a_template_without_a_gap_is_refused(tmp_path: Path) -> None:
    ours(tmp_path / "twice", 'title = "T"\n[template]\npython = "main.py"\n', main_py="print(1)\n")
    with pytest.raises(BenchmarkDataError, match=r"main\.py: one line with @SOLUTION@ is needed, and there are 0"):
        load(tmp_path)


def test_the_names_of_known_solutions_say_their_verdicts(tmp_path: Path) -> None:
    folder = ours(tmp_path / "sum")
    put(folder, {"solutions/ac-it.py": "", "solutions/TLE-slow.cpp": "", "solutions/rte-x-y.go": ""})
    found = {each.name: (*each.verdicts, each.job.submission.runtime) for each in load(folder).expectations()}
    assert found == {
        "solutions/ac-it.py": (Verdict.AC, "python"),
        "solutions/TLE-slow.cpp": (Verdict.TLE, "cpp"),
        "solutions/rte-x-y.go": (Verdict.RTE, "go"),
    }
    put(folder, {"solutions/sum.py": ""})
    with pytest.raises(BenchmarkDataError, match=r"solutions/sum\.py: a solution's name begins with its verdict and"):
        load(folder)


def test_a_kattis_package_is_read(tmp_path: Path) -> None:
    yaml = "name: Sum\nvalidator_flags: float_tolerance 1e-4 case_sensitive\nlimits:\n  memory: 100\n  output: 2\n"
    files = {
        ".timelimit": "3\n",
        "problem_statement/problem.sv.tex": "Summa",
        "problem_statement/problem.en.tex": "Add",
        "submissions/accepted/a.py": "",
        "submissions/wrong_answer/b.cpp": "",
        "submissions/time_limit_exceeded/c/main.py": "",
        "submissions/partially_accepted/d.py": "",
        "data/secret/testdata.yaml": "grading: default\n",
        "data/invalid_input/1.in": "x",
    }
    benchmark = load(kattis(tmp_path / "sum", yaml, files))
    problem = benchmark.problems["sum"]
    assert (problem.title, problem.statement, problem.cases) == ("Sum", "Add", 2)
    assert benchmark.warnings == ()
    job = benchmark.prepare(sample("x", Form.SOLUTION, language="c")).job
    assert job is not None
    assert (job.limits.cpu_ns, job.limits.memory_bytes, job.limits.output_bytes) == (3 * SECOND, 100 * MIB, 2 * MIB)
    assert job.checker == Checker(CheckerKind.FLOAT, 1e-4)
    assert [case.name for case in job.cases] == ["sample/1", "secret/big/1"]
    assert {each.name: each.verdicts for each in benchmark.expectations()} == {
        "submissions/accepted/a.py": {Verdict.AC},
        "submissions/wrong_answer/b.cpp": {Verdict.WA},
        "submissions/time_limit_exceeded/c": {Verdict.TLE, Verdict.WTL},
    }


def test_a_kattis_package_of_2023_is_read(tmp_path: Path) -> None:
    yaml = (
        "problem_format_version: 2023-07\ntype: [pass-fail]\nname: {sv: Summa, en: Sum}\nkeywords: [maths, easy]\n"
        "limits: {time_limit: 1.5}\n"
    )
    files = {"data/test_group.yaml": "output_validator_args: [space_change_sensitive, case_sensitive]\n"}
    benchmark = load(kattis(tmp_path / "sum", yaml, files | {"statement/problem.en.md": "Add"}))
    problem = benchmark.problems["sum"]
    assert (problem.title, problem.statement, problem.category) == ("Sum", "Add", "maths")
    job = benchmark.prepare(sample("x", Form.SOLUTION, language="c")).job
    assert job is not None
    assert (job.limits.cpu_ns, job.limits.memory_bytes) == (3 * SECOND // 2, 2048 * MIB)
    assert job.checker == Checker(CheckerKind.EXACT)


def test_what_a_kattis_package_leaves_open_is_told(tmp_path: Path) -> None:
    no_limit, no_case = load(kattis(tmp_path / "sum")).warnings[::-1]
    assert no_limit.startswith("sum: it says no time limit")
    assert no_case.startswith("sum: its validator takes upper and lower case for the same")


def test_the_time_limit_of_domjudge_is_known(tmp_path: Path) -> None:
    benchmark = load(kattis(tmp_path / "sum", files={"domjudge-problem.ini": "timelimit='2.5'\ncolor=red\n"}))
    job = benchmark.prepare(sample("x", Form.SOLUTION, language="c")).job
    assert job is not None
    assert job.limits.cpu_ns == 5 * SECOND // 2


@pytest.mark.parametrize(
    "yaml, files, mistake",
    [
        ("validation: custom", {}, "it has an output validator of its own, which is not supported"),
        ("validation: custom interactive", {}, "it has an output validator of its own"),
        ("name: A", {"output_validators/v/v.py": ""}, "it has an output validator of its own"),
        ("name: A", {"output_validator/v.py": ""}, "it has an output validator of its own"),
        ("type: interactive", {}, "type: interactive problems are not supported"),
        ("type: [pass-fail, multi-pass]", {}, "type: multi-pass problems are not supported"),
        ("validator_flags: strict", {}, "the default validator has no flag 'strict'"),
        ("validator_flags: float_tolerance", {}, "float_tolerance: 'None' is no positive number"),
        ("validator_flags: float_relative_tolerance 1e-6", {}, "different absolute and relative tolerances"),
        ("validator_flags: float_tolerance 1 space_change_sensitive", {}, "together with significant spaces"),
        ("limits: {memory: much}", {}, "limits.memory: 'much' is no positive number"),
        ("limits: 7", {}, "limits: keys and values are expected"),
        ("name: [", {}, "is no YAML"),
        ("- a", {}, "keys and values are expected"),
        (
            "name: A",
            {"data/secret/big/testdata.yaml": "output_validator_flags: case_sensitive"},
            "validator flags of one group of tests are not supported",
        ),
    ],
)
def test_what_is_not_supported_of_kattis_is_refused_in_a_sentence(
    tmp_path: Path, yaml: str, files: dict[str, str], mistake: str
) -> None:
    with pytest.raises(BenchmarkDataError) as refused:
        load(kattis(tmp_path / "sum", yaml, files))
    assert str(refused.value).startswith(str(tmp_path / "sum"))
    assert mistake in str(refused.value)


def test_one_package_that_is_refused_leaves_the_others(tmp_path: Path) -> None:
    kattis(tmp_path / "bad", "type: interactive")
    ours(tmp_path / "sum")
    benchmark = load(tmp_path)
    assert list(benchmark.problems) == ["sum"]
    assert benchmark.warnings[0].startswith(f"left out: {tmp_path}/bad/problem.yaml: type: interactive problems")
