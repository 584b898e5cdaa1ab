"""Chinese word problems."""

from embedded_model.word_problems.chinese.templates import solve

__all__ = ["solve"]
