"""The composition root: build each object of an execution environment once, from its settings."""

from __future__ import annotations

import functools
import importlib
import os
import random
import time
from collections.abc import Callable

from stepwise.answering.calibration.figures import FILE, read_calibration
from stepwise.answering.dependencies import Dependencies
from stepwise.answering.verification import Checker, NoChecker, SandboxChecker
from stepwise.api.dependencies import ApiDependencies
from stepwise.api.idempotency import Idempotency
from stepwise.api.readiness import StatusDependencies
from stepwise.config import Settings
from stepwise.coordination.coordination import Coordination, coordination
from stepwise.observability import count
from stepwise.ollama.client import OllamaClient
from stepwise.ollama.warm_up import WarmUp
from stepwise.ollama.warm_up import warm_up as ollama_warm_up
from stepwise.storage import aws_client
from stepwise.storage.answer_cache import AnswerCache
from stepwise.storage.table import Table, dynamodb_client
from stepwise.storage.work_queue import WorkQueue, sqs_client

__all__ = [
    "api_dependencies",
    "dependencies",
    "idempotency",
    "model",
    "patient_table",
    "prepare",
    "settings",
    "status_dependencies",
    "warm_up",
]

_PATIENT_SECONDS = 2.0
_REQUEST_MARGIN = 31.0
"""Seconds after the gateway's time limit in which a function can still store its reply."""


def prepare(*makers: Callable[[], object]) -> None:
    """Validate the settings and build what a function uses, before its first invocation.

    Building opens no connection: a snapshot (SnapStart) would contain dead ones.
    """
    settings()
    aws_client.load()
    for make in makers:
        make()
    _hook_snapshots()


def _hook_snapshots() -> None:
    """Do before a snapshot (SnapStart) what a cold start leaves for its first use, and after it what may not be shared.

    Environments of one snapshot would draw the same random numbers: "Handling uniqueness with Lambda SnapStart" in
    AWS's Lambda developer guide.
    """
    try:
        hooks = importlib.import_module("snapshot_restore_py")
    except ImportError:
        return  # this module exists only in Lambda's Python
    hooks.register_before_snapshot(_first_uses)
    hooks.register_after_restore(random.seed)


def _first_uses() -> None:
    """Import what one task needs, build the schemas of requests, compile the patterns for Chinese."""
    import stepwise.parsing.analysis  # noqa: F401
    from stepwise.api.schemas import AnalyzeRequest, ChatRequest, SolveRequest
    from stepwise.text.canonical_key import canonical
    from stepwise.text.language import detect
    from stepwise.text.tokens import estimate

    for schema in (SolveRequest, AnalyzeRequest, ChatRequest):
        schema.model_rebuild()
    detect("求")
    estimate(canonical("求x²"))


@functools.cache
def settings() -> Settings:
    """The settings of this environment."""
    return Settings.from_environment(os.environ)


@functools.cache
def model() -> OllamaClient:
    """The client of the model host."""
    return OllamaClient(settings())


def warm_up() -> WarmUp:
    """Load the model if it is not loaded; see :func:`stepwise.ollama.warm_up.warm_up`."""
    return ollama_warm_up(model(), settings(), time.monotonic)


@functools.cache
def patient_table() -> Table | None:
    """The table with long timeouts, for data that must not be lost: three attempts of two seconds."""
    name = settings().table_name
    return Table(dynamodb_client(_PATIENT_SECONDS), name) if name else None


@functools.cache
def _shared() -> Coordination | None:
    table, url = patient_table(), settings().queue_url
    return coordination(table, WorkQueue(sqs_client(), url), settings()) if table and url else None


@functools.cache
def _cache() -> AnswerCache:
    read = settings()
    table = Table(dynamodb_client(read.aws_timeout, attempts=1), read.table_name) if read.table_name else None
    return AnswerCache(table, ttl_seconds=read.cache_ttl_seconds, timeout=read.aws_timeout, report=count)


@functools.cache
def _checker() -> Checker:
    try:
        import checkers  # noqa: F401 - whether this function has the checkers' layer
    except ImportError:
        return NoChecker()
    return SandboxChecker(settings().checker_timeout)


@functools.cache
def dependencies() -> Dependencies:
    """The dependencies of the use cases."""
    return Dependencies(
        settings=settings(),
        model=model(),
        cache=_cache(),
        checker=_checker(),
        shared=_shared(),
        calibration=read_calibration(FILE, settings().model_name),
    )


@functools.cache
def api_dependencies() -> ApiDependencies:
    """The dependencies of the endpoints that answer."""
    return ApiDependencies(**vars(dependencies()), idempotency=idempotency())


@functools.cache
def status_dependencies() -> StatusDependencies:
    """The dependencies of the status endpoints."""
    return StatusDependencies(settings(), model(), patient_table())


@functools.cache
def idempotency() -> Idempotency | None:
    """The store of replies by Idempotency-Key; None without a table.

    A key is held for longer than any request lasts, so that a repetition is not computed beside the first request.
    """
    table = patient_table()
    patience = settings().gateway_timeout + _REQUEST_MARGIN
    return Idempotency(table, clock=time.time, patience=patience) if table else None
