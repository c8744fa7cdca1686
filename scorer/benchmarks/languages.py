"""Which runtime a sample's language is, by what people and models call it."""

from __future__ import annotations

from collections.abc import Mapping

from executor.errors import UsageError
from executor.runtime import Runtimes
from scorer.model import Sample

ALIASES: Mapping[str, str] = {
    "c#": "csharp",
    "c++": "cpp",
    "cplusplus": "cpp",
    "golang": "go",
    "mono": "csharp",
    "node": "javascript",
    "node.js": "javascript",
    "nodejs": "javascript",
    "python3": "python",
    "pypy3": "pypy",
    "shell": "bash",
    "sh": "bash",
}
"""Names that are neither a runtime's id nor a file name ending."""

DETAIL = "language"
"""The key of a sample's details that names its language."""


def runtime_named(name: str, runtimes: Runtimes) -> str | None:
    """The id of the runtime that a name means, whatever its case: an id, an alias, or an extension; None: no one."""
    name = name.strip().lower()
    name = ALIASES.get(name, name)
    if name in runtimes:
        return name
    try:
        return runtimes.for_file(f"program.{name}").id if name.isalnum() else None
    except UsageError:
        return None


def language_named(sample: Sample) -> str | None:
    """What a sample's details call its language."""
    named = sample.details.get(DETAIL)
    return named if isinstance(named, str) and named.strip() else None


def language_of_fence(answer: str) -> str | None:
    """The first word after a Markdown fence that opens; None: there is no fence, or it says none."""
    inside = False
    for line in answer.splitlines():
        mark = line.strip()
        if not mark.startswith(("```", "~~~")):
            continue
        words = mark.strip("`~").split()
        if not inside and words:
            return words[0].strip("{}.").partition(",")[0]
        inside = not inside
    return None
