"""A function's handler, loaded from its file as Lambda loads it."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

__all__ = ["handler_of"]

_FUNCTIONS = Path(__file__).parents[2] / "functions"


def handler_of(function: str) -> ModuleType:
    """functions/<function>/handler.py as a module of its own, made anew at each call."""
    spec = importlib.util.spec_from_file_location(f"{function}_handler", _FUNCTIONS / function / "handler.py")
    if spec is None or spec.loader is None:
        raise LookupError(function)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
