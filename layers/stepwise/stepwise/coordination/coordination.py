"""The parts of the coordination, built on one table and one queue."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from stepwise.config import Settings
from stepwise.coordination.admission import Admission
from stepwise.coordination.average_duration import AverageDuration
from stepwise.coordination.jobs import Jobs
from stepwise.coordination.prompt_speed import PromptSpeed
from stepwise.coordination.runs import Runs
from stepwise.coordination.single_flight import SingleFlight
from stepwise.coordination.slots import Slots
from stepwise.coordination.thinking_marks import ThinkingMarks
from stepwise.storage.table import Table
from stepwise.storage.work_queue import WorkQueue

__all__ = ["Coordination", "coordination"]


@dataclass(frozen=True)
class Coordination:
    """What functions share through the table and the queue."""

    runs: Runs
    single_flight: SingleFlight
    jobs: Jobs
    slots: Slots
    admission: Admission
    average_duration: AverageDuration
    thinking_marks: ThinkingMarks
    prompt_speed: PromptSpeed
    queue: WorkQueue


def coordination(
    table: Table, queue: WorkQueue, settings: Settings, *, clock: Callable[[], float] = time.time
) -> Coordination:
    """The coordination on *table* and *queue*."""
    average_duration = AverageDuration(table)
    return Coordination(
        runs=Runs(table, clock=clock),
        single_flight=SingleFlight(table, clock=clock),
        jobs=Jobs(table, clock=clock),
        slots=Slots(table, settings.model_slots, clock=clock),
        admission=Admission(
            table,
            max_queued=settings.max_queued,
            slots=settings.model_slots,
            average_duration=average_duration,
            clock=clock,
        ),
        average_duration=average_duration,
        thinking_marks=ThinkingMarks(table, clock=clock),
        prompt_speed=PromptSpeed(table, clock=clock),
        queue=queue,
    )
