"""What the levels of confidence were worth on a measured set: a file that ``tests/benchmarks/calibrate.py`` writes.

Deployed beside this module as ``calibration.json`` it fills ``measured``. A file of another model says nothing here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stepwise.answering.calibration.problem_class import CLASSES, ProblemClass
from stepwise.answering.tasks.confidence import Measured
from stepwise.observability import logger

__all__ = ["FILE", "LEAST_ANSWERS", "LEAST_PRECISION", "Calibration", "read_calibration"]

FILE = Path(__file__).with_name("calibration.json")

LEAST_ANSWERS = 100
LEAST_PRECISION = 0.9
"""A class with fewer answers, or with a lower bound of the interval under this, gets no ``corroborated``."""

_RECORDED: frozenset[ProblemClass] = frozenset(["arithmetic_word_problem"])
"""Without a file: the classes whose agreement is known from recorded answers of other models."""


@dataclass(frozen=True)
class Calibration:
    """The figures of each class and level; None where nothing was measured."""

    figures: Mapping[str, Mapping[str, Measured]] | None = None

    def measured(self, kind: ProblemClass, level: str) -> Measured | None:
        """What *level* was worth among problems of the class *kind*."""
        return None if self.figures is None else self.figures.get(kind, {}).get(level)

    def corroborates(self, kind: ProblemClass) -> bool:
        """Whether an agreeing witness is worth saying so in the class *kind*."""
        if self.figures is None:
            return kind in _RECORDED
        found = self.measured(kind, "corroborated")
        return found is not None and found["n"] >= LEAST_ANSWERS and found["low"] >= LEAST_PRECISION


def read_calibration(path: Path, model: str) -> Calibration:
    """The calibration in *path*, for *model*; none where there is no file, or another model's, or it is damaged."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        return Calibration()
    try:
        value = json.loads(text)
        if value["model"] != model:
            logger.warning("the calibration is another model's", extra={"reason": "model"})
            return Calibration()
        return Calibration(
            {
                kind: {level: _measured(entry, str(value["on"])) for level, entry in levels.items()}
                for kind, levels in value["classes"].items()
                if kind in CLASSES
            }
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        logger.error("the calibration cannot be read", extra={"reason": "damaged"})
        return Calibration()


def _measured(entry: Mapping[str, Any], on: str) -> Measured:
    return {
        "precision": float(entry["precision"]),
        "low": float(entry["low"]),
        "high": float(entry["high"]),
        "n": int(entry["n"]),
        "on": on,
    }
