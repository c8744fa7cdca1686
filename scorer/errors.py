"""What can go wrong with scoring; part of the tree in `executor.errors`."""

from executor.errors import UsageError


class BenchmarkDataError(UsageError):
    """The data of a benchmark has a mistake; the message names the file and, where there are any, the line."""
