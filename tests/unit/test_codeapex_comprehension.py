"""CodeApex's comprehension part: which letter an answer chooses, and what is made of it."""

# Chinese answers have full-width punctuation, and it has to be understood.
# ruff: noqa: RUF001

from __future__ import annotations

import json
import time
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path

import pytest

from cli.submission import submit
from executor.errors import UsageError
from executor.model import Event, Job, Verdict
from scorer.benchmarks.codeapex_choice import Style, choice
from scorer.benchmarks.codeapex_comprehension import Comprehension, load, submission, write_submission
from scorer.errors import BenchmarkDataError
from scorer.judging import Manner, judge_all
from scorer.model import Judgement, Prepared, Sample
from scorer.scores import scores_of

REPOSITORY = Path(__file__).parents[2]
OPTIONS = {"A": "p[1] = 'x'", "B": "a pointer to int", "C": "10", "D": "It does not compile."}

CHOSEN = [
    # the letter alone, in every dress
    ("B", "B", "first letter"),
    ("b", "B", "first letter"),
    (" B.\n", "B", "first letter"),
    ("(B)", "B", "first letter"),
    ("[B]", "B", "first letter"),
    ("**B**", "B", "first letter"),
    ("`D`", "D", "first letter"),
    ("(c)", "C", "first letter"),
    ("（Ｂ）", "B", "first letter"),
    ("选项C", "C", "first letter"),
    ("Option D", "D", "first letter"),
    # and with its text, or a reason
    ("C. 10", "C", "first letter"),
    ("C) 10", "C", "first letter"),
    ("a) p", "A", "first letter"),
    ("C、10", "C", "first letter"),
    ("B：a pointer to int", "B", "first letter"),
    ("A p[1] = 'x'", "A", "first letter"),
    ("D\n\nThe types differ.", "D", "first letter"),
    ("D, because the types differ.", "D", "first letter"),
    # said in a sentence
    ("The answer is B.", "B", "stated"),
    ("The answer is (B).", "B", "stated"),
    ("The answer is (b).", "B", "stated"),
    ('The answer is "B".', "B", "stated"),
    ("The correct answer is: **D**", "D", "stated"),
    ("The correct answer is option C: 10", "C", "stated"),
    ("**Answer:** C", "C", "stated"),
    ("Final answer: C", "C", "stated"),
    ("The correct choice would be A.", "A", "stated"),
    ("I would choose option D.", "D", "stated"),
    ("The answer here is therefore B.", "B", "stated"),
    ("答案是B", "B", "stated"),
    ("答案：C。", "C", "stated"),
    ("答案为 D", "D", "stated"),
    ("正确答案应该是（A）", "A", "stated"),
    ("正确答案是：\n\n**C. 10**", "C", "stated"),
    ("因此选D。", "D", "stated"),
    ("故选 C", "C", "stated"),
    ("本题应选择 A 选项", "A", "stated"),
    ("不选A，应该选B", "B", "stated"),
    ("正确的选项是D", "D", "stated"),
    # the last statement counts
    ("At first the answer is A. But wait: the answer is B.", "B", "stated"),
    ("A is wrong and B is wrong. So the answer is C.", "C", "stated"),
    ("A is correct. B is correct. C is wrong. Answer: C", "C", "stated"),
    ("选项A错误，选项B错误，选项C正确，选项D错误，故选C", "C", "stated"),
    # a box counts before any sentence
    ("\\boxed{B}", "B", "boxed"),
    ("so it is $\\boxed{\\text{D}}$.", "D", "boxed"),
    ("The answer is A, that is \\boxed{A}", "A", "boxed"),
    ("First \\boxed{A}, no: \\boxed{C}", "C", "boxed"),
    # weaker statements, if they agree
    ("Option B is correct.", "B", "implied"),
    ("I think that B is the right one, as B is correct.", "B", "implied"),
    ("选项B是正确的", "B", "implied"),
    # a last line
    ("We compare the types.\n\nB", "B", "last line"),
    ("我们比较类型。\n\n（B）。", "B", "last line"),
]

NOT_CHOSEN = [
    "",
    "I cannot answer this question.",
    "抱歉，我无法回答。",
    "All of them are wrong.",
    "The answer is not A.",
    "不选A",
    "A and C",
    "A, C",
    "AC",
    "The answer is A and C.",
    "答案是AC",
    "答案是A、B",
    "\\boxed{A, B}",
    "\\boxed{10}",
    "A is correct, and B is correct.",
    "A pointer is constant here.",
    "The answer is a pointer.",
    "C++ has no such thing.",
    "Answer: C++",
    "C# has it.",
    "Add the numbers.",
    "BAD",
    "Because D-trees are deep",
]


@pytest.mark.parametrize("answer, letter, method", CHOSEN, ids=[answer[:40] for answer, _, _ in CHOSEN])
def test_a_letter_is_found_where_one_is_chosen(answer: str, letter: str, method: str) -> None:
    found = choice(answer, OPTIONS)
    assert (found.letter, found.method) == (letter, method)


@pytest.mark.parametrize("answer", NOT_CHOSEN, ids=[answer[:40] for answer in NOT_CHOSEN])
def test_nothing_is_guessed_where_no_letter_is_chosen(answer: str) -> None:
    found = choice(answer, OPTIONS)
    assert (found.letter, found.method) == ("", "none")
    assert found.notes


CHANGES_ITS_MIND = "B\n\nLet us see. The types differ, so the answer is C."


def test_a_beginning_and_a_conclusion_that_differ_are_no_choice_unless_the_style_says_which_counts() -> None:
    found = choice(CHANGES_ITS_MIND, OPTIONS)
    assert (found.letter, found.notes) == ("", ("the answer begins with B and concludes with C",))
    assert choice(CHANGES_ITS_MIND, OPTIONS, Style.ANSWER_ONLY).letter == "B"
    assert choice(CHANGES_ITS_MIND, OPTIONS, Style.COT).letter == "C"


def test_reasoning_that_begins_with_a_letter_has_not_chosen_it() -> None:
    assert choice("B. is it a pointer? I am not sure.", OPTIONS, Style.COT).letter == ""
    assert choice("B", OPTIONS, Style.COT).letter == "B"


@pytest.mark.parametrize(
    "unit", ["*", " ", "(", "A,", "A ", "answer ", "answer is ", "\\boxed{", "选", "A is ", "\n", "答案**"]
)
def test_reading_an_answer_takes_time_in_proportion_to_its_length(unit: str) -> None:
    answer = "The answer is " + unit * (30_000 // len(unit))
    began = time.process_time()
    choice(answer, OPTIONS)
    assert time.process_time() - began < 5


def question(number: int, category: int = 0, **fields: object) -> dict[str, object]:
    return {"question": f"What is {number}?", **OPTIONS, "category": category, "id": number, **fields}


CATEGORIES = [0, 2, 0, 1]
KEY = {"0": "A", "1": "B", "2": "C", "3": "D"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    questions = [question(number, category) for number, category in enumerate(CATEGORIES)]
    for lang in ("en", "zh"):
        (tmp_path / f"testcases_{lang}.json").write_text(json.dumps(questions))
    (tmp_path / "key.json").write_text(json.dumps(KEY))
    return tmp_path


def with_key(folder: Path) -> Comprehension:
    return load(folder, key=str(folder / "key.json"))


def prepare(benchmark: Comprehension, text: str) -> Prepared:
    return benchmark.prepare(Sample(problem="1", index=0, text=text))


def test_a_question_has_the_papers_category_and_what_prompts_are_made_of(folder: Path) -> None:
    problems = load(folder, lang="zh").problems
    assert [problem.category for problem in problems.values()] == [
        "Conceptual Comprehension",
        "Multi-hop/Complex Reasoning",
        "Conceptual Comprehension",
        "Commonsense Reasoning",
    ]
    assert problems["1"].fields == {
        "lang": "zh",
        "question": "What is 1?",
        "category": "Multi-hop/Complex Reasoning",
        **OPTIONS,
    }
    assert (problems["1"].runtime, problems["1"].cases) == (None, 1)
    assert problems["1"].statement.splitlines()[:2] == ["What is 1?", "A. p[1] = 'x'"]


def test_the_key_is_among_the_fields_for_prompts_that_show_solved_questions(folder: Path) -> None:
    assert with_key(folder).problems["2"].fields["answer"] == "C"
    assert "answer" not in load(folder).problems["2"].fields


@pytest.mark.parametrize(
    "text, verdict, detail",
    [
        ("B", Verdict.AC, ""),
        ("The answer is (B).", Verdict.AC, ""),
        ("C", Verdict.WA, "expected B, got C"),
        ("A and B", Verdict.WA, "the answer chooses no letter"),
        ("I do not know.", Verdict.WA, "the answer chooses no letter"),
    ],
)
def test_a_letter_is_right_or_wrong_and_nothing_is_run(folder: Path, text: str, verdict: Verdict, detail: str) -> None:
    prepared = prepare(with_key(folder), text)
    assert (prepared.settled, prepared.score, prepared.detail) == (verdict, float(verdict is Verdict.AC), detail)
    assert prepared.job is None


def test_without_a_key_the_letter_is_read_and_nothing_is_scored(folder: Path) -> None:
    benchmark = load(folder)
    prepared = prepare(benchmark, "B")
    assert (prepared.settled, prepared.program, prepared.method) == (Verdict.JE, "B", "first letter")
    assert benchmark.warnings == (prepared.detail,)
    assert "there is no key" in prepared.detail


def test_the_style_of_answers_can_be_said(folder: Path) -> None:
    key = str(folder / "key.json")
    assert prepare(load(folder, key=key, answers="answer-only"), CHANGES_ITS_MIND).settled is Verdict.AC
    assert prepare(load(folder, key=key, answers="cot"), CHANGES_ITS_MIND).settled is Verdict.WA


@pytest.mark.parametrize(
    "name, content",
    [
        ("list.json", '["A", "B", "C", "D"]'),
        ("bom.json", "\ufeff" + json.dumps(KEY)),
        (
            "submission.json",
            """{"Conceptual Comprehention": {"0": "A", "1": "C"}, "Commonsense Reasoning": {"0": "D"},
            "Multi-hop/Complex Reasoning": {"0": "B"}}""",
        ),
        ("key.csv", "id,answer\n3,D\n0,A\n1,B\n2,C\n"),
        ("key.CSV", "\ufeffanswer,id,why\nA,0,\nB,1,\nC,2,\nD,3,so\n"),
    ],
)
def test_a_key_has_one_of_four_forms(folder: Path, name: str, content: str) -> None:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    benchmark = load(folder, key=str(path))
    assert {id_: problem.fields["answer"] for id_, problem in benchmark.problems.items()} == KEY
    assert benchmark.version == with_key(folder).version


@pytest.mark.parametrize(
    "name, content, mistake",
    [
        ("key.json", "{", "Invalid JSON"),
        ("key.json", "7", "should be a valid dictionary"),
        ("key.json", '{"0": "A", "1": "E"}', "1: Input should be 'A', 'B', 'C' or 'D'"),
        ("key.json", '{"0": "A", "3": "B"}', "has no letter for 1, 2"),
        ("key.json", '["A"]', "has no letter for 1, 2, 3"),
        ("key.json", '["A", "A", "A", "A", "A"]', "has a letter for 4, which"),
        ("key.json", json.dumps({**KEY, "9": "A"}), "has a letter for 9, which"),
        ("key.csv", "number,letter\n0,A\n", "line 1: a key has the columns id and answer"),
        ("key.csv", "id,answer\n0,A\n1,E\n", "line 3: answer is 'E'"),
        ("key.csv", "id,answer\n0,A\n0,B\n", "line 3: question 0 is there already"),
        ("key.csv", "id,answer\n0\n", "line 2: answer is ''"),
    ],
)
def test_a_mistake_in_a_key_is_named(folder: Path, name: str, content: str, mistake: str) -> None:
    path = folder / name
    path.write_text(content)
    with pytest.raises(BenchmarkDataError, match=f"{name}.*{mistake}"):
        load(folder, key=str(path))


def test_a_key_that_cannot_be_read_is_refused(folder: Path) -> None:
    with pytest.raises(BenchmarkDataError, match="cannot be read"):
        load(folder, key=str(folder / "nothing.json"))
    (folder / "latin.json").write_bytes(b"\xff\xfe")
    with pytest.raises(BenchmarkDataError, match="cannot be read"):
        load(folder, key=str(folder / "latin.json"))


@pytest.mark.parametrize(
    "fields, mistake",
    [
        ({"category": 3}, "category: Input should be less than 3"),
        ({"D": None}, "D: Input should be a valid string"),
        ({"question": ""}, "question: String should match"),
        ({"id": 0}, "there is a question 0 already"),
    ],
)
def test_a_mistake_in_a_question_is_named(tmp_path: Path, fields: dict[str, object], mistake: str) -> None:
    path = tmp_path / "testcases_en.json"
    path.write_text(json.dumps([question(0), question(1) | fields]))
    with pytest.raises(BenchmarkDataError, match=f"{path.name}, entry 2.*{mistake}"):
        load(path)


def test_an_instruction_to_a_translator_in_a_question_is_reported(folder: Path) -> None:
    path = folder / "testcases_en.json"
    path.write_text(json.dumps([question(0), question(1, question="Translate the following question. What is 1?")]))
    assert load(path).warnings[1:] == ("1: the question begins with an instruction to a translator",)


@pytest.mark.parametrize("option", ["lang", "answers"])
def test_an_option_with_an_unknown_value_is_refused(folder: Path, option: str) -> None:
    options: dict[str, str] = {option: "klingon"}
    with pytest.raises(UsageError, match=f"{option} is 'klingon', but must be one of"):
        load(folder, **options)


def test_the_submission_has_three_keys_as_its_readers_spell_them_and_counts_in_each(folder: Path) -> None:
    samples = [
        Sample(problem="3", index=0, text="The answer is D."),
        Sample(problem="0", index=0, text="A"),
        Sample(problem="0", index=1, text="B"),
        Sample(problem="2", index=0, text="I do not know."),
    ]
    first = {
        "Conceptual Comprehention": {"0": "A", "1": ""},
        "Commonsense Reasoning": {"0": "D"},
        "Multi-hop/Complex Reasoning": {"0": ""},
    }
    benchmark = load(folder)
    assert submission(benchmark, samples) == first
    assert submission(benchmark, samples, index=1)["Conceptual Comprehention"] == {"0": "B", "1": ""}
    write_submission(folder / "out.json", benchmark, samples)
    assert json.loads((folder / "out.json").read_text()) == first


def test_a_submission_is_written_from_generations_by_the_command(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = folder / "answers.jsonl"
    lines = [("3", 0, "The answer is D."), ("0", 0, "A"), ("0", 1, "B"), ("2", 0, "Who knows."), ("77", 0, "C")]
    answers.write_text("".join(json.dumps({"problem": p, "sample": n, "text": t}) + "\n" for p, n, t in lines))
    assert submit("codeapex-comprehension", answers, folder / "out.json", folder, (), index=0) == 0
    written = json.loads((folder / "out.json").read_text())
    assert written["Conceptual Comprehention"] == {"0": "A", "1": ""}
    said = capsys.readouterr()
    assert "a letter for 2 of 4 questions" in said.out
    assert f"{answers}, line 5: the benchmark has no problem '77'" in said.err
    assert [path.name for path in folder.glob("*out.json*")] == ["out.json"], "nothing half-written is left"


def test_what_cannot_be_submitted_is_refused_with_the_reason(folder: Path) -> None:
    answers = folder / "answers.jsonl"
    answers.write_text('{"problem": "0", "sample": 0, "text": "A"}\n')
    with pytest.raises(UsageError, match="has no answer number 3 to any question"):
        submit("codeapex-comprehension", answers, folder / "out.json", folder, (), index=3)
    with pytest.raises(UsageError, match="cannot be written: No such file or directory"):
        submit("codeapex-comprehension", answers, folder / "missing" / "out.json", folder, (), index=0)
    with pytest.raises(UsageError, match="tests-dir takes no submission file; codeapex-comprehension does"):
        submit("tests-dir", answers, folder / "out.json", REPOSITORY / "examples" / "problems", (), index=0)


def test_a_submission_can_be_used_as_a_key(folder: Path) -> None:
    benchmark = with_key(folder)
    right = [Sample(problem=name, index=0, text=letter) for name, letter in KEY.items()]
    write_submission(folder / "out.json", benchmark, right)
    assert load(folder, key=str(folder / "out.json")).version == benchmark.version


class NoEngine:
    """Nothing of this benchmark is run."""

    def judge(self, job: Job) -> AsyncGenerator[Event, None]:
        raise AssertionError(job.id)


async def judge(benchmark: Comprehension, texts: Mapping[str, str]) -> list[Judgement]:
    samples = [Sample(problem=name, index=0, text=text) for name, text in texts.items()]
    return [each async for each in judge_all(benchmark, samples, NoEngine(), Manner(at_once=2))]


async def test_the_score_is_accuracy_in_all_and_per_category(folder: Path) -> None:
    benchmark = with_key(folder)
    judged = await judge(benchmark, {"0": "A", "1": "The answer is B.", "2": "A", "3": "I do not know."})
    assert all(judgement.compiled is None for judgement in judged)
    scores = scores_of(benchmark.problems, judged)
    assert scores.overall.metrics["accuracy"].value == 0.5
    assert {group.name: group.metrics["accuracy"].value for group in scores.categories} == {
        "Conceptual Comprehension": 0.5,
        "Multi-hop/Complex Reasoning": 1.0,
        "Commonsense Reasoning": 0.0,
    }


async def test_without_a_key_nothing_counts_as_wrong(folder: Path) -> None:
    benchmark = load(folder)
    judged = await judge(benchmark, {"0": "A", "1": "B"})
    assert [judgement.verdict for judgement in judged] == [Verdict.JE, Verdict.JE]
    assert scores_of(benchmark.problems, judged).judge_errors == 2
