"""
What can go wrong with the judge. What goes wrong with a submission is a verdict, never one of these.

    EnneadError
    +-- UsageError        the request cannot be judged as asked (a bad limit, an unknown runtime, a missing file)
    |   +-- RuntimeUnavailable   the runtime exists but its toolchain is not installed here
    +-- RuntimeFileError  a runtimes/<id>.toml has a mistake; names the file and the key
    +-- BoxFailure        a box, not the program in it, failed: the job is retried or becomes JE
    +-- EngineClosed      the engine was asked for work after it was closed
"""


class EnneadError(Exception):
    """Base of every exception that this project raises on purpose."""


class UsageError(EnneadError):
    """
    The request cannot be judged as asked; the message is a sentence for the person who asked.

    Args:
        field: the part of the request that is wrong, such as `submission.files[3].name`; empty if it is no single one.
    """

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class RuntimeUnavailable(UsageError):
    """The runtime is known, but its toolchain is not installed on this machine."""


class RuntimeFileError(EnneadError):
    """A runtime's TOML file has a mistake."""


class BoxFailure(EnneadError):
    """The box failed, not the program in it. The box is retired; the job is retried or becomes JE."""


class EngineClosed(EnneadError):
    """The engine is closed or closing and takes no more work."""
