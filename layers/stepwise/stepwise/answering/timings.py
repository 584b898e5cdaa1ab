"""Every time limit, interval and count that owners of runs keep to."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["TIMINGS", "Timings"]


@dataclass(frozen=True)
class Timings:
    """In seconds, where the name does not say otherwise."""

    check: float = 1.0
    """How often an owner looks whether it is still wanted: a cancelled generation stops within two seconds."""
    save: float = 3.0
    """How often it keeps its progress and renews its leases: what a crash costs at most."""
    admission_poll: float = 0.05
    follow_poll: float = 0.25
    """How soon a request looks again at a run that another one owns; the pause grows to a second."""
    stream_poll: float = 0.5

    request_slot_patience: float = 1.0
    """How long a request looks for a slot before its run is handed over."""
    stream_slot_patience: float = 60.0
    stream_patience: float = 20.0
    """How long a host that refuses in the middle of an answer is tried again while the client watches."""
    worker_slot_patience: float = 120.0
    slot_poll: float = 0.5

    gateway_margin: float = 2.0
    """What a request keeps back of the gateway's time limit to reply."""
    function_margin: float = 4.0
    """What a request keeps back of its function's time to reply."""
    stream_margin: float = 5.0
    worker_margin: float = 15.0
    """What a worker keeps back of its function's time to hand over."""

    message_hold: float = 30.0
    """How long a message is held from others after a sign of life: what a killed worker's is late by, at most."""
    message_hold_every: float = 10.0
    hand_over: float = 2.0
    """How long a worker waits for an owner that is just handing over."""
    hand_over_poll: float = 0.1

    longest_pause: float = 60.0
    """The longest pause before a run is tried again on a model host that is ill."""
    longest_run: float = 86_400.0
    """The age of a run at which a worker sends no more messages for it."""
    max_attempts: int = 8
    """Times that a run is taken without progress."""
    max_silent_attempts: int = 3
    """The same where the model host stays silent."""
    max_breaks: int = 30
    """Generations of one run that may break off."""


TIMINGS = Timings()
