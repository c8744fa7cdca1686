"""What names in a runtime's file may look like; ValueError says what is wrong with one."""

from __future__ import annotations

import re
from pathlib import PurePosixPath


def check_relative(name: str) -> str:
    if any(part in {"", ".", ".."} for part in name.split("/")):
        raise ValueError(f"{name!r} is not a relative path without '.' and '..'")
    return name


def check_extension(extension: str) -> str:
    if not re.fullmatch(r"(\.[^./\s]+)+", extension):
        raise ValueError(f"{extension!r} is not an extension; it begins with a dot, such as '.py'")
    return extension


def check_file_name(name: str) -> str:
    if not name or PurePosixPath(name).name != name:
        raise ValueError(f"{name!r} is not a plain file name")
    return name


def check_mount(mount: str) -> str:
    if not mount.startswith("/") or ".." in PurePosixPath(mount).parts or mount.strip("/") == "":
        raise ValueError(f"{mount!r} is not an absolute path below /")
    return mount
