"""`exec-cli generate` and `evaluate` as people run them: real processes, a real socket, real judging."""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import signal
import sys
import tomllib
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli import generate_commands, generating
from cli.asking import ask
from executor.errors import UsageError
from generator.errors import GeneratorError
from tests.generator.openai_server import Asked, Hang, OpenAIServer, Status, serving
from tests.generator.support import eventually
from tests.generator.test_launching import alive, descendants, interpreter

RIGHT = "Here it is:\n```python\nprint(sum(map(int, input().split())))\n```\n"
WRONG = "```python\nprint(0)\n```"
CRASHES = "```python\nraise SystemExit(3)\n```"
PROBLEMS = 6


@pytest.fixture
def problems(tmp_path: Path) -> Path:
    """A benchmark: sums of two numbers, each in a folder of its own."""
    folder = tmp_path / "problems"
    for number in range(PROBLEMS):
        problem = folder / f"sum{number}"
        (problem / "tests").mkdir(parents=True)
        (problem / "problem.toml").write_text(f'title = "Sum {number}"\nruntime = "python"\n')
        (problem / "statement.md").write_text(f"Read two numbers and print their sum. This is problem sum{number}")
        for case in (1, 2):
            (problem / "tests" / f"{case}.in").write_text(f"{case} {number}\n")
            (problem / "tests" / f"{case}.out").write_text(f"{case + number}\n")
    return folder


@dataclass(frozen=True)
class Ended:
    status: int
    out: str
    err: str


@asynccontextmanager
async def started(*args: object) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli", *map(str, args)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "NO_PROXY": "127.0.0.1"},
        cwd=Path(__file__).parents[2],
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def exec_cli(*args: object) -> Ended:
    async with started(*args) as process:
        out, err = await process.communicate()
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


def asking(server: OpenAIServer, problems: Path, out: Path, *more: object) -> Sequence[object]:
    benchmark = ("--benchmark", "tests-dir", "--data", problems, "--prompt", "plain")
    return (*benchmark, "--base-url", server.base_url, "--out", out, *more)


def keys(out: Path, file: str = "generations.jsonl") -> Counter[tuple[str, int]]:
    lines = (json.loads(line) for line in (out / file).read_text().splitlines() if line)
    return Counter((line["problem"], line["sample"]) for line in lines)


EXACT = Counter((f"sum{number}", sample) for number in range(PROBLEMS) for sample in range(3))


async def test_generate_writes_a_run_that_can_be_scored(problems: Path, tmp_path: Path) -> None:
    async with serving(answer=lambda *_: RIGHT) as server:
        ended = await exec_cli("generate", *asking(server, problems, tmp_path / "run"))
    assert ended.status == 0
    assert all(line.startswith("generated ") for line in ended.err.splitlines()), ended.err
    assert "18 samples (18 new" in ended.out
    assert keys(tmp_path / "run") == EXACT
    body = server.asked[0].body
    assert (body["temperature"], body["top_p"], body["n"], body["max_tokens"]) == (0.7, 0.8, 3, 1024)
    scored = await exec_cli("score", tmp_path / "run", "--json")
    assert scored.status == 0, scored.err
    assert json.loads(scored.out)


async def test_killed_and_started_again_it_asks_for_what_is_missing_and_nothing_twice(
    problems: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    async with serving(delay_s=0.15) as server:
        command = ("generate", *asking(server, problems, out, "--concurrency", 1))
        async with started(*command) as process:
            await eventually(lambda: len(server.answered) >= 6, within_s=30)
            process.send_signal(signal.SIGKILL)
        with (out / "generations.jsonl").open("ab") as file:
            file.write(b'{"problem": "sum5", "sam')
        before = keys_whole(out)
        server.asked.clear()
        ended = await exec_cli(*command, "--resume")
    assert ended.status == 0, ended.err
    assert keys(out) == EXACT
    asked = Counter(name for each in server.asked for name in [each.prompt.split()[-1]] for _ in each.seeds)
    assert asked == Counter(name for (name, sample) in (EXACT - before).elements())


def keys_whole(out: Path) -> Counter[tuple[str, int]]:
    lines = (out / "generations.jsonl").read_text().split("\n")[:-1]
    return Counter((line["problem"], line["sample"]) for line in map(json.loads, lines))


async def test_a_run_is_not_continued_otherwise_or_begun_twice(problems: Path, tmp_path: Path) -> None:
    async with serving() as server:
        command = ("generate", *asking(server, problems, tmp_path / "run", "--limit", 1))
        await exec_cli(*command)
        again = await exec_cli(*command)
        otherwise = await exec_cli(*command, "--resume", "--temperature", "0.2")
        (problems / "sum0" / "statement.md").write_text("another statement")
        changed = await exec_cli(*command, "--resume")
    assert (again.status, otherwise.status, changed.status) == (2, 2, 2)
    assert "--resume" in again.err
    assert "temperature was 0.7, now it is 0.2" in otherwise.err
    assert "prompts_sha256 was" in changed.err
    assert len(server.asked) == 1


async def test_a_refused_prompt_leaves_its_samples_out_and_says_so(problems: Path, tmp_path: Path) -> None:
    def refuse(asked: Asked) -> Status | None:
        return Status(400, "the prompt is too long") if "sum3" in asked.prompt else None

    async with serving() as server:
        server.refuse = refuse
        ended = await exec_cli("generate", *asking(server, problems, tmp_path / "run"))
    assert ended.status == 1
    assert "3 samples missing" in ended.err
    assert "sum3: " in ended.err
    (failure,) = (tmp_path / "run" / "failures.jsonl").read_text().splitlines()
    assert json.loads(failure)["missing"] == [0, 1, 2]


def typed(server: OpenAIServer, problems: Path, run: Path, more: Mapping[str, object]) -> dict[str, object]:
    """What the command line hands on, its defaults included."""
    defaults = {name: each.default for name, each in inspect.signature(generate_commands.generate).parameters.items()}
    told = {"benchmark": "tests-dir", "data": problems, "base_url": server.base_url, "out": run}
    return {**defaults, "prompt": "plain", **told, **more}


async def opened_once(told: dict[str, object]) -> None:
    options = generate_commands.options_of(told)
    options.check()
    async with generating.opened(options, ask(options.asking), print):
        pass


@pytest.mark.parametrize(
    "more, said",
    [
        ({"temperature": 0.0}, "all 3 answers would be the same"),
        ({"max_tokens": 5000}, "the context of toy is 4096 tokens"),
        ({"only": ["sum9"]}, "has no problem 'sum9'"),
        ({"prompt": "pain"}, "did you mean plain"),
        ({"prompt": "infibench"}, "is for infibench"),
        ({"mode": "talk"}, "chat or completion"),
        ({"shots": 2}, "takes no examples"),
        ({"cot": True}, "knows no --cot"),
        ({"extra": ["top_k"]}, "KEY=VALUE"),
        ({"extra": ["top_k=x"]}, "no JSON"),
        ({"extra": ["stream=true"]}, "no extra key"),
        ({"api_key_env": "NO_SUCH_KEY"}, "the environment has no NO_SUCH_KEY"),
        ({"vllm_arg": ["x"]}, "are for --serve"),
        ({"serve": Path("/nowhere")}, "leave --base-url out"),
        ({"n": 0}, "--n is 1 or more"),
        ({"out": None}, "--out has to be given"),
        ({"benchmark": ""}, "--benchmark has to be given"),
    ],
    ids=str,
)
async def test_what_makes_no_sense_is_said_before_anything_is_asked(
    problems: Path, tmp_path: Path, more: dict[str, object], said: str
) -> None:
    async with serving() as server:
        with pytest.raises((UsageError, GeneratorError), match=said):
            await opened_once(typed(server, problems, tmp_path / "run", more))
    assert server.asked == []


async def test_a_model_that_is_not_there_is_one_sentence_and_a_status(problems: Path, tmp_path: Path) -> None:
    async with serving() as server:
        ended = await exec_cli("generate", *asking(server, problems, tmp_path / "run", "--model", "other"))
    assert (ended.status, len(ended.err.splitlines())) == (3, 1)
    assert "has no model 'other'; it has toy" in ended.err


async def test_a_prompt_can_be_seen_without_a_server(problems: Path) -> None:
    command = ("generate", "--benchmark", "tests-dir", "--data", problems)
    shown = await exec_cli(*command, "--prompt", "plain", "--show-prompt", "sum2")
    assert shown.out == "--- user ---\nRead two numbers and print their sum. This is problem sum2\n"
    continued = await exec_cli(*command, "--mode", "completion", "--prompt", "plain", "--show-prompt", "sum2")
    assert continued.out == "Read two numbers and print their sum. This is problem sum2\n"
    listed = await exec_cli("generate", "--list-prompts", "--json")
    assert "function-only" in {each["name"] for each in json.loads(listed.out)}


def by_seed(prompt: str, seed: int) -> str:
    """Of three answers in a row one is right, one is wrong, one crashes."""
    return (RIGHT, WRONG, CRASHES)[seed % 3]


async def test_evaluate_generates_judges_and_scores(problems: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    async with serving(answer=by_seed) as server:
        ended = await exec_cli("evaluate", *asking(server, problems, out))
    assert ended.status == 0, ended.err
    assert "AC@all" in ended.out
    assert f"report: '{out / 'report.html'}'" in ended.out
    assert (out / "report.html").stat().st_size > 1000
    assert keys(out) == keys(out, "verdicts.jsonl") == EXACT
    verdicts = Counter(json.loads(line)["verdict"] for line in (out / "verdicts.jsonl").read_text().splitlines())
    assert verdicts == {"AC": 6, "WA": 6, "RTE": 6}
    assert tomllib.loads((out / "run.toml").read_text())["generations"]["samples"] == 18
    assert json.loads((out / "scores.json").read_text())


async def test_judging_begins_with_the_first_sample(problems: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    async with serving(None, Hang(), answer=by_seed) as server:
        async with started("evaluate", *asking(server, problems, out, "--n", 1, "--concurrency", 1)) as process:
            verdicts = out / "verdicts.jsonl"
            await eventually(lambda: verdicts.exists() and verdicts.read_bytes().count(b"\n") == 1, within_s=60)
            assert len(server.asked) == 2
            process.send_signal(signal.SIGINT)
            await process.communicate()
        assert process.returncode == 130
        assert server.dropped == 1
        ended = await exec_cli("evaluate", *asking(server, problems, out, "--n", 1, "--resume"))
    assert ended.status == 0, ended.err
    assert len(server.answered) == PROBLEMS
    assert set(keys(out, "verdicts.jsonl").values()) == {1}


async def test_evaluate_goes_on_where_it_was_killed(problems: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    async with serving(delay_s=0.3, answer=by_seed) as server:
        command = ("evaluate", *asking(server, problems, out, "--concurrency", 1))
        async with started(*command) as process:
            await eventually(lambda: len(server.answered) >= 9, within_s=60)
            process.send_signal(signal.SIGKILL)
        ended = await exec_cli(*command, "--resume", "--json")
    assert ended.status == 0, ended.err
    assert keys(out) == keys(out, "verdicts.jsonl") == EXACT
    assert max(Counter(server.answered).values()) <= 2, "what was in flight at the kill may be asked for once more"
    told = json.loads(ended.out)
    assert (told["samples"], told["missing"]) == (18, 0)
    assert told["scores"]


async def test_when_the_models_server_fails_what_was_drawn_is_judged(problems: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"

    def refuse(asked: Asked) -> Status | None:
        return None if "sum0" in asked.prompt else Status(401)

    async with serving(answer=by_seed) as server:
        server.refuse = refuse
        ended = await exec_cli("evaluate", *asking(server, problems, out, "--concurrency", 1))
        assert ended.status == 3
        assert "API key" in ended.err
        assert "--resume goes on" in ended.err
        assert len(keys(out, "verdicts.jsonl")) == 3
        server.refuse = lambda _: None
        again = await exec_cli("evaluate", *asking(server, problems, out, "--resume"))
    assert again.status == 0, again.err
    assert keys(out, "verdicts.jsonl") == EXACT


async def test_a_model_is_served_for_the_time_of_the_command(problems: Path, tmp_path: Path) -> None:
    model = tmp_path / "tiny"
    model.mkdir()
    (model / "config.json").write_text("{}")
    out = tmp_path / "run"
    benchmark = ("--benchmark", "tests-dir", "--data", problems, "--prompt", "plain", "--out", out)
    serve = ("--serve", model, "--vllm-python", interpreter(tmp_path))
    ended = await exec_cli("generate", *benchmark, *serve)
    assert ended.status == 0, ended.err
    assert "vLLM was ready after" in ended.err
    assert keys(out) == EXACT
    assert {json.loads(line)["model"] for line in (out / "generations.jsonl").read_text().splitlines()} == {"tiny"}
    assert alive(descendants()) == []
    # Nothing is missing: no server is started.
    again = await exec_cli("generate", *benchmark, "--serve", model, "--vllm-python", "/nowhere", "--resume")
    assert again.status == 0, again.err
