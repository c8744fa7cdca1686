"""
The settings of the generator's server; as the executor's, they come from the command line, `ENNEAD_GENERATOR_<SETTING>`
variables of the environment and a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_settings import NoDecode

from generator.client import Connection
from generator.errors import UsageMistake
from generator.patience import Retrying
from generator.service import ServiceConfig
from serving.loading import SettingsMistake, load
from serving.settings import Address, ServingSettings, split_addresses

PREFIX = "ENNEAD_GENERATOR_"

_Positive = Annotated[int, Field(gt=0)]
_Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class GeneratorSettings(ServingSettings):
    """
    Args:
        base_url: the model's server, with the version, such as http://127.0.0.1:8000/v1.
        api_key_file: holds its key, where it wants one.
        timeout_s: how long it may say nothing.
        attempts: how often one request may fail in a row.
        stream: whether answers are taken from it piece by piece.
        requests: calls that are served at once; more are RESOURCE_EXHAUSTED.
        answers: the most that one call may ask for.
        message_mib: the largest request.
    """

    listen: Annotated[list[Address], NoDecode, BeforeValidator(split_addresses)] = Field(
        default_factory=lambda: ["127.0.0.1:50052"], min_length=1
    )
    base_url: Annotated[str, Field(pattern="^https?://")] = "http://127.0.0.1:8000/v1"
    api_key_file: Path | None = None
    timeout_s: _Seconds = 600.0
    attempts: _Positive = 7
    stream: bool = False
    requests: _Positive = 256
    answers: _Positive = 1024
    message_mib: _Positive = 16

    def connection(self) -> Connection:
        """
        Raises:
            UsageMistake: the key cannot be read.
        """
        return Connection(
            base_url=self.base_url,
            api_key=self._api_key(),
            timeout_s=self.timeout_s,
            stream=self.stream,
            retrying=Retrying(attempts=self.attempts),
        )

    def service_config(self) -> ServiceConfig:
        return ServiceConfig(requests=self.requests, answers=self.answers)

    def _api_key(self) -> str | None:
        if self.api_key_file is None:
            return None
        try:
            return self.api_key_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise UsageMistake(f"api_key_file: {self.api_key_file} cannot be read: {error}") from error


def load_settings(flags: Mapping[str, Any], file: Path | None = None) -> GeneratorSettings:
    """
    The settings that are in force.

    Args:
        flags: what the command line says.
        file: TOML; its keys are the settings' names.

    Raises:
        UsageMistake: a setting makes no sense, or the file cannot be read; the message names the setting.
    """
    try:
        return load(GeneratorSettings, PREFIX, flags, file)
    except SettingsMistake as error:
        raise UsageMistake(str(error)) from error
