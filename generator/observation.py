"""Numbers for Prometheus about answers: how many, how they ended, how many tokens."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter

from generator.model import Generation

_KNOWN = frozenset({"stop", "length"})


class Observer:
    """
    Counts answers.

    Args:
        registry: where the numbers are kept.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._answers = Counter("ennead_answers", "Answers drawn.", ("finish_reason",), registry=registry)
        self._tokens = Counter("ennead_answer_tokens", "Tokens of answers whose tokens are counted.", registry=registry)

    def note(self, generation: Generation) -> None:
        # A server's own words must not become labels without end.
        reason = generation.finish_reason if generation.finish_reason in _KNOWN else "other"
        self._answers.labels(reason).inc()
        self._tokens.inc(generation.completion_tokens or 0)
