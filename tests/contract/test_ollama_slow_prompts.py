"""A host that reads a prompt for long, and does not notice meanwhile that whoever sent it has gone."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import Any

import pytest
from stepwise.answering.tasks import Presentation
from stepwise.answering.worker import Message, process_message
from stepwise.api.endpoint import respond
from stepwise.config import Settings
from stepwise.coordination.coordination import coordination
from stepwise.errors import ModelTimeout
from stepwise.storage.answer_cache import AnswerCache
from support.hosts.generations import client_of, outcome, prompt_of
from support.hosts.model_host import Fault, ModelHost
from support.scene import PRESENTATION, FakeQueue, Scene, answer_to, caller, plan_of
from support.tables import MemoryTable

LONG = "How much is it? " * 20
EACH = 0.006


def test_a_silence_as_long_as_the_prompt_is_read_is_waited_for() -> None:
    with ModelHost(seconds_per_prompt_token=EACH) as host, client_of(host.url, idle_timeout=0.2) as client:
        patient = outcome(client, prompt_of(LONG, reading_seconds=2.0))
        assert patient.error is None
        assert patient.finish.prompt_ms >= 1000 * EACH * len(LONG.split()) * 0.9

        impatient = outcome(client, prompt_of(LONG + "And that?"))
        assert isinstance(impatient.error, ModelTimeout)
        assert impatient.error.reason == "silence"


def test_once_the_host_writes_a_silence_is_as_short_as_ever() -> None:
    with ModelHost() as host, client_of(host.url, idle_timeout=0.3) as client:
        host.faults.append(Fault("silence", after=2))
        silent = outcome(client, prompt_of(reading_seconds=60.0))
    assert silent.error is not None
    assert silent.seconds < 2


@pytest.mark.parametrize("slots", [1, 2])
def test_no_prompt_is_sent_again_while_the_host_reads_it_and_none_above_its_slots(slots: int) -> None:
    """A request's time is up while its prompt is read; a worker goes on when the host can have it."""
    scene = _real_scene(slots)
    with ModelHost(lambda body: answer_to(_question(body)), seconds_per_prompt_token=0.3) as host:
        client = client_of(host.url, model_slots=slots)
        deps = replace(scene.deps, model=client, monotonic=time.monotonic, clock=time.time, sleep=time.sleep)
        questions = [f"q{number}" for number in range(slots + 1)]
        requests = [threading.Thread(target=_asked, args=(deps, scene, question)) for question in questions]
        for request in requests:
            request.start()
        for request in requests:
            request.join(10)
        end = time.monotonic() + 20
        while scene.queue.messages and time.monotonic() < end:
            _work(deps, scene)
            time.sleep(0.05)

        assert host.read_twice == 0
        assert host.peak <= slots
        assert host.aborted >= 1, "a call was closed while its prompt was read"
        runs = [item for item in scene.table.items() if item["sk"] == "run"]
        assert {run["status"] for run in runs} == {"succeeded"}
        client.close()


def _real_scene(slots: int) -> Scene:
    scene = Scene(Settings(model_slots=slots, max_queued=9))
    scene.table, scene.queue = MemoryTable(), FakeQueue(time.time)  # type: ignore[arg-type]
    shared = coordination(scene.table, scene.queue, scene.settings, clock=time.time)  # type: ignore[arg-type]
    shared.prompt_speed.learn("phi4-mini-reasoning", tokens=100, seconds=30.0)
    cache = AnswerCache(scene.table, ttl_seconds=60, timeout=5.0)
    scene.deps = replace(scene.deps, shared=shared, cache=cache)
    return scene


def _asked(deps: Any, scene: Scene, question: str) -> None:
    plan = plan_of(question, model="phi4-mini-reasoning")
    who = replace(caller(scene, wait=0.4), started=time.monotonic())
    assert respond(deps, plan, Presentation.from_dict(PRESENTATION), who).status == 202


def _work(deps: Any, scene: Scene) -> None:
    for message in [each for each in scene.queue.messages if each.visible_at <= time.time()]:
        scene.queue.messages.remove(message)
        process_message(
            deps, deps.shared, Message(message.run_id, lambda _: None, message.fence), remaining=lambda: 60.0
        )


def _question(body: dict[str, Any]) -> str:
    return str(body["messages"][0]["content"]).split("@")[1]
