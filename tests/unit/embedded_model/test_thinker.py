"""The worker process of the embedded model: late, dead, or asked twice at once."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

import pytest
from embedded_model.server.thinker import Thinker, WorkerDied
from embedded_model.values.message import Message

_READY = "import sys,json,os\nprint(json.dumps('ready'),flush=True)\n"
_QUESTION = (Message("user", "What is 1 + 1?"),)


def _thinker(script: str, *, time_limit: float = 20.0) -> Thinker:
    return Thinker(time_limit=time_limit, late=_late, command=(sys.executable, "-c", _READY + script))


def _late(messages: Sequence[Message]) -> str:
    return f"too late for {messages[0].content}"


def test_a_question_that_takes_too_long_is_given_up_and_the_next_gets_a_new_worker() -> None:
    async def scene() -> tuple[str, str, str]:
        # Only "quick" is ever answered.
        thinker = _thinker(
            "for line in sys.stdin:\n"
            "    while 'quick' not in line: pass\n"
            "    print(json.dumps('done'),flush=True)\n",
            time_limit=0.2,
        )
        try:
            first = await thinker.answer(_QUESTION)
            again = await thinker.answer(_QUESTION)
            second = await thinker.answer((Message("user", "quick"),))
        finally:
            await thinker.stop()
        return first, again, second

    assert asyncio.run(scene()) == ("too late for What is 1 + 1?", "too late for What is 1 + 1?", "done")


def test_a_worker_that_dies_is_an_error_of_that_question_only() -> None:
    async def scene() -> str:
        thinker = _thinker(
            "for line in sys.stdin:\n"
            "    if 'die' in line: os._exit(1)\n"
            "    print(json.dumps('alive'),flush=True)\n"
        )
        try:
            with pytest.raises(WorkerDied):
                await thinker.answer((Message("user", "die"),))
            return await thinker.answer(_QUESTION)
        finally:
            await thinker.stop()

    assert asyncio.run(scene()) == "alive"


def test_the_same_question_at_the_same_time_is_thought_about_once() -> None:
    async def scene() -> tuple[list[str], str]:
        thinker = _thinker(
            "for number, line in enumerate(sys.stdin):\n    print(json.dumps(str(number)),flush=True)\n"
        )
        try:
            together = await asyncio.gather(*(thinker.answer(_QUESTION) for _ in range(5)))
            other = await thinker.answer((Message("user", "another"),))
        finally:
            await thinker.stop()
        return together, other

    assert asyncio.run(scene()) == (["0"] * 5, "1")


def test_a_caller_that_goes_away_leaves_the_worker_in_order() -> None:
    async def scene() -> str:
        thinker = _thinker(
            "for line in sys.stdin:\n    print(json.dumps(json.loads(line)[0][1]),flush=True)\n"
        )
        try:
            leaving = asyncio.create_task(thinker.answer(_QUESTION))
            await asyncio.sleep(0)
            leaving.cancel()
            return await thinker.answer((Message("user", "second"),))
        finally:
            await thinker.stop()

    assert asyncio.run(scene()) == "second"
