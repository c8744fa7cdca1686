"""
What a submission's files must be called, and which of them holds the main program.

Java wants a public class in a file of its name, Erlang a module; a model's answer rarely says so in a file name. The
rules are data of a runtime (`[entry]` in its file); what they look at is the source without comments, literals and
whatever lies two or more braces deep, so that a regular expression is enough to find a declaration. The sources are
a stranger's, so the expressions are RE2's: their time is linear in what they read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from executor.expressions import compiled
from executor.model import File, Submission

_DEEPEST = 1
_MOST_BYTES = 4 * 1024 * 1024
"""Of one source; what is declared after that is not found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRules:
    """
    How a language names its files and its main program. Each pattern's group is the name that it finds.

    Args:
        skip: comments and literals, which the others do not look into.
        file: a declaration that must lie in a file of its name; the patterns are tried in turn.
        main: the unit with the main program; likewise. Without a match it is that of the file, else its stem.
        package: in front of the main program's name, with a dot between.
        lower: what is found is written in lower case.
    """

    skip: str | None = None
    file: tuple[str, ...] = ()
    main: tuple[str, ...] = ()
    package: str | None = None
    lower: bool = False


NO_RULES = EntryRules()


@dataclass(frozen=True, slots=True)
class Layout:
    """
    The names that one submission gives to a runtime's variables, relative to /work or /artifact.

    Args:
        source: the entry.
        sources: the entry and every other file with one of the runtime's extensions, in the submission's order.
        stem: the entry without its extension, directories included.
        binary: the stem, made different from every submitted name.
        main: what the main program is called, package included.
        flags: extra arguments of the compiler.
        args: arguments of the program.
    """

    source: str
    sources: tuple[str, ...]
    stem: str
    binary: str
    main: str
    flags: tuple[str, ...] = ()
    args: tuple[str, ...] = ()


def arrange(submission: Submission, extensions: tuple[str, ...], rules: EntryRules) -> tuple[Submission, Layout]:
    """
    Give the files of a submission the names that its language wants, and say what it is made of.

    Reads the sources, where there are rules.

    Args:
        submission: valid; its contents can be read.
        extensions: those of a source.

    Returns:
        The submission with its entry named, and its layout.
    """
    names = [file.name for file in submission.files]
    codes = {name: _declarations(file, rules) for name, file in _sources(submission, extensions)}
    entry = submission.entry or next((name for name in names if _find(rules.main, codes.get(name))), names[0])
    renamed = _new_names(names, codes, rules)
    files = tuple(replace(file, name=renamed[file.name]) for file in submission.files)
    main = _main(entry, codes.get(entry), rules)
    entry = renamed[entry]
    arranged = replace(submission, files=files, entry=entry)
    return arranged, _layout(arranged, entry, main, extensions)


def _layout(submission: Submission, entry: str, main: str, extensions: tuple[str, ...]) -> Layout:
    names = [file.name for file in submission.files]
    stem = binary = str(PurePosixPath(entry).with_suffix(""))
    taken = {*names, *(str(parent) for name in names for parent in PurePosixPath(name).parents)}
    while binary in taken:
        binary += ".out"
    sources = tuple(name for name in names if name == entry or name.endswith(extensions))
    return Layout(entry, sources, stem, binary, main, submission.flags, submission.args)


def _sources(submission: Submission, extensions: tuple[str, ...]) -> Iterable[tuple[str, File]]:
    for file in submission.files:
        if file.name == submission.entry or file.name.endswith(extensions):
            yield file.name, file


def _new_names(names: list[str], codes: dict[str, str], rules: EntryRules) -> dict[str, str]:
    """Every name with the one that it gets; a name that is taken stays with whoever has it."""
    renamed = {name: name for name in names}
    for name, code in codes.items():
        if wanted := _cased(_find(rules.file, code), rules):
            path = PurePosixPath(name)
            new = str(path.with_name(wanted + path.suffix))
            if new not in renamed.values():
                renamed[name] = new
    return renamed


def _main(entry: str, code: str | None, rules: EntryRules) -> str:
    name = _cased(_find(rules.main, code) or _find(rules.file, code), rules) or PurePosixPath(entry).stem
    package = _cased(_find((rules.package,) if rules.package else (), code), rules)
    return f"{package}.{name}" if package else name


def _find(patterns: Iterable[str], code: str | None) -> str:
    """The name that the first matching pattern finds; empty if there is none."""
    for pattern in patterns if code else ():
        if found := compiled(pattern).search(code):
            return str(found[1])
    return ""


def _cased(name: str, rules: EntryRules) -> str:
    return name.lower() if rules.lower else name


def _declarations(file: File, rules: EntryRules) -> str:
    """The code of a source in which declarations are looked for; empty where no rule would look at it."""
    if rules == NO_RULES:
        return ""
    if isinstance(file.content, bytes):
        content = file.content[:_MOST_BYTES]
    else:
        with file.content.open("rb") as stream:
            content = stream.read(_MOST_BYTES)
    code = content.decode("utf-8", "replace")
    if rules.skip:
        code = compiled(rules.skip).sub(" ", code)
    return _shallow(code)


def _shallow(code: str) -> str:
    """The code without what lies two or more braces deep; the braces of depth two stay, as {}."""
    kept: list[str] = []
    depth = 0
    for part in re.split(r"([{}])", code):
        depth -= part == "}" and depth > 0
        if depth <= _DEEPEST:
            kept.append(part)
        depth += part == "{"
    return "".join(kept)
