"""Split a set of problems in two: one part to look at during development, one to measure with."""

from __future__ import annotations

import hashlib
from typing import Literal, get_args

__all__ = ["PARTS", "Part", "part_of"]

Part = Literal["look", "measure"]
PARTS: tuple[Part, ...] = get_args(Part)


def part_of(problem: str) -> Part:
    """The part of a problem, by a hash of its words: two thirds to look at, one third to measure with.

    White space is ignored, so that a problem in two files is in the same part in both.
    """
    digest = hashlib.sha256(" ".join(problem.split()).encode("utf-8", "surrogatepass")).digest()
    return "measure" if int.from_bytes(digest[:8]) % 3 == 0 else "look"
