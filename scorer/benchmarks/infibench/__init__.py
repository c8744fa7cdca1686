"""InfiBench (InfiCoder-Eval): free-form questions, graded by four kinds of metric; see `benchmark`."""

from scorer.benchmarks.infibench.benchmark import InfiBench, load

__all__ = ["InfiBench", "load"]
