"""A witness: a problem that a model wrote in a small formal language, solved without the model."""

from __future__ import annotations

from checkers.witness.testimony import examine, same_answer

__all__ = ["examine", "same_answer"]
