"""
What is wrong with CodeApex's programming problems: found by compiling and running every one of them.

A defect belongs to the text that it was found in, not to an id alone: copies of the data in which it has been repaired
are not called defective.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from scorer.benchmarks.codeapex_data import Task


class Kind(Enum):
    """Where a defect lies."""

    CONTEXT = auto()
    """The function as it is declared, whatever it does, makes no program that compiles."""
    GETS = auto()
    """The same, but not in C++11."""
    SAMPLES = auto()
    """No program that does what is asked passes all samples; other test cases may do without that."""


@dataclass(frozen=True, slots=True)
class Defect:
    """
    Why no program can be expected to pass.

    Args:
        fingerprint: as `fingerprint` makes it, of the problem that has the defect.
    """

    fingerprint: str
    kind: Kind
    why: str


_CALL = re.compile(r"//[ \t]*calling start\b")
_GETS = "no program compiles: the main program calls gets, which left C++ with C++14"

DEFECTS: Mapping[str, Defect] = {
    "1649": Defect(
        "d80b9b1cf14d",
        Kind.CONTEXT,
        "no program compiles: the main program passes a bool[N][N], and the function takes a bool*",
    ),
    "2078": Defect(
        "2849fa9caf45",
        Kind.CONTEXT,
        "no program compiles: the function is declared with two parameters and called with one",
    ),
    "2300": Defect(
        "7377ab6caace",
        Kind.CONTEXT,
        "no program compiles: the main program calls a function of another name and lacks <vector>",
    ),
    "1721": Defect("65400c2e6941", Kind.GETS, _GETS),
    "1758": Defect("6f99a9b71b8f", Kind.GETS, _GETS),
    "1632": Defect(
        "fdece49b089e",
        Kind.SAMPLES,
        "the main program reads three numbers for each command, and in the sample some have fewer",
    ),
    "1633": Defect(
        "19f8ca87c4d5",
        Kind.SAMPLES,
        "the main program reads a pair of numbers for each student, and the sample has none for the first",
    ),
    "1755": Defect("e132a72c577b", Kind.SAMPLES, "a number in the sample's input is garbled (1?0)"),
    "1785": Defect(
        "5fadd8730e74", Kind.SAMPLES, "the samples are assignments (x = 4), and the main program reads a number"
    ),
    "1842": Defect("a59c252e9fbe", Kind.SAMPLES, "the main program takes the line of the word for the text"),
    "1849": Defect(
        "7ae519aa667e",
        Kind.SAMPLES,
        "the main program reads numbers, and the sample has digits without spaces between them",
    ),
    "2038": Defect("eb00682dd998", Kind.SAMPLES, "dots abbreviate the input of sample 2"),
    "2204": Defect("d50826ce0d03", Kind.SAMPLES, "the numbers of both samples do not fit into the function's int"),
    "2297": Defect("d465d2ac5697", Kind.SAMPLES, "the value modulo 10 is asked for, and sample 2 expects 12"),
    "2364": Defect(
        "5360adcab9fa", Kind.SAMPLES, "the main program reads bytes, and the sample describes them in prose"
    ),
}


def fingerprint(task: Task) -> str:
    """What decides whether a program passes, in 12 hexadecimal digits; the same in every language."""
    text = f"{task.declaration}\0{task.code_context}\0{task.example}"
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]


def known_defect(task: Task, *, cpp11: bool, samples: bool) -> str:
    """
    Why no program can be expected to pass, or nothing.

    Args:
        cpp11: C++11 is compiled.
        samples: the samples are judged, not other test cases.
    """
    defect = DEFECTS.get(task.name)
    if defect is None or defect.fingerprint != fingerprint(task):
        return ""
    if (defect.kind is Kind.GETS and cpp11) or (defect.kind is Kind.SAMPLES and not samples):
        return ""
    return defect.why


def blemishes(tasks: Iterable[Task]) -> Iterator[str]:
    """What else is odd, and keeps no program from passing."""
    for task in tasks:
        if len(_CALL.findall(task.code_context)) != 1:
            yield f"{task.name}: the call is not marked once, as it should be, which does not matter here"
        if task.problem_description.startswith("Translate the following"):
            yield f"{task.name}: the description begins with an instruction to a translator"
