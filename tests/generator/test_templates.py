"""Prompts: each template renders every problem it is for, and says what is wrong with a file or a problem."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from cli.asking import AskOptions, ask
from executor.errors import UsageError
from generator.errors import PromptError
from generator.model import Mode
from generator.templates import read_shots, render, shipped, template_of

DATA = Path(os.environ.get("ENNEAD_DATA", Path(__file__).parents[2].parent / "shared" / "data"))
END = {
    ("en", False): "Answer:",
    ("en", True): "Let's think step by step.",
    ("zh", False): "答案：",  # noqa: RUF001  # Chinese has a colon of its own
    ("zh", True): "让我们逐步思考。",
}
PROMPTS = {template.name: template for template in shipped()}


def data_of(name: str) -> Path:
    if not (DATA / name).exists():
        pytest.skip(f"LOUD: {DATA / name} is not there, so its prompts were not rendered")
    return DATA / name


def text_of(prompt: object) -> str:
    return prompt if isinstance(prompt, str) else "\n".join(message.content for message in prompt)  # type: ignore[attr-defined]  # messages


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("prompt", ["function-only", "with-context"])
def test_every_problem_of_codeapex_becomes_a_prompt(prompt: str, lang: str, mode: str) -> None:
    data = data_of("codeapex")
    asked = ask(AskOptions(benchmark="codeapex", data=data, prompt=prompt, lang=lang, mode=mode))
    assert len(asked.tasks) == 476
    problem = next(iter(asked.benchmark.problems.values()))
    text = text_of(asked.tasks[0].prompt)
    assert problem.fields["declaration"] in text
    main = "int main" in text
    # A completion goes on within the program, which ends there.
    assert main == (prompt == "with-context" and mode == "chat")
    assert ("Write a function" in text or "// Problem" in text) == (lang == "en")


@pytest.mark.parametrize("cot", [False, True])
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("shots", [0, 2, 5])
def test_every_question_becomes_a_prompt_with_examples(tmp_path: Path, shots: int, lang: str, cot: bool) -> None:
    data = data_of("codeapex")
    options = AskOptions(
        benchmark="codeapex-comprehension",
        data=data,
        lang=lang,
        cot=cot,
        shots=shots,
        shots_file=shots_file(tmp_path, 5) if shots else None,
    )
    asked = ask(options)
    assert len(asked.tasks) == 250
    text = text_of(asked.tasks[0].prompt)
    assert text.count("Which is number") == shots
    assert text.count("because") == (shots if cot else 0)
    assert text.endswith(END[lang, cot])


@pytest.mark.parametrize("mode", list(Mode))
def test_every_task_of_humaneval_x_becomes_a_prompt(mode: str) -> None:
    asked = ask(AskOptions(benchmark="humaneval-x", data=data_of("humaneval-x"), mode=mode))
    for task in asked.tasks:
        prompt = asked.benchmark.problems[task.problem].fields["prompt"]
        assert (task.prompt == prompt) == (mode == "completion")
        assert prompt.rstrip() in text_of(task.prompt)
        python = task.problem.startswith("Python/")
        assert ("\ndef " in task.stop) == (python and mode == "completion")
        assert task.form == ("completion" if mode == "completion" else "answer")


def test_infibench_has_its_two_system_prompts() -> None:
    asked = ask(AskOptions(benchmark="infibench", data=data_of("infibench")))
    for task in asked.tasks:
        metrics = asked.benchmark.problems[task.problem].fields["metrics"].split()
        assert not isinstance(task.prompt, str)
        system, user = task.prompt
        assert system.content.startswith("You are a professional assistant for programmers.")
        assert ("as briefly as possible" in system.content) == ("similarity" in metrics)
        assert user.role == "user"


def shots_file(folder: Path, number: int, **changes: object) -> Path:
    shots = [
        {
            "question": f"Which is number {n}?",
            "A": "a",
            "B": "b",
            "C": "c",
            "D": "d",
            "answer": "B",
            "explanation": "because",
        }
        for n in range(number)
    ]
    if shots and changes:
        shots[0] |= changes  # type: ignore[arg-type]  # wrong on purpose
    path = folder / "shots.json"
    path.write_text(json.dumps(shots), encoding="utf-8-sig")
    return path


def test_examples_are_the_first_of_the_file(tmp_path: Path) -> None:
    found = read_shots(shots_file(tmp_path, 3), 2, cot=True, asked=["Another?"])
    assert [each["question"] for each in found] == ["Which is number 0?", "Which is number 1?"]


@pytest.mark.parametrize(
    "number, changes, said",
    [
        (1, {}, "has 1 examples, but 2 are wanted"),
        (2, {"question": "Asked\n itself?"}, "entry 1: this question is one of those asked"),
        (2, {"explanation": ""}, "entry 1: --cot needs an explanation"),
        (2, {"answer": "E"}, "0.answer"),
        (2, {"A": None}, "0.A"),
    ],
)
def test_examples_that_cannot_be_used_are_named(
    tmp_path: Path, number: int, changes: dict[str, object], said: str
) -> None:
    with pytest.raises(PromptError, match=said):
        read_shots(shots_file(tmp_path, number, **changes), 2, cot=True, asked=["Asked itself?"])


def test_examples_come_from_a_file() -> None:
    with pytest.raises(UsageError, match="--shots-file"):
        ask(AskOptions(benchmark="codeapex-comprehension", data=data_of("codeapex"), shots=2))


def test_a_name_that_a_problem_lacks_is_an_error() -> None:
    with pytest.raises(PromptError, match="function-only, user: 'description' is undefined"):
        render(PROMPTS["function-only"], Mode.CHAT, "en", {"declaration": "int f()"})


def test_text_is_not_escaped() -> None:
    assert render(PROMPTS["plain"], Mode.COMPLETION, "en", {"statement": "a < b && {{c}}"}) == "a < b && {{c}}\n"


def test_a_template_cannot_reach_out(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('summary = "x"\n[any]\nuser = "{{ \'\'.__class__.__mro__ }}"\n')
    with pytest.raises(PromptError, match="unsafe"):
        render(template_of(str(tmp_path / "mine.toml"), "any"), Mode.CHAT, "en", {})


@pytest.mark.parametrize(
    "text, said",
    [
        ("summary = ", "mine.toml: "),
        ("[any]\nuser = 'x'", "summary: field required"),
        ("summary = 'x'", r"one of the tables \[any\], \[en\] and \[zh\]"),
        ("summary = 'x'\n[any]\nusr = 'x'", "any.usr: extra inputs"),
        ("summary = 'x'\ncompletion_form = 'prose'\n[any]\nuser = 'x'", "completion_form"),
    ],
)
def test_a_file_with_a_mistake_is_refused_with_its_key(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(PromptError, match=said):
        template_of(str(tmp_path / "mine.toml"), "any")


def test_every_template_has_a_readable_purpose_and_a_mode() -> None:
    for template in PROMPTS.values():
        assert template.summary
        assert set(template.default) <= set(template.benchmarks)
        for lang in template.langs or ("en",):
            assert template.wording(lang).user
            assert template.wording(lang).continuation
