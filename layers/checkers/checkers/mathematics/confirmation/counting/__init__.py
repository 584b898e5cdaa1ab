"""The second way of questions that are answered by counting."""

from __future__ import annotations

from checkers.mathematics.confirmation.counting.arrangements import ARRANGEMENTS
from checkers.mathematics.confirmation.counting.experiments import EXPERIMENTS
from checkers.mathematics.confirmation.counting.whole_numbers import WHOLE_NUMBERS

__all__ = ["COUNTED"]

COUNTED = {**ARRANGEMENTS, **EXPERIMENTS, **WHOLE_NUMBERS}
