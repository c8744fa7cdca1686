"""The scorer: turns benchmarks into jobs, and their verdicts into metrics and a report."""
