"""One Lambda environment: a process that runs a function for one event at a time, as Lambda does."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from stepwise_local.functions.forking import ForkedProcess, SnapshotEnded, Snapshots
from stepwise_local.functions.invocation import FunctionError, Invocation
from stepwise_local.functions.runtime_server import RuntimeApi
from stepwise_local.processes.log import Log
from stepwise_local.processes.processes import Processes
from stepwise_local.template.model import Function
from stepwise_local.template.yaml_values import ACCOUNT, PARTITION, REGION

__all__ = ["LambdaEnvironment", "environment_variables", "function_arn"]

_INIT_SECONDS = 60.0
"""Longest that an environment may take to become ready; a laptop is slower than Lambda's 10 s."""
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")


def function_arn(name: str) -> str:
    return f"arn:{PARTITION}:lambda:{REGION}:{ACCOUNT}:function:{name}"


def environment_variables(function: Function, runtime_api: str, aws_url: str) -> dict[str, str]:
    """The environment of a function's process: Lambda's own variables, then the template's."""
    return {
        **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start" if function.snap_start else "on-demand",
        "AWS_LAMBDA_LOG_FORMAT": function.log_format,
        "AWS_LAMBDA_LOG_LEVEL": function.log_level,
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "local",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_SESSION_TOKEN": "local",
        "AWS_ENDPOINT_URL": aws_url,
        "AWS_EC2_METADATA_DISABLED": "true",
        "LAMBDA_TASK_ROOT": str(function.code),
        "LAMBDA_RUNTIME_DIR": str(Path(__file__).parent),
        "_HANDLER": function.handler,
        "TZ": ":UTC",
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": os.pathsep.join(str(layer) for layer in function.layers),
        **function.environment,
    }


class LambdaEnvironment:
    """A function's process and its Runtime API. *on_ready* is called whenever it waits for an event, *on_end* once."""

    def __init__(
        self,
        function: Function,
        aws_url: str,
        processes: Processes,
        snapshots: Snapshots,
        log: Log,
        on_ready: Callable[[LambdaEnvironment], None],
        on_end: Callable[[LambdaEnvironment, FunctionError], None],
    ) -> None:
        self.function = function
        self.current: Invocation | None = None
        self.process: ForkedProcess | None = None
        self.idle_since: float | None = None
        self.ready_once = False
        self._aws_url = aws_url
        self._processes = processes
        self._snapshots = snapshots
        self._log = log
        self._on_ready = on_ready
        self._on_end = on_end
        self._api = RuntimeApi(self)
        self._given: asyncio.Future[Invocation] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._failure: FunctionError | None = None

    @property
    def state(self) -> str:
        if self.idle_since is not None:
            return "idle"
        return "busy" if self.current else "starting"

    def runs(self) -> bool:
        """Whether the process lives; the event loop hears of its end a moment later."""
        return self.process is not None and self.process.runs()

    async def run(self) -> None:
        """Start the process and stay until it has ended, by itself or by ``end``."""
        try:
            address = await self._api.start()
            environ = environment_variables(self.function, address, self._aws_url)
            async with asyncio.timeout(_INIT_SECONDS):
                self.process = await self._snapshots.start(self.function, environ, address)
            if not self.ready_once:  # else it has asked for its first event before this is told of its start
                self._set_timer(_INIT_SECONDS, "Sandbox.Timedout", "the function did not start")
            self._exited(await self.process.wait())
        except SnapshotEnded as ended:
            self._exited(ended.code)
        except TimeoutError:
            self._snapshots.forget(self.function)
            self._failure = FunctionError("Sandbox.Timedout", "the function did not start")
        except OSError as error:
            self._failure = FunctionError("Runtime.InvalidEntrypoint", error.strerror or "cannot start")
        finally:
            if self.process:
                self._processes.kill(self.process)
            self._stop_timer()
            self.idle_since = None
            failure = self._failure or FunctionError("Runtime.ExitError", "the stack was stopped")
            if self.current:
                self.current.fail(failure)
            self._on_end(self, failure)
            await self._api.close()
            if self.process:
                await self._processes.end(self.process)

    def _exited(self, code: int) -> None:
        cause = f"signal: {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"
        self._failure = self._failure or FunctionError("Runtime.ExitError", f"Runtime exited: {cause}")

    def give(self, invocation: Invocation) -> None:
        """Hand over the next event; only for an environment that is idle."""
        self.idle_since = None
        self.current = invocation
        if self._given and not self._given.done():
            self._given.set_result(invocation)

    def end(self) -> None:
        """Kill the process and what it started."""
        if self.process:
            self._processes.kill(self.process)

    async def next_invocation(self) -> tuple[Invocation, dict[str, str]]:
        self._stop_timer()
        if self.current:
            self.current.finish()
        self.current = None
        self.ready_once = True
        self._given = asyncio.get_running_loop().create_future()
        self.idle_since = time.monotonic()
        self._on_ready(self)
        invocation = await self._given
        timeout = self.function.timeout
        self._set_timer(timeout, "Sandbox.Timedout", f"Task timed out after {timeout:.2f} seconds")
        return invocation, {
            "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + timeout) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": function_arn(self.function.name),
        }

    def init_failed(self, error: FunctionError) -> None:
        self._failure = error

    def _set_timer(self, seconds: float, kind: str, message: str) -> None:
        def expire() -> None:
            invocation = self.current
            request_id = invocation.request_id if invocation else "init"
            self._log.write(self.function.name, f"{request_id} {message}")
            self._failure = FunctionError(kind, message)
            if invocation:
                invocation.fail(self._failure)
            self.end()

        self._timer = asyncio.get_running_loop().call_later(seconds, expire)

    def _stop_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
