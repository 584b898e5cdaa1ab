"""What functions share through the table and the queue."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from stepwise.config import Settings
from stepwise.coordination.admission import Admission
from stepwise.coordination.average_duration import Pace
from stepwise.coordination.jobs import Jobs
from stepwise.coordination.runs import Runs
from stepwise.coordination.single_flight import Flights
from stepwise.coordination.slots import Slots
from stepwise.storage.table import Table
from stepwise.storage.work_queue import WorkQueue

__all__ = ["Coordination", "coordination"]


@dataclass(frozen=True)
class Coordination:
    """What functions share through the table and the queue."""

    runs: Runs
    flights: Flights
    jobs: Jobs
    slots: Slots
    admission: Admission
    pace: Pace
    queue: WorkQueue


def coordination(
    table: Table, queue: WorkQueue, settings: Settings, *, clock: Callable[[], float] = time.time
) -> Coordination:
    """The parts that share *table* and *queue*."""
    pace = Pace(table)
    return Coordination(
        runs=Runs(table, clock=clock),
        flights=Flights(table, clock=clock),
        jobs=Jobs(table, clock=clock),
        slots=Slots(table, settings.model_slots, clock=clock),
        admission=Admission(
            table, max_queued=settings.max_queued, slots=settings.model_slots, pace=pace, clock=clock
        ),
        pace=pace,
        queue=queue,
    )
