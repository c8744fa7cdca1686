"""Which lines a source begins with: never one line more than what the compiler would read first."""

from __future__ import annotations

import pytest

from executor.acceleration import Prefix
from executor.prefix import leading_names
from executor.runtime import Runtimes


@pytest.fixture(scope="module")
def prefix() -> Prefix:
    prefix = Runtimes.load().get("cpp").prefix
    assert prefix is not None
    return prefix


@pytest.mark.parametrize(
    "source, names",
    [
        ("#include <vector>\n", ["vector"]),
        ("#include<vector>\n#  include <map>\nint x;\n", ["vector", "map"]),
        (
            "\n\t // words\n/* more\n * words **/ #include <vector>\r\n\n#include <map> // why\nint x;",
            ["vector", "map"],
        ),
        ("#include <vector>\n#include <vector>\n", ["vector"]),
        ("#include <vector>\nusing namespace std;\n#include <map>\n", ["vector"]),
        ("#include <vector>\n#define X\n#include <map>\n", ["vector"]),
        ("#include <vector>\n#pragma GCC optimize(3)\n#include <map>\n", ["vector"]),
        ("#pragma GCC optimize(3)\n#include <vector>\n", []),
        ("#define NDEBUG\n#include <vector>\n", []),
        ('#include <vector>\n#include "map"\n#include <set>\n', ["vector"]),
        ("#include <vector>\n#include <main.h>\n#include <set>\n", ["vector"]),
        ("#include <vector>\n#include <../../etc/passwd>\n", ["vector"]),
        ("#include </dev/zero>\n", []),
        ("#include </proc/self/environ>\n", []),
        ("#include <vector> int x;\n", []),
        ("#include <vector>", []),
        ("#include_next <vector>\n", []),
        ("%:include <vector>\n", []),
        ("#include <vector>\n#if 0\n#include <map>\n#endif\n", ["vector"]),
        ("", []),
        ("\ufeff#include <vector>\n", []),
        ("/* #include <vector>\n", []),
        ('R"(\n#include <vector>\n)"', []),
        ("#include <vector>\0\n", []),
    ],
)
def test_the_longest_beginning_of_allowed_lines_is_the_prefix(prefix: Prefix, source: str, names: list[str]) -> None:
    assert list(leading_names(source.encode(), prefix)) == names


@pytest.mark.parametrize(
    "source",
    [
        "#include <vector>\n// a comment \\\n#include <map>\n",
        "#include <vector>\n// a comment ??/\n#include <map>\n",
        "#include <vector>\n/* a comment *\\\n/ int x; /* */\n#include <map>\n",
        "#include <vector>\n#include <map\\\n>\n",
    ],
)
def test_lines_that_may_be_joined_end_the_prefix(prefix: Prefix, source: str) -> None:
    assert leading_names(source.encode(), prefix) == ("vector",)


def test_a_beginning_as_long_as_a_stranger_likes_is_looked_at_in_no_time(prefix: Prefix) -> None:
    many = b"#include <vector>\n" * 100_000
    assert leading_names(many, prefix) == ("vector",)
    assert leading_names(b"/*" + b"*" * 10_000_000, prefix) == ()
    assert leading_names(b"#include <vector>\n" + b" " * 10_000_000 + b"#include <map>\n", prefix) == ("vector",)
