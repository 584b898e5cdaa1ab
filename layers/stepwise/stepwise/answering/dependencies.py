"""The dependencies of the use cases, which ``wiring`` makes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from stepwise.answering.calibration.figures import Calibration
from stepwise.answering.verification import Checker
from stepwise.config import Settings
from stepwise.coordination.coordination import Coordination
from stepwise.ollama.port import Model
from stepwise.storage.answer_cache import AnswerCache

__all__ = ["Dependencies"]


@dataclass(frozen=True)
class Dependencies:
    """The dependencies of the use cases. Without a table ``shared`` is None: there are no jobs and no hand-over."""

    settings: Settings
    model: Model
    cache: AnswerCache
    checker: Checker
    shared: Coordination | None
    calibration: Calibration = field(default_factory=Calibration)
    clock: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
