"""What can go wrong with scoring; part of the tree in `executor.errors`."""

from executor.errors import EnneadError


class BenchmarkDataError(EnneadError):
    """The data of a benchmark has a mistake; the message names the file and, where there are any, the line."""
