"""A host that reads a prompt for long: its slot is free when it has stopped, and no prompt is sent to it twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from stepwise.answering.stream import live
from stepwise.answering.tasks import Presentation
from stepwise.config import Settings
from stepwise.coordination.slots import LEASE_SECONDS
from stepwise.errors import ModelTimeout, ModelUnavailable
from stepwise.ollama.port import Chunk, Finish, Prompt
from stepwise.text.tokens import estimate
from support.scene import PRESENTATION, FakeModel, Scene, answer, caller, look_up, plan_of, solution_of, work

READING = 90.0
TICK = 0.25
PROMPT_TOKENS = 300


class SlowHost(FakeModel):
    """Reads each new prompt for ``reading`` seconds, also when whoever sent it has gone."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene.clock)
        self.scene = scene
        self.reading = READING
        self.reads_until: dict[str, float] = {}
        self.sent_twice = 0
        self.most_at_once = 0
        self.fails: Exception | None = None

    def write(self, prompt: Prompt, deadline: float) -> Iterator[Any]:
        clock = self.scene.clock
        if clock() >= deadline:
            raise ModelTimeout
        text = str(prompt.messages) + prompt.prefill
        if text not in self.reads_until:
            self.reads_until[text] = clock() + self.reading
        elif self.reads_until[text] > clock():
            self.sent_twice += 1
        at_once = [until for until in self.reads_until.values() if until > clock()]
        self.most_at_once = max(self.most_at_once, len(at_once))
        while clock() < self.reads_until[text]:
            if self.fails is not None:
                raise self.fails
            if clock() >= deadline:
                raise ModelTimeout
            clock.advance(TICK)
            yield None
        yield from super().write(prompt, deadline)


@pytest.fixture
def scene() -> Scene:
    scene = Scene(Settings(model_slots=1, max_queued=5))
    scene.model = SlowHost(scene)
    scene.deps = scene.environment()
    measured(scene)
    return scene


def measured(scene: Scene, seconds: float = READING) -> None:
    """The host has read a prompt as long as the tests' own before."""
    assert scene.deps.shared is not None
    (message,) = plan_of().messages
    each = seconds / estimate(message["content"])
    scene.deps.shared.prompt_speed.learn("m", tokens=PROMPT_TOKENS, seconds=each * PROMPT_TOKENS)


def host(scene: Scene) -> SlowHost:
    assert isinstance(scene.model, SlowHost)
    return scene.model


def free(scene: Scene) -> int:
    assert scene.deps.shared is not None
    return scene.deps.shared.slots.free()


def test_an_answer_handed_over_before_its_first_token_is_not_asked_for_while_it_is_read(scene: Scene) -> None:
    reply = answer(scene.deps, plan_of(), PRESENTATION, caller(scene, wait=25))
    job_id = reply.body["id"]
    while scene.queue.messages:
        scene.clock.advance(1)
        work(scene)

    assert host(scene).sent_twice == 0
    assert len(host(scene).calls) == 2
    assert scene.deps.shared is not None
    job = look_up(scene.deps, scene.deps.shared, job_id, "partner-a", until=0, instance="i").body
    assert (job["status"], job["result"]["solution"]) == ("succeeded", solution_of("q"))


def test_the_slot_of_a_closed_call_is_free_only_when_the_host_has_read_its_prompt(scene: Scene) -> None:
    began = scene.clock()
    answer(scene.deps, plan_of(), PRESENTATION, caller(scene, wait=25))

    assert free(scene) == 0
    scene.clock.advance(began + READING - scene.clock())
    assert free(scene) == 0, "it was measured, but it may take longer this time"
    scene.clock.advance(READING)
    assert free(scene) == 1


def test_others_wait_for_the_slot_so_the_host_never_reads_more_than_its_slots(scene: Scene) -> None:
    for question in ("q", "r", "s"):
        answer(scene.deps, plan_of(question), PRESENTATION, caller(scene, wait=5))
    for _ in range(800):
        scene.clock.advance(1)
        work(scene)

    assert host(scene).most_at_once == 1
    assert host(scene).sent_twice == 0
    assert set(host(scene).produced) == {"q", "r", "s"}


def test_a_message_that_comes_too_early_comes_back_when_the_prompt_is_read(scene: Scene) -> None:
    answer(scene.deps, plan_of(), PRESENTATION, caller(scene, wait=25))
    (message,) = scene.queue.messages
    message.visible_at = scene.clock()

    work(scene)

    assert len(host(scene).calls) == 1
    (later,) = scene.queue.messages
    assert later.visible_at - scene.clock() >= READING - 25


def test_a_client_that_leaves_a_stream_before_its_first_token_leaves_the_slot_to_the_host(
    scene: Scene,
) -> None:
    with closing(live(scene.deps, plan_of(), Presentation.from_dict(PRESENTATION), caller(scene))) as pieces:
        for _ in range(20):
            next(pieces)

    assert free(scene) == 0
    scene.clock.advance(1.5 * READING)
    assert free(scene) == 1


def test_a_killed_owner_leaves_its_slot_to_the_host_and_its_run_to_whoever_comes_after(scene: Scene) -> None:
    stream = live(scene.deps, plan_of(), Presentation.from_dict(PRESENTATION), caller(scene))
    for _ in range(40):
        next(stream)
    scene.clock.advance(LEASE_SECONDS + 1)  # its owner gives no sign of life any more

    assert free(scene) == 0
    other = scene.environment()
    reply = answer(other, plan_of(), PRESENTATION, caller(scene, "partner-a", wait=20))

    assert reply.status == 202
    assert host(scene).sent_twice == 0
    stream.close()


def test_a_host_that_fails_before_its_first_token_reads_nothing_any_more(scene: Scene) -> None:
    host(scene).fails = ModelUnavailable()
    with pytest.raises(ModelUnavailable):
        answer(scene.deps, plan_of(), PRESENTATION, caller(scene, wait=25))

    assert free(scene) == 1


def test_a_call_that_wrote_something_leaves_a_free_slot(scene: Scene) -> None:
    host(scene).reading = 20.0
    reply = answer(scene.deps, plan_of(), PRESENTATION, caller(scene, wait=21))

    assert reply.status == 202
    assert scene.run["tokens"] > 0
    assert free(scene) == 1


def test_nothing_is_held_where_the_time_is_up_before_anything_is_sent(scene: Scene) -> None:
    answer(scene.deps, plan_of(), PRESENTATION, caller(scene, wait=0))

    assert host(scene).reads_until == {}
    assert free(scene) == 1
    (message,) = scene.queue.messages
    assert message.visible_at == scene.clock()


def test_a_host_that_was_never_measured_is_given_half_as_long_again(scene: Scene) -> None:
    unknown = Scene(Settings(model_slots=1, max_queued=5))
    unknown.model = SlowHost(unknown)
    unknown.deps = unknown.environment()
    answer(unknown.deps, plan_of(), PRESENTATION, caller(unknown, wait=20))

    assert free(unknown) == 0
    unknown.clock.advance(10 + TICK)
    assert free(unknown) == 1


def test_what_a_host_measured_is_learned_from_a_prompt_that_it_read_whole() -> None:
    scene = Scene()

    class Measures(FakeModel):
        def write(self, prompt: Prompt, deadline: float) -> Iterator[Chunk | Finish]:
            for event in super().write(prompt, deadline):
                yield Finish("stop", 200, 60, 0, 0, prompt_ms=4_000) if isinstance(event, Finish) else event

    scene.model = Measures(scene.clock)
    scene.deps = scene.environment()
    answer(scene.deps, plan_of(), PRESENTATION, caller(scene, wait=25))

    assert scene.deps.shared is not None
    assert scene.deps.shared.prompt_speed.seconds("m", 100) == pytest.approx(2.0)
