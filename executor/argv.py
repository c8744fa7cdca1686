"""From the argv lists of a runtime to those of one submission."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from executor.acceleration import Argv
from executor.model import MIB, Limits
from executor.naming import Layout


def values_of(layout: Layout, root: str, limits: Limits, prepared: str) -> dict[str, str]:
    return {
        "prepared": prepared,
        "root": root,
        "source": f"{root}/{layout.source}",
        "binary": f"{root}/{layout.binary}",
        "stem": layout.stem,
        "directory": str(PurePosixPath(layout.source).parent),
        "main": layout.main,
        **memory_values(limits),
    }


def memory_values(limits: Limits) -> dict[str, str]:
    return {"memory_mib": str(max(1, limits.memory_bytes // MIB)), "memory_bytes": str(limits.memory_bytes)}


def expanded(argv: Argv, layout: Layout, values: Mapping[str, str]) -> Argv:
    several = {
        "{sources}": tuple(f"{values['root']}/{name}" for name in layout.sources),
        "{others}": tuple(f"{values['root']}/{name}" for name in layout.sources if name != layout.source),
        "{flags}": layout.flags,
        "{args}": layout.args,
    }
    parts = [several[part] if part in several else (part.format_map(values),) for part in argv]
    return tuple(word for words in parts for word in words)


def environment_of(env: Mapping[str, str], values: Mapping[str, str]) -> Mapping[str, str]:
    if not any("{" in value or "}" in value for value in env.values()):
        return env
    return {name: value.format_map(values) for name, value in env.items()}
