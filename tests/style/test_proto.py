"""The wire contract: the code is what the .proto file says, buf has no complaint, and every name says its unit."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml
from ennead.executor.v1 import executor_pb2
from ennead.generator.v1 import generator_pb2
from google.protobuf.descriptor import FieldDescriptor, FileDescriptor
from google.rpc import status_pb2

REPOSITORY = Path(__file__).parents[2]
PROTO = REPOSITORY / "proto"
EXECUTOR = PROTO / "ennead" / "executor" / "v1" / "executor.proto"
FILES = {EXECUTOR: executor_pb2.DESCRIPTOR, PROTO / generator_pb2.DESCRIPTOR.name: generator_pb2.DESCRIPTOR}
EACH = pytest.mark.parametrize("contract", FILES, ids=lambda path: str(path.name))
SIZES = {"size", "length", "memory", "output", "blob", "message", "stack", "space", "room", "chunk_size"}
TIMES = {"cpu", "wall", "time", "setup", "duration", "delay", "age", "timeout"}


def numbers(file: FileDescriptor) -> Iterator[FieldDescriptor]:
    kinds = (FieldDescriptor.CPPTYPE_INT32, FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_DOUBLE)
    for message in file.message_types_by_name.values():
        yield from (field for field in message.fields if field.cpp_type in kinds)


def test_the_committed_code_is_what_the_compiler_writes(tmp_path: Path) -> None:
    if find_spec("grpc_tools") is None:
        pytest.skip("LOUD: grpcio-tools is not installed, so the generated code was not compared")
    subprocess.run([PROTO / "generate", tmp_path], check=True, env={"PYTHON": sys.executable, "PATH": "/usr/bin:/bin"})
    written = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.py*"))
    committed = {path.relative_to(PROTO) for path in PROTO.rglob("*_pb2*.py*") if "__pycache__" not in path.parts}
    assert set(written) == committed
    for path in written:
        assert (tmp_path / path).read_bytes() == (PROTO / path).read_bytes(), f"{path} is stale: make proto"


def test_every_contract_is_looked_at() -> None:
    assert set(PROTO.rglob("*.proto")) == set(FILES)


@EACH
def test_every_declaration_has_a_comment(contract: Path) -> None:
    above, silent = "", []
    for number, line in enumerate(contract.read_text().splitlines(), 1):
        code = line.strip()
        declares = re.match(r"(message|enum|service|rpc|oneof)\b|.*= \d+;$", code)
        if declares and not above.startswith("//"):
            silent.append(f"line {number}: {code}")
        above = code
    assert not silent


@EACH
def test_the_look_for_comments_sees_the_declarations(contract: Path) -> None:
    """What the test above takes for a declaration: one for each name of the contract."""
    file = FILES[contract]
    names = len(file.message_types_by_name) + len(file.enum_types_by_name) + len(file.services_by_name)
    names += sum(len(each.fields) for each in file.message_types_by_name.values())
    oneofs = (oneof for each in file.message_types_by_name.values() for oneof in each.oneofs)
    names += sum(not oneof.name.startswith("_") for oneof in oneofs)  # `optional` makes one of its own
    names += sum(len(each.values) for each in file.enum_types_by_name.values())
    names += sum(len(each.methods) for each in file.services_by_name.values())
    found = re.findall(
        r"^\s*(?:(?:message|enum|service|rpc|oneof)\b|[^/\n]*= \d+;$)", contract.read_text(), re.MULTILINE
    )
    assert len(found) == names


@EACH
def test_what_holds_a_time_or_a_size_ends_with_its_unit(contract: Path) -> None:
    for field in numbers(FILES[contract]):
        words = set(field.name.split("_"))
        if field.cpp_type == FieldDescriptor.CPPTYPE_INT64:  # counts are 32 bits wide
            assert field.name.endswith(("_ns", "_bytes")), field.full_name
        if words & TIMES:
            assert field.name.endswith("_ns"), field.full_name
        elif words & SIZES:
            assert field.name.endswith("_bytes"), field.full_name


@EACH
def test_a_comment_says_the_unit_that_a_name_ends_with(contract: Path) -> None:
    lines = contract.read_text().splitlines()
    for number, line in enumerate(lines):
        if found := re.match(r"\s*(?:optional )?int(?:32|64) \w+_(ns|bytes) = ", line):
            start = number
            while lines[start - 1].strip().startswith("//"):
                start -= 1
            said = " ".join(lines[start:number])
            assert {"ns": "nanoseconds", "bytes": "bytes"}[found[1]] in said, line


@pytest.fixture(scope="module")
def buf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, as npm brings it; none where it cannot be had."""
    if (found := shutil.which("buf")) is not None:
        return Path(found)
    if shutil.which("npm") is None:
        pytest.skip("LOUD: npm is not installed, so buf has not looked at the contract")
    folder = tmp_path_factory.mktemp("buf")
    options = ("--no-audit", "--no-fund", "--loglevel=error")
    install: tuple[str | Path, ...] = ("npm", "install", "--prefix", folder, *options, "@bufbuild/buf@^1.47.0")
    done = subprocess.run(install, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        assert any(word in done.stderr for word in ("ENOTFOUND", "EAI_AGAIN", "ECONN", "ETIMEDOUT")), done.stderr
        pytest.skip("LOUD: npm reaches no registry, so buf has not looked at the contract")
    return folder / "node_modules" / ".bin" / "buf"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """The contract with the file of Google's that it imports, as modules of one workspace."""
    shutil.copytree(PROTO, tmp_path / "proto", ignore=shutil.ignore_patterns("*.py*", "buf.yaml", "__pycache__"))
    (tmp_path / "googleapis" / "google" / "rpc").mkdir(parents=True)
    shutil.copy(Path(status_pb2.__file__).with_name("status.proto"), tmp_path / "googleapis" / "google" / "rpc")
    config = yaml.safe_load((PROTO / "buf.yaml").read_text())
    config["modules"] = [{"path": "proto"}, {"path": "googleapis"}]
    (tmp_path / "buf.yaml").write_text(yaml.safe_dump(config))
    return tmp_path


def lint(buf: Path, workspace: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([buf, "lint", "proto"], cwd=workspace, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_buf_has_no_complaint(buf: Path, workspace: Path) -> None:
    done = lint(buf, workspace)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.slow
def test_buf_would_complain(buf: Path, workspace: Path) -> None:
    contract = workspace / "proto" / EXECUTOR.relative_to(PROTO)
    contract.write_text(
        contract.read_text().replace("VERDICT_AC", "ACCEPTED").replace("int64 queue_ns", "int64 queueNs")
    )
    said = lint(buf, workspace).stdout
    assert "ACCEPTED" in said
    assert "queueNs" in said
