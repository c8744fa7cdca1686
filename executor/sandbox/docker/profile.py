"""
The system call policy of the native box as a seccomp profile of Docker's.

It confines the whole container, the supervisor included. Docker's language knows single comparisons with one argument
and calls by name, so what it cannot say (three of the four personalities, calls of the future) is left to the filter
itself, which the supervisor loads into every program.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Mapping
from typing import Any, Final

from executor.sandbox.seccomp import POLICY, ArgumentRule

_ARCHITECTURES: Final = {"x86_64": "SCMP_ARCH_X86_64", "aarch64": "SCMP_ARCH_AARCH64"}
_MOST_GAPS: Final = 16
"""Forbidden values between two allowed ones that are listed one by one; wider gaps are left to the filter."""


def docker_profile(machine: str | None = None) -> dict[str, Any]:
    """
    The profile as an object for JSON.

    Args:
        machine: as os.uname() names it; None is this one.

    Raises:
        KeyError: the machine is neither x86_64 nor aarch64.
    """
    by_error: dict[int, list[str]] = {}
    for name, error in POLICY.refused.items():
        by_error.setdefault(error, []).append(name)
    rules = [_rule(names, error) for error, names in by_error.items()]
    for name, rule in POLICY.arguments.items():
        rules += [_rule([name], rule.error, condition) for condition in _conditions(rule)]
    return {
        "defaultAction": "SCMP_ACT_ALLOW",
        "architectures": [_ARCHITECTURES[machine or os.uname().machine]],
        "syscalls": rules,
    }


def _rule(names: Iterable[str], error: int, condition: Mapping[str, Any] | None = None) -> dict[str, Any]:
    arguments = {} if condition is None else {"args": [condition]}
    return {"names": sorted(names), "action": "SCMP_ACT_ERRNO", "errnoRet": error, **arguments}


def _conditions(rule: ArgumentRule) -> list[dict[str, Any]]:
    """When a call is refused: any of these suffices, since Docker joins the conditions of one rule with `and`."""
    if rule.bits:
        # A mask says which bits must have which value; any of several bits takes a condition for each.
        return [_condition(rule, "SCMP_CMP_MASKED_EQ", 1 << bit, 1 << bit) for bit in range(32) if rule.bits >> bit & 1]
    if not rule.allowed:
        return [_condition(rule, "SCMP_CMP_EQ", value) for value in rule.refused]
    if len(rule.allowed) == 1:
        return [_condition(rule, "SCMP_CMP_NE", rule.allowed[0])]
    conditions = [_condition(rule, "SCMP_CMP_GT", max(rule.allowed))] if max(rule.allowed) < 0xFFFFFFFF else []
    edges = [-1, *sorted(rule.allowed)]
    for low, high in itertools.pairwise(edges):
        if high - low - 1 <= _MOST_GAPS:
            conditions += [_condition(rule, "SCMP_CMP_EQ", value) for value in range(low + 1, high)]
    return conditions


def _condition(rule: ArgumentRule, comparison: str, value: int, value_two: int = 0) -> dict[str, Any]:
    return {"index": rule.argument, "op": comparison, "value": value, "valueTwo": value_two}
