"""A worker carries a run on, to its end or to the next hand-over, and never loses one."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from typing import Any

import pytest
from stepwise.answering.joining import begin
from stepwise.answering.timings import TIMINGS
from stepwise.answering.work import Progress
from stepwise.answering.worker import Message, fail_dead_letter, process_message
from stepwise.config import Settings
from stepwise.coordination.jobs import new_job_id
from stepwise.coordination.places import NOWHERE, QueuePlace
from stepwise.coordination.slots import LEASE_SECONDS
from stepwise.coordination.transitions import Held
from stepwise.errors import GenerationBroken, ModelTimeout, ModelUnavailable
from stepwise.storage.table import TableUnavailable
from stepwise.storage.work_queue import QueueUnavailable
from support.scene import (
    PRESENTATION,
    Scene,
    answer,
    answer_to,
    caller,
    cancel_job,
    look_up,
    plan_of,
    solution_of,
    take_slot,
    work,
)
from support.tables import Crash

WHOLE = len(answer_to("q"))


@pytest.fixture
def scene() -> Scene:
    return Scene()


def job_on(scene: Scene, question: str = "q", partner: str = "partner-a", **prefer: Any) -> str:
    """A job that waits for a worker."""
    who = caller(scene, partner, **(prefer or {"respond_async": True}))
    job_id: str = answer(scene.environment(), plan_of(question), PRESENTATION, who).body["id"]
    return job_id


def status(scene: Scene, job_id: str, partner: str = "partner-a") -> Any:
    assert scene.deps.shared is not None
    return look_up(scene.deps, scene.deps.shared, job_id, partner, until=0, instance="i").body


def receive(
    scene: Scene, *, remaining: float = 900.0, hold: Callable[[float], None] = lambda _: None
) -> None:
    """Let a worker have the oldest message, which stays in the queue when it fails."""
    message = scene.queue.messages[0]
    end = scene.clock() + remaining
    deps = scene.environment()
    assert deps.shared is not None
    process_message(
        deps, deps.shared, Message(message.run_id, hold, message.fence), remaining=lambda: end - scene.clock()
    )
    scene.queue.messages.remove(message)


def after_tokens(scene: Scene, number: int, happens: Callable[[], object]) -> None:
    """Let something happen once, before token *number* of a generation."""

    def at(written: int) -> None:
        if written == number:
            scene.model.at_token = lambda _: None
            happens()

    scene.model.at_token = at


def nothing_is_taken(scene: Scene) -> bool:
    return not scene.items("slots") and not scene.items("queue")


def _raise(error: BaseException) -> None:
    raise error


def test_a_job_that_waits_is_carried_to_its_end(scene: Scene) -> None:
    job_id = job_on(scene)

    receive(scene)

    assert status(scene, job_id)["result"]["solution"] == solution_of("q")
    assert nothing_is_taken(scene)
    assert scene.queue.messages == []


def test_an_answer_of_a_worker_is_in_the_cache(scene: Scene) -> None:
    job_on(scene)
    receive(scene)

    assert answer(scene.environment(), plan_of(), PRESENTATION, caller(scene)).body["cached"] is True


def test_a_worker_that_runs_out_of_time_hands_over_to_the_next(scene: Scene) -> None:
    job_id = job_on(scene)

    receive(scene, remaining=16.0)
    assert status(scene, job_id)["status"] == "queued"
    assert 0 < status(scene, job_id)["progress"]["completion_tokens"] < WHOLE
    assert not scene.items("slots")
    receive(scene)

    assert status(scene, job_id)["status"] == "succeeded"
    assert scene.model.produced["q"] == WHOLE


def test_a_setting_can_bound_what_one_worker_does(scene: Scene) -> None:
    scene.settings = Settings(model_slots=2, max_queued=5, generation_timeout=1.0)
    job_on(scene)

    receive(scene)

    assert scene.run["status"] == "queued"
    assert scene.model.produced["q"] in (20, 21)


def test_a_killed_worker_costs_what_it_had_not_saved_and_no_more() -> None:
    scene = Scene(tokens=400)
    job_id = job_on(scene)
    after_tokens(scene, 150, lambda: _raise(Crash()))
    with pytest.raises(Crash):
        receive(scene)

    scene.clock.advance(TIMINGS.message_hold)
    work(scene)

    assert status(scene, job_id)["result"]["solution"] == solution_of("q", 400)
    lost = scene.model.produced["q"] - len(answer_to("q", 400))
    assert 0 < lost <= 4 * 20, "four seconds at twenty tokens a second"


def test_the_message_of_a_run_that_somebody_works_on_comes_back_after_the_lease(scene: Scene) -> None:
    job_on(scene)
    message = scene.queue.messages[0]
    assert scene.deps.shared is not None
    scene.deps.shared.runs.take(message.run_id)
    for _ in range(scene.settings.model_slots):
        take_slot(scene.deps.shared)
    begun = scene.clock()

    receive(scene)

    assert scene.clock() == begun, "a run that is owned needs no second slot"
    (again,) = scene.queue.messages
    assert LEASE_SECONDS <= again.visible_at - scene.clock() <= LEASE_SECONDS + 2
    assert scene.model.calls == []


@pytest.mark.parametrize("owned", [True, False])
def test_no_message_is_sent_for_a_run_that_is_older_than_a_day(scene: Scene, owned: bool) -> None:
    job_id = job_on(scene)
    message = scene.queue.messages[0]
    assert scene.deps.shared is not None
    scene.clock.advance(TIMINGS.longest_run + 1)
    if owned:
        scene.deps.shared.runs.take(message.run_id)
    for _ in range(scene.settings.model_slots):
        take_slot(scene.deps.shared)

    receive(scene, remaining=20.0)

    assert scene.queue.messages == []
    assert status(scene, job_id)["status"] == ("running" if owned else "failed")


def test_a_message_that_is_quicker_than_its_hand_over_waits_for_it(scene: Scene) -> None:
    deps = scene.environment()
    assert deps.shared is not None
    begun = begin(deps, deps.shared, plan_of(), group="g", waiter_id=new_job_id(), since=scene.clock())
    ownership = begun.ownership
    assert ownership is not None
    scene.queue.send(begun.run.id, "g", fence=begun.run.fence)

    def hand_over_now(_: float) -> None:
        if scene.run["status"] == "running":
            held = Held(QueuePlace(NOWHERE, begun.run.id, 0))
            deps.shared.transitions.hand_over(begun.run, Progress().as_dict(), held, tokens=0, advanced=False)  # type: ignore[union-attr]

    scene.clock.sleep = hand_over_now  # type: ignore[method-assign,assignment]
    receive(scene)

    assert scene.run["status"] == "succeeded"


def test_a_second_delivery_of_a_message_changes_nothing(scene: Scene) -> None:
    job_id = job_on(scene)
    message = scene.queue.messages[0]
    scene.queue.send(message.run_id, message.group)
    receive(scene)
    receive(scene)

    assert status(scene, job_id)["status"] == "succeeded"
    assert scene.model.produced["q"] == WHOLE
    assert scene.queue.messages == []


def test_a_cancelled_job_is_not_begun(scene: Scene) -> None:
    job_id = job_on(scene)
    assert scene.deps.shared is not None
    cancel_job(scene.deps.shared, job_id, "partner-a", instance="i")

    receive(scene)

    assert scene.model.calls == []
    assert nothing_is_taken(scene)


def test_cancelling_stops_the_generation_within_two_seconds(scene: Scene) -> None:
    job_id = job_on(scene)
    cancelled_at: list[float] = []

    def cancel() -> None:
        assert scene.deps.shared is not None
        cancel_job(scene.deps.shared, job_id, "partner-a", instance="i")
        cancelled_at.append(scene.clock())

    after_tokens(scene, 10, cancel)
    receive(scene)

    assert scene.clock() - cancelled_at[0] <= 2.0
    assert status(scene, job_id)["status"] == "cancelled"
    assert scene.model.running == 0
    assert nothing_is_taken(scene)


def test_a_late_worker_changes_nothing_after_another_one_has_taken_over(scene: Scene) -> None:
    job_id = job_on(scene)

    def stall() -> None:
        scene.clock.advance(LEASE_SECONDS + 1)
        scene.queue.send(scene.queue.messages[0].run_id, "g")
        work(scene)
        assert status(scene, job_id)["status"] == "succeeded"

    after_tokens(scene, 10, stall)
    before = scene.queue.messages[0]
    receive_and_keep(scene, before.run_id)

    assert status(scene, job_id)["result"]["solution"] == solution_of("q")
    assert nothing_is_taken(scene)


def test_a_late_worker_leaves_a_message_behind_should_the_next_owner_die(scene: Scene) -> None:
    """The next owner came by a second delivery of the message that the late one is about to delete."""
    job_id = job_on(scene)
    run_id = scene.queue.messages[0].run_id

    def stall_and_let_the_next_one_die() -> None:
        scene.clock.advance(LEASE_SECONDS + 1)
        after_tokens(scene, 3, lambda: _raise(Crash()))
        with pytest.raises(Crash):
            receive_and_keep(scene, run_id)

    after_tokens(scene, 10, stall_and_let_the_next_one_die)
    receive(scene)

    assert scene.queue.messages != []
    for _ in range(3):
        scene.clock.advance(LEASE_SECONDS + 2)
        work(scene)
    assert status(scene, job_id)["status"] == "succeeded"


def receive_and_keep(scene: Scene, run_id: str) -> None:
    deps = scene.environment()
    assert deps.shared is not None
    process_message(deps, deps.shared, Message(run_id, lambda _: None), remaining=lambda: 900.0)


def test_a_worker_whose_slot_has_gone_hands_its_run_over(scene: Scene) -> None:
    scene.settings = Settings(model_slots=1, max_queued=5)
    scene = Scene(scene.settings, tokens=400)
    job_id = job_on(scene)

    def lose_the_slot() -> None:
        (slot,) = scene.items("slots")
        scene.table.put({**slot, "owner": "somebody else"})

    after_tokens(scene, 30, lose_the_slot)
    receive(scene)

    assert scene.run["status"] == "queued"
    assert scene.items("slots")[0]["owner"] == "somebody else"
    assert scene.queue.messages != []
    scene.clock.advance(LEASE_SECONDS + 1)
    work(scene)
    assert status(scene, job_id)["status"] == "succeeded"


def test_a_worker_waits_for_a_slot(scene: Scene) -> None:
    job_id = job_on(scene)
    assert scene.deps.shared is not None
    for _ in range(scene.settings.model_slots):
        take_slot(scene.deps.shared)

    receive(scene)

    assert status(scene, job_id)["status"] == "succeeded"


def test_a_worker_without_patience_for_a_slot_sends_the_message_again(scene: Scene) -> None:
    job_id = job_on(scene)
    assert scene.deps.shared is not None
    for _ in range(scene.settings.model_slots):
        take_slot(scene.deps.shared)

    receive(scene, remaining=17.0)

    assert status(scene, job_id)["status"] == "queued"
    assert len(scene.queue.messages) == 1


# Illness of the model host


def test_when_the_model_host_is_gone_the_run_waits_and_goes_on_when_it_is_back(scene: Scene) -> None:
    job_id = job_on(scene)
    after_tokens(scene, 20, lambda: _raise(ModelUnavailable(retry_after=5)))

    receive(scene)
    assert status(scene, job_id)["status"] == "queued"
    scene.clock.advance(60)
    work(scene)

    assert status(scene, job_id)["status"] == "succeeded"
    assert scene.model.produced["q"] == WHOLE


def test_pauses_grow_while_the_model_host_stays_away_and_end_in_a_failure(scene: Scene) -> None:
    job_id = job_on(scene)
    scene.model.at_token = lambda _: _raise(ModelUnavailable(retry_after=5))
    pauses = []
    while scene.queue.messages:
        scene.clock.advance(max(0.0, scene.queue.messages[0].visible_at - scene.clock()))
        sent = scene.clock()
        receive(scene)
        pauses += [message.visible_at - sent for message in scene.queue.messages]

    assert pauses == sorted(pauses)
    assert pauses[-1] == 60.0
    assert sum(pauses) > 180, "a host that restarts is waited for"
    body = status(scene, job_id)
    assert (body["status"], body["error"]["code"]) == ("failed", "model_unavailable")
    assert nothing_is_taken(scene)


def test_a_host_that_breaks_every_answer_off_fails_the_job_in_the_end(scene: Scene) -> None:
    job_id = job_on(scene)
    scene.model.at_token = lambda number: _raise(GenerationBroken()) if number == 1 else None
    for _ in range(40):
        scene.clock.advance(61)
        work(scene)

    body = status(scene, job_id)
    assert (body["status"], body["error"]["code"]) == ("failed", "model_error")
    assert nothing_is_taken(scene)


def test_a_host_that_stays_silent_fails_the_job_after_three_attempts(scene: Scene) -> None:
    job_id = job_on(scene)
    scene.model.at_token = lambda _: _raise(ModelTimeout())
    for _ in range(10):
        scene.clock.advance(61)
        work(scene)

    error = status(scene, job_id)["error"]
    assert error["code"] == "model_timeout"
    assert "strict" not in error["detail"]
    assert len(scene.model.calls) == 3


# Failed for good


def test_what_kills_its_worker_every_time_is_given_up(scene: Scene) -> None:
    job_id = job_on(scene)
    scene.model.at_token = lambda _: _raise(Crash())
    for _ in range(8):
        with pytest.raises(Crash):
            receive(scene)
        scene.clock.advance(TIMINGS.message_hold)
    receive(scene)

    body = status(scene, job_id)
    assert (body["status"], body["error"]["code"]) == ("failed", "internal_error")
    assert nothing_is_taken(scene)


def test_a_dead_letter_fails_the_job_and_says_why(scene: Scene) -> None:
    job_id = job_on(scene)
    assert scene.deps.shared is not None

    fail_dead_letter(scene.deps, scene.deps.shared, scene.queue.messages.pop().run_id)

    body = status(scene, job_id)
    assert (body["status"], body["error"]["status"], body["error"]["code"]) == (
        "failed",
        500,
        "internal_error",
    )
    assert body["error"]["instance"] == "i"
    assert nothing_is_taken(scene)
    assert scene.items("flight#") == []


def test_a_dead_letter_of_a_run_that_somebody_works_on_does_it_no_harm(scene: Scene) -> None:
    job_id = job_on(scene)
    assert scene.deps.shared is not None
    run_id = scene.queue.messages.pop().run_id
    scene.deps.shared.runs.take(run_id)
    place = scene.items("queue")

    fail_dead_letter(scene.deps, scene.deps.shared, run_id)

    assert status(scene, job_id)["status"] == "running"
    assert scene.items("queue") == place
    assert len(scene.queue.messages) == 1


def test_a_dead_letter_of_an_ended_run_changes_nothing(scene: Scene) -> None:
    job_id = job_on(scene)
    run_id = scene.queue.messages[0].run_id
    receive(scene)
    assert scene.deps.shared is not None

    fail_dead_letter(scene.deps, scene.deps.shared, run_id)

    assert status(scene, job_id)["status"] == "succeeded"


def test_a_run_whose_plan_is_gone_fails_instead_of_waiting_for_ever(scene: Scene) -> None:
    job_id = job_on(scene)
    scene.table.delete(f"run#{scene.queue.messages[0].run_id}", "plan")

    receive(scene)

    assert status(scene, job_id)["status"] == "failed"
    assert nothing_is_taken(scene)


def test_a_message_of_a_run_that_is_gone_has_had_its_use(scene: Scene) -> None:
    scene.queue.send("no such run", "g")

    receive(scene)

    assert scene.queue.messages == []


# The message, the table and the queue


def test_the_message_is_held_while_the_worker_lives() -> None:
    scene = Scene(tokens=1_000)
    job_on(scene)
    held: list[float] = []

    receive(scene, hold=lambda seconds: held.append(scene.clock()))

    gaps = [later - earlier for earlier, later in itertools.pairwise(held)]
    assert len(held) >= 5
    assert max(gaps) <= TIMINGS.message_hold / 2


def test_a_table_that_is_gone_leaves_the_message_for_later(scene: Scene) -> None:
    job_id = job_on(scene)
    scene.table.down = True
    with pytest.raises(TableUnavailable):
        receive(scene)
    scene.table.down = False

    receive(scene)

    assert status(scene, job_id)["status"] == "succeeded"


def test_a_table_that_is_away_for_a_while_does_not_stop_the_model() -> None:
    scene = Scene(tokens=400)
    job_id = job_on(scene)

    def away() -> None:
        scene.table.down = True
        scene.model.at_token = back

    def back(number: int) -> None:
        if number == 150:
            scene.table.down = False

    after_tokens(scene, 50, away)
    receive(scene)

    assert status(scene, job_id)["status"] == "succeeded"
    assert scene.model.produced["q"] == len(answer_to("q", 400))


@pytest.mark.parametrize("writes", range(12))
def test_a_worker_that_dies_after_any_write_loses_nothing(scene: Scene, writes: int) -> None:
    job_id = job_on(scene)
    left = [writes]

    def die(_: object) -> None:
        if threading.current_thread() is not threading.main_thread():
            return  # the cache writes in a thread of its own
        if left[0] == 0:
            raise Crash
        left[0] -= 1

    scene.table.after_write = die
    dead = False
    try:
        receive(scene, remaining=17.0)
    except Crash:
        dead = True
    scene.table.after_write = None
    for _ in range(5):
        scene.clock.advance(TIMINGS.message_hold)
        work(scene)

    assert status(scene, job_id)["result"]["solution"] == solution_of("q")
    assert dead == (writes < 3), "it takes the run, hands it over and marks that it waits"
    assert [item for item in scene.items("queue") if item["waiting"]] == []


def test_a_queue_that_is_gone_at_a_hand_over_leaves_the_message_and_frees_the_slot(scene: Scene) -> None:
    job_id = job_on(scene)
    after_tokens(scene, 5, lambda: setattr(scene.queue, "down", True))
    with pytest.raises(QueueUnavailable):
        receive(scene, remaining=16.0)
    assert not scene.items("slots")

    scene.queue.down = False
    scene.clock.advance(LEASE_SECONDS + 1)
    work(scene)

    assert status(scene, job_id)["status"] == "succeeded"


# Hosts that do not go on with a draft


def test_where_hosts_do_not_go_on_a_handed_over_answer_is_begun_anew(scene: Scene) -> None:
    scene.settings = Settings(model_slots=2, max_queued=5, prefill="never")
    job_id = job_on(scene, wait=1.0)

    work(scene)

    body = status(scene, job_id)
    assert body["result"]["solution"] == solution_of("q")
    assert body["result"]["usage"]["completion_tokens"] == scene.model.produced["q"] > WHOLE
    assert all(call.prefill == "" for call in scene.model.calls)
