"""
Programs that hold their own tests, and how one proves that it came to their end.

The exit status says too little: `exit(0)` in an answer ends the tests as if they had passed. So such a program begins
by reading a nonce from its standard input, sends what the answer prints elsewhere, and writes the nonce once the last
assertion has held; a program that does not is WA. The nonce is new for every run and is in no source, so compilations
stay in the artifact store. This is proof that the tests ran to their end, not that nobody forged them: answer and tests
share a process.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable

from executor.model import Checker, CheckerKind, Content, Job, Limits, Submission, TestCase, Verdict
from scorer.model import Prepared

EXACT = Checker(CheckerKind.EXACT)


def new_nonce() -> bytes:
    return secrets.token_hex(16).encode()


def nonce_case(name: str, also: bytes = b"") -> TestCase:
    """
    A case that is accepted if the program proves that its tests held.

    Args:
        also: what the program reads after the nonce and a line feed.
    """
    nonce = new_nonce()
    return TestCase(name=name, stdin=nonce + b"\n" + also if also else nonce, expected=nonce)


def digest_of(submission: Submission, *more: object) -> str:
    """
    The sha256, hexadecimal, of a submission and whatever else decides its judgement; see `Prepared.digest`.

    Args:
        more: by its `repr`, such as the problem's id, limits or a checker.
    """
    digest = hashlib.sha256()
    facts = (submission.runtime, submission.entry, submission.flags, submission.args, *more)
    _add(digest, map(repr, facts))
    for file in submission.files:
        _add(digest, (file.name, _bytes(file.content)))
    return digest.hexdigest()


def judged_by(
    submission: Submission, cases: tuple[TestCase, ...], limits: Limits, checker: Checker | None = None
) -> Job:
    """A job for a submission, whose id is free."""
    return Job(id="", submission=submission, cases=cases, limits=limits, checker=checker or Checker())


def no_program(text: str, method: str, detail: str, *about: str) -> Prepared:
    """
    A sample without a program: CE, and nothing to run.

    Args:
        text: the sample's.
        detail: why.
        about: what else tells this sample from others, such as the problem's id.
    """
    digest = hashlib.sha256()
    _add(digest, (method, detail, *about, text))
    return Prepared(digest=digest.hexdigest(), program=text, method=method, settled=Verdict.CE, detail=detail)


def _add(digest: hashlib._Hash, parts: Iterable[str | bytes]) -> None:
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big") + data)


def _bytes(content: Content) -> bytes:
    return content if isinstance(content, bytes) else content.read_bytes()
