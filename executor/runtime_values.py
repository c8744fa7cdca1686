"""
What single values of runtimes/<id>.toml may be: argument lists, expressions, names, and the variables in them.

A ValueError says what is wrong with a value; pydantic adds where it stands.
"""

from __future__ import annotations

import string
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from executor.expressions import compiled
from executor.naming_checks import check_relative

_SEVERAL = frozenset({"sources", "others", "flags", "args"})
_ENV_VARIABLES = frozenset({"memory_mib", "memory_bytes"})
_COMPILE_VARIABLES = (
    frozenset({"source", "sources", "others", "binary", "stem", "directory", "main", "root", "flags", "prepared"})
    | _ENV_VARIABLES
)
_RUN_VARIABLES = _COMPILE_VARIABLES | {"args"}
_RESIDENT_VARIABLES = frozenset({"root"}) | _ENV_VARIABLES
_PREFIX_VARIABLES = _ENV_VARIABLES | {"flags"}
_KEEP_VARIABLES = frozenset({"binary", "stem"})


def not_a_string(value: object) -> object:
    if isinstance(value, str):
        raise ValueError('is a string; write a list of arguments such as ["cc", "{source}"], no shell reads it')  # noqa: TRY004  # pydantic turns ValueError alone into a report
    return value


def as_steps(value: object) -> object:
    """One argv is the short form of a list of one step."""
    not_a_string(value)
    return [value] if isinstance(value, list) and all(isinstance(part, str) for part in value) else value


def _variables(text: str, known: frozenset[str]) -> set[str]:
    """The variables that a text uses; ValueError for one that does not exist."""
    try:
        fields = [field[1:] for field in string.Formatter().parse(text) if field[1] is not None]
    except ValueError as error:
        raise ValueError(f"{text!r} has a lone brace; write {{{{ or }}}} for a brace") from error
    for name, *formatting in fields:
        if name not in known or any(formatting):
            choice = ", ".join(f"{{{each}}}" for each in sorted(known)) or "none here"
            raise ValueError(f"{text!r} uses an unknown variable {{{name}}}; known: {choice}")
    return {str(name) for name, *_ in fields}


def _check_argv(argv: list[str], known: frozenset[str]) -> list[str]:
    if not argv or not argv[0]:
        raise ValueError("is empty; its first word must be a command")
    if argv[0].strip("{}") in _SEVERAL:
        raise ValueError("its first word must be a command")
    return _check_words(argv, known)


def _check_words(words: list[str], known: frozenset[str]) -> list[str]:
    for part in words:
        for name in _variables(part, known) & _SEVERAL:
            if part != f"{{{name}}}":
                raise ValueError(f"{part!r}: {{{name}}} becomes several arguments and must stand alone")
    return words


def check_patterns(patterns: list[str]) -> list[str]:
    for pattern in patterns:
        _variables(pattern, _KEEP_VARIABLES)
    return patterns


def check_value(value: str) -> str:
    _variables(value, _ENV_VARIABLES)
    return value


def _check_expression(expression: str) -> str:
    compiled(expression)
    return expression


def _check_name_expression(expression: str) -> str:
    if compiled(expression).groups != 1:
        raise ValueError(f"{expression!r} must have one group: the name that it finds")
    return expression


def _as_list(value: object) -> object:
    """One expression is the short form of a list of one."""
    return [value] if isinstance(value, str) else value


def tuples(steps: list[list[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(step) for step in steps)


_Argv = Annotated[list[str], BeforeValidator(not_a_string)]
CompileArgv = Annotated[_Argv, AfterValidator(lambda argv: _check_argv(argv, _COMPILE_VARIABLES))]
ResidentArgv = Annotated[_Argv, AfterValidator(lambda argv: _check_argv(argv, _RESIDENT_VARIABLES))]
Arguments = Annotated[_Argv, AfterValidator(lambda argv: _check_words(argv, _COMPILE_VARIABLES))]
RunArgv = Annotated[_Argv, AfterValidator(lambda argv: _check_argv(argv, _RUN_VARIABLES))]
PrepareArgv = Annotated[_Argv, AfterValidator(lambda argv: _check_argv(argv, _ENV_VARIABLES))]
PrefixArgv = Annotated[_Argv, AfterValidator(lambda argv: _check_argv(argv, _PREFIX_VARIABLES))]
Constant = Annotated[_Argv, AfterValidator(lambda argv: _check_argv(argv, frozenset()))]
Positive = Annotated[int, Field(gt=0)]
Expression = Annotated[str, AfterValidator(_check_expression)]
NameExpression = Annotated[str, AfterValidator(_check_name_expression)]
NameExpressions = Annotated[list[NameExpression], BeforeValidator(_as_list)]
RelativeName = Annotated[str, AfterValidator(check_relative)]
