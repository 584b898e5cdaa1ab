"""Parts a set of problems in two: one to look at while the checker is built, one to measure it by."""

from __future__ import annotations

import hashlib
from typing import Literal, get_args

__all__ = ["PARTS", "Part", "part_of"]

Part = Literal["look", "measure"]
PARTS: tuple[Part, ...] = get_args(Part)


def part_of(problem: str) -> Part:
    """Part problems by a hash of their words: two thirds to look at, one third to measure by.

    Whitespace does not count, so that a problem that two files hold is on the same side in both.
    """
    digest = hashlib.sha256(" ".join(problem.split()).encode("utf-8", "surrogatepass")).digest()
    return "measure" if int.from_bytes(digest[:8]) % 3 == 0 else "look"
