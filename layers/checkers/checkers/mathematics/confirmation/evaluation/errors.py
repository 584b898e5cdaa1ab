"""What the second way of computing cannot do, and what has no value."""

from __future__ import annotations

__all__ = ["CannotTell", "Undefined"]


class CannotTell(Exception):
    """The second way does not know a formula, or it would take too long."""


class Undefined(Exception):
    """A formula has no value there.

    A division by zero, an even root of a negative number, a logarithm of one.
    """
