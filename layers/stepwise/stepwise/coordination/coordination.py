"""The parts of the coordination, built on one table and one queue."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from stepwise.config import Settings
from stepwise.coordination.admission import Admission
from stepwise.coordination.average_duration import AverageDuration
from stepwise.coordination.chance import CHANCE
from stepwise.coordination.first_read import FirstRead
from stepwise.coordination.hosts import Hosts
from stepwise.coordination.jobs import Jobs
from stepwise.coordination.prompt_speed import PromptSpeed
from stepwise.coordination.runs import Runs
from stepwise.coordination.single_flight import SingleFlight
from stepwise.coordination.slots import Slots
from stepwise.coordination.thinking_marks import ThinkingMarks
from stepwise.coordination.transitions import Transitions
from stepwise.storage.table import Table
from stepwise.storage.work_queue import WorkQueue

__all__ = ["Coordination", "coordination"]


@dataclass(frozen=True)
class Coordination:
    """What functions share through the table and the queue."""

    first_read: FirstRead
    transitions: Transitions
    runs: Runs
    jobs: Jobs
    hosts: Hosts
    slots: Slots
    admission: Admission
    average_duration: AverageDuration
    thinking_marks: ThinkingMarks
    prompt_speed: PromptSpeed
    queue: WorkQueue


def coordination(
    table: Table,
    queue: WorkQueue,
    settings: Settings,
    *,
    clock: Callable[[], float] = time.time,
    chance: random.Random = CHANCE,
) -> Coordination:
    """The coordination on *table* and *queue*."""
    average_duration = AverageDuration(table, settings.model_slots, clock=clock, chance=chance)
    runs, single_flight = Runs(table, clock=clock), SingleFlight(clock=clock)
    hosts = Hosts(table, settings.model_slots, clock=clock)
    slots = Slots(table, hosts, clock=clock, chance=chance)
    thinking_marks, prompt_speed = ThinkingMarks(table, clock=clock), PromptSpeed(table, clock=clock)
    admission = Admission(
        table,
        max_queued=settings.max_queued,
        hosts=hosts,
        average_duration=average_duration,
        clock=clock,
        chance=chance,
    )
    return Coordination(
        first_read=FirstRead(
            table, single_flight, hosts, slots, average_duration, thinking_marks, prompt_speed
        ),
        transitions=Transitions(
            table, runs=runs, single_flight=single_flight, slots=slots, admission=admission
        ),
        runs=runs,
        jobs=Jobs(table, clock=clock),
        hosts=hosts,
        slots=slots,
        admission=admission,
        average_duration=average_duration,
        thinking_marks=thinking_marks,
        prompt_speed=prompt_speed,
        queue=queue,
    )
