"""
The scorer: turns benchmarks into jobs, and their verdicts into metrics and a report.

    import scorer

    run = scorer.score("samples.jsonl", "humaneval-x")

What is named here is imported when it is asked for: `import scorer.model` alone needs neither the engine nor numpy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scorer.api import ScoredRun, recomputed, score
    from scorer.benchmark import Benchmark
    from scorer.places import Servers
    from scorer.registry import load
    from scorer.run_directory import RunDirectory
    from scorer.scores import Scores, scores_of

__all__ = ["Benchmark", "RunDirectory", "ScoredRun", "Scores", "Servers", "load", "recomputed", "score", "scores_of"]

_MODULES = {
    "Benchmark": "benchmark",
    "RunDirectory": "run_directory",
    "ScoredRun": "api",
    "Scores": "scores",
    "Servers": "places",
    "load": "registry",
    "recomputed": "api",
    "score": "api",
    "scores_of": "scores",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"scorer.{_MODULES[name]}"), name)
