"""Confidence intervals of shares."""

from __future__ import annotations

import math

__all__ = ["wilson"]

_Z = 1.959963984540054
"""The normal quantile of a two-sided interval of 95 %."""


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Wilson's score interval of 95 % for a share of *hits* among *of*; 0 to 1 where nothing was counted."""
    if of == 0:
        return 0.0, 1.0
    share = hits / of
    divisor = 1 + _Z**2 / of
    middle = (share + _Z**2 / (2 * of)) / divisor
    reach = _Z / divisor * math.sqrt(share * (1 - share) / of + _Z**2 / (4 * of**2))
    return max(0.0, middle - reach), min(1.0, middle + reach)
