"""The whole stack: the local AWS, a model, the functions and everything that invokes them."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import importlib.util
import socket
import sys
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from stepwise_local.asgi import admin, listen, serve
from stepwise_local.aws.client import Aws
from stepwise_local.events.schedules import follow_schedule
from stepwise_local.events.sqs import poll
from stepwise_local.functions.forking import Snapshots
from stepwise_local.functions.pool import Functions
from stepwise_local.gateway.app import Gateway
from stepwise_local.gateway.throttle import Throttling
from stepwise_local.model_choice import EMBEDDED_MODEL, Model, choose_model
from stepwise_local.processes.log import Log
from stepwise_local.processes.processes import Processes, StartFailed
from stepwise_local.template.model import Bundle, Function
from stepwise_local.template.reader import read_bundle

__all__ = ["KEYS", "Options", "Running", "running_stack"]

KEYS = ("demo-key", "demo-key-2")
_PATIENT = {"AWS_TIMEOUT_SECONDS": "10"}
"""On one machine many environments share few cores, and a call of a new one may wait seconds for its turn."""

_ONLY_IN_CHECKERS = ("mpmath", "sympy")
"""Packages that nothing but the checkers' processes imports. Those write no file, so no bytecode either."""


@dataclass(frozen=True)
class Options:
    """How the stack runs; ports of 0 take free ones, an *admin_port* of ``None`` opens none."""

    template: Path
    port: int
    admin_port: int | None = None
    throttle: bool = False
    most_environments: int = 200
    idle_seconds: float = 300.0
    keys: tuple[str, ...] = KEYS


@dataclass(frozen=True)
class Running:
    """A stack that answers; *parts* never end unless one of them fails."""

    url: str
    admin_url: str | None
    model: Model
    bundle: Bundle
    parts: dict[asyncio.Task[Any], str]


@contextlib.asynccontextmanager
async def running_stack(options: Options, environ: Mapping[str, str], log: Log) -> AsyncIterator[Running]:
    """Start everything, and end everything at the end.

    Raises:
        StartFailed, ModelMissing, TemplateError: with a sentence that says what to do.
    """
    async with contextlib.AsyncExitStack() as cleanup:
        cleanup.push_async_callback(log.close)
        listener = cleanup.enter_context(listen(options.port))
        parts: dict[asyncio.Task[Any], str] = {}
        cleanup.push_async_callback(_cancel, parts)

        def run(name: str, part: Coroutine[Any, Any, Any]) -> None:
            parts[asyncio.create_task(part)] = name

        chosen = await choose_model(environ, _default_model(options.template))
        processes = await cleanup.enter_async_context(Processes(log))
        snapshots = Snapshots(processes, log)
        cleanup.push_async_callback(snapshots.close)
        snapshots.prepare()  # it imports while the rest starts
        aws_url, process = await cleanup.enter_async_context(
            processes.server(
                "stepwise_local.aws.server", *_data(environ), environ=_plain(environ), name="aws"
            )
        )
        run("The local AWS", process.wait())
        model, ended = await cleanup.enter_async_context(_running(chosen, processes, environ))
        if ended:
            run("The embedded model server", ended)
        settings = {**_PATIENT, **environ, "OLLAMA_HOST": model.host, "MODEL_NAME": model.name}
        bundle = read_bundle(options.template, settings, aws_url)
        _check_settings(bundle)
        cleanup.push_async_callback(processes.end, await _compiling(bundle, processes))
        table_url = environ.get("DYNAMODB_URL") or aws_url
        aws = Aws(aws_url, table_url)
        cleanup.push_async_callback(aws.close)
        await aws.create(bundle.tables, bundle.queues)
        functions = Functions(
            [_with_table(function, table_url) for function in bundle.functions.values()],
            aws_url,
            processes,
            snapshots,
            log,
            most=options.most_environments,
            idle_seconds=options.idle_seconds,
        )
        cleanup.push_async_callback(functions.stop)
        run("The end of idle environments", functions.end_idle())
        for name, part in _invokers(bundle, aws_url, aws, functions, log):
            run(name, part)
        throttling = Throttling(bundle.throttle) if options.throttle and bundle.throttle else None
        run("The gateway", serve(Gateway(bundle, functions, options.keys, log, throttling), listener))
        admin_url = None
        if options.admin_port is not None:
            admin_listener = cleanup.enter_context(listen(options.admin_port))
            run("The admin port", serve(admin(functions), admin_listener))
            admin_url = _url(admin_listener)
        # First of all at the end, so that nothing new begins while the rest is being ended.
        cleanup.push_async_callback(_cancel, parts)
        yield Running(_url(listener), admin_url, model, bundle, parts)


def _url(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


async def _compiling(bundle: Bundle, processes: Processes) -> asyncio.subprocess.Process:
    """A process that compiles what checkers import, so that each of them starts in a quarter of the time.

    Where it is compiled already it ends at once.
    """
    layers = {str(layer) for function in bundle.functions.values() for layer in function.layers}
    specs = [spec for spec in map(importlib.util.find_spec, _ONLY_IN_CHECKERS) if spec]
    packages = [folder for spec in specs for folder in spec.submodule_search_locations or ()]
    return await processes.start(
        (sys.executable, "-m", "compileall", "-q", *sorted(layers), *packages),
        cwd=Path(__file__).parent,
        environ={},
        name="bytecode",
    )


@contextlib.asynccontextmanager
async def _running(
    chosen: Model | None, processes: Processes, environ: Mapping[str, str]
) -> AsyncIterator[tuple[Model, Coroutine[Any, Any, int] | None]]:
    """The chosen model, or the embedded one and what waits for its end."""
    if chosen:
        yield chosen, None
        return
    server = processes.server("embedded_model", "--port", "0", environ=_plain(environ), name="model")
    async with server as (host, process):
        yield Model(host, EMBEDDED_MODEL, embedded=True), process.wait()


def _invokers(
    bundle: Bundle, aws_url: str, aws: Aws, functions: Functions, log: Log
) -> Iterator[tuple[str, Coroutine[Any, Any, Any]]]:
    """What invokes functions beside the gateway: the event sources and the schedules, with their names."""
    urls = {queue.arn: f"{aws_url}/{queue.arn.split(':')[4]}/{queue.name}" for queue in bundle.queues}
    for source in bundle.event_sources:
        yield (
            f"The event source of {source.function}",
            poll(source, urls[source.queue_arn], aws, functions, log),
        )
    for schedule in bundle.schedules:
        yield f"The schedule {schedule.name}", follow_schedule(schedule, functions, log)


async def _cancel(parts: dict[asyncio.Task[Any], str]) -> None:
    for part in parts:
        part.cancel()
    await asyncio.gather(*parts, return_exceptions=True)


def _data(environ: Mapping[str, str]) -> list[str]:
    """The argument that names the file of the tables, where DATA_DIR names a folder for it."""
    if not environ.get("DATA_DIR"):
        return []
    folder = Path(environ["DATA_DIR"]).expanduser()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StartFailed(f"DATA_DIR is {folder}, but it cannot be a folder ({error.strerror}).") from error
    return ["--data", str(folder / "tables.sqlite")]


def _with_table(function: Function, url: str) -> Function:
    return replace(function, environment={**function.environment, "AWS_ENDPOINT_URL_DYNAMODB": url})


def _check_settings(bundle: Bundle) -> None:
    """Refuse settings that make no sense now, with the functions' own sentence, instead of at every call."""
    for function in bundle.functions.values():
        for layer in function.layers:
            if (layer / "stepwise" / "config.py").exists():
                sys.path.append(str(layer))
                config = importlib.import_module("stepwise.config")
                sys.path.remove(str(layer))
                try:
                    config.Settings.from_environment(function.environment)
                except config.SettingsError as error:
                    raise StartFailed(str(error)) from error


def _default_model(template: Path) -> str:
    bundle = read_bundle(template, {}, "http://127.0.0.1")
    names = [
        function.environment["MODEL_NAME"]
        for function in bundle.functions.values()
        if "MODEL_NAME" in function.environment
    ]
    return names[0] if names else "phi4-mini-reasoning"


def _plain(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for this project's own processes, without what would lead them elsewhere."""
    return {name: value for name, value in environ.items() if not name.startswith(("AWS_", "PYTHON"))}
