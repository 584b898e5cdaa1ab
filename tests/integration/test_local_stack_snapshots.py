"""Environments are forked from a process that has imported their function."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import sys
import textwrap
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from stepwise_local.functions.forking import Snapshots
from stepwise_local.functions.invocation import FunctionError, Invocation
from stepwise_local.functions.pool import Functions
from stepwise_local.processes.log import Log
from stepwise_local.processes.processes import Processes
from stepwise_local.template.model import Function
from support.toy_stack import alive

type Use = Callable[[Functions], Awaitable[None]]

SAYS = """
    import os, random, time
    imported_by = os.getpid()

    def handler(event, context):
        time.sleep(event.get("sleep", 0))
        print("x" * event.get("print", 0))
        return {"pid": os.getpid(), "imported_by": imported_by, "parent": os.getppid(), "chance": random.random(),
                "group": os.getpgid(0), "api": os.environ["AWS_LAMBDA_RUNTIME_API"], "setting": os.environ["SETTING"]}
"""
THREADED = (
    SAYS
    + """
    import threading
    threading.Thread(target=threading.Event().wait, daemon=True).start()
"""
)


@pytest.fixture
def log() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def run(tmp_path: Path, log: io.StringIO) -> Callable[..., None]:
    """Runs a coroutine with the functions ``One`` and ``Two``, which have the same code."""

    def run(code: str, use: Use, **environment: str) -> None:
        (tmp_path / "handler.py").write_text(textwrap.dedent(code))
        functions = [
            Function(name, tmp_path, "handler.handler", {"SETTING": name, **environment}, timeout=20.0)
            for name in ("One", "Two")
        ]

        async def main() -> None:
            lines = Log(log)
            async with Processes(lines) as processes:
                snapshots = Snapshots(processes, lines)
                running = Functions(functions, "http://127.0.0.1:9", processes, snapshots, lines)
                try:
                    await use(running)
                finally:
                    await running.stop()
                    await snapshots.close()
                    await lines.close()

        asyncio.run(main())

    return run


async def busy(functions: Functions) -> tuple[Invocation, int]:
    """An invocation that takes long, and the process that has it."""
    invocation = functions.invoke("One", b'{"sleep": 20}')
    while True:
        for one in functions.environments():
            if one["request_id"] == invocation.request_id:
                return invocation, one["pid"]
        await asyncio.sleep(0.01)


async def call(functions: Functions, name: str = "One", **event: Any) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(await functions.invoke(name, json.dumps(event).encode()).read())
    return answer


def test_each_environment_is_a_copy_with_its_own_chance_group_and_address(run: Callable[..., None]) -> None:
    async def use(functions: Functions) -> None:
        first, second = await asyncio.gather(*(call(functions, sleep=0.5) for _ in range(2)))
        other = await call(functions, "Two")
        assert first["imported_by"] == second["imported_by"] == first["parent"] == second["parent"]
        assert other["imported_by"] != first["imported_by"]
        for name in ("pid", "group", "chance", "api"):
            assert first[name] != second[name]
        assert first["group"] == first["pid"]
        assert (first["setting"], other["setting"]) == ("One", "Two")

    run(SAYS, use)


def test_long_lines_of_environments_at_work_together_stay_whole(
    run: Callable[..., None], log: io.StringIO
) -> None:
    async def use(functions: Functions) -> None:
        await asyncio.gather(*(call(functions, "One", sleep=0.2, print=200_000) for _ in range(3)))

    run(SAYS, use)
    assert log.getvalue().splitlines().count(f"One | {'x' * 200_000}") == 3


def test_an_environment_that_was_killed_fails_its_invocation_only(run: Callable[..., None]) -> None:
    async def use(functions: Functions) -> None:
        before = await call(functions)
        killed, pid = await busy(functions)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(FunctionError) as caught:
            await killed.read()
        assert (caught.value.kind, caught.value.message) == (
            "Runtime.ExitError",
            "Runtime exited: signal: SIGKILL",
        )
        assert (await call(functions))["imported_by"] == before["imported_by"]

    run(SAYS, use)


def test_a_snapshot_that_was_killed_takes_its_environments_along_and_another_is_made(
    run: Callable[..., None],
) -> None:
    async def use(functions: Functions) -> None:
        before = await call(functions)
        lost, _ = await busy(functions)
        os.kill(before["parent"], signal.SIGKILL)
        with pytest.raises(FunctionError):
            await lost.read()
        after = await call(functions)
        assert not alive(before["pid"])
        assert after["parent"] not in (before["parent"], os.getpid())

    run(SAYS, use)


def test_a_function_that_starts_a_thread_while_it_is_imported_has_that_thread(
    run: Callable[..., None],
) -> None:
    async def use(functions: Functions) -> None:
        answer = await call(functions)
        assert answer["imported_by"] == answer["pid"]

    run(THREADED, use)


@pytest.mark.parametrize(
    ("code", "kind", "message"),
    [
        ("import no_such_module", "Runtime.ImportModuleError", "no_such_module"),
        ("import os\nos._exit(7)", "Runtime.ExitError", "exit status 7"),
        ("import sys\nsys.exit(7)", "Runtime.ExitError", "exit status 7"),
        ("def handler(event, context): raise LookupError", "LookupError", ""),
    ],
)
def test_a_function_that_fails_says_what_it_was(
    run: Callable[..., None], code: str, kind: str, message: str
) -> None:
    async def use(functions: Functions) -> None:
        with pytest.raises(FunctionError) as caught:
            await call(functions)
        assert caught.value.kind == kind
        assert message in caught.value.message

    run(code, use)


@pytest.mark.parametrize(
    ("script", "setting"),
    [
        ('export SETTING=wrapped\nexec "$@"', "wrapped"),
        ('echo said before\nSETTING=odd exec "$@"', "odd"),
        ('shift\nSETTING=other exec python3.13 "$@"', "other"),
    ],
    ids=["plain", "talkative", "another interpreter"],
)
def test_a_wrapper_script_is_honoured(
    run: Callable[..., None], tmp_path: Path, script: str, setting: str
) -> None:
    wrapper = tmp_path / "wrapper"
    wrapper.write_text(f"#!/bin/sh\n{script}\n")
    wrapper.chmod(0o755)

    async def use(functions: Functions) -> None:
        assert (await call(functions))["setting"] == setting

    run(SAYS, use, AWS_LAMBDA_EXEC_WRAPPER=str(wrapper), PATH=f"{Path(sys.executable).parent}:/usr/bin:/bin")


def test_a_stack_that_ends_while_a_wrapper_script_runs_leaves_nothing_of_it(
    run: Callable[..., None], tmp_path: Path
) -> None:
    wrapper, told = tmp_path / "wrapper", tmp_path / "pid"
    wrapper.write_text(f"#!/bin/sh\necho $$ > {told}.new\nmv {told}.new {told}\nexec sleep 60\n")
    wrapper.chmod(0o755)

    async def use(functions: Functions) -> None:
        functions.invoke("One", b"{}")
        while not told.exists():
            await asyncio.sleep(0.01)
        await functions.stop()
        assert not Path(f"/proc/{told.read_text().strip()}").exists(), "it was killed, and waited for"

    run(SAYS, use, AWS_LAMBDA_EXEC_WRAPPER=str(wrapper), PATH="/usr/bin:/bin")


def test_a_wrapper_script_that_is_not_there_is_an_error(run: Callable[..., None]) -> None:
    async def use(functions: Functions) -> None:
        with pytest.raises(FunctionError) as caught:
            await call(functions)
        assert caught.value.kind == "Runtime.InvalidEntrypoint"

    run(SAYS, use, AWS_LAMBDA_EXEC_WRAPPER="/nowhere")


LOGS = """
    import logging

    class Once(logging.Filter):
        def filter(self, record):
            return record.name != "own"

    own = logging.getLogger("own")
    own.addHandler(logging.StreamHandler())
    for handler in logging.getLogger().handlers:
        handler.addFilter(Once())

    def handler(event, context):
        own.error("by its own handler")
        logging.getLogger("other").error("by the runtime's")
        return {}
"""


def test_what_a_function_tells_the_runtimes_log_handler_while_it_is_imported_holds(
    run: Callable[..., None], log: io.StringIO
) -> None:
    async def use(functions: Functions) -> None:
        await call(functions)

    run(LOGS, use)
    assert log.getvalue().count("by its own handler") == 1
    assert log.getvalue().count("by the runtime's") == 1
