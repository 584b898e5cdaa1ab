"""A deployment in one process, on the real clock: the client of a real host, a table in memory, a queue that is a list."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from stepwise.answering.dependencies import Dependencies
from stepwise.answering.tasks import Presentation
from stepwise.answering.worker import Message, process_message
from stepwise.api.endpoint import respond
from stepwise.api.reply import Reply
from stepwise.config import Settings
from stepwise.coordination.coordination import Coordination, coordination
from stepwise.plan import Plan
from stepwise.storage.answer_cache import AnswerCache
from support.hosts.generations import client_of
from support.scene import PRESENTATION, FakeQueue, Scene, caller, plan_of
from support.tables import MemoryTable

__all__ = ["MODEL", "RealTime", "question_of", "real_time"]

MODEL = "phi4-mini-reasoning"


@dataclass
class RealTime:
    """``ask`` is a request, ``work`` a worker; both may be called from any thread."""

    deps: Dependencies
    shared: Coordination
    table: MemoryTable
    queue: FakeQueue
    scene: Scene = field(default_factory=Scene)

    def ask(self, plan: Plan, wait: float) -> Reply:
        who = replace(caller(self.scene, wait=wait), started=time.monotonic())
        return respond(self.deps, plan, Presentation.from_dict(PRESENTATION), who)

    def plan(self, question: str, **changes: Any) -> Plan:
        return plan_of(question, model=MODEL, **changes)

    def work(self, seconds: float = 20.0) -> None:
        """Let one worker after the other have what is due, until there are no messages."""
        end = time.monotonic() + seconds
        while self.queue.messages and time.monotonic() < end:
            for message in [each for each in self.queue.messages if each.visible_at <= time.time()]:
                self.queue.messages.remove(message)
                process_message(
                    self.deps,
                    self.shared,
                    Message(message.run_id, lambda _: None, message.fence),
                    remaining=lambda: 60.0,
                )
            time.sleep(0.02)

    def runs(self) -> list[Any]:
        return [item for item in self.table.items() if item["sk"] == "run"]


@contextmanager
def real_time(host: str, *, slots: int) -> Iterator[RealTime]:
    """A deployment before the model host at *host*."""
    settings = Settings(ollama_host=host, model_slots=slots, max_queued=2 * slots + 9)
    table, queue = MemoryTable(), FakeQueue(time.time)  # type: ignore[arg-type]
    shared = coordination(table, queue, settings, clock=time.time)  # type: ignore[arg-type]
    with client_of(host, idle_timeout=10.0) as model:
        deps = replace(
            Scene(settings).deps,
            model=model,
            cache=AnswerCache(table, ttl_seconds=60, timeout=5.0),
            shared=shared,
            monotonic=time.monotonic,
            clock=time.time,
            sleep=time.sleep,
        )
        yield RealTime(deps, shared, table, queue)


def question_of(body: dict[str, Any]) -> str:
    """The question of :func:`support.scene.plan_of` in a call to the model host."""
    return str(body["messages"][0]["content"]).split("@")[1]
