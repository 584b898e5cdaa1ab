"""Bounds that keep the code readable: at most 20 modules a folder, at most 60 lines a function, tests included."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODULES = [
    path
    for top in ("functions", "layers", "infra", "tests")
    for path in sorted((ROOT / top).rglob("*.py"))
    if "node_modules" not in path.parts
]
MOST_MODULES = 20
MOST_LINES = 60


def test_no_folder_has_more_than_twenty_modules() -> None:
    counts = Counter(path.parent for path in MODULES if path.name != "__init__.py")

    assert {str(folder): count for folder, count in counts.items() if count > MOST_MODULES} == {}


def test_no_function_is_longer_than_sixty_lines() -> None:
    long = []
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > MOST_LINES:
                    long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {length} lines")

    assert long == []
