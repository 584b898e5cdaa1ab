"""A model server that speaks Ollama's protocol and answers with SymPy instead of a network.

It lets the whole bundle run on a machine without a GPU. It says what it is: its model is named
``embedded-sympy`` everywhere, and it says so when it cannot solve something.
"""

from __future__ import annotations

__all__ = ["MODEL"]

MODEL = "embedded-sympy"
