"""
Judges several answers to one problem on a server, as a harness or a trainer does, and counts the verdicts.

    .venv/bin/exec-cli serve &
    .venv/bin/python examples/grpc-python/harness.py localhost:50051
"""

from __future__ import annotations

import asyncio
import sys

from executor.client import Client, Refused
from executor.model import MIB, MS, CaseFinished, File, Finished, Job, Limits, Submission, TestCase

CASES = (
    TestCase(name="small", stdin=b"1 2\n", expected=b"3\n"),
    TestCase(name="large", stdin=b"1000000000000 1\n", expected=b"1000000000001\n"),
)
ANSWERS = {
    "right": "a, b = map(int, input().split())\nprint(a + b)",
    "float": "a, b = map(float, input().split())\nprint('%d' % (a + b) if a < 1e6 else a + b)",
    "loops": "while True: pass",
}


def job(name: str, code: str) -> Job:
    submission = Submission(files=(File("main.py", code.encode()),), runtime="python")
    return Job(id=name, submission=submission, cases=CASES, limits=Limits(cpu_ns=500 * MS, memory_bytes=256 * MIB))


async def main(*servers: str) -> None:
    async with Client(*servers) as client:
        async for event in client.judge_many(job(name, code) for name, code in ANSWERS.items()):
            match event:
                case CaseFinished():
                    print(f"{event.job_id} {event.name}: {event.verdict} {event.detail}")
                case Finished():
                    print(f"{event.job_id}: {event.verdict} {event.passed}/{event.total}")
                case Refused():
                    print(f"{event.job_id}: refused: {event.error}")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:] or ["localhost:50051"]))
