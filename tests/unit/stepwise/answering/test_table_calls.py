"""How often each kind of request goes to the table: its calls are made one after the other, so each is a round trip.

``tests/benchmarks/local/table_calls.py`` says what they consume.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from stepwise.answering.stream import live
from stepwise.answering.tasks import Presentation
from stepwise.answering.timings import TIMINGS
from stepwise.config import Settings
from support.scene import PRESENTATION, SECONDS_PER_TOKEN, Scene, answer, caller, plan_of, work

SHORT = 10
"""Tokens of an answer that is complete before its owner looks whether it is wanted any more."""


@pytest.fixture
def scene() -> Scene:
    scene = Scene(Settings(model_slots=4, max_queued=5), tokens=SHORT)
    answer(scene.environment(), plan_of("earlier"), PRESENTATION, caller(scene))
    return scene


@contextmanager
def calls(scene: Scene) -> Iterator[list[str]]:
    """The calls in the block; "model" stands where the model is asked."""
    noted = scene.table.calls
    noted.clear()
    generate = scene.model.generate

    def asked(*args: Any, **options: Any) -> Any:
        noted.append("model")
        return generate(*args, **options)

    scene.model.generate = asked  # type: ignore[method-assign]
    yield noted
    scene.model.generate = generate  # type: ignore[method-assign]


def ask(scene: Scene, question: str = "q", **preferences: Any) -> Any:
    plan = plan_of(question)
    return answer(scene.environment(), plan, PRESENTATION, caller(scene, **preferences))


def test_an_answer_in_memory_costs_no_call(scene: Scene) -> None:
    deps = scene.environment()
    answer(deps, plan_of(), PRESENTATION, caller(scene))

    with calls(scene) as noted:
        assert answer(deps, plan_of(), PRESENTATION, caller(scene)).body["cached"]

    assert noted == []


def test_an_answer_in_the_table_costs_one_call(scene: Scene) -> None:
    ask(scene)

    with calls(scene) as noted:
        assert ask(scene).body["cached"]

    assert noted == ["batch_get"]


def test_a_new_answer_costs_two_calls_before_the_model_and_one_after(scene: Scene) -> None:
    with calls(scene) as noted:
        assert ask(scene).status == 200

    assert noted == ["batch_get", "transact", "model", "transact"]


def test_so_does_a_streamed_one(scene: Scene) -> None:
    with calls(scene) as noted:
        presentation = Presentation.from_dict(PRESENTATION)
        list(live(scene.environment(), plan_of(), presentation, caller(scene)))

    assert noted == ["batch_get", "transact", "model", "transact"]


def test_so_does_one_that_is_not_shared(scene: Scene) -> None:
    with calls(scene) as noted:
        deps = scene.environment()
        answer(deps, plan_of(key="", store=False), PRESENTATION, caller(scene, no_store=True))

    assert noted == ["batch_get", "transact", "model", "transact"]


def test_so_does_one_in_a_fleet_of_a_thousand_slots() -> None:
    scene = Scene(Settings(model_slots=1_000), tokens=SHORT)
    ask(scene, "earlier")

    with calls(scene) as noted:
        assert ask(scene).status == 200

    assert noted == ["batch_get", "transact", "model", "transact"]


def test_a_save_is_one_call_and_a_look_is_one(scene: Scene) -> None:
    saves = 2
    seconds = saves * TIMINGS.save + TIMINGS.check / 2
    longer = Scene(scene.settings, tokens=round(seconds / SECONDS_PER_TOKEN))
    ask(longer, "earlier")

    with calls(longer) as noted:
        assert ask(longer).status == 200

    between = noted[noted.index("model") + 1 : -1]
    assert between == ["get", "get", "transact"] * saves


def test_one_that_joins_another_costs_two_calls_before_it_waits(scene: Scene) -> None:
    found: list[list[str]] = []

    def join(number: int) -> None:
        if number == 1:
            with calls(scene) as noted:
                ask(scene, wait=0.0)
                found.append(list(noted))

    scene.model.at_token = join
    ask(scene)

    assert found[0][:3] == ["batch_get", "update", "get"]
    assert "model" not in found[0]


def test_a_worker_asks_the_model_after_three_calls_and_ends_with_one(scene: Scene) -> None:
    ask(scene, respond_async=True)

    with calls(scene) as noted:
        deps = scene.environment()
        assert deps.shared is not None
        deps.shared.first_read.read("", "m", slot=False)  # what an environment reads once a minute
        noted.clear()
        work(scene, deps=deps)

    assert noted == ["batch_get", "query", "transact", "model", "transact"]
