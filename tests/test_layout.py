"""A module imports only what stands above it in the flow of data."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent / "w2v"
LAYERS = [
    {"errors"},
    {"cpu", "_core"},
    {"presets", "checks", "defaults", "records"},
    {"config"},
    {"text"},
    {"graph", "_screen", "screening"},
    {"search", "single", "spelling"},
    {"queries", "vectors", "formats", "transform"},
    {"training", "evaluation"},
    {"imputing"},
    {"cli"},
]
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
TERMINAL = {"click", "tqdm"}
MODULES = sorted(
    path.relative_to(ROOT)
    for path in ROOT.rglob("*.py")
    if path.parent != ROOT or path.stem[:2] != "__"
)


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def part(name: str) -> str:
    """Return the part of w2v that a dotted name or a file belongs to."""
    return name.removeprefix("w2v.").split(".")[0]


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_imports_point_upwards(path):
    own = path.parts[0].removesuffix(".py")
    assert own in RANK, f"give {own} a layer"
    for name in imported(path):
        if name.startswith("w2v.") and part(name) in RANK:
            assert RANK[part(name)] <= RANK[own], f"{path} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_only_the_command_line_knows_the_terminal(path):
    if path.parts[0] == "cli":
        return
    used = {name.split(".")[0] for name in imported(path)}
    assert not used & TERMINAL
    calls = [
        node
        for node in ast.walk(ast.parse((ROOT / path).read_text()))
        if isinstance(node, ast.Call)
    ]
    names = {call.func.id for call in calls if isinstance(call.func, ast.Name)}
    assert not names & {"print", "exit", "quit", "input"}


def test_files_and_functions_are_short():
    """Past these lengths, ask what it is really two of."""
    for path in MODULES:
        text = (ROOT / path).read_text()
        assert text.count("\n") <= 360, path
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                body = [n for n in node.body if not isinstance(n, ast.Expr) or not _is_text(n)]
                length = body[-1].end_lineno - body[0].lineno + 1 if body else 0
                assert length <= 40, f"{path}: {node.name} has {length} lines"


def _is_text(node: ast.Expr) -> bool:
    return isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def test_instruction_sets_are_known_to_the_kernels_only():
    sources = [path for end in ("h", "pyx", "pxd") for path in ROOT.rglob(f"*.{end}")]
    known = {
        path.relative_to(ROOT).parts[0]
        for path in sources
        if re.search(r"intrin\.h|arm_neon\.h|__builtin_ia32_|\b(__)?asm", path.read_text())
    }
    assert known == {"kernels"}
