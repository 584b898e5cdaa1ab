"""What of a SAM template runs on this machine: functions, routes, authorizers, queues, tables, schedules."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = [
    "Authorizer",
    "Bundle",
    "EventSource",
    "Function",
    "GatewayResponse",
    "Queue",
    "Redrive",
    "Route",
    "Schedule",
    "Table",
    "Throttle",
]


@dataclass(frozen=True)
class Function:
    """A Lambda function; *timeout* in seconds, *memory* in MiB, *layers* the folders that are ``/opt/python``."""

    name: str
    code: Path
    handler: str
    environment: dict[str, str]
    layers: tuple[Path, ...] = ()
    timeout: float = 3.0
    memory: int = 128
    reserved: int | None = None
    log_format: str = "Text"
    log_level: str = ""
    snap_start: bool = False


@dataclass(frozen=True)
class Route:
    """A method of a resource of the REST API; *timeout* in seconds, *method* ``ANY`` takes all."""

    method: str
    path: str
    function: str
    streaming: bool = False
    authorizer: str | None = None
    api_key_required: bool = False
    timeout: float = 29.0


@dataclass(frozen=True)
class Authorizer:
    """A Lambda REQUEST authorizer; *headers* is what identifies a caller, *ttl* how long its answer is kept (s)."""

    name: str
    function: str
    headers: tuple[str, ...]
    ttl: float = 300.0


@dataclass(frozen=True)
class GatewayResponse:
    """How the gateway words one of its own answers; *templates* by media type."""

    status: int | None
    headers: dict[str, str]
    templates: dict[str, str]


@dataclass(frozen=True)
class Throttle:
    """A usage plan's limits: requests a second and how many at once may exceed it."""

    rate: float
    burst: int


@dataclass(frozen=True)
class Redrive:
    """Where a message goes that was received *most* times and never deleted."""

    queue_arn: str
    most: int


@dataclass(frozen=True)
class Queue:
    name: str
    arn: str
    attributes: dict[str, str]
    redrive: Redrive | None = None


@dataclass(frozen=True)
class Table:
    name: str
    properties: dict[str, Any]


@dataclass(frozen=True)
class EventSource:
    """An SQS queue that a function is invoked for."""

    function: str
    queue_arn: str
    batch_size: int = 10
    most_at_once: int | None = None
    reports_failures: bool = False


@dataclass(frozen=True)
class Schedule:
    """EventBridge Scheduler: an expression such as ``rate(5 minutes)`` and the event it sends."""

    name: str
    function: str
    expression: str
    input: Any


@dataclass(frozen=True)
class Bundle:
    stage: str
    functions: dict[str, Function]
    routes: tuple[Route, ...]
    authorizers: dict[str, Authorizer]
    gateway_responses: dict[str, GatewayResponse]
    key_source: str
    throttle: Throttle | None
    queues: tuple[Queue, ...]
    tables: tuple[Table, ...]
    event_sources: tuple[EventSource, ...]
    schedules: tuple[Schedule, ...]
    minimum_compression: int | None = None
    """Bytes from which the gateway compresses answers; ``None``: never."""
