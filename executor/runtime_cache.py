"""
Runtimes that were read before, as JSON: validating the files anew costs a third of the start of `exec-cli run`.

The key is the content of every runtime file and of the code that reads them, so nothing stale is ever found.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from executor.acceleration import Assets, Fast, Prefix, Seed, Waiting
from executor.model import HeldAt, Limits, Verdict
from executor.naming import EntryRules
from executor.resident_rules import ResidentCompiler
from executor.runtime import Install, Package, Report, RunAdjustment, Runtime, SelfTest
from executor.unit_tests import ReportFormat

_READERS = (
    "acceleration.py", "model.py", "naming.py", "resident_rules.py", "runtime.py", "runtime_cache.py",
    "runtime_file.py", "runtime_values.py", "unit_tests.py",
)  # fmt: skip


def load_cached(files: Sequence[Path], directory: Path) -> list[Runtime]:
    """
    The runtimes of these files, from the cache directory where they are in it, else read and put there.

    Args:
        files: runtimes/<id>.toml.
        directory: one that only this user may write to.

    Raises:
        RuntimeFileError: a file cannot be read or has a mistake.
    """
    path = directory / f"runtimes-{_digest(files)}.json"
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):  # not there, or not what we wrote
        return [_decode(entry) for entry in json.loads(path.read_bytes())]
    from executor.runtime_file import load_runtime  # noqa: PLC0415  # pydantic, the cost to be saved

    runtimes = [load_runtime(file) for file in files]
    with contextlib.suppress(OSError):  # a full disk costs time, nothing else
        _publish(path, json.dumps([_encode(runtime) for runtime in runtimes]))
    return runtimes


def _digest(files: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    here = Path(__file__).parent
    for file in (*(here / name for name in _READERS), *files):
        with contextlib.suppress(OSError):  # the loader will say so
            content = file.read_bytes()
            digest.update(f"{file.name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:32]


def _encode(runtime: Runtime) -> dict[str, Any]:
    return {**asdict(runtime), "folder": str(runtime.folder)}


def _decode(entry: dict[str, Any]) -> Runtime:
    lists = {key: tuple(entry[key]) for key in ("extensions", "run", "version", "keep", "mounts")}
    report = entry["report"]
    parts = {
        "compile": tuple(tuple(step) for step in entry["compile"]),
        "compile_limits": Limits(**entry["compile_limits"]),
        "adjustment": RunAdjustment(**entry["adjustment"]),
        "folder": Path(entry["folder"]),
        "waiting": entry["waiting"] and _decode_waiting(entry["waiting"]),
        "entry": _decode_rules(entry["entry"]),
        "report": None if report is None else Report(ReportFormat(report["format"]), report["file"]),
        "resident": _decode_resident(entry["resident"]),
        "install": _decode_install(entry["install"]),
        "extras": {name: _decode_install(extra) for name, extra in entry["extras"].items()},
        "hello": _decode_test(entry["hello"]),
        "broken": _decode_test(entry["broken"]),
        "assets": entry["assets"] and _decode_assets(entry["assets"]),
        "prefix": entry["prefix"] and _decode_prefix(entry["prefix"]),
        "fast": entry["fast"] and Fast(**{**entry["fast"], "compile": _steps(entry["fast"]["compile"])}),
    }
    return Runtime(**{**entry, **lists, **parts})


def _decode_waiting(entry: dict[str, Any]) -> Waiting:
    return Waiting(held_at=HeldAt(entry["held_at"]), env=entry["env"], files=entry["files"])


def _decode_rules(rules: dict[str, Any]) -> EntryRules:
    return EntryRules(**{**rules, "file": tuple(rules["file"]), "main": tuple(rules["main"])})


def _decode_resident(rules: dict[str, Any] | None) -> ResidentCompiler | None:
    if rules is None:
        return None
    lists = {key: tuple(rules[key]) for key in ("command", "arguments", "flags", "refuse")}
    return ResidentCompiler(**{**rules, **lists, "steps": tuple(tuple(step) for step in rules["steps"])})


def _decode_install(install: dict[str, Any]) -> Install:
    lists = {key: tuple(install[key]) for key in ("npm", "pip")}
    packages = tuple(Package(**package) for package in install["apt"])
    steps = tuple(tuple(step) for step in install["steps"])
    return Install(**{**install, **lists, "apt": packages, "steps": steps})


def _steps(steps: list[list[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(step) for step in steps)


def _decode_assets(assets: dict[str, Any]) -> Assets:
    return Assets(**{**assets, "steps": _steps(assets["steps"]), "keep": tuple(assets["keep"])})


def _decode_prefix(prefix: dict[str, Any]) -> Prefix:
    seeds = tuple(Seed(tuple(seed["names"]), tuple(seed["flags"])) for seed in prefix["seeds"])
    steps = {key: _steps(prefix[key]) for key in ("compile", "beside")}
    return Prefix(**{**prefix, **steps, "assets": _decode_assets(prefix["assets"]), "seeds": seeds})


def _decode_test(test: dict[str, Any]) -> SelfTest:
    return SelfTest(**{**test, "verdict": Verdict(test["verdict"])})


def _publish(path: Path, text: str) -> None:
    fd, temporary = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(fd, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink()
        raise
