"""
What can go wrong with scoring; part of the tree in `executor.errors`.

    UsageError
    +-- BenchmarkDataError    the data of a benchmark is not there or has a mistake
    +-- DownloadError         the data cannot be downloaded
    +-- GenerationsError      the generations cannot be read at all; single bad lines are reported and left out
    +-- RunDirectoryError     a run directory has a mistake, or does not fit what is asked
        +-- RunDirectoryInUse     another process scores into it
"""

from executor.errors import UsageError


class BenchmarkDataError(UsageError):
    """The data of a benchmark has a mistake; the message names the file and, where there are any, the line."""


class DownloadError(UsageError):
    """Data cannot be downloaded; the message names the address and says what to do instead."""


class GenerationsError(UsageError):
    """The generations cannot be read; the message names the file."""


class RunDirectoryError(UsageError):
    """A run directory cannot be used as asked; the message names the file and, where there are any, the line."""


class RunDirectoryInUse(RunDirectoryError):
    """Another process scores into this run directory."""
