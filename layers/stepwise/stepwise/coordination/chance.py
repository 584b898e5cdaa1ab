"""The generator of what is left to chance in the coordination.

Not that of the ``random`` module: it would give the same numbers in every environment restored from one snapshot.
"""

from __future__ import annotations

import random

__all__ = ["CHANCE"]

CHANCE: random.Random = random.SystemRandom()
