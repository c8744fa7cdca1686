"""
What a benchmark is to the scorer: problems, and what an answer to one of them becomes.

A benchmark is one module below `scorer.benchmarks`, with a class that implements this contract; `scorer.registry` lists
it under its name. Loading reads data; preparing is pure, so that it can be done in any process and any order.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from scorer.model import Prepared, Probe, Problem, Sample


class Benchmark(ABC):
    """
    A set of problems with a way to judge answers to them.

    Attributes:
        name: as in `--benchmark`.
        version: what tells this data from other data of the same name: a digest of the files it was read from.
        problems: by id, in the benchmark's order.
        aliases: ids of problems by other names that generations may use for them.
        warnings: what a user should know of the data before trusting a score, as sentences (malformed entries, samples
            that no program can satisfy); single problems have theirs in `Problem.defect`.
    """

    name: str
    version: str
    problems: Mapping[str, Problem]
    aliases: Mapping[str, str] = MappingProxyType({})
    warnings: tuple[str, ...] = ()

    def probes(self, problems: Iterable[str]) -> tuple[Probe, ...]:
        """Programs that ask a server, before anything is judged, for what answers to these problems import."""
        return ()

    @abstractmethod
    def prepare(self, sample: Sample) -> Prepared:
        """
        What is judged of a sample.

        An answer without a program is no error: it is settled as CE, with the reason as its detail.

        Raises:
            KeyError: there is no such problem.
        """
