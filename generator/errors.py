"""
What can go wrong between a problem and its answers.

    GeneratorError
        UsageMistake          an option, a setting or a field of a request makes no sense
        PromptError           a template, a file of shots or a field of a problem is missing or wrong
        RunError              a run directory cannot be continued as asked, or one of its lines is damaged
        LaunchFailed          vLLM did not start
        ServerError           the model's server did not answer as it should
            RequestRefused    400, 413, 422: this request; others may be fine
            ModelMissing      404: the model or the address
            AccessRefused     401, 403: the key
            ServerBusy        429 until patience ended
            ServerSilent      not a byte for too long
            ServerFailed      5xx, a lost connection, an answer that is none; until patience ended

Those below ServerError that a later try may mend are ServerBusy, ServerSilent and ServerFailed.
"""

from __future__ import annotations


class GeneratorError(Exception):
    """Anything of this package; the message is a sentence for people."""


class UsageMistake(GeneratorError):
    """
    Args:
        field: of the settings or the request, where there is one.
    """

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class PromptError(GeneratorError):
    pass


class RunError(GeneratorError):
    pass


class LaunchFailed(GeneratorError):
    pass


class ServerError(GeneratorError):
    pass


class RequestRefused(ServerError):
    pass


class ModelMissing(ServerError):
    """
    Args:
        model: that was asked for.
    """

    def __init__(self, message: str, model: str = "") -> None:
        super().__init__(message)
        self.model = model


class AccessRefused(ServerError):
    pass


class ServerBusy(ServerError):
    """
    Args:
        retry_after_s: what the server asked to wait; None: it did not say.
    """

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ServerSilent(ServerError):
    pass


class ServerFailed(ServerError):
    """
    Args:
        reachable: something answered; False: no connection could be made.
    """

    def __init__(self, message: str, *, reachable: bool = True) -> None:
        super().__init__(message)
        self.reachable = reachable


TRANSIENT = (ServerBusy, ServerSilent, ServerFailed)
"""What a later try may mend."""
