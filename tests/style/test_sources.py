"""What the linters do not say about the sources."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PACKAGES = ("executor", "generator", "scorer", "serving", "cli", "bench")
JUDGED = REPOSITORY / "bench" / "programs"
"""Programs that are judged, not ours to run."""
SOURCES = sorted(
    path for package in PACKAGES for path in (REPOSITORY / package).rglob("*.py") if JUDGED not in path.parents
)
MOST_FUNCTION_LINES = 100
MOST_MODULE_LINES = 500

each_source = pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(REPOSITORY)))


def nodes(source: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(source.read_text(), filename=str(source)))


def test_there_are_sources() -> None:
    assert len(SOURCES) > 10


@each_source
def test_no_module_is_longer_than_five_hundred_lines(source: Path) -> None:
    assert len(source.read_text().splitlines()) <= MOST_MODULE_LINES


@each_source
def test_no_function_is_longer_than_a_hundred_lines(source: Path) -> None:
    functions = (node for node in nodes(source) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    long = {node.name for node in functions if (node.end_lineno or 0) - node.lineno >= MOST_FUNCTION_LINES}
    assert not long


@each_source
def test_no_command_goes_through_a_shell(source: Path) -> None:
    for node in nodes(source):
        if isinstance(node, ast.Call):
            shell = next((word.value for word in node.keywords if word.arg == "shell"), None)
            assert shell is None or (isinstance(shell, ast.Constant) and shell.value is False), f"line {node.lineno}"
            called = ast.unparse(node.func)
            assert called not in {"os.system", "os.popen", "asyncio.create_subprocess_shell"}, f"line {node.lineno}"


@each_source
def test_no_except_catches_what_it_does_not_name(source: Path) -> None:
    assert not [node.lineno for node in nodes(source) if isinstance(node, ast.ExceptHandler) and node.type is None]


@each_source
def test_every_module_says_what_it_is_for(source: Path) -> None:
    assert ast.get_docstring(ast.parse(source.read_text()))
