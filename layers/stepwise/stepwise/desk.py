"""Everything that working on an answer needs, handed in from outside."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from stepwise.admission import Admission
from stepwise.cache import AnswerCache
from stepwise.checking import Checker
from stepwise.config import Settings
from stepwise.flights import Flights
from stepwise.generation import Model
from stepwise.jobs import Jobs
from stepwise.pace import Pace
from stepwise.runs import Runs
from stepwise.slots import Slots
from stepwise.table import Table
from stepwise.work_queue import WorkQueue

__all__ = ["Coordination", "Desk", "coordination"]


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


@dataclass(frozen=True)
class Desk:
    """The collaborators. ``shared`` is None where there is no table: answers are then given, but never later."""

    settings: Settings
    model: Model
    cache: AnswerCache
    checker: Checker
    shared: Coordination | None
    clock: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


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
