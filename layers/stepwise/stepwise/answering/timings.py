"""Time limits, intervals and attempt counts of the owners of runs."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["TIMINGS", "Timings"]


@dataclass(frozen=True)
class Timings:
    """Times are in seconds, unless the name says otherwise."""

    check: float = 1.0
    """How often an owner checks for a cancellation: a cancelled generation stops within two seconds."""
    save: float = 3.0
    """How often an owner saves its progress and renews its leases; a crash loses no more than this."""
    look_soonest: float = 0.25
    look_latest: float = 2.0
    """Shortest and longest pause between two looks at another owner's run; see :mod:`stepwise.answering.waiting`."""
    spare_looks: int = 4
    """Looks of one wait that may come sooner than ``look_latest``."""

    request_slot_poll: float = 0.25
    request_slot_patience: float = 1.0
    """How long a request tries to get a slot before its run is handed over."""
    stream_slot_patience: float = 60.0
    stream_patience: float = 20.0
    """How long a stream retries a host that refuses connections in the middle of an answer."""
    worker_slot_patience: float = 120.0
    slot_poll: float = 0.5

    gateway_margin: float = 2.0
    """Part of the gateway's time limit that is reserved for the reply."""
    function_margin: float = 4.0
    """Part of a function's time limit that is reserved for the reply."""
    stream_margin: float = 5.0
    worker_margin: float = 15.0
    """Part of a worker's time limit that is reserved for the hand-over."""

    message_hold: float = 30.0
    """Visibility timeout after each heartbeat of a worker: the longest delay of a killed worker's message."""
    message_hold_every: float = 10.0
    hand_over: float = 2.0
    """How long a worker waits for an owner that is handing the run over."""
    hand_over_poll: float = 0.1

    longest_pause: float = 60.0
    """Longest pause between two attempts after faults of the model host."""
    longest_run: float = 86_400.0
    """Age of a run after which no message is sent for it and it fails."""
    max_attempts: int = 8
    """Attempts without progress after which a run fails."""
    max_silent_attempts: int = 3
    """The same, for attempts in which the model host sent nothing."""
    max_breaks: int = 30
    """Generations of one run that may break off before it fails."""


TIMINGS = Timings()
