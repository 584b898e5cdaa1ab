"""How an invocation that failed ends for who waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from stepwise_local.functions.invocation import FunctionError, Invocation


@contextmanager
def passing_on() -> Iterator[None]:
    yield


def test_a_failure_passes_through_a_context_manager_as_itself() -> None:
    with pytest.raises(FunctionError) as caught, passing_on():
        raise FunctionError("Sandbox.Timedout", "Task timed out")

    assert (caught.value.kind, caught.value.message) == ("Sandbox.Timedout", "Task timed out")


def test_who_reads_gets_what_came_and_then_the_failure() -> None:
    async def read() -> list[bytes]:
        invocation = Invocation(b"{}")
        await invocation.feed(b"half")
        invocation.fail(FunctionError("Runtime.ExitError", "it died"))
        invocation.fail(FunctionError("Runtime.Second", "too late"))
        chunks = invocation.chunks()
        first = await anext(chunks)
        with pytest.raises(FunctionError, match="it died"):
            await anext(chunks)
        return [first]

    assert asyncio.run(read()) == [b"half"]
