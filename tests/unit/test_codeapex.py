"""CodeApex's programming part: what its files may hold, and what becomes of an answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from executor.errors import UsageError
from executor.model import MIB, SECOND, CheckerKind, Verdict
from scorer.benchmarks.codeapex import CodeApex, load
from scorer.benchmarks.codeapex_data import Task
from scorer.benchmarks.codeapex_defects import DEFECTS, Kind, fingerprint, known_defect
from scorer.errors import BenchmarkDataError
from scorer.model import Form, Sample

CONTEXT = """\
#include <iostream>
#define N 60
using namespace std;

int twice(int n) {
    return 2 * n;
}

// function start

// function end

int main() {
    int n;
    cin >> n;
    // calling start
    cout << total(n) << endl;
    // calling end
}
"""
DECLARATION = "int total(int n)"
FUNCTION = "int total(int n) {\n    return n * (n + 1) / 2;\n}\n"


def entry(**fields: object) -> dict[str, object]:
    """A problem as the benchmark's files have it."""
    return {
        "id": 7,
        "problem_description": "Add the numbers from 1 to n.",
        "function_declaration": DECLARATION,
        "code_context": CONTEXT,
        "example": json.dumps([{"input": "4", "output": "10"}, {"input": "1", "output": "1\n"}]),
        "time_limit": 1000,
        "memory_limit": 256,
        **fields,
    }


def write(folder: Path, *entries: dict[str, object], lang: str = "en", mark: bytes = b"\xef\xbb\xbf") -> Path:
    path = folder / f"code_generate_problems_{lang}.json"
    path.write_bytes(mark + json.dumps(entries, ensure_ascii=False).encode())
    return path


@pytest.fixture
def benchmark(tmp_path: Path) -> CodeApex:
    return load(write(tmp_path, entry()))


def with_context(tmp_path: Path, context: str, **fields: object) -> CodeApex:
    return load(write(tmp_path, entry(code_context=context, **fields)))


def program(benchmark: CodeApex, text: str, form: Form = Form.ANSWER) -> str:
    return benchmark.prepare(Sample(problem="7", index=0, text=text, form=form)).program


def fenced(code: str) -> str:
    return f"Here it is:\n\n```cpp\n{code}```\n\nIt adds the numbers."


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b""])
def test_a_file_is_read_with_a_byte_order_mark_and_without(tmp_path: Path, mark: bytes) -> None:
    assert list(load(write(tmp_path, entry(), mark=mark)).problems) == ["7"]


def test_a_folder_holds_a_file_for_each_language(tmp_path: Path) -> None:
    write(tmp_path, entry())
    write(tmp_path, entry(problem_description="求和"), lang="zh")
    assert load(tmp_path).problems["7"].fields["description"] == "Add the numbers from 1 to n."
    assert load(tmp_path, lang="zh").problems["7"].fields["description"] == "求和"
    assert load(tmp_path).version != load(tmp_path, lang="zh").version


def test_samples_are_test_cases_compared_by_lines_under_the_problems_limits(benchmark: CodeApex) -> None:
    job = benchmark.prepare(Sample(problem="7", index=0, text=FUNCTION, form=Form.SOLUTION)).job
    assert job is not None
    assert [(case.name, case.stdin, case.expected) for case in job.cases] == [
        ("sample 1", b"4", b"10"),
        ("sample 2", b"1", b"1\n"),
    ]
    assert job.checker.kind is CheckerKind.LINES
    assert job.limits.cpu_ns == 1 * SECOND
    assert job.limits.memory_bytes == job.limits.effective_stack_bytes == 256 * MIB
    assert job.submission.flags == ("-std=gnu++17", "-O2")
    assert benchmark.problems["7"].cases == 2


@pytest.mark.parametrize(
    "fields, mistake",
    [
        ({"time_limit": "1000"}, r"entry 2 \(id 8\): time_limit: Input should be a valid integer"),
        ({"memory_limit": 0}, "memory_limit: Input should be greater than 0"),
        ({"example": "[{"}, "example: not the JSON of samples: Invalid JSON"),
        ({"example": '[{"input": "4"}]'}, "example: not the JSON of samples: 0.output: Field required"),
        ({"example": "[]"}, "example: there is no sample"),
        ({"function_declaration": " "}, "function_declaration: String should match"),
        ({"code_context": "int main() {}"}, "code_context: there are no lines '// function start'"),
        ({"code_context": CONTEXT.replace("start\n\n", "start\nint x;\n")}, "code_context: there is something between"),
        ({"id": 7}, r"entry 2 \(id 7\): there is a problem 7 already"),
    ],
)
def test_a_mistake_in_the_data_is_named_with_file_entry_and_field(
    tmp_path: Path, fields: dict[str, object], mistake: str
) -> None:
    path = write(tmp_path, entry(), entry(**{"id": 8, **fields}))
    with pytest.raises(BenchmarkDataError, match=rf"{path.name}.*{mistake}"):
        load(path)


def test_a_file_that_is_no_array_or_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "code_generate_problems_en.json"
    with pytest.raises(BenchmarkDataError, match="cannot be read"):
        load(tmp_path)
    path.write_text('{"id": 7}')
    with pytest.raises(BenchmarkDataError, match="should be a valid array"):
        load(tmp_path)
    path.write_text("[7]")
    with pytest.raises(BenchmarkDataError, match="entry 1: Input should be a valid dictionary"):
        load(tmp_path)


@pytest.mark.parametrize("option", ["lang", "prompt", "defects", "standard"])
def test_an_option_with_an_unknown_value_is_refused(tmp_path: Path, option: str) -> None:
    options: dict[str, str] = {option: "klingon"}
    with pytest.raises(UsageError, match=f"{option} is 'klingon', but must be one of"):
        load(write(tmp_path, entry()), **options)


def test_a_solution_stands_verbatim_between_the_markers(benchmark: CodeApex) -> None:
    prepared = benchmark.prepare(Sample(problem="7", index=0, text=FUNCTION, form=Form.SOLUTION))
    assert prepared.program == CONTEXT.replace("start\n\n", f"start\n{FUNCTION}", 1)
    assert prepared.method == "as given"


def test_a_solution_with_a_main_program_is_judged_as_it_is(benchmark: CodeApex) -> None:
    whole = f"#include <cstdio>\n{FUNCTION}signed main() {{\n}}\n"
    assert program(benchmark, whole, Form.SOLUTION) == whole


@pytest.mark.parametrize(
    "start, end",
    [
        ("// function start", "// function end"),
        ("//function start", "//function end"),
        ("// function start ", "//function end"),
        ("  //\tfunction start\r", "  // function end"),
    ],
)
def test_markers_are_known_in_every_spelling(tmp_path: Path, start: str, end: str) -> None:
    context = CONTEXT.replace("// function start", start).replace("// function end", end)
    assert FUNCTION in program(with_context(tmp_path, context), fenced(FUNCTION))


def test_markers_may_have_no_line_between_them(tmp_path: Path) -> None:
    context = CONTEXT.replace("start\n\n", "start\n")
    source = program(with_context(tmp_path, context), fenced(FUNCTION))
    assert f"// function start\n{FUNCTION}// function end\n" in source


@pytest.mark.parametrize(
    "old, new",
    [
        ("    // calling start\n", ""),
        ("// calling start", "//calling start"),
        ("// calling start", "// calong long ing start"),
        ("    // calling end\n", "    // calling end\n    // calling start\n    total(n);\n    // calling end\n"),
    ],
)
def test_markers_of_the_call_do_not_matter_and_are_reported(tmp_path: Path, old: str, new: str) -> None:
    benchmark = with_context(tmp_path, CONTEXT.replace(old, new))
    assert FUNCTION in program(benchmark, fenced(FUNCTION))
    odd = [warning for warning in benchmark.warnings if "the call is not marked once" in warning]
    assert len(odd) == (0 if new.startswith("//calling") else 1)


def test_main_may_return_signed(tmp_path: Path) -> None:
    benchmark = with_context(tmp_path, CONTEXT.replace("int main", "signed main"))
    source = program(benchmark, fenced(FUNCTION + "\nint main() {\n    return 1;\n}\n"))
    assert source.count("main()") == 1
    assert "signed main() {\n    int n;" in source


def test_an_answer_brings_the_namespace_that_the_context_lacks(tmp_path: Path) -> None:
    benchmark = with_context(tmp_path, CONTEXT.replace("using namespace std;\n", ""))
    source = program(benchmark, fenced(f"#include <iostream>\nusing namespace std;\n\n{FUNCTION}"))
    assert source.startswith("#include <iostream>\nusing namespace std;\n#define N 60\n")


def test_includes_of_an_answer_precede_the_macros_of_the_context(benchmark: CodeApex) -> None:
    source = program(benchmark, fenced(f"#include <iostream>\n#include <numeric>\n#include <vector>\n\n{FUNCTION}"))
    assert source.startswith("#include <iostream>\n#include <numeric>\n#include <vector>\n#define N 60\n")
    assert source.count("#include <iostream>") == 1


def test_helpers_stay_beside_the_function_and_the_contexts_own_are_dropped_with_a_note(benchmark: CodeApex) -> None:
    code = f"int half(int n) {{\n    return n / 2;\n}}\nint twice(int n) {{\n    return n + n;\n}}\n{FUNCTION}"
    prepared = benchmark.prepare(Sample(problem="7", index=0, text=fenced(code)))
    assert "int half(int n) {\n    return n / 2;\n}" in prepared.program
    assert prepared.program.count("int twice(") == 1
    assert any("context" in note for note in prepared.notes)


def test_a_main_program_of_the_models_own_is_dropped_with_a_note(benchmark: CodeApex) -> None:
    code = f"#include <iostream>\n{FUNCTION}\nint main() {{\n    std::cout << total(3);\n}}\n"
    prepared = benchmark.prepare(Sample(problem="7", index=0, text=fenced(code)))
    assert prepared.program.count("main(") == 1
    assert "cin >> n" in prepared.program
    assert any("main" in note for note in prepared.notes)


def test_an_answer_that_is_another_whole_program_is_judged_alone(benchmark: CodeApex) -> None:
    whole = '#include <cstdio>\nint main() {\n    int n;\n    std::scanf("%d", &n);\n    std::printf("%d", n);\n}\n'
    prepared = benchmark.prepare(Sample(problem="7", index=0, text=fenced(whole)))
    assert prepared.program == whole
    assert prepared.method == "whole program"
    assert prepared.notes[-1] == "there is no function total: the answer's own main program is judged alone"


def test_a_helper_of_another_whole_program_is_not_taken_for_the_function(benchmark: CodeApex) -> None:
    whole = "int read_one(int n) {\n    return n;\n}\nint main() {\n    return read_one(0);\n}\n"
    assert program(benchmark, fenced(whole)) == whole


def test_a_whole_program_in_an_answer_that_only_speaks_of_the_function_is_judged_alone(benchmark: CodeApex) -> None:
    whole = '#include <cstdio>\nint main() {\n    std::puts("10");\n}\n'
    prepared = benchmark.prepare(Sample(problem="7", index=0, text="Instead of total(n):\n\n" + fenced(whole)))
    assert (prepared.program, prepared.method) == (whole, "whole program")


def test_a_function_under_another_name_is_renamed_with_a_note(benchmark: CodeApex) -> None:
    prepared = benchmark.prepare(Sample(problem="7", index=0, text=fenced(FUNCTION.replace("total", "sum_up"))))
    assert FUNCTION in prepared.program
    assert any("renamed to total" in note for note in prepared.notes)


@pytest.mark.parametrize("text", ["", "I am sorry, but I cannot help with that.", "```cpp\n```"])
def test_an_answer_without_a_program_is_a_compile_error_with_a_reason(benchmark: CodeApex, text: str) -> None:
    prepared = benchmark.prepare(Sample(problem="7", index=0, text=text))
    assert (prepared.job, prepared.settled, prepared.score) == (None, Verdict.CE, 0.0)
    assert prepared.detail


@pytest.mark.parametrize(
    "text",
    [
        "    return n * (n + 1) / 2;\n}\n",
        "    return n * (n + 1) / 2;\n}\n\nint main() {\n    cout << total(3);\n}\n",
        "{\n    return n * (n + 1) / 2;\n}\n",
        FUNCTION,
        fenced(FUNCTION),
    ],
)
def test_a_completion_goes_on_in_the_function_or_brings_it_whole(benchmark: CodeApex, text: str) -> None:
    source = program(benchmark, text, Form.COMPLETION)
    region = source.partition("// function start\n")[2].partition("// function end")[0]
    assert "".join(region.split()) == "".join(FUNCTION.split())


def test_the_same_program_has_one_digest_and_other_test_cases_another(tmp_path: Path, benchmark: CodeApex) -> None:
    def digest(benchmark: CodeApex, text: str) -> str:
        return benchmark.prepare(Sample(problem="7", index=0, text=text)).digest

    assert digest(benchmark, fenced(FUNCTION)) == digest(benchmark, FUNCTION)
    assert digest(benchmark, FUNCTION) != digest(benchmark, FUNCTION.replace("+ 1", "- 1"))
    others = load(write(tmp_path, entry(example='[{"input": "4", "output": "11"}]')))
    assert digest(benchmark, FUNCTION) != digest(others, FUNCTION)
    slower = load(write(tmp_path, entry(time_limit=2000)))
    assert digest(benchmark, FUNCTION) != digest(slower, FUNCTION)


def test_prompts_find_what_they_are_made_of(tmp_path: Path) -> None:
    write(tmp_path, entry())
    fields = load(tmp_path).problems["7"].fields
    assert fields["declaration"] == DECLARATION
    assert fields["context"] == CONTEXT
    assert "// function start\nint total(int n)\n{\n    // TODO\n}\n// function end" in fields["context_with_todo"]
    assert fields["prefix"] == CONTEXT.partition("start\n")[0] + "start\nint total(int n)\n{\n"
    bare = load(tmp_path, prompt="function-only").problems["7"]
    assert bare.fields["prefix"] == "int total(int n)\n{\n"
    assert "main" not in bare.statement
    assert bare.title == "total"


def case_files(folder: Path, **contents: str) -> Path:
    folder.mkdir(parents=True)
    for name, content in contents.items():
        (folder / name.replace("_", ".")).write_text(content)
    return folder.parent


def test_test_cases_of_ones_own_take_the_place_of_the_samples(tmp_path: Path) -> None:
    path = write(tmp_path, entry(), entry(id=8))
    cases = case_files(
        tmp_path / "cases" / "7", **{"10_in": "3", "10_out": "6", "9_in": "2", "9_ans": "3", "readme_txt": "ours"}
    )
    benchmark = load(path, cases=str(cases))
    job = benchmark.prepare(Sample(problem="7", index=0, text=FUNCTION)).job
    assert job is not None
    assert [case.name for case in job.cases] == ["9", "10"]
    assert [case.expected for case in job.cases] == [cases / "7" / "9.ans", cases / "7" / "10.out"]
    assert [problem.cases for problem in benchmark.problems.values()] == [2, 2]
    assert "1 of 2 problems are judged by the given test cases" in benchmark.warnings[0]
    assert benchmark.version != load(path).version


@pytest.mark.parametrize(
    "problem, names, mistake",
    [
        ("9", ["1_in", "1_out"], "cases/9: there is no problem 9"),
        ("7", [], "cases/7 has no test case"),
        ("7", ["1_in"], "1.in has no output beside it"),
        ("7", ["1_in", "1_out", "1_ans"], "1.in has two outputs beside it"),
        ("7", ["1_in", "1_out", "2_out"], "2.out has no input 2.in beside it"),
    ],
)
def test_a_mistake_in_ones_own_test_cases_is_named(
    tmp_path: Path, problem: str, names: list[str], mistake: str
) -> None:
    cases = case_files(tmp_path / "cases" / problem, **dict.fromkeys(names, ""))
    with pytest.raises(BenchmarkDataError, match=mistake):
        load(write(tmp_path, entry()), cases=str(cases))


def test_test_cases_that_are_not_there_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, entry())
    with pytest.raises(BenchmarkDataError, match="nowhere cannot be read"):
        load(path, cases=str(tmp_path / "nowhere"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(BenchmarkDataError, match="has no folder that is named like a problem, such as 7"):
        load(path, cases=str(tmp_path / "empty"))


def test_a_known_defect_belongs_to_the_text_it_was_found_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    task = Task.model_validate(entry())
    defect = type(DEFECTS["1785"])(fingerprint(task), Kind.SAMPLES, "nobody passes")
    monkeypatch.setattr("scorer.benchmarks.codeapex_defects.DEFECTS", {"7": defect})
    benchmark = load(write(tmp_path, entry()))
    assert benchmark.problems["7"].defect == "nobody passes"
    assert "7 counts: nobody passes" in benchmark.warnings
    repaired = load(write(tmp_path, entry(example='[{"input": "4", "output": "11"}]')))
    assert repaired.problems["7"].defect == ""


def test_defective_problems_are_left_out_on_request_and_still_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    task = Task.model_validate(entry())
    defect = type(DEFECTS["1785"])(fingerprint(task), Kind.SAMPLES, "nobody passes")
    monkeypatch.setattr("scorer.benchmarks.codeapex_defects.DEFECTS", {"7": defect})
    path = write(tmp_path, entry(), entry(id=8))
    benchmark = load(path, defects="skip")
    assert list(benchmark.problems) == ["8"]
    assert "7 is left out: nobody passes" in benchmark.warnings
    with pytest.raises(KeyError):
        benchmark.prepare(Sample(problem="7", index=0, text=FUNCTION))
    cases = case_files(tmp_path / "cases" / "7", **{"1_in": "3", "1_out": "6"})
    assert "7" in load(path, defects="skip", cases=str(cases)).problems


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("cpp11", [False, True])
@pytest.mark.parametrize("samples", [False, True])
def test_a_defect_counts_where_it_matters(
    monkeypatch: pytest.MonkeyPatch, kind: Kind, cpp11: bool, samples: bool
) -> None:
    task = Task.model_validate(entry())
    defect = type(DEFECTS["1785"])(fingerprint(task), kind, "nobody passes")
    monkeypatch.setattr("scorer.benchmarks.codeapex_defects.DEFECTS", {"7": defect})
    matters = {Kind.CONTEXT: True, Kind.GETS: not cpp11, Kind.SAMPLES: samples}[kind]
    assert known_defect(task, cpp11=cpp11, samples=samples) == ("nobody passes" if matters else "")


def test_an_instruction_to_a_translator_in_a_description_is_reported(tmp_path: Path) -> None:
    benchmark = load(write(tmp_path, entry(problem_description="Translate the following text. Add the numbers.")))
    assert "7: the description begins with an instruction to a translator" in benchmark.warnings


def test_that_the_benchmarks_own_test_cases_are_not_public_is_the_first_warning(benchmark: CodeApex) -> None:
    assert "2 samples of 1 problems are judged" in benchmark.warnings[0]


def test_the_document_lists_every_known_defect_with_its_reason() -> None:
    document = (Path(__file__).parents[2] / "docs" / "codeapex.md").read_text()
    for name, defect in DEFECTS.items():
        assert any(name in row and defect.why in row for row in document.splitlines()), name
