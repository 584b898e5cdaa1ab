"""A handler routes and calls into the layer; what it may import is short, so that a request can be followed from it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

FUNCTIONS = Path(__file__).parents[3] / "functions"
HANDLERS = sorted(FUNCTIONS.glob("*/handler.py"))
ROOMS = {"wiring", "api", "answering", "observability", "runtime", "errors", "__version__"}


def rooms_of(handler: Path) -> set[str]:
    """The rooms of the layer that a handler imports from."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(handler.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "stepwise":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("stepwise."):
            found.add(str(node.module).split(".")[1])
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[-1] for alias in node.names if alias.name.startswith("stepwise")}
    return found


@pytest.mark.parametrize("handler", HANDLERS, ids=lambda path: path.parent.name)
def test_a_handler_reaches_no_storage_and_no_model_by_itself(handler: Path) -> None:
    assert rooms_of(handler) <= ROOMS


def test_there_are_handlers_to_look_at() -> None:
    assert len(HANDLERS) >= 8
