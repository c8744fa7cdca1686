"""How a container's python3 becomes the supervisor: its sources travel over its standard input."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Final

PYTHON: Final = "/usr/bin/python3"
"""Every image of ours has it, and a static supervisor would have to be built, and shipped, for each architecture."""

_PACKAGE_PARENT: Final = Path(__file__).resolve().parents[3]
_PACKAGES: Final = ("executor", "executor.sandbox", "executor.sandbox.docker")
_MODULES: Final = (
    "executor.sandbox.linux",
    "executor.sandbox.messages",
    "executor.sandbox.clock",
    "executor.sandbox.garbage",
    "executor.sandbox.walk",
    "executor.sandbox.docker.framing",
    "executor.sandbox.docker.directories",
    "executor.sandbox.docker.reserve",
    "executor.sandbox.docker.run",
    "executor.sandbox.docker.supervisor",
)
"""Each after those that it imports."""

_BOOT: Final = """\
import json, os, struct, sys, types
def read(size):
    data = b""
    while len(data) < size:
        piece = os.read(0, size - len(data))
        if not piece:
            os._exit(0)
        data += piece
    return data
for name, source in json.loads(read(*struct.unpack("!I", read(4)))).items():
    module = sys.modules[name] = types.ModuleType(name)
    if source is None:
        module.__path__ = []
    else:
        exec(compile(source, name, "exec"), module.__dict__)
sys.modules["executor.sandbox.docker.supervisor"].main()
"""

COMMAND: Final = (PYTHON, "-I", "-S", "-c", _BOOT)


def sources() -> bytes:
    """What the booting interpreter reads first: the modules, in the order in which they can be executed."""
    modules: Mapping[str, str | None] = dict.fromkeys(_PACKAGES) | {
        name: (_PACKAGE_PARENT / f"{name.replace('.', '/')}.py").read_text(encoding="utf-8") for name in _MODULES
    }
    told = json.dumps(modules).encode()
    return struct.pack("!I", len(told)) + told
