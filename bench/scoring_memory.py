"""
A process of its own that scores many samples of which almost none has to be run, and prints what that took.

    python -m bench.scoring_memory FOLDER SAMPLES

Half of the samples have no program in them and are settled; the others are a few programs over and over. What remains
is all that grows with the number of samples: reading, preparing, deduplicating, writing, computing the scores.
"""

from __future__ import annotations

import hashlib
import json
import resource
import sys
import time
from pathlib import Path

import scorer
from executor.model import File, Job, Submission, TestCase, Verdict
from scorer.benchmark import Benchmark
from scorer.model import Prepared, Problem, Sample

PROBLEMS = 200
_TEXT_CHARACTERS = 1500
_NOTHING = "I cannot say. "


class Echo(Benchmark):
    """Problems in Python whose programs print their input."""

    name = "echo"
    version = "1"

    def __init__(self) -> None:
        self.problems = {f"p/{n}": Problem(id=f"p/{n}", runtime="python", cases=1) for n in range(PROBLEMS)}

    def prepare(self, sample: Sample) -> Prepared:
        digest = hashlib.sha256(sample.text.encode()).hexdigest()
        if sample.text.startswith(_NOTHING):
            return Prepared(digest=digest, program="", method="none", settled=Verdict.CE, detail="there is no program")
        submission = Submission(files=(File("main.py", sample.text.encode()),), runtime="python")
        job = Job(id="", submission=submission, cases=(TestCase(name="1", stdin=b"7", expected=b"7"),))
        return Prepared(digest=digest, program=sample.text, method="as given", job=job)


def write_samples(path: Path, count: int) -> None:
    """Texts as long as answers of models are."""
    program = "print(input())\n#" + "x" * _TEXT_CHARACTERS
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            # Those without a program are all different.
            text = program if number % 2 else f"{_NOTHING}{number}" + "x" * _TEXT_CHARACTERS
            file.write(json.dumps({"task_id": f"p/{number // 2 % PROBLEMS}", "completion": text}) + "\n")


def main() -> int:
    """Score, and print seconds and the peak of resident memory in bytes as JSON."""
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    write_samples(folder / "samples.jsonl", count)
    began = time.perf_counter()
    run = scorer.score(folder / "samples.jsonl", Echo(), out=folder / "run")
    seconds = time.perf_counter() - began
    assert run.scores.samples == count, run.scores.samples
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"samples": count, "wall_s": seconds, "peak_bytes": peak, "shared": run.scores.shared}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
