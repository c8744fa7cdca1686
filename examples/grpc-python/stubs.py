"""
Judges one program with nothing but the generated code, as every language with gRPC can.

    .venv/bin/exec-cli serve &
    .venv/bin/python examples/grpc-python/stubs.py localhost:50051

It needs grpcio, protobuf and googleapis-common-protos, and the package `ennead`, which proto/generate makes out of the
.proto file.
"""

from __future__ import annotations

import sys

import grpc
from ennead.executor.v1 import executor_pb2 as pb
from ennead.executor.v1 import executor_pb2_grpc as pb_grpc

CODE = b"a, b = map(int, input().split())\nprint(a + b)\n"


def main(server: str) -> None:
    job = pb.Job(
        id="sum",
        submission=pb.Submission(files=[pb.File(name="main.py", content=pb.Content(inline=CODE))], runtime="python"),
        cases=[
            pb.TestCase(name="right", stdin=pb.Content(inline=b"1 2\n"), expected=pb.Content(inline=b"3\n")),
            pb.TestCase(name="wrong", stdin=pb.Content(inline=b"1 2\n"), expected=pb.Content(inline=b"4\n")),
        ],
        limits=pb.Limits(cpu_ns=1_000_000_000, memory_bytes=256 * 1024 * 1024),
    )
    with grpc.insecure_channel(server) as channel:
        stub = pb_grpc.ExecutorServiceStub(channel)
        for answer in stub.Judge(pb.JudgeRequest(job=job), timeout=60):
            match answer.WhichOneof("event"):
                case "case_finished":
                    case = answer.case_finished
                    print(f"{case.name}: {pb.Verdict.Name(case.verdict)} {case.detail}")
                case "finished":
                    done = answer.finished
                    print(f"{pb.Verdict.Name(done.verdict)} {done.passed}/{done.total}")


if __name__ == "__main__":
    main(*sys.argv[1:] or ["localhost:50051"])
