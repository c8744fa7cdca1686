"""
The settings of a server from where they are said: the command line, else the environment, else a file, else a default.

`<PREFIX><SETTING>` is the variable of a setting; two underscores lead into a table of it.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from serving.settings import ServingSettings

Settings = TypeVar("Settings", bound=ServingSettings)


class SettingsMistake(Exception):
    """A setting makes no sense, or a file of settings cannot be read; the message names it."""


def load(model: type[Settings], prefix: str, flags: Mapping[str, Any], file: Path | None = None) -> Settings:
    """
    The settings that are in force.

    Args:
        model: what there is to be set.
        prefix: of the variables of the environment.
        flags: what the command line says.
        file: TOML; its keys are the settings' names.

    Raises:
        SettingsMistake: a setting makes no sense, or the file cannot be read.
    """
    told = _read(file) if file is not None else {}
    _refuse_unknown_variables(os.environ, prefix, model)

    class Sourced(model, BaseSettings):  # type: ignore[valid-type, misc]  # a class is made of the one given
        model_config = SettingsConfigDict(
            env_prefix=prefix, env_nested_delimiter="__", extra="forbid", nested_model_default_partial_update=True
        )

        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            *_: PydanticBaseSettingsSource,
            **named: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return named["init_settings"], named["env_settings"], InitSettingsSource(settings_cls, told)

    try:
        found: BaseModel = Sourced(**flags)
    except ValidationError as error:
        raise SettingsMistake("; ".join(_sentence(each, model) for each in error.errors(include_url=False))) from error
    except SettingsError as error:
        raise SettingsMistake(f"a variable {prefix}... cannot be understood: {error}") from error
    return model.model_validate(found.model_dump())


def _sentence(error: ErrorDetails, model: type[ServingSettings]) -> str:
    """What pydantic found, for somebody who has never heard of pydantic."""
    setting = ".".join(part for part in error["loc"] if isinstance(part, str))
    if error["type"] == "extra_forbidden":
        close = difflib.get_close_matches(setting, model.model_fields, n=1)
        return f"{setting} is no setting" + (f"; did you mean {close[0]}?" if close else "")
    if error["type"] == "value_error":
        return f"{setting}: {error['ctx']['error']}".removeprefix(": ")
    return f"{setting}: {error['msg'][0].lower()}{error['msg'][1:]}"


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise SettingsMistake(f"{file} cannot be read: {why}") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsMistake(f"{file} is not TOML: {error}") from error


def _refuse_unknown_variables(variables: Iterable[str], prefix: str, model: type[ServingSettings]) -> None:
    known = {f"{prefix}{name}".upper() for name in model.model_fields}
    for variable in variables:
        if variable.startswith(prefix) and variable.partition("__")[0] not in known:
            close = difflib.get_close_matches(variable, known, n=1)
            advice = f"; did you mean {close[0]}?" if close else ""
            raise SettingsMistake(f"the environment has {variable}, which is no setting{advice}")
