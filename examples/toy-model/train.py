"""
Train a language model of 0.7 million parameters that answers twenty small problems with C++ programs.

It is a Llama that has learned its answers by heart, so that it can be served by a real vLLM on any machine: what it
proves is that everything between a prompt and a table of scores works, not that anything can program. At a temperature
of 0.7 it recites; at 1.6 it makes mistakes of many kinds.

    python train.py --problems examples/toy-problems --out MODEL_DIR [--prompts prompts.jsonl]

Every problem is a folder with a statement.md and a solutions/ac-NAME.cpp. The model knows the prompts that it was
trained on and no others, so `--prompts` takes those that will really be sent: a JSON object on each line, `{"problem":
ID, "prompt": TEXT}` or `{"problem": ID, "prompt": [{"role": ..., "content": ...}, ...]}`, as the generations.jsonl of a
run has them; without it the statement is the prompt. Needs torch, transformers and tokenizers, which vLLM brings.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

END = "<|end|>"
ROLES = ("<|system|>", "<|user|>", "<|assistant|>")
CHAT_TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
VOCABULARY = 512
CONTEXT_TOKENS = 2048
LEARNING_RATE = 4e-3
MOST_STEPS = 150
GOOD_LOSS = 0.005
"""Nats per answer token; at a temperature of 0.7 hardly any answer has a mistake then."""
IGNORED = -100
"""The label of a token that is not part of the loss, as torch's cross entropy has it."""

Message = dict[str, str]


@dataclass(frozen=True)
class Pair:
    """A problem's prompt, as chat messages, and the answer that is to be learned."""

    problem: str
    prompt: list[Message]
    answer: str


def main() -> None:
    options = _options()
    torch.manual_seed(options.seed)
    torch.set_num_threads(1)  # the same sums in the same order: the same model
    torch.use_deterministic_algorithms(mode=True)
    pairs = list(pairs_of(options.problems, options.prompts))
    tokenizer = tokenizer_of(pairs)
    model = LlamaForCausalLM(config_of(tokenizer)).float()
    print(f"{len(pairs)} pairs, {sum(each.numel() for each in model.parameters()):,} parameters", flush=True)
    learned = learn(model, tokenizer, pairs)
    model.save_pretrained(options.out)
    tokenizer.save_pretrained(options.out)
    if not learned:
        sys.exit(f"the loss did not fall below {GOOD_LOSS} within {MOST_STEPS} steps")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train a toy model that writes C++.")
    parser.add_argument("--problems", type=Path, required=True, metavar="DIR")
    parser.add_argument("--out", type=Path, required=True, metavar="MODEL_DIR")
    parser.add_argument("--prompts", type=Path, metavar="FILE", help="JSON lines with the prompts that will be sent")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def pairs_of(problems: Path, prompts: Path | None) -> Iterator[Pair]:
    """
    The prompts with their answers, in the order of the problems' ids.

    Raises:
        SystemExit: there is no problem, or one without a prompt or a solution.
    """
    sent = _read_prompts(prompts) if prompts else {}
    statements = sorted(problems.glob("*/statement.md"))
    if not statements:
        sys.exit(f"there is no PROBLEM/statement.md below {problems}")
    for statement in statements:
        problem = statement.parent.name
        if prompts and problem not in sent:
            sys.exit(f"{prompts} has no prompt for {problem}")
        prompt = sent[problem] if prompts else statement.read_text().strip()
        messages = [{"role": "user", "content": prompt}] if isinstance(prompt, str) else prompt
        yield Pair(problem, messages, f"```cpp\n{_solution(statement.parent)}```")


def _solution(folder: Path) -> str:
    solutions = sorted(folder.glob("solutions/ac-*.cpp"))
    if not solutions:
        sys.exit(f"{folder} has no solutions/ac-*.cpp")
    return solutions[0].read_text()


def _read_prompts(path: Path) -> dict[str, str | list[Message]]:
    lines = (json.loads(line) for line in path.read_text().splitlines())
    return {line["problem"]: line["prompt"] for line in lines}


def tokenizer_of(pairs: Sequence[Pair]) -> PreTrainedTokenizerFast:
    """A byte-level BPE of these texts alone: with all 256 bytes in it there is no text that it cannot write."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=[END, *ROLES],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    texts = [text for pair in pairs for text in (*(message["content"] for message in pair.prompt), pair.answer)]
    tokenizer.train_from_iterator(texts, trainer)
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token=END, pad_token=END, model_max_length=CONTEXT_TOKENS
    )
    wrapped.chat_template = CHAT_TEMPLATE
    return wrapped


def config_of(tokenizer: PreTrainedTokenizerFast) -> LlamaConfig:
    end = tokenizer.eos_token_id
    return LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=128,
        intermediate_size=384,
        num_hidden_layers=3,
        num_attention_heads=2,  # of 64 each: vLLM's attention on a CPU fails with heads of 16
        num_key_value_heads=2,
        max_position_embeddings=CONTEXT_TOKENS,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=end,
        pad_token_id=end,
        dtype="float32",
    )


def learn(model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, pairs: Sequence[Pair]) -> bool:
    """Fit the answers, all pairs at once in each step; whether the loss became good."""
    tokens, labels = batch_of(tokenizer, pairs)
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=LEARNING_RATE, total_steps=MOST_STEPS, pct_start=0.2
    )
    began = time.monotonic()
    model.train()
    for step in range(1, MOST_STEPS + 1):
        loss = model(input_ids=tokens, labels=labels).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        schedule.step()
        good = loss.item() < GOOD_LOSS
        if good or step % 10 == 0:
            print(f"step {step}: loss {loss.item():.4f}, {time.monotonic() - began:.0f} s", flush=True)
        if good:
            return True
    return False


def batch_of(tokenizer: PreTrainedTokenizerFast, pairs: Sequence[Pair]) -> tuple[torch.Tensor, torch.Tensor]:
    """
    Tokens and labels, shape [pair, position], filled up at the right.

    Nothing has to be masked there: attention looks back only, and the filling has no label.
    """
    rows = []
    for pair in pairs:
        text = tokenizer.apply_chat_template(pair.prompt, tokenize=False, add_generation_prompt=True)
        prompt = tokenizer.encode(text, add_special_tokens=False)
        answer = tokenizer.encode(pair.answer + END, add_special_tokens=False)
        rows.append((prompt + answer, [IGNORED] * len(prompt) + answer))
    longest = max(len(tokens) for tokens, _ in rows)
    if longest > CONTEXT_TOKENS:
        sys.exit(f"the longest prompt and answer have {longest} tokens together; {CONTEXT_TOKENS} is the most")
    print(f"{sum(label != IGNORED for _, labels in rows for label in labels):,} answer tokens, longest row {longest}")
    tokens = torch.tensor([row + [tokenizer.pad_token_id] * (longest - len(row)) for row, _ in rows])
    labels = torch.tensor([row + [IGNORED] * (longest - len(row)) for _, row in rows])
    return tokens, labels


if __name__ == "__main__":
    main()
