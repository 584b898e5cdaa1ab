"""One request: answered in time, or with a job; alone, or together with others who ask the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from stepwise.answering.caller import wait_of
from stepwise.answering.dependencies import Dependencies
from stepwise.answering.joining import begin
from stepwise.answering.verification import CheckNotRun, NoChecker
from stepwise.config import Settings
from stepwise.coordination.slots import LEASE_SECONDS
from stepwise.errors import (
    GenerationBroken,
    ModelError,
    ModelTimeout,
    ModelUnavailable,
    QueueFull,
)
from stepwise.plan import Plan
from support.scene import (
    PRESENTATION,
    SECONDS_PER_TOKEN,
    Scene,
    answer,
    answer_to,
    caller,
    look_up,
    plan_of,
    save,
    solution_of,
    take_slot,
    work,
)

WHOLE = len(answer_to("q"))
TAKES = WHOLE * SECONDS_PER_TOKEN
"""Seconds that one answer takes."""


@pytest.fixture
def scene() -> Scene:
    return Scene()


def ask(
    scene: Scene,
    plan: Plan | None = None,
    deps: Dependencies | None = None,
    partner: str = "partner-a",
    **prefer: Any,
) -> Any:
    return answer(
        deps or scene.environment(), plan or plan_of(), PRESENTATION, caller(scene, partner, **prefer)
    )


def job(scene: Scene, job_id: str, partner: str = "partner-a") -> Any:
    assert scene.deps.shared is not None
    return look_up(scene.deps, scene.deps.shared, job_id, partner, until=0, instance="i").body


def waiting_desk(scene: Scene, meanwhile: Callable[[], object]) -> Dependencies:
    """An environment in whose first pause something happens."""
    todo = [meanwhile]

    def sleep(seconds: float) -> None:
        scene.clock.advance(seconds)
        if todo:
            todo.pop()()

    return replace(scene.environment(), sleep=sleep)


def owned_by_another(scene: Scene, plan: Plan | None = None) -> Any:
    """A run that another environment has just begun."""
    deps = scene.environment()
    assert deps.shared is not None
    begun = begin(
        deps, deps.shared, plan or plan_of(), group="other", waiter_id="job_other", since=scene.clock()
    )
    assert begun.ownership is not None
    return begun.ownership


def nothing_is_taken(scene: Scene) -> bool:
    return not scene.items("slots") and not scene.items("queue")


# In time


def test_an_answer_that_is_ready_in_time_is_given(scene: Scene) -> None:
    reply = ask(scene)

    assert reply.status == 200
    assert reply.body["solution"] == solution_of("q")
    assert reply.headers["Cache-Status"] == "stepwise; fwd=miss; stored"
    assert scene.run["status"] == "succeeded"
    assert nothing_is_taken(scene)
    assert scene.queue.messages == []


def test_the_second_who_asks_gets_it_from_the_cache(scene: Scene) -> None:
    assert "Age" not in ask(scene).headers
    scene.clock.advance(90)
    reply = ask(scene, partner="partner-b", respond_async=True)

    assert reply.status == 200
    assert reply.body["cached"] is True
    assert reply.headers["Cache-Status"].startswith("stepwise; hit; ttl=")
    assert int(reply.headers["Age"]) in (90, 91)  # it was stored in whole seconds
    assert len(scene.model.calls) == 1


def test_no_cache_asks_the_model_again_and_stores_what_it_says(scene: Scene) -> None:
    ask(scene)
    scene.clock.advance(1)
    reply = ask(scene, no_cache=True)

    assert reply.body["cached"] is False
    assert reply.headers["Cache-Status"] == "stepwise; fwd=miss; stored"
    assert len(scene.model.calls) == 2


def test_what_is_nobody_elses_is_neither_shared_nor_stored(scene: Scene) -> None:
    private = plan_of(key="", store=False)
    first, second = ask(scene, private, no_store=True), ask(scene, private, no_store=True)

    assert first.headers["Cache-Status"] == second.headers["Cache-Status"] == "stepwise; fwd=bypass"
    assert len(scene.model.calls) == 2
    assert scene.items("answer#") == []


def test_a_mended_break_cannot_be_seen(scene: Scene) -> None:
    def break_once(number: int) -> None:
        if number == 30:
            scene.model.at_token = lambda _: None
            raise GenerationBroken

    scene.model.at_token = break_once
    reply = ask(scene)

    assert reply.body["solution"] == solution_of("q")
    assert reply.body["usage"]["completion_tokens"] == WHOLE
    assert scene.model.produced["q"] == WHOLE


def test_a_second_break_is_a_502_and_leaves_nothing_behind(scene: Scene) -> None:
    def break_always(number: int) -> None:
        if number == 10:
            raise GenerationBroken

    scene.model.at_token = break_always

    with pytest.raises(ModelError) as broken:
        ask(scene)
    assert broken.value.status == 502
    assert nothing_is_taken(scene)
    assert scene.items("answer#") == []


@pytest.mark.parametrize("error", [ModelUnavailable(retry_after=5), ModelError(), GenerationBroken()])
def test_after_an_error_the_next_request_works(scene: Scene, error: Exception) -> None:
    def fail(_: int) -> None:
        raise error

    scene.model.at_token = fail
    with pytest.raises(type(error)):
        ask(scene)
    scene.model.at_token = lambda _: None

    assert ask(scene).status == 200


# Later


def test_what_is_not_ready_in_time_becomes_a_job_that_goes_on_from_there(scene: Scene) -> None:
    begun = scene.clock()
    reply = ask(scene, wait=2.0)

    assert reply.status == 202
    assert scene.clock() - begun <= 3.0
    job_id = reply.body["id"]
    assert reply.body == {
        "id": job_id,
        "status": "queued",
        "queue_position": 0,
        "status_url": f"/v1/jobs/{job_id}",
    }
    assert reply.headers["Location"] == f"/v1/jobs/{job_id}"
    assert 1 <= int(reply.headers["Retry-After"]) <= 30
    assert reply.headers["Preference-Applied"] == "wait=2"
    assert reply.headers["Cache-Status"] == "stepwise; fwd=miss"

    work(scene)
    done = job(scene, job_id)
    assert done["status"] == "succeeded"
    assert done["result"]["solution"] == solution_of("q")
    assert done["result"]["usage"]["completion_tokens"] == scene.model.produced["q"] == WHOLE
    assert nothing_is_taken(scene)


@pytest.mark.parametrize("hand_overs", [1, 3])
def test_over_hand_overs_text_thinking_and_counts_are_those_of_one_answer(hand_overs: int) -> None:
    scene = Scene(tokens=400)
    plan, whole = plan_of(), "".join(answer_to("q", 400))
    takes = len(answer_to("q", 400)) * SECONDS_PER_TOKEN
    presentation = {**PRESENTATION, "include_reasoning": True}
    reply = answer(scene.environment(), plan, presentation, caller(scene, wait=takes / (hand_overs + 1)))
    for _ in range(hand_overs - 1):
        scene.clock.advance(1)
        work(scene, remaining=15 + takes / (hand_overs + 1))
    scene.clock.advance(1)
    work(scene)

    done = job(scene, reply.body["id"])["result"]
    assert scene.run["fence"] == 1 + hand_overs
    assert done["solution"] == solution_of("q", 400)
    assert done["reasoning"] == whole.split("</think>")[0].removeprefix("<think>").strip()
    assert done["usage"]["completion_tokens"] == scene.model.produced["q"] == len(answer_to("q", 400))
    assert done["usage"]["prompt_tokens"] == 100
    assert done["usage"]["duration_ms"] == pytest.approx(takes * 1000, rel=0.02)


def test_respond_async_does_not_wait(scene: Scene) -> None:
    begun = scene.clock()
    reply = ask(scene, respond_async=True)

    assert (reply.status, scene.clock()) == (202, begun)
    assert reply.headers["Preference-Applied"] == "respond-async"
    assert scene.model.calls == []


def test_respond_async_with_a_wait_waits_so_long_first(scene: Scene) -> None:
    assert ask(scene, respond_async=True, wait=10.0).status == 200


def test_strict_gets_a_504_instead_and_the_generation_stops(scene: Scene) -> None:
    with pytest.raises(ModelTimeout) as late:
        ask(scene, wait=1.0, strict=True)

    assert late.value.status == 504
    assert scene.model.running == 0
    assert scene.items("run#")[-1]["status"] == "cancelled"
    assert nothing_is_taken(scene)
    assert scene.queue.messages == []


def test_strict_does_not_stop_what_others_want(scene: Scene) -> None:
    replies: list[Any] = []

    def another_asks(number: int) -> None:
        if number == 5:
            replies.append(ask(scene, partner="partner-b", respond_async=True))

    scene.model.at_token = another_asks
    with pytest.raises(ModelTimeout):
        ask(scene, wait=1.0, strict=True)
    scene.clock.advance(20)
    work(scene)

    assert job(scene, replies[0].body["id"], "partner-b")["status"] == "succeeded"
    assert scene.model.produced["q"] == WHOLE


@pytest.mark.parametrize(
    ("prefer", "remaining", "expected"),
    [({}, 300, 25), ({"wait": 3.0}, 300, 3), ({"wait": 100.0}, 300, 27), ({"wait": 20.0}, 10, 6), ({}, 2, 0)],
)
def test_a_request_waits_as_long_as_it_wants_and_the_gateway_and_the_function_allow(
    scene: Scene, prefer: dict[str, float], remaining: float, expected: float
) -> None:
    assert wait_of(scene.deps, caller(scene, remaining=remaining, **prefer)) == expected


def test_what_is_honoured_is_said(scene: Scene) -> None:
    reply = ask(scene, wait=500.0, strict=True)

    assert reply.headers["Preference-Applied"] == "wait=27, handling=strict"


def test_one_that_finds_no_slot_within_a_second_becomes_a_job(scene: Scene) -> None:
    assert scene.deps.shared is not None
    for _ in range(scene.settings.model_slots):
        take_slot(scene.deps.shared)
    begun = scene.clock()

    reply = ask(scene, wait=5.0)

    assert reply.status == 202
    assert scene.model.calls == []
    assert scene.queue.messages[0].visible_at - begun <= 1.0


def test_nobody_overtakes_those_who_wait(scene: Scene) -> None:
    for question in ("first", "second"):
        ask(scene, plan_of(question), respond_async=True)
        scene.clock.advance(0.01)

    assert ask(scene, plan_of("third"), wait=1.0).status == 202
    assert scene.model.calls == []


def test_who_finds_more_slots_than_wait_for_one_takes_one(scene: Scene) -> None:
    ask(scene, plan_of("first"), respond_async=True)

    assert ask(scene, plan_of("second"), wait=25.0).status == 200


def test_a_job_says_how_many_wait_before_it(scene: Scene) -> None:
    positions = []
    for question in ("a", "b", "c"):
        positions.append(ask(scene, plan_of(question), respond_async=True).body["queue_position"])
        scene.clock.advance(0.1)

    assert positions == [0, 1, 2]


def test_a_refused_request_leaves_nothing_behind() -> None:
    scene = Scene(Settings(model_slots=1, max_queued=1))
    for question in ("a", "finds a slot"):
        ask(scene, plan_of(question), respond_async=True)
    before = len(scene.items("queue"))

    with pytest.raises(QueueFull) as refused:
        ask(scene, plan_of("b"), respond_async=True)

    assert refused.value.status == 429
    assert refused.value.retry_after is not None
    assert len(scene.items("queue")) == before
    assert scene.items("flight#key-b") == []


# Together


def test_who_asks_the_same_meanwhile_gets_the_same_answer_without_a_second_generation(scene: Scene) -> None:
    other = owned_by_another(scene)

    def the_other_answers() -> None:
        answer_of_other = ask(Scene(), plan_of("q"))  # what it says, computed elsewhere
        result = {**answer_of_other.body, "reasoning": None, "checked": False}
        other.succeed(result, _state(WHOLE))

    reply = ask(scene, deps=waiting_desk(scene, the_other_answers))

    assert reply.status == 200
    assert reply.headers["Cache-Status"] == "stepwise; fwd=miss; stored; collapsed"
    assert scene.model.calls == []


def test_who_follows_gets_a_job_of_the_same_run_when_time_is_up(scene: Scene) -> None:
    other = owned_by_another(scene)

    reply = ask(scene, wait=5.0)

    assert reply.status == 202
    assert reply.body["status"] == "running"
    assert {item["run_id"] for item in scene.items("job#")} == {other.run.id}
    assert len(scene.queue.messages) == 1, "should the owner die, a worker comes"


def test_who_follows_takes_over_when_the_owner_dies(scene: Scene) -> None:
    other = owned_by_another(scene)
    begun = scene.clock()

    reply = ask(scene, wait=25.0)

    assert reply.status == 200
    assert LEASE_SECONDS <= scene.clock() - begun <= LEASE_SECONDS + 2 + TAKES
    assert (scene.run["pk"], scene.run["fence"]) == (f"run#{other.run.id}", 2)


def test_who_takes_over_goes_on_from_what_was_saved(scene: Scene) -> None:
    other = owned_by_another(scene)
    half = answer_to("q")[:30]
    assert scene.deps.shared is not None
    progress = _state(30)
    progress.draft.text = "".join(half)
    save(scene.deps.shared, other.run, progress)

    reply = ask(scene, wait=25.0)

    assert reply.body["solution"] == solution_of("q")
    assert scene.model.produced["q"] == WHOLE - 30


def test_a_failure_of_the_one_is_the_failure_of_those_who_follow(scene: Scene) -> None:
    other = owned_by_another(scene)

    with pytest.raises(ModelError):
        ask(scene, deps=waiting_desk(scene, lambda: other.fail(ModelError())))


def test_a_host_that_comes_back_in_time_costs_the_one_who_waits_nothing(scene: Scene) -> None:
    def die_once(number: int) -> None:
        if number == 10:
            scene.model.at_token = lambda _: None
            raise ModelUnavailable(retry_after=5)

    scene.model.at_token = die_once
    reply = ask(scene)

    assert reply.status == 200
    assert scene.model.produced["q"] == WHOLE


def test_a_draft_is_handed_over_when_its_host_stays_away_and_nothing_of_it_is_lost(scene: Scene) -> None:
    replies: list[Any] = []

    def dead(_: int) -> None:
        raise ModelUnavailable(retry_after=5)

    def join_and_die(number: int) -> None:
        if number == 10:
            replies.append(ask(scene, partner="partner-b", respond_async=True))
            scene.model.at_token = dead
            raise ModelUnavailable(retry_after=5)

    scene.model.at_token = join_and_die
    replies.append(ask(scene))
    scene.model.at_token = lambda _: None
    scene.clock.advance(20)
    work(scene)

    assert [reply.status for reply in replies] == [202, 202]
    assert job(scene, replies[0].body["id"], "partner-b")["status"] == "succeeded"
    assert scene.model.produced["q"] == WHOLE


def test_a_refusal_of_the_first_one_strikes_nobody_who_asks_the_same() -> None:
    """No run is begun for it, so nobody else holds a job on a run that is refused."""
    scene = Scene(Settings(model_slots=1, max_queued=1))
    for question in ("a", "finds a slot"):
        ask(scene, plan_of(question), respond_async=True)
    before = scene.items("run#")

    for _ in range(2):
        with pytest.raises(QueueFull):
            ask(scene, plan_of("b"), respond_async=True)

    assert scene.items("run#") == before
    assert scene.items("flight#key-b") == []
    work(scene)
    assert ask(scene, plan_of("b"), respond_async=True).status == 202


def test_a_job_finds_a_place_beyond_the_bound_where_a_slot_is_free_for_it() -> None:
    scene = Scene(Settings(model_slots=1, max_queued=0))

    assert ask(scene, plan_of("a"), respond_async=True).status == 202
    with pytest.raises(QueueFull):
        ask(scene, plan_of("b"), respond_async=True)


def test_who_died_after_it_had_begun_stands_in_nobodys_way(scene: Scene) -> None:
    owned_by_another(scene)
    scene.clock.advance(LEASE_SECONDS + 1)

    assert ask(scene).status == 200


def test_an_answer_that_comes_between_a_look_into_the_cache_and_the_flight_is_not_computed_again(
    scene: Scene,
) -> None:
    """The client asked while the run was in flight, and sees the flight only after its end."""
    late = scene.environment()
    asks = caller(scene)
    ask(scene)
    scene.table.delete("answer#key-q", "answer")

    reply = answer(late, plan_of(), PRESENTATION, asks)

    assert reply.status == 200
    assert reply.headers["Cache-Status"] == "stepwise; fwd=miss; stored; collapsed"
    assert len(scene.model.calls) == 1


def test_questions_to_be_checked_do_not_get_an_unchecked_answer(scene: Scene) -> None:
    owned_by_another(scene, plan_of(verify=False))

    reply = answer(scene.environment(), plan_of(verify=True), {**PRESENTATION, "verify": True}, caller(scene))

    assert reply.status == 200
    assert reply.body["verification"] is not None


# Refuted answers


class _Refuting(NoChecker):
    """Refutes the first answers, as many as it is told to."""

    def __init__(self, count: int) -> None:
        self.left = count

    def run(self, task: str, payload: dict[str, Any]) -> dict[str, Any]:
        self.left -= 1
        status = "refuted" if self.left >= 0 else "verified"
        return {"status": status, "method": "arithmetic", "detail": "471147 is not 471148", "line": 3}


class _KilledOnce(NoChecker):
    """Is killed the first time, and verifies from then on."""

    def __init__(self) -> None:
        self.runs = 0

    def run(self, task: str, payload: dict[str, Any]) -> dict[str, Any]:
        self.runs += 1
        if self.runs == 1:
            raise CheckNotRun("time", "the check reached its time limit")
        return {"status": "verified", "method": "substitution", "detail": "It fits."}


def test_a_check_that_was_killed_is_made_again_for_the_next_who_asks(scene: Scene) -> None:
    checker = _KilledOnce()
    presentation = {**PRESENTATION, "verify": True}

    said = []
    for _ in range(3):
        deps = replace(scene.environment(), checker=checker)
        reply = answer(deps, plan_of(verify=True), presentation, caller(scene))
        said.append((reply.body["cached"], reply.body["verification"]["method"]))
        scene.clock.advance(3600)

    assert said == [(False, "not_run"), (True, "substitution"), (True, "substitution")]
    assert checker.runs == 2
    assert len(scene.model.calls) == 1


def test_a_check_that_is_not_installed_is_never_cached_as_a_verdict(scene: Scene) -> None:
    for cached in (False, True):
        deps = scene.environment()
        reply = answer(deps, plan_of(verify=True), {**PRESENTATION, "verify": True}, caller(scene))
        found = deps.cache.get("key-q")

        assert (reply.body["cached"], reply.body["verification"]["method"]) == (cached, "not_run")
        assert found is not None
        assert found.answer["verification"] is None


@pytest.mark.parametrize(
    ("refuted", "calls", "status"), [(0, 1, "verified"), (1, 2, "verified"), (2, 2, "refuted")]
)
def test_a_refuted_answer_is_asked_for_once_more(scene: Scene, refuted: int, calls: int, status: str) -> None:
    deps = replace(scene.environment(), checker=_Refuting(refuted))

    reply = answer(deps, plan_of(verify=True), {**PRESENTATION, "verify": True}, caller(scene))

    assert reply.body["verification"]["status"] == status
    assert len(scene.model.calls) == calls
    assert reply.body["usage"]["completion_tokens"] == calls * WHOLE


def test_the_second_answer_is_told_the_false_line_and_not_what_was_computed(scene: Scene) -> None:
    deps = replace(scene.environment(), checker=_Refuting(1))

    answer(deps, plan_of(verify=True), {**PRESENTATION, "verify": True}, caller(scene))

    second = scene.model.calls[1].messages
    assert not any("4711" in message["content"] for message in second)
    assert "In line 3 of the answer" in second[-1]["content"]


def test_a_client_who_wants_no_check_is_not_asked_to_wait_for_a_second_answer(scene: Scene) -> None:
    deps = replace(scene.environment(), checker=_Refuting(1))

    reply = answer(deps, plan_of(verify=False), PRESENTATION, caller(scene))

    assert reply.body["verification"] is None
    assert len(scene.model.calls) == 1


def test_who_wants_a_check_has_a_second_answer_beside_a_run_that_is_not_to_be_checked(scene: Scene) -> None:
    owned_by_another(scene, plan_of(verify=False))
    deps = replace(scene.environment(), checker=_Refuting(1))

    reply = answer(deps, plan_of(verify=True), {**PRESENTATION, "verify": True}, caller(scene))

    assert reply.body["verification"]["status"] == "verified"
    assert len(scene.model.calls) == 2


def test_a_refuted_answer_in_the_cache_is_none_for_who_wants_it_checked(scene: Scene) -> None:
    deps = replace(scene.environment(), checker=_Refuting(1))
    answer(deps, plan_of(verify=False), PRESENTATION, caller(scene))

    unchecked = answer(deps, plan_of(verify=False), PRESENTATION, caller(scene))
    checked = answer(deps, plan_of(verify=True), {**PRESENTATION, "verify": True}, caller(scene))

    assert unchecked.body["cached"] is True
    assert (checked.body["cached"], checked.body["verification"]["status"]) == (False, "verified")


def test_a_verified_answer_is_not_replaced_by_one_that_is_refuted(scene: Scene) -> None:
    verifying = replace(scene.environment(), checker=_Refuting(0))
    answer(verifying, plan_of(verify=True), {**PRESENTATION, "verify": True}, caller(scene))
    refuting = replace(scene.environment(), checker=_Refuting(9))

    spoilt = answer(refuting, plan_of(), PRESENTATION, caller(scene, no_cache=True))
    later = answer(scene.environment(), plan_of(verify=True), {**PRESENTATION, "verify": True}, caller(scene))

    assert "stored" not in spoilt.headers["Cache-Status"]
    assert (later.body["cached"], later.body["verification"]["status"]) == (True, "verified")


def test_a_refuted_answer_is_not_asked_for_again_when_there_is_no_time(scene: Scene) -> None:
    deps = replace(scene.environment(), checker=_Refuting(1))

    reply = answer(
        deps, plan_of(verify=True), {**PRESENTATION, "verify": True}, caller(scene, wait=TAKES + 1)
    )

    assert reply.status == 200
    assert len(scene.model.calls) == 1


def test_an_answer_whose_check_outlives_the_lease_is_given_and_a_takeover_does_no_harm(scene: Scene) -> None:
    class Slow(NoChecker):
        def run(self, task: str, payload: dict[str, Any]) -> dict[str, Any]:
            if not scene.queue.messages:
                scene.clock.advance(LEASE_SECONDS + 1)
                scene.queue.send(scene.run["pk"].removeprefix("run#"), "g")
                work(scene)
            return {"status": "verified", "method": "substitution", "detail": "fits"}

    deps = replace(scene.environment(), checker=Slow())

    reply = answer(deps, plan_of(verify=True), {**PRESENTATION, "verify": True}, caller(scene))

    assert reply.status == 200
    assert (scene.run["status"], scene.run["fence"]) == ("succeeded", 2)
    assert nothing_is_taken(scene)


# When the table or the queue fails


def test_without_the_table_an_answer_is_given_in_time_or_not_at_all(scene: Scene) -> None:
    scene.table.down = True

    assert ask(scene).status == 200
    with pytest.raises(ModelTimeout):
        ask(scene, wait=1.0)


@pytest.mark.parametrize("calls", range(1, 30))
def test_a_table_that_fails_in_the_middle_does_not_cost_an_answer_that_is_ready(
    scene: Scene, calls: int
) -> None:
    seen = 0

    def fall() -> None:
        nonlocal seen
        seen += 1
        scene.table.down = seen > calls

    scene.table.slow = fall

    assert ask(scene).body["solution"] == solution_of("q")


def test_what_cannot_be_handed_over_is_a_504_and_leaves_nothing_behind(scene: Scene) -> None:
    scene.queue.down = True

    with pytest.raises(ModelTimeout):
        ask(scene, wait=1.0)
    assert nothing_is_taken(scene)
    assert scene.run["status"] == "failed"


def _state(tokens: int) -> Any:
    from stepwise.answering.work import Progress

    progress = Progress()
    progress.draft.tokens = tokens
    return progress


def test_without_a_table_nobody_is_told_to_leave_out_what_was_never_sent(scene: Scene) -> None:
    deps = replace(scene.environment(), shared=None)

    with pytest.raises(ModelTimeout) as late:
        ask(scene, deps=deps, wait=0.5)

    assert "Prefer" not in late.value.detail


def test_without_a_table_a_host_that_restarts_is_waited_for_while_the_client_waits(scene: Scene) -> None:
    restarted = scene.clock() + 10

    def restart(number: int) -> None:
        if scene.model.produced.get("q", 0) >= 20 and scene.clock() < restarted:
            raise ModelUnavailable(retry_after=5)

    scene.model.at_token = restart
    reply = ask(scene, deps=replace(scene.environment(), shared=None))

    assert reply.body["solution"] == solution_of("q")
    assert scene.model.produced["q"] == WHOLE
    assert scene.clock() >= restarted


def test_who_asks_for_a_strict_wait_is_told_how_to_get_a_job(scene: Scene) -> None:
    with pytest.raises(ModelTimeout) as late:
        ask(scene, wait=0.5, strict=True)

    assert "handling=strict" in late.value.detail
